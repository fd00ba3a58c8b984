"""Secrets are planted wherever agents.yaml takes one; then everything goes wrong that can, with the log at
its most talkative. None of them is found anywhere that a person or a program reads."""

import asyncio
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.errors import JackfieldError
from jackfield.hookspecs import hookimpl
from jackfield.notices import Notice, SessionEnded
from jackfield.runtime import Runtime
from jackfield.session import Fittings
from jackfield.telemetry.spans import Sessions
from jackfield.testing.named import Named
from jackfield.testing.recording import Recorder
from jackfield.testing.redaction import Redaction
from jackfield.testing.script import otherwise, when, written
from jackfield.web.access import WEBHOOKS, Access
from jackfield.web.app import application
from jackfield.web.serving import listening, serving

PATIENCE = 40
PLANTED = {
    name: f"{name.lower().replace('_', '-')}-Zq7-planted-0451"
    for name in (
        *("SERVICE_KEY", "ECHOED_KEY", "AZURE_KEY", "CLIENT_SECRET", "CERTIFICATE_PASSWORD"),
        *("MCP_BEARER", "MCP_TOKEN", "MCP_FIXED", "SAMPLING_KEY", "VAULT_CODE", "DOOR_TOKEN"),
    )
} | {"HOOK": "whsec_c2VzYW1lIHBsYW50ZWQgMDQ1MSBzZXNhbWU="}

AGENTS = """
provider: service
providers:
  service: {kind: openai, base_url: "${SERVICE_URL}", model: gpt-realtime, api_key: "${SERVICE_KEY}",
            webhook_secret: "${HOOK}"}
  echoing: {kind: openai, base_url: "${ECHO_URL}/v1", api_key: "${ECHOED_KEY}"}
  azure: {endpoint: "${ECHO_URL}", deployment: desk, api_key: "${AZURE_KEY}"}
  entra: {kind: azure, endpoint: "${ECHO_URL}", deployment: desk, credential: client_secret, tenant_id: t,
          client_id: c, client_secret: "${CLIENT_SECRET}", certificate_password: "${CERTIFICATE_PASSWORD}"}
mcp_servers:
  echo:
    url: ${ECHO_URL}/mcp
    headers: {Authorization: "Bearer ${MCP_BEARER}"}
    fixed: {api_key: "${MCP_FIXED}"}
    sampling: {url: "${ECHO_URL}/v1", model: m, api_key: "${SAMPLING_KEY}"}
  dying:
    command: [python, -c, "import os, sys; sys.exit('no entry with ' + os.environ['MCP_TOKEN'])"]
    env: {MCP_TOKEN: "${MCP_TOKEN}"}
plugins: {vault: {code: "${VAULT_CODE}"}}
agents:
  desk: {instructions: Open the vault., tools: ["vault.*", "echo.*", "dying.*"]}
  echoed: {instructions: Hi., provider: echoing}
  minted: {instructions: Hi., provider: azure}
"""
SCRIPT = [when("open").calls("vault.unlock").then("It did not open."), otherwise().says("Pardon?")]


class Vault:
    """A plugin with a secret in its settings, whose tool breaks while it holds it."""

    @hookimpl
    def register_tools(self, register, settings) -> None:  # type: ignore[no-untyped-def]
        code = settings["code"]

        def unlock() -> str:
            """Open the vault."""
            raise RuntimeError(f"stuck after {len(code)} digits")

        register(unlock)


class Observed:
    """A plugin that makes spans and metrics of everything."""

    def __init__(self) -> None:
        self.spans, self.metrics = InMemorySpanExporter(), InMemoryMetricReader()
        tracers, meters = TracerProvider(), MeterProvider([self.metrics])
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        self._sessions = Sessions(tracers.get_tracer("t"), meters.get_meter("t"))

    @hookimpl
    def observe(self, notice: Notice, session_id: str) -> None:
        self._sessions.take(notice, session_id)

    def told(self) -> str:
        spans = [span.to_json() for span in self.spans.get_finished_spans()]
        return "\n".join([*spans, str(self.metrics.get_metrics_data())])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded server with a key of its own, its last words included."""
    script = tmp_path_factory.mktemp("script") / "script.yaml"
    script.write_text(written(SCRIPT))
    command = [sys.executable, "-m", "jackfield_local", "serve", "--port", "0", "--parent-pipe"]
    command += ["--mind", f"script:{script}", "--key", PLANTED["SERVICE_KEY"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"])
        process.stdin.close()
        assert process.wait(10) == 0


async def repeats(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Refuses everything, and repeats the request with its headers in its words."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    body = json.dumps({"error": {"message": f"Not with {head}", "code": "no"}}).encode()
    start = "HTTP/1.1 401 No\r\nContent-Type: application/json\r\nConnection: close\r\n"
    writer.write(f"{start}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    writer.close()


@asynccontextmanager
async def echo() -> AsyncIterator[str]:
    async with await asyncio.start_server(repeats, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def faces(runtime: Runtime, offer: str) -> AsyncIterator[str]:
    """What the HTTP face answers, to the right people and to the wrong ones."""
    sock = listening("127.0.0.1", 0)
    app = application(runtime, access=Access(token=PLANTED["DOOR_TOKEN"]))
    base = f"http://127.0.0.1:{sock.getsockname()[1]}"
    sdp = {"content-type": "application/sdp"}
    async with serving(app, sock), httpx.AsyncClient(base_url=base, timeout=PATIENCE) as stranger:
        for path in ("/", "/assets/main.js", "/healthz", "/readyz", "/agents", "/sessions/x/events"):
            yield (await stranger.get(path)).text
        yield (await stranger.post(WEBHOOKS, content=b"{}", headers={"webhook-id": "1"})).text
        stranger.headers["authorization"] = f"Bearer {PLANTED['DOOR_TOKEN']}"
        yield (await stranger.get("/agents")).text
        for agent in ("echoed", "minted", "nobody"):
            answer = await stranger.post(f"/agents/{agent}/sessions", content=offer, headers=sdp)
            assert answer.status_code >= 400
            yield f"{answer.headers} {answer.text}"


async def talk(runtime: Runtime) -> AsyncIterator[str]:
    """A conversation in which a tool breaks, and everything that was told of it."""
    session, _ = await runtime.connect("desk", modality="text")
    await session.say("Please open it.")
    async for notice in session.timeline():
        yield json.dumps(notice.as_dict(), default=str)
        if notice.type == "call_finished":
            session.end("that is all", failed=True)
    assert isinstance(notice, SessionEnded)


def recorded(folder: Path) -> list[str]:
    return [each.read_text() for each in folder.glob("*.jsonl")]


async def failures(runtime: Runtime, offer: str) -> AsyncIterator[str]:
    """Exceptions as a program sees them, with their causes."""
    for agent in ("echoed", "minted"):
        with pytest.raises(JackfieldError) as caught:
            await runtime.open_session(agent, offer)
        yield "".join(traceback.format_exception(caught.value)) + repr(caught.value)


def test_a_recording_hides_every_planted_secret_even_if_somebody_says_it(tmp_path: Path) -> None:
    places = {"SERVICE_URL": "http://127.0.0.1:1/v1", "ECHO_URL": "http://127.0.0.1:1"}
    config = interpret(Page("agents.yaml", AGENTS), tmp_path, {**PLANTED, **places}).config
    ours = {name: secret for name, secret in PLANTED.items() if name not in ("DOOR_TOKEN", "VAULT_CODE")}
    assert Redaction.of(config).clean(ours) == dict.fromkeys(ours, "***")


@pytest.fixture
def offer() -> str:
    return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


async def test_no_secret_is_in_any_log_notice_page_trace_error_or_recording(
    service: str, offer: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found: dict[str, list[str]] = {}
    observed = Observed()
    async with AsyncExitStack() as stack:
        places = {"SERVICE_URL": service, "ECHO_URL": await stack.enter_async_context(echo())}
        config = interpret(Page("agents.yaml", AGENTS), tmp_path, {**PLANTED, **places}).config
        recorder = Recorder(tmp_path / "recordings", Redaction.of(config))
        fittings = recorder.fittings()
        plugins = [Named("vault", Vault()), Named("observed", observed)]
        fittings = Fittings(plugins=plugins, installed=(), provider=fittings.provider, told=fittings.told)
        runtime = await stack.enter_async_context(Runtime(config, fittings))
        async with asyncio.timeout(PATIENCE):
            await runtime.servers_met()
            found["notices"] = [each async for each in talk(runtime)]
            found["errors"] = [each async for each in failures(runtime, offer)]
            found["pages"] = [each async for each in faces(runtime, offer)]
        found["reports"] = [repr(runtime.config), repr(runtime.plugins.report()), repr(runtime.mcp_servers())]
    found["spans"] = [observed.told()]
    found["recordings"] = recorded(tmp_path / "recordings")
    found["log"] = [logging.Formatter("%(name)s %(message)s").format(each) for each in caplog.records]
    assert all(found.values()) and any("vault.unlock" in each for each in found["notices"])
    leaks = [
        f"{name} in {where}: {text[:300]}"
        for where, texts in found.items()
        for text in texts
        for name, secret in PLANTED.items()
        if secret in text or repr(secret)[1:-1] in text
    ]
    assert not leaks, "\n".join(leaks)
