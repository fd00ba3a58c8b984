"""Examples of the official client's models, made from their annotations."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import BaseModel, TypeAdapter

CLIENT_EVENT: TypeAdapter[Any] = TypeAdapter(RealtimeClientEvent)


def models(union: object) -> dict[str, type[BaseModel]]:
    """The members of a union of events, by their wire names."""
    members = get_args(get_args(union)[0] if get_origin(union) is Annotated else union)
    return {get_args(member.model_fields["type"].annotation)[0]: member for member in members}


SERVER_EVENTS = models(RealtimeServerEvent)
CLIENT_EVENTS = models(RealtimeClientEvent)


def example(model: type[BaseModel], *, full: bool, where: str = "") -> dict[str, object]:
    """The JSON of one: with every field, or with the required ones alone. Each text is another one."""
    fields = {
        field.alias or name: _value(field.annotation, full, f"{where}.{field.alias or name}")
        for name, field in model.model_fields.items()
        if full or field.is_required()
    }
    model.model_validate(fields)
    return fields


def _value(annotation: Any, full: bool, where: str) -> object:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return arguments[0]
    if origin is Annotated:
        return _value(arguments[0], full, where)
    if origin in (Union, types.UnionType):
        return _value(next(each for each in arguments if each is not type(None)), full, where)
    if origin in (list, tuple):
        return [_value(arguments[0], full, f"{where}[0]")]
    if origin in (dict, Mapping):
        return {"key": _value(arguments[1], full, f"{where}[key]")}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return example(annotation, full=full, where=where)
    plain: dict[object, object] = {bool: True, int: 1, float: 1.5, object: where}
    return plain.get(annotation, where)


def unknown_fields(event: object, where: str = "") -> Iterator[str]:
    """Paths of what an official model does not know; they take everything, and keep it as an extra."""
    if isinstance(event, BaseModel):
        yield from (f"{where}.{name}" for name in event.model_extra or {})
        for name in type(event).model_fields:
            yield from unknown_fields(getattr(event, name), f"{where}.{name}")
    elif isinstance(event, list):
        for number, entry in enumerate(event):
            yield from unknown_fields(entry, f"{where}[{number}]")
