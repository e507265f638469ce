"""People on a thread of their own who talk all the time, and what they saw."""

import asyncio
import collections
import concurrent.futures
import threading
import time

from clients import User
from history import History
from marks import Marks
from people import Person

MARKED = 4.0  # seconds until a mark is durable, and told everywhere


class Crowd:
    """People on a thread of their own. `histories`: what they saw, by room. `window`: how many messages each may have
    unacknowledged in a room."""

    def __init__(self, rooms, window=20, tape=None):
        self.histories = {room: History(room, tape) for room in rooms}
        self.window = window
        self.marks = Marks()
        self.people = []
        self.refusals = []  # what was said instead of yes: codes of errors, statuses of upgrades
        self.closes = []    # (when, who, code)
        self.cuts = []      # those that the server's side closed
        self.groups = {}    # room: friends.Group
        self.opened = collections.Counter()   # direct rooms: how often they were made
        self.acts = collections.Counter()     # kinds of acts that were asked for
        self.settled = collections.Counter()  # acts and texts that were refused, or would have changed nothing
        self.tasks = set()
        self.pool = concurrent.futures.ThreadPoolExecutor(8)  # for requests over HTTP
        self.quiet = False  # nobody begins anything new
        self.ended = False
        self._tape = tape
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def add(self, user, rooms, pace, patience=3.0, stays=None, kind=Person,
            device=0):
        """Before `start`. `pace`: seconds between two messages; `patience`: for an answer, then they come again; `stays`:
        about so long on one connection, then they go without a word and come back on another. `kind`: a Person's class.
        `device`: which one of the user's; the first is 0."""
        self.people.append(kind(self, user, rooms, pace, patience, stays, device=device))

    def make(self, room):
        """One more room, before anybody is added to it."""
        self.histories[room] = History(room, self._tape)

    def spawn(self, coroutine):
        """On the crowd's thread; it ends with the crowd."""
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

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
        self._loop = asyncio.get_running_loop()
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
        sent = [one.sent_at for person in self.people for seat in person.seats.values() for one in list(seat.unacked.values())]
        return time.monotonic() - min(sent, default=time.monotonic())

    def finish(self, within=20.0, linger=0.0, reads=False):
        """Until everything is acknowledged and everybody who is let in has all; then they go. `linger`: seconds for which it
        must be so, for those who ask to be let in. `reads`: in some rooms they read everything, and in the end all devices
        ask for their rooms. The last seq of each room."""
        self.quiet = True
        end, since = time.monotonic() + within, time.monotonic()
        while not self.is_settled() or time.monotonic() < since + linger:
            if not self.is_settled():
                since = time.monotonic()
            if time.monotonic() > end or not self._thread.is_alive():
                raise AssertionError(f"not settled within {within} s: {self.state()}")
            time.sleep(0.02)
        if reads:
            self._read(end)
        for room, history in self.histories.items():
            seats = {person.label: person.seats[room] for person in self.people if room in person.seats}
            history.present = {label for label, seat in seats.items() if seat.joined}
            history.folded = {label: seat.folding for label, seat in seats.items() if seat.folding is not None}
        self.close()
        return {room: max(seat.last_seq for seat in self._seats(room) if seat.last_seq is not None) for room in self.histories}

    def _read(self, end):
        async def say():
            for person in self.people:
                for at, seat in enumerate(person.seats.values()):
                    await person.say_read(seat, seat.last_seq if at % 2 else seat.read)

        async def ask():
            for person in self.people:
                if person.rooms_told is None:
                    await person.ask_for_rooms()
        asyncio.run_coroutine_threadsafe(say(), self._loop).result(10)
        time.sleep(MARKED)
        for person in self.people:
            person.rooms_told = None
        while any(person.rooms_told is None for person in self.people):
            if time.monotonic() > end + MARKED:
                silent = [person.label for person in self.people if person.rooms_told is None]
                raise AssertionError(f"not told of their rooms: {silent}")
            asyncio.run_coroutine_threadsafe(ask(), self._loop).result(10)
            time.sleep(1)
        self.marks.end()

    def is_settled(self):
        seats = [seat for person in self.people for seat in person.seats.values()]
        if any(seat.unacked or (seat.holes or not seat.joined) and not seat.barred for seat in seats):
            return False
        return all(len({seat.last_seq for seat in self._seats(room) if seat.joined and seat.last_seq is not None}) == 1
                   for room in self.histories)

    def _seats(self, room):
        return [person.seats[room] for person in self.people if room in person.seats]

    def close(self):
        self.ended = True
        if self._thread.is_alive():
            self._thread.join(10)
        self.pool.shutdown(wait=False)

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
