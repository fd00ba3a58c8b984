"""What may be taken from a stranger's SDP before aiortc sees it. Pure."""

from __future__ import annotations

import re

from aiortc.sdp import MediaDescription, SessionDescription

from jackfield.errors import MediaError

MOST_SDP = 1 << 17
MOST_CANDIDATES = 64
# What a peer takes that does not say how much (RFC 8841).
DEFAULT_MESSAGE_SIZE = 1 << 16

_MESSAGE_SIZE = re.compile(r"^a=max-message-size:(\d{1,10})\s*$", re.MULTILINE)


def clean(sdp: str) -> str:
    """The SDP without candidates that only cost time, or traffic to third parties.

    Names under `.local` would be looked for by multicast for a second; browsers that send them are found
    by the packets they send us. More than `MOST_CANDIDATES` are nobody's real addresses.
    """
    if len(sdp) > MOST_SDP:
        raise MediaError(f"The SDP is larger than {MOST_SDP >> 10} KiB.")
    lines, candidates = [], 0
    for line in sdp.splitlines():
        if line.startswith("a=candidate:"):
            candidates += 1
            if ".local" in line or candidates > MOST_CANDIDATES:
                continue
        lines.append(line)
    return "\r\n".join(lines) + "\r\n"


def has_candidates(sdp: str) -> bool:
    """Is there an address in it?"""
    return "\na=candidate:" in sdp


def message_size(sdp: str) -> int:
    """The largest data channel message that the writer of this SDP takes, in bytes."""
    found = _MESSAGE_SIZE.search(sdp)
    size = int(found[1]) if found else DEFAULT_MESSAGE_SIZE
    # 0 says that there is no limit; ours is that of the sending side.
    return min(size or 1 << 18, 1 << 18)


def check_offer(sdp: str) -> None:
    """Raise `MediaError` for an offer without an audio section in which we can be heard."""
    try:
        description = SessionDescription.parse(sdp)
    except Exception as error:  # a foreign parser on a stranger's text fails in any way
        raise MediaError("The offer is not a session description (SDP).") from error
    audio = next((media for media in description.media if media.kind == "audio"), None)
    if audio is None:
        raise MediaError("The offer has no audio (m=audio).")
    if not _has_opus(audio):
        raise MediaError("The offer's audio has no Opus; every browser can send it.")
    if audio.direction not in ("sendrecv", "recvonly"):
        raise MediaError(f"The offer's audio is {audio.direction}; sendrecv is needed to talk.")


def _has_opus(media: MediaDescription) -> bool:
    return any(codec.mimeType.lower() == "audio/opus" for codec in media.rtp.codecs)
