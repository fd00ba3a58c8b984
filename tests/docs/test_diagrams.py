"""The drawn tables on the documentation's page are the tables of the code."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_page_shows_the_tables_as_they_are() -> None:
    spec = importlib.util.spec_from_file_location("draw", ROOT / "docs" / "draw.py")
    assert spec
    assert spec.loader
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    for page in (draw.PAGE.read_text(), draw.LONG.read_text()):
        assert page == draw.drawn(page), "run python docs/draw.py"
        assert page.count("-->") > len(draw.drawings()), "the drawings are there"
