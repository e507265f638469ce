#!/usr/bin/python3
"""`docker compose up`, and then what the seed says to type. One cluster for all of it: starting one takes a while."""

import json
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.request

import containers
from clients import Lines
from compose_file_test import SEED_PORTS
from containers import NODES, Compose
from processes import show_if_failed, wait_until
from seed_test import answer_of, run

WHY_NOT = containers.why_not()
if WHY_NOT:
    print(f"NOT TESTED: docker compose: {WHY_NOT}. .ci/install containers deploy installs all of it", flush=True)


@unittest.skipIf(WHY_NOT, "NOT TESTED: docker compose: " + WHY_NOT)
class ComposeUp(unittest.TestCase):
    """In the order of the numbers: the last ones stop what the others need."""

    @classmethod
    def setUpClass(cls):
        containers.make_base()
        cls.compose = Compose()
        cls.addClassCleanup(cls.compose.remove)
        cls.compose.build()
        began = time.monotonic()
        try:
            cls.compose.up()
        except AssertionError:
            print(cls.compose("logs", "--tail", "30"), file=sys.stderr)
            raise
        print(f"up, and all healthy, within {time.monotonic() - began:.1f} s", flush=True)

    def tearDown(self):
        show_if_failed(self, lambda: self.compose("logs", "--no-color", "--tail", "60"))

    def type(self, command):
        """A command of the seed's page, on the ports that stand for the seed's here."""
        ports = self.compose.ports
        for port, name in SEED_PORTS.items():
            command = re.sub(rf"(:|localhost )\b{port}\b", rf"\g<1>{ports[name]}", command)
        return run(command)

    def register(self, name, port=8010):
        registered = self.type(f"http -v POST :{port}/register username={name} password=root")
        self.assertEqual(answer_of(registered), (201, {"user_id": name, "warnings": ["weak_password"]}))

    def enter(self, name, room, port):
        """A websocket of the seed's dialect, at that node."""
        status, entered = answer_of(self.type(f"http -v POST :{port} username={name} password=root room={room}"))
        self.assertIn(status, (200, 201), entered)
        socket = Lines(entered["websocket"])
        self.addCleanup(socket.drop)
        return socket

    def test_1_every_status_is_alive(self):
        for port, role, node in ((8008, "chat", "chat-1"), (8009, "chat", "chat-2"), (8010, "users", "users-1"),
                                 (8011, "users", "users-2")):
            with self.subTest(node):
                status = json.loads(self.type(f"http GET :{port}/status"))
                self.assertEqual((status["status"], status["role"], status["node"]), ("Alive", role, node))
        registry = json.loads(self.type("http GET :8080/status"))
        self.assertEqual(set(registry["services"]), {"discovery", "users", "chat", "gateway"})
        self.assertEqual((registry["services_count"], {one["node"] for one in registry["instances"]}), (6, set(NODES)))
        gateway = json.loads(self.type("http GET :5000/status"))
        self.assertEqual((gateway["status"], gateway["role"]), ("Alive", "gateway"))
        self.assertNotIn("upstreams", gateway, "they are for operators")

    def test_2_register_login_verify_logout(self):
        self.register("admin")
        status, login = answer_of(self.type("http -v POST :8010/login username=admin password=root"))
        self.assertEqual(status, 200)
        token = login["token"]
        verify = f"http -v -A bearer -a {token} :8010/verify"
        self.assertEqual(answer_of(self.type(verify)), (200, {"valid": True, "user_id": "admin"}))
        self.assertEqual(answer_of(self.type(f"http -v -A bearer -a {token} POST :8010/logout"))[0], 200)
        self.assertEqual(answer_of(self.type(verify)), (401, {"valid": False}))

    def test_3_the_fourth_status_and_a_silent_connection_are_refused(self):
        time.sleep(10)  # the limit counts what the other tests asked
        answers = [self.type("curl -si http://localhost:8009/status") for _ in range(4)]
        self.assertEqual([re.match(r"HTTP/1\.1 (\d+)", each).group(1) for each in answers],
                         ["200", "200", "200", "429"])
        began = time.monotonic()
        telnet = subprocess.Popen(["telnet", "localhost", str(self.compose.ports["CHAT_2"])], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with telnet:
            telnet.wait(10)
            self.assertIn("Connection closed by foreign host", telnet.stdout.read())
        self.assertTrue(2.5 <= time.monotonic() - began <= 5)

    def test_4_a_chat_across_both_chat_nodes(self):
        for name in ("ann", "bob"):
            self.register(name, port=8011)
        for room in ("lobby", "garden", "cellar"):  # whichever node each lives on
            with self.subTest(room):
                ann = self.enter("ann", room, "8008/room")
                bob = self.enter("bob", room, "8009/room")
                ann.say("is anybody there")
                bob.wait(lambda: ("ann", "is anybody there") in bob.messages(), "ann is heard at chat-2")
                bob.say("I am")
                for socket, node in ((ann, "chat-1"), (bob, "chat-2")):
                    socket.wait(lambda: ("bob", "I am") in socket.messages(), f"bob is heard at {node}")
                self.assertEqual(ann.messages(), bob.messages())

    def test_5_prometheus_scrapes_every_node(self):
        def scraped():
            with urllib.request.urlopen(self.compose.url("PROMETHEUS") + "/api/v1/targets", timeout=10) as answer:
                targets = json.load(answer)["data"]["activeTargets"]
            return {one["labels"]["instance"] for one in targets if one["health"] == "up"} >= set(NODES)
        wait_until(scraped, "every node is scraped", within=40, every=0.5)

    def test_6_nobody_reads_more_than_their_own_secrets(self):
        files = ["cluster/secret", *(f"{of}-db/{what}" for of in ("users", "chat") for what in ("url", "password"))]
        readable = {"users-1": ["cluster/secret", "users-db/url"], "chat-1": ["cluster/secret", "chat-db/url"],
                    "gateway": ["cluster/secret"]}
        look = f"for each in {' '.join(files)}; do if [ -r /run/$each ]; then echo $each; fi; done"
        for service, expected in readable.items():
            self.assertEqual(self.compose("exec", "-T", service, "sh", "-c", look).split(), expected, service)
        for service, one in self.compose.containers().items():
            if service != "secrets":
                host = one["HostConfig"]
                self.assertEqual((host["ReadonlyRootfs"], host["CapDrop"]), (True, ["ALL"]), service)
                self.assertNotIn(one["Config"]["User"], ("", "0", "root"), service)

    def test_6_every_container_is_bounded_and_reaches_what_it_needs(self):
        for service, one in self.compose.containers().items():
            host = one["HostConfig"]
            self.assertTrue(0 < host["Memory"] <= 1 << 30, service)
            self.assertTrue(0 < host["PidsLimit"] <= 256, service)
            self.assertEqual([(each["Name"], each["Hard"]) for each in host["Ulimits"]], [("nofile", 16384)], service)
        # A name is known only where there is a network in common.
        for service, name, known in (("users-1", "postgres-users", True), ("users-1", "postgres-chat", False),
                                     ("chat-1", "postgres-chat", True), ("chat-1", "postgres-users", False),
                                     ("gateway", "chat-1", True), ("gateway", "postgres-chat", False),
                                     ("prometheus", "chat-1", True), ("prometheus", "postgres-chat", False)):
            found = self.compose("exec", "-T", service, "sh", "-c", f"getent hosts {name} || true").strip() != ""
            self.assertEqual(found, known, (service, name))

    def test_7_a_killed_chat_node_closes_no_socket_elsewhere(self):
        self.register("cleo")
        socket = self.enter("cleo", "attic", "8008/room")
        socket.say("before")
        socket.wait(lambda: ("cleo", "before") in socket.messages(), "before")
        self.compose("kill", "chat-2")

        def heard():
            socket.say("after")
            time.sleep(0.1)
            return ("cleo", "after") in socket.messages()
        wait_until(heard, "the room is writable again", within=5)
        self.assertIsNone(socket.close_code)
        self.compose.up("chat-2")

    def test_8_stop_drains_and_the_next_up_goes_on(self):
        self.register("dora")
        socket = self.enter("dora", "cave", "8009/room")
        socket.say("I was here")
        socket.wait(lambda: ("dora", "I was here") in socket.messages(), "dora is heard")
        secret = self.compose("exec", "-T", "gateway", "sha256sum", "/run/cluster/secret")
        began = time.monotonic()
        self.compose("stop")
        took = time.monotonic() - began
        all_of_them = self.compose.containers()
        ended = {node: all_of_them[node]["State"]["ExitCode"] for node in NODES}
        self.assertEqual(ended, dict.fromkeys(NODES, 0), f"after {took:.1f} s")
        self.compose.up()
        self.assertEqual(self.compose("exec", "-T", "gateway", "sha256sum", "/run/cluster/secret"), secret)
        status, login = answer_of(self.type("http -v POST :8011/login username=dora password=root"))
        self.assertEqual(status, 200, login)
        page = json.loads(self.type(f"http -A bearer -a {login['token']} ':5000/chat/room/cave/messages'"))
        self.assertEqual([one["text"] for one in page["messages"]], ["I was here"])
        self.assertEqual(socket.close_code, 1012)


@unittest.skipUnless(os.environ.get("GREENROOM_BUILD_IMAGE") and not WHY_NOT,
                     "NOT TESTED: the image's compiling stage. GREENROOM_BUILD_IMAGE=1 tests it, in many minutes")
class WholeImage(unittest.TestCase):
    def test_the_image_is_built_from_the_sources(self):
        containers.make_base()
        containers.run("docker", "build", "--build-arg", "BASE=" + containers.BASE, "-t", "greenroom/e2e-whole", ".",
                       patience=5400)
        version = containers.run("docker", "run", "--rm", "greenroom/e2e-whole", "--version")
        self.assertRegex(version, r"^\d+\.\d+\.\d+$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
