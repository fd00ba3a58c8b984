from collections.abc import AsyncIterator

import pytest

from .desk import Desk, opened


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk
