"""What a room's log implies, entry by entry: the settings, everybody's role, bans and mutes; and whether the next entry may
stand where it does. Written from docs/protocol.md, "Rooms", and from nothing else."""

import collections
import copy

from entries import WORDS, moment_of

OUTSIDER, MEMBER, MODERATOR, OWNER = range(4)
ROLES = {"member": MEMBER, "moderator": MODERATOR, "owner": OWNER}
ROLE_WORDS = {value: word for word, value in ROLES.items()}
LEAST_TO_WRITE = {"all": OUTSIDER, "members": MEMBER, "moderators": MODERATOR}
OVER_OTHERS = ("remove", "ban", "unban", "mute", "unmute")
MARKING = ("edit", "react", "unreact")  # for those who may write
MOST_MARKS, MOST_EACH, MOST_PINS = 20, 5, 50
NOBODY = "system"  # owns direct rooms and groups
FRESH = {"access": "open", "post": "all", "slow": 0, "title": "", "topic": "", "data": None}

# `group`: of a room that nobody runs, whether people come and go in it.
Founding = collections.namedtuple("Founding", "owner members settings group", defaults=[(), {}, False])
Sanction = collections.namedtuple("Sanction", "by reason until seq")


class State:
    """How a room is set up, and what people are in it."""

    def __init__(self, founding):
        self.settings = {**FRESH, **founding.settings}
        self.owner, self.group = founding.owner, founding.group
        self.members = {name: MEMBER for name in (*founding.members, founding.owner) if name != NOBODY}
        self.since = dict.fromkeys(self.members, 0)  # the seq by which they became one, last
        self.bans, self.mutes = {}, {}
        self.reactions = collections.defaultdict(set)  # message: (mark, name)
        self.pins = set()

    def role_of(self, name):
        return OWNER if name == self.owner else self.members.get(name, OUTSIDER)

    def holds(self, sanctions, name, at):
        """The ban or mute that holds at that time, in seconds; None: there is none."""
        one = sanctions.get(name)
        return one if one and (one.until is None or moment_of(one.until) > at) else None

    def may_read(self, name, at):
        if self.holds(self.bans, name, at):
            return False
        return self.settings["access"] == "open" or self.role_of(name) >= MEMBER


class Ledger:
    """`state`: after the last entry."""

    def __init__(self, founding):
        self.state = State(founding)
        self._log = []  # [author, kind, target]

    def snapshot(self):
        return copy.deepcopy(self.state)

    def append(self, entry):
        """What is wrong with it there, in a few words; "": nothing. Its effect is there either way."""
        wrong = self.judge(entry)
        # What is erased by now was a message until the entry that erased it.
        self._log.append([entry.author, "text" if entry.kind == "erased" else entry.kind, entry.target])
        self._carry_out(entry)
        return wrong

    def judge(self, entry):
        """What would be wrong with that as the next entry; "": nothing."""
        state, at, by = self.state, moment_of(entry.at), self.state.role_of(entry.author)
        if state.holds(state.bans, entry.author, at):
            return "by somebody who is banned"
        if not state.may_read(entry.author, at):
            return "by somebody who is no member"
        about = entry.about or {}
        if entry.kind in (*WORDS, *MARKING, "erased"):  # what is erased was a message first
            wrong = self._judge_words(entry, at, by)
            is_about = entry.kind in MARKING or (entry.kind in WORDS and "target" in about)
            return wrong or (self._judge_on_message(entry, about["target"], by) if is_about else "")
        if entry.kind in ("erase", "pin", "unpin"):
            return self._judge_on_message(entry, about.get("target", 0), by)
        comes_or_goes = entry.kind == "add" or (entry.kind == "remove" and about.get("user") == entry.author)
        if self.state.owner == NOBODY and not (self.state.group and comes_or_goes):
            return "and there is no such thing in a direct room, or in a group"
        if entry.kind == "settings":
            return self._judge_settings(about.get("settings", {}), by)
        if entry.kind in ("role", "add", *OVER_OTHERS):
            return self._judge_person(entry, about.get("user"), about, at, by)
        return "of a kind that nobody knows"

    def _judge_words(self, entry, at, by):
        state = self.state
        if state.holds(state.mutes, entry.author, at):
            return "by somebody who is muted"
        return "" if by >= LEAST_TO_WRITE[state.settings["post"]] else "by somebody who may only read"

    def _judge_on_message(self, entry, target, by):
        kind = entry.kind
        if kind in ("pin", "unpin") and by < MODERATOR:
            return "by somebody whose role doesn't allow it"
        if not 1 <= target <= len(self._log):
            return f"and is a {kind} of what there isn't"
        author, on, _ = self._log[target - 1]
        if on not in WORDS:
            return f"and is a {kind} of {'what is erased' if on == 'erased' else 'what is no message'}"
        if kind == "edit" and author != entry.author:
            return "and edits what isn't theirs"
        if kind == "erase":
            return "" if author == entry.author or by >= MODERATOR else "and erases what isn't theirs"
        if kind in ("react", "unreact"):
            return self._judge_mark(kind, self.state.reactions[target], entry.text, entry.author)
        pins = self.state.pins
        if kind == "pin":
            return "and changes nothing" if target in pins else "and is one too many" if len(pins) >= MOST_PINS else ""
        return "and isn't pinned" if kind == "unpin" and target not in pins else ""

    @staticmethod
    def _judge_mark(kind, given, mark, by):
        if kind == "unreact":
            return "" if (mark, by) in given else "and takes back what wasn't given"
        if (mark, by) in given:
            return "and changes nothing"
        too_many = len({each for each, _ in given} | {mark}) > MOST_MARKS or sum(who == by for _, who in given) >= MOST_EACH
        return "and is one too many" if too_many else ""

    def _judge_settings(self, changed, by):
        if by < MODERATOR or (by < OWNER and {"access", "post"} & set(changed)):
            return "by somebody whose role doesn't allow it"
        same = all(self.state.settings.get(name) == value for name, value in changed.items())
        return "and changes nothing" if same else ""

    def _judge_person(self, entry, user, about, at, by):
        state, on, itself, kind = self.state, self.state.role_of(user), entry.author == user, entry.kind
        access = state.settings["access"]
        if kind == "remove" and itself:
            return "" if MEMBER <= by < OWNER else "by somebody who can't leave"
        least = OWNER if kind == "role" else MEMBER if (kind, access) == ("add", "private") else MODERATOR
        if by < least or (kind in OVER_OTHERS and on >= by):
            return "by somebody whose role doesn't allow it"
        if itself:
            return "and is about oneself"
        banned = state.holds(state.bans, user, at)
        if kind in ("role", "add") and banned:
            return "and is about somebody who is banned"
        if kind in ("role", "remove") and access != "open" and on == OUTSIDER:
            return "and is about somebody who is no member"
        # A room that is open to all doesn't know its plain members.
        idle = {"role": on == ROLES.get(about.get("role")) and (on > MEMBER or access != "open"), "add": on > OUTSIDER,
                "unban": not banned, "unmute": not state.holds(state.mutes, user, at)}
        return "and changes nothing" if idle.get(kind) else ""

    def _carry_out(self, entry):
        state, about = self.state, entry.about or {}
        user, kind = about.get("user"), entry.kind
        made = Sanction(entry.author, about.get("reason", ""), about.get("until"), entry.seq)
        if kind in ("erase", "react", "unreact", "pin", "unpin"):
            self._carry_out_on_message(kind, about["target"], (entry.text, entry.author))
        elif kind == "settings":
            state.settings.update(about["settings"])
        elif kind == "role" and about["role"] == "owner":
            state.members[state.owner] = MODERATOR
            state.owner = user
            self._let_in(user, entry.seq)
        elif kind == "role":
            self._let_in(user, entry.seq)
            state.members[user] = ROLES[about["role"]]
        elif kind == "add":
            self._let_in(user, entry.seq)
        elif kind == "remove":
            state.members.pop(user, None)
        elif kind == "ban":
            state.bans[user] = made
            state.members.pop(user, None)
        elif kind == "unban":
            state.bans.pop(user, None)
        elif kind == "mute":
            state.mutes[user] = made
        elif kind == "unmute":
            state.mutes.pop(user, None)

    def _let_in(self, user, seq):
        if user not in self.state.members:
            self.state.members[user], self.state.since[user] = MEMBER, seq

    def _carry_out_on_message(self, kind, target, given):
        state = self.state
        if kind == "react":
            state.reactions[target].add(given)
        elif kind == "unreact":
            state.reactions[target].discard(given)
        elif kind == "pin":
            state.pins.add(target)
        elif kind == "unpin":
            state.pins.discard(target)
        elif 1 <= target <= len(self._log):
            for at, (_, on, of) in enumerate(self._log, 1):
                if at == target or (on == "edit" and of == target):
                    self._log[at - 1][1] = "erased"
            state.reactions.pop(target, None)
            state.pins.discard(target)
