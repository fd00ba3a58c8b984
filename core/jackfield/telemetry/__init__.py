"""Spans and metrics, made of notices alone. No other part knows OpenTelemetry."""
