"""A shop with a telephone: the embedded server, at which it rings; a runtime; and its HTTP face, to which the
webhooks go. All over real sockets, with a voice that only hums."""

import asyncio
import itertools
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.notices import Notice, SessionEnded, SessionOpened
from jackfield.phone.signature import ID, SIGNATURE, TIMESTAMP, signature
from jackfield.runtime import Runtime
from jackfield.session import Fittings
from jackfield.testing.script import Cue, written
from jackfield.web.access import WEBHOOKS, Access
from jackfield.web.app import application
from jackfield.web.serving import listening, serving
from jackfield_local.faculty import Faculties
from jackfield_local.http import create_app
from jackfield_local.keys import Keys
from jackfield_local.minds.script import ScriptMind, parse_script
from jackfield_local.phones import PhoneCall
from jackfield_local.process import Front, bind
from jackfield_local.speech import Audio
from jackfield_local.switchboard import Switchboard
from jackfield_local.written import NoActivity, NoEars, NoLines

LOG = logging.getLogger("jackfield.phone.answering")

PATIENCE = 30.0
PACE = 20.0
SECRET = "whsec_c2VzYW1lIG9wZW4gc2VzYW1lIG9wZW4="
KEY = "sk-sesame-of-the-shop"
ADA = "+442071838750"
SHOP = "+442079460000"


class Hum:
    """A tenth of a second for each word."""

    def speak(self, text: str, voice: str, speed: float) -> Iterator[Audio]:
        for _ in text.split():
            yield np.zeros(2_400, dtype=np.float32)


class Shop:
    """At `service` it rings, `line` is where webhooks go; `told` is every notice, with its session."""

    def __init__(
        self, service: str, switchboard: Switchboard, runtime: Runtime, line: httpx.AsyncClient
    ) -> None:
        self.service = service
        self.switchboard = switchboard
        self.runtime = runtime
        self.line = line
        self.told: list[tuple[str, Notice]] = []
        self.logged: list[str] = []
        self._news = asyncio.Event()
        self._numbers = itertools.count(1)

    def tell(self, notice: Notice, session_id: str) -> None:
        self.told.append((session_id, notice))
        self._news.set()

    def log(self, record: logging.LogRecord) -> bool:
        """A filter that lets pass everything."""
        self.logged.append(record.getMessage())
        self._news.set()
        return True

    def ring(self, **headers: str) -> PhoneCall:
        """A call comes in at the service, which has not announced it yet."""
        given = {"From": f"<sip:{ADA}@trunk.example>", "To": f"<sip:{SHOP}@sip.example>", **headers}
        return self.switchboard.phones.ring(
            [(name.replace("_", "-"), value) for name, value in given.items()]
        )

    async def announce(
        self, event: object, secret: str = SECRET, *, age: float = 0.0, **headers: str
    ) -> httpx.Response:
        """The webhook, signed, with headers of one's own."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        name, timestamp = f"wh_{next(self._numbers)}", str(int(time.time() - age))
        name = headers.pop("name", name)
        signed = {ID: name, TIMESTAMP: timestamp, SIGNATURE: signature(secret, name, timestamp, body)}
        return await self.line.post(WEBHOOKS, content=body, headers={**signed, **headers})

    async def call(self, **headers: str) -> PhoneCall:
        """A call comes in and is announced; wait until it rings no more."""
        call = self.ring(**headers)
        assert (await self.announce(call.announcement())).status_code == 200
        async with asyncio.timeout(PATIENCE):
            await call.settled.wait()
        return call

    async def hears(self, what: Callable[["Shop"], bool]) -> None:
        """Wait until so much was noticed that it is so. Fails with everything that was."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not what(self):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            story = "\n".join(str(notice) for _, notice in self.told)
            raise AssertionError(f"never happened; instead:\n{story}") from None

    def all(self, kind: type[Notice]) -> list[Any]:
        return [notice for _, notice in self.told if isinstance(notice, kind)]

    async def hung_up(self) -> None:
        """Every session that has begun is over."""
        await self.hears(lambda shop: len(shop.all(SessionEnded)) == len(shop.all(SessionOpened)) > 0)


@asynccontextmanager
async def shop(
    agents: str,
    script: Sequence[Cue] = (),
    plugins: Sequence[object] = (),
    *,
    most: int = 16,
) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        switchboard = Switchboard(
            Faculties(NoEars(), Hum(), ScriptMind(parse_script(written(script))), NoActivity),
            NoLines(),
        )
        stack.push_async_callback(switchboard.aclose)
        switchboard.phones.pace = PACE
        listening_at = stack.enter_context(bind("127.0.0.1", 0))
        front = Front(create_app(switchboard, Keys(KEY)))
        running = asyncio.create_task(front.serve([listening_at]))
        stack.push_async_callback(_stopped, front, running, switchboard)
        await front.ready.wait()
        address = f"http://127.0.0.1:{listening_at.getsockname()[1]}/v1"
        page = Page("agents.yaml", f"version: 1\nprovider: openai\n{agents}")
        environ = {"URL": address, "KEY": KEY, "WEBHOOK_SECRET": SECRET}
        config = interpret(page, Path(), environ).config
        found: list[Shop] = []
        fittings = Fittings(
            plugins=plugins, installed=(), told=lambda notice, name: found[0].tell(notice, name)
        )
        runtime = await stack.enter_async_context(Runtime(config, fittings))
        sock = listening("127.0.0.1", 0)
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        app = application(runtime, access=Access(token="a token that no webhook has", most_sessions=most))
        await stack.enter_async_context(serving(app, sock))
        line = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=PATIENCE))
        found.append(Shop(address, switchboard, runtime, line))
        LOG.setLevel(logging.INFO)
        LOG.addFilter(found[0].log)
        stack.callback(LOG.removeFilter, found[0].log)
        yield found[0]


async def _stopped(front: Front, running: asyncio.Task[None], switchboard: Switchboard) -> None:
    await switchboard.hang_up_all()
    front.should_exit = True
    await running
