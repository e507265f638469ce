"""How far people have read, as they said and as they were told; and the judge of it, who counts what is unread in the log."""

import collections
import threading

from entries import WORDS
from history import Violation, person_of
from ledger import ROLE_WORDS, Ledger

LAST_AMONG = 50  # entries up to the newest words, among which `last` is looked for

Telling = collections.namedtuple("Telling", "listener asked rooms")  # `rooms`: as `synced` has them, by name
Story = collections.namedtuple("Story", "log before state words generation")


class Marks:
    """Any thread may add to it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._said, self.heard = {}, {}  # (user, room): the furthest
        self.tellings = []  # in the order in which each listener got them
        self.ends = []      # those after which nothing happened any more

    def say(self, user, room, seq):
        with self._lock:
            self._said[user, room] = max(seq, self._said.get((user, room), 0))

    def hear(self, user, room, seq):
        """One of the user's devices was told so."""
        with self._lock:
            self.heard[user, room] = max(seq, self.heard.get((user, room), 0))

    def said(self, user, room):
        """The furthest that any device of the user's has said; 0: none did."""
        return self._said.get((user, room), 0)

    def tell(self, listener, asked, rooms):
        with self._lock:
            self.tellings.append(Telling(listener, asked, rooms))

    def end(self):
        """Nothing happens any more: the last telling of each listener is the end."""
        with self._lock:
            self.ends = list({told.listener: told for told in self.tellings}.values())


def story_of(history, log, founding):
    """What there is to know of a room in the end."""
    before, ledger, words = history.as_it_was(log), Ledger(founding), [0]
    for entry in before:
        ledger.append(entry)
        words.append(words[-1] + (entry.kind in WORDS))
    return Story(log, before, ledger.state, words, history.joins[0].generation if history.joins else None)


def wrong_marks(marks, stories, more=()):
    """[(room, Violation)]. `stories`: {room: Story}, of all rooms that there are; `more`: Tellings of the end from elsewhere."""
    found, furthest = [], {}
    for told in (*marks.tellings, *more):
        for name, row in told.rooms.items():
            if name not in stories:
                found.append((None, Violation("rooms", f"{told.listener} was told of {name}")))
                continue
            found += [(name, each) for each in _wrong_row(told.listener, stories[name], row)]
            before = furthest.get((told.listener, name), 0)
            if row["read"] < before:
                found.append((name, Violation("went back", f"{told.listener} had read {before}, and then {row['read']}")))
            furthest[told.listener, name] = row["read"]
    for told in (*marks.ends, *more):
        found += _wrong_end(told, marks, stories)
    for (user, room), seq in marks.heard.items():
        if room in stories and seq > max(marks.said(user, room), _own_words(user, stories[room], True)):
            found.append((room, Violation("misread", f"{user} heard that they have read {seq}, and never did", (seq,))))
    return found


def _wrong_row(listener, story, row):
    """Unread is what the log has between the mark and the head."""
    head, read = row["head"], row["read"]
    if not 0 <= read <= head <= len(story.log):
        return [Violation("misread", f"{listener} was told of {read} of {head} in a log of {len(story.log)}", (head,))]
    unread = story.words[head] - story.words[read]
    if row["unread"] != unread:
        return [Violation("unread", f"{listener} was told of {row['unread']} unread from {read} to {head}: it is {unread}",
                          (read, head))]
    return []


def _wrong_end(told, marks, stories):
    """Where nothing happens any more all of a person's devices are told the same, and that is what the logs imply."""
    user, found = person_of(told.listener), []
    wanted = {room: _row_of(user, room, story, marks) for room, story in stories.items() if user in story.state.members}
    for room in sorted({*wanted, *told.rooms}):
        row = told.rooms.get(room)
        got = row and {name: row.get(name) for name in wanted.get(room, row)}
        # Words that were erased may have been so before their author's mark could follow them.
        if got != wanted.get(room) and (room not in wanted or got != _row_of(user, room, stories[room], marks, True)):
            found.append((room, Violation("misread", f"{told.listener} is told {got} in the end, where it is "
                                          f"{wanted.get(room)}", (row["read"],) if row else ())))
    return found


def _row_of(user, room, story, marks, erased_too=False):
    state, head = story.state, len(story.log)
    read = max(min(head, marks.said(user, room)), state.since[user], _own_words(user, story, erased_too))
    last = _last_words(story)
    return {"generation": story.generation, "head": head, "read": read, "unread": story.words[head] - story.words[read],
            "role": ROLE_WORDS[state.role_of(user)], "access": state.settings["access"],
            "notify": "all" if room.startswith("@") and not room.startswith("@@") else "mentions",
            "last": last and {"seq": last.seq, "from": last.author, "text": last.text, "at": last.at,
                              **({} if last.kind == "text" else {"kind": last.kind})}}


# Whoever writes has read as far.
def _own_words(user, story, erased_too):
    among = story.before if erased_too else story.log
    return next((entry.seq for entry in reversed(among) if entry.kind in WORDS and entry.author == user), 0)


def _last_words(story):
    newest = next((entry.seq for entry in reversed(story.before) if entry.kind in WORDS), 0)
    among = story.log[max(0, newest - LAST_AMONG):newest]
    return next((entry for entry in reversed(among) if entry.kind in WORDS), None)
