#!/usr/bin/python3
"""The judge of what clients of IRC were shown: every spoiled story is found, and called by its name."""

import unittest

from checker import Entry, History, Sent, violations
from history import Shown

AT = "2026-03-10T12:00:00.000Z"
GENERATION = "00000000000000aa"
CAME = 4.5  # before the sixth entry was sent


def good():
    """Two people say things, do and edit one, and mute somebody; ada has a client of IRC, on two connections."""
    history, log = History(), []
    for n in range(20):
        author = f"author-{n % 2}"
        kind = {3: "notice", 7: "action", 11: "edit", 13: "mute"}.get(n, "text")
        text = f"{author} {n}"
        key = text if kind == "text" else f"{author} does {n}"
        about = {"edit": {"target": 6}, "mute": {"user": "carl", "reason": "r"}}.get(kind)
        act = None if kind == "text" else {"kind": kind, **(about or {}), **({} if kind == "mute" else {"text": text})}
        history.send(key, author, str(n), act)
        history.sent[key] = Sent(float(n), author, str(n), act)
        told = {"action": "* " + text, "mute": "muted carl: r"}.get(kind, text)
        log.append(Entry(n + 1, author, told, str(n), kind, about, AT))
    history.arrivals["ada#irc"] = CAME
    for entry in log[5:]:
        history.show(shown(entry, connection=1 + (entry.seq > 12)))
    return history, log


def shown(entry, connection=1, way="live"):
    text = {"edit": "* " + entry.text, "action": f"\1ACTION {entry.text[2:]}\1"}.get(entry.kind, entry.text)
    return Shown("ada#irc", connection, entry.seq, "NOTICE" if entry.kind in ("notice", "mute") else "PRIVMSG", entry.author, text,
                 entry.at, GENERATION, way)


class IrcJudge(unittest.TestCase):
    def assert_found(self, history, log, word, detail=""):
        found = violations(history, log)
        self.assertTrue(any(each.word == word and detail in each.detail for each in found), [str(each) for each in found])

    def test_a_good_story_passes(self):
        history, log = good()
        self.assertEqual([str(each) for each in violations(history, log)], [])

    def test_anything_that_was_said_and_never_shown(self):
        for seq in (6, 8, 12, 20):
            history, log = good()
            history.shown = [one for one in history.shown if one.seq != seq]
            if log[seq - 1].kind == "edit":  # a line of it may be lost: it changes what was shown
                self.assertEqual(violations(history, log), [])
            else:
                self.assert_found(history, log, "hole", f"[{seq}]")

    def test_what_somebody_says_themselves_may_be_lost_with_its_echo(self):
        history, log = good()
        history.arrivals = {"author-1#irc": CAME}
        history.shown = [one._replace(listener="author-1#irc") for one in history.shown if one.author != "author-1"]
        self.assertEqual([str(each) for each in violations(history, log)], [])

    def test_who_is_gone_in_the_end_misses_nothing(self):
        history, log = good()
        history.shown.pop()
        history.present = set()
        self.assertEqual(violations(history, log), [])

    def test_what_was_told_to_be_too_much_is_no_hole_and_what_comes_then_is(self):
        history, log = good()
        history.shown = [one for one in history.shown if one.seq not in (8, 9)]
        history.leave_out("ada#irc", 10)
        self.assertEqual([str(each) for each in violations(history, log)], [])
        history.shown = [one for one in history.shown if one.seq != 10]
        self.assert_found(history, log, "hole", "[10]")

    def test_twice_on_a_connection(self):
        history, log = good()
        history.shown.append(history.shown[-3])
        self.assert_found(history, log, "duplicate")

    def test_again_on_the_next_connection_or_on_a_page_is_right(self):
        history, log = good()
        history.shown += [shown(entry, connection=3) for entry in log[10:]] + [shown(entry, 3, "page") for entry in log[4:]]
        self.assertEqual([str(each) for each in violations(history, log)], [])

    def test_another_order(self):
        history, log = good()
        history.shown[4], history.shown[5] = history.shown[5], history.shown[4]
        self.assert_found(history, log, "reorder")

    def test_anything_else_about_an_entry(self):
        for seq in (6, 8, 12, 20):
            for change in ({"text": "other"}, {"author": "eve"}, {"command": "TAGMSG"}, {"at": "2026-03-10T12:00:00.001Z"}):
                history, log = good()
                history.shown = [one._replace(**change) if one.seq == seq else one for one in history.shown]
                self.assert_found(history, log, "disagreement", "ada#irc was shown")

    def test_what_was_missed_is_shown_as_it_is_by_now_and_what_is_live_as_it_was_sent(self):
        for way, word in (("replay", None), ("page", None), ("live", "disagreement")):
            history, log = good()
            again = shown(log[5], 3, way)._replace(text=log[11].text)  # its edit
            history.shown += [shown(entry, 3, way) for entry in log[4:5]] + [again]
            if word:
                self.assert_found(history, log, word)
            else:
                self.assertEqual([str(each) for each in violations(history, log)], [])

    def test_an_entry_that_is_not_there(self):
        history, log = good()
        history.show(shown(log[-1], 2)._replace(seq=21))
        self.assert_found(history, log, "disagreement", "as 21")

    def test_another_generation(self):
        history, log = good()
        history.shown[-1] = history.shown[-1]._replace(generation="00000000000000bb")
        self.assert_found(history, log, "generation")

    def test_what_was_erased_was_shown_as_it_was_sent(self):
        for id in (None, "~17-3"):  # the second as a gateway gives it
            history, log = good()
            sent = history.sent[log[8].text]
            history.sent[log[8].text] = sent._replace(id=None if id else sent.id)
            history.keys.pop((log[8].author, log[8].id) if id else None, None)
            act = {"kind": "erase", "target": 9}
            history.send("author-0 does 20", "author-0", "20", act)
            log.append(Entry(21, "author-0", "removed a message", "20", "erase", {"target": 9}, AT))
            log[8] = log[8]._replace(kind="erased", text="(removed)", id=id or log[8].id, about={"target": 21})
            self.assertEqual([str(each) for each in violations(history, log)], [])
            history.shown[3] = history.shown[3]._replace(text="never said")
            self.assert_found(history, log, "disagreement", "never said")


if __name__ == "__main__":
    unittest.main(verbosity=2)
