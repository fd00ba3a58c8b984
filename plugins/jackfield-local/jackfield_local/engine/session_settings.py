"""The effective session object: defaults, strict updates, and the few things that cannot be changed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from .errors import Fault, cannot_update_model, cannot_update_voice, invalid_value
from .session_shapes import SESSION, SemanticVad, ServerVad
from .shapes import Event, read

DEFAULT_MODEL = "jackfield-local"
DEFAULT_INSTRUCTIONS = "You are a helpful voice assistant. Answer briefly and plainly; never invent facts."
DEFAULT_VOICE = "marin"

PCM = {"type": "audio/pcm", "rate": 24000}

# How long a pause ends a turn. semantic_vad has no model behind it here: eagerness is a length of silence.
EAGER_SILENCE_MS = {"low": 1000, "medium": 600, "auto": 600, "high": 300}
SEMANTIC_THRESHOLD = 0.5
SEMANTIC_PREFIX_MS = 300


@dataclass(frozen=True, slots=True)
class TurnRule:
    """How turns are told apart, whichever kind of detection was asked for. Times are ms."""

    threshold: float
    prefix_ms: int
    silence_ms: int
    idle_timeout_ms: int | None
    create_response: bool
    interrupt_response: bool


class SessionSettings:
    """One session's settings. `update` is all or nothing."""

    def __init__(self, kind: str = "realtime", model: str = DEFAULT_MODEL) -> None:
        self._tree = _defaults(kind, model)

    @classmethod
    def from_client(cls, session: object, *, model: str = "") -> SessionSettings:
        """Of a session object that a client sent over HTTP; may name a model. Raises `Fault`."""
        if session is None:
            return cls(model=model or DEFAULT_MODEL)
        patch = read_patch(session)
        asked = patch.pop("model", None)
        settings = cls(kind=str(patch["type"]), model=model or str(asked or DEFAULT_MODEL))
        settings._merge(patch)
        return settings

    def update(self, session: object, *, voice_locked: bool) -> None:
        """Apply a client's `session.update`. Raises `Fault`, and then nothing was changed."""
        patch = read_patch(session)
        if patch["type"] != self.kind:
            raise invalid_value(patch["type"], "session.type", [self.kind])
        if patch.pop("model", self.model) != self.model:
            raise cannot_update_model()
        wanted = _at(patch, "audio", "output", "voice")
        if voice_locked and wanted is not None and voice_name(wanted) != self.voice:
            raise cannot_update_voice()
        tracing = self._tree.get("tracing")
        if tracing is not None and patch.get("tracing", tracing) != tracing:
            raise Fault(
                "Tracing cannot be changed once it is enabled.", code="invalid_value", param="session.tracing"
            )
        self._merge(patch)

    def echo(self) -> Event:
        """The full effective object."""
        return copy.deepcopy(self._tree)

    def copy(self) -> SessionSettings:
        return copy.deepcopy(self)

    def _merge(self, patch: Event) -> None:
        tree = copy.deepcopy(self._tree)
        _merge(tree, patch)
        self._tree = tree

    @property
    def kind(self) -> str:
        return str(self._tree["type"])

    @property
    def responds(self) -> bool:
        return self.kind == "realtime"

    @property
    def model(self) -> str:
        return str(self._tree.get("model", ""))

    @property
    def instructions(self) -> str:
        return str(self._tree.get("instructions", ""))

    @property
    def tools(self) -> list[Event]:
        return cast(list[Event], self._tree.get("tools", []))

    @property
    def voice(self) -> str:
        return voice_name(_at(self._tree, "audio", "output", "voice"))

    @property
    def speed(self) -> float:
        return float(cast(float, _at(self._tree, "audio", "output", "speed")))

    @property
    def input_format(self) -> str:
        return str(_at(self._tree, "audio", "input", "format", "type"))

    @property
    def transcription(self) -> Event | None:
        return cast("Event | None", _at(self._tree, "audio", "input", "transcription"))

    @property
    def turn_rule(self) -> TurnRule | None:
        """None: the client commits."""
        detection = cast("Event | None", _at(self._tree, "audio", "input", "turn_detection"))
        return None if detection is None else _turn_rule(detection)


def read_patch(session: object) -> Event:
    """A client's session object, checked; only what it says. Raises `Fault`."""
    if not isinstance(session, dict):
        raise Fault("Invalid type for 'session': expected an object.", code="invalid_type", param="session")
    tools = session.get("tools")
    for index, tool in enumerate(tools if isinstance(tools, list) else []):
        if isinstance(tool, dict) and tool.get("type") == "mcp":
            raise Fault(
                "This server runs no remote MCP tools; offer them as function tools.",
                code="invalid_value",
                param=f"session.tools[{index}].type",
            )
    return cast(Event, read(SESSION, session, "session").model_dump(exclude_unset=True))


def _turn_rule(detection: Event) -> TurnRule:
    if detection["type"] == "server_vad":
        vad = ServerVad.model_validate(detection)
        return TurnRule(
            vad.threshold,
            vad.prefix_padding_ms,
            vad.silence_duration_ms,
            vad.idle_timeout_ms,
            vad.create_response,
            vad.interrupt_response,
        )
    semantic = SemanticVad.model_validate(detection)
    silence = EAGER_SILENCE_MS[semantic.eagerness]
    return TurnRule(
        SEMANTIC_THRESHOLD,
        SEMANTIC_PREFIX_MS,
        silence,
        None,
        semantic.create_response,
        semantic.interrupt_response,
    )


def _defaults(kind: str, model: str) -> Event:
    heard: Event = {
        "format": dict(PCM),
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": ServerVad(type="server_vad").model_dump(),
    }
    if kind == "transcription":
        return {"type": kind, "audio": {"input": heard}, "include": None}
    return {
        "type": kind,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": DEFAULT_INSTRUCTIONS,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "include": None,
        "audio": {"input": heard, "output": {"format": dict(PCM), "voice": DEFAULT_VOICE, "speed": 1.0}},
    }


# These are values, not places: what a client sends stands instead of what was there.
WHOLE = {"format", "tools", "tool_choice", "truncation", "tracing", "output_modalities", "include", "voice"}


def _merge(tree: Event, patch: Mapping[str, object]) -> None:
    for key, value in patch.items():
        present = tree.get(key)
        if key == "turn_detection" and isinstance(value, dict):
            tree[key] = _merged_detection(present, value)
        elif key == "format" and isinstance(value, dict):
            tree[key] = dict(PCM) if value["type"] == PCM["type"] else value
        elif isinstance(value, dict) and isinstance(present, dict) and key not in WHOLE:
            _merge(present, value)
        else:
            tree[key] = value


def _merged_detection(present: object, patch: Event) -> Event:
    if isinstance(present, dict) and present["type"] == patch["type"]:
        return {**present, **patch}
    shape = ServerVad if patch["type"] == "server_vad" else SemanticVad
    return shape.model_validate(patch).model_dump()


def _at(tree: object, *path: str) -> object:
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def voice_name(voice: object) -> str:
    """A voice as a word, whether it was sent as one or as an object."""
    return str(voice["id"]) if isinstance(voice, dict) else str(voice)
