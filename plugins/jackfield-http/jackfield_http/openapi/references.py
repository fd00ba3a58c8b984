"""`$ref` within a document, put in place. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from jackfield.calls import Json

_MOST_NODES = 20_000
"""Of one value with everything in place: a document can refer to itself a thousandfold."""

_ANYTHING: Mapping[str, Json] = {}


class Unresolved(ValueError):  # noqa: N818
    """A reference that leads nowhere, or too far."""


class References:
    """The references of one document."""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self._document = document

    def resolved(self, value: Json) -> Json:
        """The value with no reference in it; where it contains itself, anything is taken there."""
        return _Walk(self).value(value, ())

    def target(self, reference: str) -> Json:
        """What a JSON pointer (RFC 6901) after # points to."""
        if not reference.startswith("#/"):
            raise Unresolved(f"{reference[:80]} is in another document; put it into this one")
        found: Json = self._document
        for step in reference[2:].split("/"):
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, Mapping) and key in found:
                found = found[key]
            else:
                raise Unresolved(f"{reference[:80]} is not in the document")
        return found


class _Walk:
    def __init__(self, references: References) -> None:
        self._references = references
        self._nodes = 0

    def value(self, value: Json, within: tuple[str, ...]) -> Json:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise Unresolved("it is too large with all its references in place")
        if isinstance(value, list):
            return [self.value(each, within) for each in value]
        if not isinstance(value, Mapping):
            return value
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return {str(key): self.value(each, within) for key, each in value.items()}
        if reference in within:
            return dict(_ANYTHING)
        target = self.value(self._references.target(reference), (*within, reference))
        beside = {str(key): self.value(each, within) for key, each in value.items() if key != "$ref"}
        return {**target, **beside} if isinstance(target, Mapping) else target
