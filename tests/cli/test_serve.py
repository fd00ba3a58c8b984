"""`jackfield serve` as a process: what it prints, what it refuses, and how it ends."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection

COMMAND = [sys.executable, "-c", "from jackfield.cli import main; main()", "serve"]
AGENTS = "agents:\n  desk:\n    instructions: You answer the telephone.\n"
LIMIT = 40  # seconds; starting loads the models of the embedded server


@pytest.fixture
def agents(tmp_path: Path) -> Path:
    path = tmp_path / "agents.yaml"
    path.write_text("version: 1\n" + AGENTS)
    return path


def environment(**more: str) -> dict[str, str]:
    without = {
        name: value for name, value in os.environ.items() if not name.startswith(("JACKFIELD", "AZURE"))
    }
    return {**without, **more}


def refused(*arguments: object) -> str:
    """What the command says when it does not start."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env=environment(),
        check=False,
    )
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=LIMIT)


@contextmanager
def serving(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and the line it prints when it serves."""
    with started(*arguments) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline()


def family(pid: int) -> list[int]:
    """The process's children, theirs, and so on."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return [*children, *(grandchild for child in children for grandchild in family(child))]


def end_of(pid: int) -> None:
    """Wait until a process that is not our child has ended; bounded by the test's own time-out."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([handle], [], [], LIMIT)[0], f"process {pid} is still there"
    os.close(handle)


def test_it_says_where_to_go_and_serves_there(agents: Path) -> None:
    with serving(agents, "--port", 0) as (process, line):
        assert line.startswith("Open http://127.0.0.1:")
        assert "talk to desk" in line
        url = line.split()[1]
        assert httpx.get(f"{url}/agents").json()["agents"][0]["name"] == "desk"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=LIMIT)
        assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_it_started(agents: Path, number: signal.Signals) -> None:
    with serving(agents, "--port", 0) as (process, line):
        assert line.startswith("Open ")
        children = family(process.pid)
        assert children, "the embedded server is a process of its own"
        process.send_signal(number)
        assert process.wait(LIMIT) == 0
        for child in children:
            end_of(child)


def test_a_second_ctrl_c_waits_for_nothing(agents: Path) -> None:
    with serving(agents, "--port", 0) as (process, _):
        children = family(process.pid)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        assert process.wait(LIMIT) in (0, 130)
        for child in children:
            end_of(child)


async def offer() -> str:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("audio")
    peer.createDataChannel("oai-events")
    await peer.setLocalDescription(await peer.createOffer())
    await peer.close()
    return peer.localDescription.sdp


async def test_whoever_is_on_the_line_reads_that_the_server_was_stopped(agents: Path) -> None:
    with serving(agents, "--port", 0) as (process, line):
        async with httpx.AsyncClient(base_url=line.split()[1], timeout=LIMIT) as client:
            answer = await client.post(
                "/agents/desk/sessions", content=await offer(), headers={"content-type": "application/sdp"}
            )
            async with client.stream("GET", answer.headers["location"] + "/events") as events:
                lines = events.aiter_lines()
                assert await anext(lines) == "id: 1"
                process.send_signal(signal.SIGTERM)
                assert "The server was stopped." in "".join([text async for text in lines])
        assert process.wait(LIMIT) == 0


def test_a_killed_server_leaves_no_orphans(agents: Path) -> None:
    with serving(agents, "--port", 0) as (process, line):
        assert line.startswith("Open ")
        children = family(process.pid)
        process.kill()
        for child in children:
            end_of(child)


def test_ctrl_c_while_it_starts_ends_it_too(agents: Path) -> None:
    with started(agents, "--port", 0) as process:
        # It has children before it serves: then it is starting, and its own handlers are in place.
        while not family(process.pid) and process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT)
        assert (process.returncode, err) == (0, "")


def test_a_token_is_put_where_no_server_sees_it(agents: Path) -> None:
    with serving(agents, "--port", 0, "--host", "0.0.0.0", "--token", "open sesame") as (_, line):
        url, _, rest = line.split()[1].partition("/#")
        assert rest == "token=open%20sesame"
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(f"{url}/agents").status_code == 401


def test_the_network_is_not_let_in_without_a_token(agents: Path) -> None:
    assert "JACKFIELD_TOKEN" in refused(agents, "--host", "0.0.0.0", "--port", 0)


def test_a_taken_port_is_said_with_a_way_out(agents: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} of 127.0.0.1 is taken" in refused(agents, "--port", port)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert "nowhere.yaml" in refused(tmp_path / "nowhere.yaml")


def test_a_wrong_file_is_said_with_its_line(agents: Path) -> None:
    agents.write_text("version: 1\nagent: {}\n" + AGENTS)
    message = refused(agents)
    assert "agents.yaml:2:1" in message
    assert "did you mean" in message


def test_a_missing_key_is_said_where_it_stands(agents: Path) -> None:
    azure = "provider: azure\nproviders:\n  azure:\n    endpoint: https://shop.openai.azure.com\n"
    agents.write_text(
        f"version: 1\n{azure}    deployment: gpt-realtime\n    api_key: ${{AZURE_KEY}}\n{AGENTS}"
    )
    message = refused(agents)
    assert "AZURE_KEY" in message
    assert "agents.yaml:7" in message


def test_a_provider_that_no_plugin_offers_is_said(agents: Path) -> None:
    agents.write_text(f"version: 1\nprovider: semaphore\nproviders:\n  semaphore: {{}}\n{AGENTS}")
    assert "semaphore" in refused(agents)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "no.such.host.invalid", "--token", "t"], "no.such.host.invalid"),
        (["--origin", "shop.example.com"], "https://NAME"),
        (["--port", "99999"], "99999"),
    ],
)
def test_options_that_make_no_sense_are_said(agents: Path, arguments: list[str], said: str) -> None:
    assert said in refused(agents, *arguments)
