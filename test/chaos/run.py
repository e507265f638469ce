"""One run: people and probers talk, things go wrong, and in the end it is judged."""

import collections
import concurrent.futures
import copy
import functools
import json
import time

from callers import Caller
from clients import User
from faults import Hand, plan
from history import Violation
from irc_talkers import IrcTalker
from judge import judge_room, unforgotten
from marks import Telling, story_of, wrong_marks
from moderators import Governed
from programs import Program
from recovery import Stalls, cut, late, measure, table
from talkers import Crowd
from troupe import Troupe, direct_room_of

Found = collections.namedtuple("Found", "room violation")
Options = collections.namedtuple("Options", "seconds seed clients rooms every faults devices", defaults=[3])
CLIENT_PACE = 0.12   # seconds between two messages of a client
CLIENT_STAYS = 8.0   # seconds on one connection, more or less: the next one may be to another node
PROGRAMS, PROGRAM_PACE = 2, 0.15  # programs made with clients/python, in all rooms; seconds between two messages of one
IRC_TALKERS, IRC_PACE = 2, 0.2   # clients of IRC, in some rooms: every other one asks for what it missed
PROBE_PACE = 0.1     # seconds between two probes of a room
PROBE_PATIENCE = 1.0
NEIGHBOUR_PATIENCE = 20.0
ROOMS_EACH = 3       # rooms that a client is in
PAIRS = 4            # direct rooms, each of two clients
GROUPS = 2           # each of so many clients at first, and others who come and go
FOUNDERS, COMERS = 3, 3
STAFF, RASCALS = 3, 4  # people who run all rooms, and those whom they have to do with
LINGER = 2.5         # seconds at the end in which those come in who are let in
EVIDENCE = 30        # events that are shown with a violation


class Run:
    """`say`: takes a line of progress."""

    def __init__(self, stage, options, say):
        self.stage, self.options, self.say = stage, options, say
        self.tape = []
        self.rooms = [f"room-{options.seed}-{n}" for n in range(options.rooms)]
        pairs = range(0, min(2 * PAIRS, options.clients - 1), 2)
        self.directs = {direct_room_of(self._client(n), self._client(n + 1)): (n, n + 1) for n in pairs}
        self.crowd = Crowd([*self.rooms, *self.directs], tape=self.tape)
        self.readers = {}    # room: its prober, who is a moderator, and stays one
        self.groups = {}     # room: the clients in it now and then; the first stays
        self.troupe = Troupe(self.crowd)
        self.kinds = collections.Counter()  # of the entries that were judged
        self.faults, self.found, self.measured = [], [], []
        self.began = time.monotonic()

    def go(self):
        """The violations, as Found; `room` is None for those that concern no single room."""
        self._invite()
        stalls = Stalls()
        self.began = time.monotonic()
        self.crowd.start()
        self.caller = Caller(self.crowd, self.readers, self.options.seed)
        self.crowd.wait_acks(5 * len(self.rooms), within=30)
        targets = self.stage.targets()
        hand = Hand(self.stage, plan(self.options.seed, self.options.seconds, self.options.every, self.options.faults, targets),
                    self._note)
        self._say(f"all are in; {len(hand.planned)} faults are to come; rooms at "
                  f"{dict(collections.Counter(self.stage.owners().values()))}")
        before = self.stage.weights()
        began = time.monotonic()
        with _every(5, lambda: self._progress(hand)):
            hand.run(began)
            while time.monotonic() < began + self.options.seconds:
                hand.look_after()
                time.sleep(0.2)
            hand.wait()
            self._talk_on(time.monotonic())
        self.faults = hand.faults
        self._settle()
        self.caller.close()
        stalls.close()
        self.found += [Found(room, each) for room, each in self.caller.found]
        self._say_weights(before)
        self.found += [Found(None, Violation("process", each)) for each in hand.complaints]
        self._judge(stalls)
        return self.found

    def _invite(self):
        """Everybody registers; each is in some rooms, and each room has a prober. Neighbours don't use the gateway, and have
        patience: what they say to a node that stands still is there when it wakes. Of all these each is a member."""
        seed, options = self.options.seed, self.options
        names = [self._client(n) for n in range(options.clients)]
        names += [f"prober-{seed}-{n}" for n in range(len(self.rooms))]
        names += [f"neighbour-of-{name}" for name in self.stage.chat_nodes]
        names += [f"program-{n}" for n in range(PROGRAMS)]
        names += [f"irc-{seed}-{n}" for n in range(IRC_TALKERS)]
        names += [f"staff-{n}" for n in range(STAFF)] + [f"rascal-{n}" for n in range(RASCALS)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            users = iter(list(pool.map(lambda name: User(self.stage.cluster, name), names)))
        self.clients = [next(users) for _ in range(options.clients)]
        for one, other in self.directs.values():
            self.troupe.pair(self.clients[one], self.clients[other])
        for n in range(GROUPS if options.clients >= FOUNDERS + 1 else 0):
            people = (self.clients[n:] + self.clients[:n])[:FOUNDERS + COMERS]
            self.groups[self.troupe.gather(people[:FOUNDERS], people[FOUNDERS:])] = people
        for n, user in enumerate(self.clients):
            step = 1 + n // len(self.rooms)
            mine = dict.fromkeys(self.rooms[(n + k * step) % len(self.rooms)] for k in range(ROOMS_EACH))
            alone = [room for room, pair in self.directs.items() if n in pair]
            together = [room for room, people in self.groups.items() if user in people]
            self.troupe.befriend(user, [*mine, *alone, *together], CLIENT_PACE, max(1, options.devices - n % 4), stays=CLIENT_STAYS)
        for room in self.rooms:
            self.readers[room] = next(users)
            self.troupe.join(self.readers[room], [room], PROBE_PACE, PROBE_PATIENCE)
        for name in self.stage.chat_nodes:
            user = next(users)
            user.server = self.stage.straight_to(name)
            self.troupe.join(user, self.rooms, CLIENT_PACE, NEIGHBOUR_PATIENCE, kind=Governed)
        for _ in range(PROGRAMS):
            self.troupe.join(next(users), self.rooms, PROGRAM_PACE, kind=Program)
        for n in range(IRC_TALKERS):
            kind = functools.partial(IrcTalker, port=self.stage.irc_port, asks=n % 2 == 1)
            self.troupe.join(next(users), self.rooms[n::2], IRC_PACE, kind=kind, stays=CLIENT_STAYS)
        others = list(users)
        self.troupe.appoint(others[:STAFF], others[STAFF:], self.readers, CLIENT_STAYS)

    def _client(self, n):
        return f"client-{self.options.seed}-{n}"

    def _talk_on(self, since):
        """Until something that was sent after the last fault is acknowledged in every room."""
        histories = [self.crowd.histories[room] for room in self.rooms]
        while time.monotonic() < since + 20 and not all(history.was_written_since(since) for history in histories):
            time.sleep(0.1)

    def _settle(self):
        try:
            self.crowd.finish(within=40, linger=LINGER, reads=True)
        except AssertionError as stuck:
            self.crowd.close()
            self.found.append(Found(None, Violation("stuck", str(stuck))))

    def _judge(self, stalls):
        logs = {}
        for room in self.crowd.histories:
            reader = self.readers.get(room) or self.groups.get(room, [None])[0] or self.clients[self.directs[room][0]]
            readers = {name: self._at(name, reader) for name in self.stage.chat_nodes}
            logs[room], found = judge_room(room, self.crowd, self.troupe.foundings[room], self.stage.tables, readers)
            self.found += [Found(room, each) for each in found]
            self.kinds.update(entry.kind for entry in logs[room])
        self._judge_marks(logs)
        self.found += [Found(None, each) for each in unforgotten(self.crowd.histories, logs, self.stage.everything())]
        talked_in = {room: self.crowd.histories[room] for room in self.rooms}  # by a prober: in others now and then
        self.measured = measure(self.faults, talked_in, stalls)
        self.found += [Found(room, each) for room, each in late(self.measured)]
        clients = [one for one in self.crowd.cuts if not one[1].startswith("neighbour-of-")]
        self.found += [Found(None, each) for each in cut(clients, self.faults)]

    def _judge_marks(self, logs):
        """All devices of a person are told the same of their rooms, by every node, and the logs imply it."""
        stories = {room: story_of(history, logs[room], self.troupe.foundings[room])
                   for room, history in self.crowd.histories.items()}
        more = []
        for name in self.stage.chat_nodes:
            for user in self.clients:
                answer = self._at(name, user).chat("GET", "/sync")
                assert answer.status == 200, answer
                more.append(Telling(user.name, None, {one["room"]: one for one in answer.json["rooms"]}))
        self.found += [Found(room, each) for room, each in wrong_marks(self.crowd.marks, stories, more)]

    def _at(self, name, user):
        """That user, at one node, past the gateway."""
        there = copy.copy(user)
        there.server = self.stage.straight_to(name)
        return there

    def _note(self, who, what, detail):
        self.tape.append((time.monotonic(), None, who, what, None, detail))
        if what == "fault":
            self._say(detail)

    def _say(self, line):
        self.say(f"{time.monotonic() - self.began:6.1f} s  {line}")

    def _progress(self, hand):
        histories = self.crowd.histories.values()
        sent, acked = sum(len(history.sent) for history in histories), self.crowd.ack_count()
        self._say(f"{sent} sent, {acked} acknowledged, {len(self.crowd.closes)} connections lost, {len(hand.faults)} faults")

    def _say_weights(self, before):
        for name, (megabytes, files) in self.stage.weights().items():
            was = before.get(name, (0, 0))
            self._say(f"{name}: {was[0]:.0f} MB, {was[1]} files at first, {megabytes:.0f} MB, {files} files now")
        for name, (used, most) in self.stage.connections().items():
            self._say(f"{name}: {used} of {most} connections")

    def summary(self):
        """Lines of text."""
        histories = self.crowd.histories.values()
        joins = [join for history in histories for join in history.joins]
        refusals = collections.Counter(map(str, self.crowd.refusals))
        closes = collections.Counter(str(code) for _, _, code in self.crowd.closes)
        return [
            f"{sum(len(history.sent) for history in histories)} messages, {self.crowd.ack_count()} acknowledgements, "
            f"{sum(len(run.items) for history in histories for run in history.runs)} deliveries, {len(joins)} joins "
            f"({sum(join.known is not None for join in joins)} resumed, "
            f"{sum(join.known is not None and not join.recovered for join in joins)} not recovered), "
            f"{sum(len(history.pages) for history in histories)} pages",
            "refused: " + (", ".join(f"{word} {count}" for word, count in refusals.most_common()) or "nothing"),
            "closed: " + (", ".join(f"{code} {count}" for code, count in closes.most_common()) or "nothing"),
            f"{self.crowd.acts.total()} acts asked for, {self.crowd.settled['acts']} of them refused or without effect; texts "
            f"refused: {self.crowd.settled['texts']}",
            f"{sum(len(told.rooms) for told in self.crowd.marks.tellings)} times somebody was told of a room of theirs, in the "
            f"end {len(self.crowd.marks.ends)} devices; direct rooms: {len(self.directs)}, groups: {len(self.groups)}",
            "entries: " + ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common()),
            f"{self.kinds.total()} entries judged; {sum(len(history.refusals) for history in histories)} refusals",
            f"clients of IRC were shown {sum(len(history.shown) for history in histories)} lines",
            f"closed by the server's side: {len(self.crowd.cuts)}",
            "over HTTP: " + ", ".join(f"{word} {count}" for word, count in sorted(self.caller.counts.items())),
            "faults: " + ", ".join(f"{fault.began - self.began:.1f} s {fault}" + (f" ({len(fault.owned)} rooms)" if fault.owned
                                   else "") for fault in self.faults if fault.began),
            *table(self.measured)]

    def evidence(self, found):
        """The events that it is about, as lines: what was sent and acknowledged first, then what was seen."""
        texts, seqs = found.violation.texts, found.violation.seqs
        events = [event for event in self.tape if event[1] == found.room and (event[5] in texts or event[4] in seqs)]
        first = [event for event in events if event[3] not in ("saw", "paged")]
        chosen = (first + [event for event in events if event[3] in ("saw", "paged")])[:EVIDENCE]
        return [self._line(event) for event in sorted(chosen, key=lambda event: event[0])]

    def _line(self, event):
        when, room, who, what, seq, detail = event
        return f"{when - self.began:8.3f} s  {room or '-'}  {who}  {what}  {'' if seq is None else seq}  {detail}"

    def write_tape(self, path):
        """One event a line, as JSON."""
        with open(path, "w") as file:
            for when, room, who, what, seq, detail in sorted(self.tape, key=lambda event: event[0]):
                file.write(json.dumps({"at": round(when - self.began, 6), "room": room, "who": who, "what": what, "seq": seq,
                                       "detail": detail}) + "\n")


class _every:
    """Calls something every so many seconds while its block runs."""

    def __init__(self, seconds, action):
        import threading
        self._ended = threading.Event()
        self._thread = threading.Thread(target=lambda: self._loop(seconds, action), daemon=True)

    def _loop(self, seconds, action):
        while not self._ended.wait(seconds):
            action()

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
