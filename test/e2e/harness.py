"""The base of all end-to-end tests: a server that is removed afterwards, and its log if a test failed."""

import subprocess
import unittest
import uuid

from clients import PASSWORD, Json, UpgradeRefused, User, http, ws_url  # noqa: F401: for the tests
from processes import EXECUTABLE, Postgres, Server, show_if_failed, wait_until  # noqa: F401: for the tests


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


class EndToEnd(unittest.TestCase):
    """`serve` starts a server for one test, `serve_all` one for all tests of a class."""

    shared = None
    maxDiff = None

    @classmethod
    def serve_all(cls, *options, **more):
        cls.shared = cls._server(cls.addClassCleanup, *options, **more)
        return cls.shared

    def serve(self, *options, **more):
        server = self._server(self.addCleanup, *options, **more)
        self.addCleanup(show_if_failed, self, server.log)
        return server

    @classmethod
    def _server(cls, add_cleanup, *options, **more):
        server = Server(*options, **more)
        add_cleanup(server.remove)
        return server.start()

    def tearDown(self):
        if self.shared:
            show_if_failed(self, self.shared.log)

    def assert_problem(self, answer, status, code):
        """A problem as RFC 9457 has it, and nothing of the inside."""
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        for name in ("type", "title", "status", "detail", "code", "request_id"):
            self.assertIn(name, answer.json)
        self.assertEqual(answer.json["status"], status)
        if status in (429, 503):
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)


class Chat(EndToEnd):
    """One server for all of a class; people and rooms are new in each test."""

    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve_all(*cls.OPTIONS)

    def person(self):
        return User(self.server)

    def administer(self, *words):
        """`greenroom admin users WORDS` on this server's data."""
        done = subprocess.run([EXECUTABLE, "admin", "users", *words, "--data-dir", str(self.server.folder / "data"), "--discovery",
                               f"127.0.0.1:{self.server.ports['link']}"], cwd=self.server.folder, capture_output=True, text=True,
                              timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)

    def open(self, user, **more):
        socket = user.open(**more)
        self.addCleanup(socket.drop)
        return socket

    def refused_upgrade(self, path, **more):
        """The status of an upgrade that is no websocket."""
        with self.assertRaises(UpgradeRefused) as refused:
            self.addCleanup(Json(ws_url(self.server.chat_url) + path, **more).drop)
        return refused.exception.status
