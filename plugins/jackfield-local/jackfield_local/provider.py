"""Provider kind `local`: the embedded server, started when the runtime starts and kept alive."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from jackfield import ConfigurationError, ProviderError, ProviderUnreachable
from jackfield.config.values import Seconds
from jackfield.hookspecs import Settings
from jackfield.providers.base import Answer, SessionObject, Sideband
from jackfield.providers.capabilities import capabilities_of
from jackfield.providers.credential import ApiKey
from jackfield.providers.endpoint import Endpoint
from jackfield.providers.realtime import RealtimeProvider
from jackfield.providers.settings import read
from jackfield_local.engine.session import DEFAULT_SECONDS
from jackfield_local.engine.session_settings import DEFAULT_MODEL
from jackfield_local.server_process import ServerProcess

log = logging.getLogger(__name__)

KIND = "local"
RESTART_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)
WAIT_SECONDS = 20.0  # for a server that is being started again


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChatService(Strict):
    """An OpenAI-compatible chat endpoint: `url` is what stands before `/chat/completions`."""

    url: str
    model: str
    api_key: str = Field(default="", repr=False)


class LocalSettings(Strict):
    """`providers: local:` in agents.yaml. `script` is the file of the script mind; `limit` is how long a
    session may last, an hour as at the real services."""

    kind: Literal["local"] = "local"
    mind: Literal["rules", "script", "chat"] = "rules"
    script: str | None = None
    chat: ChatService | None = None
    media_processes: int = Field(default=1, ge=1, le=64)
    limit: Seconds = DEFAULT_SECONDS
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    def arguments(self) -> list[str]:
        """For the server's command line. Raises `ConfigurationError`; secrets are not among them."""
        if self.mind == "script" and not self.script:
            raise ConfigurationError(f"providers.{KIND}.script is missing: the script mind needs a file")
        if self.mind == "chat" and self.chat is None:
            raise ConfigurationError(f"providers.{KIND}.chat is missing: the chat mind needs url and model")
        mind = f"script:{self.script}" if self.mind == "script" else self.mind
        common = ["--mind", mind, "--log-level", self.log_level]
        limit = ["--session-seconds", str(self.limit)]
        return [*common, *limit, "--media-processes", str(self.media_processes)]

    def environment(self) -> dict[str, str]:
        if self.chat is None:
            return {}
        return {
            "JACKFIELD_LOCAL_CHAT_URL": self.chat.url,
            "JACKFIELD_LOCAL_CHAT_MODEL": self.chat.model,
            "JACKFIELD_LOCAL_CHAT_API_KEY": self.chat.api_key,
        }


class LocalProvider:
    """A `Provider`. When the server dies its sessions are lost; a new one is there at once for new ones."""

    def __init__(self, settings: LocalSettings) -> None:
        self._arguments = settings.arguments()
        self._environment = settings.environment()
        self._server: ServerProcess | None = None
        self._delegate: RealtimeProvider | None = None
        self._available = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> LocalProvider:
        """Raises `ConfigurationError`; starts nothing."""
        return cls(read(LocalSettings, KIND, settings))

    @property
    def kind(self) -> str:
        return KIND

    @property
    def pid(self) -> int | None:
        """Of the server that is running."""
        return self._server.process.pid if self._server else None

    async def start(self) -> None:
        await self._launch()
        self._watching = asyncio.create_task(self._watch())

    async def answer(self, offer: str, session: SessionObject) -> Answer:
        return await (await self._current()).answer(offer, session)

    @asynccontextmanager
    async def sideband(self, call_id: str) -> AsyncIterator[Sideband]:
        async with (await self._current()).sideband(call_id) as sideband:
            yield sideband

    @asynccontextmanager
    async def connect(self, session: SessionObject) -> AsyncIterator[Sideband]:
        async with (await self._current()).connect(session) as sideband:
            yield sideband

    async def hang_up(self, call_id: str) -> None:
        await (await self._current()).hang_up(call_id)

    async def accept(self, call_id: str, session: SessionObject) -> None:
        await (await self._current()).accept(call_id, session)

    async def reject(self, call_id: str, status: int) -> None:
        await (await self._current()).reject(call_id, status)

    async def refer(self, call_id: str, address: str) -> None:
        await (await self._current()).refer(call_id, address)

    async def aclose(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await self._let_go()

    async def _launch(self) -> None:
        server = await ServerProcess.start(self._arguments, self._environment)
        known = capabilities_of(KIND, DEFAULT_MODEL)
        endpoint = Endpoint(server.url, DEFAULT_MODEL, offer_form="multipart", capabilities=known)
        self._server, self._delegate = server, RealtimeProvider(KIND, endpoint, ApiKey(server.key))
        self._available.set()

    async def _watch(self) -> None:
        """Start it again whenever it dies."""
        while self._server is not None:
            status = await self._server.process.wait()
            log.error("the embedded server died (%s): %s", status, self._server.last_words)
            await self._let_go()
            await self._restart()

    async def _restart(self) -> None:
        for attempt in range(1_000_000):
            try:
                return await self._launch()
            except ProviderError as error:
                log.error("%s", error)
                pause = RESTART_SECONDS[min(attempt, len(RESTART_SECONDS) - 1)]
                await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    async def _let_go(self) -> None:
        self._available.clear()
        server, self._server = self._server, None
        delegate, self._delegate = self._delegate, None
        if delegate is not None:
            await delegate.aclose()
        if server is not None:
            await server.aclose()

    async def _current(self) -> RealtimeProvider:
        """The way to the server that is running. Raises `ProviderUnreachable`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await self._available.wait()
        if self._delegate is None:
            raise ProviderUnreachable(f"the embedded server did not come back within {WAIT_SECONDS:g} s")
        return self._delegate
