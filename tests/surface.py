"""``python -m tests.surface --out FOLDER``: write down all that a user of a checkout sees, so that two can be compared.

Two stores are looked at: the starter's, and one filled from the stand-in registry. Of each: every page's texts and
tables, exports in all formats, the commands' outputs and exit codes, and what the server answers to programs. Moments,
folders, ports and seconds are replaced by names, so that ``diff -r`` of two folders shows only what differs.

    python -m tests.surface --out before --checkout OLD --stores stores
    python -m tests.surface --out after --stores stores && diff -r before after

``--stores`` keeps the stores: the second run then opens copies of those that the first one made.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
COMMANDS = {
    "status": ["status"],
    "status-json": ["status", "--json"],
    "changes": ["changes"],
    "changes-json": ["changes", "--json"],
    "changes-atom": ["changes", "--format", "atom"],
    "changes-ics": ["changes", "--format", "ics"],
    "changes-markdown": ["changes", "--format", "markdown", "--weight", "noise"],
    "changes-bad": ["changes", "--since", "yesterday"],
    "check": ["check"],
    "cancel": ["cancel"],
    "refresh-nobody": ["refresh", "--agent", "sizofiran"],
    "refresh-unknown": ["refresh", "--agent", "aspirin"],
    "help": ["--help"],
    "none": [],
}
QUERIES = ("", "all=1", "agent=ivig&status=recruiting", "frame=1&tier=given&tier=mentioned", "q=pain&from=1999", "x=1")
PATHS = (
    "/feed.xml", "/feed.xml?agent=ivig&weight=noise", "/calendar.ics", "/calendar.ics?all=1", "/api/trials.json",
    "/api/trials.json?tier=given", "/api/changes.json", "/api/ready", "/api/trials.json?agent=aspirin",
)  # fmt: skip
PAGES: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "overview": ({}, {"all": "1"}, {"background": "1"}),
    "agents": ({}, {"agent": "rintatolimod"}, {"agent": "tnf_inhibitors", "all": "1"}, {"compare": "ivig"}),
    "trials": ({}, {"all": "1", "tier": "mentioned"}, {"q": "nothing-like-this"}, {"phase": "nonsense"}),
    "trial": ({}, {"nct": "NCT00215813"}, {"nct": "NCT02317276"}, {"nct": "NCT00000000"}),
    "claims": ({},),
    "gaps": ({}, {"all": "1"}),
    "mecfs": ({},),
    "timeline": ({}, {"all": "1"}),
    "map": ({}, {"all": "1"}),
    "results": ({}, {"all": "1"}),
    "changes": ({}, {"weight": "noise"}),
    "about": ({},),
}
KINDS = (
    "title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success", "metric",
    "button", "download_button", "toggle", "checkbox", "selectbox", "multiselect", "text_input", "number_input",
    "radio", "expander", "tab", "plotly_chart", "page_link", "segmented_control", "link_button",
)  # fmt: skip
_VOLATILE = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?"), "MOMENT"),
    (re.compile(r"\d{8}T\d{6}Z"), "MOMENT"),
    (re.compile(r"\d+ \w+ 20\d\d, \d\d:\d\d UTC"), "MOMENT"),
    (re.compile(r"\b(localhost|127\.0\.0\.1):\d+"), "HOST"),
    (re.compile(r"\b\d+(\.\d+)? s\b|\"seconds\": [\d.]+"), "SECONDS"),
    (re.compile(r"(process |pid\W+)\d+"), r"\1PID"),
)


def steady(text: str, *folders: Path) -> str:
    """A text without what differs from run to run."""
    for folder in folders:
        text = text.replace(str(folder), "FOLDER")
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return text


def environment(checkout: Path, store: Path, registry: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALS_", "STREAMLIT_"))}
    ours = {"TRIALS_CACHE_URL": f"sqlite:///{store}", "TRIALS_REGISTRY_URL": registry, "TRIALS_PACE_SECONDS": "0"}
    return kept | ours | {"PYTHONPATH": str(checkout), "TRIALS_TIMEOUT_SECONDS": "5", "COLUMNS": "100"}


@contextmanager
def registry(checkout: Path, records: Path | None, timestamp: str) -> Iterator[str]:
    """The stand-in of a checkout, with the records made by hand and, when they are given, those of a file."""
    command = [sys.executable, "-m", "tests.fake_registry", "--agents", "--timestamp", timestamp]
    command += ["--records", str(records.resolve())] if records else []
    with subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert url, "the stand-in did not start"
            yield url
        finally:
            process.terminate()


def make_stores(checkout: Path, folder: Path, records: Path | None) -> None:
    """``starter.sqlite3`` and ``filled.sqlite3``; what the filling said is kept beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    starter, filled = folder / "starter.sqlite3", folder / "filled.sqlite3"
    _cache(checkout, environment(checkout, starter, "http://127.0.0.1:9/api/v2"), ["status"])
    said = ""
    # The second load brings new trials, so that there are changes to be seen.
    for some, timestamp in ((None, "2026-11-20T09:00:05"), (records, "2026-11-21T09:00:05")):
        with registry(checkout, some, timestamp) as url:
            said += _cache(checkout, environment(checkout, filled, url), ["refresh", "--json"])
    (folder / "filled.txt").write_text(steady(said, folder, checkout), encoding="utf-8")


def _cache(checkout: Path, env: Mapping[str, str], arguments: list[str]) -> str:
    command = [sys.executable, "-m", "cache", *arguments]
    done = subprocess.run(command, cwd=checkout, env=dict(env), capture_output=True, text=True, check=False)
    return f"exit {done.returncode}\n--- out\n{done.stdout}--- err\n{done.stderr}"


def write_commands(checkout: Path, env: Mapping[str, str], out: Path, store: Path) -> None:
    """The outputs of all commands, and the exports as text."""
    for name, arguments in COMMANDS.items():
        (out / f"cli-{name}.txt").write_text(steady(_cache(checkout, env, arguments), store.parent), encoding="utf-8")
    for number, query in enumerate(QUERIES):
        for fmt in ("csv", "json", "xlsx", "parquet"):
            target = store.parent / f"export.{fmt}"
            said = _cache(checkout, env, ["export", "--format", fmt, "--out", str(target), "--query", query])
            text = f"{query}\n{said}\n{_readable(target, fmt) if target.exists() else 'no file'}"
            (out / f"export-{number}-{fmt}.txt").write_text(steady(text, store.parent), encoding="utf-8")
            target.unlink(missing_ok=True)


def _readable(path: Path, fmt: str) -> str:
    import pandas as pd

    if fmt == "xlsx":
        return "\n".join(f"{name}\n{frame.to_csv()}" for name, frame in pd.read_excel(path, sheet_name=None).items())
    return pd.read_parquet(path).to_csv() if fmt == "parquet" else path.read_text(encoding="utf-8")


def write_answers(checkout: Path, env: dict[str, str], out: Path, store: Path) -> None:
    """What the server answers to programs: status, the headers that are promised, the body."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    env = env | {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
    with subprocess.Popen(command, cwd=checkout, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as up:
        try:
            _get(port, "/_stcore/health", patience=30)
            for number, path in enumerate(PATHS):
                text = f"{path}\n{_get(port, path)}"
                (out / f"http-{number}.txt").write_text(steady(text, store.parent), encoding="utf-8")
        finally:
            up.terminate()


def _get(port: int, path: str, patience: float = 0) -> str:
    end = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
                headers = "\n".join(f"{name}: {answer.headers[name]}" for name in ("Content-Type", "X-Source"))
                return f"{answer.status}\n{headers}\n{answer.read().decode()}"
        except urllib.error.HTTPError as error:
            return f"{error.code}\n{error.read().decode()}"
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def write_pages(checkout: Path, out: Path, store: Path) -> None:
    """Every page's texts, tables and figures, as Streamlit's own test runner sees them."""
    from streamlit.testing.v1 import AppTest

    for name, addresses in PAGES.items():
        for number, address in enumerate(addresses):
            at = AppTest.from_file(str(checkout / "dashboard" / "main.py"), default_timeout=120)
            at.switch_page(f"app_pages/{name}.py")
            for key, value in address.items():
                at.query_params[key] = value
            at.run()
            text = f"{address}\n" + "\n".join(_elements(at))
            (out / f"page-{name}-{number}.txt").write_text(steady(text, store.parent), encoding="utf-8")


def _elements(at: Any) -> Iterator[str]:
    yield from (f"EXCEPTION {one.message}" for one in at.exception)
    for kind in KINDS:
        for element in at.get(kind):
            yield f"{kind}: {_told(element)}"
    for frame in at.dataframe:
        yield f"table:\n{frame.value.to_csv(index=False)}"


def _told(element: Any) -> str:
    proto = getattr(element, "proto", None)
    if element.type == "plotly_chart":
        return json.dumps(json.loads(proto.spec), sort_keys=True) if proto.spec else str(proto)
    words = [str(getattr(element, name)) for name in ("label", "value", "options", "help") if hasattr(element, name)]
    return " | ".join(words) or str(proto)


def main(argv: list[str] | None = None) -> None:
    """See the module's own text."""
    parser = argparse.ArgumentParser(prog="python -m tests.surface", description=__doc__)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--checkout", type=Path, default=HERE.parents[1])
    parser.add_argument("--stores", type=Path)
    parser.add_argument("--records", type=Path, help="a file of v2 records for the filled store beside those by hand")
    parser.add_argument("--pages", type=Path, help=argparse.SUPPRESS)  # the child that opens the pages of this store
    given = parser.parse_args(argv)
    if given.pages:
        sys.path[0] = str(given.checkout)  # and not the folder of this file, which has a dashboard of its own
        write_pages(given.checkout, given.out, given.pages)
        return
    checkout = given.checkout.resolve()
    stores = given.stores or Path(tempfile.mkdtemp())
    if not (stores / "filled.sqlite3").exists():
        make_stores(checkout, stores, given.records)
    for name in ("starter", "filled"):
        out = given.out / name
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "trials.sqlite3"
            shutil.copy(stores / f"{name}.sqlite3", store)
            env = environment(checkout, store, "http://127.0.0.1:9/api/v2")
            child = [sys.executable, str(HERE), "--out", str(out), "--checkout", str(checkout), "--pages", str(store)]
            subprocess.run(child, cwd=checkout, env=env, check=True)
            write_answers(checkout, env, out, store)
            write_commands(checkout, env, out, store)


if __name__ == "__main__":
    main()
