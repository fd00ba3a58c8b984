"""A service that is busy: what is worth asking again, and when."""

import pytest

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield.providers.busy import PAUSES, pause_after, retry_after


def test_a_busy_service_is_asked_again_after_longer_and_longer_pauses() -> None:
    busy = ProviderRefused("busy", status=429)
    pauses = [pause_after(busy, attempts, 60) for attempts in range(1, len(PAUSES) + 2)]
    assert pauses == [*PAUSES, None]


def test_it_is_given_the_time_it_asks_for_and_no_more_than_the_caller_can_wait() -> None:
    assert pause_after(ProviderRefused("busy", status=503, retry_after=3.0), 1, 4.0) == 3.0
    assert pause_after(ProviderRefused("busy", status=503, retry_after=5.0), 1, 4.0) is None


@pytest.mark.parametrize(
    "trouble",
    [
        ProviderRefused("wrong key", status=401),
        ProviderRefused("broken, and who knows what it has done", status=500),
        ProviderRefused("no money", status=429, code="insufficient_quota"),
        ProviderUnreachable("nobody there"),
    ],
    ids=str,
)
def test_what_does_not_pass_by_waiting_is_told_at_once(trouble: Exception) -> None:
    assert pause_after(trouble, 1, 60) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, 0.0),
    ],
)
def test_what_a_service_says_about_when_is_understood(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(headers) == seconds
