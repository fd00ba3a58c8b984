"""The reference of notices tells what the code tells, and no more."""

import re
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import get_origin, get_type_hints

from jackfield import notices
from jackfield.calls import OutcomeKind
from jackfield.conversation import notices as of_lines
from jackfield.mcp import notices as of_servers
from jackfield.notices import Notice

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "notices.md").read_text()
FIRST_FIELD = "at"

IN_WORDS = {
    str: "text",
    OutcomeKind: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    list: "list of text",
    dict: "mapping of text to text",
}


def described() -> dict[str, dict[str, str]]:
    """Each notice on the page, with its fields and their types, in order."""
    sections = re.split(r"^### `(\w+)`$", PAGE, flags=re.MULTILINE)[1:]
    return {
        name: dict(re.findall(r"^\| `(\w+)` \| ([\w ]+?) \|", text, flags=re.MULTILINE))
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }


def declared() -> dict[str, dict[str, str]]:
    values = [*vars(notices).values(), *vars(of_servers).values(), *vars(of_lines).values()]
    kinds = dict.fromkeys(kind for kind in values if isinstance(kind, type) and issubclass(kind, Notice))
    return {
        re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower(): {
            name: in_words(hint) for name, hint in own_fields(kind).items()
        }
        for kind in kinds
        if kind is not Notice
    }


def own_fields(kind: type[Notice]) -> dict[str, type | UnionType]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.name != FIRST_FIELD}


def in_words(hint: type | UnionType) -> str:
    return IN_WORDS.get(get_origin(hint) or hint, "mapping")


def test_every_notice_is_described_with_all_its_fields_in_order() -> None:
    assert [(name, list(told.items())) for name, told in described().items()] == [
        (name, list(told.items())) for name, told in declared().items()
    ]


def test_every_outcome_is_named() -> None:
    (row,) = re.findall(r"^\| `outcome` \|.*$", PAGE, flags=re.MULTILINE)
    assert re.findall(r"`(\w+)`", row)[1:] == [kind.value for kind in OutcomeKind]
