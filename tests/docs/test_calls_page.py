"""The page about the policies of calls names each of them, with its default, and shows each."""

import re
from dataclasses import fields
from pathlib import Path

from jackfield.calls import CallPolicy
from jackfield.config.values import seconds, size

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "calls.md").read_text()
ROWS = dict(re.findall(r"^\| \[`(\w+)`\]\(#\1\) \| `?([^|`]+)`? \|", PAGE, flags=re.MULTILINE))


def as_written(text: str) -> object:
    """A default as the table has it."""
    if text == "by its kind":
        return None
    if text in ("true", "false"):
        return text == "true"
    for read in (int, seconds, size):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def test_every_policy_is_in_the_table_with_its_default_and_no_other() -> None:
    assert {name: as_written(text.strip()) for name, text in ROWS.items()} == {
        field.name: field.default for field in fields(CallPolicy)
    }


def test_every_policy_is_shown_in_a_file_and_at_work() -> None:
    sections = dict(zip(ROWS, (section(name) for name in ROWS), strict=True))
    assert not [name for name, text in sections.items() if "```yaml" not in text]
    assert [name for name, text in sections.items() if "```python" not in text] in ([], ["isolation"])


def section(name: str) -> str:
    return re.split(rf"^## {name}$", PAGE, flags=re.MULTILINE)[1].split("\n## ")[0]
