"""Why a trial stopped, by written word rules over the registry's own words: a few plain classes, several at once.

The words are always shown beside the classes. What no rule knows is "not classified", never guessed. The rules were
measured on labelled reasons that were kept aside when they were written (``why_stopped.csv`` beside this module); a
class whose rule was not right there, or missed too much, goes with "possibly".
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
    r"(?:low\w*|slow\w*|poor\w*|bad|lack(?:ing)?|lag\w*|in?su\w*ff?ici?[ae]n\w*|unsufficient|inad[ae]quate\w*"
    r"|diff?i?cu?l?t\w*|diffi\w*ult\w*|challeng\w*|problems?|fail\w*|unable|not able|inability|few|fewer|less|none"
    r"|no(?! longer (?:at|with|in|be|being|available)\b| additional\b)|not? enough|under|limited|minimal|suboptimal"
    r"|stalled"
    r"|not feasible|declin\w*|rarity|exhausted|hard|troubles?|unsuccessful|futility of|paucity|absence|behind"
    r"|did not|didn['’]t|could not|couldn['’]t|cannot|can not|not possible|unlikely|just one|only (?:one|two|\d+)"
    r"|issues (?:with|in|of|being)|zero|\b0|small number of|delay(?:s|ed)?(?: in| of)?(?: patient"
    r"| subject)?(?= (?:recr|enrol|accr|inclu)))"
)
# What would make "no benefit for participants" a want of participants.
_NO_EFFECT_WORD = (
    r"(?!efficacy|effect|benefit|help|work|respon|safety|activ|differ|improv|evidence|signal|toler|toxic|outcome)"
)
_JOIN = (
    r"(?:recr\w?u?i?t\w*|recrutat\w*|enrol\w*|ac[cr]+ur?[ae]ls?|accru\w*|inclu(?:ded?|ding|sions?)\b(?! criteria)"
    r"|pa\w{2,6}pants?|participation|patients?|subjects?|volunteers?|candidates?|probands?|randomi[sz]ed"
    r"|(?:MIS-?C|new|eligible) cases)"
)
_WHO = (
    r"(?:PI|P\.I\.|(?:co-?)?investigators?|researchers?|research staff|staff|coordinator|physician|fellow|student"
    r"|resident|personnel|advisor|head of (?:the )?study)"
)
_GOES = (
    r"(?:left|leav\w*|mov(?:ed|ing)|retir\w*|depart\w*|resign\w*|died|relocat\w*|transferred|turnover|shortage"
    r"|unavailab\w*|abroad|sabbatical|transition\w*|graduat\w*|difficult\w*|(?:maternity|sick|medical) leave|lapsed"
    r"|changed? (?:of )?(?:jobs?|institution|position)|(?:is |was )?(?:no|not) longer (?:at|with|in|available)\b)"
)
_GOODS = (
    r"(?:drugs?|products?|devices?|suppl(?:y|ies|ier|ements?)|equipment|medications?|placebo|vials?|manufactur\w*"
    r"|kits?|needles?|vaccines?|catheters?|machines?|IMP\b|formulation|antibod\w+|tracer|laser|samples?)"
)
_DECIDES = (
    r"(?:sponsors?|compan(?:y|ies)|collaborat\w+|institution\w*|(?:site |principal )?investigators?|PI|P\.I\."
    r"|manufacturer|management|director|business|corporate|strateg\w*|commercial\w*|operational|administration"
    r"|industry|industrial partner|pharma\w*)"
)
_STOPS = (
    r"(?:terminat\w*|discontinu\w*|suspend\w*|cancel\w*|dropped|halt\w*|stop\w*|end(?:ed|s)?|clos(?:ed?|ing|ure)"
    r"|abandon\w*|ceas\w*|withdr[ae]w\w*)"
)
_RULES = {
    "people": (
        rf"\b{_FEW}\b(?:{_NO_EFFECT_WORD}[^.;]){{0,40}}?\b{_JOIN}",
        rf"\b{_JOIN}[^.;]{{0,30}}\b(?:low|slow\w*|poor|insufficient|diff?i?cult\w*|challeng\w*|fail\w*|problems?|lag\w*"
        rf"|issues?|factor|behind|feasibility|delay(?:s|ed)|not (?:feasible|possible|met|being met|reached|reachable"
        r"|achieved|recruited|sufficient|progress|as (?:intended|planned|expected))|time.consuming|halted due"
        r"|below|stalled|less likely"
        rf"|(?:were|are|was|not) (?:un|not )?(?:able|willing) to)\b",
        r"(?:enrol\w*|recruit\w*|accrual) (?:goals?|targets?|requirements?) (?:were |was )?(?:not|unmet)"
        r"|\b(?:not|unable to|fail\w* to|could not|did not) (?:meet|achieve|reach)[^.;]{0,25}"
        r"(?:enrol\w*|recruit\w*|accrual|sample size)"
        r"|\bcompleting (?:enrol\w*|recruit\w*|accrual)|\bnobody (?:was |could be )?(?:enrol|recruit)\w*"
        r"|\b(?:target |planned )?sample(?: size)? (?:was |is |could |has )?(?:not|never) (?:be |been )?"
        r"(?:reached|met|achieved)",
        r"lower number of (?:eligible )?(?:patients|participants|subjects)|\blimited eligibility\b|\b(?:too|very) few\b"
        r"|\b(?:low|small) (?:percentage|number|proportion) of|\bbefore (?:all )?\d* ?(?:patients|subjects"
        r"|participants)"
        r"|\b(?:appropriate|suitable|eligible|target) patient population",
    ),
    "money": (
        r"\bfund(?:s|ing|ed|er)?\b|\bfinanc\w*|\bbudget\w*|\bcost(?:s|ly)?\b|\bexpensive\b|\bgrant\b|\bmoney\b"
        r"|\breimburse\w*|\beconomic\w*",
        r"\black of (?:sponsorship|support)\b|\b(?:lack of|insufficient|limited|inadequate|no) (?:\w+ )?resources\b"
        r"|\bresources (?:are |were )?(?:no longer|not) available|\bsupport(?:er)? (?:was |has been )?withdr\w+"
        r"|\b(?:loss|withdrawal) of (?:\w+ )?(?:support|sponsorship|sponsor)\b|\binsurance coverage of",
    ),
    "no_effect": (
        r"\bfutil\w*\b(?! of (?:recr|enrol|accr))|\bineffective|\binefficacy|\bnot (?:been )?effective"
        r"|\binconclusive|\binferior\w*",
        r"\b(?:lack of|absence of|missing|low|lower|limited|poor|minimal|marginal|modest|weak|insufficient|inadequate"
        r"|no|not enough|little|little or no|without|unsatisfactory|disappointing)"
        r"(?: [\w-]+){0,3} (?:efficacy|effect|effectiveness|benefits?|responses?|difference|bioactivity|activity"
        r"|superiority|improvement|tendency|significance|CR|PR)\b",
        r"\b(?:did|does|do|would|could|was|were|has|have|is) not (?:\w+ )?"
        r"(?:meet|met|show|demonstrate|reach|achieve|support|improve|promote|work|superior|significant|confirm)"
        r"[^.;]{0,40}(?:end ?point|efficacy|benefit|effect|continu|criteria|significan|outcome|superior|improve\w*)",
        r"\bunlikely to (?:meet|show|reach|achieve|demonstrate|benefit)|\bnot likely to (?:meet|show)"
        r"|\bno significant findings|\bdata (?:do|did) not support\b|\bnot? (?:sufficiently )?(?:compelling|superior)"
        r"|\binsufficiently compelling",
        r"\bnegative (?:\w+ ){0,2}(?:results?|findings|data|outcomes?|effects?|end ?point)|\befficacy (?:was |did )?not"
        r"|\bend ?points? (?:was |were )?(?:not (?:been )?(?:met|reached|achieved)|failed)"
        r"|\b(?:fail\w*|inability|unable) to (?:meet|reach|show|achieve|demonstrate) (?:[\w-]+ ){0,4}"
        r"(?:end ?points?|efficacy|benefit|effect|significance)|\bdid not (?:work|help)\b|\bdoes not promote\b"
        r"|\bbased on (?:\w+ )?efficacy\b|\bnot efficacious\b"
        r"|\bunlikely to be (?:met|reached|achieved)|\befficacy (?:\w+ )?(?:limited|insufficient|low|lacking|poor)\b",
    ),
    "harm": (
        r"(?<!non-)(?<!non )\bsafety (?:concerns?|reasons?|issues?|related|signals?|problems?|findings?|assessment"
        r"|analysis"
        r"|data(?! collected)|events?|precautions?|risks?|observations?|results?|grounds|outcomes?|considerations?)\b"
        r"|^\W*safety\W*$|\b(?:emerging|new|recent|emergent) safety (?:information|profile|update)"
        r"|\b(?:due to|because of|for|on) (?:\w+ )?safety\b|\bconcerns? (?:of|about|over|regarding|for"
        r"|with) (?:the )?safety",
        r"\btoxicit\w*|\btoxic\b|\badverse\b|\bSAEs?\b|\bside effects?|(?<!with )\bsevere reactions?|\bdeaths?\b"
        r"|\bharm\w*"
        r"|\brisks?(?:.| to |.to.)benefit|\bbenefits?(?:.| to |.to.)risk|\bsafety.{0,12}\brisk",
        r"\bintoleran\w*|\btolerab\w*|\bDLT|\bgrade [3-5] event|\bha?emorrhag\w*|\bunacceptabl\w*|\bmortality\b"
        r"|\bunsafe\b|\bhypoglyc\w*|\bcomplications?\b",
    ),
    "goal_met": (
        r"\b(?:end ?points?|objectives?|goals?|aims?|targets?) (?:was |were |has been |have been )?(?:already )?"
        r"(?:met|reached|achieved)",
        r"\b(?:showed|shows|demonstrated|established|proved) (?:\w+ )?superiority\b"
        r"|\bearly (?:success|efficacy(?! review))|\bpositive (?:interim|results?)|\blikelihood of benefit"
        r"|(?<!not )(?<!no )(?<!without )(?<!lack of )\b(?:sufficient|enough) (?:\w+ ){0,2}(?:data|inclusions|findings"
        r"|evidence|enrol\w*|information|results)\b(?! (?:could|not))"
        r"|\b(?:data|sample size)[^.;]{0,20} (?:was|were) (?:sufficient|achieved|reached)|\bstatistically significant\b"
        r"|\bsuccessfully completed\b|\badequate (?:\w+ )?data\b",
        r"\b(?:ac+r+ual|recruit\w*|enrol\w*) (?:goal |target )?(?:is |was |has been )?(?:met|completed|reached"
        r"|achieved)\b"
        r"|\bcompletion of (?:accrual|recruitment|enrol\w*)"
        r"|\b(?:reached|met|achieved) (?:the |its |our |planned |full |target )*(?:ac+r+ual|recruitment|enrol\w*)",
    ),
    "sponsor": (
        rf"\b{_DECIDES}(?:['’]s)? (?:\w+ ){{0,2}}?(?:deci\w+|reasons?|objectives?|request\w*|consideration\w*|advice"
        rf"|prioriti\w+|letter|choice|adjustment\w*|plans?|rationale|needs?)\b"
        r"|\b(?:decision|request|wish|choice|terminat\w*)s? (?:made )?(?:of|by"
        rf"|from) (?:the )?(?:[\w-]+ ){{0,2}}{_DECIDES}"
        r"|(?-i:\b(?!The|This|Final|Board|Committee|Ethics|Regulatory)[A-Z][a-z]+(?:['’]s)? decision\b)"
        r"|(?-i:\b[A-Z]\w+) has (?:made the decision|decided|determined)|\binternal decision"
        r"|(?-i:^(?!The|This|We|It|PI|IRB|FDA|EMA|DSMB|DMC|Ethics|Study|Trial)"
        r"[A-Z]\w+(?: [A-Z]\w+)?) (?:decided|elected|chose) to"
        r"|^\W*sponsors?\W*$|\bper (?:the )?(?:sponsors?|company|management)\b",
        rf"\b{_DECIDES} (?:has |have )?(?:was )?(?:carefully |considered |and ){{0,4}}(?:decided|declared"
        r"|withdr[ae]w (?!fund|financ)|wants?|elected|opted|chose"
        rf"|request\w*|pulled (?:out|back)|no longer (?:interested|support\w*|want\w*|wish\w*|intend\w*)|{_STOPS})"
        r"(?! (?:the |its |their )?(?:fund|financ|agreement))"
        r"|\binvestigators? (?:\w+ ){0,2}not interested",
        rf"(?<!funding )(?<!funding was )(?<!support )(?<!hold )\b{_STOPS}[^.;]{{0,30}}(?<!funded )(?<!supplied )"
        r"(?<!provided )\bby (?:the |our |its |study )*"
        r"(?:[\w-]+ ){0,1}(?:sponsors?|compan(?:y|ies)|manufacturer|investigators?|PI|management|collaborat\w+)\b",
        r"\b(?:decided|chose|elected|opted|does|did|will(?= not wish)) not (?:to )?(?:wish to )?(?:move forward"
        r"|proceed|continue|pursue"
        r"|initiate|conduct)\b|\bno longer (?:interested|being pursued|pursu\w*)|\bwon['’]t be moving forward"
        r"|\b(?:decision|decided) (?:was made )?not to (?:proceed|pursue|continue|move)",
        r"\b(?:re-?)?priorit\w*|\bno further development\b|\bdevelopment plans?\b|\bmanagement decision"
        r"|\b\w+ decision based on|\bportfolio\b|\bpipeline\b|\bstrategic\b"
        r"|\b(?:company|development|corporate|sponsor\w*|R&D|product|business|program\w*|clinical) (?:\w+ )?strateg\w*"
        r"|\bbusiness (?!hours)\w+|\bcommercial(?:ly|i[sz]ation| viab\w+)?\b|\bcorporate\b|\buse resources for other"
        r"|\bchange[sd]? (?:in|of|to) (?:the )?(?:[\w'’]+ ){0,2}(?:strategy|sponsor\w*|ownership|operating plans)",
        r"\b(?:program(?:me)?s?|molecule|drug|compound|product|clinical)? ?development (?:program(?:me)? )?"
        r"(?:of (?:the |this )?[\w-]+ )?"
        rf"(?:(?:was|is|has been|have been|of \w+) )*{_STOPS}"
        rf"|\b{_STOPS} (?:of )?(?:the |its |their |internal |further |clinical |all )*"
        r"(?:(?:drug |product )?development\b|(?:clinical |development )?program(?:me)?s?\b)",
        rf"\bdevelopment program(?:me)? of[^.;]{{0,40}}{_STOPS}|\bprogram(?:me)? (?:was |has been |is )?{_STOPS}"
        r"|\bcontract (?:issues?|terminat\w*|dispute|not|was not)|\bagreement[^.;]{0,15} (?:not|terminat\w*)",
        r"\bbankrupt\w*|\binsolven\w*|\bliquidat\w*|\bmerge[rd] (?!with [A-Z]\w+-)|\bmerger\b|\bacquisition\b"
        r"|\bacquired by\b|\bout-?licen\w*|\bdivest\w*|\bsponsorship (?:is |was )?(?:moved|transferred|withdrawn)"
        r"|\b(?:different|new|another) sponsor\w*|\btransfer+ed (?:\w+ )?rights"
        r"|\b(?:company|firm|start-?up|biotech|corporation)[^.;]{0,30}"
        r"(?:dissol\w*|clos(?:ed|ing|ure)|sold|merged|wound|shut|no longer exist\w*|out of|defunct"
        r"|ceased|went|folded)|\b(?:closure|dissolution|cessation|winding.up) of (?:the )?(?:\w+ ){0,2}(?:company"
        r"|operations"
        r"|business|sponsor)",
    ),
    "staff": (
        rf"\b{_WHO}\b[^.;]{{0,40}}\b{_GOES}",
        r"\b(?:departure|loss|lack|change|shortage|resignation|mov(?:e|ing)|turnover|retirement|absence) (?:of|in)"
        r" (?:the )?(?:funding and |key |study |\w+ )?" + _WHO + r"\b",
        r"\btransferred to (?:the )?(?:another|hospital|institution)|\bPI resignation|\bstaffing\b|\bprivate practice\b"
        r"|\bpersonnel (?:change|issue|problem|constraint)\w*|\b(?:PI|investigator)\b[^.;]{0,30}\bjob\b"
        r"|\bgraduat(?:ion|ed)\b|\bsabbatical\b",
    ),
    "logistics": (
        r"\blogistic\w*|\btime constraints?|\btech?nical (?:\w+ )?(?:difficult\w*|problems?|issues?|reasons?)"
        r"|\bdeadline\b"
        r"|\bcapacity\b|\bchange of schedule|\btechnical and\b|\bshelf.life|\btimeline\b",
        rf"\b{_GOODS}\b[^.;]{{0,40}}\b(?:unavailab\w*|(?:not|no longer|never)(?: be)?(?: any ?more)? available"
        r"|shortages?"
        r"|issues?|problems?|discontinued|delay\w*|challeng\w*|production|handling|malfunction\w*|defect\w*|lost\b"
        r"|recall\w*"
        r"|expir\w*|interrupt\w*|(?:removed|withdrawn) from|ended|could not (?:be )?suppl\w*)",
        r"\b(?:lack|shortages?|unavailability|discontinuation|expir\w*|problems?|interruption|access) (?:of|in|with"
        r"|to)"
        rf" (?:the )?(?!efficacy|effect|benefit|response|recruit|enrol|patient)(?:[\w-]+ ){{0,3}}?"
        rf"(?:{_GOODS}|time|space|sites?)\b",
        rf"\b(?:stop|no longer|impossible to|unable to|could not) (?:supply|\w* ?{_GOODS})|\bno longer supply"
        r"|\b(?:nationwide|national|global|worldwide|manufacturing|supply) shortages?\b|\bunavailable \w+"
        r"|\b(?:no longer|stop\w*|ceas\w*|discontinu\w*)(?: \w+){0,2} (?:produc(?:e|ing|tion)|manufactur\w*"
        r"|suppl(?:y|ies)\b)"
        r"|\b(?:device|equipment|machine|batch|system|software) failures?\b|\b(?:soft|hard)ware\b|\bhurricane\b"
        r"|\bbugs\b"
        r"|\blost access to\b|\baccess to (?:the )?device|\b(?:drug|product|vaccine|\w+) production\b",
        r"\bsites? (?:was |were )?clos(?:ed|ure)|\bclos(?:ed|ure) of (?:the )?(?:site|unit|cent(?:er|re))"
        r"|\bsite (?:terminated|dropped|unable)|\borgani[sz]ational changes?|\bformulation\b"
        r"|\bunable to (?:obtain|use|maintain|access)\b(?! (?:\w+ ){0,2}(?:fund|financ|grant|consent|patient|particip))"
        r"|\b(?:project|study) (?:transfers|is being transferred|[^.;]{0,60}\bis being transferred) to\b",
    ),
    "authority": (
        r"\b(?:FDA|EMA|MHRA|REB|BfArM|regulator\w*|regulations?|health authorit\w*|competent authorit\w*"
        r"|NDA withdrawn)\b",
        r"(?<!with )(?<!with the )(?<!to the )(?<!to )\bIRB\b|\b(?:approved for marketing|medical device law)\b",
        r"\bethics?\b[^.;]{0,25}\b(?:withdr\w*|approv\w*|reject\w*|refus\w*|suspend\w*|expired|request\w*)"
        r"|\b(?:withdrawn from|not|no|lack of|without)\b[^.;]{0,25}\b(?:IRB|ethics?)\b",
        r"\bon clinical hold|\bclinical hold\b|\binstitutional review|\bcontinuing review"
        r"|\bapproval (?:was )?(?:not|expired|withdrawn|denied|lapsed)",
    ),
    "design": (
        r"(?<!not be )\b(?:re-?design\w*|changed? (?:in |of |to )?(?:the )?(?:study |trial |protocol )?design)\b"
        r"|\bmethodolog\w*|\breconsideration of (?:the )?(?:study )?design|\bstudy design (?:did|does) not",
        r"\bprotocol (?:was |has been )?(?:chang\w*|amend\w*|revis\w*|modif\w*|issues?|updates?|re-?written)\b"
        r"|\b(?:pending )?amendment\b|\bamended (?:and|protocol|study)\b|\bnew protocol\b|\brevamp\w*|\breframe\b"
        r"|\bpivot(?:ed|ing)\b",
        r"\b(?:improve|major chang\w*|chang\w*|revis\w*|modif\w*) (?:in |of |to )?(?:the )?(?:inclusion|exclusion"
        r"|eligibility|protocol(?! title)|combination|study(?! team| site| staff| status))\b|\bchanges (?:in"
        r"|to the) study design",
        r"\bchanged study to\b|\bmethod of assessment|\bmore work was needed|\bassay was not|\bvariability in\b"
        r"|\bproof of principle study\b|\bmodified to\b|\bshortening the study\b",
    ),
    "other_study": (
        r"\b(?:competing|competitive|competitor)\b[^.;]{0,15}\b(?:stud(?:y|ies)|trials?|protocols?)\b",
        r"\b(?:results?|data|outcomes?) (?:of|from|in) (?:the |a |another |other |an )?(?:[\w-]+ ){0,4}"
        r"(?:study|studies|trials?|RCTs?)\b|\b(?:sister|parent|companion|feeder|core|similar|same|other)"
        r" (?:\w+ ){0,2}(?:study|trial)\b",
        r"\bsuperseded|\breplaced by|\b(?:merged|combined) (?:with|into)|\bnew (?!safety)(?:\w+ )?(?:evidence|data"
        r"|guideline)\w*"
        r"|\bchanges? (?:in|of) (?:\w+ )?guidelines|\bunder (?:a |an )?(?:different|new) (?:\w+ ){0,2}(?:number"
        r"|protocol)"
        r"|\b(?:different|new|larger \w+|another) (?:study|trial)\b|\bnegative \w+ studies\b",
        r"\bstandard.of.care\b|\bchang\w* (?:in |the )?(?:\w+ ){0,2}(?:standard of care|treatment landscape"
        r"|(?<!private )practices?)\b"
        r"|\bpractice patterns|\bpublished (?:literature|research)?|\bdata on the same|\banswered by another"
        r"|\bresearch data\b"
        r"|\bscientific data\b|\bno longer (?:used|prescribed?)\b"
        r"|\b(?:recent|new|other|previous|published) (?:\w+ )?studies (?:suggest|show|found|demonstrat|indicat)\w*"
        r"|\b(?:same|similar) protocol\b|\breplace (?:the |this )?(?:current )?(?:study|trial)\b"
        r"|\b(?:study|trial) was (?:terminated|stopped) after the|\bcompletion of [\w-]+ study\b",
    ),
    "pandemic": (r"\bcovid\w*|\bcorona ?virus|\bpandemic|\bSARS.CoV",),
}
_COMPILED = {name: re.compile("|".join(rules), re.IGNORECASE) for name, rules in _RULES.items()}
# "not due to safety or efficacy concerns": what stands behind such words is no reason.
_DENIED = re.compile(
    r"\b(?:(?:not|nothing|un)[ -]?(?:(?:terminat|stopp|halt|discontinu|withdraw|clos|end)\w* )?(?:due|related"
    r"|because|based|linked|to do|a result|driven|for)\b"
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
