"""What requests about phone calls carry, checked as strictly as the services do (facts: 2.2, 8.2)."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, TypeAdapter
from starlette.requests import Request

from jackfield_local.bodies import in_time, read_body, read_json
from jackfield_local.engine.errors import invalid_value, missing_parameter, unknown_parameter
from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.engine.shapes import Shape, read

DECLINED = 603
REQUIRED = ("type", "model", "instructions")
NOT_AT_ACCEPT = ("threshold", "prefix_padding_ms", "silence_duration_ms")
_TARGET = re.compile(r"(tel:\+?[0-9().\- ]+|sips?:\S+@\S+)")


class Rejection(Shape):
    status_code: Annotated[int, Field(ge=400, le=699)] = DECLINED


class Reference(Shape):
    target_uri: str


class Ringing(Shape):
    """No request of the services: somebody plays the caller. `headers` go beside From and To."""

    to: str = "+442079460000"
    caller: str = ""
    headers: dict[str, str] = Field(default_factory=dict)


class Keys(Shape):
    keys: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,64}$")]


REJECTION: TypeAdapter[Rejection] = TypeAdapter(Rejection)
REFERENCE: TypeAdapter[Reference] = TypeAdapter(Reference)
RINGING: TypeAdapter[Ringing] = TypeAdapter(Ringing)
KEYS: TypeAdapter[Keys] = TypeAdapter(Keys)


async def json_of(request: Request) -> object:
    """The body; an empty one is an empty object. Raises `Fault`."""
    async with in_time():
        body = await read_body(request)
    return read_json(body) if body.strip() else {}


async def accepted(request: Request) -> SessionSettings:
    """The session with which a call is accepted. Raises `Fault`."""
    session = await json_of(request)
    for key in REQUIRED:
        if not isinstance(session, dict) or key not in session:
            raise missing_parameter(key)
    detection = session
    for key in ("audio", "input", "turn_detection"):
        detection = detection.get(key) if isinstance(detection, dict) else None
    for key in NOT_AT_ACCEPT:
        if isinstance(detection, dict) and key in detection:
            raise unknown_parameter(f"audio.input.turn_detection.{key}")
    return SessionSettings.from_client(session)


async def rejected(request: Request) -> int:
    """The SIP status. Raises `Fault`."""
    return read(REJECTION, await json_of(request)).status_code


async def referred(request: Request) -> str:
    """Where a call goes. Raises `Fault`."""
    target = read(REFERENCE, await json_of(request)).target_uri
    if not _TARGET.fullmatch(target):
        raise invalid_value(target, "target_uri")
    return target


async def ringing(request: Request) -> list[tuple[str, str]]:
    """The SIP headers of a call that comes in. Raises `Fault`."""
    asked = read(RINGING, await json_of(request))
    caller = asked.caller or "anonymous"
    return [
        ("From", f"<sip:{caller}@trunk.example>;tag=1"),
        ("To", f"<sip:{asked.to}@sip.example>"),
        *asked.headers.items(),
    ]
