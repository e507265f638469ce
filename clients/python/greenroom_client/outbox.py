"""Messages that the server hasn't acknowledged yet. Each keeps its id, and the server stores an id once, however often it is sent:
so whatever isn't answered is sent again. Pure; `now` is in seconds."""

from __future__ import annotations

import itertools
import uuid
from typing import Iterable, NamedTuple


def new_id() -> str:
    """An id that is unique for ever."""
    return uuid.uuid4().hex


class Unsent(NamedTuple):
    """A message on its way. `room` is the room's key. `target`: the seq of the message that it answers, or 0."""

    room: str
    id: str
    text: str
    target: int = 0


class Outbox:
    """One message a room is in flight at a time: so the room gets them in the order in which they were written, also where
    one of them has to be sent again.

        add --> waiting --take--> in flight --answered--> gone
                   ^                  |
                   +--- hold, disconnected, no answer in time
    """

    def __init__(self, kept: Iterable[Unsent] = ()) -> None:
        """`kept`: what an earlier life of the program left, oldest first."""
        self._rooms: dict[str, dict[str, Unsent]] = {}
        self._flying: dict[str, tuple[str, float]] = {}
        self._held_until: dict[str, float] = {}
        for one in kept:
            self.add(one)

    def add(self, message: Unsent) -> None:
        self._rooms.setdefault(message.room, {}).setdefault(message.id, message)

    def take(self, rooms: Iterable[str], now: float, patience: float = 10.0) -> list[Unsent]:
        """What to send now: of each of `rooms` the first message, unless it was sent less than `patience` ago, or the room is
        held back. It is in flight then."""
        due = []
        for room in rooms:
            first = next(iter(self._rooms.get(room, {}).values()), None)
            if first is None or self._held_until.get(room, now) > now:
                continue
            id, sent = self._flying.get(room, (None, 0.0))
            if id == first.id and now - sent < patience:
                continue
            self._flying[room] = (first.id, now)
            due.append(first)
        return due

    def answered(self, room: str, id: str) -> Unsent | None:
        """It is stored, or refused for good, and no longer here. None: it wasn't."""
        waiting = self._rooms.get(room, {})
        one = waiting.pop(id, None)
        if self._flying.get(room, ("",))[0] == id:
            del self._flying[room]
        if not waiting:
            self._rooms.pop(room, None)
        return one

    def hold(self, room: str, until: float) -> None:
        """Refused for now: nothing goes to that room before then, and then the same id again."""
        self._flying.pop(room, None)
        self._held_until[room] = until

    def disconnected(self) -> None:
        """The connection is gone, and with it every answer under way."""
        self._flying.clear()
        self._held_until.clear()

    def fail_room(self, room: str) -> list[Unsent]:
        """What was waiting there, and is no longer here: nothing goes to that room any more."""
        self._flying.pop(room, None)
        self._held_until.pop(room, None)
        return list(self._rooms.pop(room, {}).values())

    def find(self, room: str, id: str) -> Unsent | None:
        return self._rooms.get(room, {}).get(id)

    def room_of_flying(self, id: str) -> str | None:
        """The room that the message in flight with that id goes to; for an answer that doesn't name it."""
        return next((room for room, (flying, _) in self._flying.items() if flying == id), None)

    def in_flight(self) -> list[str]:
        """The rooms that an answer is awaited from."""
        return list(self._flying)

    def waiting(self) -> list[Unsent]:
        """All that is here, each room's in its order."""
        return list(itertools.chain.from_iterable(each.values() for each in self._rooms.values()))

    def __len__(self) -> int:
        return sum(map(len, self._rooms.values()))
