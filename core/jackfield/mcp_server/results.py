"""From how a call ended to what the client is answered (MCP, server features, tools). Decisions only."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from mcp import types

from jackfield.calls import Outcome, OutcomeKind


def result_of(outcome: Outcome) -> types.CallToolResult:
    """A value as text, and as structured content where it is a mapping that was not cut; images after it.
    Whatever else is an error, in the sentence that a model is told."""
    if outcome.kind is not OutcomeKind.VALUE:
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=outcome.message)], is_error=True
        )
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=outcome.output)]
    content += [
        types.ImageContent(type="image", data=b64encode(image.data).decode(), mime_type=image.media_type)
        for image in outcome.images
    ]
    value = outcome.value
    if isinstance(value, Mapping) and not outcome.handle:
        return types.CallToolResult(content=content, structured_content=dict(value))
    return types.CallToolResult(content=content)
