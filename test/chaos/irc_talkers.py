"""People with clients of IRC, among the others: they talk through the gateway, whatever happens to the servers. What they are
shown of a room is compared with its log."""

import asyncio
import collections
import random
import time

from clients import PASSWORD
from entries import Gap
from history import Shown
from irc_client import Line
from people import Pending

PAGE = 500           # lines of history that are asked for at a time
SILENCE = 30.0       # seconds without a line, not even a PONG: the connection is given up
JOIN_REFUSED = {"403", "405", "437", "471", "473", "474", "475", "477"}
SEPARATOR = "/"      # in labels, between a room and an id: no name of a room has it

Batch = collections.namedtuple("Batch", "kind target label")


class IrcSeat:
    """One client of IRC in one room: what a Seat is for a person."""

    last_seq = folding = None  # it isn't told of all entries
    barred = False
    read = 0

    def __init__(self, room, history):
        self.room, self.history = room, history
        self.unacked = {}   # id: Pending
        self.joined = False
        self.last = None    # (generation, seq) of the newest that it was shown
        self.behind = None  # the same, of the one behind which it may have missed some; None: it has all
        self.page = []      # seqs of the page that is coming
        self.cut = False    # it was told that it missed more than is replayed

    @property
    def holes(self):
        return [Gap(self.behind[1] + 1, self.behind[1] + 1)] if self.behind else []


class IrcTalker:
    """One client, in some rooms; a kind of person for Crowd. `asks`: it asks for what it missed, and sends again what wasn't
    answered, with ids of its own. Else it is like irssi: it is replayed what it missed, and sends nothing twice."""

    WORDS = "server-time message-tags batch echo-message labeled-response"

    def __init__(self, crowd, user, rooms, pace, patience=None, stays=None, device=0, port=6667, asks=False):
        self.crowd, self.user, self.name, self.pace, self.stays = crowd, user, user.name, pace, stays
        self.label = f"{user.name}#irc"
        self.port, self.asks = port, asks
        self.seats = {room: IrcSeat(room, crowd.histories[room]) for room in rooms}
        self.chance = random.Random(self.label)
        self.made = self.connections = self.failures = 0
        self.rooms_told = None
        self.left = False

    async def live(self):
        while not self.crowd.ended:
            try:
                reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError as lost:
                self.crowd.refused(self.label, type(lost).__name__)
            else:
                await self.talk(reader)
            self.failures += 1
            await asyncio.sleep(self.chance.uniform(0, min(1.0, 0.05 * 2 ** self.failures)))

    async def talk(self, reader):
        self.left, self.batches, self.welcome = False, {}, False
        self.connections += 1
        for line in (f"CAP REQ :{self.WORDS}" + (" draft/chathistory greenroom.chat/id" if self.asks else ""),
                     f"PASS :{self.name}@chaos:{PASSWORD}", f"NICK {self.name}", f"USER {self.name} 0 * :chaos", "CAP END"):
            self.say(line)
        writing = asyncio.ensure_future(self.write())
        try:
            while text := await asyncio.wait_for(reader.readuntil(b"\n"), SILENCE):
                self.take(Line(text.decode().rstrip("\r\n")))
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            pass
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self.lost()

    def lost(self):
        for seat in self.seats.values():
            seat.joined, seat.page, seat.cut = False, [], False
            if not self.asks:
                seat.unacked.clear()  # nobody knows whether it was stored
        if self.welcome:
            self.crowd.closed(self.label, None, self.left)
        self.writer.transport.abort()

    def say(self, line):
        if not self.writer.transport.is_closing():
            self.writer.write(line.encode() + b"\r\n")

    async def write(self):
        leaves_at = time.monotonic() + self.chance.uniform(0.5, 1.5) * self.stays if self.stays else None
        while True:
            await asyncio.sleep(self.pace)
            if self.chance.random() < 0.02:
                self.say("PING still-there")
            if leaves_at and time.monotonic() > leaves_at and not self.crowd.quiet:
                self.left = True
                return self.writer.transport.abort()
            seats = [seat for seat in self.seats.values() if seat.joined and len(seat.unacked) < self.crowd.window]
            if seats and not self.crowd.quiet:
                self.begin(self.chance.choice(seats))

    def begin(self, seat):
        self.made += 1
        id = f"{self.made}"
        seat.unacked[id] = Pending(self.name, id, f"{self.name} says {self.made}")
        self.send(seat, id)

    def send(self, seat, id):
        one = seat.unacked[id]
        one.sent_at = time.monotonic()
        one.times += 1
        seat.history.send(one.key, self.name, id if self.asks else None)
        own = f";greenroom.chat/id={id}" if self.asks else ""
        self.say(f"@label={seat.room}{SEPARATOR}{id}{own} PRIVMSG #{seat.room} :{one.text}")

    async def say_read(self, seat, seq):
        """Marks of IRC are times: other people say how far they have read."""

    async def ask_for_rooms(self):
        self.rooms_told = {}  # IRC has no word for it

    def take(self, line):
        if line.command == "PING":
            self.say("PONG :" + line.parameters[0])
        elif line.command == "221":
            self.welcome = True
            self.say("JOIN " + ",".join("#" + room for room in self.seats))
        elif line.command == "BATCH":
            self.take_batch(line)
        elif line.command in ("PRIVMSG", "NOTICE"):
            self.take_words(line)
        elif line.command == "366":
            self.take_joined(self.seat_of(line.parameters[1]))
        elif line.command in JOIN_REFUSED and self.seat_of(line.parameters[1]):
            self.join_again(self.seat_of(line.parameters[1]), line.command)
        elif line.command in ("KICK", "PART") and self.name in (line.nick, *line.parameters[1:2]):
            self.join_again(self.seat_of(line.parameters[0]), f"{line.command} {line.parameters[-1]}")
        elif line.command in ("404", "FAIL", "ERROR"):
            self.take_refusal(line)

    def seat_of(self, target):
        return self.seats.get(target.lstrip("@+").removeprefix("#"))

    def label_of(self, line):
        batch = self.batches.get(line.tags.get("batch"))
        return line.tags.get("label") or (batch and batch.label) or ""

    def take_joined(self, seat):
        seat.joined, self.failures = True, 0
        seat.history.arrive(self.label)
        if self.asks:
            seat.behind = seat.behind or seat.last
            self.fetch(seat)
            for id in list(seat.unacked):
                self.send(seat, id)

    def join_again(self, seat, why):
        self.crowd.refused(self.label, why)
        seat.joined = False
        self.later(0.3, lambda: self.say(f"JOIN #{seat.room}"))

    def later(self, seconds, action):
        """Unless the connection is another one by then."""
        connection = self.connections

        async def act():
            await asyncio.sleep(seconds)
            if self.connections == connection:
                action()
        self.crowd.spawn(act())

    def fetch(self, seat):
        if seat.behind and seat.joined:
            generation, seq = seat.behind
            seat.page = []
            self.say(f"@label=page{SEPARATOR}{seat.room} CHATHISTORY AFTER #{seat.room} msgid={generation}-{seq} {PAGE}")

    def take_batch(self, line):
        way, ref = line.parameters[0][0], line.parameters[0][1:]
        if way == "+":
            self.batches[ref] = Batch(line.parameters[1], line.parameters[2] if len(line.parameters) > 2 else "",
                                      self.label_of(line))
            return
        batch = self.batches.pop(ref)
        seat = self.seat_of(batch.target)
        if batch.kind == "chathistory" and seat and self.asks and seat.behind:
            seat.behind = (seat.behind[0], seat.page[-1]) if len(seat.page) >= PAGE else None
            self.fetch(seat)

    def take_words(self, line):
        seat, id = self.seat_of(line.parameters[0]), line.tags.get("msgid", "")
        generation, _, number = id.rpartition("-")
        if not seat or not generation or number.startswith("t"):
            if seat and line.parameters[-1].endswith("aren't replayed."):
                seat.cut = True
            elif seat and line.command == "PRIVMSG":
                seat.history.flaw("nameless", f"{self.label} was shown {line} without a msgid")
            return
        seq, batch = int(number), self.batches.get(line.tags.get("batch"))
        is_history = batch is not None and batch.kind == "chathistory"
        way = ("page" if self.asks else "replay") if is_history else "live"
        label = self.label_of(line)
        if label.startswith(seat.room + SEPARATOR):
            self.take_echo(seat, label.partition(SEPARATOR)[2], seq, "greenroom.chat/duplicate" in line.tags)
        if "greenroom.chat/duplicate" in line.tags:
            return
        if way == "page":
            seat.page.append(seq)
        elif way == "replay" and seat.cut:
            seat.cut = False
            seat.history.leave_out(self.label, seq)
        seat.last = max(seat.last or (generation, 0), (generation, seq), key=lambda one: one[1])
        seat.history.show(Shown(self.label, self.connections, seq, line.command, line.nick, line.parameters[-1],
                                line.tags.get("time"), generation, way))

    def take_echo(self, seat, id, seq, is_duplicate):
        one = seat.unacked.pop(id, None)
        if one:
            seat.history.ack(one.key, seq, is_duplicate)

    def take_refusal(self, line):
        self.crowd.refused(self.label, " ".join([line.command, *line.parameters[1:2]]) if line.command == "FAIL" else line.command)
        room, _, id = self.label_of(line).partition(SEPARATOR)
        if room == "page":
            seat = self.seats[id]
            self.later(0.3, lambda: self.fetch(seat))
        elif room in self.seats and (one := self.seats[room].unacked.pop(id, None)):
            self.crowd.settled["texts"] += 1
            self.seats[room].history.refuse(one.key, line.command, one.times == 1)
