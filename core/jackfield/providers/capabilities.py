"""What services and models know of the session object (realtime protocol §1.8, §2).

One table for all: an option that a service or a model does not know is not sent to it, because it would
refuse the whole session for it, and `jackfield check` says so at its place. docs/reference/capabilities.md
is drawn from here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jackfield.calls import Json
from jackfield.config.hearing import TAKES_SEVERAL_LANGUAGES
from jackfield.protocol.models import family_of

Path = tuple[str, ...]

TRANSCRIPTION: Path = ("audio", "input", "transcription")

OPTIONS: Mapping[str, Path] = MappingProxyType(
    {
        "noise_reduction": ("audio", "input", "noise_reduction"),
        "truncation": ("truncation",),
        "include": ("include",),
        "tracing": ("tracing",),
        "prompt": ("prompt",),
        "reasoning": ("reasoning",),
        "parallel_tool_calls": ("parallel_tool_calls",),
    }
)
"""Keys of an agent, and where they stand in the session object."""

EVERYWHERE = frozenset({"noise_reduction", "truncation", "include"})
PLATFORM = frozenset({"tracing", "prompt"})
"""Features of OpenAI's platform; Azure's pages have none of them."""
REASONING = frozenset({"reasoning", "parallel_tool_calls"})
"""Of models that reason; the others refuse them."""

EFFORTS = ("minimal", "low", "medium", "high", "xhigh")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of provider: the options it knows, whatever the model, and the efforts of reasoning. The model
    of the embedded server is none of the families, and takes everything."""

    options: frozenset[str]
    efforts: tuple[str, ...] = EFFORTS
    takes_all: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "openai": Kind(EVERYWHERE | PLATFORM),
        "azure": Kind(EVERYWHERE, EFFORTS[:4]),
        "local": Kind(EVERYWHERE | {"tracing"}, takes_all=True),
    }
)

MODELS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "gpt-realtime-2": REASONING,
        "gpt-realtime": frozenset(),
        "gpt-4o-realtime": frozenset(),
        "gpt-4o-mini-realtime": frozenset(),
    }
)
"""What the families of models know beyond what their service does."""

_SEVERAL = frozenset({"languages", "keywords", "prompt"})
_ONE = frozenset({"language", "prompt"})
TRANSCRIBERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "whisper-1": _ONE,
        "gpt-4o-transcribe": _ONE,
        "gpt-4o-mini-transcribe": _ONE,
        **dict.fromkeys(TAKES_SEVERAL_LANGUAGES, _SEVERAL),
        "gpt-realtime-whisper": frozenset({"language", "delay"}),
    }
)
"""The keys of `transcription` that a recogniser knows, by the beginning of its name (§2.3). One that is not
here, as a deployment of one's own, is sent all."""


@dataclass(frozen=True, slots=True)
class Lack:
    """An option that is not sent: its key in agents.yaml, with dots, and a sentence that says why."""

    option: str
    why: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one service with one model knows. `also` are options that its owner vouches for."""

    kind: str
    model: str
    also: frozenset[str] = frozenset()

    @property
    def options(self) -> frozenset[str]:
        known = KINDS[self.kind]
        family = REASONING if known.takes_all else MODELS.get(family_of(self.model), frozenset())
        return known.options | family | self.also

    def fitted(self, session: Mapping[str, Json]) -> dict[str, Json]:
        """The session object without what is not known here."""
        fitted = dict(session)
        for lack in self.lacks(session):
            fitted = _without(fitted, path_of(lack.option))
        return fitted

    def lacks(self, session: Mapping[str, Json]) -> list[Lack]:
        """What of a session object is not known here."""
        said = {option: _at(session, path) for option, path in OPTIONS.items()}
        lacks = [
            Lack(option, self._why(option))
            for option, value in said.items()
            if value is not None and option not in self.options
        ]
        return [*lacks, *self._effort(said["reasoning"]), *_transcription(_at(session, TRANSCRIPTION))]

    def _effort(self, reasoning: Json) -> Iterator[Lack]:
        known = KINDS[self.kind].efforts
        effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
        if effort is not None and effort not in known and "reasoning" in self.options - self.also:
            yield Lack("reasoning", f"{self.kind} knows the efforts {', '.join(known)}, not {effort}")

    def _why(self, option: str) -> str:
        if option not in REASONING:
            return f"{self.kind} does not know it"
        if family_of(self.model):
            return f"{self.model} is not a model that reasons"
        hint = '; say with "model" what is deployed there' if self.kind == "azure" else ""
        return f'it is for models that reason, and whether "{self.model}" is one is not known{hint}'


def capabilities_of(kind: str, model: str, also: Collection[str] = ()) -> Capabilities | None:
    """None for kinds that a plugin brings: such a service is sent everything."""
    return Capabilities(kind, model, frozenset(also)) if kind in KINDS else None


def path_of(option: str) -> Path:
    """Where an option stands in the session object; also a part of one (`transcription.keywords`)."""
    head, _, rest = option.partition(".")
    return (*TRANSCRIPTION, rest) if head == "transcription" else OPTIONS[head]


def _transcription(section: Json) -> Iterator[Lack]:
    if not isinstance(section, dict):
        return
    model = str(section.get("model", ""))
    known = next((keys for name, keys in TRANSCRIBERS.items() if model.startswith(name)), None)
    if known is not None:
        for key in sorted(section.keys() - known - {"model"}):
            yield Lack(f"transcription.{key}", f"{model} does not know it")


def _at(tree: Json, path: Path) -> Json:
    for key in path:
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _without(tree: Mapping[str, Json], path: Path) -> dict[str, Json]:
    head, *rest = path
    below = tree.get(head)
    if rest and isinstance(below, dict):
        return {**tree, head: _without(below, tuple(rest))}
    return {key: value for key, value in tree.items() if key != head}
