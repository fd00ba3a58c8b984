from collections.abc import Iterator

import pytest

from jackfield_tickets.shop import Shop


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()
