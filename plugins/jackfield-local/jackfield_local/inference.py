"""How our ONNX models are run: few threads, and none that spin while they wait.

A spinning thread pool takes a whole core from the media processes beside us for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

Tensor = NDArray[np.generic]


class Node(Protocol):
    """An input or output of a model."""

    name: str
    shape: list[int | str]


class Inference(Protocol):
    """The part of `onnxruntime.InferenceSession` that is used here; safe to call from several threads."""

    def run(self, outputs: Sequence[str] | None, feeds: dict[str, Tensor]) -> list[Tensor]: ...

    def get_inputs(self) -> list[Node]: ...

    def get_outputs(self) -> list[Node]: ...


def open_model(path: Path, threads: int) -> Inference:
    """Load one model for `threads` threads of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return cast(Inference, session)
