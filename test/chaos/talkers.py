"""People who talk all the time, whatever happens to the servers: they come back, resume, fetch what they missed, and send
again what wasn't acknowledged, with the same ids, until it is."""

import asyncio
import json
import random
import threading
import time

import websockets

from checker import Entry, Gap, History, Join
from clients import JSON_DIALECT, User, ws_url

RETRYABLE = {"unavailable", "unknown_outcome", "overloaded", "fenced", "draining", "rate_limited", "too_slow", "internal",
             "no_upstream", "upstream_failed", "upstream_late", "idle", "request_timeout"}
LOST = (OSError, asyncio.TimeoutError, websockets.WebSocketException)
PAGE = 500


class Seat:
    """One person in one room."""

    def __init__(self, room, history):
        self.room, self.history = room, history
        self.generation = None
        self.last_seq = 0
        self.unacked = {}    # id: [text, when it was sent last], in the order of the first sending
        self.run = None
        self.joined = False
        self.asked = None    # when the join was sent that isn't answered yet, and what it said
        self.holes = []      # Gaps that history has to fill


class Person:
    """One user on one websocket, in some rooms."""

    def __init__(self, crowd, user, rooms, pace, patience, stays):
        self.crowd, self.name, self.token = crowd, user.name, user.token
        self.url = ws_url(user.server.chat_url) + "/ws"
        self.pace, self.patience, self.stays = pace, patience, stays
        self.seats = {room: Seat(room, crowd.histories[room]) for room in rooms}
        self.chance = random.Random(user.name)
        self.made = 0
        self.failures = 0  # to get in, one after the other
        self.socket = None
        self.left = False  # by ourselves

    async def live(self):
        while not self.crowd.ended:
            try:
                socket = await websockets.connect(
                    self.url, extra_headers={"Authorization": "Bearer " + self.token}, subprotocols=[JSON_DIALECT],
                    compression=None, ping_interval=None, max_queue=None, open_timeout=self.patience, close_timeout=0.2)
            except websockets.InvalidStatusCode as refused:
                self.crowd.refused(self.name, refused.status_code)
                if refused.status_code in (401, 403, 404):
                    self.flaw("signed out", f"{self.name}'s upgrade was answered with {refused.status_code}")
            except LOST as lost:
                self.crowd.refused(self.name, type(lost).__name__)
            else:
                await self.talk(socket)
            self.failures += 1
            await asyncio.sleep(self.chance.uniform(0, min(1.0, 0.05 * 2 ** self.failures)))

    async def talk(self, socket):
        self.socket, self.left = socket, False
        writer = asyncio.ensure_future(self.write())
        try:
            async for text in socket:
                await self.take(json.loads(text))
        except LOST:
            pass
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            for seat in self.seats.values():
                seat.joined, seat.asked = False, None
            self.crowd.closed(self.name, socket.close_code, self.left)
            socket.transport.abort()

    def flaw(self, word, detail):
        next(iter(self.seats.values())).history.flaw(word, detail)

    async def say(self, **command):
        try:
            await self.socket.send(json.dumps(command))
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
                self.crowd.refused(self.name, "silence")
                return self.leave()
            seats = [seat for seat in self.seats.values() if seat.joined and len(seat.unacked) < self.crowd.window]
            if seats and not self.crowd.quiet:
                seat = self.chance.choice(seats)
                self.made += 1
                seat.unacked[f"{self.made}"] = [f"{self.name} says {self.made}", 0]
                await self.send(seat, f"{self.made}")

    def leave(self):
        """Without a word."""
        self.left = True
        self.socket.transport.abort()

    def waits_in_vain(self, now):
        for seat in self.seats.values():
            oldest = next(iter(seat.unacked.values()), None) if seat.joined else None
            if (oldest and now - oldest[1] > self.patience) or (seat.asked and now - seat.asked[0] > self.patience):
                return True
        return False

    async def send(self, seat, id):
        if id in seat.unacked and seat.joined:
            text = seat.unacked[id][0]
            seat.unacked[id][1] = time.monotonic()
            seat.history.send(text, self.name, id)
            await self.say(type="send", room=seat.room, id=id, text=text)

    async def join(self, seat):
        position = {"after": seat.last_seq, "generation": seat.generation} if seat.generation else {}
        seat.joined, seat.asked = False, (time.monotonic(), seat.last_seq, seat.generation)
        await self.say(type="join", room=seat.room, **position)

    async def fetch(self, seat):
        """The next page of what is missing."""
        if seat.holes:
            await self.say(type="history", room=seat.room, after=seat.holes[0].first - 1, limit=PAGE)

    def later(self, seconds, action, seat, *more):
        """Unless the connection is another one by then."""
        socket = self.socket

        async def act():
            await asyncio.sleep(seconds)
            if self.socket is socket:
                await action(seat, *more)
        task = asyncio.ensure_future(act())
        self.crowd.tasks.add(task)
        task.add_done_callback(self.crowd.tasks.discard)

    async def take(self, frame):
        kind, seat = frame["type"], self.seats.get(frame.get("room"))
        if kind == "message":
            self.take_message(seat, frame)
        elif kind == "joined":
            await self.take_joined(seat, frame)
        elif kind == "history":
            await self.take_page(seat, frame["messages"])
        elif kind == "gap":
            gap = Gap(frame["from"], frame["to"])
            seat.history.hear(seat.run, gap)
            seat.holes.append(gap)
            seat.last_seq = gap.last
            await self.fetch(seat)
        elif kind == "error":
            self.take_error(seat, frame)
        elif kind == "gone":
            self.take_gone(seat, frame["reason"])

    def take_message(self, seat, frame):
        known = seat.unacked.pop(frame.get("id"), None)
        if known:
            seat.history.ack(known[0], frame["seq"], frame.get("duplicate", False))
        if not frame.get("duplicate"):
            seat.history.hear(seat.run, Entry(frame["seq"], frame["from"], frame["text"]))
            seat.last_seq = frame["seq"]

    async def take_joined(self, seat, frame):
        if not seat.asked:
            return self.flaw("unasked", f"{self.name} heard {frame}")
        asked, after, known = seat.asked
        seat.run = seat.history.join(Join(self.name, asked, after, known, frame["generation"], frame["head"],
                                          frame["recovered"]))
        if known and not frame["recovered"] and frame["head"] > after:
            seat.holes.append(Gap(after + 1, frame["head"]))
        seat.generation, seat.last_seq = frame["generation"], seat.run.after
        seat.joined, seat.asked = True, None
        self.failures = 0
        await self.fetch(seat)
        for id in list(seat.unacked):
            await self.send(seat, id)

    async def take_page(self, seat, messages):
        if not seat.holes:
            return
        hole = seat.holes.pop(0)
        entries = [Entry(m["seq"], m["from"], m["text"]) for m in messages if m["seq"] <= hole.last]
        seat.history.page(self.name, entries)
        read = entries[-1].seq if entries else hole.first - 1
        if read < hole.last:
            seat.holes.insert(0, Gap(read + 1, hole.last))
        if entries:
            await self.fetch(seat)
        else:
            self.later(0.3, self.fetch, seat)

    def take_error(self, seat, frame):
        code = frame["code"]
        self.crowd.refused(self.name, code)
        pause = min(frame.get("retry_after", 1), 1) * 0.3
        if code == "not_joined" and seat:
            if seat.joined:
                seat.joined = False
                self.later(0.05, self.join, seat)
        elif code not in RETRYABLE or not seat:
            self.flaw("refused", f"{self.name} heard {frame}")
        elif "id" in frame:
            self.later(pause, self.send, seat, frame["id"])
        elif seat.joined:
            self.later(pause, self.fetch, seat)
        else:
            seat.asked = None
            self.later(pause, self.join, seat)

    def take_gone(self, seat, reason):
        self.crowd.refused(self.name, f"gone {reason}")
        if reason not in RETRYABLE:
            self.flaw("gone", f"{self.name} heard that {seat.room} is gone: {reason}")
        seat.joined = False
        self.later(0.1, self.join, seat)


class Crowd:
    """People on a thread of their own. `histories`: what they saw, by room. `window`: how many messages each may have
    unacknowledged in a room."""

    def __init__(self, rooms, window=20, tape=None):
        self.histories = {room: History(room, tape) for room in rooms}
        self.window = window
        self.people = []
        self.refusals = []  # what was said instead of yes: codes of errors, statuses of upgrades
        self.closes = []    # (when, who, code)
        self.cuts = []      # those that the server's side closed
        self.tasks = set()
        self.quiet = False  # nobody begins anything new
        self.ended = False
        self._tape = tape
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def add(self, user, rooms, pace, patience=3.0, stays=None):
        """Before `start`. `pace`: seconds between two messages; `patience`: for an answer, then they come again; `stays`:
        about so long on one connection, then they go without a word and come back on another."""
        self.people.append(Person(self, user, rooms, pace, patience, stays))

    def start(self):
        self._thread.start()
        return self

    def refused(self, who, what):
        self.refusals.append(what)
        self.note(who, "refused", what)

    def closed(self, who, code, left):
        if not self.ended:
            self.closes.append((time.monotonic(), who, code))
            if not left:
                self.cuts.append(self.closes[-1])
            self.note(who, "left" if left else "closed", code)

    def note(self, who, what, detail):
        if self._tape is not None:
            self._tape.append((time.monotonic(), None, who, what, None, detail))

    async def _run(self):
        lives = [asyncio.ensure_future(person.live()) for person in self.people]
        while not self.ended:
            await asyncio.sleep(0.02)
            for life in lives:
                if life.done() and life.exception():
                    raise life.exception()
        for task in (*lives, *self.tasks):
            task.cancel()
        await asyncio.gather(*lives, *self.tasks, return_exceptions=True)

    def ack_count(self):
        return sum(history.ack_count() for history in self.histories.values())

    def wait_acks(self, more, within=20.0):
        """Until so many more are acknowledged; the seconds that the first of them took."""
        began, before = time.monotonic(), self.ack_count()
        first = None
        while (now := self.ack_count()) < before + more:
            if now > before and first is None:
                first = time.monotonic() - began
            if time.monotonic() - began > within or not self._thread.is_alive():
                raise AssertionError(f"{now - before} of {more} acknowledgements within {within} s; {self.state()}")
            time.sleep(0.005)
        return first if first is not None else time.monotonic() - began

    def longest_wait(self):
        """Seconds since the oldest message was sent that isn't acknowledged."""
        sent = [one[1] for person in self.people for seat in person.seats.values() for one in list(seat.unacked.values())]
        return time.monotonic() - min(sent, default=time.monotonic())

    def finish(self, within=20.0):
        """Until everything is acknowledged and everybody has all; then they go. The last seq of each room."""
        self.quiet = True
        end = time.monotonic() + within
        while not self.is_settled():
            if time.monotonic() > end or not self._thread.is_alive():
                raise AssertionError(f"not settled within {within} s: {self.state()}")
            time.sleep(0.02)
        self.close()
        return {room: max(seat.last_seq for seat in self._seats(room)) for room in self.histories}

    def is_settled(self):
        if any(seat.unacked or seat.holes or not seat.joined for person in self.people for seat in person.seats.values()):
            return False
        return all(len({seat.last_seq for seat in self._seats(room)}) == 1 for room in self.histories)

    def _seats(self, room):
        return [person.seats[room] for person in self.people if room in person.seats]

    def close(self):
        self.ended = True
        self._thread.join(10)

    def state(self):
        each = [(person.name, seat.room, len(seat.unacked), seat.last_seq, seat.joined, len(seat.holes))
                for person in self.people for seat in person.seats.values()]
        return f"name, room, unacked, last seq, joined, holes: {each}; the last refusals: {self.refusals[-5:]}"


class Traffic(Crowd):
    """Some people in one room of a server."""

    def __init__(self, server, room, talkers=6, pace=0.004, window=20):
        super().__init__([room], window)
        self.room = room
        self.users = [User(server) for _ in range(talkers)]
        self.users[0].room(room=room)
        for user in self.users:
            self.add(user, [room], pace)
        self.start()

    @property
    def history(self):
        return self.histories[self.room]
