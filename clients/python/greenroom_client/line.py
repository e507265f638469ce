"""The line to the server: a websocket, and another one whenever it is lost."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Awaitable, Callable, Mapping, Protocol

from .errors import GreenroomError, SignedOut, error_of
from .over_http import ask
from .patience import Patience, Random, meaning_of_close
from .transport import LOST, UpgradeRefused, dial

SILENT_ASK, SILENT_END = 20.0, 45.0  # seconds of silence, until a sign of life is asked for, and until it is given up
TICK = 0.2

Trace = Callable[[str, str], None]


class Listener(Protocol):
    """Whoever the line is for."""

    def opened(self) -> None: ...

    def heard(self, frame: Mapping[str, Any]) -> None: ...

    def ticked(self) -> None: ...

    def lost(self, code: int | None, wait: float | None) -> None:
        """`wait`: seconds until the next attempt; None: there will be none."""


class Line:
    """`url`: the gateway's. `trace("said" or "heard", text)` sees each frame."""

    def __init__(self, url: str, token: str, listener: Listener, random: Random, trace: Trace | None = None,
                 dialling: Callable[..., Awaitable[Any]] = dial) -> None:
        self._http = url.rstrip("/")
        self._url = "ws" + self._http.removeprefix("http") + "/chat/ws"
        self._token, self._listener, self._trace, self._dial = token, listener, trace, dialling
        self._patience = Patience(random)
        self._socket: Any = None
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._heard = 0.0

    def say(self, frame: Mapping[str, Any]) -> None:
        """Lost with the connection, if that is lost first."""
        self._outgoing.put_nowait(json.dumps(frame))

    def drop(self) -> None:
        """Hangs up without a word, to come again."""
        if self._socket:
            self._socket.transport.abort()

    async def close(self) -> None:
        """Once everything is said."""
        while self._socket and not self._outgoing.empty():
            await asyncio.sleep(0.01)
        if self._socket:
            await self._socket.close()

    async def live(self) -> None:
        """Until it is over: then raises the reason."""
        while True:
            retry_after, code, reason = 0.0, None, None
            try:
                socket = await self._dial(self._url, self._token)
            except UpgradeRefused as refused:
                retry_after = refused.retry_after
                meaning, reason = await self._meaning_of_refusal(refused)
            except LOST:
                meaning = "backoff"
            else:
                code = await self._talk(socket)
                meaning = meaning_of_close(code)
            wait = self._patience.wait(meaning, time.monotonic(), retry_after)
            if wait is None and reason is None:
                # The close has a code alone; a request may be told by whom, why and until when.
                reason = await self._reason() or _reason_of_close(code)
            self._listener.lost(code, wait)
            if wait is None:
                raise reason or _reason_of_close(code)
            await asyncio.sleep(wait)

    async def _talk(self, socket: Any) -> int | None:
        """The close code, or None where there was none."""
        self._socket, self._outgoing = socket, asyncio.Queue()
        self._heard = time.monotonic()
        self._patience.opened(self._heard)
        helpers = [asyncio.ensure_future(self._write(socket)), asyncio.ensure_future(self._tend())]
        try:
            self._listener.opened()
            async for text in socket:
                self._hear(text)
        except LOST:
            pass
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            self._socket = None
            socket.transport.abort()
        for helper in helpers:
            if not helper.cancelled() and (fault := helper.exception()):
                raise fault
        code: int | None = socket.close_code
        return code

    def _hear(self, text: str | bytes) -> None:
        self._heard = time.monotonic()
        if isinstance(text, bytes):
            return
        if self._trace:
            self._trace("heard", text)
        frame = json.loads(text)
        if isinstance(frame, dict) and isinstance(frame.get("type"), str):
            self._listener.heard(frame)

    async def _write(self, socket: Any) -> None:
        outgoing = self._outgoing
        try:
            while True:
                text = await outgoing.get()
                if self._trace:
                    self._trace("said", text)
                await socket.send(text)
        except LOST:
            pass  # the reader sees it, too

    async def _tend(self) -> None:
        asked = 0.0
        try:
            while True:
                await asyncio.sleep(TICK)
                now = time.monotonic()
                if now - self._heard > SILENT_END:
                    self.drop()
                elif now - self._heard > SILENT_ASK and now - asked > SILENT_ASK:
                    asked = now
                    self.say({"type": "ping"})
                self._listener.ticked()
        except BaseException:
            self.drop()  # a fault ends the connection, and then `live`
            raise

    async def _meaning_of_refusal(self, refused: UpgradeRefused) -> tuple[str, GreenroomError | None]:
        if refused.status not in (401, 403):
            return "backoff", None
        reason = await self._reason()
        # Where a request is let in meanwhile, the next upgrade is, too.
        return ("sign_in", reason) if reason else ("backoff", None)

    async def _reason(self) -> GreenroomError | None:
        """Why this user isn't let in, if that is so."""
        try:
            await ask("POST", self._http + "/chat/ticket", token=self._token)
        except GreenroomError as error:
            return None if error.is_temporary else error
        except OSError:
            pass
        return None


def _reason_of_close(code: int | None) -> GreenroomError:
    if code == 4401:
        return SignedOut("invalid_token", "The token has ended.")
    return error_of({"code": {4403: "forbidden", 4404: "gone"}.get(code or 0, "bad_request"),
                     "detail": f"The server closed the connection with {code}."})
