#!/usr/bin/python3
"""What is a person's own, in the page: drafts, what one is called for, who may write to one, mentions; and what of a room isn't
loaded. Two browsers are two devices."""

import time
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from browser_case import PeopleCase
from browser_page import PASSWORD
from clients import Json, http, ws_url


class OwnThings(PeopleCase):
    SHOTS = "own"

    def devices(self, name, room):
        """Two pages of one person, who is a member of that room and has it open in both."""
        first, second = (self.open_page(f"browser-{name}-{n}.png") for n in (1, 2))
        first.register(self.name(name))
        self.become_member(first, room)
        second.sign_in(self.name(name))
        second.wait(lambda: second.unread(room) is not None, "the second device knows the room")
        second.enter(room)
        return first, second

    def become_member(self, page, room):
        me = page.find("me-name").text
        page.enter(room)
        token = self.token(me)
        http("PUT", f"{self.url}/chat/room/{room}/members/{me}", None, token=token)
        return token

    def drafts(self, token):
        return {each["room"]: each["text"] for each in self.http("GET", "/chat/me/drafts", None, token).json["drafts"]}

    def has_room_of(self, token, **more):
        self.http("POST", "/chat/room", {"room": self.room, **more}, token)

    def nothing_in_the_console(self, *pages):
        for page in pages:
            self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    # ---- drafts

    def test_a_text_is_begun_on_one_device_and_finished_and_sent_on_another(self):
        first, second = self.devices("drafts", self.room)
        token = self.token(self.name("drafts"))
        first.find("composer-text").send_keys("begun here")
        first.wait(lambda: self.drafts(token) == {self.room: "begun here"}, "the server has it, though nothing was sent")
        second.looked_at()
        second.wait(lambda: second.draft() == "begun here", "the other device has it")
        second.find("composer-text").send_keys(", finished there")
        second.enter("tea-" + self.tag)
        self.assertEqual(second.draft(), "")
        second.wait(lambda: self.drafts(token) == {self.room: "begun here, finished there"}, "who leaves a room has it kept at once")
        first.looked_at()
        first.wait(lambda: first.draft() == "begun here, finished there", "and the first one goes on with that")
        second.enter(self.room)
        second.send("!")
        second.wait(lambda: [text for _, _, text in second.messages()] == ["begun here, finished there!"], "it is sent, once")
        second.wait(lambda: self.drafts(token) == {}, "and is no draft any more")
        first.looked_at()
        first.wait(lambda: first.draft() == "", "on neither")
        self.assertEqual(len(first.messages()), 1)
        self.nothing_in_the_console(first, second)

    def test_a_draft_stays_while_the_server_does_not_take_it_and_survives_the_page(self):
        page = self.open_page("browser-draft-kept.png")
        page.register(self.name("kept"))
        token = self.become_member(page, self.room)
        page.driver.execute_cdp_cmd("Network.enable", {})
        page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/chat/me/drafts*"]})
        page.find("composer-text").send_keys("nobody has this but me")
        time.sleep(3)
        self.assertEqual(self.drafts(token), {})
        page.driver.refresh()
        page.wait(lambda: page.draft() == "nobody has this but me", "it is still there")
        page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
        page.driver.refresh()
        page.wait(lambda: self.drafts(token) == {self.room: "nobody has this but me"}, "and goes out when that can be")
        page.find("sign-out").click()
        page.at_the_gate()
        left = page.driver.execute_script("return Object.keys(localStorage).filter(each => each.startsWith('greenroom.draft.'))")
        self.assertEqual(left, [], "nobody's text stays on a device that they left")

    def test_a_message_that_waits_outlives_its_tab(self):
        self.needs_own_server()
        page = self.open_page("browser-outlived.png")
        page.register(self.name("waiting"))
        page.enter(self.room)
        page.send("before")
        page.wait(lambda: len(page.messages()) == 1, "the first is sent")
        self.server.kill()
        page.wait(lambda: page.find("connection").get_attribute("data-state") != "open", "the page sees it")
        for text in ("must not", "get lost"):
            page.send(text)
        page.wait(lambda: page.pending() == ["must not", "get lost"], "they wait")
        driver = page.driver
        old = driver.current_window_handle
        driver.switch_to.new_window("tab")
        new = driver.current_window_handle
        driver.switch_to.window(old)
        driver.close()
        driver.switch_to.window(new)
        self.server.start()
        driver.get(f"{self.url}/#/{self.room}")
        page.wait(lambda: [(seq, text) for seq, _, text in page.messages()] == [(1, "before"), (2, "must not"), (3, "get lost")],
                  "another tab sends them, once and in order")
        self.assertEqual(page.pending(), [])

    def test_rooms_and_ones_last_message_are_at_hand_by_keyboard_and_commands_are_not_said_to_everybody(self):
        page = self.open_page("browser-keys.png")
        page.register(self.name("keys"))
        page.enter(other := "tea-" + self.tag)
        page.enter(self.room)
        field = page.find("composer-text")
        page.send("helo")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        field.send_keys(Keys.ARROW_UP)
        page.wait(lambda: page.draft() == "helo", "the last message is in the field")
        field.send_keys(Keys.BACKSPACE + "lo" + Keys.ENTER)
        page.wait(lambda: page.messages() == [(1, self.name("keys"), "hello")] and page.parts(1)["edited"], "and edited")
        page.send("/hlep")
        self.assertIn("no command", page.find("composer-fault").text)
        self.assertEqual(page.draft(), "/hlep")
        field.clear()
        page.send("/me waves")
        page.wait(lambda: len(page.messages()) == 2 and page.messages()[1][2].endswith("waves"), "an action")
        for room in (other, self.room):
            ActionChains(page.driver).key_down(Keys.ALT).send_keys(Keys.ARROW_DOWN).key_up(Keys.ALT).perform()
            page.wait(lambda room=room: page.find("conversation").get_attribute("data-room") == room, "the next room")
        self.nothing_in_the_console(page)

    def test_on_a_phone_enter_begins_a_line_and_a_thumb_meets_the_buttons(self):
        page = self.open_page("browser-phone.png")
        phone = {"width": 390, "height": 780, "deviceScaleFactor": 1, "mobile": True}
        page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        page.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        page.driver.refresh()
        page.register(self.name("phone"))
        page.enter(self.room)
        page.find("composer-text").send_keys("one" + Keys.ENTER + "two")
        self.assertEqual(page.draft(), "one\ntwo")
        page.find("composer-send").click()
        page.wait(lambda: [text for _, _, text in page.messages()] == ["one\ntwo"], "the button sends")
        for button in ("composer-send", "rooms-open", "people-toggle"):
            size = page.find(button).size
            self.assertGreaterEqual(min(size["width"], size["height"]), 44, button)

    def test_a_wrong_password_leaves_the_focus_where_one_goes_on(self):
        page = self.open_page("browser-focus.png")
        page.sign_in(self.name("nobody"))
        page.wait(lambda: page.find("gate-notice").is_displayed(), "it is refused")
        page.wait(lambda: page.focused() == "password", "one can type again")
        page.register(self.name("focus"))
        page.wait(lambda: page.focused() in ("composer-text", "room-title"), "after that one is in the page")

    # ---- what one is called for

    def test_a_person_chooses_what_they_are_called_for_and_it_is_so_on_their_other_device(self):
        first, second = self.devices("calls", self.room)
        self.has_room_of(ada := self.person("Ada"))
        for page in (first, second):
            page.enter("tea-" + self.tag)
        self.notify(first, self.room, "all")
        first.enter("tea-" + self.tag)
        self.say(ada, "one")
        self.say(ada, "two")
        first.wait(lambda: first.unread(self.room) == 2 and first.driver.title.startswith("(2) "), "the title says it")
        self.notify(first, self.room, "none")
        first.enter("tea-" + self.tag)
        self.say(ada, "three")
        first.wait(lambda: first.unread(self.room) == 1, "it is counted still")
        self.assertFalse(first.driver.title.startswith("("), first.driver.title)
        self.notify(first, self.room, "all")
        first.driver.execute_script("Object.defineProperty(document, 'visibilityState', {get: () => 'hidden', configurable: true})")
        self.say(ada, "four")
        first.wait(lambda: first.driver.title.startswith("(1) "), "and also of the open room, while nobody looks at the page")
        first.driver.execute_script("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
        first.wait(lambda: not first.driver.title.startswith("("), "until somebody does")
        self.notify(first, self.room, "none")
        first.enter("tea-" + self.tag)
        self.assertIn("muted", self.shown(first, self.room).get_attribute("class"))
        second.driver.refresh()
        second.wait(lambda: second.find("conversation").get_attribute("data-state") == "joined", "it is back")
        second.wait(lambda: "muted" in self.shown(second, self.room).get_attribute("class"), "it is so on the other device")
        self.notify(second, self.room, "mentions")
        self.assertNotIn("muted", self.shown(second, self.room).get_attribute("class"))
        self.nothing_in_the_console(first, second)

    def shown(self, page, room):
        return page.driver.find_element(By.CSS_SELECTOR, f"[data-room='{room}'][data-joined='true']")

    def notify(self, page, room, level):
        page.enter(room)
        page.show_people()
        page.wait(lambda: page.find("notify").is_displayed(), "it can be chosen")
        Select(page.find("notify")).select_by_value(level)
        token = self.token(page.find("me-name").text)
        page.wait(lambda: [each["notify"] for each in self.http("GET", "/chat/sync", None, token).json["rooms"]
                           if each["room"] == room] == [level], "the server has it")

    def test_who_is_no_member_has_nothing_to_choose(self):
        self.has_room_of(self.person("Ada"))
        page = self.open_page("browser-visitor.png")
        page.register(self.name("visitor"))
        page.enter(self.room)
        page.show_people()
        self.assertFalse(page.find("notify").is_displayed())

    # ---- who may write to one

    def test_a_person_says_who_may_write_to_them_and_whom_they_blocked(self):
        first, second = self.devices("wanted", self.room)
        ada = self.person("Ada")
        self.http("PUT", f"/chat/room/{self.room}/members/{self.name('Ada')}", None, ada)
        write = lambda: http("POST", self.url + "/chat/direct", {"with": [self.name("wanted")]}, token=ada).status
        self.own(first)
        first.wait(lambda: first.find("own-direct-shared").is_selected(), "the setting is shown")
        first.find("own-direct-nobody").click()
        first.wait(lambda: write() == 403, "nobody new may write")
        self.own(second)
        second.wait(lambda: second.find("own-direct-nobody").is_selected(), "it is so on the other device")
        second.find("own-direct-everyone").click()
        second.wait(lambda: write() in (200, 201), "everybody may")
        self.assertEqual(second.lines("blocked"), ["Nobody."])
        self.http("PUT", f"/chat/me/blocks/{self.name('Ada')}", None, self.token(self.name("wanted")))
        ActionChains(first.driver).send_keys(Keys.ESCAPE).perform()
        self.own(first)
        first.wait(lambda: first.lines("blocked") == [f"{self.name('Ada')}\nUnblock"], "the list has them")
        first.driver.find_element(By.CSS_SELECTOR, "#blocked button").click()
        first.wait(lambda: first.lines("blocked") == ["Nobody."], "and not any more")
        self.assertEqual(first.focused(), "blocked-title", "the focus isn't lost")
        self.nothing_in_the_console(first, second)

    def own(self, page):
        page.find("account-open").click()
        page.wait(lambda: page.find("own").get_attribute("open"), "the dialog opens")

    # ---- what of a room isn't read, or isn't loaded

    def test_a_room_with_much_that_is_new_opens_where_one_stopped_and_only_its_end_makes_it_read(self):
        ada = self.person("Ada")
        self.has_room_of(ada)
        page = self.open_page("browser-unread.png")
        page.register(self.name("reader"))
        token = self.become_member(page, self.room)
        for n in range(1, 4):
            self.say(ada, f"read {n}")
        page.wait(lambda: len(page.messages()) == 3, "they are read")
        page.wait(lambda: self.unread_there(token) == 0, "the server knows it")
        page.enter("tea-" + self.tag)
        self.long_chatter(ada, 250, after=3)
        page.wait(lambda: page.unread(self.room) == 250, "the others are counted")
        page.enter(self.room)
        page.wait(lambda: self.in_sight(page, ".divider.unread"), "the first of them is in sight")
        self.assertTrue(self.in_sight(page, ".message[data-seq='4']"))
        time.sleep(2)
        self.assertEqual(self.unread_there(token), 250, "nobody has read them")
        self.assertEqual(page.find("to-latest-words").text, "250 new messages")
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        page.wait(lambda: self.in_sight(page, ".message[data-seq='253']"), "the end is in sight")
        page.wait(lambda: self.unread_there(token) == 0, "and all of it is read")
        self.nothing_in_the_console(page)

    def unread_there(self, token):
        return next(each["unread"] for each in self.http("GET", "/chat/sync", None, token).json["rooms"] if each["room"] == self.room)

    def in_sight(self, page, selector):
        return page.driver.execute_script("""
            const node = document.querySelector('#messages ' + arguments[0]);
            const [box, window] = [node?.getBoundingClientRect(), document.getElementById('scroller').getBoundingClientRect()];
            return Boolean(node) && box.top >= window.top - 1 && box.bottom <= window.bottom + 1;""", selector)

    def test_pins_far_up_are_listed_and_lead_to_their_messages(self):
        page = self.open_page("browser-pins.png")
        page.register(self.name("pins"))
        page.enter(self.room)
        token = self.token(self.name("pins"))
        for n in range(1, 4):
            self.say(token, f"words {n}")
        self.http("POST", f"/chat/room/{self.room}/acts", {"kind": "pin", "target": 2}, token)
        self.long_chatter(token, 620)
        page.driver.refresh()
        page.wait(lambda: page.messages() and page.messages()[-1][0] == 624, "only the end is here")
        page.show_people()
        page.find("pins-open").click()
        page.wait(lambda: len(page.lines("pins-list")) == 1 and "words 2" in page.lines("pins-list")[0], "it is found")
        page.driver.find_element(By.CSS_SELECTOR, "#pins-list button").click()
        page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, ".message.sought[data-seq='2']"), "it is shown")
        self.http("POST", f"/chat/room/{self.room}/acts", {"kind": "unpin", "target": 2}, token)
        page.wait(lambda: not page.parts(2)["pinned"], "it is taken off")
        page.find("pins-open").click()
        page.wait(lambda: page.find("pins-words").text == "Nothing is pinned here.", "and the list knows it")
        self.nothing_in_the_console(page)

    def test_deleted_authors_are_gone_from_open_pages(self):
        page = self.open_page("browser-deleted.png")
        page.register(self.name("stays"))
        page.enter(self.room)
        kept, erased = self.person("keeps"), self.person("erases")
        self.say(kept, "words that stay")
        self.say(erased, "words that go")
        page.wait(lambda: len(page.messages()) == 2, "both are heard")
        for name, token, choice, shown in (("keeps", kept, "keep", (1, "deleted", "words that stay")),
                                           ("erases", erased, "erase", (2, "deleted", "Message removed"))):
            answer = http("DELETE", f"{self.url}/users/{self.name(name)}", {"password": PASSWORD, "messages": choice}, token=token)
            self.assertEqual(answer.status, 200, answer)
            answered = time.monotonic()
            page.wait(lambda: shown in page.messages(), f"the page shows {shown}")
            self.assertLess(time.monotonic() - answered, 2)
        self.nothing_in_the_console(page)

    def long_chatter(self, token, number, after=4):
        socket = Json(ws_url(self.url) + "/chat/ws", token=token)
        self.addCleanup(socket.drop)
        socket.join(self.room)
        for start in range(0, number, 100):
            ids = [f"{n}-{self.tag}" for n in range(start, min(start + 100, number))]
            socket.say(*({"type": "send", "room": self.room, "id": each, "text": f"chatter {each}"} for each in ids))
            socket.wait_seq(self.room, after + start + len(ids), 60)

    def test_an_address_may_name_a_message(self):
        page = self.open_page("browser-address.png")
        page.register(self.name("far"))
        page.enter(self.room)
        for n in range(1, 4):
            page.send(f"words {n}")
        page.wait(lambda: len(page.messages()) == 3, "they are said")
        page.enter("tea-" + self.tag)
        page.driver.execute_script("location.hash = arguments[0]", f"#/{self.room}/2")
        page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, ".message.sought[data-seq='2']"), "it is shown")
        self.assertTrue(page.driver.current_url.endswith(f"#/{self.room}"))

    def test_edit_is_offered_as_long_as_the_room_allows_it_and_not_to_a_muted_person(self):
        owner = self.person("Ada")
        self.has_room_of(owner)
        page = self.open_page("browser-window.png")
        page.register(self.name("late"))
        page.enter(self.room)
        page.send("hello")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        page.wait(lambda: page.deeds(1) == ["reply", "react", "edit", "copy", "link", "erase"], "it can be edited")
        self.http("PATCH", f"/chat/room/{self.room}", {"edit_window": 0}, owner)
        page.wait(lambda: page.deeds(1) == ["reply", "react", "copy", "link", "erase"], "nobody edits any more")
        page.driver.refresh()
        page.wait(lambda: len(page.messages()) == 1 and page.deeds(1) == ["reply", "react", "copy", "link", "erase"], "after a reload neither")
        self.http("PATCH", f"/chat/room/{self.room}", {"edit_window": 3600}, owner)
        page.wait(lambda: "edit" in page.deeds(1), "and again")
        self.http("PUT", f"/chat/room/{self.room}/mutes/{self.name('late')}", {"reason": "noise"}, owner)
        page.wait(lambda: page.deeds(1) == ["copy", "link", "erase"], "who is muted does nothing but remove")

    # ---- names

    def test_a_name_is_completed_by_keyboard_among_the_members(self):
        page = self.open_page("browser-completion.png")
        page.register(self.name("writer"))
        token = self.become_member(page, self.room)
        for name in ("Bob", "Bobby", "Carl"):
            self.http("PUT", f"/chat/room/{self.room}/members/{self.name(name)}", None, self.person(name))
        page.enter(self.room)
        field = page.find("composer-text")
        field.send_keys("hello @bo")
        page.wait(lambda: page.offers() == [self.name("Bob"), self.name("Bobby")], "two may be meant")
        field.send_keys(Keys.ARROW_DOWN)
        self.assertEqual(field.get_attribute("aria-activedescendant"), "offer-1")
        field.send_keys(Keys.TAB)
        self.assertEqual(page.draft(), f"hello @{self.name('Bobby')} ")
        self.assertEqual((page.offers(), page.focused()), ([], "composer-text"))
        field.send_keys("and @ca")
        page.wait(lambda: page.offers() == [self.name("Carl")], "one may be meant")
        field.send_keys(Keys.ESCAPE)
        self.assertEqual(page.offers(), [])
        field.send_keys("r")
        page.wait(lambda: page.offers() == [self.name("Carl")], "with more of the name it is offered again")
        page.driver.find_element(By.CSS_SELECTOR, "#offers li").click()
        self.assertEqual(page.draft(), f"hello @{self.name('Bobby')} and @{self.name('Carl')} ")
        field.send_keys(Keys.ENTER)
        page.wait(lambda: [text for _, _, text in page.messages()] == [f"hello @{self.name('Bobby')} and @{self.name('Carl')}"],
                  "Enter sends where no names are offered")
        self.assertTrue(token)
        self.nothing_in_the_console(page)

    def test_a_mention_is_highlighted_and_counted_and_its_list_leads_to_it_on_every_device(self):
        first, second = self.devices("named", self.room)
        token = self.token(self.name("named"))
        if http("GET", self.url + "/chat/mentions", token=token).status == 404:
            print("NOT TESTED: mentions: the server has no GET /mentions")
            self.skipTest("the server has no GET /mentions")
        ada, me = self.person("Ada"), self.name("named")
        for page in (first, second):
            page.enter("tea-" + self.tag)
        self.say(ada, "nobody")
        seq = self.say(ada, f"hello @{me.upper()}, and @{me}y")
        self.say(ada, "nobody either")
        for page in (first, second):
            page.wait(lambda page=page: page.unread(self.room) == 3, "three are unread")
            page.wait(lambda page=page: self.shown(page, self.room).get_attribute("data-calls") == "1", "one of them calls")
            self.assertTrue(page.driver.title.startswith("(1) "), page.driver.title)
        first.wait(lambda: first.find("mentions-badge").text == "1", "the button says it")
        ActionChains(first.driver).key_down(Keys.ALT).send_keys("m").key_up(Keys.ALT).perform()
        first.wait(lambda: len(first.lines("mentions-list")) == 1, "it is listed")
        self.assertIn(f"{self.name('Ada')} in {self.room}", first.lines("mentions-list")[0])
        first.driver.find_element(By.CSS_SELECTOR, "#mentions-list a").click()
        first.wait(lambda: first.driver.find_elements(By.CSS_SELECTOR, f".message.sought.mention[data-seq='{seq}']"), "it is shown")
        named = [each.text for each in first.driver.find_elements(By.CSS_SELECTOR, ".named")]
        self.assertEqual(named, [f"@{me.upper()}"])
        first.find("to-latest").click() if first.find("to-latest").is_displayed() else None
        for page in (first, second):
            page.wait(lambda page=page: not page.driver.title.startswith("("), "what is read calls nobody any more")
        second.driver.refresh()
        second.wait(lambda: second.find("conversation").get_attribute("data-state") == "joined", "it is back")
        second.wait(lambda: self.shown(second, self.room).get_attribute("data-calls") == "0", "and the server says the same")
        second.find("mentions-open").click()
        second.wait(lambda: len(second.lines("mentions-list")) == 1, "what was read stays in the list")
        self.nothing_in_the_console(first, second)


if __name__ == "__main__":
    unittest.main(verbosity=2)
