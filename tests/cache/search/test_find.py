"""What a text finds, against a plain and slow reading of every record; how a store keeps its index in step."""

import random
import re
import unicodedata
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import text as sql

from cache.search import asked as asking
from cache.search import index
from cache.search.find import find
from cache.search.full_text import full_text_of
from cache.search.hits import hits
from cache.search.passages import passages
from cache.search.typos import distance
from cache.store.store import Store
from fetchers.record.study import Study
from fetchers.watchlist.load import load
from tests.rigs.answering import record
from tests.rigs.records import MADE, Records, each_set_at_hand
from tests.rigs.searching import Scan, searchable
from tests.rigs.trial_rows import watchlist

pytestmark = pytest.mark.both_databases

WATCHLIST = load()
FEW_NAMES = watchlist()
# What a text is made of, each with the words it stands for in a plain reading.
PIECES = {
    "Post-exertional": ["post", "exertional"], "post exertional": ["post", "exertional"],
    "postexertional": ["post", "exertional"],
    "Universität": ["universitat"], "UNIVERSITAT": ["universitat"], "biopsies": ["biopsy"], "Biopsy": ["biopsy"],
    "pain,": ["pain"], "(pains)": ["pain"], "malaise": ["malaise"], "Łódź": ["lodz"],
    "visit/visits": ["visit", "visit"],
}  # fmt: skip
TEXTS = some.lists(some.sampled_from(list(PIECES)), max_size=4)
RECORDS = some.lists(some.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=3)


def study(number: int, title: Sequence[str], criteria: Sequence[str], city: Sequence[str]) -> Study:
    return record(
        number, title=" ".join(title), eligibility={"eligibilityCriteria": " ".join(criteria)},
        contactsLocations={"locations": [{"city": " ".join(city)}]},
    )  # fmt: skip


def reads(pieces: Sequence[str]) -> list[str]:
    return [word for piece in pieces for word in PIECES[piece]]


def stands(sought: list[str], read: list[str]) -> bool:
    return any(read[at : at + len(sought)] == sought for at in range(len(read) - len(sought) + 1))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(records=RECORDS, asked=TEXTS.filter(bool), quoted=some.booleans())
def test_words_and_phrases_find_what_a_plain_reading_finds(
    records: list[tuple[list[str], ...]], asked: list[str], quoted: bool
) -> None:
    store = searchable(study(number, *texts) for number, texts in enumerate(records, 1))
    # Unquoted, each word by itself; what a hyphen joins, or was typed as one word, stays together.
    words = " ".join(asked).split()
    sought = [reads(asked)] if quoted else [reads([one]) if one in PIECES else [one] for one in words]
    expected = {
        f"NCT{number:08d}"
        for number, texts in enumerate(records, 1)
        if all(any(stands(one, reads(pieces)) for pieces in texts) for one in sought)
    }
    typed = " ".join(asked)
    found = find(store, f'"{typed}"' if quoted else typed, FEW_NAMES)
    store.close()
    assert found.trials == expected
    for number, texts in enumerate(records, 1):
        if f"NCT{number:08d}" in found.trials:
            assert hits(study(number, *texts), found.asked), "every hit says where it stands"


def plain_words(text: str) -> list[str]:
    parted = "".join(one for one in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(one))
    return re.findall(r"[^\W_]+", parted)


@each_set_at_hand
def test_no_record_with_a_word_or_two_words_in_a_row_is_missed(at_hand: Records) -> None:
    store = searchable(at_hand.studies)
    read = {
        one.nct_id: [plain_words(msgspec.json.decode(msgspec.json.encode(passage.text))) for passage in passages(one)]
        for one in at_hand.studies
    }
    pick = random.Random(13)
    for _ in range(60):
        texts = read[pick.choice(list(read))]
        told = pick.choice([one for one in texts if len(one) > 1])
        at = pick.randrange(len(told) - 1)
        for sought, query in ((told[at : at + 1], told[at]), (told[at : at + 2], f'"{told[at]} {told[at + 1]}"')):
            expected = {nct_id for nct_id, texts in read.items() if any(stands(sought, one) for one in texts)}
            assert expected <= find(store, query, WATCHLIST).trials, query
    store.close()


CRITERIA = "Inclusion Criteria:\n* Fatigue\nExclusion Criteria:\n* Post-exertional malaise & <b>more</b>"


@pytest.fixture(scope="module")
def store() -> Store:
    return searchable([
        record(1, "Ampligen", title="A trial", eligibility={"eligibilityCriteria": CRITERIA}),
        record(2, "Rintatolimod"),
        record(3, "Infliximab"), record(4, "Adalimumab"),
        *(record(number, "Methotrexate", title="SF-36 of headaches") for number in range(5, 12)),
        record(12, contactsLocations={"locations": [{"facility": "UZ", "city": "Leuven", "country": "Belgium"}]},
               references={"references": [{"pmid": "12345678", "citation": "Muster A. A paper."}]}),
    ])  # fmt: skip


def numbers(store: Store, text: str) -> list[int]:
    return sorted(int(nct_id[3:]) for nct_id in find(store, text, WATCHLIST).trials)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ampligen", [1, 2]), ('"Ampligen"', [1]), ("\u201cAmpligen\u201d", [1]), ("Remicade", [3]),
        ("post-exertional", [1]), ("post exertional", [1]), ("postexertional", [1]),
        ("sf36 headache", list(range(5, 12))),
        ("SF-36", list(range(5, 12))), ("Leuven", [12]), ("12345678", [12]), ("NCT00000003", [3]),
        ("nct0000000*", list(range(1, 10))),
        ("metho*", list(range(5, 12))), ("-", []), ('""', []), ("*", []), ("a trial fatigue", [1]), ("metotrexate", []),
    ],
)  # fmt: skip
def test_what_a_text_finds(store: Store, text: str, expected: list[int]) -> None:
    assert numbers(store, text) == expected


def test_a_hit_says_where_it_stands_with_the_words_around_it(store: Store) -> None:
    asked = find(store, "malaise fatigue", WATCHLIST).asked
    with store.reading() as connection:
        ((_, one),) = index.newest(connection, ["NCT00000001"])
    first, second = hits(one, asked)
    assert (first.place, first.found, first.after) == ("Exclusion criteria", "malaise", " & <b>more</b>")
    assert first.before.endswith("Post-exertional ")
    assert (second.place, second.found) == ("Inclusion criteria", "Fatigue")


def test_a_typo_is_told_and_never_replaced(store: Store) -> None:
    found = find(store, "metotrexate headaches", WATCHLIST)
    assert (found.trials, found.meant) == (frozenset(), "methotrexate headaches")
    assert find(store, "methotrexate", WATCHLIST).meant is None
    assert find(store, "zzzzzzzz", WATCHLIST).meant is None


@given(some.text("abc", max_size=5), some.text("abc", max_size=5))
def test_a_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert min(distance(one, other, 2), 3) == min(distance(other, one, 2), 3)
    assert (distance(one, other, 2) == 0) == (one == other)


def test_without_an_index_a_scan_answers_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    queries = ("Ampligen", "post-exertional", "sf36", "metho*", '"post exertional malaise"', "nothing-at-all")
    quick = [find(store, text, WATCHLIST) for text in queries]
    monkeypatch.setattr("cache.search.find.full_text_of", Scan)
    assert [find(store, text, WATCHLIST) for text in queries] == quick


def test_a_changed_record_is_found_by_its_new_words_only() -> None:
    store = searchable([record(1, "Methotrexate", title="Old words")])
    later = record(1, "Methotrexate", title="Other ones")
    with store.writing() as connection:
        index.put(connection, {later.nct_id: index.Words("x", index.words_of(later))})
    with store.reading() as connection:
        found = full_text_of(connection).candidates
        asked = {word: asking.read(word, WATCHLIST)[0].phrases[0] for word in ("old", "other")}
        assert not found(asked["old"]).sure
        assert found(asked["other"]).sure == {"NCT00000001"}
    store.close()


def test_an_index_of_another_form_or_an_empty_one_is_made_anew() -> None:
    store = searchable(MADE.studies[:3])
    before = find(store, "trial", WATCHLIST).trials
    for damage in ("UPDATE searched SET form = 0", "DELETE FROM searched"):
        with store.writing() as connection:
            connection.execute(sql(damage))
            assert index.stale(connection)
        index.keep_fresh(store)
        with store.reading() as connection:
            assert not index.stale(connection)
        assert find(store, "trial", WATCHLIST).trials == before
    store.close()


@pytest.mark.sqlite_alone("on PostgreSQL an entry goes with its row")
def test_an_index_full_of_old_entries_is_made_anew() -> None:
    store = searchable([record(1, "Methotrexate")])
    with store.writing() as connection:
        for turn in range(103):
            index.put(connection, {"NCT00000001": index.Words(str(turn), "words")})
    index.keep_fresh(store)
    with store.reading() as connection:
        assert connection.scalar(sql("SELECT count(*) FROM search_docsize")) == 1
    store.close()
