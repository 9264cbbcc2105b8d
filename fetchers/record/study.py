"""One v2 record as the product reads it, every field optional but the NCT id.

The structs of ``fetchers.record.modules`` mirror the registry's nesting, so that a live answer, a stored version and
the starter snapshot are all read by the same decoder. A leaf of an answer that is no such value costs that leaf: it is
missing, and ``unreadable`` says so; only a record without a readable NCT id is unusable (``Parsing``).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from fetchers.errors import Parsing
from fetchers.record.dates import PartialDate
from fetchers.record.modules import (
    ArmGroup,
    DateStruct,
    Derived,
    Design,
    Eligibility,
    Identification,
    Intervention,
    Location,
    Module,
    Protocol,
    Sponsors,
    Status,
    Unreadable,
)
from fetchers.record.repair import mended, readable, sayable
from fetchers.record.texts import shown

# The registry's placeholder for "not known" in EnrollmentCount.
UNKNOWN_ENROLLMENT = 99999999


class Study(Module, frozen=True):
    """One registry record. ``has_results`` is None when the source did not say.

    ``unreadable`` is ours, not the registry's: the leaves of the answer that could not be read and are missing here.
    """

    protocol_section: Protocol
    derived_section: Derived = Derived()
    has_results: bool | None = None
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def nct_id(self) -> str:
        return self.protocol_section.identification_module.nct_id

    @property
    def identification(self) -> Identification:
        return self.protocol_section.identification_module

    @property
    def status(self) -> Status:
        return self.protocol_section.status_module

    @property
    def sponsors(self) -> Sponsors:
        return self.protocol_section.sponsor_collaborators_module

    @property
    def conditions(self) -> tuple[str, ...]:
        return self.protocol_section.conditions_module.conditions

    @property
    def keywords(self) -> tuple[str, ...]:
        return self.protocol_section.conditions_module.keywords

    @property
    def design(self) -> Design:
        return self.protocol_section.design_module

    @property
    def arms(self) -> tuple[ArmGroup, ...]:
        return self.protocol_section.arms_interventions_module.arm_groups

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        return self.protocol_section.arms_interventions_module.interventions

    @property
    def eligibility(self) -> Eligibility:
        return self.protocol_section.eligibility_module

    @property
    def locations(self) -> tuple[Location, ...]:
        return self.protocol_section.contacts_locations_module.locations

    @property
    def enrollment(self) -> int | None:
        """Number of people, planned or actual; None when absent or the registry's placeholder."""
        count = self.design.enrollment_info.count
        return None if count == UNKNOWN_ENROLLMENT else count

    @property
    def countries(self) -> tuple[str, ...]:
        """As the registry spells them, each once, in the order of the sites."""
        return tuple(dict.fromkeys(site.country_name for site in self.locations if site.country_name))

    @property
    def last_update_posted(self) -> str | None:
        return self.status.last_update_post_date_struct.date

    def lacks(self, path: str) -> bool:
        """Whether what stands at ``path`` of the record, or a part of it, could not be read."""
        return any(f"{one.path}.".startswith(f"{path}.") or path.startswith(f"{one.path}.") for one in self.unreadable)

    def body(self) -> bytes:
        """The record as it is stored: canonical JSON of the known fields without ``versionHolder``.

        Two answers have equal bodies exactly when no field the product uses has changed.
        """
        misc = msgspec.structs.replace(self.derived_section.misc_info_module, version_holder=None)
        derived = msgspec.structs.replace(self.derived_section, misc_info_module=misc)
        return msgspec.json.encode(msgspec.structs.replace(self, derived_section=derived))


_decoder = msgspec.json.Decoder(Study)


def _dates() -> Iterator[tuple[str, str]]:
    """Every date of the status module: its path in the JSON and in the struct."""
    for field in msgspec.structs.fields(Status):
        path = f"protocolSection.statusModule.{field.encode_name}"
        if field.type is DateStruct:
            yield f"{path}.date", f"{field.name}.date"
        elif field.name.endswith("_date"):
            yield path, field.name


_DATES = dict(_dates())
_dates_of = attrgetter(*_DATES.values())  # all in one go: a third of the time of one by one
# The registry has some thousands of different dates, and a hundred times as many records.
_MOST_DATES = 50_000
_date = lru_cache(maxsize=_MOST_DATES)(PartialDate.parse)
_right: set[str | None] = {None}  # dates that have been read, and none


def as_shown(study: Study) -> Study:
    """The record with its texts as people read them; the criteria stay as written, for they are cut by their marks."""
    found = _shown(msgspec.to_builtins(study))
    found["protocolSection"].setdefault("eligibilityModule", {})["eligibilityCriteria"] = (
        study.eligibility.eligibility_criteria
    )
    return msgspec.convert(found, Study)


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    return shown(value) if isinstance(value, str) else value


def decode_study(body: bytes) -> Study:
    """Read one record as it is stored. Raises Parsing with the field's path when a type or a date is wrong."""
    try:
        study = _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise Parsing(f"The record cannot be read: {error}") from error
    _check_dates(study)
    return study


def _check_dates(study: Study) -> None:
    texts = _dates_of(study.status)
    if _right.issuperset(texts):
        return
    for path, text in zip(_DATES, texts, strict=True):
        if text is not None and (wrong := _no_date(text)):
            raise Parsing(f"The record cannot be read: {wrong} - at `$.{path}`")
    if len(_right) < _MOST_DATES:
        _right.update(texts)


def are_sound(studies: Iterable[Study], body: bytes) -> bool:
    """Whether ``read_study`` would give just these records, which the strict decoder has read from ``body``."""
    if b"\\u0000" in body:
        return False
    try:
        for study in studies:
            _check_dates(study)
            if study.unreadable:
                return False
    except Parsing:
        return False
    return True


def read_study(body: bytes) -> Study:
    """Read one record of an answer, without the leaves that cannot be read.

    Raises Parsing when it is no JSON, or not even its NCT id can be read.
    """
    try:
        study = decode_study(body)
    except Parsing:
        return _repaired(body)
    # Databases that keep text as such cannot take a NUL.
    return _repaired(body) if study.unreadable or b"\\u0000" in body else study


def _repaired(body: bytes) -> Study:
    value, notes = mended(readable(body), Study, lambda path, text: _no_date(text) if path in _DATES else None)
    value.pop("unreadable", None)
    told = tuple(one for one in notes if not one.path.startswith("unreadable"))
    try:
        return msgspec.structs.replace(msgspec.convert(value, Study), unreadable=told)
    except msgspec.ValidationError as error:
        reasons = "; ".join(f"{one.reason} - at `$.{one.path}`" for one in told[:3])
        raise Parsing(f"The record cannot be read: {sayable(reasons or str(error))}") from error


def _no_date(text: str) -> str | None:
    try:
        _date(text)
    except Parsing as error:
        return sayable(str(error).removesuffix("."))
    return None
