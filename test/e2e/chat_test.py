#!/usr/bin/python3
"""What people do in rooms, over `greenroom.v1.json` and HTTP."""

import http.client
import json
import time
import unittest
import urllib.parse

import websockets

from clients import JSON_DIALECT, Json, Lines, User, ws_url
from harness import EndToEnd, http as request, unique
from raw import RawSocket


class Chat(EndToEnd):
    """One server for all of a class; people and rooms are new in each test."""

    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve_all(*cls.OPTIONS)

    def person(self):
        return User(self.server)

    def open(self, user, **more):
        socket = user.open(**more)
        self.addCleanup(socket.drop)
        return socket

    def refused_upgrade(self, path, **more):
        """The status of an upgrade that is no websocket."""
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            self.addCleanup(Json(ws_url(self.server.chat_url) + path, **more).drop)
        return refused.exception.status_code


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
        texts = ["a\nb\r\n\tc", '"quoted" \\back', "grüße 🦆 日本語", " ", "x" * 4096, "é" * 2048, "<b>&amp;</b>", "\u2028"]
        socket = self.open(ada)
        socket.join(room)
        for text in texts:
            self.assertEqual(socket.post(room, text)["text"], text)
        lines = Lines(ada.room(room=room)["websocket"] + "&history=100")
        self.addCleanup(lines.drop)
        lines.wait(lambda: len(lines.messages()) == len(texts), "all of the history")
        self.assertEqual([text for _, text in lines.messages()], texts)
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


class Rooms(Chat):
    def test_creating_says_so_once(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        body = {"username": ada.name, "password": ada.password, "room": room}
        created = request("POST", self.server.chat_url + "/room", body)
        self.assertEqual((created.status, created.json["room"], created.json["expires_in"]), (201, room, 30))
        self.assertEqual(bob.chat("POST", "/room", {"room": room}).status, 200)
        self.assertEqual(ada.chat("POST", "/room").json["room"], "lobby")

    def test_rooms_are_listed_by_name_and_paged(self):
        ada = self.person()
        prefix = unique("zz")
        names = [f"{prefix}-{n:02}" for n in range(7)]
        for name in reversed(names):
            ada.room(room=name)
        seen, after = [], prefix
        while True:
            page = ada.chat("GET", f"/rooms?after={after}&limit=3").json
            seen += [one["room"] for one in page["rooms"]]
            if not page["more"]:
                break
            after = seen[-1]
        self.assertEqual([name for name in seen if name.startswith(prefix)], names)
        first = ada.chat("GET", f"/rooms?after={prefix}&limit=1").json["rooms"][0]
        self.assertEqual((first["owner"], first["private"], first["head"]), (ada.name, False, 0))
        self.assertRegex(first["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_a_private_room_is_not_there_for_others(self):
        ada, bob, room = self.person(), self.person(), unique("private")
        self.assertEqual(ada.chat("POST", "/room", {"room": room, "private": True}).status, 201)
        inside = self.open(ada)
        inside.join(room)
        inside.post(room, "secret")
        outside = self.open(bob)
        for method, path in (("GET", f"/room/{room}/messages"), ("GET", f"/room/{room}/members"),
                             ("PUT", f"/room/{room}/members/{bob.name}"), ("DELETE", f"/room/{room}"),
                             ("DELETE", f"/room/{room}/members/{ada.name}")):
            with self.subTest(f"{method} {path}"):
                self.assert_problem(bob.chat(method, path), 404, "not_found")
        self.assert_problem(bob.chat("POST", "/room", {"room": room}), 404, "not_found")
        self.assertEqual(self.refused_upgrade(f"/room/{room}", token=bob.token), 404)
        self.assertNotIn(room, [one["room"] for one in bob.chat("GET", "/rooms?limit=500").json["rooms"]])
        self.assertIn(room, [one["room"] for one in ada.chat("GET", "/rooms?limit=500").json["rooms"]])
        outside.say({"type": "join", "room": room}, {"type": "history", "room": room},
                    {"type": "send", "room": room, "id": "x", "text": "let me in"})
        outside.wait(lambda: len(outside.heard) >= 3, "a refusal of each")
        self.assertEqual(outside.frames("joined") + outside.frames("history") + outside.frames("message"), [])
        self.assertEqual(len(ada.log(room)), 1)

    def test_invited_into_a_private_room_and_removed(self):
        ada, bob, room = self.person(), self.person(), unique("private")
        ada.room(room=room, private=True)
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{bob.name}").status, 204)
        self.assertEqual(ada.chat("GET", f"/room/{room}/members").json["members"], sorted([ada.name, bob.name]))
        owner, member = self.open(ada), self.open(bob)
        owner.join(room)
        member.join(room)
        member.post(room, "thanks")
        self.assertEqual(ada.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 204)
        member.expect("gone", room=room, within=2)
        owner.post(room, "just us")
        member.say({"type": "send", "room": room, "id": "late", "text": "still here?"})
        self.assertEqual(member.expect("error", id="late")["code"], "not_joined")
        self.assertEqual([m["text"] for m in member.messages(room)], ["thanks"])
        self.assert_problem(bob.chat("GET", f"/room/{room}/messages"), 404, "not_found")
        self.assertEqual([m["text"] for m in ada.log(room)], ["thanks", "just us"])

    def test_members_named_at_creation(self):
        ada, bob, room = self.person(), self.person(), unique("private")
        ada.room(room=room, private=True, members=[bob.name])
        socket = self.open(bob)
        socket.join(room)
        self.assertEqual(bob.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 204)
        socket.expect("gone", room=room, within=2)
        self.assert_problem(ada.chat("DELETE", f"/room/{room}/members/{ada.name}"), 409, "conflict")

    def test_members_are_paged(self):
        ada, room = self.person(), unique("private")
        others = [self.person().name for _ in range(5)]
        ada.room(room=room, private=True, members=others)
        everybody = sorted([ada.name, *others])
        first = ada.chat("GET", f"/room/{room}/members?limit=4").json
        self.assertEqual((first["members"], first["more"]), (everybody[:4], True))
        rest = ada.chat("GET", f"/room/{room}/members?limit=4&after={everybody[3]}").json
        self.assertEqual((rest["members"], rest["more"]), (everybody[4:], False))

    def test_only_the_owner_deletes_a_room_and_then_it_is_gone(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        owner, guest = self.open(ada), self.open(bob)
        generation = owner.join(room)["generation"]
        guest.join(room)
        owner.post(room, "one")
        self.assert_problem(bob.chat("DELETE", f"/room/{room}"), 403, "forbidden")
        lines = Lines(bob.room(room=room)["websocket"])
        self.addCleanup(lines.drop)
        self.assertEqual(ada.chat("DELETE", f"/room/{room}").status, 204)
        for socket in (owner, guest):
            socket.expect("gone", room=room, within=2)
        self.assertEqual(lines.wait_closed(2), 4404)
        self.assert_problem(ada.chat("GET", f"/room/{room}/messages"), 404, "not_found")
        guest.say({"type": "join", "room": room, "after": 1, "generation": generation})
        guest.expect("gone", room=room)
        self.assertNotEqual(guest.join(room)["generation"], generation)
        self.assertEqual(guest.post(room, "a new log")["seq"], 1)


class Presence(Chat):
    def test_who_comes_and_goes(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        first = self.open(ada)
        self.assertEqual(first.join(room)["members"], {"count": 1, "first": [ada.name]})
        second = self.open(bob)
        self.assertEqual(second.join(room)["members"]["count"], 2)
        first.wait(lambda: any(bob.name in p["joined"] for p in first.frames("presence", room=room)), "bob came", 2)
        third = self.open(bob)
        third.join(room)
        second.close()
        time.sleep(0.6)
        self.assertFalse(any(bob.name in p["left"] for p in first.frames("presence")), "he is here twice")
        third.close()
        first.wait(lambda: any(bob.name in p["left"] and p["count"] == 1 for p in first.frames("presence")), "bob went", 4)

    def test_typing_and_read_marks_go_to_all(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        first, second = self.open(ada), self.open(bob)
        first.join(room)
        second.join(room)
        seq = first.post(room, "one")["seq"]
        first.say({"type": "typing", "room": room}, {"type": "read", "room": room, "seq": seq})
        for socket in (first, second):
            socket.expect("typing", room=room, user=ada.name, state="active")
            socket.expect("read", room=room, user=ada.name, seq=seq)
        first.say({"type": "typing", "room": room, "state": "done"})
        second.expect("typing", room=room, user=ada.name, state="done")


class Admission(Chat):
    OPTIONS = ("--ticket-lifetime", "1s", "--allowed-origins", "https://chat.example.org")

    def test_a_ticket_opens_once(self):
        ada = self.person()
        ticket = ada.ticket()
        socket = Json(ws_url(self.server.chat_url) + "/ws?ticket=" + ticket)
        self.addCleanup(socket.drop)
        self.assertEqual(socket.subprotocol, JSON_DIALECT)
        socket.settle()
        self.assertEqual(self.refused_upgrade("/ws?ticket=" + ticket), 401)

    def test_a_ticket_runs_out(self):
        ticket = self.person().ticket()
        time.sleep(1.3)
        self.assertEqual(self.refused_upgrade("/ws?ticket=" + ticket), 401)

    def test_a_ticket_ends_with_its_token(self):
        ada = self.person()
        ticket = ada.ticket()
        self.assertEqual(ada.users("POST", "/logout").status, 200)
        self.assertEqual(self.refused_upgrade("/ws?ticket=" + ticket), 401)

    def test_only_known_origins_may_connect(self):
        ada = self.person()
        own = self.server.chat_url
        for origin in (own, "https://chat.example.org"):
            self.open(ada, origin=origin).settle()
        for origin in ("https://evil.example.org", "http://chat.example.org", "null", own + "0", "https://" + own[7:]):
            with self.subTest(origin):
                self.assertEqual(self.refused_upgrade("/ws", token=ada.token, origin=origin), 403)

    def test_logging_out_closes_the_sockets_of_that_token(self):
        ada, room = self.person(), unique("room")
        sockets = [self.open(ada) for _ in range(3)]
        lines = Lines(ada.room(room=room)["websocket"])
        through = Json(ws_url(self.server.gateway_url) + "/chat/ws", token=ada.token)
        first_token = ada.token
        ada.log_in()
        other = self.open(ada)
        sockets[0].join(room)
        self.assertEqual(request("POST", self.server.users_url + "/logout", token=first_token).status, 200)
        began = time.monotonic()
        for socket in (*sockets, lines, through):
            self.assertEqual(socket.wait_closed(2), 4401)
            self.assertLess(socket.closed_at - began, 1)
        other.settle()
        self.assertEqual(self.refused_upgrade("/ws", token=first_token), 401)
        self.assert_problem(request("GET", self.server.chat_url + "/rooms", token=first_token), 401, "invalid_token")

    def test_a_session_that_is_revoked_and_a_changed_password(self):
        ada = self.person()
        first = self.open(ada)
        first_token = ada.token
        ada.log_in()
        sessions = ada.users("GET", "/sessions").json["sessions"]
        self.assertEqual(sorted(one["current"] for one in sessions), [False, True])
        other = next(one["id"] for one in sessions if not one["current"])
        second = self.open(ada)
        self.assertEqual(ada.users("DELETE", f"/sessions/{other}").status, 204)
        self.assertEqual(first.wait_closed(2), 4401)
        self.assertEqual(request("GET", self.server.users_url + "/verify", token=first_token).status, 401)
        second_token = ada.token
        ada.log_in()
        third = self.open(ada)
        wrong = ada.users("POST", "/password", {"old_password": "wrong password", "new_password": "another good one"})
        self.assert_problem(wrong, 401, "bad_credentials")
        changed = ada.users("POST", "/password", {"old_password": ada.password, "new_password": "another good one"})
        self.assertEqual((changed.status, changed.json["changed"]), (200, True))
        self.assertEqual(second.wait_closed(2), 4401)
        self.assertEqual(request("GET", self.server.users_url + "/verify", token=second_token).status, 401)
        third.settle()
        ada.password = "another good one"
        ada.log_in()

    def test_nobody_without_a_token_gets_in(self):
        for path in ("/ws", "/room/lobby"):
            self.assertEqual(self.refused_upgrade(path), 401)
        for method, path in (("GET", "/rooms"), ("POST", "/ticket"), ("GET", "/room/lobby/messages"),
                             ("DELETE", "/room/lobby"), ("POST", "/room")):
            with self.subTest(f"{method} {path}"):
                answer = request(method, self.server.chat_url + path)
                self.assert_problem(answer, 401, "unauthorized")
                self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def test_a_websocket_without_an_upgrade(self):
        ada = self.person()
        answer = ada.chat("GET", "/ws")
        self.assert_problem(answer, 426, "upgrade_required")
        self.assertEqual(answer.headers["Upgrade"], "websocket")

    def test_an_unknown_dialect_and_one_that_needs_a_room(self):
        ada = self.person()
        target = urllib.parse.urlsplit(self.server.chat_url)
        for path, dialect in (("/room/lobby", "chat.example.v1"), ("/ws", None)):
            with self.subTest(path):
                connection = http.client.HTTPConnection(target.hostname, target.port, timeout=5)
                fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Authorization": "Bearer " + ada.token}
                if dialect:
                    fields["Sec-WebSocket-Protocol"] = dialect
                connection.request("GET", path, headers=fields)
                answer = connection.getresponse()
                self.assertEqual((answer.status, json.loads(answer.read())["code"]), (400, "bad_dialect"))
                connection.close()


class Limits(EndToEnd):
    def test_sending_too_often_is_refused_and_nothing_is_stored(self):
        server = self.serve(rate_limits=("off", "send=5/2"))
        ada, room = User(server), unique("room")
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.join(room)
        socket.say(*({"type": "send", "room": room, "id": f"{n}", "text": f"{n}"} for n in range(8)))
        socket.wait(lambda: len(socket.messages(room)) + len(socket.frames("error")) == 8, "an answer to each")
        self.assertEqual([m["id"] for m in socket.messages(room)], ["0", "1", "2", "3"], "the join counts as well")
        refused = socket.frames("error", code="rate_limited", room=room)
        self.assertEqual([e["id"] for e in refused], ["4", "5", "6", "7"])
        self.assertTrue(all(1 <= e["retry_after"] <= 2 for e in refused))
        time.sleep(2.1)
        self.assertEqual(socket.post(room, "4", id="4")["seq"], 5)
        self.assertEqual(len(ada.log(room)), 5)

    def test_logging_in_and_creating_rooms_too_often(self):
        server = self.serve(rate_limits=("off", "auth=4/60", "create=2/60"))
        ada = User(server)
        wrong = {"username": ada.name, "password": "not the password"}
        codes = [request("POST", server.users_url + "/login", wrong).code for _ in range(4)]
        self.assertEqual(codes, ["bad_credentials"] * 2 + ["rate_limited"] * 2)
        rooms = [unique("room") for _ in range(3)]
        self.assertEqual([ada.chat("POST", "/room", {"room": room}).status for room in rooms], [201, 201, 429])
        self.assertEqual(ada.chat("POST", "/room", {"room": rooms[0]}).status, 200)
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.say({"type": "join", "room": rooms[2]})
        socket.wait(lambda: socket.heard, "an answer")
        self.assertEqual(ada.chat("GET", f"/room/{rooms[2]}/messages").status, 404)


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
