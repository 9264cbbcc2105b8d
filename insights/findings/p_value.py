"""A p value as the registry has it, which is text: "0.02", "<.0001", ">0.99", "= .03", "NS". Pure.

Nothing is guessed: what is no single number between 0 and 1 is not read as one.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from insights.findings.lines import line

_NUMBER = (
    r"(?P<number>(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:\s*(?:e|[x×*]\s*10\s*\^?)\s*(?P<power>[-−]?\d+))?)(?P<percent>\s*%)?"
)
_READ = re.compile(
    r"(?:[\[(]?\s*(?:one|two|1|2)[- ](?:sided|tailed)\s*[\])]?[:,]?\s*)?"
    r"(?:p(?:[- ]?values?)?\b\s*(?:is|was|of|:)?)?\s*"
    rf"(?P<sign><=|=<|>=|=>|[<>=≤≥]|less than|greater than)?\s*{_NUMBER}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = {"<=": "≤", "=<": "≤", ">=": "≥", "=>": "≥", "less than": "<", "greater than": ">"}
_ANOTHER = re.compile(r"(?<![\w-])[<>=≤≥]?\s*\d*[.,]\d|\bto\b|[-–/]\s*[\d.]", re.IGNORECASE)
_NOT = re.compile(r"(?:p\s*[:=]?\s*)?(?:n\.?\s*s\.?|(?:not|non)[- ](?:statistically )?significant)\W*", re.IGNORECASE)
_NOT_BESIDE = re.compile(r"\bn\.?s\b|\b(?:not|non)[- ](?:statistically )?significant\b", re.IGNORECASE)
_NONE = re.compile(
    r"\W*(?:n\.?/?a\.?|n\.?[de]\.?|none|not (?:applicable|available|calcula(?:ted|ble)|done|reported|tested|performed|"
    r"provided|estimable|evalua(?:ted|ble)|determined))?\W*",
    re.IGNORECASE,
)
_OR_LESS = re.compile(r"\s*(?:or|and) (?:less|lower|below|smaller)\b", re.IGNORECASE)
_OR_MORE = re.compile(r"\s*(?:or|and) (?:more|greater|higher|above|larger)\b", re.IGNORECASE)


class PValue(NamedTuple):
    """One number, and how p stands to it: "=", "<", "≤", ">" or "≥"."""

    sign: str
    number: Decimal

    def below(self, level: Decimal) -> bool | None:
        """Whether p is below a level; None when what is written leaves it open ("<0.1" for 0.05)."""
        if self.sign == "=":
            return self.number < level
        if self.sign in "<≤":
            return True if self.number < level or (self.sign == "<" and self.number == level) else None
        return False if self.number >= level else None


def read(text: str | None) -> PValue | None:
    """The number in a p value; None when there is no single one between 0 and 1."""
    found = _READ.fullmatch(line(text))
    if found is None or _ANOTHER.search(found["rest"]) or re.match(r"\s*[\d.,](?!\s*$)", found["rest"]):
        return None
    number = _decimal(found)
    return PValue(_sign(found), number) if 0 <= number <= 1 else None


def _sign(found: re.Match[str]) -> str:
    sign = (found["sign"] or "").lower()
    if sign in ("", "="):
        return "≤" if _OR_LESS.match(found["rest"]) else "≥" if _OR_MORE.match(found["rest"]) else "="
    return _SIGNS.get(sign, sign)


def _decimal(found: re.Match[str]) -> Decimal:
    base = re.split(r"\s*[ex×*]", found["number"], maxsplit=1, flags=re.IGNORECASE)[0].replace(",", ".")
    number = Decimal(base)
    if found["power"]:
        number = number.scaleb(max(-400, min(int(found["power"].replace("−", "-")), 10)))
    return number / 100 if found["percent"] else number


def says_not(text: str | None) -> bool:
    """Whether the record writes "NS" or "not significant" in the place of a number."""
    return _NOT.fullmatch(line(text)) is not None


def says_not_beside(text: str | None) -> bool:
    """Whether "NS" or "not significant" stands anywhere in it, be it beside a number."""
    return _NOT_BESIDE.search(line(text)) is not None


def is_missing(text: str | None) -> bool:
    """Whether nothing is given: no text, "NA", "not applicable"."""
    return _NONE.fullmatch(line(text)) is not None


def said(text: str) -> str:
    """The p value with its letter, every sign as the record writes it: "p = 0.02", "p <.0001", "p: NS"."""
    written = line(text)
    if re.match(r"(?:(?:one|two|1|2)[- ]\w+\s+)?p\b", written, re.IGNORECASE):
        return written
    if re.match(r"[<>=≤≥]", written):
        return f"p {written}"
    return f"p = {written}" if re.match(r"[\d.,]", written) else f"p: {written}"
