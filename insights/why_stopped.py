"""Why a trial stopped, by written word rules over the registry's own words: a few plain classes, several at once.

The words are always shown beside the classes. What no rule knows is "not classified", never guessed. The rules were
measured on reasons that were labelled after the rules were finished (``why_stopped.csv`` beside this module); a class
whose rule did not prove itself there goes with "possibly".
"""

import re
from pathlib import Path

from insights import measured

MEASURED = Path(__file__).with_name("why_stopped.csv")

CLASSES = {
    "people": "Too few people",
    "money": "Money",
    "no_effect": "Did not work, or was not expected to",
    "harm": "Safety",
    "goal_met": "Question answered early",
    "sponsor": "Decision of the sponsor, company or investigators",
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
UNCLASSIFIED = "unclassified"
_FEW = (
    r"(?:low\w*|slow\w*|poor|lack(?:ing)?|insufficient|inadequate|diff?i?cult\w*|challeng\w*|problems?|fail\w*|unable"
    r"|not able|inability|few|fewer|no|none|not? enough|under|limited|delay\w*|not feasible|stopped|ceased|never|hard"
    r"|troubles?|did not|could not|not possible|just one|only (?:one|two|\d+)|zero|small number of|insuffisant)"
)
_JOIN = (
    r"(?:recr\w?u?i?t\w*|enrol\w*|ac[cr]+ual|accru\w*|inclu(?:ded?|ding|sions?)\b(?! criteria)|participa(?:nts?|tion)"
    r"|patients?|subjects?|volunteers?|randomi[sz]ed)"
)
_WHO = (
    r"(?:PI|P\.I\.|(?:co-?)?investigators?|researchers?|research staff|staff|coordinator|physician|fellow|student"
    r"|resident|personnel|advisor|head of (?:the )?study)"
)
_GOES = (
    r"(?:left|leav\w*|mov(?:ed|ing)|retir\w*|depart\w*|resign\w*|died|relocat\w*|transferred|turnover|shortage"
    r"|unavailab\w*|changed? (?:of )?(?:jobs?|institution|position)|(?:is |was )?(?:no|not) longer (?:at|with|in)\b)"
)
_GOODS = (
    r"(?:drugs?|products?|devices?|suppl(?:y|ies|ier)|equipment|medications?|placebo|vials?|manufactur\w*|kits?"
    r"|needles?)"
)
_DECIDES = (
    r"(?:sponsors?|company|collaborat\w+|institution\w*|(?:site |principal )?investigators?|PI|manufacturer|management"
    r"|director|business|corporate|strateg\w*|commercial\w*|operational|administration)"
)
_RULES = {
    "people": (
        rf"\b{_FEW}\b[^.;]{{0,40}}?\b{_JOIN}",
        rf"\b{_JOIN}[^.;]{{0,30}}\b(?:low|slow\w*|poor|insufficient|diff?i?cult\w*|challeng\w*|fail\w*|problems?"
        rf"|issues?|factor|not (?:feasible|met|being met|reached|recruited|progress)|time.consuming|stopped"
        r"|halted due)\b",
        r"(?:enrol\w*|recruit\w*|accrual) (?:goals?|targets?|requirements?) (?:were |was )?not"
        r"|\b(?:not|unable to|fail\w* to|could not|did not) (?:meet|achieve|reach)[^.;]{0,25}"
        r"(?:enrol\w*|recruit\w*|accrual|sample size)"
        r"|\bcompleting (?:enrol\w*|recruit\w*|accrual)",
        r"lower number of (?:eligible )?(?:patients|participants|subjects)|\blimited eligibility\b",
    ),
    "money": (
        r"\bfund(?:s|ing|ed|er)?\b|\bfinanc\w*|\bbudget\w*|\bcosts?\b|\bgrant\b|\bmoney\b|\breimburse\w*",
        r"\black of sponsorship\b",
    ),
    "no_effect": (
        r"\bfutil\w*|\bineffective|\binsufficient efficacy|\binefficacy|\bnot effective",
        r"\black of (?:\w+ )?(?:efficacy|effect\w*|benefit|response)\b"
        r"|\b(?:no|little|little or no) (?:\w+ )?"
        r"(?:efficacy|effect|benefit|responses?|difference|bioactivity|activity)\b",
        r"\b(?:did|does|would) not (?:meet|show|demonstrate|reach)[^.;]{0,40}(?:end ?point|efficacy|benefit|effect)",
        r"\bnot likely to (?:meet|show)|\bno significant findings|\bdata (?:do|did) not support\b",
        r"\bnegative (?:\w+ )?(?:results?|findings|data|outcomes?)|\befficacy (?:was )?not"
        r"|\bprimary end ?point (?:was )?not met",
    ),
    "harm": (
        r"\bsafety (?:concerns?|reasons?|issues?|related|signals?|problems?|findings?|assessment|analysis)\b"
        r"|\b(?:due to|because of|for|on) safety\b",
        r"\btoxic\w*|\badverse\b|\bside effects?|\bsevere reactions?|\bdeaths?\b|\bharm\w*|\brisk.benefit",
        r"\bintoleran\w*|\btolerab\w*|\bDLT|\bgrade [3-5] event|\bh(?:a|ae)emorrhag\w*",
    ),
    "goal_met": (
        r"\b(?:end ?points?|objectives?|goals?|aims?|targets?) (?:was |were |has been |have been )?(?:already )?"
        r"(?:met|reached|achieved)",
        r"\bearly (?:success|efficacy)|\bpositive (?:interim|results?)|\b(?:sufficient|enough) (?:data|inclusions)\b"
        r"|\b(?:data|sample size)[^.;]{0,20} (?:was|were) sufficient",
        r"\b(?:ac+r+ual|recruit\w*|enrol\w*) (?:goal |target )?(?:is |was )?(?:met|completed|reached)\b"
        r"|\bcompletion of (?:accrual|recruitment|enrol\w*)",
    ),
    "sponsor": (
        rf"\b{_DECIDES}(?:['’]s)? (?:\w+ )?(?:deci\w+|reasons?|objectives?|request\w*)\b"
        rf"|\b(?:decision|request)s? (?:of|by|from) (?:the )?(?:\w+ ){{0,2}}{_DECIDES}",
        rf"\b{_DECIDES} (?:has |have )?(?:was )?(?:carefully |considered |and ){{0,4}}(?:decided"
        r"|withdrew (?!fund|financ)|wants?|stop\w*|terminat\w*|discontinu\w*|suspend\w*|cancel\w*|dropped"
        r"|request\w*|halted|has halted)",
        r"\b(?:decided|chose|will|does|did) not (?:to )?(?:wish to )?(?:move forward|proceed|continue|pursue)\b"
        r"|\bno longer (?:interested|being pursued|pursu\w*)",
        r"\bpriorit\w*|\bmanagement decision|\b\w+ decision based on|\bportfolio\b|\bpipeline\b"
        r"|\buse resources for other",
        r"\b(?:program(?:me)?|molecule|drug|compound|product)? ?development (?:was |has been |of \w+ )?"
        r"(?:was )?(?:terminated|discontinued|stopped|suspended)",
        r"\bprogram(?:me)? (?:was )?(?:terminated|discontinued|stopped)|\bcontract (?:issues?|terminat\w*|dispute)"
        r"|\bbankrupt\w*|\binsolven\w*|\bacqui(?:red|sition) (?:by|of)|\bsponsorship is moved",
    ),
    "staff": (
        rf"\b{_WHO}\b[^.;]{{0,40}}\b{_GOES}",
        r"\b(?:departure|loss|lack|change|shortage|resignation) (?:of|in) (?:the )?(?:\w+ )?" + _WHO + r"\b",
        r"\btransferred to (?:the )?(?:another|University|hospital|institution)|\bPI resignation",
    ),
    "logistics": (
        r"\blogistic\w*|\btime constraints?|\btech?nical (?:\w+ )?(?:difficult\w*|problems?|issues?|reasons?)"
        r"|\bcapacity\b|\bchange of schedule",
        rf"\b{_GOODS}\b[^.;]{{0,40}}\b(?:unavailab\w*|not available|shortage\w*|issues?|problems?|discontinu\w*"
        rf"|delay\w*"
        r"|expired?|interrupt\w*|removed from)",
        rf"\b(?:lack|shortage|unavailability|discontinuation|expir\w*|problems?) (?:of|in|with) (?:the )?"
        rf"(?:\w+ ){{0,3}}?(?:{_GOODS}|time|space|sites?)\b",
        rf"\b(?:stop|no longer|impossible to|unable to) (?:supply|\w* ?{_GOODS})|\bno longer supply",
        r"\bsites? (?:was |were )?clos(?:ed|ure)|\bclos(?:ed|ure) of (?:the )?(?:site|unit|cent(?:er|re))"
        r"|\bsite (?:terminated|dropped|unable)|\bunable to obtain\b|\borgani[sz]ational changes?"
        r"|\b(?:project|study) (?:transfers|is being transferred) to\b",
    ),
    "authority": (
        r"\b(?:FDA|EMA|MHRA|REB|regulator\w*|health authorit\w*|competent authorit\w*)\b",
        r"\b(?:IRB|ethics?)\b[^.;]{0,25}\b(?:withdr\w*|approv\w*|reject\w*|refus\w*|suspend\w*|expired|request\w*)"
        r"|\b(?:withdrawn from|not|no|lack of|without)\b[^.;]{0,25}\b(?:IRB|ethics?)\b",
        r"\bon clinical hold|\binstitutional review|\bcontinuing review"
        r"|\bapproval (?:was )?(?:not|expired|withdrawn|denied|lapsed)",
    ),
    "design": (
        r"\b(?:re-?design\w*|changed? (?:in |of |to )?(?:the )?(?:study |trial |protocol )?design)\b|\bmethodolog\w*"
        r"|\breconsideration of (?:the )?(?:study )?design|\bstudy design (?:did|does) not",
        r"\bprotocol (?:was )?(?:chang\w*|amend\w*|revis\w*|modif\w*|issues?|updates?|re-?written)\b"
        r"|\b(?:pending )?amendment\b|\bnew protocol\b",
        r"\b(?:improve|major chang\w*|chang\w*|revis\w*|modif\w*) (?:in |of |to )?(?:the )?(?:inclusion|exclusion"
        r"|eligibility|protocol|study(?! team| site| staff))\b|\bchanges in study design",
        r"\bchanged study to\b|\bmethod of assessment|\bmore work was needed|\bassay was not",
    ),
    "other_study": (
        r"\b(?:competing|competitive|competitor)\b[^.;]{0,15}\b(?:stud(?:y|ies)|trials?|protocols?)\b",
        r"\b(?:results?|data) (?:of|from) (?:the |a |another |other )?(?:\w+ ){0,4}(?:study|studies|trials?)\b",
        r"\bsuperseded|\breplaced by|\b(?:merged|combined) (?:with|into)|\bnew (?:evidence|guideline)\w*"
        r"|\bunder a different trial number|\bdifferent (?:study|trial)\b",
        r"\bstandard of care\b[^.;]{0,15}chang"
        r"|chang\w* (?:in )?(?:the )?(?:standard of care|treatment landscape|practice)"
        r"|\bpractice patterns|\bpublished literature|\bdata on the same|\banswered by another"
        r"|\b(?:study|trial) was (?:terminated|stopped) after the",
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
    return [name for name in CLASSES if name in found] or [UNCLASSIFIED]


def said(name: str) -> str:
    """The words of a class, followed by "possibly" when its rule is not known to be good."""
    return CLASSES[name] if name not in _RULES or measured.holds(MEASURED, name) else f"{CLASSES[name]}, possibly"


def rules() -> tuple[str, ...]:
    """The classes that a rule finds."""
    return tuple(_RULES)


def figures() -> dict[str, measured.Figures]:
    """The committed figures by rule, as ``python -m tests.measure_why_stopped`` prints them."""
    return measured.load(MEASURED)
