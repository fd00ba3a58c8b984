"""Standard Webhooks, with the official client as the judge."""

import time

import pytest
from openai import InvalidWebhookSignatureError, OpenAI

from jackfield.phone.incoming import IncomingCall, NotACall
from jackfield.phone.seen import KEPT, MOST, Seen
from jackfield.phone.signature import ID, SIGNATURE, TIMESTAMP, Flaw, flaw, signature

SECRET = "whsec_c2VzYW1lIG9wZW4gc2VzYW1lIG9wZW4="
OTHER = "whsec_YW5vdGhlciBzZWNyZXQsIGp1c3QgYXMgbG9uZw=="
PLAIN = "letters, just as they are"
BODY = b'{"type": "realtime.call.incoming", "data": {"call_id": "rtc_1"}, "x": "\xc3\xa9"}'

OFFICIAL = OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1").webhooks


def signed(secret: str = SECRET, age: float = 0.0, body: bytes = BODY) -> dict[str, str]:
    timestamp = str(int(time.time() - age))
    return {ID: "wh_1", TIMESTAMP: timestamp, SIGNATURE: signature(secret, "wh_1", timestamp, body)}


def with_signatures(*more: str) -> dict[str, str]:
    headers = signed()
    return {**headers, SIGNATURE: " ".join([*more, headers[SIGNATURE]])}


def cases() -> dict[str, tuple[dict[str, str], bytes, Flaw | None]]:
    """Signed just now: how old they are is a part of some."""
    return {
        "genuine": (signed(), BODY, None),
        "with another body": (signed(), BODY.replace(b"rtc_1", b"rtc_2"), Flaw.FORGED),
        "the same JSON, written again": (signed(), BODY.replace(b": ", b":"), Flaw.FORGED),
        "under another id": ({**signed(), ID: "wh_2"}, BODY, Flaw.FORGED),
        "with another secret": (signed(OTHER), BODY, Flaw.FORGED),
        "stale": (signed(age=600), BODY, Flaw.STALE),
        "nearly stale": (signed(age=200), BODY, None),
        "of the future": (signed(age=-600), BODY, Flaw.STALE),
        "at no time": ({**signed(), TIMESTAMP: "soon"}, BODY, Flaw.UNTIMED),
        "with several signatures": (with_signatures("v1,AAAA", signed(OTHER)[SIGNATURE]), BODY, None),
        "with a signature of another version": (with_signatures("v1a,AAAA"), BODY, None),
        "with nonsense": ({**signed(), SIGNATURE: "sesame"}, BODY, Flaw.FORGED),
    }


@pytest.mark.parametrize("case", cases())
def test_a_request_is_judged_as_the_official_client_judges_it(case: str) -> None:
    headers, body, expected = cases()[case]
    assert flaw(SECRET, headers, body, time.time()) is expected
    try:
        OFFICIAL.verify_signature(body, headers, secret=SECRET)
    except (InvalidWebhookSignatureError, ValueError):
        assert expected is not None
    else:
        assert expected is None


def test_a_secret_without_its_prefix_is_taken_letter_by_letter() -> None:
    headers = signed(PLAIN)
    OFFICIAL.verify_signature(BODY, headers, secret=PLAIN)
    assert flaw(PLAIN, headers, BODY, time.time()) is None


def test_the_official_client_reads_the_event_that_we_read() -> None:
    body = (
        b'{"object": "event", "id": "evt_1", "type": "realtime.call.incoming", "created_at": 1, "data":'
        b' {"call_id": "rtc_1", "sip_headers": [{"name": "From", "value": "<sip:+44207@trunk>"}]}}'
    )
    event = OFFICIAL.unwrap(body, signed(body=body), secret=SECRET)
    assert event.type == "realtime.call.incoming"
    call = IncomingCall.told("openai", body)
    assert call is not None
    assert (call.call_id, call.caller.number) == (event.data.call_id, "+44207")


@pytest.mark.parametrize("missing", [ID, TIMESTAMP, SIGNATURE])
def test_what_is_not_signed_is_refused(missing: str) -> None:
    headers = {name: value for name, value in signed().items() if name != missing}
    assert flaw(SECRET, headers, BODY, time.time()) is Flaw.UNSIGNED


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 9_000, b'{"type": "realtime.call.incoming", "data": []}'])
def test_an_event_that_cannot_be_read_is_told_from_one_about_something_else(body: bytes) -> None:
    with pytest.raises(NotACall):
        IncomingCall.told("openai", body)
    assert IncomingCall.told("openai", b'{"type": "live.transport.incoming"}') is None
    assert IncomingCall.told("openai", b"[]") is None


def test_what_was_seen_is_known_again_for_long_enough_and_in_bounded_memory() -> None:
    seen = Seen()
    assert seen.is_new("a", 0.0)
    assert not seen.is_new("a", KEPT - 1)
    assert seen.is_new("a", KEPT + 1)
    for number in range(2 * MOST):
        seen.is_new(str(number), KEPT + 2)
    assert not seen.is_new(str(2 * MOST - 1), KEPT + 2)
    assert seen.is_new("0", KEPT + 2)
