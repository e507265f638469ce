"""Small clients that say what they are told to, on the lower parts of clients/python: HTTP, and websockets, each dialect with its words.
All that they say and hear goes by the witness; and so does all that `greenroom_client` itself does in a test, by `lasting`."""

import asyncio
import collections
import json
import pathlib
import sys
import threading
import time
import uuid

import witness

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "clients/python"))
import greenroom_client  # noqa: E402
from greenroom_client import over_http  # noqa: E402
from greenroom_client.over_http import request as plain_request, written  # noqa: E402
from greenroom_client.transport import DIALECT as JSON_DIALECT  # noqa: E402
from greenroom_client.transport import LOST, UpgradeRefused, dial, response_headers  # noqa: E402

PATIENCE = 10
PASSWORD = "correct horse battery staple"


def http(method, url, body=None, token=None, headers=None, patience=PATIENCE):
    """One request on a connection of its own. `body`: bytes as they are, anything else as JSON."""
    body, fields = written(body, token, headers)
    got = plain_request(method, url, body, headers=fields, patience=patience)
    witness.answered(url, witness.asked(method, url, fields, body), got.status, got.headers, got.body)
    return got


over_http.request = http  # what the package asks for goes by the witness, too


class User:
    """Somebody who registered and signed in."""

    def __init__(self, server, name=None, password=PASSWORD):
        self.server = server
        self.name = name or "user-" + uuid.uuid4().hex[:10]
        self.password = password
        self.register().log_in()

    def register(self):
        answer = http("POST", self.server.users_url + "/register", {"username": self.name, "password": self.password})
        assert answer.status == 201, answer
        return self

    def log_in(self):
        answer = http("POST", self.server.users_url + "/login", {"username": self.name, "password": self.password})
        assert answer.status == 200, answer
        self.token = answer.json["token"]
        return self

    def chat(self, method, path, body=None, **more):
        return http(method, self.server.chat_url + path, body, token=self.token, **more)

    def users(self, method, path, body=None, **more):
        return http(method, self.server.users_url + path, body, token=self.token, **more)

    def ticket(self):
        answer = self.chat("POST", "/ticket")
        assert answer.status == 200, answer
        return answer.json["ticket"]

    def open(self, **more):
        """A websocket for many rooms, in JSON."""
        return Json(ws_url(self.server.chat_url) + "/ws", token=self.token, **more)

    def room(self, **wanted):
        answer = self.chat("POST", "/room", wanted)
        assert answer.status in (200, 201), answer
        return answer.json

    def log(self, room):
        """The whole log of a room."""
        messages, more = [], True
        while more:
            after = messages[-1]["seq"] if messages else 0
            answer = self.chat("GET", f"/room/{room}/messages?after={after}&limit=500")
            assert answer.status == 200, answer
            messages += answer.json["messages"]
            more = answer.json["more"]
        return messages


def ws_url(url):
    return "ws" + url.removeprefix("http")


class _Loop:
    """The thread that all websockets of a test live on."""

    _running = None

    @classmethod
    def run(cls, coroutine, patience=PATIENCE):
        if cls._running is None:
            cls._running = asyncio.new_event_loop()
            threading.Thread(target=cls._running.run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(coroutine, cls._running).result(patience)


class Socket:
    """A websocket. `heard` has every frame of the server, in order."""

    def __init__(self, url, dialect=None, token=None, origin=None):
        self.heard = []
        self.close_code = None
        self.closed_at = None
        self._news = threading.Condition()
        self._talk = witness.Talk(dialect)
        self._socket = _Loop.run(self._open(url, dialect, token, origin))

    async def _open(self, url, dialect, token, origin):
        headers = {"Authorization": "Bearer " + token} if token else {}
        ask = witness.asked("GET", url, {**headers, **({"Sec-WebSocket-Protocol": ""} if dialect else {})}, None)
        try:
            socket = await dial(url, token, dialect=dialect, origin=origin, max_queue=None, open_timeout=PATIENCE)
        except UpgradeRefused as refused:
            witness.answered(url, ask, refused.status, refused.headers, None)
            raise
        witness.answered(url, ask, 101, response_headers(socket), None)
        self._reader = asyncio.ensure_future(self._read(socket))
        return socket

    async def _read(self, socket):
        try:
            async for frame in socket:
                with self._news:
                    self.heard.append(frame)
                    self._news.notify_all()
                self._talk.heard(frame)
        except LOST:
            pass
        with self._news:
            self.close_code = socket.close_code
            self.closed_at = time.monotonic()
            self._news.notify_all()

    @property
    def subprotocol(self):
        return self._socket.subprotocol

    def send(self, *frames):
        """Text of `str`, binary of `bytes`; many go out together."""
        async def all_of_them():
            for frame in frames:
                self._talk.said(frame)
                await self._socket.send(frame)
        _Loop.run(all_of_them())

    def wait(self, condition, what, within=PATIENCE):
        """The first true value of `condition`, looked at after each frame."""
        with self._news:
            value = self._news.wait_for(lambda: condition() or (self.close_code is not None and "closed"), within)
            value = condition() or value
        if value in (None, False, "closed"):
            state = f"closed with {self.close_code}" if self.close_code else "open"
            raise AssertionError(f"not within {within} s: {what}; {state}; heard {self.heard[-5:]}")
        self._talk.check()
        return value

    def wait_closed(self, within=PATIENCE):
        """The close code."""
        with self._news:
            if not self._news.wait_for(lambda: self.close_code is not None, within):
                raise AssertionError(f"the socket isn't closed within {within} s")
        return self.close_code

    def close(self):
        _Loop.run(self._socket.close())
        self._talk.check()

    def drop(self):
        """Gone without a word."""
        async def abort():
            self._socket.transport.abort()
        was_open = self.close_code is None
        _Loop.run(abort())
        if was_open:
            self._talk.over()


class Lines(Socket):
    """The first dialect: `SEND text` out; `FROM user text` and `ERROR code detail` in."""

    def say(self, *texts):
        self.send(*("SEND " + text for text in texts))

    def messages(self):
        return [tuple(frame.split(" ", 2)[1:]) for frame in list(self.heard) if frame.startswith("FROM ")]

    def errors(self):
        return [frame.split(" ", 2)[1] for frame in list(self.heard) if frame.startswith("ERROR ")]


class Json(Socket):
    """`greenroom.v1.json`. `expect` takes the first frame that fits and wasn't taken before."""

    def __init__(self, url, **more):
        self._taken = set()
        super().__init__(url, dialect=JSON_DIALECT, **more)

    def say(self, *commands):
        self.send(*(json.dumps(command) for command in commands))

    def frames(self, type, **fields):
        return [frame for frame in map(json.loads, list(self.heard)) if _fits(frame, type, fields)]

    def expect(self, type, within=PATIENCE, **fields):
        def take():
            for at, text in enumerate(self.heard):
                if at not in self._taken and _fits(json.loads(text), type, fields):
                    self._taken.add(at)
                    return json.loads(text)
            return None
        return self.wait(take, f"{type} {fields}", within)

    def join(self, room, **position):
        self.say({"type": "join", "room": room, **position})
        return self.expect("joined", room=room)

    def post(self, room, text, id=None):
        """Sends, and waits for the acknowledgement: the message."""
        id = id or uuid.uuid4().hex
        self.say({"type": "send", "room": room, "id": id, "text": text})
        return self.expect("message", room=room, id=id)

    def messages(self, room):
        return self.frames("message", room=room)

    def people(self, room):
        """The users in the room, as far as this client was told."""
        names = set()
        for frame in map(json.loads, list(self.heard)):
            if frame.get("room") != room:
                continue
            if frame["type"] == "joined":
                names = set(frame["members"]["first"])
            elif frame["type"] == "presence":
                names = (set() if frame.get("whole") else names - set(frame["left"])) | set(frame["joined"])
        return names

    def wait_seq(self, room, seq, within=PATIENCE):
        """All messages of the room, once `seq` is among them."""
        self.wait(lambda: any(f'"seq":{seq},' in text for text in self.heard if '"message"' in text),
                  f"message {seq} of {room}", within)
        return self.messages(room)

    def settle(self):
        """Waits until the server has handled everything sent so far, except what rooms have yet to answer."""
        pongs = len(self.frames("pong"))
        self.say({"type": "ping"})
        self.wait(lambda: len(self.frames("pong")) > pongs, "pong")


class Lasting(greenroom_client.Client):
    """The client for programs, through the gateway. `frames` has the last ones that it `said` and `heard`."""

    def __init__(self, user, keep=20000, **more):
        self.frames, self.last = collections.deque(maxlen=keep), None
        self._described = witness.Talk(JSON_DIALECT, closely=20)
        super().__init__(user.server.gateway_url, user.token, trace=self._note, **more)

    def _note(self, way, text):
        self.last = json.loads(text)
        self.frames.append((way, self.last))
        getattr(self._described, way)(text)

    def of(self, way, type):
        return [frame for one, frame in self.frames if one == way and frame["type"] == type]

    def drop(self):
        """Cut off; it comes back by itself."""
        self._line.drop()

    async def close(self):
        await super().close()
        self._described.over()


def _fits(frame, type, fields):
    return frame.get("type") == type and all(frame.get(name) == value for name, value in fields.items())
