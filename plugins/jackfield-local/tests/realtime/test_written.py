"""A server for text alone, and scripts that clients hand in."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from websockets.asyncio.client import connect

from jackfield.testing.service import Service


@pytest.fixture(scope="module")
def written() -> Iterator[Service]:
    served = Service(audio=False)
    yield served
    served.close()


async def ask(served: Service, model: str, **session: object) -> dict[str, object]:
    """The end of a response to a typed hello."""
    url = f"{served.url.replace('http', 'ws', 1)}/realtime?model={model}"
    headers = {"Authorization": f"Bearer {served.key}"}
    async with asyncio.timeout(30), connect(url, additional_headers=headers, proxy=None) as socket:
        content = [{"type": "input_text", "text": "Hello."}]
        item = {"type": "message", "role": "user", "content": content}
        for event in (
            {"type": "session.update", "session": {"type": "realtime", **session}},
            {"type": "conversation.item.create", "item": item},
            {"type": "response.create"},
        ):
            await socket.send(json.dumps(event))
        async for raw in socket:
            event = json.loads(raw)
            if event["type"] == "response.done":
                found: dict[str, object] = event["response"]
                return found
    raise AssertionError("the socket was closed")


async def test_two_sessions_follow_two_scripts(written: Service) -> None:
    scripts = [json.dumps({"steps": [{"hear": "hello", "say": words}]}) for words in ("One.", "Two.")]
    models = [await asyncio.to_thread(written.model, script) for script in scripts]
    answers = [await ask(written, model, output_modalities=["text"]) for model in models]
    assert ["One." in json.dumps(answers[0]), "Two." in json.dumps(answers[1])] == [True, True]


async def test_who_wants_to_hear_a_server_without_a_voice_gets_a_failed_response(written: Service) -> None:
    model = await asyncio.to_thread(written.model, json.dumps({"steps": [{"say": "Hello."}]}))
    assert (await ask(written, model))["status"] == "failed"


async def test_a_bad_script_is_refused_with_every_fault_and_needs_the_key(written: Service) -> None:
    url = await asyncio.to_thread(lambda: f"{written.url}/jackfield/scripts")
    async with httpx.AsyncClient(headers={"api-key": written.key}, trust_env=False) as client:
        refused = await client.post(url, content=b"steps: [{hear: x}, {sya: y}]")
        calls = url.replace("jackfield/scripts", "realtime/calls")
        no_line = await client.post(calls, content=b"v=0", headers={"Content-Type": "application/sdp"})
        stranger = await client.post(url, content=b"steps: [{say: x}]", headers={"api-key": "sk-wrong"})
    assert refused.status_code == 400
    assert "step 1: Value error, a step needs at least one of" in refused.json()["error"]["message"]
    assert "step 2, sya" in refused.json()["error"]["message"]
    assert (no_line.status_code, stranger.status_code) == (503, 401)
