#!/usr/bin/python3
"""Acts on messages: who may edit, react and pin, what is heard of it in every dialect, and what an erase takes along; answers."""

import time
import unittest
import uuid

from acts_test import ACCESS, ROLES, ByHttp, ByJson, Room
from clients import Lines, ws_url
from harness import Chat, unique

# By kind and access: for each role of the one who does it, from outsider to owner, a letter: y allowed, f forbidden, n not_found.
WRITE = {"open": "yyyy", "private": "nyyy", "invited": "fyyy"}
MODERATE = {"open": "ffyy", "private": "nfyy", "invited": "ffyy"}
TABLE = {"react": WRITE, "unreact": WRITE, "pin": MODERATE, "unpin": MODERATE}
WORDS = {"y": "done", "f": "forbidden", "n": "not_found"}


class Permissions(Chat):
    """Every such act by every role, in every kind of room, over HTTP and by websocket."""

    def room(self, access, **settings):
        people = {role: self.person() for role in ROLES}
        room = Room(self, access, people)
        if settings:
            self.assertEqual(people["owner"].chat("PATCH", f"/room/{room.name}", settings).status, 200)
        said = people["owner"].chat("POST", f"/room/{room.name}/acts", {"kind": "notice", "text": "words"})
        return room.name, people, said.json["seq"]

    def speakers(self, people, room, access):
        for by in ROLES:
            yield by, ByHttp(self, people[by], room)
            if by != "outsider" or access == "open":  # else they aren't let in, so there is no connection that could ask
                yield by, ByJson(self, people[by], room)

    def test_to_react_and_to_pin(self):
        for access in ACCESS:
            room, people, target = self.room(access)
            for by, mouth in self.speakers(people, room, access):
                for kind in TABLE:
                    more = {"text": "+1"} if "react" in kind else {}
                    with self.subTest(f"{kind} by {by} in an {access} room over {mouth.name}"):
                        self.assertEqual(mouth.act(kind=kind, target=target, **more), WORDS[TABLE[kind][access][ROLES.index(by)]])

    def test_to_edit_what_is_ones_own(self):
        for access in ACCESS:
            room, people, owners = self.room(access)
            for by, mouth in self.speakers(people, room, access):
                may_write = WRITE[access][ROLES.index(by)] == "y"
                with self.subTest(f"edit by {by} in an {access} room over {mouth.name}"):
                    own = people[by].chat("POST", f"/room/{room}/acts", {"kind": "notice", "text": "mine"})
                    if may_write:
                        self.assertEqual(mouth.act(kind="edit", target=own.json["seq"], text="better"), "done")
                    others = "forbidden" if may_write else WORDS[WRITE[access][ROLES.index(by)]]
                    self.assertEqual(mouth.act(kind="edit", target=owners, text="worse"), "done" if by == "owner" else others)

    def test_are_those_to_write(self):
        room, people, target = self.room("open", post="moderators")
        for by in ROLES:
            mouth = ByHttp(self, people[by], room)
            for kind in ("react", "unreact"):
                expected = "done" if by in ("moderator", "owner") else "read_only"
                self.assertEqual(mouth.act(kind=kind, target=target, text="+1"), expected, (kind, by))
        room, people, target = self.room("open")
        mouth = ByJson(self, people["member"], room)
        own = people["member"].chat("POST", f"/room/{room}/acts", {"kind": "notice", "text": "mine"}).json["seq"]
        people["owner"].chat("PUT", f"/room/{room}/mutes/{people['member'].name}", {"reason": "hush"})
        for what in ({"kind": "edit", "target": own, "text": "x"}, {"kind": "react", "target": target, "text": "+1"}):
            self.assertEqual(mouth.act(**what), "muted")
        self.assertEqual(mouth.act(kind="erase", target=own), "done")

    def test_of_an_admin(self):
        room, people, target = self.room("private")
        admin = self.person()
        self.administer("grant", admin.name)
        mouth = ByHttp(self, admin, room)
        self.assertEqual(mouth.act(kind="pin", target=target), "done")
        for kind in ("react", "edit"):
            self.assertEqual(mouth.act(kind=kind, target=target, text="+1"), "not_found", "to write takes a role in the room")


class MessageActs(Chat):
    def setUp(self):
        self.ada, self.bob = self.person(), self.person()
        self.room = unique("room")
        self.ada.room(room=self.room)
        self.socket = self.open(self.bob)
        self.socket.join(self.room)

    def post(self, person, **what):
        return person.chat("POST", f"/room/{self.room}/acts", what)

    def act(self, person, **what):
        answer = self.post(person, **what)
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json

    def by_frame(self, **what):
        """The answer to a frame of bob's."""
        id = uuid.uuid4().hex
        self.socket.say({"type": "act", "room": self.room, "id": id, **what})
        return self.socket.wait(lambda: next((frame for type in ("message", "unchanged", "error")
                                              for frame in self.socket.frames(type, id=id)), None), f"an answer to {what}")

    def test_everybody_hears_them_in_their_dialect(self):
        lines, watcher = Lines(ws_url(self.server.chat_url) + f"/room/{self.room}", token=self.ada.token), self.open(self.ada)
        self.addCleanup(lines.drop)
        watcher.join(self.room)
        said = self.socket.post(self.room, "helo")["seq"]
        edit = self.by_frame(kind="edit", target=said, text="hello")
        self.assertEqual((edit["kind"], edit["target"], edit["text"]), ("edit", said, "hello"))
        self.assertNotIn("reason", edit)
        self.by_frame(kind="react", target=said, text="👍")
        self.by_frame(kind="unreact", target=said, text="👍")
        for kind in ("pin", "unpin"):
            self.act(self.ada, kind=kind, target=said)
        watcher.wait_seq(self.room, said + 5)
        heard = [(entry["kind"], entry["target"], entry["text"]) for entry in watcher.messages(self.room)[1:]]
        self.assertEqual(heard, [("edit", said, "hello"), ("react", said, "👍"), ("unreact", said, "👍"),
                                 ("pin", said, "pinned a message"), ("unpin", said, "unpinned a message")])
        self.assertEqual([(entry["kind"], entry["text"]) for entry in self.ada.log(self.room)[1:]],
                         [(kind, text) for kind, _, text in heard])
        lines.wait(lambda: len(lines.messages()) >= 6, "all six")
        self.assertEqual([text for _, text in lines.messages()],
                         ["helo", "hello", "👍", "took back 👍", "pinned a message", "unpinned a message"])

    def test_what_is_there_already_and_what_is_not(self):
        said = self.socket.post(self.room, "hello")["seq"]
        self.assertEqual(self.by_frame(kind="react", target=said, text="x")["type"], "message")
        self.assertEqual(self.by_frame(kind="react", target=said, text="x")["type"], "unchanged")
        self.assertEqual(self.by_frame(kind="unreact", target=said, text="x")["type"], "message")
        again = self.by_frame(kind="unreact", target=said, text="x")
        self.assertEqual(again["code"], "not_found")
        self.assertIn("message", again["detail"])
        self.act(self.ada, kind="pin", target=said)
        self.assertTrue(self.act(self.ada, kind="pin", target=said)["unchanged"])
        self.act(self.ada, kind="unpin", target=said)
        self.assert_problem(self.post(self.ada, kind="unpin", target=said), 404, "not_found")
        self.assertEqual(len(self.ada.log(self.room)), 5)

    def test_are_bounded(self):
        said = self.socket.post(self.room, "hello")["seq"]
        for mark in "abcde":
            self.by_frame(kind="react", target=said, text=mark)
        self.assertEqual(self.by_frame(kind="react", target=said, text="f")["code"], "limit_reached")
        people = [self.person() for _ in range(3)]
        for n, mark in enumerate("fghijklmnopqrst"):
            self.act(people[n // 5], kind="react", target=said, text=mark)
        self.assert_problem(self.post(self.ada, kind="react", target=said, text="u"), 409, "limit_reached")
        self.act(self.ada, kind="react", target=said, text="a")
        seqs = [self.socket.post(self.room, "more")["seq"] for _ in range(51)]
        for seq in seqs[:50]:
            self.act(self.ada, kind="pin", target=seq)
        self.assert_problem(self.post(self.ada, kind="pin", target=seqs[50]), 409, "limit_reached")

    def test_an_erase_takes_them_along(self):
        said = self.socket.post(self.room, "a secret word")["seq"]
        self.by_frame(kind="edit", target=said, text="a secret again")
        self.by_frame(kind="react", target=said, text="x")
        self.act(self.ada, kind="pin", target=said)
        erase = self.act(self.ada, kind="erase", target=said)["seq"]
        log = self.ada.log(self.room)
        self.assertEqual([(entry["kind"], entry["target"]) for entry in log],
                         [("erased", erase), ("erased", erase), ("react", said), ("pin", said), ("erase", said)])
        back = self.open(self.ada)
        back.join(self.room, after=0)
        back.wait_seq(self.room, erase)
        self.assertNotIn("secret", "".join(back.heard) + str(log))
        for what in ({"kind": "edit", "text": "x"}, {"kind": "react", "text": "x"}, {"kind": "unreact", "text": "x"}):
            gone = self.by_frame(target=said, **what)
            self.assertEqual(gone["code"], "gone", what)
            self.assertIn("erased", gone["detail"])
        for kind in ("pin", "unpin"):
            self.assert_problem(self.post(self.ada, kind=kind, target=said), 410, "gone")
        for target in (2, 3, 4, 99):  # an edit, acts, and nothing
            self.assertIn(self.by_frame(kind="react", target=target, text="x")["code"], ("gone", "not_found"))

    def test_messages_are_edited_for_as_long_as_the_room_allows(self):
        said = self.socket.post(self.room, "hello")["seq"]
        path = f"/room/{self.room}"
        self.assertEqual(self.ada.chat("GET", path).json["edit_window"], 86400)
        self.assertEqual(self.ada.chat("PATCH", path, {"edit_window": 1}).json["text"], "set the time for edits: 1 s")
        self.assertEqual(self.ada.chat("GET", path).json["edit_window"], 1)
        time.sleep(1.1)
        late = self.by_frame(kind="edit", target=said, text="late")
        self.assertEqual(late["code"], "forbidden")
        self.assertIn("edit_window", late["detail"])
        self.act(self.ada, kind="settings", settings={"edit_window": 0})
        mine = self.act(self.ada, kind="notice", text="mine")["seq"]
        self.assert_problem(self.post(self.ada, kind="edit", target=mine, text="no"), 403, "forbidden")
        self.act(self.ada, kind="settings", settings={"edit_window": 315360000})
        self.assertEqual(self.by_frame(kind="edit", target=said, text="late")["kind"], "edit")

    def test_answers(self):
        said = self.socket.post(self.room, "who?")["seq"]
        answer = {"type": "send", "room": self.room, "id": "a", "text": "me", "target": said}
        self.socket.say(answer)
        first = self.socket.expect("message", id="a")
        self.assertEqual((first["target"], first.get("kind")), (said, None))
        self.socket.say(answer)
        again = self.socket.expect("message", id="a", duplicate=True)
        self.assertEqual((again["seq"], again["target"]), (first["seq"], said))
        for other in ({**answer, "target": first["seq"]}, {"type": "send", "room": self.room, "id": "a", "text": "me"}):
            self.socket.say(other)
            self.assertEqual(self.socket.expect("error", id="a")["code"], "conflict")
        self.assertEqual(self.act(self.ada, kind="action", text="nods", target=first["seq"])["target"], first["seq"])
        self.assertEqual([entry.get("target") for entry in self.ada.log(self.room)], [None, said, first["seq"]])
        self.act(self.ada, kind="erase", target=said)
        for target, code in ((said, "gone"), (4, "not_found"), (99, "not_found"), (0, "bad_frame"), ("1", "bad_frame")):
            self.socket.say({**answer, "id": f"to {target}", "target": target})
            self.assertEqual(self.socket.expect("error", id=f"to {target}")["code"], code, target)
        # The answer that was stored before the erase is known all the same.
        self.socket.say(answer)
        self.assertEqual(self.socket.expect("message", id="a", duplicate=True)["seq"], first["seq"])

    def test_answers_over_http(self):
        path = f"/room/{self.room}/messages"
        said = self.ada.chat("POST", path, {"text": "who?"})
        self.assertEqual((said.status, said.json["text"], said.json["from"]), (201, "who?", self.ada.name))
        body = {"text": "me", "target": said.json["seq"]}
        key = {"Idempotency-Key": '"abc"'}
        first = self.bob.chat("POST", path, body, headers=key)
        self.assertEqual((first.status, first.json["target"], first.json["id"]), (201, said.json["seq"], "abc"))
        again = self.bob.chat("POST", path, {**body, "id": "abc"})
        self.assertEqual((again.status, again.json), (200, {**first.json, "duplicate": True}))
        self.assert_problem(self.bob.chat("POST", path, {"text": "me"}, headers=key), 409, "conflict")
        heard = self.socket.expect("message", seq=first.json["seq"])
        self.assertEqual((heard["target"], heard["text"]), (said.json["seq"], "me"))
        for wrong, status in (({"text": "x", "target": 99}, 404), ({"text": "x", "target": 0}, 400), ({"text": ""}, 422),
                              ({"text": "x", "kind": "notice"}, 400), ({}, 400)):
            self.assertEqual(self.bob.chat("POST", path, wrong).status, status, wrong)
        self.act(self.ada, kind="erase", target=said.json["seq"])
        self.assert_problem(self.bob.chat("POST", path, body), 410, "gone")

    def test_answers_to_what_is_long_ago(self):
        self.socket.post(self.room, "first")
        self.socket.post(self.room, "second")
        self.act(self.ada, kind="erase", target=2)
        self.socket.say(*({"type": "send", "room": self.room, "id": f"n{n}", "text": "more"} for n in range(600)))
        self.socket.wait_seq(self.room, 603, within=30)
        for target, code in ((1, None), (2, "gone"), (3, "not_found"), (50, None)):
            id = f"to {target}"
            self.socket.say({"type": "send", "room": self.room, "id": id, "text": "long ago", "target": target})
            if code:
                self.assertEqual(self.socket.expect("error", id=id)["code"], code)
            else:
                self.assertEqual(self.socket.expect("message", id=id)["target"], target)

    def test_bad_ones_cost_nothing(self):
        said = self.socket.post(self.room, "hello")["seq"]
        for wrong in ({"kind": "edit", "target": said}, {"kind": "edit", "text": "x"}, {"kind": "edit", "target": said, "text": ""},
                      {"kind": "edit", "target": said, "text": "x" * 4097}, {"kind": "edit", "target": 0, "text": "x"},
                      {"kind": "react", "target": said}, {"kind": "react", "target": said, "text": ""},
                      {"kind": "react", "target": said, "text": "x" * 33}, {"kind": "react", "target": said, "text": "a\nb"},
                      {"kind": "unreact", "target": said, "text": 5}, {"kind": "pin"}, {"kind": "pin", "target": -1},
                      {"kind": "pin", "target": said, "text": "x"}, {"kind": "unpin", "target": said, "reason": "x"},
                      {"kind": "settings", "settings": {"edit_window": -1}},
                      {"kind": "settings", "settings": {"edit_window": 315360001}},
                      {"kind": "settings", "settings": {"edit_window": "1"}}):
            with self.subTest(wrong):
                self.assertIn(self.post(self.ada, **wrong).status, (400, 422))
                self.assertIn(self.by_frame(**wrong)["code"], ("bad_frame", "bad_text"))
        self.assertEqual(len(self.ada.log(self.room)), 1)


if __name__ == "__main__":
    unittest.main()
