"""Calls of a real API, served in this process: what the model is told, and what nobody is."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from jackfield.errors import OutcomeUnknown, ToolError, ToolUnavailable
from jackfield.plugins import Plugins, PluginState
from jackfield.testing import line, when
from jackfield.tools.answer import Answer
from jackfield.tools.tool import ToolContext
from jackfield_http.client import Client, Endpoint, retry_after
from jackfield_http.declared import operation
from jackfield_http.plugin import api
from jackfield_http.settings import ApiConfig, ToolConfig

from .api import PATIENCE, PIXEL, Api, serving

TOKEN = "s3cret/token+1"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def served() -> Iterator[Api]:
    with serving() as running:
        yield running


@pytest.fixture
def service(served: Api) -> Api:
    served.kept.__init__()  # type: ignore[misc]
    return served


@asynccontextmanager
async def client(service: Api, **settings: object) -> AsyncIterator[Client]:
    nothing = {"description": "Does nothing.", "path": "/"}
    config = ApiConfig.model_validate(
        {"base_url": service.url, "tools": {"t": nothing}, "timeout": "30s", **settings}
    )
    endpoint = Endpoint("shop", str(config.base_url), config.credentials(), config.timeout, config.limit)
    made = Client(endpoint)
    try:
        yield made
    finally:
        await made.aclose()


async def ask(
    shop: Client, path: str, arguments: Mapping[str, object] | None = None, **tool: object
) -> object:
    parameters = {name: {"type": "string"} for name in arguments or {}}
    config = {"description": "Does it.", "path": path, "parameters": parameters, **tool}
    return await shop.call(operation("tool", ToolConfig.model_validate(config)), arguments or {})


def told(answer: object) -> Mapping[str, object]:
    assert isinstance(answer, Mapping)
    return answer


# --- asking ---------------------------------------------------------------------------------------------


async def test_a_tool_of_agents_yaml_asks_and_selects(service: Api) -> None:
    forecast = {
        "description": "The weather in a city.",
        "path": "/cities/{city}/forecast",
        "parameters": {"city": "string"},
        "result": "days[].{day: name, high: temperature.max}",
    }
    source = api(
        "weather", ApiConfig.model_validate({"base_url": service.url, "tools": {"forecast": forecast}})
    )
    (tool,) = source.tools()
    assert (tool.name, tool.source, tool.read_only) == ("weather.forecast", "weather", True)
    answer = tool.invoke({"city": "Leeds"}, ToolContext("call", "session", "agent", 5.0))
    assert not isinstance(answer, list)
    assert await answer == [{"day": "Friday", "high": 19}, {"day": "Saturday", "high": None}]  # type: ignore[misc]


async def test_arguments_arrive_as_they_are(service: Api) -> None:
    async with client(service) as shop:
        got = told(await ask(shop, "/echo/{where}/x", {"where": "a/b ?c", "q": "ü&d=e"}))
        assert (got["path"], got["query"]) == ("/echo/a%2Fb%20%3Fc/x", "q=%C3%BC%26d%3De")
        sent = told(await ask(shop, "/echo/x", {"note": "ü"}, method="POST", headers={"X-Kind": "voice"}))
        assert json.loads(str(sent["body"])) == {"note": "ü"}
        assert told(sent["headers"])["x-kind"] == "voice"
        form = told(await ask(shop, "/echo/x", {"note": "a b"}, method="POST", form=True))
        assert form["body"] == "note=a+b"


@pytest.mark.parametrize(
    ("auth", "place", "value"),
    [
        ({"bearer": TOKEN}, "authorization", "[secret]"),
        ({"header": {"X-Api-Key": TOKEN}}, "x-api-key", "[secret]"),
        ({"basic": {"username": "ada", "password": TOKEN}}, "authorization", "[secret]"),
    ],
)
async def test_credentials_are_sent_and_not_told(
    service: Api, auth: Mapping[str, object], place: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The service tells what it was sent; that they are hidden there says that they came."""
    caplog.set_level(logging.DEBUG)
    async with client(service, auth=auth) as shop:
        assert told(told(await ask(shop, "/echo/x"))["headers"])[place] == value
        with pytest.raises(ToolError) as error:
            await ask(shop, "/status/403", {"says": "who is "})
    assert TOKEN not in f"{error.value}{caplog.text}"


async def test_a_key_in_the_query_is_in_no_log(service: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with client(service, auth={"query": {"api_key": TOKEN}}) as shop:
        answer = told(await ask(shop, "/echo/x", {"q": "1"}))
        assert answer["query"] == "q=1&api_key=[secret]"
        with pytest.raises(ToolError):
            await ask(shop, "/redirect", {"to": "http://localhost:9/"})
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(shop.__dict__)


# --- answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("html", "shop answered with a web page, 1 KiB, which cannot be read here."),
        ("pdf", "shop answered with application/pdf, 3 KiB, which cannot be read here."),
        ("csv", "a,b\nä,ö"),
        ("problem", {"ok": True}),
        ("empty", "Nothing."),
    ],
)
async def test_an_answer_is_read_or_described_by_its_kind(service: Api, kind: str, value: object) -> None:
    async with client(service) as shop:
        assert await ask(shop, f"/kinds/{kind}") == value


async def test_a_picture_is_shown(service: Api) -> None:
    async with client(service) as shop:
        answer = await ask(shop, "/kinds/png")
    assert isinstance(answer, Answer)
    assert [image.data for image in answer.images] == [PIXEL]


async def test_json_that_is_none_is_told(service: Api) -> None:
    async with client(service) as shop:
        with pytest.raises(ToolError, match="shop answered with something that cannot be read"):
            await ask(shop, "/kinds/broken")


async def test_a_selection_that_finds_nothing_says_so(service: Api) -> None:
    async with client(service) as shop:
        assert await ask(shop, "/kinds/problem", result="missing") == "There is no such thing in the answer."


async def test_an_endless_answer_is_cut_and_let_go(service: Api) -> None:
    async with client(service, limit="64KiB") as shop:
        text = await ask(shop, "/big", query={"type": "text/plain"})
        assert isinstance(text, str)
        assert (len(text.partition("\n")[0]), text[-15:]) == (65536, "There is more.)")
        assert await asyncio.to_thread(service.kept.left.wait, PATIENCE)
        with pytest.raises(ToolError, match="too large to be read; ask for less"):
            await ask(shop, "/big", query={"type": "application/json"})
        described = await ask(shop, "/big", query={"type": "image/png"})
        assert described == "shop answered with image/png, more than 64 KiB, which cannot be read here."


# --- failures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "words"),
    [
        ("/status/404", {"says": "no ticket 7"}, "shop answered 404 Not Found: no ticket 7."),
        ("/status/404", {"as": "text"}, "shop answered 404 Not Found: no such ticket."),
        ("/status/422", {}, "shop answered 422 Unprocessable"),
        ("/status/499", {}, "shop answered 499."),
    ],
)
async def test_a_refusal_is_told_with_its_reason(
    service: Api, path: str, query: Mapping[str, str], words: str
) -> None:
    async with client(service) as shop:
        with pytest.raises(ToolError) as error:
            await ask(shop, path, query=dict(query))
    assert type(error.value) is ToolError
    assert str(error.value).startswith(words)


async def test_after_a_fault_of_the_service_it_matters_whether_doing_it_twice_does_harm(service: Api) -> None:
    async with client(service) as shop:
        with pytest.raises(ToolUnavailable, match="shop answered 502 Bad Gateway"):
            await ask(shop, "/status/502")
        with pytest.raises(OutcomeUnknown, match="It may or may not have taken effect"):
            await ask(shop, "/status/502", method="POST")


async def test_who_asks_to_be_left_alone_is_left_alone(service: Api) -> None:
    moment = 100.0
    shop = Client(Endpoint("shop", service.url), lambda: moment)
    try:
        with pytest.raises(ToolUnavailable, match="It asks to wait 30 seconds"):
            await ask(shop, "/status/503", query={"after": "30"})
        moment = 120.0
        with pytest.raises(ToolUnavailable, match="shop asks not to be called for 10 more seconds"):
            await ask(shop, "/status/404")
        assert service.kept.requests == 1
        moment = 131.0
        with pytest.raises(ToolError, match="404"):
            await ask(shop, "/status/404")
    finally:
        await shop.aclose()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 11, 22, 12, tzinfo=UTC)) == seconds


async def test_redirects_are_followed_on_the_same_host_only(service: Api) -> None:
    async with client(service, auth={"bearer": TOKEN}) as shop:
        assert told(await ask(shop, "/redirect", query={"to": "/echo/there"}))["path"] == "/echo/there"
        kept = told(await ask(shop, "/redirect", {"a": "b"}, method="POST", query={"to": "/echo/x"}))
        assert (kept["method"], kept["body"]) == ("POST", '{"a":"b"}')
        for place in (
            service.url.replace("127.0.0.1", "localhost"),
            "http://evil.example/",
            "ftp://a.example/",
        ):
            with pytest.raises(ToolError, match="sends its callers elsewhere"):
                await ask(shop, "/redirect", query={"to": f"{place}/echo/x"})
        with pytest.raises(ToolError, match="sends its callers elsewhere"):
            await ask(
                shop, "/redirect", query={"to": "/redirect?to=/redirect?to=/redirect?to=/redirect?to=/"}
            )


@pytest.mark.parametrize("place", ["http://127.0.0.1:1", "https://127.0.0.1:1", "https://{plain}"])
async def test_a_service_that_is_not_there_is_told_and_nothing_was_done(service: Api, place: str) -> None:
    """Neither is one that does not speak TLS where it should."""
    shop = Client(Endpoint("shop", place.format(plain=service.url.partition("//")[2])))
    with pytest.raises(ToolUnavailable, match="shop cannot be reached just now"):
        await ask(shop, "/orders", method="POST")
    await shop.aclose()


@pytest.mark.parametrize(("method", "error"), [("GET", ToolUnavailable), ("POST", OutcomeUnknown)])
async def test_a_service_that_does_not_answer_is_left(
    service: Api, method: str, error: type[ToolError]
) -> None:
    async with client(service, timeout="300ms") as shop:
        with pytest.raises(error, match=r"shop did not answer within 0\.3 seconds"):
            await ask(shop, "/slow", method=method)


async def test_a_call_that_is_cancelled_hangs_up(service: Api) -> None:
    async with client(service) as shop:
        task = asyncio.create_task(ask(shop, "/slow"))  # type: ignore[arg-type]
        assert await asyncio.to_thread(service.kept.entered.wait, PATIENCE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(service.kept.left.wait, PATIENCE)


async def test_connections_are_used_again_and_each_loop_has_its_own(service: Api) -> None:
    async with client(service) as shop:
        await ask(shop, "/echo/x")

        async def elsewhere() -> object:
            answer = await ask(shop, "/echo/y")
            await shop.aclose()
            return answer

        def other_loop() -> object:
            return asyncio.run(elsewhere())

        assert told(await asyncio.to_thread(other_loop))["path"] == "/echo/y"
        assert told(await ask(shop, "/echo/z"))["path"] == "/echo/z"


def test_the_plugin_is_loaded_and_offers_each_api_as_a_source() -> None:
    tool = {"description": "Does it.", "path": "/t/{x}", "parameters": {"x": "string"}}
    apis = {
        "shop": {"base_url": "https://a.example", "tools": {"get": tool, "put": {**tool, "method": "PUT"}}},
        "depot": {"openapi": "missing.yaml"},
    }
    plugins = Plugins.load({"http": {"apis": apis}}, allow=["http"])
    (report,) = [each for each in plugins.report() if each.name == "http"]
    assert report.distribution == "jackfield-http"
    assert report.tools == ("shop.get", "shop.put")
    assert "depot.openapi is set aside: missing.yaml cannot be read" in report.reason


def test_what_does_not_fit_is_told_at_its_place() -> None:
    tool = {"description": "Does it.", "path": "/t/{x}"}
    apis = {"shop": {"base_url": "https://a.example", "tools": {"get": tool}}}
    (misfit,) = Plugins.load({"http": {"apis": apis}}, allow=["http"]).misfits
    assert str(misfit) == "plugins.http.apis.shop.tools.get: {x} is none of its parameters"


def test_without_settings_there_is_nothing_to_do() -> None:
    (report,) = [each for each in Plugins.load({}, allow=["http"]).report() if each.name == "http"]
    assert (report.state, report.tools) == (PluginState.LOADED, ())


async def test_an_agent_answers_with_what_an_api_says(service: Api) -> None:
    forecast = {
        "description": "The weather of the next days in a city.",
        "path": "/cities/{city}/forecast",
        "parameters": {"city": "string"},
        "result": "join(' and ', days[].name)",
    }
    api = {"base_url": service.url, "tools": {"forecast": forecast}}
    agents = {
        "plugins": {"http": {"apis": {"weather": api}}},
        "agents": {"desk": {"instructions": "Help.", "tools": ["weather.*"]}},
    }
    script = [when("weather").calls("weather.forecast", city="Leeds").then("It is dry on {output}.")]
    async with line(agents=agents, script=script) as caller:
        await caller.says("How will the weather be in Leeds?")
        assert caller.heard("It is dry on Friday and Saturday.")
