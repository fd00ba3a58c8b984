"""Logins at a real authorization server: the first one, their renewal, and their end."""

import asyncio
import logging
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from jackfield.cli.mcp_login import login
from jackfield.config import load
from jackfield.config.servers import McpServerConfig
from jackfield.errors import ConfigurationError, McpError, ToolError
from jackfield.mcp import ServerState
from jackfield.mcp.auth.logging_in import log_in
from jackfield.mcp.auth.scopes import lacking
from jackfield.mcp.auth.store import LoginStore, state_folder
from tests.mcp.board import PATIENCE, Board, board
from tests.mcp.guarded import ROBOT, Gate, guarded

AGENTS = """
mcp_servers:
  vault: {url: "URL", auth: {oauth: {}}}
agents:
  desk: {instructions: You mind the vault.}
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which logins are kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return state_folder(platform="linux") / "mcp"


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def base(gate: Gate) -> AsyncIterator[str]:
    async with guarded(gate) as base:
        yield base


class Browser:
    """Somebody who opens an address, and is sent on."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self._opening: list[asyncio.Task[None]] = []

    def open(self, url: str) -> None:
        self._opening.append(asyncio.create_task(self._open(url)))

    def refuse(self, url: str) -> None:
        asked = httpx2.URL(url).params
        self.open(f"{asked['redirect_uri']}?state={asked['state']}&error=access_denied")

    async def _open(self, url: str) -> None:
        async with httpx2.AsyncClient(follow_redirects=True, trust_env=False) as http:
            self.pages.append((await http.get(url)).text)

    async def done(self) -> None:
        await asyncio.gather(*self._opening)


def vault(base: str, **auth: object) -> McpServerConfig:
    return McpServerConfig.model_validate(
        {"url": f"{base}/mcp", "transport": "http", "auth": auth or {"oauth": {}}}
    )


async def logged_in(base: str, **auth: object) -> Browser:
    browser = Browser()
    await log_in(vault(base, **auth), browser.open, PATIENCE)
    await browser.done()
    return browser


@asynccontextmanager
async def connected(base: str, **auth: object) -> AsyncIterator[Board]:
    async with board({"vault": vault(base, **auth)}) as hub:
        await hub.ready("vault")
        yield hub


def modes(folder: Path) -> list[int]:
    """Of the folder and what is in it, or nothing where it was never made."""
    there = [folder, *folder.iterdir()] if folder.exists() else []
    return [stat.S_IMODE(each.stat().st_mode) for each in there]


async def test_a_login_is_made_once_and_kept_where_its_owner_alone_can_read_it(
    base: str, gate: Gate, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = await logged_in(base)
    assert "You are logged in" in browser.pages[0]
    assert modes(state) == [0o700, 0o600]
    async with connected(base) as hub:
        assert await hub.call("vault.open_box", number=7) == "Box 7 is open."
    assert len(gate.given) == 2, "one access token, one refresh token"
    assert not [secret for secret in gate.given if secret in caplog.text]


async def test_without_a_login_the_server_has_failed_and_the_next_step_is_named(
    base: str, state: Path
) -> None:
    async with board({"vault": vault(base)}) as hub:
        await hub.until(lambda: hub.status("vault").error != "")
        assert "run `jackfield mcp login vault`" in hub.status("vault").error
        await logged_in(base)
        await hub.ready("vault")


async def test_a_token_that_is_about_to_end_is_renewed_before(base: str, gate: Gate, state: Path) -> None:
    gate.life = 0
    await logged_in(base)
    gate.life = 3600
    async with connected(base) as hub:
        assert await hub.call("vault.open_box", number=1) == "Box 1 is open."
    assert len(gate.given) == 4, "renewed once, and kept"
    async with connected(base) as hub:
        assert await hub.call("vault.open_box", number=2) == "Box 2 is open."
    assert len(gate.given) == 4


async def test_a_token_that_is_refused_is_renewed_once_for_all_calls(
    base: str, gate: Gate, state: Path
) -> None:
    await logged_in(base)
    async with connected(base) as hub:
        gate.access.clear()
        calls = [hub.call("vault.open_box", number=number) for number in range(5)]
        assert await asyncio.gather(*calls) == [f"Box {number} is open." for number in range(5)]
        assert hub.status("vault").connections == 1
    assert len(gate.given) == 4


async def test_an_authorization_server_that_is_away_for_a_while_costs_no_login(
    base: str, gate: Gate, state: Path
) -> None:
    await logged_in(base)
    async with connected(base) as hub:
        gate.down = True
        gate.access.clear()
        with pytest.raises(Exception, match="not answering right now"):
            await hub.call("vault.open_box", number=1)
        gate.down = False
        await hub.ready("vault")
        assert await hub.call("vault.open_box", number=2) == "Box 2 is open."


async def test_a_login_that_was_taken_back_is_forgotten_and_asked_for_again(
    base: str, gate: Gate, state: Path
) -> None:
    await logged_in(base)
    async with connected(base) as hub:
        gate.access.clear()
        gate.refresh.clear()
        with pytest.raises(Exception, match="vault server"):
            await hub.call("vault.open_box", number=1)
        await hub.until(lambda: "run `jackfield mcp login vault`" in hub.status("vault").error)
        assert modes(state) == [0o700]
        await logged_in(base)
        await hub.ready("vault")
        assert await hub.call("vault.open_box", number=2) == "Box 2 is open."


async def test_a_call_that_needs_more_scopes_names_the_login_that_asks_for_them_with_those_there_are(
    base: str, gate: Gate, state: Path
) -> None:
    await logged_in(base)
    gate.calls_want = "write"
    async with connected(base) as hub:
        for _ in range(2):
            with pytest.raises(ToolError, match="needs a wider login: run `jackfield mcp login vault`"):
                await hub.call("vault.open_box", number=1)
        assert hub.status("vault").state is ServerState.READY
        await logged_in(base)
        assert await hub.call("vault.open_box", number=1) == "Box 1 is open."
        gate.calls_want = "seal"
        with pytest.raises(ToolError, match="wider login"):
            await hub.call("vault.open_box", number=2)
        gate.calls_want = "write"
        gate.access.clear()
        assert await hub.call("vault.open_box", number=2) == "Box 2 is open.", "renewed, as wide as before"
        await logged_in(base)
        assert hub.status("vault").connections == 1
    assert gate.asked == [[], ["read", "write"], ["read", "write", "seal"]]


async def test_a_wider_login_that_is_refused_leaves_the_one_before_it(
    base: str, gate: Gate, state: Path
) -> None:
    await logged_in(base)
    gate.calls_want = "write"
    async with connected(base) as hub:
        with pytest.raises(ToolError, match="wider login"):
            await hub.call("vault.open_box", number=1)
        with pytest.raises(McpError, match="access_denied"):
            await log_in(vault(base), Browser().refuse, PATIENCE)
        gate.calls_want = "read"
        assert await hub.call("vault.open_box", number=1) == "Box 1 is open."
    await logged_in(base)
    assert gate.asked == [[], []], "and the next login asks for no more than the first"


async def test_a_client_is_known_by_its_document_where_that_is_supported(
    base: str, gate: Gate, state: Path
) -> None:
    document = "https://jackfield.example/client.json"
    for gate.reads_documents in (False, True):
        await logged_in(base, oauth={"client_metadata_url": document})
        login = LoginStore().read(f"{base}/mcp")
        assert login is not None
        assert (login.client.client_id == document) is gate.reads_documents
    gate.access.clear()
    async with connected(base) as hub:
        assert await hub.call("vault.open_box", number=1) == "Box 1 is open.", "renewed by the same name"
    assert len(gate.clients) == 1


@pytest.mark.parametrize(
    ("oauth", "words"),
    [
        ({"client_metadata_url": "http://jackfield.example/client.json"}, "https:// with a path"),
        ({"client_metadata_url": "https://jackfield.example/"}, "https:// with a path"),
        ({"client_metadata_url": "https://jackfield.example/c.json", "client_id": "us"}, "give one of them"),
    ],
)
def test_a_document_has_an_https_address_and_no_other_name_beside_it(
    oauth: dict[str, str], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        vault("http://127.0.0.1:9", oauth=oauth)


@pytest.mark.parametrize(
    ("status", "challenge", "scopes"),
    [
        (403, 'Bearer error="insufficient_scope", scope="a b"', "a b"),
        (403, 'Bearer scope=a, error="insufficient_scope"', "a"),
        (403, 'Bearer error="insufficient_scope", scope="a \\ \x7f b"', "a b"),
        (403, 'Bearer error="insufficient_scope"', ""),
        (403, 'Bearer error="invalid_token", scope="a"', ""),
        (401, 'Bearer error="insufficient_scope", scope="a"', ""),
        (403, "", ""),
    ],
)
def test_only_a_refusal_for_want_of_scopes_tells_which(status: int, challenge: str, scopes: str) -> None:
    assert lacking(httpx2.Response(status, headers={"www-authenticate": challenge})) == scopes


async def test_an_answer_to_another_question_is_turned_away_and_the_right_one_waited_for(
    base: str, state: Path
) -> None:
    browser, pages = Browser(), list[str]()

    async def stray(url: str) -> None:
        redirect = httpx2.URL(url).params["redirect_uri"]
        async with httpx2.AsyncClient(trust_env=False) as http:
            for query in ({"code": "x", "state": "wrong"}, {"code": "x"}, {"error": "access_denied"}):
                answer = await http.get(redirect, params=query)
                pages.append(f"{answer.status_code} {answer.text}")
        browser.open(url)

    tasks = list[asyncio.Task[None]]()
    await log_in(vault(base), lambda url: tasks.append(asyncio.create_task(stray(url))), PATIENCE)
    await browser.done()
    assert [page[:3] for page in pages] == ["400"] * 3
    assert LoginStore().read(f"{base}/mcp") is not None


async def test_a_login_that_nobody_makes_or_that_is_refused_says_so(base: str, state: Path) -> None:
    with pytest.raises(McpError, match="nobody logged in within"):
        await log_in(vault(base), lambda url: None, 0.2)
    with pytest.raises(McpError, match="access_denied"):
        await log_in(vault(base), Browser().refuse, PATIENCE)
    assert modes(state) == []


async def test_client_credentials_get_tokens_without_anybody(
    base: str, gate: Gate, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client_id, secret = ROBOT
    grant = {"client_id": client_id, "client_secret": secret, "issuer": base}
    async with connected(base, client_credentials=grant) as hub:
        assert await hub.call("vault.open_box", number=1) == "Box 1 is open."
        gate.access.clear()
        assert await hub.call("vault.open_box", number=2) == "Box 2 is open."
        assert hub.status("vault").connections == 1
    assert len(gate.given) == 4
    wrong = {**grant, "client_secret": "s3cret-that-is-wrong"}
    async with board({"vault": vault(base, client_credentials=wrong)}) as hub:
        await hub.until(lambda: hub.status("vault").state is ServerState.FAILED)
        assert "invalid_client" in hub.status("vault").error
        assert "s3cret" not in hub.status("vault").error
    assert not [each for each in (*gate.given, secret, "s3cret-that-is-wrong") if each in caplog.text]


async def test_the_command_prints_the_address_waits_and_keeps_the_login(
    base: str, state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text(AGENTS.replace("URL", f"{base}/mcp"))
    program = str(Path(sys.executable).with_name("jackfield"))
    command = [program, "mcp", "login", "vault", str(file), "--no-browser"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    browser = Browser()
    async with asyncio.timeout(PATIENCE):
        while not (line := (await process.stdout.readline()).strip()).startswith(b"http"):
            assert not process.stdout.at_eof(), "no address was printed"
        browser.open(line.decode())
        rest = await process.stdout.read()
        assert (await process.wait(), b"You are logged in to vault." in rest) == (0, True)
    await browser.done()
    assert modes(state) == [0o700, 0o600]


def test_the_command_refuses_what_has_no_login(tmp_path: Path) -> None:
    file = tmp_path / "agents.yaml"
    file.write_text(
        "mcp_servers: {shop: {url: 'http://127.0.0.1:9/mcp'}}\nagents: {desk: {instructions: Hi.}}\n"
    )
    config = load(file)
    with pytest.raises(ConfigurationError, match="declared: shop"):
        login(config, "nobody", browser=False, seconds=1)
    with pytest.raises(ConfigurationError, match=r"mcp_servers\.shop\.auth has no `oauth`"):
        login(config, "shop", browser=False, seconds=1)
