"""An outbox's file beside everything else: its writing waits for the disk on a thread."""

from __future__ import annotations

import asyncio
import os

from .errors import Closed
from .outbox import Unsent
from .outbox_file import OutboxFile


class Keeper:
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file: OutboxFile | None = OutboxFile(path)
        self.kept = self._file.kept
        self._one_at_a_time = asyncio.Lock()
        self._to_keep: list[Unsent] = []
        self._to_cross_out: list[tuple[str, str]] = []
        self._crossing: asyncio.Task[None] | None = None

    async def keep(self, message: Unsent) -> None:
        """Returns when it is on the disk. Those that come meanwhile share the next time that it is written. OSError: it isn't kept."""
        self._to_keep.append(message)
        async with self._one_at_a_time:
            if self._file is None:
                raise Closed()
            if not self._file.has(message.room, message.id):
                # In their order. Where the disk takes none of them, each of the others tries for itself.
                batch, self._to_keep = self._to_keep or [message], []
                await asyncio.to_thread(self._file.keep, batch)

    def cross_out(self, room: str, id: str) -> None:
        self._to_cross_out.append((room, id))
        if self._crossing is None or self._crossing.done():
            self._crossing = asyncio.ensure_future(self._cross_out())

    async def close(self) -> None:
        await self._cross_out()
        async with self._one_at_a_time:
            if self._file:
                self._file.close()
                self._file = None

    async def _cross_out(self) -> None:
        async with self._one_at_a_time:
            while self._file and self._to_cross_out:
                done, self._to_cross_out = self._to_cross_out, []
                try:
                    await asyncio.to_thread(self._file.cross_out, done)
                except OSError:
                    return  # they are sent again after a restart, and the server knows their ids
