import pytest

from jackfield_local.faculties import MindSettings, load_mind
from jackfield_local.minds.rules import RulesMind


@pytest.fixture(scope="package")
def mind() -> RulesMind:
    loaded = load_mind(MindSettings())
    assert isinstance(loaded, RulesMind)
    return loaded
