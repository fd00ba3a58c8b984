"""Outputs of tools as sentences that a voice can say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from jackfield_local.minds.offers import spaced

_MOST_ENTRIES = 6
_PLUMBING = frozenset(
    {"id", "uuid", "type", "object", "status_code", "ok", "success", "created_at", "updated_at"}
)


def spoken(output: str) -> str:
    """One output as a speaker says it: text as it stands, JSON in words, an error politely.

    "" for an output that says nothing.
    """
    text = output.strip()
    if text[:1] not in {"{", "[", '"'} and text not in {"null", "true", "false"}:
        return sentence(text)
    try:
        value = json.loads(text)
    except ValueError:
        return sentence(text)
    if isinstance(value, Mapping) and (failure := _failure(value)):
        return failure
    return sentence(phrase(value))


def joined(sentences: Sequence[str]) -> str:
    """Several answers as one, none of them said twice."""
    return " ".join(dict.fromkeys(filter(None, sentences)))


def sentence(text: str) -> str:
    """The text with a capital and a full stop."""
    text = text.strip()
    if not text:
        return ""
    first = text if re.match(r"[a-z]+[A-Z]|https?:", text) else text[0].upper() + text[1:]
    return first if first[-1] in ".!?…" or first.endswith(('."', '!"', '?"')) else first.rstrip(",;:") + "."


def _failure(value: Mapping[str, object]) -> str:
    error = value.get("error")
    if not error:
        return ""
    message = value.get("message")
    if isinstance(error, Mapping):
        message = error.get("message") or message
    if not message and isinstance(error, str) and " " in error:
        message = error
    if not message:
        return "I'm sorry, that did not work."
    text = sentence(str(message))
    if re.match(r"(?:I'm |I am |we're )?sorry", text, re.IGNORECASE):
        return text
    return f"I'm sorry. {text}"


def phrase(value: object) -> str:
    """A JSON value in words, without a full stop of its own."""
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list):
        return _list(value)
    return _scalar(value)


def _scalar(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _object(value: Mapping[str, object]) -> str:
    """One entry is its value; several are named: "status: ready" is "the status is ready"."""
    entries = {
        key: each for key, each in value.items() if each not in (None, "", [], {}) and key not in _PLUMBING
    }
    entries = entries or {key: each for key, each in value.items() if each is not None}
    for key in ("text", "message", "answer", "result", "summary"):
        if isinstance(text := entries.get(key), str | list | Mapping) and (
            text and (len(entries) == 1 or " " in text)
        ):
            return phrase(text)
    if not entries:
        return "done"
    return ", ".join(_entry(key, each) for key, each in list(entries.items())[:_MOST_ENTRIES])


def _entry(key: str, value: object) -> str:
    name = spaced(key)
    if isinstance(value, bool):
        verb = name if name.startswith(("is ", "has ", "in ", "can ")) else f"{name}:"
        return f"{verb}: {_scalar(value)}".replace("::", ":")
    if isinstance(value, list):
        return f"{name}: {_list(value)}"
    if isinstance(value, Mapping):
        return f"{name}: {_object(value)}"
    return f"the {name} is {_scalar(value)}"


def _list(values: Sequence[object]) -> str:
    if not values:
        return "there are none"
    said = [phrase(each).rstrip(".") for each in values[:_MOST_ENTRIES]]
    more = len(values) - len(said)
    if any(isinstance(each, Mapping) for each in values):
        lead = f"there are {len(values)}: " if len(values) > 1 else ""
        return lead + "; ".join(said) + (f"; and {more} more" if more else "")
    said += [f"{more} more"] if more else []
    return said[0] if len(said) == 1 else ", ".join(said[:-1]) + " and " + said[-1]
