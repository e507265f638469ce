#!/usr/bin/python3
"""Whatever is killed, and whenever: what was acknowledged is there, once, in its place."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

from clients import User
from harness import EndToEnd, Postgres, Server, http, unique, wait_until

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))
from checker import Entry, violations  # noqa: E402
from talkers import Traffic  # noqa: E402


class Killing(EndToEnd):
    def setUp(self):
        self.chance = random.Random(int.from_bytes(os.urandom(4), "big"))

    def talk(self, server, **more):
        traffic = Traffic(server, unique("room"), **more)
        self.addCleanup(traffic.close)
        traffic.wait_acks(50)
        return traffic

    def judge(self, server, traffic):
        last = traffic.finish()[traffic.room]
        reader = traffic.users[0]
        wait_until(lambda: reader.chat("GET", f"/room/{traffic.room}/messages").status == 200, "the log can be read", 10)
        log = [Entry(m["seq"], m["from"], m["text"]) for m in reader.log(traffic.room)]
        self.assertEqual(len(log), last)
        self.assertEqual([str(each) for each in violations(traffic.history, log)[:10]], [])
        self.assert_ids_are_remembered(traffic, reader, log)
        print(f"  {last} messages, {len(traffic.history.joins)} joinings, {len(traffic.refusals)} refusals", flush=True)

    def assert_ids_are_remembered(self, traffic, author, log):
        """Everything that one of them said, sent again with the same ids, gets its first seq; nothing is added."""
        mine = [entry for entry in log if entry.author == author.name][-200:]
        socket = author.open()
        self.addCleanup(socket.drop)
        socket.join(traffic.room)
        socket.say(*({"type": "send", "room": traffic.room, "id": entry.text.split()[-1], "text": entry.text}
                     for entry in mine))
        socket.wait(lambda: len(socket.frames("message")) == len(mine), "an answer to each")
        self.assertEqual({m["seq"]: m["text"] for m in socket.frames("message", duplicate=True)},
                         {entry.seq: entry.text for entry in mine})
        self.assertEqual(socket.post(traffic.room, "the next")["seq"], len(log) + 1)

    def kill_in_rounds(self, server, rounds):
        traffic = self.talk(server)
        slowest = 0
        for _ in range(rounds):
            traffic.wait_acks(self.chance.randrange(50, 400))
            time.sleep(self.chance.random() * 0.05)
            server.kill()
            server.start()
            slowest = max(slowest, traffic.wait_acks(20))
        print(f"  first acknowledgement after a restart: {slowest:.2f} s at most", flush=True)
        self.judge(server, traffic)

    def assert_acknowledged_things_survive(self, server):
        """Users, sessions, rooms, members and what was deleted: each just before a kill."""
        ada, bob = User(server), User(server)
        room, gone = unique("private"), unique("gone")

        def kill_after(status, method, path, body=None, who=ada):
            self.assertEqual(who.chat(method, path, body).status, status, path)
            server.kill()
            server.start()
        kill_after(201, "POST", "/room", {"room": room, "private": True})
        kill_after(200, "PUT", f"/room/{room}/members/{bob.name}")
        self.assertEqual(bob.chat("GET", f"/room/{room}/members").json["members"], sorted([ada.name, bob.name]))
        kill_after(200, "DELETE", f"/room/{room}/members/{bob.name}", who=bob)
        self.assertEqual(bob.chat("GET", f"/room/{room}/members").status, 404)
        kill_after(201, "POST", "/room", {"room": gone})
        kill_after(204, "DELETE", f"/room/{gone}")
        self.assertEqual(ada.chat("GET", f"/room/{gone}/messages").status, 404)
        self.assertEqual(ada.users("POST", "/logout").status, 200)
        server.kill()
        server.start()
        self.assertEqual(http("GET", server.users_url + "/verify", token=ada.token).status, 401)
        ada.log_in()
        server.kill()
        server.start()
        self.assertEqual(ada.users("GET", "/verify").json, {"valid": True, "user_id": ada.name})


class OnSqlite(Killing):
    def test_what_was_acknowledged_over_http_survives(self):
        self.assert_acknowledged_things_survive(self.serve())

    def test_kill_and_start_again(self):
        self.kill_in_rounds(self.serve(), rounds=6)

    def test_rooms_open_that_were_opened_in_a_newer_view(self):
        """As after a clock that was set back, when views were numbered by it."""
        server = self.serve()
        ada, room = User(server), unique("room")
        socket = ada.open()
        socket.join(room)
        socket.post(room, "before")
        socket.close()
        server.kill()
        with contextlib.closing(sqlite3.connect(server.folder / "data" / "chat.db")) as database, database:
            database.execute("UPDATE rooms SET view = view + 1000000000000")
        server.start()
        socket = ada.open()
        self.addCleanup(socket.drop)
        self.assertEqual(socket.join(room)["head"], 1)
        self.assertEqual(socket.post(room, "after")["seq"], 2)

    def test_a_second_process_on_the_same_file_refuses(self):
        first = self.serve()
        ada = User(first)
        second = Server()
        self.addCleanup(second.remove)
        data = str(first.folder / "data")
        second.arguments[second.arguments.index("--data-dir") + 1] = data
        second.spawn()
        wait_until(lambda: not second.running, "the second one ends", within=10)
        self.assertNotIn(second.process.returncode, (0, -6, -11))
        last = second.log().splitlines()[-1]
        self.assertRegex(last, r"^greenroom: .*\bin use\b", "a plain message")
        self.assertIn(".db", last)
        ada.room(room="lobby")
        self.assertTrue(first.is_ready("chat"))

    def test_a_full_disk_refuses_and_goes_on_when_there_is_room(self):
        disk = SmallDisk(self, megabytes=6)
        server = self.serve(chat_db=f"sqlite:{disk.folder}/chat.db")
        self.refuse_for_a_while(server, disk.fill, disk.empty)

    def test_writes_that_fail_are_refused_until_they_succeed(self):
        server = self.serve()
        self.refuse_for_a_while(server, lambda: server.limit_files(64 * 1024), lambda: server.limit_files(None))

    def refuse_for_a_while(self, server, begin, end):
        traffic = self.talk(server, talkers=3)
        begin()
        wait_until(lambda: "unavailable" in traffic.refusals, "sends are refused", within=20)
        before = traffic.history.ack_count()
        time.sleep(1)
        self.assertLess(traffic.history.ack_count() - before, 5, "next to nothing fits any more")
        self.assert_problem(traffic.users[0].chat("POST", "/room", {"room": unique("room")}), 503, "unavailable")
        self.assertEqual(traffic.users[0].chat("GET", f"/room/{traffic.room}/messages").status, 200)
        answer = http("GET", server.chat_url + "/readyz")
        self.assertEqual(answer.status, 503, "nothing can be stored")
        self.assertRegex(answer.body.decode(), r"^not ready: .*\b(full|error)\b", "and this is why")
        end()
        self.assertLess(traffic.wait_acks(100), 8)
        wait_until(lambda: server.is_ready("chat"), "it is ready again")
        self.assertTrue(server.running)
        self.judge(server, traffic)


class SmallDisk:
    """A file system of a few megabytes."""

    def __init__(self, test, megabytes):
        self.folder = subprocess.check_output(["mktemp", "-d", "/tmp/greenroom-disk-XXXXXX"], text=True).strip()
        test.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "greenroom", self.folder],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            print("NOT TESTED: a full disk. A small one can't be mounted here:", mounted.stderr.strip(), flush=True)
            test.skipTest("no right to mount")
        test.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=True)
        self._ballast = os.path.join(self.folder, "ballast")

    def fill(self):
        with open(self._ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                pass

    def empty(self):
        os.remove(self._ballast)


class OnPostgres(Killing):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)

    def serve_on_postgres(self):
        return self.serve(users_db=self.postgres.url("users"), chat_db=self.postgres.url("chat"))

    def test_kill_and_start_again(self):
        self.kill_in_rounds(self.serve_on_postgres(), rounds=4)

    def test_what_was_acknowledged_over_http_survives(self):
        self.assert_acknowledged_things_survive(self.serve_on_postgres())

    def test_postgres_is_stuck_for_a_while(self):
        """Its processes are stopped: connections stay open, and nothing is answered."""
        server = self.serve_on_postgres()
        traffic = self.talk(server)
        self.postgres.pause()
        try:
            time.sleep(0.3)
            before = traffic.history.ack_count()
            time.sleep(5)
            self.assertEqual(traffic.history.ack_count(), before, "nothing is acknowledged meanwhile")
            self.assertEqual(http("GET", server.chat_url + "/livez").status, 200)
        finally:
            self.postgres.go_on()
        first = traffic.wait_acks(100)
        print(f"  first acknowledgement after PostgreSQL goes on: {first:.2f} s", flush=True)
        self.assertTrue(server.running)
        self.judge(server, traffic)

    def test_postgres_restarts_at_once_while_people_talk(self):
        server = self.serve_on_postgres()
        traffic = self.talk(server)
        slowest = 0
        for _ in range(3):
            traffic.wait_acks(self.chance.randrange(50, 300))
            self.postgres.stop_at_once()
            self.postgres.start()
            slowest = max(slowest, traffic.wait_acks(100))
        print(f"  first acknowledgement after PostgreSQL is back: {slowest:.2f} s at most", flush=True)
        self.assertTrue(server.running)
        self.judge(server, traffic)

    def test_postgres_is_away(self):
        server = self.serve_on_postgres()
        traffic = self.talk(server)
        ada = traffic.users[0]
        name = unique("new")
        self.postgres.stop_at_once()
        try:
            time.sleep(0.5)  # what was answered before is on its way
            before = traffic.history.ack_count()
            body = {"username": ada.name, "password": ada.password}
            for method, url, what in (("POST", server.users_url + "/register", {**body, "username": name}),
                                      ("POST", server.users_url + "/login", body),
                                      ("POST", server.chat_url + "/room", {**body, "room": name}),
                                      ("POST", server.gateway_url + "/users/login", body),
                                      ("POST", server.gateway_url + "/chat/room", body)):
                with self.subTest(f"{method} {url}"):
                    self.assert_problem(http(method, url, what, patience=12), 503, "unavailable")
            for path in ("/rooms", f"/room/{traffic.room}/messages", f"/room/{traffic.room}/members"):
                with self.subTest(path):
                    self.assert_problem(ada.chat("GET", path, patience=12), 503, "unavailable")
            for role in ("users", "chat"):
                wait_until(lambda: not server.is_ready(role), f"{role} isn't ready", within=6)
                self.assertEqual(http("GET", server.url(role) + "/livez").status, 200)
                self.assertEqual(json.loads(http("GET", server.url(role) + "/status").body)["status"], "Alive")
            self.assertEqual(traffic.history.ack_count(), before, "nothing is acknowledged meanwhile")
        finally:
            self.postgres.start()
        self.assertLess(traffic.wait_acks(100), 6)
        for role in ("users", "chat", "gateway"):
            wait_until(lambda: server.is_ready(role), f"{role} is ready again", within=6)
        self.assertTrue(server.running)
        User(server, name=name)  # what was refused then is not half done
        self.judge(server, traffic)


if __name__ == "__main__":
    unittest.main(verbosity=2)
