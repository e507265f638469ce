"""Puts people into rooms: those who run them, those who give them reason to, and everybody else."""

import collections
import functools

from friends import Friend, Group
from history import key_of
from ledger import NOBODY, Founding
from moderators import Cast, Moderator, Rascal

RASCALS_ROOMS = 5  # rooms that a rascal is in, at most
ACT_PACE = 0.12    # seconds between two acts of one of the staff, and two of a rascal's deeds
SLOWER = 4         # times as slow as on the first device somebody talks on others


def direct_room_of(one, other):
    """As the server names it."""
    return "@" + ",".join(sorted([one.lower(), other.lower()]))


class Troupe:
    """`foundings`: {room: how it was before its first entry}, once all are appointed."""

    def __init__(self, crowd):
        self.crowd, self.rooms = crowd, [room for room in crowd.histories if not room.startswith("@")]
        self.foundings = {}
        self._members = collections.defaultdict(list)

    def join(self, user, rooms, pace, *more, **ways):
        """Into the crowd, as a member of these rooms, on one device."""
        for room in rooms:
            if not room.startswith("@"):
                self._members[room].append(user.name)
        self.crowd.add(user, list(rooms), pace, *more, **ways)

    def befriend(self, user, rooms, pace, devices, **ways):
        """The same on some devices, the first of which talks most; `rooms`: direct ones, too."""
        self.join(user, rooms, pace, **ways, kind=Friend)
        for device in range(1, devices):
            self.crowd.add(user, list(rooms), pace * SLOWER, **ways, kind=Friend, device=device)

    def pair(self, one, other):
        """The direct room of two people: its name. They open it themselves."""
        room = direct_room_of(one.name, other.name)
        self._take_direct(one, other)
        self.foundings[room] = Founding(NOBODY, (one.name, other.name), {"access": "private"})
        return room

    def gather(self, founders, others):
        """A group of the founders, three at least: its name. The first of them stays in it; all others come and go."""
        self._take_direct(*founders, *others)
        answer = founders[0].chat("POST", "/direct", {"with": [user.name for user in founders[1:]]})
        assert answer.status == 201, answer
        room = answer.json["room"]
        self.crowd.make(room)
        self.crowd.groups[room] = Group(founders[0].name, [user.name for user in (*founders[1:], *others)])
        self.foundings[room] = Founding(NOBODY, tuple(user.name for user in founders), {"access": "private"}, True)
        return room

    @staticmethod
    def _take_direct(*people):
        """From everybody."""
        for user in people:
            answer = user.chat("PUT", "/me/settings", {"direct": "everyone"})
            assert answer.status == 200, answer

    def appoint(self, staff, rascals, readers, stays=None):
        """Makes the rooms, with these Users: each room has one of the staff as its owner, another one as a moderator, and
        its reader as a moderator whom nothing is done to. Every other rascal is a member. At least two of each."""
        cast = collections.defaultdict(list)
        for n, rascal in enumerate(rascals):
            mine = [self.rooms[(2 * n + k) % len(self.rooms)] for k in range(min(RASCALS_ROOMS, len(self.rooms)))]
            for k, room in enumerate(mine):
                cast[room].append(rascal.name)
                if (n + k) % 2:
                    self._members[room].append(rascal.name)
        names = [user.name for user in staff]
        casts = {room: Cast(names, cast[room] or [user.name for user in rascals]) for room in self.rooms}
        for user in rascals:
            mine = [room for room in self.rooms if user.name in cast[room]]
            self.crowd.add(user, mine, ACT_PACE, stays=stays, kind=functools.partial(Rascal, cast=casts))
        for user in staff:
            self.crowd.add(user, self.rooms, ACT_PACE, stays=stays, kind=functools.partial(Moderator, cast=casts))
        for n, room in enumerate(self.rooms):
            owner, other = staff[n % len(staff)], staff[(n + 1) % len(staff)]
            members = [*self._members[room], *(name for name in names if name != owner.name)]
            owner.room(room=room, access="open", members=members)
            self.foundings[room] = Founding(owner.name, tuple(members))
            for name in (readers[room].name, other.name):
                self._make_moderator(room, owner, name)

    def _make_moderator(self, room, owner, name):
        act, id, history = {"kind": "role", "user": name, "role": "moderator"}, f"first-{name}", self.crowd.histories[room]
        history.send(key_of(owner.name, id), owner.name, id, act)
        answer = owner.chat("POST", f"/room/{room}/acts", {**act, "id": id})
        assert answer.status == 201, answer
        history.ack(key_of(owner.name, id), answer.json["seq"])
