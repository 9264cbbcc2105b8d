"""Why a trial stopped, by written word rules over the registry's own words: a few plain classes, several at once.

The words are always shown beside the classes. What no rule knows is "not classified", never guessed.
"""

import re

CLASSES = {
    "people": "Too few people",
    "money": "Money",
    "no_effect": "Did not work, or was not expected to",
    "harm": "Safety",
    "goal_met": "Question answered early",
    "sponsor": "Decision of the sponsor or company",
    "staff": "People who ran it left",
    "logistics": "Supplies, sites or time",
    "authority": "Regulator or ethics board",
    "design": "Design had to change",
    "other_study": "Other evidence or another trial",
    "pandemic": "COVID-19 pandemic",
    "unclassified": "Not classified",
    "none_given": "No reason given",
    "not_known": "Not known: the snapshot does not say",
}
_FEW = (
    r"(?:low|slow|poor|lack(?:ing)?|insufficient|inadequate|difficult\w*|challeng\w*|problem\w*|fail\w*|unable|not able"
    r"|inability|few|fewer|no|not enough|under|limited|delay\w*|not feasible|stopped|ceased|never|did not|could not)"
)
_JOIN = (
    r"(?:recruit\w*|enrol\w*|accru\w*|inclu(?:de|sion)\b(?! criteria)|participants?|patients?|subjects?|volunteers?)"
)
_WHO = r"(?:PI|P\.I\.|investigators?|researchers?|staff|coordinator|physician|fellow|student|resident|personnel)"
_GOES = (
    r"(?:left|leav\w*|mov(?:ed|ing)|retir\w*|depart\w*|resign\w*|died|relocat\w*|transfer\w*|turnover|shortage"
    r"|unavailab\w*|changed|no longer)"
)
_GOODS = r"(?:drug|product|device|suppl(?:y|ies|ier)|equipment|medication|placebo|manufactur\w*)"
_RULES = {
    "people": (
        rf"\b{_FEW}\b[^.;]{{0,40}}?\b{_JOIN}",
        rf"\b{_JOIN}[^.;]{{0,25}}\b(?:low|slow|poor|insufficient|difficult\w*|challeng\w*|fail\w*|problem\w*"
        rf"|issues?)\b",
        r"lower number of (?:eligible )?(?:patients|participants|subjects)",
    ),
    "money": (
        r"\bfund(?:s|ing|ed|er)?\b|\bfinanc\w*|\bbudget\w*|\bcosts?\b|\bgrant\b|\bmoney\b",
        r"\b(?:lack of|limited|insufficient) resources?\b|\bresources? (?:constraint|limit)",
    ),
    "no_effect": (
        r"\bfutil\w*|\bineffective|\binsufficient efficacy|\binefficacy|\bnot effective",
        r"\black of (?:\w+ )?(?:efficacy|effect\w*|benefit|response)"
        r"|\bno (?:efficacy|effect|benefit|response|difference)",
        r"\b(?:did|does|would) not (?:meet|show|demonstrate|reach)[^.;]{0,40}(?:end ?point|efficacy|benefit|effect)",
        r"\bnegative (?:results?|findings|data|outcome)|\befficacy (?:was )?not|\bprimary end ?point (?:was )?not met",
    ),
    "harm": (
        r"\bsafety\b|\btoxic\w*|\badverse\b|\bside effects?|\bsevere reactions?|\bdeaths?\b|\bharm\w*|\brisk.benefit",
        r"\bintoleran\w*|\btolerab\w*",
    ),
    "goal_met": (
        r"\b(?:end ?points?|objectives?|goals?|aims?|targets?) (?:was |were |has been |have been )?(?:already )?"
        r"(?:met|reached|achieved)",
        r"\bearly (?:success|efficacy)|\bpositive (?:interim|results?)|\b(?:sufficient|enough) data\b",
    ),
    "sponsor": (
        r"\bsponsor\w*|\bcompany\b|\bbusiness\b|\bstrateg\w*|\bcorporate|\bcommercial\w*|\bportfolio|\bpipeline",
        r"\bpriorit\w*|\bmanagement decision|\b\w+ decision based on|\bdecided not to (?:proceed|continue|pursue)",
        r"\bprogram(?:me)? (?:was )?(?:terminated|discontinued|stopped)|\bcontract\w*|\bbankrupt\w*|\binsolven\w*",
        r"\bacqui(?:red|sition) (?:by|of)",
    ),
    "staff": (
        rf"\b{_WHO}\b[^.;]{{0,40}}\b{_GOES}",
        r"\b(?:departure|loss|lack|change|shortage) (?:of|in) (?:the )?(?:\w+ )?" + _WHO + r"\b",
        r"\btransferred to (?:the )?(?:another|University|hospital|institution)",
    ),
    "logistics": (
        r"\blogistic\w*|\btime constraints?|\btechnical\b",
        rf"\b{_GOODS}\b[^.;]{{0,40}}\b(?:unavailab\w*|not available|shortage\w*|issues?|problems?|discontinu\w*"
        rf"|delay\w*"
        r"|expired?|interrupt\w*)",
        rf"\b(?:lack|shortage|unavailability|discontinuation) of (?:the )?(?:\w+ )?(?:{_GOODS}|time|space|sites?)\b",
        r"\bsites? (?:was |were )?clos(?:ed|ure)|\bclos(?:ed|ure) of (?:the )?(?:site|unit|cent(?:er|re))",
    ),
    "authority": (
        r"\b(?:FDA|EMA|IRB|MHRA|REB|regulator\w*|ethics?|ethical|health authorit\w*|competent authorit\w*)\b",
        r"\bclinical hold|\binstitutional review|\bapproval (?:was )?(?:not|expired|withdrawn|denied|lapsed)",
    ),
    "design": (
        r"\b(?:re-?)?design\w*|\bmethodolog\w*",
        r"\bprotocol (?:was )?(?:chang\w*|amend\w*|revis\w*|modif\w*|issues?)",
        r"\b(?:improve|chang\w*|revis\w*|modif\w*) (?:in |of )?(?:the )?(?:inclusion|exclusion|eligibility|protocol"
        r"|study)",
    ),
    "other_study": (
        r"\b(?:another|other|new|different|larger|parallel|similar|previous) (?:study|studies|trials?|protocol)\b",
        r"\bsuperseded|\breplaced by|\b(?:merged|combined) (?:with|into)|\bnew (?:evidence|guideline)\w*",
        r"\bstandard of care (?:has )?chang|\bdata on the same|\b(?:study|trial) was (?:terminated|stopped) after the",
    ),
    "pandemic": (r"\bcovid\w*|\bcorona ?virus|\bpandemic|\bSARS.CoV",),
}
_COMPILED = {name: re.compile("|".join(rules), re.IGNORECASE) for name, rules in _RULES.items()}
# "not due to safety or efficacy concerns": what stands behind such words is no reason.
_DENIED = re.compile(
    r"\b(?:(?:not|nothing|un)[ -]?(?:due|related|because|based|linked|to do|a result|driven|for)\b"
    r"|without\b|no (?:new )?(?=safety|efficacy)|rather than\b|(?:irrespective|independent) of\b"
    r"|there (?:were|was|are) no\b|not (?=safety|efficacy))(?:(?!\bbut\b)[^.;])*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:n/?a|none|unknown|not (?:available|provided|applicable|known|stated)|other)?\W*", re.IGNORECASE
)


def why_classes(why: str | None) -> list[str]:
    """The classes of a reason, in the order of CLASSES."""
    if why is None or _NOTHING.fullmatch(why):
        return ["none_given"]
    said = _DENIED.sub(" ", why)
    found = [name for name, rule in _COMPILED.items() if rule.search(said)]
    return [name for name in CLASSES if name in found] or ["unclassified"]
