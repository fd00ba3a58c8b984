"""The agents' own sections: persona, turn-taking, tools, handoffs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jackfield.config.calls import CallsConfig
from jackfield.config.lasting import Idle, MaxLength
from jackfield.config.model import Model
from jackfield.config.values import Destination, Language, Name, Seconds, Text


class TurnDetection(Model):
    """How the provider notices that the caller has finished."""

    type: Literal["server_vad", "semantic_vad", "none"] = "server_vad"
    """`server_vad` listens for silence, `semantic_vad` for a finished thought; with `none` nobody listens,
    and a turn ends only when a program says so."""

    threshold: float = Field(default=0.5, ge=0, le=1)
    """server_vad: how loud speech must be, from 0 (any sound) to 1."""

    silence: Seconds = 0.5
    """server_vad: how long a silence ends the turn."""

    prefix_padding: Seconds = 0.3
    """server_vad: how much sound before the beginning of speech is kept."""

    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    """semantic_vad: how soon a pause is taken for the end."""

    interrupt_response: bool = True
    """Whether the caller's voice stops the agent's."""

    def as_session(self) -> dict[str, object] | None:
        """`audio.input.turn_detection` of the session object, every field said; None where nobody listens."""
        common = {"type": self.type, "create_response": True, "interrupt_response": self.interrupt_response}
        if self.type == "none":
            return None
        if self.type == "semantic_vad":
            return {**common, "eagerness": self.eagerness}
        return {
            **common,
            "threshold": self.threshold,
            "prefix_padding_ms": round(self.prefix_padding * 1000),
            "silence_duration_ms": round(self.silence * 1000),
        }


class Transcription(Model):
    """What the caller said, in text: for the timeline; the model itself listens to the sound."""

    model: Text = "whisper-1"
    """The provider's name of the recogniser; `none` switches transcription off."""

    language: Language | None = None
    """The caller's language. Default: the agent's, if it has exactly one."""

    def as_session(self) -> dict[str, object] | None:
        """`audio.input.transcription` of the session object; None switches it off."""
        if self.model == "none":
            return None
        language = {"language": self.language} if self.language else {}
        return {"model": self.model, **language}


class Persona(Model):
    """What can be said once for all agents, under `defaults`, and again for any of them."""

    voice: Text = "marin"
    """One of the provider's voices. It cannot change once the caller has heard it."""

    speed: float = Field(default=1.0, ge=0.25, le=1.5)
    """How fast the voice speaks; 1.0 is its own speed."""

    languages: list[Language] = Field(default=[])
    """The languages the agent speaks, the preferred one first. None: whatever the caller speaks."""

    tone: Text | None = None
    """How the agent sounds, in a few words."""

    pace: Text | None = None
    """How fast and in what measure it speaks, in a few words."""

    calls: CallsConfig = CallsConfig()
    """How function calls are run and answered."""

    concurrency: int = Field(default=64, ge=1, le=10_000)
    """How many function calls of one agent may run at once, over all its sessions and tools; more wait in
    order."""

    work_tools: bool = False
    """`true`: the model may ask what is being worked on, and stop it (`running_work`, `cancel_work`)."""

    turn_detection: TurnDetection = TurnDetection()
    """When the caller has finished speaking."""

    transcription: Transcription = Transcription()
    """Who writes down what the caller said."""

    fallback: list[Name] = Field(default=[])
    """Other providers to go on at when the one in use fails, in order."""

    idle: Idle = Idle()
    """When a silent caller is asked whether they are there, and hung up on."""

    max_length: MaxLength = MaxLength()
    """How long a call may last."""


class Defaults(Persona):
    """What holds for every agent that does not say otherwise."""


class Handoff(Model):
    """Where a conversation may go from here, and when."""

    to: Name
    """The name of another agent."""

    when: Text
    """The condition, as the end of a sentence that begins with "when"."""


class Briefing(Model):
    """A prompt or a resource of an MCP server, as a part of an agent's instructions."""

    server: Name
    """The name of the MCP server."""

    prompt: Text | None = None
    """The name of a prompt of it."""

    arguments: dict[str, str] = Field(default={})
    """What the prompt is given."""

    resource: Text | None = None
    """Or the address of a resource of it, with text in it."""


class AgentConfig(Persona):
    """One agent, with everything that `defaults` and the file's top say filled in."""

    provider: Name = "local"
    """Where its sessions live: the name of a provider. Default: the file's `provider`."""

    greeting: Text | None = None
    """What the agent says first. None: it waits for the caller to speak."""

    instructions: str = ""
    """What the agent is for, in plain words; or `file://` and the path of a file that says it."""

    briefing: list[Briefing] = Field(default=[])
    """Prompts and resources of MCP servers that follow the instructions. They are read when the server is
    ready, and again when it tells of a change; a session begins with those that are there."""

    tools: list[str] = Field(default=[])
    """What it may use: `source.name`, or a pattern such as `tickets.*`. A source is a plugin or an MCP
    server."""

    handoffs: list[Handoff] = Field(default=[])
    """The agents it may hand the conversation over to."""

    transfer: Destination | None = None
    """Not an agent but a person: the conversation is passed on to this `sip:` or `tel:` address."""

    def audio_input(self) -> dict[str, object]:
        """`audio.input` of the session object."""
        return {
            "turn_detection": self.turn_detection.as_session(),
            "transcription": self.transcription.as_session(),
        }

    def audio_output(self) -> dict[str, object]:
        """`audio.output` of the session object."""
        return {"voice": self.voice, "speed": self.speed}
