"""One websocket in the dialect `greenroom.v1.json`, over the library `websockets`: that of Debian 12 (10.4), and newer ones, whose
client has other names for the same."""

from __future__ import annotations

import inspect
from typing import Any, Mapping

import websockets
import websockets.exceptions

DIALECT = "greenroom.v1.json"
_connect: Any = getattr(websockets, "connect")  # the library has it by a lazy import
_HEADERS = "extra_headers" if "extra_headers" in inspect.signature(_connect.__init__).parameters else "additional_headers"

# A connection that couldn't be made, or is lost.
LOST = (OSError, TimeoutError, websockets.exceptions.WebSocketException)


class UpgradeRefused(Exception):
    """The server answered with that status instead of a websocket."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"the upgrade was answered with {status}")
        self.status, self.headers = status, headers

    @property
    def retry_after(self) -> float:
        told = self.headers.get("Retry-After", "")
        return float(told) if told.isdigit() else 0.0


def _refusal(error: Exception) -> UpgradeRefused | None:
    response = getattr(error, "response", None)  # since 13.0
    if response is not None:
        return UpgradeRefused(response.status_code, response.headers)
    if hasattr(error, "status_code"):
        return UpgradeRefused(error.status_code, error.headers)  # type: ignore[attr-defined]
    return None


async def dial(url: str, token: str | None = None, *, dialect: str | None = DIALECT, origin: str | None = None,
               open_timeout: float = 10.0, close_timeout: float = 2.0, max_queue: int | None = 32) -> Any:
    """An open websocket: `send(text)`, `async for text in`, `close()`, `close_code`, `transport.abort()`. Raises UpgradeRefused,
    or one of LOST."""
    headers = {"Authorization": "Bearer " + token} if token else {}
    # The server asks for signs of life itself.
    options: dict[str, Any] = {_HEADERS: headers, "subprotocols": [dialect] if dialect else None, "origin": origin,
                               "compression": None, "ping_interval": None, "max_queue": max_queue,
                               "open_timeout": open_timeout, "close_timeout": close_timeout}
    try:
        return await _connect(url, **options)
    except websockets.exceptions.InvalidHandshake as error:
        refused = _refusal(error)
        if refused is None:
            raise
        raise refused from error


def response_headers(socket: Any) -> Mapping[str, str]:
    """Of the upgrade's answer."""
    headers: Mapping[str, str] = socket.response.headers if hasattr(socket, "response") else socket.response_headers
    return headers
