"""One live line: the sideband, the conversation and the dispatcher, held together by one task group."""

from jackfield.session.session import Session
from jackfield.session.switchboard import Switchboard

__all__ = ["Session", "Switchboard"]
