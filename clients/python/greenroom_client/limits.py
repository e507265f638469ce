"""What the server would refuse without being able to say which frame it was, or by hanging up. Refused here, by the same codes."""

from __future__ import annotations

import json
import re
from typing import Any, Mapping

from .errors import Invalid

MOST_FRAME = 32 * 1024 - 512  # the rest of the frame
MOST_TEXT = 4096
_ROOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}|@[@A-Za-z0-9_,-]{1,66}")
_ID = re.compile(r"[\x20-\x7e]{1,64}")


def check_room(name: str) -> None:
    if not _ROOM.fullmatch(name):
        raise Invalid("bad_name", "A room's name is 1 to 64 letters, digits, _ and -; that of a direct room begins with @.", room=name)


def check_id(id: str) -> None:
    if not _ID.fullmatch(id):
        raise Invalid("bad_id", "The id must be 1 to 64 printable ASCII characters.", id=id)


def check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        size = 0  # a lone surrogate is no text
    if not 1 <= size <= MOST_TEXT:
        raise Invalid("bad_text", f"The text must be 1 to {MOST_TEXT} bytes of UTF-8.")


def check_frame(fields: Mapping[str, Any]) -> None:
    written = json.dumps(fields)
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("bad_text", "A lone surrogate is no text.") from None
    if len(written) > MOST_FRAME:
        raise Invalid("too_big", f"An act has at most {MOST_FRAME} bytes.")
