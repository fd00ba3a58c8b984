"""The wire's vocabulary: what the Realtime service says, what we say, and how both look as JSON.

Nothing here decides anything. `decode` never raises: whatever the service sends becomes an event, if
need be an `Unknown` one.
"""
