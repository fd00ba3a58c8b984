"""Who answers which call."""

import pytest

from jackfield.caller import Caller
from jackfield.config import Config
from jackfield.phone.incoming import IncomingCall
from jackfield.phone.routing import Answered, Rejected, routed
from jackfield.phone.sip import headers_of, parties

AGENTS = {"receptionist": {}, "workshop": {}, "night": {}, "boss": {"transfer": "tel:+442079460000"}}
ROUTES = [
    {"caller": "+44 (20) 666*", "reject": 603},
    {"header": "X-Queue: repairs*", "agent": "workshop"},
    {"to": "+44 20 7946 0000", "agent": "receptionist"},
    {"to": "+4420*", "caller": "+33*", "agent": "night"},
    {"to": "front-desk", "agent": "receptionist"},
]


def config(otherwise: str | None = "reject 486") -> Config:
    phone = {"routes": ROUTES, **({"otherwise": otherwise} if otherwise else {})}
    return Config.model_validate({"phone": phone, "agents": AGENTS})


def call(**headers: str) -> IncomingCall:
    listed = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    return IncomingCall.of("openai", "rtc_1", headers_of(listed))


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({"To": "<sip:+442079460000@sip.example;user=phone>"}, Answered("receptionist")),
        ({"To": '"Brightside" <tel:+44-20-7946-0000>;tag=1'}, Answered("receptionist")),
        ({"TO": "sip:FRONT-DESK@sip.example"}, Answered("receptionist")),
        ({"To": "sip:proj_1@sip.example", "Diversion": "<sip:+442079460000@x>"}, Answered("receptionist")),
        ({"To": "sip:+442079461111@x", "From": "<sip:+33123@x>"}, Answered("night")),
        ({"To": "sip:+442079461111@x", "From": "<sip:+49123@x>"}, Rejected(486)),
        ({"To": "sip:+442079460000@x", "From": "<sip:+44206661@x>"}, Rejected(603)),
        ({"To": "sip:+442079460000@x", "x_queue": "Repairs of phones"}, Answered("workshop")),
        ({"X_Queue": "sales"}, Rejected(486)),
        ({}, Rejected(486)),
    ],
)
def test_the_first_route_that_fits_counts(headers: dict[str, str], answer: Answered | Rejected) -> None:
    assert routed(call(**headers), config()) == answer


@pytest.mark.parametrize(
    ("otherwise", "answer"),
    [(None, Answered("receptionist")), ("night", Answered("night")), ("reject", Rejected(603))],
)
def test_all_other_calls_are_answered_by_whom_the_file_says(
    otherwise: str | None, answer: Answered | Rejected
) -> None:
    assert routed(call(), config(otherwise)) == answer


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        ("sip:+442079460000@trunk", ["+442079460000"]),
        ('"Ada, Countess" <sips:%2B44207@trunk:5061;transport=tls>;tag=9', ["+44207"]),
        ("<sip:anonymous@anonymous.invalid>", ["anonymous"]),
        ("<sip:+1@a>;reason=busy, <sip:+2@b>", ["+1", "+2"]),
        ("020 7946 0000", ["02079460000"]),
        ("Ada Lopez", []),
        ("<sip:@host>", []),
        ("", []),
    ],
)
def test_addresses_are_read_as_networks_write_them(value: str, numbers: list[str]) -> None:
    assert list(parties(value)) == numbers


@pytest.mark.parametrize("listed", [None, "From", [None, {}, {"name": 1, "value": 2}, {"name": "From"}], {}])
def test_what_is_no_list_of_headers_names_nobody(listed: object) -> None:
    assert headers_of(listed) == []


def test_a_number_is_never_shown_whole() -> None:
    caller = Caller("+442079460123", "+442079460000", {"from": "+442079460123"})
    assert caller.masked == "…123"
    assert "7946" not in repr(caller) + repr(call(From="sip:+442079460123@x"))
    assert Caller("12345").masked == "…"
