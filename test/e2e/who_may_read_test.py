#!/usr/bin/python3
"""Nobody reads what isn't theirs, by any way: every route of web/openapi.json that names a room, in every kind of room, asked by
everybody. A refused answer has no word of what the room has to hide."""

import unittest
import urllib.parse

from clients import Lines, http, ws_url
from harness import Chat, unique
from processes import wait_until
from specification import METHODS, load

MENTIONED = ("member", "moderator", "banned", "former")
PEOPLE = ("anonymous", "outsider", "member", "moderator", "owner", "banned", "former", "admin")
# Of a direct room, and of a group, which nobody runs.
ALONE = ("anonymous", "outsider", "one", "other", "admin")
TOGETHER = ("anonymous", "outsider", "one", "other", "left", "admin")
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
    "POST /chat/room": READ, "GET /chat/rooms": "listed", "GET /chat/sync": "listed", "GET /chat/mentions": "listed",
    "POST /chat/ticket": NO_ROOM, "GET /chat/ws": NO_ROOM, "GET /chat/status": NO_ROOM,
    f"GET {ROOM}": DESCRIBE, f"PATCH {ROOM}": ACT, f"DELETE {ROOM}": OWN, f"GET {ROOM}/messages": READ, f"POST {ROOM}/messages": READ,
    f"POST {ROOM}/acts": READ,
    f"GET {ROOM}/members": READ, f"PUT {ROOM}/members/{{user}}": ADD, f"DELETE {ROOM}/members/{{user}}": ACT,
    f"GET {ROOM}/bans": MODERATE, f"PUT {ROOM}/bans/{{user}}": ACT, f"DELETE {ROOM}/bans/{{user}}": ACT,
    f"GET {ROOM}/mutes": MODERATE, f"PUT {ROOM}/mutes/{{user}}": ACT, f"DELETE {ROOM}/mutes/{{user}}": ACT,
    f"GET {ROOM}/audit": MODERATE, f"POST {ROOM}/invites": MODERATE, f"GET {ROOM}/invites": MODERATE,
    f"PUT {ROOM}/notify": MINE, f"GET {ROOM}/pins": READ,
    f"DELETE {ROOM}/invites/{{id}}": MODERATE, "POST /chat/invites/{invite}": NO_ROOM,  # whoever has one may come in
    "POST /chat/direct": NO_ROOM,
    "GET /chat/me/settings": NO_ROOM, "PUT /chat/me/settings": NO_ROOM, "GET /chat/me/blocks": NO_ROOM,
    "PUT /chat/me/blocks/{user}": NO_ROOM, "DELETE /chat/me/blocks/{user}": NO_ROOM, "GET /chat/me/drafts": NO_ROOM,
    f"PUT {DRAFT}": READ, f"DELETE {DRAFT}": READ,
}
# For the people of one; w: no such name can be asked for. Everybody else learns as little as of a room that there isn't: the same
# answer, to the letter.
IN_DIRECT = {
    f"GET {ROOM}": "y", f"PATCH {ROOM}": "f", f"DELETE {ROOM}": "f", f"GET {ROOM}/messages": "y", f"POST {ROOM}/messages": "y",
    f"POST {ROOM}/acts": "y", f"GET {ROOM}/members": "y", f"PUT {ROOM}/members/{{user}}": "f",
    f"DELETE {ROOM}/members/{{user}}": "f", f"GET {ROOM}/bans": "f", f"PUT {ROOM}/bans/{{user}}": "f",
    f"DELETE {ROOM}/bans/{{user}}": "f", f"GET {ROOM}/mutes": "f", f"PUT {ROOM}/mutes/{{user}}": "f",
    f"DELETE {ROOM}/mutes/{{user}}": "f", f"GET {ROOM}/audit": "f", f"POST {ROOM}/invites": "f", f"GET {ROOM}/invites": "f",
    f"DELETE {ROOM}/invites/{{id}}": "f", f"PUT {ROOM}/notify": "y", f"GET {ROOM}/pins": "y", f"PUT {DRAFT}": "y", f"DELETE {DRAFT}": "y",
    "POST /chat/room": "w",
}
IN_GROUP = {**IN_DIRECT, f"PUT {ROOM}/members/{{user}}": "y"}
WORDS = {"u": "unauthorized", "f": "forbidden", "b": "banned", "n": "not_found", "w": "bad_name"}
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
        self.speak()
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

    def speak(self):
        """The owner mentions everybody, while they are members."""
        socket = self.owner.open()
        socket.join(self.name)
        socket.post(self.name, " ".join((self.secret, *("@" + each.name for each in self.people.values() if each))))
        socket.drop()
        for who in MENTIONED:
            wait_until(lambda: self.people[who].chat("GET", "/mentions").json["mentions"], f"{who} is mentioned")

    def put(self, path, person, body=None):
        answer = self.owner.chat("PUT", f"/room/{self.name}/{path}/{person.name}", body)
        assert answer.status in (200, 204), answer

    def restore(self):
        """The person whom acts are about is a member, whatever was done to them."""
        for path in ("bans", "mutes"):
            self.owner.chat("DELETE", f"/room/{self.name}/{path}/{self.target.name}")
        self.put("members", self.target)


class Alone:
    """A direct room, or a group, with words that only its people may see. `missing`: the name of one that there isn't."""

    access = "private"

    def __init__(self, test, kind):
        self.secret, self.kind = unique("secret"), kind
        self.people = {who: test.person() for who in (ALONE if kind == "direct" else TOGETHER)[1:]}
        self.people["anonymous"] = None
        self.one, others = self.people["one"], [self.people["other"]] + ([self.people["left"]] if kind == "group" else [])
        self.owner, self.target = self.one, test.person()
        test.administer("grant", self.people["admin"].name)
        hall = unique("hall")  # they all know one another
        self.one.room(room=hall, members=[user.name for who, user in self.people.items() if who not in ("anonymous", "one")])
        self.one.room(room=unique("hall"), members=[self.target.name])
        made = self.one.chat("POST", "/direct", {"with": [other.name for other in others]})
        assert made.status == 201, made
        self.name = made.json["room"]
        self.missing = f"@{','.join(sorted([self.one.name, self.target.name]))}" if kind == "direct" else "@@" + "0" * 16
        socket = self.one.open()
        socket.join(self.name)
        socket.post(self.name, self.secret)
        socket.drop()
        if kind == "group":
            left = self.people["left"]
            assert left.chat("DELETE", f"/room/{self.name}/members/{left.name}").status == 200

    def restore(self):
        """Whoever was added to the group stays in it."""


class NobodyElse(Chat):
    """What two people, or some, write to one another is nobody else's, and that they do neither: by every route, frame and list."""

    def test_direct_rooms(self):
        self.check(Alone(self, "direct"), IN_DIRECT, ALONE)

    def test_groups(self):
        self.check(Alone(self, "group"), IN_GROUP, TOGETHER)

    def check(self, room, letters, people):
        self.assertEqual(set(letters), {route for route, expected in EXPECTED.items() if isinstance(expected, dict)},
                         "each route that names a room needs a letter for direct rooms")
        for route, letter in letters.items():
            for who in people:
                with self.subTest(f"{route}, {who} and a {room.kind}"):
                    is_in = who in ("one", "other")
                    self.ask(room, route, who, letter if is_in or letter == "w" else "u" if who == "anonymous" else "n")
        for who in people:
            if who != "anonymous":
                with self.subTest(f"{who} and a {room.kind}"):
                    self.see_lists(room, who, who in ("one", "other"))
                    self.listen(room, who, who in ("one", "other"))

    def ask(self, room, route, who, letter):
        answers = [self.answer(room, name, route, who) for name in (room.name, room.missing)]
        if letter == "y":
            return self.assertIn(answers[0].status, (200, 201, 204), answers[0])
        self.assertEqual(answers[0].code, WORDS[letter], answers[0])
        self.assertNotIn(room.secret.encode(), answers[0].body + str(answers[0].headers).encode())
        if who not in ("one", "other"):
            self.assertEqual(*(self.told(answer) for answer in answers))

    def answer(self, room, name, route, who):
        method, path = route.split()
        body = dict(BODIES[route]) if route in BODIES else None
        if route == "POST /chat/room":
            body["room"] = name
        url = self.server.gateway_url + path.format(room=name, user=room.target.name, id="1")
        return http(method, url, body, token=room.people[who] and room.people[who].token)

    @staticmethod
    def told(answer):
        """All of it but what differs each time."""
        body = {key: value for key, value in answer.json.items() if key != "request_id"}
        return answer.status, body, sorted(name.lower() for name in answer.headers)

    def see_lists(self, room, who, is_in):
        person = room.people[who]
        before = urllib.parse.quote(room.name[:-1])
        for path in ("/rooms?limit=500", f"/rooms?limit=1&after={before}", "/sync", f"/sync?after={before}", "/me/drafts"):
            told = person.chat("GET", path)
            if not is_in:
                self.assertNotIn(room.name.encode(), told.body, path)
                self.assertNotIn(room.secret.encode(), told.body, path)
        names = [one["room"] for one in person.chat("GET", "/sync").json["rooms"]]
        self.assertEqual(room.name in names, is_in)

    def listen(self, room, who, is_in):
        """By websocket, in both dialects: all frames that name a room, and what is told to whoever is elsewhere."""
        person = room.people[who]
        path = f"/room/{room.name}?history=100"
        if is_in:
            lines = Lines(ws_url(self.server.chat_url) + path, token=person.token)
            self.addCleanup(lines.drop)
            return lines.wait(lambda: any(room.secret in frame for frame in lines.heard), "what was said there")
        self.assertEqual(self.refused_upgrade(path, token=person.token), 404)
        heard = []
        for name in (room.name, room.missing):
            socket = self.open(person)
            for at, command in enumerate(({"type": "join"}, {"type": "join", "after": 0}, {"type": "history"},
                                          {"type": "history", "after": 0}, {"type": "send", "id": "1", "text": "x"},
                                          {"type": "act", "id": "2", "kind": "react", "target": 1, "text": "x"},
                                          {"type": "act", "id": "3", "kind": "erase", "target": 1},
                                          {"type": "typing"}, {"type": "read", "seq": 1}, {"type": "leave"})):
                socket.say({**command, "room": name})
                socket.wait(lambda: len(socket.frames("error") + socket.frames("gone")) > at, f"the answer to {command}")
            socket.say({"type": "sync"})
            socket.expect("synced")
            self.assertNotIn(room.secret, "".join(socket.heard))
            heard.append([{**frame, "room": frame["room"] == name} for frame in socket.frames("error") + socket.frames("gone")])
        self.assertEqual(*heard)
        said = room.one.open()
        self.addCleanup(said.drop)
        said.join(room.name)
        elsewhere = self.open(person)
        said.post(room.name, room.secret + " again")
        said.say({"type": "read", "room": room.name, "seq": 2})
        elsewhere.settle()
        other = room.people["other"].open()
        self.addCleanup(other.drop)
        said.post(room.name, room.secret + " and again")
        if room.kind == "direct":
            other.expect("news", room=room.name)
        elsewhere.settle()
        self.assertNotIn(room.name, "".join(elsewhere.heard))


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
        found = room.people[who].chat("GET", "/mentions")
        self.assertEqual([one["room"] for one in found.json["mentions"]], [room.name] if letter == "y" and who in MENTIONED else [])
        self.assertEqual(room.secret.encode() in found.body, letter == "y" and who in MENTIONED)
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
