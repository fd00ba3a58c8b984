"""What is worth knowing about a file that is right."""

from collections.abc import Callable

from jackfield.config.loader import Reading
from jackfield.config.report import render_notes

Interpret = Callable[..., Reading]


def test_every_note_has_its_place(reading: Interpret) -> None:
    found = reading("""provider: azure
providers:
  azure: {endpoint: https://a.example, deployment: d, credential: default}
  openai: {model: gpt-realtime, api_key: "${OPENAI_API_KEY}"}
  mine: {kind: theirs}
defaults: {voice: cdear, languages: [tlh]}
agents:
  receptionist:
    instructions: Be kind.
    voice: marin
    handoffs:
      - {to: workshop, when: it is about parts}
      - {to: cellar, when: it is dark}
      - {to: human, when: it is urgent}
  workshop: {instructions: Be exact.}
  cellar: {provider: mine, voice: anything}
  human: {transfer: "tel:112"}
""")
    assert render_notes(found.document.page, found.notes).splitlines() == [
        "agents.yaml:4:43: note: the environment variable OPENAI_API_KEY is not set; set it, or write "
        "${OPENAI_API_KEY:-default} before an agent uses openai",
        'agents.yaml:6:19: note: the voice "cdear" is not one of those known for azure; '
        'did you mean "cedar"?',
        'agents.yaml:6:38: note: the model is told of "tlh" by its code: it has no name here',
        "agents.yaml:12:14: note: workshop speaks as cdear, receptionist as marin: a voice that was heard "
        "can change only in a new session",
        "agents.yaml:13:14: note: cellar lives at another provider (mine): this handoff needs a new session",
        "agents.yaml:16:3: note: cellar has no instructions: the model is on its own",
    ]
