"""One call of an API, as a tool: what the model is told of it, and where its arguments go. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jackfield.calls import Arguments, Json
from jackfield.errors import ToolError
from jackfield_http.address import filled_path
from jackfield_http.selection import Selection
from jackfield_http.template import ABSENT, Absent, filled, places, written

READING = ("GET", "HEAD")
REPEATABLE = ("GET", "HEAD", "PUT", "DELETE")
"""RFC 9110, section 9.2.2."""

WITH_BODY = ("POST", "PUT", "PATCH")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Operation:
    """`query`, `headers` and `body` are templates (see `template`); `form` sends the body as a form, not as
    JSON. `joined` names the keys of the query whose lists are one value with commas."""

    name: str
    description: str
    method: str
    path: str
    parameters: Mapping[str, Json]
    query: Mapping[str, Json] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    form: bool = False
    joined: frozenset[str] = frozenset()
    result: Selection | None = None
    read_only: bool = False
    idempotent: bool = False

    @property
    def repeatable(self) -> bool:
        return self.read_only or self.idempotent

    def request(self, arguments: Arguments) -> Request:
        """Raises `ToolError` for arguments that may not stand where they belong."""
        query = [
            pair
            for key, template in self.query.items()
            for pair in _pairs(key, filled(template, arguments), key in self.joined)
        ]
        headers = [
            (key, _header(key, value))
            for key, template in self.headers.items()
            if not isinstance(value := filled(template, arguments), Absent)
        ]
        body = None if self.body is None else filled(self.body, arguments)
        return Request(
            self.method,
            filled_path(self.path, arguments),
            tuple(query),
            tuple(headers),
            None if body is ABSENT else body,
            self.form,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `path` is added to the API's base address, percent-encoded."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Json = None
    form: bool = False


def placed(operation: Operation) -> set[str]:
    """The arguments that have a place somewhere."""
    templates = (operation.path, operation.query, operation.headers, operation.body)
    return {name for template in templates for name in places(template)}


def _pairs(key: str, value: Json | Absent, joined: bool) -> list[tuple[str, str]]:
    if value is ABSENT or value is None:
        return []
    if not isinstance(value, list):
        return [(key, written(value))]
    if joined:
        return [(key, ",".join(written(each) for each in value))] if value else []
    return [(key, written(each)) for each in value]


def _header(key: str, value: Json) -> str:
    text = written(value)
    if _CONTROL.search(text) or not text.isascii():
        raise ToolError(f"The arguments do not fit: the header {key} cannot hold that text.")
    return text
