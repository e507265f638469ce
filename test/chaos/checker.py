"""Judges what clients saw of one room against its log: nothing acknowledged is lost, nothing is there twice, in another
order or in another place. Every message's text is unique, so that the text says which send an entry came from."""

import collections
import threading
import time

Entry = collections.namedtuple("Entry", "seq author text id", defaults=[None])
Gap = collections.namedtuple("Gap", "first last")
Sent = collections.namedtuple("Sent", "when author id")
Ack = collections.namedtuple("Ack", "text seq when")
Join = collections.namedtuple("Join", "listener asked after known generation head recovered")

RECOVERABLE = 500  # so many missed messages a join brings
STALE = 2.0        # seconds for which a join may be answered by an owner that has lost the room


class Violation(collections.namedtuple("Violation", "word detail seqs texts", defaults=[(), ()])):
    """`word`: what kind it is. `seqs` and `texts` say which messages the evidence is about."""

    def __str__(self):
        return f"{self.word}: {self.detail}"


class Run:
    """What one listener heard from one join on, in the order in which it came."""

    def __init__(self, listener, after):
        self.listener, self.after, self.items = listener, after, []


class History:
    """What happened in one room, as its clients saw it. Any thread may add to it. `tape`: gets every event too."""

    def __init__(self, room="", tape=None):
        self._lock = threading.Lock()
        self._room, self._tape = room, tape
        self.sent = {}        # text: Sent, of the first time
        self.acked = []       # Ack
        self.refused = set()  # texts that were refused for good
        self.joins = []       # Join
        self.runs = []        # Run
        self.pages = []       # (listener, entries) of history
        self.flaws = []       # Violations that a client found by itself

    def send(self, text, author=None, id=None):
        now = time.monotonic()
        with self._lock:
            self._note(now, author, "send", id, text)
            self.sent.setdefault(text, Sent(now, author, id))

    def ack(self, text, seq, duplicate=False):
        now = time.monotonic()
        with self._lock:
            sent = self.sent.get(text)
            self._note(now, sent and sent.author, "ack again" if duplicate else "ack", seq, text)
            self.acked.append(Ack(text, seq, now))

    def refuse(self, text):
        with self._lock:
            self._note(time.monotonic(), None, "refused", None, text)
            self.refused.add(text)

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
            self.runs.append(Run(join.listener, join.after if follows else join.head))
            return self.runs[-1]

    def hear(self, run, item):
        """An entry or an announced gap of the stream."""
        with self._lock:
            gap = isinstance(item, Gap)
            self._note(time.monotonic(), run.listener, "gap" if gap else "saw", item[0], item[1] if gap else item.text)
            run.items.append(item)

    def page(self, listener, entries):
        with self._lock:
            seqs = [entry.seq for entry in entries]
            self._note(time.monotonic(), listener, "paged", seqs[0] if seqs else None, len(seqs))
            self.pages.append((listener, entries))

    def ack_count(self):
        with self._lock:
            return len(self.acked)

    def _note(self, when, who, what, seq, detail):
        if self._tape is not None:
            self._tape.append((when, self._room, who, what, seq, detail))


def violations(history, log, others=None):
    """All that is wrong; empty if all is well. `log`: the room's entries at the end; `others`: {where read: the same}."""
    found = list(history.flaws)
    for where, other in (others or {}).items():
        found += _difference(where, other, log)
    found += _wrong_log(history, log)
    found += _wrong_acknowledgements(history, {entry.text: entry.seq for entry in log})
    found += _wrong_times(history)
    found += _wrong_joins(history)
    for run in history.runs:
        found += _wrong_run(run, log)
    for listener, entries in history.pages:
        found += [_other_words(f"a page for {listener}", entry, log) for entry in entries if not _is_in(entry, log)]
    return found + _never_got(history, log)


def _difference(where, other, log):
    if len(other) != len(log):
        return [Violation("disagreement", f"{where} has {len(other)} entries instead of {len(log)}",
                          (min(len(other), len(log)) + 1,))]
    return [_other_words(where, entry, log) for entry in other if not _is_in(entry, log)][:1]


def _is_in(entry, log):
    return 1 <= entry.seq <= len(log) and log[entry.seq - 1][:3] == entry[:3]


def _other_words(where, entry, log):
    there = log[entry.seq - 1] if 1 <= entry.seq <= len(log) else None
    return Violation("disagreement", f"{where} has {entry[:3]} where the log has {there and there[:3]}", (entry.seq,),
                     (entry.text,) + ((there.text,) if there else ()))


def _wrong_log(history, log):
    found = [Violation("hole", f"the log has {entry.seq} at place {place}", (place, entry.seq))
             for place, entry in enumerate(log, 1) if entry.seq != place][:1]
    for text, times in collections.Counter(entry.text for entry in log).items():
        if times > 1:
            found.append(Violation("duplicate", f"stored {times} times: {text}", (), (text,)))
    ids = collections.Counter((entry.author, entry.id) for entry in log if entry.id is not None)
    found += [Violation("duplicate", f"{author}'s id {id} is stored {times} times")
              for (author, id), times in ids.items() if times > 1]
    for entry in log:
        sent = history.sent.get(entry.text)
        if sent is None:
            found.append(Violation("phantom", f"never sent, but stored: {entry.text}", (entry.seq,), (entry.text,)))
        elif entry.text in history.refused:
            found.append(Violation("phantom", f"refused, but stored: {entry.text}", (entry.seq,), (entry.text,)))
        elif sent.author not in (None, entry.author) or (entry.id is not None and sent.id not in (None, entry.id)):
            found.append(Violation("disagreement", f"{entry} was sent as {sent}", (entry.seq,), (entry.text,)))
    return found


def _wrong_acknowledgements(history, place):
    found = []
    for text, seq, _ in history.acked:
        if text not in place:
            found.append(Violation("lost", f"acknowledged as {seq}, but not stored: {text}", (seq,), (text,)))
        elif place[text] != seq:
            found.append(Violation("moved", f"acknowledged as {seq}, but stored as {place[text]}: {text}",
                                   (seq, place[text]), (text,)))
    return found


def first_acks(history):
    """{text: Ack}, the first one of each."""
    first = {}
    for ack in history.acked:
        if ack.text not in first or ack.when < first[ack.text].when:
            first[ack.text] = ack
    return first


def _wrong_times(history):
    """A message that was acknowledged before another was sent precedes it."""
    first = first_acks(history)
    acks = sorted((ack.when, ack.seq, ack.text) for ack in first.values())
    sends = sorted((history.sent[ack.text].when, ack.seq, ack.text) for ack in first.values() if ack.text in history.sent)
    found, highest, at = [], (0, ""), 0
    for sent, seq, text in sends:
        while at < len(acks) and acks[at][0] < sent:
            highest = max(highest, acks[at][1:])
            at += 1
        if seq < highest[0]:
            found.append(Violation("reorder", f"{text} is {seq}, but was sent when {highest[1]} was already {highest[0]}",
                                   (seq, highest[0]), (text, highest[1])))
    return found


def _wrong_joins(history):
    found = []
    acks = sorted((ack.when, ack.seq) for ack in history.acked)
    highest, at = 0, 0
    for join in sorted(history.joins, key=lambda join: join.asked):
        while at < len(acks) and acks[at][0] < join.asked - STALE:
            highest = max(highest, acks[at][1])
            at += 1
        if join.head < highest:
            found.append(Violation("stale", f"{join} when {highest} was acknowledged {STALE} s before", (join.head, highest)))
        if join.known is not None and join.generation != join.known:
            found.append(Violation("generation", f"{join}: the room's log became another one"))
        elif join.known is not None and not join.recovered and join.head - join.after <= RECOVERABLE:
            found.append(Violation("unrecovered", f"{join}: so little is always brought", (join.after, join.head)))
    return found


def _wrong_run(run, log):
    found, expected, heard = [], run.after + 1, set()
    for item in run.items:
        seq = item[0]
        if seq != expected:
            word = "duplicate" if seq in heard else "hole" if seq > expected else "reorder"
            found.append(Violation(word, f"{run.listener} heard {item} where {expected} follows", (seq, expected)))
        if isinstance(item, Gap):
            expected = item.last + 1
            continue
        heard.add(seq)
        expected = seq + 1
        if not _is_in(item, log):
            found.append(_other_words(run.listener, item, log))
    return found[:5]


def _never_got(history, log):
    """Everybody who came to the room has everything after that, by stream or by page."""
    first, got = {}, collections.defaultdict(set)
    for join in history.joins:
        first.setdefault(join.listener, join.head)
    for run in history.runs:
        got[run.listener].update(item.seq for item in run.items if not isinstance(item, Gap))
    for listener, entries in history.pages:
        got[listener].update(entry.seq for entry in entries)
    found = []
    for listener, after in first.items():
        missing = set(range(after + 1, len(log) + 1)) - got[listener]
        if missing:
            found.append(Violation("hole", f"{listener} never got {sorted(missing)[:20]}", tuple(sorted(missing)[:20])))
    return found
