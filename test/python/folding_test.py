#!/usr/bin/python3
"""The Python client folds as core/folding and the JavaScript client do: all three run the scripts in test/data/folding."""

import pathlib
import re
import unittest

import machines  # noqa: F401 - finds the package
from greenroom_client.entries import PLAIN, REMOVED, Entry, Reaction, State
from greenroom_client.folding import Folding

SCRIPTS = sorted((pathlib.Path(__file__).resolve().parents[1] / "data/folding").glob("*.txt"))
REACTION = re.compile(r"^(.+)\*(\d+)(\+me)?$")


def read_entry(line):
    """(Entry, State) of `1 ann text >3 "hi" edited=5 👍*2+me pinned`."""
    seq, author, kind, *rest = line.split(" ")
    text, about, state = REMOVED if kind == "erased" else "", None, PLAIN
    for word in rest:
        reaction = REACTION.match(word)
        if word.startswith('"'):
            text = word[1:-1]
        elif word.startswith(">"):
            about = {"target": int(word[1:])}
        elif word.startswith("edited="):
            state = state._replace(edited=int(word[7:]))
        elif word == "pinned":
            state = state._replace(pinned=True)
        elif reaction:
            one = Reaction(reaction[1], int(reaction[2]), reaction[3] is not None)
            state = state._replace(reactions=(*state.reactions, one))
        else:
            raise AssertionError(f"a word that isn't known: {word}")
    return Entry(int(seq), author, text, None, kind, about), state


class Client:
    """One case of a script."""

    def __init__(self, case):
        self._case, self._reader, self._most, self._folding, self._as_of = case, "ann", 1000, None, 0

    @property
    def folding(self):
        self._folding = self._folding or Folding(self._reader, self._most)
        return self._folding

    def run(self, line, where):
        command, rest = line.split(" ", 1)
        if command == "reader":
            self._reader = rest
        elif command == "remembers":
            self._most = int(rest)
        elif command == "hear":
            self.folding.hear(read_entry(rest)[0])
        elif command == "page":
            self._as_of = int(rest)
        elif command == "+":
            self.folding.read(*read_entry(rest), self._as_of)
        elif rest.endswith(" absent"):
            self._case.assertIsNone(self.folding.find(int(rest.split()[0])), where)
        else:
            self._case.assertEqual(self.folding.find(int(rest.split()[0])), read_entry(rest), where)


class Scripts(unittest.TestCase):
    def test_it_folds_to_what_they_say(self):
        self.assertGreater(len(SCRIPTS), 1)
        for path in SCRIPTS:
            client, title, cases = None, "", 0
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if line.startswith("= "):
                    client, title, cases = Client(self), line[2:], cases + 1
                elif line:
                    client.run(line, f"{path.name}:{number}: {title}")
            self.assertGreater(cases, 10, path)


class Bounds(unittest.TestCase):
    def test_of_very_many_acts_it_keeps_the_sum_and_not_the_acts(self):
        folding = Folding("ann", most=100)
        folding.hear(Entry(1, "bob", "hi"))
        for seq in range(2, 5002):
            kind = "unreact" if seq % 2 else "react"
            folding.hear(Entry(seq, f"p{seq >> 1}", "👍", None, kind, {"target": 1}))
        folding.hear(Entry(5002, "ann", "👍", None, "react", {"target": 1}))
        self.assertEqual(folding.find(1).reactions, (Reaction("👍", 1, True),))

    def test_the_oldest_messages_are_forgotten(self):
        folding = Folding("ann")
        for seq in range(1, 8):
            folding.hear(Entry(seq, "bob", "hi"))
        folding.keep(3)
        self.assertEqual(folding.seqs(), [5, 6, 7])

    def test_it_says_which_message_is_another_now(self):
        folding = Folding("ann")
        self.assertEqual(folding.hear(Entry(1, "bob", "hi")), 1)
        self.assertEqual(folding.hear(Entry(1, "bob", "hi")), 0)
        self.assertEqual(folding.hear(Entry(2, "bob", "ho", None, "edit", {"target": 1})), 1)
        self.assertEqual(folding.hear(Entry(3, "bob", "ho", None, "edit", {"target": 99})), 0)
        self.assertEqual(folding.hear(Entry(4, "bob", "made cy moderator", None, "role", {"user": "cy"})), 0)

    def test_an_edited_action_is_told_as_a_page_has_it(self):
        folding = Folding("bob")
        folding.hear(Entry(1, "ann", "* waves", None, "action"))
        folding.hear(Entry(2, "ann", "bows", None, "edit", {"target": 1}))
        self.assertEqual(folding.find(1), (Entry(1, "ann", "* bows", None, "action"), State(edited=2)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
