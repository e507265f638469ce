"""What a room's log is made of, and a message as it is by now. Pure."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

WORDS = ("text", "notice", "action")
ON_MESSAGES = ("edit", "erase", "react", "unreact", "pin", "unpin")
FIELDS = ("target", "user", "reason", "until", "role", "settings", "data", "files")
REMOVED = "(removed)"


class Entry(NamedTuple):
    """One entry of a room's log. `kind` is the protocol's word, `text` makes sense alone. `id` is told to its author only.
    `about` has the further fields by name, or is None; the properties read them."""

    seq: int
    author: str
    text: str
    id: str | None = None
    kind: str = "text"
    about: Mapping[str, Any] | None = None
    at: str | None = None

    @property
    def target(self) -> int:
        """The seq of the message that this answers or is about; 0 for none."""
        return (self.about or {}).get("target", 0)

    @property
    def user(self) -> str | None:
        return (self.about or {}).get("user")

    @property
    def reason(self) -> str | None:
        return (self.about or {}).get("reason")

    @property
    def until(self) -> str | None:
        return (self.about or {}).get("until")

    @property
    def role(self) -> str | None:
        return (self.about or {}).get("role")

    @property
    def settings(self) -> Mapping[str, Any] | None:
        return (self.about or {}).get("settings")

    @property
    def is_words(self) -> bool:
        """Whether it is what a person says, and not an act. What is erased is neither."""
        return self.kind in WORDS


class Reaction(NamedTuple):
    """How many people gave a message this mark, and whether the reader is one of them."""

    text: str
    count: int  # type: ignore[assignment]  # and not the function of a tuple
    mine: bool


class State(NamedTuple):
    """What later entries made of a message. `edited`: the seq of the newest edit, or 0. `reactions`: by their bytes."""

    edited: int = 0
    reactions: tuple[Reaction, ...] = ()
    pinned: bool = False


PLAIN = State()


class Message(NamedTuple):
    """A message as it is by now: its newest text, its reactions, whether it is pinned or erased."""

    entry: Entry
    state: State = PLAIN

    @property
    def seq(self) -> int:
        return self.entry.seq

    @property
    def author(self) -> str:
        return self.entry.author

    @property
    def text(self) -> str:
        return self.entry.text

    @property
    def kind(self) -> str:
        return self.entry.kind

    @property
    def at(self) -> str | None:
        return self.entry.at

    @property
    def target(self) -> int:
        """The seq of the message that it answers; 0 for none."""
        return 0 if self.erased else self.entry.target

    @property
    def erased(self) -> bool:
        return self.entry.kind == "erased"

    @property
    def edited(self) -> int:
        return self.state.edited

    @property
    def reactions(self) -> tuple[Reaction, ...]:
        return self.state.reactions

    @property
    def pinned(self) -> bool:
        return self.state.pinned


class Position(NamedTuple):
    """How far a reader is in a room: in which log of that name, and the last entry that was given. To be kept over a restart."""

    generation: str
    seq: int


class Page(NamedTuple):
    """A page of history, ascending. `more`: there is more in the direction of reading; `as_of`: the head when it was read."""

    entries: tuple[Message, ...]
    more: bool
    as_of: int


def entry_of(frame: Mapping[str, Any]) -> Entry:
    """The entry in a frame `message`, in a page, or in the answer to an act."""
    about = {name: frame[name] for name in FIELDS if name in frame}
    return Entry(frame["seq"], frame["from"], frame["text"], frame.get("id"), frame.get("kind", "text"), about or None,
                 frame.get("at"))


def state_of(frame: Mapping[str, Any]) -> State:
    """What a page says of a message besides its entry."""
    return State(frame.get("edited", {}).get("seq", 0),
                 tuple(Reaction(one["text"], one["count"], one["mine"]) for one in frame.get("reactions", ())),
                 frame.get("pinned", False))


def page_of(frame: Mapping[str, Any]) -> Page:
    """A frame `history`, or the answer to GET …/messages."""
    messages = tuple(Message(entry_of(one), state_of(one)) for one in frame["messages"])
    return Page(messages, frame["more"], frame["as_of"])


def emptied(entry: Entry, erase: int) -> Entry:
    """A message or an edit once the entry `erase` has erased it."""
    return entry._replace(text=REMOVED, kind="erased", about={"target": erase})
