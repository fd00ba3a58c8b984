"""Blocks of MCP servers that were written for other programs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jackfield.config.loader import Reading
from jackfield.config.report import render_notes
from jackfield.errors import ConfigurationError

Interpret = Callable[..., Reading]

VS_CODE = """
agents: {receptionist: {instructions: Be kind.}}
servers: {
	"Git Hub": {
		"type": "http",
		"url": "https://example.com/mcp",
		"headers": {"Authorization": "Bearer ${input:github-token}"},
		"env": {}
	},
	"files": {
		"type": "stdio",
		"command": "npx",
		"args": ["-y", "server-filesystem", "${workspaceFolder}${/}data", "${userHome}"],
		"env": {"DEBUG": true, "LEVEL": 3, "REGION": "${env:REGION}", "PLACE": "${PLACE:-here}"},
		"envFile": "${workspaceFolder}/.env",
		"sandboxEnabled": true,
		"x": 1
	}
}
inputs: [{"type": "promptString", "id": "github-token", "description": "A token", "password": true}]
"""


def test_a_block_of_an_editor_with_its_inputs_is_read_as_it_stands(reading: Interpret) -> None:
    found = reading(VS_CODE, environ={"INPUT_GITHUB_TOKEN": "t0ken", "REGION": "north"})
    hub, files = found.config.mcp_servers["Git-Hub"], found.config.mcp_servers["files"]
    assert (hub.transport, hub.headers) == ("http", {"Authorization": "Bearer t0ken"})
    folder = found.config.folder
    assert files.args == ["-y", "server-filesystem", str(folder / "data"), str(Path.home())]
    assert files.env == {"DEBUG": "true", "LEVEL": "3", "REGION": "north", "PLACE": "here"}
    notes = render_notes(found.document.page, found.notes)
    assert [line.split(": note: ")[1] for line in notes.splitlines()] == [
        'the server "Git Hub" is called "Git-Hub" here: its name becomes part of names of tools',
        '"envFile" is passed over: put its variables into the environment, or into "env"',
        '"sandboxEnabled" is passed over: servers are not confined here',
        '"x" is passed over: it means nothing here',
    ]
    assert notes.splitlines()[1].startswith("agents.yaml:15:3:")


def test_an_input_that_nobody_answered_is_a_problem_where_it_is_asked_for(reading: Interpret) -> None:
    with pytest.raises(ConfigurationError) as refused:
        reading(VS_CODE, environ={"REGION": "north"})
    assert (
        'agents.yaml:7:40: the input "github-token" (A token) is asked for elsewhere; here set the '
        "environment variable INPUT_GITHUB_TOKEN" in str(refused.value)
    )


def test_other_names_for_our_keys_are_understood(reading: Interpret) -> None:
    servers = reading("""
        mcpServers:
          a: {httpUrl: "https://example.com/x", includeTools: [find], timeout: 30000, trust: true}
          b: {serverUrl: "https://example.com/sse?key=1"}
          c: {command: c, type: local, tools: ["*"], headers: {}}
          d: {url: "https://example.com/mcp", type: remote, enabled: true}
          e: {command: never, enabled: false}
        agents: {receptionist: {}}
    """).config.mcp_servers
    assert {name: server.transport for name, server in servers.items()} == {
        "a": "http",
        "b": "sse",
        "c": "stdio",
        "d": "http",
    }
    assert servers["a"].include == ["find"]


def test_a_pasted_block_stands_beside_our_own(reading: Interpret) -> None:
    config = reading("""
        mcp_servers: {ours: {command: ours}}
        mcpServers: {theirs: {command: theirs}}
        agents: {receptionist: {}}
    """).config
    assert list(config.mcp_servers) == ["ours", "theirs"]
    with pytest.raises(ConfigurationError, match=r'3:22: there is another server "ours" already'):
        reading("""
        mcp_servers: {ours: {command: ours}}
        mcpServers: {ours: {command: theirs}}
        agents: {receptionist: {}}
    """)


def test_in_our_own_block_a_key_that_we_do_not_know_is_a_problem(reading: Interpret) -> None:
    with pytest.raises(ConfigurationError, match=r'unknown key "exlude".*did you mean "exclude"'):
        reading("""
        mcp_servers: {ours: {command: ours, exlude: [drop]}}
        agents: {receptionist: {}}
    """)


def test_only_in_servers_are_values_written_as_others_write_them(reading: Interpret) -> None:
    with pytest.raises(ConfigurationError, match="a variable is written"):
        reading("agents: {receptionist: {instructions: '${env:HOME}'}}")
