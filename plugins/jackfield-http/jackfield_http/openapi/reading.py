"""Where OpenAPI documents come from: a file, or an address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import yaml

from jackfield.calls import Json
from jackfield.errors import PluginError

_MOST_BYTES = 8 * 1024 * 1024
_WITHIN = 10.0


def document(place: str) -> Mapping[str, Json]:
    """Raises `PluginError` for what cannot be read, or is no OpenAPI document of version 3."""
    text = _fetched(place) if place.startswith(("http://", "https://")) else _from_file(Path(place))
    read = _parsed(place, text)
    version = read.get("openapi") if isinstance(read, Mapping) else None
    if not isinstance(read, Mapping) or not str(version).startswith("3."):
        older = isinstance(read, Mapping) and "swagger" in read
        advice = "is Swagger 2; convert it to OpenAPI 3" if older else "is no OpenAPI document of version 3"
        raise PluginError(f"{_shown(place)} {advice}")
    return read


def _from_file(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PluginError(f"{path} cannot be read: {error.strerror}") from None
    return _decoded(str(path), data)


def _fetched(url: str) -> str:
    try:
        with httpx.stream("GET", url, timeout=_WITHIN, follow_redirects=True) as response:
            response.raise_for_status()
            data = bytearray()
            for piece in response.iter_bytes():
                data += piece
                if len(data) > _MOST_BYTES:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        status = f"{error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else "no answer"
        raise PluginError(f"{_shown(url)} cannot be read ({status}); save the document as a file") from None
    return _decoded(_shown(url), bytes(data))


def _decoded(place: str, data: bytes) -> str:
    if len(data) > _MOST_BYTES:
        raise PluginError(f"{place} is larger than {_MOST_BYTES // 1024 // 1024} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PluginError(f"{place} is not UTF-8") from None


def _parsed(place: str, text: str) -> Json:
    try:
        if text.lstrip().startswith("{"):
            read: Json = json.loads(text)
        else:
            # YAML has dates, and numbers as keys; JSON has neither.
            loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            read = json.loads(json.dumps(loaded, default=str))
    except (ValueError, TypeError, yaml.YAMLError, RecursionError) as error:
        line = (str(error).splitlines() or [""])[0][:160]
        raise PluginError(f"{_shown(place)} is neither JSON nor YAML: {line}") from None
    return read


def _shown(place: str) -> str:
    """Without what may be secret in an address."""
    return place.partition("?")[0]
