"""Judges what people did in one room, and what they were let do: every entry by the ledger, at its place in the log; and
what was told to whom."""

import collections

from entries import Gap, moment_of
from history import Violation, person_of
from ledger import MEMBER, ROLE_WORDS, Ledger
from refusals import unjust

DEAF = 5.0  # seconds after which somebody who isn't let in any more hears nothing that was said since
EDGE = 5.0  # seconds around the end of a ban in which both are right

Final = collections.namedtuple("Final", "settings owner roles bans mutes")  # of a room, wherever it was read


def misdeeds(history, log, founding):
    """All that is wrong; empty if all is well. `log`: the entries; `founding`: how the room was before them."""
    ledger, found = Ledger(founding), []
    outside = collections.defaultdict(list)  # name: [first, last] of the entries that weren't theirs to hear
    joins = collections.defaultdict(list)
    for join in history.joins:
        joins[join.head].append(join)
    names = {one.listener for one in (*history.joins, *history.pages)}
    found += _wrong_facts(joins[0], ledger.state)
    for entry in history.as_it_was(log):
        at = moment_of(entry.at)
        for name in names:
            if not ledger.state.may_read(person_of(name), at):
                spans = outside[name]
                if spans and spans[-1][1] == entry.seq - 1:
                    spans[-1][1] = entry.seq
                else:
                    spans.append([entry.seq, entry.seq])
        wrong = ledger.append(entry)
        if wrong:
            found.append(Violation("misdeed", f"{entry.seq} is a {entry.kind} {entry.about or ''} of {entry.author} {wrong}",
                                   (entry.seq,), (history.key_of(entry),)))
        found += _wrong_facts(joins[entry.seq], ledger.state)
    return found + _overheard(history, log, outside) + _wrong_reasons(history, log) + unjust(history, log, founding)


def _wrong_facts(joins, state):
    """A `joined` tells how the room is at its head. Of plain members an open room needn't know."""
    found = []
    for join in joins:
        if join.facts is None:
            continue
        role = state.role_of(person_of(join.listener))
        wanted = {"access": state.settings["access"], "owner": state.owner, "title": state.settings["title"],
                  "topic": state.settings["topic"]}
        told = {name: join.facts.get(name, "") for name in wanted}
        roles = {ROLE_WORDS.get(role), None if role == MEMBER and state.settings["access"] == "open" else ROLE_WORDS.get(role)}
        if told != wanted or join.facts.get("role") not in roles:
            found.append(Violation("misinformed", f"{join.listener} was told {join.facts} at {join.head}, where it is {wanted}, "
                                   f"{ROLE_WORDS.get(role)}", (join.head,)))
    return found


def _overheard(history, log, outside):
    """Who isn't let in hears nothing that was said long after it was acknowledged that they are out."""
    acked = {ack.seq: ack.when for ack in reversed(sorted(history.acked, key=lambda ack: ack.when))}
    found = []
    for run in history.runs:
        for item in run.items:
            for first, last in outside.get(run.listener, ()):
                if isinstance(item, Gap) or not first <= item.seq <= last or first - 1 not in acked:
                    continue
                sent = history.sent.get(history.key_of(log[item.seq - 1])) if item.seq <= len(log) else None
                # What a later join brings is theirs again.
                is_late = sent and sent.when > acked[first - 1] + DEAF and not (item.seq <= run.head and run.head >= last)
                if is_late:
                    found.append(Violation("overheard", f"{run.listener} heard {item[:3]} and is out since {first - 1}",
                                           (item.seq, first - 1)))
    for page in history.pages:
        for first, last in outside.get(page.listener, ()):
            if page.as_of is not None and first <= page.as_of < last and page.asked > acked.get(first - 1, page.asked) + DEAF:
                found.append(Violation("overheard", f"{page.listener} read a page as of {page.as_of}, out since {first - 1}",
                                       (page.as_of, first - 1)))
    return found[:5]


def _wrong_reasons(history, log):
    """Who is told that they are muted, banned or removed was so by an entry, by whom, why, and until when."""
    kinds = {"muted": "mute", "banned": "ban", "removed": "remove", "left": "remove"}
    done = {(entry.kind, entry.about["user"], entry.author, entry.about.get("reason", ""), entry.about.get("until"))
            for entry in log if entry.about and "user" in entry.about}
    found = []
    for told in history.told:
        kind = kinds.get(told.code)
        if kind and told.by is not None and (kind, told.name, told.by, told.why, told.until) not in done:
            found.append(Violation("unjust", f"{told.name} was told {told[1:5]}, which nobody did"))
    return found


def final_of(state, now):
    """How it is in the end, by the ledger: comparable with what an API or a table says. `now`: seconds since 1970."""
    def sanctions(those):
        return {name: (one.by, one.reason, one.until) for name, one in those.items()
                if one.until is None or moment_of(one.until) > now + EDGE}
    roles = {name: ROLE_WORDS[role] for name, role in state.members.items()}
    roles[state.owner] = "owner"
    return Final(dict(state.settings), state.owner, roles, sanctions(state.bans), sanctions(state.mutes))


def wrong_end(where, log, founding, told, now):
    """Violations of the state that `where` has, a Final, against what the log implies."""
    ledger = Ledger(founding)
    for entry in log:
        ledger.append(entry)
    wanted = final_of(ledger.state, now)
    told = told._replace(**{name: {who: what for who, what in getattr(told, name).items()
                                   if what[2] is None or moment_of(what[2]) > now + EDGE} for name in ("bans", "mutes")})
    return [Violation("state", f"{where} has {name} {getattr(told, name)}, the log implies {getattr(wanted, name)}")
            for name in Final._fields if getattr(told, name) != getattr(wanted, name)]


def wrong_presence(log, founding, seats, now):
    """Who was in the room at the end and who wasn't let in, against what the log implies. `seats`: {name: is in}."""
    ledger, found = Ledger(founding), []
    for entry in log:
        ledger.append(entry)
    state = ledger.state
    for name, is_in in seats.items():
        user = person_of(name)
        may = {state.may_read(user, moment) for moment in (now - EDGE, now, now + EDGE)}
        if len(may) == 1 and is_in not in may:
            found.append(Violation("let in" if is_in else "shut out", f"{name}, whose role is "
                                   f"{ROLE_WORDS.get(state.role_of(user))} by the log, access "
                                   f"{state.settings['access']}, ban {state.bans.get(user)}"))
    return found
