"""What stands in the headers of a SIP invitation, read as people write them: nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

MOST_HEADERS = 100
MOST_CHARACTERS = 1_000
"""Of one header. They are a stranger's words."""

_ADDRESS = re.compile(r"(?:sips?|tel):([^@;>?\s,]+)", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"\+?[0-9*#]+")

Header = tuple[str, str]


def headers_of(listed: object) -> list[Header]:
    """`sip_headers` of the event: name in lower case, and value, in order. What is no header is left out."""
    found = []
    for each in listed[:MOST_HEADERS] if isinstance(listed, list) else ():
        name, value = (each.get("name"), each.get("value")) if isinstance(each, Mapping) else (None, None)
        if isinstance(name, str) and isinstance(value, str) and name.strip():
            found.append((name.strip().lower()[:MOST_CHARACTERS], value.strip()[:MOST_CHARACTERS]))
    return found


def first(headers: Iterable[Header]) -> dict[str, str]:
    """Each header once: where it first occurs."""
    once: dict[str, str] = {}
    for name, value in headers:
        once.setdefault(name, value)
    return once


def values(headers: Iterable[Header], *names: str) -> list[str]:
    """All values of the headers of these names, those of the first name first."""
    listed = list(headers)
    return [value for wanted in names for name, value in listed if name == wanted]


def parties(value: str) -> Sequence[str]:
    """The numbers in a header such as From, To or Diversion: `"Ada" <sip:+44 20@trunk;user=phone>;tag=1`.

    Of an address with a name instead of a number it is the name; a header without any address is a bare
    number, or nobody.
    """
    users = [unquote(user) for user in _ADDRESS.findall(value)] or [value]
    return [user for user in map(bare, users) if user]


def bare(user: str) -> str:
    """A number without what people put between its digits; anything else as it is, if it is one word."""
    plain = _SEPARATORS.sub("", user)
    if _NUMBER.fullmatch(plain):
        return plain
    return user.strip() if re.fullmatch(r"[\w.+~!'*()&=$,;?/-]+", user.strip()) else ""
