"""The registry's words around a find, as a quote: cut between words, with a mark where something is left out."""


def around(text: str, start: int, end: int, most: int) -> str:
    """About ``most`` characters of ``text`` around the stretch from ``start`` to ``end``, which is never cut itself."""
    if len(text) <= most:
        return text
    room = max(0, most - (end - start)) // 2
    first, last = max(0, start - room), min(len(text), end + room)
    if first:
        gap = text.find(" ", first, start)
        first = gap + 1 if gap >= 0 else start
    if last < len(text):
        gap = text.rfind(" ", end, last)
        last = gap if gap >= 0 else end
    return ("… " if first else "") + text[first:last] + (" …" if last < len(text) else "")
