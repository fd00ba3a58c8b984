"""From the caller's sound to items and transcripts of the conversation."""

from __future__ import annotations

from collections.abc import Sequence

from jackfield_local.speech import Heard, VoiceActivity

from .effects import Recognise
from .errors import buffer_too_small
from .hearing import Guess, Hearing, Turn
from .ids import new_id
from .items import Conversation, Item, user_audio_item
from .outbox import Outbox
from .session_settings import SessionSettings
from .shapes import Event
from .turns import Sign, Started, Stopped
from .vocabulary import words_of

LEAST_COMMIT_MS = 100
CHUNK_BYTES = 1536  # 32 ms: no piece holds more than one decision


class Listener:
    """Announces, commits and transcribes what the caller says."""

    def __init__(
        self,
        settings: SessionSettings,
        conversation: Conversation,
        outbox: Outbox,
        activity: VoiceActivity,
    ) -> None:
        self._settings = settings
        self._conversation = conversation
        self._outbox = outbox
        self._hearing = Hearing(activity, settings.turn_rule, settings.input_format)
        self._awaited: dict[str, Item] = {}  # by ticket: items whose words are not known yet

    @property
    def speaking(self) -> bool:
        return self._hearing.turn is not None

    @property
    def clock_ms(self) -> int:
        """Audio time."""
        return self._hearing.buffer.end_ms

    def configure(self) -> None:
        """The settings have changed."""
        self._hearing.configure(self._settings.turn_rule, self._settings.input_format)

    def decode(self, sound: bytes) -> bytes:
        return self._hearing.decode(sound)

    def feed(self, pcm: bytes) -> list[Sign]:
        """At most `CHUNK_BYTES`. Starts and pauses of a turn are dealt with here; `Stopped` asks for
        `end_turn`."""
        signs = self._hearing.feed(pcm)
        for sign in signs:
            if isinstance(sign, Started):
                self._start_turn(sign)
            elif not isinstance(sign, Stopped) and self._hearing.turn:
                self._guess(self._hearing.turn, sign)
        return signs

    def _start_turn(self, sign: Started) -> None:
        turn = self._hearing.start_turn(sign.at_ms)
        self._outbox.emit(
            "input_audio_buffer.speech_started", audio_start_ms=turn.start_ms, item_id=turn.item_id
        )

    def _guess(self, turn: Turn, sign: Sign) -> None:
        """Recognise at the first pause, so that the words are known when the turn ends there."""
        if turn.guess is not None:
            turn.guess = None
            return
        turn.guess = Guess(new_id("guess"))
        pcm = self._hearing.buffer.since(turn.start_ms)
        self._outbox.order(Recognise(turn.guess.ticket, pcm, self._words()))

    def end_turn(self, stopped: Stopped) -> Item | None:
        """Commit the turn that is going on; the item with its sound."""
        if (turn := self._hearing.turn) is None:
            return None
        self._outbox.emit(
            "input_audio_buffer.speech_stopped", audio_end_ms=stopped.at_ms, item_id=turn.item_id
        )
        item = user_audio_item(turn.item_id, self._hearing.end_turn(turn))
        self._enter(item)
        self._understand(item, turn.guess)
        return item

    def commit(self) -> Item:
        """As the client asks. Raises `Fault` if there is too little."""
        held = self._hearing.buffer.held_ms
        if held < LEAST_COMMIT_MS:
            raise buffer_too_small(held)
        item_id = self._hearing.turn.item_id if self._hearing.turn else new_id("item")
        item = user_audio_item(item_id, self._hearing.commit())
        self._enter(item)
        self._understand(item, None)
        return item

    def commit_silence(self, start_ms: int) -> Item:
        """Nobody spoke since `start_ms`, and the session's idle timeout is over."""
        item_id = new_id("item")
        pcm = self._hearing.buffer.since(start_ms)
        self._outbox.emit(
            "input_audio_buffer.timeout_triggered",
            audio_start_ms=start_ms,
            audio_end_ms=self.clock_ms,
            item_id=item_id,
        )
        self._hearing.clear()
        item = user_audio_item(item_id, pcm)
        self._enter(item)
        self._settle(item, "")
        return item

    def clear(self) -> None:
        self._hearing.clear()
        self._outbox.emit("input_audio_buffer.cleared")

    def await_words(self, item: Item) -> None:
        """Have the sound of an item recognised that did not come by the buffer."""
        if any(awaited is item for awaited in self._awaited.values()):
            return
        self._understand(item, None)

    def heard(self, ticket: str, heard: Heard | None) -> bool:
        """What the ears made of it; None if they failed. Whether an item was understood by it."""
        turn = self._hearing.turn
        if turn and turn.guess and turn.guess.ticket == ticket:
            turn.guess.heard, turn.guess.known = heard, True
            return False
        item = self._awaited.pop(ticket, None)
        if item is None:
            return False
        self._settle(item, heard.text if heard else None)
        return True

    def _enter(self, item: Item) -> None:
        self._outbox.emit(
            "input_audio_buffer.committed", item_id=item.id, previous_item_id=self._conversation.last_id
        )
        self._conversation.append(item)
        previous = self._conversation.previous(item)
        self._outbox.emit("conversation.item.added", previous_item_id=previous, item=item.wire())
        self._outbox.emit("conversation.item.done", previous_item_id=previous, item=item.wire())

    def _understand(self, item: Item, guess: Guess | None) -> None:
        if guess is not None and guess.known:
            self._settle(item, guess.heard.text if guess.heard else None)
        elif guess is not None:
            self._awaited[guess.ticket] = item
        else:
            ticket = new_id("words")
            self._awaited[ticket] = item
            self._outbox.order(Recognise(ticket, item.audio, self._words()))

    def _settle(self, item: Item, text: str | None) -> None:
        """The words are known, or (None) never will be."""
        item.understood = text or ""
        if self._settings.transcription is None or item.audio_part is None:
            return
        if self._conversation.get(item.id) is not item:
            return
        where = {"item_id": item.id, "content_index": item.parts.index(item.audio_part)}
        kind = "conversation.item.input_audio_transcription"
        if text is None:
            self._outbox.emit(f"{kind}.failed", **where, error=TRANSCRIPTION_FAILED)
            return
        item.audio_part["transcript"] = text
        if text:
            self._outbox.emit(f"{kind}.delta", **where, delta=text)
        usage = {"type": "duration", "seconds": round(item.audio_ms / 1000, 3)}
        self._outbox.emit(f"{kind}.completed", **where, transcript=text, usage=usage)

    def _words(self) -> Sequence[str]:
        return words_of(self._settings)


TRANSCRIPTION_FAILED: Event = {
    "type": "transcription_error",
    "code": "audio_unintelligible",
    "message": "The audio could not be transcribed.",
    "param": None,
}
