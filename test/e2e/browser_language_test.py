#!/usr/bin/python3
"""D8: the page in somebody's language, in all that it says. B6: how it looks and speaks on a device, as its person chose."""

import json
import re
import subprocess
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser_case import PeopleCase
from clients import http
from processes import ROOT

TABLES = """const read = async (path) => Object.values(await import(path))[0];
const [client, page, more] = await Promise.all(['clients/js/src/english.js', 'web/english.js', 'web/english_more.js'].map((path) =>
  read(new URL(path, process.argv[1]).href)));
const german = await read(new URL('web/german.js', process.argv[1]).href);
console.log(JSON.stringify([{...client, ...page, ...more}, german]));"""
# All that the page shows or tells, also where it isn't open now.
SAID = """const texts = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) if (!walker.currentNode.parentElement.closest('script, noscript')) texts.push(walker.currentNode.data);
for (const node of document.body.querySelectorAll('*'))
  for (const name of ['aria-label', 'title', 'placeholder']) if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
return texts.map((text) => text.trim().replace(/\\s+/g, ' '));"""


def only_english():
    """Sentences without values that German says in another way."""
    done = subprocess.run(["node", "--input-type=module", "-e", TABLES, f"file://{ROOT}/"], check=True, capture_output=True, text=True)
    english, german = json.loads(done.stdout)
    html = (ROOT / "web/index.html").read_text()
    fixed = {key: " ".join(text.split()) for key, text in re.findall(r' data-say="(\w+)"[^<>]*>([^<>]*)<', html)}
    for attribute, name in (("aria-label", "label"), ("title", "title"), ("placeholder", "hint")):
        for tag, key in re.findall(rf'(<[^<>]* data-say-{name}="(\w+)"[^<>]*>)', html):
            fixed[key] = re.search(rf' {attribute}="([^"]*)"', tag).group(1)
    same = {text for text in german.values() if isinstance(text, str)}
    return {text for text in {**english, **fixed}.values() if isinstance(text, str) and "{" not in text} - same


class Languages(PeopleCase):
    SHOTS = "language"

    def assert_german(self, page, state):
        """Nothing that the page says is English."""
        left = self.english & set(page.driver.execute_script(SAID))
        # What the languages call themselves.
        self.assertEqual(left - {"English"}, set(), state)

    def text(self, page, element_id, words):
        page.wait(lambda: page.find(element_id).text == words, f"{element_id}: {words}")

    def test_D8_somebody_who_reads_german_reads_nothing_else(self):
        self.english = only_english()
        ada = self.person("ada")
        self.http("POST", "/chat/room", {"room": self.room}, ada)
        seq = self.say(ada, "Guten Morgen")
        http("PATCH", f"{self.url}/chat/room/{self.room}", {"slow": 2}, token=ada)
        self.http("POST", f"/chat/room/{self.room}/acts", {"kind": "pin", "target": seq}, ada)
        page = self.open_page("browser-language-german.png", languages="de-DE,de,en")
        page.at_the_gate()
        self.assertEqual(page.driver.execute_script("return [document.documentElement.lang, document.documentElement.dir]"), ["de", "ltr"])
        self.text(page, "gate-title", "Anmelden")
        page.find("gate-submit").click()
        self.text(page, "username-fault", "Gib einen Namen ein.")
        page.sign_in(self.name("nobody"))
        self.text(page, "gate-notice", "Dieser Name und dieses Passwort gehören nicht zusammen.")
        self.assert_german(page, "gate")
        page.driver.refresh()
        page.register(self.name("German"))
        self.text(page, "connection", "Verbunden")
        self.text(page, "room-title", "Willkommen")
        self.assert_german(page, "welcome")
        page.enter(self.room)
        page.wait(lambda: page.messages(), "the room is there")
        page.show_people()
        self.text(page, "room-about", "Offen für alle · eine Nachricht in 2 Sekunden")
        self.assertEqual(page.find("composer-text").get_attribute("placeholder"), f"Nachricht an {self.room}")
        self.assertEqual(page.acts()[-1], f"{self.name('ada')} hat eine Nachricht angeheftet")
        self.assertIn("Heute", page.driver.find_element(By.ID, "messages").text)
        self.assertRegex(page.driver.find_element(By.CSS_SELECTOR, ".message time").text, r"^\d\d:\d\d$")
        self.assert_german(page, "room")
        self.assertIn("reply", page.deeds(seq))
        page.find("account-open").click()
        page.opened("own")
        self.text(page, "own-title", "Dein Konto")
        # By now all dialogs are there, those that are closed, too.
        self.assert_german(page, "settings")
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        ActionChains(page.driver).key_down(Keys.CONTROL).send_keys("k").key_up(Keys.CONTROL).perform()
        page.opened("switcher")
        self.assert_german(page, "switcher")
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        page.find("emoji-open").click()
        page.opened("reaction")
        page.wait(lambda: len(page.driver.find_elements(By.CSS_SELECTOR, "#emoji-grid .emoji")) > 9, "emoji are here")
        self.assert_german(page, "emoji")
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        self.http("POST", f"/chat/room/{self.room}/acts", {"kind": "ban", "user": self.name("German"), "reason": "Lärm"}, ada)
        page.wait(lambda: page.banner() == f"Du bist aus diesem Raum ausgesperrt (von {self.name('ada')}, bis jemand das zurücknimmt). "
                                           "Grund: Lärm", "it is told why not")
        self.assert_german(page, "banned")

    def test_D8_another_language_holds_at_once_and_no_draft_is_lost(self):
        page = self.page("switching")
        self.http("POST", "/chat/room", {"room": self.room}, self.token(self.name("switching")))
        page.enter(self.room)
        page.send("said")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        page.find("composer-text").send_keys("half a sentence")
        first = page.driver.current_window_handle
        address = page.driver.current_url
        page.driver.switch_to.new_window("tab")
        page.driver.get(address)
        page.wait(lambda: page.draft() == "half a sentence", "the other tab has it")
        second = page.driver.current_window_handle
        page.driver.switch_to.window(first)
        page.driver.execute_script("location.hash = '#/settings/language'")
        page.opened("own")
        page.wait(lambda: page.focused() == "look-language", "the address leads to it")
        # By keyboard: behind what the browser has, English and German.
        ActionChains(page.driver).send_keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN).perform()
        self.assert_speaks_german(page)
        self.text(page, "own-title", "Dein Konto")
        ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        self.assertEqual(page.draft(), "half a sentence")
        page.driver.switch_to.window(second)
        self.assert_speaks_german(page)
        self.assertEqual(page.draft(), "half a sentence")
        page.driver.refresh()
        page.wait(lambda: page.is_in(self.room, "joined"), "it is back")
        self.assert_speaks_german(page)
        page.wait(lambda: page.draft() == "half a sentence", "after a reload, too")
        page.find("account-open").click()
        page.opened("own")
        page.choose_look("language", "en")
        self.text(page, "own-title", "Your account")
        page.wait(lambda: "Today" in page.find("messages").text, "and back")
        self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    def assert_speaks_german(self, page):
        page.wait(lambda: page.driver.execute_script("return document.documentElement.lang") == "de", "it is German")
        page.wait(lambda: page.find("composer-text").get_attribute("placeholder") == f"Nachricht an {self.room}", "the field is")
        page.wait(lambda: "Heute" in page.find("messages").get_attribute("textContent"), "what was drawn before is drawn anew")
        self.assertEqual(page.find("room-leave").get_attribute("textContent"), "Raum verlassen")


LOOKS = """const style = getComputedStyle(document.documentElement);
return {theme: style.colorScheme, paper: getComputedStyle(document.body).backgroundColor, size: style.fontSize,
  density: document.body.dataset.density, clock: document.querySelector('.message time').textContent, lang: document.documentElement.lang};"""


class Looks(PeopleCase):
    SHOTS = "looks"

    def test_B6_each_choice_holds_at_once_in_other_tabs_and_after_a_reload(self):
        page = self.page("chooser")
        self.http("POST", "/chat/room", {"room": self.room}, self.token(self.name("chooser")))
        page.enter(self.room)
        page.send("said")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "light"}]})
        address, first = page.driver.current_url, page.driver.current_window_handle
        page.driver.switch_to.new_window("tab")
        page.driver.get(address)
        page.wait(page.messages, "the other tab shows it, too")
        second = page.driver.current_window_handle
        page.driver.switch_to.window(first)
        page.driver.execute_script("location.hash = '#/settings/appearance'")
        page.opened("own")
        page.wait(lambda: page.focused() == "look-theme", "the address leads to it")
        for name, value, shown in (("theme", "dark", {"theme": "dark", "paper": "rgb(16, 20, 18)"}),
                                   ("theme", "light", {"theme": "light", "paper": "rgb(244, 246, 242)"}),
                                   ("theme", "dark", {"theme": "dark", "paper": "rgb(16, 20, 18)"}),
                                   ("size", "112.5", {"size": "18px"}), ("density", "compact", {"density": "compact"}),
                                   ("clock", "24", {"clock": r"^\d\d:\d\d$"}), ("clock", "12", {"clock": r"^\d\d:\d\d.[AP]M$"}),
                                   ("language", "de", {"lang": "de"})):
            page.choose_look(name, value)
            for tab in (first, second):
                page.driver.switch_to.window(tab)
                self.assert_looks(page, shown)
            page.driver.switch_to.window(first)
        page.driver.refresh()
        page.wait(page.messages, "it is back")
        self.assert_looks(page, {"theme": "dark", "paper": "rgb(16, 20, 18)", "size": "18px", "density": "compact",
                                 "clock": r"^\d\d:\d\d.[AP]M$", "lang": "de"})
        self.assertEqual(page.driver.execute_script("return performance.getEntriesByType('resource').find(({name}) => "
                                                    "/main[^/]*\\.js$/.test(name)).renderBlockingStatus"), "blocking",
                         "nothing is painted before the looks are known")
        self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")

    def assert_looks(self, page, shown):
        def fits():
            looks = page.driver.execute_script(LOOKS)
            return all(re.search(words, looks[name]) if words.startswith("^") else looks[name] == words for name, words in shown.items())
        page.wait(fits, str(shown))


if __name__ == "__main__":
    unittest.main(verbosity=2)
