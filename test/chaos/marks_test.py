#!/usr/bin/python3
"""A judge of marks that lets everything pass is worth nothing: what a device was told otherwise than the log implies is found."""

import unittest

from checker import Ack, Entry, History, Join, Sent, violations
from entries import sentence, time_text
from folding import Folding, State
from history import Page, key_of
from ledger import NOBODY, Founding
from marks import Marks, Telling, story_of, wrong_marks

GENERATION = "00000000000000aa"
FOUNDING = Founding("olga", ("ada",))
DIRECT = "@ada,bob"


def story():
    """Ada's message 1 is edited and has a reaction; 3 is erased; bob is added by 6. (history, log)"""
    history, log = History(), []
    history.join(Join("ada", 0.0, 0, None, GENERATION, 0, True))
    for author, kind, words, about in (
            ("ada", "text", "ada says 1", None), ("ada", "edit", "ada edits 2", {"target": 1}),
            ("ada", "text", "ada says 3", None), ("olga", "react", "+1", {"target": 1}),
            ("olga", "erase", "", {"target": 3}), ("olga", "add", "", {"user": "bob"}),
            ("bob", "action", "bob actions 7", None), ("olga", "react", "+1", {"target": 7})):
        seq, id = len(log) + 1, f"id-{len(log) + 1}"
        act = None if kind == "text" else {"kind": kind, **(about or {}), **({"text": words} if words else {})}
        key = key_of(author, id) if act else words
        history.sent[key], history.keys[author, id] = Sent(seq * 1.0, author, id, act), key
        history.acked.append(Ack(key, seq, seq + 0.5))
        log.append(Entry(seq, author, sentence(kind, author, words, about), id, kind, about, time_text(seq * 1000)))
    log[2] = log[2]._replace(kind="erased", text="(removed)", about={"target": 5})
    return history, log


def row(**spoiled):
    return {"room": "room", "generation": GENERATION, "access": "open", "head": 8, "read": 1, "unread": 2, "role": "member",
            "notify": "mentions", "last": {"seq": 7, "from": "bob", "text": "* bob actions 7", "at": time_text(7000),
                                           "kind": "action"}, **spoiled}


class MarksJudge(unittest.TestCase):
    def setUp(self):
        history, log = story()
        self.stories = {"room": story_of(history, log, FOUNDING)}
        self.marks = Marks()
        self.marks.say("ada", "room", 1)

    def found(self, *rows, end=True, listener="ada"):
        for each in rows:
            self.marks.tell(listener, 1.0, {each["room"]: each})
        if end:
            self.marks.end()
        return [str(each) for _, each in wrong_marks(self.marks, self.stories)]

    def test_what_is_so_passes(self):
        self.assertEqual(self.found(row(head=3, read=0), row()), [])
        self.assertEqual(self.found(row(), listener="ada#2"), [])

    def test_a_new_member_has_read_what_was_there_and_what_they_write(self):
        self.assertNotEqual(self.found(row(read=6, unread=1), listener="bob"), [])
        self.setUp()
        self.assertEqual(self.found(row(read=7, unread=0), listener="bob"), [])

    def test_whatever_is_told_otherwise(self):
        for spoiled in ({"unread": 1}, {"read": 2}, {"head": 7}, {"head": 9}, {"role": "moderator"}, {"access": "private"},
                        {"notify": "all"}, {"last": None}, {"generation": "00000000000000bb"}, {"read": 0}):
            with self.subTest(spoiled):
                self.setUp()
                self.assertNotEqual(self.found(row(**spoiled)), [])

    def test_a_mark_that_is_lost_or_that_nobody_set(self):
        self.marks.say("ada", "room", 7)
        self.assertIn("misread", self.found(row())[0])

    def test_whoever_writes_may_have_read_as_far(self):
        self.assertEqual(self.found(row(read=3, unread=1)), [])
        self.assertNotEqual(self.found(row(read=4, unread=1)), [])

    def test_a_mark_that_goes_back(self):
        self.assertIn("went back", self.found(row(read=7, unread=0), row(), end=False)[0])

    def test_news_of_a_mark_that_nobody_set(self):
        self.marks.hear("ada", "room", 3)  # her last words
        self.assertEqual(self.found(row()), [])
        self.marks.hear("ada", "room", 4)
        self.assertIn("misread", self.found()[0])

    def test_unread_is_counted_where_it_was_told(self):
        self.assertEqual(self.found(row(head=2, read=0, unread=1), end=False), [])
        self.assertIn("unread", self.found(row(head=2, read=0, unread=2), end=False)[0])

    def test_a_room_too_many_or_too_few(self):
        self.assertNotEqual(self.found(row(room="other")), [])
        self.setUp()
        self.marks.tell("ada", 1.0, {})
        self.assertNotEqual(self.found(), [])
        self.setUp()
        self.stories[DIRECT] = story_of(History(), [], Founding(NOBODY, ("ada", "bob"), {"access": "private"}))
        self.assertNotEqual(self.found(row()), [])

    def test_somebody_who_is_no_member(self):
        self.assertNotEqual(self.found(row(), listener="eve"), [])


class Foldings(unittest.TestCase):
    def found(self, history, log):
        return [str(each) for each in violations(history, log, None, FOUNDING)]

    def page(self, log, as_of=8, **spoiled):
        told = [log[0]._replace(text="ada edits 2", id=None)._replace(**spoiled)]
        return Page("ada", told, None, as_of, [State(2, (("+1", 1, False),))])

    def test_a_page_that_is_as_it_says(self):
        history, log = story()
        history.present = set()
        history.pages.append(self.page(log))
        history.pages.append(Page("ada", [log[0]._replace(id=None)], None, 1, [State()]))
        history.pages.append(Page("ada", [log[2]._replace(id=None, kind="text", text="ada says 3", about=None)], None, 4,
                                  [State()]))
        self.assertEqual(self.found(history, log), [])

    def test_a_page_that_is_otherwise(self):
        for page in (lambda log: self.page(log, as_of=3), lambda log: self.page(log, text="ada says 1"),
                     lambda log: self.page(log)._replace(states=[State(2)]),
                     lambda log: Page("ada", [log[2]._replace(id=None, kind="text", text="ada says 3", about=None)], None, 5,
                                      [State()])):
            history, log = story()
            history.present = set()
            history.pages.append(page(log))
            self.assertNotEqual(self.found(history, log), [])

    def test_a_client_that_makes_something_else_of_it(self):
        for deaf in (None, 2, 4, 5, 8):
            history, log = story()
            history.runs[0].items.extend(entry._replace(id=None) for entry in log)
            folding = history.folded["ada"] = Folding("ada")
            for entry in history.as_it_was(log):
                if entry.seq != deaf:
                    folding.hear(entry)
            self.assertEqual([] if deaf is None else ["misfolded"], [each.split(":")[0] for each in self.found(history, log)])

    def test_an_edit_that_outlives_its_message(self):
        history, log = story()
        history.present = set()
        log[4] = log[4]._replace(about={"target": 1})
        log[0] = log[0]._replace(kind="erased", text="(removed)", about={"target": 5})
        log[2] = log[2]._replace(kind="text", text="ada says 3", about=None)
        history.sent[key_of("olga", "id-5")] = history.sent[key_of("olga", "id-5")]._replace(act={"kind": "erase", "target": 1})
        self.assertTrue(any("unerased: 2 edits" in each for each in self.found(history, log)), self.found(history, log))


if __name__ == "__main__":
    unittest.main(verbosity=2)
