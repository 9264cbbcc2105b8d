"""Claims: what the three documents state, sentence by sentence, against the registry."""

from dashboard.claims import parts
from dashboard.follow import parts as follow
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import evidence_data, frame

frame.head("Claims", "What the documents claim, and what the registry shows.")
refresh_parts.outcome()
wanted = frame.wanted()
named = parts.named(evidence_data.findings())
if named:
    parts.alone(named)
    parts.rules()
else:
    findings = parts.choose(evidence_data.findings(), wanted.agents)
    parts.summary(findings)
    parts.rules()
    parts.documents(findings)
follow.below(parts.followed(wanted, named))
