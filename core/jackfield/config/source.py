"""A YAML text as a tree that remembers where everything stands.

The tree is made from PyYAML's events rather than by its loader, for four reasons: duplicate keys are
found, depth and size are bounded, no tag can construct anything, and plain words mean what YAML 1.2
(and so every editor) takes them for: `no` is Norwegian and `10:30` a time of day, both of them text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from jackfield.config.report import Page, Problem, Span
from jackfield.config.yaml_errors import syntax_problem

MOST_DEPTH = 40
MOST_NODES = 50_000  # aliases counted as often as they are used

Where = tuple[str | int, ...]
"""The keys and indices that lead from the top of the file to a value."""

# JSON is YAML but for the tabs that may indent it; a pasted block has them.
_JSON_TABS = re.compile(r"^[ ]*\t[ \t]*(?=[\"{}\[\]])", re.MULTILINE)

_CORE = "tag:yaml.org,2002:"
_INT = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, object] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Unreadable(Exception):  # noqa: N818 - it never leaves this package
    """The text is not YAML, or more of it than anybody writes by hand."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `value` is text, a number, a boolean or None."""

    span: Span
    value: object


@dataclass(frozen=True, slots=True)
class Series:
    span: Span
    items: list[Node]


@dataclass(frozen=True, slots=True)
class Table:
    """Keys in the order of the file; `keys` says where each of them stands."""

    span: Span
    items: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Span] = field(default_factory=dict)


Node = Scalar | Series | Table


def compose(page: Page) -> tuple[Node, list[Problem]]:
    """Read a text. The problems are those that leave a readable tree; raises `Unreadable` for others."""
    composer = _Composer(page)
    try:
        root = composer.document()
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        problem = syntax_problem(page, error)
    else:
        return root, composer.problems
    raise Unreadable(problem)


class _Composer:
    """Turns the stream of events into one tree."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[Problem] = []
        self._events: Iterator[yaml.Event] = iter(
            yaml.parse(_JSON_TABS.sub(_as_spaces, page.text), Loader=yaml.SafeLoader)
        )
        self._anchors: dict[str, Node | None] = {}
        self._sizes: dict[int, int] = {}

    def document(self) -> Node:
        events = self._events
        next(events)  # the stream starts
        if isinstance(next(events), yaml.StreamEndEvent):
            return Table(Span(0, 0))
        root = self._node(next(events), 0)
        next(events)  # the document ends
        rest = next(events)
        if not isinstance(rest, yaml.StreamEndEvent):
            raise Unreadable(
                Problem(_span(rest), 'a second document starts here; keep to one, without "---"')
            )
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if depth > MOST_DEPTH:
            raise Unreadable(Problem(_span(event), f"nested more than {MOST_DEPTH} levels deep"))
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node: Node = Scalar(_span(event), self._value(event))
            size = 1
        else:
            self._refuse_tag(event)
            node = (self._series if isinstance(event, yaml.SequenceStartEvent) else self._table)(event, depth)
            size = 1 + sum(self._sizes[id(child)] for child in children(node))
        self._bound(node, size)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _bound(self, node: Node, size: int) -> None:
        if size > MOST_NODES:
            raise Unreadable(Problem(node.span, f"more than {MOST_NODES} values, aliases counted"))
        self._sizes[id(node)] = size

    def _alias(self, event: yaml.AliasEvent) -> Node:
        if event.anchor not in self._anchors:
            raise Unreadable(
                Problem(_span(event), f'no "&{event.anchor}" stands above this "*{event.anchor}"')
            )
        node = self._anchors[event.anchor]
        if node is None:
            raise Unreadable(Problem(_span(event), f'"&{event.anchor}" cannot contain itself'))
        return node

    def _series(self, start: yaml.Event, depth: int) -> Series:
        series = Series(_span(start), [])
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            series.items.append(self._node(event, depth + 1))
        return series

    def _table(self, start: yaml.Event, depth: int) -> Table:
        table = Table(_span(start))
        merged: list[Node] = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event)
            value = self._node(next(self._events), depth + 1)
            if key == "<<" and not isinstance(value, Scalar):
                merged.extend(value.items if isinstance(value, Series) else [value])
            elif key in table.items:
                line, _ = self.page.position(table.keys[key].start)
                message = f'duplicate key "{key}"; it stands already on line {line}'
                self.problems.append(Problem(_span(event), message))
            else:
                table.items[key], table.keys[key] = value, _span(event)
        for other in merged:
            if isinstance(other, Table):
                _merge(other, table)
        return table

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        raise Unreadable(Problem(_span(event), "a key must be a plain word"))

    def _value(self, event: yaml.ScalarEvent) -> object:
        text = str(event.value)
        if event.tag is None or event.tag == "!":
            return _plain(text) if event.implicit[0] and event.tag is None else text
        if event.tag == _CORE + "str":
            return text
        self._refuse_tag(event)
        return _plain(text)

    def _refuse_tag(self, event: yaml.NodeEvent) -> None:
        known = ("map", "seq", "null", "bool", "int", "float")
        tag = str(getattr(event, "tag", None) or "!")
        if tag not in {"!", *(_CORE + name for name in known)}:
            self.problems.append(
                Problem(_span(event), f'the tag "{tag.replace(_CORE, "!!")}" means nothing here')
            )


def children(node: Node) -> Iterable[Node]:
    """The values directly below a node."""
    if isinstance(node, Scalar):
        return ()
    return node.items.values() if isinstance(node, Table) else node.items


def _merge(other: Table, table: Table) -> None:
    for key, value in other.items.items():
        if key not in table.items:
            table.items[key], table.keys[key] = value, other.keys[key]


def _as_spaces(indent: re.Match[str]) -> str:
    """As long as before: every offset stays what it is."""
    return " " * len(indent[0])


def _plain(text: str) -> object:
    """What an unquoted word means: YAML 1.2's core schema, without its infinities."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None  # events read from a text have marks
    return Span(start.index, end.index)
