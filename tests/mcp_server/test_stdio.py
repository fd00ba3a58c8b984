"""`jackfield mcp serve` over stdio, spoken to line by line and by the SDK's client."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters, stdio_client

from tests.mcp_server.process import command, install

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
CALL = {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "bench__loud", "arguments": {}}}


async def test_a_client_lists_and_calls_the_tools_that_were_chosen(tmp_path: Path) -> None:
    environment = install(tmp_path)
    program, *words = command(tmp_path, "--tools", "bench.s*", "--plain")
    server = StdioServerParameters(command=program, args=words, env=environment)
    async with Client(stdio_client(server)) as client:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == ["stock", "read_more"]
        assert listed[0].annotations is not None
        assert listed[0].annotations.read_only_hint
        result = await client.call_tool("stock")
    assert result.structured_content == {"screws": 3}


def test_what_a_plugin_prints_does_not_reach_stdout_and_the_end_of_stdin_ends_it(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        assert process.stdin is not None
        lines = [INITIALIZE, {"jsonrpc": "2.0", "method": "notifications/initialized"}, CALL]
        process.stdin.write("no JSON\n".join(json.dumps(line) + "\n" for line in lines))
        process.stdin.flush()
        assert process.stdout is not None
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, told = process.communicate(timeout=30)
    assert process.returncode == 0
    assert not rest
    texts = [each["result"]["content"][0]["text"] for each in answers if each.get("id") == 2]
    assert texts == ["quiet"]
    assert "imported, and says so" in told
    assert "this is no protocol" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_the_client_is_still_there(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(INITIALIZE) + "\n")
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(number)
        assert process.wait(30) == 0


def test_a_tool_that_there_is_not_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path, "--tools", "bench.stok"),
        env=install(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert 'no plugin has such a tool (did you mean "bench.stock"?)' in done.stderr
    assert not done.stdout


def serving(folder: Path) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command(folder), env=install(folder), stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
