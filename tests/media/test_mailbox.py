"""Events for a reader who may be slow."""

from jackfield.media.mailbox import Mailbox


async def test_everything_is_read_in_order_up_to_the_last() -> None:
    box: Mailbox[int] = Mailbox(10)
    for number in range(5):
        assert box.put(number, last=number == 4) is None
    assert box.put(5) is None
    assert [number async for number in box] == [0, 1, 2, 3, 4]
    assert [number async for number in box] == []


async def test_above_the_limit_the_expendable_go_first_and_then_the_oldest() -> None:
    box: Mailbox[int] = Mailbox(3, lambda number: number % 2 == 0)
    dropped = [box.put(number) for number in (1, 2, 3, 4, 5, 7)]
    assert dropped == [None, None, None, 2, 4, 1]
    box.put(9, last=True)
    assert [number async for number in box] == [5, 7, 9]
