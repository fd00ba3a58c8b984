"""The page about the protocol's events is the official types' and the codec's."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_every_event_of_the_protocol_is_read_or_passed_over_for_a_reason() -> None:
    spec = importlib.util.spec_from_file_location("events", ROOT / "docs" / "events.py")
    assert spec
    assert spec.loader
    events = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(events)
    page = events.PAGE.read_text()
    assert page == events.written(page), "run python docs/events.py"
    assert page.count("`") > 100, "the tables are there"
