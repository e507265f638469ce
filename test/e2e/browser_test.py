#!/usr/bin/python3
"""Two clients of other people's making talk: headless Chromium with the web page, and python3-websockets with the lines
dialect. GREENROOM_URL names a running gateway; without it a server of our own is started for the test."""

import threading
import time
import unittest
import uuid

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser_case import BrowserCase, post
from browser_page import PASSWORD
from clients import User
from command_test import greenroom
from lines_client import LinesClient


class BrowserAndLinesTalk(BrowserCase):
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
        self.needs_own_server()
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

    def test_two_people_edit_answer_react_and_pin(self):
        tag = uuid.uuid4().hex[:8]
        ada, bob, room = "Ada-" + tag, "Bob-" + tag, "lively-" + tag
        mine, others = self.open_page("browser-lively.png"), self.open_page("browser-lively-other.png")
        both = (mine, others)
        mine.register(ada)
        mine.enter(room)
        others.register(bob)
        others.enter(room)
        others.send("helo")
        mine.wait(lambda: mine.messages() == [(1, bob, "helo")], "it is there")

        others.begin(1, "edit")
        others.wait(lambda: others.find("composing-words").text == "Your message, edited: “helo”", "the page says so")
        self.assertEqual(others.find("composer-text").get_attribute("value"), "helo")
        others.find("composer-text").clear()
        others.send("hello")
        for page in both:
            page.wait(lambda page=page: page.messages() == [(1, bob, "hello")], "the new words are there for both")
            page.wait(lambda page=page: page.parts(1)["edited"], "and that they are new")
        self.assertFalse(others.find("composing").is_displayed())

        mine.begin(1, "react")
        mine.find("reaction-own").send_keys("ha")
        mine.find("reaction-own").send_keys(Keys.ENTER)
        others.wait(lambda: others.parts(1)["reactions"] == [["ha", 1, False]], "the reaction is there")
        others.react_again(1, "ha")
        mine.wait(lambda: mine.parts(1)["reactions"] == [["ha", 2, True]], "both gave it")
        mine.react_again(1, "ha")
        others.wait(lambda: others.parts(1)["reactions"] == [["ha", 1, True]], "one took it back")

        mine.begin(1, "pin")
        others.wait(lambda: others.parts(1)["pinned"], "it is pinned")
        self.assertEqual(others.acts(), [f"{ada} pinned a message"], "nothing else has a line of its own")
        mine.begin(1, "reply")
        mine.send("hi there")
        others.wait(lambda: others.messages()[-1][2] == "hi there", "the answer is there")
        self.assertEqual(others.parts(others.messages()[-1][0])["quote"], "“hello”")
        others.driver.find_element(By.CSS_SELECTOR, "#messages .quote").click()
        others.wait(lambda: others.driver.find_elements(By.CSS_SELECTOR, ".message.sought[data-seq='1']"), "it is shown")

        seen = [page.parts(1) for page in both]
        for page, parts in zip(both, seen):
            page.driver.refresh()
            page.wait(lambda page=page: len(page.messages()) == 2, "it comes back")
            page.wait(lambda page=page, parts=parts: page.parts(1) == parts, "after a reload a page of history says the same")
        if not mine.find("people").is_displayed():
            mine.find("people-toggle").click()
        mine.wait(lambda: mine.find("pins-open").is_displayed(), "there are pins")
        mine.find("pins-open").click()
        mine.wait(lambda: len(mine.lines("pins-list")) == 1 and "hello" in mine.lines("pins-list")[0], "they are listed")
        for page in both:
            self.assertEqual(page.driver.get_log("browser"), [], "nothing in the browser's console")
    def test_two_people_write_to_each_other_and_one_blocks_the_other(self):
        tag = uuid.uuid4().hex[:8]
        ada, bob, room = "Ada-" + tag, "Bob-" + tag, "public-" + tag
        direct = f"@ada-{tag},bob-{tag}"
        first, second = self.open_page("browser-direct-1.png"), self.open_page("browser-direct-2.png")
        first.register(ada)
        first.enter(room)
        second.register(bob)
        second.enter(room)
        first.choose_person(bob, "message")
        first.wait(lambda: first.find("toasts").text == f"{bob} takes no direct messages from you.", "they share no membership yet")
        self.http("PUT", f"/chat/room/{room}/members/{bob}", {}, self.token(ada))
        first.choose_person(bob, "message")
        first.wait(lambda: first.find("conversation").get_attribute("data-room") == direct
                   and first.find("conversation").get_attribute("data-state") == "joined", "the room of the two is open")
        self.assertEqual(first.find("room-title").text, bob.lower())
        self.assertEqual(first.conversations(), [bob.lower()])
        first.send("only for you")
        second.driver.refresh()
        second.wait(lambda: second.conversations() == [ada.lower()], "it is in the other's list, by that name")
        second.driver.find_element(By.CSS_SELECTOR, "#direct-rooms a").click()
        second.wait(lambda: second.messages() == [(1, ada, "only for you")], "it is read")
        second.send("and for you")
        first.wait(lambda: len(first.messages()) == 2, "it is answered")

        second.choose_person(ada, "block", ask=True)
        second.wait(lambda: self._is_blocked(second), "nothing can be written any more")
        first.wait(lambda: self._is_blocked(first), "by neither")
        second.choose_person(ada, "unblock")
        first.wait(lambda: not self._is_blocked(first), "until that is over")
        second.wait(lambda: second.messages()[-1][1] == ada, "and it is heard again")
        self.assertTrue(second.find("room-leave").text.startswith("Close"))
        second.find("room-leave").click()
        second.wait(lambda: second.find("conversation").get_attribute("data-room") != direct, "it is closed")
        self.assertEqual(second.driver.get_log("browser"), [], "nothing in the browser's console")

    @staticmethod
    def _is_blocked(page):
        """Whether what the page's person says now is refused."""
        before = len(page.messages())
        text = uuid.uuid4().hex
        page.send(text)
        page.wait(lambda: len(page.messages()) > before or text in page.failed(), "an answer")
        return text in page.failed()

    def test_what_was_erased_while_the_page_missed_much_is_not_shown_any_more(self):
        page, room, bob = self._away_from_three_messages()
        socket = bob.open()
        self.addCleanup(socket.drop)
        socket.join(room)
        self.assertEqual(bob.chat("POST", f"/room/{room}/acts", {"kind": "erase", "target": 2}).status, 201)
        for hundred in range(7):
            ids = [f"{hundred}-{n}" for n in range(100)]
            socket.say(*({"type": "send", "room": room, "id": each, "text": f"chatter {each}"} for each in ids))
            socket.wait_seq(room, 104 + 100 * hundred, 30)
        page.cut_off(False)
        page.driver.execute_script("window.dispatchEvent(new Event('online'))")
        page.wait(lambda: page.messages()[-1:] == [(704, bob.name, "chatter 6-99")], "the newest is there")
        page.wait(lambda: page.messages()[:3] == [(1, bob.name, "first"), (2, bob.name, "Message removed"),
                                                  (3, bob.name, "third")], "of the second nothing is left")
        self.assertTrue(page.driver.find_elements(By.CSS_SELECTOR, "#messages .missing"), "the hole is still there")
        page.wait(lambda: "a secret" not in page.find("app").find_element(By.XPATH, "..").get_attribute("textContent"),
                  "nor in what screen readers are told")

    def _away_from_three_messages(self):
        """A page that shows three messages of bob's, the second of them a secret, and has no connection any more."""
        self.needs_own_server()
        tag = uuid.uuid4().hex[:8]
        page, bob, room = self.open_page("browser-erased.png"), User(self.server), "hole-" + tag
        page.register("Cid-" + tag)
        page.enter(room)
        socket = bob.open()
        socket.join(room)
        for text in ("first", "a secret", "third"):
            socket.post(room, text)
        page.wait(lambda: len(page.messages()) == 3, "they are shown")
        page.cut_off()
        self.server.kill()
        self.server.start()
        page.wait(lambda: page.find("connection").get_attribute("data-state") == "waiting", "the page can't come back")
        return page, room, bob

    def test_a_second_device_shows_the_same_rooms_counts_and_marks(self):
        tag = uuid.uuid4().hex[:8]
        ada, bob, room, quiet = "Ada-" + tag, "Bob-" + tag, "busy-" + tag, "quiet-" + tag
        first = self.open_page("browser-first-device.png")
        first.register(ada)
        first.enter(room)
        first.enter(quiet)
        post(self.url + "/users/register", {"username": bob, "password": PASSWORD})
        writer = LinesClient(post(self.url + "/chat/room", {"username": bob, "password": PASSWORD, "room": room})["websocket"])
        self.addCleanup(writer.close)
        for n in range(3):
            writer.send(f"words {n}")
        first.wait(lambda: first.unread(room) == 3, "the first device counts them")

        second = self.open_page("browser-second-device.png")
        second.sign_in(ada)
        second.wait(lambda: (second.unread(room), second.unread(quiet)) == (3, 0), "the second one knows the rooms, and counts the same")
        first.enter(room)
        first.wait(lambda: len(first.messages()) == 3, "they are read")
        second.wait(lambda: second.unread(room) == 0, "what is read on one is read on the other")
        first.enter(quiet)
        writer.send("more words")
        second.wait(lambda: second.unread(room) == 1, "one more")
        second.enter(room)
        first.wait(lambda: first.unread(room) == 0, "the other way round")
        time.sleep(3)  # by then the mark is stored
        for page in (first, second):
            page.driver.execute_script(
                "Object.keys(localStorage).filter(key => key !== 'greenroom.session').forEach(key => localStorage.removeItem(key))")
            page.driver.refresh()
            page.wait(lambda page=page: page.find("connection").get_attribute("data-state") == "open", "it is back")
            page.wait(lambda page=page: page.unread(room) == 0, "and nothing is unread")
        self.assertEqual(second.driver.get_log("browser"), [], "nothing in the browser's console")

    def test_an_invite_link_leads_into_a_private_room_through_registering_and_only_as_often_as_it_says(self):
        tag = uuid.uuid4().hex[:8]
        ada, den = "Ada-" + tag, "den-" + tag
        owner = self.open_page("browser-invites.png")
        owner.register(ada)
        self.http("POST", "/chat/room", {"room": den, "private": True}, self.token(ada))
        owner.enter(den)
        owner.open_list("invites")
        owner.wait(lambda: owner.lines("links") == ["None."], "there is no link yet")
        link = owner.make_link(uses=1)
        self.assertEqual(owner.focused(), "link-copy", "ready to be copied")
        owner.wait(lambda: len(owner.lines("links")) == 1, "it is listed")
        self.assertRegex(owner.lines("links")[0], rf"^1 more person can join, until .+, made by {ada}\n?Take back$")

        guest = self.open_page("browser-invited.png", link.removeprefix(self.url))
        guest.at_the_gate()
        self.assertTrue(guest.find("gate-lead").text.startswith("You are invited to a room."))
        self.assertNotIn("invite", guest.driver.current_url, "it doesn't stay in the address")
        guest.driver.refresh()
        guest.register("Bob-" + tag)
        guest.wait(lambda: guest.find("invitation-yes").is_displayed(), "the question is asked")
        self.assertIn("Bob-" + tag, guest.find("invitation-words").text)
        guest.find("invitation-yes").click()
        guest.wait(lambda: guest.find("conversation").get_attribute("data-room") == den
                   and guest.find("conversation").get_attribute("data-state") == "joined", "the room is open")
        self.assertEqual(guest.find("conversation").get_attribute("data-role"), "member")
        self.assertIsNone(guest.find("invitation").get_attribute("open"))
        owner.wait(lambda: owner.lines("links") == ["None."], "it is used up, and the list knows it")

        late = self.open_page("browser-late.png", link.removeprefix(self.url))
        late.register("Cid-" + tag)
        late.answer_invitation("yes", "This invite is used up, over or was taken back.")
        self.assertFalse(late.find("invitation-yes").is_displayed(), "there is nothing to try again")
        late.find("invitation-no").click()
        self._a_link_that_is_taken_back_leads_nowhere(owner, late)
        self._a_banned_person_reads_why_the_link_does_not_help(owner, guest, den)

    def _a_link_that_is_taken_back_leads_nowhere(self, owner, late):
        link = owner.make_link(uses=5)
        owner.wait(lambda: "5 more people" in owner.lines("links")[0], "it is listed")
        owner.driver.find_element(By.CSS_SELECTOR, "#links button").click()
        owner.wait(lambda: owner.lines("links") == ["None."], "it is gone")
        self.assertEqual(owner.find("link-words").text, "The link is taken back: nobody can join by it any more.")
        self.assertEqual(owner.focused(), "links-title", "the focus isn't lost")
        late.driver.execute_script("location.hash = arguments[0]", link.partition("#")[2])
        late.answer_invitation("yes", "This invite is used up, over or was taken back.")
        self.assertNotIn("invite", late.driver.current_url)

    def _a_banned_person_reads_why_the_link_does_not_help(self, owner, guest, den):
        link = owner.make_link()
        owner.find("invites-close").click()
        owner.wait(lambda: owner.focused() == "room-invites", "the focus returns")
        banned, token = guest.find("me-name").text, self.token(owner.find("me-name").text)
        self.http("PUT", f"/chat/room/{den}/bans/{banned}", {"reason": "spam"}, token)
        guest.wait(lambda: guest.banner().startswith("You are banned"), "the guest is out")
        guest.driver.execute_script("location.hash = arguments[0]", link.partition("#")[2])
        guest.answer_invitation("yes", f"You are banned from this room by {owner.find('me-name').text}, until somebody "
                                       "takes that back. Why: spam")

    def test_a_room_comes_into_the_list_and_goes_from_it_as_the_person_is_added_and_removed(self):
        tag = uuid.uuid4().hex[:8]
        ada, bob, den = "Ada-" + tag, "Bob-" + tag, "added-" + tag
        page = self.open_page("browser-added.png")
        page.register(bob)
        self.http("POST", "/users/register", {"username": ada, "password": PASSWORD})
        token = self.token(ada)
        self.http("POST", "/chat/room", {"room": den, "private": True}, token)
        self.http("PUT", f"/chat/room/{den}/members/{bob}", None, token)
        toasts = lambda: [each.text for each in page.driver.find_elements(By.CSS_SELECTOR, "#toasts p")]
        page.wait(lambda: page.unread(den) is not None, "it is one of the person's own")
        page.wait(lambda: f"{ada} added you to {den}." in toasts(), "and the person is told")
        self.http("DELETE", f"/chat/room/{den}/members/{bob}", {"reason": "by mistake"}, token)
        page.wait(lambda: page.driver.find_elements(By.CSS_SELECTOR, f"#joined-rooms a.gone[data-room='{den}']"), "it is struck out")
        page.wait(lambda: f"{ada} removed you from {den}: by mistake" in toasts(), "and the person reads why")

    def test_an_account_is_deleted_with_what_the_person_chose(self):
        self.needs_own_server()
        tag = uuid.uuid4().hex[:8]
        ada, den, bob = "Ada-" + tag, "left-" + tag, User(self.server)
        page = self.open_page("browser-deleted.png")
        page.register(ada)
        self.http("POST", "/chat/room", {"room": den, "private": True, "members": [bob.name]}, self.token(ada))
        page.enter(den)
        page.send("goodbye")
        page.wait(lambda: len(page.messages()) == 1, "it is said")
        page.find("account-open").click()
        page.find("account-delete").click()
        page.find("account-yes").click()
        self.assertEqual(page.find("account-fault").text, "Enter your password.")
        page.find("account-password").send_keys("a wrong password")
        page.find("account-yes").click()
        page.wait(lambda: page.find("account-fault").text == "That is not your password.", "it is compared")
        page.find("account-rooms-keep").click()
        page.find("account-words-erase").click()
        page.find("account-password").clear()
        page.find("account-password").send_keys(PASSWORD + Keys.ENTER)
        page.wait(lambda: page.find("gate-notice").text == "Your account is deleted.", "it is told")
        page.sign_in(ada)
        page.wait(lambda: page.find("gate-notice").text == "That name and password do not go together.", "it is gone")
        first = bob.log(den)[0]
        self.assertEqual((first["from"], first.get("kind")), ("deleted", "erased"))

    def test_a_suspended_person_is_signed_out_and_reads_why_and_until_when(self):
        self.needs_own_server()
        person, root = "Bob-" + uuid.uuid4().hex[:8], User(self.server)
        link = f"127.0.0.1:{self.server.ports['link']}"
        granted = greenroom("admin", "users", "grant", root.name, "--data-dir", self.server.folder / "data",
                            "--discovery", link, folder=self.server.folder)
        self.assertEqual(granted.returncode, 0, granted.stderr)
        page = self.open_page("browser-suspended.png")
        page.register(person)
        until = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 3600))
        why = {"reason": "too many adverts", "until": until}
        self.http("POST", f"/users/accounts/{person}/suspend", why, root.token)
        clock = page.clock_of(until)
        page.wait(lambda: page.find("gate-notice").text == "Your session has ended. Sign in again to go on.", "it ends")
        page.sign_in(person)
        page.wait(lambda: page.find("gate-notice").text.startswith("This account is suspended until "), "it says so")
        self.assertRegex(page.find("gate-notice").text, rf"{clock}\. Why: too many adverts$")
        self.http("POST", f"/users/accounts/{person}/resume", None, root.token)
        page.sign_in(person)
        page.wait(lambda: page.find("connection").get_attribute("data-state") == "open", "and then it is over")

    def _lift_the_mute(self, moderator, muted):
        moderator.open_list("sanctions")
        moderator.wait(lambda: any(muted in line and "no adverts" in line for line in moderator.lines("mutes")),
                       "the mute is listed")
        self.assertEqual(moderator.lines("bans"), ["Nobody."])
        moderator.driver.find_element(By.CSS_SELECTOR, f"#mutes [data-user='{muted}'] button").click()
        moderator.wait(lambda: moderator.lines("mutes") == ["Nobody."], "nobody is muted")
        moderator.find("sanctions-close").click()

    @staticmethod
    def _say(lines, text):
        lines.send(text)
        time.sleep(0.1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
