#!/usr/bin/python3
"""A judge that lets everything pass is worth nothing: every spoiled history is found."""

import random
import unittest

from checker import Entry, History, violations


def good():
    """Three authors, 60 messages, two listeners of which one came back twice."""
    history, log = History(), []
    for n in range(60):
        text = f"author-{n % 3} {n}"
        history.sent[text] = n * 1.0
        log.append(Entry(n + 1, f"author-{n % 3}", text))
        if n % 7:  # some acknowledgements got lost
            history.acked.append((text, n + 1, n + 1.5))
    history.acked.append((log[10].text, 11, 99.0))  # asked again
    history.sent["author-0 never stored"] = 30.0
    history.sent["author-0 refused"] = 31.0
    history.refuse("author-0 refused")
    history.run("ada", 0).extend(log)
    for after, end in ((0, 20), (20, 45), (45, 60)):
        history.run("bob", after).extend(log[after:end])
    return history, log


class Checker(unittest.TestCase):
    def assert_found(self, history, log, what):
        self.assertTrue(any(what in each for each in violations(history, log)), violations(history, log))

    def test_a_good_history_passes(self):
        self.assertEqual(violations(*good()), [])

    def test_an_acknowledged_message_that_is_lost(self):
        history, log = good()
        lost = log.pop()
        self.assert_found(history, log, f"lost: {lost.text}")

    def test_any_entry_that_is_dropped(self):
        for at in range(60):
            history, log = good()
            del log[at]
            self.assertNotEqual(violations(history, log), [], at)

    def test_any_entry_that_is_doubled(self):
        for at in range(60):
            history, log = good()
            log = [Entry(seq, e.author, e.text) for seq, e in enumerate(log[:at + 1] + log[at:], 1)]
            self.assert_found(history, log, "stored 2 times")

    def test_two_entries_that_are_swapped(self):
        chance = random.Random(1)
        for _ in range(100):
            history, log = good()
            a, b = chance.sample(range(60), 2)
            log[a], log[b] = Entry(a + 1, *log[b][1:]), Entry(b + 1, *log[a][1:])
            self.assertNotEqual(violations(history, log), [])

    def test_a_hole(self):
        history, log = good()
        log = [entry if entry.seq < 30 else Entry(entry.seq + 1, *entry[1:]) for entry in log]
        self.assert_found(history, log, "at place 30")

    def test_a_phantom(self):
        history, log = good()
        log.append(Entry(61, "author-0", "nobody said this"))
        self.assert_found(history, log, "never sent")

    def test_what_was_refused_is_stored(self):
        history, log = good()
        log.append(Entry(61, "author-0", "author-0 refused"))
        self.assert_found(history, log, "refused, but stored")

    def test_a_repeated_id_with_another_answer(self):
        history, log = good()
        history.acked.append((log[10].text, 12, 100.0))
        self.assert_found(history, log, "acknowledged as 12, but stored as 11")

    def test_an_order_against_time(self):
        history, log = good()
        late = log[20].text
        history.sent[late] = 90.0
        history.acked = [each for each in history.acked if each[0] != late] + [(late, 21, 91.0)]
        self.assert_found(history, log, "was already 60")

    def test_a_listener_that_missed_one_or_heard_one_twice(self):
        for spoil in (lambda heard: heard.pop(5), lambda heard: heard.insert(5, heard[5]),
                      lambda heard: heard.reverse()):
            history, log = good()
            spoil(history.runs[2][2])
            self.assert_found(history, log, "bob heard")

    def test_a_listener_that_heard_something_else(self):
        history, log = good()
        history.runs[0][2][7] = Entry(8, "author-1", "author-1 other words")
        self.assert_found(history, log, "which the log has otherwise")

    def test_what_a_client_found_itself(self):
        history, log = good()
        history.flaw("not recovered")
        self.assert_found(history, log, "not recovered")


if __name__ == "__main__":
    unittest.main(verbosity=2)
