"""Places for arguments in the pieces of a request: `{city}`. Pure.

A text that is one place and nothing else becomes the argument itself, with its type; in a longer text the
argument is written out. What has a place for an argument that was not given is left out with its key.
`{{` and `}}` are braces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from jackfield.calls import Arguments, Json

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]+)\}")


class Absent:
    """What a template is filled to where an argument is missing."""


ABSENT = Absent()


def places(template: Json) -> Iterator[str]:
    """The names of the arguments that a template has places for."""
    if isinstance(template, str):
        yield from (match[1] for match in _PLACE.finditer(template) if match[1])
    elif isinstance(template, Mapping):
        for each in template.values():
            yield from places(each)
    elif isinstance(template, list):
        for each in template:
            yield from places(each)


def filled(template: Json, arguments: Arguments) -> Json | Absent:
    """The template with its arguments."""
    if isinstance(template, str):
        return _text(template, arguments)
    if isinstance(template, Mapping):
        pairs = {str(key): filled(each, arguments) for key, each in template.items()}
        return {key: each for key, each in pairs.items() if each is not ABSENT}
    if isinstance(template, list):
        return [each for each in (filled(one, arguments) for one in template) if each is not ABSENT]
    return template


def written(value: Json) -> str:
    """An argument as text in an address or a header."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _text(template: str, arguments: Arguments) -> Json | Absent:
    whole = _PLACE.fullmatch(template)
    if whole and whole[1]:
        return arguments.get(whole[1], ABSENT)
    if any(name not in arguments for name in places(template)):
        return ABSENT
    return _PLACE.sub(lambda match: _piece(match, arguments), template)


def _piece(match: re.Match[str], arguments: Arguments) -> str:
    return written(arguments[match[1]]) if match[1] else match[0][0]
