"""The kinds of single values in agents.yaml: durations, sizes, names, languages."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE = re.compile(r"([0-9]+)\s*(B|KiB|MiB)")
_BYTES = {"B": 1, "KiB": 1024, "MiB": 1024 * 1024}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_REFERENCE = r"\$\{.+\}"


def seconds(value: object) -> object:
    """Seconds from "500ms", "2s", "1.5m" or "1h"."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        return float(match[1]) * _SECONDS[match[2]]
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f'a duration needs a unit: "{value}s" for seconds, "{value}ms" for milliseconds')
    raise ValueError('a duration is a number with its unit, such as "500ms", "20s" or "2m"')


def seconds_or_never(value: object) -> object:
    return None if value == "never" else seconds(value)


def size(value: object) -> object:
    """Bytes from "512B", "8KiB" or "1MiB"."""
    if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
        return int(match[1]) * _BYTES[match[2]]
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f'a size needs a unit: "{value}B" for bytes, "{value}KiB" for 1024 bytes each')
    raise ValueError('a size is a number with its unit, such as "512B", "8KiB" or "1MiB"')


def words(value: object) -> object:
    """A command line as a list of words; text is split as a shell splits it."""
    if not isinstance(value, str):
        return value
    try:
        return shlex.split(value)
    except ValueError:
        raise ValueError("a quotation in this command is never closed") from None


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError('a language is a code, such as "en", "es" or "pt-BR"')
    return value


def _sip_or_tel(value: str) -> str:
    if not re.fullmatch(r"(sips?:\S+@\S+|tel:\+?[0-9().\- ]+)", value):
        raise ValueError('a transfer goes to "sip:name@host" or "tel:+442079460000"')
    return value


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^/\s]", value):
        raise ValueError('an address begins with "https://" (or "http://") and a host')
    return value.rstrip("/")


def _written(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern}|{_REFERENCE})$", "examples": [example]})


_BARE_DURATION = r"[0-9]+(\.[0-9]+)? *(ms|s|m|h)"

Seconds = Annotated[float, Field(gt=0, le=86_400), BeforeValidator(seconds), _written(_BARE_DURATION, "20s")]
"""A duration. In the file it has a unit; here it is in seconds."""

SecondsOrNone = Annotated[
    float | None,
    Field(gt=0, le=86_400),
    BeforeValidator(seconds_or_never),
    _written(f"never|{_BARE_DURATION}", "2s"),
]
"""A duration, or the word "never", which is None here."""

Bytes = Annotated[
    int, Field(ge=256, le=16 * 1024 * 1024), BeforeValidator(size), _written("[0-9]+ *(B|KiB|MiB)", "8KiB")
]
"""A size. In the file it has a unit; here it is in bytes."""

Words = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(words),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
"""A command line: a list of words, or text that is split into words."""

Language = Annotated[str, AfterValidator(_language), _written(_LANGUAGE.pattern, "en")]
Destination = Annotated[str, AfterValidator(_sip_or_tel)]
WebAddress = Annotated[str, AfterValidator(_web_address)]

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]{0,39}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""What may be the name of an agent, a provider, a server or a plugin: it becomes part of URLs and of the
names of tools, which the Realtime API allows 64 such characters."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


@dataclass(frozen=True, slots=True)
class OrWord:
    """Marks a section in whose place one of a few `words` may stand: `far_field` for `{type: far_field}`.
    Without a `key` the word stands for the section with nothing in it."""

    key: str
    words: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._section, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        section = handler(schema)
        return {"anyOf": [{"enum": list(self.words)}, *section.get("anyOf", [section])]}

    def _section(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        if self.key:
            return {self.key: value}
        if value not in self.words:
            raise ValueError(f"must be {' or '.join(self.words)}, or a mapping")
        return {}
