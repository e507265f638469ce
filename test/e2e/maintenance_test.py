#!/usr/bin/python3
"""What was erased leaves the files of the databases: `greenroom admin maintenance`, beside a server and without one."""

import subprocess
import unittest

from clients import User, http
from cluster import environment_with
from harness import EndToEnd, Postgres, unique
from processes import EXECUTABLE


class Maintaining(EndToEnd):
    def maintain(self, server):
        """`greenroom admin maintenance` with the server's configuration. Its output."""
        done = subprocess.run([EXECUTABLE, "admin", "maintenance", *server.arguments[2:]], cwd=server.folder,
                              env=environment_with(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def talk_and_erase(self, server):
        """A server where things were erased and deleted. Returns what must not be found, and what must."""
        ada, bob = User(server), User(server, unique("gonebob"))
        room, other = unique("room"), unique("room")
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.join(room)
        socket.join(other)
        for n in range(40):
            seq = socket.post(room, f"secret-{n}.")["seq"]
            socket.post(other, f"deleted-{n}.")
            if n % 2:
                socket.say({"type": "act", "room": room, "id": f"e{n}", "kind": "erase", "target": seq})
                socket.expect("message", room=room, id=f"e{n}")
        self.assertEqual(ada.chat("DELETE", f"/room/{other}").status, 204)
        deleted = http("DELETE", f"{server.gateway_url}/users/{bob.name}", {"password": bob.password}, token=bob.token)
        self.assertEqual(deleted.status, 200, deleted)
        gone = [f"secret-{n}." for n in range(1, 40, 2)] + [f"deleted-{n}." for n in range(40)] + [bob.name]
        return gone, [f"secret-{n}." for n in range(0, 40, 2)] + [ada.name]

    def found(self, texts, files):
        content = b"".join(one.read_bytes() for one in files)
        return [text for text in texts if text.encode() in content]


class OnSqlite(Maintaining):
    def files(self, server):
        return [one for one in (server.folder / "data").iterdir() if ".db" in one.name]

    def test_a_server_rewrites_its_databases_when_it_is_told(self):
        server = self.serve()
        gone, kept = self.talk_and_erase(server)
        self.assertNotEqual(self.found(gone, self.files(server)), [], "or this test shows nothing")
        said = self.maintain(server)
        self.assertRegex(said, r"(?m)^chat: rewritten, \d+ bytes before, \d+ now$")
        self.assertRegex(said, r"(?m)^users: rewritten, \d+ bytes before, \d+ now$")
        self.assertEqual(self.found(gone, self.files(server)), [])
        self.assertEqual(self.found(kept, self.files(server)), kept)
        self.assertRegex(self.maintain(server), r"(?m)^chat: nothing was erased since the last time$")

    def test_without_a_server_the_command_does_it(self):
        server = self.serve()
        gone, kept = self.talk_and_erase(server)
        server.stop()
        self.assertRegex(self.maintain(server), r"(?m)^chat: rewritten")
        self.assertEqual(self.found(gone, self.files(server)), [])
        self.assertEqual(self.found(kept, self.files(server)), kept)


class OnPostgresql(Maintaining):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)

    def run_sql(self, database, statement):
        self.postgres._run("psql", "-h", "127.0.0.1", "-p", self.postgres.port, "-U", "postgres", "-d", database, "-c",
                           statement)

    def test_the_operator_is_told_what_to_run(self):
        server = self.serve(chat_db=self.postgres.url("chat"), users_db=self.postgres.url("users"))
        gone, kept = self.talk_and_erase(server)
        for line in self.maintain(server).splitlines():
            database, statement = line.split(": PostgreSQL does this: run `")
            self.run_sql(database, statement.split("`")[0])
            self.run_sql(database, "checkpoint")
        tables = [one for one in (self.postgres.folder / "data" / "base").rglob("*") if one.is_file()]
        self.assertEqual(self.found(gone, tables), [])
        self.assertEqual(self.found(kept, tables), kept)


if __name__ == "__main__":
    unittest.main(verbosity=2)
