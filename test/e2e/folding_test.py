#!/usr/bin/python3
"""Pages of history say what holds of each message, and a client that folds pages, missed and live entries agrees with the next page."""

import json
import random
import time
import unittest
import uuid

from clients import http
from harness import PASSWORD, Chat, unique
from greenroom_client import folding
from greenroom_client.entries import entry_of, page_of


class Folding(Chat):
    def setUp(self):
        self.ada, self.bob = self.person(), self.person()
        self.room = unique("room")
        self.ada.room(room=self.room)
        self.socket = self.open(self.bob)
        self.socket.join(self.room)

    def act(self, person, **what):
        answer = person.chat("POST", f"/room/{self.room}/acts", what)
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json

    def page(self, person, query="limit=100"):
        answer = person.chat("GET", f"/room/{self.room}/messages?{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_pages_say_what_holds(self):
        said = self.socket.post(self.room, "helo")["seq"]
        plain = self.page(self.ada)
        self.assertEqual((plain["as_of"], set(plain["messages"][0])), (1, {"seq", "from", "text", "at"}))
        edit = self.act(self.bob, kind="edit", target=said, text="hello")
        for person in (self.ada, self.bob):
            self.act(person, kind="react", target=said, text="👍")
        self.act(self.bob, kind="react", target=said, text="+1")
        self.act(self.ada, kind="pin", target=said)
        mine, others = self.page(self.ada), self.page(self.bob)
        first = mine["messages"][0]
        self.assertEqual((first["text"], first["edited"], first["pinned"], mine["as_of"]),
                         ("hello", {"seq": edit["seq"], "at": edit["at"]}, True, 6))
        self.assertEqual(first["reactions"], [{"text": "+1", "count": 1, "mine": False}, {"text": "👍", "count": 2, "mine": True}])
        self.assertTrue(others["messages"][0]["reactions"][0]["mine"])
        self.assertEqual([entry.get("kind") for entry in mine["messages"]], [None, "edit", "react", "react", "react", "pin"])
        self.socket.say({"type": "history", "room": self.room, "limit": 100})
        self.assertEqual(self.socket.expect("history", room=self.room)["messages"][0], others["messages"][0])

        self.act(self.ada, kind="unreact", target=said, text="👍")
        self.act(self.ada, kind="unpin", target=said)
        after = self.page(self.ada, "after=0&limit=1")
        self.assertEqual((after["as_of"], after["more"], "pinned" in after["messages"][0]), (8, True, False))
        self.assertEqual(after["messages"][0]["reactions"][1], {"text": "👍", "count": 1, "mine": False})
        erase = self.act(self.ada, kind="erase", target=said)
        gone = self.page(self.ada)["messages"][0]
        self.assertEqual({name: gone[name] for name in gone if name not in ("from", "at")},
                         {"seq": 1, "text": "(removed)", "kind": "erased", "target": erase["seq"]})

    def test_the_pinned_messages_are_listed(self):
        said = [self.socket.post(self.room, f"words {n}")["seq"] for n in range(3)]
        for target in (said[2], said[0]):
            self.act(self.ada, kind="pin", target=target)
        self.act(self.bob, kind="edit", target=said[0], text="hello")
        pins, page = self.bob.chat("GET", f"/room/{self.room}/pins").json, self.page(self.bob)
        self.assertEqual(pins, {"messages": [page["messages"][0], page["messages"][2]], "more": False, "as_of": page["as_of"]})

    def test_a_replay_has_entries_as_they_stand(self):
        said = self.socket.post(self.room, "helo")["seq"]
        self.act(self.bob, kind="edit", target=said, text="hello")
        self.act(self.ada, kind="react", target=said, text="👍")
        back = self.open(self.ada)
        back.join(self.room, after=0)
        back.wait_seq(self.room, 3)
        self.assertEqual([(entry["text"], set(entry) & {"edited", "reactions", "pinned"}) for entry in back.messages(self.room)],
                         [("helo", set()), ("hello", set()), ("👍", set())])

    def test_live_entries_above_a_page_make_the_next_page(self):
        chance = random.Random(3)
        seqs = [self.socket.post(self.room, f"words {n}")["seq"] for n in range(5)]
        early = self.page(self.bob)
        standing = set()
        for _ in range(40):
            who, mark, target = chance.choice([self.ada, self.bob]), chance.choice("abc"), chance.choice(seqs)
            kind = "unreact" if (who, mark, target) in standing else "react"
            standing ^= {(who, mark, target)}
            self.act(who, kind=kind, target=target, text=mark)
            if chance.random() < 0.2:
                self.act(self.bob, kind="edit", target=target, text=uuid.uuid4().hex)
        late = self.page(self.bob)
        self.socket.wait_seq(self.room, late["as_of"])
        client, before, after = folding.Folding(self.bob.name), page_of(early), page_of(late)
        for message in before.entries:
            client.read(*message, before.as_of)
        live = [entry_of(frame) for frame in self.socket.messages(self.room)]
        for entry in chance.sample(live, len(live)):
            client.hear(entry)
        self.assertEqual([client.find(seq) for seq in seqs], list(after.entries[:len(seqs)]))
        self.assertTrue(any(message.edited for message in after.entries) and any(message.reactions for message in after.entries))


class Deletions(Chat):
    """Pages that are open when an author is deleted."""

    def setUp(self):
        self.ann, self.bob, self.eve = self.person(), self.person(), self.person()
        self.room = unique("room")
        self.ann.room(room=self.room)
        self.there, self.writer = self.open(self.bob), self.open(self.eve)
        self.there.join(self.room)
        self.writer.join(self.room)

    def delete(self, **choices):
        """How long the others took to hear of it, from the answer on; what they heard."""
        answer = http("DELETE", f"{self.server.gateway_url}/users/{self.eve.name}", {"password": PASSWORD, **choices},
                      token=self.eve.token)
        self.assertEqual(answer.status, 200, answer)
        answered = time.monotonic()
        self.there.wait(lambda: [frame for frame in map(json.loads, list(self.there.heard)) if frame["type"] == "erased"],
                        "open pages hear of it", 2)
        return time.monotonic() - answered

    def erased(self, socket):
        return [frame for frame in map(json.loads, list(socket.heard)) if frame["type"] == "erased"]

    def page(self):
        return self.ann.chat("GET", f"/room/{self.room}/messages?limit=500").json["messages"]

    def test_their_words_are_empty_where_they_chose_so(self):
        mine = self.there.post(self.room, "bob's")["seq"]
        seqs = [self.writer.post(self.room, f"words {n}")["seq"] for n in range(310)]
        react = self.eve.chat("POST", f"/room/{self.room}/acts", {"kind": "react", "target": mine, "text": "+"}).json["seq"]
        self.there.wait_seq(self.room, react)
        elsewhere = self.open(self.ann)
        other = unique("room")
        self.ann.room(room=other)
        elsewhere.join(other)
        self.delete(messages="erase")
        self.there.wait(lambda: sum(len(frame["seqs"]) for frame in self.erased(self.there)) == 311, "of each of them")
        told = self.erased(self.there)
        self.assertEqual([(frame["room"], frame["user"], len(frame["seqs"])) for frame in told],
                         [(self.room, self.eve.name, 300), (self.room, self.eve.name, 11)])
        self.assertEqual([seq for frame in told for seq in frame["seqs"]], [*seqs, react])
        by_seq = {entry["seq"]: entry for entry in self.there.messages(self.room)}
        for frame in told:  # what a client makes of it
            for seq in frame["seqs"]:
                by_seq[seq] = {"seq": seq, "from": "deleted", "text": "(removed)", "at": by_seq[seq]["at"], "kind": "erased"}
        for entry in self.page():
            heard = {name: value for name, value in by_seq[entry["seq"]].items() if name not in ("type", "room", "id")}
            self.assertEqual(entry, heard)
        back = self.open(self.ann)
        back.join(self.room, after=0)
        back.wait_seq(self.room, react)
        self.assertFalse([entry for entry in back.messages(self.room) if entry["from"] == self.eve.name], "the ring is empty")
        self.assertEqual(self.erased(elsewhere), [], "not told where they never were")

    def test_their_name_is_gone_from_open_pages(self):
        self.writer.post(self.room, "words")
        self.delete()
        self.assertEqual([{**frame} for frame in self.erased(self.there)],
                         [{"type": "erased", "room": self.room, "user": self.eve.name}])
        self.assertEqual([(entry["from"], entry["text"]) for entry in self.page()], [("deleted", "words")])


if __name__ == "__main__":
    unittest.main()
