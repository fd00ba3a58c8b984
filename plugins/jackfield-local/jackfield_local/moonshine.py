"""Moonshine tiny-en on plain onnxruntime: one encoder pass, then one token at a time, the best each time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jackfield_local.bias import Bias
from jackfield_local.inference import Inference, Tensor, open_model
from jackfield_local.speech import EAR_RATE, Audio

_START, _END = 1, 2
_TOKENS_PER_SECOND = 6.5  # nobody speaks faster; more tokens than this are the model talking to itself
_SHORTEST = EAR_RATE // 5  # the encoder's convolutions need some sound


@dataclass(frozen=True, slots=True)
class Decoded:
    """The tokens said, and the log-probability the model gave each (the end of speech included)."""

    ids: list[int]
    logprobs: list[float]


class Moonshine:
    """The two networks. `decode` is safe from several threads, but one at a time is what it is fast for."""

    def __init__(self, encoder: Path, decoder: Path, threads: int) -> None:
        self._encoder: Inference = open_model(encoder, threads)
        self._decoder: Inference = open_model(decoder, threads)
        self._empty = {
            node.name: np.zeros((1, int(node.shape[1]), 0, int(node.shape[3])), dtype=np.float32)
            for node in self._decoder.get_inputs()
            if node.name.startswith("past_key_values")
        }
        self._present = [
            node.name.replace("present", "past_key_values") for node in self._decoder.get_outputs()[1:]
        ]

    def decode(self, audio: Audio, bias: Bias) -> Decoded:
        """Understand up to about 30 s of sound at `EAR_RATE`."""
        sound = np.pad(audio, (0, max(0, _SHORTEST - len(audio))))[np.newaxis, :].astype(np.float32)
        mask = np.ones(sound.shape, dtype=np.int64)
        (hidden,) = self._encoder.run(None, {"input_values": sound, "attention_mask": mask})
        # The decoder's mask counts samples, not the encoder's frames: with frames it hears half the sentence.
        feeds: dict[str, Tensor] = {"encoder_hidden_states": hidden, "encoder_attention_mask": mask}
        feeds |= self._empty
        most = int(len(audio) / EAR_RATE * _TOKENS_PER_SECOND) + 4
        return self._tokens(feeds, bias, most)

    def _tokens(self, feeds: dict[str, Tensor], bias: Bias, most: int) -> Decoded:
        ids: list[int] = []
        logprobs: list[float] = []
        while len(ids) < most:
            logits = self._step(feeds, ids)
            token = _best(logits, bias.favoured(ids))
            logprobs.append(_logprob(logits, token))
            if token == _END or _circling(ids, token):
                break
            ids.append(token)
        return Decoded(ids, logprobs)

    def _step(self, feeds: dict[str, Tensor], ids: list[int]) -> Audio:
        """The logits after `ids`; `feeds` keeps what the network remembers for the next step."""
        feeds["input_ids"] = np.array([[ids[-1] if ids else _START]], dtype=np.int64)
        feeds["use_cache_branch"] = np.array([bool(ids)])
        logits, *memory = self._decoder.run(None, feeds)
        for name, tensor in zip(self._present, memory, strict=True):
            # What it knows of the sound does not change after the first step.
            if not ids or ".decoder." in name:
                feeds[name] = tensor
        last: Audio = logits[0, -1].astype(np.float32, copy=False)
        return last


def _best(logits: Audio, favours: dict[int, float]) -> int:
    best = int(logits.argmax())
    ceiling = float(logits[best])
    for token, favour in favours.items():
        if (score := float(logits[token]) + favour) > ceiling:
            best, ceiling = token, score
    return best


def _logprob(logits: Audio, token: int) -> float:
    top = float(logits.max())
    return float(logits[token]) - top - float(np.log(np.exp(logits - top).sum()))


def _circling(ids: list[int], token: int) -> bool:
    """Whether the last tokens only repeat themselves a third time, as the model does on noise."""
    said = [*ids, token]
    return any(
        said[-length:] == said[-2 * length : -length] == said[-3 * length : -2 * length]
        for length in range(4, 9)
        if len(said) >= 3 * length
    )
