#!/usr/bin/python3
"""Whoever is mentioned learns of it within a second, once, whatever is killed; and whoever writes has read what was there."""

import os
import random
import threading
import time
import unittest

import processes

processes.EXECUTABLE = processes.WITH_FAILPOINTS  # before the others take it

from clients import User, http  # noqa: E402
from cluster import Cluster  # noqa: E402
from harness import Chat, EndToEnd, Postgres, unique  # noqa: E402
from processes import wait_until  # noqa: E402

SOON = 2  # seconds: the contract says 1, and a machine may be busy
ROUNDS = int(os.environ.get("GREENROOM_MENTION_ROUNDS", "4"))


def mentions(user):
    """All of them, the oldest first, as `(room, seq)`, in pages."""
    found, query = [], ""
    while True:
        answer = user.chat("GET", "/mentions?limit=20" + query)
        assert answer.status == 200, answer
        found += [(one["room"], one["entry"]["seq"]) for one in answer.json["mentions"]]
        if not answer.json["more"]:
            return found[::-1]
        query = "&before=" + answer.json["next"]


def synced(user, room):
    return next(one for one in user.chat("GET", "/sync").json["rooms"] if one["room"] == room)


class Mentions(Chat):
    def setUp(self):
        self.ada, self.bob, self.room = self.person(), self.person(), unique("room")
        self.ada.room(room=self.room, members=[self.bob.name])
        self.here = self.open(self.ada)
        self.here.join(self.room)

    def act(self, person, **act):
        answer = person.chat("POST", f"/room/{self.room}/acts", act)
        self.assertIn(answer.status, (200, 201), answer)
        return answer.json

    def wait_for(self, user, *seqs):
        wait_until(lambda: mentions(user) == [(self.room, seq) for seq in seqs], f"{seqs}: {mentions(user)}", SOON)

    def test_a_member_learns_where_they_are_mentioned(self):
        first = self.here.post(self.room, f"hello @{self.bob.name.upper()}, and mail@{self.bob.name}")
        self.here.post(self.room, f"mail@{self.bob.name} @{self.ada.name} @nobody")
        self.wait_for(self.bob, 1)
        answer = self.bob.chat("GET", "/mentions").json
        generation = self.bob.chat("GET", f"/room/{self.room}").json["generation"]
        entry = {key: first[key] for key in ("seq", "from", "text", "at")}
        self.assertEqual(answer, {"mentions": [{"room": self.room, "generation": generation, "entry": entry}], "more": False})
        found = synced(self.bob, self.room)
        self.assertEqual((found["unread"], found["mentions"]), (2, 1))
        socket = self.open(self.bob)
        socket.say({"type": "sync"})
        self.assertEqual(socket.expect("synced")["rooms"][0]["mentions"], 1)
        socket.join(self.room)
        socket.say({"type": "read", "room": self.room, "seq": 1})
        wait_until(lambda: synced(self.bob, self.room)["mentions"] == 0, "it is read")
        self.wait_for(self.bob, 1)
        self.assertEqual(mentions(self.ada), [])

    def test_pages(self):
        for _ in range(5):
            self.here.post(self.room, f"@{self.bob.name}")
        self.wait_for(self.bob, 1, 2, 3, 4, 5)
        first = self.bob.chat("GET", "/mentions?limit=2").json
        self.assertEqual([one["entry"]["seq"] for one in first["mentions"]], [5, 4])
        self.assertTrue(first["more"])
        second = self.bob.chat("GET", "/mentions?limit=3&before=" + first["next"]).json
        self.assertEqual([one["entry"]["seq"] for one in second["mentions"]], [3, 2, 1])
        self.assertEqual((second["more"], "next" in second), (False, False))
        for query in ("before=x", "before=1-2", "before=1-2-", "before=-1-2-hall", "limit=501"):
            self.assert_problem(self.bob.chat("GET", "/mentions?" + query), 400, "bad_request")
        self.assertIn("`before`", self.bob.chat("GET", "/mentions?before=x").json["detail"])

    def test_an_edit_adds_and_an_erase_removes(self):
        self.here.post(self.room, "hello")
        self.act(self.ada, kind="edit", target=1, text=f"hello @{self.bob.name}")
        self.wait_for(self.bob, 2)
        self.act(self.ada, kind="edit", target=1, text=f"hello @{self.bob.name}!")
        self.here.post(self.room, f"@{self.bob.name}")
        self.wait_for(self.bob, 2, 4)
        self.act(self.ada, kind="erase", target=1)
        self.assertEqual(mentions(self.bob), [(self.room, 4)], "at once")
        self.assertEqual(synced(self.bob, self.room)["mentions"], 1)

    def test_a_moderator_mentions_all_members(self):
        carl = self.person()
        self.assertEqual(carl.chat("PUT", f"/room/{self.room}/members/{carl.name}").status, 204)
        socket = self.open(self.bob)
        socket.join(self.room)
        socket.post(self.room, "@room")
        self.here.post(self.room, "hear, @room")
        self.wait_for(carl, 2)
        self.wait_for(self.bob, 2)
        self.assertEqual(mentions(self.ada), [])

    def test_who_is_blocked_mentions_nobody(self):
        self.assertEqual(self.bob.chat("PUT", f"/me/blocks/{self.ada.name}").status, 204)
        self.here.post(self.room, f"@{self.bob.name}")
        carl = self.person()
        self.assertEqual(carl.chat("PUT", f"/room/{self.room}/members/{carl.name}").status, 204)
        self.here.post(self.room, f"@{carl.name}")
        self.wait_for(carl, 2)
        self.assertEqual(mentions(self.bob), [])

    def test_only_of_rooms_that_one_may_still_read(self):
        self.here.post(self.room, f"@{self.bob.name}")
        self.wait_for(self.bob, 1)
        self.assertEqual(self.ada.chat("PUT", f"/room/{self.room}/bans/{self.bob.name}").status, 200)
        self.assertEqual(mentions(self.bob), [])
        self.assertEqual(self.ada.chat("DELETE", f"/room/{self.room}/bans/{self.bob.name}").status, 200)
        self.assertEqual(mentions(self.bob), [(self.room, 1)])
        self.assertEqual(self.ada.chat("DELETE", f"/room/{self.room}").status, 204)
        self.assertEqual(mentions(self.bob), [])

    def test_whoever_writes_has_read_as_far(self):
        self.here.post(self.room, "one")
        writer, other = self.open(self.bob), self.open(self.bob)
        writer.join(self.room)
        seq = writer.post(self.room, "two")["seq"]
        self.assertEqual(other.expect("read", within=SOON, room=self.room)["seq"], seq)
        found = synced(self.bob, self.room)
        self.assertEqual((found["unread"], found["read"]), (0, seq))
        self.here.post(self.room, "three")
        self.assertEqual(synced(self.bob, self.room)["unread"], 1)
        writer.settle()
        self.assertEqual(writer.frames("read"), [], "not told to the device that wrote it")
        wait_until(lambda: synced(self.ada, self.room)["read"] == 3, "of everybody who writes", SOON)

    def test_what_is_followed_is_counted(self):
        def counted(name):
            text = http("GET", self.server.operators_url + "/metrics").body.decode()
            return sum(float(line.split()[1]) for line in text.splitlines() if line.startswith(name))
        before = counted("greenroom_mentions_total"), counted("greenroom_entries_followed_total")
        self.here.post(self.room, f"@{self.bob.name}")
        self.wait_for(self.bob, 1)
        wait_until(lambda: counted("greenroom_mentions_total") == before[0] + 1, "one more")
        self.assertGreater(counted("greenroom_entries_followed_total"), before[1])
        wait_until(lambda: counted('greenroom_follower_behind_entries{duty="notices"}') == 0, "it isn't behind")
        self.assertIn('greenroom_follower_behind_entries{duty="notices"}',
                      http("GET", self.server.operators_url + "/metrics").body.decode())


class KilledFollowers(EndToEnd):
    """kill -9 between the commit of a message and that of its mention, and after it, and anywhere."""

    def at_points(self, server):
        ada, bob, room = User(server), User(server), unique("room")
        ada.room(room=room, members=[bob.name])
        expected = []
        for point in ("before", "after", "before"):
            server.stop()
            server.start({"GREENROOM_FAILPOINT": f"follower.{point}_store:kill"})
            # Also where the node knows nothing more of the room than the database does.
            answer = ada.chat("POST", f"/room/{room}/messages", {"text": f"@{bob.name}"})
            self.assertEqual(answer.status, 201, answer)
            expected.append((room, answer.json["entry"]["seq"] if "entry" in answer.json else answer.json["seq"]))
            self.assertEqual(server.process.wait(10), -9)
            server.start()
            wait_until(lambda: mentions(bob) == expected, f"{point}: {mentions(bob)}, {expected}", SOON + 2)
            self.assertEqual(synced(ada, room)["read"], expected[-1][1])

    def anywhere(self, server):
        chance = random.Random(int.from_bytes(os.urandom(4), "big"))
        ada, bob, rooms = User(server), User(server), [unique("room") for _ in range(3)]
        for room in rooms:
            ada.room(room=room, members=[bob.name])
        said = set()
        for _ in range(ROUNDS):
            socket = ada.open()
            for room in rooms:
                socket.join(room)
            killer = threading.Timer(chance.uniform(0.3, 2.5), server.kill)
            killer.start()
            try:
                while True:
                    room = chance.choice(rooms)
                    mentioned = chance.random() < 0.5
                    seq = socket.post(room, f"@{bob.name}" if mentioned else "words")["seq"]
                    if mentioned:
                        said.add((room, seq))
                    time.sleep(chance.random() / 20)
            except Exception:  # noqa: BLE001: whatever a dead server looks like
                pass
            killer.join()
            socket.drop()
            server.start()
            # What was stored without an answer counts, too.
            stored = {(room, entry["seq"]) for room in rooms for entry in bob.log(room) if "@" in entry["text"]}
            self.assertLessEqual(said, stored)
            wait_until(lambda: sorted(mentions(bob)) == sorted(stored), "each once", SOON + 2)
            for room in rooms:
                head = synced(ada, room)["head"]
                wait_until(lambda: synced(ada, room)["read"] == head, "whoever writes has read it", SOON)

    def postgresql(self):
        postgres = Postgres()
        self.addCleanup(postgres.remove)
        return self.serve(users_db=postgres.url("users"), chat_db=postgres.url("chat"))

    def test_at_its_steps_on_sqlite(self):
        self.at_points(self.serve())

    def test_at_its_steps_on_postgresql(self):
        self.at_points(self.postgresql())

    def test_anywhere_on_sqlite(self):
        self.anywhere(self.serve())

    def test_anywhere_on_postgresql(self):
        self.anywhere(self.postgresql())


class InACluster(unittest.TestCase):
    def test_the_next_home_follows_what_the_last_one_left(self):
        cluster = Cluster(users=1, chat=2)
        self.addCleanup(cluster.remove)
        cluster.start()
        ada, bob, rooms = User(cluster), User(cluster), [unique("room") for _ in range(8)]
        for room in rooms:
            ada.room(room=room, members=[bob.name])
        socket = ada.open()
        self.addCleanup(socket.drop)
        expected = []
        for room in rooms:
            socket.join(room)
            expected.append((room, socket.post(room, f"@{bob.name}")["seq"]))
        cluster.nodes["chat-2"].kill()  # before its follower came to it
        wait_until(lambda: sorted(mentions(bob)) == sorted(expected), f"{mentions(bob)}, {expected}", 20)


if __name__ == "__main__":
    unittest.main()
