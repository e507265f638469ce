#!/usr/bin/python3
"""Clients of JSON and of lines beside those of IRC: what these leave in a log, and modes that they have set. Both are written
into the database here, as by a client of IRC."""

import sqlite3
import unittest

from clients import User
from harness import EndToEnd, unique

ENTRY = """insert into messages (room, seq, author, body, at, kind, target, extra)
  select rooms.id, rooms.head + 1, authors.id, ?, 1000 + rooms.head, ?, ?, ? from rooms, authors
  where rooms.folded = ? and authors.folded = ?"""


class Beside(EndToEnd):
    def write(self, server, *statements):
        """While it stands still."""
        server.stop()
        with sqlite3.connect(server.folder / "data" / "chat.db") as chat:
            for sql, values in statements:
                self.assertEqual(chat.execute(sql, values).rowcount, 1)
        chat.close()
        server.start()

    def test_what_irc_leaves_in_a_log_is_an_entry_and_no_more(self):
        server = self.serve()
        ada, bob, room = User(server), User(server), unique("room")
        with_words = ada.open()
        with_words.join(room)
        first = with_words.post(room, "hello")["seq"]
        with_words.close()
        grown = ("update rooms set head = head + 1 where folded = ?", (room,))
        self.write(server,
                   (ENTRY, ("", 10, first, '{"tags":"+draft/persist=1"}', room, ada.name.lower())), grown,
                   (ENTRY, ("tagged", 0, None, '{"tags":"+a=1","cuts":"3"}', room, ada.name.lower())), grown,
                   (ENTRY, ("", 16, None, '{"settings":{"modes":"+kl-s * 5"}}', room, ada.name.lower())), grown)
        socket = bob.open()
        self.addCleanup(socket.drop)
        joined = socket.join(room, after=first)
        self.assertEqual(joined["head"], first + 3)
        tag, tagged, modes = (socket.expect("message", seq=first + n) for n in (1, 2, 3))
        self.assertEqual((tag["kind"], tag["text"], tag["target"]), ("tag", "", first))
        self.assertEqual(tagged["text"], "tagged")
        self.assertEqual(modes["settings"], {"modes": "+kl-s * 5"})
        self.assertEqual(modes["text"], "set the modes: +kl-s * 5")
        for entry in (tag, tagged):
            self.assertFalse({"tags", "cuts", "extra"} & entry.keys())
        self.assertEqual(bob.log(room)[first:], [{key: value for key, value in entry.items() if key not in ("type", "room")}
                                                 for entry in (tag, tagged, modes)])

    def test_a_room_with_a_key_and_a_limit(self):
        server = self.serve()
        ada, bob, carl, room = User(server), User(server), User(server), unique("room")
        ada.room(room=room)
        self.write(server, ("""insert into settings (room, title, topic, post, slow, data, flags, most, room_key, masks)
          select id, '', '', 0, 0, '', 7, 2, 'open', ? from rooms where folded = ?""",
                            (f"b {carl.name}!*@*", room)))
        socket = bob.open()
        self.addCleanup(socket.drop)
        for key in ({}, {"key": "wrong"}):
            socket.say({"type": "join", "room": room, **key})
            refused = socket.expect("error", room=room)
            self.assertEqual(refused["code"], "forbidden")
            self.assertIn("key", refused["detail"])
        socket.join(room, key="open")
        outside = carl.open()
        self.addCleanup(outside.drop)
        outside.say({"type": "join", "room": room, "key": "open"})
        self.assertIn("mask", outside.expect("error", room=room, code="forbidden")["detail"])
        owner = ada.open()
        self.addCleanup(owner.drop)
        owner.join(room)
        late = User(server).open()
        self.addCleanup(late.drop)
        late.say({"type": "join", "room": room, "key": "open"})
        self.assertIn("as many people", late.expect("error", room=room, code="forbidden")["detail"])
        listed = lambda user: room in [one["room"] for one in user.chat("GET", "/rooms?limit=500").json["rooms"]]
        self.assertTrue(listed(ada))
        self.assertFalse(listed(bob))


if __name__ == "__main__":
    unittest.main()
