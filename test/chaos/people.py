"""Somebody on a websocket who talks all the time, whatever happens to the servers: they come back, resume, fetch what they
missed, and send again what wasn't acknowledged, with the same ids, until it is."""

import asyncio
import json
import random
import time

import witness
from clients import JSON_DIALECT, LOST, UpgradeRefused, dial, ws_url
from entries import Gap, entry_of
from folding import Folding, state_of
from history import Join, key_of

RETRYABLE = {"unavailable", "unknown_outcome", "overloaded", "fenced", "draining", "rate_limited", "too_slow", "internal",
             "no_upstream", "upstream_failed", "upstream_late", "idle", "request_timeout"}
PAGE = 500
MADE_ON_A_DEVICE = 10 ** 6  # texts and ids of one user's devices are never the same
READS = 0.1  # part of the paces in which somebody says how far they have read
ASKS = 0.01  # and asks for their rooms
FACTS = ("access", "owner", "role", "title", "topic")  # of a room, in `joined`


class Pending:
    """A text, or an act (its fields), that isn't answered yet. `key`: as History knows it. `target`: what the text answers."""

    def __init__(self, name, id, text=None, act=None, by_http=False, target=None):
        self.key, self.text, self.act = key_of(name, id) if act else text, text, act
        self.target = target
        self.by_http = by_http  # it is asked for there: not by the websocket
        self.sent_at = 0
        self.times = 0          # that it was sent


class Seat:
    """One person in one room."""

    def __init__(self, room, history):
        self.room, self.history = room, history
        self.generation = None
        self.last_seq = 0
        self.unacked = {}    # id: Pending, in the order of the first sending
        self.run = None
        self.joined = False
        self.barred = False  # isn't let in, as far as known; asks again and again
        self.asked = None    # when the join was sent that isn't answered yet, and what it said
        self.holes = []      # Gaps that history has to fill
        self.fetched = None  # when the last page was asked for
        self.read = 0        # as far as this device has said
        self.folding = None


class Person:
    """One user on one websocket, in some rooms: one of their devices. `expects`: codes of refusals that are nothing to
    complain of, for people run the room."""

    expects = frozenset()

    def __init__(self, crowd, user, rooms, pace, patience, stays, device=0):
        self.crowd, self.user, self.name, self.token = crowd, user, user.name, user.token
        self.label = f"{self.name}#{device}" if device else self.name
        self.url = ws_url(user.server.chat_url) + "/ws"
        self.pace, self.patience, self.stays = pace, patience, stays
        self.seats = {room: Seat(room, crowd.histories[room]) for room in rooms}
        for seat in self.seats.values():
            seat.folding = Folding(self.name)
        self.chance = random.Random(self.label)
        self.made = device * MADE_ON_A_DEVICE
        self.rooms_told = None  # the rooms of the last `synced` that is complete, by name
        self._rooms_coming, self._rooms_asked = {}, None
        self.failures = 0  # to get in, one after the other
        self.socket = None
        self.left = False  # by ourselves

    async def live(self):
        while not self.crowd.ended:
            try:
                socket = await dial(self.url, self.token, max_queue=None, open_timeout=self.patience, close_timeout=0.2)
            except UpgradeRefused as refused:
                self.crowd.refused(self.label, refused.status)
                if refused.status in (401, 403, 404):
                    self.flaw("signed out", f"{self.name}'s upgrade was answered with {refused.status}")
            except LOST as lost:
                self.crowd.refused(self.label, type(lost).__name__)
            else:
                await self.talk(socket)
            self.failures += 1
            await asyncio.sleep(self.chance.uniform(0, min(1.0, 0.05 * 2 ** self.failures)))

    async def talk(self, socket):
        self.socket, self.left = socket, False
        self.described = witness.Talk(JSON_DIALECT, closely=5)
        writer = asyncio.ensure_future(self.write())
        try:
            async for text in socket:
                self.described.heard(text)
                await self.take(json.loads(text))
        except LOST:
            pass
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            for seat in self.seats.values():
                seat.joined, seat.asked = False, None
            self.crowd.closed(self.label, socket.close_code, self.left)
            socket.transport.abort()

    def flaw(self, word, detail):
        next(iter(self.seats.values())).history.flaw(word, detail)

    async def say(self, **command):
        text = json.dumps(command)
        self.described.said(text)
        try:
            if not self.socket.transport.is_closing():
                await self.socket.send(text)
        except LOST:
            pass  # the reader sees it too, and comes back

    async def write(self):
        for seat in self.seats.values():
            await self.join(seat)
        leaves_at = time.monotonic() + self.chance.uniform(0.5, 1.5) * self.stays if self.stays else None
        while True:
            await asyncio.sleep(self.pace)
            if leaves_at and time.monotonic() > leaves_at and not self.crowd.quiet:
                return self.leave()
            if self.waits_in_vain(time.monotonic()):
                self.crowd.refused(self.label, "silence")
                return self.leave()
            seats = [seat for seat in self.seats.values() if self.can_begin(seat)]
            if self.crowd.quiet:
                continue
            if seats:
                await self.begin(self.chance.choice(seats))
            if self.chance.random() < READS:
                seat = self.chance.choice(list(self.seats.values()))
                await self.say_read(seat, self.chance.choice((seat.last_seq, self.chance.randint(0, seat.last_seq))))
            if self.chance.random() < ASKS:
                await self.ask_for_rooms()

    def can_begin(self, seat):
        return seat.joined and len(seat.unacked) < self.crowd.window

    async def begin(self, seat):
        """Something new."""
        await self.talk_on(seat)

    async def talk_on(self, seat, target=None):
        """`target`: the message that it answers."""
        self.made += 1
        id = f"{self.made}"
        seat.unacked[id] = Pending(self.name, id, f"{self.name} says {self.made}", target=target)
        await self.send(seat, id)

    def leave(self):
        """Without a word."""
        self.left = True
        self.socket.transport.abort()

    def waits_in_vain(self, now):
        for seat in self.seats.values():
            oldest = next((one for one in seat.unacked.values() if not one.by_http), None) if seat.joined else None
            if (oldest and now - oldest.sent_at > self.patience) or (seat.asked and now - seat.asked[0] > self.patience):
                return True
        return False

    async def send(self, seat, id):
        one = seat.unacked.get(id)
        if one and seat.joined and not one.by_http:
            self.note_sending(seat, id, one)
            words = {"type": "act", **one.act} if one.act else {"type": "send", "text": one.text}
            if one.target:
                words["target"] = one.target
            await self.say(room=seat.room, id=id, **words)

    def note_sending(self, seat, id, one):
        one.sent_at = time.monotonic()
        one.times += 1
        seat.history.send(one.key, self.name, id, one.act or (one.target and {"kind": "text", "target": one.target}))

    async def join(self, seat):
        position = {"after": seat.last_seq, "generation": seat.generation} if seat.generation else {}
        seat.joined, seat.asked = False, (time.monotonic(), seat.last_seq, seat.generation)
        await self.say(type="join", room=seat.room, **position)

    async def fetch(self, seat):
        """The next page of what is missing."""
        if seat.holes:
            seat.fetched = time.monotonic()
            await self.say(type="history", room=seat.room, after=seat.holes[0].first - 1, limit=PAGE)

    async def say_read(self, seat, seq):
        """On this device; where it isn't in the room, it says nothing."""
        if seat.joined and seq > 0:
            seat.read = max(seat.read, seq)
            self.crowd.marks.say(self.name, seat.room, seq)
            await self.say(type="read", room=seat.room, seq=seq)

    async def ask_for_rooms(self, after=None):
        if after is None:
            self._rooms_coming, self._rooms_asked = {}, time.monotonic()
        await self.say(type="sync", **({"after": after} if after else {}))

    async def take_rooms(self, frame):
        self._rooms_coming.update((one["room"], one) for one in frame["rooms"])
        if frame["more"]:
            return await self.ask_for_rooms(frame["rooms"][-1]["room"])
        self.rooms_told = self._rooms_coming
        self.crowd.marks.tell(self.label, self._rooms_asked, self.rooms_told)

    async def ask_again(self, _):
        await self.ask_for_rooms()

    def later(self, seconds, action, seat, *more):
        """Unless the connection is another one by then."""
        socket = self.socket

        async def act():
            await asyncio.sleep(seconds)
            if self.socket is socket:
                await action(seat, *more)
        self.crowd.spawn(act())

    async def take(self, frame):
        kind, seat = frame["type"], self.seats.get(frame.get("room"))
        if kind == "message":
            self.take_message(seat, frame)
        elif kind == "joined":
            await self.take_joined(seat, frame)
        elif kind == "history":
            await self.take_page(seat, frame)
        elif kind == "synced":
            await self.take_rooms(frame)
        elif kind == "read" and frame["user"] == self.name:
            self.crowd.marks.hear(self.name, frame["room"], frame["seq"])
        elif kind == "unchanged":
            self.settle(seat, frame["id"], "unchanged")
        elif kind == "gap":
            gap = Gap(frame["from"], frame["to"])
            seat.history.hear(seat.run, gap)
            seat.holes.append(gap)
            seat.last_seq = gap.last
            await self.fetch(seat)
        elif kind == "error":
            self.take_error(seat, frame)
        elif kind == "gone":
            self.take_gone(seat, frame)

    def take_message(self, seat, frame):
        known = seat.unacked.pop(frame.get("id"), None)
        if known:
            seat.history.ack(known.key, frame["seq"], frame.get("duplicate", False))
        if not frame.get("duplicate"):
            entry = entry_of(frame)._replace(id=None)
            seat.history.hear(seat.run, entry)
            seat.folding.hear(entry)
            seat.last_seq = frame["seq"]
            self.heard(seat, entry)

    def heard(self, seat, entry):
        """An entry of the stream."""

    def settle(self, seat, id, why):
        """It was refused, or would have changed nothing. If it was sent but once, it isn't stored and never will be."""
        one = seat.unacked.pop(id, None)
        if one:
            self.crowd.settled["acts" if one.act else "texts"] += 1
            seat.history.refuse(one.key, why, one.times == 1)

    async def take_joined(self, seat, frame):
        if not seat.asked:
            return self.flaw("unasked", f"{self.name} heard {frame}")
        asked, after, known = seat.asked
        seat.run = seat.history.join(Join(self.label, asked, after, known, frame["generation"], frame["head"],
                                          frame["recovered"], {name: frame[name] for name in FACTS if name in frame}))
        if known and not frame["recovered"] and frame["head"] > after:
            seat.holes.append(Gap(after + 1, frame["head"]))
        seat.generation, seat.last_seq = frame["generation"], seat.run.after
        seat.joined, seat.barred, seat.asked = True, False, None
        self.failures = 0
        await self.fetch(seat)
        for id in list(seat.unacked):
            await self.send(seat, id)
        await self.say_read(seat, seat.read)  # what was said last may be lost

    async def take_page(self, seat, frame):
        if not seat.holes:
            return
        hole = seat.holes.pop(0)
        messages = [message for message in frame["messages"] if message["seq"] <= hole.last]
        entries = [entry_of(message)._replace(id=None) for message in messages]
        states = [state_of(message) for message in messages]
        seat.history.page(self.label, entries, seat.fetched, frame["as_of"], states)
        for entry, state in zip(entries, states):
            seat.folding.read(entry, state, frame["as_of"])
        read = entries[-1].seq if entries else hole.first - 1
        if read < hole.last:
            seat.holes.insert(0, Gap(read + 1, hole.last))
        if entries:
            await self.fetch(seat)
        else:
            self.later(0.3, self.fetch, seat)

    def take_error(self, seat, frame):
        code = frame["code"]
        self.crowd.refused(self.label, code)
        pause = min(frame.get("retry_after", 1), 1) * 0.3
        if code == "not_joined" and seat:
            if seat.joined:
                seat.joined = False
                self.later(0.05, self.join, seat)
        elif "room" not in frame and code in RETRYABLE:
            self.later(pause, self.ask_again, None)
        elif not seat or code not in RETRYABLE | self.expects:
            self.flaw("refused", f"{self.name} heard {frame}")
        elif code not in RETRYABLE:
            self.take_refusal(seat, frame)
        elif "id" in frame:
            self.later(pause, self.send, seat, frame["id"])
        elif seat.joined:
            self.later(pause, self.fetch, seat)
        else:
            seat.asked = None
            self.later(pause, self.join, seat)

    def take_refusal(self, seat, frame):
        if "by" in frame:
            seat.history.tell(self.name, frame["code"], frame)
        if "id" in frame:
            self.settle(seat, frame["id"], frame["code"])
        elif seat.asked:
            seat.history.turn_away(self.name, frame["code"], seat.asked[0])
            self.bar(seat)
        elif seat.joined:
            self.later(0.3, self.fetch, seat)

    def bar(self, seat):
        """They aren't let in. What they sent there stays in doubt; they ask for entry from time to time."""
        seat.joined, seat.barred, seat.asked = False, True, None
        seat.unacked = {id: one for id, one in seat.unacked.items() if one.by_http}
        self.later(0.4, self.join, seat)

    def take_gone(self, seat, frame):
        reason = frame["reason"]
        self.crowd.refused(self.label, f"gone {reason}")
        if reason in self.expects:
            if "by" in frame:
                seat.history.tell(self.name, reason, frame)
            return self.bar(seat)
        if reason not in RETRYABLE:
            self.flaw("gone", f"{self.name} heard that {seat.room} is gone: {reason}")
        seat.joined = False
        self.later(0.1, self.join, seat)
