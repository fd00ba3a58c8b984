"""Calls by phone from the webhook to the end, over real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from jackfield import ToolContext, hookimpl
from jackfield.config.phone import PhoneConfig
from jackfield.conversation.notices import KeyPressed, KeysEntered
from jackfield.errors import ProviderRefused
from jackfield.hookspecs import RegisterTool, SessionFacts
from jackfield.notices import AgentSaid, AgentStartedSpeaking, CallFinished, SessionEnded, SessionOpened
from jackfield.testing.named import Named
from jackfield.testing.script import when
from jackfield_local.calling import Calling
from jackfield_local.calling import call as call_by_phone
from jackfield_local.phones import Stand

from .shop import ADA, KEY, LOG, SECRET, SHOP, Shop, shop

AGENTS = f"""
providers:
  openai: {{base_url: "${{URL}}", api_key: "${{KEY}}", webhook_secret: "${{WEBHOOK_SECRET}}"}}
phone:
  routes:
    - {{caller: "+666*", reject: 603}}
    - {{header: "X-Queue: repairs", agent: workshop}}
    - {{to: "{SHOP}", agent: receptionist}}
  otherwise: reject 404
agents:
  receptionist:
    greeting: Brightside Repairs, good morning.
    instructions: You answer the telephone.
    tools: [till.*]
    turn_detection: {{silence: 900ms}}
    handoffs: [{{to: boss, when: the caller is upset}}]
  workshop:
    greeting: Workshop.
    instructions: You repair.
  boss: {{transfer: "tel:+442079461234"}}
"""

SCRIPT = [
    when("pressed", "1042").calls("till.ticket", number=1042).then("{output}"),
    when("pressed", "0").calls("transfer_to_boss"),
]


class Till:
    """A plugin with a tool, and words for whom it knows by their number."""

    @hookimpl
    def register_tools(self, register: RegisterTool) -> None:
        register(self.ticket, name="ticket")

    @staticmethod
    def ticket(number: int, context: ToolContext) -> str:
        """How it stands with a ticket."""
        known = context.caller is not None and context.caller.number == ADA
        return f"Ticket {number} is ready" + (", Ada." if known else ".")

    @hookimpl
    def instructions(self, session: SessionFacts) -> str:
        return f"It rings for {session.caller.dialled}." if session.caller else "Nobody calls."


@pytest.fixture(scope="module")
async def open_shop() -> AsyncIterator[Shop]:
    async with shop(AGENTS, SCRIPT, [Named("till", Till())]) as opened:
        yield opened


@pytest.fixture
async def phone(open_shop: Shop) -> AsyncIterator[Shop]:
    """The module's shop; all calls are over when a test is."""
    open_shop.told.clear()
    open_shop.logged.clear()
    LOG.setLevel(logging.INFO)  # other tests set it back
    yield open_shop
    for session in list(open_shop.runtime.sessions.values()):
        await session.hang_up()


async def test_whoever_was_called_answers_and_greets(phone: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = await phone.call()
    assert call.stand is Stand.TALKING
    await phone.hears(lambda shop: bool(shop.all(AgentStartedSpeaking)))
    [opened] = phone.all(SessionOpened)
    assert (opened.agent, opened.provider, opened.caller) == ("receptionist", "openai", "…750")
    assert list(phone.runtime.sessions) == [opened.session_id]
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    assert phone.all(AgentSaid)[0].text == "Brightside Repairs, good morning."
    settings = phone.switchboard.find(call.call_id).session.settings
    assert settings.instructions.endswith(f"It rings for {SHOP}.")
    assert settings.turn_rule is not None and settings.turn_rule.silence_ms == 900
    ours = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("jackfield."))
    assert "…750" in ours
    assert not [secret for secret in (ADA, SECRET, KEY) if secret in ours]


async def test_a_header_of_the_trunk_leads_to_another_agent(phone: Shop) -> None:
    await phone.call(X_Queue="Repairs")
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    assert phone.all(AgentSaid)[0].text == "Workshop."


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"From": "<sip:+66612345@x>"}, 603), ({"To": "<sip:+4930123@x>"}, 404)],
    ids=["unwanted", "not for us"],
)
async def test_a_call_that_nobody_wants_is_rejected(
    phone: Shop, headers: dict[str, str], status: int
) -> None:
    call = await phone.call(**headers)
    assert (call.stand, call.status_code) == (Stand.REJECTED, status)
    assert not phone.runtime.sessions


async def test_keys_of_the_phone_reach_a_tool_which_knows_who_calls(phone: Shop) -> None:
    call = await phone.call()
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    for key in "1042#":
        call.line.press(key)
    await phone.hears(lambda shop: len(shop.all(AgentSaid)) == 2)
    assert [notice.key for notice in phone.all(KeyPressed)] == list("1042#")
    assert [notice.keys for notice in phone.all(KeysEntered)] == ["1042#"]
    assert phone.all(CallFinished)[0].output == "Ticket 1042 is ready, Ada."
    assert phone.all(AgentSaid)[1].text == "Ticket 1042 is ready, Ada."


async def test_a_caller_who_needs_a_person_is_passed_on(phone: Shop) -> None:
    call = await phone.call()
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    for key in "0#":
        call.line.press(key)
    await phone.hung_up()
    assert (call.stand, call.target_uri) == (Stand.REFERRED, "tel:+442079461234")
    assert not phone.all(SessionEnded)[0].failed


async def test_whoever_hangs_up_ends_the_call_on_both_sides(phone: Shop) -> None:
    first = await phone.call()
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    phone.switchboard.phones.hang_up(first.call_id)
    await phone.hung_up()
    assert not phone.all(SessionEnded)[0].failed
    second = await phone.call()
    await phone.hears(lambda shop: len(shop.all(AgentSaid)) == 2)
    [session] = phone.runtime.sessions.values()
    await session.hang_up()
    await phone.switchboard.empty()
    assert (first.stand, second.stand) == (Stand.OVER, Stand.OVER)


async def test_calls_that_come_at_once_have_a_session_each(phone: Shop) -> None:
    calls = await asyncio.gather(*(phone.call() for _ in range(5)))
    assert {call.stand for call in calls} == {Stand.TALKING}
    await phone.hears(lambda shop: len(shop.all(AgentSaid)) == 5)
    assert len(phone.runtime.sessions) == 5


async def test_a_call_that_rings_no_more_leaves_nothing_behind(phone: Shop) -> None:
    left, taken = phone.ring(), phone.ring()
    phone.switchboard.phones.hang_up(left.call_id)
    phone.switchboard.phones.accept(taken.call_id)
    for call in (left, taken):
        assert (await phone.announce(call.announcement())).status_code == 200
    await phone.hears(lambda shop: sum("does not ring any more" in line for line in shop.logged) == 2)
    assert (left.stand, taken.stand) == (Stand.CANCELLED, Stand.TALKING)
    assert not phone.runtime.sessions


async def test_a_repeated_announcement_is_not_answered_twice(phone: Shop) -> None:
    call = phone.ring()
    for name in ("wh_same", "wh_same", "wh_another"):
        assert (await phone.announce(call.announcement(), name=name)).status_code == 200
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    assert len(phone.all(SessionOpened)) == 1


async def test_what_is_not_genuine_is_refused_and_told_without_a_secret(
    phone: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    call = phone.ring()
    event = call.announcement()
    other = "whsec_YW5vdGhlcg=="
    assert (await phone.announce(event, other)).status_code == 401
    assert (await phone.announce(event, **{"webhook-signature": "v1,AAAA"})).status_code == 401
    assert (await phone.announce(event, age=600)).status_code == 400
    assert (await phone.announce(event, age=-600)).status_code == 400
    assert (await phone.line.post("/webhooks/realtime", json=event)).status_code == 400
    assert (await phone.announce(b"x" * 300_000)).status_code == 413
    assert (await phone.announce(b"not json")).status_code == 400
    assert (await phone.announce({"type": "realtime.call.incoming"})).status_code == 400
    assert (await phone.announce({"type": "response.completed"})).status_code == 200
    assert call.stand is Stand.RINGING
    assert not [secret for secret in (SECRET, other, ADA, "AAAA") if secret in caplog.text]


async def test_the_webhook_may_come_by_the_name_of_a_tunnel(phone: Shop) -> None:
    call = phone.ring()
    answer = await phone.announce(call.announcement(), host="shop.tunnel.example")
    assert answer.status_code == 200
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))


async def test_a_call_by_phone_keeps_its_line(phone: Shop) -> None:
    await phone.call()
    await phone.hears(lambda shop: bool(shop.all(AgentSaid)))
    [session] = phone.runtime.sessions.values()
    with pytest.raises(ProviderRefused, match="keeps the line"):
        await session.line.renew("v=0")
    assert session.line.attached
    ends = session.conversation.presence.lands_at()
    assert ends is not None and 3500 < ends < 3600, "before the service's limit it ends with a goodbye"


async def test_other_routes_count_from_the_next_call_on(phone: Shop) -> None:
    before = phone.runtime.config
    try:
        other = before.model_copy(update={"phone": PhoneConfig(otherwise="reject 486")})
        assert await phone.runtime.reload(other)
        call = await phone.call()
        assert (call.stand, call.status_code) == (Stand.REJECTED, 486)
    finally:
        await phone.runtime.reload(before)
    assert (await phone.call()).stand is Stand.TALKING


async def test_when_all_lines_are_taken_it_is_busy() -> None:
    async with shop(AGENTS, SCRIPT, [Named("till", Till())], most=1) as small:
        assert (await small.call()).stand is Stand.TALKING
        call = await small.call()
        assert (call.stand, call.status_code) == (Stand.REJECTED, 486)


async def test_the_command_makes_a_call_and_tells_it(phone: Shop) -> None:
    told: list[str] = []
    wanted = Calling(
        server=phone.service,
        agent_url=f"{phone.line.base_url}/webhooks/realtime",
        secret=SECRET,
        key=KEY,
        to=SHOP,
        caller=ADA,
        keys="1042#",
    )
    await call_by_phone(wanted, told.append, quiet=1.0)
    assert told == [
        f"{ADA} calls {SHOP}.",
        "Answered.",
        "agent:  Brightside Repairs, good morning.",
        "keys:   1042#",
        "agent:  Ticket 1042 is ready, Ada.",
        "The caller hung up.",
    ]
    await call_by_phone(replace(wanted, to="+4930123"), told.append)
    assert told[-1] == "Rejected with 404."
    with pytest.raises(ProviderRefused, match="HTTP 401"):
        await call_by_phone(replace(wanted, secret="whsec_YW5vdGhlcg=="), told.append)
