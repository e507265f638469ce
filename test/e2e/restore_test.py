#!/usr/bin/python3
"""A database that was put back from a copy, or whose lagging standby took over, is noticed: nobody keeps what isn't there."""

import shutil
import subprocess
import unittest

from clients import User
from cluster import environment_with
from harness import EndToEnd, Postgres, http, unique, wait_until
from processes import EXECUTABLE, free_ports


class Restoring(EndToEnd):
    def refused(self, server):
        """The server doesn't start. Returns its last line."""
        server.spawn()
        wait_until(lambda: not server.running, "it ends by itself", within=20)
        self.assertEqual(server.process.returncode, 1)
        return server.log().splitlines()[-1]

    def admin_restored(self, server, *words):
        """`greenroom admin restored` with the server's configuration. Its output."""
        done = subprocess.run([EXECUTABLE, "admin", "restored", *server.arguments[2:], *words], cwd=server.folder,
                              env=environment_with(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def talk(self, user, room, *texts):
        """Says these, and returns the place after the last: what a client resumes with."""
        socket = user.open()
        generation = socket.join(room)["generation"]
        for text in texts:
            last = socket.post(room, text)["seq"]
        socket.close()
        return {"generation": generation, "after": last}

    def assert_begins_anew(self, user, room, place, head):
        """A client that resumes from that place is told that it is void, and continues behind the last message."""
        socket = user.open()
        self.addCleanup(socket.drop)
        joined = socket.join(room, **place)
        self.assertFalse(joined["recovered"])
        self.assertNotEqual(joined["generation"], place["generation"])
        self.assertEqual(joined["head"], head)
        self.assertEqual(socket.post(room, "the next")["seq"], head + 1)
        self.assertEqual([one["seq"] for one in user.log(room)], list(range(1, head + 2)))

    def assert_token_ended(self, server, user):
        self.assertEqual(http("GET", server.users_url + "/verify", token=user.token).status, 401)


class OnSqlite(Restoring):
    def put_back_an_older_one(self, server):
        """A room whose log has 3 messages, where a client has seen 5."""
        ada, room = User(server), unique("room")
        self.talk(ada, room, "one", "two", "three")
        server.stop()
        chat = server.folder / "data" / "chat.db"
        shutil.copy(chat, server.folder / "copy.db")
        server.start()
        place = self.talk(ada, room, "four", "five")
        server.stop()
        shutil.copy(server.folder / "copy.db", chat)
        return ada, room, place

    def test_a_copy_that_is_put_back_is_refused_until_it_is_told(self):
        server = self.serve()
        ada, room, place = self.put_back_an_older_one(server)
        for _ in range(2):
            self.assertRegex(self.refused(server), r"^greenroom: .*chat\.db.*`greenroom admin restored`")
        said = self.admin_restored(server)
        self.assertIn("0 people in the chat database are unknown", said)
        server.start()
        self.assert_token_ended(server, ada)
        ada.log_in()
        self.assert_begins_anew(ada, room, place, head=3)
        server.stop()
        server.start()

    def test_a_copy_that_is_put_back_is_renewed_where_that_is_wanted(self):
        server = self.serve("--after-restore", "renew")
        ada, room, place = self.put_back_an_older_one(server)
        server.start()
        self.assert_begins_anew(ada, room, place, head=3)
        self.assertIn("database_renewed", server.events("warn"))

    def test_people_whom_only_the_chat_database_knows_are_listed_and_purged(self):
        server = self.serve()
        ada = User(server)
        server.stop()
        users = server.folder / "data" / "users.db"
        shutil.copy(users, server.folder / "copy.db")
        server.start()
        bob, room, secret = User(server), unique("room"), unique("secret")
        bob.room(room=secret, private=True)
        self.talk(bob, room, "hello")
        server.stop()
        shutil.copy(server.folder / "copy.db", users)
        self.assertRegex(self.refused(server), r"users\.db.*`greenroom admin restored`")
        self.assertIn("\n" + bob.name + "\n", self.admin_restored(server))
        self.assertRegex(self.admin_restored(server, "--purge"), bob.name + "\tpurged: 1 private rooms")
        self.assertIn("0 people", self.admin_restored(server))
        server.start()
        self.assertEqual(http("POST", server.users_url + "/register",
                              {"username": bob.name, "password": bob.password}).status, 409)
        ada.log_in()
        self.assertEqual([one["from"] for one in ada.log(room)], ["deleted"])


class Standby(Postgres):
    """A copy of another server that follows it."""

    def __init__(self, primary):
        self.binaries, self._identity, self.process = primary.binaries, primary._identity, None
        self.port = free_ports(1)[0]
        self.folder = primary.folder.with_name(primary.folder.name + "-standby")
        self._run("pg_basebackup", "-h", "127.0.0.1", "-p", primary.port, "-U", "postgres", "-D", self.folder / "data",
                  "-R", "-X", "stream", "-c", "fast")
        self.start()

    def ask(self, sql, database="postgres"):
        return self._call("psql", "-qAtX", self.url(database), "-c", sql).stdout.strip()

    def follow_no_more(self):
        self.ask("alter system set primary_conninfo = ''")
        self.ask("select pg_reload_conf()")
        wait_until(lambda: self.ask("select count(*) from pg_stat_wal_receiver") == "0", "it follows no more")

    def promote(self):
        self.ask("select pg_promote()")


class OnPostgres(Restoring):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.remove)

    def standby(self):
        """A standby that has all, and a URL that leads to whichever of the two writes."""
        standby = Standby(self.postgres)
        self.addCleanup(standby.remove)

        def url(database):
            return (f"postgresql://postgres@127.0.0.1:{self.postgres.port},127.0.0.1:{standby.port}/{database}"
                    "?target_session_attrs=read-write")
        return standby, url

    def catch_up(self, standby):
        position = self.postgres._call("psql", "-qAtX", self.postgres.url("chat"), "-c",
                                       "select pg_current_wal_insert_lsn()").stdout.strip()
        wait_until(lambda: standby.ask(f"select pg_last_wal_replay_lsn() >= '{position}'") == "t", "it has all")

    def fail_over(self, standby):
        self.postgres.stop_at_once()
        standby.promote()

    def lag(self, server, standby):
        """Three messages that the standby has and two that it hasn't: whose, where, the place after them, a socket."""
        ada, room = User(server), unique("room")
        self.talk(ada, room, "one", "two", "three")
        self.catch_up(standby)
        standby.follow_no_more()
        place = self.talk(ada, room, "four", "five")
        live = ada.open()
        self.addCleanup(live.drop)
        return ada, room, place, live

    def test_a_lagging_standby_that_takes_over_is_refused_until_it_is_told(self):
        standby, url = self.standby()
        server = self.serve(users_db=url("users"), chat_db=url("chat"))
        ada, room, place, live = self.lag(server, standby)
        live.join(room)
        self.fail_over(standby)
        for role in ("chat", "users"):
            wait_until(lambda: not server.is_ready(role), f"{role} isn't ready", within=15)
            wait_until(lambda: "greenroom admin restored" in http("GET", server.url(role) + "/readyz").body.decode(),
                       f"{role} says what to do", within=15)
        self.assertIn("database_restored", server.events("error"))
        self.assertEqual(live.frames("message"), [])
        live.say({"type": "send", "room": room, "id": "lost", "text": "not stored"})
        live.expect("error", id="lost", code="unavailable", within=15)
        self.admin_restored(server)
        wait_until(lambda: server.is_ready("chat") and server.is_ready("users"), "they are ready again", within=20)
        live.wait_closed(within=20)
        self.assert_token_ended(server, ada)
        ada.log_in()
        self.assert_begins_anew(ada, room, place, head=3)

    def test_a_lagging_standby_that_takes_over_is_renewed_where_that_is_wanted(self):
        standby, url = self.standby()
        server = self.serve("--after-restore", "renew", chat_db=url("chat"))
        ada, room, place, live = self.lag(server, standby)
        live.join(room, **place)
        self.fail_over(standby)
        wait_until(lambda: "database_renewed" in server.events("warn"), "it is renewed", within=20)
        wait_until(lambda: server.is_ready("chat"), "it is ready again", within=20)

        # Users who stayed in the room hear that its log was replaced, and never get a message in a wrong place.
        live.wait(lambda: live.frames("gone", room=room) or live.frames("joined", room=room, recovered=False),
                  "the room begins anew", 20)
        self.assert_begins_anew(ada, room, place, head=3)

    def test_a_dump_that_is_put_back_is_refused_until_it_is_told(self):
        server = self.serve(chat_db=self.postgres.url("chat"))
        ada, room = User(server), unique("room")
        self.talk(ada, room, "one", "two", "three")
        dump = self.postgres.folder / "chat.dump"
        where = ("-h", "127.0.0.1", "-p", self.postgres.port, "-U", "postgres")
        self.postgres._run("pg_dump", *where, "-Fc", "-f", dump, "chat")
        place = self.talk(ada, room, "four", "five")
        server.stop()
        ways = ((("dropdb", *where, "chat"), ("createdb", *where, "chat"), ("pg_restore", *where, "-d", "chat", dump)),
                (("pg_restore", *where, "--clean", "-d", "chat", dump),))
        for way in ways:
            with self.subTest(way[-1][-3]):
                for command in way:
                    self.postgres._run(*command)
                self.assertRegex(self.refused(server), r"^greenroom: .*`greenroom admin restored`")
        self.admin_restored(server)
        server.start()
        ada.log_in()
        self.assert_begins_anew(ada, room, place, head=3)

    def test_a_place_that_nothing_is_missing_in_is_taken_as_it_is(self):
        """As after a planned switch to a standby that has all."""
        standby, url = self.standby()
        server = self.serve(chat_db=url("chat"))
        ada, room = User(server), unique("room")
        place = self.talk(ada, room, "one", "two", "three")
        self.catch_up(standby)
        server.stop()
        self.fail_over(standby)
        wait_until(lambda: standby.ask("select pg_is_in_recovery()") == "f", "it has taken over")
        self.assertRegex(self.refused(server), "timeline")
        self.assertIn("taken as they are", self.admin_restored(server, "--nothing-lost"))
        server.start()
        socket = ada.open()
        self.addCleanup(socket.drop)
        self.assertTrue(socket.join(room, **place)["recovered"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
