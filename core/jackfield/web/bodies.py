"""What callers send: read with a limit, checked, and refused with a sentence."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_OFFER_BYTES = 64 * 1024
MOST_MESSAGE_BYTES = 16 * 1024


async def offer_of(request: Request) -> str:
    """The SDP offer in the body. Raises `HTTPException` 415, 413 or 400."""
    if media_type(request) != "application/sdp":
        raise HTTPException(415, "Send the SDP offer as Content-Type: application/sdp.")
    offer = decoded(await limited(request, MOST_OFFER_BYTES))
    if not offer.startswith("v=0"):
        raise HTTPException(400, "This is not an SDP offer: it does not begin with v=0.")
    if "\nm=audio " not in offer:
        raise HTTPException(400, "This SDP offer has no audio: add a microphone track before creating it.")
    return offer


async def message_of(request: Request) -> str:
    """The typed message in the body, `{"text": "…"}`. Raises `HTTPException` 415, 413 or 400."""
    text = await member_of(request, "text")
    if not isinstance(text, str) or not text.strip():
        raise HTTPException(400, 'Send the message as {"text": "…"}, with something in it.')
    return text.strip()


async def agreement_of(request: Request) -> bool:
    """The caller's answer in the body, `{"agree": true}` or `false`. Raises `HTTPException` 415, 413 or
    400."""
    agree = await member_of(request, "agree")
    if not isinstance(agree, bool):
        raise HTTPException(400, 'Send the answer as {"agree": true} or {"agree": false}.')
    return agree


async def reply_of(request: Request) -> dict[str, object] | None:
    """The caller's answer to a question in the body, `{"answer": {…}}`, or None for `{"decline": true}`.
    Raises `HTTPException` 415, 413 or 400."""
    match await object_of(request):
        case {"decline": True}:
            return None
        case {"answer": dict(values)}:
            return values
    raise HTTPException(400, 'Send the answer as {"answer": {…}}, or {"decline": true}.')


async def member_of(request: Request, name: str) -> object:
    """One member of the JSON object in the body; None where there is no such member, or no object."""
    message = await object_of(request)
    return message.get(name) if isinstance(message, dict) else None


async def object_of(request: Request) -> object:
    """The JSON in the body. Raises `HTTPException` 415, 413 or 400."""
    if media_type(request) != "application/json":
        raise HTTPException(415, "Send this as Content-Type: application/json.")
    body = decoded(await limited(request, MOST_MESSAGE_BYTES))
    try:
        message: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is not JSON: {error}.") from None
    return message


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def limited(request: Request, most: int) -> bytes:
    """The body, read no further than it may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"The body is longer than {most} bytes.")
    return bytes(body)


def decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, "The body is not UTF-8.") from None
