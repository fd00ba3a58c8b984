"""What callers are likely to say to this agent: phrases that the ears should prefer."""

from __future__ import annotations

from collections.abc import Iterator

from .session_settings import SessionSettings
from .shapes import Event


def words_of(settings: SessionSettings) -> tuple[str, ...]:
    """The agent's tools in their own words, and the keywords the client configured."""
    phrases = [phrase for tool in settings.tools for phrase in _phrases(tool)]
    transcription = settings.transcription or {}
    keywords = transcription.get("keywords", [])
    prompt = str(transcription.get("prompt", ""))
    phrases += [str(word) for word in keywords] if isinstance(keywords, list) else []
    return tuple(dict.fromkeys(phrase for phrase in [*phrases, prompt] if phrase))


def _phrases(tool: Event) -> Iterator[str]:
    yield str(tool["name"]).replace("__", " ").replace("_", " ")
    yield str(tool.get("description", ""))
    parameters = tool.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    for schema in properties.values() if isinstance(properties, dict) else []:
        if isinstance(schema, dict):
            yield str(schema.get("description", ""))
            choices = schema.get("enum", [])
            yield from (str(one) for one in choices if isinstance(choices, list))
