from dataclasses import replace

import httpx

from jackfield.mcp.state import ServerState, ServerStatus
from jackfield.web.access import Access

from .conftest import face
from .switchroom import OFFER, Exchange


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path in ["/", "/agents", "/assets/main.js", "/nothing", "/healthz"]:
        answer = await client.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "no-referrer", path
    refused = await client.get("/agents", headers={"host": "evil.example"})
    assert refused.status_code == 403
    assert "content-security-policy" in refused.headers


async def test_a_rebound_name_cannot_open_a_session(client: httpx.AsyncClient, exchange: Exchange) -> None:
    headers = {"content-type": "application/sdp", "host": "evil.example", "origin": "http://evil.example"}
    answer = await client.post("/agents/receptionist/sessions", content=OFFER, headers=headers)
    assert answer.status_code == 403
    assert not exchange.sessions


async def test_the_token_is_asked_for_and_taken(exchange: Exchange) -> None:
    async with face(exchange, Access(token="a token")) as client:
        refused = await client.get("/agents")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert (await client.get("/")).status_code == 200
        taken = await client.get("/agents", headers={"authorization": "Bearer a token"})
        assert taken.status_code == 200


async def test_pages_are_trusted_on_this_machine_only_and_callers_may_be_named(exchange: Exchange) -> None:
    doors = [Access(), Access(token="t"), Access(origins=frozenset({"https://shop.example.com"}))]
    for access in doors:
        async with face(exchange, access) as client:
            headers = {
                "authorization": "Bearer t",
                "content-type": "application/sdp",
                "jackfield-caller": "Ada",
            }
            answer = await client.post("/agents/receptionist/sessions", content=OFFER, headers=headers)
            assert answer.status_code == 201
    assert [(each.name, each.trusted) for each in exchange.guests] == [
        ("Ada", True),
        ("Ada", False),
        ("Ada", False),
    ]
    assert "Ada" not in repr(exchange.guests)


async def test_a_declared_page_elsewhere_may_use_the_server(exchange: Exchange) -> None:
    origin = "https://shop.example.com"
    async with face(exchange, Access(token="t", origins=frozenset({origin}))) as client:
        asking = {
            "origin": origin,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        }
        preflight = await client.options("/agents/receptionist/sessions", headers=asking)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == origin
        answer = await client.post(
            "/agents/receptionist/sessions",
            content=OFFER,
            headers={"origin": origin, "authorization": "Bearer t", "content-type": "application/sdp"},
        )
        assert answer.status_code == 201
        assert "location" in answer.headers["access-control-expose-headers"].lower()


async def test_the_page_asks_for_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    style = (await client.get("/assets/style.css")).text
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page
    assert "@import" not in style
    assert "url(" not in style


async def test_it_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    assert (await client.get("/readyz")).json() == {"status": "ready", "mcp_servers": {}}


async def test_it_is_ready_without_a_server_unless_that_is_required(
    client: httpx.AsyncClient, exchange: Exchange
) -> None:
    down = ServerStatus("tickets", ServerState.WAITING, error="it said: key hunter22")
    exchange.servers = [down, ServerStatus("parts", ServerState.DEGRADED, required=True)]
    answer = await client.get("/readyz")
    assert answer.json() == {"status": "ready", "mcp_servers": {"tickets": "waiting", "parts": "degraded"}}
    exchange.servers = [replace(down, required=True)]
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert "A required MCP server is away: tickets." in answer.text
    assert "hunter22" not in answer.text
