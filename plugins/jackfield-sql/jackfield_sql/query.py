"""A statement with places for values. Pure.

Values are bound: the database gets them beside the statement, never within it. Each has the type that its
parameter is declared with, so that `:since IS NULL OR made > :since` can be understood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Double, String, Time, bindparam, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine

from jackfield.calls import Arguments, Json
from jackfield.errors import ToolError
from jackfield.tools.declared import parameters_schema
from jackfield.tools.nearest import did_you_mean

_TYPES: Mapping[str, TypeEngine[Any]] = {
    "string": String(),
    "integer": BigInteger(),
    "number": Double(),
    "boolean": Boolean(),
    "date": Date(),
    "time": Time(),
    "date-time": DateTime(timezone=True),
}

_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "date-time": datetime.fromisoformat,
}

_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Query:
    """`kinds` are the types of the parameters, by name; a list of values has that of its items."""

    name: str
    statement: TextClause
    parameters: Mapping[str, Json]
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, name: str, sql: str, declared: Mapping[str, Json]) -> Query:
        """Raises `ValueError` for parameters and places that do not fit each other."""
        schema = parameters_schema(declared)
        properties = schema["properties"]
        assert isinstance(properties, Mapping)
        statement = text(sql)
        # The names of the places are known to SQLAlchemy alone, and nowhere public.
        places = set(statement.compile().params)
        if unknown := sorted(places - declared.keys()):
            near = did_you_mean(unknown[0], declared)
            raise ValueError(f":{unknown[0]} is none of its parameters{near}; a plain colon is written \\:")
        if unused := sorted(declared.keys() - places):
            raise ValueError(
                f"the parameter {unused[0]} is used nowhere; write :{unused[0]} where it belongs"
            )
        kinds = {each: _kind(each, form) for each, form in properties.items()}
        bound = [
            bindparam(each, type_=_TYPES[kind], expanding=form.get("type") == "array")
            for (each, form), kind in zip(properties.items(), kinds.values(), strict=True)
        ]
        return cls(name, statement.bindparams(*bound), schema, kinds)

    def values(self, arguments: Arguments) -> dict[str, object]:
        """What is bound. Raises `ToolError` for what is no value of its type."""
        return {name: self._value(name, kind, arguments.get(name)) for name, kind in self.kinds.items()}

    def _value(self, name: str, kind: str, value: Json) -> object:
        if isinstance(value, list):
            return [self._value(name, kind, each) for each in value]
        if isinstance(value, str):
            if "\0" in value:
                raise ToolError(f"The arguments do not fit: `{name}` has a character that no text has.")
            return self._moment(name, kind, value) if kind in _FORMATS else value
        if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
            raise ToolError(f"The arguments do not fit: `{name}` is too large.")
        return value

    def _moment(self, name: str, kind: str, value: str) -> object:
        try:
            return _FORMATS[kind](value)
        except ValueError:
            example = {"date": "2026-11-22", "time": "14:30", "date-time": "2026-11-22T14:30:00"}[kind]
            raise ToolError(f"The arguments do not fit: `{name}` is written {example}.") from None


def _kind(name: str, schema: Mapping[str, Json]) -> str:
    items = schema.get("items")
    if schema.get("type") == "array" and isinstance(items, Mapping):
        schema = items
    kind = str(schema.get("format") if schema.get("format") in _FORMATS else schema.get("type"))
    if kind not in _TYPES:
        raise ValueError(
            f"{name}: what is bound is a text, a number, true or false, a time, or a list of these"
        )
    return kind
