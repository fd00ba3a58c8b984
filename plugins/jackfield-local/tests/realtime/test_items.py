"""What clients may do to the conversation."""

import base64

import pytest

from jackfield_local.engine import effects as orders

from .scene import Scene, error, loud, only, types


def create(scene: Scene, item_id: str, **fields: object) -> list:
    item = {"type": "message", "role": "user", "id": item_id}
    content = [{"type": "input_text", "text": item_id}]
    return scene.send("conversation.item.create", item={**item, "content": content}, **fields)


def order(scene: Scene) -> list[str]:
    return [item.id for item in scene.session.conversation]


def test_items_go_where_the_client_wants_them() -> None:
    scene = Scene()
    create(scene, "b")
    create(scene, "d")
    assert create(scene, "a", previous_item_id="root")[0]["previous_item_id"] is None
    assert create(scene, "c", previous_item_id="b")[0]["previous_item_id"] == "b"
    assert order(scene) == ["a", "b", "c", "d"]


def test_an_unknown_place_is_refused() -> None:
    scene = Scene()
    fault = error(create(scene, "a", previous_item_id="gone"))
    assert (fault["param"], fault["code"]) == ("previous_item_id", "item_create_invalid_previous_item_id")
    assert order(scene) == []


def test_an_id_is_used_once() -> None:
    scene = Scene()
    create(scene, "a")
    assert error(create(scene, "a"))["code"] == "item_create_duplicate_item_id"


def test_an_output_needs_its_call() -> None:
    item = {"type": "function_call_output", "call_id": "call_9", "output": ""}
    fault = error(Scene().send("conversation.item.create", item=item))
    assert fault["code"] == "invalid_tool_call_id"
    assert fault["message"] == "Tool call ID 'call_9' not found in conversation."


def test_a_history_can_be_seeded_anew() -> None:
    scene = Scene()
    scene.type("What time is it?")
    call = {"type": "function_call", "call_id": "c1", "name": "now", "arguments": "{}"}
    scene.send("conversation.item.create", item=call)
    output = {"type": "function_call_output", "call_id": "c1", "output": "ten"}
    scene.send("conversation.item.create", item=output)
    scene.type("It is ten.", role="assistant")
    scene.type("Be brief.", role="system")
    thought = scene.ask("Thanks").thought
    assert thought.pending == frozenset()
    assert [item["type"] for item in thought.items] == [
        "message",
        "function_call",
        "function_call_output",
    ] + ["message"] * 3


@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        (
            {"type": "message", "role": "assistant", "content": [{"type": "output_audio"}]},
            "invalid_value",
            None,
        ),
        ({"type": "message", "role": "robot", "content": []}, "invalid_value", "item.role"),
        ({"type": "banana"}, "invalid_value", "item.type"),
        (
            {"type": "function_call_output", "call_id": "x" * 33, "output": ""},
            "string_above_max_length",
            "item.call_id",
        ),
        ({"type": "function_call_output", "call_id": "a/b", "output": ""}, "invalid_value", "item.call_id"),
        ({"type": "function_call_output", "call_id": "a"}, "missing_required_parameter", "item.output"),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_text"}]},
            "missing_required_parameter",
            "item.content[0].text",
        ),
        (
            {
                "type": "message",
                "role": "user",
                "content": [{"type": "input_image", "image_url": "http://x"}],
            },
            "invalid_value",
            "item.content[0].image_url",
        ),
    ],
)
def test_items_that_cannot_be_are_refused(item: dict, code: str, param: str | None) -> None:
    fault = error(Scene().send("conversation.item.create", item=item))
    assert fault["code"] == code
    if param is not None:
        assert fault["param"] == param


@pytest.mark.parametrize("verb", ["retrieve", "delete", "truncate"])
def test_an_item_that_is_not_there_has_its_own_error(verb: str) -> None:
    more = {"content_index": 0, "audio_end_ms": 1} if verb == "truncate" else {}
    fault = error(Scene().send(f"conversation.item.{verb}", item_id="yo", **more))
    assert fault["code"] == f"item_{verb}_invalid_item_id"
    assert fault["message"].endswith("the item with id 'yo' does not exist.")


def test_a_deleted_item_is_gone() -> None:
    scene = Scene()
    create(scene, "a")
    assert types(scene.send("conversation.item.delete", item_id="a")) == ["conversation.item.deleted"]
    assert order(scene) == []


def test_an_item_is_retrieved_with_its_sound() -> None:
    scene = Scene()
    item = scene.answer("Hi.", 250)
    found = only(scene.send("conversation.item.retrieve", item_id=item["id"]), "conversation.item.retrieved")
    assert len(base64.b64decode(found["item"]["content"][0]["audio"])) == 250 * 48


def test_an_answer_is_cut_to_what_was_heard_and_loses_its_transcript() -> None:
    scene = Scene()
    item = scene.answer("one two three four", 1000)
    cut = scene.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=500)
    assert only(cut, "conversation.item.truncated")["audio_end_ms"] == 500
    found = scene.send("conversation.item.retrieve", item_id=item["id"])[0]["item"]["content"][0]
    assert "transcript" not in found
    assert len(base64.b64decode(found["audio"])) == 500 * 48
    seen = scene.ask("Go on").thought.items[-2]["content"][0]
    assert seen["transcript"] == "one two"


def test_nothing_can_be_cut_to_more_than_there_is() -> None:
    scene = Scene()
    item = scene.answer("Hi.", 925)
    fault = error(
        scene.send("conversation.item.truncate", item_id=item["id"], content_index=0, audio_end_ms=5734)
    )
    assert fault["message"] == "Audio content of 925ms is already shorter than 5734ms"


def test_only_the_agents_sound_can_be_cut() -> None:
    scene = Scene()
    create(scene, "a")
    fault = error(scene.send("conversation.item.truncate", item_id="a", content_index=0, audio_end_ms=0))
    assert fault["message"] == "Only model output audio messages can be truncated"


def test_sound_in_an_item_is_understood_before_it_is_answered() -> None:
    scene = Scene()
    sound = {"type": "input_audio", "audio": base64.b64encode(loud(400)).decode()}
    item = {"type": "message", "role": "user", "content": [sound]}
    added = scene.send("conversation.item.create", item=item)[0]["item"]
    assert "audio" not in added["content"][0]
    scene.send("response.create")
    assert not scene.ordered(orders.Think)
    scene.understand("what time is it")
    assert scene.thinks().thought.items[0]["content"][0]["transcript"] == "what time is it"
