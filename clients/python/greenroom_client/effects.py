"""What the conversation wants done; the shell carries it out. Pure."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from .entries import Entry
from .errors import GreenroomError
from .events import ClientEvent


class Receipt(NamedTuple):
    """The answer to a message or an act. `entry`: what it became in the log; None: nothing would have changed, so that there is
    no entry. `duplicate`: the id was stored before, and this is the first entry."""

    id: str
    entry: Entry | None
    duplicate: bool = False

    @property
    def unchanged(self) -> bool:
        return self.entry is None

    @property
    def seq(self) -> int:
        return self.entry.seq if self.entry else 0

    @property
    def at(self) -> str | None:
        return self.entry.at if self.entry else None


class Say(NamedTuple):
    """A frame for the server."""

    frame: Mapping[str, Any]


class Done(NamedTuple):
    """Whoever has this ticket gets that."""

    ticket: int
    value: Any


class Failed(NamedTuple):
    ticket: int
    error: GreenroomError


class Settled(NamedTuple):
    """That message is stored, or refused for good: it needn't be kept any more."""

    room: str
    id: str


class Wake(NamedTuple):
    """There may be something to take in that room, by its key."""

    room: str


class Tell(NamedTuple):
    event: ClientEvent


class Reconnect(NamedTuple):
    """The connection has left something unanswered for too long."""


Effect = Say | Done | Failed | Settled | Wake | Tell | Reconnect
