"""What pydantic found, in words for the person who wrote the file, each at its place."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from jackfield.config.document import Document
from jackfield.config.report import Page, Problem, Span, did_you_mean
from jackfield.config.source import Table, Where

_WORDS = {
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be an ordinary number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": 'must be a list: [one, two], or lines that begin with "- "',
    "dict_type": "must be a mapping: lines of the form name: value",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "string_unicode": "holds a character that is none",
}
_NAME = "a name is a letter and up to 39 more letters, digits, _ or -"
_COMPARED = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def explain(
    document: Document, model: type[BaseModel], error: ValidationError, under: Where = ()
) -> list[Problem]:
    """One problem for each error; `under` is where the validated data stands in the document."""
    return [
        problem
        for details in error.errors(include_url=False, include_input=False)
        for problem in _problem(document, model, details, under)
    ]


def told(model: type[BaseModel], error: ValidationError, under: Where) -> list[str]:
    """The same without places, for data that stands in no file; the words name the keys."""
    nowhere = Document(Page("", ""), Table(Span(0, 0)), {}, [])
    return [problem.message for problem in explain(nowhere, model, error, under)]


def _problem(
    document: Document, model: type[BaseModel], details: ErrorDetails, under: Where
) -> Iterator[Problem]:
    inner: Where = details["loc"]
    where = (*under, *inner)
    kind, last = details["type"], inner[-1] if inner else ""
    if kind == "extra_forbidden":
        near = did_you_mean(str(last), keys_at(model, inner[:-1]))
        yield Problem(document.key(where), f'unknown key "{last}"{place(where[:-1])}{near}')
    elif kind == "missing":
        yield Problem(document.span(where[:-1]), f'"{last}" is missing{place(where[:-1])}')
    elif last == "[key]":
        yield Problem(document.key(where[:-1]), f"{name(where)}: {_what_key(details, str(where[-2]))}")
    elif where not in document.unset:
        yield Problem(document.span(where), f"{name(where)}: {_what(document, model, details, where)}")


def _what(document: Document, model: type[BaseModel], details: ErrorDetails, where: Where) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind in ("literal_error", "enum"):
        return _choice(document, where, str(context["expected"]))
    if kind in _COMPARED:
        words, key = _COMPARED[kind]
        return f"must be {words} {context[key]:g}{_unit(model, details['loc'])}"
    if kind in ("model_type", "model_attributes_type"):
        return f"must be a mapping with the keys {', '.join(keys_at(model, details['loc']))}"
    if kind == "string_pattern_mismatch":
        return _NAME
    return _WORDS.get(kind, details["msg"][0].lower() + details["msg"][1:])


def _what_key(details: ErrorDetails, key: str) -> str:
    """What is wrong with a key that is a name of the author's choosing, or one of a few."""
    if details["type"] not in ("literal_error", "enum"):
        return _NAME
    choices = re.findall(r"'([^']*)'", str(details.get("ctx", {})["expected"]))
    return f"there is no such key; the keys are {', '.join(choices)}{did_you_mean(key, choices)}"


def _choice(document: Document, where: Where, expected: str) -> str:
    choices = re.findall(r"'([^']*)'", expected) or [expected]
    written = document.written(where)
    if len(choices) == 1:
        return f"must be {choices[0]}"
    near = did_you_mean(written, choices) if written is not None else ""
    return f"must be {', '.join(choices[:-1])} or {choices[-1]}{near}"


def _unit(model: type[BaseModel], inner: Where) -> str:
    schema = model_at(model, inner[:-1])
    field = schema.model_fields.get(str(inner[-1])) if schema is not None else None
    pattern = f"{field.metadata} {field.annotation}" if field is not None else ""
    return " seconds" if "ms|s|m|h" in pattern else " bytes" if "KiB" in pattern else ""


def place(where: Where) -> str:
    """ " in agents.workshop"; nothing at the top of the file."""
    return f" in {name(where)}" if where else ""


def name(where: Where) -> str:
    """A path as it is spoken of: agents.workshop.handoffs[0].to"""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where if part != "[key]")
    return text.removeprefix(".") or "the file"


def keys_at(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that may stand at a path below a model."""
    found = model_at(model, where)
    return list(found.model_fields) if found is not None else []


def model_at(model: type[BaseModel], where: Where) -> type[BaseModel] | None:
    """The model that describes what stands at a path, or None if that is not a section."""
    hint: Any = model
    for part in where:
        hint = _inner(hint)
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            field = hint.model_fields.get(str(part))
            hint = field.annotation if field is not None else None
        else:
            hint = (get_args(hint) or (None,))[-1]
    hint = _inner(hint)
    return hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None


def _inner(hint: Any) -> Any:
    """`X` for `X | None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint
