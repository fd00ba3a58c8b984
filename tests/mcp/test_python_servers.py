"""MCP servers from the Python Package Index: the time, git, and one with four hundred tools."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.errors import ToolError
from jackfield.testing import line, when
from jackfield.tools.catalogue import Catalogue, function_tools
from tests.mcp.board import board

CLOUD: dict[str, Json] = {
    "command": ["azmcp", "server", "start", "--mode", "all"],
    "env": {"AZURE_MCP_COLLECT_TELEMETRY": "false"},
    "start_timeout": "60s",
}
MOST = 120
"""Tools that a session carries at most."""

CARRIED = 48 * 1024
"""Bytes of tools above which `jackfield check` warns."""


async def test_the_time_is_told() -> None:
    declared = {"command": ["mcp-server-time", "--local-timezone", "UTC"]}
    async with board({"time": McpServerConfig.model_validate(declared)}) as hub:
        await hub.ready("time")
        assert hub.status("time").protocol == "2026-07-28"
        told = await hub.call(
            "time.convert_time",
            source_timezone="America/Lima",
            time="16:30",
            target_timezone="Europe/Madrid",
        )
        assert "Europe/Madrid" in str(told)
        with pytest.raises(ToolError, match="Atlantis"):
            await hub.call("time.get_current_time", timezone="Atlantis")


@pytest.fixture
def repository(tmp_path: Path) -> str:
    """The folder of a repository with a file that was not added to it yet."""
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "init", "--quiet", tmp_path], check=True)
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.com")):
        subprocess.run([git, "-C", tmp_path, "config", name, value], check=True)
    (tmp_path / "note.txt").write_text("Fan: 4")
    return str(tmp_path)


async def test_a_repository_is_changed_and_read(repository: str) -> None:
    declared = {
        "command": ["mcp-server-git", "--repository", repository],
        "fixed": {"repo_path": repository},
    }
    async with board({"git": McpServerConfig.model_validate(declared)}) as hub:
        await hub.ready("git")
        assert "repo_path" not in json.dumps([dict(hub.tool(name).parameters) for name in hub.names("git")])
        assert "note.txt" in str(await hub.call("git.git_status"))
        await hub.call("git.git_add", files=["note.txt"])
        await hub.call("git.git_commit", message="Four fans")
        assert "Four fans" in str(await hub.call("git.git_log"))
        (Path(repository) / "note.txt").write_text("Fan: 3")
        assert "+Fan: 3" in str(await hub.call("git.git_diff_unstaged"))


async def test_four_hundred_tools_are_listed_chosen_by_patterns_and_carried_within_limits() -> None:
    async with board({"cloud": McpServerConfig.model_validate(CLOUD)}) as hub:
        await hub.ready("cloud")
        (source,) = hub.hub.sources()
        assert len(source.tools()) + len(source.aside()) == 404
        assert not source.aside()
        catalogue = Catalogue([source])
        everything = catalogue.choose(["cloud.*"])
        assert len(everything.tools) == MOST
        assert "the agent has 404 tools" in everything.aside["cloud.workbooks_update"]
        chosen = catalogue.choose(["cloud.storage_*", "cloud.bicepschema_get"])
        assert 2 < len(chosen.tools) < 40
        assert len(json.dumps(function_tools(chosen))) < CARRIED
        assert "Microsoft.Storage" in str(
            await hub.call("cloud.bicepschema_get", **{"resource-type": "Microsoft.Storage/storageAccounts"})
        )


async def test_a_session_with_four_hundred_tools_searches_them() -> None:
    agents = {
        "mcp_servers": {"cloud": {**CLOUD, "tool_search": True}},
        "agents": {"operator": {"instructions": "You look after the cloud.", "tools": ["cloud.*"]}},
    }
    script = [
        when("schema").calls("tool_search", task="bicep schema of a resource type"),
        when("storage").calls(
            "cloud.bicepschema_get", **{"resource-type": "Microsoft.Storage/storageAccounts"}
        ),
    ]
    async with line(agents=agents, script=script) as caller:
        carried = caller.session.persona.function_tools
        assert len(json.dumps(carried)) < CARRIED
        await caller.says("Is there a schema?")
        assert "bicepschema_get" in caller.calls["jackfield.tool_search"].output
        await caller.says("That of storage.")
        assert "Microsoft.Storage" in caller.calls["cloud.bicepschema_get"].output
