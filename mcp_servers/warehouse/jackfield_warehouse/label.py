"""A shelf label as a PNG: bars as a scanner reads them (Code 39), drawn by hand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

NARROW, WIDE, HEIGHT, MARGIN = 2, 5, 80, 20
"""Pixels."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%"

CODES = (
    "000110100 100100001 001100001 101100000 000110001 100110000 001110000 000100101 100100100 001100100 "
    "100001001 001001001 101001000 000011001 100011000 001011000 000001101 100001100 001001100 000011100 "
    "100000011 001000011 101000010 000010011 100010010 001010010 000000111 100000110 001000110 000010110 "
    "110000001 011000001 111000000 010010001 110010000 011010000 010000101 110000100 011000100 010010100 "
    "010101000 010100010 010001010 000101010"
)
"""For each character of the alphabet nine elements, bar and space in turn; 1 is a wide one."""

ELEMENTS = {each: CODES[10 * place : 10 * place + 9] for place, each in enumerate(ALPHABET)}


def label(text: str) -> bytes:
    """The PNG of a label. Characters that the code does not have are left out."""
    row = bytes(MARGIN) + bytes(_pixels(text)) + bytes(MARGIN)
    return png([bytes(len(row))] * MARGIN + [row] * HEIGHT + [bytes(len(row))] * MARGIN)


def png(rows: list[bytes]) -> bytes:
    """Rows of pixels, 1 for black and 0 for white, as a PNG of eight-bit grey."""
    lines = b"".join(b"\0" + bytes(0 if pixel else 255 for pixel in row) for row in rows)
    size = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    parts = [(b"IHDR", size), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _pixels(text: str) -> Iterator[int]:
    known = "".join(each for each in text.upper() if each in ALPHABET and each != "*")
    for character in f"*{known}*":
        for place, width in enumerate(ELEMENTS[character]):
            yield from [1 - place % 2] * (WIDE if width == "1" else NARROW)
        yield from [0] * NARROW


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
