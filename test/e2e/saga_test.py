#!/usr/bin/python3
"""Deleting a user: both parts or neither, whoever dies at whichever step."""

import contextlib
import functools
import itertools
import sqlite3
import subprocess
import time
import unittest
from collections import Counter

import processes
processes.EXECUTABLE = processes.WITH_FAILPOINTS  # before the others take it

from clients import LOST, Json, UpgradeRefused, User, ws_url
from cluster import Cluster
from harness import PASSWORD, EndToEnd, Postgres, Server, http, unique, wait_until
from processes import EXECUTABLE, show_if_failed

CHUNK = 500  # messages that a purge deletes at once …
LOOKS = 10 * CHUNK  # … and that it looks at
RING = 500  # messages that a room has in memory
UNDO = ("undo", "restore")
# By default the first of each; so the first of these says nothing.
CHOICES = ({}, {"private_rooms": "keep"}, {"messages": "erase"}, {"private_rooms": "keep", "messages": "erase"})


def failpoints():
    """Every step of a deletion that the program has a name for: it tells them to who names a wrong one."""
    told = subprocess.run([EXECUTABLE, "serve"], env={"GREENROOM_FAILPOINT": "nowhere:kill"},
                          capture_output=True, text=True, timeout=20)
    assert told.returncode == 1, told
    names = told.stderr.split("with one of ")[1].split()
    return [name for name in names if not name.startswith(("relay.", "follower."))]  # no step of a deletion


class Case:
    """Ann, who leaves, and bob, who stays: a private room of both, one of ann's alone, their direct room, a group of them and a
    third, a public room of ann's in which both said something, and one of bob's in which ann did all that one does to messages.
    `chosen` goes into the body of the DELETE."""

    def __init__(self, test, server, messages=3, chosen=None, bob=None):
        self.test, self.server, self.chosen = test, server, chosen or {}
        self.keeps = self.chosen.get("private_rooms") == "keep"
        self.erases = self.chosen.get("messages") == "erase"
        self.ann, self.bob = User(server), bob or User(server)
        self.den, self.nook, self.hall, self.lounge = (unique(name) for name in ("den", "nook", "hall", "lounge"))
        self.word = unique("word")
        self.ann.room(room=self.den, private=True, members=[self.bob.name])
        self.ann.room(room=self.nook, private=True)
        self.ann.room(room=self.hall)
        self.bob.room(room=self.hall)
        self.direct = self.ann.chat("POST", "/direct", {"with": [self.bob.name]}).json["room"]
        self.group = self.keep_own()
        socket = self.ann.open()
        for room in (self.den, self.nook, self.direct, self.group, self.hall):
            socket.join(room)
        socket.post(self.den, f"secret {self.word}")
        socket.post(self.nook, f"alone {self.word}")
        socket.post(self.direct, f"whispered {self.word}")
        socket.post(self.group, f"between us {self.word}")
        socket.say(*({"type": "send", "room": self.hall, "id": f"m{i}", "text": f"{self.word} {i}"}
                     for i in range(messages)))
        socket.wait(lambda: len(socket.messages(self.hall)) >= messages, "all are said", 20)
        self.live_in_the_lounge(socket)
        socket.drop()
        self.messages = messages
        self.token = self.ann.token
        self.operation = None

    def live_in_the_lounge(self, socket):
        """Ann's mark, what she wants to be called for, an edit and reactions; hers is pinned there, and she pinned bob's."""
        self.bob.room(room=self.lounge)
        did = functools.partial(self.do, f"/room/{self.lounge}")
        did(self.bob, "PUT", f"/members/{self.ann.name}", {"role": "moderator"})
        did(self.bob, "POST", "/messages", {"text": "bob's"})
        did(self.ann, "POST", "/messages", {"text": f"first {self.word}"})
        did(self.ann, "POST", "/acts", {"kind": "edit", "target": 3, "text": f"second {self.word}"})
        did(self.ann, "POST", "/acts", {"kind": "react", "target": 2, "text": "+"})
        did(self.bob, "POST", "/acts", {"kind": "react", "target": 3, "text": "!"})
        did(self.bob, "POST", "/acts", {"kind": "pin", "target": 3})
        did(self.ann, "POST", "/acts", {"kind": "pin", "target": 2})
        did(self.ann, "PUT", "/notify", {"level": "all"})
        did(self.ann, "PUT", f"/mutes/{self.eve.name}")
        socket.join(self.lounge)
        socket.say({"type": "read", "room": self.lounge, "seq": 5})

    def do(self, path, person, method, more, body=None):
        answer = person.chat(method, path + more, body)
        assert answer.status in (200, 201, 204), answer

    def lounge_now(self, person):
        """What the messages there are by now: who wrote them, their texts, reactions, and whether they are pinned."""
        page = person.chat("GET", f"/room/{self.lounge}/messages?limit=500").json["messages"]
        assert [entry["seq"] for entry in page] == list(range(1, 10)), page
        return [(entry["from"], entry["text"], entry.get("kind"), bool(entry.get("edited")),
                 [(each["text"], each["count"], each["mine"]) for each in entry.get("reactions", [])], entry.get("pinned", False))
                for entry in page[1:3]]

    def keep_own(self):
        """Of ann: a group, a setting, a draft, and blocks in both directions, with a third person."""
        self.eve = eve = User(self.server)
        self.do("/me/settings", eve, "PUT", "", {"direct": "everyone"})
        group = self.ann.chat("POST", "/direct", {"with": [self.bob.name, eve.name]}).json["room"]
        for person, method, path, body in ((self.ann, "PUT", "/me/settings", {"direct": "everyone"}),
                                           (self.ann, "PUT", f"/me/drafts/{self.hall}", {"text": f"half {self.word}"}),
                                           (self.ann, "PUT", f"/me/blocks/{eve.name}", None),
                                           (eve, "PUT", f"/me/blocks/{self.ann.name}", None)):
            answer = person.chat(method, path, body)
            assert answer.status in (200, 204), answer
        return group

    def erase(self, patience=20):
        answer = http("DELETE", f"{self.server.gateway_url}/users/{self.ann.name}",
                      {"password": PASSWORD, **self.chosen}, token=self.token, patience=patience)
        if answer.status in (200, 202):
            self.operation = answer.json["operation"]
        return answer

    def erase_somehow(self):
        """A DELETE that may find nobody at home, and may never be answered."""
        try:
            return self.erase()
        except OSError:
            return None

    def wait_ended(self, within=30):
        """Asks again as a client would, with the same token, until it is over: its state."""
        def ended():
            answer = self.erase_somehow()
            if answer is not None and answer.status == 401:  # begun, and not even that is left of the token
                self.test.fail(answer)
            if answer is not None and answer.status == 503 and "undone" in answer.json["detail"]:
                self.operation = answer.headers["Location"].removeprefix("/operations/")
                return "undone"
            return answer is not None and answer.status == 200 and answer.json["state"]
        return wait_until(ended, f"the deletion of {self.ann.name} ends", within, every=0.25)

    def read(self):
        return http("GET", f"{self.server.gateway_url}/operations/{self.operation}")

    def assert_gone(self):
        test, server = self.test, self.server
        self.assert_receipt(self.read().json)
        test.assertEqual(self.erase().json["state"], "completed")
        test.assertEqual(http("GET", server.users_url + "/verify", token=self.token).status, 401)
        for path, status in (("/login", 401), ("/register", 409)):
            answer = http("POST", server.users_url + path, {"username": self.ann.name, "password": PASSWORD})
            test.assertEqual(answer.status, status, answer)
        self.assert_left(self.hall, self.messages)
        test.assertEqual(self.bob.chat("GET", f"/room/{self.direct}/messages").status, 404)
        again = self.bob.chat("POST", "/direct", {"with": [self.ann.name]})
        test.assertEqual((again.status, again.code), (404, "no_user"))
        self.assert_lounge()
        if self.keeps:
            self.assert_left(self.group, 1)
            members = self.bob.chat("GET", f"/room/{self.group}/members").json["members"]
            test.assertEqual(set(members), {self.bob.name, self.eve.name})
            self.assert_left(self.den, 1)
            test.assertEqual(self.bob.chat("GET", f"/room/{self.den}").json["owner"], self.bob.name)
        else:
            for room in (self.den, self.group):
                test.assertEqual(self.bob.chat("GET", f"/room/{room}/messages").status, 404)
        test.assertEqual(self.eve.chat("GET", "/me/blocks").json, {"blocks": []})

    def assert_lounge(self):
        """What ann did there is nobody's now, or gone; what bob did to his own stays."""
        test = self.test
        now = [("bob", "bob's", None, False, [("+", 1, False)], True),
               ("deleted", f"second {self.word}", None, True, [("!", 1, True)], True)]
        if self.erases:
            now = [("bob", "bob's", None, False, [], True), ("deleted", "(removed)", "erased", False, [], False)]
        told = self.lounge_now(self.bob)
        test.assertEqual([(one[0].replace(self.bob.name, "bob"), *one[1:]) for one in told], now)
        test.assertEqual(self.bob.chat("GET", f"/room/{self.lounge}/members").json["members"], [self.bob.name])
        mutes = self.bob.chat("GET", f"/room/{self.lounge}/mutes").json["mutes"]
        test.assertEqual([(mute["user"], mute["by"]) for mute in mutes], [(self.eve.name, "deleted")])
        test.assertNotIn(self.ann.name, str(self.bob.chat("GET", f"/room/{self.lounge}/messages?limit=500").json))

    def assert_receipt(self, told):
        stays = self.messages + 2 * self.keeps + 3  # words, edits, reactions …
        acts = 2  # … and what ann did besides
        gone = 2 if self.keeps else 4
        expected = {"rooms": gone, "messages": gone, "anonymised": acts + (0 if self.erases else stays),
                    "erased": stays if self.erases else 0, "memberships": 2 + 2 * self.keeps, "sessions": 1}
        self.test.assertEqual({name: told["receipt"][name] for name in expected}, expected)
        self.test.assertEqual((told["private_rooms"], told["messages"]),
                              ("keep" if self.keeps else "delete", "erase" if self.erases else "keep"))

    def assert_left(self, room, messages):
        """What there is to read in a room that stays, in pages and for who comes back."""
        test = self.test
        pages = self.bob.log(room)
        socket = self.bob.open()
        socket.join(room, after=0)
        if messages <= RING:
            socket.wait(lambda: len(socket.messages(room)) == messages, "all are told", 10)
        for entries in (pages, socket.messages(room)):
            test.assertEqual({entry["from"] for entry in entries} - {"deleted"}, set())
            if self.erases:
                test.assertEqual({(entry.get("kind"), entry["text"], entry.get("target")) for entry in entries}
                                 - {("erased", "(removed)", None)}, set())
            else:
                test.assertTrue(all(self.word in entry["text"] for entry in entries))
        socket.drop()
        test.assertEqual(len(pages), messages)
        test.assertNotIn(self.ann.name, self.bob.chat("GET", f"/room/{room}/members").json["members"])

    def assert_as_before(self):
        test = self.test
        test.assertEqual(self.read().json["state"], "undone")
        test.assertEqual(http("GET", self.server.users_url + "/verify", token=self.token).status, 401)
        self.ann.log_in()
        test.assertEqual([m["text"] for m in self.ann.log(self.den)], [f"secret {self.word}"])
        test.assertEqual([m["text"] for m in self.ann.log(self.nook)], [f"alone {self.word}"])
        test.assertEqual([m["text"] for m in self.bob.log(self.direct)], [f"whispered {self.word}"])
        test.assertEqual([m["text"] for m in self.bob.log(self.group)], [f"between us {self.word}"])
        test.assertEqual([(who.replace(self.ann.name, "ann"), *rest) for who, *rest in self.lounge_now(self.ann)][1:],
                         [("ann", f"second {self.word}", None, True, [("!", 1, False)], True)])
        synced = {one["room"]: one for one in self.ann.chat("GET", "/sync").json["rooms"]}
        there = synced[self.lounge]
        test.assertEqual((there["notify"], there["role"]), ("all", "moderator"))
        test.assertIn((there["read"], there["unread"]), ((5, 0), (1, 2)), "a mark may die with its process within a second")
        test.assertLessEqual({self.den, self.nook, self.direct, self.group, self.hall}, synced.keys())
        test.assertEqual(self.ann.chat("GET", "/me/settings").json, {"direct": "everyone"})
        test.assertEqual(len(self.ann.chat("GET", "/me/blocks").json["blocks"]), 1)
        test.assertEqual(len(self.ann.chat("GET", "/me/drafts").json["drafts"]), 1)
        test.assertEqual(self.bob.chat("GET", f"/room/{self.den}").json["owner"], self.ann.name)
        test.assertEqual({m["from"] for m in self.bob.log(self.hall)}, {self.ann.name})
        # Nothing of it stays that would forbid ann anything.
        socket = self.ann.open()
        socket.join(self.den)
        socket.post(self.den, "here again")
        socket.drop()


def armed(name):
    """Takes a deletion to that point, where its process dies."""
    refusal = "catalog.after_hide:refuse," if any(word in name for word in UNDO) else ""
    return {"GREENROOM_FAILPOINT": f"{refusal}{name}:kill"}


class InOneProcess(EndToEnd):
    """All processes die; everything is there when they come back."""

    ARMED_CHOICES = CHOICES

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)
        cls.server = Server(users_db=cls.postgres.url("users"), chat_db=cls.postgres.url("chat"))
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def count(self, sql):
        """In the chat database."""
        return int(self.postgres.query("chat", sql)[0][0])

    def assert_no_word_of(self, case):
        """In no table, if that was chosen; and nowhere is ann, nor what is hers alone."""
        words = self.count(f"select count(*) from messages where body like '%{case.word}%'")
        self.assertEqual(words, 0 if case.erases else case.messages + 2 * case.keeps + 2)
        name = case.ann.name.lower()
        for table, column in (("blocks", "folded"), ("blocks", "blocked"), ("user_settings", "folded"), ("drafts", "folded"),
                              ("members", "folded"), ("authors", "folded"), ("authors", "name"), ("rooms", "owner_folded")):
            self.assertEqual(self.count(f"select count(*) from {table} where lower({column}) = '{name}'"), 0, (table, column))
        self.assertEqual(self.count(f"select count(*) from blocks where name = '{case.ann.name}'"), 0)
        self.assertEqual(self.count(f"select count(*) from drafts where text like '%{case.word}%'"), 0)
        here = f"room in (select id from rooms where name = '{case.lounge}')"
        self.assertEqual([self.count(f"select count(*) from {table} where {here}") for table in ("reactions", "pins")],
                         [0, 1] if case.erases else [2, 2])

    def test_both_parts_and_everybody_is_told(self):
        case = Case(self, self.server, messages=CHUNK + 200)
        bob, ann = case.bob.open(), case.ann.open()
        for socket in (bob, ann):
            self.addCleanup(socket.drop)
            socket.join(case.den)
        answer = case.erase()
        self.assertEqual((answer.status, answer.json["state"]), (200, "completed"), answer)
        bob.expect("gone", room=case.den)
        self.assertEqual(ann.wait_closed(), 4401)
        bob.settle()
        self.assertIsNone(bob.close_code)
        case.assert_gone()
        self.assert_no_word_of(case)

    def test_rooms_that_live_keep_nothing_that_is_erased(self):
        for chosen in CHOICES:
            with self.subTest(chosen=chosen):
                case = Case(self, self.server, chosen=chosen)
                bob = case.bob.open()
                self.addCleanup(bob.drop)
                for room in (case.den, case.hall):
                    bob.join(room)
                self.assertEqual(case.erase().status, 200)
                if case.keeps:  # the room has learned who owns it now
                    bob.settle()
                    self.assertEqual(bob.frames("gone"), [])
                    act = {"type": "act", "kind": "settings", "settings": {"topic": "tea"}}
                    wait_until(lambda: self.done(bob, {**act, "room": case.den}), "bob may set the topic", 5, every=0.25)
                else:
                    bob.expect("gone", room=case.den)
                case.assert_left(case.hall, case.messages)
                self.assert_no_word_of(case)

    @staticmethod
    def done(socket, act):
        id = unique("act")
        socket.say({**act, "id": id})
        socket.wait(lambda: socket.frames("message", id=id) or socket.frames("error", id=id), "an answer")
        return socket.frames("message", id=id)

    def test_who_may_not_and_what_is_wrong(self):
        case = Case(self, self.server)
        url = f"{self.server.gateway_url}/users/{case.ann.name}"
        for token, body, status, code in ((None, {"password": PASSWORD}, 401, "unauthorized"),
                                          ("gr_nothing", {"password": PASSWORD}, 401, "invalid_token"),
                                          (case.bob.token, {"password": PASSWORD}, 403, "forbidden"),
                                          (case.token, {"password": "not the one"}, 401, "bad_credentials"),
                                          (case.token, None, 400, "bad_request"),
                                          (case.token, {"secret": PASSWORD}, 400, "bad_request"),
                                          (case.token, {"messages": "erase"}, 400, "bad_request"),
                                          (case.token, {"password": PASSWORD, "messages": "delete"}, 400, "bad_request"),
                                          (case.token, {"password": PASSWORD, "private_rooms": ""}, 400, "bad_request"),
                                          (case.token, b"{", 415, "unsupported_media")):
            self.assert_problem(http("DELETE", url, body, token=token), status, code)
        for name, status in (("9lives", 422), ("deleted", 422)):
            answer = http("DELETE", f"{self.server.gateway_url}/users/{name}", token=case.token)
            self.assertEqual(answer.status, status, answer)
        self.assertEqual(http("GET", self.server.gateway_url + "/operations/" + 32 * "0").status, 404)
        self.assertEqual(http("GET", self.server.gateway_url + "/operations/x").status, 404)
        self.assertEqual(http("GET", self.server.users_url + "/verify", token=case.token).status, 200)

    def test_a_death_at_each_step(self):
        for chosen in self.ARMED_CHOICES:
            with self.subTest(chosen=chosen):
                self.die_at_each_step(chosen)

    def die_at_each_step(self, chosen):
        """One life after the other, each with a deletion of its own. It dies at the next point, of that one or of an
        earlier one that it carries on. In the end all are over."""
        cases = []
        begun = time.monotonic()
        bob = User(self.server)
        for name in failpoints():
            self.server.kill()
            self.server.start(armed(name))
            try:
                case = Case(self, self.server, LOOKS + 1 if "chunks" in name else 2, chosen, bob)
                cases.append(case)
                case.erase()
            except (*LOST, UpgradeRefused, AssertionError):
                pass  # it died, of this one or, before this one was ready, of an earlier one; else the next line says so
            self.assertEqual(self.server.process.wait(20), -9, name)
        self.server.start()
        ends = Counter(self.judge(case) for case in cases)
        print(f"  {chosen} {dict(ends)} in {time.monotonic() - begun:.0f} s", flush=True)
        self.assertGreaterEqual(min(ends["completed"], ends["undone"]), 5)

    def judge(self, case):
        state = case.wait_ended()
        if state == "undone":
            case.assert_as_before()
        else:
            case.assert_gone()
            self.assert_no_word_of(case)
        return state


class InOneProcessOnSqlite(InOneProcess):
    """The same, with the other database."""

    ARMED_CHOICES = CHOICES[3:]

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def count(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.server.folder}/data/chat.db?mode=ro", uri=True, timeout=10)) as chat:
            return chat.execute(sql).fetchone()[0]


class OverNodes(EndToEnd):
    """Each participant dies alone; the others wait for it, or find another one."""

    POINTS = {
        "gateway": ("saga.after_hide", "saga.after_delete"),
        "users": ("accounts.after_begin", "accounts.after_delete"),
        "chat": ("catalog.after_hide", "catalog.after_purge"),
    }

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(users=2, chat=2, postgres="two")
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.start()

    def tearDown(self):
        show_if_failed(self, self.cluster.log)

    def test_both_parts_and_everybody_is_told_wherever_they_are(self):
        case = Case(self, self.cluster)
        bob, ann = (Json(ws_url(self.cluster.url(node)) + "/ws", token=who.token)
                    for node, who in (("chat-1", case.bob), ("chat-2", case.ann)))
        for socket in (bob, ann):
            self.addCleanup(socket.drop)
            socket.join(case.den)
        answer = case.erase()
        self.assertEqual((answer.status, answer.json["state"]), (200, "completed"), answer)
        bob.expect("gone", room=case.den)
        self.assertEqual(ann.wait_closed(), 4401)
        case.assert_gone()

    def test_a_deletion_that_takes_long_is_told_where_to_look(self):
        case = Case(self, self.cluster)
        self.cluster.postgres_chat.pause()
        try:
            answer = case.erase()
        finally:
            self.cluster.postgres_chat.go_on()
        self.assertEqual((answer.status, answer.json["state"]), (202, "hiding"), answer)
        self.assertEqual(answer.headers["Location"], "/operations/" + case.operation)
        wait_until(lambda: case.read().json["state"] == "completed", "it goes on", 20)
        case.assert_gone()

    def test_a_participant_dies_at_each_step(self):
        choices = itertools.cycle(CHOICES)
        for role, names in self.POINTS.items():
            for name in names:
                chosen = next(choices)
                with self.subTest(failpoint=name, chosen=chosen):
                    self.die_at(name, self.cluster.of_role(role), chosen)

    def die_at(self, name, nodes, chosen):
        for node in nodes:  # whichever is asked first
            node.restart(armed(name), hard=True)
        case = Case(self, self.cluster, chosen=chosen)
        case.erase_somehow()
        wait_until(lambda: not all(node.running for node in nodes), f"one dies at {name}", 20)
        for node in nodes:
            node.restart(hard=True)
        self.assertEqual(case.wait_ended(), "completed")
        case.assert_gone()


if __name__ == "__main__":
    unittest.main()
