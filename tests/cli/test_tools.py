"""`jackfield tools` and `jackfield plugins`, with installed plugins and a real MCP server."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jackfield.cli.plugins import plugins
from jackfield.cli.tools import tools
from jackfield.errors import ConfigurationError

AGENTS = f"""
version: 1
mcp_servers:
  tickets:
    command: ["{sys.executable}", -m, jackfield_tickets]
  gone:
    command: [a-command-that-is-not-there]
plugins:
  hours: {{timezone: Europe/London, open: {{monday: 9:00-17:00}}}}
agents:
  receptionist:
    tools: [clock.now, hours.*, tickets.find_*, tickets.fnd_part]
    calls:
      tools:
        tickets.find_part: {{timeout: 7s}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agents.yaml"
    path.write_text(AGENTS)
    return path


def run(command: object, *arguments: object) -> Result:
    result = CliRunner().invoke(command, list(map(str, arguments)))  # type: ignore[arg-type]
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_every_tool_is_listed_with_its_source_its_size_and_who_has_it(file: Path) -> None:
    listing = json.loads(run(tools, file, "--json").output)
    found = {each["name"]: each for each in listing["tools"]}
    assert found["clock.now"]["runs_on"] == "thread"
    assert found["clock.now"]["wire_name"] == "clock__now"
    assert found["clock.now"]["agents"] == ["receptionist"]
    assert 100 < found["clock.now"]["bytes"] < 1000
    assert found["tickets.find_part"]["runs_on"] == "hub"
    assert found["tickets.close_ticket"]["agents"] == []
    assert "a-command-that-is-not-there" in listing["down"]["gone"]
    assert listing["missing"] == {"receptionist": ["tickets.fnd_part"]}


def test_a_person_reads_the_same_in_columns(file: Path) -> None:
    output = run(tools, file, "--offline").output
    assert output.splitlines()[0].split() == ["tool", "source", "bytes", "runs", "on", "agents"]
    assert "clock.now" in output
    assert "receptionist: 3 tools, " in output
    assert "  tickets: not asked: --offline" in output
    assert "  receptionist: tickets.fnd_part: matches nothing" in output


@pytest.mark.parametrize("name", ["clock.now", "clock__now"])
def test_one_tool_is_shown_with_what_the_model_reads_and_how_it_is_called(file: Path, name: str) -> None:
    shown = json.loads(run(tools, file, name, "--json", "--offline").output)
    assert shown["description"] == "The time of day in a city, anywhere in the world."
    assert shown["parameters"]["properties"]["city"]["default"] == "London"
    assert shown["policy"]["receptionist"]["timeout"] == 20.0
    assert "on the wire clock__now" in run(tools, name, file, "--offline").output


def test_the_policy_that_is_shown_is_that_of_the_file(file: Path) -> None:
    shown = json.loads(run(tools, file, "tickets.find_part", "--json").output)
    assert shown["policy"]["receptionist"]["timeout"] == 7.0


def test_an_unknown_tool_is_answered_with_the_nearest(file: Path) -> None:
    with pytest.raises(ConfigurationError, match=r'no tool clock.nwo \(did you mean "clock.now"\?\)'):
        run(tools, file, "clock.nwo", "--offline")


def test_two_names_are_refused(file: Path) -> None:
    assert "at most one file" in run(tools, "clock.now", "hours.is_open").output


def test_plugins_are_listed_with_their_state(file: Path) -> None:
    listing = {each["name"]: each for each in json.loads(run(plugins, file, "--json").output)}
    assert listing["clock"]["tools"] == ["clock.now"]
    assert listing["hours"]["state"] == "loaded"
    assert listing["azure"]["hooks"] == ["register_providers"]


def test_a_plugin_with_wrong_settings_is_told_what_to_correct(file: Path) -> None:
    file.write_text(AGENTS.replace("9:00-17:00", "nine to five"))
    output = run(plugins, file).output
    assert "hours is broken: plugins.hours.open.monday: 'nine to five' is no opening time" in output
    assert "Next: correct `plugins: hours:` in agents.yaml" in output
