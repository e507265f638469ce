"""Those who wait for an answer, by tickets. Pure."""

from __future__ import annotations

import itertools
from typing import Any, Hashable

from .effects import Done, Effect, Failed
from .errors import GreenroomError


class Waiting:
    """Many may wait for the same thing. What is to be done is collected in `effects`, also what they are told."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []
        self._tickets = itertools.count(1)
        self._waiting: dict[Hashable, list[int]] = {}

    def ticket(self, what: Hashable = None) -> int:
        """A new one; without `what` it is answered by its number."""
        ticket = next(self._tickets)
        if what is not None:
            self._waiting.setdefault(what, []).append(ticket)
        return ticket

    def has(self, what: Hashable) -> bool:
        return what in self._waiting

    def done(self, what: Hashable, value: Any) -> bool:
        """Whether anybody waited."""
        tickets = self._waiting.pop(what, [])
        self.effects += (Done(ticket, value) for ticket in tickets)
        return bool(tickets)

    def failed(self, what: Hashable, error: GreenroomError) -> bool:
        tickets = self._waiting.pop(what, [])
        self.effects += (Failed(ticket, error) for ticket in tickets)
        return bool(tickets)

    def all_failed(self, error: GreenroomError) -> None:
        for what in list(self._waiting):
            self.failed(what, error)

    def forget(self, ticket: int) -> None:
        """Nobody waits for that answer any more. What was asked for goes on."""
        for what, tickets in list(self._waiting.items()):
            if ticket in tickets:
                tickets.remove(ticket)
                if not tickets:
                    del self._waiting[what]
