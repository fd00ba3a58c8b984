import pytest

from jackfield.web.access import Access, is_loopback

HERE = "127.0.0.1:8080"


def refused(access: Access, path: str = "/agents", method: str = "GET", **headers: str) -> int | None:
    refusal = access.refusal(method, path, {"host": HERE, **headers})
    return refusal.status if refusal else None


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST", "[::1]:8080", "192.0.2.7"])
def test_an_address_in_digits_cannot_be_rebound_and_may_pass(host: str) -> None:
    assert refused(Access(), host=host) is None


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:8080", "", "[", "localhost.evil.example"]
)
def test_a_name_that_nobody_declared_is_refused_whoever_asks(host: str) -> None:
    assert refused(Access(), host=host) == 403
    assert refused(Access(), "/", host=host) == 403


def test_a_declared_origin_makes_its_name_a_good_host() -> None:
    access = Access(origins=frozenset({"https://voice.example.com"}))
    assert refused(access, host="voice.example.com") is None
    assert refused(access, host="voice.example.com", origin="https://voice.example.com") is None
    assert refused(access, host="voice.example.org") == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:3000", "file://127.0.0.1:8080", ""]
)
def test_a_page_of_another_origin_is_refused(origin: str) -> None:
    assert refused(Access(), origin=origin) == 403


def test_the_servers_own_page_may_pass() -> None:
    assert refused(Access(), origin=f"http://{HERE}") is None


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", "Basic secret", "secret", "Bearer secret2", "Bearer sécret"],
)
def test_without_the_token_nobody_talks(authorization: str) -> None:
    assert refused(Access(token="secret"), authorization=authorization) == 401


def test_with_the_token_one_talks() -> None:
    assert refused(Access(token="secret"), authorization="Bearer secret") is None
    assert refused(Access(token="secret"), authorization="bearer  secret") is None


@pytest.mark.parametrize("path", ["/", "/assets/main.js", "/healthz", "/readyz"])
def test_the_page_itself_holds_nothing_secret_and_is_open(path: str) -> None:
    assert refused(Access(token="secret"), path) is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("example.com", False),
    ],
)
def test_which_binds_are_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
