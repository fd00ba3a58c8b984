"""agents.schema.json is what the models say, and says about files what Jackfield says."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from jackfield.config.schema import schema, schema_text

ROOT = Path(__file__).parents[2]
WRONG = Path(__file__).parent / "wrong"


def test_the_file_at_the_root_is_up_to_date() -> None:
    stale = "run `JACKFIELD_PLUGINS= jackfield check --schema > agents.schema.json`"
    assert (ROOT / "agents.schema.json").read_text(encoding="utf-8") == schema_text(), stale


def test_it_is_a_schema_and_every_key_in_it_is_explained() -> None:
    Draft7Validator.check_schema(schema())
    sections = [schema(), *schema()["$defs"].values()]
    silent = [
        key
        for section in sections
        for key, value in section.get("properties", {}).items()
        if "description" not in value
    ]
    assert silent == []


def test_the_file_at_the_root_fits() -> None:
    data = yaml.safe_load((ROOT / "agents.yaml").read_text(encoding="utf-8"))
    Draft7Validator(schema()).validate(data)
    assert "$schema=agents.schema.json" in (ROOT / "agents.yaml").read_text(encoding="utf-8").splitlines()[0]


def test_durations_are_text_with_a_unit() -> None:
    validator = Draft7Validator(schema())
    for value, fits in [("20s", True), ("never", False), (20, False), ("${T}", True), (None, True)]:
        data = {"agents": {"a": {"calls": {"timeout": value}}}}
        assert validator.is_valid(data) is fits, value
    assert validator.is_valid({"agents": {"a": {"calls": {"announce_after": "never"}}}})


@pytest.mark.parametrize(
    "name", ["01_misspelt_keys", "03_durations_without_units", "08_choices", "10_shapes", "14_names"]
)
def test_an_editor_sees_what_is_wrong_too(name: str) -> None:
    data = json.loads(json.dumps(yaml.safe_load((WRONG / f"{name}.yaml").read_text(encoding="utf-8"))))
    assert not Draft7Validator(schema()).is_valid(data)
