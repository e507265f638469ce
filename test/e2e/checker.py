"""Judges what clients saw of one room against its log: nothing acknowledged is lost, nothing is there twice or in another
order. Every message's text is unique, so that the text says which send an entry came from."""

import collections
import threading
import time

Entry = collections.namedtuple("Entry", "seq author text")


class History:
    """What happened, as the clients saw it. Any thread may add to it."""

    def __init__(self):
        self._lock = threading.Lock()
        self.sent = {}       # text: when it was sent first
        self.acked = []      # (text, seq, when)
        self.refused = set()  # texts that were refused for good
        self.runs = []       # (listener, after, entries): what one listener heard from one joining on
        self.flaws = []      # what a client found wrong by itself

    def send(self, text):
        with self._lock:
            self.sent.setdefault(text, time.monotonic())

    def ack(self, text, seq):
        with self._lock:
            self.acked.append((text, seq, time.monotonic()))

    def refuse(self, text):
        with self._lock:
            self.refused.add(text)

    def flaw(self, what):
        with self._lock:
            self.flaws.append(what)

    def run(self, listener, after):
        """The list that this listener's entries go into, in the order in which they come."""
        with self._lock:
            self.runs.append((listener, after, []))
            return self.runs[-1][2]

    def ack_count(self):
        with self._lock:
            return len(self.acked)


def violations(history, log):
    """A sentence for everything that is wrong; empty if all is well. `log`: the room's entries at the end."""
    found = list(history.flaws)
    found += _wrong_in_log(history, log)
    place = {entry.text: entry.seq for entry in log}
    found += _wrong_acknowledgements(history, place)
    found += _wrong_in_time(history)
    for listener, after, entries in history.runs:
        found += _wrong_run(listener, after, entries, log)
    return found


def _wrong_in_log(history, log):
    found = [f"the log has {entry.seq} at place {place}"
             for place, entry in enumerate(log, 1) if entry.seq != place]
    counted = collections.Counter(entry.text for entry in log)
    found += [f"stored {times} times: {text}" for text, times in counted.items() if times > 1]
    found += [f"never sent, but stored: {text}" for text in counted if text not in history.sent]
    found += [f"refused, but stored: {text}" for text in counted if text in history.refused]
    return found


def _wrong_acknowledgements(history, place):
    found = []
    for text, seq, _ in history.acked:
        if text not in place:
            found.append(f"acknowledged as {seq}, but lost: {text}")
        elif place[text] != seq:
            found.append(f"acknowledged as {seq}, but stored as {place[text]}: {text}")
    return found


def _wrong_in_time(history):
    """What was acknowledged before another was sent comes before it."""
    first = {}
    for text, seq, when in history.acked:
        if text not in first or when < first[text][1]:
            first[text] = (seq, when)
    acks = sorted((when, seq, text) for text, (seq, when) in first.items())
    sends = sorted((history.sent[text], seq, text) for text, (seq, _) in first.items() if text in history.sent)
    found, highest, at = [], (0, ""), 0
    for sent, seq, text in sends:
        while at < len(acks) and acks[at][0] < sent:
            highest = max(highest, acks[at][1:])
            at += 1
        if seq < highest[0]:
            found.append(f"{text} is {seq}, but was sent when {highest[1]} was already {highest[0]}")
    return found


def _wrong_run(listener, after, entries, log):
    found = []
    for expected, entry in enumerate(entries, after + 1):
        if entry.seq != expected:
            return found + [f"{listener} heard {entry.seq} where {expected} follows"]
        if entry.seq > len(log) or log[entry.seq - 1] != entry:
            found.append(f"{listener} heard {entry}, which the log has otherwise")
    return found
