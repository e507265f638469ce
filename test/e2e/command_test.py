#!/usr/bin/python3
"""What an operator types: exit codes that scripts rely on, and messages that a person understands."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from clients import Json, User, ws_url
from harness import EndToEnd, Server, http
from processes import EXECUTABLE, ROOT, free_ports, wait_until


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
        for words, variables in ((("serve", "--colour", "red"), {}), (("serve", "--config", "/"), {}),
                                 (("serve", "--chat-listen", "somewhere"), {}), (("serve", "--roles", "chef"), {}),
                                 (("serve", "--rate-limit", "status=3"), {}), (("dance",), {}), ((), {})):
            with self.subTest(words):
                refused = greenroom(*words, **variables)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                self.assertNotEqual(refused.stderr, "")

    def test_a_variable_that_no_option_has_is_a_warning(self):
        shown = greenroom("config", GREENROOM_NOED="n1", GREENROOM_PORT="tcp://10.0.0.1:5000", GREENROOM_SERVICE_HOST="10.0.0.1")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(shown.stderr.count("\n"), 1, shown.stderr)
        self.assertIn("the nearest is GREENROOM_NODE", shown.stderr)

    def test_help_and_config_show_the_same_options(self):
        keys = [line.split(" = ")[0] for line in greenroom("config").stdout.splitlines()]
        told = set(re.findall(r"(?m)^ +--([a-z-]+)", greenroom("serve", "--help").stdout))
        self.assertEqual(told - {"help"}, {key.replace("_", "-") for key in keys} | {"config"})

    def test_serves_on_when_nobody_reads_its_log(self):
        server = Server()
        self.addCleanup(server.remove)
        process = subprocess.Popen(server.arguments, cwd=server.folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.wait, 10)
        self.addCleanup(process.kill)
        process.stderr.readline()
        process.stderr.close()
        wait_until(lambda: server.is_ready("gateway"), "the gateway is ready")
        for n in range(3):
            User(server, name=f"unheard{n}")
        process.terminate()
        self.assertEqual(process.wait(15), 0)

    def test_sighup_opens_the_log_again_and_ends_nothing(self):
        server = Server("--log-file", "log")
        self.addCleanup(server.remove)
        server.start()
        log = server.folder / "log"
        wait_until(lambda: "ready" in log.read_text(), "it says that it is ready")
        self.assertEqual(log.stat().st_mode & 0o077, 0)
        log.rename(server.folder / "log.1")
        for _ in range(2):
            server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: log.exists() and "certificates_read" in log.read_text(), "it goes on in a new file")
        User(server)
        server.stop()
        self.assertIn("stopped", log.read_text())

    def test_what_it_makes_is_its_owners_alone(self):
        server = self.serve()
        for path in (server.folder / "data", *(server.folder / "data").iterdir()):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_the_program_says_nothing_of_where_it_was_built_and_has_no_failpoints(self):
        refused = greenroom("serve", GREENROOM_FAILPOINT="saga.before_hide:kill")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no failpoints", refused.stderr)
        program = pathlib.Path(EXECUTABLE).read_bytes()
        for word in (b"saga.before_hide", b"catalog.between_chunks"):
            self.assertNotIn(word, program)
        if "GREENROOM_HARDENING:BOOL=ON" in (pathlib.Path(EXECUTABLE).parent / "CMakeCache.txt").read_text():
            self.assertNotIn(str(ROOT).encode(), program)
            commands = json.loads((pathlib.Path(EXECUTABLE).parent / "compile_commands.json").read_text())
            for one in commands:
                for flag in ("-D_FORTIFY_SOURCE=3", "-fstack-clash-protection", "-ftrivial-auto-var-init=zero"):
                    self.assertIn(flag, one["command"], one["file"])

    def test_an_installed_program_finds_its_page(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-installed-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run(["cmake", "--install", pathlib.Path(EXECUTABLE).parent, "--prefix", folder / "usr"], check=True,
                       stdout=subprocess.DEVNULL)
        shown = subprocess.run([folder / "usr/bin/greenroom", "config"], cwd=folder, capture_output=True, text=True,
                               env={}, timeout=20).stdout
        root = re.search(r'(?m)^web_root = "(.*)" +# default$', shown).group(1)
        self.assertEqual(root, str(folder / "usr/share/greenroom/web"))
        index = (pathlib.Path(root) / "index.html").read_text()
        # Bundled, the page has the client in itself.
        if 'src="main.js"' in index:
            self.assertTrue((pathlib.Path(root) / "../clients/js/src/conversation.js").is_file())

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
        User(server, name="later")


class AdminThroughTheServer(EndToEnd):
    """`greenroom admin users` while a server holds the SQLite database."""

    def setUp(self):
        self.server = self.serve()

    def admin(self, *words, status=0, input=""):
        done = greenroom("admin", "users", *words, "--data-dir", self.server.folder / "data", "--discovery",
                         f"127.0.0.1:{self.server.ports['link']}", folder=self.server.folder, input=input)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def log_in(self, name, password):
        return http("POST", self.server.users_url + "/login", {"username": name, "password": password})

    def test_creates_grants_lists_and_deletes(self):
        self.admin("create", "grace", "--password-stdin", input="a good password\n")
        self.assertEqual(self.log_in("grace", "a good password").status, 200)
        self.assertIn("is taken", self.admin("create", "GRACE", status=1))
        self.admin("grant", "grace")
        tokens = self.server.folder / "tokens"
        self.admin("create", "--count", "1500", "--prefix", "load", "--tokens", tokens)
        last = tokens.read_text().split()[-1]
        self.assertEqual(http("GET", self.server.users_url + "/verify", token=last).json["user_id"], "load1500")
        listed = self.admin("list").splitlines()
        self.assertEqual((listed[0], len(listed)), ("grace\tadmin", 1501))
        self.assertIn("hiding", self.admin("delete", "load1"))
        self.assertIn("There is no user nobody.", self.admin("grant", "nobody", status=1))
        wait_until(lambda: "load1" not in self.admin("list").split(), "load1 is deleted", 20)

    def test_disables_within_a_second_and_enables(self):
        ada = User(self.server)
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.join("lobby")
        self.assertEqual(self.admin("disable", ada.name, "--reason", "stolen"), f"disabled {ada.name}, ended 1 sessions\n")
        self.assertEqual(socket.wait_closed(1), 4401)
        self.assertEqual(ada.users("GET", "/verify").status, 401)
        self.assertEqual(ada.chat("GET", "/rooms").status, 401)
        self.assert_problem(self.log_in(ada.name, "a wrong password"), 401, "bad_credentials")
        refused = self.log_in(ada.name, ada.password)
        self.assert_problem(refused, 403, "suspended")
        self.assertEqual(refused.json["why"], "stolen")
        self.assertNotIn("until", refused.json)
        self.assert_problem(http("POST", self.server.chat_url + "/room",
                                 {"username": ada.name, "password": ada.password}), 403, "suspended")
        self.server.stop()
        self.server.start()
        self.assert_problem(self.log_in(ada.name, ada.password), 403, "suspended")
        self.assertIn(f"{ada.name}\tdisabled", self.admin("list"))
        self.admin("enable", ada.name)
        ada.log_in()
        self.admin("disable", ada.name)
        self.admin("delete", ada.name)
        wait_until(lambda: ada.name not in self.admin("list"), "a disabled user is deleted", 20)

    def test_sets_passwords_and_ends_sessions(self):
        ada = User(self.server)
        first = ada.token
        ada.log_in()
        listed = self.admin("sessions", ada.name).splitlines()[1:]
        self.assertEqual(len(listed), 2)
        self.admin("sessions", ada.name, "--end", listed[-1].split()[0])
        self.assertEqual(http("GET", self.server.users_url + "/verify", token=first).status, 401)
        self.assertEqual(ada.users("GET", "/verify").status, 200)
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.join("lobby")
        self.assertEqual(self.admin("password", ada.name, "--password-stdin", input="another good one\n"),
                         "ended 1 sessions\n")
        self.assertEqual(socket.wait_closed(1), 4401)
        self.assertEqual(self.log_in(ada.name, ada.password).status, 401)
        self.assertEqual(self.log_in(ada.name, "another good one").status, 200)

    def test_has_no_more_than_a_hundred_sessions(self):
        ada = User(self.server)
        for _ in range(149):
            ada.log_in()
        sessions = ada.users("GET", "/sessions").json["sessions"]
        self.assertEqual(len(sessions), 100)
        before = time.monotonic()
        changed = ada.users("POST", "/password", {"old_password": ada.password, "new_password": "another good one"})
        self.assertEqual(changed.status, 200, changed)
        self.assertLess(time.monotonic() - before, 2)
        self.assertEqual(len(ada.users("GET", "/sessions").json["sessions"]), 1)

    def test_leaves_a_line_for_each_act(self):
        ada, bob = User(self.server), User(self.server)
        http("POST", self.server.users_url + "/login", {"username": ada.name, "password": "wrong password"},
             headers={"X-Request-Id": "mine-1"})
        ada.room(room="den", private=True)
        ada.chat("PUT", f"/room/den/members/{bob.name}")
        ada.chat("PUT", "/room/den/members/nobody-has-this")
        bob.chat("DELETE", "/room/den")
        ada.chat("DELETE", f"/room/den/members/{bob.name}")
        socket = ada.open()
        self.addCleanup(socket.drop)
        socket.join("den")
        socket.say({"type": "act", "room": "den", "id": "ban", "kind": "ban", "user": bob.name}, {"type": "join", "room": "made-by-join"})
        socket.expect("message", room="den", kind="ban")
        socket.expect("joined", room="made-by-join")
        ada.chat("DELETE", "/room/den")
        self.admin("grant", bob.name)
        bob.users("POST", "/logout")
        http("DELETE", f"{self.server.gateway_url}/users/{ada.name}", {"password": ada.password}, token=ada.token)
        wait_until(lambda: "act=end_deletion outcome=done" in self.server.log(), "the deletion's last line", 10)
        log = self.server.log()
        here = r" address=127\.0\.0\.1 request_id=\S+"
        for line in (f"act=register outcome=done by={ada.name}{here}", f"act=login outcome=done by={ada.name}{here}",
                     f"act=login outcome=bad_credentials by={ada.name} address=127.0.0.1 request_id=mine-1",
                     f"act=create_room outcome=done by={ada.name} room=den{here}",
                     f"act=add_member outcome=done by={ada.name} user={bob.name} room=den{here}",
                     f"act=add_member outcome=no_user by={ada.name} user=nobody-has-this room=den{here}",
                     f"act=ban_user outcome=done by={ada.name} user={bob.name} room=den address=127.0.0.1",
                     f"act=create_room outcome=done by={ada.name} room=made-by-join address=127.0.0.1",
                     f"act=delete_room outcome=forbidden by={bob.name} room=den{here}",
                     f"act=remove_member outcome=done by={ada.name} user={bob.name} room=den{here}",
                     f"act=delete_room outcome=done by={ada.name} room=den{here}",
                     f"act=grant_admin outcome=done by=operator user={bob.name}",
                     f"act=logout outcome=done by={bob.name}{here}",
                     f"act=begin_deletion outcome=done by={ada.name}{here}"):
            self.assertRegex(log, rf"(?m) audit node=one {line}( detail=\S+)?$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
