"""A connection to Greenroom that lasts: it comes back, resumes, fetches what was missed, and sends again what wasn't answered."""

from __future__ import annotations

import asyncio
import collections
import os
import random as _random
import time
from typing import Any, AsyncIterator, Generator, Mapping

from .acts import Act
from .conversation import Conversation
from .effects import Done, Failed, Receipt, Reconnect, Say, Settled, Tell, Wake
from .entries import Page, Position
from .errors import Closed, GreenroomError
from .events import ClientEvent, Offline, Online, RoomEvent
from .keeper import Keeper
from .limits import check_frame, check_id, check_room, check_text
from .line import Line, Trace
from .outbox import Unsent, new_id
from .over_http import ask
from .patience import Random, retry_delay
from .room import Room
from .seat import Seat, key_of

MOST_EVENTS = 1000  # of the connection and oneself, for a reader who doesn't take them: then the oldest are forgotten


class Client:
    """Made by `connect`. All of it lives on one event loop."""

    def __init__(self, url: str, token: str, *, outbox: str | os.PathLike[str] | None = None, trace: Trace | None = None,
                 random: Random = _random.random) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the gateway's address begins with http:// or https://, and this is {url!r}")
        self.url, self.token = url.rstrip("/"), token
        self.me = ""
        self.error: GreenroomError | None = None  # why it is over
        self._random = random
        self._keeper = Keeper(outbox) if outbox is not None else None
        self._talk = Conversation("")
        self._line = Line(self.url, token, self, random, trace)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._readers: collections.Counter[str] = collections.Counter()
        self._events: collections.deque[ClientEvent] = collections.deque(maxlen=MOST_EVENTS)
        self._eventful = asyncio.Event()
        self._open: asyncio.Future[None] | None = None
        self._life: asyncio.Task[None] | None = None

    # ---- rooms and people

    async def join(self, name: str, *, create: bool = False, position: Position | None = None) -> Room:
        """Enters a room. `create`: makes one that is missing, open to everybody; else it is NotFound. `position`: that of an earlier
        life of the program, so that `events` and `messages` go on from there; without it they begin with what comes from now on."""
        check_room(name)
        key: str = await self._answer(self._talk.enter(name, time.monotonic(), create, position))
        return Room(self, key)

    async def direct(self, *people: str) -> Room:
        """The direct room with one person, or a new group with several; made where it is missing, and entered."""
        made = await self.http("POST", "/chat/direct", {"with": list(people)})
        return await self.join(made["room"])

    async def sync(self) -> list[dict[str, Any]]:
        """The rooms in which this user is a member, with `head`, `unread`, `mentions`, `read`, `last` and more, as the server has
        it (docs/protocol.md)."""
        rooms: list[dict[str, Any]] = await self._answer(self._talk.sync(time.monotonic()))
        return rooms

    async def http(self, method: str, path: str, body: Any = None) -> Any:
        """Whatever else the gateway can do: the body of its answer. Raises GreenroomError, or OSError where there is none."""
        return await ask(method, self.url + path, body, self.token)

    async def events(self) -> AsyncIterator[ClientEvent]:
        """What happens to the connection and to oneself. Ends when the client does."""
        while True:
            while self._events:
                yield self._events.popleft()
            if self.error:
                return
            self._eventful.clear()
            await self._eventful.wait()

    @property
    def unsent(self) -> list[Unsent]:
        """The messages that aren't acknowledged yet."""
        return self._talk.outbox.waiting()

    # ---- begin and end

    async def open(self) -> Client:
        """Returns at the first connection. Tries for ever, unless this user isn't let in: then raises GreenroomError."""
        if self._life:
            return self
        self._open = asyncio.get_running_loop().create_future()
        self._life = asyncio.ensure_future(self._live())
        try:
            await asyncio.shield(self._open)
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        """Says what it has to say, and hangs up. What isn't acknowledged stays in the outbox's file."""
        if self.error is None:
            self._talk.tell_marks()
            self._carry_out()
            try:
                await asyncio.wait_for(self._line.close(), 3)
            except (OSError, asyncio.TimeoutError):
                self._line.drop()
        if self._life:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self._over(Closed())
        if self._keeper:
            await self._keeper.close()

    async def _live(self) -> None:
        try:
            await self._learn_who_i_am()
            await self._line.live()
        except asyncio.CancelledError:
            raise
        except GreenroomError as error:
            self._over(error)
        except BaseException as fault:
            self._over(GreenroomError("internal", repr(fault)))
            raise

    async def _learn_who_i_am(self) -> None:
        attempt = 0
        while True:
            try:
                self.me = (await self.http("GET", "/users/verify"))["user_id"]
                break
            except GreenroomError as error:
                if not error.is_temporary:
                    raise
                wait = error.retry_after
            except OSError:
                wait = 0.0
            await asyncio.sleep(max(wait, retry_delay(attempt, self._random)))
            attempt += 1
        self._talk = Conversation(self.me, self._keeper.kept if self._keeper else ())

    def _over(self, error: GreenroomError) -> None:
        if self.error:
            return
        self.error = error
        self._talk.closed(error)
        self._carry_out()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(error)
        if self._open and not self._open.done():
            self._open.set_exception(error)
        self._eventful.set()
        for event in self._woken.values():
            event.set()

    # ---- what the line tells

    def opened(self) -> None:
        self._talk.connected(time.monotonic())
        self._tell(Online())
        self._carry_out()
        if self._open and not self._open.done():
            self._open.set_result(None)

    def heard(self, frame: Mapping[str, Any]) -> None:
        self._talk.hear(frame, time.monotonic())
        self._carry_out()

    def ticked(self) -> None:
        self._talk.tick(time.monotonic())
        self._carry_out()

    def lost(self, code: int | None, wait: float | None) -> None:
        self._talk.disconnected(time.monotonic())
        self._tell(Offline(code, wait))
        self._carry_out()

    def _carry_out(self) -> None:
        for effect in self._talk.drain():
            match effect:
                case Say(frame):
                    self._line.say(frame)
                case Done(ticket, value):
                    self._settle(ticket, value, None)
                case Failed(ticket, error):
                    self._settle(ticket, None, error)
                case Settled(room, id):
                    if self._keeper:
                        self._keeper.cross_out(room, id)
                case Wake(key):
                    if key in self._woken:
                        self._woken[key].set()
                case Tell(event):
                    self._tell(event)
                case Reconnect():
                    self._line.drop()

    def _tell(self, event: ClientEvent) -> None:
        self._events.append(event)
        self._eventful.set()

    # ---- for the rooms

    async def send(self, key: str, text: str, id: str | None, target: int) -> Receipt:
        message = Unsent(key, id or new_id(), text, target)
        check_id(message.id)
        check_text(text)
        queued = asyncio.ensure_future(self._queue(message))
        try:
            ticket = await asyncio.shield(queued)
        except asyncio.CancelledError:
            queued.add_done_callback(self._forget_queued)
            raise
        receipt: Receipt = await self._answer(ticket)
        return receipt

    def _forget_queued(self, queued: asyncio.Task[int]) -> None:
        if not queued.cancelled() and queued.exception() is None:
            self._talk.forget(queued.result())

    async def _queue(self, message: Unsent) -> int:
        """Its ticket. Whoever waits may stop at any moment: once it is kept it is sent, too."""
        if self._keeper:
            await self._keeper.keep(message)
        return self._talk.send(message, time.monotonic())

    async def act(self, key: str, fields: Mapping[str, Any], id: str | None) -> Receipt:
        act = Act(key, id or new_id(), fields)
        check_id(act.id)
        check_frame(fields)
        receipt: Receipt = await self._answer(self._talk.act(act, time.monotonic()))
        return receipt

    async def history(self, key: str, fields: Mapping[str, Any]) -> Page:
        page: Page = await self._answer(self._talk.history(key, fields, time.monotonic()))
        return page

    def read(self, key: str, seq: int) -> None:
        self._talk.read(key, seq)

    def typing(self, key: str, state: str) -> None:
        self._talk.typing(key, state)
        self._carry_out()

    def leave(self, key: str) -> None:
        self._talk.leave(key)
        self._carry_out()

    def seat(self, key: str) -> Seat | None:
        return self._talk.seats.get(key_of(key, self.me))

    async def next_event(self, key: str) -> RoomEvent | None:
        """None: the room was left."""
        woken = self._woken.setdefault(key, asyncio.Event())
        while True:
            woken.clear()
            event = self._talk.take(key)
            if event is not None or self.seat(key) is None:
                return event
            if self.error:
                raise self.error
            self._readers[key] += 1
            self._talk.want(key, True, time.monotonic())
            self._carry_out()
            try:
                await woken.wait()
            finally:
                self._readers[key] -= 1
                self._talk.want(key, self._readers[key] > 0, time.monotonic())

    # ---- answers

    async def _answer(self, ticket: int) -> Any:
        if self.error:
            raise self.error
        answer = self._answers[ticket] = asyncio.get_running_loop().create_future()
        self._carry_out()
        try:
            return await answer
        finally:
            self._answers.pop(ticket, None)
            if answer.cancelled():
                self._talk.forget(ticket)

    def _settle(self, ticket: int, value: Any, error: GreenroomError | None) -> None:
        answer = self._answers.get(ticket)
        if answer is None or answer.done():
            return
        if error is None:
            answer.set_result(value)
        else:
            answer.set_exception(error)


class Connecting:
    """What `connect` returns: to be awaited, or entered with `async with`, which closes the client in the end."""

    def __init__(self, url: str, token: str, **more: Any) -> None:
        self._url, self._token, self._more = url, token, more
        self._client: Client | None = None

    def __await__(self) -> Generator[Any, None, Client]:
        return self.__aenter__().__await__()

    async def __aenter__(self) -> Client:
        self._client = Client(self._url, self._token, **self._more)
        return await self._client.open()

    async def __aexit__(self, *_: object) -> None:
        if self._client:
            await self._client.close()


def connect(url: str, token: str, *, outbox: str | os.PathLike[str] | None = None, trace: Trace | None = None) -> Connecting:
    """A client of the gateway at `url`, `https://chat.example`, signed in by `token`.

    `outbox`: a file that keeps what isn't acknowledged over crashes of this program; one program at a time has it.
    `trace("said" or "heard", text)` sees each frame."""
    return Connecting(url, token, outbox=outbox, trace=trace)
