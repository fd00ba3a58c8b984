"""What one session told those who watch it, in the parts that matter to the storm."""

from collections import Counter

from jackfield.calls import OutcomeKind
from jackfield.notices import (
    CallerSaid,
    CallFinished,
    CallReceived,
    ConfirmationAsked,
    ConfirmationSettled,
    Notice,
    Trouble,
)
from jackfield.session import Session
from tests.session.exchange import Exchange


class Told:
    """`received` are the function calls that the session knows, jobs among them; `finished` counts their
    ends; `forgotten` ran out of time although it was let go; `marks` are the last words of the caller."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.received: set[str] = set()
        self.finished: Counter[str] = Counter()
        self.forgotten: list[str] = []
        self.questions: list[str] = []
        self.troubles: list[str] = []
        self.marks: set[str] = set()
        self.kinds: Counter[str] = Counter()
        self.playing = False

    async def read(self, session: Session) -> None:
        async for notice in session.timeline():
            self.take_in(notice)
            await self.exchange.tell()

    def take_in(self, notice: Notice) -> None:
        self.kinds[notice.type] += 1
        match notice:
            case CallReceived():
                self.received.add(notice.call_id)
            case CallFinished():
                self.finished[notice.call_id] += 1
                self.kinds[f"outcome {notice.outcome}"] += 1
                if notice.outcome is OutcomeKind.TIMEOUT and not notice.tool.startswith("test.dawdling"):
                    self.forgotten.append(f"{notice.call_id} of {notice.tool}")
            case ConfirmationAsked():
                self.questions.append(notice.call_id)
            case ConfirmationSettled() if notice.call_id in self.questions:
                self.questions.remove(notice.call_id)
            case Trouble():
                self.troubles.append(notice.message)
            case CallerSaid() if notice.item_id == "mark":
                self.marks.add(notice.text)
