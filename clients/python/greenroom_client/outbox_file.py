"""Keeps an outbox in a file, one JSON object a line: what a program wanted to say outlives its crash, and is said once, for the
server stores an id once. A message is in the file, on the disk, before it is sent; it is crossed out once it is stored."""

from __future__ import annotations

import json
import os
import threading
from typing import Iterable

from .outbox import Unsent

try:
    import fcntl
except ImportError:  # where there is none, nobody guards the file
    fcntl = None  # type: ignore[assignment]

MOST_CROSSED_OUT = 1000


class OutboxFile:
    """`path` belongs to one program at a time: BlockingIOError where another has it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._kept: dict[tuple[str, str], Unsent] = {}
        self._crossed_out = 0
        self._guard = threading.Lock()  # whoever stops waiting for a thread leaves it at work
        # The lock is a file of its own, for this one is replaced when it is written anew.
        self._lock = open(self._path + ".lock", "ab")
        try:
            if fcntl:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read()
            self._file = self._write_anew()
        except BaseException:
            self._lock.close()
            raise

    @property
    def kept(self) -> list[Unsent]:
        """What isn't crossed out, oldest first."""
        return list(self._kept.values())

    def has(self, room: str, id: str) -> bool:
        return (room, id) in self._kept

    def keep(self, messages: Iterable[Unsent]) -> None:
        """Returns when they are on the disk. OSError: none of them is kept."""
        with self._guard:
            new = {(one.room, one.id): one for one in messages if not self.has(one.room, one.id)}
            if new:
                self._append(map(_line, new.values()))
                self._kept.update(new)

    def cross_out(self, messages: Iterable[tuple[str, str]]) -> None:
        """By room and id. Needn't be on the disk at once: if that is lost, they are sent again, and the server knows their ids."""
        with self._guard:
            known = [key for key in messages if self._kept.pop(key, None)]
            self._crossed_out += len(known)
            if self._crossed_out > MOST_CROSSED_OUT:
                fresh = self._write_anew()
                os.close(self._file)
                self._file = fresh
            elif known:
                self._append((_json_line({"done": id, "room": room}) for room, id in known), at_once=False)

    def close(self) -> None:
        with self._guard:
            os.close(self._file)
            self._lock.close()

    def _append(self, lines: Iterable[bytes], at_once: bool = True) -> None:
        """All of it, or nothing: half a line would spoil those that follow."""
        before, rest = os.fstat(self._file).st_size, b"".join(lines)
        try:
            while rest:
                rest = rest[os.write(self._file, rest):]
            if at_once:
                os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, before)
            raise

    def _read(self) -> None:
        try:
            with open(self._path, "rb") as file:
                lines = file.read().split(b"\n")
        except FileNotFoundError:
            return
        # A crash leaves at most the last line unfinished: nobody was told that it is kept.
        for number, line in enumerate(lines[:-1], 1):
            try:
                self._read_line(json.loads(line))
            except (ValueError, KeyError, TypeError) as wrong:
                raise ValueError(f"{self._path}:{number} is no line of an outbox: {line[:100]!r}") from wrong

    def _read_line(self, one: dict[str, object]) -> None:
        room = str(one["room"])
        if "done" in one:
            self._kept.pop((room, str(one["done"])), None)
        else:
            target = one.get("target", 0)
            if not isinstance(target, int):
                raise TypeError("target")
            self._kept[(room, str(one["id"]))] = Unsent(room, str(one["id"]), str(one["text"]), target)

    def _write_anew(self) -> int:
        """Without what is crossed out. At any moment the one or the other file is whole."""
        written = self._path + ".new"
        with open(written, "wb") as file:
            file.write(b"".join(map(_line, self._kept.values())))
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, self._path)
        folder = os.open(os.path.dirname(os.path.abspath(self._path)), os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._crossed_out = 0
        return os.open(self._path, os.O_WRONLY | os.O_APPEND)


def _line(one: Unsent) -> bytes:
    line: dict[str, object] = {"room": one.room, "id": one.id, "text": one.text}
    if one.target:
        line["target"] = one.target
    return _json_line(line)


def _json_line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"
