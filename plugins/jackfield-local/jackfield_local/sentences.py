"""What sentences mean, as vectors: MiniLM (int8) on plain onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from jackfield_local.inference import Inference, open_model

Vector = NDArray[np.float32]

_LONGEST = 64  # tokens of a sentence that count


class Meaning(Protocol):
    """Sentences to unit vectors: the nearer in meaning, the larger their product (1 is the same)."""

    def vector(self, sentence: str) -> Vector: ...


class MiniLM:
    """`Meaning` by all-MiniLM-L6-v2. Keeps the vectors of the last sentences; 3-8 ms for a new one."""

    def __init__(self, model: Path, tokens: Path, threads: int) -> None:
        self._model: Inference = open_model(model, threads)
        self._inputs = {node.name for node in self._model.get_inputs()}
        self._tokens = Tokenizer.from_file(str(tokens))
        self._tokens.enable_truncation(max_length=_LONGEST)
        self._tokens.no_padding()
        self.vector = lru_cache(maxsize=4096)(self._vector)

    def _vector(self, sentence: str) -> Vector:
        ids = np.array([self._tokens.encode(sentence).ids], dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden, *_ = self._model.run(None, {name: feeds[name] for name in feeds if name in self._inputs})
        mean = hidden[0].mean(axis=0, dtype=np.float32)
        unit: Vector = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return unit


def likeness(meaning: Meaning, sentence: str, others: Sequence[str]) -> list[float]:
    """How near each of `others` is in meaning, -1 to 1."""
    one = meaning.vector(sentence)
    return [float(one @ meaning.vector(other)) for other in others]
