#!/usr/bin/python3
"""Who is suspended is out within a second, everywhere, and comes back on time. An admin is always left.

GREENROOM_SUSPEND_ROUNDS: how often two admins suspend each other at once (10).
"""

import datetime
import os
import threading
import time
import unittest

from clients import PASSWORD, Json, UpgradeRefused, User, http, ws_url
from cluster import Cluster
from command_test import greenroom
from harness import EndToEnd, show_if_failed, unique, wait_until

ROUNDS = int(os.environ.get("GREENROOM_SUSPEND_ROUNDS", "10"))


def in_seconds(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def log_in(user, password=None):
    return http("POST", user.server.users_url + "/login", {"username": user.name, "password": password or user.password})


def at_once(*calls):
    """What they answer, called at the same time."""
    answers = [None] * len(calls)
    start = threading.Barrier(len(calls))

    def run(n):
        start.wait()
        answers[n] = calls[n]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class OneProcess(EndToEnd):
    def setUp(self):
        self.server = self.serve()
        self.root = self.admin_user()

    def command(self, *words, status=0):
        done = greenroom("admin", "users", *words, "--data-dir", self.server.folder / "data", "--discovery",
                         f"127.0.0.1:{self.server.ports['link']}", folder=self.server.folder)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def admin_user(self):
        user = User(self.server)
        self.command("grant", user.name)
        return user

    def open(self, url, user):
        socket = Json(ws_url(url) + "/ws", token=user.token)
        self.addCleanup(socket.drop)
        return socket

    def test_closes_websockets_within_a_second_and_says_why_and_until_when(self):
        ada, gateway, room = User(self.server), self.server.gateway_url, unique("room")
        sockets = [self.open(self.server.chat_url, ada), self.open(gateway + "/chat", ada)]
        for socket in sockets:
            socket.join(room)
        ticket, until = ada.ticket(), in_seconds(3600)
        done = http("POST", f"{gateway}/users/accounts/{ada.name.upper()}/suspend", {"reason": "spam", "until": until},
                    token=self.root.token)
        self.assertEqual((done.status, done.json),
                         (200, {"suspended": True, "why": "spam", "until": until, "sessions": 1}))
        suspended_at = time.monotonic()
        for socket in sockets:
            self.assertEqual(socket.wait_closed(1), 4401)
        self.assertLess(time.monotonic() - suspended_at, 1)
        self.assertEqual(ada.chat("GET", "/rooms").status, 401)
        with self.assertRaises(UpgradeRefused) as refused:
            self.addCleanup(Json(ws_url(self.server.chat_url) + "/ws?ticket=" + ticket).drop)
        self.assertEqual(refused.exception.status, 401, "a ticket of before")
        self.assert_problem(log_in(ada, "a wrong password"), 401, "bad_credentials")
        for refused in (log_in(ada), http("POST", self.server.chat_url + "/room",
                                          {"username": ada.name, "password": ada.password, "room": room})):
            self.assert_problem(refused, 403, "suspended")
            self.assertEqual((refused.json["why"], refused.json["until"]), ("spam", until))
            self.assertNotIn("by", refused.json)
        self.assertEqual(http("POST", f"{gateway}/users/accounts/{ada.name}/resume", token=self.root.token).json,
                         {"suspended": False})
        ada.log_in()
        self.open(gateway + "/chat", ada).join(room)
        audit = [line for line in self.server.log(400).splitlines() if " audit " in line and f"user={ada.name}" in line.lower()]
        for act in ("suspend_user", "resume_user"):
            self.assertTrue(any(f"act={act} outcome=done by={self.root.name}" in line for line in audit), audit)

    def test_ends_by_itself_on_time(self):
        ada = User(self.server)
        began = time.monotonic()
        self.command("disable", ada.name, "--reason", "cool down", "--until", in_seconds(3))
        self.assert_problem(log_in(ada), 403, "suspended")
        self.assertIn(f"{ada.name}\tdisabled until 20", self.command("list"))
        wait_until(lambda: log_in(ada).status == 200, "the suspension is over", 10)
        self.assertGreater(time.monotonic() - began, 2.5)
        self.assertNotIn("disabled", self.command("list"))
        self.assertEqual(http("GET", self.server.users_url + "/verify", token=ada.token).status, 401, "the old one")

    def test_only_admins_suspend_and_bad_requests_name_the_field(self):
        ada, bob = User(self.server), User(self.server)
        self.assert_problem(ada.users("POST", f"/accounts/{bob.name}/suspend", {}), 403, "forbidden")
        self.assert_problem(http("POST", self.server.users_url + f"/accounts/{bob.name}/suspend", {}), 401, "unauthorized")
        for body, field in (({"until": in_seconds(-1)}, "until"), ({"until": in_seconds(86400 * 3700)}, "until"),
                            ({"until": "tomorrow"}, "until"), ({"reason": "x" * 1025}, "reason"), ({"unti": "x"}, "unti")):
            refused = self.root.users("POST", f"/accounts/{bob.name}/suspend", body)
            self.assert_problem(refused, 400, "bad_request")
            self.assertIn(f"`{field}`", refused.json["detail"])
        for act in ("suspend", "resume"):
            self.assert_problem(self.root.users("POST", f"/accounts/nobody/{act}", {}), 404, "no_user")
        self.assertEqual(self.root.users("GET", f"/accounts/{bob.name}/sessions").json["sessions"][0]["current"], False)
        self.assertEqual(log_in(bob).status, 200)

    def test_two_admins_who_suspend_each_other_at_once(self):
        bob = self.admin_user()
        for _ in range(ROUNDS):
            pair = [self.root, bob]
            statuses = [answer.status for answer in at_once(
                *(lambda me=me, other=other: me.users("POST", f"/accounts/{other.name}/suspend", {"reason": "you first"})
                  for me, other in (pair, pair[::-1])))]
            self.assertEqual(statuses.count(200), 1, statuses)
            winner, loser = pair if statuses[0] == 200 else pair[::-1]
            self.assert_problem(winner.users("POST", f"/accounts/{winner.name}/suspend", {}), 409, "conflict")
            self.assertEqual(winner.users("POST", f"/accounts/{loser.name}/resume").status, 200)
            loser.log_in()
        self.assertEqual(bob.users("POST", f"/accounts/{self.root.name}/suspend", {}).status, 200)
        for command in ("disable", "revoke", "delete"):
            self.assertIn("last admin", self.command(command, bob.name, status=1))
        for body in (None, {"password": PASSWORD}):
            refused = http("DELETE", f"{self.server.gateway_url}/users/{bob.name}", body, token=bob.token)
            self.assert_problem(refused, 409, "conflict")
            self.assertIn("last admin", refused.json["detail"])
        self.assertEqual(http("GET", self.server.users_url + "/verify", token=bob.token).status, 200, "nothing began")
        self.command("grant", User(self.server).name)
        self.command("revoke", bob.name)


class OnACluster(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster(users=2, chat=2)
        self.addCleanup(self.cluster.remove)
        self.addCleanup(show_if_failed, self, self.cluster.log)
        self.cluster.start()

    def admin_user(self, server):
        user = User(server)
        done = self.cluster.admin("users", "grant", user.name, "--users-db", self.cluster.postgres_users.url("users"))
        self.assertEqual(done.returncode, 0, done.stderr)
        return user

    def test_closes_websockets_on_every_node_and_leaves_an_admin(self):
        one, two = self.cluster.on("chat-1", "users-1"), self.cluster.on("chat-2", "users-2")
        ann, bob = self.admin_user(one), self.admin_user(two)
        for _ in range(ROUNDS):
            eve = User(one)
            sockets = [Json(ws_url(url) + "/ws", token=eve.token)
                       for url in (one.chat_url, two.chat_url, self.cluster.chat_url)]
            for socket in sockets:
                self.addCleanup(socket.drop)
                socket.join("lobby")
            self.assertEqual(bob.users("POST", f"/accounts/{eve.name}/suspend", {}).json["sessions"], 1)
            for socket in sockets:
                self.assertEqual(socket.wait_closed(1), 4401)
            answers = at_once(lambda: ann.users("POST", f"/accounts/{bob.name}/suspend", {}),
                              lambda: bob.users("POST", f"/accounts/{ann.name}/suspend", {}))
            statuses = [answer.status for answer in answers]
            self.assertEqual(statuses.count(200), 1, answers)
            self.assertIn(sum(statuses) - 200, (401, 409), answers)
            winner, loser = (ann, bob) if statuses[0] == 200 else (bob, ann)
            self.assertEqual(winner.users("POST", f"/accounts/{loser.name}/resume").status, 200)
            loser.log_in()


if __name__ == "__main__":
    unittest.main()
