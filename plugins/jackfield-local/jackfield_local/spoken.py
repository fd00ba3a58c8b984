"""Text made ready to be spoken: what a voice would read wrongly, written the way it is said.

Times, dates, prices, units and plain numbers are left alone: the voice reads those well by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_MARKS = re.compile(
    r"^\s*(?:[-*•]|#+|\d\.(?= ))\s+|```\w*|[*`~#|]{1,3}(?=\S)|(?<=\S)[*`~|]{1,3}", re.MULTILINE
)
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"\bhttps?://([\w.-]+\w)(/[\w/.-]*\w)?/?", re.IGNORECASE)
_TICKET = re.compile(r"(?<!\w)#(?=\d)")
_ROW = re.compile(r"(?<![\w.,:$£€#-])(?:\+\d{1,3}[ -])?0\d{2,5}(?:[ -]\d{2,4}){0,3}(?![\w:]|[.,]\d)")
_DAYS = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|nes|rs|ur)?\b\.?(?!\w)")
_DAY_RANGE = re.compile(r"(?<=day)\s?[-–—]\s?(?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)")
_HOUR = r"(\d{1,2}(?::\d\d)?(?: ?[ap]m)?)"
_HOURS = re.compile(rf"(?<![\w:.-]){_HOUR}\s?[-–—]\s?{_HOUR}(?![\w:-]|\.\d)")
_SNAKE = re.compile(r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")
_CLOCK = re.compile(r"\b(\d{1,2}):0([1-9])(?=\s?[ap]\.?m\b)", re.IGNORECASE)
_MONEY = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s?(EUR|GBP|USD)\b")
_LONG_NUMBER = re.compile(r"(?<!\w)\d{13,}(?!\w)")
_SPACES = re.compile(r"[ \t]{2,}")

_DAY_NAMES = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
_DIGITS = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

Match = re.Match[str]


def _email(found: Match) -> str:
    name, _, host = found[0].partition("@")
    return f"{_dotted(name)} at {_dotted(host)}"


def _address(found: Match) -> str:
    return _dotted(found[1]) + _dotted(found[2] or "").replace("/", " slash ")


def _dotted(text: str) -> str:
    words = text.replace(".", " dot ").replace("_", " underscore ").replace("+", " plus ")
    return words.replace("-", " dash ")


def _digits(found: Match) -> str:
    groups = re.split(r"[ -]", found[0].removeprefix("+"))
    said = ", ".join(" ".join(_DIGITS[int(digit)] for digit in group) for group in groups)
    return f"plus {said}" if found[0].startswith("+") else said


_RULES: list[tuple[re.Pattern[str], str | Callable[[Match], str]]] = [
    (_LINK, r"\1"),
    (_EMAIL, _email),
    (_ADDRESS, _address),
    (_TICKET, "number "),
    (_MARKS, ""),
    (_DAYS, lambda found: _DAY_NAMES[found[1]]),
    (_DAY_RANGE, " to "),
    (_HOURS, r"\1 to \2"),
    (_CLOCK, r"\1 oh \2"),
    (_MONEY, lambda found: _SIGNS[found[2]] + found[1]),
    (_ROW, _digits),
    (_LONG_NUMBER, _digits),
    (_SNAKE, " "),
    (_SPACES, " "),
]


def sayable(text: str) -> str:
    """`text` without Markdown, and with addresses, day ranges and telephone numbers in words."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()
