"""SDP from strangers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.errors import MediaError
from jackfield.media.offers import MOST_CANDIDATES, MOST_SDP, check_offer, clean, has_candidates, message_size

OFFER = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=candidate:1 1 udp 1 192.0.2.7 5000 typ host
"""


def test_an_offer_with_opus_both_ways_is_taken() -> None:
    check_offer(OFFER)


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        (OFFER.split("m=")[0], "no audio"),
        (OFFER.replace("opus/48000/2", "PCMU/8000"), "no Opus"),
        (OFFER.replace("sendrecv", "sendonly"), "is sendonly"),
        (OFFER.replace("sendrecv", "inactive"), "is inactive"),
        ("", "SDP|no audio"),
        ("{}", "SDP|no audio"),
        (OFFER.replace("m=audio 9", "m=audio nine"), "not a session description"),
    ],
)
def test_another_offer_is_refused_with_a_sentence(offer: str, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        check_offer(offer)


@given(st.text(max_size=300), st.integers(0, len(OFFER)))
def test_no_text_is_more_than_refused(junk: str, place: int) -> None:
    for sdp in (junk, OFFER[:place] + junk + OFFER[place:]):
        with contextlib.suppress(MediaError):
            check_offer(clean(sdp))


def test_names_on_the_local_network_are_not_looked_for() -> None:
    sdp = OFFER + "a=candidate:2 1 udp 1 0b5c.local 5001 typ host\n"
    assert clean(sdp).splitlines() == OFFER.splitlines()


def test_a_flood_of_candidates_is_cut() -> None:
    flood = "".join(f"a=candidate:{n} 1 udp 1 192.0.2.{n % 250} 5000 typ host\n" for n in range(1000))
    assert clean(OFFER + flood).count("a=candidate:") == MOST_CANDIDATES


def test_a_huge_sdp_is_refused() -> None:
    with pytest.raises(MediaError, match="larger than"):
        clean("a" * (MOST_SDP + 1))


def test_an_sdp_has_candidates_or_not() -> None:
    assert has_candidates(clean(OFFER))
    assert not has_candidates(clean(OFFER.replace("a=candidate", "a=x-candidate")))


@pytest.mark.parametrize(
    ("line", "size"),
    [("", 65_536), ("a=max-message-size:1000", 1000), ("a=max-message-size:0", 262_144)],
)
def test_the_largest_message_is_what_the_other_side_says(line: str, size: int) -> None:
    assert message_size(OFFER + line + "\r\n") == size
