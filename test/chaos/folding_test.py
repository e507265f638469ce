#!/usr/bin/python3
"""The oracle of folding, which looks at the whole log each time, and the client's folding agree after each entry of a log that is heard
in order. (`test/data/folding` has scripts of all other orders, made with this oracle; `test/python/folding_test.py` runs them.)"""

import random
import unittest

from entries import Entry
from folding import Folding, Oracle, State


class Actions(unittest.TestCase):
    """Their words are told with a star, those of an edit without one: scripts have no star."""

    LOG = [Entry(1, "ann", "* waves", None, "action"), Entry(2, "ann", "bows", None, "edit", {"target": 1})]

    def test_an_edited_action_is_told_as_a_page_has_it(self):
        wanted = (self.LOG[0]._replace(text="* bows"), State(edited=2))
        self.assertEqual(Oracle(self.LOG).folded(1, 2, "bob"), wanted)


class Walk(unittest.TestCase):
    def test_folding_and_oracle_agree(self):
        for seed in range(30):
            chance, log, folding = random.Random(seed), [], Folding("ann")
            for seq in range(1, 60):
                words = [entry.seq for entry in log if entry.kind in ("text", "action")]
                kind = chance.choice(["text", "action", "edit", "react", "unreact", "pin", "unpin", "erase"] if words
                                     else ["text"])
                text = chance.choice("ab") if kind.endswith("react") else f"* w{seq}" if kind == "action" else f"w{seq}"
                about = None if kind in ("text", "action") else {"target": chance.choice(words)}
                author = chance.choice(["ann", "bob"])
                state = about and Oracle(log).folded(about["target"], len(log), author)
                if state and state[0].kind == "erased":
                    continue
                has = kind.endswith("react") and any(mark == text and mine for mark, _, mine in state[1].reactions)
                if kind.endswith("react") and has == (kind == "react"):
                    continue
                log.append(Entry(len(log) + 1, author, text, None, kind, about))
                folding.hear(log[-1])
            oracle = Oracle(log)
            for seq in folding.seqs():
                self.assertEqual(folding.find(seq), oracle.folded(seq, len(log), "ann"), (seed, seq))


if __name__ == "__main__":
    unittest.main(verbosity=2)
