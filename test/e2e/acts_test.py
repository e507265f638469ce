#!/usr/bin/python3
"""Rooms that are run: who may do what to whom, in every dialect; what an act leaves behind, and what it refuses afterwards."""

import datetime
import unittest
import uuid

from clients import Lines, ws_url
from harness import Chat, unique

ROLES = ("outsider", "member", "moderator", "owner")
ACCESS = ("open", "private", "invited")

# By access and kind: for each role of the person it is done to (rows, from outsider to owner), a letter for each role of the
# one who does it. y allowed, f forbidden, n not_found.
OVER_LOWER = {"open": "ffyy ffyy fffy ffff", "private": "nfyy nfyy nffy nfff", "invited": "ffyy ffyy fffy ffff"}
TABLE = {"remove": OVER_LOWER, "ban": OVER_LOWER, "unban": OVER_LOWER, "mute": OVER_LOWER, "unmute": OVER_LOWER,
         "role": {"open": "fffy fffy fffy ffff", "private": "nffy nffy nffy nfff", "invited": "fffy fffy fffy ffff"},
         "add": {"open": "ffyy ffyy ffyy ffyy", "private": "nyyy nyyy nyyy nyyy", "invited": "ffyy ffyy ffyy ffyy"}}
WORDS = {"f": "forbidden", "n": "not_found"}
STATUS = {"forbidden": 403, "not_found": 404}


def in_seconds(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def expected(kind, access, by, on):
    """`done`, `unchanged`, or the word of a refusal."""
    letter = TABLE[kind][access].split()[ROLES.index(on)][ROLES.index(by)]
    if letter != "y":
        return WORDS[letter]
    there = on != "outsider"
    if kind in ("unban", "unmute"):
        return "unchanged"
    if kind == "add":
        # A room that is open to all doesn't know who its plain members are until the database is asked.
        return "unchanged" if there else "done"
    if kind == "remove" and not there:
        return "not_found"
    if kind == "role" and access != "open" and not there:
        return "not_found"
    if kind == "role" and on == "member" and access != "open":
        return "unchanged"
    return "done"


class ByHttp:
    name = "http"

    def __init__(self, test, person, room):
        self.person, self.room = person, room

    def act(self, **what):
        answer = self.person.chat("POST", f"/room/{self.room}/acts", what)
        if answer.code:
            assert answer.status == STATUS.get(answer.code, answer.status), answer
            return answer.code
        assert answer.status in (200, 201), answer
        return "unchanged" if answer.json.get("unchanged") else "done"


class ByJson:
    name = "json"

    def __init__(self, test, person, room):
        self.socket, self.room = test.open(person), room
        self.socket.say({"type": "join", "room": room})
        self.socket.wait(lambda: len(self.socket.heard) > 0, "an answer to the join")

    def act(self, **what):
        id = uuid.uuid4().hex
        self.socket.say({"type": "act", "room": self.room, "id": id, **what})
        frame = self.socket.wait(lambda: next((f for name in ("message", "unchanged", "error")
                                               for f in self.socket.frames(name, id=id)), None), f"an answer to {what}")
        return {"message": "done", "unchanged": "unchanged"}.get(frame["type"], frame.get("code"))


class Room:
    """A room with one person of each role; `put_back` gives somebody the role that they had."""

    def __init__(self, test, access, people, name=None):
        self.name, self.access, self.people = name or unique(access), access, people
        if not name:
            people["owner"].room(room=self.name, access=access)
        for role in ("member", "moderator"):
            self.put_back(role)

    def put_back(self, role):
        owner, person = self.people["owner"], self.people[role]
        for path in ("bans", "mutes"):
            owner.chat("DELETE", f"/room/{self.name}/{path}/{person.name}")
        if role == "outsider":
            owner.chat("DELETE", f"/room/{self.name}/members/{person.name}")
        for body in ([None, {"role": role}] if role != "outsider" else []):
            answer = owner.chat("PUT", f"/room/{self.name}/members/{person.name}", body)
            assert answer.status == 200, answer


class Permissions(Chat):
    """Every act by every role on every other, in every kind of room, over HTTP and by websocket."""

    def people(self):
        return {role: self.person() for role in ROLES}

    def check(self, speaker):
        for access in ACCESS:
            people = self.people()
            targets = {role: self.person() for role in ROLES}
            targets["owner"] = people["owner"]
            room = Room(self, access, people)
            others = Room(self, access, targets, room.name)
            for by in ROLES:
                if by == "outsider" and access != "open" and speaker is ByJson:
                    continue  # they aren't let in, so there is no connection that could ask: covered over HTTP
                mouth = speaker(self, people[by], room.name)
                for kind in TABLE:
                    for on in ROLES:
                        if by == on == "owner":
                            continue  # a room has one: on oneself, below
                        more = {"role": "member"} if kind == "role" else {}
                        what = f"{kind} by {by} on {on} in an {access} room over {mouth.name}"
                        with self.subTest(what):
                            outcome = mouth.act(kind=kind, user=targets[on].name, **more)
                            self.assertEqual(outcome, expected(kind, access, by, on), what)
                        if outcome == "done" and on != "owner":
                            others.put_back(on)

    def test_by_every_role_on_every_other_over_http(self):
        self.check(ByHttp)

    def test_by_every_role_on_every_other_by_websocket(self):
        self.check(ByJson)

    def test_on_oneself(self):
        for access in ACCESS:
            people = self.people()
            room = Room(self, access, people)
            for by in ("member", "moderator", "owner"):
                mouth = ByHttp(self, people[by], room.name)
                me = people[by].name
                for kind in ("ban", "unban", "mute", "unmute"):
                    word = "forbidden" if by == "member" else "conflict"
                    self.assertEqual(mouth.act(kind=kind, user=me), word, (kind, by, access))
                self.assertEqual(mouth.act(kind="role", user=me, role="member"),
                                 "conflict" if by == "owner" else "forbidden")
                self.assertEqual(mouth.act(kind="remove", user=me), "conflict" if by == "owner" else "done")

    def test_nobody_is_somebody(self):
        ada = self.person()
        for access in ACCESS:
            room = unique(access)
            ada.room(room=room, access=access)
            mouth = ByHttp(self, ada, room)
            for kind, more in (("add", {}), ("ban", {}), ("mute", {}), ("role", {"role": "moderator"})):
                for name in (unique("nobody"), ):
                    self.assertEqual(mouth.act(kind=kind, user=name, **more), "no_user", (kind, name))
                for name in ("deleted", "system"):
                    self.assertEqual(mouth.act(kind=kind, user=name, **more), "bad_name", (kind, name))

    def test_settings_are_a_moderators_and_some_the_owners(self):
        people = self.people()
        room = Room(self, "open", people).name
        for by, topic, access in (("outsider", "forbidden", "forbidden"), ("member", "forbidden", "forbidden"),
                                  ("moderator", "done", "forbidden"), ("owner", "done", "done")):
            mouth = ByHttp(self, people[by], room)
            self.assertEqual(mouth.act(kind="settings", settings={"topic": "by " + by}), topic)
            self.assertEqual(mouth.act(kind="settings", settings={"post": "members"}), access)
            self.assertEqual(mouth.act(kind="settings", settings={"topic": "x", "access": "invited"}), access)


class Acts(Chat):
    """What acts do."""

    def setUp(self):
        self.ada, self.bob, self.eve = self.person(), self.person(), self.person()
        self.room = unique("room")
        self.ada.room(room=self.room)

    def act(self, person, **what):
        answer = person.chat("POST", f"/room/{self.room}/acts", what)
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json

    def test_an_act_is_an_entry_that_everybody_hears(self):
        watcher, lines = self.open(self.bob), Lines(self.lines_url(self.eve))
        self.addCleanup(lines.drop)
        watcher.join(self.room)
        made = self.act(self.ada, kind="mute", user=self.eve.name, reason="too loud", until="2036-01-01T00:00:00Z")
        self.assertEqual((made["seq"], made["kind"], made["user"], made["reason"]), (1, "mute", self.eve.name, "too loud"))
        heard = watcher.expect("message", room=self.room, seq=1)
        sentence = f"muted {self.eve.name} until 2036-01-01T00:00:00.000Z: too loud"
        self.assertEqual((heard["kind"], heard["user"], heard["from"]), ("mute", self.eve.name, self.ada.name))
        self.assertTrue(heard["text"].startswith(f"muted {self.eve.name} until 2036-01-01T00:00:00"), heard)
        self.assertTrue(heard["text"].endswith(": too loud"), sentence)
        lines.wait(lambda: (self.ada.name, heard["text"]) in lines.messages(), "the sentence in lines")

    def lines_url(self, person):
        return person.room(room=self.room)["websocket"]

    def test_the_muted_read_who_why_and_until_when(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        until = in_seconds(3600)
        self.act(self.ada, kind="mute", user=self.bob.name, reason="rest a while", until=until)
        socket.expect("message", room=self.room, kind="mute")
        socket.say({"type": "send", "room": self.room, "id": "x", "text": "but"})
        refused = socket.expect("error", id="x")
        self.assertEqual((refused["code"], refused["by"], refused["why"]), ("muted", self.ada.name, "rest a while"))
        self.assertEqual(refused["until"][:19], until[:19])
        self.act(self.ada, kind="unmute", user=self.bob.name)
        socket.post(self.room, "thanks")

    def test_a_mute_ends_by_itself(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        self.act(self.ada, kind="mute", user=self.bob.name, until=in_seconds(3))
        socket.expect("message", kind="mute")
        socket.say({"type": "send", "room": self.room, "id": "x", "text": "but"})
        self.assertEqual(socket.expect("error", id="x")["code"], "muted")

        def said():
            id = uuid.uuid4().hex
            socket.say({"type": "send", "room": self.room, "id": id, "text": "again"})
            return socket.wait(lambda: socket.frames("message", id=id) or socket.frames("error", id=id), "an answer")
        socket.wait(lambda: said()[0]["type"] == "message", "the end of the mute", within=6)

    def test_the_banned_are_told_and_kept_out_everywhere(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        socket.post(self.room, "hello")
        until = in_seconds(3600)
        self.act(self.ada, kind="ban", user=self.bob.name, reason="spam", until=until)
        gone = socket.expect("gone", room=self.room, within=2)
        self.assertEqual((gone["reason"], gone["by"], gone["why"]), ("banned", self.ada.name, "spam"))
        self.assertEqual(gone["until"][:19], until[:19])
        socket.say({"type": "join", "room": self.room})
        refused = socket.expect("error", room=self.room, code="banned")
        self.assertEqual((refused["by"], refused["why"]), (self.ada.name, "spam"))
        for path in ("messages", "members"):
            answer = self.bob.chat("GET", f"/room/{self.room}/{path}")
            self.assert_problem(answer, 403, "banned")
            self.assertEqual((answer.json["by"], answer.json["why"], answer.json["until"]),
                             (self.ada.name, "spam", gone["until"]))
        self.assert_problem(self.bob.chat("POST", "/room", {"room": self.room}), 403, "banned")
        self.assertEqual(self.refused_upgrade(f"/room/{self.room}", token=self.bob.token), 403)
        self.act(self.ada, kind="unban", user=self.bob.name)
        socket.join(self.room)

    def test_what_is_erased_is_nowhere(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        first = socket.post(self.room, "a secret word")
        self.act(self.ada, kind="erase", target=first["seq"], reason="private")
        socket.expect("message", kind="erase", target=first["seq"])
        log = self.ada.log(self.room)
        self.assertEqual((log[0]["kind"], log[0]["text"], log[0]["target"]), ("erased", "(removed)", log[1]["seq"]))
        again = self.open(self.eve)
        again.join(self.room, after=0)
        again.wait_seq(self.room, log[-1]["seq"])
        self.assertNotIn("a secret word", "".join(again.heard) + str(log))
        # A late retry stores nothing again, whatever its text.
        socket.say({"type": "send", "room": self.room, "id": first["id"], "text": "another"})
        self.assertTrue(socket.expect("message", id=first["id"], seq=first["seq"], duplicate=True))
        answer = self.ada.chat("POST", f"/room/{self.room}/acts", {"kind": "erase", "target": first["seq"]})
        self.assert_problem(answer, 410, "gone")
        for target in (log[1]["seq"], 999, 0):
            self.assertIn(self.ada.chat("POST", f"/room/{self.room}/acts", {"kind": "erase", "target": target}).status,
                          (400, 404))
        other = socket.post(self.room, "mine")
        self.assert_problem(self.eve.chat("POST", f"/room/{self.room}/acts",
                                          {"kind": "erase", "target": other["seq"]}), 403, "forbidden")
        socket.say({"type": "act", "room": self.room, "id": "erase", "kind": "erase", "target": other["seq"]})
        self.assertEqual(socket.expect("message", id="erase")["target"], other["seq"])

    def test_a_room_is_described_and_set_up(self):
        room = f"/room/{self.room}"
        before = self.bob.chat("GET", room)
        self.assertEqual((before.json["access"], before.json["owner"], before.json["post"]), ("open", self.ada.name, "all"))
        self.assertEqual(self.bob.chat("GET", room, headers={"If-None-Match": before.headers["ETag"]}).status, 304)
        self.assertEqual(self.ada.chat("PATCH", room, {"topic": "tea", "title": "Tea room", "slow": 60}).status, 200)
        after = self.ada.chat("GET", room).json
        self.assertEqual((after["topic"], after["title"], after["slow"], after["role"]), ("tea", "Tea room", 60, "owner"))
        socket = self.open(self.bob)
        joined = socket.join(self.room)
        self.assertEqual((joined["topic"], joined["title"], joined["owner"]), ("tea", "Tea room", self.ada.name))
        socket.post(self.room, "one")
        socket.say({"type": "send", "room": self.room, "id": "two", "text": "two"})
        refused = socket.expect("error", id="two")
        self.assertEqual(refused["code"], "rate_limited")
        self.assertGreater(refused["retry_after"], 30)

    def test_a_room_is_handed_over(self):
        self.assertEqual(self.ada.chat("PUT", f"/room/{self.room}/members/{self.bob.name}", {"role": "owner"}).status, 200)
        self.assertEqual(self.bob.chat("GET", f"/room/{self.room}").json["owner"], self.bob.name)
        roles = self.bob.chat("GET", f"/room/{self.room}/members").json["roles"]
        self.assertEqual(roles, {self.ada.name: "moderator", self.bob.name: "owner"})
        self.assert_problem(self.ada.chat("DELETE", f"/room/{self.room}"), 403, "forbidden")
        self.assertEqual(self.bob.chat("DELETE", f"/room/{self.room}").status, 204)

    def test_an_id_is_one_act(self):
        path, key = f"/room/{self.room}/mutes/{self.bob.name}", {"Idempotency-Key": '"abc"'}
        first = self.ada.chat("PUT", path, {"reason": "x"}, headers=key)
        self.assertEqual(first.status, 200)
        again = self.ada.chat("PUT", path, {"reason": "x"}, headers=key)
        self.assertEqual((again.status, again.json["seq"], again.json["duplicate"]), (200, first.json["seq"], True))
        self.assert_problem(self.ada.chat("PUT", path, {"reason": "y"}, headers=key), 409, "conflict")
        self.assertEqual(len(self.ada.log(self.room)), 1)

    def test_moderators_see_bans_mutes_and_the_audit(self):
        self.act(self.ada, kind="mute", user=self.bob.name, reason="loud")
        self.act(self.ada, kind="ban", user=self.eve.name, until="2036-01-01T00:00:00Z")
        mutes = self.ada.chat("GET", f"/room/{self.room}/mutes").json
        self.assertEqual([(m["user"], m["by"], m["reason"]) for m in mutes["mutes"]], [(self.bob.name, self.ada.name, "loud")])
        bans = self.ada.chat("GET", f"/room/{self.room}/bans").json
        self.assertEqual([(b["user"], b["until"][:10]) for b in bans["bans"]], [(self.eve.name, "2036-01-01")])
        audit = self.ada.chat("GET", f"/room/{self.room}/audit").json
        self.assertEqual([entry["kind"] for entry in audit["entries"]], ["ban", "mute"])
        for path in ("bans", "mutes", "audit"):
            self.assert_problem(self.bob.chat("GET", f"/room/{self.room}/{path}"), 403, "forbidden")

    def test_bad_acts_cost_nothing(self):
        socket = self.open(self.ada)
        socket.join(self.room)
        bob = self.bob.name
        for wrong in ({"kind": "nonsense"}, {"kind": "tag", "target": 1}, {"kind": "text", "text": "x"}, {"kind": 7}, {},
                      {"kind": "ban"}, {"kind": "ban", "user": 5}, {"kind": "erase"}, {"kind": "erase", "target": -1},
                      {"kind": "role", "user": bob}, {"kind": "role", "user": bob, "role": "king"},
                      {"kind": "mute", "user": bob, "until": "tomorrow"}, {"kind": "mute", "user": bob, "until": 17},
                      {"kind": "ban", "user": bob, "until": "2001-01-01T00:00:00Z"},
                      {"kind": "ban", "user": bob, "until": "2999-01-01T00:00:00Z"},
                      {"kind": "ban", "user": bob, "reason": "x" * 5000}, {"kind": "ban", "user": bob, "reason": "a\u0000b"},
                      {"kind": "settings"}, {"kind": "settings", "settings": {}}, {"kind": "settings", "settings": 5},
                      {"kind": "settings", "settings": {"keep": 5}}, {"kind": "settings", "settings": {"slow": 3601}},
                      {"kind": "settings", "settings": {"title": "x" * 81}}, {"kind": "settings", "settings": {"post": "x"}},
                      {"kind": "settings", "settings": {"topic": "x" * 1025}},
                      {"kind": "settings", "settings": {"data": {"x": "y" * 5000}}}):
            with self.subTest(wrong):
                answer = self.ada.chat("POST", f"/room/{self.room}/acts", wrong)
                self.assertIn(answer.status, (400, 422), answer)
                socket.say({"type": "act", "room": self.room, "id": "x", **wrong})
                self.assertIn(socket.expect("error", id="x")["code"], ("bad_frame", "bad_name", "bad_text"))
        self.assertEqual(self.ada.log(self.room), [])
        socket.post(self.room, "still here")

    def test_notices_and_actions_are_words_of_another_kind(self):
        socket = self.open(self.bob)
        socket.join(self.room)
        for kind in ("notice", "action"):
            socket.say({"type": "act", "room": self.room, "id": kind, "kind": kind, "text": "waves"})
            self.assertEqual(socket.expect("message", id=kind)["kind"], kind)
        self.act(self.ada, kind="mute", user=self.bob.name)
        socket.expect("message", kind="mute")
        socket.say({"type": "act", "room": self.room, "id": "n", "kind": "notice", "text": "waves"})
        self.assertEqual(socket.expect("error", id="n")["code"], "muted")

    def test_everybody_in_one_room_sees_what_they_can(self):
        """Somebody with lines, who knows no kinds, and somebody with JSON."""
        lines = Lines(ws_url(self.server.chat_url) + f"/room/{self.room}", token=self.bob.token)
        self.addCleanup(lines.drop)
        json = self.open(self.eve)
        json.join(self.room)
        lines.say("hello")
        first = json.expect("message", room=self.room)
        self.act(self.ada, kind="erase", target=first["seq"])
        self.act(self.ada, kind="settings", settings={"topic": "tea"})
        lines.wait(lambda: len(lines.messages()) >= 3, "all three")
        self.assertEqual([text for _, text in lines.messages()], ["hello", "removed a message", "set the topic: tea"])
        json.expect("message", kind="settings")
        self.assertEqual([m["seq"] for m in json.messages(self.room)], [1, 2, 3])


if __name__ == "__main__":
    unittest.main()
