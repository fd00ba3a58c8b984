"""The order in which a response is told."""

import json

from jackfield_local.engine import effects as orders

from .scene import Scene, error, only, types

SPOKEN = [
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
]
SPOKEN_END = [
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
    "rate_limits.updated",
]
CALL = [
    "response.output_item.added",
    "conversation.item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
    "conversation.item.done",
]
LOOK = {"type": "function", "name": "look", "description": "Looks", "parameters": {"type": "object"}}


def test_a_spoken_response_climbs_the_whole_ladder() -> None:
    scene = Scene()
    scene.type("Hello")
    assert types(scene.send("response.create")) == ["response.created"]
    think = scene.thinks()
    assert types(scene.say(think, "Hi there.", 300)) == SPOKEN
    done = scene.done(think)
    assert types(done) == SPOKEN_END
    response = only(done, "response.done")["response"]
    assert response["status"] == "completed" and response["status_details"] is None
    assert response["output"][0]["content"] == [{"type": "output_audio", "transcript": "Hi there."}]
    assert response["usage"]["output_token_details"] == {"text_tokens": 3, "audio_tokens": 6}


def test_a_written_response_has_text_and_no_sound() -> None:
    scene = Scene()
    think = scene.ask(output_modalities=["text"])
    assert think.voice is None
    assert types(scene.say(think, "Hi.")) == [*SPOKEN[:3], "response.output_text.delta"]
    done = scene.done(think)
    assert types(done)[:2] == ["response.output_text.done", "response.content_part.done"]
    assert only(done, "response.content_part.done")["part"] == {"type": "text", "text": "Hi."}
    output = only(done, "response.done")["response"]["output"]
    assert output[0]["content"] == [{"type": "output_text", "text": "Hi."}]


def test_a_preamble_and_several_calls_are_items_of_one_response() -> None:
    scene = Scene(tools=[LOOK])
    think = scene.ask()
    scene.say(think, "One moment.", 100)
    first = scene.call(think, "look", at="one")
    assert types(first) == [*SPOKEN_END[:5], *CALL]
    assert types(scene.call(think, "look", at="two")) == CALL
    output = only(scene.done(think), "response.done")["response"]["output"]
    assert [item["type"] for item in output] == ["message", "function_call", "function_call"]
    assert [json.loads(item["arguments"]) for item in output[1:]] == [{"at": "one"}, {"at": "two"}]
    assert len({item["call_id"] for item in output[1:]}) == 2
    added = [event for event in first if event["type"] == "response.output_item.added"]
    assert added[0]["output_index"] == 1 and added[0]["item"]["arguments"] == ""


def test_a_client_and_the_server_agree_on_what_stands_before_an_item() -> None:
    scene = Scene()
    question = only(scene.type("Hello"), "conversation.item.added")
    assert question["previous_item_id"] is None
    scene.send("response.create")
    added = only(scene.say(scene.thinks(), "Hi.", 20), "conversation.item.added")
    assert added["previous_item_id"] == question["item"]["id"]


def test_ids_have_the_documented_shapes() -> None:
    scene = Scene(tools=[LOOK])
    think = scene.ask()
    item = scene.call(think)[0]["item"]
    response = only(scene.done(think), "response.done")["response"]
    ids = [scene.session.id, response["id"], response["conversation_id"], item["id"], item["call_id"]]
    assert [one.partition("_")[0] for one in ids] == ["sess", "resp", "conv", "item", "call"]
    assert all(len(one) <= 32 for one in ids)


def test_a_mind_that_says_nothing_completes_an_empty_response() -> None:
    scene = Scene()
    think = scene.ask()
    assert types(scene.done(think)) == ["response.done", "rate_limits.updated"]


def test_a_failed_mind_is_a_failed_response_and_the_session_goes_on() -> None:
    scene = Scene()
    think = scene.ask()
    scene.session.failed(think.response_id, "server_error", "No.", scene.now)
    response = only(scene.take(), "response.done")["response"]
    assert response["status"] == "failed"
    assert response["status_details"]["error"]["code"] == "server_error"
    assert response["usage"] is not None
    assert scene.answer()["status"] == "completed"


def test_only_one_response_at_a_time_writes_to_the_conversation() -> None:
    scene = Scene()
    think = scene.ask()
    fault = error(scene.send("response.create", event_id="mine"))
    assert fault == {
        "type": "invalid_request_error",
        "code": "conversation_already_has_active_response",
        "message": f"Conversation already has an active response in progress: {think.response_id}. "
        "Wait until the response is finished before creating a new one.",
        "param": None,
        "event_id": "mine",
    }


def test_responses_out_of_band_run_beside_and_leave_no_trace() -> None:
    scene = Scene()
    default = scene.ask()
    created = scene.send(
        "response.create",
        response={"conversation": "none", "metadata": {"topic": "a"}, "output_modalities": ["text"]},
    )
    response = only(created, "response.created")["response"]
    assert response["conversation_id"] is None and response["metadata"] == {"topic": "a"}
    beside = scene.thinks()
    said = scene.say(beside, "aside") + scene.done(beside)
    assert not [kind for kind in types(said) if kind.startswith("conversation.")]
    item_id = only(said, "response.done")["response"]["output"][0]["id"]
    fault = error(scene.send("conversation.item.retrieve", item_id=item_id))
    assert fault["code"] == "item_retrieve_invalid_item_id"
    scene.say(default, "Hi.", 20)
    assert only(scene.done(default), "response.done")["response"]["status"] == "completed"


def test_an_input_replaces_the_conversation() -> None:
    scene = Scene()
    known = only(scene.type("first"), "conversation.item.added")["item"]["id"]
    scene.type("second")
    given = [
        {"type": "item_reference", "id": known},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "third"}]},
    ]
    scene.send("response.create", response={"conversation": "none", "input": given})
    read = [item["content"][0]["text"] for item in scene.thinks().thought.items]
    assert read == ["first", "third"]
    scene.send("response.create", response={"conversation": "none", "input": []})
    assert scene.thinks().thought.items == []


def test_an_input_that_refers_to_nothing_is_refused() -> None:
    given = [{"type": "item_reference", "id": "item_gone"}]
    fault = error(Scene().send("response.create", response={"input": given}))
    assert fault["param"] == "response.input"


def test_a_response_may_differ_from_its_session() -> None:
    scene = Scene(instructions="Be kind.", tools=[LOOK])
    other = {**LOOK, "name": "listen"}
    think = scene.ask(instructions="Say exactly: hi", tools=[other], tool_choice="required")
    assert think.thought.instructions == "Say exactly: hi"
    assert [tool["name"] for tool in think.thought.tools] == ["listen"]
    assert think.thought.tool_choice == "required"
    scene.done(think)
    assert scene.ask(tool_choice="none").thought.tools == []


def test_the_mind_is_told_which_calls_are_pending() -> None:
    scene = Scene(tools=[LOOK])
    think = scene.ask()
    one, two = (scene.call(think, at=at)[0]["item"]["call_id"] for at in ("one", "two"))
    scene.done(think)
    item = {"type": "function_call_output", "call_id": one, "output": "found"}
    answered = scene.send("conversation.item.create", item=item)
    assert types(answered) == ["conversation.item.added", "conversation.item.done"]
    assert not scene.ordered(orders.Think), "an output must not start a response"
    assert scene.ask("And?").thought.pending == frozenset({two})


def test_what_comes_while_the_agent_makes_up_its_mind_is_news_to_the_next_response() -> None:
    scene = Scene(tools=[LOOK])
    think = scene.ask()
    call_id = scene.call(think)[0]["item"]["call_id"]
    scene.done(think)
    think = scene.ask("And?")
    item = {"type": "function_call_output", "call_id": call_id, "output": "found"}
    scene.send("conversation.item.create", item=item)
    scene.say(think, "One moment.")  # by one who does not know the output
    scene.done(think)
    scene.send("response.create")
    (think,) = scene.ordered(orders.Think)
    kinds = [each.get("role") or each["type"] for each in think.thought.items]
    assert kinds == ["user", "function_call", "user", "assistant", "function_call_output"]


def test_what_is_typed_before_the_greeting_is_out_is_news_to_the_next_response() -> None:
    scene = Scene(tools=[LOOK])
    scene.send("response.create")
    (think,) = scene.ordered(orders.Think)
    typed = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello?"}]}
    scene.send("conversation.item.create", item=typed)
    scene.say(think, "Good day.")
    scene.done(think)
    scene.send("response.create")
    (think,) = scene.ordered(orders.Think)
    assert [each["role"] for each in think.thought.items] == ["assistant", "user"]


def test_a_client_can_cancel_and_the_ladder_is_closed() -> None:
    scene = Scene()
    think = scene.ask()
    scene.say(think, "Once upon a time", 200)
    ended = scene.send("response.cancel")
    assert types(ended) == SPOKEN_END
    response = only(ended, "response.done")["response"]
    assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["usage"]["output_tokens"] > 0
    assert scene.ordered(orders.StopThinking) == [orders.StopThinking(think.response_id)]
    assert scene.say(think, "late", 20) == [] and scene.done(think) == []


def test_cancelling_nothing_is_a_harmless_error() -> None:
    fault = error(Scene().send("response.cancel"))
    assert fault["code"] == "response_cancel_not_active"
    assert fault["message"] == "Cancellation failed: no active response found"


def test_a_response_that_is_too_long_ends_incomplete() -> None:
    scene = Scene()
    think = scene.ask(max_output_tokens=3, output_modalities=["text"])
    ended = scene.say(think, "far more than three tokens")
    response = only(ended, "response.done")["response"]
    assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}


def test_metadata_comes_back_with_the_latencies_beside_it() -> None:
    scene = Scene()
    think = scene.ask(metadata={"mine": "1"})
    scene.now += 0.05
    scene.session.said(think.response_id, "Hi.", scene.now)
    scene.now += 0.02
    scene.session.sounded(think.response_id, bytes(960), scene.now)
    metadata = only(scene.done(think), "response.done")["response"]["metadata"]
    assert metadata == {"mine": "1", "jackfield_mind_ms": "50.0", "jackfield_synthesis_ms": "20.0"}


def test_our_latencies_never_push_out_what_the_client_wrote() -> None:
    scene = Scene()
    own = {str(number): "x" for number in range(16)}
    think = scene.ask(metadata=own)
    scene.say(think, "Hi.", 20)
    assert only(scene.done(think), "response.done")["response"]["metadata"] == own


def test_an_endless_client_is_stopped() -> None:
    scene = Scene()
    for _ in range(16):
        scene.send("response.create", response={"conversation": "none"})
    assert error(scene.send("response.create", response={"conversation": "none"}))["code"] == (
        "rate_limit_exceeded"
    )


def test_g711_goes_out_at_eight_thousand_bytes_a_second() -> None:
    for kind in ("audio/pcmu", "audio/pcma"):
        scene = Scene(audio={"output": {"format": {"type": kind}}})
        think = scene.ask()
        delta = only(scene.say(think, "Hi.", 300), "response.output_audio.delta")["delta"]
        assert len(delta) == 3200
