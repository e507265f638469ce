#!/usr/bin/python3
"""The conversation, played by hand: joins, messages, refusals, cuts, holes."""

import unittest

from machines import GENERATION, Played, entry
from greenroom_client.entries import Position
from greenroom_client.effects import Reconnect, Settled, Tell, Wake
from greenroom_client.errors import Closed, Conflict, Forbidden, NotFound
from greenroom_client.events import Acted, Anew, Changed, Gone, Marked, News, Posted, Present, Refused, Typing
from greenroom_client.outbox import Unsent
from greenroom_client.seat import key_of


class Joining(unittest.TestCase):
    def setUp(self):
        self.ada = Played()

    def test_a_room_is_joined_when_there_is_a_connection(self):
        ticket, said = self.ada.enter("Lobby")
        self.assertEqual(said, [])
        self.assertEqual(self.ada.connect(), [{"type": "join", "room": "Lobby"}])
        self.ada.joined("Lobby", 5)
        self.assertEqual(self.ada.done, {ticket: "lobby"})
        again, said = self.ada.enter("LOBBY")
        self.assertEqual((said, self.ada.done[again]), ([], "lobby"))

    def test_after_a_cut_it_goes_on_from_what_it_has(self):
        self.ada.in_room(head=5)
        self.ada.message(6)
        self.ada.cut()
        self.assertEqual(self.ada.connect(), [{"type": "join", "room": "lobby", "after": 6, "generation": GENERATION}])

    def test_or_from_where_an_earlier_life_was(self):
        self.ada.connect()
        _, said = self.ada.enter(position=Position(GENERATION, 3))
        self.assertEqual(said, [{"type": "join", "room": "lobby", "after": 3, "generation": GENERATION}])

    def test_a_missing_room_is_made_only_where_that_is_wanted(self):
        self.ada.connect()
        ticket, said = self.ada.enter("den", create=False)
        self.assertEqual(said, [{"type": "join", "room": "den", "after": 0, "generation": "f" * 16}], "a log that is never there")
        self.ada.hear("error", code="gone", detail="", room="den")
        self.assertIsInstance(self.ada.done[ticket], NotFound)
        self.ada.enter("tea", create=False)
        self.ada.joined("tea", head=7, recovered=False)
        self.assertEqual((self.ada.take_all("tea"), self.ada.talk.seats["tea"].log.cursor), ([], 7))

    def test_a_refusal_is_told_and_a_temporary_one_is_not(self):
        self.ada.connect()
        ticket, _ = self.ada.enter("den")
        self.ada.hear("error", code="unavailable", detail="", room="den", retry_after=2)
        self.assertEqual((self.ada.done, self.ada.later(1.9)), ({}, []))
        self.assertEqual(self.ada.later(0.2), [{"type": "join", "room": "den"}])
        self.ada.hear("error", code="not_found", detail="", room="den")
        self.assertIsInstance(self.ada.done[ticket], NotFound)
        _, said = self.ada.enter("den")
        self.assertEqual(said, [{"type": "join", "room": "den"}], "whoever asks again is heard again")

    def test_an_answer_that_does_not_come_is_asked_for_again(self):
        self.ada.connect()
        self.ada.enter("den")
        self.assertEqual(self.ada.later(9), [])
        self.assertEqual(self.ada.later(2), [{"type": "join", "room": "den"}])

    def test_direct_rooms_have_one_key(self):
        for name in ("@bob", "@Bob,ada", "@ada,bob", "@BOB"):
            self.assertEqual(key_of(name, "Ada"), "@ada,bob")
        self.assertEqual((key_of("@@0F", "Ada"), key_of("@ada", "Ada"), key_of("Tea", "Ada")), ("@@0f", "@ada,ada", "tea"))
        self.ada.connect()
        ticket, _ = self.ada.enter("@bob")
        self.ada.joined("@ada,bob")
        self.assertEqual(self.ada.done[ticket], "@ada,bob")

    def test_an_open_log_may_be_another_one(self):
        self.ada.in_room(head=5)
        self.ada.cut()
        self.ada.connect()
        self.ada.joined(head=2, generation="00000000000000bb", recovered=False)
        self.assertEqual(self.ada.take_all(), [Anew("00000000000000bb", 2)])

    def test_a_room_of_which_nothing_is_heard_any_more(self):
        self.ada.in_room(head=5)
        self.ada.message(6, "last")
        self.ada.hear("gone", room="lobby", reason="banned", by="eve", why="spam")
        posted, gone = self.ada.take_all()
        self.assertEqual((posted.message.text, type(gone), gone.error.by, gone.error.why), ("last", Gone, "eve", "spam"))
        self.assertIn(Wake("lobby"), self.ada.effects)
        self.ada.cut()
        self.assertEqual(self.ada.connect(), [])

    def test_a_room_that_is_gone_for_now_is_joined_again(self):
        self.ada.in_room(head=5)
        self.ada.hear("gone", room="lobby", reason="unavailable")
        self.assertEqual(self.ada.later(1.1), [{"type": "join", "room": "lobby", "after": 5, "generation": GENERATION}])

    def test_leaving(self):
        self.ada.in_room(head=5)
        self.ada.talk.leave("lobby")
        self.assertEqual(self.ada.drain(), [{"type": "leave", "room": "lobby"}])
        self.assertEqual(self.ada.message(6), [])
        self.ada.cut()
        self.assertEqual(self.ada.connect(), [])


class Sending(unittest.TestCase):
    def setUp(self):
        self.ada = Played().in_room(head=5)

    def test_it_is_done_at_the_acknowledgement(self):
        ticket, said = self.ada.send("hi", "x", target=3)
        self.assertEqual(said, [{"type": "send", "room": "lobby", "id": "x", "text": "hi", "target": 3}])
        self.ada.message(6, "others")
        self.assertEqual(self.ada.done, {})
        self.ada.message(7, "hi", author="Ada", id="x", target=3)
        receipt = self.ada.done[ticket]
        self.assertEqual((receipt.seq, receipt.at, receipt.id, receipt.duplicate), (7, "2026-12-01T10:00:07.000Z", "x", False))
        self.assertIn(Settled("lobby", "x"), self.ada.effects)
        self.assertEqual([event.message.seq for event in self.ada.take_all()], [6, 7])

    def test_one_after_the_other(self):
        self.ada.send("one", "a")
        self.assertEqual(self.ada.send("two", "b")[1], [])
        self.assertEqual(self.ada.message(6, "one", author="Ada", id="a"), [{"type": "send", "room": "lobby", "id": "b", "text": "two"}])

    def test_the_same_id_after_a_cut_and_the_answer_is_no_news(self):
        ticket, _ = self.ada.send("hi", "x")
        self.ada.cut()
        self.ada.connect()
        self.assertEqual(self.ada.joined(head=6), [{"type": "send", "room": "lobby", "id": "x", "text": "hi"}])
        self.ada.message(6, "hi", author="Ada", id="x", duplicate=True)
        self.assertEqual((self.ada.done[ticket].seq, self.ada.done[ticket].duplicate), (6, True))
        self.assertEqual(self.ada.take_all(), [], "the stream has it, too")
        self.ada.message(6, "hi", author="Ada")
        self.assertEqual([event.message.seq for event in self.ada.take_all()], [6])

    def test_a_page_acknowledges_too(self):
        ticket, _ = self.ada.send("hi", "x")
        self.ada.history(entry(6, "hi", "Ada", id="x"), as_of=6)
        self.assertEqual(self.ada.done[ticket].seq, 6)

    def test_refused_for_good(self):
        ticket, _ = self.ada.send("hi", "x")
        self.ada.send("ho", "y")
        said = self.ada.hear("error", code="muted", detail="", room="lobby", id="x", by="eve", why="spam", until="z")
        self.assertIsInstance(self.ada.done[ticket], Forbidden)
        self.assertEqual([frame["id"] for frame in said], ["y"], "the next one is tried")

    def test_refused_for_now(self):
        ticket, _ = self.ada.send("hi", "x")
        self.ada.hear("error", code="rate_limited", detail="", room="lobby", id="x", retry_after=7)
        self.assertEqual((self.ada.done, self.ada.later(6.9)), ({}, []))
        self.assertEqual([frame["id"] for frame in self.ada.later(0.2)], ["x"])

    def test_refused_unread(self):
        self.ada.send("hi", "x")
        self.ada.hear("error", code="rate_limited", detail="", retry_after=3)
        self.assertEqual(self.ada.later(2.9), [])
        self.assertEqual([frame["id"] for frame in self.ada.later(0.2)], ["x"])

    def test_not_joined_joins_again_and_sends_again(self):
        self.ada.send("hi", "x")
        self.assertEqual([frame["type"] for frame in self.ada.hear("error", code="not_joined", detail="", room="lobby", id="x")], ["join"])
        self.ada.hear("error", code="not_joined", detail="", room="lobby")  # of another frame that was under way
        self.ada.joined(head=5)
        self.assertEqual([frame["type"] for frame in self.ada.later(1.1)], ["send"])

    def test_the_same_id_twice(self):
        first, _ = self.ada.send("hi", "x")
        second, said = self.ada.send("hi", "x")
        third, _ = self.ada.send("other", "x")
        self.assertEqual(said, [])
        self.assertIsInstance(self.ada.done[third], Conflict)
        self.ada.message(6, "hi", author="Ada", id="x")
        self.assertEqual((self.ada.done[first].seq, self.ada.done[second].seq), (6, 6))

    def test_what_an_earlier_life_left_goes_out_and_a_refusal_is_told(self):
        ada = Played([Unsent("lobby", "x", "hi"), Unsent("lobby", "y", "ho"), Unsent("den", "z", "hm")])
        ada.connect()
        ada.enter()
        self.assertEqual([frame["id"] for frame in ada.joined()], ["x"])
        ada.message(1, "hi", author="Ada", id="x")
        ada.hear("error", code="read_only", detail="", room="lobby", id="y")
        refused = next(effect.event for effect in ada.effects if isinstance(effect, Tell))
        self.assertEqual((type(refused), refused.id, refused.text, refused.error.code), (Refused, "y", "ho", "read_only"))
        self.assertEqual([one.id for one in ada.talk.outbox.waiting()], ["z"])

    def test_when_the_room_goes_what_waits_fails(self):
        ticket, _ = self.ada.send("hi", "x")
        act, _ = self.ada.act("p", kind="pin", target=1)
        page = self.ada.talk.history("lobby", {"limit": 5}, self.ada.now)
        self.ada.hear("gone", room="lobby", reason="gone")
        self.assertEqual({self.ada.done[each].code for each in (ticket, act, page)}, {"gone"})
        late = [self.ada.talk.history("lobby", {}, self.ada.now), self.ada.send("hi", "z")[0], self.ada.act("z", kind="pin")[0]]
        elsewhere, _ = self.ada.send("hi", "z", room="den")
        self.assertEqual([self.ada.done[each].code for each in (*late, elsewhere)], ["gone", "gone", "gone", "not_joined"])
        self.assertEqual(self.ada.talk.outbox.waiting(), [])

    def test_when_it_is_over_whoever_waits_is_told(self):
        ticket, _ = self.ada.send("hi", "x")
        sync = self.ada.talk.sync(self.ada.now)
        page = self.ada.talk.history("lobby", {"limit": 5}, self.ada.now)
        self.ada.talk.closed()
        self.ada.drain()
        self.assertEqual({type(self.ada.done[each]) for each in (ticket, sync, page)}, {Closed})
        self.assertEqual(len(self.ada.talk.outbox), 1)


class Acting(unittest.TestCase):
    def setUp(self):
        self.ada = Played().in_room(head=5)

    def test_it_is_done_by_its_entry_or_needs_not_be(self):
        pin, said = self.ada.act("p", kind="pin", target=2)
        self.assertEqual(said, [{"type": "act", "room": "lobby", "id": "p", "kind": "pin", "target": 2}])
        mute, _ = self.ada.act("m", kind="unmute", user="bob")
        self.ada.message(6, "pinned a message", author="Ada", id="p", kind="pin", target=2)
        self.ada.hear("unchanged", room="lobby", id="m")
        self.assertEqual((self.ada.done[pin].seq, self.ada.done[pin].unchanged), (6, False))
        self.assertEqual((self.ada.done[mute].entry, self.ada.done[mute].unchanged), (None, True))

    def test_refusals(self):
        first, _ = self.ada.act("a", kind="pin", target=2)
        self.ada.hear("error", code="forbidden", detail="", room="lobby", id="a")
        self.assertEqual(self.ada.done[first].code, "forbidden")
        second, _ = self.ada.act("b", kind="pin", target=2)
        self.ada.hear("error", code="rate_limited", detail="", room="lobby", id="b", retry_after=5)
        self.assertEqual((self.ada.done[second].code, self.ada.done[second].retry_after), ("rate_limited", 5))
        third, _ = self.ada.act("c", kind="pin", target=2)
        self.ada.hear("error", code="unavailable", detail="", room="lobby", id="c", retry_after=1)
        self.assertNotIn(third, self.ada.done)
        self.assertEqual([frame["id"] for frame in self.ada.later(1.1)], ["c"])

    def test_after_a_cut_the_same_id_and_not_for_ever(self):
        ticket, _ = self.ada.act("a", kind="pin", target=2)
        self.ada.cut()
        self.ada.connect()
        self.assertEqual([frame["id"] for frame in self.ada.joined(head=5)], ["a"])
        self.ada.later(21)
        self.assertEqual(self.ada.done[ticket].code, "unknown_outcome")


class Reading(unittest.TestCase):
    def setUp(self):
        self.ada = Played().in_room(head=5)

    def test_events_in_order(self):
        self.ada.message(6, "hi", id=None)
        self.ada.message(7, "ho", kind="edit", target=6)
        self.ada.message(8, "👍", author="Ada", kind="react", target=6)
        self.ada.message(9, "made cy moderator", kind="role", user="cy", role="moderator")
        self.ada.message(10, "removed a message", kind="erase", target=6)
        posted, edited, reacted, acted, erased = self.ada.take_all()
        self.assertEqual([type(each) for each in (posted, edited, reacted, acted, erased)], [Posted, Changed, Changed, Acted, Changed])
        self.assertEqual((edited.message.text, edited.message.edited), ("ho", 7))
        self.assertEqual(reacted.message.reactions, (("👍", 1, True),))
        self.assertEqual((acted.entry.user, acted.entry.role), ("cy", "moderator"))
        self.assertTrue(erased.message.erased)

    def test_an_act_on_a_message_that_is_not_here(self):
        self.ada.message(6, "👍", kind="react", target=2)
        changed, = self.ada.take_all()
        self.assertEqual((type(changed), changed.message, changed.entry.target), (Changed, None, 2))

    def test_a_hole_is_fetched_when_a_reader_waits_for_it(self):
        self.assertEqual(self.ada.hear("gap", room="lobby", **{"from": 6, "to": 8}), [])
        self.assertEqual(self.ada.message(9), [])
        self.assertEqual(self.ada.want(), [{"type": "history", "room": "lobby", "after": 5, "limit": 3}])
        self.assertEqual(self.ada.later(1), [], "it is asked for once")
        self.ada.history(entry(6), entry(7), entry(8), as_of=9)
        self.assertEqual([event.message.seq for event in self.ada.take_all()], [6, 7, 8, 9])

    def test_what_is_fetched_in_parts(self):
        self.ada.want()
        self.assertEqual(self.ada.hear("heads", rooms={"lobby": 8}), [{"type": "history", "room": "lobby", "after": 5, "limit": 3}])
        self.ada.history(entry(6), as_of=8, more=True)
        self.assertEqual([event.message.seq for event in self.ada.take_all()], [6])
        self.assertEqual(self.ada.want(), [{"type": "history", "room": "lobby", "after": 6, "limit": 2}])

    def test_missed_too_much(self):
        self.ada.want()
        self.ada.cut()
        self.ada.connect()
        self.assertEqual(self.ada.joined(head=2000, recovered=False), [{"type": "history", "room": "lobby", "after": 5, "limit": 500}])

    def test_a_page_that_does_not_come_costs_the_connection_its_life(self):
        self.ada.hear("gap", room="lobby", **{"from": 6, "to": 8})
        self.ada.want()
        self.ada.later(29)
        self.assertNotIn(Reconnect(), self.ada.effects)
        self.ada.later(2)
        self.assertIn(Reconnect(), self.ada.effects)
        self.ada.cut()
        self.ada.connect()
        self.assertEqual([frame["type"] for frame in self.ada.joined(head=9, recovered=False)], ["history"])

    def test_pages_by_hand_one_at_a_time(self):
        first = self.ada.talk.history("lobby", {"before": 4, "limit": 2}, self.ada.now)
        self.assertEqual(self.ada.drain(), [{"type": "history", "room": "lobby", "before": 4, "limit": 2}])
        second = self.ada.talk.history("lobby", {"limit": 1}, self.ada.now)
        self.assertEqual(self.ada.drain(), [])
        self.assertEqual([frame["limit"] for frame in self.ada.history(entry(2), entry(3), as_of=5, more=True)], [1])
        self.ada.history(entry(5), as_of=5)
        self.assertEqual([each.seq for each in self.ada.done[first].entries], [2, 3])
        self.assertEqual((self.ada.done[first].more, self.ada.done[second].as_of), (True, 5))
        self.ada.message(6, "ho", kind="edit", target=3)
        self.ada.take_all()
        self.assertEqual(self.ada.talk.seats["lobby"].log.folding.find(3).text, "ho", "they are folded, too")

    def test_a_page_that_is_refused(self):
        ticket = self.ada.talk.history("lobby", {"limit": 2}, self.ada.now)
        self.ada.drain()
        self.ada.hear("error", code="unavailable", detail="", room="lobby", retry_after=2)
        self.assertEqual((self.ada.done, self.ada.later(1.9)), ({}, []))
        self.assertEqual([frame["type"] for frame in self.ada.later(0.2)], ["history"])
        self.ada.hear("error", code="bad_frame", detail="limit", room="lobby")
        self.assertEqual(self.ada.done[ticket].code, "bad_frame")

    def test_marks_are_told_within_a_second_and_again_after_a_cut(self):
        for seq in (2, 4, 3):
            self.ada.talk.read("lobby", seq)
        self.assertEqual(self.ada.later(0.3), [{"type": "read", "room": "lobby", "seq": 4}])
        self.assertEqual(self.ada.later(0.3), [])
        self.ada.cut()
        self.ada.connect()
        self.ada.joined(head=5)
        self.assertEqual(self.ada.later(0.3), [{"type": "read", "room": "lobby", "seq": 4}])

    def test_a_mark_that_another_device_has_told_is_not_told_again(self):
        self.ada.hear("read", room="lobby", user="ada", seq=5)
        self.ada.talk.read("lobby", 4)
        self.assertEqual(self.ada.later(0.3), [])

    def test_what_is_only_now_is_told_to_whoever_listens(self):
        self.ada.hear("typing", room="lobby", user="bob", state="active")
        self.assertEqual(self.ada.take_all(), [])
        self.ada.want()
        self.ada.hear("typing", room="lobby", user="bob", state="active")
        self.ada.hear("presence", room="lobby", joined=["bob", "cy"], left=["Ada"], count=2)
        self.ada.hear("read", room="lobby", user="bob", seq=3)
        self.assertEqual(self.ada.take_all(), [Typing("bob", "active"), Present(frozenset({"bob", "cy"}), 2), Marked("bob", 3)])
        self.ada.hear("presence", room="lobby", joined=["Dan"], left=[], count=1, whole=True)
        self.assertEqual(self.ada.take_all(), [Present(frozenset({"Dan"}), 1)])
        for _ in range(500):
            self.ada.hear("typing", room="lobby", user="bob", state="active")
        self.assertLessEqual(len(self.ada.take_all()), 100)


class OneSelf(unittest.TestCase):
    def test_sync_has_all_pages(self):
        ada = Played()
        ada.connect()
        first, second = ada.talk.sync(ada.now), ada.talk.sync(ada.now)
        self.assertEqual(ada.drain(), [{"type": "sync"}])
        self.assertEqual(ada.hear("synced", rooms=[{"room": "a"}], more=True), [{"type": "sync", "after": "a"}])
        ada.hear("synced", rooms=[{"room": "b"}], more=False)
        self.assertEqual(ada.done, {first: [{"room": "a"}, {"room": "b"}], second: [{"room": "a"}, {"room": "b"}]})

    def test_it_is_asked_for_again_after_a_cut_or_a_refusal(self):
        ada = Played()
        ada.connect()
        ticket = ada.talk.sync(ada.now)
        ada.drain()
        ada.hear("synced", rooms=[{"room": "a"}], more=True)
        ada.cut()
        self.assertEqual(ada.connect(), [{"type": "sync"}])
        ada.hear("error", code="overloaded", detail="", retry_after=2)
        self.assertEqual((ada.later(1.9), ada.later(0.2)), ([], [{"type": "sync"}]))
        ada.hear("synced", rooms=[{"room": "a"}], more=False)
        self.assertEqual(ada.done, {ticket: [{"room": "a"}]})

    def test_news_is_told(self):
        ada = Played()
        ada.connect()
        ada.hear("added", room="den", by="eve")
        self.assertEqual(ada.effects, [Tell(News("added", "den", {"room": "den", "by": "eve"}))])
        self.assertEqual(ada.hear("something_new", room="den"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
