#!/usr/bin/python3
"""A reader's way through a log: in order, each entry once, whatever was missed."""

import random
import unittest

from machines import GENERATION, entry
from greenroom_client.entries import Position, entry_of, page_of
from greenroom_client.room_log import Missing, RoomLog


def page(low, high, as_of=None, more=False):
    return page_of({"messages": [entry(seq) for seq in range(low, high + 1)], "more": more, "as_of": as_of or high})


def live(log, *seqs):
    for seq in seqs:
        log.hear(entry_of(entry(seq)))


def take(log):
    """The seqs that are given now; of what is missing the pair."""
    taken = []
    while (one := log.take()) is not None:
        taken.append(tuple(one) if isinstance(one, Missing) else one.entry.seq)
    return taken


class Way(unittest.TestCase):
    def begun(self, head=10, **more):
        log = RoomLog("ada", **more)
        log.open(GENERATION, head)
        return log

    def test_it_begins_at_the_head(self):
        log = self.begun()
        self.assertEqual((log.cursor, log.plan(), take(log)), (10, None, []))
        live(log, 11, 12)
        self.assertEqual(take(log), [11, 12])

    def test_or_where_an_earlier_life_was(self):
        log = RoomLog("ada", Position(GENERATION, 4))
        self.assertEqual(log.resume_point(), {"after": 4, "generation": GENERATION})
        self.assertEqual(log.open(GENERATION, 6), "resumed")
        self.assertEqual(log.plan(), {"after": 4, "limit": 2})
        live(log, 5, 6)
        self.assertEqual((log.plan(), take(log)), (None, [5, 6]))

    def test_a_hole_is_asked_for_and_what_comes_meanwhile_waits(self):
        log = self.begun()
        live(log, 11, 14)
        self.assertEqual(take(log), [11])
        self.assertEqual(log.plan(), {"after": 11, "limit": 2})
        live(log, 15)
        log.read(page(12, 13), after=11)
        self.assertEqual(take(log), [12, 13, 14, 15])

    def test_a_gap_that_is_announced_is_a_hole(self):
        log = self.begun()
        log.note_head(500 + 700)
        self.assertEqual(log.plan(), {"after": 10, "limit": 500})

    def test_what_comes_twice_is_given_once(self):
        log = self.begun()
        live(log, 11, 11, 12)
        self.assertEqual(take(log), [11, 12])
        live(log, 11, 12)
        log.read(page(9, 13))
        self.assertEqual(take(log), [13])

    def test_another_log_begins_at_its_head(self):
        log = self.begun()
        live(log, 11, 12)
        self.assertEqual(log.open("00000000000000bb", 3), "anew")
        self.assertEqual((log.cursor, take(log), log.plan()), (3, [], None))
        self.assertEqual(log.resume_point(), {"after": 3, "generation": "00000000000000bb"})

    def test_what_is_not_kept_any_more_is_told(self):
        log = RoomLog("ada", Position(GENERATION, 2))
        log.open(GENERATION, 9, first=6)
        self.assertEqual(take(log), [(3, 5)])
        log.read(page(6, 9), after=5)
        self.assertEqual(take(log), [6, 7, 8, 9])

    def test_and_so_is_what_a_page_leaves_out(self):
        log = RoomLog("ada", Position(GENERATION, 2))
        log.open(GENERATION, 9)
        log.read(page(5, 9), after=2)
        self.assertEqual(take(log), [(3, 4), 5, 6, 7, 8, 9])

    def test_an_empty_page_ends_the_asking(self):
        log = RoomLog("ada", Position(GENERATION, 2))
        log.open(GENERATION, 9)
        log.read(page_of({"messages": [], "more": False, "as_of": 9}), after=2)
        self.assertEqual((take(log), log.plan()), ([(3, 9)], None))

    def test_a_reader_who_takes_nothing_costs_no_more_than_the_bound(self):
        log = self.begun(head=0, hold=20)
        live(log, *range(1, 101))
        self.assertLessEqual(len(log._held), 20)
        self.assertEqual(log.resume_point()["after"], 100, "what lies between is fetched when it is wanted")
        self.assertEqual(take(log), list(range(1, 21)))
        self.assertEqual(log.plan(), {"after": 20, "limit": 80})
        log.read(page(21, 100), after=20)
        self.assertEqual(take(log)[:20], list(range(21, 41)))

    def test_what_is_nearer_drives_out_what_is_further(self):
        log = self.begun(head=0, hold=5)
        live(log, 11, 12, 13, 14, 15)
        log.read(page(1, 3, as_of=15), after=0)
        self.assertEqual(take(log), [1, 2, 3])

    def test_a_message_is_as_a_page_has_it(self):
        log = self.begun()
        told = {**entry(11, "new"), "edited": {"seq": 12, "at": "x"}, "pinned": True,
                "reactions": [{"text": "👍", "count": 2, "mine": True}]}
        log.read(page_of({"messages": [told, entry(12, "new", kind="edit", target=11)], "more": False, "as_of": 20}), after=10)
        message = log.take().message
        self.assertEqual((message.text, message.edited, message.pinned, message.reactions), ("new", 12, True, (("👍", 2, True),)))
        edit = log.take()
        self.assertEqual((edit.entry.kind, edit.message.text, edit.message.edited), ("edit", "new", 12))


class Walk(unittest.TestCase):
    def test_whatever_is_lost_doubled_or_cut_all_of_it_is_given_in_order(self):
        for seed in range(60):
            chance = random.Random(seed)
            head, log, taken, asked = 0, RoomLog("ada", hold=chance.choice([1, 5, 1000])), [], None
            log.open(GENERATION, 0)
            for _ in range(200):
                what = chance.random()
                if what < 0.5:
                    head += 1
                    if chance.random() < 0.7:
                        live(log, head)
                elif what < 0.6:
                    log.note_head(head)
                elif what < 0.7:
                    point, asked = log.resume_point(), None  # a cut
                    log.open(GENERATION, head)
                    if chance.random() < 0.5:
                        live(log, *range(point["after"] + 1, head + 1))
                elif what < 0.85:
                    taken += take(log)
                else:
                    asked = asked or log.plan()
                    if asked and chance.random() < 0.7:
                        low, high = asked["after"] + 1, min(head, asked["after"] + asked["limit"])
                        log.read(page(low, high, as_of=head), after=asked["after"])
                        asked = None
            log.note_head(head)
            while taken[-1:] != [head] and head:
                taken += take(log)
                if plan := log.plan():
                    log.read(page(plan["after"] + 1, plan["after"] + plan["limit"], as_of=head), after=plan["after"])
            self.assertEqual(taken, list(range(1, head + 1)), seed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
