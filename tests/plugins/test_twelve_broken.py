"""A folder full of broken plugins: the runtime starts, names each of them, and serves the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from jackfield.cli import cli
from jackfield.config import load
from jackfield.plugins import ALLOW_LIST, PluginState
from jackfield.runtime import Runtime
from tests.installing import Site, on_the_path

HEAD = """
import jackfield

def ping() -> str:
    '''Answers.'''
    return "pong"

"""

GOOD = HEAD + "@jackfield.hookimpl\ndef register_tools(register):\n    register(ping)\n"

BROKEN: dict[str, tuple[str, str, str]] = {
    "needs_module": ("import module_that_is_nowhere", "it needs module_that_is_nowhere", "pip install"),
    "exits": ("raise SystemExit(3)", "probe_exits cannot be imported: SystemExit: 3", "python -c"),
    "syntax": ("def broken(:", "cannot be imported: SyntaxError: invalid syntax", "python -c"),
    "argument": (
        HEAD + "@jackfield.hookimpl\ndef register_tools(registr):\n    pass\n",
        "pluggy refuses it",
        "correct the hook in probe-argument",
    ),
    "misspelt": (
        HEAD + "@jackfield.hookimpl\ndef register_tool(register):\n    pass\n",
        'there is no hook register_tool (did you mean "register_tools"?)',
        "the hooks are register_tools, ",
    ),
    "namesake": (GOOD, "another plugin is called good already", "correct probe-namesake"),
    "newer": (GOOD, "it needs jackfield >=99, and this is ", "pip install --upgrade probe-newer jackfield"),
    "raises": (
        HEAD + "@jackfield.hookimpl\ndef register_tools(register):\n    register(ping)\n    1 / 0\n",
        "its register_tools raised ZeroDivisionError",
        "report it to the author of probe-raises",
    ),
    "untyped": (
        HEAD + "def look(thing):\n    '''Looks.'''\n\n"
        "@jackfield.hookimpl\ndef register_tools(register):\n    register(look)\n    register(lambda: 1)\n",
        "untyped.look: `thing` has no type hint",
        "correct it in the plugin",
    ),
    "model": (
        HEAD + "settings_model = {'city': str}\n",
        "name a pydantic model, the class itself",
        "correct probe-model",
    ),
    "attribute": ("", "AttributeError", "python -c"),
    "twice": (
        HEAD + "@jackfield.hookimpl\ndef register_tools(register):\n    register(ping)\n    register(ping)\n",
        "twice.ping is registered twice; the first one is used",
        "correct it in the plugin",
    ),
    "provider_taken": (
        HEAD + "@jackfield.hookimpl\ndef register_providers(register):\n    register('openai', dict)\n",
        "the provider kind openai is offered by another plugin already",
        "correct",
    ),
    "credential_taken": (
        HEAD + "@jackfield.hookimpl\ndef register_credentials(register):\n    register('default', dict)\n",
        "the kind of credential default is offered by Jackfield itself already",
        "correct",
    ),
}

AGENTS = "agents: {receptionist: {tools: [good.ping, twice.ping]}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """All of them, and one that is good."""
    with on_the_path(tmp_path) as site:
        _install(site)
        monkeypatch.setenv(ALLOW_LIST, ",".join(["good", "local", *BROKEN]))
        (tmp_path / "agents.yaml").write_text(AGENTS)
        yield tmp_path


def _install(site: Site) -> None:
    site.install("good", GOOD)
    for name, (source, _, _) in BROKEN.items():
        if name == "namesake":
            (site.folder / "probe_namesake.py").write_text(source)
            site.describe(name, "[jackfield]\ngood = probe_namesake\n")
        elif name == "attribute":
            site.install(name, source, value="probe_attribute:nothing")
        else:
            site.install(name, source, requires="jackfield>=99" if name == "newer" else "")


async def test_the_runtime_starts_names_each_of_them_and_serves_the_rest(folder: Path) -> None:
    assert len(BROKEN) >= 12
    async with Runtime(load(folder / "agents.yaml")) as runtime:
        reports = {report.distribution: report for report in runtime.plugins.report()}
        for name, (_, reason, next_step) in BROKEN.items():
            report = reports[f"probe-{name}"]
            whole = PluginState.PARTIAL if name == "twice" else PluginState.BROKEN
            assert (report.state, name) in [(whole, name), (PluginState.PARTIAL, "untyped")]
            assert reason in report.reason
            assert next_step in report.next_step
            assert "\n" not in report.reason
        session, _ = await runtime.connect("receptionist", modality="text")
        assert {tool.name for tool in session.persona.tools.values()} == {"good.ping", "twice.ping"}
        await session.hang_up()


def test_the_table_and_the_json_show_all_that_is_known_of_each(folder: Path) -> None:
    table = CliRunner().invoke(cli, ["plugins", str(folder / "agents.yaml")]).output
    listed = json.loads(CliRunner().invoke(cli, ["plugins", "--json", str(folder / "agents.yaml")]).output)
    for entry in listed:
        assert {*entry} == {
            "name", "distribution", "version", "hooks", "tools", "state", "reason", "next_step", "seconds",
        }  # fmt: skip
    known = {entry["distribution"]: entry for entry in listed}
    assert known["probe-good"]["tools"] == ["good.ping"]
    assert known["probe-good"]["seconds"] > 0
    for name, (_, reason, next_step) in BROKEN.items():
        assert reason in known[f"probe-{name}"]["reason"]
        assert reason in table
        assert next_step in table
    head, *_ = table.splitlines()
    assert head.split() == ["plugin", "version", "distribution", "state", "ms", "hooks", "tools"]
