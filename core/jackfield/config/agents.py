"""The agents' own sections: persona, turn-taking, tools, handoffs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jackfield.config.calls import CallsConfig
from jackfield.config.generation import Effort, Include, StoredPrompt, Tracing, Truncation
from jackfield.config.hearing import NoiseReduction, Transcription, TurnDetection
from jackfield.config.lasting import Idle, MaxLength
from jackfield.config.model import Model
from jackfield.config.values import Destination, Language, Name, OrWord, Text


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

    noise_reduction: Annotated[NoiseReduction | None, OrWord("type", ("near_field", "far_field"))] = None
    """What is filtered out of the caller's sound: the room around a headset (`near_field`) or around a
    speakerphone (`far_field`). None: nothing."""

    max_output_tokens: int | None = Field(default=None, ge=1, le=4096)
    """The longest response, tool calls included. None: as long as the model likes."""

    truncation: Annotated[Truncation | None, OrWord("type", ("auto", "disabled"))] = None
    """What the service forgets when the model's window is full. None: as the service has it."""

    reasoning: Effort | None = None
    """How long a model that reasons thinks before it speaks. None: as the service has it."""

    parallel_tool_calls: bool | None = None
    """Whether a model that reasons may call several tools at once. None: as the service has it."""

    tracing: Annotated[Tracing | None, OrWord("", ("auto",))] = None
    """Whether OpenAI keeps a trace of the session on its platform. None: it does not."""

    prompt: StoredPrompt | None = None
    """A prompt that is stored on OpenAI's platform; what is said here has the last word over it."""

    include: list[Include] = Field(default=[])
    """What else the service's events are to tell."""

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

    def session(self) -> dict[str, object]:
        """The session object, but for what the agent is told and may use (§2). A service gets of it what it
        knows (`jackfield.providers.capabilities`)."""
        options: dict[str, object] = {
            "max_output_tokens": self.max_output_tokens,
            "truncation": self.truncation and self.truncation.as_session(),
            "reasoning": self.reasoning and {"effort": self.reasoning},
            "parallel_tool_calls": self.parallel_tool_calls,
            "tracing": self.tracing and self.tracing.as_session(),
            "prompt": self.prompt and self.prompt.as_session(),
            "include": list(self.include) or None,
        }
        return {
            "audio": {"input": self._input(), "output": {"voice": self.voice, "speed": self.speed}},
            **{name: value for name, value in options.items() if value is not None},
        }

    def _input(self) -> dict[str, object]:
        noise = self.noise_reduction
        return {
            "turn_detection": self.turn_detection.as_session(),
            "transcription": self.transcription.as_session(),
            **({"noise_reduction": noise.as_session()} if noise else {}),
        }
