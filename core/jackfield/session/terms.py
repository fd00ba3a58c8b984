"""What agents.yaml says about how long a session lasts and what it costs, as the conversation wants it."""

from __future__ import annotations

from collections.abc import Mapping

from jackfield.calls import Json
from jackfield.config import AgentConfig, Config, ProviderConfig
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.presence import Rules
from jackfield.conversation.spending import Prices
from jackfield.protocol.usage import window_of


def agree(conversation: Conversation, agent: AgentConfig) -> None:
    """The terms of a session that begins with this agent."""
    idle, length = agent.idle, agent.max_length
    conversation.presence.rules = Rules(
        ask_after=idle.ask_after,
        hang_up_after=idle.hang_up_after,
        question=idle.question,
        goodbye=idle.goodbye,
        longest=length.after,
        warning=length.warning,
        farewell=length.farewell,
    )


def places(config: Config, agent: AgentConfig) -> list[ProviderConfig | None]:
    """What agents.yaml says of the agent's own provider, and of those that stand in for it, in order."""
    names = [agent.provider or config.provider, *agent.fallback]
    return [config.providers.get(name) for name in names]


def settle(conversation: Conversation, place: ProviderConfig | None) -> None:
    """The session is at this provider from now on, whose models, prices and sessions may be others."""
    spending = conversation.spending
    if place is None:
        spending.window, spending.prices = None, Prices()
        return
    conversation.continuing.renewal.early = place.renew_before
    spending.window, spending.prices = place.context_window, Prices(**place.prices.model_dump())


def learn(conversation: Conversation, described: Mapping[str, Json]) -> None:
    """The service names the model; what is said of its window in agents.yaml has the last word."""
    model = described.get("model")
    if conversation.spending.window is None and isinstance(model, str):
        conversation.spending.window = window_of(model)
