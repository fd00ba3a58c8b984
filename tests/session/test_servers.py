"""What sessions get to know of MCP servers."""

from dataclasses import replace

import pytest

from jackfield.config import AgentConfig
from jackfield.mcp.state import CONNECTED, NEXT, ServerState, ServerStatus
from jackfield.session.servers import ServerNews, away, refusal, uses

TICKETS = ServerStatus("tickets", ServerState.STARTING)
PARTS = ServerStatus("parts", ServerState.READY, required=True)


def test_each_change_is_told_once_and_a_first_start_is_none() -> None:
    news = ServerNews()
    assert list(news.changes([TICKETS])) == []
    ready = replace(TICKETS, state=ServerState.READY)
    assert [(each.server, each.state, each.reason) for each in news.changes([ready])] == [
        ("tickets", "ready", "")
    ]
    assert list(news.changes([ready])) == []
    down = replace(TICKETS, state=ServerState.WAITING, error="it ended\nIts last words were:\na secret")
    assert [each.reason for each in news.changes([down])] == ["it ended"]


def test_an_agent_uses_the_servers_that_its_patterns_name() -> None:
    agent = AgentConfig(tools=["tickets.find_*", "p*.*"])
    assert [uses(agent, name) for name in ("tickets", "parts", "clock")] == [True, True, False]


@pytest.mark.parametrize("state", ServerState)
def test_nothing_starts_without_a_required_server(state: ServerState) -> None:
    status = replace(PARTS, state=state, error="" if state in CONNECTED else "there is no command 'parts'")
    assert away([status, TICKETS]) == ([] if state in CONNECTED else [status])
    refused = refusal([status, TICKETS])
    assert (refused is None) == (state in CONNECTED)
    if refused:
        assert "\"parts\" is required and not ready: there is no command 'parts'" in str(refused)


def test_every_state_can_be_left_and_reached() -> None:
    assert NEXT.keys() == set(ServerState)
    assert set().union(*NEXT.values()) == set(ServerState)
    assert all(state not in following for state, following in NEXT.items())
