"""One v2 record, typed: only the fields the product uses, every one of them optional but the NCT id.

The structs mirror the registry's own nesting, so that a live answer, a stored version and the starter snapshot are
all read by the same decoder. Unknown fields are passed over, unknown codes are kept as they are (the registry adds
values without notice), a wrong type makes the record unusable (``Parsing``) and nothing else. Contacts of people
have no place here, so they cannot reach the store even when an answer holds them.
"""

import re
from typing import Annotated

import msgspec

from fetchers.dates import PartialDate
from fetchers.errors import Parsing

# The registry's placeholder for "not known" in EnrollmentCount.
UNKNOWN_ENROLLMENT = 99999999

NctId = Annotated[str, msgspec.Meta(pattern=r"^NCT\d{8}$")]
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>^~|=&$\"'/:;?@%,])")


def plain(text: str) -> str:
    """Registry markdown without its backslash escapes (``\\<= 5`` becomes ``<= 5``); other text unchanged."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


class Module(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True, gc=False):
    """A piece of the record; what the record does not say is None or an empty tuple."""


class DateStruct(Module, frozen=True):
    date: str | None = None
    type: str | None = None


class SecondaryId(Module, frozen=True):
    id: str | None = None
    type: str | None = None


class OrgStudyId(Module, frozen=True):
    id: str | None = None


class Identification(Module, frozen=True):
    nct_id: NctId
    nct_id_aliases: tuple[str, ...] = ()
    org_study_id_info: OrgStudyId = OrgStudyId()
    secondary_id_infos: tuple[SecondaryId, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None


class ExpandedAccess(Module, frozen=True):
    has_expanded_access: bool | None = None
    nct_id: str | None = None
    status_for_nct_id: str | None = None


class Status(Module, frozen=True):
    status_verified_date: str | None = None
    overall_status: str | None = None
    last_known_status: str | None = None
    delayed_posting: bool | None = None
    why_stopped: str | None = None
    expanded_access_info: ExpandedAccess = ExpandedAccess()
    start_date_struct: DateStruct = DateStruct()
    primary_completion_date_struct: DateStruct = DateStruct()
    completion_date_struct: DateStruct = DateStruct()
    study_first_submit_date: str | None = None
    study_first_post_date_struct: DateStruct = DateStruct()
    results_waived: bool | None = None
    results_first_submit_date: str | None = None
    results_first_post_date_struct: DateStruct = DateStruct()
    disp_first_submit_date: str | None = None
    disp_first_post_date_struct: DateStruct = DateStruct()
    last_update_submit_date: str | None = None
    last_update_post_date_struct: DateStruct = DateStruct()


class Sponsor(Module, frozen=True):
    name: str | None = None
    class_: str | None = msgspec.field(default=None, name="class")


class Sponsors(Module, frozen=True):
    lead_sponsor: Sponsor = Sponsor()
    collaborators: tuple[Sponsor, ...] = ()


class Oversight(Module, frozen=True):
    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_ppsd: bool | None = None
    is_us_export: bool | None = None


class Description(Module, frozen=True):
    brief_summary: str | None = None
    detailed_description: str | None = None


class Conditions(Module, frozen=True):
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Masking(Module, frozen=True):
    masking: str | None = None
    who_masked: tuple[str, ...] = ()


class DesignInfo(Module, frozen=True):
    allocation: str | None = None
    intervention_model: str | None = None
    primary_purpose: str | None = None
    observational_model: str | None = None
    time_perspective: str | None = None
    masking_info: Masking = Masking()


class Enrollment(Module, frozen=True):
    count: int | None = None
    type: str | None = None


class Design(Module, frozen=True):
    study_type: str | None = None
    patient_registry: bool | None = None
    phases: tuple[str, ...] | None = None
    design_info: DesignInfo = DesignInfo()
    enrollment_info: Enrollment = Enrollment()


class ArmGroup(Module, frozen=True):
    label: str | None = None
    type: str | None = None
    description: str | None = None
    intervention_names: tuple[str, ...] = ()


class Intervention(Module, frozen=True):
    type: str | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


class ArmsInterventions(Module, frozen=True):
    arm_groups: tuple[ArmGroup, ...] = ()
    interventions: tuple[Intervention, ...] = ()


class Outcome(Module, frozen=True):
    measure: str | None = None
    time_frame: str | None = None


class Outcomes(Module, frozen=True):
    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()


class Eligibility(Module, frozen=True):
    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    std_ages: tuple[str, ...] = ()
    study_population: str | None = None


class Location(Module, frozen=True):
    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None


class Locations(Module, frozen=True):
    locations: tuple[Location, ...] = ()


class Reference(Module, frozen=True):
    pmid: str | None = None
    type: str | None = None
    citation: str | None = None


class References(Module, frozen=True):
    references: tuple[Reference, ...] = ()


class Mesh(Module, frozen=True):
    id: str | None = None
    term: str | None = None


class Browse(Module, frozen=True):
    meshes: tuple[Mesh, ...] = ()
    ancestors: tuple[Mesh, ...] = ()


class SubmissionTracking(Module, frozen=True):
    estimated_results_first_submit_date: str | None = None


class MiscInfo(Module, frozen=True):
    version_holder: str | None = None
    removed_countries: tuple[str, ...] = ()
    submission_tracking: SubmissionTracking = SubmissionTracking()


class Protocol(Module, frozen=True):
    identification_module: Identification
    status_module: Status = Status()
    sponsor_collaborators_module: Sponsors = Sponsors()
    oversight_module: Oversight = Oversight()
    description_module: Description = Description()
    conditions_module: Conditions = Conditions()
    design_module: Design = Design()
    arms_interventions_module: ArmsInterventions = ArmsInterventions()
    outcomes_module: Outcomes = Outcomes()
    eligibility_module: Eligibility = Eligibility()
    contacts_locations_module: Locations = Locations()
    references_module: References = References()


class Derived(Module, frozen=True):
    misc_info_module: MiscInfo = MiscInfo()
    condition_browse_module: Browse = Browse()
    intervention_browse_module: Browse = Browse()


class Study(Module, frozen=True):
    """One registry record. ``has_results`` is None when the source did not say."""

    protocol_section: Protocol
    derived_section: Derived = Derived()
    has_results: bool | None = None

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
        return tuple(dict.fromkeys(site.country for site in self.locations if site.country))

    @property
    def last_update_posted(self) -> str | None:
        return self.status.last_update_post_date_struct.date

    def body(self) -> bytes:
        """The record as it is stored: canonical JSON of the known fields without ``versionHolder``.

        Two answers have equal bodies exactly when no field the product uses has changed.
        """
        misc = msgspec.structs.replace(self.derived_section.misc_info_module, version_holder=None)
        derived = msgspec.structs.replace(self.derived_section, misc_info_module=misc)
        return msgspec.json.encode(msgspec.structs.replace(self, derived_section=derived))


_decoder = msgspec.json.Decoder(Study)


def decode_study(body: bytes | msgspec.Raw) -> Study:
    """Read one record. Raises Parsing with the field's path when a type is wrong or a date is no date."""
    try:
        study = _decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise Parsing(f"The record cannot be read: {error}.") from error
    for struct in (
        study.status.start_date_struct,
        study.status.primary_completion_date_struct,
        study.status.completion_date_struct,
    ):
        if struct.date is not None:
            PartialDate.parse(struct.date)
    return study
