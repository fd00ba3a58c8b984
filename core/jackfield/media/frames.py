"""How sound is cut into pieces: apart from `sound`, because whoever only passes it on needs no numpy."""

from __future__ import annotations

RATE = 24_000
FRAME = RATE // 50
FRAME_BYTES = 2 * FRAME
FRAME_SECONDS = 0.02
