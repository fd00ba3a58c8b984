"""All that agents.yaml declares, opened and closed in order.

    plugins → providers, tool executors, MCP hub → sessions, and back the same way

A provider that cannot start stops the runtime from starting: nobody could be answered. An MCP server or
a plugin that cannot start does not: their tools are missing until they come. Unless the server is
`required`: then it is like a provider.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from functools import partial
from types import TracebackType
from typing import Self

from jackfield.config import Config
from jackfield.config.changes import Changes
from jackfield.dispatch.blocked import Blocked
from jackfield.dispatch.crossing import crossing_to
from jackfield.dispatch.executors import ProcessExecutor, own_executors
from jackfield.dispatch.hooked import HookedDispatcher
from jackfield.dispatch.interpreter import steady
from jackfield.errors import ConfigurationError
from jackfield.mcp.hub import Hub
from jackfield.mcp.state import ServerStatus
from jackfield.notices import Notice
from jackfield.phone.answering import Reception
from jackfield.phone.incoming import IncomingCall
from jackfield.plugins import Plugins
from jackfield.plugins.report import PluginRecord
from jackfield.providers import BUILT_IN
from jackfield.providers.base import Provider
from jackfield.providers.roster import Roster, opened
from jackfield.reloading import Reloading, bounds_of
from jackfield.session import Attendants, Fittings, Modality, Session, SocketLine, Switchboard, servers
from jackfield.session.burdens import weigh
from jackfield.session.happenings import notices_of_blocked
from jackfield.session.resources import Resources
from jackfield.telemetry import spans
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.tool import HUB, ToolSource

log = logging.getLogger(__name__)


class Runtime:
    """`async with Runtime(config) as runtime`: answers callers until it is left.

    Raises `ConfigurationError` for settings that a plugin does not take and for a provider kind that no
    plugin offers, `ProviderError` for one that does not start. Leaving hangs up every session, in bounded
    time, and leaves no process behind.
    """

    def __init__(self, config: Config, fittings: Fittings | None = None) -> None:
        self.config = config
        self._fittings = fittings = fittings or Fittings()
        self.plugins = _plugins(fittings, config)
        self.sessions: dict[str, Session] = {}
        self._stack = AsyncExitStack()
        self._providers = Roster()
        self._hub: Hub | None = None
        self._switchboard: Switchboard | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tools_changed = asyncio.Event()
        self._server_news = servers.ServerNews()
        self._reloading: Reloading | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.enter_context(steady())
            self._open_tools(stack)
            await self._start_providers(stack)
            await self._required_servers()
            stack.push_async_callback(self._hang_up_all)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def open_session(self, agent: str, offer: str) -> tuple[Session, str]:
        """Put a caller through to an agent: the session, and the SDP answer for the caller.

        Raises `ConfigurationError` for an agent that is not declared, `ProviderError` if neither its provider
        nor a fallback takes the caller.
        """
        session = await self._new_session(agent)
        answer = await session.line.dial(offer)
        self._put_through(session, answer.call_id)
        return session, answer.sdp

    async def connect(self, agent: str, *, modality: Modality = "audio") -> tuple[Session, SocketLine]:
        """Open a session without WebRTC, over a WebSocket: the session, and the caller's end of it. With the
        modality "text" the caller writes (`Session.say`) and reads (the timeline). Raises as `open_session`.
        """
        line = SocketLine(modality)
        session = await self._new_session(agent, line.providers)
        answer = await session.line.dial("")
        self._put_through(session, answer.call_id, line.following(session))
        return session, line

    def answer_call(self, call: IncomingCall, most: int) -> None:
        """A phone rings: whoever agents.yaml says takes it, soon, and a session like any other comes of it;
        or it is rejected, as busy where there are `most`. Raises `KeyError` for a provider nobody uses."""
        provider, tapped = self._providers[call.provider], self._fittings.provider
        reception = Reception(self.config, self._entered(), provider, tapped, self._put_through)
        self._own(reception.take(call, busy=len(self._tasks) >= most), "ringing")

    async def _new_session(
        self, agent: str, reached: Callable[[Sequence[Provider]], Sequence[Provider]] = tuple
    ) -> Session:
        """A session with this agent, which nobody is put through to yet. `reached` makes of its provider, and
        of those that stand in for it, what the session sees of them."""
        declared = self.config.agents.get(agent)
        if declared is None or declared.transfer:
            raise ConfigurationError(f"there is no agent {agent!r} to talk to in agents.yaml")
        switchboard, session_id = self._entered(), f"session_{secrets.token_hex(8)}"
        names = [declared.provider or self.config.provider, *declared.fallback]
        found = [self._fittings.provider(self._providers[name], session_id, agent) for name in names]
        await switchboard.attendants.ask(agent, session_id)
        first, *others = reached(found)
        return Session(session_id, agent, first, switchboard, others)

    def _entered(self) -> Switchboard:
        assert self._switchboard is not None, "enter the runtime before opening sessions"
        return self._switchboard

    def _put_through(
        self, session: Session, call_id: str, meanwhile: AbstractAsyncContextManager[None] | None = None
    ) -> None:
        weigh(session.persona)
        self.sessions[session.id] = session
        self._own(self._serve(session, call_id, meanwhile or nullcontext()), session.id)

    def _own(self, work: Coroutine[object, object, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, session: Session, call_id: str, meanwhile: AbstractAsyncContextManager[None]
    ) -> None:
        try:
            async with meanwhile:
                await session.run(call_id)
        except Exception:
            log.exception("%s ended by an error inside Jackfield", session.id)
        finally:
            del self.sessions[session.id]

    async def _hang_up_all(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def reload(self, config: Config, code: Collection[str] = ()) -> Changes:
        """Go on with another agents.yaml, in the calls that are going on, too; and with the code of the
        plugins `code` as it is now.

        A session whose agent is gone goes on with it as it was; function calls that run end as they began.
        Raises `ConfigurationError`, `PluginError` or `ProviderError`, with everything as it was, if something
        would be worse than before.
        """
        assert self._reloading is not None, "enter the runtime before reloading"
        changes = await self._reloading.reload(config, code, lambda: list(self._tasks))
        self.config = config
        await self._ask_attendants()
        self._refresh_tools()
        return changes

    async def _ask_attendants(self) -> None:
        """Plugins may have other words for the agents that are on a line."""
        ask = self._entered().attendants.ask
        await asyncio.gather(*(ask(session.agent, session.id) for session in self.sessions.values()))

    # --- opening --------------------------------------------------------------------------------------

    def _open_tools(self, stack: AsyncExitStack) -> None:
        loop = asyncio.get_running_loop()
        hub = self._hub = Hub(
            self.config.mcp_servers,
            changed=lambda _: _call_if_open(loop, partial(self._servers_changed, hub.status())),
        )
        hub.start()
        stack.push_async_callback(hub.aclose)
        processes = ProcessExecutor(self.config.plugin_settings)
        executors = own_executors(
            lambda blocked: _call_if_open(loop, partial(self._tool_blocked, blocked)), processes
        )
        executors[HUB] = hub.executor
        self.plugins.when_tools_change = lambda: _call_if_open(loop, self._refresh_tools)
        dispatcher = HookedDispatcher(executors, self.plugins.call_hooks(), bounds_of(self.config))
        stack.push_async_callback(dispatcher.aclose)
        attendants = Attendants(self.plugins.session_hooks(), self.plugins.failures)
        stack.push_async_callback(asyncio.to_thread, self.plugins.close)
        stack.push_async_callback(attendants.aclose)
        self._switchboard = Switchboard(
            self.config,
            self.catalogue,
            self.plugins.policies,
            dispatcher,
            self._notify,
            self._fittings.clock,
            attendants,
            resources=Resources(hub.read, hub.brief),
        )
        self._reloading = Reloading(
            partial(_plugins, self._fittings),
            self.plugins,
            self._providers,
            hub,
            dispatcher,
            processes,
            self._switchboard,
        )
        for plugin in self._switchboard.isolated_plugins():
            processes.warm(plugin)

    @property
    def hub(self) -> Hub:
        """The MCP servers. Raises `RuntimeError` before the runtime is entered."""
        if self._hub is None:
            raise RuntimeError("enter the runtime first")
        return self._hub

    def mcp_servers(self) -> Sequence[ServerStatus]:
        """How every declared MCP server is at this moment."""
        return self.hub.status()

    def catalogue(self) -> Catalogue:
        """The tools that are there at this moment."""
        sources: list[ToolSource] = [*self.plugins.tool_sources(), *self.hub.sources()]
        return Catalogue(self._fittings.tools(sources))

    async def servers_met(self) -> None:
        """Wait until each MCP server has become ready, or failed to for the first time. Nobody has to:
        sessions begin with the tools that are there, and get the others when they come."""
        await self._met(lambda _: True)

    async def _met(self, wanted: Callable[[ServerStatus], bool]) -> None:
        while any(wanted(status) and status.state in servers.NOT_MET for status in self.hub.status()):
            self._tools_changed.clear()
            await self._tools_changed.wait()

    async def _required_servers(self) -> None:
        await self._met(lambda status: status.required)
        if refusal := servers.refusal(self.hub.status()):
            raise refusal

    async def _start_providers(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self._providers.aclose)
        missing = self._providers.missing(self.config)
        kinds, credentials = self.plugins.provider_kinds(), self.plugins.credentials()
        self._providers.adopt(await opened(self.config, missing, kinds, credentials), list)

    def _refresh_tools(self) -> None:
        self._tools_changed.set()
        for session in self.sessions.values():
            session.refresh_tools()

    def _servers_changed(self, statuses: Sequence[ServerStatus]) -> None:
        self._refresh_tools()
        for notice in self._server_news.changes(statuses):
            for session in self.sessions.values():
                if servers.uses(session.persona.config, notice.server):
                    session.observe(notice)

    def _notify(self, notice: Notice, session_id: str) -> None:
        self._fittings.told(notice, session_id)
        self.plugins.notify(notice, session_id)

    def _tool_blocked(self, blocked: Blocked) -> None:
        for session_id in blocked.sessions & self.sessions.keys():
            for notice in notices_of_blocked(blocked):
                self.sessions[session_id].observe(notice)


def _plugins(fittings: Fittings, config: Config, kept: Sequence[PluginRecord] = ()) -> Plugins:
    """The plugins of this agents.yaml. Raises `ConfigurationError` for settings that one of them refuses."""
    plugins = Plugins.of(config, [*BUILT_IN, spans, *fittings.plugins], fittings.installed, kept)
    if refusal := plugins.refusal(config):
        raise refusal
    return plugins


def _call_if_open(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    """From another thread, after what function calls have told by then; no matter if the loop is gone."""
    if not loop.is_closed():
        crossing_to(loop).post(callback)
