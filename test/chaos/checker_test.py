#!/usr/bin/python3
"""A judge that lets everything pass is worth nothing: every spoiled history is found, and called by its name."""

import random
import unittest

from checker import Ack, Entry, Gap, History, Join, Page, Sent, violations

GENERATION = "00000000000000aa"


def good():
    """Three authors, 60 messages; ada listens all the time, bob comes back twice, carl comes late and is told of a gap."""
    history, log = History(), []
    for n in range(60):
        author, text = f"author-{n % 3}", f"author-{n % 3} {n}"
        history.sent[text] = Sent(n * 1.0, author, str(n))
        log.append(Entry(n + 1, author, text, str(n)))
        if n % 7:  # some acknowledgements got lost
            history.acked.append(Ack(text, n + 1, n + 1.5))
    history.acked.append(Ack(log[10].text, 11, 99.0))  # asked again
    for text in ("never stored", "refused"):
        history.sent[text] = Sent(30.0, "author-0", text)
    history.refuse("refused")
    heard = [entry._replace(id=None) for entry in log]
    listen(history, "ada", asked=0.0, head=0).items.extend(heard)
    listen(history, "bob", asked=0.0, head=0).items.extend(heard[:20])
    for after, end in ((20, 45), (45, 60)):
        listen(history, "bob", asked=end + 1.0, head=end, after=after).items.extend(heard[after:end])
    listen(history, "carl", asked=41.0, head=40).items.extend([*heard[40:50], Gap(51, 55), *heard[55:]])
    history.page("carl", heard[50:55])
    return history, log


def listen(history, who, asked, head, after=None, recovered=True):
    known = None if after is None else GENERATION
    return history.join(Join(who, asked, after, known, GENERATION, head, recovered))


def everywhere(*logs):
    """Logs as they are read at one node each."""
    return {f"chat-{n}": Page("ada", log) for n, log in enumerate(logs, 1)}


class Checker(unittest.TestCase):
    def assert_found(self, history, log, word, detail="", others=None):
        found = violations(history, log, others)
        self.assertTrue(any(each.word == word and detail in each.detail for each in found), [str(each) for each in found])

    def test_a_good_history_passes(self):
        history, log = good()
        self.assertEqual(violations(history, log, everywhere(log, [each._replace(id=None) for each in log])), [])

    def test_an_acknowledged_message_that_is_lost(self):
        history, log = good()
        lost = log.pop()
        self.assert_found(history, log, "lost", lost.text)

    def test_any_entry_that_is_dropped(self):
        for at in range(60):
            history, log = good()
            del log[at]
            self.assert_found(history, log, "hole" if at < 59 else "lost")

    def test_any_entry_that_is_dropped_and_the_rest_moved_up(self):
        for at in range(60):
            history, log = good()
            text = log.pop(at).text
            log = [entry._replace(seq=seq) for seq, entry in enumerate(log, 1)]
            self.assert_found(history, log, "disagreement")
            if at % 7:
                self.assert_found(history, log, "lost", text)

    def test_any_entry_that_is_doubled(self):
        for at in range(60):
            history, log = good()
            log = [entry._replace(seq=seq) for seq, entry in enumerate(log[:at + 1] + log[at:], 1)]
            self.assert_found(history, log, "duplicate", f"stored 2 times: {log[at].text}")

    def test_an_id_that_is_stored_twice(self):
        history, log = good()
        log[33] = log[33]._replace(id=log[30].id)
        self.assert_found(history, log, "duplicate", "author-0's id 30")

    def test_two_entries_that_are_swapped(self):
        chance = random.Random(1)
        for _ in range(100):
            history, log = good()
            a, b = chance.sample(range(60), 2)
            log[a], log[b] = log[b]._replace(seq=a + 1), log[a]._replace(seq=b + 1)
            self.assert_found(history, log, "disagreement")
            self.assert_found(history, log, "moved") if a % 7 or b % 7 else None

    def test_a_text_that_is_changed(self):
        history, log = good()
        log[29] = log[29]._replace(text="author-2 other words")
        for word in ("phantom", "lost", "disagreement"):
            self.assert_found(history, log, word)

    def test_an_author_that_is_changed(self):
        history, log = good()
        log[29] = log[29]._replace(author="author-0")
        self.assert_found(history, log, "disagreement", "was sent as")

    def test_an_id_that_is_changed(self):
        history, log = good()
        log[29] = log[29]._replace(id="another")
        self.assert_found(history, log, "disagreement", "was sent as")

    def test_a_hole(self):
        history, log = good()
        log = [entry if entry.seq < 30 else entry._replace(seq=entry.seq + 1) for entry in log]
        self.assert_found(history, log, "hole", "at place 30")

    def test_a_phantom(self):
        history, log = good()
        log.append(Entry(61, "author-0", "nobody said this"))
        self.assert_found(history, log, "phantom", "never sent")

    def test_what_was_refused_is_stored(self):
        history, log = good()
        log.append(Entry(61, "author-0", "refused"))
        self.assert_found(history, log, "phantom", "refused, but stored")

    def test_a_repeated_id_with_another_answer(self):
        history, log = good()
        history.acked.append(Ack(log[10].text, 12, 100.0))
        self.assert_found(history, log, "moved", "acknowledged as 12, but stored as 11")

    def test_an_order_against_time(self):
        history, log = good()
        late = log[20].text
        history.sent[late] = history.sent[late]._replace(when=90.0)
        history.acked = [ack for ack in history.acked if ack.text != late] + [Ack(late, 21, 91.0)]
        self.assert_found(history, log, "reorder", "was already 60")

    def test_a_listener_that_missed_one_or_heard_one_twice_or_backwards(self):
        for word, spoil in (("hole", lambda heard: heard.pop(5)), ("duplicate", lambda heard: heard.insert(5, heard[4])),
                            ("reorder", lambda heard: heard.insert(6, heard.pop(5)))):
            history, log = good()
            spoil(history.runs[2].items)
            self.assert_found(history, log, word, "bob heard")

    def test_what_the_last_join_brought_again(self):
        history, log = good()
        history.runs[2].items.insert(0, log[19])
        self.assert_found(history, log, "reorder", "bob heard")

    def test_a_listener_that_heard_something_else(self):
        history, log = good()
        history.runs[0].items[7] = Entry(8, "author-1", "author-1 other words")
        self.assert_found(history, log, "disagreement", "ada has (8")

    def test_a_listener_that_heard_more_than_there_is(self):
        history, log = good()
        history.runs[0].items.append(Entry(61, "author-1", "author-1 60"))
        self.assert_found(history, log, "disagreement", "ada has (61")

    def test_a_listener_whose_stream_just_ends(self):
        history, log = good()
        history.runs[0].items.pop()
        self.assert_found(history, log, "hole", "ada never got [60]")

    def test_a_gap_that_is_not_filled_or_begins_elsewhere(self):
        history, log = good()
        history.pages.clear()
        self.assert_found(history, log, "hole", "carl never got [51")
        history, log = good()
        history.runs[4].items[10] = Gap(52, 55)
        self.assert_found(history, log, "hole", "carl heard Gap(first=52")

    def test_a_page_that_has_something_else(self):
        history, log = good()
        history.page("ada", [Entry(3, "author-2", "author-2 other words")])
        self.assert_found(history, log, "disagreement", "a page for ada")

    def test_logs_that_are_not_the_same_everywhere(self):
        history, log = good()
        self.assert_found(history, log, "disagreement", "chat-2 has 59 entries", everywhere(log, log[:-1]))
        other = [*log[:8], log[8]._replace(text="other words"), *log[9:]]
        self.assert_found(history, log, "disagreement", "PostgreSQL has (9", {"PostgreSQL": Page("ada", other)})

    def test_a_join_that_is_answered_from_the_past(self):
        history, log = good()
        listen(history, "dora", asked=58.0, head=30).items.extend(log[30:])
        self.assert_found(history, log, "stale", "dora")

    def test_a_join_that_could_have_been_recovered(self):
        history, log = good()
        listen(history, "ada", asked=61.0, head=60, after=50, recovered=False)
        self.assert_found(history, log, "unrecovered", "ada")

    def test_a_log_that_became_another_one(self):
        history, log = good()
        history.join(Join("ada", 61.0, 60, GENERATION, "00000000000000bb", 60, False))
        self.assert_found(history, log, "generation", "ada")

    def test_what_a_client_found_itself(self):
        history, log = good()
        history.flaw("signed out", "its token is good")
        self.assert_found(history, log, "signed out", "its token is good")


if __name__ == "__main__":
    unittest.main(verbosity=2)
