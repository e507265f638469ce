"""How long nobody could write: from a fault to the first acknowledgement of a message that was sent after it, room by
room. Whoever sent it, and on whichever node."""

import collections
import statistics
import threading
import time

from checker import Violation, first_acks
from faults import BOUNDS, HARMLESS

STALL = 0.1  # seconds by which a sleep may be late before it counts


class Stalls:
    """How long the machine let us wait for nothing: it would have let the servers wait as well."""

    def __init__(self):
        self._late, self._ended = [], threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while not self._ended.is_set():
            began = time.monotonic()
            self._ended.wait(0.02)
            late = time.monotonic() - began - 0.02
            if late > STALL:
                self._late.append((began, late))

    def within(self, began, ended):
        return sum(late for at, late in self._late if began <= at <= ended)

    def longest(self):
        return max((late for _, late in self._late), default=0.0)

    def close(self):
        self._ended.set()
        self._thread.join()


# seconds: None where nothing was acknowledged any more. alone: nothing else went wrong in that time.
Measured = collections.namedtuple("Measured", "fault room seconds alone allowed")


def measure(faults, histories, stalls):
    """A Measured for each fault and room."""
    faults = [fault for fault in faults if fault.counts_from is not None]
    posts = {room: sorted((history.sent[ack.text].when, ack.when) for ack in first_acks(history).values())
             for room, history in histories.items()}
    out = []
    for fault in faults:
        for room, pairs in posts.items():
            end = min((acked for sent, acked in pairs if sent >= fault.counts_from), default=None)
            seconds = None if end is None else end - fault.counts_from
            until = end or time.monotonic()
            allowed = BOUNDS[fault.kind] + stalls.within(fault.counts_from, until)
            out.append(Measured(fault, room, seconds, is_alone(fault, until, faults), allowed))
    return out


def is_alone(fault, until, faults):
    """Whether all was well when it began, and nothing else went wrong before the room was writable."""
    return not any(other is not fault and other.kind not in HARMLESS and other.began < until
                   and (other.back is None or other.back > fault.began) for other in faults)


def cut(cuts, faults):
    """Violations: a client of the gateway loses its socket when the gateway dies, and through nothing else.
    `cuts`: (when, who, code) of the clients of the gateway."""
    deaths = [(fault.began, fault.back) for fault in faults if fault.kind == "gateway-kill" and fault.began]
    for when, who, code in cuts:
        if not any(began <= when <= (back or when) + 1 for began, back in deaths):
            yield Violation("cut", f"{who}'s socket at the gateway was closed with {code}, {when:.3f}")


def late(measured):
    """(room, violation) where it took longer than promised."""
    out = []
    for each in measured:
        if each.alone and (each.seconds is None or each.seconds > each.allowed):
            promised = BOUNDS[each.fault.kind]
            stood = f", and the machine stood still for {each.allowed - promised:.2f} s" if each.allowed > promised else ""
            took = "was never writable again" if each.seconds is None else f"was writable {each.seconds:.2f} s"
            out.append((each.room, Violation("late", f"{took} after {each.fault}; promised are {promised} s{stood}")))
    return out


def table(measured):
    """Lines of text: for each kind of fault how often, and how long rooms took."""
    kinds = collections.defaultdict(list)
    for each in measured:
        kinds[each.fault.kind].append(each)
    lines = [f"{'fault':18}{'times':>6}{'median':>9}{'p90':>9}{'p99':>9}{'worst':>9}{'promised':>10}   with others at once"]
    for kind, all_of_them in sorted(kinds.items()):
        alone = sorted(each.seconds for each in all_of_them if each.alone and each.seconds is not None)
        others = [each.seconds for each in all_of_them if not each.alone and each.seconds is not None]
        times = len({each.fault for each in all_of_them})
        words = [f"{statistics.median(alone):.2f} s", *(f"{quantile(alone, part):.2f} s" for part in (0.9, 0.99)),
                 f"{alone[-1]:.2f} s"] if alone else ["-"] * 4
        lines.append(f"{kind:18}{times:6}" + "".join(f"{word:>9}" for word in words) + f"{BOUNDS[kind]:8.1f} s"
                     + (f"   worst {max(others):.2f} s" if others else ""))
    return lines


def quantile(ordered, part):
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
