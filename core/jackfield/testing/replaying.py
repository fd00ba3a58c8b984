"""A recorded session against today's agents, plugins and MCP servers.

The recording plays the service: it says what it said then. Today's side runs its own tools and says its own
things, and what it says otherwise is a `Difference`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from jackfield.calls import Json
from jackfield.runtime import Runtime
from jackfield.session import Fittings
from jackfield.testing.agents import Agents, config_of, fitted, needed_plugins
from jackfield.testing.differences import Difference, FunctionCalls
from jackfield.testing.embedded import EMBEDDED, Embedded
from jackfield.testing.named import Named
from jackfield.testing.outcomes import StandIn, StandIns
from jackfield.testing.recorded_service import RecordedService
from jackfield.testing.recording import Recorded, read_recording
from jackfield.testing.redaction import Redaction
from jackfield.testing.skipping import SkippingClock

NOBODY = "http://127.0.0.1:9/v1"


async def replay(
    recording: Path | Recorded,
    agents: Agents | None = None,
    *,
    plugins: Mapping[str, object] | None = None,
    tools: Mapping[str, StandIn] | None = None,
    ignore: Sequence[str] = (),
    patience: float = 30.0,
) -> list[Difference]:
    """What today's side does otherwise; an empty list where it does the same.

    `agents`, `plugins` and `tools` are those of `line`. `ignore` is what is not compared: the outputs
    of tools (names, or globs) that tell the time, say, and lines of instructions that fit a `/REGEX/`.
    `patience` are the seconds, of the real clock, that a
    tool may take. Raises `ConfigurationError` for a recording or agents that cannot be read.
    """
    then = recording if isinstance(recording, Recorded) else read_recording(recording)
    given, stand_ins, clock = dict(plugins or {}), StandIns(tools or {}), SkippingClock()
    config = config_of(agents, then.agent, given)
    redaction = Redaction.of(config)
    config = fitted(config, EMBEDDED, stand_ins.sources)
    calls = FunctionCalls(_titles(then), ignore)
    service = RecordedService(then, calls, clock, redaction, patience)
    fittings = Fittings(
        plugins=[
            *(Named(name, each) for name, each in given.items()),
            Embedded(NOBODY, "nobody", "recorded"),
        ],
        installed=needed_plugins(config, given),
        tools=stand_ins,
        provider=lambda *_: service,
        clock=lambda: clock,
    )
    async with Runtime(config, fittings) as runtime:
        await runtime.servers_met()
        service.session, _ = await runtime.connect(then.agent, modality="text")
        async for _ in service.session.timeline():
            pass
    return service.differences


def _titles(then: Recorded) -> dict[str, str]:
    """How each recorded function call reads."""
    notices = [entry.value for entry in then.entries if entry.kind == "noticed"]
    return {str(each["call_id"]): _title(each) for each in notices if each.get("type") == "call_received"}


def _title(notice: Mapping[str, Json]) -> str:
    return f"{notice.get('tool')} {notice.get('arguments')}"
