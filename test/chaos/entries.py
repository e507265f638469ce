"""What a room's log is made of, as clients are told of it and as the table has it."""

import collections
import datetime
import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "clients/python"))
from greenroom_client.entries import REMOVED, WORDS, Entry, entry_of  # noqa: E402, F401 - for the judges

Gap = collections.namedtuple("Gap", "first last")

KINDS = {0: "text", 1: "edit", 2: "erase", 3: "react", 4: "unreact", 5: "pin", 6: "unpin", 7: "erased", 8: "notice",
         9: "action", 16: "settings", 17: "role", 18: "add", 19: "remove", 20: "ban", 21: "unban", 22: "mute", 23: "unmute"}
SAID = ("text", "notice", "edit", "react", "unreact")  # their text is what was written, as it is
NAMES_OF_SETTINGS = (("access", "access"), ("post", "right to write"), ("slow", "pause between posts"), ("data", "data"),
                     ("title", "title"), ("topic", "topic"))
DEEDS = {"erase": "removed a message", "pin": "pinned a message", "unpin": "unpinned a message", "add": "added {user}",
         "remove": "removed {user}", "ban": "banned {user}", "unban": "unbanned {user}", "mute": "muted {user}", "unmute": "unmuted {user}", "role": "made {user} {role}"}


def entry_of_row(row):
    """An entry of a row of the table: seq, name, client_id, body, at, kind, target, subject (a name), extra."""
    kind = KINDS.get(row["kind"], f"kind {row['kind']}")
    about = dict(json.loads(row["extra"]) if row["extra"] else {})
    for name, value in (("target", row["target"]), ("user", row["subject"])):
        if value is not None:
            about[name] = value
    if kind not in (*WORDS, *SAID) and row["body"]:
        about["reason"] = row["body"]
    text = row["body"] if kind == "text" else sentence(kind, row["name"], row["body"], about)
    return Entry(row["seq"], row["name"], text, row["client_id"], kind, about or None, time_text(row["at"]))


def sentence(kind, author, words, about):
    """How an entry is told to those who know no kinds. `words`: the text, or the reason."""
    about = about or {}
    if kind in SAID:
        return words
    if kind == "action":
        return "* " + words
    if kind == "erased":
        return words or REMOVED
    if kind == "settings":
        said = _settings(about.get("settings", {}))
    elif kind == "remove" and about.get("user") == author:
        said = "left"
    else:
        said = DEEDS.get(kind, kind).format(user=about.get("user"), role=about.get("role"))
    if "until" in about:
        said += f" until {about['until'][:19]}Z"
    return f"{said}: {words}" if words else said


def _settings(changed):
    parts = []
    for name, called in NAMES_OF_SETTINGS:
        if name in changed:
            value = changed[name]
            if not value:
                parts.append("no " + called)
            elif name == "data":
                parts.append("the data")
            else:
                parts.append(f"the {called}: {value} s" if name == "slow" else f"the {called}: {value}")
    return "set " + "; ".join(parts)


def time_text(milliseconds):
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def moment_of(text):
    """Seconds since 1970 of a time in a frame; 0 for none."""
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(
        tzinfo=datetime.timezone.utc).timestamp() if text else 0.0
