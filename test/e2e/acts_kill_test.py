#!/usr/bin/python3
"""Kill -9 between any two steps: an act's entry and its effect are both there, or neither; and what was acknowledged is."""

import os
import random
import threading
import time
import unittest
import uuid

from clients import User
from harness import EndToEnd, Postgres, unique

ROUNDS = int(os.environ.get("GREENROOM_ACT_ROUNDS", "4"))


class State:
    """What a room's log says about the room."""

    def __init__(self, owner):
        self.owner, self.members, self.moderators, self.bans, self.mutes, self.topic = owner, {owner}, set(), set(), set(), ""
        self.on_messages = set()  # reactions as (message, mark), pins as (message, None)

    def follow(self, entry):
        kind, user, target = entry.get("kind"), entry.get("user"), entry.get("target")
        mark = entry["text"] if kind in ("react", "unreact") else None
        if kind in ("react", "pin"):
            self.on_messages.add((target, mark))
        elif kind in ("unreact", "unpin"):
            self.on_messages.discard((target, mark))
        elif kind == "erase":
            self.on_messages = {one for one in self.on_messages if one[0] != target}
        elif kind == "settings":
            self.topic = entry["settings"].get("topic", self.topic)
        elif kind == "add":
            self.members.add(user)
        elif kind == "role":
            self.members.add(user)
            (self.moderators.add if entry["role"] == "moderator" else self.moderators.discard)(user)
        elif kind in ("remove", "ban"):
            self.members.discard(user)
            self.moderators.discard(user)
            if kind == "ban":
                self.bans.add(user)
        elif kind == "unban":
            self.bans.discard(user)
        elif kind == "mute":
            self.mutes.add(user)
        elif kind == "unmute":
            self.mutes.discard(user)
        return self

    def seen(self):
        roles = {self.owner: "owner", **{name: "moderator" for name in self.moderators}}
        return {"members": sorted(self.members), "roles": roles, "bans": sorted(self.bans), "mutes": sorted(self.mutes),
                "topic": self.topic}


class Acts(EndToEnd):
    def setUp(self):
        self.chance = random.Random(int.from_bytes(os.urandom(4), "big"))

    def seen(self, ada, room):
        members = ada.chat("GET", f"/room/{room}/members?limit=500").json
        return {"members": members["members"], "roles": members["roles"],
                "bans": [b["user"] for b in ada.chat("GET", f"/room/{room}/bans?limit=500").json["bans"]],
                "mutes": [m["user"] for m in ada.chat("GET", f"/room/{room}/mutes?limit=500").json["mutes"]],
                "topic": ada.chat("GET", f"/room/{room}").json.get("topic", "")}

    def some_act(self, people):
        kind = self.chance.choice(("add", "remove", "ban", "unban", "mute", "unmute", "role", "settings", "erase",
                                   "edit", "react", "unreact", "pin", "unpin"))
        if kind == "settings":
            return {"kind": kind, "settings": {"topic": uuid.uuid4().hex}}
        if kind in ("erase", "pin", "unpin"):
            return {"kind": kind, "target": self.chance.randrange(1, 40)}
        if kind in ("edit", "react", "unreact"):
            return {"kind": kind, "target": self.chance.randrange(1, 40), "text": self.chance.choice("ab")}
        act = {"kind": kind, "user": self.chance.choice(people)}
        return {**act, "role": self.chance.choice(("member", "moderator"))} if kind == "role" else act

    def perform_until(self, over, ada, room, people, done):
        """Acts, each again with its id until it is answered, though the server dies meanwhile."""
        while not over.is_set():
            act = {**self.some_act(people), "id": uuid.uuid4().hex}
            while True:
                try:
                    answer = ada.chat("POST", f"/room/{room}/acts", act, patience=5)
                except OSError:
                    answer = None
                if answer is not None and answer.status != 503:
                    break
                time.sleep(0.02)
            self.assertIn(answer.status, (200, 201, 404, 409, 410), answer)
            done.append((act, answer))

    def kill_in_rounds(self, server, access):
        ada, room = User(server), unique(access)
        people = [User(server).name for _ in range(4)]
        ada.room(room=room, access=access)
        watcher = ada.open()
        watcher.join(room)
        for n in range(30):
            watcher.post(room, f"text {n}")
        watcher.close()
        done, over = [], threading.Event()
        threads = [threading.Thread(target=self.perform_until, args=(over, ada, room, people, done)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(ROUNDS):
            before = len(done)
            while len(done) < before + 40:
                time.sleep(0.01)
            time.sleep(self.chance.random() * 0.05)
            server.kill()
            server.start()
        over.set()
        for thread in threads:
            thread.join()
        self.judge(ada, room, done)
        server.kill()
        server.start()
        self.judge(ada, room, done)

    def judge(self, ada, room, done):
        log = ada.log(room)
        self.assertEqual([entry["seq"] for entry in log], list(range(1, len(log) + 1)))
        state = State(ada.name)
        for entry in log:
            state.follow(entry)
        self.assertEqual(self.seen(ada, room), state.seen(), "the effects are those of the log")
        ids = [entry["id"] for entry in log if "id" in entry]
        self.assertEqual(len(ids), len(set(ids)), "no id is there twice")
        erased = {entry["target"] for entry in log if entry.get("kind") == "erase"}
        stored = 0
        for act, answer in done:
            if answer.code or answer.json.get("unchanged"):
                self.assertNotIn(act["id"], ids, (act, answer))
                continue
            entry = log[answer.json["seq"] - 1]
            kind = "erased" if act["kind"] == "edit" and act["target"] in erased else act["kind"]
            self.assertEqual((entry["kind"], entry["id"]), (kind, act["id"]), answer)
            stored += 1
        self.assertEqual({entry["seq"] for entry in log[:30] if entry.get("kind") == "erased"}, erased)
        self.assertFalse({entry["target"] for entry in log if entry.get("kind") == "edit"} & erased)
        self.judge_on_messages(ada, room, state.on_messages, set(range(1, 31)) - erased)
        print(f"  {len(done)} acts, {stored} of them entries, {len(erased)} messages erased", flush=True)


    def judge_on_messages(self, ada, room, held, messages):
        """What is there is unchanged by being done again; what isn't becomes an entry."""
        for target in sorted(messages):
            for mark in ("a", "b", None):
                act = {"kind": "react", "text": mark} if mark else {"kind": "pin"}
                answer = ada.chat("POST", f"/room/{room}/acts", {**act, "target": target})
                self.assertEqual("unchanged" in answer.json, (target, mark) in held, (target, mark, answer))


class OnSqlite(Acts):
    def test_in_an_open_room(self):
        self.kill_in_rounds(self.serve(), "open")

    def test_in_a_private_room(self):
        self.kill_in_rounds(self.serve(), "private")


class OnPostgres(Acts):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)

    def test_in_an_open_room(self):
        self.kill_in_rounds(self.serve(users_db=self.postgres.url("users"), chat_db=self.postgres.url("chat")), "open")


if __name__ == "__main__":
    unittest.main()
