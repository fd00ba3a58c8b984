"""Where a comment names a rule of the protocol, the page has it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.test_architecture import ROOT

PAGE = ROOT / "docs" / "explanation" / "realtime-protocol.md"
RULE = re.compile(r"§(\d+(?:\.\d+)?)")
SECTIONS = re.findall(r"^#{2,3} §(\S+) ", PAGE.read_text(), flags=re.MULTILINE)


def rules() -> dict[str, Path]:
    """Each rule that is named anywhere, with a file that names it."""
    files = [
        path for tree in ("core", "plugins", "mcp_servers", "tests") for path in (ROOT / tree).rglob("*.py")
    ]
    return {rule: path for path in files for rule in RULE.findall(path.read_text()) if path != Path(__file__)}


@pytest.mark.parametrize("rule", sorted(rules()))
def test_every_rule_that_is_named_is_on_the_page(rule: str) -> None:
    assert rule in SECTIONS, f"{rules()[rule].relative_to(ROOT)} names §{rule}"


def test_the_page_has_no_section_that_no_line_needs() -> None:
    chapters = {section for section in SECTIONS if "." not in section}
    assert set(SECTIONS) - chapters <= rules().keys()
    assert {section.split(".")[0] for section in SECTIONS} == chapters


def test_the_sections_are_in_order() -> None:
    numbers = [tuple(map(int, section.split("."))) for section in SECTIONS]
    assert all(one < other for one, other in pairwise(numbers))
