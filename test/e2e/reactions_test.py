#!/usr/bin/python3
"""A thousand reactions a second to one message: no reader is told of a gap, and everybody makes the same of them."""

import json
import pathlib
import sys
import threading
import time
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))
from clients import JSON_DIALECT  # noqa: E402
from entries import entry_of  # noqa: E402
from folding import Folding, Oracle, state_of  # noqa: E402
from harness import Chat, unique  # noqa: E402
from raw import CLOSE, PING, PONG, TEXT, RawSocket  # noqa: E402

PEOPLE, EACH, SECONDS = 5, 300, 1.5  # who react, how often each, and within which time all of that is said
TICK = 0.05
MARKS = ("👍", "🎉", "+1")
PATIENCE = 30.0  # a machine that is busy otherwise stores them more slowly than they come


class Reactor(RawSocket):
    """Says its part without waiting for any answer, and reads what comes without looking at it."""

    def __init__(self, user, room):
        super().__init__(user.server.chat_url, "/ws", user.token, JSON_DIALECT)
        self.user, self.room = user, room
        self.frame(TEXT, json.dumps({"type": "join", "room": room}).encode())
        while b'"joined"' not in self._read:
            self._more()

    def react(self, target, begins):
        threading.Thread(target=self._discard, daemon=True).start()
        said = 0
        while said < EACH:
            due = min(EACH, int((time.monotonic() - begins + TICK) / SECONDS * EACH))
            for said in range(said, due):
                act = {"type": "act", "room": self.room, "id": f"r{said}", "kind": "unreact" if said % 2 else "react",
                       "target": target, "text": MARKS[said // 2 % len(MARKS)]}
                self.frame(TEXT, json.dumps(act).encode())
            said = max(said, due)
            time.sleep(TICK / 4)
        self.done = time.monotonic()

    def _discard(self):
        try:
            while self._socket.recv(65536):
                pass
        except OSError:
            pass


class Reader(RawSocket):
    """Keeps every frame, and folds."""

    def __init__(self, user, room):
        super().__init__(user.server.chat_url, "/ws", user.token, JSON_DIALECT, patience=PATIENCE)
        self.folding, self.entries, self.gaps = Folding(user.name), [], []
        self.frame(TEXT, json.dumps({"type": "join", "room": room, "after": 0}).encode())

    def read_up_to(self, seq):
        while not self.entries or self.entries[-1].seq < seq:
            opcode, payload = self.next() or (CLOSE, b"")
            if opcode == CLOSE:
                raise AssertionError(f"closed at {self.entries[-1:]}")
            if opcode == PING:
                self.frame(PONG, payload)
            frame = json.loads(payload) if opcode == TEXT else {"type": ""}
            if frame["type"] == "message":
                self.entries.append(entry_of(frame)._replace(id=None))
                self.folding.hear(self.entries[-1])
            elif frame["type"] in ("gap", "gone", "error"):
                self.gaps.append(frame)


class Reactions(Chat):
    def test_a_thousand_a_second_cost_no_reader_a_gap(self):
        room, owner = unique("room"), self.person()
        owner.room(room=room)
        target = owner.chat("POST", f"/room/{room}/messages", {"text": "look"}).json["seq"]
        readers = [Reader(owner, room) for _ in range(3)]
        reactors = [Reactor(self.person(), room) for _ in range(PEOPLE)]
        for one in (*readers, *reactors):
            self.addCleanup(one._socket.close)
        last = target + PEOPLE * EACH
        begins = time.monotonic()
        at_work = [threading.Thread(target=one.react, args=(target, begins), daemon=True) for one in reactors]
        at_work += [threading.Thread(target=one.read_up_to, args=(last,), daemon=True) for one in readers]
        for one in at_work:
            one.start()
        pages = []
        while any(one.is_alive() for one in at_work) and time.monotonic() < begins + PATIENCE:
            pages.append(owner.chat("GET", f"/room/{room}/messages?after=0&limit=1").json)  # somebody looks meanwhile
            time.sleep(0.2)
        took = time.monotonic() - begins
        said = max(one.done for one in reactors) - begins
        print(f"  {PEOPLE * EACH} reactions within {said:.1f} s, all heard after {took:.1f} s", flush=True)
        for reader in readers:
            self.assertEqual(reader.gaps, [])
            self.assertEqual([entry.seq for entry in reader.entries], list(range(1, last + 1)))
            self.assertEqual(reader.entries, readers[0].entries)
        oracle = Oracle(readers[0].entries)
        for reader in readers:
            self.assertEqual(reader.folding.find(target)[1], oracle.folded(target, last, owner.name)[1])
        for page in pages:
            wanted, state = oracle.folded(target, page["as_of"], owner.name)
            self.assertEqual((page["messages"][0]["text"], state_of(page["messages"][0])), (wanted.text, state), page)
        self.assertTrue(any("reactions" in page["messages"][0] for page in pages), "somebody saw some")


if __name__ == "__main__":
    unittest.main()
