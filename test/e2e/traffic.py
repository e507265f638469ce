"""People who talk all the time, whatever happens to the server: they come back, resume, and send again what wasn't
acknowledged, with the same ids."""

import asyncio
import json
import threading
import time

import websockets

from checker import Entry, History
from clients import JSON_DIALECT, User, ws_url

RETRYABLE = {"unavailable", "unknown_outcome", "overloaded", "fenced", "draining", "rate_limited", "too_slow", "internal"}
LOST = (OSError, asyncio.TimeoutError, websockets.WebSocketException)


class Talker:
    """One person, in one room."""

    def __init__(self, traffic, user):
        self.traffic, self.name = traffic, user.name
        self.url = ws_url(user.server.chat_url) + "/ws"
        self.token = user.token
        self.unacked = {}  # id: text, in the order of sending
        self.last_seq = 0
        self.generation = None
        self.made = 0
        self.heard = None
        self.joined = False

    async def live(self):
        while not self.traffic.ended:
            try:
                socket = await websockets.connect(
                    self.url, extra_headers={"Authorization": "Bearer " + self.token}, subprotocols=[JSON_DIALECT],
                    compression=None, ping_interval=None, max_queue=None, open_timeout=3, close_timeout=0.5)
            except websockets.InvalidStatusCode as refused:
                self.traffic.refusals.append(refused.status_code)
                await asyncio.sleep(0.1)
                continue
            except LOST:
                await asyncio.sleep(0.05)
                continue
            self.joined = False
            writer = asyncio.ensure_future(self.write(socket))
            try:
                await self.read(socket)
            except LOST:
                pass
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
                await socket.close()

    async def join(self, socket):
        self.joined = False
        position = {"after": self.last_seq, "generation": self.generation} if self.generation else {}
        await socket.send(json.dumps({"type": "join", "room": self.traffic.room, **position}))

    async def send(self, socket, id):
        if id in self.unacked:
            text = self.unacked[id]
            self.traffic.history.send(text)
            await socket.send(json.dumps({"type": "send", "room": self.traffic.room, "id": id, "text": text}))

    async def write(self, socket):
        await self.join(socket)
        while True:
            await asyncio.sleep(self.traffic.pace)
            if self.joined and not self.traffic.quiet and len(self.unacked) < self.traffic.window:
                self.made += 1
                id = f"{self.made}"
                self.unacked[id] = f"{self.name} says {self.made}"
                await self.send(socket, id)

    async def read(self, socket):
        async for text in socket:
            frame = json.loads(text)
            if frame["type"] == "message":
                self.take(frame)
            elif frame["type"] == "joined":
                await self.take_joined(socket, frame)
            elif frame["type"] == "error":
                self.take_error(socket, frame)
            elif frame["type"] == "gone":
                self.traffic.refusals.append(frame["reason"])
                await asyncio.sleep(0.1)
                await self.join(socket)

    async def take_joined(self, socket, frame):
        if self.generation and (not frame["recovered"] or frame["generation"] != self.generation):
            self.traffic.history.flaw(f"{self.name} was not recovered from {self.last_seq}: {frame}")
        if not self.generation:  # without a position, one hears what is said from now on
            self.last_seq = frame["head"]
        self.generation = frame["generation"]
        self.heard = self.traffic.history.run(self.name, self.last_seq)
        self.joined = True
        for id in list(self.unacked):
            await self.send(socket, id)

    def take(self, frame):
        if "id" in frame and frame["id"] in self.unacked:
            self.traffic.history.ack(self.unacked.pop(frame["id"]), frame["seq"])
        if not frame.get("duplicate"):
            self.heard.append(Entry(frame["seq"], frame["from"], frame["text"]))
            self.last_seq = frame["seq"]

    def take_error(self, socket, frame):
        self.traffic.refusals.append(frame["code"])
        if frame["code"] not in RETRYABLE and frame["code"] != "not_joined":
            self.traffic.history.flaw(f"{self.name} heard {frame}")
        elif "id" in frame:
            pause = min(frame.get("retry_after", 1), 1) * 0.3
            asyncio.get_running_loop().call_later(pause, lambda: asyncio.ensure_future(self.send_quietly(socket, frame["id"])))
        elif frame["code"] in RETRYABLE:  # the joining
            asyncio.get_running_loop().call_later(0.2, lambda: asyncio.ensure_future(self.join_quietly(socket)))

    async def send_quietly(self, socket, id):
        try:
            await self.send(socket, id)
        except LOST:
            pass

    async def join_quietly(self, socket):
        try:
            await self.join(socket)
        except LOST:
            pass


class Traffic:
    """Talkers on a thread of their own. `history` is what they saw."""

    def __init__(self, server, room, talkers=6, pace=0.004, window=20):
        self.room, self.pace, self.window = room, pace, window
        self.history = History()
        self.refusals = []  # codes of errors and of refused upgrades
        self.quiet = False  # nobody begins anything new
        self.ended = False
        self.users = [User(server) for _ in range(talkers)]
        self.users[0].room(room=room)
        self._talkers = [Talker(self, user) for user in self.users]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()

    async def _run(self):
        tasks = [asyncio.ensure_future(talker.live()) for talker in self._talkers]
        while not self.ended:
            await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wait_acks(self, more, within=20.0):
        """Until so many more are acknowledged; the seconds that the first of them took."""
        began, before = time.monotonic(), self.history.ack_count()
        first = None
        while (now := self.history.ack_count()) < before + more:
            if now > before and first is None:
                first = time.monotonic() - began
            if time.monotonic() - began > within:
                raise AssertionError(f"{now - before} of {more} acknowledgements within {within} s; {self.state()}")
            time.sleep(0.005)
        return first if first is not None else time.monotonic() - began

    def finish(self, within=20.0):
        """Until everything is acknowledged and everybody has heard all; then they go. The last seq."""
        self.quiet = True
        end = time.monotonic() + within
        while any(t.unacked or not t.joined for t in self._talkers) or len({t.last_seq for t in self._talkers}) != 1:
            if time.monotonic() > end:
                raise AssertionError(f"not settled within {within} s: {self.state()}")
            time.sleep(0.02)
        self.close()
        return self._talkers[0].last_seq

    def close(self):
        self.ended = True
        self._thread.join(10)

    def state(self):
        each = [(t.name, len(t.unacked), t.last_seq, t.joined) for t in self._talkers]
        return f"name, unacked, last seq, joined: {each}; the last refusals: {self.refusals[-5:]}"
