"""The heart: what to run, what to send, and when to speak. Pure: no await, no clock, no network.

`Conversation` is the only name that the rest of the project needs; the tables in `states` are the
shortest description of what it does.
"""
