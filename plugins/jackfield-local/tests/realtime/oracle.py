"""The official client's own models as judges of what the server says."""

import typing

from openai import BaseModel
from openai.types.realtime import RealtimeServerEvent

_UNION = typing.get_args(RealtimeServerEvent)[0]
MODELS: dict[str, type[BaseModel]] = {
    typing.get_args(model.model_fields["type"].annotation)[0]: model for model in typing.get_args(_UNION)
}


# The service echoes them; the client's model of the session is the request's.
ECHOED = {"id", "object", "expires_at"}


def check(event: dict[str, object]) -> None:
    """Every field has its type, every required one is there, and none is unknown to the client."""
    model = MODELS[str(event["type"])].model_validate(event)
    assert str(event["event_id"]).startswith("event_")
    unknown = list(_unknown(model, str(event["type"])))
    assert not unknown, unknown


def _unknown(value: object, place: str) -> typing.Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _unknown(one, place)
    elif isinstance(value, BaseModel):
        for name in (value.model_extra or {}).keys() - (ECHOED if place.endswith(".session") else set()):
            yield f"{place}.{name}"
        for name in value.model_fields_set:
            yield from _unknown(getattr(value, name, None), f"{place}.{name}")
