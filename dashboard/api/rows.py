"""The rows of the API's answers. The OpenAPI document, the tools' schemas and the answers are all made of these."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from dashboard.api.results import Part, Results

NctId = Annotated[str, Meta(pattern=r"^NCT[0-9]{8}$")]
State = Literal["asked", "partly", "not_asked", "failed"]
LeftOut = Annotated[int, Meta(ge=0, description="NCT ids that were left out of this row to keep the answer small")]


class About(Part, frozen=True):
    """What a row rests on."""

    query: Annotated[list[str], Meta(description="What is asked of the registry for it")]
    state: Annotated[State, Meta(description="Whether that was ever answered: none found is not the same as not asked")]
    date: Annotated[str | None, Meta(description="Day of the registry's data; null when nobody asked")]
    error: Annotated[str | None, Meta(description="Why the last question failed; older data are then shown")]
    starter: Annotated[bool, Meta(description="It rests, also, on the starter sample and is no count")]


class Why(Part, frozen=True):
    """Why a trial belongs to an agent."""

    tier: Annotated[str, Meta(description="given, mentioned or excluded")]
    role: Annotated[str | None, Meta(description="Of given: tested, comparator, background or unclear")]
    found_by: list[str]
    found_in: str | None


class Trial(Part, frozen=True):
    """One trial, with the registry's codes and dates as the registry wrote them. Null means not known."""

    nct_id: NctId
    title: str | None
    official_title: str | None
    acronym: str | None
    aliases: list[str] | None
    overall_status: str | None
    last_known_status: str | None
    status_verified: str | None
    study_type: str | None
    phases: Annotated[list[str] | None, Meta(description="[] when the record names none, null when not known")]
    lane: str | None
    start_date: str | None
    start_date_type: str | None
    primary_completion_date: str | None
    primary_completion_date_type: str | None
    completion_date: str | None
    completion_date_type: str | None
    enrollment: int | None
    enrollment_type: str | None
    lead_sponsor: str | None
    sponsor_class: str | None
    conditions: list[str] | None
    interventions: list[str] | None
    countries: list[str] | None
    sites: int | None
    has_results: bool | None
    why_stopped: str | None
    first_posted: str | None
    last_update_posted: str | None
    results_first_posted: str | None
    condition_groups: list[str] | None
    as_of: str | None
    source: str | None
    note: str | None
    fetched_at: str | None
    registry_timestamp: str | None
    agents: Annotated[dict[str, Why], Meta(description="Every agent it belongs to, whatever the query asked for")]
    left_registry: bool
    left_registry_on: str | None
    starter: bool
    record: str


class ListedTrial(Trial, frozen=True):
    """One trial of a list; of a view near a place with the site that is named."""

    distance_km: Annotated[
        int | UnsetType | None, Meta(description="With near only: whole kilometres to nearest_site; 0 is under 1")
    ] = UNSET
    nearest_site: Annotated[
        str | UnsetType | None, Meta(description="With near only: the nearest of the most open sites")
    ] = UNSET


class Eligibility(Part, frozen=True):
    """Who may take part, in the record's own words."""

    criteria: str | None
    sex: str | None
    minimum_age: str | None
    maximum_age: str | None
    healthy_volunteers: bool | None


class WholeTrial(Trial, frozen=True):
    """One trial with its texts and posted results."""

    brief_summary: str | None
    eligibility: Annotated[Eligibility | None, Meta(description="Null when the whole record is not stored")]
    results: Annotated[Results | None, Meta(description="Null when none are read, or when they were left out")]
    results_left_out: Annotated[bool, Meta(description="Read, and left out of this answer; ask with results=yes")]


class Hit(Part, frozen=True):
    """Words of a record that were searched for, with the words around them."""

    place: Annotated[str, Meta(description="The part of the record they stand in")]
    before: str
    found: str
    after: str


class Hits(Part, frozen=True):
    """Where the searched words stand in one trial: two places at most."""

    nct_id: NctId
    hits: list[Hit]


class Agent(About, frozen=True):
    """One agent of the watch-list; the counts are of trials that are still in the registry."""

    agent: str
    name: str
    kind: str
    documents: list[str]
    members: list[str]
    studies: int
    given: int
    mentioned: int
    excluded: int
    ids: Annotated[list[NctId], Meta(description="The trials that give it")]
    ids_left_out: LeftOut


class Claim(About, frozen=True):
    """One claim of the documents against the stored trials."""

    claim: str
    document: str
    document_title: str
    place: str
    words: str
    quote: str | None
    agents: list[str]
    conditions: list[str]
    verdict: str
    on_sample: bool
    because: str
    now: str | None
    now_because: str | None
    newest_activity: str | None
    ids: list[NctId]
    ids_near: list[NctId]
    ids_background: list[NctId]
    ids_named: list[NctId]
    ids_elsewhere: list[NctId]
    ids_left_out: LeftOut
    number_here: int
    number_near: int
    number_background: int
    number_named: int
    number_elsewhere: int
    number_around: int
    number_anywhere: int
    rule: str
    rule_words: str


class Gap(About, frozen=True):
    """One agent in one condition group, and why there is nothing when there is nothing."""

    agent: str
    condition: str
    cell: str
    total: int | None
    recruiting: int | None
    stopped: int | None
    other: int | None
    highest: str | None
    newest_activity: str | None
    newest_what: str | None
    newest_id: str | None
    ids: list[NctId]
    ids_left_out: LeftOut
    rule: str
    rule_words: str


class Finding(About, frozen=True):
    """What the posted results of one trial report; what is not read is null. Nothing is pooled, nothing is weighed."""

    nct_id: NctId
    title: str | None
    enrollment: int | None
    agents: list[str]
    condition_groups: list[str]
    results: Annotated[str, Meta(description="read, not_asked or failed")]
    results_words: str
    rule: str
    rule_words: str
    says: str | None
    primary_outcomes: list[str] | None
    outcomes_without_analysis: int | None
    analyses: list[str] | None
    analysis_kinds: list[str] | None
    analysis_rules: list[str] | None
    analysis_words: list[str] | None
    serious_events: list[str] | None
    deaths: list[str] | None
    papers_pmid: list[str] | None
    papers_doi: list[str] | None
    ids: list[NctId]
    ids_left_out: LeftOut


class Passage(Part, frozen=True):
    """Words taken out and put in: pairs of what happened to a stretch of text, and the text."""

    part: str
    change: str
    words: list[tuple[str, str]]


class Change(Part, frozen=True):
    """One change that a refresh saw in one record."""

    nct_id: NctId
    title: str | None
    kind: str
    weight: str
    before: Any
    after: Any
    registry_date: str | None
    seen_at: str
    agents: list[str]
    sentence: str
    record: str
    diff: list[Passage]


class Source(Part, frozen=True):
    """One part of the data: an agent, a condition that is swept whatever the agent, or the posted results."""

    scope: str
    name: str
    kind: Literal["agent", "sweep", "results"]
    state: State
    date: str | None
    registry_timestamp: str | None
    refreshed_at: str | None
    error: str | None
    error_at: str | None
    starter: bool
    studies: Annotated[int, Meta(description="Trials its answer holds; of posted results: trials whose are read")]
    query: Annotated[list[str], Meta(description="The questions put to the registry")]
