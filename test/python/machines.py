"""What the tests share: the package, and a conversation that is played by hand."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "clients/python"))

from greenroom_client.acts import Act  # noqa: E402
from greenroom_client.conversation import Conversation  # noqa: E402
from greenroom_client.effects import Done, Failed, Say  # noqa: E402
from greenroom_client.entries import Position  # noqa: E402
from greenroom_client.outbox import Unsent  # noqa: E402

GENERATION = "00000000000000aa"


def entry(seq, text="", author="bob", **more):
    """An entry as it is on the wire."""
    return {"seq": seq, "from": author, "text": text or f"words {seq}", "at": f"2026-12-01T10:00:{seq % 60:02}.000Z", **more}


class Played:
    """Ada's conversation, at the time `now`."""

    def __init__(self, kept=()):
        self.now, self.talk = 1000.0, Conversation("Ada", kept)
        self.done, self.effects = {}, []  # by ticket: a value, or an error; the effects that aren't frames or answers

    def drain(self):
        """The frames that go out now."""
        frames = []
        for effect in self.talk.drain():
            if isinstance(effect, Say):
                frames.append(dict(effect.frame))
            elif isinstance(effect, Done):
                self.done[effect.ticket] = effect.value
            elif isinstance(effect, Failed):
                self.done[effect.ticket] = effect.error
            else:
                self.effects.append(effect)
        return frames

    def hear(self, type, **fields):
        self.talk.hear({"type": type, **fields}, self.now)
        return self.drain()

    def connect(self):
        self.talk.connected(self.now)
        return self.drain()

    def cut(self):
        self.talk.disconnected(self.now)
        return self.drain()

    def later(self, seconds):
        self.now += seconds
        self.talk.tick(self.now)
        return self.drain()

    def enter(self, room="lobby", create=True, **more):
        ticket = self.talk.enter(room, self.now, create, **more)
        return ticket, self.drain()

    def joined(self, room="lobby", head=0, generation=GENERATION, recovered=True, **more):
        return self.hear("joined", room=room, generation=generation, head=head, as_of=head, recovered=recovered, access="open",
                         owner="eve", members={"count": 1, "first": ["Ada"]}, **more)

    def in_room(self, room="lobby", head=0):
        """Connected, and in that room."""
        self.connect()
        self.enter(room)
        self.joined(room, head)
        self.done.clear()
        return self

    def send(self, text, id, room="lobby", target=0):
        ticket = self.talk.send(Unsent(room, id, text, target), self.now)
        return ticket, self.drain()

    def act(self, id, room="lobby", **fields):
        ticket = self.talk.act(Act(room, id, fields), self.now)
        return ticket, self.drain()

    def message(self, seq, text="", author="bob", room="lobby", **more):
        return self.hear("message", room=room, **entry(seq, text, author, **more))

    def history(self, *entries, as_of, room="lobby", more=False):
        return self.hear("history", room=room, messages=list(entries), more=more, as_of=as_of)

    def want(self, waiting=True, room="lobby"):
        self.talk.want(room, waiting, self.now)
        return self.drain()

    def take_all(self, room="lobby"):
        events = []
        while (event := self.talk.take(room)) is not None:
            events.append(event)
            if type(event).__name__ == "Gone":
                break
        return events
