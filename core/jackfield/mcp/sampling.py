"""A server's wish for a model's answer (MCP, client features, sampling), served by a chat endpoint that is
declared for it, within limits. A server for which none is declared is not told that it may ask."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence

import httpx
from mcp import types
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST

from jackfield.calls import Json
from jackfield.config.servers import SamplingConfig

TIMEOUT = 60.0
"""Seconds for one answer."""

MINUTE = 60.0
MOST_BYTES = 256 * 1024
"""Of one request: a server has no business to send more through a telephone's account."""

STOPPED = {"stop": "endTurn", "length": "maxTokens"}
"""A chat endpoint's `finish_reason` as MCP's `stopReason`."""

logger = logging.getLogger(__name__)


class Sampler:
    """One per server, and the limits are per server."""

    def __init__(
        self, server: str, config: SamplingConfig, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._server = server
        self._config = config
        self._clock = clock
        self._recent: deque[float] = deque()

    async def sample(
        self, params: types.CreateMessageRequestParams
    ) -> types.CreateMessageResult | types.ErrorData:
        """The model's answer, or why there is none. Never raises but for cancellation."""
        if not self._admits(self._clock()):
            words = f"No more than {self._config.per_minute} sampling requests are served in a minute."
            return types.ErrorData(code=INVALID_REQUEST, message=words)
        try:
            body = request_of(params, self._config)
        except ValueError as error:
            return types.ErrorData(code=INVALID_PARAMS, message=str(error))
        try:
            return answer_of(await self._ask(body), self._config.model)
        except (httpx.HTTPError, ValueError) as error:
            logger.warning("sampling for MCP server %s failed: %s", self._server, _reason(error))
            return types.ErrorData(code=INTERNAL_ERROR, message="The model did not answer.")

    def _admits(self, now: float) -> bool:
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if len(self._recent) >= self._config.per_minute:
            return False
        self._recent.append(now)
        return True

    async def _ask(self, body: Json) -> Json:
        key = self._config.api_key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with httpx.AsyncClient(timeout=TIMEOUT, headers=headers) as client:
            answer = await client.post(f"{self._config.url}/chat/completions", json=body)
            answer.raise_for_status()
            told: Json = answer.json()
            return told


def request_of(params: types.CreateMessageRequestParams, config: SamplingConfig) -> dict[str, Json]:
    """The body for `POST /chat/completions`. Raises `ValueError` for what no chat endpoint takes."""
    system = [{"role": "system", "content": params.system_prompt}] if params.system_prompt else []
    messages: list[Json] = [*system, *(_message(each) for each in params.messages)]
    if len(str(messages)) > MOST_BYTES:
        raise ValueError(f"A sampling request may have {MOST_BYTES // 1024} KiB at most.")
    body: dict[str, Json] = {
        "model": config.model,
        "messages": messages,
        "max_tokens": min(params.max_tokens, config.max_tokens),
    }
    if params.temperature is not None:
        body["temperature"] = params.temperature
    if params.stop_sequences:
        body["stop"] = params.stop_sequences[:4]  # the most that such endpoints take
    return body


def answer_of(answer: Json, model: str) -> types.CreateMessageResult:
    """What the endpoint answered. Raises `ValueError` if that is no answer."""
    match answer:
        case {"choices": [{"message": {"content": str(text)}, **about}, *_], **rest}:
            stop = STOPPED.get(str(about.get("finish_reason")), "endTurn")
            return types.CreateMessageResult(
                role="assistant",
                content=types.TextContent(type="text", text=text),
                model=str(rest.get("model") or model),
                stop_reason=stop,
            )
    raise ValueError("the endpoint's answer has no text")


def _message(message: types.SamplingMessage) -> Json:
    blocks = message.content if isinstance(message.content, Sequence) else [message.content]
    return {"role": message.role, "content": [_part(block) for block in blocks]}


def _part(block: object) -> Json:
    match block:
        case types.TextContent(text=text):
            return {"type": "text", "text": text}
        case types.ImageContent(data=data, mime_type=kind):
            return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}}
        case _:
            raise ValueError("A sampling request may have texts and images only.")


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return f"{type(error).__name__}: {error}".rstrip(": ")
