#!/usr/bin/python3
"""A membership lasts: what is read stays read, on every device, whatever ends; and unread is what an oracle counts."""

import os
import random
import time
import unittest
import uuid

from clients import Json, User, http, ws_url
from cluster import Cluster
from harness import Chat, EndToEnd, Postgres, unique
from processes import wait_until

WORDS = (None, "notice", "action")
ROUNDS = int(os.environ.get("GREENROOM_MARK_ROUNDS", "3"))
SETTLED = 3  # seconds: a mark is durable by then


def synced(user, room):
    """The room as this member finds it, or None."""
    answer = user.chat("GET", "/sync")
    assert answer.status == 200, answer
    return next((one for one in answer.json["rooms"] if one["room"] == room), None)


class Marks(Chat):
    def setUp(self):
        self.ada, self.bob, self.room = self.person(), self.person(), unique("room")
        self.ada.room(room=self.room, members=[self.bob.name])
        self.here = self.open(self.ada)
        self.here.join(self.room)

    def member(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        return socket

    def figures(self, user=None):
        found = synced(user or self.bob, self.room)
        return found["unread"], found["read"]

    def wait_for(self, unread, read, user=None):
        wait_until(lambda: self.figures(user) == (unread, read), f"unread {unread}, read {read}: {self.figures(user)}")

    def test_what_is_read_on_one_device_is_read_on_the_other(self):
        for text in ("one", "two", "three"):
            self.here.post(self.room, text)
        self.assertEqual(self.figures(), (3, 0))
        first, second = self.member(), self.member()
        first.say({"type": "read", "room": self.room, "seq": 1}, {"type": "read", "room": self.room, "seq": 2})
        second.expect("read", room=self.room, user=self.bob.name, seq=2)
        self.wait_for(1, 2)
        first.say({"type": "read", "room": self.room, "seq": 1})
        self.assertEqual(self.ada.chat("PUT", f"/room/{self.room}/mutes/{self.person().name}").status, 200)
        first.say({"type": "read", "room": self.room, "seq": 4})
        self.wait_for(0, 4)
        self.wait_for(0, 3, self.ada)  # who has written the last text, and read no further

    def test_nobody_else_hears_of_it_where_receipts_are_off(self):
        path = f"/room/{self.room}"
        self.assertEqual(self.ada.chat("GET", path).json["receipts"], "auto")
        first, second = self.member(), self.member()
        first.say({"type": "read", "room": self.room, "seq": 1})
        self.here.post(self.room, "one")
        first.say({"type": "read", "room": self.room, "seq": 1})
        self.here.expect("read", room=self.room, user=self.bob.name, seq=1)
        self.assertEqual(self.ada.chat("PATCH", path, {"receipts": "off"}).json["text"], "set the read receipts: off")
        self.assertEqual(self.ada.chat("PATCH", path, {"receipts": "never"}).code, "bad_request")
        first.say({"type": "read", "room": self.room, "seq": 2})
        second.expect("read", room=self.room, user=self.bob.name, seq=2)
        self.here.post(self.room, "two")
        self.assertEqual(self.here.frames("read", seq=2), [])

    def test_a_mark_beyond_the_head_is_at_the_head(self):
        self.here.post(self.room, "one")
        self.member().say({"type": "read", "room": self.room, "seq": 9007199254740991})
        self.wait_for(0, 1)
        self.here.post(self.room, "two")
        self.assertEqual(self.figures(), (1, 1))

    def test_a_mark_is_stored_when_its_connection_ends(self):
        self.here.post(self.room, "one")
        for end in ("close", "drop"):
            with self.subTest(end):
                seq = self.here.post(self.room, "more")["seq"]
                socket = self.member()
                socket.say({"type": "read", "room": self.room, "seq": seq})
                socket.settle()
                getattr(socket, end)()
                self.wait_for(0, seq)

    def test_a_mark_survives_a_drain(self):
        server = self.serve()
        ada, room = User(server), unique("room")
        ada.room(room=room)
        socket = ada.open()
        socket.join(room)
        seq = socket.post(room, "one")["seq"]
        socket.say({"type": "read", "room": room, "seq": seq})
        socket.settle()
        server.stop()
        server.start()
        self.assertEqual(synced(ada, room)["read"], seq)

    def test_a_new_member_has_read_what_was_there(self):
        for text in ("one", "two"):
            self.here.post(self.room, text)
        carl = self.person()
        self.assertEqual(carl.chat("PUT", f"/room/{self.room}/members/{carl.name}").status, 204)
        self.assertEqual(self.figures(carl), (0, 2))
        self.here.post(self.room, "three")
        self.assertEqual(self.figures(carl), (1, 2))
        self.assertEqual(carl.chat("DELETE", f"/room/{self.room}/members/{carl.name}").status, 200)
        self.assertIsNone(synced(carl, self.room))

    def test_somebody_who_is_no_member_has_no_mark(self):
        self.here.post(self.room, "one")
        carl = self.person()
        socket = self.open(carl)
        socket.join(self.room)
        socket.say({"type": "read", "room": self.room, "seq": 1})
        socket.close()
        time.sleep(1.5)
        self.assertIsNone(synced(carl, self.room))
        self.assertEqual(carl.chat("PUT", f"/room/{self.room}/members/{carl.name}").status, 204)
        self.assertEqual(self.figures(carl), (0, 1))

    def test_what_one_comes_back_to(self):
        self.assertEqual(self.ada.chat("PATCH", f"/room/{self.room}", {"title": "The room"}).status, 200)
        said = self.ada.chat("POST", f"/room/{self.room}/acts", {"kind": "action", "text": "waves"}).json
        found = synced(self.bob, self.room)
        described = self.bob.chat("GET", f"/room/{self.room}").json
        self.assertEqual(found, {
            "room": self.room, "title": "The room", "access": "open", "generation": described["generation"], "head": 2, "first": 1,
            "unread": 1, "mentions": 0, "read": 0, "role": "member", "notify": "mentions",
            "last": {"seq": 2, "from": self.ada.name, "text": "* waves", "at": said["at"], "kind": "action"}})
        socket = self.open(self.bob)
        socket.say({"type": "sync"})
        page = socket.expect("synced")
        self.assertEqual(page["rooms"], [found])
        self.assertFalse(page["more"])
        socket.say({"type": "sync", "after": self.room})
        self.assertEqual(socket.expect("synced")["rooms"], [])
        self.assertEqual(self.bob.chat("GET", f"/sync?after={self.room}").json, {"rooms": [], "more": False})
        socket.say({"type": "join", "room": self.room, "after": found["head"], "generation": found["generation"]})
        self.assertTrue(socket.expect("joined")["recovered"])
        self.here.post(self.room, "x" * 4096)
        self.assertEqual(synced(self.bob, self.room)["last"]["text"], "x" * 200)
        self.assertEqual(socket.expect("message", room=self.room)["seq"], 3, "nothing is sent twice")

    def test_nothing_is_sent_again_that_did_not_change(self):
        before = self.bob.chat("GET", "/sync")
        same = self.bob.chat("GET", "/sync", headers={"If-None-Match": before.headers["ETag"]})
        self.assertEqual((same.status, same.body), (304, b""))
        self.here.post(self.room, "news")
        self.assertEqual(self.bob.chat("GET", "/sync", headers={"If-None-Match": before.headers["ETag"]}).status, 200)

    def test_what_one_is_called_for(self):
        phone = self.open(self.bob)
        for level in ("all", "none", "mentions"):
            answer = self.bob.chat("PUT", f"/room/{self.room}/notify", {"level": level})
            phone.expect("notify", room=self.room, level=level)
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(synced(self.bob, self.room)["notify"], level)
        self.assertEqual(synced(self.ada, self.room)["notify"], "mentions")
        self.assert_problem(self.bob.chat("PUT", f"/room/{self.room}/notify", {"level": "some"}), 400, "bad_request")
        self.assertIn("`level`", self.bob.chat("PUT", f"/room/{self.room}/notify", {}).json["detail"])
        self.assert_problem(self.person().chat("PUT", f"/room/{self.room}/notify", {"level": "all"}), 404, "not_found")

    def test_how_many_marks_are_stored_is_counted(self):
        def counted():
            text = http("GET", self.server.operators_url + "/metrics").body.decode()
            return sum(float(line.split()[1]) for line in text.splitlines() if line.startswith("greenroom_read_marks_total"))
        before = counted()
        self.here.post(self.room, "one")
        self.member().say({"type": "read", "room": self.room, "seq": 1})
        wait_until(lambda: counted() == before + 1, "one more")


class MarksAtAGateway(unittest.TestCase):
    """An edge without a database has them stored by a chat node, and by another one where that dies."""

    def test_they_are_stored_whichever_chat_node_lives(self):
        cluster = Cluster(users=1, chat=2)
        self.addCleanup(cluster.remove)
        cluster.start()
        ada, room = User(cluster), unique("room")
        ada.room(room=room)
        socket = Json(ws_url(cluster.gateway_url) + "/chat/ws", token=ada.token)
        self.addCleanup(socket.drop)
        socket.join(room)

        def read_all():
            seq = socket.post(room, "words")["seq"]
            socket.say({"type": "read", "room": room, "seq": seq})

            def is_read():
                socket.say({"type": "sync"})
                (found,) = socket.expect("synced")["rooms"]
                return (found["read"], found["unread"]) == (seq, 0)
            wait_until(is_read, "the mark is stored", every=0.2)
        read_all()
        for name in ("chat-1", "chat-2"):
            cluster.nodes[name].kill()
            read_all()
            cluster.nodes[name].start()
            cluster.wait_for_view(lambda names, name=name: name in names, within=20)


class MarksThroughKills(EndToEnd):
    """Three devices of one person, two who write, and kill -9."""

    def setUp(self):
        self.chance = random.Random(int.from_bytes(os.urandom(4), "big"))

    def some_act(self, ada, room, head):
        """Somebody writes, or something is done that nobody has to read."""
        kind = self.chance.choice((*WORDS, *WORDS, "erase", "settings"))
        body = {"kind": kind, "id": uuid.uuid4().hex}
        if kind == "erase":
            body["target"] = self.chance.randrange(1, head + 1)
        elif kind == "settings":
            body["settings"] = {"topic": uuid.uuid4().hex}
        elif kind:
            body["text"] = "words"
        answer = ada.chat("POST", f"/room/{room}/acts", body) if kind else None
        self.assertIn(answer.status if answer else 201, (200, 201, 404, 410), answer)

    def life(self, server, ada, bob, rooms, marks):
        """Writes and reads until the server is killed. `marks`: by room the highest that is durable, and that was said."""
        writer = ada.open()
        devices = [bob.open() for _ in range(3)]
        for socket in (writer, *devices):
            for room in rooms:
                socket.join(room)
        said = []
        end = time.monotonic() + self.chance.uniform(2, 6)
        while time.monotonic() < end:
            room = self.chance.choice(rooms)
            head = writer.post(room, "words")["seq"]
            self.some_act(ada, room, head)
            seq = self.chance.randrange(head + 3)
            self.chance.choice(devices).say({"type": "read", "room": room, "seq": seq})
            said.append((time.monotonic(), room, min(seq, head)))
            marks[room][1] = max(marks[room][1], seq)
            if self.chance.random() < 0.1:
                device = devices.pop(0)
                device.settle()
                device.drop()
                devices.append(bob.open())
                for each in rooms:
                    devices[-1].join(each)
        killed = time.monotonic()
        server.kill()
        for at, room, seq in said:
            if at < killed - SETTLED:
                marks[room][0] = max(marks[room][0], seq)

    def judge(self, bob, rooms, marks):
        for room in rooms:
            found, log = synced(bob, room), bob.log(room)
            kinds = ("text", "notice", "action", "erased")
            behind = [entry for entry in log if entry["seq"] > found["read"] and entry.get("kind", "text") in kinds]
            self.assertEqual(found["unread"], len(behind), f"unread behind {found['read']} of {len(log)}")
            self.assertEqual(found["head"], len(log))
            self.assertGreaterEqual(found["read"], marks[room][0], "a durable mark is there")
            self.assertLessEqual(found["read"], max(marks[room]), "nobody has read further")

    def kill_in_rounds(self, server):
        ada, bob, rooms = User(server), User(server), [unique("room") for _ in range(3)]
        for room in rooms:
            ada.room(room=room, members=[bob.name])
        marks = {room: [0, 0] for room in rooms}
        for _ in range(ROUNDS):
            self.life(server, ada, bob, rooms, marks)
            server.start()
            self.judge(bob, rooms, marks)
        device = bob.open()
        for room in rooms:
            head = device.join(room)["head"]
            device.say({"type": "read", "room": room, "seq": head})
        wait_until(lambda: all(synced(bob, room)["unread"] == 0 for room in rooms), "all is read", within=SETTLED)

    def test_on_sqlite(self):
        self.kill_in_rounds(self.serve())

    def test_on_postgresql(self):
        postgres = Postgres()
        self.addCleanup(postgres.remove)
        self.kill_in_rounds(self.serve(users_db=postgres.url("users"), chat_db=postgres.url("chat")))


if __name__ == "__main__":
    unittest.main()
