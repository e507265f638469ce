"""The patience to get a connection back: what each close means, and how long to wait. Pure."""

from __future__ import annotations

import random as _random
from typing import Callable

Random = Callable[[], float]
HELD = 5.0  # seconds: a connection that lasted so long was a good one


def retry_delay(attempt: int, random: Random = _random.random, base: float = 0.5, cap: float = 20.0) -> float:
    """Exponential back-off with full jitter: any delay up to a bound that doubles, in seconds."""
    return random() * min(cap, base * float(2 ** min(attempt, 16)))


def meaning_of_close(code: int | None) -> str:
    """What a client does after a close with that code (docs/protocol.md).

    now      come back at once (idle)
    soon     the server restarts: within a second, spread out
    later    overload: back-off, but never under a second
    backoff  anything unexpected
    never    not allowed, or a rule was broken
    sign_in  the token ended
    """
    if code == 4401:
        return "sign_in"
    if code in (4403, 4404, 1008):
        return "never"
    if code == 4408:
        return "now"
    if code in (1000, 1001, 1012):
        return "soon"
    if code in (1013, 1014):
        return "later"
    # By range: 40xx stay away, 41xx with back-off, 42xx at once.
    if code is not None and 4000 <= code < 4100:
        return "never"
    if code is not None and 4200 <= code < 4300:
        return "now"
    return "backoff"


class Patience:
    """How long to wait until the next attempt to connect; `now` is in seconds."""

    def __init__(self, random: Random = _random.random) -> None:
        self._random, self._attempt, self._opened = random, 0, None  # type: Random, int, float | None

    def opened(self, now: float) -> None:
        self._opened = now

    def wait(self, meaning: str, now: float, retry_after: float = 0) -> float | None:
        """The seconds to wait after that; None: not at all, it is over. `retry_after`: as the server said."""
        if self._opened is not None and now - self._opened > HELD:
            self._attempt = 0
        self._opened = None
        delay = self._delay(meaning)
        self._attempt += 1
        return None if delay is None else max(delay, retry_after)

    def _delay(self, meaning: str) -> float | None:
        if meaning in ("never", "sign_in"):
            return None
        if meaning == "now" and self._attempt == 0:
            return 0.0
        if meaning == "soon" and self._attempt == 0:
            return self._random()
        if meaning == "later":
            return 1.0 + retry_delay(self._attempt + 1, self._random)
        return retry_delay(self._attempt, self._random)
