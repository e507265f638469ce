#!/usr/bin/python3
"""P6: the page in every main state, light, dark and in forced colours, on a desktop, on a phone and on the smallest screen: axe-core
finds nothing in it, nothing sticks out; and each is kept as a picture. P7: the console stays empty."""

import pathlib
import unittest
import uuid

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser_case import BrowserCase
from browser_page import PASSWORD
from clients import http
from processes import EXECUTABLE

AXE = pathlib.Path(EXECUTABLE).parent / "page/tools/node_modules/axe-core/axe.min.js"
SIZES = {"desktop": (1280, 800), "phone": (390, 780), "small": (320, 568)}
# What changes its colour slowly would be looked at in between.
STILL = ("prefers-reduced-motion", "reduce")
THEMES = {"light": [("prefers-color-scheme", "light"), STILL], "dark": [("prefers-color-scheme", "dark"), STILL],
          "forced": [("prefers-color-scheme", "dark"), ("forced-colors", "active"), STILL]}
RUN = """const done = arguments[0];
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(
  ({violations}) => done(violations.map(({id, help, nodes}) => `${id}: ${help}: ${nodes.map(({html}) => html.slice(0, 120)).join(' | ')}`)),
  (error) => done([String(error)]));"""


@unittest.skipUnless(AXE.exists(), "NOT TESTED: axe-core is not here, for npm could not be reached when the page was built")
class Looks(BrowserCase):
    def setUp(self):
        self.tag = uuid.uuid4().hex[:6]
        self.faults = []

    def look(self, page, state):
        """Looks at the page as it is now, in all themes and sizes."""
        page.driver.execute_script(AXE.read_text())
        for size, (width, height) in SIZES.items():
            page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
            for theme, features in THEMES.items():
                page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                            {"features": [{"name": name, "value": value} for name, value in features]})
                where = f"{state}, {size}, {theme}"
                self.faults += [f"{where}: {fault}" for fault in page.driver.execute_async_script(RUN)]
                wide, seen = page.driver.execute_script("return [document.documentElement.scrollWidth, innerWidth]")
                if wide > seen:
                    self.faults.append(f"{where}: {wide - seen} px stick out")
                page.driver.save_screenshot(str(self.artifacts / f"look-{state}-{size}-{theme}.png"))
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    def person(self, name):
        self.http("POST", "/users/register", {"username": name + self.tag, "password": PASSWORD})
        return self.token(name + self.tag)

    def say(self, token, room, text, **more):
        return self.http("POST", f"/chat/room/{room}/messages", {"text": text, **more}, token).json["seq"]

    def room_with_talk(self, me, mine):
        """A room in which there is one of everything."""
        room, ada, eve = "garden-" + self.tag, self.person("Ada"), self.person("Eve")
        self.http("POST", "/chat/room", {"room": room}, mine)
        self.say(ada, room, "Good morning. **Tea** is ready, see https://example.org/tea\n> at nine?\n- green\n- black")
        seq = self.say(ada, room, "```js\nkettle.on();\n```\nand ||a secret||, `inline`")
        self.say(mine, room, "On my way")
        self.say(eve, room, "buy cheap things")
        self.say(ada, room, f"@{me} hurry!")
        for act in ({"kind": "react", "target": seq, "text": "👍"}, {"kind": "pin", "target": seq}):
            self.http("POST", f"/chat/room/{room}/acts", act, mine)
        http("PUT", f"{self.url}/chat/me/blocks/Eve{self.tag}", None, token=mine)
        http("PATCH", f"{self.url}/chat/room/{room}", {"topic": "Whatever grows, and whoever waters it"}, token=mine)
        return room

    def test_nothing_is_wrong_in_any_state(self):
        page = self.open_page("browser-looks.png")
        page.at_the_gate()
        self.look(page, "gate")
        page.find("gate-switch").click()
        page.find("gate-submit").click()
        self.look(page, "gate-fault")
        me = "Me" + self.tag
        page.sign_in(me)
        page.wait(lambda: page.find("connection").get_attribute("data-state") == "open", "signed in")
        page.wait(lambda: page.find("welcome").is_displayed(), "no room yet")
        page.wait(lambda: not page.driver.find_elements(By.CSS_SELECTOR, ".toast"), "the notes are gone")
        self.look(page, "welcome")
        room = self.room_with_talk(me, self.token(me))
        page.enter(room)
        page.driver.refresh()
        page.wait(lambda: page.is_in(room, "joined") and len(page.messages()) == 4, "all is there")
        page.show_people()
        self.look(page, "room")
        page.find("composer-text").send_keys("hello :smi")
        page.wait(lambda: page.offers(), "emoji are offered")
        self.look(page, "offers")
        page.find("composer-text").send_keys(Keys.ESCAPE)
        for state, opens, dialog in (("emoji", "emoji-open", "reaction"), ("settings", "room-settings", "settings"),
                                     ("invites", "room-invites", "invites"), ("sanctions", "room-sanctions", "sanctions"),
                                     ("audit", "room-audit", "audit"), ("pins", "pins-open", "pins"),
                                     ("new-room", "room-new", "new-room"), ("own", "account-open", "own")):
            page.find(opens).click()
            page.opened(dialog)
            self.look(page, state)
            ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        for state, keys in (("switcher", (Keys.CONTROL, "k")), ("help", (Keys.CONTROL, "/"))):
            ActionChains(page.driver).key_down(keys[0]).send_keys(keys[1]).key_up(keys[0]).perform()
            page.opened(state)
            self.look(page, state)
            ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
        page.driver.find_element(By.CSS_SELECTOR, ".message .author").click()
        page.opened("deeds")
        self.look(page, "person")
        self.assertEqual(self.faults, [], "\n".join(self.faults))
        self.assertEqual(page.driver.get_log("browser"), [], "P7: nothing in the browser's console")


if __name__ == "__main__":
    unittest.main(verbosity=2)
