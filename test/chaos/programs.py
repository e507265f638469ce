"""Programs that are made with clients/python, among the people: they talk and read through the gateway, whatever happens to the servers.
What they are given of a room is all of it, in order and once; what they fold is compared with the log as everybody's is."""

import asyncio
import collections
import random
import time

from clients import Lasting
from entries import Gap
from greenroom_client import Closed, GreenroomError, Posted
from history import Violation
from people import Pending

EXPECTS = frozenset({"read_only"})  # people run the room


class Counting(Lasting):
    """Counts how often each id was sent, and keeps no frames."""

    def __init__(self, user):
        self.times = collections.Counter()
        super().__init__(user, keep=0)

    def _note(self, way, text):
        super()._note(way, text)
        if way == "said":
            self.times[self.last.get("id")] += 1


class Desk:
    """One program in one room: what a Seat is for a person."""

    def __init__(self, room, history):
        self.room, self.history = room, history
        self.unacked = {}
        self.barred = False
        self.read = 0
        self.client = self.entered = None

    @property
    def _seat(self):
        return self.client and self.client.seat(self.room)

    @property
    def joined(self):
        return bool(self.entered and self._seat and self._seat.state == "joined")

    @property
    def last_seq(self):
        return self.entered.position.seq if self.entered else 0

    @property
    def holes(self):
        return [Gap(self.last_seq + 1, self.entered.head)] if self.entered and self.entered.head > self.last_seq else []

    @property
    def folding(self):
        return self._seat.log.folding


class Program:
    """One program, in some rooms; a kind of person for Crowd."""

    def __init__(self, crowd, user, rooms, pace, patience=None, stays=None, device=0):
        self.crowd, self.user, self.name, self.label, self.pace = crowd, user, user.name, user.name, pace
        self.seats = {room: Desk(room, crowd.histories[room]) for room in rooms}
        self.chance = random.Random(self.label)
        self.made = 0
        self.rooms_told = None

    async def live(self):
        self.client = Counting(self.user)
        try:
            await self.client.open()
            for desk in self.seats.values():
                desk.client = self.client
            await asyncio.gather(self.talk(), *(self.hear(desk) for desk in self.seats.values()))
        finally:
            await self.client.close()

    async def hear(self, desk):
        desk.entered = await self.client.join(desk.room)
        expected = desk.entered.position.seq + 1
        async for event in desk.entered.events():
            entry = event.message.entry if isinstance(event, Posted) else getattr(event, "entry", None)
            if entry is not None:
                if entry.seq != expected:
                    desk.history.flaw("hole" if entry.seq > expected else "duplicate", f"{self.name} was given {entry.seq}, where {expected} follows")
                expected = entry.seq + 1
            elif type(event).__name__ in ("Missing", "Anew", "Gone"):
                desk.history.flaw("refused", f"{self.name} was given {event} behind {expected - 1}")

    async def talk(self):
        while not self.crowd.ended:
            await asyncio.sleep(self.pace)
            desks = [desk for desk in self.seats.values() if desk.entered and len(desk.unacked) < self.crowd.window]
            if desks and not self.crowd.quiet:
                self.crowd.spawn(self.say(self.chance.choice(desks)))

    async def say(self, desk):
        self.made += 1
        id, text = f"{self.made}", f"{self.name} says {self.made}"
        one = desk.unacked[id] = Pending(self.name, id, text)
        one.sent_at = time.monotonic()
        desk.history.send(text, self.name, id)
        try:
            receipt = await desk.entered.send(text, id=id)
        except Closed:
            return
        except GreenroomError as refused:
            self.crowd.refused(self.label, refused.code)
            self.crowd.settled["texts"] += 1
            desk.history.refuse(text, refused.code, self.client.times[id] == 1)
            if refused.code not in EXPECTS:
                desk.history.flaws.append(Violation("refused", f"{self.name} was told {refused} for {text}"))
        else:
            desk.history.ack(text, receipt.seq, receipt.duplicate)
        del desk.unacked[id]

    async def say_read(self, desk, seq):
        if desk.joined and seq > 0:
            desk.read = max(desk.read, seq)
            self.crowd.marks.say(self.name, desk.room, seq)
            await desk.entered.read(seq)

    async def ask_for_rooms(self):
        asked = time.monotonic()
        try:
            rooms = await asyncio.wait_for(self.client.sync(), 5)
        except asyncio.TimeoutError:
            return
        self.rooms_told = {one["room"]: one for one in rooms}
        self.crowd.marks.tell(self.label, asked, self.rooms_told)
