"""A conversation and the model of the service, joined by two wires, with a clock that only moves on demand.

It carries out the effects as a session would and notes what the promises speak of.
"""

from dataclasses import dataclass, field

from jackfield.calls import CallPolicy, Json, Outcome, OutcomeKind, Reply
from jackfield.conversation.conversation import Conversation
from jackfield.conversation.effects import (
    Asking,
    CancelCall,
    Close,
    Effect,
    Note,
    Replied,
    Send,
    StartCall,
)
from jackfield.notices import Notice
from jackfield.protocol.client_events import ResponseCreate
from tests.conversation.service import Service, on_the_wire

VALUE = Outcome(OutcomeKind.VALUE, "done")


@dataclass
class Tools:
    """A repertoire: every tool has the policy named after it, or the default one."""

    policies: dict[str, CallPolicy] = field(default_factory=dict)
    instructions: str = "Be kind."

    def policy(self, wire_name: str) -> CallPolicy:
        return self.policies.get(wire_name, CallPolicy(announce_after=None))

    def title(self, wire_name: str) -> str:
        return wire_name.replace("__", ".")


@dataclass
class Line:
    tools: Tools = field(default_factory=Tools)
    service: Service = field(default_factory=Service)
    now: float = 0.0
    started: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    closed: str = ""
    question: str = ""  # the one that the model has the tools to answer
    replies: dict[str, Reply] = field(default_factory=dict)
    delivered: list[dict[str, Json]] = field(default_factory=list)
    view: set[str] = field(default_factory=set)  # what the delivered events say: speaking, responding, asked

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.tools)
        self.conversation.detached(self.now)
        self.conversation.attached(self.now)

    def lose(self) -> None:
        """The sideband breaks, and what is on the wires is lost."""
        self.service.inbox.clear()
        self.service.outbox.clear()
        self.view.clear()
        self.conversation.detached(self.now)
        self.carry_out()

    def regain(self) -> None:
        """It is there again; what was said meanwhile was said to nobody."""
        self.service.inbox.clear()
        self.service.outbox.clear()
        self.conversation.attached(self.now)
        self.carry_out()

    def deliver(self, *, more: bool = False) -> None:
        """The conversation hears the next event that the service sent; with `more` to come in the same breath
        it decides nothing yet."""
        event = self.service.outbox.popleft()
        self.delivered.append(event)
        self.look(event)
        self.conversation.receive(on_the_wire(event), self.now)
        self.carry_out(more=more)

    def repeat(self, event: dict[str, Json]) -> None:
        """An event comes a second time. Only those that name an item or a response can be told from news."""
        if event["type"] in ("response.created", "response.done", "response.output_item.done"):
            self.conversation.receive(on_the_wire(event), self.now)
            self.carry_out()

    def look(self, event: dict[str, Json]) -> None:
        """What a bystander who reads the events knows of the floor."""
        match event["type"]:
            case "input_audio_buffer.speech_started":
                self.view.add("speaking")
            case "input_audio_buffer.speech_stopped":
                self.view.discard("speaking")
            case "response.created":
                self.view.add("responding")
                if event["response"]["metadata"]:  # type: ignore[index]
                    self.view.discard("asked")
            case "response.done":
                self.view.discard("responding")
            case "error":
                self.view.discard("asked")

    def finish(self, call_id: str, outcome: Outcome = VALUE, *, more: bool = False) -> None:
        self.conversation.finish(call_id, outcome, self.now)
        self.carry_out(more=more)

    def wait(self, seconds: float) -> None:
        """Time passes, and the conversation is woken at each of its deadlines on the way."""
        self.carry_out()
        end = self.now + seconds
        for _ in range(1_000):
            deadline = self.conversation.deadline
            if deadline is None or deadline > end:
                break
            self.now = max(self.now, deadline)
            self.conversation.tick(self.now)
            self.carry_out()
        else:
            raise AssertionError("the conversation keeps asking to be woken and does nothing")
        self.now = end

    def carry_out(self, *, more: bool = False) -> None:
        orders = self.conversation.at_once if more else self.conversation.effects
        while effects := orders():
            for effect in effects:
                self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case StartCall(call_id):
                self.started.append(call_id)
            case CancelCall(call_id):
                self.cancelled.append(call_id)
            case Send(event):
                if isinstance(event, ResponseCreate):
                    self.check_the_floor()
                self.service.inbox.append(event.as_dict())
            case Note(notice):
                self.notices.append(notice)
            case Asking(question):
                self.question = question.id if question else ""
            case Replied(question_id, reply):
                assert question_id not in self.replies, "a tool is told once what became of its question"
                self.replies[question_id] = reply
            case Close(reason):
                self.closed = reason

    def check_the_floor(self) -> None:
        """Promise 3, at the very moment of asking, by what the service has told us so far."""
        assert not self.view, f"asked for a response although: {self.view}"
        self.view = {"asked"}

    def settle(self) -> None:
        """Everything on the wires arrives, and the service ends what it is saying, until all is quiet."""
        self.carry_out()
        for _ in range(200):
            if self.service.inbox:
                self.service.read_one()
            elif self.service.outbox:
                self.deliver()
            elif self.service.active:
                self.service.end()
            elif self.conversation.deadline is not None:
                self.wait(max(0.0, self.conversation.deadline - self.now))
            else:
                return
        raise AssertionError("the line never comes to rest")

    def settle_wires(self) -> None:
        """Everything on the wires arrives and the service ends what it is saying; no time passes."""
        while self.service.inbox or self.service.outbox or self.service.active:
            if self.service.inbox:
                self.service.read_one()
            elif self.service.outbox:
                self.deliver()
            else:
                self.service.end()

    @property
    def outputs_sent(self) -> list[str]:
        sent = [each for each in self.service.inbox if each["type"] == "conversation.item.create"]
        waiting = [each["item"].get("call_id") for each in sent]  # type: ignore[union-attr]
        return self.service.outputs + [call_id for call_id in waiting if call_id]
