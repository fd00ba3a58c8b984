"""What is worth knowing about a file that is right."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jackfield.config.document import Document
from jackfield.config.languages import is_known
from jackfield.config.models import Config
from jackfield.config.report import Problem, did_you_mean, looks_secret
from jackfield.config.routes import ringing
from jackfield.config.source import Node, Scalar, Series, Table, Where

VOICES = ("marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
"""The voices of the Realtime API. A service may have more."""

_KINDS_WITH_THESE_VOICES = ("azure", "openai", "local")


def notes(document: Document, config: Config, used: Collection[str]) -> list[Problem]:
    """All notes, in no particular order."""
    return [
        *document.notes,
        *_unused_providers(document, used),
        *_silent_phones(document, used),
        *_voices(document, config),
        *_languages(document, config),
        *_handoffs(document, config),
        *_silent_agents(document, config),
        *_plain_secrets(document.root, ()),
    ]


def of_a_provider(where: Where) -> bool:
    """Whether a place is inside the section of one provider."""
    return len(where) > 2 and where[0] == "providers"


def _unused_providers(document: Document, used: Collection[str]) -> Iterator[Problem]:
    for where, problems in document.unset.items():
        if of_a_provider(where) and where[1] not in used:
            yield from (Problem(p.span, f"{p.message} before an agent uses {where[1]}") for p in problems)


def _silent_phones(document: Document, used: Collection[str]) -> Iterator[Problem]:
    for name in ringing(document):
        if name not in used:
            message = f"no agent lives at {name}, so calls that ring there are not answered"
            yield Problem(document.key(("providers", name, "webhook_secret")), message)


def _voices(document: Document, config: Config) -> Iterator[Problem]:
    for name, agent in config.agents.items():
        kind = config.providers[agent.provider].kind
        if agent.transfer is not None or kind not in _KINDS_WITH_THESE_VOICES:
            continue
        if agent.voice not in VOICES and not agent.voice.startswith("voice_"):
            own: Where = ("agents", name, "voice")
            where = own if document.node(own) is not None else ("defaults", "voice")
            written = document.written(where) or "this"
            message = f'the voice "{written}" is not one of those known for {kind}'
            yield Problem(document.span(where), message + did_you_mean(written, VOICES))


def _languages(document: Document, config: Config) -> Iterator[Problem]:
    places: list[Where] = [("defaults",), *(("agents", name) for name in config.agents)]
    for place in places:
        series = document.node((*place, "languages"))
        for at, item in enumerate(series.items if isinstance(series, Series) else ()):
            if isinstance(item, Scalar) and not is_known(str(item.value)):
                where = (*place, "languages", at)
                message = f'the model is told of "{document.written(where)}" by its code: it has no name here'
                yield Problem(document.span(where), message)


def _handoffs(document: Document, config: Config) -> Iterator[Problem]:
    for name, agent in config.agents.items():
        for at, handoff in enumerate(agent.handoffs):
            other = config.agents[handoff.to]
            if other.transfer is not None:
                continue
            span = document.span(("agents", name, "handoffs", at, "to"))
            if other.provider != agent.provider:
                message = f"{handoff.to} lives at another provider ({other.provider})"
                yield Problem(span, f"{message}: this handoff needs a new session")
            elif other.voice != agent.voice:
                message = f"{handoff.to} speaks as {other.voice}, {name} as {agent.voice}"
                yield Problem(span, f"{message}: a voice that was heard can change only in a new session")


def _silent_agents(document: Document, config: Config) -> Iterator[Problem]:
    for name, agent in config.agents.items():
        if agent.transfer is None and not agent.instructions.strip():
            yield Problem(
                document.key(("agents", name)), f"{name} has no instructions: the model is on its own"
            )


def _plain_secrets(node: Node, where: Where) -> Iterator[Problem]:
    if isinstance(node, Table):
        for key, item in node.items.items():
            yield from _plain_secrets(item, (*where, key))
    elif isinstance(node, Scalar) and isinstance(node.value, str) and where and looks_secret(str(where[-1])):
        message = "a secret stands in the file; put it in the environment and write ${NAME} here"
        yield from () if "${" in node.value else (Problem(node.span, message),)
