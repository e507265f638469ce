"""Modes of rooms, and people: what keeps somebody out, who invites whom, who is watched, and what admins do."""

import unittest

from clients import PASSWORD
from command_test import greenroom
from harness import unique
from irc_test import IrcCase


class Modes(IrcCase):
    def setUp(self):
        self.room = unique("room")
        self.ada, self.bob = self.named(), self.named()
        self.ada.send(f"JOIN #{self.room}")
        self.ada.sync()

    def refused(self, who, command, numeric):
        who.send(command)
        lines = who.sync()
        self.assertEqual([line.command for line in lines], [numeric], lines)

    def joins(self, who, key=""):
        who.send(f"JOIN #{self.room} {key}")
        self.assertEqual(who.sync()[0].command, "JOIN")

    def mode(self, change):
        self.ada.send(f"MODE #{self.room} {change}")
        got = self.ada.wait("MODE")
        self.assertEqual(got.nick, self.ada.nick)
        return got.parameters[1:]

    def test_a_key_a_limit_and_masks_keep_people_out(self):
        self.assertEqual(self.mode("+k secret"), ["+k", "*"])
        self.refused(self.bob, f"JOIN #{self.room}", "475")
        self.assertEqual(self.mode("-k+l * 1"), ["-k+l", "1"])
        self.refused(self.bob, f"JOIN #{self.room}", "471")
        self.assertEqual(self.mode("-l+b *!*@*"), ["-l+b", "*!*@*"])
        self.refused(self.bob, f"JOIN #{self.room}", "474")
        self.assertEqual(self.mode(f"+e {self.bob.nick}"), ["+e", f"{self.bob.nick}!*@*"])
        self.joins(self.bob)

    def test_moderated_but_for_voices(self):
        self.joins(self.bob)
        self.mode("+m")
        self.bob.wait("MODE")
        self.refused(self.bob, f"PRIVMSG #{self.room} :hush", "404")
        self.assertEqual(self.mode(f"+v {self.bob.nick}"), ["+v", self.bob.nick])
        self.bob.send(f"PRIVMSG #{self.room} :now")
        self.assertEqual(self.ada.wait("PRIVMSG").parameters[1], "now")
        self.ada.send(f"NAMES #{self.room}")
        self.assertIn("+" + self.bob.nick, self.ada.wait("353").parameters[-1].split())

    def test_an_invitation_opens_the_door_once(self):
        self.mode("+i")
        self.refused(self.bob, f"JOIN #{self.room}", "473")
        self.mode("-i+k secret")
        self.ada.send(f"INVITE {self.bob.nick} #{self.room}")
        self.assertEqual(self.ada.wait("341").parameters[1:], [self.bob.nick, "#" + self.room])
        self.assertEqual(self.bob.wait("INVITE").nick, self.ada.nick)
        self.joins(self.bob)
        self.ada.send(f"KICK #{self.room} {self.bob.nick} :out")
        self.assertEqual(self.bob.wait("KICK").parameters[2], "out")
        self.refused(self.bob, f"JOIN #{self.room}", "475")

    def test_a_moderator_puts_the_owner_out_and_no_more(self):
        self.joins(self.bob)
        self.mode(f"+o {self.bob.nick}")
        self.bob.send(f"KICK #{self.room} {self.ada.nick}")
        self.assertEqual(self.ada.wait("KICK").parameters[1], self.ada.nick)
        self.ada.send(f"JOIN #{self.room}")
        self.assertIn("@" + self.ada.nick, self.ada.wait("353").parameters[-1].split(), "she is still its owner")

    def test_who_may_come_in_and_write_is_the_owners_to_say(self):
        self.joins(self.bob)
        self.mode(f"+o {self.bob.nick}")
        self.bob.sync()
        self.bob.send(f"MODE #{self.room} +ms")
        lines = self.bob.sync()
        self.assertEqual({line.command for line in lines}, {"482", "MODE"}, lines)
        self.assertEqual([line.parameters[1] for line in lines if line.command == "MODE"], ["+s"])

    def test_rooms_are_listed_with_their_people(self):
        def listed(words):
            self.bob.send(f"LIST {words}")
            return [line.parameters[1:3] for line in self.bob.sync() if line.command == "322"]
        room = "#" + self.room
        self.assertEqual(listed(room), [[room, "1"]])
        self.joins(self.bob)
        self.assertEqual(listed(room), [[room, "2"]])
        self.assertEqual(listed(f"{room},>1"), [[room, "2"]])
        self.assertEqual(listed(f"{room},>2"), [])
        self.assertEqual(listed(f"{room},<3"), [[room, "2"]])
        self.mode("+s")
        self.ada.send(f"KICK #{self.room} {self.bob.nick}")
        self.bob.wait("KICK")
        self.assertEqual(listed(room), [], "in no list")

    def test_a_ban_of_what_whois_says_is_a_ban(self):
        self.joins(self.bob)
        self.ada.send(f"MODE #{self.room} +b *!*{self.bob.nick[:8]}@user-{self.bob.nick}")
        self.assertEqual(self.bob.wait("KICK").parameters[1], self.bob.nick)
        self.refused(self.bob, f"JOIN #{self.room}", "474")

    def test_from_outside_where_the_room_allows_it(self):
        self.refused(self.bob, f"PRIVMSG #{self.room} :hello", "404")
        self.mode("-n")
        self.bob.send(f"PRIVMSG #{self.room} :hello")
        self.assertEqual(self.bob.sync(), [])
        self.assertEqual(self.ada.wait("PRIVMSG").parameters[1], "hello")


class People(IrcCase):
    def test_who_comes_and_goes_is_told_at_once(self):
        room = unique("room")
        ada, bob = self.named(), self.named()
        ada.send(f"JOIN #{room}")
        ada.sync()
        bob.send(f"JOIN #{room}")
        self.assertEqual(ada.wait("JOIN").nick, bob.nick)
        bob.send(f"PART #{room} :to lunch")
        self.assertEqual(ada.wait("PART").parameters, ["#" + room, "to lunch"])
        bob.send(f"JOIN #{room}", "PING x")
        ada.wait("JOIN")
        bob.send("QUIT :home")
        self.assertEqual(ada.wait("QUIT").parameters, ["Quit: home"])

    def test_who_has_another_connection_hasnt_quit(self):
        room = unique("room")
        ada, bob = self.named(), self.named()
        second = self.client(bob.nick)
        ada.send(f"JOIN #{room}")
        bob.send(f"JOIN #{room}")
        ada.wait("JOIN")
        bob.sync()
        ada.sync()
        bob.send("QUIT :home")
        self.assertEqual(ada.wait("PART").parameters, ["#" + room, "Quit: home"])
        self.assertEqual(second.sync(), [])

    def test_monitor(self):
        ada = self.named("extended-monitor", "away-notify")
        name = self.person().name
        ada.send(f"MONITOR + {name}")
        self.assertEqual(ada.wait("731").parameters[1], name)
        bob = self.client(name)
        self.assertTrue(ada.wait("730").parameters[1].startswith(name + "!"))
        bob.send("AWAY :tea")
        self.assertEqual(ada.wait("AWAY").parameters, ["tea"])
        bob.send("AWAY")
        self.assertEqual(ada.wait("AWAY").parameters, [])
        bob.send("QUIT")
        self.assertEqual(ada.wait("731").parameters[1], name)

    def test_rooms_hear_who_is_away_and_who_is_called_otherwise(self):
        room = unique("room")
        ada, bob, eve = self.named("away-notify", "setname"), self.named("setname"), self.named()
        for one in (ada, bob, eve):
            one.send(f"JOIN #{room}")
            one.sync()
        ada.sync(), eve.sync()
        bob.send("AWAY :tea")
        self.assertEqual((ada.wait("AWAY").nick), bob.nick)
        bob.send("SETNAME :Bob the Builder")
        self.assertEqual(bob.wait("SETNAME").parameters, ["Bob the Builder"])
        self.assertEqual(ada.wait("SETNAME").parameters, ["Bob the Builder"])
        ada.send(f"WHO #{room}")
        who = {line.parameters[5]: line for line in ada.sync() if line.command == "352"}
        self.assertEqual(who[bob.nick].parameters[6], "G")
        self.assertEqual(who[bob.nick].parameters[7], "0 Bob the Builder")
        self.assertEqual(who[ada.nick].parameters[6], "H@")
        self.assertEqual([line for line in eve.sync() if line.command in ("AWAY", "SETNAME")], [])

    def test_somebody_who_shares_no_room_is_reached(self):
        ada, bob = self.named(), self.named()
        ada.send(f"PRIVMSG {bob.nick} :hello stranger")
        self.assertEqual(ada.sync(), [])
        self.assertEqual(bob.wait("PRIVMSG").parameters[1], "hello stranger")

    def test_who_was_here(self):
        ada, bob = self.named(), self.named()
        bob.send("QUIT")
        while bob.read():
            pass
        ada.send(f"WHOWAS {bob.nick}")
        self.assertEqual(ada.wait("314").parameters[1], bob.nick)
        ada.send("WHOWAS nobody-at-all")
        self.assertEqual(ada.wait("406").parameters[1], "nobody-at-all")


class Admins(IrcCase):
    def test_oper_kill_and_wallops(self):
        root = self.person()
        ada, bob = self.named(), self.named()
        ada.send(f"OPER {root.name} :{PASSWORD}")
        self.assertEqual(ada.wait("464", "381").command, "464", "an account like any other")
        granted = greenroom("admin", "users", "grant", root.name, "--data-dir", self.server.folder / "data",
                            "--discovery", f"127.0.0.1:{self.server.ports['link']}", folder=self.server.folder)
        self.assertEqual(granted.returncode, 0, granted.stderr)
        ada.send(f"OPER {root.name} wrong")
        self.assertEqual(ada.wait("464", "381").command, "464")
        bob.send(f"KILL {ada.nick} :me first")
        self.assertEqual(bob.wait("481").command, "481")
        bob.send(f"MODE {bob.nick} +w")
        bob.sync()
        ada.send(f"OPER {root.name} :{PASSWORD}")
        self.assertEqual(ada.wait("464", "381").command, "381")
        ada.send("WALLOPS :hear me")
        self.assertEqual(bob.wait("WALLOPS").parameters, ["hear me"])
        ada.send(f"KILL {bob.nick} :spam")
        killed = bob.wait("KILL")
        self.assertEqual((killed.nick, killed.parameters[1]), (ada.nick, "spam"))
        bob.wait("ERROR")
        self.assertIsNone(bob.read())


if __name__ == "__main__":
    unittest.main()
