"""The test kit: a line to an agent, in a test, with no account and no network.

    from jackfield.testing import line

    async def test_it_knows_the_time_in_lima():
        async with line("receptionist") as caller:
            await caller.says("what time is it in Lima?")
            assert caller.heard("in Lima")
            assert caller.calls["clock.now"].arguments == {"city": "Lima"}

Importing this package is cheap; its parts are imported when they are first used, for pytest loads the
plugin in it in every run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jackfield.testing.agents import Agents
    from jackfield.testing.caller import Caller
    from jackfield.testing.calls import Call, Calls
    from jackfield.testing.conformance import Conformance, Finding
    from jackfield.testing.differences import Difference
    from jackfield.testing.lines import line
    from jackfield.testing.outcomes import hangs, in_turn, raises, returns
    from jackfield.testing.plugin_checks import PLUGIN_CHECKS, check_plugin
    from jackfield.testing.provider_checks import PROVIDER_CHECKS, check_provider
    from jackfield.testing.recording import Recorder
    from jackfield.testing.redaction import Redaction
    from jackfield.testing.replaying import replay
    from jackfield.testing.script import at_start, fault, otherwise, when
    from jackfield.testing.skipping import SkippingClock

_PLACES = {
    "PLUGIN_CHECKS": "plugin_checks",
    "PROVIDER_CHECKS": "provider_checks",
    "Agents": "agents",
    "Call": "calls",
    "Caller": "caller",
    "Calls": "calls",
    "Conformance": "conformance",
    "Difference": "differences",
    "Finding": "conformance",
    "Recorder": "recording",
    "Redaction": "redaction",
    "SkippingClock": "skipping",
    "at_start": "script",
    "check_plugin": "plugin_checks",
    "check_provider": "provider_checks",
    "fault": "script",
    "hangs": "outcomes",
    "in_turn": "outcomes",
    "line": "lines",
    "otherwise": "script",
    "raises": "outcomes",
    "replay": "replaying",
    "returns": "outcomes",
    "when": "script",
}

__all__ = [
    "PLUGIN_CHECKS",
    "PROVIDER_CHECKS",
    "Agents",
    "Call",
    "Caller",
    "Calls",
    "Conformance",
    "Difference",
    "Finding",
    "Recorder",
    "Redaction",
    "SkippingClock",
    "at_start",
    "check_plugin",
    "check_provider",
    "fault",
    "hangs",
    "in_turn",
    "line",
    "otherwise",
    "raises",
    "replay",
    "returns",
    "when",
]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
