"""Brings together what clients saw of a room, what nodes tell of it, and what the database has."""

import re
import time

from checker import violations
from entries import WORDS, entry_of
from folding import Oracle, state_of
from history import Page, Violation
from rights import Final, wrong_end, wrong_presence

NOT_AUDITED = (*WORDS, "erased", "edit", "react", "unreact", "pin", "unpin")


def judge_room(room, crowd, founding, tables, readers):
    """(the room's log, violations). `readers`: {where: a User there who is a moderator of the room, or one of the two of
    a direct room, or stays in the group}."""
    history, log, now, found, others = crowd.histories[room], tables.log_of(room), time.time(), [], {}
    found += wrong_end("the database", log, founding, tables.end_of(room), now)
    found += _wrong_rows(tables.marks_on(room), log, Oracle(history.as_it_was(log)))
    for where, reader in readers.items():
        try:
            told = reader.log(room)
            others[where] = Page(reader.name, [entry_of(message)._replace(id=None) for message in told], None, len(log),
                                 [state_of(message) for message in told])
            if not room.startswith("@"):
                found += wrong_end(where, log, founding, _end_for(reader, room), now)
                found += _wrong_audit(where, reader, room, log)
        except (AssertionError, OSError) as failed:
            found.append(Violation("unreadable", f"from {where}: {failed}"))
    found += violations(history, log, others, founding)
    if history.present is not None:
        seats = {person.label: person.label in history.present for person in crowd.people if room in person.seats}
        found += wrong_presence(log, founding, seats, now)
    return log, found


def _wrong_rows(told, log, oracle):
    """`told`: {message: ({(mark, name)}, whether it is pinned)}, of those that have any."""
    wanted = {}
    for entry in log:
        if entry.kind in WORDS:
            given = {(mark, name) for mark, names in oracle.given(entry.seq, len(log)).items() for name in names}
            pinned = oracle.is_pinned(entry.seq, len(log))
            if given or pinned:
                wanted[entry.seq] = (given, pinned)
    return [Violation("state", f"the database has {told.get(seq)} for {seq}, the log implies {wanted.get(seq)}", (seq,))
            for seq in sorted({*told, *wanted}) if told.get(seq) != wanted.get(seq)][:5]


def unforgotten(histories, logs, everything):
    """What was erased, and still is in the database. `everything`: all that its tables have, as text."""
    erased = {before.text.removeprefix("* ") for room, log in logs.items()
              for entry, before in zip(log, histories[room].as_it_was(log)) if entry.kind == "erased"}
    left = erased & set(re.findall(r"[\w-]+ (?:says|notices|actions|edits) \d+", everything))
    return [Violation("unforgotten", f"the database still has {text}", (), (text,)) for text in sorted(left)]


def _end_for(reader, room):
    """How the room is now, as it is told to a moderator."""
    told = _get(reader, room, "")
    settings = {key: told.get(key) for key in ("access", "post", "slow", "title", "topic", "data")}
    roles = {}
    for page in _pages(reader, room, "members"):
        roles.update({member: page["roles"].get(member, "member") for member in page["members"]})
    bans, mutes = ({one["user"]: (one["by"], one.get("reason", ""), one.get("until"))
                    for page in _pages(reader, room, what) for one in page[what]} for what in ("bans", "mutes"))
    return Final(settings, told["owner"], roles, bans, mutes)


def _pages(reader, room, what):
    more, after = True, ""
    while more:
        page = _get(reader, room, f"/{what}?limit=20{after}")
        yield page
        more = page["more"]
        last = page[what][-1] if page[what] else ""
        after = "&after=" + (last if what == "members" else last and last["user"])


def _wrong_audit(where, reader, room, log):
    wanted = [entry.seq for entry in reversed(log) if entry.kind not in NOT_AUDITED]
    got, more = [], True
    while more:
        page = _get(reader, room, "/audit?limit=100" + (f"&before={got[-1]}" if got else ""))
        got += [entry["seq"] for entry in page["entries"]]
        more = page["more"]
    return [] if got == wanted else [Violation("audit", f"at {where} has {got}, the log {wanted}")]


def _get(reader, room, path):
    answer = reader.chat("GET", f"/room/{room}{path}")
    assert answer.status == 200, answer
    return answer.json
