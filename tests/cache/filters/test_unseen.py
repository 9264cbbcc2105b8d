"""What a view asks for and the store cannot tell."""

from cache.filters import unseen
from cache.filters.filter import Filter
from cache.read import trials as queries
from cache.store.store import Store
from tests.rigs.trial_rows import Why, put, row, watchlist

WATCHLIST = watchlist()


def test_a_country_that_no_trial_names_and_an_id_that_is_not_stored_are_said() -> None:
    store = Store.in_memory()
    put(store, [row(1, countries=["Germany"]), row(2, countries=None)], {1: [Why("ivig")], 2: [Why("ivig")]})
    trials, matches = queries.trials(store), queries.matches(store)
    store.close()

    def said(**asked: tuple[str, ...]) -> str:
        wanted = Filter(everywhere=True, **asked)  # type: ignore[arg-type]
        found = unseen.unseen(wanted, trials, matches, WATCHLIST)
        return " ".join(unseen.sentences(wanted, found, starter=False))

    assert said() == said(countries=("Germany",)) == said(ids=("NCT00000001",)) == ""
    assert said(countries=("DE", "Germany")).startswith("No stored trial names a site in “DE”.")
    assert "in “DE” or “Narnia”." in said(countries=("DE", "Narnia"))
    assert said(ids=("NCT00000009",)) == "NCT00000009 is not stored here; the registry may have it."
