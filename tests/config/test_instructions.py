"""The words an agent is given."""

from collections.abc import Callable

from jackfield.config import handoff_tool, instructions_for
from jackfield.config.loader import Reading

Interpret = Callable[..., Reading]


def test_every_key_that_is_meant_for_the_model_becomes_a_sentence(reading: Interpret) -> None:
    config = reading("""
        agents:
          receptionist:
            instructions: You answer the telephone.
            tone: warm
            pace: unhurried
            languages: [en, es, pt-BR]
            handoffs:
              - to: workshop
                when: the caller asks about parts
              - to: human
                when: when the caller is upset twice.
          workshop: {languages: [es]}
          human: {transfer: "sip:desk@brightside.example"}
    """).config
    assert instructions_for(config, "receptionist") == (
        "You answer the telephone.\n"
        "\n"
        "Tone: warm\n"
        "Pace: unhurried\n"
        "Languages: you speak English, Spanish and Portuguese (pt-BR). Answer in the language the caller "
        "speaks; if it is none of these, answer in English.\n"
        "\n"
        "When the caller asks about parts, say that you are handing over, and call transfer_to_workshop.\n"
        "When the caller is upset twice, say that you are handing over, and call transfer_to_human."
    )
    assert instructions_for(config, "workshop") == (
        "Languages: speak Spanish, whatever language the caller speaks."
    )


def test_an_agent_without_words_is_given_none(reading: Interpret) -> None:
    assert instructions_for(reading("agents: {receptionist: {}}").config, "receptionist") == ""


def test_the_tool_that_is_named_is_the_one_that_is_offered() -> None:
    assert handoff_tool("workshop") == "transfer_to_workshop"
