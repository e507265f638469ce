#!/usr/bin/python3
"""A ledger that lets every act pass is worth nothing: each rule of rooms that are run has an entry that breaks it, and what was
told otherwise than it was done is found."""

import unittest

from checker import violations
from entries import Entry, entry_of, entry_of_row, moment_of, sentence, time_text
from history import Ack, History, Join, Refusal, Sent, key_of
from ledger import FRESH, NOBODY, Founding
from rights import Final, final_of, wrong_end, wrong_presence

GENERATION = "00000000000000aa"
START = 1_800_000_000_000  # milliseconds; an entry comes each second
FOUNDING = Founding("olga", ("mona", "mike", "ada", "bob"))


def at(seconds):
    return time_text(START + seconds * 1000)


class Room:
    """A log that grows, and what those who did it saw of it."""

    def __init__(self, founding=FOUNDING):
        self.history, self.log, self.founding = History(), [], founding
        self.names = {}

    def say(self, author, kind="text"):
        seq = len(self.log) + 1
        words = f"{author} says {seq}"
        act = None if kind == "text" else {"kind": kind, "text": words}
        return self._add(author, act, sentence(kind, author, words, None), kind, None)

    def do(self, author, kind, **about):
        act = {"kind": kind, **about}
        words = about.pop("text", about.get("reason", ""))
        return self._add(author, act, sentence(kind, author, words, about), kind, about)

    def _add(self, author, act, text, kind, about):
        seq, id = len(self.log) + 1, f"id-{len(self.log) + 1}"
        key = key_of(author, id) if act else text
        self.history.sent[key] = Sent(seq * 1.0, author, id, act)
        self.history.keys[(author, id)] = key
        self.history.acked.append(Ack(key, seq, seq + 0.5))
        self.log.append(Entry(seq, author, text, id, kind, about, at(seq)))
        return seq

    def erase(self, author, target):
        """With its effect."""
        seq = self.do(author, "erase", target=target)
        gone = self.log[target - 1]
        self.log[target - 1] = gone._replace(text="(removed)", kind="erased", about={"target": seq})
        return seq

    def listen(self, name, head=0, asked=0.0, after=None, facts=None, items=None, until=None):
        known = None if after is None else GENERATION
        run = self.history.join(Join(name, asked, after, known, GENERATION, head, True, facts))
        first = head if after is None else after
        run.items.extend(items if items is not None else [one._replace(id=None) for one in self.log[first:until]])
        return run

    def found(self):
        return violations(self.history, self.log, {}, self.founding)


def good():
    """All kinds, each done by somebody who may."""
    room = Room()
    room.say("eve")
    room.do("olga", "role", user="mona", role="moderator")
    room.do("mona", "mute", user="bob", reason="loud", until=at(7))
    room.do("mona", "settings", settings={"topic": "tea", "title": ""} | {"data": {"n": 1}})
    room.say("ada", "notice")
    room.say("ada", "action")
    room.say("bob")
    room.do("mona", "ban", user="eve", reason="spam")
    room.erase("mona", 1)
    room.erase("ada", 5)
    room.do("mona", "unban", user="eve")
    room.do("mona", "add", user="eve")
    room.do("olga", "settings", settings={"access": "private", "post": "members"})
    room.say("eve")
    room.do("ada", "add", user="zoe")
    room.do("zoe", "remove", user="zoe", reason="bye")
    room.do("olga", "role", user="mona", role="owner")
    room.do("mona", "mute", user="olga")
    room.do("mona", "unmute", user="olga")
    room.do("mona", "role", user="olga", role="owner")
    room.do("olga", "role", user="mike", role="moderator")
    said = room.say("ada")
    room.do("ada", "edit", target=said, text="ada edits 1")
    room.do("mike", "react", target=said, text="+1")
    room.do("mike", "unreact", target=said, text="+1")
    room.do("mike", "pin", target=said)
    room.do("olga", "unpin", target=said)
    room.do("olga", "remove", user="bob")
    return room


def done(*steps):
    """A room in which that was done: (author, kind, about)."""
    room = Room()
    room.do("olga", "role", user="mona", role="moderator")
    for author, kind, about in steps:
        room.say(author, kind) if kind in ("text", "notice", "action") else room.do(author, kind, **about)
    return room


class Ledger(unittest.TestCase):
    def assert_found(self, room, word, detail=""):
        found = room.found()
        self.assertTrue(any(each.word == word and detail in each.detail for each in found), [str(each) for each in found])

    def test_a_good_room_passes(self):
        self.assertEqual([str(each) for each in good().found()], [])

    def test_in_a_group_people_come_and_go_and_nobody_runs_it(self):
        def group(*steps):
            room = Room(Founding(NOBODY, ("ada", "bob"), {"access": "private"}, True))
            for author, kind, about in steps:
                room.say(author) if kind == "text" else room.do(author, kind, **about)
            return room
        add, leave, said = ("ada", "add", {"user": "eve"}), ("bob", "remove", {"user": "bob"}), ("eve", "text", {})
        good = group(add, said, leave, ("eve", "add", {"user": "bob"}), ("bob", "text", {}), ("ada", "remove", {"user": "ada"}))
        self.assertEqual([str(each) for each in good.found()], [])
        for wrong, *steps in (("no member", said), ("no member", leave, ("bob", "text", {})),
                              ("no member", leave, ("bob", "add", {"user": "eve"})),
                              ("changes nothing", add, ("bob", "add", {"user": "eve"})),
                              ("no such thing", add, ("ada", "remove", {"user": "eve"})),
                              ("no such thing", ("ada", "ban", {"user": "bob"})),
                              ("no such thing", ("ada", "role", {"user": "bob", "role": "moderator"})),
                              ("no such thing", ("ada", "settings", {"settings": {"topic": "tea"}}))):
            with self.subTest(wrong, steps=steps):
                self.assert_found(group(*steps), "misdeed", wrong)
        direct = Room(Founding(NOBODY, ("ada", "bob"), {"access": "private"}))
        direct.do("ada", "add", user="eve")
        self.assert_found(direct, "misdeed", "no such thing")

    def test_every_act_by_somebody_who_may_not(self):
        muted = ("mona", "mute", {"user": "bob"})
        banned = ("mona", "ban", {"user": "bob"})
        closed = ("olga", "settings", {"settings": {"access": "private"}})
        invited = ("olga", "settings", {"settings": {"access": "invited"}})
        said, given, edit = ("ada", "text", {}), {"target": 2, "text": "+1"}, {"target": 2, "text": "x"}
        for wrong, *steps in (
                ("muted", muted, ("bob", "text", {})),
                ("muted", muted, ("bob", "notice", {})),
                ("muted", muted, ("olga", "role", {"user": "bob", "role": "moderator"}), ("bob", "action", {})),
                ("banned", banned, ("bob", "text", {})),
                ("banned", banned, ("bob", "mute", {"user": "ada"})),
                ("banned", banned, ("mona", "add", {"user": "bob"})),
                ("banned", banned, ("olga", "role", {"user": "bob", "role": "member"})),
                ("no member", closed, ("eve", "text", {})),
                ("no member", invited, ("eve", "action", {})),
                ("no member", closed, ("eve", "add", {"user": "zoe"})),
                ("no member", closed, ("mona", "remove", {"user": "ada"}), ("ada", "text", {})),
                ("no member", closed, banned, ("mona", "unban", {"user": "bob"}), ("bob", "text", {})),
                ("no member", closed, ("olga", "role", {"user": "eve", "role": "moderator"})),
                ("no member", closed, ("mona", "remove", {"user": "eve"})),
                ("only read", ("olga", "settings", {"settings": {"post": "members"}}), ("eve", "text", {})),
                ("only read", ("olga", "settings", {"settings": {"post": "moderators"}}), ("ada", "text", {})),
                ("role doesn't allow", ("mona", "settings", {"settings": {"access": "private"}})),
                ("role doesn't allow", ("mona", "settings", {"settings": {"post": "members", "topic": "tea"}})),
                ("role doesn't allow", ("ada", "settings", {"settings": {"topic": "tea"}})),
                ("role doesn't allow", ("mona", "role", {"user": "ada", "role": "moderator"})),
                ("role doesn't allow", ("mona", "role", {"user": "mona", "role": "owner"})),
                ("role doesn't allow", ("ada", "add", {"user": "eve"})),
                ("role doesn't allow", invited, ("ada", "add", {"user": "eve"})),
                ("role doesn't allow", ("mona", "ban", {"user": "olga"})),
                ("role doesn't allow", ("olga", "role", {"user": "mike", "role": "moderator"}), ("mona", "mute", {"user": "mike"})),
                ("role doesn't allow", ("olga", "role", {"user": "mona", "role": "member"}), ("mona", "mute", {"user": "bob"})),
                ("role doesn't allow", ("olga", "role", {"user": "mona", "role": "owner"}), ("olga", "ban", {"user": "mona"})),
                ("role doesn't allow", ("olga", "remove", {"user": "mona"}), ("mona", "mute", {"user": "bob"})),
                ("role doesn't allow", ("ada", "unmute", {"user": "bob"})),
                ("role doesn't allow", ("eve", "unban", {"user": "bob"})),
                ("can't leave", ("olga", "remove", {"user": "olga"})),
                ("can't leave", ("eve", "remove", {"user": "eve"})),
                ("role doesn't allow", ("mona", "ban", {"user": "mona"})),
                ("changes nothing", ("mona", "unmute", {"user": "bob"})),
                ("changes nothing", ("mona", "unban", {"user": "bob"})),
                ("changes nothing", muted, ("mona", "unmute", {"user": "bob"}), ("mona", "unmute", {"user": "bob"})),
                ("changes nothing", ("mona", "add", {"user": "ada"})),
                ("changes nothing", ("olga", "role", {"user": "mona", "role": "moderator"})),
                ("changes nothing", ("mona", "settings", {"settings": {"topic": ""}})),
                ("what there isn't", ("mona", "erase", {"target": 9})),
                ("no message", ("mona", "erase", {"target": 1})),
                ("role doesn't allow", said, ("ada", "pin", {"target": 2})),
                ("isn't theirs", said, ("mona", "edit", {"target": 2, "text": "x"})),
                ("no message", said, ("ada", "react", {"target": 1, "text": "+1"})),
                ("what there isn't", said, ("ada", "edit", {"target": 9, "text": "x"})),
                ("changes nothing", said, ("bob", "react", given), ("bob", "react", given)),
                ("one too many", said, *(("bob", "react", {"target": 2, "text": mark}) for mark in "abcdef")),
                ("one too many", said, *((f"p{n % 7}", "react", {"target": 2, "text": f"m{n}"}) for n in range(21))),
                ("wasn't given", said, ("ada", "react", given), ("bob", "unreact", given)),
                ("wasn't given", said, ("bob", "react", given), ("bob", "unreact", given), ("bob", "unreact", given)),
                ("changes nothing", said, ("mona", "pin", {"target": 2}), ("olga", "pin", {"target": 2})),
                ("isn't pinned", said, ("mona", "unpin", {"target": 2})),
                ("muted", muted, said, ("bob", "react", {"target": 3, "text": "+1"})),
                ("only read", said, ("olga", "settings", {"settings": {"post": "moderators"}}), ("ada", "edit", edit)),
                ("of a kind", ("mona", "vote", {"target": 1}))):
            with self.subTest(steps=steps):
                room = done(*steps)
                self.assert_found(room, "misdeed", wrong)
                self.assertEqual(len([each for each in room.found() if each.word == "misdeed"]), 1, "only the last one")

    def test_what_has_ended_or_was_taken_back_is_no_misdeed(self):
        for kind, back in (("mute", "unmute"), ("ban", "unban")):
            room = done(("mona", kind, {"user": "bob"}), ("mona", back, {"user": "bob"}), ("bob", "text", {}))
            self.assertEqual(room.found(), [])
            for ends, word in ((3, None), (4, "misdeed")):
                room = done(("mona", kind, {"user": "bob", "until": at(ends)}), ("bob", "text", {}))
                self.assertEqual([each.word for each in room.found()], [word] if word else [])

    def test_an_erase_of_anothers_message(self):
        room = Room()
        room.say("ada")
        room.erase("bob", 1)
        self.assert_found(room, "misdeed", "isn't theirs")

    def test_an_erase_of_what_is_erased(self):
        room = Room()
        room.say("ada")
        room.erase("ada", 1)
        room.do("olga", "erase", target=1)
        self.assert_found(room, "misdeed", "what is erased")
        self.assert_found(room, "unerased", "is erased by")

    def test_an_erase_without_its_effect_and_the_effect_without_an_erase(self):
        room = good()
        room.log[0] = room.log[0]._replace(text="eve says 1", kind="text", about=None)
        self.assert_found(room, "unerased", "9 erased 1")
        room = good()
        room.log[6] = room.log[6]._replace(text="(removed)", kind="erased", about={"target": 9})
        self.assert_found(room, "unerased", "7 is erased by")
        room = good()
        room.log[0] = room.log[0]._replace(text="eve says 1")
        self.assert_found(room, "unerased", "9 erased 1")

    def test_an_act_that_is_lost_or_doubled_or_another_one_or_was_refused(self):
        room = good()
        room.log.pop()
        self.assert_found(room, "lost", "olga does id-28")
        room = good()
        room.log.append(room.log[-1]._replace(seq=23))
        self.assert_found(room, "duplicate", "olga does id-28")
        for spoiled in ({"about": {"user": "ada"}, "text": "removed ada"}, {"kind": "ban", "text": "banned bob"},
                        {"about": {"user": "bob", "reason": "x"}}):
            room = good()
            room.log[-1] = room.log[-1]._replace(**spoiled)
            self.assert_found(room, "disagreement", "was sent as")
        room = good()
        room.log[4 + 1] = room.log[5]._replace(text="* other words")
        self.assert_found(room, "disagreement", "was sent as")
        room = good()
        room.history.refused.add(key_of("olga", "id-28"))
        self.assert_found(room, "phantom", "refused, but stored")
        room = good()
        room.log.append(Entry(23, "olga", "unmuted ada", "nobody's", "unmute", {"user": "ada"}, at(23)))
        self.assert_found(room, "phantom", "never sent")

    def test_a_listener_who_is_told_something_else_of_an_act(self):
        for spoiled in ({"about": {"user": "ada"}}, {"text": "banned ada"}, {"kind": "notice"}, {"at": at(99)}):
            room = good()
            run = room.listen("ada")
            self.assertEqual(room.found(), [])
            run.items[7] = run.items[7]._replace(**spoiled)
            self.assert_found(room, "disagreement", "ada has (8")

    def test_an_answer_that_says_something_else(self):
        room = good()
        room.history.answer("mona", room.log[7]._replace(id=None))
        self.assertEqual(room.found(), [])
        room.history.answer("mona", room.log[7]._replace(seq=9))
        self.assert_found(room, "disagreement", "an answer to mona")

    def test_what_is_erased_may_be_heard_before_and_never_after(self):
        room = good()
        words = Entry(1, "eve", "eve says 1", None, "text", None, at(1))
        room.listen("ada").items[0] = words
        room.history.page("ada", [words], asked=2.0, as_of=8)
        self.assertEqual(room.found(), [])
        room.history.page("ada", [words], asked=2.0, as_of=9)
        self.assert_found(room, "disagreement", "a page for ada")
        room = good()
        room.history.page("ada", [words], asked=10.0, as_of=9)
        self.assert_found(room, "disagreement", "a page for ada")
        room = good()
        room.listen("ada", head=9, after=0).items[0] = words
        self.assert_found(room, "disagreement", "ada has (1")
        room = good()
        room.listen("ada").items[0] = words._replace(text="eve says 2")
        self.assert_found(room, "disagreement", "ada has (1")

    def test_a_page_of_the_past(self):
        room = good()
        room.history.page("ada", [], asked=20.6, as_of=19)
        self.assert_found(room, "stale", "as of 19 when 20")

    def test_a_join_that_tells_another_state(self):
        facts = {"access": "private", "owner": "olga", "topic": "tea", "role": "member"}
        good_one = good()
        good_one.listen("ada", head=15, facts=facts)
        good_one.listen("ada", head=16, after=15, facts={**facts, "title": ""})
        self.assertEqual(good_one.found(), [])
        for spoiled in ({"access": "open"}, {"owner": "mona"}, {"topic": "coffee"}, {"role": "moderator"}, {"title": "x"},
                        {"role": None}):
            room = good()
            room.listen("ada", head=15, facts={**facts, **spoiled})
            self.assert_found(room, "misinformed", "ada")

    def test_who_is_out_hears_nothing_after_a_while(self):
        def room_with(sent):
            room = done(("mona", "ban", {"user": "bob"}), ("ada", "text", {}), ("mona", "unban", {"user": "bob"}))
            text = room.log[2].text
            room.history.sent[text] = room.history.sent[text]._replace(when=sent)
            room.history.acked = [ack for ack in room.history.acked if ack.seq < 3]
            return room
        for sent, word in ((7.0, None), (8.0, "overheard")):
            room = room_with(sent)
            room.history.present = set()
            room.listen("bob", until=3)
            self.assertEqual([each.word for each in room.found()], [word] if word else [])
        room = room_with(8.0)
        room.listen("bob", until=2)
        room.listen("bob", head=4, after=2)
        self.assertEqual(room.found(), [], "what they missed is theirs once they are back")
        room = room_with(8.0)
        room.history.page("bob", [], asked=8.0, as_of=3)
        self.assert_found(room, "overheard", "read a page as of 3")

    def test_a_reason_that_nobody_gave(self):
        room = good()
        room.history.tell("bob", "muted", {"by": "mona", "why": "loud", "until": at(7)})
        room.history.tell("eve", "banned", {"by": "mona", "why": "spam"})
        room.history.tell("zoe", "left", {"by": "zoe", "why": "bye"})
        self.assertEqual(room.found(), [])
        for name, code, by, why, until in (("bob", "muted", "olga", "loud", at(7)), ("bob", "muted", "mona", "", at(7)),
                                           ("bob", "muted", "mona", "loud", at(8)), ("bob", "banned", "mona", "loud", at(7)),
                                           ("ada", "muted", "mona", "loud", at(7))):
            room = good()
            room.history.tell(name, code, {"by": by, "why": why, "until": until})
            self.assert_found(room, "unjust", name)


class Refusals(unittest.TestCase):
    """A room in which bob was muted from 2 to 4 and banned from 5 to 7; entry n was sent at n, and acknowledged at n.5."""

    def setUp(self):
        self.room = done(("mona", "mute", {"user": "bob"}), ("ada", "text", {}), ("mona", "unmute", {"user": "bob"}),
                         ("mona", "ban", {"user": "bob"}), ("ada", "text", {}), ("mona", "unban", {"user": "bob"}))

    def words(self, code, since, when, act=None, name="bob"):
        history = self.room.history
        key = key_of(name, "new") if act else f"{name} says something new"
        history.sent[key] = Sent(since, name, "new", act)
        history.refusals = [Refusal(name, key, code, since, when)]
        return [each.word for each in self.room.found() if each.word == "unjust"]

    def test_a_text_is_refused_only_where_it_must_be(self):
        for code, since, when, is_just in (("muted", 1.0, 1.9, False), ("muted", 1.0, 2.1, True), ("muted", 3.0, 3.1, True),
                                           ("muted", 4.2, 4.3, True), ("muted", 4.6, 4.9, False), ("banned", 4.6, 5.1, True),
                                           ("banned", 7.6, 9.0, False)):
            self.assertEqual(self.words(code, since, when), [] if is_just else ["unjust"], (code, since))

    def test_an_act_is_refused_only_where_it_must_be(self):
        until = {"kind": "mute", "user": "eve"}
        for name, act, code, is_just in (
                ("ada", until, "forbidden", True), ("mona", until, "forbidden", False), ("olga", until, "forbidden", False),
                ("mona", {"kind": "unmute", "user": "eve"}, "unchanged", True),
                ("mona", {"kind": "add", "user": "ada"}, "unchanged", True),
                ("mona", {"kind": "add", "user": "bob"}, "unchanged", False),
                ("olga", {"kind": "role", "user": "mona", "role": "moderator"}, "unchanged", True),
                ("olga", {"kind": "role", "user": "ada", "role": "moderator"}, "unchanged", False),
                ("mona", {"kind": "settings", "settings": {"topic": ""}}, "unchanged", True),
                ("mona", {"kind": "settings", "settings": {"topic": "x"}}, "unchanged", False),
                ("mona", {"kind": "unban", "user": "bob"}, "unchanged", True),
                ("mona", {"kind": "erase", "target": 1}, "not_found", True),
                ("mona", {"kind": "erase", "target": 3}, "not_found", False),
                ("ada", {"kind": "erase", "target": 3}, "forbidden", False),
                ("eve", {"kind": "erase", "target": 3}, "forbidden", True)):
            with self.subTest(act=act, name=name):
                self.assertEqual(self.words(code, 7.6, 8.0, act, name), [] if is_just else ["unjust"])

    def test_a_join_is_refused_only_where_it_must_be_and_by_an_owner_of_the_past(self):
        for name, since, is_just in (("bob", 6.0, True), ("bob", 9.4, True), ("bob", 9.6, False), ("ada", 6.0, False)):
            self.room.history.refusals = [Refusal(name, None, "banned", since, since + 0.1)]
            self.assertEqual([each.word for each in self.room.found()], [] if is_just else ["unjust"], (name, since))


class End(unittest.TestCase):
    def setUp(self):
        self.room = good()
        self.room.do("olga", "mute", user="ada", reason="why", until=at(100))
        self.now = moment_of(at(30))
        self.told = Final({**FRESH, "access": "private", "post": "members", "topic": "tea", "data": {"n": 1}}, "olga",
                          {"olga": "owner", "mona": "moderator", "mike": "moderator", "ada": "member", "eve": "member"},
                          {}, {"ada": ("olga", "why", at(100))})

    def words(self, told, now=None):
        return [str(each) for each in wrong_end("chat-1", self.room.log, FOUNDING, told, now or self.now)]

    def test_the_state_that_the_log_implies_passes(self):
        self.assertEqual(self.words(self.told), [])
        ended = {**self.told.mutes, "bob": ("mona", "loud", at(7))}
        self.assertEqual(self.words(self.told._replace(mutes=ended)), [], "what has ended means nothing")
        self.assertEqual(self.words(self.told._replace(mutes={}), moment_of(at(98))), [], "about to end")

    def test_any_other_state_is_found(self):
        told = self.told
        for spoiled in ({"settings": {**told.settings, "topic": "x"}}, {"settings": {**told.settings, "data": None}},
                        {"owner": "mona"}, {"roles": {**told.roles, "bob": "member"}}, {"bans": {"eve": ("mona", "spam", None)}},
                        {"roles": {**told.roles, "mike": "member"}}, {"roles": {"olga": "owner"}}, {"mutes": {}},
                        {"mutes": {"ada": ("mona", "why", at(100))}}, {"mutes": {"ada": ("olga", "why", None)}}):
            with self.subTest(spoiled):
                self.assertEqual(len(self.words(told._replace(**spoiled))), 1)

    def test_who_is_in_may_be_and_who_may_be_is_in(self):
        def words(**seats):
            return [each.word for each in wrong_presence(self.room.log, FOUNDING, seats, self.now)]
        self.assertEqual(words(ada=True, bob=False, zoe=False, eve=True), [])
        self.assertEqual(words(ada=False), ["shut out"])
        self.assertEqual(words(bob=True), ["let in"])
        self.room.do("olga", "ban", user="ada", until=at(32))
        self.assertEqual(words(ada=False), [], "no member any more")

    def test_a_ban_that_just_ends_is_no_fault_either_way(self):
        room = Room()
        room.do("olga", "ban", user="ada", until=at(32))
        for is_in in (True, False):
            self.assertEqual(wrong_presence(room.log, FOUNDING, {"ada": is_in}, self.now), [])


class Entries(unittest.TestCase):
    def test_a_row_and_a_frame_are_the_same_entry(self):
        row = {"seq": 4, "name": "mona", "client_id": "x", "body": "loud", "at": START, "kind": 22, "target": None,
               "subject": "bob", "extra": '{"until":"2027-01-15T08:00:07.000Z"}'}
        frame = {"type": "message", "seq": 4, "from": "mona", "text": "muted bob until 2027-01-15T08:00:07Z: loud", "id": "x",
                 "kind": "mute", "user": "bob", "reason": "loud", "until": "2027-01-15T08:00:07.000Z", "at": time_text(START)}
        self.assertEqual(entry_of_row(row), entry_of(frame))

    def test_sentences(self):
        for kind, words, about, said in (
                ("text", "hi", None, "hi"), ("action", "waves", None, "* waves"), ("erase", "why", {}, "removed a message: why"),
                ("erased", "", {}, "(removed)"), ("remove", "", {"user": "ada"}, "left"), ("add", "", {"user": "bob"}, "added bob"),
                ("role", "", {"user": "bob", "role": "moderator"}, "made bob moderator"),
                ("settings", "", {"settings": {"topic": "tea", "access": "invited"}}, "set the access: invited; the topic: tea"),
                ("settings", "", {"settings": {"title": "", "slow": 5, "data": None, "post": "all"}},
                 "set the right to write: all; the pause between posts: 5 s; no data; no title")):
            self.assertEqual(sentence(kind, "ada", words, about), said)

    def test_what_is_left_of_an_erased_message_in_the_table_shows(self):
        row = {"seq": 4, "name": "mona", "client_id": "x", "body": "secret", "at": START, "kind": 7, "target": 9,
               "subject": None, "extra": None}
        self.assertEqual(entry_of_row(row).text, "secret")

    def test_a_state_is_told_without_what_has_ended(self):
        from ledger import Ledger
        ledger = Ledger(FOUNDING)
        for entry in good().log:
            ledger.append(entry)
        self.assertEqual(final_of(ledger.state, moment_of(at(30))).mutes, {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
