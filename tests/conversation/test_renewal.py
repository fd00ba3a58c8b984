"""When a line is renewed and when the conversation moves: the table, and what keeps to it."""

from hypothesis import given
from hypothesis import strategies as st

from jackfield.conversation.effects import Close, Effect, LoseLine, MoveLine, WantLine
from jackfield.conversation.orders import Orders
from jackfield.conversation.renewal import LINE, PATIENCE, SETTLED, Renewal, Stand, Turn

HOUR = 3600.0


class Watched:
    """A renewal, and everything that it ordered."""

    def __init__(self, *, followed: bool = True) -> None:
        self.orders = Orders()
        self.renewal = Renewal(self.orders)
        self.renewal.followed = followed
        self.ordered: list[Effect] = []

    def take(self) -> list[Effect]:
        new = self.orders.drain()
        self.ordered += new
        return new


def ready(now: float = HOUR - 100) -> Watched:
    watched = Watched()
    watched.renewal.ends(HOUR, 0.0)
    watched.renewal.decide(None, now)
    assert [type(each) for each in watched.take()] == [WantLine]
    assert watched.renewal.offered(now)
    watched.renewal.stands(now)
    return watched


def test_a_new_line_is_wanted_well_before_the_end_and_not_earlier() -> None:
    watched = Watched()
    watched.renewal.ends(HOUR, 0.0)
    due = watched.renewal.deadline(0.0)
    assert due == HOUR - 120
    watched.renewal.decide(0.0, due - 0.1)
    assert watched.take() == []
    watched.renewal.decide(0.0, due)
    assert watched.take() == [WantLine("the session at the service ends soon", broken=False)]


def test_of_a_short_session_the_greater_part_is_used() -> None:
    watched = Watched()
    watched.renewal.ends(20.0, 0.0)
    assert watched.renewal.deadline(None) == 12.0


def test_nobody_is_asked_who_cannot_make_a_line() -> None:
    watched = Watched(followed=False)
    watched.renewal.ends(HOUR, 0.0)
    watched.renewal.decide(0.0, HOUR)
    assert watched.take() == []


def test_the_move_waits_for_silence() -> None:
    watched = ready()
    watched.renewal.decide(None, HOUR - 90)
    assert watched.take() == []
    watched.renewal.decide(HOUR - 89, HOUR - 89)
    assert watched.take() == []
    assert watched.renewal.deadline(HOUR - 89) == HOUR - 89 + SETTLED
    watched.renewal.decide(HOUR - 89, HOUR - 89 + SETTLED)
    assert [each.calmly for each in watched.take() if isinstance(each, MoveLine)] == [True]


def test_a_caller_who_never_stops_talking_is_moved_all_the_same() -> None:
    watched = ready()
    assert watched.renewal.deadline(None) == HOUR - 30
    watched.renewal.decide(None, HOUR - 30)
    assert [each.calmly for each in watched.take() if isinstance(each, MoveLine)] == [False]


def test_a_line_that_breaks_while_the_next_one_stands_costs_nothing() -> None:
    watched = ready()
    watched.renewal.breaks("gone", HOUR - 90)
    assert [type(each) for each in watched.take()] == [MoveLine]


def test_a_caller_whose_line_broke_has_time_to_come_back_and_no_more() -> None:
    watched = Watched()
    watched.renewal.breaks("gone", 10.0)
    assert watched.take() == [LoseLine(), WantLine("gone", broken=True)]
    watched.renewal.decide(None, 10.0 + PATIENCE - 0.1)
    assert watched.take() == []
    watched.renewal.decide(None, 10.0 + PATIENCE)
    assert watched.take() == [Close("gone")]
    assert not watched.renewal.offered(30.0)


def test_a_line_that_the_service_does_not_take_is_asked_for_again_a_little_later() -> None:
    watched = Watched()
    watched.renewal.ends(HOUR, 0.0)
    watched.renewal.decide(None, HOUR - 100)
    watched.renewal.offered(HOUR - 99)
    watched.renewal.failed(HOUR - 98)
    watched.take()
    watched.renewal.decide(None, HOUR - 97.5)
    assert watched.take() == []
    watched.renewal.decide(None, HOUR - 97)
    assert [type(each) for each in watched.take()] == [WantLine]


STEPS = st.sampled_from(["breaks", "offered", "stands", "failed", "quiet", "busy", "wait"])


def take(watched: Watched, step: str, now: float) -> None:
    match step:
        case "breaks":
            watched.renewal.breaks("gone", now)
        case "offered":
            watched.renewal.offered(now)
        case "stands":
            watched.renewal.stands(now)
        case "failed":
            watched.renewal.failed(now)


def wake(watched: Watched, quiet: float | None, now: float) -> None:
    """As often as it asks for it."""
    for _ in range(10):
        watched.renewal.decide(quiet, now)
        deadline = watched.renewal.deadline(quiet)
        if deadline is None or deadline > now:
            return
    raise AssertionError("it keeps asking to be woken and does nothing")


@given(st.lists(st.tuples(STEPS, st.floats(0.1, 40.0)), max_size=60), st.booleans())
def test_whatever_happens_nobody_is_moved_without_a_new_line_and_a_lost_call_ends(
    steps: list[tuple[str, float]], followed: bool
) -> None:
    watched, now, quiet = Watched(followed=followed), 0.0, None
    watched.renewal.ends(60.0, 0.0)
    for step, pause in steps:
        now += pause
        take(watched, step, now)
        quiet = now if step == "quiet" else None if step == "busy" else quiet
        wake(watched, quiet, now)
        watched.take()
    moves = [each for each in watched.ordered if isinstance(each, MoveLine)]
    assert len(moves) <= [step for step, _ in steps].count("offered")
    if watched.renewal.stand in (Stand.BROKEN, Stand.MENDING):
        wake(watched, quiet, now + PATIENCE)
        watched.take()
        assert watched.renewal.stand is Stand.GONE
    if watched.renewal.stand is Stand.GONE:
        assert any(isinstance(each, Close) for each in watched.ordered)


def test_every_stand_that_waits_can_be_left() -> None:
    for stand in set(Stand) - {Stand.GONE}:
        assert any(here is stand and there is not stand for (here, _), there in LINE.items())
    assert {turn for _, turn in LINE} == set(Turn)
