from collections.abc import AsyncIterator, Iterator

import pytest

from .desk import Desk, opened
from .site import workbench_in


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with opened() as desk:
        yield desk


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The plugin `workbench` is installed, for this process and for its workers."""
    with workbench_in(tmp_path_factory.mktemp("site")):
        yield
