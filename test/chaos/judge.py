"""Brings together what clients saw of a room, what nodes tell of it, and what the database has."""

import re
import time

from checker import violations
from entries import WORDS, entry_of
from history import Violation
from rights import Final, wrong_end, wrong_presence


def judge_room(room, crowd, founding, tables, readers):
    """(the room's log, violations). `readers`: {where: a User there who is a moderator of the room}."""
    history, log, now, found, others = crowd.histories[room], tables.log_of(room), time.time(), [], {}
    found += wrong_end("the database", log, founding, tables.end_of(room), now)
    for where, reader in readers.items():
        try:
            others[where] = [entry_of(message)._replace(id=None) for message in reader.log(room)]
            found += wrong_end(where, log, founding, _end_for(reader, room), now)
            found += _wrong_audit(where, reader, room, log)
        except (AssertionError, OSError) as failed:
            found.append(Violation("unreadable", f"from {where}: {failed}"))
    found += violations(history, log, others, founding)
    if history.present is not None:
        seats = {person.name: person.name in history.present for person in crowd.people if room in person.seats}
        found += wrong_presence(log, founding, seats, now)
    return log, found


def unforgotten(histories, logs, everything):
    """What was erased, and still is in the database. `everything`: all that its tables have, as text."""
    words = [histories[room].words_of(entry) for room, log in logs.items() for entry in log if entry.kind == "erased"]
    erased = {text.removeprefix("* ") for _, text in filter(None, words)}
    left = erased & set(re.findall(r"[\w-]+ (?:says|notices|actions) \d+", everything))
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
    wanted = [entry.seq for entry in reversed(log) if entry.kind not in (*WORDS, "erased")]
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
