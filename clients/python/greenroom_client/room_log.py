"""One reader's way through a room's log: every entry above where they are, in order and once, whatever was missed and however it
came by. Pure.

The server's log has no holes. So a number between two entries, or below the head, that isn't here is exactly what this client
hasn't got: `plan` says what to ask for. The reader goes at their own pace: above a bound nothing is kept that can be fetched later."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from .deleted_authors import DeletedAuthors
from .entries import Entry, Message, Page, Position, State
from .folding import Folding

PAGE = 500


class Missing(NamedTuple):
    """These entries aren't kept any more, or never were."""

    first: int
    last: int


class Taken(NamedTuple):
    """The next entry of the log. `message`: what it says, or what it made of the message that it is about; None where that
    isn't here, or it is about none."""

    entry: Entry
    message: Message | None


class _Held(NamedTuple):
    entry: Entry
    state: State | None
    as_of: int


class RoomLog:
    """`reader` is the user's name. `position`: where an earlier life of the program was; without it the way begins at the
    room's head. `keep`: so many messages are folded; `hold`: so many entries may wait to be taken."""

    def __init__(self, reader: str, position: Position | None = None, keep: int = 1000, hold: int = 1000) -> None:
        self.generation = position.generation if position else None
        self.cursor = position.seq if position else 0  # the last seq that was taken
        self.head = self.cursor
        self.folding = Folding(reader)
        self._keep, self._hold = keep, hold
        self._held: dict[int, _Held] = {}
        self._deleted = DeletedAuthors()
        self._lost = 0  # all up to here that isn't held can't be had

    def open(self, generation: str, head: int, first: int = 1) -> str:
        """The answer to a join. Returns `first`, `resumed`, or `anew`: the log is another one, and begins at its head."""
        known, self.generation = self.generation, generation
        if known is not None and known != generation:
            self._held.clear()
            self.folding = Folding(self.folding.reader)
            self.cursor = self.head = head
            self._lost = 0
            return "anew"
        if known is None:
            self.cursor = self.head = head
            return "first"
        self.note_head(head)
        self._lost = max(self._lost, first - 1)
        return "resumed"

    def resume_point(self) -> dict[str, object]:
        """The fields of a join, so that no more is sent than is needed. What lies between the cursor and there is fetched by
        pages, when the reader comes to it."""
        if self.generation is None:
            return {}
        end = self._run_end()
        return {"after": end if end >= self.head or len(self._held) < self._hold else self.head, "generation": self.generation}

    def note_head(self, seq: int) -> None:
        self.head = max(self.head, seq)

    def hear(self, entry: Entry) -> None:
        """An entry that came by itself, as it stands in the log."""
        self.note_head(entry.seq)
        self._put(_Held(self._deleted.as_left(entry), None, entry.seq))

    def read(self, page: Page, after: int | None = None) -> None:
        """A page of history. `after`: it is the answer to what `plan` said; then entries that it leaves out are lost."""
        for given, state in page.entries:
            entry = self._deleted.as_left(given)
            self.note_head(entry.seq)
            if entry.seq > self.cursor:
                self._put(_Held(entry, state, page.as_of))
            else:
                self.folding.read(entry, state, page.as_of)
        self.folding.keep(self._keep)
        if after is not None:
            found = page.entries[0].seq - 1 if page.entries else page.as_of
            if found > after:
                self._lost = max(self._lost, found)

    def disown(self, user: str, seqs: Sequence[int] | None) -> list[int]:
        """The frame `erased`: that author is deleted, and with `seqs` their words are, too. Returns the seqs of the messages
        that were taken and are others now."""
        self._deleted.add(user, seqs)
        self._held = {seq: one._replace(entry=self._deleted.as_left(one.entry)) for seq, one in self._held.items()}
        return sorted(self.folding.disown(self._deleted.as_left))

    def take(self) -> Taken | Missing | None:
        """The next one. None: it isn't here, or there is none yet."""
        held = self._held.pop(self.cursor + 1, None)
        if held is None:
            return self._skip_lost()
        self.cursor += 1
        entry, state, as_of = held
        about = self.folding.read(entry, state, as_of) if state is not None else self.folding.hear(entry)
        self.folding.keep(self._keep)
        is_message = entry.is_words or entry.kind == "erased"
        seq = entry.seq if is_message else about or (entry.target if entry.target else 0)
        return Taken(entry, self.folding.find(seq) if seq else None)

    def plan(self) -> dict[str, int] | None:
        """The page to ask for: the reader waits, and what comes next isn't here. None: nothing is missing."""
        if self.cursor + 1 in self._held or self.cursor >= self.head or self._lost > self.cursor:
            return None
        above = min((seq for seq in self._held if seq > self.cursor), default=self.head + 1)
        return {"after": self.cursor, "limit": min(PAGE, above - self.cursor - 1)}

    def _put(self, one: _Held) -> None:
        seq = one.entry.seq
        known = self._held.get(seq)
        if seq <= self.cursor or (known and known.as_of >= one.as_of):
            return
        if known is None and len(self._held) >= self._hold:
            highest = max(self._held)
            if seq > highest:
                return
            del self._held[highest]  # what is nearer comes first; this is fetched again
        self._held[seq] = one

    def _run_end(self) -> int:
        """The last seq of those that are here without a hole."""
        end = self.cursor
        while end + 1 in self._held:
            end += 1
        return end

    def _skip_lost(self) -> Missing | None:
        if self._lost <= self.cursor:
            return None
        above = min((seq for seq in self._held if seq > self.cursor), default=self._lost + 1)
        missing = Missing(self.cursor + 1, min(self._lost, above - 1))
        self.cursor = missing.last
        self.note_head(self.cursor)
        return missing
