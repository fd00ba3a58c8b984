"""Sessions at any service that speaks the GA Realtime API: OpenAI, Azure, and the embedded one."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import chain, count, repeat
from typing import TypeVar
from urllib.parse import urlsplit

from websockets.exceptions import InvalidStatus, WebSocketException

from jackfield.errors import ProviderError, ProviderRefused, ProviderUnreachable
from jackfield.providers.base import Answer, SessionObject, Sideband
from jackfield.providers.busy import pause_after, retry_after
from jackfield.providers.credential import Credential, usable
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.event_socket import EventSocket
from jackfield.providers.exchange import Exchange, encoded
from jackfield.providers.guest import guest
from jackfield.providers.introduction import introduce
from jackfield.providers.refusal import Reply, may_pass, refused
from jackfield.providers.sideband import RealtimeSideband, dial
from jackfield.providers.timeouts import Timeouts

log = logging.getLogger(__name__)

T = TypeVar("T")

SECRET_LIFE = 60
"""Seconds an ephemeral key is good for. It is used at once; the service's own default is 600."""

BACK_OFF = (0.1, 0.2, 0.4, 0.8)
"""Seconds between the first dials of a sideband; one second after that."""


class RealtimeProvider:
    """A `Provider` for one endpoint and one credential."""

    def __init__(
        self, kind: str, endpoint: Endpoint, credential: Credential, *, timeouts: Timeouts | None = None
    ) -> None:
        self._kind = kind
        self._endpoint = endpoint
        self._credential = credential
        self._timeouts = timeouts or Timeouts()
        self._place = f"{kind} at {endpoint.host}"
        self._http = Exchange(endpoint, self._place, self._timeouts)

    @property
    def kind(self) -> str:
        return self._kind

    async def start(self) -> None:
        """Nothing is opened before it is needed: a service that is down delays no start."""

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        whole = self._whole(session)
        submit = self._offer_by_secret if self._endpoint.offer_form == "secret" else self._offer_in_parts
        reply = await self._when_free(lambda headers: submit(headers, offer, whole))
        return answered(self._place, reply)

    def _whole(self, session: SessionObject) -> SessionObject:
        """As it is sent. `type` is required in every form (§2); on Azure `model` is the deployment."""
        return {"type": "realtime", "model": self._endpoint.model, **self._endpoint.fitted(session)}

    async def _offer_in_parts(self, headers: Mapping[str, str], offer: str, session: SessionObject) -> Reply:
        """SDP and session together, with the standing credential (§1.4, form 2)."""
        parts = {
            "sdp": (None, offer.encode("utf-8", "replace"), "application/sdp"),
            "session": (None, encoded(session), "application/json"),
        }
        accept = {"Accept": "application/sdp"}
        url = self._endpoint.calls_url(guest())
        reply = await self._http.post(url, {**headers, **accept}, files=parts)
        return self._checked(reply, headers)

    async def _offer_by_secret(self, headers: Mapping[str, str], offer: str, session: SessionObject) -> Reply:
        """The session goes into an ephemeral key, and the bare SDP is handed in with it (§1.4, form 1). The
        key is used for that and never again; one that has expired on the way is replaced, once."""
        reply, key = await self._offer_with_new_secret(headers, offer, session)
        if reply.status == HTTPStatus.UNAUTHORIZED:
            reply, key = await self._offer_with_new_secret(headers, offer, session)
        return self._checked(reply, key)

    async def _offer_with_new_secret(
        self, headers: Mapping[str, str], offer: str, session: SessionObject
    ) -> tuple[Reply, Mapping[str, str]]:
        wanted = {"expires_after": {"anchor": "created_at", "seconds": SECRET_LIFE}, "session": session}
        as_json = {"Content-Type": "application/json"}
        minted = await self._http.post(
            self._endpoint.secrets_url, {**headers, **as_json}, content=encoded(wanted)
        )
        secret = secret_in(self._place, self._checked(minted, headers))
        bearer = {"Authorization": f"Bearer {secret}"}
        form = {"Content-Type": "application/sdp", "Accept": "application/sdp"}
        url, body = self._endpoint.calls_url(guest()), offer.encode("utf-8", "replace")
        return await self._http.post(url, {**bearer, **form}, content=body), bearer

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with self._closing(await self._dial_until_known(call_id)) as sideband:
            yield sideband

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        url = self._endpoint.session_url
        socket = await self._when_free(lambda headers: self._dial(headers, url, "the WebSocket"))
        async with self._closing(socket) as sideband:
            wanted = {"type": "realtime", **self._endpoint.fitted(session)}
            yield await introduce(sideband, wanted, self._place, self._timeouts.answer)

    @asynccontextmanager
    async def _closing(self, socket: EventSocket) -> AsyncIterator[Sideband]:
        try:
            yield RealtimeSideband(socket, self._place, send_timeout=self._timeouts.send)
        finally:
            # A service that takes nothing any more would hold up the closing frame until the keepalive
            # gives up; whoever hangs up does not wait for that.
            try:
                async with asyncio.timeout(self._timeouts.goodbye):
                    await socket.close()
            except TimeoutError:
                pass
            finally:
                socket.transport.abort()

    async def _dial_until_known(self, call_id: str) -> EventSocket:
        """Dial again while the service does not know the session yet, for `timeouts.sideband` seconds."""
        loop, url = asyncio.get_running_loop(), self._endpoint.sideband_url(call_id)
        give_up = loop.time() + self._timeouts.sideband
        for pause in chain(BACK_OFF, repeat(1.0)):
            try:
                return await self._authorised(lambda headers: self._dial(headers, url, "the sideband"))
            except ProviderError as trouble:
                if not may_pass(trouble) or loop.time() + pause > give_up:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("the pauses never end")

    async def _dial(self, headers: Mapping[str, str], url: str, what: str) -> EventSocket:
        try:
            return await dial(
                url,
                {**self._endpoint.headers, **headers},
                tls=self._http.tls,
                uses_proxy=self._http.uses_proxy,
                timeouts=self._timeouts,
            )
        except InvalidStatus as exc:
            body = bytes(exc.response.body or b"").decode("utf-8", "replace")
            reply = Reply(exc.response.status_code, body, retry_after=retry_after(exc.response.headers))
            raise self._refused(reply, headers) from None
        except (OSError, TimeoutError, WebSocketException) as exc:
            why = str(exc) or type(exc).__name__
            raise ProviderUnreachable(f"{what} of {self._place} cannot be reached ({why})") from exc

    async def hang_up(self, call_id: str) -> None:
        async def submit(headers: Mapping[str, str]) -> Reply:
            reply = await self._http.post(self._endpoint.hang_up_url(call_id), headers)
            return reply if reply.status == 404 else self._checked(reply, headers)

        await self._authorised(submit)

    async def refer(self, call_id: str, address: str) -> None:
        await self._say(self._endpoint.refer_url(call_id), {"target_uri": address})

    async def accept(self, call_id: str, session: SessionObject) -> None:
        await self._say(self._endpoint.call_url(call_id, "accept"), self._whole(session))

    async def reject(self, call_id: str, status: int) -> None:
        await self._say(self._endpoint.call_url(call_id, "reject"), {"status_code": status})

    async def _say(self, url: str, body: SessionObject) -> None:
        """Something about a call; that it was taken in is all there is to hear."""

        async def submit(headers: Mapping[str, str]) -> Reply:
            as_json = {"Content-Type": "application/json"}
            reply = await self._http.post(url, {**headers, **as_json}, content=encoded(body))
            return self._checked(reply, headers)

        await self._authorised(submit)

    async def aclose(self) -> None:
        await self._http.aclose()
        await self._credential.aclose()

    async def _when_free(self, attempt: Callable[[Mapping[str, str]], Awaitable[T]]) -> T:
        """Make the attempt, and again while the service is only busy, for `timeouts.busy` seconds."""
        now = asyncio.get_running_loop().time
        give_up = now() + self._timeouts.busy
        for attempts in count(1):
            try:
                return await self._authorised(attempt)
            except ProviderError as trouble:
                pause = pause_after(trouble, attempts, give_up - now())
                if pause is None:
                    raise
                log.warning("%s; trying again in %.2g s", trouble, pause)
            await asyncio.sleep(pause)
        raise AssertionError("the attempts never end")

    async def _authorised(self, attempt: Callable[[Mapping[str, str]], Awaitable[T]]) -> T:
        """Make the attempt with fresh headers; after a 401 once more with the credential's other ones,
        which are kept if they were the right ones."""
        credential = self._credential
        try:
            return await attempt(await self._headers(credential))
        except ProviderRefused as refusal:
            other = credential.after_refusal() if refusal.status == 401 else None
            if other is None:
                raise
        result = await attempt(await self._headers(other))
        self._credential = other
        return result

    async def _headers(self, credential: Credential) -> Mapping[str, str]:
        try:
            async with asyncio.timeout(self._timeouts.credential):
                return {**self._endpoint.headers_for(guest()), **await credential.headers()}
        except TimeoutError:
            raise ProviderUnreachable(
                f"{self._place}: no credential came within {self._timeouts.credential:g} s"
            ) from None

    def _checked(self, reply: Reply, headers: Mapping[str, str]) -> Reply:
        if not reply.is_success:
            raise self._refused(reply, headers)
        return reply

    def _refused(self, reply: Reply, headers: Mapping[str, str]) -> ProviderRefused:
        return refused(self._place, reply, self._endpoint.advice, headers)


def answered(place: str, reply: Reply) -> Answer:
    """The SDP, and the call id: the last segment of `Location` (§1.4)."""
    call_id = urlsplit(reply.location).path.rstrip("/").rpartition("/")[2]
    if not reply.text.lstrip().startswith("v=0"):
        raise ProviderRefused(f"{place} answered HTTP {reply.status} without an SDP", status=reply.status)
    if not call_id:
        raise ProviderRefused(
            f"{place} answered without a Location header, so the session cannot be controlled; "
            "is a proxy in between that removes it?",
            status=reply.status,
        )
    return Answer(reply.text, call_id)


def secret_in(place: str, reply: Reply) -> str:
    """The ephemeral key of a minting reply: `value`, at the top (§1.3)."""
    try:
        value = json.loads(reply.text).get("value")
    except (ValueError, AttributeError):
        value = None
    if not isinstance(value, str) or not usable(value):
        raise ProviderRefused(f"{place} minted no usable ephemeral key", status=reply.status)
    return value
