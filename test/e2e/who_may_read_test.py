#!/usr/bin/python3
"""Nobody reads what isn't theirs, by any way: every route of web/openapi.json that names a room, in every kind of room, asked by
everybody. A refused answer has no word of what the room has to hide."""

import unittest

from clients import Lines, http, ws_url
from harness import Chat, unique
from specification import METHODS, load

PEOPLE = ("anonymous", "outsider", "member", "moderator", "owner", "banned", "former", "admin")
# By kind of room, a letter for each of PEOPLE: y served, s served without what the room has to hide, u unauthorized, f forbidden,
# b banned, n not_found. An admin of the server is in a room what everybody else is.
DESCRIBE = {"open": "uyyyybyy", "invited": "usyyybss", "private": "unyyynnn"}
READ = {"open": "uyyyybyy", "invited": "ufyyybff", "private": "unyyynnn"}
MODERATE = {"open": "uffyybff", "invited": "uffyybff", "private": "unfyynnn"}
OWN = {"open": "uffffbff", "invited": "uffffbff", "private": "unfffnnn"}  # and the owner, who would end it
ADD = {"open": "uffyybfy", "invited": "uffyybfy", "private": "unyyynny"}
ACT = {"open": "uffyybfy", "invited": "uffyybfy", "private": "unfyynny"}  # an admin stands over every owner, and reads no more for it
MINE = {access: "unyyynnn" for access in DESCRIBE}  # whoever is a member
NO_ROOM = None
ROOM = "/chat/room/{room}"
DRAFT = "/chat/me/drafts/{room}"
# A route that is new needs a line here.
EXPECTED = {
    "POST /chat/room": READ, "GET /chat/rooms": "listed", "GET /chat/sync": "listed", "POST /chat/ticket": NO_ROOM, "GET /chat/ws": NO_ROOM,
    "GET /chat/status": NO_ROOM,
    f"GET {ROOM}": DESCRIBE, f"PATCH {ROOM}": ACT, f"DELETE {ROOM}": OWN, f"GET {ROOM}/messages": READ, f"POST {ROOM}/messages": READ,
    f"POST {ROOM}/acts": READ,
    f"GET {ROOM}/members": READ, f"PUT {ROOM}/members/{{user}}": ADD, f"DELETE {ROOM}/members/{{user}}": ACT,
    f"GET {ROOM}/bans": MODERATE, f"PUT {ROOM}/bans/{{user}}": ACT, f"DELETE {ROOM}/bans/{{user}}": ACT,
    f"GET {ROOM}/mutes": MODERATE, f"PUT {ROOM}/mutes/{{user}}": ACT, f"DELETE {ROOM}/mutes/{{user}}": ACT,
    f"GET {ROOM}/audit": MODERATE, f"POST {ROOM}/invites": MODERATE, f"GET {ROOM}/invites": MODERATE,
    f"PUT {ROOM}/notify": MINE,
    f"DELETE {ROOM}/invites/{{id}}": MODERATE, "POST /chat/invites/{invite}": NO_ROOM,  # whoever has one may come in
    "POST /chat/direct": NO_ROOM,  # direct_test has who reads a direct room
    "GET /chat/me/settings": NO_ROOM, "PUT /chat/me/settings": NO_ROOM, "GET /chat/me/blocks": NO_ROOM,
    "PUT /chat/me/blocks/{user}": NO_ROOM, "DELETE /chat/me/blocks/{user}": NO_ROOM, "GET /chat/me/drafts": NO_ROOM,
    f"PUT {DRAFT}": READ, f"DELETE {DRAFT}": READ,
}
WORDS = {"u": "unauthorized", "f": "forbidden", "b": "banned", "n": "not_found"}
BODIES = {f"PATCH {ROOM}": {"slow": 0}, f"POST {ROOM}/acts": {"kind": "notice", "text": "words"}, "POST /chat/room": {},
          f"POST {ROOM}/messages": {"text": "words"}, f"POST {ROOM}/invites": {}, f"PUT {ROOM}/notify": {"level": "all"},
          f"PUT {DRAFT}": {"text": "words"}}


def routes():
    """Those that may have to do with rooms."""
    for path, item in load("openapi.json")["paths"].items():
        for method in METHODS:
            if method in item and path.startswith("/chat/"):
                yield f"{method.upper()} {path}"


class Room:
    """With words that only its readers may see, and somebody of each kind."""

    def __init__(self, test, access):
        self.access, self.name, self.secret = access, unique("room"), unique("secret")
        self.people = {who: test.person() for who in PEOPLE[1:]}
        self.target = test.person()
        self.owner = self.people["owner"]
        self.people["anonymous"] = None
        test.administer("grant", self.people["admin"].name)
        self.owner.room(room=self.name, access=access)
        for who in ("member", "moderator", "banned", "former"):
            self.put("members", self.people[who])
        self.owner.chat("PUT", f"/room/{self.name}/members/{self.people['moderator'].name}", {"role": "moderator"})
        self.put("bans", self.people["banned"])
        self.owner.chat("DELETE", f"/room/{self.name}/members/{self.people['former'].name}")
        self.restore()
        changed = {"data": {"word": self.secret}}
        if access == "private":  # of the others lists show them
            changed.update(title=self.secret, topic=self.secret)
        answer = self.owner.chat("PATCH", f"/room/{self.name}", changed)
        assert answer.status == 200, answer
        for path in ("bans", "mutes"):
            self.put(path, test.person(), {"reason": self.secret})
        socket = self.owner.open()
        socket.join(self.name)
        socket.post(self.name, self.secret)
        socket.drop()

    def put(self, path, person, body=None):
        answer = self.owner.chat("PUT", f"/room/{self.name}/{path}/{person.name}", body)
        assert answer.status in (200, 204), answer

    def restore(self):
        """The person whom acts are about is a member, whatever was done to them."""
        for path in ("bans", "mutes"):
            self.owner.chat("DELETE", f"/room/{self.name}/{path}/{self.target.name}")
        self.put("members", self.target)


class WhoMayRead(Chat):
    def test_every_route_says_who_may(self):
        self.assertEqual(sorted(routes()), sorted(EXPECTED), "each route needs a line in EXPECTED, and each line a route")

    def test_open_rooms(self):
        self.check("open")

    def test_rooms_for_the_invited(self):
        self.check("invited")

    def test_private_rooms(self):
        self.check("private")

    def check(self, access):
        room = Room(self, access)
        for route, expected in EXPECTED.items():
            if isinstance(expected, dict):
                for who, letter in zip(PEOPLE, expected[access]):
                    with self.subTest(f"{route}, {who} in an {access} room"):
                        self.ask(room, route, who, letter)
        for who, letter in zip(PEOPLE, READ[access]):
            with self.subTest(f"{who} in an {access} room"):
                self.see_lists(room, who, letter)
                self.listen(room, who, letter)
        self.assertEqual(room.owner.chat("DELETE", f"/room/{room.name}").status, 204)

    def ask(self, room, route, who, letter):
        method, path = route.split()
        if route == f"DELETE {ROOM}" and who == "owner":
            return
        token = room.people[who].token if room.people[who] else None
        body = dict(BODIES[route]) if route in BODIES else None
        if route == "POST /chat/room":
            body["room"] = room.name
        names = {"room": room.name, "user": room.target.name}
        if "{id}" in path:
            names["id"] = room.owner.chat("POST", f"/room/{room.name}/invites", {}).json["id"]
        url = self.server.gateway_url + path.format(**names)
        answer = http(method, url, body, token=token)
        self.judge(room, letter, answer)
        if letter == "y" and method != "GET" and "{user}" in path:
            room.restore()

    def judge(self, room, letter, answer):
        if letter in "ys":
            self.assertIn(answer.status, (200, 201, 204), answer)
        else:
            self.assertEqual(answer.code, WORDS[letter], answer)
        if letter != "y":
            self.assertNotIn(room.secret.encode(), answer.body + str(answer.headers).encode())

    def see_lists(self, room, who, letter):
        """Rooms that aren't private are in everybody's list; texts are in nobody's."""
        if who == "anonymous":
            return
        listed = room.people[who].chat("GET", "/rooms?limit=500")
        # A room for the invited is there for those who might be; what is banned from it sees that it is there, too.
        names = [one["room"] for one in listed.json["rooms"]]
        self.assertEqual(room.name in names, room.access != "private" or letter == "y")
        if letter != "y":
            self.assertNotIn(room.secret.encode(), listed.body)
        # One's own rooms, with their last words: those of members, and of nobody who may read besides.
        synced = room.people[who].chat("GET", "/sync").json["rooms"]
        self.assertEqual([one["room"] for one in synced], [room.name] if who in ("member", "moderator", "owner") else [])

    def listen(self, room, who, letter):
        """By websocket, in both dialects."""
        person = room.people[who]
        path = f"/room/{room.name}?history=100"
        if letter != "y":
            status = {"u": 401, "f": 403, "b": 403, "n": 404}[letter]
            self.assertEqual(self.refused_upgrade(path, token=person and person.token), status)
        if person is None:
            return
        socket = self.open(person)
        if letter == "y":
            socket.join(room.name)
            socket.say({"type": "history", "room": room.name})
            self.assertIn(room.secret, str(socket.expect("history", room=room.name)))
            lines = Lines(ws_url(self.server.chat_url) + path, token=person.token)
            self.addCleanup(lines.drop)
            lines.wait(lambda: any(room.secret in frame for frame in lines.heard), "what was said in the room")
        else:
            socket.say({"type": "join", "room": room.name})
            socket.expect("error", room=room.name, code=WORDS[letter])
            socket.say({"type": "history", "room": room.name}, {"type": "join", "room": room.name, "after": 0},
                       {"type": "read", "room": room.name, "seq": 1}, {"type": "typing", "room": room.name})
            socket.expect("error", room=room.name)
            socket.settle()
            self.assertNotIn(room.secret, "".join(socket.heard))


if __name__ == "__main__":
    unittest.main()
