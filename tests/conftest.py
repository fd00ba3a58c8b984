import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Ours is asyncio, as aiortc's and uvicorn's is."""
    return "asyncio"
