"""What agents' instructions take from a server: its prompts and resources, read when it is ready and again
when it says that they have changed. Nobody waits for them."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Protocol

from mcp import types

from jackfield.config.agents import Briefing
from jackfield.mcp.faults import reason

MOST_CHARACTERS = 16_000
"""Of one of them; instructions have a limit, and are paid for."""

logger = logging.getLogger(__name__)


class Library(Protocol):
    """A connection, as a reader sees it."""

    async def prompt(self, name: str, arguments: dict[str, str]) -> types.GetPromptResult: ...

    async def resource(self, uri: str) -> types.ReadResourceResult: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """One prompt, or one resource, by its name or address."""

    prompt: str
    resource: str
    arguments: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, briefing: Briefing) -> Wanted:
        return cls(briefing.prompt or "", briefing.resource or "", tuple(sorted(briefing.arguments.items())))

    def __str__(self) -> str:
        return f"the prompt {self.prompt}" if self.prompt else f"the resource {self.resource}"


@dataclass(slots=True)
class Briefs:
    """One server's, by what is wanted; "" for what was not read yet. `want` may be called from any thread."""

    server: str
    texts: dict[Wanted, str] = field(default_factory=dict)

    def want(self, wanted: Wanted) -> bool:
        """It is read from now on. False if it was before."""
        if wanted in self.texts:
            return False
        self.texts[wanted] = ""
        return True

    async def read(self, library: Library) -> bool:
        """Read all of them (again). Whether any is not what it was; what cannot be read stays as it was."""
        changed = False
        for wanted in list(self.texts):
            try:
                text = await _read(library, wanted)
            except Exception as error:
                logger.warning("MCP server %s does not give %s: %s", self.server, wanted, reason(error))
                continue
            changed = changed or text != self.texts[wanted]
            self.texts[wanted] = text
        return changed


async def _read(library: Library, wanted: Wanted) -> str:
    if wanted.prompt:
        text = words_of_prompt(await library.prompt(wanted.prompt, dict(wanted.arguments)))
    else:
        text = words_of_resource(await library.resource(wanted.resource))
    return text[:MOST_CHARACTERS].strip()


def words_of_prompt(result: types.GetPromptResult) -> str:
    """The texts of a prompt, with an empty line between; it is said which of them the model has said."""
    texts = []
    for message in result.messages:
        match message.content:
            case types.TextContent(text=text):
                texts.append(text if message.role == "user" else f"You have said: {text}")
            case types.EmbeddedResource(resource=types.TextResourceContents(text=text)):
                texts.append(text)
    return "\n\n".join(texts)


def words_of_resource(result: types.ReadResourceResult) -> str:
    """The texts of a resource; what is no text cannot be in instructions."""
    return "\n\n".join(each.text for each in result.contents if isinstance(each, types.TextResourceContents))
