"""A caller is passed on to a person."""

from __future__ import annotations

from jackfield.calls import Outcome, OutcomeKind
from jackfield.errors import ProviderError


def outcome_of(agent: str, error: ProviderError | None) -> Outcome:
    """What the model is told of it; `error` is the provider's, if it did not do it."""
    if error is None:
        return Outcome(OutcomeKind.VALUE, f"The caller is being passed on to {agent}.")
    message = f"The caller cannot be passed on to {agent} from here. Say so, and offer to take a message."
    return Outcome(OutcomeKind.ERROR, message=message)
