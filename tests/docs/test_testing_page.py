"""The page about the test kit names every check, and everything that the kit offers."""

import re
from pathlib import Path

import jackfield.testing
from jackfield.testing import PLUGIN_CHECKS, PROVIDER_CHECKS, Caller

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "reference" / "testing.md").read_text()


def rows(section: str) -> dict[str, str]:
    text = re.split(rf"^## {section}$", PAGE, flags=re.MULTILINE)[1].split("\n## ")[0]
    found = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, flags=re.MULTILINE))
    return {name: reason for name, reason in found.items() if name not in ("check", "---")}


def test_every_check_is_on_the_page_with_its_reason() -> None:
    assert rows("check_plugin") == PLUGIN_CHECKS
    assert rows("check_provider") == PROVIDER_CHECKS


def test_everything_that_a_caller_can_do_is_on_the_page() -> None:
    public = {name for name in vars(Caller) if not name.startswith("_")} - {"settled"}
    assert {name for name in public if not re.search(rf"\b{name}\b", PAGE)} == set()


def test_everything_public_is_on_one_of_the_pages() -> None:
    pages = PAGE + (DOCS / "how-to" / "test-a-plugin.md").read_text()
    left = {"Agents", "Call", "Calls", "Conformance", "Finding", "SkippingClock"}
    known = {"PLUGIN_CHECKS", "PROVIDER_CHECKS"}
    names = set(jackfield.testing.__all__) - left - known
    assert {name for name in names if not re.search(rf"\b{name}\b", pages)} == set()
