"""Function calls as a session makes them, through the dispatcher, to the servers of a board."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from jackfield.calls import CallPolicy, Json, Outcome
from jackfield.dispatch import Dispatcher
from jackfield.tools.tool import HUB, ToolContext
from tests.mcp.board import PATIENCE, Board


class Desk:
    def __init__(self, board: Board, dispatcher: Dispatcher) -> None:
        self._board = board
        self._dispatcher = dispatcher
        self._numbers = count(1)

    async def call(self, name: str, seconds: float = 10.0, **arguments: Json) -> Outcome:
        """What the model is told. The call has so many seconds, of which it knows."""
        call_id = f"call_{next(self._numbers)}"
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._dispatcher.start(
            call_id,
            self._board.tool(name),
            name,
            json.dumps(arguments),
            ToolContext(call_id, "session_1", "receptionist", seconds),
            CallPolicy(timeout=seconds, concurrency=1000),
            entered=lambda call_id, arguments: None,
            finished=lambda call_id, outcome: ended.set_result(outcome),
        )
        return await asyncio.wait_for(ended, seconds + PATIENCE)


@asynccontextmanager
async def desk(board: Board) -> AsyncIterator[Desk]:
    dispatcher = Dispatcher({HUB: board.hub.executor})
    try:
        yield Desk(board, dispatcher)
    finally:
        await dispatcher.aclose()
