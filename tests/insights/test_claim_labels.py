"""That the ledger comes out as a reader expects, as often as is committed."""

from tests import measure_claims
from tests.measure_claims import LISTED, STORES


def test_every_claim_is_labelled_once_in_every_store_and_every_label_says_why() -> None:
    labelled = measure_claims.labels()
    verdicts = [(one.claim, one.store) for one in labelled if not one.trial]
    assert sorted(verdicts) == sorted((claim.id, store) for claim in LISTED.claims for store in STORES)
    trials = [(one.claim, one.store, one.trial) for one in labelled if one.trial]
    assert len(trials) == len(set(trials)) >= 30
    assert all(one.why for one in labelled)


def test_the_committed_figures_are_those_of_the_labels() -> None:
    labelled = measure_claims.labels()
    assert measure_claims.measure(labelled, measure_claims.findings()) == measure_claims.figures()
