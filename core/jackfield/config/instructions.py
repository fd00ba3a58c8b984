"""The words an agent is given: its instructions, and its tone, pace, languages and handoffs as sentences.

This is the only place where keys of agents.yaml become words for the model; `jackfield check --show
AGENT` prints the result.
"""

from __future__ import annotations

from collections.abc import Iterator

from jackfield.config.agents import AgentConfig, Handoff
from jackfield.config.languages import language_name
from jackfield.config.models import Config


def instructions_for(config: Config, agent_name: str) -> str:
    """The instructions of an agent as the provider gets them; paragraphs with an empty line between."""
    agent = config.agents[agent_name]
    return "\n\n".join(paragraph for paragraph in _paragraphs(agent) if paragraph)


def handoff_tool(agent_name: str) -> str:
    """The name, as the model sees it, of the tool that hands over to an agent."""
    return f"transfer_to_{agent_name}"


def _paragraphs(agent: AgentConfig) -> Iterator[str]:
    yield agent.instructions.strip()
    yield "\n".join(_manner(agent))
    yield "\n".join(_escalation(handoff) for handoff in agent.handoffs)


def _manner(agent: AgentConfig) -> Iterator[str]:
    if agent.tone is not None:
        yield f"Tone: {agent.tone}"
    if agent.pace is not None:
        yield f"Pace: {agent.pace}"
    if agent.languages:
        yield f"Languages: {_languages(agent.languages)}"


def _languages(codes: list[str]) -> str:
    names = [language_name(code) for code in codes]
    if len(names) == 1:
        return f"speak {names[0]}, whatever language the caller speaks."
    return (
        f"you speak {', '.join(names[:-1])} and {names[-1]}. Answer in the language the caller speaks; "
        f"if it is none of these, answer in {names[0]}."
    )


def _escalation(handoff: Handoff) -> str:
    when = handoff.when.removeprefix("when ").rstrip(".")
    return f"When {when}, say that you are handing over, and call {handoff_tool(handoff.to)}."
