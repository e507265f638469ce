#!/usr/bin/python3
"""Messages in rooms, over `greenroom.v1.json`: their order, that each comes once, and what returning clients receive."""

import json
import unittest

from clients import JSON_DIALECT, Lines
from harness import Chat, unique
from raw import RawSocket


class Messages(Chat):
    def test_an_acknowledgement_is_the_message_in_its_place(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        first, second = self.open(ada), self.open(bob)
        joined = first.join(room)
        self.assertEqual((joined["head"], joined["recovered"]), (0, True))
        self.assertRegex(joined["generation"], "^[0-9a-f]{16}$")
        second.join(room)
        acknowledged = first.post(room, "hello", id="one")
        self.assertEqual((acknowledged["seq"], acknowledged["from"], acknowledged["text"], acknowledged["id"]),
                         (1, ada.name, "hello", "one"))
        heard = second.expect("message", room=room)
        self.assertNotIn("id", heard)
        self.assertEqual({**heard, "id": "one"}, acknowledged)
        self.assertEqual(second.post(room, "hi")["seq"], 2)
        self.assertEqual([m["seq"] for m in first.wait_seq(room, 2)], [1, 2])

    def test_a_repeated_id_is_answered_with_the_first_message(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        socket.join(room)
        first = socket.post(room, "once", id="same")
        socket.post(room, "between")
        again = self.open(ada)
        again.join(room)
        repeated = again.post(room, "once", id="same")
        self.assertEqual(repeated, {**first, "duplicate": True})
        self.assertEqual([m["text"] for m in ada.log(room)], ["once", "between"])

    def test_ids_that_are_in_flight_together_are_stored_once(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        socket.join(room)
        socket.say(*[{"type": "send", "room": room, "id": "same", "text": "once"}] * 5)
        socket.wait(lambda: len(socket.messages(room)) == 5, "an answer to each")
        self.assertEqual({m["seq"] for m in socket.messages(room)}, {1})
        self.assertEqual(sum("duplicate" not in m for m in socket.messages(room)), 1)
        self.assertEqual(len(ada.log(room)), 1)

    def test_the_same_id_with_another_text_is_a_conflict(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        socket = self.open(ada)
        socket.join(room)
        socket.post(room, "one thing", id="same")
        socket.say({"type": "send", "room": room, "id": "same", "text": "another"})
        self.assertEqual(socket.expect("error", id="same")["code"], "conflict")
        other = self.open(bob)
        other.join(room)
        self.assertEqual(other.post(room, "bob's own", id="same")["seq"], 2)
        self.assertEqual([m["text"] for m in ada.log(room)], ["one thing", "bob's own"])

    def test_who_is_not_in_a_room_cannot_send_into_it(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        socket.say({"type": "send", "room": room, "id": "a", "text": "hello"})
        self.assertEqual(socket.expect("error", id="a")["code"], "not_joined")
        socket.join(room)
        socket.post(room, "hello")
        socket.say({"type": "leave", "room": room})
        socket.expect("left", room=room)
        socket.say({"type": "send", "room": room, "id": "b", "text": "again"})
        self.assertEqual(socket.expect("error", id="b")["code"], "not_joined")
        self.assertEqual(len(ada.log(room)), 1)

    def test_who_left_hears_no_more(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        stays, leaves = self.open(ada), self.open(bob)
        stays.join(room)
        leaves.join(room)
        leaves.say({"type": "leave", "room": room})
        leaves.expect("left", room=room)
        stays.post(room, "secret")
        leaves.settle()
        self.assertEqual(leaves.messages(room), [])

    def test_texts_come_out_as_they_went_in(self):
        ada, room = self.person(), unique("room")
        texts = ["a\nb\n\tc", '"quoted" \\back', "grüße 🦆 日本語", " ", "x" * 4096, "é" * 2048, "<b>&amp;</b>", "\u2028"]
        socket = self.open(ada)
        socket.join(room)
        for text in texts:
            self.assertEqual(socket.post(room, text)["text"], text)
        lines = Lines(ada.room(room=room)["websocket"] + "&history=100")
        self.addCleanup(lines.drop)
        lines.wait(lambda: len(lines.messages()) == len(texts), "all of the history")
        self.assertEqual([text for _, text in lines.messages()], [text.replace("\n", "\n| ") for text in texts])
        self.assertEqual([m["text"] for m in ada.log(room)], texts)

    def test_many_rooms_on_one_websocket(self):
        ada = self.person()
        rooms = [unique("room") for _ in range(20)]
        socket = self.open(ada)
        socket.say(*({"type": "join", "room": room} for room in rooms))
        for room in rooms:
            socket.expect("joined", room=room)
        socket.say(*({"type": "send", "room": room, "id": "i", "text": room} for room in rooms))
        for room in rooms:
            self.assertEqual(socket.expect("message", room=room, id="i")["text"], room)

    def test_a_name_is_the_same_in_any_case_and_shown_as_first_written(self):
        ada, room = self.person(), unique("Room")
        socket = self.open(ada)
        socket.join(room)
        socket.post(room, "one")
        other = self.open(ada)
        other.say({"type": "join", "room": room.upper()})
        other.wait(lambda: other.frames("joined") or other.frames("error"), "an answer")
        self.assertEqual([(j["room"], j["head"]) for j in other.frames("joined")], [(room, 1)])
        self.assertEqual(ada.chat("GET", f"/room/{room.lower()}/messages").json["messages"][0]["text"], "one")

    def test_a_burst_of_five_is_acknowledged_once_each_and_in_one_order(self):
        room, each = unique("room"), 100
        people = [self.person() for _ in range(5)]
        sockets = [self.open(user) for user in people]
        for socket in sockets:
            socket.join(room)
        for socket, user in zip(sockets, people):
            socket.say(*({"type": "send", "room": room, "id": f"{n}", "text": f"{user.name} {n}"} for n in range(each)))
        total = each * len(people)
        views = [socket.wait_seq(room, total, within=20) for socket in sockets]
        order = [(m["seq"], m["from"], m["text"]) for m in views[0]]
        self.assertEqual([seq for seq, _, _ in order], list(range(1, total + 1)))
        for socket, user, view in zip(sockets, people, views):
            self.assertEqual([(m["seq"], m["from"], m["text"]) for m in view], order)
            mine = [m for m in view if "id" in m]
            self.assertEqual([m["id"] for m in mine], [str(n) for n in range(each)])
            self.assertEqual({m["from"] for m in mine}, {user.name})
            self.assertEqual(socket.frames("error"), [])
        self.assertEqual([(m["seq"], m["from"], m["text"]) for m in people[0].log(room)], order)


class Resuming(Chat):
    def test_every_later_message_once_and_in_order(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        writer, reader = self.open(ada), self.open(bob)
        writer.join(room)
        generation = reader.join(room)["generation"]
        for n in range(1, 4):
            writer.post(room, f"{n}")
        reader.wait_seq(room, 3)
        reader.drop()
        for n in range(4, 8):
            writer.post(room, f"{n}")
        back = self.open(bob)
        joined = back.join(room, after=3, generation=generation)
        self.assertEqual((joined["recovered"], joined["head"], joined["generation"]), (True, 7, generation))
        writer.post(room, "8")
        self.assertEqual([m["text"] for m in back.wait_seq(room, 8)], ["4", "5", "6", "7", "8"])

    def test_an_own_message_comes_back_with_its_id(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        generation = socket.join(room)["generation"]
        socket.post(room, "mine", id="my id")
        socket.drop()
        back = self.open(ada)
        back.join(room, after=0, generation=generation)
        self.assertEqual(back.expect("message", seq=1)["id"], "my id")

    def test_another_generation_is_not_recovered(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        generation = socket.join(room)["generation"]
        socket.post(room, "one")
        wrong = f"{int(generation, 16) ^ 1:016x}"
        back = self.open(ada)
        joined = back.join(room, after=1, generation=wrong)
        self.assertEqual((joined["recovered"], joined["generation"]), (False, generation))

    def test_too_much_is_not_recovered_but_in_history(self):
        ada, room, total = self.person(), unique("room"), 620
        socket = self.open(ada)
        generation = socket.join(room)["generation"]
        socket.say(*({"type": "send", "room": room, "id": f"{n}", "text": f"{n}"} for n in range(1, total + 1)))
        socket.wait_seq(room, total, within=20)
        back = self.open(ada)
        joined = back.join(room, after=1, generation=generation)
        self.assertEqual((joined["recovered"], joined["head"]), (False, total))
        seqs, after = [], 1
        while True:
            back.say({"type": "history", "room": room, "after": after, "limit": 500})
            page = back.expect("history", room=room)
            seqs += [m["seq"] for m in page["messages"]]
            if not page["more"]:
                break
            after = seqs[-1]
        self.assertEqual(seqs, list(range(2, total + 1)))
        self.assertEqual(socket.post(room, "goes on")["seq"], total + 1)
        self.assertEqual([m["seq"] for m in back.wait_seq(room, total + 1)], [total + 1])

    def test_nobody_resumes_into_a_room_that_is_gone(self):
        ada, room = self.person(), unique("room")
        socket = self.open(ada)
        socket.say({"type": "join", "room": room, "after": 5, "generation": "0123456789abcdef"})
        self.assertEqual(socket.expect("gone", room=room)["reason"], "gone")
        self.assertEqual(ada.chat("GET", f"/room/{room}/messages").status, 404)


class History(Chat):
    def setUp(self):
        self.ada, self.room = self.person(), unique("room")
        self.socket = self.open(self.ada)
        self.socket.join(self.room)
        self.socket.say(*({"type": "send", "room": self.room, "id": f"{n}", "text": f"{n}"} for n in range(1, 121)))
        self.socket.wait_seq(self.room, 120)

    def page(self, query):
        answer = self.ada.chat("GET", f"/room/{self.room}/messages{query}").json
        return [m["seq"] for m in answer["messages"]], answer["more"]

    def test_pages_over_http(self):
        self.assertEqual(self.page(""), (list(range(71, 121)), True))
        self.assertEqual(self.page("?before=71"), (list(range(21, 71)), True))
        self.assertEqual(self.page("?before=21"), (list(range(1, 21)), False))
        self.assertEqual(self.page("?after=0&limit=3"), ([1, 2, 3], True))
        self.assertEqual(self.page("?after=100&limit=500"), (list(range(101, 121)), False))
        self.assertEqual(self.page("?after=120"), ([], False))
        for bad in ("?after=1&before=5", "?limit=0", "?limit=501", "?after=-1", "?after=x", "?after=1&after=2"):
            with self.subTest(bad):
                self.assert_problem(self.ada.chat("GET", f"/room/{self.room}/messages{bad}"), 400, "bad_request")

    def test_pages_over_the_websocket(self):
        def page(**query):
            self.socket.say({"type": "history", "room": self.room, **query})
            answer = self.socket.expect("history", room=self.room)
            return [m["seq"] for m in answer["messages"]], answer["more"]
        self.assertEqual(page(), (list(range(71, 121)), True))
        self.assertEqual(page(before=71, limit=2), ([69, 70], True))
        self.assertEqual(page(after=0, limit=1), ([1], True))
        self.assertEqual(page(after=118), ([119, 120], False))
        for bad in ({"limit": 0}, {"limit": 501}, {"before": 1, "after": 1}, {"before": 0}, {"after": -1}):
            with self.subTest(bad):
                self.socket.say({"type": "history", "room": self.room, **bad})
                self.assertEqual(self.socket.expect("error")["code"], "bad_frame")

    def test_the_id_is_shown_to_its_author_only(self):
        bob = self.person()
        self.assertEqual(self.ada.chat("GET", f"/room/{self.room}/messages?limit=1").json["messages"][0]["id"], "120")
        self.assertNotIn("id", bob.chat("GET", f"/room/{self.room}/messages?limit=1").json["messages"][0])

    def test_history_is_asked_for_at_the_upgrade(self):
        reader = Lines(self.ada.room(room=self.room)["websocket"] + "&history=3")
        self.addCleanup(reader.drop)
        reader.wait(lambda: len(reader.heard) == 3, "three")
        self.socket.post(self.room, "121")
        reader.wait(lambda: len(reader.heard) == 4, "and what follows")
        self.assertEqual([text for _, text in reader.messages()], ["118", "119", "120", "121"])


class SlowReaders(Chat):
    """Somebody who stops reading costs a fixed amount, and nobody else notices."""

    OPTIONS = ("--outbox", "64KiB")
    TOTAL = 2000

    def setUp(self):
        self.ada, self.bob, self.room = self.person(), self.person(), unique("room")
        self.writer = self.open(self.ada)
        self.writer.join(self.room)

    def flood(self):
        """More than the kernel's buffers and the outbox hold."""
        text = "x" * 4000
        for start in range(0, self.TOTAL, 100):
            self.writer.say(*({"type": "send", "room": self.room, "id": f"{n}", "text": f"{n} {text}"}
                              for n in range(start, start + 100)))
            self.writer.wait_seq(self.room, start + 100, within=20)

    def test_json_is_told_of_the_gap_and_goes_on_behind_it(self):
        reader = RawSocket(self.server.chat_url, "/ws", self.bob.token, JSON_DIALECT, receive_buffer=16384)
        self.addCleanup(reader.__exit__)
        reader.frame(1, json.dumps({"type": "join", "room": self.room}).encode())
        self.assertEqual(json.loads(reader.next()[1])["type"], "joined")
        self.flood()
        expected, gaps = 1, 0
        while expected <= self.TOTAL:
            frame = json.loads(reader.next()[1])
            if frame["type"] == "message":
                self.assertEqual(frame["seq"], expected)
                expected += 1
            elif frame["type"] == "gap":
                self.assertEqual(frame["from"], expected)
                self.assertGreaterEqual(frame["to"], frame["from"])
                expected = frame["to"] + 1
                gaps += 1
        self.assertGreater(gaps, 0)
        self.writer.post(self.room, "after it all")
        while (frame := json.loads(reader.next()[1]))["type"] != "message":
            pass
        self.assertEqual((frame["seq"], frame["text"]), (self.TOTAL + 1, "after it all"))

    def test_lines_has_no_word_for_a_gap_and_is_cut(self):
        reader = RawSocket(self.server.chat_url, f"/room/{self.room}", self.bob.token, receive_buffer=16384)
        self.addCleanup(reader.__exit__)
        self.flood()
        self.assertEqual(reader.close_code(within=10), 1013)


if __name__ == "__main__":
    unittest.main(verbosity=2)
