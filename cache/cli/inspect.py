"""``python -m cache status | check | export``: what is in the store, for people and for programs."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cache import english
from cache.bulk.imported import imported
from cache.cli.streams import put_out
from cache.cli.terminal import RESCUE, printable, put_out_json, say, table, traffic
from cache.exit_codes import DAMAGED, DONE
from cache.opening import open_store
from cache.read import results as posted
from cache.read import unread as unreads
from cache.read.freshness import ScopeRow, freshness, present, scope_rows
from cache.read.jobs import latest_job
from cache.read.unexplained import unexplained
from cache.recovery.check import integrity
from cache.recovery.derived import Derivation
from cache.recovery.rescue import rescue_under_lock
from cache.store import files
from cache.store.errors import Damaged, Gone
from cache.store.store import Store
from fetchers.errors import Validation
from fetchers.matching.matcher import Matcher
from fetchers.settings import Settings
from fetchers.watchlist.model import Watchlist

_UNEXPLAINED = 100  # interventions that no name explains, the most frequent ones
_REASONS = 5  # trials without their newest results that are named; JSON has all
_COUNTS = ("studies", "given", "mentioned", "excluded")


def status_command(settings: Settings, watchlist: Watchlist, *, as_json: bool) -> int:
    """What the store holds of every agent, and how old it is."""
    store = open_store(settings, watchlist)
    try:
        status = status_of(store, watchlist)
        if as_json:
            status |= {"unexplained_interventions": _unexplained(store, watchlist)}
    finally:
        store.close()
    if as_json:
        put_out_json(status)
    else:
        put_out(status_text(status).encode(errors="backslashreplace"))
    return DONE


def status_of(store: Store, watchlist: Watchlist) -> dict[str, Any]:
    """The status object of the contract, and beside it the sweeps and the newest refresh."""
    fresh = freshness(store, [agent.id for agent in watchlist.agents])
    job = latest_job(store)
    scopes = scope_rows(store, watchlist)
    unread = unreads.by_scope(store)
    return {
        "store": store.place,
        "registry_timestamp": fresh.registry_timestamp,
        "fetched_at": fresh.fetched_at,
        "version": fresh.version,
        "studies": present(store),
        "starter": fresh.starter,
        "agents": {row.scope: _scope(row, unread) for row in scopes if row.kind == "agent"},
        "sweeps": {row.scope: _scope(row, unread) for row in scopes if row.kind == "sweep"},
        "file": imported(store),
        "results": {
            **results_state(posted.state(store)),
            "not_newest": [one._asdict() for one in posted.failures(store)],
        },
        "older": dict(fresh.older),
        "failed": list(fresh.failed),
        "refresh": {**job._asdict(), "scopes": [scope._asdict() for scope in job.scopes]} if job else None,
    }


def _unexplained(store: Store, watchlist: Watchlist) -> list[dict[str, Any]]:
    """What no name of the watch-list explains: for programs only, since all names must be compiled for it."""
    found = unexplained(store, watchlist.document_conditions, Matcher(watchlist))[:_UNEXPLAINED]
    return [{"name": one.name, "trials": one.trials, "nct_ids": list(one.nct_ids)} for one in found]


def status_text(status: Mapping[str, Any]) -> str:
    """The status object as a small table for people."""
    rows = [("scope", "trials", "given", "mentioned", "excluded", "last refresh", "")]
    for scope, one in {**status["agents"], **status["sweeps"]}.items():
        note = "starter sample, not asked yet" if one["starter"] else ""
        if one["error"]:
            note = ("failed since: " if scope in status["failed"] else "") + printable(one["error"])
        counts = [f"{one[name]:,}" for name in _COUNTS]
        rows.append((scope, *counts, one["last_refresh"] or "never", note))
    head = [
        f"store           {status['store']} (version {status['version']})",
        f"registry data   {status['registry_timestamp'] or 'none yet'}{_older(status['older'])}",
        f"fetched at      {status['fetched_at'] or 'never'}",
        f"trials          {status['studies']:,}",
        f"posted          {_results_words(status['results'])}",
        *_not_newest(status["results"]["not_newest"]),
        f"refresh         {_job_words(status['refresh'])}",
        "",
    ]
    return "\n".join(head) + "\n" + table(rows)


def check_command(settings: Settings, watchlist: Watchlist, *, rescue: bool) -> int:
    """0 when the store is sound, 1 when it is damaged (also when it has just been rescued), each with a sentence."""
    rules = Derivation.of(watchlist)
    try:
        complaints = _complaints(settings, watchlist, rules)
    except Gone as error:  # nothing is left that could be rescued
        say(sys.stderr, f"{printable(error)}\n")
        return DAMAGED
    except Damaged as error:
        complaints = [str(error)]
    for complaint in complaints:
        say(sys.stderr, f"{printable(complaint)}\n")
    if complaints:
        say(sys.stderr, f"{printable(rescue_under_lock(settings.cache_url, rules)) if rescue else RESCUE}\n")
        return DAMAGED
    put_out(b"The store is sound.\n")
    return DONE


def _complaints(settings: Settings, watchlist: Watchlist, rules: Derivation) -> list[str]:
    path = files.path_of(settings.cache_url)
    if path is not None and files.is_empty(path):
        files.refuse_if_gone(path)
        raise Gone(f"The store {path} is empty (0 bytes). A refresh fills it.")
    store = open_store(settings, watchlist)
    try:
        return integrity(store, rules)
    finally:
        store.close()


def export_command(
    settings: Settings, watchlist: Watchlist, *, what: str, fmt: str, out: str, query: str | None
) -> int:
    """Write the export file, of trials or of outcomes, or the folder of a data set, and say how many rows it got."""
    from cache.export import outcomes, trials
    from cache.export.dataset import write as dataset

    path = Path(out)
    folder = _is_folder(path, out, what, fmt)
    store = open_store(settings, watchlist)
    try:
        if folder:
            rows = dataset.write(store, watchlist, path, query)
            said = english.listed(f"{english.count(number, 'row')} of {name}" for name, number in rows.items())
        else:
            write = outcomes.write if what == "outcomes" else trials.write
            said = english.count(write(store, watchlist, fmt, path, query), "row")
    finally:
        store.close()
    say(sys.stderr, f"{said} written to {printable(out)}\n")
    return DONE


def _is_folder(path: Path, written: str, what: str, fmt: str) -> bool:
    """Whether a data set is asked for. Raises Validation where a folder is named and only a file can be written."""
    named = written.endswith(("/", os.sep))
    if fmt == "parquet" and what == "trials":
        return named or path.is_dir()
    if named:
        raise Validation(f"{written} is a folder, and only --format parquet without --what writes one. Name a file.")
    return False


def _scope(row: ScopeRow, unread: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _COUNTS},
        "starter": row.starter,
        "last_refresh": row.refreshed_at,
        "error": row.error or english.unread(*unread.get(row.scope, (0, 0))),
    }


def results_state(state: posted.ResultsState) -> dict[str, Any]:
    """How far reading posted results has come, with the sentence that says it."""
    return {"said": posted.said(state), **state._asdict()}


def _results_words(state: Mapping[str, Any]) -> str:
    return f"{state['said']}; {printable(state['error'])}" if state["error"] else str(state["said"])


def _not_newest(failures: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first few trials whose results are not there or not the newest, each with the reason."""
    lines = [f"{one['nct_id']}: {printable(one['reason'])}" for one in failures[:_REASONS]]
    if len(failures) > _REASONS:
        lines.append(f"and {english.count(len(failures) - _REASONS, 'more trial')}, which --json lists")
    return [" " * 16 + line for line in lines]


def _older(older: Mapping[str, str]) -> str:
    said = ", ".join(f"{scope} {printable(load)}" for scope, load in older.items())
    return f" (older: {said})" if said else ""


def _job_words(job: Mapping[str, Any] | None) -> str:
    if job is None:
        return "none yet"
    cost = traffic(job["requests"], job["bytes"])
    if job["state"] == "ended":
        error = f": {printable(job['error'])}" if job["error"] else ""
        return f"{job['outcome']} at {job['ended_at']} ({cost}){error}"
    return f"{'running' if job['alive'] else 'died'} since {job['started_at']} ({cost})"
