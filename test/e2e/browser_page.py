"""The web page in a headless Chromium, by its ids and data attributes."""

import tempfile

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

PASSWORD = "correct horse battery staple"
PATIENCE = 20
CHROMIUM_FLAGS = ("--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-dev-shm-usage "
                  "--disable-background-networking --disable-component-update --disable-sync "
                  "--window-size=1180,780").split()


class Page:
    """One browser with a profile of its own; `languages` are what its person reads, `de-DE,de`."""

    def __init__(self, url, path="/", languages=""):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        for flag in CHROMIUM_FLAGS + ["--user-data-dir=" + self._profile.name]:
            options.add_argument(flag)
        if languages:
            options.add_experimental_option("prefs", {"intl.accept_languages": languages})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.get(url + path)

    def close(self):
        self.driver.quit()
        self._profile.cleanup()

    def find(self, element_id):
        return self.driver.find_element(By.ID, element_id)

    def wait(self, condition, what):
        # What is read may be drawn anew meanwhile.
        patient = WebDriverWait(self.driver, PATIENCE, 0.05, ignored_exceptions=[StaleElementReferenceException])
        patient.until(lambda _: condition(), what + "\n" + self.console())

    def console(self):
        return "\n".join(line["message"] for line in self.driver.get_log("browser"))

    def at_the_gate(self):
        self.wait(lambda: self.find("gate-form").is_displayed(), "the page asks to sign in")

    def sign_in(self, name):
        self.at_the_gate()
        self.find("username").clear()
        self.find("username").send_keys(name)
        self.find("password").send_keys(PASSWORD)
        self.find("gate-submit").click()

    def register(self, name):
        self.at_the_gate()
        self.find("gate-switch").click()
        self.sign_in(name)
        self.wait(lambda: self.find("connection").get_attribute("data-state") == "open", "the websocket opens")

    def enter(self, room):
        """Opens a room by its address. One that isn't there is made, as the page offers it."""
        self.driver.execute_script("location.hash = '#/' + arguments[0]", room)
        self.wait(lambda: self.is_in(room, "joined") or self.is_in(room, "gone"), "the room is joined, or isn't there")
        if self.is_in(room, "gone") and self.find("banner-action").text == "Create it":
            self.find("banner-action").click()
            self.wait(lambda: self.find("new-room").get_attribute("open"), "a new room of that name is offered")
            self.driver.find_element(By.CSS_SELECTOR, "#new-room-form button[type=submit]").click()
        self.wait(lambda: self.is_in(room, "joined"), "the room is joined")

    def is_in(self, room, state):
        conversation = self.find("conversation")
        return conversation.get_attribute("data-room") == room and conversation.get_attribute("data-state") == state

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

    def failed(self):
        """The messages shown that the server refused."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .message[data-state=failed]')].map("
            "each => each.querySelector('.text').textContent)")

    def conversations(self):
        """The direct rooms and groups in the list, as they are called there."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#direct-rooms .name')].map(each => each.textContent)")

    def acts(self):
        """What was done in the room, as it is told to this reader."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .act .text')].map(each => each.textContent)")

    def banner(self):
        return self.find("banner-words").text

    def opened(self, dialog):
        """The dialog of that id, once it is open: some are loaded when they are first used."""
        self.wait(lambda: self.driver.find_elements(By.CSS_SELECTOR, f"#{dialog}[open]"), f"the dialog {dialog} is open")
        return self.find(dialog)

    def choose(self, author, deed, reason="", seconds=None):
        """Does something with the first message of that author, or with them, by the buttons that there are."""
        message = self.driver.find_element(By.CSS_SELECTOR, f"#messages .message[data-from='{author}']")
        ActionChains(self.driver).move_to_element(message).perform()
        message.find_element(By.CSS_SELECTOR, ".more").click()
        self.opened("deeds").find_element(By.CSS_SELECTOR, f"[data-deed='{deed}']").click()
        if deed == "react":
            self.opened("reaction")
        self.wait(lambda: self.find("deed").get_attribute("open"), "it is asked about")
        if reason:
            self.find("deed-reason").send_keys(reason)
        if seconds is not None:
            Select(self.find("deed-end")).select_by_value(str(seconds))
        self.find("deed-yes").click()

    def begin(self, seq, deed):
        """Presses the button of that deed on the message with that seq."""
        message = self.driver.find_element(By.CSS_SELECTOR, f"#messages .message[data-seq='{seq}']")
        ActionChains(self.driver).move_to_element(message).perform()
        message.find_element(By.CSS_SELECTOR, ".more").click()
        self.opened("deeds").find_element(By.CSS_SELECTOR, f"[data-deed='{deed}']").click()
        if deed == "react":
            self.opened("reaction")

    def parts(self, seq):
        """Of the message with that seq: whether it was edited, its reactions as (text, count, mine), whether it is pinned, and
        the words of the message that it answers."""
        return self.driver.execute_script("""
            const node = document.querySelector(`#messages .message[data-seq="${arguments[0]}"]`);
            const reactions = [...node.querySelectorAll('.reaction')].map((each) =>
              [each.dataset.reaction, Number(each.dataset.count), each.getAttribute('aria-pressed') === 'true']);
            return {edited: Boolean(node.querySelector('.edited')), reactions, pinned: Boolean(node.querySelector('.pinned')),
                    quote: node.querySelector('.quoted-text')?.textContent ?? null};""", seq)

    def draft(self):
        return self.find("composer-text").get_attribute("value")

    def looked_at(self):
        """Somebody comes back to this window."""
        self.driver.execute_script("window.dispatchEvent(new Event('focus'))")

    def offers(self):
        """The names that the message field offers."""
        return self.driver.execute_script("return [...document.querySelectorAll('#offers li')].map(each => each.dataset.name)")

    def deeds(self, seq):
        """The deeds that are offered on the message with that seq; none where there is no button."""
        message = self.driver.find_element(By.CSS_SELECTOR, f"#messages .message[data-seq='{seq}']")
        ActionChains(self.driver).move_to_element(message).perform()
        for button in message.find_elements(By.CSS_SELECTOR, ".more"):
            button.click()
            self.opened("deeds")
            deeds = self.driver.execute_script(
                "return [...document.querySelectorAll('#deeds-list [data-deed]')].map(each => each.dataset.deed)")
            ActionChains(self.driver).send_keys(Keys.ESCAPE).perform()
            return deeds
        return []

    def show_people(self):
        if not self.find("people").is_displayed():
            self.find("people-toggle").click()

    def react_again(self, seq, text):
        self.driver.find_element(By.CSS_SELECTOR, f"#messages .message[data-seq='{seq}'] [data-reaction='{text}']").click()

    def choose_person(self, name, deed, ask=False):
        """Does something with somebody who is here, by the button beside the name."""
        if not self.find("people").is_displayed():
            self.find("people-toggle").click()
        selector = f"#here [data-user='{name}'] button"
        self.wait(lambda: self.driver.find_elements(By.CSS_SELECTOR, selector), f"{name} is here")
        self.driver.find_element(By.CSS_SELECTOR, selector).click()
        self.opened("deeds").find_element(By.CSS_SELECTOR, f"[data-deed='{deed}']").click()
        if ask:
            self.wait(lambda: self.find("deed").get_attribute("open"), "it is asked about")
            self.find("deed-yes").click()

    def clock_of(self, moment):
        """The time of day of a moment, as the page writes it."""
        return self.driver.execute_script(
            "return new Date(arguments[0]).toLocaleTimeString(undefined, {hour: '2-digit', minute: '2-digit'})", moment)

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
        self.opened(name)

    def choose_look(self, name, value):
        """Chooses how the page is on this device, in the dialog about oneself, which must be open."""
        Select(self.find("look-" + name)).select_by_value(value)

    def unread(self, room):
        """How many messages of a room of one's own the list shows as unread; None where the room isn't in the list."""
        shown = self.driver.find_elements(By.CSS_SELECTOR, f"[data-room='{room}'][data-joined='true']")
        return int(shown[0].get_attribute("data-unread")) if shown else None

    def lines(self, list_id):
        return [each.text for each in self.driver.find_elements(By.CSS_SELECTOR, f"#{list_id} li")]

    def focused(self):
        return self.driver.switch_to.active_element.get_attribute("id")

    def make_link(self, uses=None):
        """Makes an invite link in the dialog, which must be open, and gives its address."""
        if uses:
            self.find("link-uses").clear()
            self.find("link-uses").send_keys(str(uses))
        before = self.find("link").get_attribute("value")
        self.find("link-yes").click()
        self.wait(lambda: self.find("link").get_attribute("value") not in ("", before), "a link is made")
        return self.find("link").get_attribute("value")

    def answer_invitation(self, button, expected):
        """Presses a button of the question to somebody who came by a link, and waits for the words it leads to."""
        self.wait(lambda: self.find("invitation-" + button).is_displayed(), "the question is asked")
        self.find("invitation-" + button).click()
        self.wait(lambda: expected in self.find("invitation-fault").text, expected)

    def cut_off(self, cut=True):
        """Whether the page gets tickets, and so a new connection."""
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/chat/ticket"] if cut else []})

    def people(self):
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#here [data-user]')].map(each => each.dataset.user)")
