"""The brief of one trial: one page to take to a doctor. Pure.

Every section says where its facts come from and of which day they are. Long texts are cut with a mark; the record,
whose address stands at the head, has them whole.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import pandas as pd

from cache.codes import LANE_WORDS
from cache.english import count, day
from dashboard.shared.files import brief
from dashboard.shared.files.brief import CUT, Brief, Line, Section, cut
from dashboard.shared.trial_list import STATUS, status_words
from dashboard.shared.words import ADVICE, DERIVED, MISSING, code, intervention
from dashboard.trial import brief_findings
from dashboard.trial import criteria as trial_criteria
from dashboard.trial import sentences as trial_says
from dashboard.trial import tables as trial_tables
from dashboard.trial import words as trial_words
from dashboard.trial.known import Known
from fetchers.settings import PUBMED_URL, RECORD_URL, SOURCE_URL
from insights.findings.papers import REFERENCE_TYPES, is_pubmed

# The most of each, so that ordinary trials fit on one page.
TITLE, NAME, QUOTE, OUTCOME, PAPERS, MANY = 220, 110, 200, 150, 8, 6
COUNTRIES = 14
_RULES = "word rules of this product over the registry’s words"


def maker(known: Known, fmt: Literal["html", "md"], agents: str | None) -> Callable[[], bytes]:
    """A function that writes the file; ``agents``: which agents the trial is here for, in words."""

    def make() -> bytes:
        made = of_trial(known, agents)
        return (brief.page(made) if fmt == "html" else brief.markdown(made)).encode("utf-8")

    return make


def of_trial(known: Known, agents: str | None) -> Brief:
    """The brief of a trial, whatever is known of it: what is missing is "not known"."""
    row, source = known.row, _source(known)
    status = status_words(*(row[name] for name in STATUS)) or "Status not known"
    sections = (
        Section("Design and people", source, tuple(_design(known))),
        Section("Dates", source, tuple(_dates(known))),
        Section("What is given, and what is measured", source, tuple(_given(known, agents))),
        Section("Who may take part", source, tuple(_people(known))),
        Section("What the criteria ask", _RULES, tuple(_wording(known))),
        Section("Places", source, tuple(_places(known))),
        Section(
            "What was found",
            brief_findings.source(known.posted),
            tuple(brief_findings.lines(known.posted, known.has_results)),
        ),
        Section("Results", f"{source}; US reporting rule as this product applies it", tuple(_results(known))),
    )
    return Brief(
        title=cut(trial_words.text(row["title"]) or known.nct_id, TITLE),
        under=(known.nct_id, status, LANE_WORDS[str(row["lane"])]),
        link=RECORD_URL + known.nct_id,
        short=trial_says.short(known),
        sections=tuple(one for one in sections if one.lines),
        foot=tuple(_foot(known)),
    )


def _source(known: Known) -> str:
    if known.row["origin"] == "starter":
        return f"starter snapshot, facts of {day(trial_words.text(known.row['as_of']))}"
    return f"registry record, data of {day(trial_words.text(known.row['registry_timestamp']))}"


def _design(known: Known) -> Iterator[Line]:
    facts = trial_tables.glance(known)
    for name in ("NCT id", "Phase", "Results"):
        facts.pop(name, None)
    for name, said in facts.items():
        if name == trial_tables.WHY and said:
            yield Line("Why stopped", cut(said, QUOTE), quote=True)
        else:
            yield Line(name, cut(said, QUOTE) if said else MISSING)


def _dates(known: Known) -> Iterator[Line]:
    for what, when, kind in trial_tables.dates(known).itertuples(index=False):
        if what != "Results first posted":
            yield Line(what, f"{when} ({kind})" if kind != "–" else when)
    registered = trial_says.registration(known)
    if registered:
        yield Line("Registered in time", registered)
    for said in trial_says.flags(known):
        yield Line("May be out of date", said)


def _given(known: Known, agents: str | None) -> Iterator[Line]:
    study = known.study
    yield Line("Conditions", _listed(known.row["conditions"]))
    interventions = known.row["interventions"]
    yield Line("Interventions", _listed(map(intervention, interventions) if interventions else interventions))
    for arm in study.arms[:MANY] if study else ():
        kind = f" ({str(code(arm.type)).lower()})" if arm.type else ""
        yield Line("Arm", cut(f"{arm.label or 'no name'}{kind}: {_gets(arm.intervention_names)}", QUOTE))
    outcomes = study.protocol_section.outcomes_module.primary_outcomes if study else ()
    for one in outcomes[: MANY - 2]:
        when = f" (when: {cut(one.time_frame, NAME)})" if one.time_frame else ""
        yield Line("Primary outcome", cut(one.measure or "no name", OUTCOME) + when)
    if not outcomes:
        yield Line("Primary outcome", "none named in the record" if known.told else MISSING)
    more = {"arm": len(study.arms) - MANY if study else 0, "primary outcome": len(outcomes) - MANY + 2}
    for what, left in more.items():
        if left > 0:
            yield Line("More", f"{count(left, f'more {what}')} in the record {CUT}")
    yield Line("Agents of the documents", cut(agents or "none of them", QUOTE))


def _gets(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing named"


def _people(known: Known) -> Iterator[Line]:
    rules = known.study.eligibility if known.study else None
    for name, said in trial_criteria.people(rules, told=known.told).items():
        yield Line(name, cut(said, NAME) if said else MISSING)
    yield Line("All criteria", "in the record; they decide who may take part")


def _wording(known: Known) -> Iterator[Line]:
    for one in trial_criteria.said(known.eligibility, in_focus=known.in_focus, told=known.told):
        yield Line(one.what, one.finding)
        if one.quote:
            yield Line("It says", cut(one.quote, QUOTE), quote=True)


def _places(known: Known) -> Iterator[Line]:
    if known.row["countries"] is None:
        yield Line("Countries and sites", MISSING)
        return
    found = trial_tables.places(known, str)
    if found.empty:
        yield Line("Countries and sites", "the record names no site")
        return
    names = []
    for country, sites in zip(found["Country"], found["Sites"], strict=True):
        names.append(country if pd.isna(sites) else f"{country} ({count(int(sites), 'site')})")
    yield Line("Countries", _listed(names, COUNTRIES, NAME))


def _results(known: Known) -> Iterator[Line]:
    yield Line("Posted", " ".join(trial_says.results(known)))
    papers = [one for one in known.published if is_pubmed(one["pmid"])]
    kinds = Counter(one["type"] for one in known.published)
    for kind in kinds:
        ids = list(dict.fromkeys(str(one["pmid"]) for one in papers if one["type"] == kind))
        what = cut(trial_words.word(REFERENCE_TYPES, kind) or "Papers, kind not said", NAME)
        if kind == "BACKGROUND" or not ids:
            yield Line(what, count(kinds[kind], "paper"))
            continue
        address = PUBMED_URL + ",".join(ids[:PAPERS])
        left = f" and {len(ids) - PAPERS} more {CUT}" if len(ids) > PAPERS else ""
        yield Line(what, f"PubMed {', '.join(ids[:PAPERS])}{left}", url=address)
    if not kinds:
        yield Line("Papers", "none named in the record" if known.told else MISSING)
    yield Line("Please note", f"{trial_says.PAPERS} {trial_says.POSTING}")


def _listed(items: Iterable[str] | None, most: int = MANY, each: int = NAME) -> str:
    if items is None:
        return MISSING
    known = [cut(one, each) for one in items]
    left = f"; {len(known) - most} more {CUT}" if len(known) > most else ""
    return "; ".join(known[:most]) + left if known else "none given"


def _foot(known: Known) -> Iterator[str]:
    row = known.row
    if row["origin"] == "starter":
        processed = trial_says.origin(row)
    else:
        loaded = day(trial_words.text(row["registry_timestamp"]))
        processed = f"Data as processed by the registry on {loaded}. {trial_says.origin(row)}"
    yield f"Source: ClinicalTrials.gov, U.S. National Library of Medicine ({SOURCE_URL}). {processed}"
    yield (
        f"Changed by this product: facts were selected, put into words and ordered; {CUT} marks a text that is cut "
        f"here and stands whole in the record. {DERIVED} {ADVICE}"
    )
