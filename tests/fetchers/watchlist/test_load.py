"""The watch-list that comes with the product, and what is said about one that is wrong."""

import hashlib
import re
from pathlib import Path

import pytest

from fetchers.errors import Validation
from fetchers.watchlist.load import load
from fetchers.watchlist.model import Watchlist
from tests.rigs.records import SHARED

FINGERPRINTS = Path(__file__).parents[2] / "labels" / "documents.txt"

AGENTS = [
    "corticosteroids",
    "azathioprine",
    "methotrexate",
    "tnf_inhibitors",
    "autologous_lymph_node_cells",
    "sizofiran",
    "rintatolimod",
    "ivig",
    "hyperbaric_oxygen",
]
CONDITIONS = [
    "me_cfs",
    "long_covid",
    "fibromyalgia",
    "chronic_pain",
    "rheumatoid_arthritis",
    "lupus",
    "multiple_sclerosis",
    "other",
]
SMALL = """\
[[documents]]
id = "d1"
title = "A text"
kind = "article"
conditions = ["pain"]

[[agents]]
id = "salve"
name = "Salve"
kind = "ointment"
documents = ["d1"]

[[agents.members]]
id = "salve"
name = "Salve"
names = ["salve", "Balm"]

[[conditions]]
id = "pain"
name = "Pain"
terms = ["pain"]
swept = true

[[claims]]
id = "C1"
document = "d1"
place = "first line"
words = "Salve helps."
agent = "salve"
condition = "pain"
phase = "PHASE2"
tense = "present"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "list.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_agents_documents_and_conditions_are_those_of_the_contract() -> None:
    watchlist = load()

    # More may be added; programs rely on these.
    assert [agent.id for agent in watchlist.agents if agent.id in AGENTS] == AGENTS
    assert [condition.id for condition in watchlist.conditions] == CONDITIONS
    assert {d.id: d.conditions for d in watchlist.documents} == {
        "000": ("me_cfs",),
        "002": ("chronic_pain", "rheumatoid_arthritis", "lupus", "multiple_sclerosis"),
        "003": ("me_cfs",),
    }
    assert {agent.id: agent.documents for agent in watchlist.agents if len(agent.documents) > 1} == {
        "corticosteroids": ("000", "002"),
        "methotrexate": ("000", "002"),
    }
    assert watchlist.document_conditions == (
        "me_cfs",
        "chronic_pain",
        "rheumatoid_arthritis",
        "lupus",
        "multiple_sclerosis",
    )
    assert [condition.id for condition in watchlist.conditions if condition.swept] == ["me_cfs"]


def test_a_list_without_hints_is_swept_for_what_it_is_about_and_its_sizes_are_guessed(tmp_path: Path) -> None:
    small = load(written(tmp_path, SMALL))
    assert [condition.id for condition in small.focus] == ["pain"]
    sizes = [agent.expected_size for agent in small.agents], [condition.expected_size for condition in small.focus]
    assert sizes == ([300], [300])
    swept_by_none = load(written(tmp_path, SMALL.replace("swept = true", "")))
    assert swept_by_none.focus == ()


def test_hints_say_what_a_list_is_about_and_change_no_question(tmp_path: Path) -> None:
    small = load(written(tmp_path, SMALL))
    more = '[[conditions]]\nid = "gout"\nname = "Gout"\nterms = ["gout"]\n'
    text = SMALL.replace("[[claims]]", more + "focus = true\nsize_hint = 12\n\n[[claims]]", 1)
    text = text.replace('kind = "ointment"', 'kind = "ointment"\nsize_hint = 7')
    hinted = load(written(tmp_path, text))
    assert [condition.id for condition in hinted.focus] == ["gout"]
    assert [agent.expected_size for agent in hinted.agents] == [7]
    assert [condition.expected_size for condition in hinted.conditions[:2]] == [300, 12]
    bare = load(written(tmp_path, SMALL.replace("[[claims]]", more + "\n[[claims]]", 1)))
    assert hinted.digest == bare.digest != small.digest


def test_the_list_of_the_product_is_about_me_cfs_and_knows_the_size_of_everything_asked() -> None:
    assert [condition.id for condition in load().focus] == ["me_cfs"]
    hints = {one.id: one.size_hint for one in load().agents} | {one.id: one.size_hint for one in load().swept}
    without = [name for name, hint in hints.items() if not hint]
    assert without == [], "give each a size_hint: about how many trials the registry holds"


@pytest.mark.parametrize("hint", ["-1", '"many"', "true", "1.5"])
def test_a_size_that_is_no_number_of_trials_is_told(tmp_path: Path, hint: str) -> None:
    path = written(tmp_path, SMALL.replace('kind = "ointment"', f'kind = "ointment"\nsize_hint = {hint}'))
    with pytest.raises(Validation, match=r"line 7, at agents\[0\]\.size_hint"):
        load(path)


def test_who_publishes_a_document_is_said_only_where_it_is_known() -> None:
    publishers = {document.id: (document.publisher, document.interest, document.date) for document in load().documents}

    assert publishers["000"] == publishers["002"] == (None, None, None)
    assert publishers["003"][0] == "hbot.com (Harch Hyperbaric)"
    assert publishers["003"][1]
    assert publishers["003"][2] == "May 9, 2025"


def test_inhaled_and_topical_corticosteroids_are_there_and_off() -> None:
    members = {member.id: member for member in load().agent("corticosteroids").members}

    assert [id for id, member in members.items() if not member.on] == ["inhaled", "topical"]
    assert {"budesonide", "fluticasone", "mometasone", "beclomethasone"} <= set(members["inhaled"].names)
    assert "clobetasol" in members["topical"].names


def test_every_agent_is_claimed_by_a_document_that_names_it() -> None:
    watchlist = load()
    claimed = {(claim.document, claim.agent) for claim in watchlist.claims if claim.agent}

    assert claimed == {(document, agent.id) for agent in watchlist.agents for document in agent.documents}
    assert [claim.id for claim in watchlist.claims] == [f"C{n}" for n in range(1, len(watchlist.claims) + 1)]
    first = watchlist.claims[0]
    assert (first.agent, first.condition, first.phase, first.tense) == ("sizofiran", "me_cfs", "PHASE2", "present")
    assert any(not claim.checkable for claim in watchlist.claims)


def test_what_the_rules_need_to_know_of_a_claim_is_there() -> None:
    watchlist = load()
    trials = {claim.id: (claim.kind, claim.status, claim.until) for claim in watchlist.claims if claim.kind == "trial"}

    assert trials["C1"] == ("trial", "ongoing", None)
    assert trials["C2"] == ("trial", "completed", 2001)
    assert {claim.kind for claim in watchlist.claims} == {"trial", "hint", "use", "effect", "risk", "need"}
    assert watchlist.condition("me_cfs").near == ("long_covid", "fibromyalgia")


def test_claims_are_in_our_words() -> None:
    known = set(FINGERPRINTS.read_text(encoding="utf-8").split())
    assert len(known) > 1000
    for claim in load().claims:
        assert not fingerprints(claim.words) & known, claim.id


def test_a_sentence_taken_over_is_noticed() -> None:
    document = "It began. People who rest in time, the clinic says, have fewer of the bad days! And so on."
    assert fingerprints("A bad day less: PEOPLE who rest in time, the clinic") & fingerprints(document)
    assert not fingerprints("Whoever rests in time has fewer bad days, the clinic says") & fingerprints(document)


@pytest.mark.parametrize("documents", [path for path in [SHARED / "documents"] if path.exists()] or [None])
def test_fingerprints_are_those_of_the_documents(documents: Path | None) -> None:
    known = FINGERPRINTS.read_text(encoding="utf-8").split()
    assert known == sorted(set(known))
    assert all(re.fullmatch(r"[0-9a-f]{8}", one) for one in known)
    if documents:
        source = " ".join(path.read_text(encoding="utf-8") for path in sorted(documents.iterdir()))
        assert known == sorted(fingerprints(source))


def fingerprints(text: str) -> set[str]:
    """A short hash of every seven words in a row, so that texts can be compared and not read."""
    words = re.findall(r"\w+", text.lower())
    rows = (" ".join(words[at : at + 7]) for at in range(len(words) - 6))
    return {hashlib.sha256(row.encode()).hexdigest()[:8] for row in rows}


def test_an_id_is_looked_up_or_the_known_ones_are_listed() -> None:
    watchlist = load()

    assert watchlist.agent("ivig").name == "Intravenous immunoglobulin (IVIG)"
    assert watchlist.condition("other").terms == ()
    with pytest.raises(Validation, match=r"no agent 'aspirin'.*corticosteroids.*hyperbaric_oxygen"):
        watchlist.agent("aspirin")
    with pytest.raises(Validation, match=r"no condition 'flu'.*me_cfs.*other"):
        watchlist.condition("flu")


def test_another_file_is_read_and_other_is_added(tmp_path: Path) -> None:
    watchlist = load(written(tmp_path, SMALL))

    assert [agent.id for agent in watchlist.agents] == ["salve"]
    assert [condition.id for condition in watchlist.conditions] == ["pain", "other"]
    assert watchlist.agents[0].members[0].on
    assert watchlist.claims[0].checkable


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load(written(tmp_path, "\ufeff" + SMALL)) == load(written(tmp_path, SMALL))


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("Salve helps.", "Salve may help.", False),
        ('title = "A text"', 'title = "Another text"', False),
        ('name = "Salve"', 'name = "The salve"', False),
        ('"Balm"]', '"Balm", "Unguent"]', True),
        ('"Balm"]', '"Balm"]\non = true\nlocal_names = ["unguent"]', True),
        ('"Balm"]', '"Balm"]\nmesh = ["Ointments"]', True),
        ('documents = ["d1"]', 'documents = ["d1"]\nfalse_friends = ["lip balm"]', True),
        ("swept = true", "swept = false", True),
        ('terms = ["pain"]', 'terms = ["pain", "ache"]', True),
        ('terms = ["pain"]', 'terms = ["pain"]\nnot_terms = ["no pain"]', True),
        ('terms = ["pain"]', 'terms = ["pain"]\nwording = { passing = ["acute"] }', True),
        ('terms = ["pain"]', 'terms = ["pain"]\nwording = { pairs = [["pain", "joint"]] }', True),
    ],
)
def test_the_digest_follows_what_is_asked_and_matched(tmp_path: Path, old: str, new: str, changes: bool) -> None:
    before: Watchlist = load(written(tmp_path, SMALL))
    assert old in SMALL
    after = load(written(tmp_path, SMALL.replace(old, new)))

    assert (before.digest != after.digest) is changes
    assert load(written(tmp_path, SMALL)).digest == before.digest


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ('kind = "article"', 'kind = "article"\ncolour = "red"', "documents[0].colour", "unknown key"),
        ('names = ["salve", "Balm"]', 'names = ["salve"]\nalias = ["x"]', "agents[0].members[0].alias", "unknown key"),
        ("[[claims]]", "[[extras]]", "extras", "unknown key"),
        ('title = "A text"\n', "", "documents[0].title", "missing"),
        ('names = ["salve", "Balm"]\n', "", "agents[0].members[0].names", "missing"),
        ('name = "Salve"\nkind', "name = 7\nkind", "agents[0].name", "expected text, got number"),
        ('names = ["salve", "Balm"]', 'names = "salve"', "agents[0].members[0].names", "expected list, got text"),
        ('names = ["salve", "Balm"]', 'names = ["salve", 1]', "agents[0].members[0].names", "expected text"),
        ("swept = true", 'swept = "yes"', "conditions[0].swept", "expected true or false"),
        ('tense = "present"', 'tense = "future"', "claims[0].tense", "future"),
        ('phase = "PHASE2"', 'phase = "Phase II"', "claims[0].phase", "EARLY_PHASE1"),
        ('id = "pain"', 'id = "Pain!"', "conditions[0].id", "small letters"),
        ('id = "pain"', 'id = "salve"', "conditions[0].id", "id of an agent"),
        ('names = ["salve", "Balm"]', "names = []", "agents[0].members[0].names", "at least one name"),
        ('names = ["salve", "Balm"]', 'names = ["salve", " - "]', "agents[0].members[0].names[1]", "no word"),
        ('"Balm"]', '"a b c d e f-g h/i j k"]', "agents[0].members[0].names[1]", "11 words"),
        ('terms = ["pain"]', 'terms = ["a b c d e f g h i j k"]', "conditions[0].terms[0]", "11 words"),
        ('terms = ["pain"]', "terms = []", "conditions[0].terms", "at least one term"),
        ('names = ["salve", "Balm"]', 'names = ["salve"]\non = false', "agents[0].members", "no member that is on"),
        ('name = "Salve"\nkind', 'name = " "\nkind', "agents[0].name", "empty"),
        ('documents = ["d1"]', 'documents = ["d9"]', "agents[0].documents", "no document 'd9'"),
        ('conditions = ["pain"]', 'conditions = ["ache"]', "documents[0].conditions", "no condition 'ache'"),
        ('document = "d1"', 'document = "d9"', "claims[0].document", "no document 'd9'"),
        ('agent = "salve"', 'agent = "balm"', "claims[0].agent", "no agent 'balm'"),
        ('condition = "pain"', 'condition = "ache"', "claims[0].condition", "no condition 'ache'"),
        ("swept = true", 'near = ["ache"]', "conditions[0].near", "no condition 'ache'"),
        ('tense = "present"', 'kind = "rumour"', "claims[0].kind", "rumour"),
        ('tense = "present"', 'status = "used"', "claims[0].status", "used"),
        ('tense = "present"', 'kind = "trial"', "claims[0].status", "ongoing or completed"),
        ('tense = "present"', 'until = "2001"', "claims[0].until", "expected number"),
        ('"Balm"]', '"Balm"]\nshort_names = [{ name = "SB", near = [] }]', "short_names[0].near", "at least one text"),
        ('"Balm"]', '"Balm"]\nshort_names = [{ name = "SB" }]', "short_names[0].near", "missing"),
    ],
)
def test_a_mistake_is_told_with_file_place_line_and_reason(
    tmp_path: Path, old: str, new: str, place: str, reason: str
) -> None:
    assert old in SMALL
    path = written(tmp_path, SMALL.replace(old, new, 1))

    with pytest.raises(Validation) as caught:
        load(path)

    message = str(caught.value)
    assert str(path) in message
    assert place in message
    assert reason in message
    if place != "extras":
        line = int(re.search(r"line (\d+)", message)[1])  # type: ignore[index]
        assert path.read_text(encoding="utf-8").splitlines()[line - 1].startswith("[[")


@pytest.mark.parametrize("table", ["documents", "agents", "conditions", "claims"])
def test_an_id_given_twice_is_told_with_the_line_of_the_second(tmp_path: Path, table: str) -> None:
    start = SMALL.index(f"[[{table}]]")
    block = SMALL[start:].split("\n\n[[" + ("conditions" if table == "agents" else ""))[0].rstrip() + "\n"
    path = written(tmp_path, SMALL + "\n" + block)

    with pytest.raises(Validation, match=rf"{table}\[1\]\.id.*appears twice") as caught:
        load(path)

    headers = [n for n, text in enumerate(path.read_text().splitlines(), start=1) if text == f"[[{table}]]"]
    assert f"line {headers[1]}," in str(caught.value)


def test_two_members_with_one_id_are_told(tmp_path: Path) -> None:
    member = '\n[[agents.members]]\nid = "salve"\nname = "Again"\nnames = ["again"]\n'
    path = written(tmp_path, SMALL.replace("\n[[conditions]]", member + "\n[[conditions]]"))

    with pytest.raises(Validation, match=r"line 18, at agents\[0\]\.members\[1\]\.id: 'salve' appears twice"):
        load(path)


def test_other_may_be_renamed_but_has_no_terms(tmp_path: Path) -> None:
    renamed = load(written(tmp_path, SMALL + '\n[[conditions]]\nid = "other"\nname = "The rest"\n'))
    assert renamed.condition("other").name == "The rest"

    with pytest.raises(Validation, match=r"conditions\[1\].*everything else"):
        load(written(tmp_path, SMALL + '\n[[conditions]]\nid = "other"\nname = "The rest"\nterms = ["x"]\n'))


@pytest.mark.parametrize("text", ["", "documents = []\nagents = []\nconditions = []"])
def test_a_list_without_agents_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Validation, match=r"missing|at least one agent"):
        load(written(tmp_path, text))


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL.replace('kind = "article"', "kind = article"))

    with pytest.raises(Validation, match=rf"{re.escape(str(path))} is not valid TOML.*line 4"):
        load(path)


def test_a_file_that_is_not_there_not_a_file_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(Validation, match=r"There is no watch-list file .*missing\.toml"):
        load(tmp_path / "missing.toml")
    with pytest.raises(Validation, match="cannot be read"):
        load(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"id = \xff\xfe")
    with pytest.raises(Validation, match="not UTF-8"):
        load(binary)


def test_everything_is_followed_only_when_the_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text(SMALL)
    assert not load(path).everything
    path.write_text("everything = true\n" + SMALL)
    assert load(path).everything


def test_everything_is_true_or_false(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text('everything = "yes"\n' + SMALL)
    with pytest.raises(Validation, match="at everything: expected true or false"):
        load(path)
