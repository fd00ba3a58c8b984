"""How a call of an MCP tool ends at the dispatcher, and so in the conversation."""

import asyncio
import json
import os
import signal
from pathlib import Path

from jackfield.calls import Arguments, CallPolicy, Outcome, OutcomeKind
from jackfield.dispatch import Dispatcher
from jackfield.tools.tool import HUB, ToolContext
from tests.mcp.board import PATIENCE, Board, board, stdio


class Desk:
    """A dispatcher that runs the tools of a hub."""

    def __init__(self, line: Board) -> None:
        self._line = line
        self.dispatcher = Dispatcher({HUB: line.hub.executor})
        self.progress: asyncio.Queue[str] = asyncio.Queue()

    def start(self, name: str, **arguments: str) -> asyncio.Future[Outcome]:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Outcome] = loop.create_future()

        def tell(text: str) -> None:
            loop.call_soon_threadsafe(self.progress.put_nowait, text)

        def entered(call_id: str, arguments: Arguments) -> None:
            pass

        def finished(call_id: str, outcome: Outcome) -> None:
            ended.set_result(outcome)

        context = ToolContext(name, "session_1", "receptionist", PATIENCE, tell)
        self.dispatcher.start(
            name,
            self._line.tool(name),
            name,
            json.dumps(arguments),
            context,
            CallPolicy(),
            entered=entered,
            finished=finished,
        )
        return ended


async def test_values_errors_cancellations_and_unknown_outcomes_are_told_apart(tmp_path: Path) -> None:
    async with board({"lab": stdio("lab.py")}) as line, asyncio.timeout(PATIENCE):
        await line.ready("lab")
        desk = Desk(line)
        assert await desk.start("lab.echo", text="hello") == Outcome(OutcomeKind.VALUE, "hello")
        assert await desk.start("lab.fact") == Outcome(OutcomeKind.VALUE, {"stock": 3})
        assert await desk.start("lab.fail") == Outcome(OutcomeKind.ERROR, message="The oven is too hot.")

        waiting = desk.start("lab.wait")
        assert await desk.progress.get() == "1 of 3"
        desk.dispatcher.cancel("lab.wait")
        assert (await waiting).kind is OutcomeKind.CANCELLED
        assert (await desk.start("lab.interruption")).value == "interrupted"

        writing = desk.start("lab.change", marks=str(tmp_path / "marks"))
        os.kill(int((await desk.progress.get()).removeprefix("running in ")), signal.SIGKILL)
        outcome = await writing
        assert outcome.kind is OutcomeKind.UNKNOWN
        assert "may or may not have taken effect" in outcome.message
        await desk.dispatcher.aclose()
