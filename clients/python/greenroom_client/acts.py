"""Acts that the server hasn't answered yet. Each has an id, and the server does an id once: so one without an answer is sent again.
One that waited too long is given up, for by then nobody knows why it was wanted. Pure; `now` is in seconds."""

from __future__ import annotations

from typing import Any, Collection, Mapping, NamedTuple

from .errors import GreenroomError

PATIENCE = 5.0
LIFETIME = 20.0


class Act(NamedTuple):
    """`fields`: `kind`, and those of that kind."""

    room: str
    id: str
    fields: Mapping[str, Any]


class PendingActs:
    def __init__(self) -> None:
        self._acts: dict[tuple[str, str], Act] = {}
        self._due: dict[tuple[str, str], float] = {}
        self._ends: dict[tuple[str, str], float] = {}

    def add(self, act: Act, now: float) -> None:
        key = (act.room, act.id)
        self._acts[key], self._due[key], self._ends[key] = act, now, now + LIFETIME

    def take(self, rooms: Collection[str], now: float) -> list[Act]:
        """Those to send now to one of `rooms`."""
        due = [key for key in self._acts if self._due[key] <= now and key[0] in rooms]
        for key in due:
            self._due[key] = now + PATIENCE
        return [self._acts[key] for key in due]

    def answered(self, room: str, id: str) -> bool:
        """It was done, needn't be done, or is refused for good. Whether it was one of these."""
        return self._drop((room, id))

    def room_of(self, id: str) -> str | None:
        """The room of an act; for an answer that doesn't name it."""
        return next((room for room, each in self._acts if each == id), None)

    def refused(self, room: str, error: GreenroomError, wait: float, now: float) -> bool:
        """Whether that is final: then it is no longer here. Else it is sent again in `wait` seconds."""
        key = (room, error.id or "")
        if error.code == "not_joined" or (error.is_temporary and error.code != "rate_limited"):
            self._due[key] = now + wait
            return False
        return self._drop(key)

    def has(self, room: str, id: str) -> bool:
        return (room, id) in self._acts

    def expire(self, now: float) -> list[Act]:
        """Those that are given up."""
        return self._end([key for key, ends in self._ends.items() if ends <= now])

    def fail_room(self, room: str) -> list[Act]:
        return self._end([key for key in self._acts if key[0] == room])

    def disconnected(self, now: float) -> None:
        """The connection is gone, and with it every answer under way."""
        self._due = {key: min(due, now) for key, due in self._due.items()}

    def _end(self, keys: list[tuple[str, str]]) -> list[Act]:
        ended = [self._acts[key] for key in keys]
        for key in keys:
            self._drop(key)
        return ended

    def _drop(self, key: tuple[str, str]) -> bool:
        self._due.pop(key, None)
        self._ends.pop(key, None)
        return self._acts.pop(key, None) is not None
