"""Somebody who uses HTTP meanwhile: a good token is never refused, and a page has what was acknowledged before."""

import collections
import random
import threading
import time

from clients import http
from entries import entry_of
from history import Violation

AWAY = {429, 502, 503, 504}  # come again
PACE = 0.25


class Caller:
    """On a thread of its own. `found`: (room or None, Violation). `counts`: {what was answered: times}."""

    def __init__(self, crowd, users, seed):
        self.found, self.counts = [], collections.Counter()
        self._crowd, self._users, self._chance = crowd, users, random.Random(seed)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._call, daemon=True)
        self._thread.start()

    def _call(self):
        actions = (self._verify, self._read, self._log_in, self._read, self._pry)
        at = 0
        while not self._ended.wait(PACE):
            at += 1
            try:
                actions[at % len(actions)](*self._chance.choice(list(self._users.items())))
            except OSError as lost:
                self.counts[type(lost).__name__] += 1

    def _is_good(self, what, answer, room):
        self.counts[f"{what} {answer.status}"] += 1
        if answer.status not in AWAY and answer.status != 200:
            self.found.append((room, Violation("answered", f"{what}: {answer}")))
        return answer.status == 200

    def _verify(self, room, user):
        self._is_good("verify", user.users("GET", "/verify"), None)

    def _log_in(self, room, user):
        self._is_good("login", http("POST", user.server.users_url + "/login",
                                    {"username": user.name, "password": user.password}), None)

    def _read(self, room, user):
        acked = self._crowd.histories[room].acked
        if not acked:
            return
        ack, asked = acked[-1], time.monotonic()
        answer = user.chat("GET", f"/room/{room}/messages?after={ack.seq - 1}&limit=1")
        if self._is_good("page", answer, room):
            page = [entry_of(message) for message in answer.json["messages"]]
            is_edited = any("edited" in message for message in answer.json["messages"])
            if [entry.seq for entry in page] != [ack.seq] or not (is_edited or self._is_known(room, page[0], ack)):
                detail = f"asked {asked - ack.when:.3f} s after {ack.seq} was acknowledged, history has {page}"
                self.found.append((room, Violation("stale", detail, (ack.seq,), (ack.text,))))

    def _pry(self, _, user):
        """Nobody but its people reads a direct room or a group, or learns that it is there."""
        for room in self._crowd.histories:
            if room.startswith("@") and user.name not in room[1:].split(","):
                answer = user.chat("GET", f"/room/{room}/messages")
                self.counts[f"direct {answer.status}"] += 1
                if answer.status not in AWAY | {404}:
                    self.found.append((room, Violation("overheard", f"{user.name} asked and got {answer}")))

    def _is_known(self, room, entry, ack):
        """Others aren't told the id by which an act is known."""
        history = self._crowd.histories[room]
        is_erased = entry.kind == "erased" and entry.seq in history.erasing
        return is_erased or history.sent[ack.text].act is not None or (entry.kind, entry.text) == ("text", ack.text)

    def close(self):
        self._ended.set()
        self._thread.join()
