"""The hooks that are called when plugins are loaded: what they offer, and that they do no harm."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from jackfield.cli import _brought, cli
from jackfield.plugins import ALLOW_LIST, PluginReport, Plugins, PluginState
from jackfield.plugins.offering import REGISTERING
from tests.installing import Site, on_the_path

HEAD = """
import threading, time
import click
import jackfield
from jackfield.tools.source import FunctionSource

gate = threading.Event()

def ping() -> str:
    '''Answers.'''
    return "pong"

@click.command()
def weather():
    '''Say what the weather is.'''
    click.echo("It is fine.")
"""

REGISTER = {
    "register_tools": "register(ping)",
    "register_tool_sources": "register(FunctionSource('other'))",
    "register_providers": "register('moon', dict)",
    "register_voices": "register('hum', str.encode)",
    "register_credentials": "register('vault', lambda provider, header: None)",
    "register_commands": "register(weather)",
}


def plugin(hook: str, *body: str) -> str:
    lines = "\n    ".join(body)
    return f"{HEAD}\n@jackfield.hookimpl\ndef {hook}(register):\n    {lines}\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with on_the_path(tmp_path) as site:
        yield site


def report_on(plugins: Plugins, name: str) -> PluginReport:
    (report,) = [each for each in plugins.report() if each.name == name]
    return report


def offered(plugins: Plugins) -> dict[str, list[str]]:
    """What there is, by the hook that offers it."""
    return {
        "register_tools": [tool.name for source in plugins.tool_sources() for tool in source.tools()],
        "register_tool_sources": [source.name for source in plugins.tool_sources()],
        "register_providers": [*plugins.provider_kinds()],
        "register_voices": [*plugins.voices()],
        "register_credentials": [*plugins.credentials()],
        "register_commands": [*plugins.commands()],
    }


# --- what they offer ------------------------------------------------------------------------------------


def test_register_tools_offers_functions(site: Site) -> None:
    site.install("good", plugin("register_tools", REGISTER["register_tools"]))
    assert offered(Plugins.load({}, allow=["good"]))["register_tools"] == ["good.ping"]


def test_register_providers_and_register_voices_offer_what_has_a_name(site: Site) -> None:
    site.install("moon", plugin("register_providers", REGISTER["register_providers"]))
    site.install("hum", plugin("register_voices", REGISTER["register_voices"]))
    plugins = Plugins.load({}, allow=["moon", "hum"])
    assert (plugins.provider_kinds(), [*plugins.voices()]) == ({"moon": dict}, ["hum"])


def test_register_commands_offers_commands_of_jackfield(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW_LIST, "good")
    site.install("good", plugin("register_commands", REGISTER["register_commands"]))
    _brought.cache_clear()
    try:
        assert CliRunner().invoke(cli, ["weather"]).output == "It is fine.\n"
        assert "weather" in CliRunner().invoke(cli, ["--help"]).output
    finally:
        _brought.cache_clear()


def test_the_embedded_server_brings_a_command() -> None:
    commands = Plugins.load({}, allow=["local"]).commands()
    assert "Serve until stopped" in CliRunner().invoke(commands["local"], ["serve", "--help"]).output


@pytest.mark.parametrize(
    ("hook", "body", "reason"),
    [
        ("register_commands", "register(click.Group('check'))", "the command check is offered by Jackfield"),
        ("register_commands", "register(ping)", "is no command of click with a name"),
        ("register_credentials", "register('default', dict)", "the kind of credential default is offered by"),
    ],
)
def test_what_is_ours_and_what_is_nonsense_is_refused(site: Site, hook: str, body: str, reason: str) -> None:
    site.install("odd", plugin(hook, body))
    assert reason in report_on(Plugins.load({}, allow=["odd"]), "odd").reason


# --- and that they do no harm ---------------------------------------------------------------------------


def test_every_registering_hook_is_tried_here() -> None:
    assert {*REGISTER} == {*REGISTERING}


@pytest.mark.parametrize("hook", REGISTER)
def test_a_registering_hook_that_raises_is_named_and_offers_nothing(site: Site, hook: str) -> None:
    site.install("bad", plugin(hook, REGISTER[hook], "raise OSError('no disk')"))
    site.install("good", plugin("register_tools", "register(ping)"))
    plugins = Plugins.load({}, allow=["bad", "good"])
    assert report_on(plugins, "bad").state is PluginState.BROKEN
    assert f"its {hook} raised OSError: no disk" in report_on(plugins, "bad").reason
    found = offered(plugins)
    assert found.pop("register_tools") == ["good.ping"]
    assert found.pop("register_tool_sources") == ["good"]
    assert not any(found.values())


@pytest.mark.parametrize("hook", REGISTER)
def test_a_registering_hook_that_hangs_is_left_behind(site: Site, hook: str) -> None:
    site.install("bad", plugin(hook, REGISTER[hook], "gate.wait()"))
    site.install("good", plugin("register_tools", "register(ping)"))
    plugins = Plugins.load({}, allow=["bad", "good"], seconds=0.2)
    assert report_on(plugins, "bad").reason == f"its {hook} took more than 0.2 s"
    sys.modules["probe_bad"].gate.set()  # what it says from now on, nobody hears
    assert offered(plugins)["register_tools"] == ["good.ping"]
    assert report_on(plugins, "good").state is PluginState.LOADED


@pytest.mark.parametrize("hook", REGISTER)
def test_a_registering_hook_that_is_slow_is_waited_for(site: Site, hook: str) -> None:
    site.install("slow", plugin(hook, "time.sleep(0.05)", REGISTER[hook]))
    plugins = Plugins.load({}, allow=["slow"])
    assert report_on(plugins, "slow").state is PluginState.LOADED
    assert offered(plugins)[hook]


def test_a_plugin_that_hangs_at_import_is_left_behind(site: Site) -> None:
    site.install("asleep", "import threading\ngate = threading.Event()\ngate.wait()")
    site.install("good", plugin("register_tools", "register(ping)"))
    plugins = Plugins.load({}, allow=["asleep", "good"], seconds=0.2)
    sys.modules["probe_asleep"].gate.set()
    assert report_on(plugins, "asleep").reason == "importing probe_asleep took more than 0.2 s"
    assert offered(plugins)["register_tools"] == ["good.ping"]
