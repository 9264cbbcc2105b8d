"""Texts of the registry as results show them."""

from fetchers.record.texts import shown


def line(text: str | None) -> str:
    """A text on one line, without the registry's escapes; empty for none."""
    return " ".join(shown(text or "").split())
