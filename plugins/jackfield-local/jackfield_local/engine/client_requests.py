"""What each client event does to a session (facts: realtime protocol 3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import client_events as wire
from .errors import Fault
from .items import item_from_client

if TYPE_CHECKING:
    from .session import Session


def serve(session: Session, event: wire.AnyClientEvent, now: float) -> None:
    """Raises `Fault`; the session is unchanged then."""
    match event:
        case wire.SessionUpdate():
            _update(session, event)
        case wire.AudioAppend():
            session.append(event.audio, now)
        case wire.AudioCommit():
            session.listener.commit()
        case wire.AudioClear():
            session.listener.clear()
        case wire.OutputClear():
            _clear_output(session)
        case wire.ResponseCreate():
            session.create_response(event.response, now)
        case wire.ResponseCancel():
            session.responder.cancel(event.response_id)
        case _:
            _serve_item(session, event)


def _serve_item(session: Session, event: wire.AnyClientEvent) -> None:
    match event:
        case wire.ItemCreate():
            _create_item(session, event)
        case wire.ItemRetrieve():
            item = session.conversation.require("retrieve", event.item_id)
            session.outbox.emit("conversation.item.retrieved", item=item.with_audio())
        case wire.ItemDelete():
            session.conversation.delete(event.item_id)
            session.outbox.emit("conversation.item.deleted", item_id=event.item_id)
        case wire.ItemTruncate():
            _truncate(session, event)


def _update(session: Session, event: wire.SessionUpdate) -> None:
    session.settings.update(event.session, voice_locked=session.conversation.has_assistant_audio)
    session.listener.configure()
    session.outbox.emit("session.updated", session=session.echo())


def _clear_output(session: Session) -> None:
    if session.playout is None:
        raise Fault(
            "output_audio_buffer.clear is for WebRTC and SIP sessions; here the client owns playback.",
            code="invalid_value",
            param="type",
        )
    session.responder.silence()


def _create_item(session: Session, event: wire.ItemCreate) -> None:
    item = item_from_client(event.item, session.settings.input_format)
    session.conversation.insert(item, event.previous_item_id)
    previous = session.conversation.previous(item)
    session.outbox.emit("conversation.item.added", previous_item_id=previous, item=item.wire())
    session.outbox.emit("conversation.item.done", previous_item_id=previous, item=item.wire())
    if item.audio_part is not None:
        session.listener.await_words(item)


def _truncate(session: Session, event: wire.ItemTruncate) -> None:
    session.conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
    session.outbox.emit(
        "conversation.item.truncated",
        item_id=event.item_id,
        content_index=event.content_index,
        audio_end_ms=event.audio_end_ms,
    )
