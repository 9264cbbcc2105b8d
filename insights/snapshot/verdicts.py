"""What the claims are judged to be, for ``cache.changes.verdicts`` to compare with what they were."""

import hashlib
from pathlib import Path

from cache.changes.verdicts import Judged
from fetchers.watchlist.model import Watchlist
from insights.claims import Finding

_ROOM = Path(__file__).parent.parent
# The code that has a say in a verdict.
_RULES = ("claims.py", "claim_rules.py", "evidence.py", "verdicts", "findings")
_EVIDENCE = ("here", "near", "background", "named")


def rules_of(watchlist: Watchlist) -> str:
    """The name of the rules: of the code that judges, and of what it judges."""
    found = hashlib.blake2b(repr((watchlist.digest, watchlist.claims)).encode(), digest_size=16)
    for name in _RULES:
        path = _ROOM / name
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            found.update(file.read_bytes())
    return found.hexdigest()


def judged(finding: Finding) -> Judged:
    """A finding's verdict and the trials it rests on, those in other conditions left out."""
    bears = finding.evidence[finding.evidence["where"].isin(_EVIDENCE).to_numpy(dtype=bool)]
    return Judged(finding.verdict, finding.rule, finding.sample, tuple(sorted(set(bears["nct_id"]))))
