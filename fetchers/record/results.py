"""The posted results of one record, typed: what the registry says was found, every number as it is written.

A leaf that cannot be read is missing and told in ``unreadable``, as in ``fetchers.record.study``; a section that is
something else altogether is a ``Parsing`` of these results, never of the trial.
"""

import msgspec

from fetchers.errors import Parsing
from fetchers.record.dates import PartialDate
from fetchers.record.modules import Module, NctId, Unreadable
from fetchers.record.repair import mended, readable, sayable
from fetchers.record.result_modules import AdverseEvents, Outcome, ParticipantFlow, Section

PRIMARY = "PRIMARY"


class _Identification(Module, frozen=True):
    nct_id: NctId


class _Protocol(Module, frozen=True):
    identification_module: _Identification


class Results(Module, frozen=True):
    """The results of one trial. ``results_section`` is None when the answer held none, as after a withdrawal."""

    protocol_section: _Protocol
    results_section: Section | None = None
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def nct_id(self) -> str:
        return self.protocol_section.identification_module.nct_id

    @property
    def section(self) -> Section:
        return self.results_section or Section()

    @property
    def flow(self) -> ParticipantFlow:
        return self.section.participant_flow_module

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return self.section.outcome_measures_module.outcome_measures

    @property
    def primary(self) -> tuple[Outcome, ...]:
        """The primary outcomes in the order of the record."""
        return tuple(outcome for outcome in self.outcomes if outcome.type == PRIMARY)

    @property
    def others(self) -> tuple[Outcome, ...]:
        """Secondary, other and post-hoc outcomes in the order of the record."""
        return tuple(outcome for outcome in self.outcomes if outcome.type != PRIMARY)

    @property
    def harms(self) -> AdverseEvents:
        return self.section.adverse_events_module

    def body(self) -> bytes:
        """As it is stored: canonical JSON of the known fields, without the tables of outcomes that are not primary."""
        return msgspec.json.encode(self)


_decoder = msgspec.json.Decoder(Results)
_POSTING = "resultsSection.outcomeMeasuresModule.outcomeMeasures.anticipatedPostingDate"


def decode_results(body: bytes) -> Results:
    """Read results as they are stored. Raises Parsing."""
    try:
        return _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise Parsing(f"The results cannot be read: {sayable(str(error))}") from error


def read_results(body: bytes) -> Results:
    """Read the results in one record of an answer, without the leaves that cannot be read and without the tables of
    outcomes that are not primary.

    Raises Parsing when the record is no JSON, has no readable NCT id, or its results are something else altogether.
    """
    try:
        found = decode_results(body)
        if found.unreadable or b"\\u0000" in body or any(map(_odd_posting, found.outcomes)):
            found = _repaired(body)
    except Parsing:
        found = _repaired(body)
    return _without_secondary_tables(found)


def _odd_posting(outcome: Outcome) -> bool:
    return (
        outcome.anticipated_posting_date is not None
        and _no_date(_POSTING, outcome.anticipated_posting_date) is not None
    )


def _repaired(body: bytes) -> Results:
    value, notes = mended(readable(body), Results, _no_date)
    value.pop("unreadable", None)
    told = tuple(one for one in notes if not one.path.startswith("unreadable"))
    try:
        return msgspec.structs.replace(msgspec.convert(value, Results), unreadable=told)
    except msgspec.ValidationError as error:
        raise Parsing(f"The results cannot be read: {sayable(str(error))}") from error


def _no_date(path: str, text: str) -> str | None:
    if path != _POSTING:
        return None
    try:
        PartialDate.parse(text)
    except Parsing as error:
        return sayable(str(error).removesuffix("."))
    return None


def _without_secondary_tables(found: Results) -> Results:
    section = found.results_section
    if section is None or len(found.primary) == len(found.outcomes):
        return found
    outcomes = tuple(
        outcome if outcome.type == PRIMARY else msgspec.structs.replace(outcome, denoms=(), classes=())
        for outcome in found.outcomes
    )
    measures = msgspec.structs.replace(section.outcome_measures_module, outcome_measures=outcomes)
    return msgspec.structs.replace(
        found, results_section=msgspec.structs.replace(section, outcome_measures_module=measures)
    )
