#!/usr/bin/python3
"""Direct messages, groups, blocks, settings and drafts of a person, through the whole program."""

import time
import unittest

from clients import Lines, User, http, ws_url
from cluster import Cluster
from harness import Chat, EndToEnd, unique, wait_until


def direct(person, *others):
    return person.chat("POST", "/direct", {"with": [other.name for other in others]})


def befriend(*people):
    """They share a room, as members."""
    room = unique("hall")
    people[0].room(room=room, members=[person.name for person in people[1:]])
    return room


def room_of(*people):
    names = sorted(person.name.lower() for person in people)
    return f"@{names[0]},{names[-1]}"


def forms(person, other):
    """All names that somebody may use for the room with another one."""
    return f"@{other.name}", f"@{other.name},{person.name}", f"@{person.name.upper()},{other.name}", room_of(person, other)


def is_refused(socket, room):
    """Whether what this one says now is answered with `blocked`."""
    id = unique("m")
    socket.say({"type": "send", "room": room, "id": id, "text": "again"})
    heard = socket.wait(lambda: socket.frames("error", id=id) + socket.frames("message", id=id), "an answer")
    return heard[0].get("code") == "blocked"


class Direct(Chat):
    def test_two_people_write_to_each_other(self):
        ada, bob = self.person(), self.person()
        befriend(ada, bob)
        room = room_of(ada, bob)
        made = direct(ada, bob)
        self.assertEqual((made.status, made.json), (201, {"room": room, "created": True}))
        again = direct(bob, ada)
        self.assertEqual((again.status, again.json), (200, {"room": room, "created": False}))
        of_ada, of_bob = self.open(ada), self.open(bob)
        for socket, person, other in ((of_ada, ada, bob), (of_bob, bob, ada)):
            for name in forms(person, other):
                socket.say({"type": "join", "room": name})
                joined = socket.expect("joined", room=room)
                self.assertEqual((joined["access"], joined["owner"], joined["role"]), ("private", "system", "member"))
        for at, name in enumerate(forms(ada, bob)):
            of_ada.say({"type": "send", "room": name, "id": f"m{at}", "text": f"text {at}"})
            self.assertEqual(of_ada.expect("message", room=room, id=f"m{at}")["seq"], at + 1)
            of_bob.expect("message", room=room, text=f"text {at}")
            of_ada.say({"type": "typing", "room": name})
            of_bob.expect("typing", room=room, user=ada.name)
            of_ada.say({"type": "history", "room": name})
            self.assertEqual(len(of_ada.expect("history", room=room)["messages"]), at + 1)
        of_ada.say({"type": "act", "room": f"@{bob.name}", "id": "e", "kind": "erase", "target": 1})
        of_bob.expect("message", room=room, kind="erase", target=1)
        of_bob.say({"type": "act", "room": f"@{ada.name}", "id": "e", "kind": "erase", "target": 2})
        of_bob.expect("error", room=room, id="e", code="forbidden")
        of_ada.say({"type": "leave", "room": f"@{bob.name}"})
        of_ada.expect("left", room=room)
        lines = Lines(ws_url(self.server.chat_url) + f"/room/%40{bob.name}?history=1", token=ada.token)
        self.addCleanup(lines.drop)
        lines.say("by hand")
        of_bob.expect("message", room=room, text="by hand")

    def test_who_is_elsewhere_hears_that_there_is_more_and_what_was_read(self):
        ada, bob = self.person(), self.person()
        befriend(ada, bob)
        room = room_of(ada, bob)
        direct(ada, bob)
        of_ada, of_bob, also_bobs = self.open(ada), self.open(bob), self.open(bob)
        of_ada.say({"type": "join", "room": room})
        of_ada.expect("joined", room=room)
        of_ada.say({"type": "send", "room": room, "id": "m1", "text": "are you there?"})
        of_bob.expect("news", room=room, head=1)
        of_bob.say({"type": "join", "room": room})
        of_bob.expect("joined", room=room)
        of_bob.say({"type": "read", "room": room, "seq": 1})
        also_bobs.expect("read", room=room, user=bob.name, seq=1)
        also_bobs.say({"type": "sync"})
        synced = {one["room"]: one for one in also_bobs.expect("synced")["rooms"]}[room]
        self.assertEqual((synced["direct"], synced["notify"]), (True, "all"))

    def test_all_of_a_group_hear_that_there_is_more(self):
        ada, bob, eve, kim = (self.person() for _ in range(4))
        befriend(ada, bob, eve, kim)
        of_bob, of_kim = self.open(bob), self.open(kim)
        room = direct(ada, bob, eve).json["room"]
        of_bob.expect("added", room=room, by=ada.name)
        self.assertEqual(ada.chat("POST", f"/room/{room}/messages", {"text": "hello, all"}).status, 201)
        of_bob.expect("news", room=room, head=1)
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{kim.name}").status, 200)
        of_kim.expect("added", room=room)
        of_kim.expect("news", room=room, head=2)
        self.assertEqual(bob.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 200)
        of_kim.expect("news", room=room, head=3)
        of_bob.expect("removed", room=room, reason="left")
        before = time.monotonic()
        for n in range(20):
            self.assertEqual(ada.chat("POST", f"/room/{room}/messages", {"text": f"more {n}"}).status, 201)
        of_kim.expect("news", room=room, head=23)
        self.assertLessEqual(len(of_kim.frames("news", room=room)), 4 + (time.monotonic() - before) / 0.25, "at most one in 250 ms")
        of_bob.settle()
        self.assertLessEqual({frame["head"] for frame in of_bob.frames("news", room=room)}, {1, 2}, "who left hears no more")

    def test_as_many_people_as_a_group_has(self):
        ada, *others = (self.person() for _ in range(21))
        befriend(ada, *others)
        room = direct(ada, *others[:19]).json["room"]
        self.assert_problem(ada.chat("PUT", f"/room/{room}/members/{others[19].name}"), 409, "limit_reached")
        self.assertEqual(others[0].chat("DELETE", f"/room/{room}/members/{others[0].name}").status, 200)
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{others[19].name}").status, 200)

    def test_paths_name_it_in_every_way(self):
        ada, bob = self.person(), self.person()
        befriend(ada, bob)
        room = direct(ada, bob).json["room"]
        for chat in (self.server.chat_url, self.server.gateway_url + "/chat"):
            for name in (*forms(ada, bob), f"%40{bob.name}", f"%40{bob.name}%2C{ada.name}"):
                answer = http("GET", f"{chat}/room/{name}", token=ada.token)
                self.assertEqual((answer.status, answer.json.get("room")), (200, room), name)
        self.assertIn(room, [one["room"] for one in bob.chat("GET", "/rooms?limit=500").json["rooms"]])

    def test_nobody_makes_such_a_room_otherwise(self):
        ada, bob = self.person(), self.person()
        befriend(ada, bob)
        socket = self.open(ada)
        for name in (f"@{bob.name}", room_of(ada, bob), "@@0123456789abcdef"):
            self.assert_problem(ada.chat("POST", "/room", {"room": name}), 422, "bad_name")
            socket.say({"type": "join", "room": name})
            socket.expect("error", code="not_found")
            self.assertEqual(self.refused_upgrade(f"/room/{name}", token=ada.token), 404)
            self.assert_problem(ada.chat("GET", f"/room/{name}"), 404, "not_found")
        for name in ("@", "@a,b,c", "@@nothex"):
            socket.say({"type": "join", "room": name})
            socket.expect("error", code="bad_name")

    def test_groups(self):
        ada, bob, eve, kim = (self.person() for _ in range(4))
        befriend(ada, bob, eve)
        made = direct(ada, bob, eve)
        self.assertEqual(made.status, 201)
        room = made.json["room"]
        self.assertRegex(room, "^@@[0-9a-f]{16}$")
        self.assertNotEqual(direct(ada, bob, eve).json["room"], room)
        socket = self.open(eve)
        socket.join(room)
        self.assert_problem(bob.chat("PUT", f"/room/{room}/members/{kim.name}"), 403, "forbidden")
        befriend(bob, kim)
        self.assertEqual(bob.chat("PUT", f"/room/{room}/members/{kim.name}").status, 200)
        socket.expect("message", room=room, kind="add", user=kim.name)
        self.assert_problem(bob.chat("DELETE", f"/room/{room}/members/{eve.name}"), 403, "forbidden")
        self.assertEqual(bob.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 200)
        socket.expect("message", room=room, kind="remove", user=bob.name)
        self.assert_problem(bob.chat("GET", f"/room/{room}"), 404, "not_found")

    def test_settings_say_who_may_write(self):
        ada, bob = self.person(), self.person()
        self.assertEqual(bob.chat("GET", "/me/settings").json, {"direct": "shared"})
        self.assert_problem(direct(ada, bob), 403, "forbidden")
        befriend(ada, bob)
        self.assertEqual(bob.chat("PUT", "/me/settings", {"direct": "nobody"}).json, {"direct": "nobody"})
        self.assert_problem(direct(ada, bob), 403, "forbidden")
        self.assertEqual(bob.chat("PUT", "/me/settings", {"direct": "everyone"}).status, 200)
        self.assertEqual(direct(self.person(), bob).status, 201)
        self.assert_problem(bob.chat("PUT", "/me/settings", {"direct": "friends"}), 400, "bad_request")

    def test_nothing_is_opened_with_who_is_not_there(self):
        ada = self.person()
        for people, status, code in (([], 400, "bad_request"), (["nobody-at-all"], 404, "no_user"), (["-"], 422, "bad_name"),
                                     ([f"user{n}" for n in range(20)], 400, "bad_request")):
            self.assert_problem(ada.chat("POST", "/direct", {"with": people}), status, code)

    def test_drafts_follow_a_person(self):
        ada = self.person()
        room = unique("room")
        ada.room(room=room)
        phone = self.open(ada)
        self.assertEqual(ada.chat("PUT", f"/me/drafts/{room}", {"text": "half a"}).status, 204)
        self.assertEqual(phone.expect("draft"), {"type": "draft", "room": room, "text": "half a"})
        kept = ada.chat("GET", "/me/drafts").json
        self.assertEqual([(one["room"], one["text"]) for one in kept["drafts"]], [(room, "half a")])
        self.assertEqual(ada.chat("GET", f"/me/drafts?after={room}&limit=1").json, {"drafts": [], "more": False})
        self.assertEqual(ada.chat("PUT", f"/me/drafts/{room}", {"text": ""}).status, 204)
        phone.expect("draft", room=room, text="")
        self.assertEqual(ada.chat("DELETE", f"/me/drafts/{room}").status, 204)
        self.assertEqual(ada.chat("GET", "/me/drafts").json, {"drafts": [], "more": False})
        self.assert_problem(ada.chat("PUT", f"/me/drafts/{room}", {"text": "x" * 8193}), 400, "bad_request")

    def test_as_many_as_there_may_be(self):
        ada, other = self.person(), self.person()
        befriend(ada, other)
        rooms = [unique("room") for _ in range(201)]
        socket = self.open(ada)
        for room in rooms[:200]:
            socket.join(room)
        socket.say({"type": "leave", "room": rooms[0]})
        socket.expect("left", room=rooms[0])
        socket.join(rooms[200])
        answers = [ada.chat("PUT", f"/me/drafts/{room}", {"text": "x"}) for room in rooms]
        self.assertEqual({answer.status for answer in answers[:200]}, {204})
        self.assert_problem(answers[200], 409, "limit_reached")


class Blocks(Chat):
    def setUp(self):
        self.ada, self.bob = self.person(), self.person()
        befriend(self.ada, self.bob)
        self.room = direct(self.ada, self.bob).json["room"]

    def block(self, method="PUT"):
        self.assertEqual(self.bob.chat(method, f"/me/blocks/{self.ada.name}").status, 204)
        return time.monotonic()

    def test_neither_writes_within_a_second(self):
        sockets = [self.open(self.ada), self.open(self.bob)]
        for socket in sockets:
            socket.join(self.room)
            socket.post(self.room, "before")
        since = self.block()
        self.assertEqual(self.bob.chat("GET", "/me/blocks").json, {"blocks": [self.ada.name]})
        self.assertEqual(self.ada.chat("GET", "/me/blocks").json, {"blocks": []})
        for socket in sockets:
            wait_until(lambda: is_refused(socket, self.room), "it holds", 5, every=0.01)
        self.assertLess(time.monotonic() - since, 1)
        self.assert_problem(self.ada.chat("POST", f"/room/{self.room}/acts", {"kind": "notice", "text": "x"}), 403, "blocked")
        self.assertEqual(self.ada.chat("GET", f"/room/{self.room}/messages").status, 200)
        self.open(self.ada).join(self.room)
        self.assertEqual(direct(self.ada, self.bob).status, 200)
        since = self.block("DELETE")
        wait_until(lambda: not is_refused(sockets[0], self.room), "they are friends again", 5, every=0.01)
        self.assertLess(time.monotonic() - since, 1)

    def test_who_is_blocked_opens_nothing_and_adds_nobody(self):
        eve, den = self.person(), unique("den")
        befriend(self.ada, self.bob, eve)
        self.block()
        self.assert_problem(direct(self.ada, self.bob, eve), 403, "blocked")
        self.assert_problem(self.ada.chat("POST", "/room", {"room": den, "access": "private", "members": [self.bob.name]}), 403, "blocked")
        self.ada.room(room=den, private=True, members=[eve.name])
        self.assert_problem(self.ada.chat("PUT", f"/room/{den}/members/{self.bob.name}"), 403, "blocked")
        socket = self.open(self.ada)
        socket.join(den)
        socket.say({"type": "act", "room": den, "id": "a", "kind": "add", "user": self.bob.name})
        socket.expect("error", room=den, id="a", code="blocked")
        self.assertEqual(eve.chat("PUT", f"/room/{den}/members/{self.bob.name}").status, 200)

    def test_who_is_blocked_makes_nobody_a_member_by_a_role(self):
        self.block()
        room = unique("room")
        self.ada.room(room=room)
        for role in ("member", "moderator", "owner"):
            self.assert_problem(self.ada.chat("PUT", f"/room/{room}/members/{self.bob.name}", {"role": role}), 403, "blocked")
        self.assertEqual(self.bob.chat("PUT", f"/room/{room}/members/{self.bob.name}").status, 204, "bob may join by himself")
        self.assertEqual(self.ada.chat("PUT", f"/room/{room}/members/{self.bob.name}", {"role": "moderator"}).status, 200)
        invited = unique("room")
        self.ada.room(room=invited, private=True)
        invite = self.ada.chat("POST", f"/room/{invited}/invites", {}).json["invite"]
        self.assertEqual(self.bob.chat("POST", f"/invites/{invite}").status, 200, "or take an invite")

    def test_mistakes(self):
        self.assert_problem(self.bob.chat("PUT", "/me/blocks/nobody-at-all"), 404, "no_user")
        self.assert_problem(self.bob.chat("PUT", f"/me/blocks/{self.bob.name}"), 409, "conflict")
        self.assert_problem(self.bob.chat("PUT", "/me/blocks/9"), 422, "bad_name")


class NobodyElse(Chat):
    """An outsider, who shares rooms with both, and an admin of the server, see a direct room of two others nowhere."""

    def test_reads_it(self):
        ada, bob, eve, root = (self.person() for _ in range(4))
        self.administer("grant", root.name)
        befriend(ada, bob, eve, root)
        room, secret = direct(ada, bob).json["room"], unique("secret")
        socket = self.open(ada)
        socket.join(room)
        socket.post(room, secret)
        for outsider in (eve, root):
            missing = room_of(ada, self.person())
            for method, path, body in (
                    ("GET", "", None), ("GET", "/messages", None), ("GET", "/members", None), ("GET", "/bans", None),
                    ("GET", "/mutes", None), ("GET", "/audit", None), ("GET", "/invites", None), ("PATCH", "", {"topic": "x"}),
                    ("DELETE", "", None), ("POST", "/acts", {"kind": "notice", "text": "x"}),
                    ("POST", "/acts", {"kind": "erase", "target": 1}), ("POST", "/invites", {}),
                    ("PUT", f"/members/{outsider.name}", None), ("PUT", f"/members/{eve.name}", {"role": "member"}),
                    ("DELETE", f"/members/{ada.name}", None), ("PUT", f"/bans/{ada.name}", None), ("PUT", f"/mutes/{ada.name}", None),
                    ("DELETE", f"/bans/{ada.name}", None), ("DELETE", f"/mutes/{ada.name}", None)):
                with self.subTest(f"{method} {path}"):
                    told = [outsider.chat(method, f"/room/{one}{path}", body) for one in (room, missing)]
                    self.assertEqual([answer.status for answer in told], [404, 404], told)
                    bodies = [{name: value for name, value in answer.json.items() if name != "request_id"} for answer in told]
                    self.assertEqual(*bodies)
            self.assertNotIn(room, str(outsider.chat("GET", "/rooms?limit=500").body))
            for one in (room, missing):
                self.assertEqual(self.refused_upgrade(f"/room/{one}", token=outsider.token), 404)
            self.assert_problem(outsider.chat("PUT", f"/me/drafts/{room}", {"text": "x"}), 404, "not_found")
            spy = self.open(outsider)
            spy.say({"type": "join", "room": room}, {"type": "join", "room": room, "after": 0}, {"type": "history", "room": room},
                    {"type": "send", "room": room, "id": "1", "text": "x"}, {"type": "typing", "room": room},
                    {"type": "read", "room": room, "seq": 1}, {"type": "leave", "room": room},
                    {"type": "act", "room": room, "id": "2", "kind": "erase", "target": 1})
            spy.expect("error", room=room, code="not_found")
            spy.settle()
            time.sleep(0.2)
            self.assertEqual({frame["type"] for frame in spy.frames("joined") + spy.frames("message") + spy.frames("history")}, set())
            self.assertNotIn(secret, "".join(spy.heard))


class OnTwoNodes(EndToEnd):
    """A block that is made at one node holds at the others."""

    def test_a_block_holds_on_every_node(self):
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        cluster.start()
        ada, bob = User(cluster.on("chat-1")), User(cluster.on("chat-2"))
        befriend(ada, bob)
        room = direct(ada, bob).json["room"]
        sockets = [ada.open(), bob.open()]
        for socket in sockets:
            self.addCleanup(socket.drop)
            socket.join(room)
            socket.post(room, "before")
        for method, holds in (("PUT", True), ("DELETE", False)) * 2:
            for person, other in ((ada, bob), (bob, ada)):  # one of the two asks a node where the room doesn't live
                self.assertEqual(person.chat(method, f"/me/blocks/{other.name}").status, 204)
                since = time.monotonic()
                if holds or person is bob:
                    for socket in sockets:
                        wait_until(lambda: is_refused(socket, room) == holds, f"{method} holds", 5, every=0.01)
                    self.assertLess(time.monotonic() - since, 1)


if __name__ == "__main__":
    unittest.main()
