#!/usr/bin/python3
"""The seed's own commands, typed as its page writes them, on its own ports."""

import json
import re
import subprocess
import time
import unittest

from clients import Lines, http, ws_url
from harness import EndToEnd, Server

SEED_LIMITS = ("status=3/10", "auth=10/60", "api=100/10", "send=50/10", "create=20/3600")


def run(command, patience=15, **more):
    """As a shell would; HTTPie must not take our standard input for a body."""
    command = command.replace("http ", "http --ignore-stdin ", 1) if command.startswith("http ") else command
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=patience,
                          stdin=subprocess.DEVNULL, **more).stdout


def answer_of(output):
    """Status and JSON of what HTTPie printed with --verbose: the last of them is the answer's."""
    status = int(re.findall(r"^HTTP/1\.1 (\d+)", output, re.MULTILINE)[-1])
    body = output.rsplit("\n\n", 1)[-1] if not output.rstrip().endswith("}") else output[output.rindex("\n{"):]
    return status, json.loads(body)


class SeedCommands(EndToEnd):
    """A fresh server for each, for the limits count."""

    def setUp(self):
        self.server = self.serve(ports=Server.SEED_PORTS, rate_limits=SEED_LIMITS)

    def test_every_status_is_alive(self):
        for port, role in ((8008, "chat"), (8010, "users"), (8080, "discovery"), (5000, "gateway")):
            with self.subTest(role):
                status = json.loads(run(f"http GET :{port}/status"))
                self.assertEqual((status["status"], status["role"]), ("Alive", role))
                self.assertIn("version", status)
                self.assertGreaterEqual(status["uptime_seconds"], 0)

    def test_discovery_knows_every_service(self):
        status = json.loads(run("http GET :8080/status"))
        self.assertEqual(set(status["services"]), {"discovery", "users", "chat", "gateway"})
        self.assertEqual(status["services_count"], 4)
        upstreams = http("GET", self.server.operators_url + "/status").json["upstreams"]
        self.assertEqual({(one["role"], one["circuit"]) for one in upstreams}, {("users", "closed"), ("chat", "closed")})
        self.assertNotIn("upstreams", json.loads(run("http GET :5000/status")), "it is for operators")

    def test_register_login_verify_logout(self):
        registered = run("http -v POST :8010/register username=admin password=root")
        self.assertEqual(answer_of(registered), (201, {"user_id": "admin", "warnings": ["weak_password"]}))
        status, login = answer_of(run("http -v POST :8010/login username=admin password=root"))
        self.assertEqual((status, login["token_type"], login["user_id"]), (200, "Bearer", "admin"))
        token = login["token"]
        verified = run(f"http -v -A bearer -a {token} :8010/verify")
        self.assertEqual(answer_of(verified), (200, {"valid": True, "user_id": "admin"}))
        self.assertEqual(answer_of(run(f"http -v -A bearer -a {token} POST :8010/logout"))[0], 200)
        refused = run(f"http -v -A bearer -a {token} :8010/verify")
        self.assertEqual(answer_of(refused), (401, {"valid": False}))
        self.assertIn("WWW-Authenticate: Bearer", refused)

    def test_a_silent_connection_is_closed_after_3_seconds(self):
        began = time.monotonic()
        # telnet leaves at the end of its input, so that stays open until telnet itself has gone.
        all_of_them = {port: subprocess.Popen(["telnet", "localhost", str(port)], stdin=subprocess.PIPE,
                                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                       for port in (8008, 8010, 8080, 5000)}
        for port, telnet in all_of_them.items():
            with self.subTest(port), telnet:
                telnet.wait(10)
                took = time.monotonic() - began
                self.assertIn("Connection closed by foreign host", telnet.stdout.read())
                self.assertTrue(2.5 <= took <= 4.5, f"after {took:.2f} s")

    def test_the_fourth_status_within_10_seconds_is_refused(self):
        for port in (8008, 5000):
            with self.subTest(port):
                answers = [run(f"curl -si http://localhost:{port}/status") for _ in range(4)]
                self.assertEqual([re.match(r"HTTP/1\.1 (\d+)", each).group(1) for each in answers],
                                 ["200", "200", "200", "429"])
                head, body = answers[3].replace("\r\n", "\n").split("\n\n", 1)
                self.assertEqual(json.loads(body)["code"], "rate_limited")
                wait = int(re.search(r"^Retry-After: (\d+)$", head, re.MULTILINE).group(1))
                self.assertTrue(1 <= wait <= 10, wait)
                self.assertRegex(head, r'(?m)^RateLimit-Policy: "status";q=3;w=10')
                self.assertRegex(head, r'(?m)^RateLimit: "status";r=0;t=\d+')
                self.assertEqual(run(f"curl -so /dev/null -w '%{{http_code}}' http://localhost:{port}/livez"), "200")

    def test_a_room_gives_a_websocket_that_talks(self):
        run("http POST :8010/register username=admin password=root")
        for url in (":8008/room", ":5000/chat/room"):
            with self.subTest(url):
                status, room = answer_of(run(f"http -v POST {url} username=admin password=root"))
                self.assertIn(status, (200, 201))
                self.assertEqual(room["room"], "lobby")
                socket = Lines(room["websocket"])
                socket.say(f"hello by {url}")
                socket.wait(lambda: ("admin", f"hello by {url}") in socket.messages(), "FROM admin")
                socket.close()

    def test_the_gateway_passes_users_and_chat_on(self):
        self.assertEqual(answer_of(run("http -v POST :5000/users/register username=ada password=lovelace-1815"))[0], 201)
        status, login = answer_of(run("http -v POST :5000/users/login username=ada password=lovelace-1815"))
        self.assertEqual(status, 200)
        bearer = f"-A bearer -a {login['token']}"
        self.assertEqual(answer_of(run(f"http -v {bearer} :5000/users/verify")), (200, {"valid": True, "user_id": "ada"}))
        status, room = answer_of(run(f"http -v {bearer} POST :5000/chat/room room=tea"))
        self.assertEqual((status, room["room"]), (201, "tea"))
        self.assertRegex(room["websocket"], r"^ws://[^/]+:5000/chat/room/tea\?ticket=")
        socket = Lines(room["websocket"])
        socket.say("is there tea")
        socket.wait(lambda: socket.messages() == [("ada", "is there tea")], "FROM ada")
        listed = json.loads(run(f"http {bearer} ':5000/chat/rooms'"))
        self.assertIn("tea", [one["room"] for one in listed["rooms"]])
        page = json.loads(run(f"http {bearer} ':5000/chat/room/tea/messages'"))
        self.assertEqual([(m["seq"], m["from"], m["text"]) for m in page["messages"]], [(1, "ada", "is there tea")])
        self.assertEqual(json.loads(run("http :5000/users/status"))["role"], "users")
        self.assertEqual(json.loads(run("http :5000/chat/status"))["role"], "chat")
        socket.close()
        through = Lines(ws_url("http://localhost:5000/chat/room/tea"), token=login["token"])
        through.say("there is")
        through.wait(lambda: through.messages()[-1:] == [("ada", "there is")], "the Bearer opens it as well")


if __name__ == "__main__":
    unittest.main(verbosity=2)
