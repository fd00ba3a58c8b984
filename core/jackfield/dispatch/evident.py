"""The ordinary case, fast: flat arguments that plainly fit a flat schema.

Most function calls have a few numbers and words, and are right. Seeing that takes a microsecond; asking
the validator takes ten or more, on the loop that serves every session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jackfield.calls import Json

_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}
_REMARKS = frozenset({"type", "title", "description", "default", "examples", "format", "deprecated"})
_SEEN_THROUGH = frozenset(
    {"type", "properties", "required", "additionalProperties", "title", "description", "$schema", "$defs"}
)

Fits = Callable[[Mapping[str, Json]], bool]


def evidently(schema: Mapping[str, Json]) -> Fits:
    """A test that is True only for arguments that the validator would take as well; False says nothing."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not schema.keys() <= _SEEN_THROUGH or schema.get("type") != "object":
        return _never
    if not isinstance(properties, Mapping) or not isinstance(required, list):
        return _never
    if not all(isinstance(name, str) for name in required):
        return _never
    kinds = {name: kind for name, each in properties.items() if (kind := _kind(each))}

    def fits(arguments: Mapping[str, Json]) -> bool:
        for name in required:
            if name not in arguments:
                return False
        for name, value in arguments.items():
            # Exactly one of these types: True is an int to Python, and no integer to JSON.
            if name not in kinds or type(value) not in kinds[name]:
                return False
        return True

    return fits


def _kind(schema: Json) -> tuple[type, ...]:
    """The types of a property that only has a type; () where there is more to it."""
    if not isinstance(schema, Mapping) or not schema.keys() <= _REMARKS:
        return ()
    name = schema.get("type")
    return _KINDS.get(name, ()) if isinstance(name, str) else ()


def _never(arguments: Mapping[str, Json]) -> bool:
    return False
