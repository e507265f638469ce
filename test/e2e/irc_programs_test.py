#!/usr/bin/python3
"""IRC programs that people have, in one room with one another and with a websocket: they talk, and come back from whatever happens
with all that was said, once and in order."""

import unittest

from clients import User
from cluster import Cluster
from harness import unique, wait_until
from irc_programs import ALL, PASSWORD
from processes import free_ports, show_if_failed

COMES_BACK = 30


class Programs(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.irc, = free_ports(1)
        cls.cluster = Cluster(users=1, options={"gateway": ["--irc-listen", f"127.0.0.1:{cls.irc}"]})
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.start()
        # Past the gateway, which dies.
        cls.ada = User(cls.cluster.on("chat-1", "users-1"))
        cls.room = unique("room")
        cls.ada.room(room=cls.room)
        cls.programs = []
        for kind in ALL:
            name = unique(kind.__name__.lower())[:32]
            user = User(cls.ada.server, name, PASSWORD)
            program = kind(cls.irc, name, cls.room)
            program.user = user
            cls.addClassCleanup(program.end)
            cls.programs.append(program)
        for program in cls.programs:
            cls.wait_arrived(program, 1)
        cls.last = 0
        cls.killed = False  # a gateway
        cls.missed = set()  # what was said while those who hear no replay were away

    @staticmethod
    def wait_arrived(program, times):
        wait_until(lambda: program.arrivals() >= times, f"{program.name} is in the room for the {times}. time", COMES_BACK)

    def setUp(self):
        self.addCleanup(show_if_failed, self, self.cluster.log)

    def say(self, count=3, missed=False):
        """Ada says so many things, and so does everybody who is there."""
        for _ in range(count):
            type(self).last += 1
            text = f"word {self.last}"
            answer = self.ada.chat("POST", f"/room/{self.room}/messages", {"text": text, "id": f"w{self.last}"})
            self.assertIn(answer.status, (200, 201), answer)
            if missed:
                self.missed.add(text)

    def everybody_talks(self):
        for program in self.programs:
            type(self).last += 1
            program.say(f"word {self.last} of {program.name}")
        self.say()

    def words(self):
        return [(one["from"], one["text"]) for one in self.ada.log(self.room) if one.get("kind", "text") == "text"]

    def everybody_knows_all(self):
        wait_until(lambda: len(self.words()) >= self.last, "all is stored", 40)
        words = self.words()
        self.assertEqual(len(words), self.last, "all is stored once")
        for program in self.programs:
            wanted = [one for one in words if one[0] != program.name and (program.REPLAYS or one[1] not in self.missed)]
            try:
                wait_until(lambda: set(program.shown()) >= set(wanted), f"{program.name} shows all", 10)
            except AssertionError:
                pass  # the difference says more
            self.assertEqual(self.without_repeated(program.shown()), wanted, program.name)

    def without_repeated(self, shown):
        """Who comes back from a gateway that was killed is told the last minute again, in order: programs that know `msgid` don't show
        it twice, and these do."""
        if not self.killed:
            return shown
        return list(dict.fromkeys(shown))

    def arrivals(self):
        return [program.arrivals() for program in self.programs]

    def test_1_talk(self):
        self.everybody_talks()
        self.everybody_knows_all()

    def test_2_nobody_notices_that_the_rooms_node_dies(self):
        there = self.arrivals()
        owner = self.cluster.owner_of(self.room)
        if owner == "chat-1":  # Ada's own
            self.assertEqual(self.cluster.admin("move", self.room, "chat-2").returncode, 0)
            wait_until(lambda: self.cluster.owner_of(self.room) == "chat-2", "the room has moved")
            self.say()
        self.cluster.nodes["chat-2"].kill()
        self.everybody_talks()
        self.cluster.nodes["chat-2"].start()
        self.say()
        self.everybody_knows_all()
        self.assertEqual(self.arrivals(), there)

    def test_3_nobody_notices_that_the_room_moves(self):
        there = self.arrivals()
        for node in ("chat-1", "chat-2"):
            self.assertEqual(self.cluster.admin("move", self.room, node).returncode, 0)
            self.everybody_talks()
        self.everybody_knows_all()
        self.assertEqual(self.arrivals(), there)

    def gateway_goes(self, how):
        """And comes back; something is said meanwhile."""
        there = self.arrivals()
        how()
        self.say(missed=True)
        self.cluster.nodes["gateway"].start()
        for program, times in zip(self.programs, there):
            self.wait_arrived(program, times + 1)
        self.everybody_talks()
        self.everybody_knows_all()

    def test_4_the_gateway_drains(self):
        self.gateway_goes(self.cluster.nodes["gateway"].stop)

    def test_5_the_gateway_is_killed(self):
        type(self).killed = True
        self.gateway_goes(self.cluster.nodes["gateway"].kill)

    def test_6_a_session_is_ended(self):
        for program in self.programs:
            there = program.arrivals()
            sessions = program.user.users("GET", "/sessions").json["sessions"]
            for one in sessions:
                if one["client"].endswith(" IRC"):
                    self.assertEqual(program.user.users("DELETE", f"/sessions/{one['id']}").status, 204)
            self.wait_arrived(program, there + 1)
        self.everybody_talks()
        self.everybody_knows_all()

    def test_7_a_ban_keeps_them_out(self):
        for program in self.programs:
            put = self.ada.chat("PUT", f"/room/{self.room}/bans/{program.name}", {"reason": "enough"})
            self.assertEqual(put.status, 200, put)
        shown = [program.shown() for program in self.programs]
        self.say()
        wait_until(lambda: self.ada.log(self.room)[-1]["text"] == f"word {self.last}", "it is stored")
        self.assertEqual([program.shown() for program in self.programs], shown)


if __name__ == "__main__":
    unittest.main()
