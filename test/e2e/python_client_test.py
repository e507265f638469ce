#!/usr/bin/python3
"""clients/python against a real server: what it sends is stored once and what it reads is whole, whatever is killed, cut or slow."""

import asyncio
import datetime
import json
import pathlib
import random
import re
import signal
import socket as sockets
import subprocess
import sys
import tempfile
import unittest

from clients import Lasting, User
from greenroom_client import (Acted, Anew, Changed, Conflict, Forbidden, GreenroomError, Invalid, News, NotFound, Offline, Online,
                              Posted, Present, Refused, SignedOut, Typing)
from harness import Chat, EndToEnd, unique
from processes import ROOT, Wire

README = ROOT / "clients/python/README.md"
PATIENCE = 20


async def soon(awaitable, within=PATIENCE):
    return await asyncio.wait_for(awaitable, within)


async def until(condition, what, within=PATIENCE):
    end = asyncio.get_running_loop().time() + within
    while not (value := condition()):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"not within {within} s: {what}")
        await asyncio.sleep(0.01)
    return value


async def take(events, many, of=object):
    """The next ones of a kind."""
    taken = []
    while len(taken) < many:
        event = await soon(anext(events))
        if isinstance(event, of):
            taken.append(event)
    return taken


class Clients(unittest.IsolatedAsyncioTestCase):
    """For classes with a `server`."""

    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # it traces each call, and says whatever a busy machine holds up

    def a_file(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name) / "outbox"

    async def client(self, user, **more):
        client = Lasting(user, **more)
        self.addAsyncCleanup(client.close)
        return await soon(client.open())

    async def in_room(self, user, room, **more):
        client = await self.client(user, **more)
        return client, await soon(client.join(room, create=True))


class Talking(Clients, Chat):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.ada, self.bob = await asyncio.to_thread(lambda: (self.person(), self.person()))
        self.name = unique("room")
        self.here, self.room = await self.in_room(self.ada, self.name)
        self.there, self.other = await self.in_room(self.bob, self.name)

    async def test_words_and_what_becomes_of_them(self):
        self.assertEqual((self.here.me, self.room.name, self.room.facts["access"]), (self.ada.name, self.name, "open"))
        events = self.other.events()
        said = await soon(self.room.send("helo", id="x"))
        self.assertEqual((said.seq, said.duplicate, said.id), (1, False, "x"))
        self.assertRegex(said.at, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        again = await soon(self.room.send("helo", id="x"))
        self.assertEqual((again.seq, again.at, again.duplicate), (1, said.at, True))
        answer = await soon(self.other.send("what?", target=1))
        await soon(self.room.edit(1, "hello"))
        await soon(self.other.react(1, "👍"))
        self.assertTrue((await soon(self.other.react(1, "👍"))).unchanged)
        await soon(self.room.pin(1))
        posted = await take(events, 2, Posted)
        self.assertEqual([(one.message.author, one.message.text, one.message.target) for one in posted],
                         [(self.ada.name, "helo", 0), (self.bob.name, "what?", 1)])
        edited, reacted, pinned = await take(events, 3, Changed)
        self.assertEqual((edited.message.text, edited.message.edited), ("hello", 3))
        self.assertEqual(reacted.message.reactions, (("👍", 1, True),))
        self.assertTrue(pinned.message.pinned)
        self.assertEqual(self.other.find(1), pinned.message)
        await soon(self.other.unreact(1, "👍"))
        await soon(self.room.unpin(1))
        await soon(self.room.erase(answer.seq, "off topic"))
        erased = (await take(events, 3, Changed))[-1]
        self.assertTrue(erased.message.erased)
        self.assertEqual(self.other.find(1).reactions, ())
        await soon(self.room.notice("a notice"))
        await soon(self.room.action("waves"))
        self.assertEqual([one.message.text for one in await take(events, 2, Posted)], ["a notice", "* waves"])
        page = await soon(self.other.history(limit=3, before=4))
        self.assertEqual([(one.seq, one.kind) for one in page.entries], [(1, "text"), (2, "erased"), (3, "edit")])
        self.assertEqual((page.entries[0].text, page.as_of), ("hello", self.room.head))

    async def test_running_a_room(self):
        events = self.other.events()
        await soon(self.room.settings(topic="tea"))
        await soon(self.room.add(self.bob.name))
        await soon(self.room.role(self.bob.name, "moderator"))
        acts = await take(events, 3, Acted)
        self.assertEqual([(one.entry.kind, one.entry.user, one.entry.role) for one in acts],
                         [("settings", None, None), ("add", self.bob.name, None), ("role", self.bob.name, "moderator")])
        self.assertEqual(acts[0].entry.settings, {"topic": "tea"})
        await soon(self.room.role(self.bob.name, "member"))
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        await soon(self.room.mute(self.bob.name, "spam", end))
        with self.assertRaises(Forbidden) as muted:
            await soon(self.other.send("hi"))
        error = muted.exception
        self.assertEqual((error.code, error.by, error.why, error.until[:19]),
                         ("muted", self.ada.name, "spam", end.isoformat()[:19]))
        self.assertEqual(self.there.unsent, [])
        await soon(self.room.unmute(self.bob.name))
        await soon(self.other.send("hi"))
        await soon(self.room.ban(self.bob.name, "enough"))
        with self.assertRaises(Forbidden) as banned:
            async for _ in self.other.messages():
                pass
        self.assertEqual((banned.exception.code, banned.exception.by, banned.exception.why), ("banned", self.ada.name, "enough"))
        with self.assertRaises(Forbidden) as banned:
            await soon(self.there.join(self.name))
        self.assertEqual((banned.exception.code, banned.exception.why), ("banned", "enough"))
        with self.assertRaises(Forbidden):
            await soon(self.other.send("am I?"))
        await soon(self.room.unban(self.bob.name))
        back = await soon(self.there.join(self.name))
        await soon(back.send("I am"))
        news = [one.type for one in self.there._events if isinstance(one, News)]
        self.assertIn("removed", news)
        await soon(self.room.remove(self.bob.name, "again"))
        with self.assertRaises(Forbidden) as removed:
            async for _ in back.messages():
                pass
        self.assertEqual(removed.exception.code, "removed")

    async def test_refusals(self):
        with self.assertRaises(NotFound) as no_user:
            await soon(self.room.ban(unique("nobody")))
        self.assertEqual(no_user.exception.code, "no_user")
        with self.assertRaises(Forbidden):
            await soon(self.other.settings(topic="mine"))
        await soon(self.room.send("one", id="x"))
        with self.assertRaises(Conflict):
            await soon(self.room.send("two", id="x"))
        with self.assertRaises(Invalid) as refused:
            await soon(self.room.send("a\x07b"))
        self.assertEqual(refused.exception.code, "bad_text")
        with self.assertRaises(Invalid):
            await soon(self.here.join("no room", create=True))
        with self.assertRaises(Invalid):
            await soon(self.room.history(limit=501))
        with self.assertRaises(NotFound):
            await soon(self.here.http("GET", "/chat/room/" + unique("none")))
        with self.assertRaises(NotFound):
            await soon(self.room.edit(99, "x"))
        await soon(self.here.http("DELETE", "/chat/room/" + self.name))
        with self.assertRaises(NotFound) as gone:
            await soon(anext(aiter(self.other.messages())))
            await soon(anext(aiter(self.other.messages())))
        self.assertEqual(gone.exception.code, "gone")

    async def test_direct_rooms_marks_and_sync(self):
        await soon(self.here.http("PUT", "/chat/me/settings", {"direct": "everyone"}))
        await soon(self.there.http("PUT", "/chat/me/settings", {"direct": "everyone"}))
        one = await soon(self.here.direct(self.bob.name))
        other = await soon(self.there.join("@" + self.ada.name))
        self.assertEqual(one.name, other.name)
        await soon(one.send("psst"))
        await soon(one.send("hey"))
        self.assertEqual([each.message.text for each in await take(other.events(), 2, Posted)], ["psst", "hey"])
        found = next(each for each in await soon(self.there.sync()) if each["room"] == one.name)
        self.assertEqual((found["unread"], found["read"], found["last"]["text"]), (2, 0, "hey"))
        await other.read()

        async def unread():
            return next(each["unread"] for each in await self.there.sync() if each["room"] == one.name)
        for _ in range(100):
            if await soon(unread()) == 0:
                break
            await asyncio.sleep(0.1)
        self.assertEqual(await soon(unread()), 0)
        cy = await asyncio.to_thread(self.person)
        await soon((await self.client(cy)).http("PUT", "/chat/me/settings", {"direct": "everyone"}))
        group = await soon(self.here.direct(self.bob.name, cy.name))
        self.assertTrue(group.name.startswith("@@"))
        await soon(group.send("all of you"))

    async def test_who_is_here_and_who_types(self):
        events = self.other.events()
        waiting = asyncio.ensure_future(take(events, 1, Typing))
        await until(lambda: self.bob.name in self.room.people, "bob is there")
        await self.room.typing()
        self.assertEqual((await soon(waiting)), [Typing(self.ada.name, "active")])
        await self.room.leave()
        while (present := (await take(events, 1, Present))[0]).count > 1:
            pass
        self.assertEqual(present, Present(frozenset({self.bob.name}), 1))
        self.assertEqual([each async for each in self.room.events()], [], "whoever left hears nothing")


class Lasts(Clients, EndToEnd):
    """Servers that are killed, readers that are slow, connections that are cut."""

    def setUp(self):
        self.chance = random.Random(unique("seed"))

    async def serving(self, *options):
        self.server = await asyncio.to_thread(self.serve, *options)
        return self.server

    async def people(self, many):
        return await asyncio.to_thread(lambda: [User(self.server) for _ in range(many)])

    async def log(self, user, room):
        return await asyncio.to_thread(user.log, room)

    async def kill_and_start(self):
        await asyncio.to_thread(self.server.kill)
        await asyncio.sleep(self.chance.random() * 0.5)
        await asyncio.to_thread(self.server.start)

    async def test_everything_is_sent_once_and_heard_once_over_kills_of_the_server(self):
        await self.serving()
        each, rounds, room = 60, 3, unique("room")
        people = await self.people(4)
        inside = [await self.in_room(user, room, outbox=self.a_file()) for user in people]
        heard = {user.name: [] for user in people}

        async def hear(user, its_room):
            async for event in its_room.events():
                if isinstance(event, Posted):
                    heard[user.name].append((event.message.seq, event.message.author, event.message.text))

        async def talk(user, its_room):
            receipts = []
            for number in range(each):
                receipts.append(await its_room.send(f"{number}", id=f"{number}"))
                await asyncio.sleep(self.chance.random() * 0.05)
            return receipts
        hearing = [asyncio.ensure_future(hear(user, its_room)) for user, (_, its_room) in zip(people, inside)]
        talking = [asyncio.ensure_future(talk(user, its_room)) for user, (_, its_room) in zip(people, inside)]
        for _ in range(rounds):
            await asyncio.sleep(0.3 + self.chance.random())
            await self.kill_and_start()
        receipts = await soon(asyncio.gather(*talking), 60)
        log = await self.log(people[0], room)
        self.assertEqual([entry["seq"] for entry in log], list(range(1, len(people) * each + 1)))
        said = {user.name: [entry["text"] for entry in log if entry["from"] == user.name] for user in people}
        self.assertEqual(said, {user.name: [f"{number}" for number in range(each)] for user in people})
        whole = [(entry["seq"], entry["from"], entry["text"]) for entry in log]
        await until(lambda: all(len(each) >= len(whole) for each in heard.values()), "everybody heard all of it")
        for each in heard.values():
            self.assertEqual(each, whole)
        for user, told in zip(people, receipts):
            self.assertEqual([one.seq for one in told], [entry["seq"] for entry in log if entry["from"] == user.name])
        for client, _ in inside:
            self.assertGreaterEqual(sum(isinstance(one, Offline) for one in client._events), rounds)
        for task in hearing:
            task.cancel()

    async def test_what_a_killed_program_wanted_to_say_is_said_once_by_its_next_life(self):
        await self.serving()
        user, = await self.people(1)
        room, file, many = unique("room"), self.a_file(), 30
        program = ("import asyncio, sys\nimport greenroom_client\n"
                   "async def main(url, token, file, room, many):\n"
                   "    async with greenroom_client.connect(url, token, outbox=file) as client:\n"
                   "        room = await client.join(room, create=True)\n"
                   "        print('in', flush=True)\n"
                   "        sys.stdin.readline()\n"
                   "        await asyncio.gather(*(room.send(f'text {n}') for n in range(int(many))))\n"
                   "        while client.unsent:\n"
                   "            await asyncio.sleep(0.01)\n"
                   "    print('said', flush=True)\n"
                   "asyncio.run(main(*sys.argv[1:]))\n")

        def life(many):
            return subprocess.Popen([sys.executable, "-B", "-c", program, self.server.gateway_url, user.token, str(file), room, str(many)],
                                    cwd=ROOT / "clients/python", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = await asyncio.to_thread(life, many)
        self.addCleanup(first.communicate)
        self.addCleanup(first.kill)
        self.assertEqual(await asyncio.to_thread(first.stdout.readline), "in\n")
        await asyncio.to_thread(self.server.kill)  # so that nothing is acknowledged
        first.stdin.write("go\n")
        first.stdin.flush()
        await until(lambda: len(file.read_text().splitlines()) == many, "all of it is in the file")
        first.send_signal(signal.SIGKILL)
        first.wait()
        await asyncio.to_thread(self.server.start)
        for _ in range(2):
            second = await asyncio.to_thread(life, 0)
            out, _ = await asyncio.to_thread(second.communicate, "go\n", PATIENCE)
            self.assertEqual((out, second.returncode), ("in\nsaid\n", 0))
            self.assertEqual([entry["text"] for entry in await self.log(user, room)], [f"text {n}" for n in range(many)])

    async def test_a_message_of_an_earlier_life_that_is_refused_is_told(self):
        await self.serving()
        ada, bob = await self.people(2)
        _, owned = await self.in_room(ada, unique("room"))
        await soon(owned.mute(bob.name, "spam"))
        file = self.a_file()
        file.write_text(json.dumps({"room": owned.key, "id": "y", "text": "late"}) + "\n")
        client, _ = await self.in_room(bob, owned.name, outbox=file)
        refused, = await take(client.events(), 1, Refused)
        self.assertEqual((refused.id, refused.text, refused.error.code, refused.error.why), ("y", "late", "muted", "spam"))
        self.assertEqual(client.unsent, [])

    async def test_to_stop_waiting_takes_nothing_back(self):
        await self.serving()
        user, = await self.people(1)
        client, room = await self.in_room(user, unique("room"), outbox=self.a_file())
        await asyncio.to_thread(self.server.kill)
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(room.send("hello"), 0.2)
        await asyncio.to_thread(self.server.start)
        await until(lambda: not client.unsent, "it is sent")
        self.assertEqual([entry["text"] for entry in await self.log(user, room.name)], ["hello"])

    async def test_a_reader_who_was_cut_off_for_long_pages_what_was_missed(self):
        await self.serving()
        ada, bob = await self.people(2)
        wire = Wire(self.server.ports["gateway"])
        self.addCleanup(wire.close)
        _, room = await self.in_room(ada, unique("room"))
        reader = Lasting(bob)
        reader._line._url = f"ws://127.0.0.1:{wire.port}/chat/ws"
        self.addAsyncCleanup(reader.close)
        await soon(reader.open())
        events = (await soon(reader.join(room.name))).events()
        first = asyncio.ensure_future(take(events, 1, Posted))
        await soon(room.send("before"))
        await soon(first)
        wire.cut()
        writer = await asyncio.to_thread(ada.open)
        self.addCleanup(writer.drop)
        await asyncio.to_thread(writer.join, room.name)
        await asyncio.to_thread(writer.say, *({"type": "send", "room": room.name, "id": f"i{n}", "text": f"{n}"} for n in range(1200)))
        await asyncio.to_thread(writer.wait_seq, room.name, 1201, PATIENCE)
        reader.drop()
        wire.mend()
        missed = await take(events, 1200, Posted)
        self.assertEqual([one.message.text for one in missed], [f"{n}" for n in range(1200)])
        self.assertFalse(reader.of("heard", "joined")[-1]["recovered"])
        self.assertGreaterEqual(len(reader.of("said", "history")), 3)
        kinds = [type(one) for one in reader._events]
        self.assertEqual((kinds[0], kinds[-1]), (Online, Online))

    async def test_a_reader_who_is_told_of_a_gap_reads_all(self):
        await self.serving("--outbox", "64KiB")
        ada, bob = await self.people(2)
        reader, its_room = await self.in_room(bob, unique("room"))
        transport = reader._line._socket.transport
        transport.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 16384)
        events = its_room.events()
        taking = asyncio.ensure_future(take(events, 2000, Posted))
        await asyncio.sleep(0.1)
        transport.pause_reading()
        writer = await asyncio.to_thread(ada.open)
        self.addCleanup(writer.drop)
        await asyncio.to_thread(writer.join, its_room.name)
        for start in range(0, 2000, 100):
            await asyncio.to_thread(writer.say, *({"type": "send", "room": its_room.name, "id": f"{n}", "text": f"{n} " + "x" * 4000}
                                                  for n in range(start, start + 100)))
            await asyncio.to_thread(writer.wait_seq, its_room.name, start + 100, PATIENCE)
        transport.resume_reading()
        taken = await soon(taking, 60)
        self.assertEqual([one.message.seq for one in taken], list(range(1, 2001)))
        self.assertGreater(len(reader.of("heard", "gap")), 0)

    async def test_a_program_goes_on_where_its_last_life_was(self):
        await self.serving()
        ada, bob = await self.people(2)
        _, room = await self.in_room(ada, unique("room"))
        reader, its_room = await self.in_room(bob, room.name)
        for n in range(5):
            await soon(room.send(f"{n}"))
        await take(its_room.events(), 3, Posted)
        place = its_room.position
        await reader.close()
        with self.assertRaises(GreenroomError):
            await its_room.send("too late")
        await soon(room.send("5"))
        again = await self.client(bob)
        back = await soon(again.join(room.name, position=place))
        self.assertEqual([one.message.text for one in await take(back.events(), 3, Posted)], ["3", "4", "5"])
        owner = await self.client(ada)
        await soon(owner.http("DELETE", "/chat/room/" + room.name))
        for never in ({"position": place}, {}):
            with self.assertRaises(NotFound):
                await soon(again.join(unique("never"), **never))
        await soon(owner.join(room.name, create=True))
        new = await soon((await self.client(bob)).join(room.name, position=place))
        self.assertIsInstance((await take(new.events(), 1))[0], Anew)

    async def test_a_token_that_ends_ends_the_client(self):
        await self.serving()
        ada, bob = await self.people(2)
        client, room = await self.in_room(ada, unique("room"))
        waiting = asyncio.ensure_future(anext(room.messages()))
        await asyncio.to_thread(ada.users, "POST", "/logout")
        with self.assertRaises(SignedOut):
            await soon(waiting)
        self.assertEqual(client.error.code, "invalid_token")
        with self.assertRaises(SignedOut):
            await soon(room.send("hi"))
        self.assertIsInstance([each async for each in client.events()][-1], Offline)
        bob.token = "x" * 43
        with self.assertRaises(SignedOut):
            await self.client(bob)


class Readme(Clients, EndToEnd):
    async def test_its_bot_runs(self):
        self.server = await asyncio.to_thread(self.serve)
        script = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
        self.assertLess(len([line for line in script.splitlines() if line.strip()]), 24)
        folder = self.a_file().parent
        (folder / "bot.py").write_text(script)
        echo, ada = await asyncio.to_thread(lambda: (User(self.server, unique("echo")), User(self.server)))

        def run():
            return subprocess.Popen([sys.executable, "-B", "bot.py", self.server.gateway_url, echo.name, echo.password], cwd=folder,
                                    env={"PYTHONPATH": str(ROOT / "clients/python")}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True)
        _, room = await self.in_room(ada, "lobby")
        events = room.messages()
        bot = await asyncio.to_thread(run)
        self.addCleanup(lambda: print(bot.communicate()[0], end=""))
        self.addCleanup(bot.kill)
        self.assertEqual((await soon(anext(events))).author, echo.name)
        for _ in range(2):
            asked = await soon(room.send(f"{echo.name}, hello"))
            while (said := await soon(anext(events))).author != echo.name:
                pass
            self.assertEqual((said.text, said.target), ("hello", asked.seq))
            self.assertEqual([one.text for one in room.find(asked.seq).reactions], ["👂"])
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)
        self.assertIsNone(bot.poll(), "it lives")


if __name__ == "__main__":
    unittest.main(verbosity=2)
