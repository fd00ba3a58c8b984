"""Names and schemas as the Realtime API takes them.

A function's name on the wire is `^[a-zA-Z0-9_-]{1,64}$`, and ours have a dot in them: `clock.now` goes out
as `clock__now`. A name for which that cannot be undone (further dots, other characters, too long) gets a
short hash of itself at its end instead, so that two tools never share a wire name whichever others exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from jackfield.calls import Json
from jackfield.tools.schema import Schema
from jackfield.tools.tool import Tool

MOST_NAME = 64
MOST_DESCRIPTION = 1024
"""Longer ones were refused by OpenAI's services; see `described`."""

_PLAIN = re.compile(r"(?P<source>[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*)(?:\.(?P<tool>[A-Za-z0-9_-]+))?")
_REFUSED_CHARACTERS = re.compile(r"[^A-Za-z0-9_-]")
_REFUSED_AT_THE_TOP = ("anyOf", "oneOf", "allOf", "enum", "not")
_HASH_LENGTH = 8


@lru_cache(maxsize=8192)
def wire_name(name: str) -> str:
    """The name under which the model knows the tool `name`; the same one always, whatever else there is."""
    plain = _PLAIN.fullmatch(name)
    if plain and len(spelled := name.replace(".", "__", 1)) <= MOST_NAME:
        return spelled
    mark = sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:_HASH_LENGTH]
    readable = _REFUSED_CHARACTERS.sub("_", name.replace(".", "__", 1))[: MOST_NAME - _HASH_LENGTH - 1]
    return f"{readable}_{mark}"


def function_tool(name: str, tool: Tool) -> dict[str, Json]:
    """One entry of `session.tools`, and nothing in it that the API does not name."""
    return {
        "type": "function",
        "name": name,
        "description": described(tool.description),
        "parameters": _parameters(tool.parameters),
    }


def described(text: str) -> str:
    """The description, cut after a sentence (or a word) where it is longer than the API takes."""
    if len(text) <= MOST_DESCRIPTION:
        return text
    head = text[: MOST_DESCRIPTION - 2]
    cut = max(head.rfind(". ") + 1, head.rfind("\n"))
    return f"{head[: cut if cut > MOST_DESCRIPTION // 2 else head.rfind(' ')].rstrip()} …"


def refusal(parameters: object) -> str:
    """Why the API would refuse these parameters, or ""."""
    if not isinstance(parameters, Mapping) or parameters.get("type") != "object":
        return "its parameters are not a JSON Schema of type object"
    for key in _REFUSED_AT_THE_TOP:
        if key in parameters:
            return f"its parameters have `{key}` at the top, which the Realtime API refuses"
    if not isinstance(parameters.get("properties", {}), Mapping):
        return "`properties` in its parameters is not a mapping"
    return ""


def _parameters(schema: Mapping[str, Json]) -> Schema:
    """`properties` is demanded even where there are none; `$schema` says nothing to a model."""
    return {"properties": {}, **{key: value for key, value in schema.items() if key != "$schema"}}
