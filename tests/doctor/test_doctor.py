"""`jackfield doctor`: what it prints and how it exits."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jackfield.cli import cli

from .conftest import KEY

Doctor = Callable[..., Result]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """Run it on a text, with nothing but these variables set for it."""

    def run(text: str, *words: str, **environ: str) -> Result:
        file = tmp_path / "agents.yaml"
        file.write_text(text)
        names = ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY", "OPENAI_API_KEY", "JACKFIELD_TOKEN")
        env = {**dict.fromkeys(names), "JACKFIELD_PLUGINS": "clock,hours,local", **environ}
        command = ["doctor", "--config", str(file), "--within", "30", *words]
        return CliRunner().invoke(cli, command, env=env)

    return run


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    """The address of an embedded server for text that has a key."""
    command = [sys.executable, "-m", "jackfield_local", "serve", "--port", "0", "--key", KEY]
    command += ["--written", "--parent-pipe"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"]).removesuffix("/v1")
        process.stdin.close()
        assert process.wait(10) == 0


WRONG = """
provider: azure
providers:
  azure:
    endpoint: ${AZURE_OPENAI_ENDPOINT}
    deployment: gpt-realtime
    api_key: ${AZURE_OPENAI_API_KEY}
  openai:
    api_key: ${OPENAI_API_KEY}
mcp_servers:
  gone: {command: [no-such-program]}
  tickets: {command: [python, -m, jackfield_tickets]}
plugins:
  horus: {}
agents:
  a: {instructions: Help., voice: marin}
"""

TOLD = [
    ("ok", "agents.yaml", "its keys and values are fine"),
    ("fail", "variable AZURE_OPENAI_ENDPOINT", "not set (providers.azure.endpoint) — export AZURE_OPENAI_"),
    ("ok", "variable AZURE_OPENAI_API_KEY", "set (providers.azure.api_key)"),
    ("warn", "variable OPENAI_API_KEY", "not set (providers.openai.api_key); no agent uses that provider"),
    ("fail", "plugin horus", "missing: "),
    ("warn", "provider azure", "not tried: a variable that it needs is not set"),
    ("fail", "MCP server gone", "there is no command 'no-such-program'"),
    ("ok", "MCP server tickets", "tickets 0.1.0, 7 tools"),
    ("ok", "ICE", "two peers on this machine connect"),
    ("fail", "page", "0.0.0.0 is seen by the network, and no token is asked for — set JACKFIELD_TOKEN"),
    ("warn", "page microphone", "browsers give no microphone to http from another machine"),
]


def test_a_wrong_environment_is_told_line_by_line_with_the_fixes(doctor: Doctor) -> None:
    done = doctor(WRONG, "--host", "0.0.0.0", AZURE_OPENAI_API_KEY=KEY)
    assert done.exit_code == 1
    assert KEY not in done.output
    printed = [" ".join(line.split()) for line in done.output.splitlines()]
    for verdict, what, detail in TOLD:
        begins = f"{verdict} {what} {detail}"
        assert any(
            line.replace(f"{Path(line.split()[1]).parent}/", "").startswith(begins) for line in printed
        ), f"no line begins with: {begins}\n{done.output}"


@pytest.mark.parametrize("kind", ["azure", "openai"])
def test_both_doors_of_the_embedded_server_are_fine_and_a_session_opens(
    doctor: Doctor, embedded: str, kind: str
) -> None:
    place = {"azure": "endpoint: '${URL}', deployment: any", "openai": "base_url: '${URL}/v1'"}[kind]
    provider = f"{{{kind}: {{{place}, api_key: '${{THE_KEY}}'}}}}"
    done = doctor(
        f"provider: {kind}\nproviders: {provider}\nagents: {{a: {{}}}}\n",
        "--call",
        "--json",
        URL=embedded,
        THE_KEY=KEY,
    )
    assert done.exit_code == 0, done.output
    found = {each["what"]: each for each in json.loads(done.output)}
    assert found[f"provider {kind} model"]["verdict"] == "ok"
    assert "opened, confirmed and closed" in found[f"provider {kind} session"]["detail"]


def test_a_wrong_key_at_the_embedded_server_fails_and_is_not_printed(doctor: Doctor, embedded: str) -> None:
    text = "provider: openai\nproviders: {openai: {base_url: '${URL}/v1', api_key: '${THE_KEY}'}}\n"
    text += "agents: {a: {}}\n"
    done = doctor(text, URL=embedded, THE_KEY="sk-not-the-one-that-opens")
    assert done.exit_code == 1
    assert "sk-not-the-one" not in done.output
    assert "fail  provider openai credential" in done.output


def test_offline_asks_no_service_and_fails_for_nothing_that_is_far(doctor: Doctor) -> None:
    text = "provider: openai\nproviders: {openai: {api_key: '${OPENAI_API_KEY}'}}\nagents: {a: {}}\n"
    done = doctor(text, "--offline", OPENAI_API_KEY=KEY)
    assert done.exit_code == 0, done.output
    assert "api.openai.com was not asked (--offline)" in done.output


def test_a_file_that_cannot_be_used_is_one_line_and_the_machine_is_looked_at_all_the_same(
    doctor: Doctor,
) -> None:
    done = doctor("agents: {a: {voise: marin}}")
    assert done.exit_code == 1
    assert 'unknown key "voise" in agents.a; did you mean "voice"? — jackfield check' in done.output
    assert "\nok    ICE " in done.output
