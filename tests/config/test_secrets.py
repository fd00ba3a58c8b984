"""Secrets stay where they are: no repr, no str, no error and no note shows them."""

from collections.abc import Callable

import pytest

from jackfield.config.loader import Reading
from jackfield.config.report import render_notes
from jackfield.errors import ConfigurationError

Interpret = Callable[..., Reading]
SECRET = "hush-hush-0123456789"

RIGHT = """
provider: openai
providers:
  openai: {model: gpt-realtime, api_key: "${KEY}"}
  mine: {kind: theirs, password: "${KEY}"}
mcp_servers:
  remote: {url: "https://example.com/mcp?key=${KEY}", headers: {Authorization: "Bearer ${KEY}"}}
  started: {command: [serve, --key, "${KEY}"], args: ["--token=${KEY}"], env: {TOKEN: "${KEY}"}}
plugins:
  crm: {token: "${KEY}"}
agents:
  receptionist: {tone: warm}
"""


def test_no_repr_shows_them(reading: Interpret) -> None:
    config = reading(RIGHT, {"KEY": SECRET}).config
    assert config.providers["openai"].settings["api_key"] == SECRET
    for shown in (
        repr(config),
        str(config),
        repr(config.providers["openai"]),
        str(config.mcp_servers["started"]),
        repr(config.mcp_servers),
        f"{config.providers}",
    ):
        assert SECRET not in shown


@pytest.mark.parametrize(
    "place",
    [
        "provider: ${KEY}",
        "version: ${KEY}",
        "agents: {a: {voice: 1, speed: '${KEY}', languages: ['${KEY}']}}",
        "agents: {a: {tools: ['${KEY}'], handoffs: [{to: '${KEY}', when: now}]}}",
        "agents: {a: {calls: {timeout: '${KEY}', deliver: '${KEY}', result_limit: '${KEY}'}}}",
        "agents: {a: {instructions: 'file://${KEY}', transfer: '${KEY}'}}",
        "agents: {a: {turn_detection: {type: '${KEY}'}}}",
        "mcp_servers: {m: {url: '${KEY}', start_timeout: '${KEY}'}}",
        "mcp_servers: {m: {command: 'a \"${KEY}'}}",
        "providers: {p: {kind: '${KEY}'}, azure: {endpoint: '${KEY}', credential: '${KEY}'}}",
    ],
)
def test_no_error_shows_what_the_environment_holds(reading: Interpret, place: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        reading(f"{place}\nnonsense: 1", {"KEY": SECRET})
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None and refused.value.__context__ is None


@pytest.mark.parametrize(
    "line",
    [
        f"api_key: {SECRET}",
        f"API_KEY: '{SECRET} and more'",
        f"  headers: {{Authorization: Bearer {SECRET}}}",
        f"x: Bearer {SECRET}",
        f"url: https://anna:{SECRET}@example.com/",
        f"args: [--token={SECRET}]",
        "word: sk-0123456789abcdef",
    ],
)
def test_no_error_shows_what_stands_in_the_file(reading: Interpret, line: str) -> None:
    for text in (f"{line}\nagents: {{}}", f"agents:\n a: {{}}\n{line}: :"):
        with pytest.raises(ConfigurationError) as refused:
            reading(text)
        assert SECRET not in str(refused.value)
        assert "0123456789" not in str(refused.value)


def test_a_secret_that_stands_in_the_file_is_pointed_at_without_being_shown(reading: Interpret) -> None:
    found = reading(f"""providers: {{openai: {{model: gpt-realtime, api_key: {SECRET}}}}}
agents: {{receptionist: {{instructions: Be kind.}}}}""")
    assert render_notes(found.document.page, found.notes) == (
        "agents.yaml:1:52: note: a secret stands in the file; put it in the environment and write ${NAME} "
        "here"
    )
