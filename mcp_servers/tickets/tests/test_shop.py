import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jackfield_tickets import seed
from jackfield_tickets.shop import Shop


def test_a_new_shop_holds_the_seed() -> None:
    shop = Shop()
    assert shop.numbers() == list(range(1031, 1056))
    assert (len(shop.customers()), len(shop.parts())) == (12, 30)
    assert {ticket[1] for ticket in seed.TICKETS} == {customer[0] for customer in seed.CUSTOMERS}
    shop.close()


def test_what_is_written_to_a_file_is_there_after_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "shop.db")
    first = Shop(path)
    number = first.open(first.customers()[0], "Dell XPS 13", "it is wet").number
    first.close()
    second = Shop(path)
    assert second.ticket(number)
    assert len(second.numbers()) == 26
    second.close()


def test_tickets_that_are_opened_at_once_have_numbers_of_their_own(tmp_path: Path) -> None:
    shops = [Shop(str(tmp_path / "shop.db")) for _ in range(2)]
    customer = shops[0].customers()[0]
    with ThreadPoolExecutor(8) as pool:
        opened = [
            pool.submit(shop.open, customer, "a phone", "it is wet") for shop in shops for _ in range(20)
        ]
        numbers = [future.result().number for future in opened]
    assert sorted(numbers) == list(range(1056, 1096))
    for shop in shops:
        shop.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("nothing of the kind\n" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Shop(str(path))
