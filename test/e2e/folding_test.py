#!/usr/bin/python3
"""Pages of history say what holds of each message, and a client that folds pages, missed and live entries agrees with the next page."""

import random
import unittest
import uuid

from harness import Chat, unique


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
        acts = [entry for entry in self.socket.messages(self.room) if entry["seq"] > early["as_of"]]
        for seq, now in zip(seqs, late["messages"]):
            of = [entry for entry in acts if entry.get("target") == seq]
            edits = [entry for entry in of if entry["kind"] == "edit"]
            counts = {}
            for entry in of:
                if entry["kind"] != "edit":
                    counts[entry["text"]] = counts.get(entry["text"], 0) + (1 if entry["kind"] == "react" else -1)
            self.assertEqual({each["text"]: each["count"] for each in now.get("reactions", [])},
                             {mark: many for mark, many in counts.items() if many}, seq)
            self.assertEqual(now["text"], edits[-1]["text"] if edits else f"words {seqs.index(seq)}")


if __name__ == "__main__":
    unittest.main()
