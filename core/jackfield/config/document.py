"""agents.yaml as data, with the place of every value in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jackfield.config.environment import Fault, fill
from jackfield.config.foreign import Foreign
from jackfield.config.pasted import OURS, use_our_keys
from jackfield.config.report import Page, Problem, Span, looks_secret
from jackfield.config.source import Node, Scalar, Series, Table, Where, compose


@dataclass(frozen=True)
class Document:
    """A file that could be read: its data with the environment filled in, and where everything stands."""

    page: Page
    root: Node
    data: object
    problems: list[Problem]
    unset: dict[Where, list[Problem]] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, page: Page, environ: Mapping[str, str], folder: Path) -> Document:
        """`folder` is where the file stands. Raises `source.Unreadable` for a text that is not YAML."""
        root, problems = compose(page)
        pasted = use_our_keys(root)
        values = _Values(page, environ, Foreign(environ, pasted.inputs, folder.resolve()))
        data = values.of(root, ())
        return cls(page, root, data, [*problems, *pasted.problems], values.unset, pasted.notes)

    def node(self, where: Where) -> Node | None:
        """What stands at a path, or None."""
        node: Node | None = self.root
        for part in where:
            if isinstance(node, Table) and isinstance(part, str):
                node = node.items.get(part)
            elif isinstance(node, Series) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
            else:
                return None
        return node

    def span(self, where: Where) -> Span:
        """Where a value stands: itself if it is a single one, its key otherwise; for a path that does
        not exist the nearest thing above it."""
        while where and self.node(where) is None:
            where = where[:-1]
        node = self.node(where)
        if isinstance(node, Scalar) and node.span.end > node.span.start:
            return node.span
        return self.key(where) if where else Span(0, 1)

    def key(self, where: Where) -> Span:
        """Where the key of a value stands, or, for an item of a list, the item's beginning."""
        parent, last = self.node(where[:-1]), where[-1]
        if isinstance(parent, Table) and isinstance(last, str) and last in parent.keys:
            return parent.keys[last]
        return self._beginning(self.node(where))

    def _beginning(self, node: Node | None) -> Span:
        if isinstance(node, Table) and node.keys:
            return next(iter(node.keys.values()))
        return Span(node.span.start, node.span.start + 1) if node is not None else Span(0, 1)

    def written(self, where: Where) -> str | None:
        """A single value as the file has it, before the environment is filled in; None if it is not a
        single value, or perhaps a secret. Safe to show."""
        node = self.node(where)
        if not isinstance(node, Scalar) or any(
            isinstance(part, str) and looks_secret(part) for part in where
        ):
            return None
        return str(node.value) if isinstance(node.value, str | int | float) else None


@dataclass(frozen=True)
class _Values:
    """The tree as data, the environment filled in; what that lacks is kept by its place."""

    page: Page
    environ: Mapping[str, str]
    foreign: Foreign
    unset: dict[Where, list[Problem]] = field(default_factory=dict)

    def of(self, node: Node, where: Where) -> object:
        if isinstance(node, Table):
            return {key: self.of(item, (*where, key)) for key, item in node.items.items()}
        if isinstance(node, Series):
            return [self.of(item, (*where, at)) for at, item in enumerate(node.items)]
        if not isinstance(node.value, str) or "$" not in node.value:
            return node.value
        value, faults = fill(node.value, self.environ, self.foreign if where[:1] == (OURS,) else None)
        if faults:
            self.unset[where] = [_locate(self.page, node, fault) for fault in faults]
        return value


def _locate(page: Page, node: Scalar, fault: Fault) -> Problem:
    """The reference's own place. Quoting may have changed its spelling: then the value's."""
    at = node.span.start - 1
    for _ in range(fault.nth + 1):
        at = page.text.find(fault.written, at + 1, node.span.end)
    span = Span(at, at + len(fault.written)) if at >= 0 else node.span
    return Problem(span, fault.message)
