"""What holds of each message of a room by now, from the whole log each time: the oracle that `greenroom_client.folding`, the folding
of a client, is compared with. Written from docs/protocol.md."""

import bisect
import collections

from entries import WORDS
from greenroom_client.entries import PLAIN, State, emptied, state_of  # noqa: F401 - for the judges
from greenroom_client.folding import ON_MESSAGES, Folding  # noqa: F401


def _counted(people, reader):
    """`people`: {mark: names}."""
    return tuple((mark, len(names), reader.lower() in names)
                 for mark, names in sorted(people.items(), key=lambda one: one[0].encode()) if names)


class Oracle:
    """`log`: all entries from 1 on, as they were when they came: nothing in it is emptied."""

    def __init__(self, log):
        self.log = log
        self._acts = collections.defaultdict(list)
        for entry in log:
            if entry.kind in ON_MESSAGES:
                self._acts[entry.target].append(entry)

    def acts_on(self, target, upto):
        """Those up to that seq, in order."""
        acts = self._acts[target]
        return acts[:bisect.bisect_right(acts, upto, key=lambda act: act.seq)]

    def erase_of(self, seq, upto):
        """The seq of the erase that emptied this message or edit by then; None: it stands."""
        entry = self.log[seq - 1]
        target = entry.target if entry.kind == "edit" else seq
        return next((act.seq for act in self.acts_on(target, upto) if act.kind == "erase" and act.seq > seq), None)

    def given(self, target, upto):
        """{mark: the names, in lower case, of those whose reaction stands}"""
        people = collections.defaultdict(set)
        for act in self.acts_on(target, upto):
            if act.kind == "react":
                people[act.text].add(act.author.lower())
            elif act.kind == "unreact":
                people[act.text].discard(act.author.lower())
        return people

    def is_pinned(self, target, upto):
        pins = [act.kind for act in self.acts_on(target, upto) if act.kind in ("pin", "unpin")]
        return bool(pins) and pins[-1] == "pin"

    def stands(self, seq, upto):
        """The entry as the log has it when `upto` is the head."""
        entry = self.log[seq - 1]
        erase = self.erase_of(seq, upto) if entry.kind in (*WORDS, "edit") else None
        return emptied(entry, erase) if erase else entry

    def folded(self, seq, upto, reader):
        """(the entry, its State) as a page that was read then has it, and a client should."""
        entry = self.stands(seq, upto)
        if entry.kind not in WORDS:
            return entry, PLAIN
        edits = [act for act in self.acts_on(seq, upto) if act.kind == "edit"]
        text = entry.text if not edits else "* " + edits[-1].text if entry.kind == "action" else edits[-1].text
        return entry._replace(text=text), State(edits[-1].seq if edits else 0, _counted(self.given(seq, upto), reader),
                                                self.is_pinned(seq, upto))
