"""Judges what clients of IRC were shown of one room against its log: all that was said since they came, each message once, in the
log's order, as it is there."""

import collections

from entries import WORDS
from history import Violation, person_of


def wrong_showings(history, log):
    """Violations. `log`: the room's entries at the end."""
    found, by_listener, before = [], collections.defaultdict(list), history.as_it_was(log)
    edits = collections.defaultdict(list)
    for entry in before:
        if entry.kind == "edit":
            edits[entry.target].append(entry.text)
    for one in history.shown:
        by_listener[one.listener].append(one)
    for listener, shown in by_listener.items():
        found += _wrong_order(listener, shown)
        found += [Violation("disagreement", f"{listener} was shown {one[3:7]} as {one.seq}, where the log has {_there(one, before)}",
                            (one.seq,), (one.text,)) for one in shown if not _is_true(one, _there(one, before), edits)]
        if len({one.generation for one in shown}) > 1:
            found.append(Violation("generation", f"{listener} was shown more than one: {sorted({one.generation for one in shown})}"))
    for listener, since in history.arrivals.items():
        found += _never_shown(listener, since, {one.seq for one in by_listener[listener]}, history, log)
    return found


def _there(one, log):
    return log[one.seq - 1] if 1 <= one.seq <= len(log) else None


def _is_true(one, entry, edits):
    """A client of IRC hears of many kinds in words of its own: what isn't said by anybody is left to other tests. `edits`: the
    texts of each message's; what was missed is shown as it is by now."""
    if entry is None or one.author != entry.author or entry.at not in (None, one.at):
        return False
    texts = [entry.text.removeprefix("* ") if entry.kind == "action" else entry.text]
    texts += [] if one.way == "live" else edits[entry.seq]
    said = {"text": ("PRIVMSG", "{}"), "notice": ("NOTICE", "{}"), "edit": ("PRIVMSG", "* {}"),
            "action": ("PRIVMSG", "\1ACTION {}\1")}.get(entry.kind)
    return said is None or any((one.command, one.text) == (said[0], said[1].format(text)) for text in texts)


def _wrong_order(listener, shown):
    """On each connection what comes by itself rises. Pages are beside it."""
    found, those = [], collections.defaultdict(list)
    for one in shown:
        before = those[one.connection]
        if one.way == "page":
            continue
        if before and one.seq <= before[-1]:
            word = "duplicate" if one.seq in before else "reorder"
            found.append(Violation(word, f"{listener} was shown {one.seq} behind {before[-1]} on connection {one.connection}",
                                   (before[-1], one.seq)))
        before.append(one.seq)
    return found[:5]


def _never_shown(listener, since, shown, history, log):
    """What was sent after they first came, and stands. They may have been told that some of it is too much to be replayed."""
    if history.present is not None and listener not in history.present:
        return []
    missing = []
    for entry in log:
        sent = history.sent.get(history.key_of(entry)) if entry.kind in WORDS else None
        # Their own is told with the echo, which may be lost with its connection.
        if entry.seq < history.left_out.get(listener, 0):
            continue
        if sent and sent.when > since and entry.author != person_of(listener) and entry.seq not in shown:
            missing.append(entry.seq)
    return [Violation("hole", f"{listener} was never shown {missing[:20]}", tuple(missing[:20]))] if missing else []
