"""What holds of each message of a room by now, made of what a client is told: entries live or in a replay, and pages, in any order
and more than once. Pure. The server's `core/folding` and the JavaScript client run the same scripts (test/data/folding)."""

from __future__ import annotations

import heapq
from typing import Callable

from .entries import ON_MESSAGES, PLAIN, WORDS, Entry, Message, Reaction, State, emptied


class _Known:
    """A message that is here. `as_of`: acts up to that seq change nothing any more."""

    def __init__(self, entry: Entry, state: State, as_of: int) -> None:
        self.entry, self.as_of, self.edited = entry, as_of, state.edited
        self.reactions = {mark: [count, int(mine)] for mark, count, mine in state.reactions}
        self.pinned, self.pinned_by = state.pinned, 0


class Folding:
    """For that reader, whose reactions are `mine`. The last `most` acts are remembered, for pages under way, which were read
    before them."""

    def __init__(self, reader: str, most: int = 1000) -> None:
        self.reader, self._reader, self._most = reader, reader.lower(), most
        self._messages: dict[int, _Known] = {}
        self._acts: dict[int, dict[int, Entry]] = {}  # by target, then by seq
        self._remembered: list[tuple[int, int]] = []  # a heap of (seq, target)

    def hear(self, entry: Entry) -> int:
        """An entry as it stands in the log. Returns the seq of the message that is another now, or 0."""
        if entry.kind in WORDS or entry.kind == "erased":
            return self._put(entry, PLAIN, entry.seq)
        return self._note(entry) if entry.kind in ON_MESSAGES and entry.target else 0

    def read(self, entry: Entry, state: State, as_of: int) -> int:
        """The same of an entry of a page, which was read when the head was `as_of`."""
        return self._put(entry, state, max(as_of, entry.seq)) if entry.kind in WORDS else self.hear(entry)

    def find(self, seq: int) -> Message | None:
        """The message with that seq; None: it isn't here, or is no message."""
        one = self._messages.get(seq)
        if one is None:
            return None
        if one.entry.kind == "erased":
            return Message(one.entry)
        marks = tuple(Reaction(mark, count, mine > 0) for mark, (count, mine)
                      in sorted(one.reactions.items(), key=lambda each: each[0].encode()) if count > 0)
        return Message(one.entry, State(one.edited, marks, one.pinned))

    def seqs(self) -> list[int]:
        """Of the messages that are here."""
        return sorted(self._messages)

    def disown(self, as_left: Callable[[Entry], Entry]) -> set[int]:
        """Authors were deleted: `as_left(entry)` is the entry as it is by now. Returns the seqs of the messages that are others
        now: words of theirs, and words that have a mark of theirs less."""
        changed = set()
        for seq, one in self._messages.items():
            entry = as_left(one.entry)
            if entry is not one.entry:
                one.entry = entry
                changed.add(seq)
        return changed | self._disown_acts(as_left)

    def keep(self, most: int) -> None:
        """Forgets the oldest messages above that number."""
        if len(self._messages) > most:
            for seq in self.seqs()[:-most]:
                del self._messages[seq]

    def _put(self, entry: Entry, state: State, as_of: int) -> int:
        known = self._messages.get(entry.seq)
        if known and (known.entry.kind == "erased" or (entry.kind != "erased" and as_of <= known.as_of)):
            return 0
        one = self._messages[entry.seq] = _Known(entry, state, as_of)
        acts = self._acts.get(entry.seq, {})
        for seq in sorted(acts):
            self._apply(one, acts[seq])
        return entry.seq

    def _disown_acts(self, as_left: Callable[[Entry], Entry]) -> set[int]:
        """A mark stands until it is taken back, so of each person's acts on it only the last one counts."""
        last = {}
        for seq, target in sorted(self._remembered):
            act = self._acts[target][seq]
            left = as_left(act)
            if left is act:
                continue
            if act.kind in ("react", "unreact") and left.kind == "erased":
                last[target, act.author.lower(), act.text] = act
            self._acts[target][seq] = left
        standing = [act for act in last.values() if act.kind == "react" and act.target in self._messages]
        for act in standing:
            self._messages[act.target].reactions.setdefault(act.text, [0, 0])[0] -= 1
        return {act.target for act in standing}

    def _note(self, act: Entry) -> int:
        acts = self._acts.setdefault(act.target, {})
        if act.seq in acts:
            return 0
        acts[act.seq] = act
        heapq.heappush(self._remembered, (act.seq, act.target))
        one = self._messages.get(act.target)
        changes = one is not None and self._apply(one, act)
        if len(self._remembered) > self._most:
            self._forget_oldest_act()
        return act.target if changes else 0

    def _forget_oldest_act(self) -> None:
        """What isn't remembered can't be told from what is new: its message takes nothing from there any more."""
        seq, target = heapq.heappop(self._remembered)
        del self._acts[target][seq]
        if not self._acts[target]:
            del self._acts[target]
        one = self._messages.get(target)
        if one:
            one.as_of = max(one.as_of, seq)

    def _apply(self, one: _Known, act: Entry) -> bool:
        if "erased" in (one.entry.kind, act.kind):
            return False
        if act.kind == "erase":
            one.entry = emptied(one.entry, act.seq)
        elif act.seq <= one.as_of:
            return False
        elif act.kind == "edit":
            if act.seq <= one.edited:
                return False
            one.edited = act.seq
            # An action is told with a star, in pages too; an edit without one.
            one.entry = one.entry._replace(text="* " + act.text if one.entry.kind == "action" else act.text)
        elif act.kind in ("pin", "unpin"):
            if act.seq <= one.pinned_by:
                return False
            one.pinned_by, one.pinned = act.seq, act.kind == "pin"
        else:
            # A sum of acts that may come in any order, so that it may be below 0 in between.
            tally = one.reactions.setdefault(act.text, [0, 0])
            change = 1 if act.kind == "react" else -1
            tally[0] += change
            tally[1] += change * (act.author.lower() == self._reader)
        return True
