"""Text without what tells who somebody is: e-mail addresses, account, telephone and card numbers, and what
else agents.yaml says is private. Numbers that are said in words are not found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jackfield_guard.blocklist import expression

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w])\+?\(?\d(?:[ ().\-/]{0,2}\d){6,18}(?!\w)")
_DATE = re.compile(r"(19|20)\d\d-[01]\d-[0-3]\d(?!\d)")

_CARD_DIGITS = range(13, 20)


class Redaction:
    """`private` are patterns of agents.yaml (see `blocklist`), beside what is always taken out."""

    def __init__(self, private: Iterable[str] = ()) -> None:
        self._private = [re.compile(expression(each), re.IGNORECASE) for each in private]

    def of(self, value: object) -> object:
        """A JSON value whose texts, and whose numbers of that length, are redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.of(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.of(each) for each in value]
        if isinstance(value, int) and not isinstance(value, bool):
            told = self.text(str(value))
            return value if told == str(value) else told
        return value

    def text(self, text: str) -> str:
        for private in self._private:
            text = private.sub("[private]", text)
        text = _EMAIL.sub("[e-mail]", text)
        return _DIGITS.sub(_digits, _IBAN.sub(_account, text))


def _account(found: re.Match[str]) -> str:
    """An IBAN ends a sum of 97 (ISO 13616): other words of that shape are left."""
    plain = found[0].replace(" ", "").upper()
    number = "".join(str(int(each, 36)) for each in plain[4:] + plain[:4])
    return "[account]" if int(number) % 97 == 1 else found[0]


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
