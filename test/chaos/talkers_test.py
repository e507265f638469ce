#!/usr/bin/python3
"""A client that forgave a server would let the judge pass: it notes what it hears, fetches what it is told of, resumes with
what it has and sends again with the same ids."""

import asyncio
import functools
import json
import pathlib
import sys
import threading
import time
import types
import unittest

import websockets

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from checker import violations  # noqa: E402
from clients import JSON_DIALECT  # noqa: E402
from entries import Entry, Gap  # noqa: E402
from moderators import Actor, Governed  # noqa: E402
from people import Person  # noqa: E402
from talkers import Crowd  # noqa: E402

AT = "2026-03-10T12:00:00.000Z"
GENERATION = "00000000000000aa"
LOG = [Entry(seq, "bob", f"bob says {seq}") for seq in range(1, 9)]


class Scripted:
    """A server for one connection after the other. `script`: a coroutine of (server, number of the connection)."""

    def __init__(self, script):
        self.script, self.heard, self.count = script, [], 0
        self._loop, started = asyncio.new_event_loop(), threading.Event()

        async def run():
            async with websockets.serve(self._serve, "127.0.0.1", 0, subprotocols=[JSON_DIALECT]) as server:
                self.port = server.sockets[0].getsockname()[1]
                self._ended = asyncio.Event()
                started.set()
                await self._ended.wait()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(run()))
        self._thread.start()
        started.wait()

    async def _serve(self, socket, _path):
        self.socket = socket
        self.count += 1
        try:
            await self.script(self, self.count)
        except websockets.ConnectionClosed:
            pass  # the client has gone

    async def hear(self, type):
        """The next command of that type; others are noted, too."""
        while True:
            command = json.loads(await self.socket.recv())
            self.heard.append(command)
            if command["type"] == type:
                return command

    async def say(self, **frame):
        await self.socket.send(json.dumps({"room": "room", **frame}))

    async def joined(self, head, recovered=True):
        await self.say(type="joined", owner="mona", access="open", edit_window=86400, generation=GENERATION, head=head, as_of=head,
                       members={"count": 1, "first": []}, recovered=recovered)

    async def message(self, entry, **more):
        await self.say(type="message", seq=entry.seq, **{"from": entry.author}, text=entry.text, at=AT, **more)

    async def page(self, entries, more=False):
        await self.say(type="history", more=more, as_of=8,
                       messages=[{"seq": e.seq, "from": e.author, "text": e.text, "at": AT} for e in entries])

    def close(self):
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()


class Talkers(unittest.TestCase):
    def talk(self, script, until, quiet=True, patience=3.0, kind=Person):
        """One person's record of that server, once `until` is true."""
        server = Scripted(script)
        self.addCleanup(server.close)
        crowd = Crowd(["room"])
        self.addCleanup(crowd.close)
        crowd.quiet = quiet
        door = types.SimpleNamespace(chat_url=f"http://127.0.0.1:{server.port}")
        crowd.add(types.SimpleNamespace(name="ada", token="token", server=door), ["room"], pace=0.01, patience=patience,
                  kind=kind)
        crowd.start()
        end = time.monotonic() + 5
        while not until(crowd, server):
            self.assertLess(time.monotonic(), end, (crowd.state(), server.heard))
            time.sleep(0.01)
        crowd.close()
        return crowd.histories["room"], server

    def test_it_notes_what_it_hears_just_as_it_comes(self):
        async def script(server, _):
            await server.hear("join")
            await server.joined(head=2)
            for seq in (3, 4, 4, 6):
                await server.message(LOG[seq - 1])
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: sum(len(run.items) for run in crowd.histories["room"].runs) == 4)
        self.assertEqual([item.seq for item in history.runs[0].items], [3, 4, 4, 6])
        self.assertEqual(history.runs[0].after, 2)

    def test_a_gap_is_fetched(self):
        async def script(server, _):
            await server.hear("join")
            await server.joined(head=2)
            await server.message(LOG[2])
            await server.say(type="gap", **{"from": 4, "to": 6})
            await server.message(LOG[6])
            self.assertEqual((await server.hear("history"))["after"], 3)
            await server.page(LOG[3:5], more=True)
            self.assertEqual((await server.hear("history"))["after"], 5)
            await server.message(LOG[7])
            await server.page(LOG[5:8])
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: len(crowd.histories["room"].pages) == 2)
        self.assertIn(Gap(4, 6), history.runs[0].items)
        self.assertEqual([[entry.seq for entry in page.entries] for page in history.pages], [[4, 5], [6]])
        for entry in LOG:
            history.send(entry.text, "bob")
        self.assertEqual(violations(history, LOG), [])

    def test_it_comes_back_with_what_it_has_and_pages_what_a_join_left_out(self):
        async def script(server, count):
            join = await server.hear("join")
            if count == 1:
                await server.joined(head=2)
                return await server.message(LOG[2])
            self.assertEqual((join["after"], join["generation"]), (3, GENERATION))
            await server.joined(head=7, recovered=False)
            await server.message(LOG[7])
            self.assertEqual((await server.hear("history"))["after"], 3)
            await server.page(LOG[3:8])
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: crowd.histories["room"].pages)
        self.assertEqual([run.after for run in history.runs], [2, 7])
        self.assertEqual([entry.seq for entry in history.pages[0].entries], [4, 5, 6, 7])
        self.assertIn("unrecovered", [each.word for each in violations(history, LOG)])

    def test_what_is_refused_or_never_answered_is_sent_again_with_its_id(self):
        async def script(server, count):
            await server.hear("join")
            await server.joined(head=0)
            first = await server.hear("send")
            if count == 1:
                await server.say(type="error", code="unknown_outcome", detail="", id=first["id"])
                while (await server.hear("send"))["id"] != first["id"]:
                    pass
                await server.hear("never")  # silence: it comes again
            while first["id"] != "1":
                first = await server.hear("send")
            await server.message(Entry(1, "ada", first["text"]), id="1", duplicate=True)
            await server.hear("never")
        history, server = self.talk(script, lambda crowd, _: crowd.histories["room"].acked, quiet=False, patience=0.5)
        first = [command["text"] for command in server.heard if command.get("id") == "1"]
        self.assertGreaterEqual(len(first), 3)
        self.assertEqual(set(first), {"ada says 1"})
        self.assertEqual([(ack.text, ack.seq) for ack in history.acked], [("ada says 1", 1)])
        self.assertEqual(history.runs[-1].items, [], "a duplicate is no part of the stream")

    def test_an_error_that_no_retry_helps_is_told(self):
        async def script(server, _):
            await server.hear("join")
            await server.say(type="error", code="forbidden", detail="")
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: crowd.histories["room"].flaws)
        self.assertEqual(history.flaws[0].word, "refused")

    def test_whoever_expects_refusals_notes_them_and_the_final_ones_as_final(self):
        async def script(server, _):
            await server.hear("join")
            await server.joined(head=0)
            for in_doubt in (False, True):
                sent = await server.hear("send")
                while sent["id"] != ("2" if in_doubt else "1"):
                    sent = await server.hear("send")
                if in_doubt:
                    await server.say(type="error", code="unknown_outcome", detail="", id=sent["id"])
                    while (await server.hear("send"))["id"] != sent["id"]:
                        pass
                await server.say(type="error", code="read_only", detail="", id=sent["id"])
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: len(crowd.histories["room"].refusals) == 2, quiet=False, kind=Governed)
        self.assertEqual([(one.name, one.key, one.code) for one in history.refusals],
                         [("ada", "ada says 1", "read_only"), ("ada", "ada says 2", "read_only")])
        self.assertEqual(history.refused, {"ada says 1"}, "the other one may have been stored, whatever was said then")
        self.assertEqual(history.flaws, [])

    def test_other_refusals_are_no_less_wrong_for_that(self):
        async def script(server, _):
            await server.hear("join")
            await server.joined(head=0)
            sent = await server.hear("send")
            await server.say(type="error", code="muted", detail="", id=sent["id"])
            await server.hear("never")
        history, _ = self.talk(script, lambda crowd, _: crowd.histories["room"].flaws, quiet=False, kind=Governed)
        self.assertEqual(history.flaws[0].word, "refused")

    def test_who_is_banned_comes_again_with_their_place_until_they_are_let_in(self):
        why = {"by": "mona", "why": "spam"}

        async def script(server, _):
            await server.hear("join")
            await server.joined(head=2)
            await server.message(LOG[2])
            await server.say(type="gone", reason="banned", **why)
            await server.hear("join")
            await server.say(type="error", code="banned", detail="", **why)
            self.assertEqual((await server.hear("join"))["after"], 3)
            await server.joined(head=5)
            for entry in LOG[3:5]:
                await server.message(entry)
            await server.hear("never")
        history, server = self.talk(script, lambda crowd, _: len(crowd.histories["room"].runs) == 2
                                    and len(crowd.histories["room"].runs[1].items) == 2,
                                    kind=functools.partial(Actor, cast={}))
        self.assertEqual([told[:4] for told in history.told], [("ada", "banned", "mona", "spam")] * 2)
        self.assertEqual([(one.name, one.key, one.code) for one in history.refusals], [("ada", None, "banned")])
        self.assertEqual((history.flaws, history.runs[1].after), ([], 3))


if __name__ == "__main__":
    unittest.main(verbosity=2)
