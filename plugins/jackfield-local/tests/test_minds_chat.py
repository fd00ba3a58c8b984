"""The chat mind against a real HTTP server that speaks the chat protocol."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from jackfield.errors import ProviderRefused, ProviderUnreachable
from jackfield_local.minds.chat import ChatMind, ChatSettings
from jackfield_local.minds.messages import PENDING
from jackfield_local.speech import Call, Say, Thought

Item = dict[str, object]

TOOL: Item = {
    "type": "function",
    "name": "clock__now",
    "description": "The time.",
    "parameters": {"type": "object", "properties": {}},
}


@dataclass
class Endpoint:
    """A chat endpoint: answers with `lines` and remembers what it was asked."""

    status: int = 200
    lines: list[str] = field(default_factory=list)
    asked: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    url: str = ""
    hold: Event | None = None
    """Where set, nothing more comes after the lines until it is set."""
    broken: bool = False


def text(*pieces: str) -> list[str]:
    return ["data: " + json.dumps({"choices": [{"delta": {"content": piece}}]}) for piece in pieces]


def called(*pieces: Item) -> list[str]:
    return ["data: " + json.dumps({"choices": [{"delta": {"tool_calls": [piece]}}]}) for piece in pieces]


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[Endpoint]:
    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append(json.loads(body))
            endpoint.keys.append(self.headers["Authorization"])
            self.send_response(endpoint.status)
            if endpoint.broken:
                self.send_header("Content-Length", "100000")
            self.end_headers()
            for line in endpoint.lines:
                self.wfile.write(line.encode() + b"\n\n")
                self.wfile.flush()
            if endpoint.hold:
                endpoint.hold.wait(10)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        if endpoint.hold:
            endpoint.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


Serve = Callable[[Endpoint], Endpoint]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running = []

    def start(endpoint: Endpoint) -> Endpoint:
        server = serving(endpoint)
        running.append(server)
        return server.__enter__()

    yield start
    for server in running:
        server.__exit__(None, None, None)


async def pieces(endpoint: Endpoint, thought: Thought) -> list[Say | Call]:
    mind = ChatMind(ChatSettings(endpoint.url, "model", api_key="secret", timeout=5.0))
    try:
        return [piece async for piece in mind.respond(thought)]
    finally:
        await mind.aclose()


def user(words: str) -> Item:
    return {"type": "message", "role": "user", "content": [{"type": "input_audio", "transcript": words}]}


def thought(*items: Item, pending: frozenset[str] = frozenset()) -> Thought:
    return Thought("Be kind.", [TOOL], "auto", items, pending)


async def test_text_is_said_phrase_by_phrase(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=[*text("It is", " noon. ", "And", " warm."), "data: [DONE]"]))
    assert await pieces(endpoint, thought(user("Hello"))) == [Say("It is noon. "), Say("And warm.")]
    assert endpoint.keys == ["Bearer secret"]


async def test_the_first_phrase_is_said_before_the_model_has_finished(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=text("It is noon. ", "And"), hold=Event()))
    mind = ChatMind(ChatSettings(endpoint.url, "model", timeout=5.0))
    answer = mind.respond(thought(user("Hello")))
    assert isinstance(answer, AsyncIterator)
    assert await anext(answer) == Say("It is noon. ")
    assert endpoint.hold is not None
    endpoint.hold.set()
    assert await anext(answer) == Say("And")
    await mind.aclose()


async def test_function_calls_are_put_together_from_their_pieces(serve: Serve) -> None:
    lines = called(
        {"index": 0, "id": "x", "function": {"name": "clock__now", "arguments": '{"ci'}},
        {"index": 1, "id": "y", "function": {"name": "other", "arguments": ""}},
        {"index": 0, "function": {"arguments": 'ty": "Lima"}'}},
    )
    endpoint = serve(Endpoint(lines=[*text("Let me look."), *lines, "data: [DONE]"]))
    assert await pieces(endpoint, thought(user("Time?"))) == [
        Say("Let me look."),
        Call("clock__now", {"city": "Lima"}),
        Call("other", {}),
    ]
    assert endpoint.asked[0]["tools"] == [
        {"type": "function", "function": {key: TOOL[key] for key in ("name", "description", "parameters")}}
    ]


async def test_outputs_stand_behind_their_calls_and_pending_ones_are_owned(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=text("Still waiting.")))
    items: list[Item] = [
        user("Ask both."),
        {"type": "function_call", "call_id": "a", "name": "one", "arguments": "{}"},
        {"type": "function_call", "call_id": "b", "name": "two", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "done"},
        user("And the other?"),
    ]
    await pieces(endpoint, thought(*items, pending=frozenset({"b"})))
    messages = endpoint.asked[0]["messages"]
    assert isinstance(messages, list)
    assert [message["role"] for message in messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "user",
    ]
    assert messages[0]["content"].startswith("Be kind.")
    assert [call["id"] for call in messages[2]["tool_calls"]] == ["a", "b"]
    assert [message["content"] for message in messages[3:5]] == ["done", PENDING]


async def test_a_result_that_came_late_is_news(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=text("It came.")))
    items: list[Item] = [
        {"type": "function_call", "call_id": "a", "name": "one", "arguments": "{}"},
        user("Hello?"),
        {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": "Yes."}]},
        {"type": "function_call_output", "call_id": "a", "output": "done"},
    ]
    await pieces(endpoint, thought(*items))
    messages = endpoint.asked[0]["messages"]
    assert isinstance(messages, list)
    assert messages[-1] == {"role": "system", "content": "A result has just arrived; tell the caller: done"}


async def test_a_named_tool_choice_and_no_tools_are_passed_on(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=text("Yes.")))
    choice = {"type": "function", "name": "clock__now"}
    await pieces(endpoint, Thought("", [TOOL], choice, [user("x")]))
    await pieces(endpoint, Thought("", [], "none", [user("x")]))
    assert endpoint.asked[0]["tool_choice"] == {"type": "function", "function": {"name": "clock__now"}}
    assert "tools" not in endpoint.asked[1]


@pytest.mark.parametrize(
    "body", ['{"error": {"message": "no such model"}}', "no such model", '"no such model"']
)
async def test_a_refusal_is_told_with_its_status_and_reason(serve: Serve, body: str) -> None:
    endpoint = serve(Endpoint(status=404, lines=[body]))
    with pytest.raises(ProviderRefused, match="answered 404: no such model") as raised:
        await pieces(endpoint, thought(user("x")))
    assert raised.value.status == 404
    assert "secret" not in str(raised.value)


async def test_an_error_within_the_stream_is_told(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=[*text("Well. "), 'data: {"error": {"message": "out of memory"}}']))
    with pytest.raises(ProviderRefused, match="the chat model failed: out of memory"):
        await pieces(endpoint, thought(user("x")))


@pytest.mark.parametrize("line", ["data: {", "data: 1"])
async def test_what_is_no_event_is_refused(serve: Serve, line: str) -> None:
    with pytest.raises(ProviderRefused, match="the chat model sent something that is no"):
        await pieces(serve(Endpoint(lines=[line])), thought(user("x")))


async def test_arguments_that_are_no_object_are_refused(serve: Serve) -> None:
    lines = called({"index": 0, "function": {"name": "one", "arguments": "[1"}})
    with pytest.raises(ProviderRefused, match="called 'one' with arguments that are no JSON object"):
        await pieces(serve(Endpoint(lines=lines)), thought(user("x")))


async def test_odd_but_harmless_events_are_passed_over(serve: Serve) -> None:
    lines = [
        ": comment",
        "event: x",
        "data: {}",
        'data: {"choices": []}',
        'data: {"choices": [{}]}',
        *text("Yes."),
    ]
    assert await pieces(serve(Endpoint(lines=lines)), thought(user("x"))) == [Say("Yes.")]


async def test_a_stream_that_breaks_off_is_told(serve: Serve) -> None:
    endpoint = serve(Endpoint(lines=text("It is"), broken=True))
    with pytest.raises(ProviderUnreachable, match="did not answer"):
        await pieces(endpoint, thought(user("x")))


async def test_nobody_there_is_told_with_the_address() -> None:
    with pytest.raises(ProviderUnreachable, match=r"127\.0\.0\.1:9/v1/chat/completions did not answer"):
        await pieces(Endpoint(url="http://127.0.0.1:9/v1"), thought(user("x")))
