"""The page about the architecture shows the layers as they are held."""

import re
from pathlib import Path

from tests.test_architecture import LAYERS, PURE

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "architecture.md").read_text()


def test_the_layers_on_the_page_are_those_that_are_tested() -> None:
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    shown = {int(rank): set(re.findall(r"`(\w+)`", parts)) for rank, parts in rows}
    assert shown == dict(enumerate(LAYERS))


def test_the_pure_parts_are_named() -> None:
    (sentence,) = re.findall(r"([^.|]*?) are \*\*pure\*\*", PAGE)
    assert set(re.findall(r"`(\w+)`", sentence)) == PURE
