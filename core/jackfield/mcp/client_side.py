"""What a server may ask of its client: a question to the caller, a model's answer, the roots; and its log."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from mcp import types
from mcp.client.context import ClientRequestContext

from jackfield.calls import Json
from jackfield.config.servers import McpServerConfig
from jackfield.mcp.elicitation import CANCELLED, inquiry_of, result_of
from jackfield.mcp.errand import ERRAND, Errand, whose
from jackfield.mcp.redaction import redacted
from jackfield.mcp.sampling import Sampler

LEVELS: Mapping[str, int] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "alert": logging.CRITICAL,
    "emergency": logging.CRITICAL,
}

LOG_LEVEL: types.LoggingLevel = "info"
"""From here on a modern server sends what it logs (2026-07-28: it is asked for with each request)."""

MOST_LOGGED = 2_000
"""Characters of one entry."""

logger = logging.getLogger(__name__)


class ClientSide:
    """One per connection. `under_way` are the function calls that the server has in hand."""

    def __init__(self, server: str, config: McpServerConfig, under_way: list[Errand]) -> None:
        self._server = server
        self._config = config
        self._under_way = under_way
        self._log = logging.getLogger(f"jackfield.mcp.{server}")
        self.sampler = Sampler(server, config.sampling) if config.sampling else None

    async def elicit(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult | types.ErrorData:
        """The caller whose function call it is about is asked; the others are left in peace."""
        errand = whose(ERRAND.get(), self._under_way)
        inquiry = inquiry_of(params)
        if errand is None or inquiry is None:
            logger.warning(
                "MCP server %s asks something that nobody can be asked: %.200s", self._server, params.message
            )
            return CANCELLED
        return result_of(inquiry, await errand.ask(inquiry))

    async def sample(
        self, context: ClientRequestContext, params: types.CreateMessageRequestParams
    ) -> types.CreateMessageResult | types.ErrorData:
        """Only where a chat endpoint is declared: otherwise the server is not told that it may ask."""
        assert self.sampler is not None, "not declared as a capability"
        return await self.sampler.sample(params)

    async def roots(self, context: ClientRequestContext) -> types.ListRootsResult:
        """The folders that agents.yaml names for this server, and no others."""
        folders = [Path(folder) for folder in self._config.roots]
        return types.ListRootsResult(
            roots=[
                types.Root.model_validate({"uri": folder.as_uri(), "name": folder.name}) for folder in folders
            ]
        )

    async def log(self, params: types.LoggingMessageNotificationParams) -> None:
        """Into the log of the program, as `jackfield.mcp.SERVER`."""
        words = params.data if isinstance(params.data, str) else _json(params.data)
        self._log.log(LEVELS[params.level], "%s", redacted(words[:MOST_LOGGED], self._config))


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
