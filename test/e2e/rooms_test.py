#!/usr/bin/python3
"""Members of rooms, presence, and admission."""

import datetime
import http.client
import json
import time
import unittest
import urllib.parse

from clients import JSON_DIALECT, Json, Lines, User, ws_url
from harness import Chat, EndToEnd, http as request, unique


class Rooms(Chat):
    def test_creating_says_so_once(self):
        ada, bob, room = self.person(), self.person(), unique("room")
        body = {"username": ada.name, "password": ada.password, "room": room}
        created = request("POST", self.server.chat_url + "/room", body)
        self.assertEqual((created.status, created.json["room"], created.json["expires_in"]), (201, room, 30))
        self.assertEqual(len(ada.users("GET", "/sessions").json["sessions"]), 2, "the password in it was a login")
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
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{bob.name}").status, 200)
        self.assertEqual(ada.chat("GET", f"/room/{room}/members").json["members"], sorted([ada.name, bob.name]))
        owner, member = self.open(ada), self.open(bob)
        owner.join(room)
        member.join(room)
        member.post(room, "thanks")
        self.assertEqual(ada.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 200)
        self.assertEqual(member.expect("gone", room=room, within=2)["by"], ada.name)
        owner.post(room, "just us")
        member.say({"type": "send", "room": room, "id": "late", "text": "still here?"})
        self.assertEqual(member.expect("error", id="late")["code"], "not_joined")
        self.assertEqual([m["text"] for m in member.messages(room)], ["thanks"])
        self.assert_problem(bob.chat("GET", f"/room/{room}/messages"), 404, "not_found")
        self.assertEqual([m["text"] for m in ada.log(room)],
                         [f"added {bob.name}", "thanks", f"removed {bob.name}", "just us"])

    def test_members_named_at_creation(self):
        ada, bob, room = self.person(), self.person(), unique("private")
        ada.room(room=room, private=True, members=[bob.name])
        socket = self.open(bob)
        socket.join(room)
        self.assertEqual(bob.chat("DELETE", f"/room/{room}/members/{bob.name}").status, 200)
        self.assertEqual(socket.expect("gone", room=room, within=2)["reason"], "left")
        self.assert_problem(ada.chat("DELETE", f"/room/{room}/members/{ada.name}"), 409, "conflict")

    def test_only_people_who_exist_become_members(self):
        ada, room = self.person(), unique("private")
        stranger = unique("nobody")
        self.assert_problem(ada.chat("POST", "/room", {"room": room, "private": True, "members": [stranger]}), 404,
                            "no_user")
        ada.room(room=room, private=True)
        self.assert_problem(ada.chat("PUT", f"/room/{room}/members/{stranger}"), 404, "no_user")
        self.open(ada).join(room)
        late = User(self.server, name=stranger)
        self.assert_problem(late.chat("GET", f"/room/{room}/messages"), 404, "not_found")
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{stranger.upper()}").status, 200)
        self.assertIn(stranger, ada.chat("GET", f"/room/{room}/members").json["members"])

    def test_a_room_entered_by_password_leaves_no_session(self):
        ada, room = self.person(), unique("room")
        wanted = {"username": ada.name, "password": ada.password, "room": room}
        unused = request("POST", self.server.chat_url + "/room", wanted)
        self.assertEqual(unused.status, 201)
        lines = Lines(request("POST", self.server.chat_url + "/room", wanted).json["websocket"])
        self.addCleanup(lines.drop)
        soon = time.time() + 300
        for one in ada.users("GET", "/sessions").json["sessions"]:
            if not one["current"]:
                ends = datetime.datetime.fromisoformat(one["expires_at"].replace("Z", "+00:00")).timestamp()
                self.assertLess(ends, soon, one)

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

    def test_who_comes_while_somebody_leaves_and_returns_sees_them(self):
        ada, bob, cid, room = self.person(), self.person(), self.person(), unique("room")
        first, second = self.open(ada), self.open(bob)
        first.join(room)
        second.join(room)
        first.wait(lambda: first.people(room) == {ada.name, bob.name}, "both are here", 2)
        for _ in range(5):
            third = self.open(cid)
            second.say({"type": "leave", "room": room})
            second.expect("left", room=room)
            third.join(room)
            second.join(room)
            time.sleep(2)
            for reader in (first, second, third):
                self.assertEqual(reader.people(room), {ada.name, bob.name, cid.name})
            third.close()
            first.wait(lambda: cid.name not in first.people(room), "he went", 4)

    def test_who_comes_while_somebody_is_here_for_a_moment_sees_no_ghost(self):
        ada, bob, cid, room = self.person(), self.person(), self.person(), unique("room")
        first, second, third = self.open(ada), self.open(bob), self.open(cid)
        first.join(room)
        second.join(room)
        third.join(room)
        second.say({"type": "leave", "room": room})
        second.expect("left", room=room)
        time.sleep(2)
        for reader in (first, third):
            self.assertEqual(reader.people(room), {ada.name, cid.name})

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
    OPTIONS = ("--ticket-lifetime", "2s", "--allowed-origins", "https://chat.example.org")

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
        time.sleep(2.3)
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
