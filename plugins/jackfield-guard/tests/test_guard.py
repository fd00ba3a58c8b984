"""What the guard lets through, what it says where it does not, and what it writes down."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jackfield.calls import CallPolicy, Outcome, OutcomeKind
from jackfield.config.loader import interpret
from jackfield.config.report import Page
from jackfield.dispatch import Dispatcher, HookedDispatcher, LoopExecutor, ThreadExecutor
from jackfield.errors import ConfigurationError, PluginError, ToolError
from jackfield.notices import AgentSaying, CallerSaid, SessionEnded, SessionOpened
from jackfield.plugins import Plugins, PluginState
from jackfield.runtime import Runtime
from jackfield.testing import line
from jackfield.tools.function import tool_from
from jackfield.tools.tool import LOOP, THREAD, ToolContext
from jackfield_guard.audit import AuditLog
from jackfield_guard.blocklist import Blocklist
from jackfield_guard.budgets import Budgets
from jackfield_guard.log_records import RedactedRecords
from jackfield_guard.plugin import guard
from jackfield_guard.redaction import Redaction
from jackfield_guard.rules import Rules
from jackfield_guard.settings import GuardSettings
from jackfield_guard.turnstile import Turnstile

PATIENCE = 10.0


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def rules(section: Mapping[str, object], clock: str = "2026-06-01T12:00:00+00:00") -> Rules:
    return Rules(GuardSettings.model_validate(section), lambda: datetime.fromisoformat(clock))


def told_of(section: Mapping[str, object]) -> str:
    """What is wrong with the settings."""
    (misfit,) = Plugins.load({"guard": section}, allow=["guard"]).misfits
    return str(misfit)


# --- settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"block": []}, 'unknown key "block" in plugins.guard; did you mean "blocked"?'),
        ({"calls_per_session": 0}, "plugins.guard.calls_per_session: must be at least 1"),
        ({"calls_per_session": "many"}, "plugins.guard.calls_per_session: must be a whole number"),
        ({"calls_per_tool": {"close": 1}}, "plugins.guard.calls_per_tool.close: "),
        ({"one_at_a_time": ["close"]}, "plugins.guard.one_at_a_time[0]: this is no tool"),
        ({"blocked": ["a*b*"]}, "plugins.guard.blocked[0]: one * is the most that a pattern can have"),
        ({"blocked": [" "]}, "plugins.guard.blocked[0]: there is nothing in it"),
        ({"blocked": ["*"]}, "plugins.guard.blocked[0]: it would match everything"),
        ({"open": {"a.b": "morning"}}, "plugins.guard.open.a.b: write the times as 9:00-17:30"),
        ({"open": {"a.b": "9:00-25:00"}}, "plugins.guard.open.a.b: hours end at 23, minutes at 59"),
        ({"open": {"a.b": "9:00-9:00"}}, "plugins.guard.open.a.b: it opens and closes at the same time"),
        ({"open": {"a.b": "9:00-17:00"}}, "plugins.guard: `timezone` is missing"),
        ({"timezone": "Mars/Olympus"}, "plugins.guard.timezone: there is no such time zone"),
        ({"wait": 10}, 'plugins.guard.wait: a duration needs a unit: "10s" for seconds'),
    ],
)
def test_a_wrong_setting_is_named_by_its_key(section: Mapping[str, object], message: str) -> None:
    assert told_of(section).startswith(message)


def test_every_wrong_setting_is_named_at_once() -> None:
    told = told_of({"wait": "long", "when": "never"})
    assert "plugins.guard.wait: a duration is" in told and 'unknown key "when"' in told


# --- budgets --------------------------------------------------------------------------------------------


def test_a_session_has_so_many_calls_and_another_one_its_own() -> None:
    judge = rules({"calls_per_session": 2})
    assert [judge.refusal("s1", f"shop.tool_{n}", {}) for n in range(3)] == [
        "",
        "",
        "No more than has been done can be done in one conversation.",
    ]
    assert not judge.refusal("s2", "shop.tool_1", {})


def test_tools_that_fit_one_pattern_share_its_budget() -> None:
    judge = rules({"calls_per_tool": {"tickets.*": 3, "tickets.close_ticket": 1}})
    assert not judge.refusal("s1", "tickets.close_ticket", {})
    assert judge.refusal("s1", "tickets.close_ticket", {}) == (
        "That can be done once in one conversation, and it has been."
    )
    assert not judge.refusal("s1", "tickets.find_ticket", {})
    assert not judge.refusal("s1", "tickets.find_ticket", {})
    assert judge.refusal("s1", "tickets.find_part", {})
    assert not judge.refusal("s1", "clock.now", {})


def test_a_call_that_is_refused_is_not_counted() -> None:
    judge = rules({"calls_per_session": 1, "blocked": ["bomb"]})
    assert judge.refusal("s1", "shop.order", {"what": "a bomb"})
    assert not judge.refusal("s1", "shop.order", {"what": "a cake"})


def test_what_a_session_has_used_is_forgotten_with_it() -> None:
    judge = rules({"calls_per_session": 1})
    assert not judge.refusal("s1", "shop.order", {})
    judge.budgets.forget("s1")
    assert not judge.refusal("s1", "shop.order", {})


def test_a_session_can_do_so_much_in_a_minute() -> None:
    now = 100.0
    budgets = Budgets(None, {}, 2, lambda: now)
    assert not budgets.refusal("s1", "shop.a")
    now = 130.0
    assert not budgets.refusal("s1", "shop.b")
    assert budgets.refusal("s1", "shop.c").startswith("Too much is being asked at once")
    assert not budgets.refusal("s2", "shop.c")
    now = 160.0
    assert not budgets.refusal("s1", "shop.c")
    assert budgets.refusal("s1", "shop.c")


# --- words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "value", "found"),
    [
        ("drop table", "please DROP  Table users", True),
        ("drop table", "raindrop tables", False),
        ("password*", {"note": ["my passwords"]}, True),
        ("password*", {"Password": 1}, True),
        ("####-####", "card 1234-5678.", True),
        ("####", 1234, True),
        ("####", 12345, False),
        ("a.b", "axb", False),
        ("ok", True, False),
        ("café", "CAFÉ", True),
        ("ab*c", "ab" + "x" * 40 + "c", False),
    ],
)
def test_words_are_found_wherever_they_stand_and_however_they_are_written(
    pattern: str, value: object, found: bool
) -> None:
    assert Blocklist([pattern]).holds({"argument": value}) is found


def test_what_is_blocked_is_not_repeated_to_the_model() -> None:
    refusal = rules({"blocked": ["hunter2"]}).refusal("s1", "shop.note", {"text": "it is Hunter2"})
    assert refusal == "That contains something that may not be passed on."


# --- times ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "clock", "open_"),
    [
        ("9:00-17:30", "2026-06-01T08:00:00+00:00", True),  # nine in London: summer
        ("9:00-17:30", "2026-06-01T07:59:59+00:00", False),
        ("9:00-17:30", "2026-12-01T08:00:00+00:00", False),
        ("9:00-17:30", "2026-12-01T17:30:00+00:00", False),
        ("22:00-6:00", "2026-12-01T23:00:00+00:00", True),
        ("22:00-6:00", "2026-12-01T05:59:00+00:00", True),
        ("22:00-6:00", "2026-12-01T06:00:00+00:00", False),
    ],
)
def test_a_tool_can_be_used_within_its_times_where_the_shop_is(times: str, clock: str, open_: bool) -> None:
    judge = rules({"open": {"tickets.*": times}, "timezone": "Europe/London"}, clock)
    refusal = judge.refusal("s1", "tickets.close_ticket", {})
    assert (not refusal) is open_
    assert open_ or refusal.startswith("That can be done from")
    assert not judge.refusal("s1", "clock.now", {})


# --- turns ----------------------------------------------------------------------------------------------


async def test_turns_are_taken_in_order_and_never_two_at_once() -> None:
    turnstile = Turnstile()
    inside: list[int] = []
    order: list[int] = []

    async def go(number: int) -> None:
        async with turnstile.turn(PATIENCE):
            inside.append(number)
            await asyncio.sleep(0)
            assert inside == [number]
            inside.remove(number)
            order.append(number)

    await asyncio.gather(*(go(number) for number in range(20)))
    assert order == list(range(20))


async def test_who_waits_too_long_is_told_and_nobody_is_stuck_behind() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(PATIENCE):
        with pytest.raises(ToolError, match="for another caller just now"):
            async with turnstile.turn(0.01):
                pass
    async with turnstile.turn(PATIENCE):
        pass


async def test_turns_are_taken_across_event_loops() -> None:
    turnstile = Turnstile()
    entered, leave = threading.Event(), threading.Event()

    async def hold() -> None:
        async with turnstile.turn(PATIENCE):
            entered.set()
            await asyncio.to_thread(leave.wait, PATIENCE)

    other = threading.Thread(target=lambda: asyncio.run(hold()))
    other.start()
    await asyncio.to_thread(entered.wait, PATIENCE)
    waiting = asyncio.create_task(enter(turnstile))
    await asyncio.sleep(0)
    assert not waiting.done()
    leave.set()
    await asyncio.wait_for(waiting, PATIENCE)
    other.join(PATIENCE)


async def enter(turnstile: Turnstile) -> None:
    async with turnstile.turn(PATIENCE):
        pass


async def test_who_is_cancelled_while_waiting_leaves_no_gap() -> None:
    turnstile = Turnstile()
    async with turnstile.turn(PATIENCE):
        tasks = [asyncio.create_task(enter(turnstile)) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
    await asyncio.wait_for(asyncio.gather(tasks[0], tasks[2]), PATIENCE)


# --- redaction ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Write to ada.lopez+shop@example.co.uk.", "Write to [e-mail]."),
        ("Call +44 20 7946 0000 or (020) 7946-0000 now", "Call [phone] or [phone] now"),
        ("My card is 4111 1111 1111 1111, thanks", "My card is [card], thanks"),
        ("4111-1111-1111-1111", "[card]"),
        ("Ticket 1042 is promised for 2026-11-24.", "Ticket 1042 is promised for 2026-11-24."),
        ("It costs 129.90", "It costs 129.90"),
        ("To DE89 3704 0044 0532 0130 00, please", "To [account], please"),
        ("to gb82west12345698765432.", "to [account]."),
        ("Part AB12 CD34 EF56 GH78 is there", "Part AB12 CD34 EF56 GH78 is there"),
    ],
)
def test_what_tells_who_somebody_is_is_taken_out(text: str, told: str) -> None:
    assert Redaction().of(text) == told


def test_values_are_redacted_wherever_they_stand() -> None:
    value = {"card": 4111111111111111, "number": 1042, "who": ["a@b.example", None, True, 1.5]}
    assert Redaction().of(value) == {"card": "[card]", "number": 1042, "who": ["[e-mail]", None, True, 1.5]}


@given(st.text(alphabet="0123456789 -+().@ab", max_size=200))
def test_no_card_number_is_left_whatever_stands_around_it(text: str) -> None:
    assert "4111 1111 1111 1111" not in str(Redaction().of(f"{text} x 4111 1111 1111 1111 x {text}"))


def test_what_agents_yaml_calls_private_is_taken_out_too() -> None:
    redaction = Redaction(["K-####", "policy *"])
    assert redaction.of("Customer k-1042, Policy AX7") == "Customer [private], [private]"


def test_what_is_logged_has_no_personal_data(caplog: pytest.LogCaptureFixture) -> None:
    records = RedactedRecords(Redaction())
    records.install()
    log = logging.getLogger("shop")
    try:
        log.warning("%s called from %s", "ada@example.com", "+44 20 7946 0000")
        unfit = logging.getLogRecordFactory()("shop", logging.INFO, "x.py", 1, "%d", ("no number",), None)
        try:
            raise ValueError("no customer bob@example.com")
        except ValueError:
            log.exception("it failed")
    finally:
        records.remove()
    log.warning("ada@example.com")
    first, failed, after = caplog.records
    assert first.getMessage() == "[e-mail] called from [phone]"
    assert unfit.args == ("no number",)
    assert "bob@" not in str(failed.exc_text) and "no customer [e-mail]" in str(failed.exc_text)
    assert after.getMessage() == "ada@example.com"


# --- the log --------------------------------------------------------------------------------------------


def test_the_log_is_lines_of_json_that_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path, lambda: datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    audit.add("caller_said", "s1", {"text": "I am ada@example.com"})
    audit.add("odd", "s1", {"value": {1, 2}})
    audit.close()
    audit.close()
    first, second = path.read_text().splitlines()
    assert json.loads(first) == {
        "at": "2026-11-22T09:30:00.000+00:00",
        "event": "caller_said",
        "session": "s1",
        "text": "I am [e-mail]",
    }
    assert json.loads(second)["value"] == "{1, 2}"
    assert path.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_is_told_at_start(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"plugins\.guard\.audit: .* cannot be written: No such file"):
        AuditLog(tmp_path / "nowhere" / "audit.jsonl")


# --- as a plugin ----------------------------------------------------------------------------------------


class Shop:
    """A dispatcher with the guard as it is installed, and calls to it."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._numbers = count(1)

    def start(self, function: object, arguments: str = "{}", session: str = "s1") -> asyncio.Future[Outcome]:
        over: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        call_id = f"call_{next(self._numbers)}"
        tool = tool_from(function, source="shop")  # type: ignore[arg-type]
        self._dispatcher.start(
            call_id,
            tool,
            tool.name,
            arguments,
            ToolContext(call_id, session, "receptionist", 20.0),
            CallPolicy(),
            entered=lambda call_id, arguments: None,
            finished=lambda call_id, outcome: over.set_result(outcome),
        )
        return over


@asynccontextmanager
async def shop(section: Mapping[str, object]) -> AsyncIterator[tuple[Shop, Plugins]]:
    plugins = Plugins.load({"guard": section}, allow=["guard"])
    dispatcher = HookedDispatcher({LOOP: LoopExecutor(), THREAD: ThreadExecutor()}, plugins.call_hooks())
    try:
        yield Shop(dispatcher), plugins
    finally:
        await dispatcher.aclose()
        plugins.close()
        guard.close()


@pytest.fixture(autouse=True)
def unset() -> Iterator[None]:
    yield
    Plugins.load({}, allow=["guard"])


def order(what: str = "cake") -> str:
    """Orders something."""
    return f"Ordered a {what} for ada@example.com."


def test_it_is_loaded_with_its_hooks_and_has_nothing_to_do_without_settings() -> None:
    plugins = Plugins.load({}, allow=["guard"])
    (report,) = [each for each in plugins.report() if each.name == "guard"]
    assert (report.state, report.distribution) == (PluginState.LOADED, "jackfield-guard")
    assert {"before_call", "around_call", "call_finished", "notice"} < {*report.hooks}
    assert not plugins.call_hooks()


async def test_a_budget_that_is_used_up_denies_the_next_call() -> None:
    async with shop({"calls_per_tool": {"shop.order": 1}}) as (desk, _):
        assert (await desk.start(order)).kind is OutcomeKind.VALUE
        denied = await desk.start(order)
        assert denied.kind is OutcomeKind.DENIED
        assert denied.message.startswith("That can be done once")


async def test_with_a_log_that_cannot_be_written_nothing_is_allowed(tmp_path: Path) -> None:
    async with shop({"audit": str(tmp_path / "nowhere" / "audit.jsonl")}) as (desk, plugins):
        (report,) = [each for each in plugins.report() if each.name == "guard"]
        assert report.state is PluginState.PARTIAL
        assert "audit.jsonl cannot be written" in report.reason
        denied = await desk.start(order)
        assert denied.kind is OutcomeKind.DENIED
        assert "could not be checked" in denied.message


def test_with_wrong_settings_nobody_is_answered() -> None:
    config = interpret(
        Page("agents.yaml", "version: 1\nagents: {a: {}}\nplugins: {guard: {calls_per_minute: 0}}\n"),
        Path(),
        {},
    ).config
    with pytest.raises(ConfigurationError, match="calls_per_minute: must be at least 1"):
        Runtime(config)


async def test_one_at_a_time_holds_for_all_sessions_together() -> None:
    inside: list[int] = []
    together: list[int] = []
    gate = threading.Event()

    def till(number: int) -> int:
        """Rings the till."""
        inside.append(number)
        together.append(len(inside))
        gate.wait(PATIENCE)
        inside.remove(number)
        return number

    async with shop({"one_at_a_time": ["shop.till"]}) as (desk, _):
        calls = [desk.start(till, json.dumps({"number": n}), session=f"s{n}") for n in range(4)]
        assert (await desk.start(order)).kind is OutcomeKind.VALUE
        gate.set()
        ended = await asyncio.wait_for(asyncio.gather(*calls), PATIENCE)
    assert [each.value for each in ended] == [0, 1, 2, 3]
    assert together == [1, 1, 1, 1]


async def test_whose_turn_does_not_come_in_time_is_told_so() -> None:
    gate = threading.Event()

    def till(number: int) -> int:
        """Rings the till."""
        gate.wait(PATIENCE)
        return number

    async with shop({"one_at_a_time": ["shop.*"], "wait": "50ms"}) as (desk, _):
        first = desk.start(till, '{"number": 1}')
        second = await asyncio.wait_for(desk.start(till, '{"number": 2}', session="s2"), PATIENCE)
        assert second.kind is OutcomeKind.DENIED
        assert second.message == "That is being done for another caller just now."
        gate.set()
        assert (await asyncio.wait_for(first, PATIENCE)).value == 1


async def test_agents_are_told_what_not_to_speak_about() -> None:
    async with line(
        agents={
            "plugins": {"guard": {"instructions": "Be brief.", "topics": ["medicine", "other shops"]}},
            "agents": {"desk": {"instructions": "Help."}},
        }
    ) as caller:
        said = caller.session.persona.session_object()["instructions"]
    assert "Help." in said
    assert "Be brief.\nDo not speak about medicine; other shops. If the caller asks" in said


async def test_the_log_tells_what_was_asked_what_became_of_it_and_what_was_said(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with shop({"audit": str(path), "blocked": ["bomb"]}) as (desk, plugins):
        plugins.notify(SessionOpened(0.0, "s1", "receptionist", "local"), "s1")
        plugins.notify(CallerSaid(1.0, "item_1", "I am on 020 7946 0000"), "s1")
        plugins.notify(AgentSaying(1.5, "item_2", "Hel"), "s1")
        await desk.start(order)
        await desk.start(order, '{"what": "bomb"}')
        plugins.notify(SessionEnded(9.0, "hung up", failed=False), "s1")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["event"] for line in lines].count("call_finished") == 2
    told = {(line["event"], line.get("outcome", "")): line for line in lines}
    assert set(told) == {
        ("session_opened", ""),
        ("caller_said", ""),
        ("call_finished", "value"),
        ("call_finished", "denied"),
        ("session_ended", ""),
    }
    assert told["caller_said", ""]["text"] == "I am on [phone]"
    assert told["call_finished", "value"]["output"] == "Ordered a cake for [e-mail]."
    assert told["call_finished", "denied"]["arguments"] == {"what": "bomb"}
    assert {line["session"] for line in lines} == {"s1"}
