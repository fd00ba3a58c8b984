"""How the model makes its responses, and what the service keeps of them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from jackfield.config.model import Model
from jackfield.config.values import Text

Effort = Literal["minimal", "low", "medium", "high", "xhigh"]
Include = Literal["item.input_audio_transcription.logprobs"]


class Truncation(Model):
    """What happens when the conversation no longer fits into the model's window. Jackfield itself shortens
    it before that (`ConversationShortened`), so this is the last resort."""

    type: Literal["auto", "disabled", "retention_ratio"] = "auto"
    """`auto` drops the oldest items, `disabled` fails instead, `retention_ratio` drops more than needed, so
    that it happens less often and the cache is kept longer."""

    retention_ratio: float = Field(default=0.8, ge=0, le=1)
    """retention_ratio: how much of the window is kept."""

    keep_tokens: int | None = Field(default=None, ge=1)
    """retention_ratio: how many tokens after the instructions are kept at most. None: the model's window."""

    @model_validator(mode="after")
    def _only_with_a_ratio(self) -> Truncation:
        given = [key for key in ("retention_ratio", "keep_tokens") if key in self.model_fields_set]
        if given and self.type != "retention_ratio":
            raise ValueError(f'"{given[0]}" has no meaning with type: {self.type}')
        return self

    def as_session(self) -> str | dict[str, object]:
        if self.type != "retention_ratio":
            return self.type
        limits = {} if self.keep_tokens is None else {"token_limits": {"post_instructions": self.keep_tokens}}
        return {"type": self.type, "retention_ratio": self.retention_ratio, **limits}


class Tracing(Model):
    """Under which names a session is found among the traces of OpenAI's platform. With none it is `auto`."""

    workflow_name: Text | None = None
    """The name of the workflow."""

    group_id: Text | None = None
    """What sessions have in common that belong together."""

    metadata: dict[str, str] = Field(default={})
    """Anything to filter by."""

    def as_session(self) -> str | dict[str, object]:
        said = {
            "workflow_name": self.workflow_name,
            "group_id": self.group_id,
            "metadata": dict(self.metadata),
        }
        return {key: value for key, value in said.items() if value} or "auto"


class StoredPrompt(Model):
    """A prompt that is kept on OpenAI's platform."""

    id: Text
    """Its name there, `pmpt_…`."""

    version: Text | None = None
    """Which of its versions. None: the current one."""

    variables: dict[str, str] = Field(default={})
    """What is put in the place of its variables."""

    def as_session(self) -> dict[str, object]:
        said = {"version": self.version, "variables": dict(self.variables)}
        return {"id": self.id, **{key: value for key, value in said.items() if value}}
