"""The embedded server as adversary: what a service may do wrong, on purpose and by name."""
