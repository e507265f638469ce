"""Judges what was refused in one room: at one place of the log at least, between the asking and the answer, the ledger refuses
it too. So nobody is muted who isn't any more, nor kept out, nor told that nothing would change."""

import bisect

from entries import Entry, moment_of
from history import Violation
from ledger import ROLES, Ledger

LOOKED_UP = {"muted", "banned", "read_only", "forbidden", "not_found", "gone", "conflict", "unchanged", "removed",
             "limit_reached"}
STALE = 2.0  # seconds for which a join may be answered by an owner that has lost the room


def unjust(history, log, founding):
    """Violations, of a room that was `founding` before the entries of `log`."""
    places = _Places(history, log)
    waiting = sorted((places.between(one) for one in history.refusals if one.code in LOOKED_UP), key=lambda each: each[0])
    ledger, open_ones, found, at = Ledger(founding), [], [], 0
    log = history.as_it_was(log)
    for place in range(len(log) + 1):
        if place:
            ledger.append(log[place - 1])
        while at < len(waiting) and waiting[at][0] <= place:
            open_ones.append(waiting[at])
            at += 1
        moment = log[max(place, 1) - 1].at if log else None
        open_ones = [each for each in open_ones if not _is_just(each[2], ledger, moment, history)]
        found += [each for each in open_ones if each[1] <= place]
        open_ones = [each for each in open_ones if each[1] > place]
    return [Violation("unjust", f"{one.name} was told {one.code} for {_what(one, history)}, which nothing from {first} to {last} "
                      "refuses", (first, last), (one.key,) if one.key else ()) for first, last, one in found + open_ones]


class _Places:
    """Between which places of the log a room was when it answered: what was acknowledged before the asking had been done,
    and what wasn't sent before the answer came hadn't."""

    def __init__(self, history, log):
        self._acked = _Highest((ack.when, ack.seq) for ack in history.acked)
        sent = ((history.sent.get(history.key_of(entry)), entry.seq) for entry in log)
        self._sent = _Highest((one.when, seq) for one, seq in sent if one)

    def between(self, one):
        """(first place, last place, the Refusal)"""
        asked = one.since if one.key else one.since - STALE
        first = self._acked.before(asked)
        return first, max(first, self._sent.before(one.when)), one


class _Highest:
    def __init__(self, pairs):
        self._times, self._highest, high = [], [], 0
        for when, seq in sorted(pairs):
            high = max(high, seq)
            self._times.append(when)
            self._highest.append(high)

    def before(self, when):
        at = bisect.bisect_left(self._times, when)
        return self._highest[at - 1] if at else 0


def _is_just(one, ledger, at, history):
    state = ledger.state
    if one.key is None:
        return not state.may_read(one.name, moment_of(at))
    act = history.sent[one.key].act or {"kind": "text"}
    about = {name: value for name, value in act.items() if name not in ("kind", "text")}
    wrong = ledger.judge(Entry(0, one.name, act.get("text", ""), None, act["kind"], about, at))
    if one.code == "unchanged":
        same_role = act["kind"] == "role" and state.role_of(act["user"]) == ROLES[act["role"]]
        return "changes nothing" in wrong or same_role
    # Of those who are no members some are here, and can be removed; the log doesn't say who is here.
    return wrong != "" or (act["kind"] == "remove" and one.code == "not_found")


def _what(one, history):
    return (history.sent[one.key].act or one.key) if one.key else "a join"
