"""What a voice gets to hear of each kind of result."""

import json
from base64 import b64encode

import pytest
from mcp import types

from jackfield.calls import Image, Json
from jackfield.errors import ToolError
from jackfield.mcp.content import NOTHING, value_of
from jackfield.tools.answer import Answer

PICTURE = b64encode(b"\x89PNG" * 1024).decode()


def text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)


def result(
    *content: types.ContentBlock, structured: object = None, is_error: bool = False
) -> types.CallToolResult:
    return types.CallToolResult(content=list(content), structured_content=structured, is_error=is_error)


def test_texts_are_joined() -> None:
    assert value_of(result(text("Three in stock."), text(""), text("None ordered."))) == (
        "Three in stock.\nNone ordered."
    )


def test_text_is_preferred_to_the_same_thing_structured() -> None:
    assert value_of(result(text("Three."), structured={"stock": 3})) == "Three."


@pytest.mark.parametrize(
    ("structured", "value"),
    [
        ({"stock": 3}, {"stock": 3}),
        ({"result": [1, 2]}, [1, 2]),
        ({"result": 1, "more": True}, {"result": 1, "more": True}),
        ([1, 2], [1, 2]),
        (0, 0),
        (False, False),
    ],
)
def test_structured_content_is_taken_where_there_is_no_text(structured: object, value: Json) -> None:
    assert value_of(result(structured=structured)) == value
    json.dumps(value)


def picture(data: str = PICTURE, kind: str = "image/png") -> types.ImageContent:
    return types.ImageContent(type="image", data=data, mime_type=kind)


def test_sounds_and_files_are_described_in_words() -> None:
    said = value_of(
        result(
            types.AudioContent(type="audio", data="AAAA", mime_type="audio/wav"),
            types.EmbeddedResource(
                type="resource",
                resource=types.BlobResourceContents(uri="shop://plan", blob="AAAA", mime_type="text/rtf"),
            ),
        )
    )
    assert said == "(a sound recording, audio/wav, 3 bytes)\n(a file, text/rtf, 3 bytes: shop://plan)"


def test_pictures_are_given_to_the_model_beside_the_words() -> None:
    said = value_of(result(text("The screen."), picture()))
    assert said == Answer(
        "The screen.\n(an image, image/png, 4 KiB, follows)", (Image(b"\x89PNG" * 1024, "image/png"),)
    )


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (picture(kind="image/svg+xml"), "(an image, image/svg+xml, 4 KiB, of a kind that cannot be shown)"),
        (picture(data="no base64!"), "cannot be shown"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_described_in_words(shown: types.ImageContent, told: str) -> None:
    said = value_of(result(shown))
    assert isinstance(said, Answer)
    assert told in str(said.value)
    assert said.images == ()


def test_structured_content_goes_with_a_picture() -> None:
    said = value_of(result(picture(), structured={"stock": 3}))
    assert isinstance(said, Answer)
    assert said.value == [{"stock": 3}, "(an image, image/png, 4 KiB, follows)"]


def test_the_text_of_an_embedded_resource_is_said_and_a_link_is_named() -> None:
    said = value_of(
        result(
            types.EmbeddedResource(
                type="resource", resource=types.TextResourceContents(uri="shop://note", text="Call first.")
            ),
            types.ResourceLink(
                type="resource_link", name="invoice", uri="shop://invoice/7", description="for ticket 1042"
            ),
        )
    )
    words = "Call first.\n(a link to invoice, for ticket 1042: shop://invoice/7)"
    assert said == Answer(words, links=("shop://invoice/7",))


def test_text_that_is_only_the_data_again_gives_way_to_the_data() -> None:
    data = {"parts": [{"name": "fan"}, {"name": "screw"}]}
    assert value_of(result(text(json.dumps(data, indent=2)), structured=data)) == data
    assert value_of(result(text("[1, 2]"), structured={"result": [1, 2]})) == [1, 2]
    assert value_of(result(text("Two parts."), text(json.dumps(data)), structured=data)) == (
        f"Two parts.\n{json.dumps(data)}"
    )


def test_a_picture_in_a_resource_is_shown_too() -> None:
    blob = types.BlobResourceContents(uri="shop://photo", blob=PICTURE, mime_type="image/png")
    said = value_of(result(types.EmbeddedResource(type="resource", resource=blob)))
    assert isinstance(said, Answer)
    assert said.images == (Image(b"\x89PNG" * 1024, "image/png"),)


def test_an_empty_result_says_that_it_is_done() -> None:
    assert value_of(result()) == NOTHING


def test_a_failed_tool_raises_its_own_words() -> None:
    with pytest.raises(ToolError, match=r"^The oven is too hot\.$"):
        value_of(result(text("Error executing tool bake: The oven is too hot."), is_error=True))
    with pytest.raises(ToolError, match="did not say why"):
        value_of(result(is_error=True))
