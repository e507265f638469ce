#!/usr/bin/python3
"""Two clients of other people's making talk: headless Chromium with the web page, and python3-websockets with the lines
dialect. GREENROOM_URL names a running gateway; without it a server of our own is started for the test."""

import asyncio
import json
import os
import pathlib
import tempfile
import threading
import time
import unittest
import urllib.request
import uuid

import websockets
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from processes import Server

PASSWORD = "correct horse battery staple"
PATIENCE = 20
CHROMIUM_FLAGS = ("--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage "
                  "--disable-background-networking --disable-component-update --disable-sync "
                  "--window-size=1180,780").split()


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


class LinesClient:
    """The seed's client: `SEND text` out, `FROM user text` in, on a thread of its own."""

    def __init__(self, url):
        self.heard = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._socket = self._run(self._open(url))
        self._reader = asyncio.run_coroutine_threadsafe(self._read(), self._loop)

    def send(self, text):
        self._run(self._socket.send("SEND " + text))

    def close(self):
        self._run(self._socket.close())
        self._reader.result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    @staticmethod
    async def _open(url):
        return await websockets.connect(url, open_timeout=PATIENCE, compression=None)

    async def _read(self):
        async for frame in self._socket:
            _, user, text = frame.split(" ", 2)
            self.heard.append((user, text))


class Page:
    """The web page, by its ids and data attributes."""

    def __init__(self, url):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        for flag in CHROMIUM_FLAGS + ["--user-data-dir=" + self._profile.name]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.get(url + "/")

    def close(self):
        self.driver.quit()
        self._profile.cleanup()

    def find(self, element_id):
        return self.driver.find_element(By.ID, element_id)

    def wait(self, condition, what):
        WebDriverWait(self.driver, PATIENCE, 0.05).until(lambda _: condition(), what + "\n" + self.console())

    def console(self):
        return "\n".join(line["message"] for line in self.driver.get_log("browser"))

    def register(self, name):
        self.wait(lambda: self.find("gate-switch").is_displayed(), "the page begins with signing in")
        self.find("gate-switch").click()
        self.find("username").send_keys(name)
        self.find("password").send_keys(PASSWORD)
        self.find("gate-submit").click()
        self.wait(lambda: self.find("connection").get_attribute("data-state") == "open", "the websocket opens")

    def enter(self, room):
        self.driver.execute_script("location.hash = '#/' + arguments[0]", room)
        self.wait(lambda: self.find("conversation").get_attribute("data-state") == "joined"
                  and self.find("conversation").get_attribute("data-room") == room, "the room is joined")

    def send(self, text):
        field = self.find("composer-text")
        field.send_keys(text)
        field.send_keys(Keys.ENTER)

    def messages(self):
        """The messages shown that have a place in the room, top to bottom: (seq, author, text)."""
        return [tuple(each) for each in self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .message[data-state=sent]')].map("
            "each => [Number(each.dataset.seq), each.dataset.from, each.querySelector('.text').textContent])")]

    def pending(self):
        """The messages shown that have no place in the room yet."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .message[data-state=pending]')].map("
            "each => each.querySelector('.text').textContent)")

    def acts(self):
        """What was done in the room, as it is told to this reader."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .act .text')].map(each => each.textContent)")

    def banner(self):
        return self.find("banner-words").text

    def choose(self, author, deed, reason="", seconds=None):
        """Does something with the first message of that author, or with them, by the buttons that there are."""
        message = self.driver.find_element(By.CSS_SELECTOR, f"#messages .message[data-from='{author}']")
        ActionChains(self.driver).move_to_element(message).perform()
        message.find_element(By.CSS_SELECTOR, ".more").click()
        self.driver.find_element(By.CSS_SELECTOR, f"#deeds-list [data-deed='{deed}']").click()
        self.wait(lambda: self.find("deed").get_attribute("open"), "it is asked about")
        if reason:
            self.find("deed-reason").send_keys(reason)
        if seconds is not None:
            Select(self.find("deed-end")).select_by_value(str(seconds))
        self.find("deed-yes").click()

    def clock_in(self, seconds):
        """The time of day in so many seconds, as the page writes it."""
        return self.driver.execute_script(
            "return new Date(Date.now() + 1000 * arguments[0])"
            ".toLocaleTimeString(undefined, {hour: '2-digit', minute: '2-digit'})", seconds)

    def open_list(self, name):
        """Opens one of the lists about running the room."""
        if not self.find("people").is_displayed():
            self.find("people-toggle").click()
        self.find("room-" + name).click()

    def lines(self, list_id):
        return [each.text for each in self.driver.find_elements(By.CSS_SELECTOR, f"#{list_id} li")]

    def people(self):
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#here [data-user]')].map(each => each.dataset.user)")


class BrowserAndLinesTalk(unittest.TestCase):
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

    def test_both_see_both_in_the_same_order(self):
        tag = uuid.uuid4().hex[:8]
        reader, writer, room = "Page-" + tag, "Lines-" + tag, "meeting-" + tag
        page = self.open_page("browser.png")
        page.register(reader)
        page.enter(room)

        post(self.url + "/users/register", {"username": writer, "password": PASSWORD})
        answer = post(self.url + "/chat/room", {"username": writer, "password": PASSWORD, "room": room})
        self.assertEqual(answer["room"], room)
        lines = LinesClient(answer["websocket"])
        self.addCleanup(lines.close)
        page.wait(lambda: set(page.people()) == {reader, writer}, "the page shows who is here")

        said = threading.Thread(target=lambda: [self._say(lines, f"line {n} from the lines client") for n in range(5)])
        said.start()
        for n in range(5):
            page.send(f"line {n} from the page")
        said.join()
        page.wait(lambda: len(page.messages()) == 10 and len(lines.heard) == 10, "all is heard by both")

        seen = page.messages()
        self.assertEqual([seq for seq, _, _ in seen], list(range(1, 11)), "seq has no holes")
        self.assertEqual([(user, text) for _, user, text in seen], lines.heard, "one order for both")
        for user, name in ((reader, "page"), (writer, "lines client")):
            mine = [text for author, text in lines.heard if author == user]
            self.assertEqual(mine, [f"line {n} from the {name}" for n in range(5)], "each author's order is kept")

        page.driver.refresh()
        page.wait(lambda: page.messages() == seen, "after a reload the page shows the same again")
        self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    def test_what_is_written_while_the_server_is_away_is_sent_when_it_is_back(self):
        if not self.server:
            self.skipTest("the server at GREENROOM_URL is not ours to kill")
        tag = uuid.uuid4().hex[:8]
        room = "away-" + tag
        page = self.open_page("browser-back.png")
        page.register("Away-" + tag)
        page.enter(room)
        page.send("before")
        page.wait(lambda: page.messages() == [(1, "Away-" + tag, "before")], "the first is sent")
        self.server.kill()
        page.wait(lambda: page.find("connection").get_attribute("data-state") != "open", "the page sees it")
        for text in ("while it was away", "and once more"):
            page.send(text)
        page.wait(lambda: len(page.pending()) == 2, "they are shown as pending")
        self.server.start()
        page.wait(lambda: [text for _, _, text in page.messages()] == ["before", "while it was away", "and once more"],
                  "they are sent, once and in order")
        self.assertEqual(page.pending(), [])
        self.assertEqual([seq for seq, _, _ in page.messages()], [1, 2, 3])

    def test_a_moderator_mutes_erases_and_bans_and_the_person_reads_who_why_and_until_when(self):
        tag = uuid.uuid4().hex[:8]
        ada, bob, room = "Ada-" + tag, "Bob-" + tag, "orderly-" + tag
        moderator, person = self.open_page("browser-moderator.png"), self.open_page("browser-moderated.png")
        moderator.register(ada)
        moderator.enter(room)
        person.register(bob)
        person.enter(room)
        person.send("buy this")
        moderator.wait(lambda: moderator.messages() == [(1, bob, "buy this")], "the message is there")

        clocks = {moderator.clock_in(3600)}
        moderator.choose(bob, "mute", "no adverts", 3600)
        person.wait(lambda: person.banner().startswith("You are muted"), "the muted person is told")
        clocks.add(moderator.clock_in(3600))
        self.assertRegex(person.banner(), rf"^You are muted in this room by {ada}, until .+\. Why: no adverts$")
        self.assertTrue(any(clock in person.banner() for clock in clocks), (person.banner(), clocks))
        self.assertTrue(person.find("composer-text").get_attribute("readOnly"), "nothing is written in vain")
        person.wait(lambda: len(person.acts()) == 1, "the act is in the room")
        self.assertRegex(person.acts()[0], rf"^{ada} muted you until .+: no adverts$")

        moderator.choose(bob, "erase", "advert")
        for page in (moderator, person):
            page.wait(lambda page=page: page.messages() == [(1, bob, "Message removed")], "it is removed for both")
        self.assertEqual(person.acts()[1], f"{ada} removed a message: advert")
        person.driver.refresh()
        person.wait(lambda: person.messages() == [(1, bob, "Message removed")], "it stays removed")
        person.wait(lambda: person.banner().startswith("You are muted"), "and the mute is known after a reload")

        self._lift_the_mute(moderator, bob)
        person.wait(lambda: person.banner() == "", "the mute is over")
        person.send("sorry")
        moderator.wait(lambda: moderator.messages()[-1] == (5, bob, "sorry"), "it is heard again")

        moderator.choose(bob, "ban", "once more", 86400)
        banned = rf"^You are banned from this room by {ada}, until .+\. Why: once more$"
        person.wait(lambda: person.find("conversation").get_attribute("data-state") == "gone", "the person is out")
        self.assertRegex(person.banner(), banned)
        person.driver.refresh()
        person.wait(lambda: person.banner().startswith("You are banned"), "and reads the same when they come again")
        self.assertRegex(person.banner(), banned)

        moderator.wait(lambda: moderator.people() == [ada], "the page shows who is here")
        moderator.open_list("audit")
        moderator.wait(lambda: len(moderator.lines("audit-list")) == 4, "what was done is listed")
        told = [f"You banned {bob}", f"You lifted the mute of {bob}", "You removed a message: advert",
                f"You muted {bob}"]
        for line, words in zip(moderator.lines("audit-list"), told):
            self.assertIn(words, line)
        self.assertEqual(moderator.driver.get_log("browser"), [], "nothing in the browser's console")

    def _lift_the_mute(self, moderator, muted):
        moderator.open_list("sanctions")
        moderator.wait(lambda: any(muted in line and "no adverts" in line for line in moderator.lines("mutes")),
                       "the mute is listed")
        self.assertEqual(moderator.lines("bans"), ["Nobody."])
        moderator.driver.find_element(By.CSS_SELECTOR, f"#mutes [data-user='{muted}'] button").click()
        moderator.wait(lambda: moderator.lines("mutes") == ["Nobody."], "nobody is muted")
        moderator.find("sanctions-close").click()

    def open_page(self, screenshot):
        page = Page(self.url)
        self.addCleanup(page.close)
        self.addCleanup(lambda: page.driver.save_screenshot(str(self.artifacts / screenshot)))
        return page

    @staticmethod
    def _say(lines, text):
        lines.send(text)
        time.sleep(0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
