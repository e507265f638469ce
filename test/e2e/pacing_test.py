#!/usr/bin/python3
"""Commands that come all at once, and readers that are slower than a burst: neither fast nor stopped."""

import json
import time
import unittest

from clients import JSON_DIALECT, User
from harness import Chat, unique
from raw import CLOSE, PONG, TEXT, RawSocket

class SlowReader(RawSocket):
    """Reads `rate` bytes a second, with a small buffer, and keeps every frame."""

    def __init__(self, user, rate=4_000_000, **more):
        self.rate = rate
        self.heard = []
        super().__init__(user.server.chat_url, "/ws", user.token, JSON_DIALECT, receive_buffer=16 * 1024, **more)

    def say(self, *commands):
        """All in one write."""
        frames, self.send, out = [], lambda data: frames.append(data), self.send
        try:
            for command in commands:
                self.frame(TEXT, json.dumps(command).encode())
        finally:
            self.send = out
        self.send(b"".join(frames))

    def _more(self):
        data = self._socket.recv(8192)
        time.sleep(len(data) / self.rate)
        self._read += data
        return bool(data)

    def read_until(self, enough, within=60):
        end = time.monotonic() + within
        while not enough(self.heard):
            frame = self.next()
            if frame is None or frame[0] == CLOSE:
                raise AssertionError(f"closed with {frame}, after {len(self.heard)} frames")
            if frame[0] == TEXT:
                self.heard.append(json.loads(frame[1]))
            if time.monotonic() > end:
                raise AssertionError(f"not within {within} s; heard {len(self.heard)} frames")
        return self.heard

    def of(self, kind):
        return [frame for frame in self.heard if frame["type"] == kind]


class Order(Chat):
    def burst(self, user, *commands):
        socket = SlowReader(user)
        self.addCleanup(socket._socket.close)
        socket.say(*commands)
        return socket

    def test_what_is_sent_right_before_a_leave_is_stored_and_acknowledged(self):
        ada, room = self.person(), unique("room")
        join, leave = {"type": "join", "room": room}, {"type": "leave", "room": room}
        for i in range(20):
            post = {"type": "send", "room": room, "id": f"i{i}", "text": "hello"}
            heard = self.burst(ada, join, post, {"type": "typing", "room": room}, leave).read_until(
                lambda heard: any(frame["type"] == "left" for frame in heard), 5)
            kinds = [frame["type"] for frame in heard if frame["type"] in ("joined", "message", "left", "error")]
            self.assertEqual(kinds, ["joined", "message", "left"])
        self.assertEqual(len(ada.log(room)), 20)

    def test_a_new_room_is_joined_left_and_joined_in_one_write(self):
        ada, room = self.person(), unique("room")
        join, leave = {"type": "join", "room": room}, {"type": "leave", "room": room}
        page = {"type": "history", "room": room}
        socket = self.burst(ada, join, leave, join, page)
        socket.read_until(lambda heard: any(frame["type"] == "history" for frame in heard), 5)
        kinds = [frame["type"] for frame in socket.heard if frame["type"] not in ("presence", "heads")]
        self.assertEqual(kinds, ["joined", "left", "joined", "history"])

    def test_one_room_too_many_is_a_final_answer_that_names_it(self):
        server = self.serve("--rooms-per-connection", "2")
        socket = self.open(User(server))
        socket.join("one")
        socket.join("two")
        socket.say({"type": "join", "room": "three"})
        self.assertEqual(socket.expect("error", room="three")["code"], "limit_reached")
        socket.say({"type": "leave", "room": "one"})
        socket.expect("left", room="one")
        socket.join("three")


class Pacing(Chat):
    """An outbox that is small beside what is asked for."""

    OPTIONS = ("--outbox", "64KiB")
    ROOMS, TEXTS = 24, 60

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada = User(cls.server)
        cls.rooms = [unique("room") for _ in range(cls.ROOMS)]
        writer = cls.ada.open()
        try:
            for room in cls.rooms:
                writer.join(room)
                writer.say(*({"type": "send", "room": room, "id": f"i{i}", "text": f"{i} " + "x" * 4000}
                             for i in range(cls.TEXTS)))
                writer.wait_seq(room, cls.TEXTS, 30)
        finally:
            writer.drop()

    def test_who_comes_back_to_many_rooms_gets_all_that_was_missed(self):
        socket = SlowReader(self.ada)
        self.addCleanup(socket._socket.close)
        socket.say(*({"type": "join", "room": room, "after": 0} for room in self.rooms))
        socket.read_until(lambda heard: sum(frame["type"] == "message" for frame in heard) == self.ROOMS * self.TEXTS)
        self.assertEqual([frame["recovered"] for frame in socket.of("joined")], [True] * self.ROOMS)
        for room in self.rooms:
            seqs = [frame["seq"] for frame in socket.of("message") if frame["room"] == room]
            self.assertEqual(seqs, list(range(1, self.TEXTS + 1)))

    def test_all_pages_that_are_asked_for_at_once_come(self):
        socket = SlowReader(self.ada)
        self.addCleanup(socket._socket.close)
        socket.say(*({"type": "history", "room": room, "limit": 60} for room in self.rooms))
        socket.read_until(lambda heard: sum(frame["type"] == "history" for frame in heard) == self.ROOMS)
        self.assertEqual([frame["room"] for frame in socket.of("history")], self.rooms)

    def test_many_repeated_ids_are_all_answered(self):
        room = self.rooms[0]
        socket = SlowReader(self.ada)
        self.addCleanup(socket._socket.close)
        socket.say({"type": "join", "room": room},
                   *({"type": "send", "room": room, "id": f"i{i}", "text": f"{i} " + "x" * 4000} for i in range(60)))
        socket.read_until(lambda heard: sum(frame.get("duplicate", False) for frame in heard) == 60)

    def test_a_page_ends_where_its_bytes_do(self):
        room = unique("room")
        writer = self.open(self.ada)
        writer.join(room)
        text = "\x02" * 4096  # six bytes each, as JSON
        writer.say(*({"type": "send", "room": room, "id": f"i{i}", "text": text} for i in range(40)))
        writer.wait_seq(room, 40, 30)
        answer = self.ada.chat("GET", f"/room/{room}/messages?limit=500")
        self.assertLessEqual(len(answer.body), 256 * 1024)
        self.assertTrue(answer.json["more"])
        self.assertEqual([m["seq"] for m in self.ada.log(room)], list(range(1, 41)))
        writer.say({"type": "history", "room": room, "limit": 500})
        self.assertEqual(writer.expect("history", room=room)["messages"], answer.json["messages"])

    def test_who_takes_nothing_is_closed_however_alive(self):
        server = self.serve("--websocket-stall", "2s")
        eve, room = User(server), unique("room")
        writer = self.open(eve)
        writer.join(room)
        writer.say(*({"type": "send", "room": room, "id": f"i{i}", "text": "x" * 4096} for i in range(60)))
        writer.wait_seq(room, 60, 30)
        socket = SlowReader(eve)
        self.addCleanup(socket._socket.close)
        socket.say(*({"type": "history", "room": room, "limit": 60} for _ in range(40)))
        for _ in range(16):
            socket.frame(PONG)
            time.sleep(0.2)
        socket.rate = 100_000_000
        self.assertIn(socket.close_code(30), (1013, None))  # none where this machine is too slow to fetch it in 2 s


if __name__ == "__main__":
    unittest.main()
