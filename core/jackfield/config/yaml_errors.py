"""What PyYAML says about a text it cannot read, in words for the person who wrote it."""

from __future__ import annotations

import yaml

from jackfield.config.report import Page, Problem, Span

# The beginning of PyYAML's sentence → ours.
_WORDS = {
    "mapping values are not allowed": 'a ":" cannot stand here; quote the text, or check the indentation',
    "found character '\\t'": "a tab cannot indent; use spaces",
    "found character '@'": 'a value cannot begin with "@"; put it in quotes',
    "found character '`'": 'a value cannot begin with "`"; put it in quotes',
    "found character '%'": 'a value cannot begin with "%"; put it in quotes',
    "could not find expected ':'": 'a ":" is missing after this key',
    "expected <block end>, but found '<block seq": "this item is indented differently from those above",
    "expected <block end>, but found": "this is indented differently from what stands above it",
    "expected ',' or ']'": 'this list is not closed: a "," or a "]" is missing',
    "expected ',' or '}'": 'this mapping is not closed: a "," or a "}" is missing',
    "found unexpected end of stream": "this quotation is never closed",
    "expected alphabetic or numeric character": 'a name must follow "&" or "*"; quote it if it is text',
    "expected the node content, but found": "a value cannot begin like this; put it in quotes",
    "found unknown escape character": 'no such escape in double quotes; write "\\\\" for a backslash',
    "sequence entries are not allowed here": "a list cannot begin here; start it on a line of its own",
}

# Where the beginning of the thing says more than the place at which the reader gave up.
_AT_THE_START = ("found unexpected end of stream", "could not find expected ':'", "expected ',' or")


def syntax_problem(page: Page, error: Exception) -> Problem:
    """Place and words for whatever reading the text raised."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _marked(page, error)
    if isinstance(error, yaml.reader.ReaderError):
        at = int(error.position)
        return Problem(Span(at, at + 1), f"the character {_code(error.character)} cannot stand in YAML")
    return Problem(Span(0, 1), f"not readable as YAML ({error})")


def _code(character: object) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else f"U+{ord(str(character)[0]):04X}"


def _marked(page: Page, error: yaml.MarkedYAMLError) -> Problem:
    said = error.problem or error.context or "not readable as YAML"
    mark = error.problem_mark or error.context_mark
    if said.startswith(_AT_THE_START) and error.context_mark is not None:
        mark = error.context_mark
    words = next((ours for theirs, ours in _WORDS.items() if said.startswith(theirs)), said)
    start = min(mark.index, len(page.text)) if mark is not None else 0
    return Problem(Span(start, start + 1), words)
