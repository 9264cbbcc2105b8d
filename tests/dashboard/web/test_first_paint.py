"""The names of Streamlit's files hold for the release that is installed."""

import re

from dashboard.web import first_paint


def test_every_font_and_element_is_found_once_in_this_release_of_streamlit() -> None:
    links = first_paint.preloads()
    files = [re.findall(r'href="\./([^"]+)"', link)[0] for link in links]
    assert len(files) == len(set(files)) == len(first_paint.FONTS) + len(first_paint.ELEMENTS)
    assert all((first_paint.STATIC / file).is_file() for file in files)


def test_the_placeholder_is_in_the_page_and_loads_nothing() -> None:
    head, start = (part.decode() for part in first_paint.of_page())
    assert "Trial tracker is loading" in start
    assert "url(" not in head
    assert "http" not in head
