"""Images in what a tool returns."""

from __future__ import annotations

import pytest

from jackfield.calls import Image, Json
from jackfield.tools.answer import MOST_BYTES, MOST_IMAGES, Answer
from jackfield.tools.function import tool_from
from jackfield.tools.tool import ToolContext

CONTEXT = ToolContext("call_1", "session_1", "receptionist", 20.0)
PNG = Image(b"\x89PNG" * 100)


def given(value: object) -> Json:
    def show() -> object:
        """Show it."""
        return value

    return tool_from(show, source="test").invoke({}, CONTEXT)


def test_an_image_alone_is_announced_in_words() -> None:
    assert given(PNG) == Answer("(an image, image/png, 400 bytes, follows)", (PNG,))


def test_words_and_images_are_told_apart() -> None:
    answer = given(["The broken screen.", PNG, Image(b"jpg", "image/jpeg")])
    assert answer == Answer(
        "The broken screen.\n(an image, image/png, 400 bytes, follows)\n"
        "(an image, image/jpeg, 3 bytes, follows)",
        (PNG, Image(b"jpg", "image/jpeg")),
    )


def test_data_beside_an_image_stays_data() -> None:
    answer = given(({"ticket": 1042}, PNG))
    assert isinstance(answer, Answer)
    assert answer.value == [{"ticket": 1042}, "(an image, image/png, 400 bytes, follows)"]


@pytest.mark.parametrize(
    ("images", "shown"),
    [
        ([Image(b"x", "image/gif")], 0),
        ([Image(bytes(MOST_BYTES + 1))], 0),
        ([PNG] * (MOST_IMAGES + 1), MOST_IMAGES),
        ([Image(bytes(MOST_BYTES // 2))] * 3, 2),
    ],
)
def test_what_cannot_be_shown_or_is_too_much_is_left_out_and_said_so(images: list[Image], shown: int) -> None:
    answer = given(images)
    assert isinstance(answer, Answer)
    assert len(answer.images) == shown
    assert str(answer.value).count("(an image") == len(images)
    assert "cannot be shown" in str(answer.value) or "left out" in str(answer.value)


def test_a_list_without_images_is_a_list() -> None:
    assert given(["a", "b"]) == ["a", "b"]
