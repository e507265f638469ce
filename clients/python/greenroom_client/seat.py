"""A room as this client knows it: where it stands in joining it, its log, its people, and what is asked of it. Pure."""

from __future__ import annotations

import collections
from typing import Any, Mapping, NamedTuple

from .errors import GreenroomError
from .events import Acted, Anew, Changed, Deleted, Gone, Marked, Posted, Present, RoomEvent, Typing
from .room_log import Missing, RoomLog

FACTS = ("access", "owner", "role", "title", "topic")
# A join with it never makes the room, for it goes on in a log; and there is no such log.
NO_LOG = {"after": 0, "generation": "f" * 16}
MOST_SIGNALS = 100  # of what is only now, for a reader who doesn't take it


def key_of(name: str, me: str) -> str:
    """One key for all names of a room. `@bob` and `@bob,ada` are ada's `@ada,bob`."""
    key = name.lower()
    if key.startswith("@") and not key.startswith("@@"):
        people = key[1:].split(",") if "," in key else [key[1:], me.lower()]
        return "@" + ",".join(sorted(people))
    return key


class PageRequest(NamedTuple):
    """`ticket`: of whoever asked; None: the way through the log needs it."""

    ticket: int | None
    fields: Mapping[str, Any]


class Seat:
    """`state`: `away` (there is no connection), `joining`, `joined`, or `gone`, and then `error` says why."""

    def __init__(self, name: str, me: str, log: RoomLog, creates: bool) -> None:
        self.name, self.me, self.log, self.creates = name, me, log, creates
        self.key = key_of(name, me)
        self.state = "away"
        self.error: GreenroomError | None = None
        self.facts: dict[str, Any] = {}
        self.people: dict[str, str] = {}  # by their names in small letters
        self.count = 0
        self.asked = 0.0       # when the join was sent
        self.not_before = 0.0  # when it may be sent again
        self.request: PageRequest | None = None
        self.request_sent = 0.0
        self.page_after = 0.0  # when the next page may be asked for
        self.requests: collections.deque[PageRequest] = collections.deque()
        self.waiting = False   # a reader waits for what comes next
        self.followed = False  # there was one
        self.mark = self.told = 0
        self._signals: collections.deque[RoomEvent] = collections.deque()

    def joined(self, frame: Mapping[str, Any]) -> None:
        self.name, self.state = frame["room"], "joined"
        self.told = 0
        self.facts = {name: frame[name] for name in FACTS if name in frame}
        if self.log.open(frame["generation"], frame["head"], frame.get("first", 1)) == "anew":
            self.mark = 0
            self._signals.append(Anew(frame["generation"], frame["head"]))
        members = frame["members"]
        self.people = {name.lower(): name for name in members["first"]}
        self.count = members["count"]

    def resume_point(self) -> Mapping[str, Any]:
        """The fields of a join."""
        return self.log.resume_point() or ({} if self.creates else NO_LOG)

    def presence(self, frame: Mapping[str, Any]) -> None:
        if frame.get("whole"):
            self.people.clear()
        for name in frame["left"]:
            self.people.pop(name.lower(), None)
        self.people.update((name.lower(), name) for name in frame["joined"])
        self.count = frame["count"]
        self.signal(Present(frozenset(self.people.values()), self.count))

    def erased(self, frame: Mapping[str, Any]) -> None:
        changed = self.log.disown(frame["user"], frame.get("seqs"))
        messages = (self.log.folding.find(seq) for seq in changed)
        self.signal(Deleted(frame["user"], tuple(one for one in messages if one)))

    def leave(self, error: GreenroomError) -> None:
        self.state, self.error = "gone", error
        self.people.clear()
        self.count = 0

    def signal(self, event: Deleted | Present | Typing | Marked) -> None:
        """What is only now: told to whoever listens, and else forgotten."""
        if self.followed and len(self._signals) < MOST_SIGNALS:
            self._signals.append(event)

    def take(self) -> RoomEvent | None:
        """The next event; None: there is none yet. After `Gone` there will be none."""
        if self._signals:
            return self._signals.popleft()
        taken = self.log.take()
        if taken is None:
            return Gone(self.error) if self.state == "gone" and self.error else None
        if isinstance(taken, Missing):
            return taken
        entry, message = taken
        if message is not None and message.seq == entry.seq:
            return Posted(message)
        return Acted(entry) if entry.target == 0 else Changed(entry, message)

    def plan(self) -> PageRequest | None:
        """The page to ask for now, if no other is under way."""
        if self.state != "joined" or self.request:
            return None
        if self.requests:
            return self.requests.popleft()
        fields = self.log.plan() if self.waiting else None
        return PageRequest(None, fields) if fields else None
