"""IRC on the wire: history, read markers, what passes and isn't stored, and what a device hears that was away."""

import socket
import struct
import time
import unittest

from harness import unique
from irc_client import Irc
from irc_test import IrcCase


def words(lines):
    return [line.parameters[-1] for line in lines if line.command in ("PRIVMSG", "NOTICE")]


class History(IrcCase):
    def join(self, room, *clients):
        for client in clients:
            client.send("JOIN #" + room)
            client.wait("366")
        for client in clients:
            client.sync()

    def ask(self, client, *parts):
        client.send("CHATHISTORY " + " ".join(parts))
        return client.sync()

    def test_by_time_and_by_id(self):
        ada = self.named("message-tags", "batch", "draft/chathistory", "server-time", "echo-message")
        room = unique("room")
        self.join(room, ada)
        said = []
        for n in range(6):
            ada.send(f"TOPIC #{room} :topic {n}", f"PRIVMSG #{room} :{n}")
            said += [line for line in ada.sync() if line.command == "PRIVMSG"]
            time.sleep(0.005)
        for kind in ("msgid", "timestamp"):
            at = [f"{kind}={line.tags['msgid' if kind == 'msgid' else 'time']}" for line in said]
            self.assertEqual(words(self.ask(ada, "LATEST", "#" + room, at[2], "9")), ["3", "4", "5"])
            self.assertEqual(words(self.ask(ada, "BEFORE", "#" + room, at[3], "2")), ["1", "2"])
            self.assertEqual(words(self.ask(ada, "AFTER", "#" + room, at[1], "2")), ["2", "3"])
            self.assertEqual(words(self.ask(ada, "AROUND", "#" + room, at[3], "3")), ["2", "3", "4"])
            self.assertEqual(words(self.ask(ada, "BETWEEN", "#" + room, at[0], at[5], "2")), ["1", "2"])
            self.assertEqual(words(self.ask(ada, "BETWEEN", "#" + room, at[5], at[0], "2")), ["3", "4"])
        full = self.ask(ada, "LATEST", "#" + room, "*", "4")
        self.assertEqual(words(full), ["2", "3", "4", "5"], "a page is full, whatever topics there are between")
        self.assertNotIn("draft/chathistory-end", full[0].tags)
        self.assertIn("draft/chathistory-end", self.ask(ada, "LATEST", "#" + room, "*", "9")[0].tags)
        ada.send("CAP REQ draft/event-playback")
        topics = [line for line in self.ask(ada, "LATEST", "#" + room, "*", "4") if line.command == "TOPIC"]
        self.assertEqual([line.parameters[-1] for line in topics], ["topic 4", "topic 5"])

    def test_targets(self):
        ada, bob = (self.named("message-tags", "batch", "draft/chathistory", "server-time") for _ in range(2))
        room = unique("room")
        self.join(room, ada, bob)
        ada.send(f"PRIVMSG #{room} :one")
        ada.sync()
        time.sleep(0.005)
        bob.send(f"PRIVMSG {ada.nick} :two")
        bob.sync()
        got = self.ask(ada, "TARGETS", "timestamp=2020-01-01T00:00:00.000Z", "timestamp=2262-01-01T00:00:00.000Z", "9")
        self.assertEqual([line.parameters[1] for line in got if line.command == "CHATHISTORY"],
                         ["#" + room, bob.nick.lower()])

    def test_marks_are_one_for_all_connections(self):
        person = self.person()
        first = self.client(person.name, "draft/read-marker", "server-time", "message-tags", "echo-message")
        second = self.client(person.name, "draft/read-marker")
        room = unique("room")
        first.send(f"JOIN #{room}")
        first.wait("366")
        person.chat("PUT", f"/room/{room}/members/{person.name}")
        second.send(f"JOIN #{room}")
        second.wait("366")
        bob = self.named()
        self.join(room, bob)
        bob.send(f"PRIVMSG #{room} :one", f"PRIVMSG #{room} :two")
        at = first.wait("PRIVMSG").tags["time"]
        first.wait("PRIVMSG")
        first.send(f"MARKREAD #{room} timestamp={at}")
        self.assertEqual(first.wait("MARKREAD").parameters, ["#" + room, "timestamp=" + at])
        self.assertEqual(second.wait("MARKREAD").parameters, ["#" + room, "timestamp=" + at])
        deadline = time.monotonic() + 10
        while True:  # it is durable soon
            third = self.client(person.name, "draft/read-marker")
            third.send("JOIN #" + room)
            marked = third.wait("MARKREAD").parameters
            third.close()
            if marked[1] == "timestamp=" + at:
                break
            self.assertLess(time.monotonic(), deadline, marked)
        # What JSON reads counts, too.
        socket = person.open()
        self.addCleanup(socket.close)
        socket.join(room)
        socket.say({"type": "read", "room": room, "seq": 2})
        self.assertGreater(second.wait("MARKREAD").parameters[1], "timestamp=" + at)

    def test_what_passes_is_heard_once_and_not_kept(self):
        ada = self.named("message-tags", "echo-message", "batch", "draft/chathistory", "draft/event-playback")
        bob, eve = self.named("message-tags"), self.named()
        room = unique("room")
        self.join(room, ada, bob, eve)
        for client in (ada, bob):
            client.sync()
        ada.send(f"@+a=b TAGMSG #{room}")
        echo, = ada.sync()
        heard = bob.wait("TAGMSG")
        self.assertEqual(heard.tags["+a"], "b")
        self.assertEqual(heard.tags["msgid"], echo.tags["msgid"])
        ada.send(f"PRIVMSG #{room} :\x01PING 1\x01")
        self.assertEqual(bob.wait("PRIVMSG").parameters[-1], "\x01PING 1\x01")
        self.assertEqual(words(eve.sync()), ["\x01PING 1\x01"])
        ada.sync()
        bob.send(f"PRIVMSG @#{room} :for operators")
        self.assertEqual(ada.wait("PRIVMSG").parameters, ["@#" + room, "for operators"])
        self.assertEqual(words(eve.sync()), [])
        ada.send(f"@+a=b;+draft/persist TAGMSG #{room}")
        kept, = ada.sync()
        got = self.ask(ada, "LATEST", "#" + room, "*", "9")
        self.assertEqual([line.tags["msgid"] for line in got if line.command in ("TAGMSG", "PRIVMSG")],
                         [kept.tags["msgid"]])
        ada.send(f"MODE #{room} +C")
        ada.sync()

    def test_tags_and_lines_of_a_message_are_kept(self):
        ada = self.named("message-tags", "echo-message", "batch", "draft/multiline", "labeled-response")
        bob = self.named("message-tags", "batch", "draft/multiline", "draft/chathistory")
        room = unique("room")
        self.join(room, ada, bob)
        ada.send(f"@label=L BATCH +x draft/multiline #{room}", f"@batch=x PRIVMSG #{room} :one ",
                 f"@batch=x;draft/multiline-concat PRIVMSG #{room} :two", "BATCH -x")
        got = ada.sync()
        self.assertEqual((got[0].command, got[0].tags["label"]), ("BATCH", "L"))
        for lines in (bob.sync(), self.ask(bob, "LATEST", "#" + room, "*", "9")):
            cut = [line for line in lines if line.command == "PRIVMSG"]
            self.assertEqual(words(cut), ["one ", "two"])
            self.assertIn("draft/multiline-concat", cut[1].tags)
        ada.send(f"@+a=b PRIVMSG #{room} :tagged")
        self.assertEqual(bob.wait("PRIVMSG").tags["+a"], "b")

    def test_to_oneself(self):
        ada = self.named("echo-message", "labeled-response", "batch")
        ada.send(f"@label=L PRIVMSG {ada.nick} :note")
        got = [line for line in ada.sync() if line.command == "PRIVMSG"]
        self.assertEqual([line.tags.get("label") for line in got], ["L", None])
        plain = self.named()
        plain.send(f"PRIVMSG {plain.nick} :note")
        self.assertEqual(words(plain.sync()), ["note"])


class Replay(IrcCase):
    def setUp(self):
        self.someone, self.bob, self.room = self.person(), self.named(), unique("room")
        self.bob.send("JOIN #" + self.room, f"PRIVMSG #{self.room} :before")
        self.bob.sync()

    def device(self, name):
        client = Irc(self.irc)
        self.addCleanup(client.close)
        client.send("CAP REQ :server-time batch", f"PASS :{self.someone.name}@{name}:{self.someone.password}",
                    f"NICK {self.someone.name}", "USER u 0 * :U", "CAP END")
        client.wait("221")
        return client

    def enter(self, client):
        client.send("JOIN #" + self.room)
        client.wait("366")
        return words(client.sync())

    def say(self, *texts):
        self.bob.send(*(f"PRIVMSG #{self.room} :{text}" for text in texts))
        self.bob.sync()

    def leave(self, client):
        client.send("QUIT")
        self.assertEqual(client.wait("ERROR").command, "ERROR")
        client.close()
        time.sleep(0.3)

    def vanish(self, client):
        """The network is gone, with what is on its way."""
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        time.sleep(0.3)

    def test_a_device_hears_what_it_missed(self):
        phone = self.device("phone")
        self.assertEqual(self.enter(phone), [], "the first time there is nothing")
        self.say("heard")
        phone.wait("PRIVMSG")
        self.leave(phone)
        self.say("missed")
        self.bob.send(f"PRIVMSG {self.someone.name} :and this")
        self.bob.sync()
        phone = self.device("phone")
        self.assertEqual(words(phone.sync()), ["and this"])
        self.assertEqual(self.enter(phone), ["missed"])
        self.bob.send(f"PRIVMSG {self.someone.name} :live")
        self.assertEqual(phone.wait("PRIVMSG").parameters[-1], "live")
        laptop = self.device("laptop")
        self.assertEqual(self.enter(laptop), [], "another device has another memory")
        laptop.send(f"HISTORY #{self.room} 2")
        self.assertEqual(words(laptop.sync()), ["heard", "missed"])

    def test_what_was_lost_with_the_network_comes_again(self):
        phone = self.device("phone")
        self.enter(phone)
        self.leave(phone)
        self.say("missed")
        phone = self.device("phone")
        self.assertEqual(self.enter(phone), ["missed"])
        self.say("sent, and never there")
        self.vanish(phone)
        self.say("said meanwhile")
        phone = self.device("phone")
        self.assertEqual(self.enter(phone), ["missed", "sent, and never there", "said meanwhile"])

    def test_a_device_that_goes_before_it_is_back_in_its_rooms_has_missed_what_it_had(self):
        phone = self.device("phone")
        self.enter(phone)
        self.leave(phone)
        self.say("missed")
        self.vanish(self.device("phone"))
        self.assertEqual(self.enter(self.device("phone")), ["missed"])

    def test_what_a_client_has_said_it_has_doesnt_come_again(self):
        phone = self.device("phone")
        self.enter(phone)
        self.say("early")
        time.sleep(10.5)  # as long as a client may take to come back into its rooms
        self.say("later")
        self.assertEqual([phone.wait("PRIVMSG").parameters[-1] for _ in range(2)], ["early", "later"])
        self.assertTrue(phone.next_ping().isdigit())
        phone.sync()
        self.vanish(phone)
        self.assertEqual(self.enter(self.device("phone")), ["later"])


if __name__ == "__main__":
    unittest.main()
