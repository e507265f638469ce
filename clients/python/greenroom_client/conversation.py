"""The conversation itself: rooms, what arrives, what is to be sent. It knows the dialect `greenroom.v1.json`, and neither network nor
clock: frames come in through `hear`, time as `now` in seconds, and what is to be done is taken by `drain`. Pure."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

from .acts import Act, PendingActs
from .effects import Done, Effect, Failed, Receipt, Reconnect, Say, Settled, Tell, Wake
from .entries import Position, entry_of, page_of
from .errors import Closed, GreenroomError, error_of
from .events import Marked, News, Refused, RoomEvent, Typing
from .outbox import Outbox, Unsent
from .room_log import RoomLog
from .seat import PageRequest, Seat, key_of
from .waiting import Waiting

JOIN_PATIENCE = 10.0
PAGE_PATIENCE = 30.0


class Conversation:
    """`me`: this user's name. `kept`: messages that an earlier life of the program left. Tickets stand for those who wait for an
    answer: `Done` or `Failed` names them."""

    def __init__(self, me: str, kept: Iterable[Unsent] = ()) -> None:
        self.me = me
        self.outbox = Outbox(kept)
        self.acts = PendingActs()
        self.seats: dict[str, Seat] = {}
        self.online = False
        self._waiting = Waiting()
        self._rooms: list[Mapping[str, Any]] = []  # of the sync under way
        self._sync_sent: float | None = None
        self._sync_due = 0.0

    def drain(self) -> list[Effect]:
        """What is to be done, in order."""
        effects, self._waiting.effects = self._waiting.effects, []
        return effects

    # ---- what this side wants; each answer is a ticket

    def enter(self, name: str, now: float, create: bool = False, position: Position | None = None) -> int:
        """Joins a room, as soon as there is a connection; done with its key. Entering a gone one tries anew. `create`: makes one
        that is missing."""
        key = key_of(name, self.me)
        seat = self.seats.get(key)
        ticket = self._waiting.ticket(("join", key))
        if seat is None or seat.state == "gone":
            self.seats[key] = seat = Seat(name, self.me, RoomLog(self.me, position), create)
            self._join(seat, now)
        elif seat.state == "joined":
            self._waiting.done(("join", key), key)
        return ticket

    def leave(self, name: str) -> None:
        """No frames of it come any more. A membership is not touched. What is on its way waits in the outbox."""
        seat = self.seats.pop(key_of(name, self.me), None)
        if seat is None:
            return
        if self.online and seat.state != "gone":
            self._say(type="leave", room=seat.name)
        left = error_of({"reason": "left", "room": seat.name})
        self._fail_requests(seat, left)
        self._waiting.failed(("join", seat.key), left)
        seat.leave(left)
        self._do(Wake(seat.key))

    def send(self, message: Unsent, now: float) -> int:
        """Done with a Receipt. An id that is under way already is waited for."""
        known = self.outbox.find(message.room, message.id)
        if known and known != message:
            detail = "The same id is under way with another text."
            return self._at_once(error_of({"code": "conflict", "detail": detail, "room": message.room, "id": message.id}))
        if outside := self._outside(message.room):
            self._do(Settled(message.room, message.id))
            return self._at_once(outside)
        ticket = self._waiting.ticket(("send", message.room, message.id))
        self.outbox.add(message)
        self._post(now)
        return ticket

    def act(self, act: Act, now: float) -> int:
        """Done with a Receipt."""
        if outside := self._outside(act.room):
            return self._at_once(outside)
        ticket = self._waiting.ticket(("act", act.room, act.id))
        self.acts.add(act, now)
        self._post(now)
        return ticket

    def history(self, key: str, fields: Mapping[str, Any], now: float) -> int:
        """A page, by `before`, `after`, `limit`. Done with a Page."""
        if outside := self._outside(key):
            return self._at_once(outside)
        ticket, seat = self._waiting.ticket(), self.seats[key]
        seat.requests.append(PageRequest(ticket, fields))
        self._fetch(seat, now)
        return ticket

    def sync(self, now: float) -> int:
        """One's own rooms. Done with a list of what the server says of each."""
        ticket = self._waiting.ticket("sync")
        if self._sync_sent is None:
            self._ask_for_rooms(None, now)
        return ticket

    def read(self, key: str, seq: int) -> None:
        """The user has read so far; told within a second, or after the next connection."""
        seat = self.seats.get(key)
        if seat:
            seat.mark = max(seat.mark, seq)

    def typing(self, key: str, state: str) -> None:
        seat = self.seats.get(key)
        if seat and seat.state == "joined":
            self._say(type="typing", room=seat.name, state=state)

    def want(self, key: str, waiting: bool, now: float) -> None:
        """Whether a reader waits for what comes next in that room."""
        seat = self.seats.get(key)
        if seat:
            seat.waiting = waiting
            seat.followed = True
            self._fetch(seat, now)

    def take(self, key: str) -> RoomEvent | None:
        """The next event of the room; None: there is none yet."""
        seat = self.seats.get(key)
        return seat.take() if seat else None

    def forget(self, ticket: int) -> None:
        """Nobody waits for that answer any more. What was asked for goes on."""
        self._waiting.forget(ticket)

    # ---- what happens

    def connected(self, now: float) -> None:
        self.online = True
        for seat in self.seats.values():
            if seat.state != "gone":
                seat.not_before = now
                self._join(seat, now)
        if self._waiting.has("sync"):
            self._ask_for_rooms(None, now)

    def disconnected(self, now: float) -> None:
        self.online = False
        self._sync_sent = None
        self.outbox.disconnected()
        self.acts.disconnected(now)
        for seat in self.seats.values():
            if seat.state == "gone":
                continue
            seat.state = "away"
            self._ask_again(seat)

    def closed(self, error: GreenroomError | None = None) -> None:
        """It is over: whoever waits is told. The outbox keeps what it has."""
        self._waiting.all_failed(error or Closed())
        for seat in self.seats.values():
            self._fail_requests(seat, error or Closed())
            self._do(Wake(seat.key))

    def tick(self, now: float) -> None:
        """To be called several times a second: says again what was not answered, and ends what is over."""
        for act in self.acts.expire(now):
            self._waiting.failed(("act", act.room, act.id), error_of({"code": "unknown_outcome", "id": act.id, "room": act.room}))
        if not self.online:
            return
        for seat in self.seats.values():
            if seat.state == "joining" and now >= seat.not_before and now - seat.asked > JOIN_PATIENCE:
                self._join(seat, now)
            if seat.state == "joined":
                self._fetch(seat, now)
                self._tell_mark(seat)
        pages = [seat.request_sent for seat in self.seats.values() if seat.request]
        if self._sync_sent is not None:
            pages.append(self._sync_sent)
        elif self._waiting.has("sync") and now >= self._sync_due:
            self._ask_for_rooms(None, now)
        if any(now - sent > PAGE_PATIENCE for sent in pages):
            self._do(Reconnect())
        self._post(now)

    def tell_marks(self) -> None:
        """Before this side hangs up: marks that wait."""
        for seat in self.seats.values():
            if seat.state == "joined":
                self._tell_mark(seat)

    def hear(self, frame: Mapping[str, Any], now: float) -> None:
        """A frame of the server. Those of an unknown type are passed over."""
        kind = frame["type"]
        if kind in ("added", "removed", "notice", "news"):
            self._do(Tell(News(kind, frame["room"], {name: frame[name] for name in frame if name != "type"})))
        elif kind == "error":
            self._error(frame, now)
        elif kind == "synced":
            self._synced(frame, now)
        elif kind == "heads":
            for name, seq in frame["rooms"].items():
                self._note_head(self.seats.get(key_of(name, self.me)), seq, now)
        elif "room" in frame:
            seat = self.seats.get(key_of(frame["room"], self.me))
            if seat:
                self._hear_in(seat, kind, frame, now)

    def _hear_in(self, seat: Seat, kind: str, frame: Mapping[str, Any], now: float) -> None:
        if kind == "message":
            self._message(seat, frame, now)
        elif kind == "joined":
            seat.joined(frame)
            self._waiting.done(("join", seat.key), seat.key)
            self._fetch(seat, now)
            self._post(now)
        elif kind == "history":
            self._history(seat, frame, now)
        elif kind == "unchanged":
            self._acted(seat, frame["id"], Receipt(frame["id"], None))
        elif kind == "gap":
            self._note_head(seat, frame["to"], now)
        elif kind == "presence":
            seat.presence(frame)
        elif kind == "typing":
            seat.signal(Typing(frame["user"], frame["state"]))
        elif kind == "read":
            if frame["user"].lower() == self.me.lower():
                seat.told = max(seat.told, frame["seq"])
            seat.signal(Marked(frame["user"], frame["seq"]))
        elif kind == "erased":
            seat.erased(frame)
        elif kind == "gone":
            self._gone(seat, error_of(frame), now)
        if seat.waiting:
            self._do(Wake(seat.key))

    def _message(self, seat: Seat, frame: Mapping[str, Any], now: float) -> None:
        entry, duplicate = entry_of(frame), frame.get("duplicate", False)
        if duplicate:
            # An answer: it may be ahead of what the stream has, and then the stream has it, too.
            seat.log.note_head(entry.seq)
        else:
            seat.log.hear(entry)
        self._stored(seat, Receipt(entry.id or "", entry, duplicate), now)
        self._fetch(seat, now)

    def _stored(self, seat: Seat, receipt: Receipt, now: float) -> None:
        """An entry with an id of this user's: perhaps the answer to something."""
        if receipt.id and self.outbox.answered(seat.key, receipt.id):
            self._do(Settled(seat.key, receipt.id))
            self._waiting.done(("send", seat.key, receipt.id), receipt)
            self._post(now)
        elif receipt.id:
            self._acted(seat, receipt.id, receipt)

    def _acted(self, seat: Seat, id: str, receipt: Receipt) -> None:
        if self.acts.answered(seat.key, id):
            self._waiting.done(("act", seat.key, id), receipt)

    def _history(self, seat: Seat, frame: Mapping[str, Any], now: float) -> None:
        page, request = page_of(frame), seat.request
        seat.request = None
        is_the_way = request is not None and request.ticket is None
        seat.log.read(page, request.fields["after"] if is_the_way and request else None)
        for entry, _ in page.entries:
            self._stored(seat, Receipt(entry.id or "", entry, True), now)
        if request and request.ticket is not None:
            self._do(Done(request.ticket, page))
        self._fetch(seat, now)

    def _synced(self, frame: Mapping[str, Any], now: float) -> None:
        self._rooms += frame["rooms"]
        if frame["more"]:
            return self._ask_for_rooms(frame["rooms"][-1]["room"], now)
        self._sync_sent = None
        self._waiting.done("sync", self._rooms)
        return None

    def _gone(self, seat: Seat, error: GreenroomError, now: float) -> None:
        if error.is_temporary:
            return self._join_later(seat, 1.0, now)
        self._fail_requests(seat, error)
        self._waiting.failed(("join", seat.key), error)
        seat.leave(error)
        for message in self.outbox.fail_room(seat.key):
            self._refuse(message, error)
        for act in self.acts.fail_room(seat.key):
            self._waiting.failed(("act", act.room, act.id), error)
        self._do(Wake(seat.key))
        return None

    # ---- refusals

    def _error(self, frame: Mapping[str, Any], now: float) -> None:
        error = error_of(frame)
        wait = max(1.0, error.retry_after)
        seat = self.seats.get(key_of(error.room, self.me)) if error.room else None
        if error.id is not None:
            self._refused(seat, error, wait, now)
        elif error.room is None:
            self._slow_down(error, wait, now)
        elif seat and error.code == "not_joined":
            self._join_again(seat, now)
        elif seat and seat.state == "joining":
            if error.is_temporary:
                self._join_later(seat, wait, now)
            else:
                self._gone(seat, error, now)
        elif seat and seat.request:
            request, seat.request = seat.request, None
            if request.ticket is not None and not error.is_temporary:
                self._do(Failed(request.ticket, error))
            else:
                self._put_off(seat, request, wait, now)

    def _refused(self, seat: Seat | None, error: GreenroomError, wait: float, now: float) -> None:
        """A message or an act."""
        id = error.id or ""
        room = seat.key if seat else self.outbox.room_of_flying(id) or self.acts.room_of(id)
        if room is None:
            return
        if self.acts.has(room, id):
            if self.acts.refused(room, error, wait, now):
                self._waiting.failed(("act", room, id), error)
        elif error.code == "not_joined" or error.is_temporary:
            self.outbox.hold(room, now + wait)
        else:
            message = self.outbox.answered(room, id)
            if message:
                self._refuse(message, error)
            self._post(now)
        if error.code == "not_joined" and room in self.seats:
            self._join_again(self.seats[room], now)

    def _refuse(self, message: Unsent, error: GreenroomError) -> None:
        self._do(Settled(message.room, message.id))
        if not self._waiting.failed(("send", message.room, message.id), error):
            self._do(Tell(Refused(message.room, message.id, message.text, error)))

    def _slow_down(self, error: GreenroomError, wait: float, now: float) -> None:
        """Refused unread, so that the server can't say which: whatever has no answer yet waits, and goes out again."""
        if self._sync_sent is not None:
            self._sync_sent, self._sync_due = None, now + wait
            if not error.is_temporary:
                self._waiting.failed("sync", error)
        if not error.is_temporary:
            return
        for room in self.outbox.in_flight():
            self.outbox.hold(room, now + wait)
        for seat in self.seats.values():
            if seat.state == "joining":
                self._join_later(seat, wait, now)
            if seat.request:
                request, seat.request = seat.request, None
                self._put_off(seat, request, wait, now)

    def _join_again(self, seat: Seat, now: float) -> None:
        if seat.state == "joined":
            self._ask_again(seat)
            seat.not_before = now
            self._join(seat, now)

    def _join_later(self, seat: Seat, wait: float, now: float) -> None:
        self._ask_again(seat)
        seat.state = "joining"
        seat.not_before = now + wait
        seat.asked = seat.not_before - JOIN_PATIENCE - 1

    # ---- what goes out

    def _do(self, effect: Effect) -> None:
        self._waiting.effects.append(effect)

    def _say(self, **frame: Any) -> None:
        if self.online:
            self._do(Say(frame))

    def _join(self, seat: Seat, now: float) -> None:
        seat.state = "joining" if self.online else "away"
        if self.online and now >= seat.not_before:
            seat.asked = now
            self._say(type="join", room=seat.name, **seat.resume_point())

    def _post(self, now: float) -> None:
        if not self.online:
            return
        joined = [seat.key for seat in self.seats.values() if seat.state == "joined"]
        for room, id, text, target in self.outbox.take(joined, now):
            answers = {"target": target} if target else {}
            self._say(type="send", room=self.seats[room].name, id=id, text=text, **answers)
        for act in self.acts.take(joined, now):
            self._say(type="act", room=self.seats[act.room].name, id=act.id, **act.fields)

    def _fetch(self, seat: Seat, now: float) -> None:
        request = seat.plan() if self.online and now >= seat.page_after else None
        if request:
            seat.request, seat.request_sent = request, now
            self._say(type="history", room=seat.name, **request.fields)

    def _put_off(self, seat: Seat, request: PageRequest, wait: float, now: float) -> None:
        seat.page_after = now + wait
        if request.ticket is not None:
            seat.requests.appendleft(request)

    @staticmethod
    def _ask_again(seat: Seat) -> None:
        """The answer won't come; the request stays."""
        if seat.request and seat.request.ticket is not None:
            seat.requests.appendleft(seat.request)
        seat.request, seat.page_after = None, 0.0

    def _ask_for_rooms(self, after: str | None, now: float) -> None:
        if after is None:
            self._rooms = []
        self._sync_sent = now if self.online else None
        self._say(type="sync", **({"after": after} if after else {}))

    def _tell_mark(self, seat: Seat) -> None:
        mark = min(seat.mark, seat.log.head)
        if mark > seat.told:
            seat.told = mark
            self._say(type="read", room=seat.name, seq=mark)

    def _note_head(self, seat: Seat | None, seq: int, now: float) -> None:
        if seat and seq > seat.log.head:
            seat.log.note_head(seq)
            self._fetch(seat, now)

    def _outside(self, key: str) -> GreenroomError | None:
        """Why this client isn't in that room, if that is so."""
        seat = self.seats.get(key)
        if seat is None:
            return error_of({"code": "not_joined", "detail": "This client isn't in the room.", "room": key})
        return seat.error

    def _at_once(self, error: GreenroomError) -> int:
        ticket = self._waiting.ticket()
        self._do(Failed(ticket, error))
        return ticket

    @staticmethod
    def _requests_of(seat: Seat) -> list[PageRequest]:
        return [each for each in (seat.request, *seat.requests) if each and each.ticket is not None]

    def _fail_requests(self, seat: Seat, error: GreenroomError) -> None:
        self._waiting.effects += (Failed(each.ticket or 0, error) for each in self._requests_of(seat))
        seat.request = None
        seat.requests.clear()
