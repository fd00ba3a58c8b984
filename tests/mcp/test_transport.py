import os
import sys
from pathlib import Path

import pytest

from jackfield.config.servers import McpServerConfig
from jackfield.errors import McpError
from jackfield.mcp.http import is_loopback, without_secrets
from jackfield.mcp.redaction import redacted
from jackfield.mcp.transport import program


@pytest.mark.parametrize("word", ["python", "python3"])
def test_python_is_the_interpreter_we_run_on(word: str) -> None:
    assert program("tickets", word) == sys.executable


def test_a_command_is_found_beside_our_interpreter_when_the_path_does_not_have_it(tmp_path: Path) -> None:
    assert program("time", "mcp-server-time", path=str(tmp_path)) == str(
        Path(sys.executable).parent / "mcp-server-time"
    )


def test_the_path_that_is_declared_for_a_server_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "mcp-server-time"
    own.touch(mode=0o755)
    assert program("time", "mcp-server-time", path=str(tmp_path)) == str(own)


def test_a_path_is_left_to_the_operating_system() -> None:
    assert program("mine", os.path.join(".", "server")) == os.path.join(".", "server")


def test_a_command_that_does_not_exist_is_named_with_where_to_correct_it() -> None:
    with pytest.raises(McpError, match=r"'no-such-thing'.*mcp_servers\.files\.command"):
        program("files", "no-such-thing")


def test_secrets_do_not_reach_a_message() -> None:
    config = McpServerConfig(
        url="https://example.com/mcp",
        transport="http",
        headers={"Authorization": "Bearer abc-123-def"},
        env={"API_TOKEN": "tok-99", "MODE": "fast", "PIN_KEY": "1"},
    )
    text = "Bearer abc-123-def or abc-123-def with tok-99 in mode fast, 1 time"
    assert redacted(text, config) == "*** or *** with *** in mode fast, 1 time"


def test_an_address_is_shown_without_what_may_be_a_key() -> None:
    assert without_secrets("https://me:pw@example.com:8443/mcp?key=1#x") == "https://example.com:8443/mcp"


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:1/mcp", True),
        ("http://localhost/mcp", True),
        ("http://[::1]:8/mcp", True),
        ("https://example.com/mcp", False),
        ("http://10.0.0.1/mcp", False),
    ],
)
def test_no_proxy_stands_before_this_machine(url: str, near: bool) -> None:
    assert is_loopback(url) is near
