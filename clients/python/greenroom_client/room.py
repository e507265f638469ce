"""A room that this client is in."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, AsyncIterator

from .effects import Receipt
from .entries import Message, Page, Position
from .events import Gone, Posted, RoomEvent

if TYPE_CHECKING:
    from .client import Client


class Room:
    """Made by `Client.join` and `Client.direct`. All that changes something returns when it is durable, and raises GreenroomError
    where it is refused."""

    def __init__(self, client: Client, key: str) -> None:
        self._client, self.key = client, key

    # ---- words

    async def send(self, text: str, *, target: int = 0, id: str | None = None) -> Receipt:
        """Says something; returns at the acknowledgement, which has `seq`, `at` and `duplicate`. `target`: the seq of the message
        that it answers. `id`: the program's own name for it, of which the server stores one, ever.

        It is sent until it is answered, whatever happens to the connection. Who stops waiting (`asyncio.wait_for`) doesn't take it
        back; with the same `id` they wait for it again."""
        return await self._client.send(self.key, text, id, target)

    async def act(self, kind: str, *, id: str | None = None, **fields: Any) -> Receipt:
        """An act of any kind (docs/protocol.md). Without an answer for 20 s it is given up: `unknown_outcome`; the same `id` again
        is safe."""
        return await self._client.act(self.key, {"kind": kind, **fields}, id)

    async def notice(self, text: str, *, target: int = 0) -> Receipt:
        """Words of a program."""
        return await self.act("notice", text=text, **_answers(target))

    async def action(self, text: str, *, target: int = 0) -> Receipt:
        """What the author does: `waves`."""
        return await self.act("action", text=text, **_answers(target))

    async def edit(self, target: int, text: str) -> Receipt:
        return await self.act("edit", target=target, text=text)

    async def erase(self, target: int, reason: str | None = None) -> Receipt:
        return await self.act("erase", target=target, **_with(reason=reason))

    async def react(self, target: int, text: str) -> Receipt:
        return await self.act("react", target=target, text=text)

    async def unreact(self, target: int, text: str) -> Receipt:
        return await self.act("unreact", target=target, text=text)

    async def pin(self, target: int) -> Receipt:
        return await self.act("pin", target=target)

    async def unpin(self, target: int) -> Receipt:
        return await self.act("unpin", target=target)

    # ---- running the room

    async def settings(self, **settings: Any) -> Receipt:
        """Changes those that are named: topic, title, access, post, slow, …"""
        return await self.act("settings", settings=settings)

    async def role(self, user: str, role: str) -> Receipt:
        """`member`, `moderator` or `owner`."""
        return await self.act("role", user=user, role=role)

    async def add(self, user: str) -> Receipt:
        return await self.act("add", user=user)

    async def remove(self, user: str, reason: str | None = None) -> Receipt:
        return await self.act("remove", user=user, **_with(reason=reason))

    async def ban(self, user: str, reason: str | None = None, until: datetime.datetime | str | None = None) -> Receipt:
        """`until`: without it there is no end."""
        return await self.act("ban", user=user, **_with(reason=reason, until=until))

    async def unban(self, user: str, reason: str | None = None) -> Receipt:
        return await self.act("unban", user=user, **_with(reason=reason))

    async def mute(self, user: str, reason: str | None = None, until: datetime.datetime | str | None = None) -> Receipt:
        return await self.act("mute", user=user, **_with(reason=reason, until=until))

    async def unmute(self, user: str, reason: str | None = None) -> Receipt:
        return await self.act("unmute", user=user, **_with(reason=reason))

    # ---- reading

    async def events(self) -> AsyncIterator[RoomEvent]:
        """What happens in the room, in order: each entry of the log once, whatever was missed, and in between what is only now.
        It goes on where the last one ended; two at once share what comes. After `Gone` it ends."""
        while (event := await self._client.next_event(self.key)) is not None:
            yield event
            if isinstance(event, Gone):
                return

    async def messages(self) -> AsyncIterator[Message]:
        """Of `events` the messages, without those that are erased by then. Raises GreenroomError when this user isn't in the room
        any more."""
        async for event in self.events():
            if isinstance(event, Posted) and not event.message.erased:
                yield event.message
            elif isinstance(event, Gone):
                raise event.error

    async def history(self, *, before: int | None = None, after: int | None = None, limit: int = 50) -> Page:
        """A page of the log: the last entries, those before, or those after a seq; at most 500."""
        return await self._client.history(self.key, _with(before=before, after=after, limit=limit))

    async def read(self, seq: int | None = None) -> None:
        """This user has read up to `seq`; by default all that `events` has given. Told within a second."""
        self._client.read(self.key, self.position.seq if seq is None else seq)

    async def typing(self, state: str = "active") -> None:
        self._client.typing(self.key, state)

    async def leave(self) -> None:
        """No events of it come any more, on this connection. A membership isn't touched."""
        self._client.leave(self.key)

    # ---- what is known of it

    def find(self, seq: int) -> Message | None:
        """A message as it is now, as far as `events` and `history` have given it and what happened to it since. The last 1000."""
        seat = self._client.seat(self.key)
        return seat.log.folding.find(seq) if seat else None

    @property
    def name(self) -> str:
        seat = self._client.seat(self.key)
        return seat.name if seat else self.key

    @property
    def position(self) -> Position:
        """How far `events` and `messages` are: kept somewhere, and given to `join`, they go on there after a restart."""
        seat = self._client.seat(self.key)
        return Position(seat.log.generation or "", seat.log.cursor) if seat else Position("", 0)

    @property
    def head(self) -> int:
        """The last seq of the log, as far as known."""
        seat = self._client.seat(self.key)
        return seat.log.head if seat else 0

    @property
    def facts(self) -> dict[str, Any]:
        """`access`, `owner`, `role`, `title`, `topic`, as they were at the last join."""
        seat = self._client.seat(self.key)
        return dict(seat.facts) if seat else {}

    @property
    def people(self) -> frozenset[str]:
        """Who is in the room now, as far as names are told."""
        seat = self._client.seat(self.key)
        return frozenset(seat.people.values()) if seat else frozenset()

    def __repr__(self) -> str:
        return f"<Room {self.name}>"


def _answers(target: int) -> dict[str, Any]:
    return {"target": target} if target else {}


def _with(**fields: Any) -> dict[str, Any]:
    """Those that aren't None; times as the server writes them."""
    return {name: _time(value) for name, value in fields.items() if value is not None}


def _time(value: Any) -> Any:
    if not isinstance(value, datetime.datetime):
        return value
    return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
