"""The trace that a call belongs to, carried into another process (W3C trace context, `traceparent`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context as otel
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()


def carried() -> dict[str, str]:
    """What the other side needs to go on with the current trace; nothing where there is none."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier


@contextmanager
def continued(carrier: object) -> Iterator[None]:
    """In the trace that was `carried` here."""
    if not isinstance(carrier, Mapping) or not carrier:
        yield
        return
    token = otel.attach(_propagator.extract({str(key): str(value) for key, value in carrier.items()}))
    try:
        yield
    finally:
        otel.detach(token)
