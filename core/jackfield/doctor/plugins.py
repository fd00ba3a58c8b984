"""The plugins, as they load with this file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jackfield.doctor.finding import Finding, fail, ok, warn
from jackfield.plugins import PluginReport, PluginState

_UNUSED = (PluginState.IDLE, PluginState.SKIPPED, PluginState.OFF)


def judged(reports: Iterable[PluginReport]) -> Iterator[Finding]:
    """Built-in plugins are told of where they are at fault."""
    for each in reports:
        what = f"plugin {each.name}"
        if each.state is PluginState.PARTIAL:
            yield warn(what, f"only in part: {each.reason}", each.next_step)
        elif each.state.at_fault:
            yield fail(what, f"{each.state.value}: {each.reason}", each.next_step)
        elif each.state in _UNUSED:
            yield ok(what, f"not loaded ({each.state.value})")
        elif each.distribution != "jackfield":
            yield ok(what, f"{each.distribution} {each.version}, {len(each.tools)} tools")
