"""docs/reference/agents-yaml.md names every key of the models, with its default, and no other."""

import re
from pathlib import Path

import pytest
import yaml
from pydantic_core import PydanticUndefined

from jackfield.calls import CallPolicy
from jackfield.config.agents import AgentConfig, Briefing, Defaults, Handoff
from jackfield.config.auth import AuthConfig, AzureAuthConfig, ClientCredentialsConfig, OAuthConfig
from jackfield.config.calls import CallLimits, CallsConfig
from jackfield.config.generation import StoredPrompt, Tracing, Truncation
from jackfield.config.hearing import NoiseReduction, Transcription, TurnDetection
from jackfield.config.kinds import AzureSettings, OpenAISettings
from jackfield.config.lasting import Idle, MaxLength, Prices
from jackfield.config.loader import interpret
from jackfield.config.model import Model
from jackfield.config.models import Config
from jackfield.config.phone import PhoneConfig, PhoneRoute
from jackfield.config.report import Page
from jackfield.config.servers import (
    McpServerConfig,
    ProviderConfig,
    SamplingConfig,
    ServerToolConfig,
)
from jackfield.config.values import seconds, size

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "agents-yaml.md").read_text(encoding="utf-8")
SECTIONS: dict[str, type[Model]] = {
    "The file": Config,
    "agents": AgentConfig,
    "defaults": Defaults,
    "briefing": Briefing,
    "handoffs": Handoff,
    "calls": CallsConfig,
    "turn_detection": TurnDetection,
    "transcription": Transcription,
    "noise_reduction": NoiseReduction,
    "truncation": Truncation,
    "tracing": Tracing,
    "prompt": StoredPrompt,
    "idle": Idle,
    "max_length": MaxLength,
    "providers": ProviderConfig,
    "prices": Prices,
    "kind: azure": AzureSettings,
    "kind: openai": OpenAISettings,
    "phone": PhoneConfig,
    "phone.routes": PhoneRoute,
    "mcp_servers": McpServerConfig,
    "mcp_servers.auth": AuthConfig,
    "mcp_servers.auth.oauth": OAuthConfig,
    "mcp_servers.auth.client_credentials": ClientCredentialsConfig,
    "mcp_servers.auth.azure": AzureAuthConfig,
    "mcp_servers.sampling": SamplingConfig,
    "mcp_servers.tools": ServerToolConfig,
}


def rows(title: str) -> dict[str, list[str]]:
    """The table under a heading: key → type, default, meaning."""
    section = re.split(rf"^##+ {re.escape(title)}$", PAGE, flags=re.MULTILINE)[1]
    section = re.split(r"^##+ ", section, flags=re.MULTILINE)[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {key.strip(" `"): [cell.strip() for cell in rest] for key, *rest in cells}


def keys(model: type[Model]) -> list[str]:
    inherited = {AgentConfig: Defaults, ServerToolConfig: CallLimits}.get(model, Model).model_fields
    return [key for key in model.model_fields if key not in inherited]


@pytest.mark.parametrize("title", SECTIONS)
def test_every_key_is_there_and_no_other(title: str) -> None:
    assert sorted(rows(title)) == sorted(keys(SECTIONS[title]))


@pytest.mark.parametrize("title", SECTIONS)
def test_every_default_is_the_one_that_holds(title: str) -> None:
    for key, (_, default, meaning) in rows(title).items():
        field = SECTIONS[title].model_fields[key]
        assert meaning
        assert (default == "required") == field.is_required(), key
        if default.startswith("`") and field.default is not PydanticUndefined:
            held = getattr(CallPolicy(), key) if title == "calls" else field.default
            assert value(default.strip("`"), held) == held, key


def value(written: str, held: object) -> object:
    """What a default in the page means, by the kind of value that the model has."""
    if isinstance(held, float) and written[-1].isalpha():
        return seconds(written)
    return size(written) if written.endswith("KiB") else yaml.safe_load(written)


def test_there_is_no_table_without_a_model() -> None:
    headings = re.findall(r"^##+ (.*)$", PAGE, re.MULTILINE)
    assert {title for title in headings if rows(title)} == set(SECTIONS)


def test_the_listing_is_a_right_file(tmp_path: Path) -> None:
    [listing] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert interpret(Page("agents.yaml", listing), tmp_path, {}).config.first_agent == "receptionist"
