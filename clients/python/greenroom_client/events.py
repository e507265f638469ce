"""What a reader is told. Of a room: `Posted`, `Changed`, `Acted`, `Deleted`, `Missing`, `Anew`, `Gone`, `Present`, `Typing`, `Marked`. Of the
connection and of oneself: `Online`, `Offline`, `News`, `Refused`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from .entries import Entry, Message
from .errors import GreenroomError
from .room_log import Missing


@dataclass(frozen=True)
class Posted:
    """Somebody said something: a text, a notice or an action; or it is erased by now."""

    message: Message


@dataclass(frozen=True)
class Changed:
    """An edit, an erase, a reaction, a pin. `message`: as it is now; None where it isn't here."""

    entry: Entry
    message: Message | None


@dataclass(frozen=True)
class Acted:
    """Something else was done in the room: settings, a role, a ban, …"""

    entry: Entry


@dataclass(frozen=True)
class Deleted:
    """An account was deleted: what it wrote and did here is `deleted`'s by now, and its words may be gone. `messages`: those that
    were told before, as they are now."""

    user: str
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Anew:
    """The room's log is another one: it was deleted and made again, or restored from a copy. What is known of it is void, and the
    way goes on from its head."""

    generation: str
    head: int


@dataclass(frozen=True)
class Gone:
    """This user isn't in the room any more; nothing follows. `error` says by whom, why and until when."""

    error: GreenroomError


@dataclass(frozen=True)
class Present:
    """Who is in the room now. `people`: as far as their names are told; `count`: how many they are."""

    people: frozenset[str]
    count: int


@dataclass(frozen=True)
class Typing:
    user: str
    state: str


@dataclass(frozen=True)
class Marked:
    """Somebody, or this user on another device, has read up to `seq`."""

    user: str
    seq: int


@dataclass(frozen=True)
class Online:
    """The websocket is open."""


@dataclass(frozen=True)
class Offline:
    """The connection is lost. `wait`: seconds until the next attempt; None: there will be none."""

    code: int | None
    wait: float | None


@dataclass(frozen=True)
class News:
    """News of oneself, a hint: `added`, `removed`, `notice`, `news`, with the frame's fields."""

    type: str
    room: str
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """A message that an earlier life of the program left in the outbox is refused for good."""

    room: str
    id: str
    text: str
    error: GreenroomError


RoomEvent = Posted | Changed | Acted | Deleted | Missing | Anew | Gone | Present | Typing | Marked
ClientEvent = Online | Offline | News | Refused
