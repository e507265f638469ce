#!/usr/bin/python3
"""What is wrong gets the answer that docs/protocol.md has for it, and changes nothing."""

import json
import os
import time
import unittest

from clients import JSON_DIALECT, PASSWORD, Json, Lines, User, http, ws_url
from harness import EndToEnd, unique
from raw import BINARY, CLOSE, PING, PONG, TEXT, Raw, RawSocket

JSON = {"Content-Type": "application/json"}
HOST = b"Host: here\r\n"
END = b"\r\n"


class BadInput(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve_all()
        cls.ada = User(cls.server)
        cls.room = unique("room")
        socket = cls.ada.open()
        socket.join(cls.room)
        socket.post(cls.room, "before")
        socket.close()
        cls.everything = cls.look()

    @classmethod
    def look(cls):
        """All that could have changed."""
        users = http("GET", cls.server.users_url + "/status").json["users"]
        rooms = cls.ada.chat("GET", "/rooms?limit=500").json["rooms"]
        members = cls.ada.chat("GET", f"/room/{cls.room}/members").json
        sessions = cls.ada.users("GET", "/sessions").json["sessions"]
        return users, rooms, members, sessions, cls.ada.log(cls.room)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.look(), self.everything, "nothing changed")
        self.assertEqual(self.server.events("error"), [])
        self.assertTrue(self.server.running)


class Http(BadInput):
    REFUSED = (
        # what, bytes, status, code
        ("a bare LF", b"GET /livez HTTP/1.1\nHost: here\n\n", 400, "bad_request"),
        ("a NUL in the path", b"GET /li\0vez HTTP/1.1\r\n" + HOST + END, 400, "bad_request"),
        ("a written NUL", b"GET /livez%00 HTTP/1.1\r\n" + HOST + END, 400, "bad_request"),
        ("a bad escape", b"GET /livez%zz HTTP/1.1\r\n" + HOST + END, 400, "bad_request"),
        ("no Host", b"GET /livez HTTP/1.1\r\n\r\n", 400, "bad_request"),
        ("two Hosts", b"GET /livez HTTP/1.1\r\n" + HOST + HOST + END, 400, "bad_request"),
        ("a Host that is none", b"GET /livez HTTP/1.1\r\nHost: he re\r\n\r\n", 400, "bad_request"),
        ("a folded field", b"GET /livez HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400, "bad_request"),
        ("a space before the colon", b"GET /livez HTTP/1.1\r\nHost : here\r\n\r\n", 400, "bad_request"),
        ("two lengths", b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400,
         "bad_request"),
        ("a signed length", b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nhello", 400, "bad_request"),
        ("length and chunked", b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
         b"\r\n0\r\n\r\n", 400, "bad_request"),
        ("an unknown coding", b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501,
         "not_implemented"),
        ("a bad chunk", b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400,
         "bad_request"),
        ("a line feed in a chunk's extension", b"POST /login HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1;a\n"
         b"x\r\n0\r\n\r\n", 400, "bad_request"),
        ("an absolute target with a user", b"GET http://me@here/livez HTTP/1.1\r\n" + HOST + END, 400, "bad_request"),
        ("a token named by Connection", b"POST /chat/room HTTP/1.1\r\n" + HOST + b"Connection: close, Authorization\r\n"
         b"Authorization: Bearer x\r\n\r\n", 400, "bad_request"),
        ("another version", b"GET /livez HTTP/2.0\r\n" + HOST + END, 505, "http_version"),
        ("no version", b"GET /livez\r\n\r\n", 400, "bad_request"),
        ("an unknown method", b"BREW /livez HTTP/1.1\r\n" + HOST + END, 501, "not_implemented"),
        ("a method in small letters", b"get /livez HTTP/1.1\r\n" + HOST + END, 501, "not_implemented"),
        ("CONNECT", b"CONNECT here:80 HTTP/1.1\r\n" + HOST + END, 501, "not_implemented"),
        ("a long target", b"GET /" + b"a" * 2100 + b" HTTP/1.1\r\n" + HOST + END, 414, "uri_too_long"),
        ("many fields", b"GET /livez HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 64 + END, 431, "headers_too_big"),
        ("long fields", b"GET /livez HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 9000 + b"\r\n\r\n", 431, "headers_too_big"),
        ("a long body", b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 70000\r\n\r\n", 413, "too_big"),
        ("a huge length", b"POST /login HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n", 400,
         "bad_request"),
        ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad_request"),
        ("the beginning of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "http_version"),
    )

    def test_what_no_library_sends_is_refused_and_the_connection_closed(self):
        for role in ("users", "chat", "gateway", "discovery"):
            for what, data, status, code in self.REFUSED:
                if what == "a TLS hello" and role in ("users", "chat"):
                    continue  # nodes speak TLS there: the hello is half of one
                with self.subTest(f"{what}, {role}"), Raw(self.server.url(role)) as connection:
                    connection.send(data)
                    self.assertEqual(connection.answer(), (status, code))
                    self.assertTrue(connection.is_closed())

    def test_half_a_tls_hello_is_cut_where_nodes_speak_tls(self):
        hello = next(data for what, data, _, _ in self.REFUSED if what == "a TLS hello")
        for role in ("users", "chat"):
            with self.subTest(role), Raw(self.server.url(role), patience=8) as connection:
                connection.send(hello)
                self.assertTrue(connection.is_closed())

    def test_a_request_behind_a_refused_one_is_never_served(self):
        body = json.dumps({"username": "smuggled", "password": PASSWORD}).encode()
        hidden = b"POST /register HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        for head in (b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n",
                     b"Transfer-Encoding: chunked, identity\r\n", b"Content-Length: 0\r\nContent-Length: 9\r\n"):
            for role, path in (("users", b"/login"), ("gateway", b"/users/login")):
                with self.subTest(f"{head}, {role}"), Raw(self.server.url(role)) as connection:
                    connection.send(b"POST " + path + b" HTTP/1.1\r\n" + HOST + head + END + hidden + body)
                    self.assertGreaterEqual(connection.answer()[0], 400)
                    self.assertTrue(connection.is_closed())

    def test_what_the_rfcs_allow_is_served(self):
        """RFC 9112 sections 2.2, 3.2.2, 3.2.4, 7.1.1, 7.1.2; RFC 9110 section 9.3.7."""
        served = (
            ("an absolute target", b"GET http://localhost:5000/livez HTTP/1.1\r\n" + HOST + END, 200),
            ("an empty line first", b"\r\nGET /livez HTTP/1.1\r\n" + HOST + END, 200),
            ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\n" + HOST + END, 204),
            ("OPTIONS / in HTTP/1.0", b"OPTIONS / HTTP/1.0\r\n\r\n", 204),
            ("an extension and a trailer", b"GET /livez HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n"
             b"0\r\nX-Sum: y\r\n\r\n", 200),
        )
        for role in ("users", "chat", "gateway", "discovery"):
            for what, data, status in served:
                with self.subTest(f"{what}, {role}"), Raw(self.server.url(role)) as connection:
                    connection.send(data)
                    self.assertEqual(connection.answer()[0], status)

    def test_a_body_in_a_coding_is_refused_with_the_one_that_is_taken(self):
        answer = http("POST", self.server.gateway_url + "/users/login", b"\x1f\x8b", headers={**JSON, "Content-Encoding": "gzip"})
        self.assert_problem(answer, 415, "unsupported_media")
        self.assertEqual(answer.headers["Accept-Encoding"], "identity")
        answer = http("GET", self.server.gateway_url + "/livez", b"\x1f\x8b", headers={**JSON, "Content-Encoding": "gzip"})
        self.assert_problem(answer, 415, "unsupported_media")

    def test_a_head_that_never_ends(self):
        with Raw(self.server.users_url, patience=8) as connection:
            began = time.monotonic()
            for byte in b"GET /livez HTTP/1.1\r\nHost: here\r\nA: bbbbbbbbbbbbbbbbb":
                connection.send(bytes([byte]))
                if time.monotonic() - began > 5.5:
                    break
                time.sleep(0.15)
            self.assertEqual(connection.answer(), (408, "request_timeout"))
            self.assertTrue(4.5 <= time.monotonic() - began <= 7)

    def test_paths_and_methods(self):
        for role in ("users", "chat", "discovery"):
            self.assert_problem(http("GET", self.server.url(role) + "/nothing"), 404, "not_found")
        answer = http("GET", self.server.users_url + "/login")
        self.assert_problem(answer, 405, "method_not_allowed")
        self.assertIn("POST", answer.headers["Allow"])
        self.assert_problem(http("PUT", self.server.chat_url + "/room/a"), 405, "method_not_allowed")
        for path in ("/users/metrics", "/chat/readyz", "/users/nothing", "/chat/a/b/c"):
            self.assert_problem(http("GET", self.server.gateway_url + path), 404, "not_found")
        for path in ("/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2fREADME.md", "/nothing.js"):
            self.assertEqual(http("GET", self.server.gateway_url + path).status, 404, path)


class Bodies(BadInput):
    NOT_JSON = (b"", b"{", b"[]", b'"text"', b"null", b"{'a':1}", b'{"username":"a","username":"b","password":"rootroot"}',
                b'{"username":"a\xff","password":"rootroot"}',
                b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", b"{" + b",".join(b'"k%d":1' % n for n in range(70)) + b"}",
                b'{"username":"a","password":"rootroot"} x')

    def test_bodies_that_are_no_object(self):
        for path in ("/register", "/login"):
            for body in self.NOT_JSON:
                with self.subTest(f"{path} {body[:50]}"):
                    self.assert_problem(http("POST", self.server.users_url + path, body, headers=JSON), 400, "bad_json")
        for url, path in ((self.server.chat_url, "/room"), (self.server.users_url, "/password")):
            for body in self.NOT_JSON[1:]:
                with self.subTest(f"{path} {body[:50]}"):
                    self.assert_problem(http("POST", url + path, body, self.ada.token, JSON), 400, "bad_json")

    def test_bodies_that_are_no_json_for_us(self):
        body = json.dumps({"username": "elsewhere", "password": PASSWORD}).encode()
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
            answer = http("POST", self.server.users_url + "/register", body, headers={"Content-Type": kind})
            self.assert_problem(answer, 415, "unsupported_media")

    def test_fields_that_are_missing_or_of_another_type(self):
        for body in ({}, {"username": "abc"}, {"password": PASSWORD}, {"username": 1, "password": PASSWORD},
                     {"username": "abc", "password": 1}, {"username": None, "password": PASSWORD},
                     {"username": ["abc"], "password": PASSWORD}):
            with self.subTest(body):
                self.assert_problem(http("POST", self.server.users_url + "/register", body), 400, "bad_request")
        for body in ({"room": 1}, {"room": "r", "private": "yes"}, {"room": "r", "members": "ada"},
                     {"room": "r", "members": [1]}):
            with self.subTest(body):
                self.assert_problem(self.ada.chat("POST", "/room", body), 400, "bad_request")

    def test_names(self):
        for name in ("", "1abc", "_abc", "a" * 33, "a b", "a.b", "ä", "a/b", "a\nb", "deleted", "SYSTEM", " a", "a@b"):
            with self.subTest(name):
                answer = http("POST", self.server.users_url + "/register", {"username": name, "password": PASSWORD})
                self.assert_problem(answer, 422, "bad_name")
        for room in ("_r", "-r", "r" * 65, "a b", "ä", "a/b", "..", "a%b"):
            with self.subTest(room):
                self.assert_problem(self.ada.chat("POST", "/room", {"room": room}), 422, "bad_name")
        for path in ("/room/-r/messages", "/room/" + "r" * 65 + "/members", "/room/%C3%A4/messages", "/room/a%20b/messages"):
            with self.subTest(path):
                self.assert_problem(self.ada.chat("GET", path), 422, "bad_name")
        self.assert_problem(self.ada.chat("POST", "/room", {"room": "new", "members": ["no name"]}), 422, "bad_name")
        self.assert_problem(self.ada.chat("PUT", f"/room/{self.room}/members/1a"), 422, "bad_name")

    def test_a_name_that_is_taken_in_any_case(self):
        for name in (self.ada.name, self.ada.name.upper(), self.ada.name.title()):
            answer = http("POST", self.server.users_url + "/register", {"username": name, "password": PASSWORD})
            self.assert_problem(answer, 409, "taken")

    def test_passwords(self):
        for password in ("", "abc", "x" * 1025, "nul\0nul"):
            with self.subTest(password[:10]):
                answer = http("POST", self.server.users_url + "/register", {"username": "abc", "password": password})
                self.assert_problem(answer, 422, "bad_password")

    def test_an_unknown_user_and_a_wrong_password_look_the_same(self):
        def ask(name, password):
            began = time.monotonic()
            answer = http("POST", self.server.users_url + "/login", {"username": name, "password": password})
            self.assert_problem(answer, 401, "bad_credentials")
            body = {key: value for key, value in answer.json.items() if key != "request_id"}
            return body, time.monotonic() - began
        tries = [(ask("nobody", "wrong password"), ask(self.ada.name, "wrong password")) for _ in range(5)]
        self.assertEqual(len({json.dumps(body, sort_keys=True) for pair in tries for body, _ in pair}), 1)
        unknown, wrong = (min(pair[which][1] for pair in tries) for which in (0, 1))
        self.assertLess(abs(unknown - wrong), 0.5 * max(unknown, wrong), (unknown, wrong))

    def test_members_who_are_nobody(self):
        self.assert_problem(self.ada.chat("DELETE", f"/room/{self.room}/members/nobody"), 404, "not_found")


class Credentials(BadInput):
    TOKENS = ("", "x", "Bearer", "a" * 43, "a" * 5000, "ä", "../..", "%00", "one.AAAAAAAAAAAAAAAAAAAAAA")

    def test_tokens(self):
        for token in self.TOKENS:
            with self.subTest(token[:20]):
                fields = {"Authorization": ("Bearer " + token).encode().decode("latin-1")}
                for method, url, path in (("GET", self.server.chat_url, "/rooms"), ("POST", self.server.chat_url, "/ticket"),
                                          ("POST", self.server.users_url, "/logout"),
                                          ("GET", self.server.users_url, "/sessions")):
                    answer = http(method, url + path, headers=fields)
                    self.assertIn((answer.status, answer.code), {(401, "unauthorized"), (401, "invalid_token")}, answer)
                    self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))
                answer = http("GET", self.server.users_url + "/verify", headers=fields)
                self.assertEqual((answer.status, answer.json), (401, {"valid": False}))

    def test_other_schemes(self):
        for scheme in ("Basic YTpi", "bearer", "Token abc", "Bearer a b", "Bearer  "):
            with self.subTest(scheme):
                answer = http("GET", self.server.chat_url + "/rooms", headers={"Authorization": scheme})
                self.assertEqual(answer.status, 401)

    UPGRADE = {"Host": "here", "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": JSON_DIALECT}

    def upgrade(self, path, **changes):
        """Status and code; a field that is None isn't sent."""
        fields = {**self.UPGRADE, **{name.replace("_", "-"): value for name, value in changes.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
        with Raw(self.server.chat_url) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
            return connection.answer()

    def test_tickets(self):
        for ticket in ("x", "one.", "one." + "A" * 22, "two." + "A" * 22, "." * 50, "A" * 2000, "%FF", "%0d%0a"):
            with self.subTest(ticket[:20]):
                self.assertEqual(self.upgrade("/ws?ticket=" + ticket), (401, "invalid_ticket"))
                self.assertEqual(self.upgrade(f"/room/{self.room}?ticket=" + ticket), (401, "invalid_ticket"))
        for query in ("ticket=a&ticket=b", "history=501", "history=-1", "history=x"):
            with self.subTest(query):
                self.assertEqual(self.upgrade(f"/room/{self.room}?{query}"), (400, "bad_request"))

    def test_upgrades_that_are_none(self):
        bearer = {"Authorization": "Bearer " + self.ada.token}
        self.assertEqual(self.upgrade("/ws", **bearer)[0], 101)
        for change in ({"Upgrade": "h2c"}, {"Connection": "close"}, {"Connection": None}, {"Upgrade": None},
                       {"Sec-WebSocket-Version": "8"}, {"Sec-WebSocket-Version": None}, {"Sec-WebSocket-Key": None}):
            with self.subTest(change):
                status, _ = self.upgrade("/ws", **bearer, **change)
                self.assertIn(status, (400, 426))

    def test_forwarded_fields_of_nobody_we_know_are_not_believed(self):
        forged = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
                  "X-Forwarded-Prefix": "/evil"}
        for url in (self.server.chat_url, self.server.gateway_url + "/chat"):
            answer = http("POST", url + "/room", {"room": self.room}, token=self.ada.token, headers=forged)
            self.assertTrue(answer.json["websocket"].startswith(ws_url(url) + "/room/"), answer)


class Frames(BadInput):
    def test_json_frames(self):
        socket = self.ada.open()
        self.addCleanup(socket.drop)
        socket.join(self.room)
        good = {"type": "send", "room": self.room, "id": "id", "text": "text"}
        wrong = [("{", "bad_json"), ("[]", "bad_json"), ("", "bad_json"), ('{"type":"ping","type":"ping"}', "bad_json"),
                 ("{}", "bad_frame"), ('{"type":"nothing"}', "bad_frame"), ('{"type":1}', "bad_frame"),
                 ('{"type":"send","text":"\\ud800"}', "bad_json"), ('{"a":' + "[" * 40 + "]" * 40 + "}", "bad_json")]
        wrong += [(json.dumps({**good, **change}), code) for change, code in (
            ({"text": ""}, "bad_text"), ({"text": "a\0b"}, "bad_text"), ({"text": "x" * 4097}, "bad_text"), ({"text": "é" * 2049}, "bad_text"),
            ({"text": 1}, "bad_frame"), ({"id": ""}, "bad_id"), ({"id": "x" * 65}, "bad_id"), ({"id": "ä"}, "bad_id"),
            ({"id": "a\nb"}, "bad_id"), ({"id": 5}, "bad_frame"), ({"room": "no room"}, "bad_name"),
            ({"room": None}, "bad_frame"), ({"room": "other"}, "not_joined"), ({"type": "join", "room": "-"}, "bad_name"),
            ({"type": "join", "generation": "xyz"}, "bad_frame"), ({"type": "join", "after": "1"}, "bad_frame"),
            ({"type": "join", "after": 1e300}, "bad_frame"), ({"type": "typing", "state": "loud"}, "bad_frame"),
            ({"type": "read", "seq": -1}, "bad_frame"), ({"type": "history", "room": "unknown-room"}, "not_found"))]
        for frame, code in wrong:
            with self.subTest(frame[:60]):
                heard = len(socket.frames("error"))
                socket.send(frame)
                socket.wait(lambda: len(socket.frames("error")) > heard, "an error")
                self.assertEqual(socket.frames("error")[-1]["code"], code)
        del good["text"]
        socket.send(json.dumps(good))
        self.assertEqual(socket.expect("error", id="id", room=self.room, code="bad_frame")["code"], "bad_frame")
        socket.settle()

    def test_lines(self):
        socket = Lines(self.ada.room(room=self.room)["websocket"])
        self.addCleanup(socket.drop)
        wrong = (("hello", "bad_frame"), ("SEND", "bad_frame"), ("send hello", "bad_frame"), ("", "bad_frame"),
                 ("SEND ", "bad_text"), ("SEND a\0b", "bad_text"), ("SEND " + "x" * 4097, "bad_text"),
                 ("FROM ada hi", "bad_frame"))
        for n, (frame, code) in enumerate(wrong, 1):
            with self.subTest(frame[:20]):
                socket.send(frame)
                socket.wait(lambda: len(socket.errors()) == n, "ERROR")
                self.assertEqual(socket.errors()[-1], code)
        self.assertEqual(socket.messages(), [])

    def raw(self):
        socket = RawSocket(self.server.chat_url, f"/room/{self.room}", self.ada.token)
        self.addCleanup(socket.__exit__)
        return socket

    def test_frames_that_break_the_protocol_close_the_websocket(self):
        text = b"SEND broken"
        for what, send, codes in (
                ("no mask", lambda s: s.frame(TEXT, text, masked=False), {1002}),
                ("a reserved bit", lambda s: s.frame(TEXT, text, rsv=4), {1002}),
                ("a reserved opcode", lambda s: s.frame(3, text), {1002}),
                ("a reserved control opcode", lambda s: s.frame(11, text), {1002}),
                ("binary", lambda s: s.frame(BINARY, text), {1003}),
                ("bad UTF-8", lambda s: s.frame(TEXT, b"SEND \xff\xfe"), {1007}),
                ("half a character", lambda s: s.frame(TEXT, b"SEND \xc3"), {1007}),
                ("a surrogate", lambda s: s.frame(TEXT, b"SEND \xed\xa0\x80"), {1007}),
                ("a long ping", lambda s: s.frame(PING, b"x" * 126), {1002}),
                ("a ping in parts", lambda s: s.frame(PING, b"x", fin=False), {1002}),
                ("a continuation of nothing", lambda s: s.frame(0, text), {1002}),
                ("a new message within one", lambda s: (s.frame(TEXT, b"SEND a", fin=False), s.frame(TEXT, text)), {1002}),
                ("a close of one byte", lambda s: s.frame(CLOSE, b"\x03"), {1002}),
                ("a close code that is none", lambda s: s.frame(CLOSE, b"\x03\xed"), {1002}),
                ("a close reason that is no text", lambda s: s.frame(CLOSE, b"\x03\xe8\xff"), {1002, 1007}),
                ("a frame too big", lambda s: s.frame(TEXT, b"SEND " + b"x" * 70000), {1009}),
                ("a length too big", lambda s: s.frame(TEXT, b"SEND ", length=1 << 40), {1009}),
                ("parts too big together", lambda s: (s.frame(TEXT, b"SEND " + b"x" * 40000, fin=False),
                                                      s.frame(0, b"x" * 40000)), {1009})):
            with self.subTest(what):
                socket = self.raw()
                send(socket)
                self.assertIn(socket.close_code(), codes)

    def test_what_is_allowed_between_the_parts_of_a_message(self):
        socket = self.raw()
        socket.frame(PING, b"are you there")
        self.assertEqual(socket.next(), (PONG, b"are you there"))
        socket.frame(PONG, b"unasked")
        socket.frame(TEXT, "WORD é".encode()[:-1], fin=False)
        socket.frame(PING, b"between")
        self.assertEqual(socket.next(), (PONG, b"between"))
        socket.frame(0, "é".encode()[1:])
        opcode, answer = socket.next()
        self.assertEqual((opcode, answer.split(b" ")[:2]), (TEXT, [b"ERROR", b"bad_frame"]))
        socket.frame(CLOSE, b"\x03\xe8bye")
        self.assertEqual(socket.close_code(), 1000)

    def test_noise(self):
        for n in range(20):
            socket = self.raw()
            socket.send(os.urandom(200 + n))
            socket.frame(CLOSE, b"\x03\xe8")
            socket.until_closed()


class SilentSockets(EndToEnd):
    def test_a_websocket_that_answers_no_ping_is_closed_and_one_that_does_stays(self):
        server = self.serve("--websocket-ping", "1s", "--websocket-idle", "3s")
        ada = User(server)
        alive = Json(ws_url(server.chat_url) + "/ws", token=ada.token)
        self.addCleanup(alive.drop)
        with RawSocket(server.chat_url, "/ws", ada.token, JSON_DIALECT) as silent:
            began = time.monotonic()
            self.assertEqual(silent.next()[0], PING)
            self.assertEqual(silent.close_code(), 4408)
            self.assertTrue(2.5 <= time.monotonic() - began <= 5)
        alive.settle()


def load_tests(loader, _, __):
    """Without the base class, which has only what every test looks at afterwards."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case)
                              for case in (Http, Bodies, Credentials, Frames, SilentSockets))


if __name__ == "__main__":
    unittest.main(verbosity=2)
