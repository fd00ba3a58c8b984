"""How long a call lasts, what becomes of a caller who falls silent, and what it costs."""

from __future__ import annotations

from pydantic import Field

from jackfield.config.model import Model
from jackfield.config.values import Seconds, SecondsOrNone, Text


class Idle(Model):
    """What becomes of a caller who says nothing."""

    ask_after: SecondsOrNone = None
    """After this much silence the agent asks whether the caller is still there. `never`: it does not."""

    hang_up_after: Seconds = 10.0
    """After so much more silence it says goodbye and hangs up."""

    question: Text = "Are you still there?"
    """What it asks."""

    goodbye: Text = "I will hang up now. Goodbye."
    """What it says before it hangs up."""


class MaxLength(Model):
    """The greatest length of a call, which is ended softly."""

    after: SecondsOrNone = None
    """The agent says farewell and hangs up after this. `never`: the call may go on."""

    warning: Text = "We have only a moment left."
    """What it says half a minute before (of a short call, a quarter of its length)."""

    farewell: Text = "Our time is over, so I have to end this call. Goodbye."
    """What it says before it hangs up."""


class Prices(Model):
    """What a million tokens cost, in whatever currency. Those that are left out cost nothing."""

    text_in: float = Field(default=0.0, ge=0)
    """Text that the model reads."""

    text_cached: float = Field(default=0.0, ge=0)
    """Text that it has read before."""

    text_out: float = Field(default=0.0, ge=0)
    """Text that it writes."""

    audio_in: float = Field(default=0.0, ge=0)
    """Sound that it hears."""

    audio_cached: float = Field(default=0.0, ge=0)
    """Sound that it has heard before."""

    audio_out: float = Field(default=0.0, ge=0)
    """Sound that it makes."""

    image_in: float = Field(default=0.0, ge=0)
    """Images that it is shown."""
