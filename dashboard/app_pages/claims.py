"""Claims: what the three documents state, sentence by sentence, against the registry."""

from dashboard.claims import parts as claim_parts
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.shared import evidence_data as insight_data

frame.head("Claims", "What the documents state, sentence by sentence, and what the registry has to say to it.")
wanted, problems = view.current()
view.problems(problems)

findings = claim_parts.choose(insight_data.findings(), wanted.agents)
claim_parts.summary(findings)
claim_parts.rules()
for document in data.watchlist().documents:
    mine = [finding for finding in findings if finding.document.id == document.id]
    if mine:
        claim_parts.document(document, mine)
