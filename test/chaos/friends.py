"""People of today, on up to three devices: they edit, answer, react, write to one person alone, and come and go in groups."""

import asyncio
import collections
import http.client

from clients import http as call
from moderators import HTTP_PATIENCE, Actor
from people import Person

TOUCHES = {"edit": 3, "react": 5, "unreact": 2}
TOUCHING, ANSWERING = 0.3, 0.15  # parts of what they do
CALLS_BY_NAME = 0.3              # part of the commands in which a direct room is called by the other's name
COMING, GOING = 0.05, 0.02       # parts of what they do in groups: to add somebody, and to leave
AWAY = {429, 502, 503, 504}      # come again

Group = collections.namedtuple("Group", "stays others")  # names: who is always in it, and who come and go


class Friend(Actor):
    """A direct room is opened before it is joined, by each device of either."""

    expects = frozenset({"read_only", "not_found", "gone", "limit_reached", "left"})

    async def begin(self, seat):
        group, what = self.crowd.groups.get(seat.room), self.chance.random()
        act = self.coming_or_going(group, what) if group else None
        if act:
            return await self.do(seat, act, self.chance.random() < 0.5)
        what = self.chance.random()
        act = self.touching(seat, self.choose(TOUCHES)) if what < TOUCHING else None
        if act:
            return await self.do(seat, act, self.chance.random() < 0.3)
        able = [seq for seq, _ in self.recent[seat.room]]
        await self.talk_on(seat, self.chance.choice(able) if able and what > 1 - ANSWERING else None)

    def coming_or_going(self, group, what):
        """The act; or None: something else."""
        if what < COMING:
            return {"kind": "add", "user": self.chance.choice([name for name in group.others if name != self.name])}
        return {"kind": "remove", "user": self.name} if what < COMING + GOING and self.name != group.stays else None

    def is_direct(self, room):
        return room.startswith("@") and room not in self.crowd.groups

    async def say(self, **command):
        room = command.get("room", "")
        if self.is_direct(room) and self.chance.random() < CALLS_BY_NAME:
            command["room"] = "@" + self.other_in(room)
        await super().say(**command)

    def other_in(self, room):
        return next(name for name in room[1:].split(",") if name != self.name)

    async def join(self, seat):
        if self.is_direct(seat.room) and not seat.generation:
            self.crowd.spawn(self.open(seat, self.socket))
        else:
            await super().join(seat)

    async def open(self, seat, socket):
        while self.socket is socket:
            try:
                answer = await asyncio.get_running_loop().run_in_executor(
                    self.crowd.pool, call, "POST", self.user.server.chat_url + "/direct",
                    {"with": [self.other_in(seat.room)]}, self.token, {}, HTTP_PATIENCE)
            except (OSError, http.client.HTTPException) as lost:
                self.crowd.refused(self.label, type(lost).__name__)
            else:
                if answer.status in (200, 201):
                    return await self.opened(seat, answer)
                self.crowd.refused(self.label, f"{answer.status} {answer.code}")
                if answer.status not in AWAY:
                    return self.flaw("answered", f"{self.name} wanted {seat.room} and got {answer}")
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))

    async def opened(self, seat, answer):
        self.crowd.opened[seat.room] += answer.json["created"]
        if answer.json["room"] != seat.room or self.crowd.opened[seat.room] > 1:
            self.flaw("answered", f"{self.name} wanted {seat.room}, made {self.crowd.opened[seat.room]} times, and got {answer}")
        if self.socket and not seat.joined and not seat.asked:
            await Person.join(self, seat)
