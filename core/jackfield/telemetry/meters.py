"""What is measured over all sessions."""

from __future__ import annotations

from opentelemetry.metrics import Meter

from jackfield.telemetry import names

WAITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0]
"""Bucket boundaries for what a caller waits for, in seconds."""

WORK = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0]
"""Bucket boundaries for what a tool takes, in seconds."""


TOKENS = [float(4**power) for power in range(14)]
"""Bucket boundaries for tokens, as the conventions have them (§9.3)."""


class Meters:
    """The histograms; times are seconds."""

    def __init__(self, meter: Meter) -> None:
        self._reply = meter.create_histogram(
            names.REPLY_SECONDS,
            unit="s",
            description="From the end of the caller's turn, as the provider heard it, to the first sound.",
            explicit_bucket_boundaries_advisory=WAITS,
        )
        self._barge_in = meter.create_histogram(
            names.BARGE_IN_SECONDS,
            unit="s",
            description="From the caller speaking over the agent to the agent's silence.",
            explicit_bucket_boundaries_advisory=WAITS,
        )
        self._call = meter.create_histogram(
            names.CALL_SECONDS,
            unit="s",
            description="From receiving a function call to knowing its outcome.",
            explicit_bucket_boundaries_advisory=WORK,
        )
        self._blocked = meter.create_histogram(
            names.BLOCKED_SECONDS,
            unit="s",
            description="For how long a tool had blocked its event loop when that was seen.",
            explicit_bucket_boundaries_advisory=WORK,
        )

        self._tokens = meter.create_histogram(
            names.TOKEN_USAGE,
            unit="{token}",
            description="What one response read and made.",
            explicit_bucket_boundaries_advisory=TOKENS,
        )

    def replied(self, seconds: float, agent: str) -> None:
        self._reply.record(seconds, {names.AGENT_NAME: agent})

    def fell_silent(self, seconds: float, agent: str) -> None:
        self._barge_in.record(seconds, {names.AGENT_NAME: agent})

    def called(self, seconds: float, tool: str, outcome: str) -> None:
        self._call.record(seconds, {names.TOOL_NAME: tool, names.OUTCOME: outcome})

    def blocked(self, seconds: float, tool: str, plugin: str) -> None:
        self._blocked.record(seconds, {names.TOOL_NAME: tool, names.PLUGIN: plugin})

    def used(self, taken: int, made: int, agent: str) -> None:
        self._tokens.record(taken, {names.AGENT_NAME: agent, names.TOKEN_TYPE: "input"})
        self._tokens.record(made, {names.AGENT_NAME: agent, names.TOKEN_TYPE: "output"})
