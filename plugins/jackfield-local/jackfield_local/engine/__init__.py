"""The session engine: one Realtime session, decided without a clock, a socket or a thread.

`session.Session` takes client events, sound, and what ears, mind, voice and line report, each with the time
it happened, and answers with effects (`effects.py`). The rim (`jackfield_local.live`) carries them out.
"""
