#!/usr/bin/python3
"""Clients from before rooms could be run, beside new ones in one room: everything is done there that can be, each of them sees
of it what it can, and nothing that worked stops working."""

import datetime
import json
import os
import pathlib
import unittest
import uuid

from selenium.webdriver.common.by import By

from browser_page import Page
from clients import PASSWORD, Json, Lines, User, ws_url
from harness import EndToEnd
from old_page import OldPage

PAGE_BEFORE_ACTS = pathlib.Path(__file__).resolve().parent / "data" / "page_before_acts"
# What greenroom.v1.json had before there were acts: the frames of a server, and their fields that were always there.
FRAMES = {"joined": {"room": str, "generation": str, "head": int, "members": dict, "recovered": bool},
          "left": {"room": str}, "message": {"room": str, "seq": int, "from": str, "text": str, "at": str},
          "history": {"room": str, "messages": list, "more": bool}, "presence": {"room": str, "joined": list, "left": list,
                                                                                  "count": int},
          "typing": {"room": str, "user": str, "state": str}, "read": {"room": str, "user": str, "seq": int}, "pong": {},
          "heads": {"rooms": dict}, "gap": {"room": str, "from": int, "to": int}, "gone": {"room": str, "reason": str},
          "error": {"code": str, "detail": str}}
# News of oneself, which came later and isn't asked for: a client passes over what it doesn't know, as docs/protocol.md says.
NEWS = ("added", "removed", "notice", "erased", "notify", "draft")


def in_an_hour():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


class OldJson(Json):
    """A program that knows those frames, ignores fields that it doesn't know, and news, and would end over any other frame."""

    def __init__(self, user, room):
        super().__init__(ws_url(user.server.chat_url) + "/ws", token=user.token)
        self.name, self.room = user.name, room

    def faults(self):
        out = []
        for frame in map(json.loads, list(self.heard)):
            if frame["type"] in NEWS:
                continue
            wanted = FRAMES.get(frame["type"])
            if wanted is None:
                out.append(f"an unknown frame: {frame}")
            elif not all(type(frame.get(name)) is kind for name, kind in wanted.items()):
                out.append(f"a frame of another form: {frame}")
            elif frame["type"] == "message" and not frame["text"]:
                out.append(f"nothing to show: {frame}")
        return out

    def shown(self):
        """(author, text) in the order of their places, each once."""
        by_seq = {frame["seq"]: (frame["from"], frame["text"]) for frame in self.messages(self.room)
                  if not frame.get("duplicate")}
        return [by_seq[seq] for seq in sorted(by_seq)]


class RoomPage(Page):
    """The web page, new or old, of somebody who has an account."""

    def __init__(self, url, user, room):
        super().__init__(url)
        self.room = room
        self.wait(lambda: self.find("gate-submit").is_displayed(), "the page begins with signing in")
        self.find("username").send_keys(user.name)
        self.find("password").send_keys(PASSWORD)
        self.find("gate-submit").click()
        self.wait(lambda: self.find("connection").get_attribute("data-state") == "open", "the websocket opens")
        self.enter(room)

    def state(self):
        return self.find("conversation").get_attribute("data-state")

    def enter_again(self):
        """A room that was gone is put away, and then entered by its address, as at first."""
        self.find("banner-action").click()
        self.wait(lambda: self.find("welcome").is_displayed(), "no room is open")
        self.driver.execute_script("location.hash = '#/' + arguments[0]", self.room)

    def states(self):
        """Of all messages shown: sent, pending, failed."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll('#messages .message')].map(each => each.dataset.state)")


class OldClients(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve_all()
        cls.old_page = OldPage(PAGE_BEFORE_ACTS, cls.server.gateway_url)
        cls.addClassCleanup(cls.old_page.close)
        cls.artifacts = pathlib.Path(os.environ.get("GREENROOM_ARTIFACTS", "build/artifacts"))
        cls.artifacts.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        tag = uuid.uuid4().hex[:6]
        self.room = "mixed-" + tag
        self.ada, self.bob, self.cat, self.dan, self.eve = (User(self.server, f"{name}-{tag}") for name in
                                                            ("Ada", "Bob", "Cat", "Dan", "Eve"))
        self.ada.room(room=self.room)
        self.told = []  # (author, sentence) of the whole log, as those see it who know no kinds
        self.new_moderator = self.page(self.server.gateway_url, self.ada, "new-moderator.png")
        self.new_person = self.page(self.server.gateway_url, self.bob, "new-person.png")
        self.before = self.page(self.old_page.url, self.cat, "page-before-acts.png")
        self.program = self.program_in()
        self.lines = self.line_in()

    def page(self, url, user, screenshot):
        page = RoomPage(url, user, self.room)
        self.addCleanup(page.close)
        self.addCleanup(lambda: page.driver.save_screenshot(str(self.artifacts / screenshot)))
        return page

    def program_in(self, after=None):
        program = OldJson(self.dan, self.room)
        self.addCleanup(program.drop)
        self.addCleanup(lambda: self.assertEqual(program.faults(), []))
        program.say({"type": "join", "room": self.room, **({} if after is None else
                                                           {"after": after, "generation": self.generation})})
        self.generation = program.expect("joined")["generation"]
        return program

    def line_in(self):
        """Eve, who has a websocket and a keyboard, and asks for what was said before."""
        lines = Lines(self.eve.room(room=self.room)["websocket"] + "&history=500")
        self.addCleanup(lines.drop)
        return lines

    # ---- what is done, and who sees it how

    def act(self, by, sentence, **what):
        answer = by.chat("POST", f"/room/{self.room}/acts", what)
        self.assertEqual(answer.status, 201, answer)
        self.told.append((by.name, sentence))
        self.assertEqual(answer.json["text"], sentence)
        return answer.json["seq"]

    def all_say_something(self, round):
        """Everybody by their own means, one after the other; all hear it."""
        says = {self.ada: self.new_moderator.send, self.bob: self.new_person.send, self.cat: self.before.send,
                self.dan: lambda text: self.program.post(self.room, text), self.eve: self.lines.say}
        for user, say in says.items():
            self.told.append((user.name, f"{round} of {user.name}"))
            say(f"{round} of {user.name}")
            self.all_see()

    def all_see(self):
        """The old page, the program and the person with the keyboard have the whole log as sentences; the new ones have it too."""
        self.before.wait(self.is_shown_before, f"the page from before shows all of {self.told[-3:]}")
        self.program.wait(lambda: self.program.shown() == self.told, f"the program has all of {self.told[-3:]}")
        self.lines.wait(lambda: self.lines.messages() == self.told, f"the lines have all of {self.told[-3:]}")
        for page in (self.new_moderator, self.new_person):
            page.wait(lambda page=page: len(page.messages()) + len(page.acts()) == len(self.told), "so has a new page")

    def is_shown_before(self):
        """A page begins with the last messages; here are more than it asks for."""
        shown = [tuple(each[1:]) for each in self.before.messages()]
        return len(shown) >= min(len(self.told), 40) and shown == self.told[-len(shown):]

    def test_everything_is_done_and_nothing_that_worked_stops(self):
        self.all_say_something("Hello")
        self.words_of_other_kinds()
        self.settings_and_roles()
        self.mutes()
        self.erasing()
        self.removing()
        self.bans()
        self.all_say_something("Goodbye")
        self.nothing_went_wrong()

    def words_of_other_kinds(self):
        self.act(self.ada, "the kettle is on", kind="notice", text="the kettle is on")
        self.act(self.bob, "* waves", kind="action", text="waves")
        self.all_see()

    def settings_and_roles(self):
        ada, bob, dan = self.ada, self.bob, self.dan
        self.act(ada, "set the topic: tea", kind="settings", settings={"topic": "tea"})
        self.act(ada, "set the title: Tea room", kind="settings", settings={"title": "Tea room"})
        self.act(ada, "set the data", kind="settings", settings={"data": {"n": 1}})
        self.act(ada, "set the right to write: members", kind="settings", settings={"post": "members"})
        for user in (bob, self.cat, dan, self.eve):
            self.act(ada, f"added {user.name}", kind="add", user=user.name)
        self.act(ada, "set the access: invited", kind="settings", settings={"access": "invited"})
        self.all_say_something("As members")
        self.act(ada, f"made {bob.name} moderator", kind="role", user=bob.name, role="moderator")
        self.act(ada, f"made {bob.name} owner", kind="role", user=bob.name, role="owner")
        self.act(bob, f"made {ada.name} owner", kind="role", user=ada.name, role="owner")
        self.act(ada, f"made {bob.name} member", kind="role", user=bob.name, role="member")
        self.act(ada, "set the access: open; the right to write: all", kind="settings",
                 settings={"access": "open", "post": "all"})
        self.all_say_something("In the open")

    def mutes(self):
        """By the page, of somebody who has today's; and each of the old ones is refused in a way that they knew before, and may write again."""
        self.new_moderator.choose(self.bob.name, "mute", "loud", 3600)
        self.new_person.wait(lambda: self.new_person.banner().startswith("You are muted"), "the muted person is told")
        muted = self.ada.log(self.room)[-1]
        self.assertRegex(muted["text"], f"^muted {self.bob.name} until .+Z: loud$")
        self.told.append((self.ada.name, muted["text"]))
        self.act(self.ada, f"unmuted {self.bob.name}", kind="unmute", user=self.bob.name)
        self.new_person.wait(lambda: self.new_person.banner() == "", "the mute is over")
        until = in_an_hour()
        for user in (self.cat, self.dan, self.eve):
            self.act(self.ada, f"muted {user.name} until {until}: rest", kind="mute", user=user.name, reason="rest", until=until)
        self.all_see()
        self.before.send("may I?")
        self.before.wait(lambda: "failed" in self.before.states(), "the old page shows that it wasn't sent")
        self.program.say({"type": "send", "room": self.room, "id": "muted", "text": "may I?"})
        refused = self.program.expect("error", id="muted")
        self.assertEqual((refused["code"], refused["room"]), ("muted", self.room))
        self.assertIn("muted", refused["detail"])
        self.lines.say("may I?")
        self.lines.wait(lambda: "muted" in self.lines.errors(), "the lines say why")
        for user in (self.cat, self.dan, self.eve):
            self.act(self.ada, f"unmuted {user.name}", kind="unmute", user=user.name)
        self.told.append((self.cat.name, "may I?"))
        self.before.driver.find_element(By.CSS_SELECTOR, "#messages .delivery button").click()  # try again
        self.all_see()

    def erasing(self):
        """The old ones keep what they have shown, and find nothing of it when they come again."""
        seq = self.told.index((self.cat.name, "may I?")) + 1
        self.act(self.ada, "removed a message: private", kind="erase", target=seq, reason="private")
        self.all_see()
        for page in (self.new_moderator, self.new_person):
            page.wait(lambda page=page: (seq, self.cat.name, "Message removed") in page.messages(), "the new ones know better")
        self.told[seq - 1] = (self.cat.name, "(removed)")
        self.before.driver.refresh()
        self.program.drop()
        self.lines.drop()
        self.program, self.lines = self.program_in(after=0), self.line_in()
        self.all_see()
        self.assertNotIn("may I?", str(self.program.heard) + str(self.lines.heard) + str(self.before.messages()))

    def removing(self):
        """From a room that is open to all: out, and in again if they like."""
        for user in (self.dan, self.cat, self.eve):
            self.act(self.ada, f"removed {user.name}: a pause", kind="remove", user=user.name, reason="a pause")
        self.assertEqual(self.program.expect("gone")["reason"], "removed")
        self.lines.wait_closed()
        self.before.wait(lambda: self.before.state() == "gone", "the old page says that it is out")
        self.all_come_back()

    def bans(self):
        for user in (self.dan, self.cat, self.eve):
            self.act(self.ada, f"banned {user.name}: spam", kind="ban", user=user.name, reason="spam")
        self.assertEqual(self.program.expect("gone")["reason"], "banned")
        self.lines.wait_closed()
        self.before.wait(lambda: self.before.state() == "gone", "the old page says that it is out")
        self.program.say({"type": "join", "room": self.room})
        self.assertEqual(self.program.expect("error", room=self.room)["code"], "banned")
        refused = self.eve.chat("POST", "/room", {"room": self.room})
        self.assert_problem(refused, 403, "banned")
        self.before.enter_again()
        self.before.wait(lambda: self.before.state() == "gone", "and isn't let in")
        for user in (self.dan, self.cat, self.eve):
            self.act(self.ada, f"unbanned {user.name}", kind="unban", user=user.name)
        self.all_come_back()

    def all_come_back(self):
        """By what they could do before: a join from where they were, the address of the room, another websocket."""
        after = max(frame["seq"] for frame in self.program.messages(self.room))
        self.program.say({"type": "join", "room": self.room, "after": after, "generation": self.generation})
        self.assertTrue(self.program.expect("joined")["recovered"])
        self.before.enter_again()
        self.before.wait(lambda: self.before.state() == "joined", "the old page is in again")
        self.lines = self.line_in()
        self.all_see()

    def nothing_went_wrong(self):
        log = [(entry["from"], entry["text"]) for entry in self.ada.log(self.room)]
        self.assertEqual(log, self.told)
        kinds = {entry.get("kind", "text") for entry in self.ada.log(self.room)}
        self.assertEqual(kinds, {"text", "notice", "action", "erase", "erased", "settings", "role", "add", "remove", "ban",
                                 "unban", "mute", "unmute"}, "everything was done")
        self.assertEqual(self.program.faults(), [])
        for page in (self.new_moderator, self.new_person, self.before):
            self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")


if __name__ == "__main__":
    unittest.main(verbosity=2)
