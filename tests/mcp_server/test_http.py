"""`jackfield mcp serve` over streamable HTTP: calls as in a session, and the door."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from mcp import Client, MCPError, types
from mcp.client.streamable_http import streamable_http_client

from tests.mcp_server.process import command, install

ERAS = pytest.mark.parametrize("mode", ["auto", "legacy"])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    words = command(folder, "--transport", "http", "--port", "0", "--plain")
    with subprocess.Popen(words, env=install(folder), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        yield next(word.rstrip(".") for line in lines for word in line.split() if word.startswith("http://"))
        process.terminate()
        assert process.wait(30) == 0


class Person:
    """Answers what is asked, always the same."""

    def __init__(self, action: str, content: dict[str, object] | None = None) -> None:
        self.answer = types.ElicitResult.model_validate({"action": action, "content": content})
        self.asked: list[str] = []

    async def __call__(self, context: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        self.asked.append(params.message)
        return self.answer


def client(url: str, mode: str, person: Person | None = None) -> Client:
    return Client(streamable_http_client(url), mode=mode, elicitation_callback=person)


def text(result: types.CallToolResult) -> str:
    assert isinstance(result.content[0], types.TextContent)
    return result.content[0].text


@ERAS
async def test_the_user_is_asked_before_a_tool_that_needs_a_yes(url: str, mode: str) -> None:
    person = Person("accept", {})
    async with client(url, mode, person) as there:
        assert text(await there.call_tool("delete", {"name": "it"})) == "it is gone."
    assert person.asked == ['May bench.delete be run with {"name": "it"}?']


@ERAS
async def test_a_no_is_an_error_and_the_tool_is_not_run(url: str, mode: str) -> None:
    async with client(url, mode, Person("decline")) as there:
        result = await there.call_tool("delete", {"name": "it"})
    assert result.is_error
    assert text(result) == "The user did not agree to bench.delete. Nothing was done."


async def test_a_client_that_cannot_ask_is_refused_with_the_reason(url: str) -> None:
    async with client(url, "legacy") as there:
        result = await there.call_tool("delete", {"name": "it"})
    assert result.is_error
    assert "this client cannot ask for it" in text(result)
    async with client(url, "auto") as there:
        with pytest.raises(MCPError, match="this client cannot ask for it") as refused:
            await there.call_tool("delete", {"name": "it"})
    assert refused.value.code == types.MISSING_REQUIRED_CLIENT_CAPABILITY


@ERAS
async def test_a_tool_asks_in_the_middle_of_its_work(url: str, mode: str) -> None:
    async with client(url, mode, Person("accept", {"size": 4})) as there:
        assert text(await there.call_tool("measure")) == "accepted: {'size': 4}"


@ERAS
async def test_progress_is_told_and_a_cancelled_call_is_stopped(url: str, mode: str) -> None:
    told = asyncio.Event()

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        assert message == "waiting"
        told.set()

    async with client(url, mode) as there:
        await there.list_tools()
        call = asyncio.create_task(there.call_tool("wait", progress_callback=tell))
        async with asyncio.timeout(30):
            await told.wait()
            call.cancel()
            assert text(await there.call_tool("was_stopped")) == "stopped"


async def test_errors_are_sentences_that_hold_no_secret(url: str) -> None:
    async with client(url, "auto") as there:
        meant = await there.call_tool("fail", {"safe": True})
        fault = await there.call_tool("fail", {"safe": False})
        late = await there.call_tool("hurry")
    assert meant.is_error
    assert text(meant) == "The stock is closed."
    assert fault.is_error
    assert "password" not in text(fault)
    assert late.is_error
    assert text(late) == "There was no result within 0.05 seconds, so this was stopped."


async def test_images_are_images_and_long_results_are_read_in_pieces(url: str) -> None:
    async with client(url, "auto") as there:
        painted = await there.call_tool("paint")
        assert isinstance(painted.content[1], types.ImageContent)
        long = text(await there.call_tool("tell"))
        assert len(long) < 9_000
        handle = long.split('handle "')[1].split('"')[0]
        more = await there.call_tool("read_more", {"handle": handle, "start": 49_990})
    assert text(more).startswith("word")


def test_a_page_of_another_site_and_a_name_that_nobody_declared_are_refused(url: str) -> None:
    for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
        assert httpx.post(url, json={}, headers=headers).status_code == 403
    assert httpx.post(url.replace("/mcp", "/healthz"), json={}).status_code == 404


def test_beyond_loopback_a_token_is_needed(tmp_path: Path) -> None:
    words = command(tmp_path, "--transport", "http", "--host", "0.0.0.0", "--port", "0")
    environment = install(tmp_path)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "choose a token" in done.stderr
