"""The registry's codes in reading order, with their English words: the one place charts, filters and exports share.

Every mapping is ordered the way it should be read (phases in time order, statuses from planned to ended), so iterating
over it gives the order of a legend. ``word`` copes with codes the registry may add one day: they are shown as they are.
"""

from collections.abc import Mapping, Sequence

# A count or a filter value for "the source does not say", kept apart from the registry's own code UNKNOWN.
NOT_RECORDED = "NOT_RECORDED"

# Two-phase trials have a lane of their own; NONE: the record has no phase; UNKNOWN: the source does not say.
LANES = (
    "EARLY_PHASE1",
    "PHASE1",
    "PHASE1|PHASE2",
    "PHASE2",
    "PHASE2|PHASE3",
    "PHASE3",
    "PHASE4",
    "NA",
    "NONE",
    "EXPANDED_ACCESS",
    "UNKNOWN",
)

# The path of a drug: lanes that always have a row, also when nothing is in them.
PHASE_PATH = LANES[:7]

LANE_WORDS = {
    "EARLY_PHASE1": "Early phase 1",
    "PHASE1": "Phase 1",
    "PHASE1|PHASE2": "Phase 1/2",
    "PHASE2": "Phase 2",
    "PHASE2|PHASE3": "Phase 2/3",
    "PHASE3": "Phase 3",
    "PHASE4": "Phase 4",
    "NA": "Not applicable",
    "NONE": "No phase",
    "EXPANDED_ACCESS": "Expanded access",
    "UNKNOWN": "Phase not known",
}

STATUS_WORDS = {
    "NOT_YET_RECRUITING": "Not yet recruiting",
    "RECRUITING": "Recruiting",
    "ENROLLING_BY_INVITATION": "Enrolling by invitation",
    "ACTIVE_NOT_RECRUITING": "Active, not recruiting",
    "SUSPENDED": "Suspended",
    "COMPLETED": "Completed",
    "TERMINATED": "Terminated",
    "WITHDRAWN": "Withdrawn",
    "UNKNOWN": "Unknown status",
    "AVAILABLE": "Available",
    "TEMPORARILY_NOT_AVAILABLE": "Temporarily not available",
    "NO_LONGER_AVAILABLE": "No longer available",
    "APPROVED_FOR_MARKETING": "Approved for marketing",
    "WITHHELD": "Withheld",
    NOT_RECORDED: "Status not recorded",
}

STUDY_TYPE_WORDS = {
    "INTERVENTIONAL": "Interventional",
    "OBSERVATIONAL": "Observational",
    "EXPANDED_ACCESS": "Expanded access",
    NOT_RECORDED: "Study type not recorded",
}

SPONSOR_WORDS = {
    "INDUSTRY": "Industry",
    "NIH": "NIH",
    "FED": "Other US federal agency",
    "OTHER_GOV": "Other government",
    "NETWORK": "Network",
    "INDIV": "Individual",
    "OTHER": "Other (universities, hospitals, charities)",
    "AMBIG": "Ambiguous",
    "UNKNOWN": "Unknown",
    NOT_RECORDED: "Sponsor class not recorded",
}

TIER_WORDS = {
    "given": "Given",
    "mentioned": "Only mentioned",
    "excluded": "Only as an exclusion",
}

ROLE_WORDS = {
    "tested": "Tested",
    "comparator": "Comparator",
    "background": "Background",
    "unclear": "Role unclear",
}

DATE_TYPE_WORDS = {"ACTUAL": "actual", "ESTIMATED": "planned"}

# What word rules read in eligibility texts (``fetchers.record.criteria_words``).
CASE_DEFINITION_WORDS = {
    "ccc": "Canadian (CCC, 2003)",
    "icc": "International (ICC, 2011)",
    "iom": "IOM / NAM / SEID (2015)",
    "fukuda": "Fukuda / CDC (1994)",
    "holmes": "Holmes / CDC (1988)",
    "oxford": "Oxford (1991)",
    "nice": "NICE (2007, 2021)",
}
MALAISE_WORDS = {
    "required": "Asked for by name",
    "implied": "By its case definition",
    "mentioned": "Only mentioned",
    "excluded": "Only as an exclusion",
    "none": "Not named",
    "unknown": "Eligibility text not known",
}

STATUSES = tuple(STATUS_WORDS)
STUDY_TYPES = tuple(STUDY_TYPE_WORDS)
SPONSOR_CLASSES = tuple(SPONSOR_WORDS)
TIERS = tuple(TIER_WORDS)
ROLES = tuple(ROLE_WORDS)


def word(words: Mapping[str, str], code: str | None) -> str:
    """The English word of ``code``; an unknown code is returned as it is, a missing one is "Not recorded"."""
    return "Not recorded" if code is None else words.get(code, code)


def lane(phases: Sequence[str] | None, study_type: str | None) -> str:
    """The one lane of ``LANES`` a trial belongs to.

    A two-phase trial is one trial in the joint lane. Phases this version has never heard of count as UNKNOWN.
    """
    if study_type == "EXPANDED_ACCESS":
        return "EXPANDED_ACCESS"
    if phases is None:
        return "UNKNOWN"
    if not phases:
        return "NONE"
    joined = "|".join(sorted(phases, key=lambda phase: (phase != "EARLY_PHASE1", phase)))
    return joined if joined in LANES else "UNKNOWN"


# What the rules can say of a claim (``insights.verdicts.rule``).
VERDICT_WORDS = {
    "supported": "Supported",
    "partly": "Partly",
    "contradicted": "Contradicted",
    "not_found": "Not found",
    "outside": "Outside the registry’s reach",
    "not_checkable": "Not checkable",
    "not_asked": "Not asked yet",
}
