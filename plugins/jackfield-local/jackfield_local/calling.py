"""`jackfield local call`: a phone that calls an agent by way of a running embedded server.

it rings there → the webhook, signed → answered? → greeted → keys → words → hung up
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from jackfield import ConfigurationError, ProviderRefused, ProviderUnreachable
from jackfield.media.wav import read_wav
from jackfield.phone.signature import ID, SIGNATURE, TIMESTAMP, signature
from jackfield_local.engine.ids import new_id

QUIET = 2.0
"""Seconds without a word after which it is the caller's turn."""

REPLY = 15.0
"""Seconds in which the agent begins to speak, if it has anything to say."""

LONGEST = 300.0
"""Seconds of a whole call."""

Event = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Calling:
    """A call that is to be made. `server` reaches up to /v1, `agent_url` is where webhooks go; when greeted,
    the caller presses `keys`, and then says what is in the file `wav`."""

    server: str
    agent_url: str
    secret: str = field(repr=False)
    key: str = field(repr=False)
    to: str
    caller: str
    headers: Mapping[str, str] = field(default_factory=dict)
    keys: str = ""
    wav: Path | None = None


async def call(wanted: Calling, tell: Callable[[str], None], quiet: float = QUIET) -> None:
    """Make the call, and tell what happens line by line. Raises `ProviderUnreachable` for a server that is
    not there, `ProviderRefused` for one that does not take the call, `ConfigurationError` for a bad secret,
    and `MediaError` for a file without sound."""
    sound = read_wav(wanted.wav) if wanted.wav else b""
    bearer = {"Authorization": f"Bearer {wanted.key}"}
    base = wanted.server.rstrip("/") + "/jackfield/phone/calls"
    try:
        async with asyncio.timeout(LONGEST), httpx.AsyncClient(timeout=LONGEST, trust_env=False) as http:
            phone = _Phone(http, base, bearer)
            told = await phone.ring(wanted)
            tell(f"{wanted.caller} calls {wanted.to}.")
            await _announce(http, wanted, told["event"])
            if await phone.is_answered(tell):
                await _talk(phone, wanted, sound, tell, quiet)
    except TimeoutError:
        raise ProviderUnreachable(f"the call was not over within {LONGEST:g} s") from None
    except httpx.InvalidURL as error:
        raise ConfigurationError(f"--server or --agent-url is no address: {error}") from None
    except (httpx.HTTPError, OSError) as error:
        places = f"{wanted.server} or {wanted.agent_url}"
        raise ProviderUnreachable(f"{places} cannot be reached: {error}; are they running?") from error


class _Phone:
    """The caller's end of one call."""

    def __init__(self, http: httpx.AsyncClient, base: str, headers: Mapping[str, str]) -> None:
        self._http = http
        self._base = base
        self._headers = headers
        self.call_id = ""

    async def ring(self, wanted: Calling) -> Mapping[str, object]:
        asked = {"to": wanted.to, "caller": wanted.caller, "headers": dict(wanted.headers)}
        told = await self._ask("POST", "", json=asked)
        self.call_id = str(told["call_id"])
        return told

    async def is_answered(self, tell: Callable[[str], None]) -> bool:
        """Wait until it rings no more."""
        stand = await self._ask("GET", f"/{self.call_id}?settled")
        if stand["state"] == "talking":
            tell("Answered.")
            return True
        code = stand["status_code"]
        tell(f"Rejected with {code}." if code is not None else f"Not answered: {stand['state']}.")
        return False

    async def press(self, keys: str) -> None:
        await self._ask("POST", f"/{self.call_id}/keys", json={"keys": keys})

    async def speak(self, sound: bytes) -> None:
        await self._ask("POST", f"/{self.call_id}/sound", content=sound)

    async def hang_up(self) -> None:
        await self._ask("DELETE", f"/{self.call_id}")

    @asynccontextmanager
    async def events(self) -> AsyncIterator[_Events]:
        """Everything that the service tells whoever has the sideband."""
        url = "ws" + self._base.removeprefix("http").partition("/jackfield")[0]
        address = f"{url}/realtime?call_id={self.call_id}"
        async with connect(address, additional_headers=self._headers, proxy=None) as socket:
            yield _Events(socket.recv)

    async def _ask(
        self, method: str, path: str, *, json: object = None, content: bytes | None = None
    ) -> Mapping[str, object]:
        url = self._base + path
        reply = await self._http.request(method, url, headers=self._headers, json=json, content=content)
        if not reply.is_success:
            raise ProviderRefused(f"{url} refused (HTTP {reply.status_code}): {reply.text}")
        told: Mapping[str, object] = reply.json() if reply.content else {}
        return told


class _Events:
    """Reads until the agent has spoken, and then been silent for a while."""

    def __init__(self, receive: Callable[[], Awaitable[str | bytes]]) -> None:
        self._receive = receive
        self._playing = False
        self._spoken = False

    async def until_quiet(self, tell: Callable[[str], None], quiet: float) -> bool:
        """False when the line was closed."""
        self._spoken = False
        while True:
            patience = quiet if self._spoken else REPLY
            try:
                async with asyncio.timeout(None if self._playing else patience):
                    event = json.loads(await self._receive())
            except TimeoutError:
                return True
            except ConnectionClosed:
                return False
            self._take(event, tell)

    def _take(self, event: Event, tell: Callable[[str], None]) -> None:
        match event["type"]:
            case "output_audio_buffer.started":
                self._playing = True
            case "output_audio_buffer.stopped" | "output_audio_buffer.cleared":
                self._playing = False
            case "response.output_audio_transcript.done":
                self._spoken = True
                tell(f"agent:  {event['transcript']}")
            case "conversation.item.input_audio_transcription.completed":
                tell(f"caller: {event['transcript']}")


async def _talk(
    phone: _Phone, wanted: Calling, sound: bytes, tell: Callable[[str], None], quiet: float
) -> None:
    async with phone.events() as events:
        if wanted.keys and await events.until_quiet(tell, quiet):
            tell(f"keys:   {wanted.keys}")
            await phone.press(wanted.keys)
        if sound and await events.until_quiet(tell, quiet):
            await phone.speak(sound)
        if await events.until_quiet(tell, quiet):
            await phone.hang_up()
            tell("The caller hung up.")
        else:
            tell("The line was closed.")


async def _announce(http: httpx.AsyncClient, wanted: Calling, event: object) -> None:
    """The webhook, as the services send it."""
    if not wanted.secret:
        raise ConfigurationError(
            "give the secret of the webhook: --secret, or JACKFIELD_LOCAL_WEBHOOK_SECRET"
        )
    body, name, timestamp = json.dumps(event).encode(), new_id("wh"), str(int(time.time()))
    try:
        signed = signature(wanted.secret, name, timestamp, body)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    headers = {ID: name, TIMESTAMP: timestamp, SIGNATURE: signed, "Content-Type": "application/json"}
    reply = await http.post(wanted.agent_url, content=body, headers=headers)
    if not reply.is_success:
        raise ProviderRefused(
            f"{wanted.agent_url} refused the webhook (HTTP {reply.status_code}): {reply.text}"
        )
