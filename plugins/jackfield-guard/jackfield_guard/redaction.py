"""Text without what tells who somebody is: e-mail addresses, telephone and card numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_DIGITS = re.compile(r"(?<![\w])\+?\(?\d(?:[ ().\-/]{0,2}\d){6,18}(?!\w)")
_DATE = re.compile(r"(19|20)\d\d-[01]\d-[0-3]\d(?!\d)")

_CARD_DIGITS = range(13, 20)


def redacted(value: object) -> object:
    """A JSON value whose texts, and whose numbers of that length, are redacted."""
    if isinstance(value, str):
        return _DIGITS.sub(_digits, _EMAIL.sub("[e-mail]", value))
    if isinstance(value, Mapping):
        return {key: redacted(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(each) for each in value]
    if isinstance(value, int) and not isinstance(value, bool):
        told = redacted(str(value))
        return value if told == str(value) else told
    return value


def _digits(found: re.Match[str]) -> str:
    """A date is nobody's number."""
    text = found[0]
    if _DATE.match(text):
        return text
    digits = [int(each) for each in text if each.isdecimal()]
    return "[card]" if len(digits) in _CARD_DIGITS and _checks(digits) else "[phone]"


def _checks(digits: list[int]) -> bool:
    """Card numbers end with a check digit (Luhn)."""
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
