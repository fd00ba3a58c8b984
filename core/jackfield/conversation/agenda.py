"""What the agent has to say of its own accord, and the request for it that is under way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

MOST_PROMPTS = 16
RETRY_AFTER = 1.0
MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to be said that is no output: `text` instructs the model for one response.

    `about` names the function call it speaks of; when that has ended, the prompt has lost its sense.
    """

    text: str
    about: str = ""


class Agenda:
    """Prompts in order, one request in flight, and the patience with a service that fails or refuses."""

    def __init__(self) -> None:
        self.prompts: deque[Prompt] = deque(maxlen=MOST_PROMPTS)
        self.retry_at: float | None = None
        self.not_before = 0.0
        self._retried = False
        self._refusals = 0
        self._request_id = ""
        self._prompt: Prompt | None = None

    def ask(self, request_id: str, prompt: Prompt | None) -> None:
        """A request goes out, for this prompt or (None) for outputs and the caller's words."""
        self._request_id, self._prompt, self.retry_at = request_id, prompt, None

    def is_in_flight(self, request_id: str) -> bool:
        return self._request_id != "" and request_id == self._request_id

    def settle(self) -> None:
        """The request in flight has become a response."""
        self._request_id, self._prompt, self._refusals = "", None, 0

    def put_back(self) -> None:
        """The service was busy: the prompt in flight was not said, and comes first again."""
        if self._prompt is not None:
            self.prompts.appendleft(self._prompt)
        self._request_id, self._prompt = "", None

    def refuse(self, now: float) -> bool:
        """The service refused the request itself. True when it has done so too often to go on asking."""
        self._refusals += 1
        self.not_before = now + RETRY_AFTER
        hopeless = self._refusals >= MOST_REFUSALS
        if not hopeless:
            self.put_back()
        self._request_id, self._prompt = "", None
        return hopeless

    def fail(self, now: float) -> bool:
        """A response failed at the service. True if it is worth one more try, which is then planned."""
        self._retried = not self._retried
        self.retry_at = now + RETRY_AFTER if self._retried else None
        return self._retried

    def succeed(self) -> None:
        """A response did not fail."""
        self._retried, self.retry_at = False, None
