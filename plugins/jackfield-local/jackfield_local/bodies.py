"""What the two POST requests carry, read with limits and checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from jackfield_local.engine.session_settings import SessionSettings
from jackfield_local.engine.shapes import Shape, read
from jackfield_local.keys import DEFAULT_SECONDS, LEAST_SECONDS, MOST_SECONDS
from jackfield_local.refusals import bad_body, too_large, too_slow, unsupported_media

MOST_BODY = 1024 * 1024
BODY_SECONDS = 15.0
SDP = "application/sdp"
MULTIPART = "multipart/form-data"


class ExpiresAfter(Shape):
    anchor: Literal["created_at"] = "created_at"
    seconds: Annotated[int, Field(ge=LEAST_SECONDS, le=MOST_SECONDS)] = DEFAULT_SECONDS


class SecretRequest(Shape):
    expires_after: ExpiresAfter = ExpiresAfter()
    session: dict[str, object] | None = None


SECRET_REQUEST: TypeAdapter[SecretRequest] = TypeAdapter(SecretRequest)


@dataclass(frozen=True, slots=True)
class CallRequest:
    """`settings` None: the offer came alone."""

    offer: str
    settings: SessionSettings | None


def read_json(text: bytes | str) -> object:
    """Raises `Refusal`."""
    try:
        return json.loads(text)
    except ValueError:
        raise bad_body("The body is not valid JSON.") from None


async def read_body(request: Request) -> bytes:
    """Raises `Refusal` (413) as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY:
            raise too_large(MOST_BODY)
    return bytes(body)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """A body must have arrived in time. Raises `Refusal` (408)."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            yield
    except TimeoutError:
        raise too_slow(BODY_SECONDS) from None


async def secret_request(request: Request) -> SecretRequest:
    """Raises `Fault`."""
    async with in_time():
        body = await read_body(request)
    return read(SECRET_REQUEST, read_json(body) if body.strip() else {})


async def call_request(request: Request) -> CallRequest:
    """Raw SDP, or the two parts `sdp` and `session`. Raises `Fault`."""
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind == SDP:
        async with in_time():
            return CallRequest(_sdp(await read_body(request)), None)
    if kind != MULTIPART:
        raise unsupported_media(kind)
    async with in_time():
        parts = await _parts(request)
    if unknown := sorted(parts.keys() - {"sdp", "session"}):
        raise bad_body(f"Unknown parameter: '{unknown[0]}'.", unknown[0])
    if "sdp" not in parts:
        raise bad_body("Missing required parameter: 'sdp'.", "sdp")
    session = read_json(parts["session"]) if "session" in parts else None
    settings = SessionSettings.from_client(session) if session is not None else None
    return CallRequest(_sdp(parts["sdp"]), settings)


async def _parts(request: Request) -> dict[str, bytes]:
    """Parts by name, with or without filenames."""
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=2, max_fields=4, max_part_size=MOST_BODY
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise bad_body("The body is not valid multipart/form-data.") from None
    parts = {}
    for name, value in form.multi_items():
        parts[name] = await value.read(MOST_BODY) if isinstance(value, UploadFile) else value.encode()
    await form.close()
    return parts


def _sdp(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if not text.startswith("v=0"):
        raise bad_body("The offer is not SDP: it does not begin with 'v=0'.", "sdp")
    return text
