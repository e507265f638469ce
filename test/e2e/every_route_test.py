#!/usr/bin/python3
"""Each route of web/openapi.json refuses what is wrong as it is described there, and takes each of its parameters."""

import collections
import json
import re
import unittest
import uuid

from clients import JSON_DIALECT, PASSWORD, Json, User, http, ws_url
from harness import Chat, unique
from raw import Raw
from specification import Http

ROOM = "/chat/room/{room}"
JSON = {"Content-Type": "application/json"}
# By path and method: a body that is in order. Others need none.
BODIES = {
    "POST /users/register": {"username": "nina", "password": PASSWORD}, "POST /users/login": {"username": "nina", "password": PASSWORD},
    "POST /users/password": {"old_password": PASSWORD, "new_password": PASSWORD}, "POST /chat/room": {},
    f"PATCH {ROOM}": {"slow": 0}, f"POST {ROOM}/acts": {"kind": "notice", "text": "words"}, f"PUT {ROOM}/members/{{user}}": {},
    f"DELETE {ROOM}/members/{{user}}": {}, f"PUT {ROOM}/bans/{{user}}": {}, f"DELETE {ROOM}/bans/{{user}}": {},
    f"PUT {ROOM}/mutes/{{user}}": {}, f"DELETE {ROOM}/mutes/{{user}}": {}, "DELETE /users/{user_id}": {"password": PASSWORD},
    f"POST {ROOM}/messages": {"text": "words"}, f"POST {ROOM}/invites": {}, f"PUT {ROOM}/notify": {"level": "all"},
    "POST /chat/direct": {"with": ["nobody"]}, "PUT /chat/me/settings": {"direct": "shared"},
    "PUT /chat/me/drafts/{room}": {"text": "words"}, "POST /users/accounts/{user}/suspend": {"reason": "why"},
}
# Seen once for all routes, elsewhere: it takes time, a full disk, another node, or a limit.
ELSEWHERE = {408, 429}
# Of a room that is deleted while the act is on its way (an erase has a reason of its own); a thousand invites; the last admin; 200
# drafts.
RARE = {route: {410} for route in BODIES if route.split()[1].startswith(ROOM) and route not in (f"POST {ROOM}/acts", f"POST {ROOM}/messages")}
RARE |= {f"POST {ROOM}/invites": {409}, "POST /users/accounts/{user}/suspend": {409}, "DELETE /users/{user_id}": {409}, "PUT /chat/me/drafts/{room}": {409}}


class EveryRoute(Chat):
    def setUp(self):
        self.owner, self.banned, self.other, self.admin = (self.person() for _ in range(4))
        self.administer("grant", self.admin.name)
        self.room = unique("room")
        self.owner.room(room=self.room)
        self.act("PUT", f"/bans/{self.banned.name}")

    def act(self, method, path, body=None, **more):
        answer = self.owner.chat(method, f"/room/{self.room}{path}", body, **more)
        self.assertIn(answer.status, (200, 201, 204), answer)
        return answer.json if answer.body else None

    def ask(self, route, query="", body=..., token=..., headers=None, **names):
        method, path = route.split()
        known = {"room": self.room, "user": self.other.name, "user_id": self.other.name, "file": "nothing.js", **names}
        path = path.format_map(collections.defaultdict(lambda: "x", known))
        body = BODIES.get(route) if body is ... else body
        token = self.owner.token if token is ... else token
        url = self.server.url("discovery" if path in ("/sd", "/nodes") else "gateway")
        return http(method, url + path + query, body, token=token, headers=headers).status

    def upgrade(self, path, **fields):
        """The status of an upgrade with these fields; None leaves one out."""
        fields = {"Host": "here", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": JSON_DIALECT,
                  "Authorization": "Bearer " + self.owner.token, **fields}
        with Raw(self.server.gateway_url) as connection:
            connection.send(f"GET {path} HTTP/1.1\r\n".encode())
            connection.send("".join(f"{name}: {value}\r\n" for name, value in fields.items() if value).encode() + b"\r\n")
            return connection.answer()[0]

    def test_refuses_what_is_wrong_as_it_is_described(self):
        self.owner.room(room=self.room + "-not-theirs", access="private")
        for operation in Http().operations:
            with self.subTest(operation.title):
                described = {int(status) for status in operation.answers.by_status if status.startswith("4")}
                described -= ELSEWHERE | RARE.get(operation.title, set())
                found = {401} & described and {self.ask(operation.title, token=None)}
                found |= set(self.mistakes(operation))
                self.assertEqual(described - found, set(), "described, but no mistake leads to it: BODIES and OWN_MISTAKES make them")

    def mistakes(self, operation):
        route, path = operation.title, operation.path
        if operation.body:
            yield self.ask(route, body=b"[]", headers=JSON)
            yield self.ask(route, body=b"{}", headers={"Content-Type": "text/plain"})
            yield self.ask(route, body=b"{" + b" " * 70000, headers=JSON)
        if ("query", "limit") in operation.parameters:
            yield self.ask(route, "?limit=0")
        if "{room}" in path:
            yield self.ask(route, room="-r")
            yield self.ask(route, room="nowhere")
            yield self.ask(route, token=self.banned.token)
            yield self.ask(route, token=self.other.token)
        if ("header", "idempotency-key") in operation.parameters:
            key = {"Idempotency-Key": f'"{uuid.uuid4().hex}"'}
            self.act("POST", "/acts", {"kind": "notice", "text": "before"}, headers=key)
            yield self.ask(route, headers=key)
        yield from self.OWN_MISTAKES.get(route, lambda self: ())(self)

    def room_mistakes(self):
        yield self.ask("POST /chat/room", body={"username": self.owner.name, "password": "a guess"}, token=None)
        yield self.ask("POST /chat/room", body={"room": "-r"})
        yield self.ask("POST /chat/room", body={"room": self.room + "-not-theirs"}, token=self.other.token)
        yield self.ask("POST /chat/room", body={"room": self.room}, token=self.banned.token)

    def upgrade_mistakes(self, path):
        yield self.upgrade(path, **{"Sec-WebSocket-Key": "x"})
        yield self.upgrade(path, **{"Sec-WebSocket-Version": "12"})
        yield self.upgrade(path, **{"Sec-WebSocket-Protocol": "chat.example.v1"})
        yield self.upgrade(path, Authorization=None)
        yield self.upgrade(path, Origin="https://evil.example")

    def account_mistakes(self):
        yield self.ask("DELETE /users/{user_id}")
        yield self.ask("DELETE /users/{user_id}", user_id="9lives")
        yield self.ask("DELETE /users/{user_id}", user_id="nobody", body=None, token=self.admin.token)

    def administration_mistakes(self, route):
        yield self.ask(route)
        for user in ("9lives", "nobody"):
            yield self.ask(route, user=user, token=self.admin.token)

    def invite_mistakes(self):
        invite = self.act("POST", "/invites", {})["invite"]
        yield self.ask("POST /chat/invites/{invite}", invite=invite, token=self.banned.token)
        yield self.ask("POST /chat/invites/{invite}")

    def login_mistakes(self):
        yield self.ask("POST /users/login")
        late = User(self.server)
        self.administer("disable", late.name)
        yield self.ask("POST /users/login", body={"username": late.name, "password": PASSWORD})

    def erased(self):
        target = self.act("POST", "/acts", {"kind": "notice", "text": "words"})["seq"]
        self.act("POST", "/acts", {"kind": "erase", "target": target})
        return target

    def act_mistakes(self):
        yield self.ask(f"POST {ROOM}/acts", body={"kind": "erase", "target": self.erased()})

    def message_mistakes(self):
        yield self.ask(f"POST {ROOM}/messages", body={"text": "what?", "target": self.erased()})

    def direct_mistakes(self):
        yield self.ask("POST /chat/direct")
        for name in (self.other.name, "9lives"):
            yield self.ask("POST /chat/direct", body={"with": [name]})

    def block_mistakes(self):
        for user in ("9lives", "nobody", self.owner.name):
            yield self.ask("PUT /chat/me/blocks/{user}", user=user)

    OWN_MISTAKES = {
        "POST /users/register": lambda self: [self.ask("POST /users/register", body={"username": name, "password": PASSWORD})
                                              for name in ("9lives", self.owner.name)],
        "POST /users/login": login_mistakes,
        "POST /users/password": lambda self: [self.ask("POST /users/password", body={"old_password": PASSWORD, "new_password": "x"})],
        "DELETE /users/sessions/{id}": lambda self: [self.ask("DELETE /users/sessions/{id}")],
        "POST /chat/room": room_mistakes,
        "GET /chat/rooms": lambda self: [self.ask("GET /chat/rooms", "?after=-r")],
        "GET /chat/sync": lambda self: [self.ask("GET /chat/sync", query) for query in ("?after=-r", "?after=a&after=b")],
        "GET /chat/mentions": lambda self: [self.ask("GET /chat/mentions", query) for query in ("?before=x", "?limit=0")],
        "GET /chat/ws": lambda self: self.upgrade_mistakes("/chat/ws"),
        f"GET {ROOM}": lambda self: self.upgrade_mistakes(f"/chat/room/{self.room}"),
        f"POST {ROOM}/acts": act_mistakes,
        f"POST {ROOM}/messages": message_mistakes,
        "DELETE /users/{user_id}": account_mistakes,
        "POST /chat/invites/{invite}": invite_mistakes,
        "POST /chat/direct": direct_mistakes,
        "PUT /chat/me/blocks/{user}": block_mistakes,
        "DELETE /chat/me/blocks/{user}": lambda self: [self.ask("DELETE /chat/me/blocks/{user}", user="9lives")],
        "GET /chat/me/drafts": lambda self: [self.ask("GET /chat/me/drafts", "?after=-r")],
        **{route: lambda self, route=route: self.administration_mistakes(route)
           for route in ("POST /users/accounts/{user}/suspend", "POST /users/accounts/{user}/resume",
                         "GET /users/accounts/{user}/sessions")},
        "GET /operations/{id}": lambda self: [self.ask("GET /operations/{id}")],
        "GET /nodes": lambda self: [self.ask("GET /nodes", "?index=x")],
        "GET /{file}": lambda self: [self.ask("GET /{file}")],
        "GET /clients/js/src/{file}": lambda self: [self.ask("GET /clients/js/src/{file}")],
        "GET /metrics": lambda self: [self.ask("GET /metrics")],
    }

    def test_an_act_with_a_key_is_done_once(self):
        other, body = self.other.name, {"reason": "why"}
        for method, path, what in (("PATCH", "", {"topic": "tea"}), ("POST", "/acts", {"kind": "notice", "text": "words"}),
                                   ("POST", "/messages", {"text": "words"}),
                                   ("PUT", f"/members/{other}", {}), ("PUT", f"/mutes/{other}", body),
                                   ("DELETE", f"/mutes/{other}", body), ("DELETE", f"/members/{other}", body),
                                   ("PUT", f"/bans/{other}", {**body, "until": "2036-01-01T00:00:00Z"}),
                                   ("DELETE", f"/bans/{other}", body)):
            with self.subTest(f"{method} {path}"):
                key = {"Idempotency-Key": f'"{uuid.uuid4().hex}"'}
                first = self.act(method, path, what, headers=key)
                again = self.act(method, path, what, headers=key)
                self.assertEqual(again, {**first, "duplicate": True})
                if method != "PATCH":
                    by_id = self.act(method, path, {**what, "id": first["id"]})
                    self.assertEqual(by_id, again)

    def test_lists_are_read_page_by_page(self):
        for path in ("bans", "mutes"):
            self.act("PUT", f"/{path}/{self.other.name}")
        for path, start in ((f"/room/{self.room}/bans", "after=a"), (f"/room/{self.room}/mutes", "after=a"),
                            (f"/room/{self.room}/members", "after=a"), (f"/room/{self.room}/audit", "before=9"),
                            (f"/room/{self.room}/messages", "before=9"), (f"/room/{self.room}/messages", "after=0"),
                            ("/rooms", "after=0")):
            answer = self.owner.chat("GET", f"{path}?{start}&limit=1")
            self.assertEqual(answer.status, 200, answer)
            page = next(value for value in answer.json.values() if isinstance(value, list))
            self.assertEqual(len(page), 1, answer)

    def test_what_the_page_is_made_of_comes_with_its_tag(self):
        page = http("GET", self.server.gateway_url + "/").body.decode()
        # As the page names them: built, they have a hash in their names.
        named = {name.rpartition(".")[2]: "/" + name for name in re.findall(r'(?:href|src)="([\w.-]+\.(?:css|js|webmanifest))"', page)}
        manifest = http("GET", self.server.gateway_url + named["webmanifest"])
        icon = "/" + json.loads(manifest.body)["icons"][0]["src"]
        for path, kind in (("/", "text/html"), (named["css"], "text/css"), (named["js"], "text/javascript"),
                           (icon, "image/svg+xml"), (named["webmanifest"], "application/manifest+json"),
                           ("/openapi.json", "application/json"), ("/asyncapi.json", "application/json"), ("/docs/errors", "text/html")):
            answer = http("GET", self.server.gateway_url + path)
            self.assertEqual((answer.status, answer.headers.get_content_type()), (200, kind), path)
            if path != "/docs/errors":
                again = http("GET", self.server.gateway_url + path, headers={"If-None-Match": answer.headers["ETag"]})
                self.assertEqual(again.status, 304, path)

    def test_a_weak_password_is_taken_with_a_warning(self):
        name, weak = unique("user"), "rootroot"
        made = http("POST", self.server.users_url + "/register", {"username": name, "password": weak})
        self.assertEqual((made.status, made.json["warnings"]), (201, ["weak_password"]))
        changed = self.other.users("POST", "/password", {"old_password": PASSWORD, "new_password": weak})
        self.assertEqual((changed.status, changed.json["warnings"]), (200, ["weak_password"]))

    def test_a_rooms_own_websocket_speaks_json_too(self):
        socket = Json(ws_url(self.server.gateway_url) + f"/chat/room/{self.room}?history=1", token=self.owner.token)
        self.addCleanup(socket.drop)
        socket.expect("joined", room=self.room)

    def test_a_role_says_what_it_needs_and_has(self):
        for role in ("gateway", "users", "chat", "discovery"):
            self.assertEqual(http("GET", self.server.url(role) + "/readyz?verbose").status, 200)
            self.assertEqual(http("GET", self.server.url(role) + "/livez").status, 200)
            status = http("GET", self.server.url(role) + "/status", token=self.admin.token)
            self.assertEqual(status.json["role"], role)


if __name__ == "__main__":
    unittest.main()
