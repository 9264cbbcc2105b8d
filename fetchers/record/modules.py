"""The modules of a v2 record, typed: the registry's own nesting, only the fields the product uses.

Unknown fields are passed over and unknown codes kept as they are (the registry adds values without notice). Contacts
of people have no place here, so they cannot reach the store even when an answer holds them.

Every field here is asked for and part of a stored body. A few are read by no code yet (``delayed_posting``,
``last_update_submit_date``, ``oversight_has_dmc``, ``is_ppsd``, ``patient_registry``, ``std_ages``,
``removed_countries``, ``submission_tracking``): dropping one would make every stored record look changed once.
"""

from typing import Annotated

import msgspec

# Not \d and not $: those would let other scripts' digits and a closing line break through.
NctId = Annotated[str, msgspec.Meta(pattern=r"\ANCT[0-9]{8}\Z")]
# A number of people; what no whole-number column can hold is no number of people.
People = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Module(msgspec.Struct, rename="camel", omit_defaults=True, frozen=True, gc=False):
    """A piece of the record; what the record does not say is None or an empty tuple."""


class Unreadable(Module, frozen=True):
    """A leaf of the answer that was no such value: its JSON path without places in lists, and what stood there."""

    path: str
    reason: str


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
    count: People | None = None
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


class GeoPoint(Module, frozen=True):
    lat: float | None = None
    lon: float | None = None


class Location(Module, frozen=True):
    facility: str | None = None
    status: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    geo_point: GeoPoint = GeoPoint()

    @property
    def country_name(self) -> str | None:
        """As the registry spells it; how a name is spaced is no spelling."""
        return " ".join((self.country or "").split()) or None

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees; None when the record does not give both, or gives no place on earth.

        0, 0 is what is written where nothing is known: there is nothing but sea.
        """
        north, east = self.geo_point.lat, self.geo_point.lon
        if north is None or east is None or not (abs(north) <= 90 and abs(east) <= 180) or north == east == 0:
            return None
        return north, east


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
