"""Which responses there are: one in the default conversation at most, any few beside it."""

from __future__ import annotations

from collections.abc import Mapping

from .client_events import ResponseOptions
from .effects import Flush, StopThinking, Think
from .errors import Fault, active_response, cancel_not_active
from .items import Conversation
from .ladder import Ladder
from .outbox import Outbox
from .plans import context, plan_response, thought_of, unheard
from .playout import Playout
from .responses import Response, Status
from .session_settings import SessionSettings
from .shapes import Event

MOST_RESPONSES = 16  # at once, those out of band included
REQUEST_LIMIT = 1000
TOKEN_LIMIT = 200_000


class Responder:
    """Creates, feeds and ends responses. What is said for an id that is over is dropped."""

    def __init__(
        self, settings: SessionSettings, conversation: Conversation, outbox: Outbox, playout: Playout | None
    ) -> None:
        self._settings = settings
        self._conversation = conversation
        self._outbox = outbox
        self._playout = playout
        self._ladders: dict[str, Ladder] = {}
        self.last_done: tuple[str, int] | None = None  # the last default response: id, ms of sound

    @property
    def active(self) -> Response | None:
        """The default conversation's response in progress."""
        ladders = self._ladders.values()
        return next((one.response for one in ladders if one.response.plan.is_default), None)

    def create(self, options: ResponseOptions, now: float) -> Response:
        """Raises `Fault`; nothing was created then."""
        if not self._settings.responds:
            raise Fault("A transcription session creates no responses.", code="bad_response_create")
        if options.conversation == "auto" and self.active is not None:
            raise active_response(self.active.id)
        if len(self._ladders) >= MOST_RESPONSES:
            raise Fault("Too many responses at once.", code="rate_limit_exceeded")
        response = Response(plan_response(options, self._settings, self._conversation))
        response.latency.since = now
        ladder = Ladder(response, self._conversation, self._outbox, self._playout)
        self._ladders[response.id] = ladder
        ladder.begin()
        return response

    def think(self, now: float) -> None:
        """Ask the mind for every response whose caller has been understood."""
        for ladder in self._ladders.values():
            response = ladder.response
            if response.thinking or unheard(context(response, self._conversation)):
                continue
            response.thinking = True
            if "end_of_turn" in response.latency.parts:
                response.latency.note("recognition", now)
            response.latency.since = now
            thought = thought_of(response, self._conversation)
            plan = response.plan
            voice = plan.voice if plan.spoken else None
            self._outbox.order(Think(response.id, thought, voice, plan.speed))

    def said(self, response_id: str, text: str, now: float) -> None:
        if (ladder := self._ladders.get(response_id)) is None:
            return
        ladder.response.latency.note("mind", now)
        ladder.say(text)
        self._stop_over_limit(ladder)

    def sounded(self, response_id: str, pcm: bytes, now: float) -> None:
        if (ladder := self._ladders.get(response_id)) is None:
            return
        ladder.response.latency.note("synthesis", now)
        ladder.sound(pcm)
        self._stop_over_limit(ladder)

    def called(self, response_id: str, name: str, arguments: Mapping[str, object], now: float) -> None:
        if (ladder := self._ladders.get(response_id)) is None:
            return
        ladder.response.latency.note("mind", now)
        ladder.call(name, arguments)
        self._stop_over_limit(ladder)

    def thought(self, response_id: str) -> None:
        """The mind and the voice are through with it."""
        if (ladder := self._ladders.get(response_id)) is not None:
            self._end(ladder, Status.COMPLETED, None)

    def failed(self, response_id: str, code: str, message: str) -> None:
        if (ladder := self._ladders.get(response_id)) is not None:
            error = {"type": "server_error", "code": code, "message": message}
            self._end(ladder, Status.FAILED, {"type": "failed", "error": error})

    def cancel(self, response_id: str | None) -> None:
        """As a client asks. Raises `Fault` if there is nothing to cancel."""
        wanted = response_id or (self.active.id if self.active else "")
        ladder = self._ladders.get(wanted)
        if ladder is None:
            raise cancel_not_active()
        self._cancel(ladder, "client_cancelled")

    def interrupt(self) -> None:
        """The caller speaks over the agent: end the default response, and silence the line."""
        if self.active is not None:
            self._cancel(self._ladders[self.active.id], "turn_detected")
        self.silence()

    def silence(self) -> None:
        """Drop the sound that has not been played; `PlayFinished` will tell what was."""
        if self._playout is not None and not self._playout.quiet:
            self._outbox.order(Flush())

    def _cancel(self, ladder: Ladder, reason: str) -> None:
        self._outbox.order(StopThinking(ladder.response.id))
        self._end(ladder, Status.CANCELLED, {"type": "cancelled", "reason": reason})

    def _stop_over_limit(self, ladder: Ladder) -> None:
        if ladder.response.over_limit:
            self._outbox.order(StopThinking(ladder.response.id))
            self._end(ladder, Status.INCOMPLETE, {"type": "incomplete", "reason": "max_output_tokens"})

    def _end(self, ladder: Ladder, status: Status, details: Event | None) -> None:
        response = ladder.response
        del self._ladders[response.id]
        ladder.end(status, details)
        if response.plan.is_default:
            self.last_done = response.id, response.usage.audio_out_ms
        if self._playout is not None and (silent := self._playout.response_done(response.id)):
            self._outbox.emit("output_audio_buffer.stopped", response_id=silent)
        self._outbox.emit("rate_limits.updated", rate_limits=_rate_limits(response.usage.output))


def _rate_limits(tokens: int) -> list[Event]:
    """There are none here; clients that watch them see that they are far away."""
    limits = (("requests", REQUEST_LIMIT, 1), ("tokens", TOKEN_LIMIT, tokens))
    return [
        {"name": name, "limit": limit, "remaining": max(0, limit - used), "reset_seconds": 0.0}
        for name, limit, used in limits
    ]
