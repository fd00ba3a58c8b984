"""`jackfield mcp status`, with a real server and one that is not there."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from jackfield.cli.mcp import mcp

SERVERS = f"""
mcpServers:
  tickets:
    command: "{sys.executable}"
    args: [-m, jackfield_tickets]
    autoApprove: [find_ticket]
"""
GONE = """
  gone: {command: a-command-that-is-not-there, env: {API_KEY: hunter22}}
"""
AGENTS = "agents: {receptionist: {instructions: Be kind.}}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agents.yaml"
    path.write_text(SERVERS + GONE + AGENTS)
    return path


def test_every_server_is_told_with_its_state_and_why_it_is_not_there(file: Path) -> None:
    told = CliRunner().invoke(mcp, ["status", str(file)])
    assert told.exit_code == 1, told.output
    lines = told.output.splitlines()
    assert lines[1].split()[:3] == ["tickets", "ready", "stdio"]
    assert lines[2].split()[0] == "gone"
    assert lines[2].split()[1] in ("failed", "starting"), "it is tried again, without hope"
    assert "gone is not there: there is no command 'a-command-that-is-not-there'" in told.output
    assert "hunter22" not in told.output


def test_as_json_there_is_everything(tmp_path: Path) -> None:
    path = tmp_path / "agents.yaml"
    path.write_text(SERVERS + AGENTS)
    told = CliRunner().invoke(mcp, ["status", "--json", str(path)])
    assert told.exit_code == 0, told.output
    [tickets] = json.loads(told.output)
    assert (tickets["name"], tickets["state"], tickets["error"]) == ("tickets", "ready", "")
    assert "tickets.find_ticket" in tickets["tools"]


def test_without_servers_there_is_nothing_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "agents.yaml"
    path.write_text(AGENTS)
    told = CliRunner().invoke(mcp, ["status", str(path)])
    assert (told.exit_code, "no MCP servers" in told.output) == (0, True)
