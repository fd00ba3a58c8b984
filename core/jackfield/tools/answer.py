"""What a tool gave, where it is more than JSON: words and images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jackfield.calls import Image, Json

MOST_IMAGES = 4
MOST_BYTES = 4 * 1024 * 1024
"""Of all images of one answer together."""

SHOWN = ("image/png", "image/jpeg")
"""What a model can look at (Realtime API: `input_image`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` is JSON; `images` are those that the model can be shown, `links` the addresses in it that it
    may read."""

    value: Json
    images: tuple[Image, ...] = ()
    links: tuple[str, ...] = ()


def answer(words: Sequence[Json], images: Sequence[Image]) -> Answer:
    """The words, with a line on each image: that it follows, or why it does not."""
    shown: list[Image] = []
    lines: list[Json] = []
    for image in images:
        reason = _refusal(image, shown)
        if not reason:
            shown.append(image)
        lines.append(
            f"(an image, {image.media_type[:40]}, {_in_words(len(image.data))}, {reason or 'follows'})"
        )
    told = [*words, *lines]
    if all(isinstance(each, str) for each in told):
        return Answer("\n".join(map(str, told)), tuple(shown))
    return Answer(told, tuple(shown))


def _refusal(image: Image, shown: Sequence[Image]) -> str:
    if image.media_type not in SHOWN:
        return "of a kind that cannot be shown"
    if len(shown) >= MOST_IMAGES or sum(len(each.data) for each in (*shown, image)) > MOST_BYTES:
        return "left out because there would be too much to look at"
    return ""


def _in_words(size: int) -> str:
    return f"{size} bytes" if size < 1024 else f"{size // 1024} KiB"
