"""A model of the Realtime service, small enough to be read: it keeps the promises of the protocol and
nothing else. Client events lie on one wire until the service reads them, its own events on another until
the conversation does; whoever drives it decides what arrives when."""

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from jackfield.calls import Json
from jackfield.protocol.codec import decode
from jackfield.protocol.server_events import ServerEvent

BUSY = "conversation_already_has_active_response"


@dataclass
class ServiceResponse:
    id: str
    knows: frozenset[str]  # the call ids whose outputs, and the messages, it was begun with
    status: str = "in_progress"
    output: list[Json] = field(default_factory=list)
    metadata: Json = None


@dataclass
class Service:
    inbox: deque[Mapping[str, Json]] = field(default_factory=deque)
    outbox: deque[dict[str, Json]] = field(default_factory=deque)
    known: set[str] = field(default_factory=set)
    outputs: list[str] = field(default_factory=list)
    items: list[dict[str, Json]] = field(default_factory=list)  # that clients have added
    conversation: list[dict[str, Json]] = field(default_factory=list)  # all that there are, in order
    responses: list[ServiceResponse] = field(default_factory=list)
    requests: list[dict[str, Json]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)  # items that it had already
    deleted: list[str] = field(default_factory=list)
    busy_errors: int = 0
    speaking: bool = False

    # --- what the service does -----------------------------------------------------------------------

    @property
    def active(self) -> ServiceResponse | None:
        last = self.responses[-1] if self.responses else None
        return last if last and last.status == "in_progress" else None

    def read_one(self) -> None:
        event = self.inbox.popleft()
        if event["type"] == "response.create":
            self._asked(event)
        elif event["type"] == "conversation.item.create":
            self._add(event)
        elif event["type"] == "conversation.item.delete":
            self._take_out(event)
        elif event["type"] == "conversation.item.retrieve":
            if (item := self._find(event["item_id"])) is None:
                self._error("item_retrieve_invalid_item_id", event)
            else:
                self._say("conversation.item.retrieved", item=item)

    def begin(self, request: Mapping[str, Json] | None = None) -> None:
        assert self.active is None
        asked_for = request["response"] if request else {}
        assert isinstance(asked_for, dict)
        response = ServiceResponse(f"resp_{len(self.responses)}", frozenset(self.known))
        response.metadata = asked_for.get("metadata")
        self.responses.append(response)
        echo = {"conversation_id": "conv_1", "metadata": response.metadata}
        self._say("response.created", response={"id": response.id, **echo})

    def call(self, call_id: str, name: str, status: str = "completed", arguments: str = "{}") -> None:
        """The active response asks for a tool."""
        assert self.active
        item = {"type": "function_call", "id": f"item_{call_id}", "call_id": call_id, "name": name}
        item |= {"status": status, "arguments": arguments if status == "completed" else '{"ci'}
        self.active.output.append(item)
        as_yet: dict[str, Json] = {"status": "in_progress", "arguments": ""}
        self._say("response.output_item.added", response_id=self.active.id, item={**item, **as_yet})
        self._append(item, **as_yet)
        names = {"response_id": self.active.id, "item_id": item["id"], "call_id": call_id}
        self._say("response.function_call_arguments.done", arguments=item["arguments"], name=name, **names)
        self._say("response.output_item.done", response_id=self.active.id, item=item)
        self._say("conversation.item.done", item=item)

    def says(self, item_id: str, role: str, text: str) -> None:
        """Somebody has said something, and it is written down."""
        kind = "input_audio" if role == "user" else "output_audio"
        content = [{"type": kind, "transcript": None if role == "user" else text}]
        item = {"id": item_id, "type": "message", "role": role, "content": content, "status": "completed"}
        self._append(item)
        if role == "user":
            written = "conversation.item.input_audio_transcription.completed"
            self._say(written, item_id=item_id, transcript=text)
        else:
            self._say("response.output_audio_transcript.done", item_id=item_id, transcript=text)
            self._say("conversation.item.done", item=item)

    def begin_call(self, call_id: str, name: str) -> None:
        """The active response begins to ask for a tool."""
        assert self.active
        item = {"type": "function_call", "id": f"item_{call_id}", "call_id": call_id, "name": name}
        item |= {"status": "in_progress", "arguments": ""}
        self.active.output.append(item)
        self.conversation.append(item)
        self._say("response.output_item.added", response_id=self.active.id, item=item)

    def finish_call(self, call_id: str) -> None:
        """What it has begun to ask for is whole."""
        assert self.active
        item = next(each for each in self.active.output if each["call_id"] == call_id)  # type: ignore[index,call-overload]
        item |= {"status": "completed", "arguments": "{}"}
        self._say("response.output_item.done", response_id=self.active.id, item=item)

    def put_call(self, call_id: str, name: str) -> None:
        """A function call is in the conversation that no response has made."""
        item = {"type": "function_call", "id": f"item_{call_id}", "call_id": call_id, "name": name}
        self._append({**item, "status": "completed", "arguments": "{}"})

    def end(self, status: str = "completed") -> None:
        assert self.active
        self.active.status, ended = status, self.active
        details = {"error": {"code": "server_error", "message": "it broke"}} if status == "failed" else {}
        response = {"id": ended.id, "conversation_id": "conv_1", "status": status, "output": ended.output}
        response["metadata"] = ended.metadata
        self._say("response.done", response={**response, "status_details": details})

    def speech_starts(self) -> None:
        self.speaking = True
        self._say("input_audio_buffer.speech_started", item_id="item_user")
        if self.active:
            self.end("cancelled")

    def speech_stops(self) -> None:
        """The turn ends, and is answered unasked."""
        self.speaking = False
        self._say("input_audio_buffer.speech_stopped", item_id="item_user")
        if self.active is None:
            self.begin()

    def fail_request(self) -> None:
        """Refuse the response.create that is next on the wire, for no fault of anybody's."""
        event = self.inbox.popleft()
        assert event["type"] == "response.create"
        self._error("server_error", event)

    # --- the small print ------------------------------------------------------------------------------

    def _asked(self, event: Mapping[str, Json]) -> None:
        self.requests.append(dict(event))
        if self.active:
            self.busy_errors += 1
            self._error(BUSY, event)
        else:
            self.begin(event)

    def _add(self, event: Mapping[str, Json]) -> None:
        item = event["item"]
        assert isinstance(item, dict)
        if item.get("id") in [each["id"] for each in self.items if "id" in each]:
            self.repeated.append(str(item["id"]))
            self._error("item_create_duplicate_item_id", event)
            return
        self.items.append(item)
        if item["type"] == "function_call_output":
            self.outputs.append(item["call_id"])
        self.known.add(item.get("call_id") or item["id"])
        self._append(item)

    def _append(self, item: dict[str, Json], **as_yet: Json) -> None:
        previous = self.conversation[-1]["id"] if self.conversation else None
        self.conversation.append(item)
        self._say("conversation.item.added", item={**item, **as_yet}, previous_item_id=previous)

    def _find(self, item_id: Json) -> dict[str, Json] | None:
        return next((each for each in self.conversation if each["id"] == item_id), None)

    def _take_out(self, event: Mapping[str, Json]) -> None:
        if (item := self._find(event["item_id"])) is None:
            self._error("item_delete_invalid_item_id", event)
            return
        self.deleted.append(str(item["id"]))
        self.conversation.remove(item)
        self.known.discard(str(item["id"]))
        self._say("conversation.item.deleted", item_id=item["id"])

    def _error(self, code: str, event: Mapping[str, Json]) -> None:
        self._say("error", error={"code": code, "message": code, "event_id": event["event_id"]})

    def _say(self, event_type: str, /, **fields: Json) -> None:
        self.outbox.append({"type": event_type, "event_id": f"event_{len(self.outbox)}", **fields})


def on_the_wire(event: Mapping[str, Json]) -> ServerEvent:
    return decode(json.dumps(event))
