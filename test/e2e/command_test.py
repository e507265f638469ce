#!/usr/bin/python3
"""What an operator types: exit codes that scripts rely on, and messages that a person understands."""

import os
import subprocess
import unittest

from clients import Json, User, ws_url
from harness import EndToEnd, Server, http
from processes import EXECUTABLE, free_ports


def greenroom(*words, folder=None, input="", **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    return subprocess.run([EXECUTABLE, *map(str, words)], cwd=folder, env={**environment, **variables}, input=input,
                          capture_output=True, text=True, timeout=20)


class Commands(EndToEnd):
    def test_health_says_whether_a_server_is_ready(self):
        server = self.serve()
        for role in ("gateway", "chat", "users", "discovery"):
            self.assertEqual(greenroom("health", server.url(role)).returncode, 0, role)
        port = server.ports["gateway"]
        self.assertEqual(greenroom("health", GREENROOM_GATEWAY_LISTEN=f"127.0.0.1:{port}").returncode, 0)
        server.stop()
        refused = greenroom("health", server.gateway_url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(server.gateway_url, refused.stderr)

    def test_what_is_unknown_is_an_error(self):
        for words, variables in ((("serve", "--colour", "red"), {}), (("serve",), {"GREENROOM_COLOUR": "red"}),
                                 (("serve", "--chat-listen", "somewhere"), {}), (("serve", "--roles", "chef"), {}),
                                 (("serve", "--rate-limit", "status=3"), {}), (("dance",), {}), ((), {})):
            with self.subTest(words):
                refused = greenroom(*words, **variables)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                self.assertNotEqual(refused.stderr, "")

    def test_flags_win_over_the_environment_and_that_over_the_file(self):
        server = Server()
        self.addCleanup(server.remove)
        (server.folder / "greenroom.toml").write_text('node = "file"\nidle_timeout = "9s"\ndata_dir = "there"\n')
        shown = greenroom("config", "--node", "flag", folder=server.folder, GREENROOM_NODE="environment",
                          GREENROOM_IDLE_TIMEOUT="7s").stdout
        self.assertRegex(shown, r'(?m)^node = "flag" +# --node$')
        self.assertRegex(shown, r'(?m)^idle_timeout = "7s" +# GREENROOM_IDLE_TIMEOUT$')
        self.assertRegex(shown, r'(?m)^data_dir = "there" +# .*greenroom\.toml:3$')
        masked = greenroom("config", "--chat-db", "postgresql://me:hidden@here/chat")
        self.assertNotIn("hidden", masked.stdout + masked.stderr)

    def test_a_database_that_is_no_database(self):
        server = Server()
        self.addCleanup(server.remove)
        (server.folder / "notes.txt").write_text("these are my notes\n" * 100)
        ports = free_ports(5)
        words = [f"--{role}-listen=127.0.0.1:{port}"
                 for role, port in zip(("gateway", "discovery", "chat", "users", "link"), ports)]
        refused = greenroom("serve", *words, "--chat-db", f"sqlite:{server.folder}/notes.txt", folder=server.folder)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("notes.txt", refused.stderr)
        self.assertEqual((server.folder / "notes.txt").read_text(), "these are my notes\n" * 100)

    def test_users_that_the_command_makes_can_talk(self):
        server = Server()
        self.addCleanup(server.remove)
        data = ("--data-dir", server.folder / "data")
        tokens = server.folder / "tokens"
        made = greenroom("admin", "users", "create", "--count", 5, "--prefix", "load", "--tokens", tokens, *data)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(tokens.stat().st_mode & 0o077, 0, "nobody else reads them")
        made = greenroom("admin", "users", "create", "grace", "--password-stdin", *data, input="a good password\n")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(greenroom("admin", "users", "create", "GRACE", "--password-stdin", *data,
                                   input="a good password\n").returncode, 1)
        self.assertEqual(greenroom("admin", "users", "list", *data).stdout.split(),
                         ["grace", *(f"load{n}" for n in range(1, 6))])
        server.start()
        for n, token in enumerate(tokens.read_text().split(), 1):
            verified = http("GET", server.users_url + "/verify", token=token)
            self.assertEqual(verified.json, {"valid": True, "user_id": f"load{n}"})
            socket = Json(ws_url(server.gateway_url) + "/chat/ws", token=token)
            socket.join("lobby")
            self.assertEqual(socket.post("lobby", "hello")["seq"], n)
            socket.close()
        self.assertEqual(http("POST", server.users_url + "/login",
                              {"username": "grace", "password": "a good password"}).status, 200)
        busy = greenroom("admin", "users", "list", *data)
        self.assertEqual(busy.returncode, 1)
        self.assertIn("in use", busy.stderr)
        User(server, name="later")


if __name__ == "__main__":
    unittest.main(verbosity=2)
