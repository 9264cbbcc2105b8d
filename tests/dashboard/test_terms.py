"""The words of the field are explained where they stand, and from one place: the glossary."""

import json
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import terms
from tests.rigs.pages import elements

Open = Callable[..., AppTest]
WIDGETS = ("multiselect", "toggle", "number_input")
# Where the words have to be found, with some of the labels that carry them there.
PAGES = {
    "overview?all=1": {"Phase", "Status", "Phases and statuses", "Expanded access", "Agent"},
    "agents?agent=methotrexate&all=1": {"Highest phase here", "Results posted"},
    "agents?agent=methotrexate&all=1&show=counting": {"Phase", "Status", "People", "Primary completion", "Sponsor"},
    "trials?all=1": {"NCT id", "Phase", "Status", "Results", "Phases", "Statuses", "Study types", "Role of the agent"},
    "timeline?all=1": {"Primary completion", "People", "Results posted"},
    "mecfs": {"Case definitions", "Case definition", "Post-exertional malaise"},
    "gaps": {"Agent"},
    "trial?nct=NCT09060001": {"At a glance", "Dates", "Who may take part", "Results"},
}  # fmt: skip
ON_A_HEADER = {  # headers over tables that have no hover of their own
    "At a glance": ("Phase", "Study type", "Arms", "Enrolment", "Lead sponsor", "Results"),
    "Dates": ("Primary completion",),
}


def hints(at: AppTest) -> Iterator[tuple[str, str]]:
    """Every label of a page that the glossary explains, or that stands over such words, and what it says on hover."""
    for frame in elements(at, "dataframe"):
        config = json.loads(frame.proto.columns or "{}")
        for head in frame.value.columns:
            yield str(head), config.get(str(head), {}).get("help") or ""
    for metric in at.metric:
        yield metric.label, metric.proto.help
    for header in at.header:
        yield header.value, header.proto.help
    for kind in WIDGETS:
        for widget in elements(at, kind):
            yield widget.label, widget.proto.help


@pytest.mark.parametrize("path", PAGES)
def test_a_label_that_is_a_word_of_the_field_says_what_the_glossary_says(live: str, opened: Open, path: str) -> None:
    name, _, query = path.partition("?")
    found = list(hints(opened(live, name, query)))
    assert PAGES[path] <= {label for label, _ in found}
    for label, said in found:
        meant = terms.meaning(label)
        assert meant is None or meant in said, label
        assert all(str(terms.meaning(word)) in said for word in ON_A_HEADER.get(label, ())), label


def test_the_words_of_the_field_have_their_labels() -> None:
    wanted = ("Phase", "Randomised", "Masked", "Primary completion", "Expanded access", "Arm", "Posted",
              "Post-exertional malaise (PEM)", "Case definition")  # fmt: skip
    assert None not in map(terms.meaning, wanted)


def test_a_label_belongs_to_one_entry() -> None:
    every = [label for term in terms.terms() for label in (term.name, *term.labels)]
    assert len(every) == len(set(every))


def test_what_is_special_here_comes_before_what_the_word_means() -> None:
    assert terms.hint("NCT id", "Opens the trial") == f"Opens the trial. {terms.meaning('NCT id')}"
    assert terms.hint("Title", "The whole of it.") == "The whole of it."
    assert terms.hint("Title") is None
    assert terms.meanings(["Title"]) is None
