#!/usr/bin/python3
"""What people do in the page all day: come by a link, read what is new, go elsewhere by keyboard, write with signs, change their
password; and what a page with many rooms, or with a room that is not there, shows."""

import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser_case import PeopleCase
from browser_page import PASSWORD
from clients import http


class Daily(PeopleCase):
    SHOTS = "daily"

    def make(self, token, room=None, **more):
        self.http("POST", "/chat/room", {"room": room or self.room, **more}, token)

    def rooms(self, token):
        return [each["room"] for each in self.http("GET", "/chat/rooms?limit=500", None, token).json["rooms"]]

    @staticmethod
    def press(page, *keys, held=()):
        chain = ActionChains(page.driver)
        for key in held:
            chain.key_down(key)
        chain.send_keys(*keys)
        for key in reversed(held):
            chain.key_up(key)
        chain.perform()

    @staticmethod
    def opened(page):
        return page.find("conversation").get_attribute("data-room")

    @staticmethod
    def has(page, selector):
        return bool(page.driver.find_elements(By.CSS_SELECTOR, selector))

    def nothing_in_the_console(self, page):
        self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    # ---- rooms

    def test_an_address_makes_no_room_until_that_is_wanted(self):
        page = self.page("typo")
        token = self.token(self.name("typo"))
        for where in ("#/%", "#/%E0%A4%A", "#/a%20b", "#/%00", "#/x/0"):
            page.driver.execute_script("location.hash = arguments[0]", where)
        page.driver.execute_script("location.hash = '#/' + arguments[0]", self.room)
        page.wait(lambda: page.banner() == f"There is no room “{self.room}”.", "the page says so")
        self.assertNotIn(self.room, self.rooms(token))
        self.assertIsNone(page.unread(self.room), "nor is it among one's rooms")
        page.find("banner-action").click()
        self.assertEqual(page.find("new-room-name").get_attribute("value"), self.room)
        page.driver.find_element(By.CSS_SELECTOR, "#new-room-form button[type=submit]").click()
        page.wait(lambda: page.is_in(self.room, "joined"), "it is made")
        self.assertIn(self.room, self.rooms(token))
        self.nothing_in_the_console(page)

    def test_a_private_room_is_never_called_open(self):
        owner = self.person("owner")
        page = self.page("guest")
        self.make(owner, access="private", members=[self.name("guest")])
        page.driver.execute_script("""
            window.seen = [];
            const about = document.getElementById('room-about');
            const note = () => window.seen.push(document.getElementById('conversation').dataset.room + ': ' + about.textContent);
            new MutationObserver(note).observe(about, {childList: true, characterData: true, subtree: true});
            location.hash = '#/' + arguments[0];""", self.room)
        page.wait(lambda: page.find("room-about").text == "Private room", "it is called private")
        self.assertTrue(self.has(page, "#room-title use[href='#icon-lock']"), "and has its lock")
        seen = [words for words in page.driver.execute_script("return window.seen") if words.startswith(self.room)]
        self.assertFalse([words for words in seen if "Open" in words], seen)

    def test_rooms_of_two_tabs_are_all_remembered(self):
        page = self.open_page("browser-daily-tabs.png")
        page.register(self.name("tabs"))
        first = page.driver.current_window_handle
        page.driver.switch_to.new_window("tab")
        second = page.driver.current_window_handle
        page.driver.get(self.url + "/")
        page.wait(lambda: page.find("connection").get_attribute("data-state") == "open", "the second tab is in")
        owner = self.person("owner")
        rooms = [f"{letter}-{self.tag}" for letter in "xyz"]
        for room in rooms:
            self.make(owner, room)
        for handle, room in ((first, rooms[0]), (second, rooms[1]), (first, rooms[2])):
            page.driver.switch_to.window(handle)
            page.enter(room)
        page.driver.refresh()
        page.wait(lambda: all(page.unread(room) is not None for room in rooms), "all are there")

    # ---- reading and going

    def test_a_bar_says_what_is_new_and_makes_it_read(self):
        owner = self.person("owner")
        self.make(owner)
        page = self.page("reader")
        token = self.token(self.name("reader"))
        http("PUT", f"{self.url}/chat/room/{self.room}/members/{self.name('reader')}", None, token=token)
        for n in range(60):
            self.say(owner, f"new {n}")
        page.wait(lambda: page.unread(self.room) == 60, "they are counted")
        page.enter(self.room)
        page.wait(lambda: page.find("unread-bar").is_displayed(), "the bar is there")
        self.assertRegex(page.find("unread-words").text, r"^60 new messages since \d")
        page.find("unread-read").click()
        page.wait(lambda: not page.find("unread-bar").is_displayed(), "they are read")
        unread = lambda: next(each["unread"] for each in self.http("GET", "/chat/sync", None, token).json["rooms"])  # noqa: E731
        page.wait(lambda: unread() == 0, "and the server knows it")
        self.nothing_in_the_console(page)

    def test_places_are_found_and_keys_are_told(self):
        owner = self.person("owner")
        page = self.page("quick")
        for room in (self.room, "garden-" + self.tag):
            self.make(owner, room)
        page.enter(self.room)
        page.looked_at()
        page.wait(lambda: self.has(page, f"[data-room='garden-{self.tag}']"), "the other room is listed")
        self.press(page, "k", held=(Keys.CONTROL,))
        page.wait(lambda: page.focused() == "switcher-text", "the list of places is open")
        self.press(page, "garden-" + self.tag, Keys.ENTER)
        page.wait(lambda: self.opened(page) == "garden-" + self.tag, "one is there")
        self.press(page, "k", held=(Keys.CONTROL,))
        self.press(page, Keys.ENTER)
        page.wait(lambda: self.opened(page) in (self.room, "garden-" + self.tag), "the last one is first")
        page.enter(self.room)
        self.say(owner, "look", "garden-" + self.tag)
        page.wait(lambda: page.unread("garden-" + self.tag) == 1, "something is new elsewhere")
        self.press(page, Keys.ARROW_DOWN, held=(Keys.ALT, Keys.SHIFT))
        page.wait(lambda: self.opened(page) == "garden-" + self.tag, "one is where that is")
        self.press(page, "/", held=(Keys.CONTROL,))
        page.wait(lambda: page.find("help").is_displayed(), "the keys are told")
        self.assertIn("Ctrl K", page.find("shortcuts").text)
        self.press(page, Keys.ESCAPE)
        for part in ("people", "rooms", "scroller"):
            self.press(page, Keys.F6)
            inside = "return document.getElementById(arguments[0]).contains(document.activeElement)"
            if part != "people" or page.find("people").is_displayed():
                page.wait(lambda part=part: page.driver.execute_script(inside, part), f"F6 leads to {part}")
        page.enter(self.room)
        self.say(owner, "look again", "garden-" + self.tag)
        page.wait(lambda: page.unread("garden-" + self.tag) == 1, "something is new elsewhere again")
        self.press(page, Keys.ESCAPE, held=(Keys.SHIFT,))
        page.wait(lambda: page.unread("garden-" + self.tag) == 0, "all is read")
        self.nothing_in_the_console(page)

    # ---- writing

    def test_signs_are_shown_as_they_are_meant_and_nothing_is_markup(self):
        page = self.page("signs")
        page.enter(self.room)
        token = self.token(self.name("signs"))
        text = "**bold** `code` <b>no</b> ||hidden||\n```js\nlet x = '<i>';\n```\n> said\n- one\n- two"
        seq = self.say(token, text)
        message = f".message[data-seq='{seq}'] .text"
        page.wait(lambda: self.has(page, message + " strong"), "it is shown as meant")
        for selector in ("code", ".fence pre code", "blockquote", "ul.said-list li"):
            self.assertTrue(self.has(page, f"{message} {selector}"), selector)
        for selector in ("b", "i", ".spoiled"):
            self.assertFalse(self.has(page, f"{message} {selector}"), selector)
        self.assertNotIn("hidden", page.driver.find_element(By.CSS_SELECTOR, message).text)
        page.driver.find_element(By.CSS_SELECTOR, message + " .spoiler").click()
        self.assertIn("hidden", page.driver.find_element(By.CSS_SELECTOR, message).text)
        page.begin(seq, "source")
        page.wait(lambda: page.messages()[-1][2] == text, "it is shown as it was written")
        page.begin(seq, "source")
        page.wait(lambda: self.has(page, message + " strong"), "and as meant again")
        seq = self.say(token, "2*3*4 snake_case ¯\\_(ツ)_/¯ **open")
        page.wait(lambda: page.messages()[-1] == (seq, self.name("signs"), "2*3*4 snake_case ¯\\_(ツ)_/¯ **open"), "as written")
        self.nothing_in_the_console(page)

    def test_several_messages_are_copied_as_a_log(self):
        page = self.page("copy")
        page.enter(self.room)
        for text in ("one", "two"):
            page.send(text)
        page.wait(lambda: len(page.messages()) == 2, "both are there")
        copied = page.driver.execute_script("""
            getSelection().selectAllChildren(document.getElementById('messages'));
            const event = new ClipboardEvent('copy', {bubbles: true, cancelable: true, clipboardData: new DataTransfer()});
            document.getElementById('messages').dispatchEvent(event);
            return event.clipboardData.getData('text/plain');""")
        me = self.name("copy")
        self.assertRegex(copied, rf"^\[[^\]]+\] {me}: one\n\[[^\]]+\] {me}: two$")

    # ---- oneself

    def test_the_password_is_changed_and_other_devices_are_signed_out(self):
        page = self.page("careful")
        other = self.token(self.name("careful"))
        page.find("account-open").click()
        page.wait(lambda: page.find("own").is_displayed(), "one's own things are open")
        for part in ("access", "sessions-part"):
            page.driver.find_element(By.CSS_SELECTOR, f"#{part} summary").click()
        page.wait(lambda: len(page.lines("sessions")) >= 2, "both sessions are listed")
        self.assertTrue(page.lines("sessions")[0].startswith("Here"), page.lines("sessions"))
        fresh = "another few words in a row"
        for field, text in (("old_password", "wrong"), ("new_password", fresh), ("again", fresh)):
            page.find("access-" + field).send_keys(text)
        page.find("access-again").send_keys(Keys.ENTER)
        page.wait(lambda: page.find("access-fault").text == "The old one is not your password.", "a wrong one is refused")
        page.find("access-old_password").clear()
        page.find("access-old_password").send_keys(PASSWORD, Keys.ENTER)
        page.wait(lambda: page.find("access-done").text.startswith("Your password is changed"), "it is changed")
        page.wait(lambda: len(page.lines("sessions")) == 1, "only this session is left")
        self.assertEqual(http("GET", self.url + "/users/verify", token=other).status, 401)
        self.http("POST", "/users/login", {"username": self.name("careful"), "password": fresh})
        self.assertEqual(page.find("connection").get_attribute("data-state"), "open")

    def test_compact_shows_far_more_messages_and_stays(self):
        owner = self.person("owner")
        self.make(owner)
        page = self.page("dense")
        page.enter(self.room)
        page.find("account-open").click()
        page.opened("own")
        heights = []
        for density in ("cosy", "compact"):
            page.choose_look("density", density)
            if density == "cosy":
                self.say(owner, "one")
                page.wait(lambda: self.has(page, ".message"), "a message")
            heights.append(page.driver.find_element(By.CSS_SELECTOR, ".message.lead").size["height"])
        self.assertLess(heights[1], 25, heights)
        self.assertGreater(heights[0], 1.9 * heights[1], heights)
        page.driver.refresh()
        page.wait(lambda: page.driver.find_element(By.TAG_NAME, "body").get_attribute("data-density") == "compact", "it stays")

    def test_somebody_who_looks_elsewhere_is_called_once_for_what_mentions_them(self):
        owner = self.person("owner")
        page = self.page("away")
        self.make(owner)
        page.enter(self.room)
        # The page keeps the constructor that it found at its start, so it starts again with this one.
        page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            window.calls = [];
            window.Notification = Object.assign(function (title, more) { window.calls.push([title, more.body, more.tag]); },
                                                {permission: 'granted', requestPermission: async () => 'granted'});
            Object.defineProperty(document, 'visibilityState', {get: () => window.hides ? 'hidden' : 'visible'});"""})
        page.driver.refresh()
        page.wait(lambda: page.is_in(self.room, "joined"), "the page is back")
        page.find("account-open").click()
        page.wait(lambda: page.find("calls").is_displayed(), "one's own things are open")
        page.find("calls").click()
        self.press(page, Keys.ESCAPE)
        token = self.token(self.name("away"))
        http("PUT", f"{self.url}/chat/room/{self.room}/members/{self.name('away')}", None, token=token)
        me = self.name("away")
        self.say(owner, f"@{me} seen")
        page.wait(lambda: len(page.messages()) == 1, "it is seen")
        page.driver.execute_script("window.hides = true; document.dispatchEvent(new Event('visibilitychange'))")
        self.say(owner, "nothing for them")
        seq = self.say(owner, f"@{me} look")
        page.wait(lambda: page.driver.execute_script("return window.calls").__len__() == 1, "one is called")
        time.sleep(0.5)
        calls = page.driver.execute_script("return window.calls")
        self.assertEqual(calls, [[f"{self.name('owner')} in {self.room}", f"@{me} look", f"{self.room}/{seq}"]])


if __name__ == "__main__":
    unittest.main()
