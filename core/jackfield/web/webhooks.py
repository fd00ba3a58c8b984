"""Webhooks of the Realtime services: a phone rings (§8.1).

The answer says only that the announcement was understood; whoever is to take the call does so afterwards.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from jackfield.phone.incoming import IncomingCall, NotACall
from jackfield.phone.seen import Seen
from jackfield.phone.signature import ID, Flaw, flaw
from jackfield.web.bodies import limited
from jackfield.web.exchange import Exchange

log = logging.getLogger("jackfield.web")

MOST_BYTES = 256 * 1024

STATUS = {Flaw.UNSIGNED: 400, Flaw.UNTIMED: 400, Flaw.STALE: 400, Flaw.FORGED: 401}


class Webhooks:
    """The endpoint of all providers: by the secret that fits, it is known whose a request is. `most` is how
    many sessions there may be at once."""

    def __init__(self, runtime: Exchange, most: int) -> None:
        self._runtime = runtime
        self._most = most
        self._seen = Seen()

    async def receive(self, request: Request) -> Response:
        """200 for what is genuine, whatever becomes of it. Raises `HTTPException`."""
        body = await limited(request, MOST_BYTES)
        provider = self._signer(request.headers, body)
        if not self._seen.is_new(request.headers[ID], time.monotonic()):
            return Response()
        try:
            call = IncomingCall.told(provider, body)
        except NotACall as fault:
            raise HTTPException(400, f"This webhook of {provider} is not understood: {fault}.") from None
        if call is not None and self._seen.is_new(f"{provider}/{call.call_id}", time.monotonic()):
            self._ring(call)
        return Response()

    def _ring(self, call: IncomingCall) -> None:
        log.info("a phone rings at %s: %s calls %s", call.provider, call.caller.masked, call.caller.dialled)
        try:
            self._runtime.answer_call(call, self._most)
        except KeyError:
            log.error("a phone rings at %s, where no agent lives: nobody answers", call.provider)

    def _signer(self, headers: Mapping[str, str], body: bytes) -> str:
        """The name of the provider that signed. Raises `HTTPException`: 401 for a signature of nobody that
        is known, 400 for a request that cannot be judged, 404 where nobody has a secret."""
        providers = self._runtime.config.providers
        secrets = {name: each.webhook_secret for name, each in providers.items() if each.webhook_secret}
        if not secrets:
            raise HTTPException(404, "No provider in agents.yaml has a webhook_secret.")
        now = time.time()
        flaws = {name: flaw(secret, headers, body, now) for name, secret in secrets.items()}
        for name, found in flaws.items():
            if found is None:
                return name
        found = next(each for each in flaws.values() if each is not None)
        log.warning("a webhook was refused: %s", found.value)
        raise HTTPException(STATUS[found], f"This webhook is refused: {found.value}.")
