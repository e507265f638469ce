"""Authors who were deleted while a room was read: what they wrote and did is `deleted`'s, and may be empty. Pure.

The server names the newest of the entries that it emptied. Whoever chose that has all of their words emptied, so older ones that
are here, and those of pages that were read before, are treated alike."""

from __future__ import annotations

from typing import Sequence

from .entries import WORDS, Entry, emptied

HEIR = "deleted"
WRITTEN = (*WORDS, "edit", "react", "unreact")


class DeletedAuthors:
    def __init__(self) -> None:
        self._authors: dict[str, bool] = {}  # by name in small letters: whether their words are empty
        self._seqs: set[int] = set()

    def add(self, user: str, seqs: Sequence[int] | None) -> None:
        """The frame `erased`. No name is ever given to somebody else."""
        key = user.lower()
        self._authors[key] = seqs is not None or self._authors.get(key, False)
        self._seqs.update(seqs or ())

    def as_left(self, entry: Entry) -> Entry:
        """The entry as the server has it by now: the same object where nothing of it is another."""
        is_empty = self._authors.get(entry.author.lower())
        is_about = entry.user is not None and entry.user.lower() in self._authors
        if entry.seq in self._seqs or (is_empty and entry.kind in WRITTEN):
            if entry.kind == "erased" and entry.author == HEIR:
                return entry
            return emptied(entry, 0)._replace(author=HEIR, id=None, about=None)  # no entry erased it
        if is_empty is not None:
            entry = entry._replace(author=HEIR, id=None)
        return entry._replace(about={**(entry.about or {}), "user": HEIR}) if is_about else entry
