"""Sessions over HTTP: open one with an SDP offer, follow it, type into it, say yes or no, hang up."""

from __future__ import annotations

from collections import deque

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jackfield.config import Config
from jackfield.web.bodies import agreement_of, message_of, offer_of
from jackfield.web.events import last_event_id, stream
from jackfield.web.exchange import Exchange, Line


def agents_of(config: Config) -> list[dict[str, object]]:
    """What a page may know of the agents. One that only transfers phone calls cannot be talked to."""
    first = config.first_agent
    return [
        {
            "name": name,
            "voice": agent.voice,
            "greeting": agent.greeting,
            "first": name == first,
            "push_to_talk": agent.turn_detection.type == "none",
        }
        for name, agent in config.agents.items()
        if agent.transfer is None
    ]


class Lines:
    """The endpoints of `/agents/{agent}/sessions` and `/sessions/{id}`.

    `_opening` counts the offers that are being answered: they will be sessions in a moment, and count
    against the limit now. `_opened` keeps the latest lines, so that whoever comes back to one that has
    ended still reads how.
    """

    def __init__(self, runtime: Exchange, most: int) -> None:
        self._runtime = runtime
        self._most = most
        self._opening = 0
        self._opened: deque[Line] = deque(maxlen=most)

    async def open(self, request: Request) -> Response:
        """201 with the SDP answer; `Location` is the session."""
        agent = request.path_params["agent"]
        if agent not in self._talkable():
            raise HTTPException(
                404, f"There is no agent {agent!r}; there are: {', '.join(self._talkable())}."
            )
        offer = await offer_of(request)
        if len(self._runtime.sessions) + self._opening >= self._most:
            raise HTTPException(503, "All lines are busy; try again in a moment.", {"retry-after": "5"})
        self._opening += 1
        try:
            line, answer = await self._runtime.open_session(agent, offer)
        finally:
            self._opening -= 1
        self._opened.append(line)
        return Response(answer, 201, {"location": f"/sessions/{line.id}"}, media_type="application/sdp")

    async def events(self, request: Request) -> Response:
        """The live timeline as server-sent events."""
        after = last_event_id(request.headers.get("last-event-id"))
        # x-accel-buffering: nginx would collect the events of a minute and send them at once.
        return StreamingResponse(
            stream(self.find(request).timeline(after), after=after),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def say(self, request: Request) -> Response:
        """202: the message is on its way into the conversation."""
        line = self.find(request)
        await line.say(await message_of(request))
        return Response(status_code=202)

    async def confirm(self, request: Request) -> Response:
        """204: the agent is told whether it may do what it asked about."""
        line = self.find(request)
        agreed = await agreement_of(request)
        if not await line.confirm(request.path_params["call_id"], agreed=agreed):
            raise HTTPException(
                404, "This is not asked any more: it was settled, or too much time has passed."
            )
        return Response(status_code=204)

    async def hang_up(self, request: Request) -> Response:
        """204 when the session is over."""
        await self.find(request).hang_up("The caller hung up.")
        return Response(status_code=204)

    def find(self, request: Request) -> Line:
        """The session that a request is about. Raises `HTTPException` 404."""
        wanted = request.path_params["id"]
        for line in (*self._runtime.sessions.values(), *self._opened):
            if line.id == wanted:
                return line
        raise HTTPException(404, "There is no such session; it ended long ago, or never was.")

    def _talkable(self) -> list[str]:
        return [name for name, agent in self._runtime.config.agents.items() if agent.transfer is None]
