"""The few things that are asked for over HTTP: signing in, who one is, direct rooms, and whatever else a program wants."""

from __future__ import annotations

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from typing import Any, Mapping, Protocol

from .errors import error_of

PATIENCE = 15.0


class Headers(Protocol):
    """Fields by name, in any case."""

    def get(self, name: str, default: str, /) -> str: ...


class Answer:
    """What HTTP answered: `status`, `headers` (by name, in any case), `body`."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The word of a problem, or None."""
        return self.json.get("code") if "problem+json" in self.headers.get("Content-Type", "") else None

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"

    def value(self) -> Any:
        """What the body says, or None where there is none; raises the GreenroomError that it tells of."""
        if self.status >= 400:
            after = self.headers.get("Retry-After", "")
            raise error_of(self.json if self.code else {}, status=self.status,
                           retry_after=float(after) if after.isdigit() else 0.0)
        return self.json if self.body else None


def written(body: Any, token: str | None, headers: Mapping[str, str] | None) -> tuple[bytes | None, dict[str, str]]:
    """The bytes and the header fields of a request. `body`: bytes as they are, anything else as JSON."""
    fields = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        fields.setdefault("Content-Type", "application/json")
    if token:
        fields["Authorization"] = "Bearer " + token
    return body, fields


def request(method: str, url: str, body: Any = None, token: str | None = None, headers: Mapping[str, str] | None = None,
            patience: float = PATIENCE) -> Answer:
    """One request on a connection of its own. OSError: there was no answer."""
    data, fields = written(body, token, headers)
    asked = urllib.request.Request(url, data, fields, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=patience) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.headers, refused.read())


async def ask(method: str, url: str, body: Any = None, token: str | None = None) -> Any:
    """The same beside everything else, and what its body says. Raises GreenroomError, or OSError."""
    try:
        answer = await asyncio.to_thread(request, method, url, body, token)
    except http.client.HTTPException as cut_off:
        raise ConnectionError(f"{method} {url}: {cut_off!r}") from cut_off
    return answer.value()


async def register(url: str, name: str, password: str) -> None:
    """Makes an account. `url`: the gateway's."""
    await ask("POST", url.rstrip("/") + "/users/register", {"username": name, "password": password})


async def log_in(url: str, name: str, password: str) -> str:
    """A token. `url`: the gateway's."""
    answer = await ask("POST", url.rstrip("/") + "/users/login", {"username": name, "password": password})
    return str(answer["token"])
