"""Where sessions come from, and how we are let in."""

from jackfield.providers import azure, openai

BUILT_IN = (azure, openai)
"""The plugins that come with the core; the runtime hands them to `Plugins.load`."""

__all__ = ["BUILT_IN"]
