"""What a tool's result means for a voice: one JSON-able value, images to look at, or a `ToolError`."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace

from mcp import types

from jackfield.calls import Image, Json
from jackfield.errors import ToolError
from jackfield.tools.answer import SHOWN, Answer, answer

LABEL = re.compile(r"^Error executing tool \S+: ")
"""What the Python SDK puts before the words of a tool's author; nobody wants to hear it."""

NOTHING = "It is done; there is nothing more to say about it."


def value_of(result: types.CallToolResult) -> Json:
    """The result as a value for the model (MCP, server features, tools, tool result), as an `Answer` if it
    has images or links.

    Texts are joined by newlines; what is neither text nor image is described in words, since a voice cannot
    show it. Structured content is taken where there is no text, and where the text is nothing but the same
    as JSON, which servers add for clients that only know text: data is cut at its elements where it is too
    long, text at its lines. Otherwise the text is what the server's author wants to be said. Raises
    `ToolError` with the server's own words if the tool says it failed.
    """
    blocks = [block for block in result.content if _image(block) is None]
    images = [image for block in result.content if (image := _image(block)) is not None]
    links = tuple(str(block.uri) for block in blocks if isinstance(block, types.ResourceLink))
    text = "\n".join(filter(None, map(_words, blocks)))
    if result.is_error:
        raise ToolError(LABEL.sub("", text) or "The tool failed, and did not say why.")
    value: Json = text
    if result.structured_content is not None and _says_no_more(blocks, result.structured_content):
        value = _json(result.structured_content)
    if images:
        return replace(answer([value] if value else [], images), links=links)
    return Answer(value, links=links) if links else value if value != "" else NOTHING


def _says_no_more(blocks: Sequence[types.ContentBlock], structured: Json) -> bool:
    """Whether there is no text, or none but the structured content as JSON."""
    texts = [block.text for block in blocks if isinstance(block, types.TextContent) and block.text]
    if not texts:
        return True
    try:
        return json.loads("\n".join(texts)) in (structured, _json(structured)) and len(blocks) == len(texts)
    except (ValueError, RecursionError):
        return False


def _image(block: types.ContentBlock) -> Image | None:
    match block:
        case types.ImageContent(data=data, mime_type=kind):
            return _decoded(data, kind)
        case types.EmbeddedResource(resource=types.BlobResourceContents(blob=data, mime_type=str(kind))):
            return _decoded(data, kind) if kind in SHOWN else None
        case _:
            return None


def _decoded(data: str, kind: str) -> Image:
    try:
        return Image(b64decode(data, validate=True), kind)
    except ValueError:
        return Image(b"", "of no kind: its data is not base64")


def _words(block: types.ContentBlock) -> str:
    match block:
        case types.TextContent(text=text):
            return text
        case types.AudioContent(mime_type=mime_type, data=data):
            return f"(a sound recording, {mime_type}, {_size(data)})"
        case types.ResourceLink():
            return _link(block)
        case types.EmbeddedResource(resource=types.TextResourceContents(text=text)):
            return text
        case types.EmbeddedResource(resource=types.BlobResourceContents() as blob):
            return f"(a file, {blob.mime_type or 'of unknown type'}, {_size(blob.blob)}: {blob.uri})"
        case _:
            return "(something that cannot be said)"


def _link(link: types.ResourceLink) -> str:
    about = f", {link.description}" if link.description else ""
    return f"(a link to {link.title or link.name}{about}: {link.uri})"


def _size(base64: str) -> str:
    size = len(base64) * 3 // 4
    return f"{size} bytes" if size < 1024 else f"{size // 1024} KiB"


def _json(value: object) -> Json:
    """A tool that returns a bare value has it wrapped by its SDK as the only member, `result`."""
    match value:
        case {"result": inner, **others} if not others:
            return inner
        case _:
            return value
