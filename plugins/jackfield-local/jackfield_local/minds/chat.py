"""A mind of your own: any OpenAI-compatible chat endpoint, with streaming and function calling."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield_local.minds.messages import messages_of, tools_of
from jackfield_local.phrases import cut
from jackfield_local.speech import Call, Say, Thought

_MOST_ERROR_TEXT = 300


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """Where the model is. `base_url` is what stands before `/chat/completions`."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds without a byte after which the response is given up."""
    options: Mapping[str, object] = field(default_factory=dict)
    """Passed on in the request as they are: temperature, max_tokens, …"""


@dataclass(slots=True)
class _Streamed:
    """A function call as it comes in, in pieces."""

    name: str = ""
    arguments: str = ""


class ChatMind:
    """`Mind` that asks a language model. Text is passed on phrase by phrase, function calls when whole.

    Errors: `ProviderUnreachable` where no answer came or it broke off, `ProviderRefused` where the answer
    was no, or nothing that can be understood. Leaving the iteration early closes the request.
    """

    def __init__(self, settings: ChatSettings) -> None:
        self._settings = settings
        headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        timeout = httpx.Timeout(settings.timeout, connect=min(5.0, settings.timeout))
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout)

    def prepare(self, tools: Sequence[Mapping[str, object]]) -> None:
        """The endpoint is told with each request."""

    async def respond(self, thought: Thought) -> AsyncIterator[Say | Call]:
        """One response: phrases as they are finished, then the function calls."""
        waiting, calls = "", dict[int, _Streamed]()
        async for delta in self._deltas(self._request(thought)):
            ready, waiting = cut(waiting + _text(delta.get("content")))
            if ready:
                yield Say(ready)
            _collect(delta.get("tool_calls"), calls)
        if waiting:
            yield Say(waiting)
        for index in sorted(calls):
            yield Call(calls[index].name, _arguments(calls[index]))

    async def aclose(self) -> None:
        """Close the connections. Idempotent."""
        await self._client.aclose()

    def _request(self, thought: Thought) -> dict[str, object]:
        body: dict[str, object] = {
            **self._settings.options,
            "model": self._settings.model,
            "messages": messages_of(thought),
            "stream": True,
        }
        if thought.tools:
            body |= {"tools": tools_of(thought.tools), "tool_choice": _tool_choice(thought.tool_choice)}
        return body

    async def _deltas(self, body: Mapping[str, object]) -> AsyncIterator[Mapping[str, object]]:
        url = self._settings.base_url.rstrip("/") + "/chat/completions"
        try:
            async with self._client.stream("POST", url, json=body) as response:
                if response.is_error:
                    raise await _refusal(response, url)
                async for line in response.aiter_lines():
                    if (delta := _delta(line)) is not None:
                        yield delta
        except httpx.TransportError as error:
            what = str(error) or type(error).__name__
            raise ProviderUnreachable(
                f"the chat model at {url} did not answer ({what}); is it running, and is base_url right?"
            ) from error


def _delta(line: str) -> Mapping[str, object] | None:
    """The piece of a message in one line of the stream; None for lines without one."""
    data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
    if not data or data == "[DONE]":
        return None
    try:
        event = json.loads(data)
    except ValueError:
        raise ProviderRefused(f"the chat model sent something that is not JSON: {data[:80]!r}") from None
    if not isinstance(event, dict):
        raise ProviderRefused(f"the chat model sent something that is no object: {data[:80]!r}")
    if event.get("error"):
        raise ProviderRefused(f"the chat model failed: {_error_text(event)}")
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    delta = first.get("delta") if isinstance(first, dict) else None
    return delta if isinstance(delta, dict) else None


async def _refusal(response: httpx.Response, url: str) -> ProviderRefused:
    await response.aread()
    try:
        text = _error_text(response.json())
    except ValueError:
        text = response.text
    message = f"the chat model at {url} answered {response.status_code}: {text[:_MOST_ERROR_TEXT]}"
    return ProviderRefused(message, status=response.status_code)


def _error_text(value: object) -> str:
    error = value.get("error") if isinstance(value, dict) else value
    message = error.get("message") if isinstance(error, dict) else error
    return str(message)[:_MOST_ERROR_TEXT]


def _text(content: object) -> str:
    return content if isinstance(content, str) else ""


def _tool_choice(choice: str | Mapping[str, object]) -> object:
    if isinstance(choice, Mapping):
        return {"type": "function", "function": {"name": choice.get("name")}}
    return choice


def _collect(pieces: object, calls: dict[int, _Streamed]) -> None:
    for piece in pieces if isinstance(pieces, list) else []:
        if not isinstance(piece, dict):
            continue
        index = piece.get("index")
        call = calls.setdefault(index if isinstance(index, int) else len(calls), _Streamed())
        function = piece.get("function")
        if isinstance(function, dict):
            call.name += _text(function.get("name"))
            call.arguments += _text(function.get("arguments"))


def _arguments(call: _Streamed) -> Mapping[str, object]:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        arguments = None
    if not isinstance(arguments, dict):
        raise ProviderRefused(f"the chat model called {call.name!r} with arguments that are no JSON object")
    return arguments
