"""Arguments in the path of an address: they stay within their segment, whatever they are. Pure.

Everything but letters, digits and `-._~` is percent-encoded (RFC 3986, section 2.3). That alone is not
enough: `..` needs no encoding and is resolved on the way, and there are servers that decode `%2F` before
they look for `..`. Such values are refused, and so is one that would leave a segment empty.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from jackfield.calls import Arguments
from jackfield.errors import ToolError
from jackfield_http.template import places, written

_PLACE = re.compile(r"\{([^{}]+)\}")
_DOTS = (".", "..")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def path_fault(path: str) -> str:
    """What is wrong with the path of a tool; "" if nothing is."""
    if not path.startswith("/"):
        return "a path begins with /, and is added to base_url"
    if "?" in path or "#" in path:
        return "a path has no ? and no #; write the query under `query`"
    if any(segment in _DOTS for segment in path.split("/")):
        return "a path has no . and .. in it"
    return ""


def filled_path(path: str, arguments: Arguments) -> str:
    """The path with its arguments. Raises `ToolError` for a value that may not stand there."""
    return "/".join(_segment(each, arguments) for each in path.split("/"))


def _segment(segment: str, arguments: Arguments) -> str:
    names = list(places(segment))
    if not names:
        return segment
    values = {name: written(arguments.get(name, "")) for name in names}
    whole = _PLACE.sub(lambda match: values[match[1]], segment)
    if not all(value.strip() for value in values.values()):
        raise ToolError(f"The arguments do not fit: {_listed(names)} must not be empty.")
    if _CONTROL.search(whole) or any(each in _DOTS for each in re.split(r"[/\\]", unquote(whole))):
        raise ToolError(f"The arguments do not fit: {_listed(names)} cannot be part of an address.")
    return _PLACE.sub(lambda match: quote(values[match[1]], safe=""), segment)


def _listed(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)
