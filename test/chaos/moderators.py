"""People who run rooms while everything goes wrong, and people whom that is done to: by websocket and over HTTP, each act
with its id until it is answered, whatever was heard of it."""

import asyncio
import collections
import functools
import http.client
import random
import time

from clients import http as call
from entries import WORDS, entry_of, time_text
from people import RETRYABLE, Pending, Person

REFUSALS = frozenset({"muted", "banned", "read_only", "forbidden", "not_found", "removed", "left", "conflict", "gone",
                      "limit_reached", "bad_request", "bad_frame"})
RECENT = 30          # messages of a room that may be chosen to be erased
HTTP_PATIENCE = 6.0  # seconds for an answer
SHORT, LONG = 1.0, 4.0  # seconds that bans and mutes last that end by themselves

# What moderators do, and how often; further down what only owners may, which others try as well now and then.
DEEDS = {"mute": 5, "unmute": 4, "ban": 3, "unban": 4, "remove": 3, "add": 4, "erase": 5, "settings": 4, "notice": 1,
         "action": 1, "pin": 3, "unpin": 2, "react": 2, "edit": 1}
MARKS = ("+1", "👍", "🎉", "no", "ha", "🤷🏽", "ok")
OWNERS_DEEDS = {"role": 4, "owner": 2, "access": 2, "post": 2}
ACCESS = ("open", "open", "open", "invited", "private")
POST = ("all", "all", "all", "members", "moderators")
MISTAKEN = 0.05  # part of the acts that need another role than one has

Cast = collections.namedtuple("Cast", "staff rascals")  # names, in a room


class Governed(Person):
    """Somebody in rooms that others run."""

    expects = frozenset({"read_only"})


class Actor(Governed):
    """Somebody who acts. `cast`: {room: Cast}, for those who have to do with people."""

    expects = REFUSALS

    def __init__(self, crowd, user, rooms, pace, patience, stays, cast=None, device=0):
        super().__init__(crowd, user, rooms, pace, patience, stays, device)
        self.cast = cast
        self.recent = {room: collections.deque(maxlen=RECENT) for room in rooms}
        self.mine = {room: collections.deque(maxlen=RECENT) for room in rooms}    # messages of theirs
        self.given = {room: collections.deque(maxlen=RECENT) for room in rooms}   # (message, mark)
        self.pinned = {room: collections.deque(maxlen=RECENT) for room in rooms}  # by anybody
        self.owners = {}

    async def take_joined(self, seat, frame):
        self.owners[seat.room] = frame["owner"]
        await super().take_joined(seat, frame)

    def heard(self, seat, entry):
        if entry.kind in WORDS:
            self.recent[seat.room].append((entry.seq, entry.author))
            if entry.author == self.name:
                self.mine[seat.room].append(entry.seq)
        elif entry.kind == "pin":
            self.pinned[seat.room].append(entry.about["target"])
        elif entry.kind == "react" and entry.author == self.name:
            self.given[seat.room].append((entry.about["target"], entry.text))
        elif entry.kind == "role" and entry.about["role"] == "owner":
            self.owners[seat.room] = entry.about["user"]

    def settle(self, seat, id, why):
        one = seat.unacked.get(id)
        if why in ("bad_request", "bad_frame") and one and "until" not in (one.act or {}):  # that may be over by now
            self.flaw("refused", f"{self.name}'s {one.key} {one.act} is a bad request")
        super().settle(seat, id, why)

    def erasing(self, seat, only=None):
        """An erase of a message that was heard not long ago; or None."""
        able = [seq for seq, author in self.recent[seat.room] if only in (None, author)]
        return self.with_reason({"kind": "erase", "target": self.chance.choice(able)}) if able else None

    def choose(self, among):
        return self.chance.choices(list(among), among.values())[0]

    def touching(self, seat, kind):
        """An edit, a reaction or a pin of a message that was heard not long ago; or None."""
        room = seat.room
        if kind == "unreact":
            target, mark = self.chance.choice(self.given[room] or [(0, "")])
            return {"kind": kind, "target": target, "text": mark} if target else None
        able = self.mine[room] if kind == "edit" else self.pinned[room] if kind == "unpin" else self.recent[room]
        if not able:
            return None
        target = self.chance.choice(able)
        act = {"kind": kind, "target": target if isinstance(target, int) else target[0]}
        words = {"edit": f"{self.name} edits {self.made}", "react": self.chance.choice(MARKS)}
        return {**act, "text": words[kind]} if kind in words else act

    def with_reason(self, act):
        return {**act, "reason": f"{self.name}'s reason {self.made}"} if self.chance.random() < 0.7 else act

    def about_person(self, kind, user):
        act = {"kind": kind, "user": user}
        if kind in ("ban", "mute") and self.chance.random() < 0.5:
            act["until"] = time_text(int((time.time() + self.chance.uniform(SHORT, LONG)) * 1000))
        return act if kind == "add" else self.with_reason(act)

    async def do(self, seat, act, by_http):
        self.made += 1
        id = f"act-{self.made}"
        seat.unacked[id] = Pending(self.name, id, act=act, by_http=by_http)
        self.crowd.acts[act["kind"]] += 1
        if by_http:
            self.crowd.spawn(self.ask(seat, id))
        else:
            await self.send(seat, id)

    # ---- over HTTP

    async def ask(self, seat, id):
        """Until it is answered; after a lost answer by either way."""
        while id in seat.unacked:
            one = seat.unacked[id]
            self.note_sending(seat, id, one)
            request = request_of(seat.room, id, one.act, self.name, self.chance)
            try:
                answer = await asyncio.get_running_loop().run_in_executor(self.crowd.pool, functools.partial(
                    call, request[0], self.user.server.chat_url + request[1], *request[2:3], self.token, request[3],
                    HTTP_PATIENCE))
                if self.take_answer(seat, id, one, answer):
                    return
            except (OSError, http.client.HTTPException) as lost:
                self.crowd.refused(self.name, type(lost).__name__)
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
            if seat.joined and self.chance.random() < 0.5 and id in seat.unacked:
                one.by_http = False
                return await self.send(seat, id)

    def take_answer(self, seat, id, one, answer):
        """Whether that is the end of it."""
        if answer.status in (200, 201):
            said = answer.json
            if said.get("unchanged"):
                self.settle(seat, id, "unchanged")
                return True
            if (said["room"], said["id"]) != (seat.room, id):
                self.flaw("answered", f"{self.name} asked for {one.act} as {id} and got {said}")
            seat.unacked.pop(id, None)
            seat.history.ack(one.key, said["seq"], said.get("duplicate", False))
            if not said.get("duplicate"):
                seat.history.answer(self.name, entry_of(said)._replace(id=None))
            return True
        code = answer.code
        self.crowd.refused(self.name, f"{answer.status} {code}")
        if code in self.expects:
            if "by" in answer.json:
                seat.history.tell(self.name, code, answer.json)
            self.settle(seat, id, code)
            return True
        if code not in RETRYABLE:
            self.flaw("answered", f"{self.name} asked for {one.act} and got {answer}")
            self.settle(seat, id, code)
        return code not in RETRYABLE


def request_of(room, id, act, me, chance=random):
    """(method, path, body, headers): one of the ways to ask for that act."""
    kind, more = act["kind"], {name: value for name, value in act.items() if name not in ("kind", "user")}
    path = f"/room/{room}"
    if chance.random() < 0.4:
        return "POST", path + "/acts", {**act, "id": id}, {}
    key = {"Idempotency-Key": f'"{id}"'}
    if kind == "settings":
        return "PATCH", path, act["settings"], key
    places = {"ban": "bans", "unban": "bans", "mute": "mutes", "unmute": "mutes", "role": "members", "add": "members",
              "remove": "members"}
    if kind not in places or (kind == "add" and act["user"] == me):
        return "POST", path + "/acts", act, key
    method = "DELETE" if kind in ("unban", "unmute", "remove") else "PUT"
    return method, f"{path}/{places[kind]}/{act['user']}", more or None, key


class Moderator(Actor):
    """Does all that rooms know, to rascals, to messages, and to other moderators."""

    async def begin(self, seat):
        act = self.deed(seat)
        if act:
            await self.do(seat, act, self.chance.random() < 0.5)

    def deed(self, seat):
        owns = self.owners.get(seat.room) == self.name
        among = {**DEEDS, **OWNERS_DEEDS} if owns or self.chance.random() < MISTAKEN else DEEDS
        deed = self.choose(among)
        cast = self.cast[seat.room]
        others = [name for name in cast.staff if name != self.name]
        anybody = self.chance.choice(cast.rascals if self.chance.random() < 0.85 else others)
        if deed == "erase":
            return self.erasing(seat)
        if deed in ("pin", "unpin", "react", "edit"):
            return self.touching(seat, deed)
        if deed in ("notice", "action"):
            return {"kind": deed, "text": f"{self.name} {deed}s {self.made}"}
        if deed == "settings":
            return {"kind": "settings", "settings": self.settings()}
        if deed == "role":
            return {"kind": "role", "user": anybody, "role": self.chance.choice(("member", "moderator", "moderator"))}
        if deed == "owner":
            return {"kind": "role", "user": self.chance.choice(others), "role": "owner"}
        if deed in ("access", "post"):
            return {"kind": "settings", "settings": {deed: self.chance.choice(ACCESS if deed == "access" else POST)}}
        return self.about_person(deed, anybody)

    def settings(self):
        mine = {"topic": f"{self.name}'s topic {self.made}", "title": f"title {self.made}",
                "data": {"by": self.name, "n": self.made}}
        names = self.chance.sample(sorted(mine), self.chance.choice((1, 1, 2)))
        return {name: self.chance.choice((mine[name], mine[name], None if name == "data" else "")) for name in names}


class Rascal(Actor):
    """Writes whether they may or not, comes back whatever is said, and tries what isn't theirs to do."""

    def can_begin(self, seat):
        return super().can_begin(seat) or (seat.barred and len(seat.unacked) < 3 and self.chance.random() < 0.2)

    async def begin(self, seat):
        if seat.joined and self.chance.random() < 0.75:
            return await super().begin(seat)
        cast = self.cast[seat.room]
        kind = self.chance.choice(("notice", "action", "erase", "trick", "trick", "remove", "react", "pin", "edit"))
        if kind == "erase":
            act = self.erasing(seat, self.name)
        elif kind in ("react", "pin", "edit"):
            act = self.touching(seat, kind)
        elif kind == "remove":
            act = {"kind": "remove", "user": self.name} if self.chance.random() < 0.2 else None
        elif kind == "trick":
            act = self.trick(self.chance.choice([name for name in (*cast.staff, *cast.rascals) if name != self.name]))
        else:
            act = {"kind": kind, "text": f"{self.name} {kind}s {self.made}"}
        if act:
            await self.do(seat, act, not seat.joined or self.chance.random() < 0.5)

    def trick(self, on):
        kind = self.chance.choice(("ban", "mute", "remove", "role", "settings", "unban", "unmute", "add", "owner"))
        if kind in ("role", "owner"):
            return {"kind": "role", "user": on, "role": "moderator" if kind == "role" else "owner"}
        if kind == "settings":
            return {"kind": "settings", "settings": {"topic": f"{self.name}'s topic {self.made}"}}
        return self.about_person(kind, self.name if kind in ("unban", "unmute") else on)
