"""`phone`, as far as it is right."""

from collections.abc import Callable
from pathlib import Path

from jackfield.config.changes import Changes
from jackfield.config.loader import Reading, interpret
from jackfield.config.report import Page, render_notes

Interpret = Callable[..., Reading]

FILE = """provider: local
providers:
  openai: {api_key: a, webhook_secret: plain}
phone: {otherwise: reject 486}
agents:
  receptionist: {instructions: Be kind.}
"""


def test_a_provider_that_rings_where_no_agent_lives_is_noted(reading: Interpret) -> None:
    found = reading(FILE)
    note = "agents.yaml:3:24: note: no agent lives at openai, so calls that ring there are not answered"
    assert note in render_notes(found.document.page, found.notes).splitlines()


def test_other_routes_are_a_change_and_the_secret_is_never_shown() -> None:
    old, new = (
        interpret(Page("agents.yaml", text), Path(), {}).config for text in (FILE, FILE.replace("486", "603"))
    )
    changes = Changes.between(old, new)
    assert changes and str(changes) == "phone"
    assert "plain" not in repr(new)
