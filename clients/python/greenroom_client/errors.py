"""Refusals as exceptions: `code` is for programs and never changes its meaning (docs/protocol.md), `detail` is for people."""

from __future__ import annotations

from typing import Any, Mapping

# After these the same frame, or the same request, may simply be sent again.
TEMPORARY = frozenset({"rate_limited", "overloaded", "unavailable", "unknown_outcome", "fenced", "draining", "no_upstream",
                       "upstream_failed", "upstream_late", "too_slow", "internal", "idle", "request_timeout"})


class GreenroomError(Exception):
    """Something was refused, or can't be had. `retry_after` is in seconds, 0 where nothing is said. `by`, `why` and `until` say
    by whom, why and until when, as far as that is told; `room` and `id` are of the command, `status` is HTTP's or 0."""

    def __init__(self, code: str, detail: str = "", *, retry_after: float = 0, by: str | None = None, why: str | None = None,
                 until: str | None = None, room: str | None = None, id: str | None = None, status: int = 0) -> None:
        super().__init__(code, detail)
        self.code, self.detail, self.retry_after = code, detail, retry_after
        self.by, self.why, self.until = by, why, until
        self.room, self.id, self.status = room, id, status

    @property
    def is_temporary(self) -> bool:
        return self.code in TEMPORARY or self.retry_after > 0

    def __str__(self) -> str:
        said = f"{self.code}: {self.detail}" if self.detail else self.code
        by = f" by {self.by}" if self.by else ""
        until = f" until {self.until}" if self.until else ""
        why = f", for: {self.why}" if self.why else ""
        return f"{said}{by}{until}{why}"


class SignedOut(GreenroomError):
    """The token isn't good any more, or never was."""


class Forbidden(GreenroomError):
    """One may not: muted, banned, read_only, blocked, suspended, …"""


class NotFound(GreenroomError):
    """It isn't there, or not for this user: not_found, no_user, gone."""


class Conflict(GreenroomError):
    """It doesn't go together with what is so already: conflict, taken, limit_reached."""


class Invalid(GreenroomError):
    """The server doesn't take it as it is: bad_text, bad_frame, too_big, …"""


class Busy(GreenroomError):
    """Later perhaps: rate_limited, overloaded, unavailable, …"""


class Closed(GreenroomError):
    """This client was closed before an answer came."""

    def __init__(self) -> None:
        super().__init__("closed", "The client is closed.")


_KINDS: dict[str, type[GreenroomError]] = {
    **dict.fromkeys(("unauthorized", "invalid_token", "bad_credentials", "invalid_ticket"), SignedOut),
    **dict.fromkeys(("forbidden", "origin_refused", "suspended", "muted", "banned", "read_only", "removed", "left", "blocked"),
                    Forbidden),
    **dict.fromkeys(("not_found", "no_user", "gone"), NotFound),
    **dict.fromkeys(("conflict", "taken", "limit_reached", "not_joined"), Conflict),
    **dict.fromkeys(("bad_request", "bad_json", "bad_frame", "bad_name", "bad_password", "bad_text", "bad_id", "too_big",
                     "uri_too_long", "headers_too_big", "unsupported_media", "bad_dialect"), Invalid),
    **dict.fromkeys(TEMPORARY, Busy),
}
_BY_STATUS = {401: "unauthorized", 403: "forbidden", 404: "not_found", 408: "request_timeout", 409: "conflict", 410: "gone",
              413: "too_big", 429: "rate_limited", 502: "upstream_failed", 503: "unavailable", 504: "upstream_late"}


def error_of(fields: Mapping[str, Any], *, status: int = 0, retry_after: float = 0) -> GreenroomError:
    """The exception for a frame `error`, a frame `gone` (whose `reason` is the code) or a problem of HTTP. `status` and
    `retry_after` are those of HTTP; without a `code` the status tells."""
    code = fields.get("code") or fields.get("reason") or _BY_STATUS.get(status) or ("internal" if status >= 500 else "bad_request")
    kind = _KINDS.get(code, GreenroomError)
    return kind(code, fields.get("detail", ""), retry_after=fields.get("retry_after", retry_after), by=fields.get("by"),
                why=fields.get("why"), until=fields.get("until"), room=fields.get("room"), id=fields.get("id"), status=status)
