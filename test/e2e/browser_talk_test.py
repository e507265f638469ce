#!/usr/bin/python3
"""Talking with more than plain words: emoji by their names, commands, messages made unread again, people whom one has blocked; and
one's own settings by their addresses. The names of the rows are those of the page's list of what it does."""

import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser_case import PeopleCase


class Talk(PeopleCase):
    SHOTS = "talk"

    def shown(self, page):
        return [text for _, _, text in page.messages()]

    def nothing_in_the_console(self, page):
        self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    @staticmethod
    def has(page, selector):
        return bool(page.driver.find_elements(By.CSS_SELECTOR, selector))

    @staticmethod
    def press(page, *keys):
        ActionChains(page.driver).send_keys(*keys).perform()

    def test_C13_an_emoji_is_found_by_its_name_in_the_field_and_in_the_list(self):
        page = self.page("emoji")
        page.enter(self.room)
        field = page.find("composer-text")
        field.send_keys("so :heart_e")
        page.wait(lambda: page.offers()[:1] == ["heart_eyes"], "it is offered")
        field.send_keys(Keys.TAB)
        self.assertEqual(page.draft(), "so 😍 ")
        field.send_keys("at 12:30 :smile:")
        page.wait(lambda: page.draft() == "so 😍 at 12:30 😄", "written out, it becomes its sign")
        page.find("emoji-open").click()
        self.press_in(page, "black_cat")
        page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, "#emoji-grid .emoji")) == 1, "it is found")
        self.press(page, Keys.ARROW_DOWN, Keys.ENTER)
        page.wait(lambda: page.draft() == "so 😍 at 12:30 😄🐈‍⬛", "it is in the field")
        page.wait(lambda: page.focused() == "composer-text", "where one goes on")
        field.send_keys(Keys.ENTER)
        page.wait(lambda: self.shown(page) == ["so 😍 at 12:30 😄🐈‍⬛"], "it is said")
        page.find("emoji-open").click()
        page.wait(lambda: [each.text for each in page.driver.find_elements(By.CSS_SELECTOR, "#reaction-offered .emoji")] == ["🐈‍⬛"],
                  "it is the one that was used last")
        self.press(page, Keys.ESCAPE)
        self.nothing_in_the_console(page)

    def press_in(self, page, text):
        page.opened("reaction")
        page.wait(lambda: self.has(page, "#emoji-grid .emoji"), "the emoji are there")
        self.press(page, text)

    def test_C12_commands_do_what_they_say_and_an_unknown_one_is_not_sent(self):
        page = self.page("commands")
        me, bob = self.name("commands"), self.person("Bob")
        token = self.token(me)
        self.http("POST", "/chat/room", {"room": self.room}, token)
        page.enter(self.room)
        page.send("/topic tea and cake")
        page.wait(lambda: page.find("room-topic").text == "tea and cake", "the topic is another one")
        page.send("/invite " + self.name("Bob"))
        page.wait(lambda: self.name("Bob") in self.http("GET", f"/chat/room/{self.room}/members", None, token).json["members"], "a member")
        page.send(f"/mute {self.name('Bob')} 10m noise")
        page.wait(lambda: any("muted" in each and each.endswith(": noise") for each in page.acts()), "muted, with the reason")
        page.send("/shrug well")
        page.wait(lambda: self.shown(page) == ["well ¯\\_(ツ)_/¯"], "it is said")
        page.send("/jion tea")
        page.wait(lambda: "is no command here" in page.find("composer-fault").text, "the page says so")
        self.assertEqual(page.draft(), "/jion tea")
        page.find("composer-text").clear()
        page.send("/invite nobody-" + self.tag)
        page.wait(lambda: "There is no one called" in page.find("composer-fault").text, "there is nobody of that name")
        self.assertEqual(page.draft(), "/invite nobody-" + self.tag, "the words are there again")
        page.find("composer-text").clear()
        page.send(f"/msg {self.name('Bob')} hello")
        page.wait(lambda: self.shown(page) == ["hello"], "it is said to one alone")
        self.assertEqual(page.find("conversation").get_attribute("data-room"), f"@{self.name('Bob').lower()},{me.lower()}")
        page.send("/join " + self.room)
        page.wait(lambda: page.is_in(self.room, "joined"), "back in the room")
        page.send("/help")
        self.assertIn("/kick ann why", page.opened("help").text)
        self.press(page, Keys.ESCAPE)
        self.assertEqual(self.shown(page), ["well ¯\\_(ツ)_/¯"], "of all that nothing was said to everybody")
        self.assertTrue(bob)
        self.nothing_in_the_console(page)

    def test_C6_a_message_and_what_follows_is_unread_again_by_the_keyboard(self):
        ada, page = self.person("Ada"), self.page("unread")
        self.http("POST", "/chat/room", {"room": self.room}, ada)
        page.enter(self.room)
        for n in range(1, 6):
            self.say(ada, f"words {n}")
        page.wait(lambda: len(page.messages()) == 5, "they are here")
        page.find("scroller").click()
        page.driver.execute_script("document.getElementById('scroller').focus()")
        self.press(page, Keys.ARROW_UP, Keys.ARROW_UP, Keys.ARROW_UP, "u")
        page.wait(lambda: self.has(page, ".divider.unread"), "the line is there")
        page.enter("tea-" + self.tag)
        page.wait(lambda: page.unread(self.room) == 3, "three are unread")
        page.driver.refresh()
        page.wait(lambda: page.unread(self.room) == 3, "after a reload, too")
        page.enter(self.room)
        page.wait(lambda: self.has(page, ".divider.unread + .message[data-seq='3']"), "it opens there")
        self.press(page, Keys.ESCAPE)
        page.enter("tea-" + self.tag)
        page.wait(lambda: page.unread(self.room) == 0, "it is read")
        self.nothing_in_the_console(page)

    def test_C6_by_the_keyboard_one_answers_the_message_that_has_the_focus(self):
        ada, page = self.person("Ada"), self.page("keys")
        self.http("POST", "/chat/room", {"room": self.room}, ada)
        page.enter(self.room)
        for n in (1, 2):
            self.say(ada, f"words {n}")
        page.wait(lambda: len(page.messages()) == 2, "they are here")
        page.driver.execute_script("document.getElementById('scroller').focus()")
        self.press(page, Keys.ARROW_UP, Keys.ARROW_UP, "r")
        page.wait(lambda: "words 1" in page.find("composing-words").text, "it is answered")
        page.send("so do I")
        page.wait(lambda: len(page.messages()) == 3 and page.parts(3)["quote"] == "“words 1”", "and the answer shows it")
        page.driver.execute_script("document.getElementById('scroller').focus()")
        self.press(page, Keys.ARROW_UP, Keys.ENTER)
        page.opened("deeds")
        self.press(page, Keys.ESCAPE)
        self.nothing_in_the_console(page)

    def test_D3_D4_a_name_leads_to_the_person_and_what_a_blocked_one_writes_is_hidden(self):
        ada, eve, page = self.person("Ada"), self.person("Eve"), self.page("calm")
        self.http("POST", "/chat/room", {"room": self.room}, ada)
        page.enter(self.room)
        self.say(ada, "good morning")
        for text in ("buy", "cheap"):
            self.say(eve, text)
        page.wait(lambda: len(page.messages()) == 3, "they are here")
        page.driver.find_element(By.CSS_SELECTOR, f".message[data-from='{self.name('Ada')}'] .author").click()
        page.opened("deeds")
        self.assertEqual((page.find("deeds-title").text, page.find("deeds-words").text), (self.name("Ada"), "Owns this room"))
        self.press(page, Keys.ESCAPE)
        page.driver.find_element(By.CSS_SELECTOR, f".message[data-from='{self.name('Eve')}'] .author").click()
        page.opened("deeds").find_element(By.CSS_SELECTOR, "[data-deed='block']").click()
        page.opened("deed")
        page.find("deed-yes").click()
        page.wait(lambda: self.shown(page) == ["good morning"], "what she said is hidden")
        self.assertIn("2 messages by somebody whom you have blocked", page.driver.find_element(By.CSS_SELECTOR, ".hidden-words").text)
        self.say(eve, f"@{self.name('calm')} look")
        page.wait(lambda: "3 messages" in page.driver.find_element(By.CSS_SELECTOR, ".hidden-words").text, "and what she says now")
        page.driver.refresh()
        page.wait(lambda: self.shown(page) == ["good morning"], "after a reload, and so on every device")
        page.driver.find_element(By.CSS_SELECTOR, ".hidden-words button").click()
        page.wait(lambda: len(page.messages()) == 4, "they are shown where that is wanted")
        self.nothing_in_the_console(page)

    def test_B6_a_part_of_ones_settings_has_an_address(self):
        page = self.page("settings")
        page.enter(self.room)
        for part, selector in (("password", "#access[open] #access-old_password"), ("sessions", "#sessions-part[open] #sessions"),
                               ("appearance", "#looks select:focus"), ("language", "#look-language:focus"), ("notifications", "#calls:not([disabled])")):
            page.driver.execute_script("location.hash = '#/settings/' + arguments[0]", part)
            page.opened("own")
            page.wait(lambda selector=selector: self.has(page, selector), part)
            self.assertTrue(page.driver.current_url.endswith("#/" + self.room), "the room stays the address")
            self.press(page, Keys.ESCAPE)
        self.nothing_in_the_console(page)

    def test_D8_the_page_is_mirrored_for_languages_that_are_written_from_right_to_left(self):
        page = self.page("mirror")
        page.enter(self.room)
        page.send("שלום")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        places = """return ['rooms', 'conversation', 'composer-send'].map((id) => {
            const box = document.getElementById(id).getBoundingClientRect(); return [box.left, box.right]; });"""
        width = page.driver.execute_script("return document.documentElement.clientWidth")
        before = page.driver.execute_script(places)
        page.driver.execute_script("document.documentElement.dir = 'rtl'")
        after = page.driver.execute_script(places)
        for (left, right), (new_left, new_right) in zip(before, after):
            self.assertAlmostEqual(new_left, width - right, delta=1)
            self.assertAlmostEqual(new_right, width - left, delta=1)
        self.assertEqual(page.driver.execute_script("return document.documentElement.scrollWidth"), width, "nothing sticks out")


if __name__ == "__main__":
    unittest.main(verbosity=2)
