#!/usr/bin/python3
"""The page's session in a cookie: what it opens, what ends it, and whom it isn't for."""

import http.cookies
import unittest

from clients import PASSWORD, Json, http as ask, ws_url
from harness import Chat, unique
from raw import Raw

FIELD = "Greenroom-CSRF"


class PageSession:
    """Somebody who signed in as the page does, at the gateway."""

    def __init__(self, server, name, password=PASSWORD, **more):
        self.url = server.gateway_url
        self.answer = ask("POST", self.url + "/users/login", {"username": name, "password": password, "cookie": True, **more},
                          headers={FIELD: "login"})
        assert self.answer.status == 200, self.answer
        self.set_cookie = self.answer.headers["Set-Cookie"]
        (self.cookie, morsel), = http.cookies.SimpleCookie(self.set_cookie).items()
        self.token, self.csrf, self.name = morsel.value, self.answer.json["csrf"], name

    def fields(self, **more):
        return {"Cookie": f"{self.cookie}={self.token}", FIELD: self.csrf, **more}

    def __call__(self, method, path, body=None, without=(), **more):
        fields = self.fields(**{name.replace("_", "-"): value for name, value in more.items()})
        return ask(method, self.url + path, body, headers={name: value for name, value in fields.items() if name not in without})

    def is_alive(self):
        return self("GET", "/users/verify").status == 200


class Cookies(Chat):
    def setUp(self):
        self.ada = self.person()

    def session(self, **more):
        return PageSession(self.server, self.ada.name, **more)

    def test_it_is_given_where_no_script_reads_it(self):
        page = self.session()
        self.assertEqual(set(page.answer.json), {"csrf", "expires_at", "user_id"})
        self.assertRegex(page.set_cookie, r"^greenroom=gr_[\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict$")
        self.assertEqual(page.answer.headers["Cache-Control"], "no-store")
        self.assertNotIn("Max-Age", self.session(remember=False).set_cookie)
        body = {"username": self.ada.name, "password": PASSWORD, "cookie": True}
        refused = ask("POST", self.server.gateway_url + "/users/login", body)
        self.assert_problem(refused, 403, "origin_refused")
        self.assertNotIn("Set-Cookie", refused.headers)

    def test_it_does_what_a_bearer_does(self):
        page, room = self.session(), unique("room")
        self.assertEqual(page("POST", "/chat/room", {"room": room}).status, 201)
        self.assertEqual(page("PATCH", f"/chat/room/{room}", {"topic": "words"}).status, 200)
        self.assertEqual(page("GET", "/chat/rooms").status, 200)
        self.assertEqual(page("GET", "/users/verify", without=[FIELD]).json, {"valid": True, "user_id": self.ada.name})
        sessions = page("GET", "/users/sessions").json["sessions"]
        self.assertEqual([one["current"] for one in sessions].count(True), 1)
        other = next(one["id"] for one in sessions if not one["current"])
        self.assertEqual(page("DELETE", f"/users/sessions/{other}").status, 204)
        self.assertEqual(self.ada.users("GET", "/verify").status, 401, "the program's session is the one that ended")

    def test_its_ticket_opens_a_websocket_and_the_cookie_alone_does_not(self):
        page = self.session()
        ticket = page("POST", "/chat/ticket").json["ticket"]
        socket = Json(f"{ws_url(self.server.gateway_url)}/chat/ws?ticket={ticket}", origin=self.server.gateway_url)
        self.addCleanup(socket.drop)
        upgrade = ("Host: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: greenroom.v1.json\r\n")
        for origin in ("", "Origin: http://here\r\n", "Origin: http://evil.example\r\n"):
            with Raw(self.server.gateway_url) as connection:
                cookie = "".join(f"{name}: {value}\r\n" for name, value in page.fields().items())
                connection.send(f"GET /chat/ws HTTP/1.1\r\n{upgrade}{origin}{cookie}\r\n".encode())
                self.assertIn(connection.answer()[0], (401, 403))
        self.assertEqual(page("POST", "/users/logout").json, {"logged_out": True})
        self.assertEqual(socket.wait_closed(), 4401)

    def test_it_ends_as_every_session(self):
        page = self.session()
        ended = page("POST", "/users/logout")
        self.assertEqual(ended.headers["Set-Cookie"], "greenroom=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        self.assert_problem(page("POST", "/users/logout"), 401, "invalid_token")
        self.assertFalse(page.is_alive())
        page = self.session()
        change = {"old_password": PASSWORD, "new_password": PASSWORD + "2"}
        self.assertEqual(self.ada.users("POST", "/password", change).status, 200)
        self.assertFalse(page.is_alive(), "a new password ends all others")
        page = self.session(password=PASSWORD + "2")
        self.administer("disable", self.ada.name)
        self.assertFalse(page.is_alive())

    def test_it_deletes_its_own_account(self):
        page = self.session()
        for mistake in ({"without": [FIELD]}, {"Origin": "http://evil.example"}):
            self.assert_problem(page("DELETE", f"/users/{self.ada.name}", {"password": PASSWORD}, **mistake), 403, "origin_refused")
        self.assertEqual(page("DELETE", f"/users/{self.ada.name}", {"password": PASSWORD}).status, 200)
        self.assertFalse(page.is_alive())

    def test_nobody_elses_page_can_use_it(self):
        page, bob = self.session(), PageSession(self.server, self.person().name)
        host = self.server.gateway_url.removeprefix("http://")
        for mistake in ({"without": [FIELD]}, {FIELD: "1"}, {FIELD: bob.csrf}, {FIELD: page.csrf + "0"}, {"Origin": "null"},
                        {"Origin": "http://evil.example"}, {"Origin": "https://" + host}, {"Origin": f"http://{host}.evil.example"},
                        {"Cookie": f"greenroom={bob.token}"}):
            with self.subTest(mistake):
                self.assert_problem(page("POST", "/chat/ticket", **mistake), 403, "origin_refused")
        for mistake in ({"Origin": "http://evil.example"}, {FIELD: bob.csrf}):
            with self.subTest(mistake):
                self.assert_problem(page("GET", "/chat/sync", **mistake), 403, "origin_refused")
        self.assertEqual(page("POST", "/chat/ticket", Origin=self.server.gateway_url).status, 200)
        self.assertTrue(page.is_alive(), "the tries did it no harm")

    def test_what_is_none_opens_nothing(self):
        page = self.session()
        token = page.token
        for cookie in (f"greenroom={token}; greenroom=gr_x", f"greenroom=gr_x; greenroom={token}", f"greenroom={token}x",
                       f"greenroom={token[:-1]}", f"greenroom=\"{token}\"", f"__Host-greenroom={token}", f"Greenroom={token}",
                       f"a=greenroom={token}", "greenroom=" + "x" * 3000, "greenroom=", "greenroom", ";;;", "="):
            with self.subTest(cookie):
                answer = page("GET", "/chat/sync", without=[FIELD], Cookie=cookie)
                self.assertEqual(answer.status, 401, answer)
        self.assertEqual(page("GET", "/chat/sync", Cookie=f"a=b; greenroom={token}; c=d").status, 200)

    def test_a_bearer_beside_it_is_the_one_that_counts(self):
        page, bob = self.session(), self.person()
        bearer = {"Authorization": "Bearer " + bob.token}
        self.assertEqual(page("GET", "/users/verify", **bearer).json["user_id"], bob.name)
        self.assertEqual(page("POST", "/chat/ticket", without=[FIELD], **bearer).status, 200, "and programs say no word")
        self.assertEqual(page("GET", "/users/verify", Authorization="Bearer gr_none").status, 401)

    def test_signing_in_again_needs_nothing_of_an_older_one(self):
        page = self.session()
        body = {"username": self.ada.name, "password": PASSWORD, "cookie": True}
        again = ask("POST", page.url + "/users/login", body, headers={"Cookie": f"greenroom={page.token}", FIELD: "login"})
        self.assertEqual(again.status, 200)

    def test_the_first_person_is_told_how_to_become_the_admin(self):
        server = self.serve()
        for name, told in (("ann", True), ("bob", False)):
            made = ask("POST", server.gateway_url + "/users/register", {"username": name, "password": PASSWORD, "hint": True})
            self.assertEqual("greenroom admin users grant ann" in made.json.get("hint", ""), told, made)
        self.assertIn("greenroom admin users grant ann", server.log())


if __name__ == "__main__":
    unittest.main()
