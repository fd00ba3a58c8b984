"""The session object as clients may send it (facts: realtime protocol 2). Absent fields stay as they are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from .shapes import Shape

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
Modalities = Annotated[list[Literal["text", "audio"]], Field(min_length=1, max_length=1)]
MaxTokens = Annotated[int, Field(ge=1, le=4096)] | Literal["inf"]


class Pcm(Shape):
    type: Literal["audio/pcm"]
    rate: Literal[24000] = 24000


class Pcmu(Shape):
    type: Literal["audio/pcmu"]


class Pcma(Shape):
    type: Literal["audio/pcma"]


Format = Annotated[Pcm | Pcmu | Pcma, Field(discriminator="type")]


class ServerVad(Shape):
    type: Literal["server_vad"]
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    prefix_padding_ms: Annotated[int, Field(ge=0, le=5000)] = 300
    silence_duration_ms: Annotated[int, Field(ge=0, le=10_000)] = 500
    idle_timeout_ms: Annotated[int, Field(ge=5000, le=30_000)] | None = None
    create_response: bool = True
    interrupt_response: bool = True


class SemanticVad(Shape):
    type: Literal["semantic_vad"]
    eagerness: Literal["low", "medium", "high", "auto"] = "auto"
    create_response: bool = True
    interrupt_response: bool = True


TurnDetection = Annotated[ServerVad | SemanticVad, Field(discriminator="type")]


class NoiseReduction(Shape):
    type: Literal["near_field", "far_field"]
    strength: float = 1.0


class Transcription(Shape):
    model: str = ""
    language: str = ""
    languages: list[str] = Field(default_factory=list)
    keywords: list[str] = Field(default_factory=list)
    prompt: str = ""
    delay: Literal["minimal", "low", "medium", "high", "xhigh"] = "low"


class AudioInput(Shape):
    format: Format = Pcm(type="audio/pcm")
    noise_reduction: NoiseReduction | None = None
    transcription: Transcription | None = None
    turn_detection: TurnDetection | None = None


class CustomVoice(Shape):
    id: str


class AudioOutput(Shape):
    format: Format = Pcm(type="audio/pcm")
    voice: Annotated[str, Field(min_length=1, max_length=64)] | CustomVoice = ""
    speed: Annotated[float, Field(ge=0.25, le=1.5)] = 1.0


class Audio(Shape):
    input: AudioInput = AudioInput()
    output: AudioOutput = AudioOutput()


class FunctionTool(Shape):
    type: Literal["function"]
    name: Name
    description: str = ""
    parameters: dict[str, object] = Field(default_factory=dict)


class NamedFunction(Shape):
    type: Literal["function"]
    name: Name


ToolChoice = Literal["auto", "none", "required"] | NamedFunction


class Reasoning(Shape):
    effort: Literal["minimal", "low", "medium", "high", "xhigh"] = "low"


class TokenLimits(Shape):
    post_instructions: int = 0


class RetentionRatio(Shape):
    type: Literal["retention_ratio"]
    retention_ratio: Annotated[float, Field(ge=0, le=1)]
    token_limits: TokenLimits | None = None


class Tracing(Shape):
    workflow_name: str = ""
    group_id: str = ""
    metadata: dict[str, object] | None = None


Include = list[Literal["item.input_audio_transcription.logprobs"]]


def _spoken() -> list[Literal["text", "audio"]]:
    return ["audio"]


class RealtimeSession(Shape):
    """A conversation: turns, responses, tools."""

    type: Literal["realtime"]
    model: str = ""
    instructions: str = ""
    output_modalities: Modalities = Field(default_factory=_spoken)
    audio: Audio = Audio()
    tools: list[FunctionTool] = Field(default_factory=list)
    tool_choice: ToolChoice = "auto"
    parallel_tool_calls: bool = True
    max_output_tokens: MaxTokens = "inf"
    truncation: Literal["auto", "disabled"] | RetentionRatio = "auto"
    reasoning: Reasoning = Reasoning()
    include: Include | None = None
    tracing: Literal["auto"] | Tracing | None = None
    prompt: None = None  # stored prompts live at OpenAI; any other value is refused by name


class TranscriptionAudio(Shape):
    input: AudioInput = AudioInput()


class TranscriptionSession(Shape):
    """Only ears: turns and transcripts, never a response."""

    type: Literal["transcription"]
    audio: TranscriptionAudio = TranscriptionAudio()
    include: Include | None = None


Session = Annotated[RealtimeSession | TranscriptionSession, Field(discriminator="type")]
SESSION: TypeAdapter[RealtimeSession | TranscriptionSession] = TypeAdapter(Session)
