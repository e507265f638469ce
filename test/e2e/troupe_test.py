#!/usr/bin/python3
"""Rooms that are run while the one process that has them is killed again and again: what people saw, what is told and what the
database has are one story. A whole cluster is `chaos_test`'s."""

import os
import pathlib
import random
import sqlite3
import sys
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))
from clients import User  # noqa: E402
from harness import EndToEnd, Postgres, unique  # noqa: E402
from judge import judge_room, unforgotten  # noqa: E402
from marks import Telling, story_of, wrong_marks  # noqa: E402
from programs import Program  # noqa: E402
from tables import Tables  # noqa: E402
from talkers import Crowd  # noqa: E402
from troupe import Troupe, direct_room_of  # noqa: E402

ROUNDS = int(os.environ.get("GREENROOM_TROUPE_ROUNDS", "5"))


class Killed(EndToEnd):
    def play(self, server, rows, everything):
        chance = random.Random(int.from_bytes(os.urandom(4), "big"))
        rooms, friends = [unique("room") for _ in range(3)], [User(server) for _ in range(4)]
        direct = direct_room_of(friends[0].name, friends[1].name)
        crowd = Crowd([*rooms, direct])
        self.addCleanup(crowd.close)
        troupe = Troupe(crowd)
        troupe.pair(*friends[:2])
        group = troupe.gather(friends[:3], friends[3:])
        readers = {room: User(server) for room in rooms}
        for room, reader in readers.items():
            troupe.join(reader, [room], 0.05)
        for n, friend in enumerate(friends):
            troupe.befriend(friend, [*rooms, *([direct] if n < 2 else []), group], 0.03, max(1, 3 - n))
        troupe.join(User(server), rooms, 0.05, kind=Program)
        troupe.appoint([User(server) for _ in range(3)], [User(server) for _ in range(3)], readers)
        crowd.start().wait_acks(100, within=40)
        for _ in range(ROUNDS):
            crowd.wait_acks(chance.randrange(50, 250), within=40)
            time.sleep(chance.random() * 0.05)
            server.kill()
            server.start()
        crowd.wait_acks(100, within=40)
        crowd.finish(40, linger=2.5, reads=True)
        logs = {}
        for again in (False, True):
            if again:
                server.kill()
                server.start()
            for room, history in crowd.histories.items():
                reader = readers.get(room, friends[0])
                logs[room], found = judge_room(room, crowd, troupe.foundings[room], Tables(rows), {"the server": reader})
                self.assertEqual([str(each) for each in found[:10]], [], room)
            stories = {room: story_of(history, logs[room], troupe.foundings[room]) for room, history in crowd.histories.items()}
            ends = [Telling(user.name, None, {one["room"]: one for one in user.chat("GET", "/sync").json["rooms"]})
                    for user in friends]
            found = wrong_marks(crowd.marks, stories, ends)
            self.assertEqual([f"{room}: {each}" for room, each in found[:10]], [])
        self.assertEqual([str(each) for each in unforgotten(crowd.histories, logs, everything())], [])
        kinds = {entry.kind for log in logs.values() for entry in log}
        print(f"  {sum(map(len, logs.values()))} entries of {len(kinds)} kinds, {crowd.acts.total()} acts asked for, "
              f"{crowd.settled['acts']} refused or without effect", flush=True)
        # Which acts people choose is chance; that there were many different ones isn't.
        self.assertTrue({"text", "erase", "erased"} <= kinds and len(kinds) >= 9, kinds)


class OnSqlite(Killed):
    def test_what_is_done_in_rooms(self):
        server = self.serve()

        def connect():
            database = sqlite3.connect(server.folder / "data" / "chat.db", timeout=10)
            database.row_factory = sqlite3.Row
            return database

        def rows(query):
            database = connect()
            try:
                return [dict(row) for row in database.execute(query)]
            finally:
                database.close()

        def everything():
            database = connect()
            try:
                return "\n".join(database.iterdump())
            finally:
                database.close()
        self.play(server, rows, everything)


class OnPostgres(Killed):
    def test_what_is_done_in_rooms(self):
        postgres = Postgres()
        self.addCleanup(postgres.remove)
        server = self.serve(users_db=postgres.url("users"), chat_db=postgres.url("chat"))
        self.play(server, lambda query: postgres.rows("chat", query), lambda: postgres.dump("chat"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
