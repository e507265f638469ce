"""What happened in one room, as its clients saw it. A message is known by its text, which is unique; an act, whose words
may come again, by its author and id (`key_of`)."""

import collections
import threading
import time

from entries import Gap, sentence

Sent = collections.namedtuple("Sent", "when author id act", defaults=[None])
Ack = collections.namedtuple("Ack", "text seq when")
Join = collections.namedtuple("Join", "listener asked after known generation head recovered facts", defaults=[None])
# `states`: a folding.State for each entry; None: it isn't known.
Page = collections.namedtuple("Page", "listener entries asked as_of states", defaults=[None, None, None])
# What a client of IRC was shown of an entry; `connection`: its number; `way`: live, replay, or a page that it asked for.
Shown = collections.namedtuple("Shown", "listener connection seq command author text at generation way")
Refusal = collections.namedtuple("Refusal", "name key code since when")  # key: None for a join
Told = collections.namedtuple("Told", "name code by why until when")


class Violation(collections.namedtuple("Violation", "word detail seqs texts", defaults=[(), ()])):
    """`word`: what kind it is. `seqs` and `texts` say which messages the evidence is about."""

    def __str__(self):
        return f"{self.word}: {self.detail}"


def person_of(listener):
    """The user of a device: of `ada#2` it is ada."""
    return listener.partition("#")[0]


def key_of(author, id):
    """Of an act."""
    return f"{author} does {id}"


class Run:
    """What one listener heard from one join on, in the order in which it came. `head`: what the join answered from."""

    def __init__(self, listener, after, head=0):
        self.listener, self.after, self.head, self.items = listener, after, head, []


class History:
    """Any thread may add to it. `tape`: gets every event too."""

    def __init__(self, room="", tape=None):
        self._lock = threading.Lock()
        self._room, self._tape = room, tape
        self.sent = {}        # key: Sent, of the first time
        self.keys = {}        # (author, id): key
        self.acked = []       # Ack
        self.refused = set()  # keys of what was refused, or would have changed nothing, and was sent but once
        self.refusals = []    # Refusal, of all
        self.joins = []       # Join
        self.runs = []        # Run
        self.pages = []       # Page of history
        self.answers = []     # (listener, Entry): acts that HTTP answered with
        self.told = []        # Told: who heard that they are muted, banned or removed
        self.shown = []       # Shown
        self.arrivals = {}    # listener: when a client of IRC was in the room first
        self.left_out = {}    # listener: a client of IRC was told that what it had missed before that seq isn't replayed
        self.words = {}       # seq: the text that it was told with first
        self.flaws = []       # Violations that a client found by itself
        self.erasing = {}     # seq: when an erase of it was sent first
        self.present = None   # who was in the room at the end; None: whoever ever was
        self.folded = {}      # listener: the Folding of what they were told, in the end

    def send(self, key, author=None, id=None, act=None):
        """`act`: its fields, where it is more than a text."""
        now = time.monotonic()
        with self._lock:
            self._note(now, author, "send", id, key if act is None else f"{key}: {act}")
            self.sent.setdefault(key, Sent(now, author, id, act))
            self.keys.setdefault((author, id), key)
            if act and act["kind"] == "erase":
                self.erasing.setdefault(act["target"], now)

    def ack(self, key, seq, duplicate=False):
        now = time.monotonic()
        with self._lock:
            sent = self.sent.get(key)
            self._note(now, sent and sent.author, "ack again" if duplicate else "ack", seq, key)
            self.acked.append(Ack(key, seq, now))

    def answer(self, listener, entry):
        with self._lock:
            self.answers.append((listener, entry))

    def refuse(self, key, code="", is_final=True):
        """`code`: of the error, or `unchanged`. `is_final`: it can't be stored any more, for it was sent but once."""
        now = time.monotonic()
        with self._lock:
            self._note(now, None, "refused", None, f"{key}: {code}" if code else key)
            if is_final:
                self.refused.add(key)
            sent = self.sent[key]
            self.refusals.append(Refusal(sent.author, key, code, sent.when, now))

    def turn_away(self, name, code, asked):
        """A join was refused."""
        now = time.monotonic()
        with self._lock:
            self._note(now, name, "turned away", None, code)
            self.refusals.append(Refusal(name, None, code, asked, now))

    def tell(self, name, code, frame):
        """Somebody heard that they are muted, banned or removed; `frame` says by whom, why, and until when."""
        with self._lock:
            told = Told(name, code, frame.get("by"), frame.get("why", ""), frame.get("until"), time.monotonic())
            self._note(told.when, name, "told", None, code)
            self.told.append(told)

    def flaw(self, word, detail):
        with self._lock:
            self._note(time.monotonic(), None, "flaw", None, f"{word}: {detail}")
            self.flaws.append(Violation(word, detail))

    def join(self, join):
        """The run that its messages belong to: after `after` where it was recovered, else after the head."""
        with self._lock:
            self._note(time.monotonic(), join.listener, "joined", join.head, join._asdict())
            self.joins.append(join)
            follows = join.known is not None and join.recovered and join.generation == join.known
            self.runs.append(Run(join.listener, join.after if follows else join.head, join.head))
            return self.runs[-1]

    def hear(self, run, item):
        """An entry or an announced gap of the stream."""
        with self._lock:
            gap = isinstance(item, Gap)
            self._note(time.monotonic(), run.listener, "gap" if gap else "saw", item[0], item[1] if gap else item.text)
            run.items.append(item)
            if not gap and item.kind == "text":
                self.words.setdefault(item.seq, item.text)

    def arrive(self, listener):
        """A client of IRC is in the room."""
        with self._lock:
            self.arrivals.setdefault(listener, time.monotonic())

    def leave_out(self, listener, before):
        with self._lock:
            self._note(time.monotonic(), listener, "left out", before, None)
            self.left_out[listener] = max(before, self.left_out.get(listener, 0))

    def show(self, shown):
        with self._lock:
            self._note(time.monotonic(), shown.listener, "saw", shown.seq, shown.text)
            self.shown.append(shown)
            self.words.setdefault(shown.seq, shown.text)

    def page(self, listener, entries, asked=None, as_of=None, states=None):
        with self._lock:
            seqs = [entry.seq for entry in entries]
            self._note(time.monotonic(), listener, "paged", seqs[0] if seqs else None, len(seqs))
            self.pages.append(Page(listener, entries, asked, as_of, states))

    def ack_count(self):
        with self._lock:
            return len(self.acked)

    def was_written_since(self, moment):
        """Whether something is acknowledged that was sent after that."""
        with self._lock:
            return any(self.sent[ack.text].when > moment for ack in self.acked[-1000:])

    def key_of(self, entry):
        """What it was sent as, as far as that can be known from the entry."""
        if entry.kind == "text":
            return entry.text
        return self._sent_as(entry) or key_of(entry.author, entry.id)

    def _sent_as(self, entry):
        # What a client of IRC says has an id that its gateway gave it: of that only what people heard is known.
        heard = self.words.get(entry.seq) if entry.kind == "erased" else None
        return self.keys.get((entry.author, entry.id)) or (heard if heard in self.sent else None)

    def as_it_was(self, log):
        """The log with what is erased by now as it was sent, as far as that is known."""
        return [self._as_it_was(entry) if entry.kind == "erased" else entry for entry in log]

    def _as_it_was(self, entry):
        key = self._sent_as(entry)
        sent = self.sent.get(key)
        if sent is None:
            return entry
        act = sent.act or {"kind": "text"}
        kind, about = act["kind"], {name: value for name, value in act.items() if name not in ("kind", "text")}
        text = key if kind == "text" else sentence(kind, entry.author, act.get("text", ""), about)
        return entry._replace(kind=kind, text=text, about=about or None)

    def _note(self, when, who, what, seq, detail):
        if self._tape is not None:
            self._tape.append((when, self._room, who, what, seq, detail))
