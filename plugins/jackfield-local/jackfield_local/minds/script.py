"""The scripted mind, for tests: what is heard decides what is said and called, word for word.

A script is YAML, a mapping with `steps` and perhaps `otherwise`:

    steps:
      - hear: [time, lima]            # words or phrases of the caller; a string is its words
        say: Let me look.             # said first
        call: {name: clock__now, arguments: {city: Lima}}      # or a list of calls
      - output: clock__now            # an output of this tool arrived and nothing was said about it yet
        say: "{output}"               # {output} is its text, {heard} what the caller said
        once: true                    # this step may be used once in a conversation
      - start: true                   # a response asked for before anybody said anything
        say: Good morning.
      - hear: goodbye
        delay: 250ms                  # wait before anything else (at most 60s)
        fail: the model is down       # the response fails with this message
    otherwise:
      say: I have no line for that.
    faults:                         # what the server does wrong besides (see `faults/table.py`)
      - failed_response
      - late_created: {seconds: 500ms}

Each response uses the first step that fits. Where none does, and nothing was heard, what the response's own
instructions order is said (a greeting, that a tool is still running). Otherwise, without `otherwise`, the
response fails, and its message says what was heard. A step with neither `hear`, `output` nor `start`
always fits. A script that a client hands in may have `faults` alone: its mind is the server's own.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    ValidationError,
    model_validator,
)

from jackfield.errors import ConfigurationError
from jackfield_local.durations import as_seconds
from jackfield_local.faults.fault import Fault
from jackfield_local.faults.table import fault_of
from jackfield_local.minds.dialogue import Dialogue, read
from jackfield_local.minds.orders import reported, verbatim
from jackfield_local.speech import Call, Say, Thought


class ScriptError(ConfigurationError):
    """A script that cannot be read, with every fault in it."""


class ScriptedFailure(Exception):  # noqa: N818 - it is wanted
    """A step said `fail`, or no step fits: the response fails with this message."""


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _as_words(value: object) -> object:
    return value.split() if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScriptedCall(_Strict):
    """A tool to call, by its name on the wire."""

    name: str = Field(min_length=1)
    arguments: dict[str, Any] = {}


class Step(_Strict):
    """When it fits, and what then happens: delay, failure, words, function calls; in that order."""

    hear: Annotated[list[str], BeforeValidator(_as_words)] = []
    output: str = ""
    start: bool = False
    once: bool = False
    delay: Annotated[float, BeforeValidator(as_seconds), Field(ge=0, le=60)] = 0
    fail: str = ""
    say: str = ""
    call: Annotated[list[ScriptedCall], BeforeValidator(_as_list)] = []

    @model_validator(mode="after")
    def _does_something(self) -> Step:
        if not (self.say or self.call or self.fail):
            raise ValueError("a step needs at least one of say, call and fail")
        return self

    def fits(self, dialogue: Dialogue) -> bool:
        """Whether this is the step for the state of things."""
        if self.start:
            return not dialogue.heard and not dialogue.calls and not dialogue.last_said
        if self.output:
            return any(call.name == self.output for call in dialogue.fresh)
        heard = _spoken(dialogue.heard)
        return all(_spoken(phrase) in heard for phrase in self.hear) and bool(dialogue.heard or not self.hear)


_WORD = re.compile(r"[\w']+")


def _spoken(text: str) -> str:
    """Its words alone, each between blanks, so that words and phrases are found whole."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


class Script(_Strict):
    """A whole script."""

    steps: list[Step] = []
    otherwise: Step | None = None
    faults: list[Annotated[InstanceOf[Fault], BeforeValidator(fault_of)]] = []

    @model_validator(mode="after")
    def _is_for_something(self) -> Script:
        if not (self.steps or self.otherwise or self.faults):
            raise ValueError('there must be "steps", "otherwise" or "faults"')
        return self


def load_script(path: Path) -> Script:
    """Read a script. Raises `ScriptError` with every fault: the place in the script, and what is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"the script {path} cannot be read: {error}") from error
    return parse_script(text, str(path))


def parse_script(text: str, name: str = "script") -> Script:
    """As `load_script`, from text; `name` is what errors call it."""
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScriptError(f"{name} is not YAML: {error}") from error
    if not isinstance(value, Mapping):
        raise ScriptError(f'{name} must be a mapping with "steps", not {type(value).__name__}')
    try:
        return Script.model_validate(value)
    except ValidationError as error:
        faults = [f"{name}: {_place(each['loc'])}: {each['msg']}" for each in error.errors()]
        raise ScriptError("\n".join(faults)) from None


def _place(location: tuple[int | str, ...]) -> str:
    steps = [
        f"step {part + 1}" if isinstance(part, int) and at == 1 else str(part)
        for at, part in enumerate(location)
    ]
    return ", ".join(part for part in steps if part != "steps") or "the script"


class ScriptMind:
    """`Mind` that follows a script. Stateless: which `once` steps were used is read from what was said."""

    def __init__(self, script: Script) -> None:
        self._script = script

    @property
    def faults(self) -> Sequence[Fault]:
        """What the server does wrong besides."""
        return self._script.faults

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None:
        """A script knows its tools."""

    async def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        """The first step that fits. Raises `ScriptedFailure` where the script says so, or has no step."""
        dialogue = read(thought.items, thought.pending)
        step = next((each for each in self._script.steps if self._is_due(each, dialogue)), None)
        order = _order(thought.instructions)
        # Who may call nothing and is told what to say says that, whatever else was heard meanwhile.
        if order and (thought.tool_choice == "none" or (step is None and not dialogue.heard)):
            yield Say(order)
            return
        step = step or self._script.otherwise
        if step is None:
            raise ScriptedFailure(f"the script has no step for what was heard: {dialogue.heard!r}")
        if step.delay:
            await asyncio.sleep(step.delay)
        if step.fail:
            raise ScriptedFailure(step.fail)
        if step.say:
            yield Say(_filled(step.say, dialogue))
        for call in step.call:
            yield Call(call.name, call.arguments)

    async def aclose(self) -> None:
        """Nothing to close."""

    def _is_due(self, step: Step, dialogue: Dialogue) -> bool:
        if not step.fits(dialogue):
            return False
        return not (step.once and self._was_used(step, dialogue))

    def _was_used(self, step: Step, dialogue: Dialogue) -> bool:
        said = [*dialogue.said, *(text for _, texts in dialogue.before for text in texts)]
        called = [(call.name, dict(call.arguments)) for call in dialogue.calls]
        words = step.say and any(_filled(step.say, dialogue) == each or step.say == each for each in said)
        return bool(words) or any((call.name, call.arguments) in called for call in step.call)


def _order(instructions: str) -> str:
    return verbatim(instructions) or reported(instructions)


def _filled(text: str, dialogue: Dialogue) -> str:
    output = " ".join(call.output or "" for call in dialogue.fresh)
    return text.replace("{output}", output).replace("{heard}", dialogue.heard)
