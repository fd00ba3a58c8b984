import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long an example takes says something about the machine; timings live in bench/.
settings.register_profile("jackfield", deadline=None)
settings.load_profile("jackfield")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Ours is asyncio, as aiortc's and uvicorn's is."""
    return "asyncio"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The command line sets how much is logged; a test that runs it must not silence the next one."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    names = [name for name in root.manager.loggerDict if name.startswith("jackfield")]
    levels = {name: logging.getLogger(name).level for name in names} | {"root": root.level}
    yield
    for name in [name for name in root.manager.loggerDict if name.startswith("jackfield")]:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
    root.setLevel(levels["root"])
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
