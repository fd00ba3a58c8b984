"""Strict shapes of what clients send, and the wire's error for what does not fit them."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .errors import Fault, invalid_value, missing_parameter, unknown_parameter

Event = dict[str, object]
"""One JSON event or object of the Realtime API."""


class Shape(BaseModel):
    """An object in which every key is known and every value has its exact type."""

    model_config = ConfigDict(extra="forbid", strict=True)


T = TypeVar("T")


def read(adapter: TypeAdapter[T], value: object, where: str = "") -> T:
    """`value` as the adapter's type. Raises `Fault` with the `param` that is wrong, below `where`."""
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise _fault(error, value, where) from None


def _fault(error: ValidationError, value: object, where: str) -> Fault:
    """Of all complaints the one about the deepest place: in a union that is the arm that was meant."""
    details = error.errors(include_url=False)
    located = [(_path(one, value), one) for one in details]
    path, worst = max(located, key=lambda pair: len(pair[0]))
    return _complaint(worst, _param(where, path))


def _path(detail: ErrorDetails, value: object) -> list[str | int]:
    """The complaint's place as keys of `value`; pydantic's names of union arms are left out."""
    path: list[str | int] = []
    for position, step in enumerate(detail["loc"]):
        last = position == len(detail["loc"]) - 1
        if (child := _child(value, step)) is not ABSENT:
            value = child
            path.append(step)
        elif last and detail["type"] == "missing":
            path.append(step)
    if detail["type"] in {"union_tag_not_found", "union_tag_invalid"}:
        path.append(detail["ctx"]["discriminator"].strip("'"))
    return path


ABSENT = object()


def _child(value: object, step: str | int) -> object:
    if isinstance(value, list) and isinstance(step, int):
        return value[step]
    return value.get(step, ABSENT) if isinstance(value, dict) else ABSENT


def _param(where: str, path: list[str | int]) -> str:
    param = where
    for step in path:
        if isinstance(step, int):
            param += f"[{step}]"
        else:
            param += f".{step}" if param else step
    return param


def _complaint(detail: ErrorDetails, param: str) -> Fault:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return unknown_parameter(param)
    if kind in {"missing", "union_tag_not_found"}:
        return missing_parameter(param)
    if kind == "union_tag_invalid":
        tags = [tag.strip("' ") for tag in detail["ctx"]["expected_tags"].split(",")]
        return invalid_value(detail["ctx"]["tag"], param, tags)
    if kind == "literal_error":
        choices = detail["ctx"]["expected"].replace(" or ", ", ").split(", ")
        return invalid_value(detail["input"], param, [choice.strip("'") for choice in choices])
    if kind == "string_too_long":
        return _too_long(detail, param)
    if kind.endswith("_type"):
        return Fault(
            f"Invalid type for '{param}': {_lower(detail['msg'])}.", code="invalid_type", param=param
        )
    code = CODES.get(kind, "invalid_value")
    if isinstance(detail["input"], float):
        code = code.replace("integer", "decimal")
    return Fault(f"Invalid '{param}': {_lower(detail['msg'])}.", code=code, param=param)


CODES = {
    "greater_than_equal": "integer_below_min_value",
    "less_than_equal": "integer_above_max_value",
    "string_too_short": "string_below_min_length",
    "too_long": "array_above_max_length",
}


def _too_long(detail: ErrorDetails, param: str) -> Fault:
    most = detail["ctx"]["max_length"]
    return Fault(
        f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
        f"but got a string with length {len(detail['input'])} instead.",
        code="string_above_max_length",
        param=param,
    )


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]
