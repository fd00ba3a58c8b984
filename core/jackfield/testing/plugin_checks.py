"""`check_plugin`: whether a plugin can be lived with, told by itself, before anybody installs it."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Mapping, Sequence

from jackfield.calls import Arguments, Json, OutcomeKind
from jackfield.errors import ToolError
from jackfield.hookspecs import Settings
from jackfield.notices import CallFinished, Notice, SessionEnded, SessionOpened
from jackfield.plugins import PluginReport, Plugins, PluginState
from jackfield.testing.conformance import Conformance
from jackfield.testing.named import Named
from jackfield.tools.catalogue import Catalogue
from jackfield.tools.tool import Tool, ToolContext
from jackfield.tools.wire import MOST_DESCRIPTION

PLUGIN_CHECKS: Mapping[str, str] = {
    "loads": "a plugin with a fault is set aside, in whole or in part, and its agents go without it",
    "loads fast": "plugins are loaded one after the other, before the first caller is answered",
    "settings are checked": "a misspelt setting that is passed over is searched for in the wrong place",
    "tools are described": "the model reads nothing else before it decides to call a tool",
    "parameters are described": "the model guesses what an undescribed parameter means",
    "tools fit the Realtime API": "a service refuses the whole session for one tool that does not fit",
    "answers are JSON": "a result that is none reaches the model as an error",
    "failures are told": "any exception but ToolError reaches the model as one neutral sentence",
    "notices are taken in": "a plugin that raises or is slow at a notice loses notices",
}
"""Each check, and why it is made."""

LOADED_WITHIN = 1.0
NOTICED_WITHIN = 0.1
ANSWERED_WITHIN = 30.0
"""Seconds."""

_UNKNOWN = "jackfield_checks_an_unknown_setting"


async def check_plugin(
    plugin: object,
    name: str | None = None,
    *,
    settings: Settings | None = None,
    calls: Sequence[tuple[str, Arguments]] = (),
) -> Conformance:
    """Check a plugin, a module or an object as an entry point names it.

    `name` is that of the entry point; without it, the module's, without `jackfield_`. `settings` is its
    section of agents.yaml. `calls` are tools to run, really, with these arguments: `[("now", {"city":
    "Lima"})]`. Raises `AssertionError` with everything that was found; returns what was checked otherwise.
    """
    name = name or _name_of(plugin)
    report = Conformance(f"plugin {name}", PLUGIN_CHECKS)
    plugins = _loaded(report, plugin, name, settings or {})
    _check_settings(report, plugin, name, settings or {})
    tools = {tool.name: tool for source in plugins.tool_sources() for tool in source.tools()}
    for tool in tools.values():
        _check_tool(report, tool)
    _check_fit(report, plugins)
    for title, arguments in calls:
        await _check_call(report, tools, f"{name}.{title}", arguments)
    _check_notices(report, plugin)
    report.demand()
    return report


def _name_of(plugin: object) -> str:
    module = str(getattr(plugin, "__name__", type(plugin).__name__))
    return module.rpartition(".")[2].removeprefix("jackfield_").lower()


def _loaded(report: Conformance, plugin: object, name: str, settings: Settings) -> Plugins:
    plugins = Plugins.load({name: settings}, allow=(), extra=[Named(name, plugin)])
    report.made("loads")
    report.made("loads fast")
    told = _told_of(plugins, name)
    if told.state is not PluginState.LOADED:
        report.found("loads", told.state.value, f"{told.reason}; {told.next_step}")
    if told.seconds > LOADED_WITHIN:
        fault = f"its hooks took {told.seconds:.1f} s; do what takes time when it is first needed"
        report.found("loads fast", name, fault)
    return plugins


def _told_of(plugins: Plugins, name: str) -> PluginReport:
    """Ours stands before an installed one of the same name."""
    return next(each for each in plugins.report() if each.name == name)


def _check_settings(report: Conformance, plugin: object, name: str, settings: Settings) -> None:
    """Plugins that have settings say what they may be."""
    if not settings and getattr(plugin, "settings_model", None) is None:
        return
    report.made("settings are checked")
    wrong = {name: {**settings, _UNKNOWN: 1}}
    plugins = Plugins.load(wrong, allow=(), extra=[Named(name, plugin)])
    if _told_of(plugins, name).state in (PluginState.LOADED, PluginState.PARTIAL):
        fault = f"a setting {_UNKNOWN!r} is accepted; give the plugin a settings_model with extra='forbid'"
        report.found("settings are checked", name, fault)


def _check_tool(report: Conformance, tool: Tool) -> None:
    report.made("tools are described")
    report.made("parameters are described")
    if not tool.description.strip():
        report.found("tools are described", tool.name, "it has no description; write a docstring")
    elif len(tool.description) > MOST_DESCRIPTION:
        fault = f"its description has more than {MOST_DESCRIPTION} characters, and is cut"
        report.found("tools are described", tool.name, fault)
    properties = tool.parameters.get("properties")
    for each, schema in (properties if isinstance(properties, Mapping) else {}).items():
        if isinstance(schema, Mapping) and not schema.get("description"):
            fault = f"{each} has no description; write it in the docstring's Args"
            report.found("parameters are described", tool.name, fault)


def _check_fit(report: Conformance, plugins: Plugins) -> None:
    report.made("tools fit the Realtime API")
    catalogue = Catalogue(plugins.tool_sources())
    for tool, reason in catalogue.aside.items():
        report.found("tools fit the Realtime API", tool, reason)


async def _check_call(
    report: Conformance, tools: Mapping[str, Tool], title: str, arguments: Arguments
) -> None:
    report.made("answers are JSON")
    report.made("failures are told")
    if title not in tools:
        report.found("answers are JSON", title, f"there is no such tool; there are {', '.join(tools)}")
        return
    try:
        value = await _run(tools[title], arguments)
        json.dumps(value, allow_nan=False)
    except ToolError:
        return
    except (TypeError, ValueError) as error:
        report.found("answers are JSON", title, f"its result is no JSON: {error}")
    except Exception as error:
        fault = f"it raised {type(error).__name__}: {error}; raise jackfield.ToolError in words to be said"
        report.found("failures are told", title, fault)


async def _run(tool: Tool, arguments: Arguments) -> Json:
    context = ToolContext("check", "check", "check", ANSWERED_WITHIN, tool=tool.name)
    async with asyncio.timeout(ANSWERED_WITHIN):
        found = await asyncio.to_thread(tool.invoke, arguments, context)
        return await found if inspect.isawaitable(found) else found


def _check_notices(report: Conformance, plugin: object) -> None:
    hook = getattr(plugin, "notice", None)
    if not callable(hook):
        return
    report.made("notices are taken in")
    wanted = inspect.signature(hook).parameters
    for notice in _notices():
        offered = {"notice": notice, "session_id": "session_check"}
        began = time.perf_counter()
        try:
            hook(**{each: value for each, value in offered.items() if each in wanted})
        except Exception as error:
            report.found("notices are taken in", notice.type, f"it raised {type(error).__name__}: {error}")
        if (seconds := time.perf_counter() - began) > NOTICED_WITHIN:
            report.found("notices are taken in", notice.type, f"it took {seconds:.2f} s")


def _notices() -> list[Notice]:
    return [
        SessionOpened(0.0, "session_check", "receptionist", "local"),
        CallFinished(1.0, "call_check", "clock.now", OutcomeKind.VALUE, "noon", 0.1),
        SessionEnded(2.0, "the caller hung up", failed=False),
    ]
