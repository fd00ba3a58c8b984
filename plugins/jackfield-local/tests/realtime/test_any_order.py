"""Whatever clients, callers, ears, minds and lines do, in any order: no exception, and the ladders hold."""

import base64
import json
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jackfield_local.engine import effects as orders

from .scene import Event, Scene, loud, silent

TOOL = {"type": "function", "name": "look"}
IDS = st.sampled_from(["a", "b", "root", "gone", "call_1"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "id", "item"]), inner)
    ),
    max_leaves=4,
)
KINDS = st.sampled_from(
    [
        "session.update",
        "input_audio_buffer.commit",
        "input_audio_buffer.clear",
        "output_audio_buffer.clear",
        "conversation.item.create",
        "conversation.item.retrieve",
        "conversation.item.truncate",
        "conversation.item.delete",
        "response.create",
        "response.cancel",
    ]
)


class AnySession(RuleBasedStateMachine):
    """`Scene.take` has the official models check every event as it comes."""

    @initialize(
        plays=st.booleans(), interrupt=st.booleans(), idle=st.sampled_from([None, 5000]), create=st.booleans()
    )
    def begin(self, plays: bool, interrupt: bool, idle: int | None, create: bool) -> None:
        detection = {
            "type": "server_vad",
            "interrupt_response": interrupt,
            "idle_timeout_ms": idle,
            "create_response": create,
        }
        heard = {"turn_detection": detection, "transcription": {"model": "whisper-1"}}
        self.scene = Scene(plays=plays, tools=[TOOL], audio={"input": heard})
        self.thinking: list[orders.Think] = []
        self.playing: list[str] = []
        self.asked: list[orders.Recognise] = []
        self.told: list[Event] = []

    def settle(self, events: list[Event]) -> None:
        self.told += events
        self.thinking += self.scene.ordered(orders.Think)
        self.playing += [play.item_id for play in self.scene.ordered(orders.Play)]
        self.asked += self.scene.ordered(orders.Recognise)

    @rule(
        kind=KINDS, fields=st.dictionaries(st.sampled_from(["session", "item", "response", "item_id"]), JSON)
    )
    def anything(self, kind: str, fields: dict) -> None:
        self.settle(self.scene.send(kind, **fields))

    @rule(item_id=IDS, previous=IDS | st.none())
    def typed(self, item_id: str, previous: str | None) -> None:
        part = {"type": "input_text", "text": "hello"}
        item = {"type": "message", "role": "user", "id": item_id, "content": [part]}
        self.settle(self.scene.send("conversation.item.create", item=item, previous_item_id=previous))

    @rule()
    def spoken_item(self) -> None:
        part = {"type": "input_audio", "audio": base64.b64encode(loud(120)).decode()}
        item = {"type": "message", "role": "user", "content": [part]}
        self.settle(self.scene.send("conversation.item.create", item=item))

    @rule(beside=st.booleans(), spoken=st.booleans(), limit=st.sampled_from([None, 1, 5]))
    def asked_for(self, beside: bool, spoken: bool, limit: int | None) -> None:
        response: Event = {"output_modalities": ["audio" if spoken else "text"]}
        response |= {"conversation": "none"} if beside else {}
        response |= {"max_output_tokens": limit} if limit else {}
        self.settle(self.scene.send("response.create", response=response))

    @rule(kind=st.sampled_from(["audio/pcm", "audio/pcmu"]), detect=st.booleans())
    def reconfigured(self, kind: str, detect: bool) -> None:
        sound: Event = {"format": {"type": kind}}
        sound["turn_detection"] = {"type": "server_vad"} if detect else None
        session = {"type": "realtime", "audio": {"input": sound}}
        self.settle(self.scene.send("session.update", session=session))

    @rule(
        sounds=st.lists(st.sampled_from([(loud, 300), (silent, 250), (silent, 700)]), min_size=1, max_size=4)
    )
    def heard(self, sounds: list[tuple[Callable[[int], bytes], int]]) -> None:
        for sound, milliseconds in sounds:
            self.settle(self.scene.hear(sound(milliseconds)))

    @rule(data=st.data(), text=st.sampled_from(["hello", "", None]))
    def understood(self, data: st.DataObject, text: str | None) -> None:
        if self.asked:
            self.scene.orders.append(data.draw(st.sampled_from(self.asked)))
            self.settle(self.scene.understand(text))

    @rule(data=st.data(), step=st.sampled_from(["say", "sound", "call", "done", "fail"]))
    def thought(self, data: st.DataObject, step: str) -> None:
        """Also of responses that are over."""
        if not self.thinking:
            return
        think = data.draw(st.sampled_from(self.thinking))
        session, now = self.scene.session, self.scene.now
        match step:
            case "say":
                session.said(think.response_id, "one two three", now)
            case "sound" if think.voice:
                session.sounded(think.response_id, loud(200), now)
            case "call":
                session.called(think.response_id, "look", {"at": 1}, now)
            case "done":
                session.thought(think.response_id, now)
            case "fail":
                session.failed(think.response_id, "server_error", "No.", now)
        self.settle(self.scene.take())

    @rule(data=st.data(), ms=st.integers(0, 500), cut=st.booleans(), starts=st.booleans())
    def played(self, data: st.DataObject, ms: int, cut: bool, starts: bool) -> None:
        if self.playing:
            item_id = data.draw(st.sampled_from(self.playing))
            if starts:
                self.scene.session.play_started(item_id)
            else:
                self.scene.session.play_finished(item_id, ms, cut, self.scene.now)
            self.settle(self.scene.take())

    @rule()
    def waited(self) -> None:
        self.scene.now += 31
        self.scene.session.tick(self.scene.now)
        self.settle(self.scene.take())

    @invariant()
    def every_response_is_done_once(self) -> None:
        created = Counter(one["response"]["id"] for one in self.told if one["type"] == "response.created")
        done = Counter(one["response"]["id"] for one in self.told if one["type"] == "response.done")
        assert set(created.values()) <= {1} and set(done.values()) <= {1}
        assert done.keys() <= created.keys()

    @invariant()
    def one_response_at_a_time_is_in_the_conversation(self) -> None:
        active = 0
        for event in self.told:
            if event["type"] in {"response.created", "response.done"}:
                if event["response"]["conversation_id"] is not None:
                    active += 1 if event["type"] == "response.created" else -1
                assert active in {0, 1}

    @invariant()
    def what_is_added_is_done_and_what_is_begun_is_ended(self) -> None:
        """For every response that is over."""
        over = {one["response"]["id"] for one in self.told if one["type"] == "response.done"}
        for begun, ended in LADDER.items():
            starts, ends = (
                Counter(
                    one.get("item_id") or one["item"]["id"]
                    for one in self.told
                    if one["type"] == kind and one["response_id"] in over
                )
                for kind in (begun, ended)
            )
            assert starts == ends and set(starts.values()) <= {1}, (begun, starts, ends)

    @invariant()
    def the_server_never_blames_itself(self) -> None:
        faults = [one["error"] for one in self.told if one["type"] == "error"]
        assert not [fault for fault in faults if fault["type"] == "server_error"], json.dumps(faults)


LADDER = {
    "response.output_item.added": "response.output_item.done",
    "response.content_part.added": "response.content_part.done",
}

AnySession.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestAnySession = AnySession.TestCase
