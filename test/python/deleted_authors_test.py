#!/usr/bin/python3
"""Accounts that are deleted while a room is read: what is theirs is nobody's at once, in all that was and will be read."""

import unittest

from machines import GENERATION, Played, entry
from greenroom_client.entries import entry_of, page_of
from greenroom_client.events import Deleted
from greenroom_client.room_log import RoomLog

LOG = [entry(1, "hi", "Eve"), entry(2, "hello"), entry(3, "👍", "Eve", kind="react", target=2),
       entry(4, "👍", kind="react", target=2), entry(5, "+1", "Eve", kind="react", target=2),
       entry(6, "+1", "Eve", kind="unreact", target=2), entry(7, "muted", "Ann", kind="mute", user="Eve")]


class DeletedAuthors(unittest.TestCase):
    def read(self, last=7, taken=True):
        log = RoomLog("ada")
        log.open(GENERATION, 0)
        for one in LOG[:last]:
            log.hear(entry_of(one))
        while taken and log.take():
            pass
        return log

    def test_what_they_said_is_another_s_and_their_marks_stay(self):
        log = self.read()
        self.assertEqual(log.disown("EVE", None), [1])
        first, second = log.folding.find(1), log.folding.find(2)
        self.assertEqual((first.author, first.text), ("deleted", "hi"))
        self.assertEqual((second.author, second.reactions), ("bob", (("👍", 2, False),)))

    def test_or_it_is_empty_older_words_too_and_the_marks_are_gone(self):
        log = self.read()
        self.assertEqual(log.disown("eve", [3, 5, 6]), [1, 2])
        first = log.folding.find(1)
        self.assertEqual((first.author, first.text, first.erased, first.target), ("deleted", "(removed)", True, 0))
        self.assertEqual(log.folding.find(2).reactions, (("👍", 1, False),))
        self.assertEqual(log.disown("eve", [3, 5, 6]), [], "once is enough")
        self.assertEqual(log.folding.find(2).reactions, (("👍", 1, False),))

    def test_what_waits_to_be_taken_is_so_too(self):
        log = self.read(taken=False)
        log.disown("eve", None)
        taken = [log.take().entry for _ in LOG]
        self.assertEqual([one.author for one in taken], ["deleted", "bob", "deleted", "bob", "deleted", "deleted", "Ann"])
        self.assertEqual(taken[-1].user, "deleted")

    def test_a_page_that_was_read_before_brings_nothing_back(self):
        log = self.read(last=2)
        log.disown("eve", [1])
        log.read(page_of({"messages": LOG[:1], "more": False, "as_of": 2}))
        self.assertTrue(log.folding.find(1).erased)
        log.hear(entry_of(entry(3, "late", "Eve")))
        log.hear(entry_of(entry(4, "still here")))
        self.assertEqual([log.take().entry.text for _ in range(2)], ["(removed)", "still here"])

    def test_a_reader_is_told(self):
        played = Played()
        played.connect()
        played.enter()
        seat = next(iter(played.talk.seats.values()))
        seat.followed = True
        head = seat.log.head
        played.hear("message", room="lobby", **entry(head + 1, "hi", "Eve"))
        while seat.take():
            pass
        played.hear("erased", room="lobby", user="Eve", seqs=[head + 1])
        told = seat.take()
        self.assertIsInstance(told, Deleted)
        self.assertEqual((told.user, [(one.seq, one.text) for one in told.messages]), ("Eve", [(head + 1, "(removed)")]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
