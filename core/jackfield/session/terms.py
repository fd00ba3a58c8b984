"""What agents.yaml says about how long a session lasts and what it costs, as the conversation wants it."""

from __future__ import annotations

from collections.abc import Mapping

from jackfield.calls import Json
from jackfield.config import AgentConfig, Config
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.presence import Rules
from jackfield.conversation.spending import Prices
from jackfield.protocol.usage import window_of


def agree(conversation: Conversation, config: Config, agent: AgentConfig) -> None:
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
    if (provider := config.providers.get(agent.provider)) is not None:
        conversation.continuing.renewal.early = provider.renew_before
        conversation.spending.window = provider.context_window
        conversation.spending.prices = Prices(**provider.prices.model_dump())


def learn(conversation: Conversation, described: Mapping[str, Json]) -> None:
    """The service names the model; what is said of its window in agents.yaml has the last word."""
    model = described.get("model")
    if conversation.spending.window is None and isinstance(model, str):
        conversation.spending.window = window_of(model)
