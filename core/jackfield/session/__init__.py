"""One live line: the sideband, the conversation and the dispatcher, held together by one task group."""

from jackfield.session.attendants import Attendants
from jackfield.session.fittings import Fittings
from jackfield.session.session import Session
from jackfield.session.socket_end import Modality
from jackfield.session.socket_line import SocketLine
from jackfield.session.switchboard import Switchboard

__all__ = ["Attendants", "Fittings", "Modality", "Session", "SocketLine", "Switchboard"]
