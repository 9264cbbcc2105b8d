"""What stands below a chart is made when a viewer opens it, and costs the others nothing."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.rigs.pages import MAIN, elements, unfolded

Open = Callable[..., AppTest]


def test_numbers_are_made_when_they_are_opened(live: str) -> None:
    app = AppTest.from_file(str(MAIN), default_timeout=120).run()
    labels = [one.label for one in app.expander]
    assert labels.count("Numbers, pictures, citation") == 4
    before = len(elements(app, "dataframe"))
    assert not elements(app, "download_button")
    unfolded(app)
    assert len(elements(app, "dataframe")) > before + 4
    assert len(elements(app, "download_button")) == 2 * (len(elements(app, "dataframe")) - before)  # CSV and Markdown
