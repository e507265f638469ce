"""A room as the chat database has it, whichever database that is."""

import collections
import json

from entries import entry_of_row, time_text
from ledger import ROLE_WORDS
from rights import Final

LOG = ("SELECT m.seq, a.name, m.client_id, m.body, m.at, m.kind, m.target, s.name AS subject, m.extra FROM messages m "
       "JOIN rooms r ON r.id = m.room JOIN authors a ON a.id = m.author LEFT JOIN authors s ON s.id = m.subject "
       "WHERE r.name = '{room}' ORDER BY m.seq")
ROOM = ("SELECT r.owner, r.private, s.post, s.slow, s.title, s.topic, s.data FROM rooms r LEFT JOIN settings s ON s.room = r.id "
        "WHERE r.name = '{room}'")
MEMBERS = "SELECT m.name, m.role FROM members m JOIN rooms r ON r.id = m.room WHERE r.name = '{room}'"
SANCTIONS = ("SELECT s.kind, p.name AS person, b.name AS maker, s.reason, s.until FROM sanctions s JOIN rooms r ON r.id = s.room "
             "JOIN authors p ON p.id = s.subject JOIN authors b ON b.id = s.by_author WHERE r.name = '{room}'")
REACTIONS = ("SELECT x.target, x.mark, a.name FROM reactions x JOIN rooms r ON r.id = x.room JOIN authors a ON a.id = x.author "
             "WHERE r.name = '{room}'")
PINS = "SELECT p.target FROM pins p JOIN rooms r ON r.id = p.room WHERE r.name = '{room}'"
ACCESS = ("open", "private", "invited")
POST = ("all", "members", "moderators")


class Tables:
    """`rows(query)`: a dict for each row of the chat database."""

    def __init__(self, rows):
        self._rows = rows

    def log_of(self, room):
        return [entry_of_row(row) for row in self._rows(LOG.format(room=room))]

    def marks_on(self, room):
        """{message: ({(mark, name)}, whether it is pinned)}, of those that have any. Names in lower case."""
        given, pinned = collections.defaultdict(set), {one["target"] for one in self._rows(PINS.format(room=room))}
        for one in self._rows(REACTIONS.format(room=room)):
            given[one["target"]].add((one["mark"], one["name"].lower()))
        return {seq: (given[seq], seq in pinned) for seq in {*given, *pinned}}

    def end_of(self, room):
        """How the room is now, as rights.Final."""
        row = self._rows(ROOM.format(room=room))[0]
        settings = {"access": ACCESS[row["private"]], "post": POST[row["post"] or 0], "slow": row["slow"] or 0,
                    "title": row["title"] or "", "topic": row["topic"] or "",
                    "data": json.loads(row["data"]) if row["data"] else None}
        roles = {one["name"]: ROLE_WORDS[one["role"]] for one in self._rows(MEMBERS.format(room=room))}
        roles[row["owner"]] = "owner"
        sanctions = {20: {}, 22: {}}
        for one in self._rows(SANCTIONS.format(room=room)):
            until = one["until"] and time_text(one["until"])
            sanctions[one["kind"]][one["person"]] = (one["maker"], one["reason"], until)
        return Final(settings, row["owner"], roles, sanctions[20], sanctions[22])
