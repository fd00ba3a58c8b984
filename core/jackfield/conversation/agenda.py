"""What the agent has to say of its own accord, and the request for it that is under way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

MOST_PROMPTS = 16
MOST_GIVEN_UP = 8
RETRY_AFTER = 1.0
MOST_REFUSALS = 3


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to be said that is no output: `text` instructs the model for one response.

    `about` names the function call it speaks of; when that has ended, the prompt has lost its sense.
    """

    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A response was asked for: for a prompt, or (None) `about` these things of ours, or because one was
    `owed`. `id` is the event's, which the service names when it answers."""

    id: str
    prompt: Prompt | None = None
    about: tuple[str, ...] = ()
    owed: bool = False

    @property
    def pointless(self) -> bool:
        """What it was made for has been said meanwhile."""
        return self.prompt is None and not self.about and not self.owed


class Agenda:
    """Prompts in order, one request in flight, and the patience with a service that fails or refuses."""

    def __init__(self) -> None:
        self.prompts: deque[Prompt] = deque(maxlen=MOST_PROMPTS)
        self.retry_at: float | None = None
        self.not_before = 0.0
        self.in_flight: Request | None = None
        self._given_up: deque[Request] = deque(maxlen=MOST_GIVEN_UP)
        self._retried = False
        self._refusals = 0

    def ask(self, request: Request) -> None:
        """A request goes out."""
        self.in_flight, self.retry_at = request, None

    def is_in_flight(self, request_id: str) -> bool:
        return self.in_flight is not None and request_id == self.in_flight.id

    def settle(self) -> None:
        """The request in flight has become a response."""
        self.in_flight, self._refusals = None, 0

    def answered(self, request_id: str) -> Request | None:
        """The request of this name has become a response; None if that is none of ours. If it was given up,
        its prompt is not said again; a second request for it is `pointless` then."""
        if self.is_in_flight(request_id):
            answered = self.in_flight
            self.settle()
            return answered
        request = next((each for each in self._given_up if each.id == request_id), None)
        if request is not None:
            self._given_up.remove(request)
            self._is_said(request.prompt)
        return request

    def _is_said(self, prompt: Prompt | None) -> None:
        if prompt is None:
            return
        if prompt in self.prompts:
            self.prompts.remove(prompt)
        elif self.in_flight is not None and self.in_flight.prompt == prompt:
            self.in_flight = replace(self.in_flight, prompt=None)

    def put_back(self) -> None:
        """The service was busy: the prompt in flight was not said, and comes first again."""
        if self.in_flight is not None and self.in_flight.prompt is not None:
            self.prompts.appendleft(self.in_flight.prompt)
        self.in_flight = None

    def give_up(self) -> None:
        """Nothing is known of the request in flight, and it is made again; should it be answered after all,
        that will be known."""
        if self.in_flight is None:
            return
        self._given_up.append(self.in_flight)
        if self.in_flight.owed:
            self.retry_at = self.not_before
        self.put_back()

    def refuse(self, now: float) -> bool:
        """The service refused the request itself. True when it has done so too often to go on asking."""
        self._refusals += 1
        self.not_before = now + RETRY_AFTER
        hopeless = self._refusals >= MOST_REFUSALS
        if not hopeless:
            self.put_back()
        self.in_flight = None
        return hopeless

    def fail(self, now: float) -> bool:
        """A response failed at the service. True if it is worth one more try, which is then planned."""
        self._retried = not self._retried
        self.retry_at = now + RETRY_AFTER if self._retried else None
        return self._retried

    def succeed(self) -> None:
        """A response did not fail."""
        self._retried, self.retry_at = False, None
