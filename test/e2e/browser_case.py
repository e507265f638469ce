"""The base of the tests with browsers: a server, and as many pages as a test opens. GREENROOM_URL names a running gateway;
without it a server of our own is started for the tests of a class."""

import os
import pathlib
import unittest
import uuid

from browser_page import PASSWORD, PATIENCE, Page
from clients import http
from processes import Server


def post(url, body):
    return http("POST", url, body, patience=PATIENCE).json


class BrowserCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = os.environ.get("GREENROOM_URL", "").rstrip("/")
        cls.server = None
        if not cls.url:
            cls.server = Server()
            cls.addClassCleanup(cls.server.remove)
            cls.server.start()
            cls.addClassCleanup(cls.server.stop)
            cls.url = cls.server.gateway_url
        cls.artifacts = pathlib.Path(os.environ.get("GREENROOM_ARTIFACTS", "build/artifacts"))
        cls.artifacts.mkdir(parents=True, exist_ok=True)

    def open_page(self, screenshot, path="/", url=None, languages=""):
        page = Page(url or self.url, path, languages)
        self.addCleanup(page.close)
        self.addCleanup(lambda: page.driver.save_screenshot(str(self.artifacts / screenshot)))
        return page

    def needs_own_server(self):
        if not self.server:
            self.skipTest("the server at GREENROOM_URL is not ours")

    def token(self, name):
        return self.http("POST", "/users/login", {"username": name, "password": PASSWORD}).json["token"]

    def http(self, method, path, body, token=None):
        answer = http(method, self.url + path, body, token=token)
        self.assertLess(answer.status, 300, (path, answer))
        return answer


class PeopleCase(BrowserCase):
    """People and a room that no other test has; `SHOTS`: the beginning of the names of their screenshots."""

    SHOTS = ""

    def setUp(self):
        self.tag = uuid.uuid4().hex[:8]
        self.room = "room-" + self.tag

    def name(self, name):
        return f"{name}-{self.tag}"

    def person(self, name):
        """Registers somebody who has no browser; their token."""
        self.http("POST", "/users/register", {"username": self.name(name), "password": PASSWORD})
        return self.token(self.name(name))

    def page(self, name):
        """Somebody who registers in a browser."""
        page = self.open_page(f"browser-{self.SHOTS}-{name}.png")
        page.register(self.name(name))
        return page

    def say(self, token, text, room=None):
        return self.http("POST", f"/chat/room/{room or self.room}/messages", {"text": text}, token).json["seq"]
