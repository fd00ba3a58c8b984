"""`line`: a caller on the line to an agent, with everything around them real but the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from jackfield.config import Config
from jackfield.errors import ConfigurationError
from jackfield.plugins import PluginState
from jackfield.runtime import Runtime
from jackfield.session import Fittings, Session
from jackfield.testing.agents import Agents, config_of, fitted, needed_plugins
from jackfield.testing.caller import Caller, Mouth, Writing
from jackfield.testing.embedded import EMBEDDED, RULES, VOICE, Embedded
from jackfield.testing.named import Named
from jackfield.testing.outcomes import StandIn, StandIns
from jackfield.testing.overheard import Overheard
from jackfield.testing.script import Cue, Fault, written
from jackfield.testing.service import service
from jackfield.testing.speech import Speaking


@asynccontextmanager
async def line(
    agent: str | None = None,
    agents: Agents | None = None,
    *,
    plugins: Mapping[str, object] | None = None,
    tools: Mapping[str, StandIn] | None = None,
    script: Sequence[Cue] | None = None,
    faults: Sequence[Fault] = (),
    audio: bool = False,
) -> AsyncIterator[Caller]:
    """A caller who has been put through to `agent` (the first one, if not said) and greeted. `agents` is the
    path of an agents.yaml, YAML text, or a dict; without it, ./agents.yaml, or, where no `agent` is named
    either, one made up for the `plugins` and `tools`. `plugins` are modules or objects by name, beside those
    installed ones that the agents speak of. `tools` are what stands in for a tool (`returns`, `raises`, …, or
    a function); an MCP server of which one is replaced is not started. `script` is what the model does;
    without it, the embedded server's rules decide. `faults` are what the service does wrong: names, or
    `fault(name, **settings)`. With `audio`, the caller speaks, and is understood by ear.

    Raises `ConfigurationError` for agents, plugins or a script that cannot be used.
    """
    given, stand_ins = dict(plugins or {}), StandIns(tools or {})
    config = config_of(agents, agent, [*given, *stand_ins.sources])
    agent, embedded = agent or config.first_agent, await asyncio.to_thread(_embedded, script, faults, audio)
    overheard = Overheard(config, agent)  # before it is fitted: secrets of what is replaced are secrets, too
    config = fitted(config, EMBEDDED, stand_ins.sources)
    fittings = Fittings(
        plugins=[*(Named(name, plugin) for name, plugin in given.items()), embedded],
        installed=needed_plugins(config, given) | ({VOICE} if audio else set()),
        tools=stand_ins,
        provider=overheard.tap,
        told=overheard.told,
        clock=lambda: overheard.clock,
    )
    async with _running(config, fittings, given) as runtime, _put_through(runtime, agent, audio) as ends:
        caller = Caller(*ends, overheard, stand_ins.hanging)
        try:
            await caller.until(caller.settled, "to be put through")
            yield caller
        finally:
            await caller.hangs_up()


def _embedded(script: Sequence[Cue] | None, faults: Sequence[Fault], audio: bool) -> Embedded:
    """Blocks until the server is there."""
    served = service(audio=audio)
    if faults:  # some of them remember what they did: they are not shared with other lines
        return Embedded(served.url, served.key, served.handed_in(written(script, faults)))
    return Embedded(served.url, served.key, RULES if script is None else served.model(written(script)))


@asynccontextmanager
async def _running(config: Config, fittings: Fittings, given: Iterable[str]) -> AsyncIterator[Runtime]:
    async with Runtime(config, fittings) as runtime:
        told = {report.name: report for report in reversed(runtime.plugins.report())}
        for name in given:  # a plugin that the test brings stands before an installed one of its name
            if told[name].state is not PluginState.LOADED:
                raise ConfigurationError(f"the plugin {name} is {told[name].state}: {told[name].reason}")
        await runtime.servers_met()
        yield runtime


@asynccontextmanager
async def _put_through(runtime: Runtime, agent: str, audio: bool) -> AsyncIterator[tuple[Session, Mouth]]:
    async with AsyncExitStack() as stack:
        if audio:
            yield await Speaking.call(runtime, agent, stack)
        else:
            session, _ = await runtime.connect(agent, modality="text")
            yield session, Writing(session)
