"""The session object that agents.yaml asks for, and what of it each service and model is sent."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from openai.types.realtime import RealtimeSessionCreateRequest
from pydantic import BaseModel

from jackfield.config.kinds import AzureSettings
from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.providers.azure import endpoint_of
from jackfield.providers.capabilities import capabilities_of
from jackfield.session.persona import Persona
from jackfield.tools.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
EVERYTHING = """
agents:
  everything:
    voice: cedar
    speed: 1.2
    turn_detection: {threshold: 0.6, silence: 700ms, idle_timeout: 6s, interrupt_response: false}
    noise_reduction: {type: far_field, strength: 0.5}
    transcription: {model: gpt-transcribe, languages: [en, es], keywords: [Brightside], prompt: a repair shop}
    truncation: {type: retention_ratio, retention_ratio: 0.7, keep_tokens: 8000}
    max_output_tokens: 1000
    reasoning: low
    parallel_tool_calls: true
    tracing: {workflow_name: desk, group_id: g1, metadata: {shop: north}}
    prompt: {id: pmpt_1, version: "2", variables: {city: Lima}}
    include: [item.input_audio_transcription.logprobs]
  words:
    turn_detection: {type: semantic_vad, eagerness: high}
    noise_reduction: near_field
    truncation: disabled
    tracing: auto
    transcription: {model: gpt-realtime-whisper, delay: low}
  button: {turn_detection: {type: none}, transcription: {model: none}}
"""


def session_of(agent: str, text: str = EVERYTHING) -> dict[str, object]:
    config = interpret(Page("agents.yaml", text), Path(), {}).config
    return Persona.of(agent, config, Catalogue([]), {}).session_object()


def strangers(value: object, place: str = "session") -> Iterator[str]:
    """Fields that openai-python's models have no name for."""
    if isinstance(value, list):
        for item in value:
            yield from strangers(item, place)
    if isinstance(value, BaseModel):
        yield from (f"{place}.{name}" for name in value.model_extra or {})
        for name in value.model_fields_set:
            yield from strangers(getattr(value, name), f"{place}.{name}")


@pytest.mark.parametrize("agent", ["everything", "words", "button"])
def test_every_field_of_the_session_object_is_one_of_the_official_types(agent: str) -> None:
    session = session_of(agent)
    read = RealtimeSessionCreateRequest.model_validate(session)
    assert not list(strangers(read))
    assert read.model_dump(exclude_unset=True, mode="json") == session


def test_every_option_of_the_agents_reaches_the_session_object() -> None:
    session = session_of("everything")
    heard = session["audio"]["input"]
    assert heard["turn_detection"]["idle_timeout_ms"] == 6000
    assert heard["noise_reduction"] == {"type": "far_field", "strength": 0.5}
    assert heard["transcription"] == {
        "model": "gpt-transcribe",
        "languages": ["en", "es"],
        "keywords": ["Brightside"],
        "prompt": "a repair shop",
    }
    assert session["truncation"] == {
        "type": "retention_ratio",
        "retention_ratio": 0.7,
        "token_limits": {"post_instructions": 8000},
    }
    assert session["tracing"] == {"workflow_name": "desk", "group_id": "g1", "metadata": {"shop": "north"}}
    assert session["prompt"] == {"id": "pmpt_1", "version": "2", "variables": {"city": "Lima"}}
    assert session_of("words")["tracing"] == "auto"
    assert session_of("words")["truncation"] == "disabled"


@pytest.mark.parametrize(
    ("kind", "model", "kept"),
    [
        ("openai", "gpt-realtime-2.1", {"reasoning", "parallel_tool_calls", "tracing", "prompt"}),
        ("openai", "gpt-realtime-2.1-mini", {"reasoning", "parallel_tool_calls", "tracing", "prompt"}),
        ("openai", "gpt-realtime-2025-08-28", {"tracing", "prompt"}),
        ("openai", "gpt-realtime-mini", {"tracing", "prompt"}),
        ("azure", "Desk-gpt-realtime-2.1-prod", {"reasoning", "parallel_tool_calls"}),
        ("azure", "Voice-Desk", set()),
        ("local", "jackfield-local", {"reasoning", "parallel_tool_calls", "tracing"}),
    ],
)
def test_a_model_is_sent_what_it_knows(kind: str, model: str, kept: set[str]) -> None:
    known = capabilities_of(kind, model)
    session = session_of("everything")
    fitted = known.fitted(session)
    assert fitted.keys() & {"reasoning", "parallel_tool_calls", "tracing", "prompt"} == kept
    assert {lack.option for lack in known.lacks(session)} == session.keys() - fitted.keys()
    assert fitted["audio"] == session["audio"]


def test_what_the_owner_vouches_for_is_sent_and_so_is_what_the_named_model_knows() -> None:
    settings = {
        "endpoint": "https://desk.openai.azure.com",
        "deployment": "Voice-Desk",
        "api_key": "0123456789",
    }
    named = endpoint_of(AzureSettings(**settings, model="gpt-realtime-2.1", also_knows=["tracing"]))
    assert named.fitted(session_of("everything")).keys() >= {"reasoning", "tracing"}


def test_an_effort_that_azure_does_not_list_is_not_sent_there() -> None:
    session = {"type": "realtime", "reasoning": {"effort": "xhigh"}}
    assert capabilities_of("azure", "gpt-realtime-2.1").fitted(session) == {"type": "realtime"}
    assert capabilities_of("openai", "gpt-realtime-2.1").fitted(session) == session


def test_a_recogniser_is_told_what_it_knows() -> None:
    text = "agents: {a: {languages: [es], transcription: {model: MODEL, prompt: p, keywords: [k]}}}"
    told = {}
    for model in ("whisper-1", "gpt-live-transcribe", "gpt-realtime-whisper", "my-deployment"):
        known = capabilities_of("openai", "gpt-realtime-2.1")
        fitted = known.fitted(session_of("a", text.replace("MODEL", model)))
        told[model] = set(fitted["audio"]["input"]["transcription"])
    assert told == {
        "whisper-1": {"model", "language", "prompt"},
        "gpt-live-transcribe": {"model", "languages", "prompt", "keywords"},
        "gpt-realtime-whisper": {"model", "language"},
        "my-deployment": {"model", "language", "prompt", "keywords"},
    }


def test_a_service_that_a_plugin_brings_is_sent_everything() -> None:
    assert capabilities_of("elsewhere", "x") is None


def test_the_page_about_capabilities_says_what_the_table_says() -> None:
    spec = importlib.util.spec_from_file_location("capabilities", ROOT / "docs" / "capabilities.py")
    drawn = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(drawn)
    page = drawn.PAGE.read_text(encoding="utf-8")
    assert page == drawn.written(page), "run python docs/capabilities.py"
