"""Faults and their times: a plan made from a seed, and the hand that carries it out."""

import collections
import random
import time

Planned = collections.namedtuple("Planned", "at kind target lasts")

# kind: (role, seconds that it lasts from and to, seconds until all is as before after that)
KINDS = {
    "chat-kill": ("chat", 0.5, 2.5, 2.0),
    "chat-stop": ("chat", 6.0, 6.5, 2.5),
    "chat-drain": ("chat", 0.2, 1.0, 4.0),
    "chat-join": ("extra", 4.0, 6.0, 3.0),
    "discovery-kill": ("discovery", 0.1, 1.0, 1.0),
    "users-kill": ("users", 0.5, 2.5, 1.0),
    "postgres-restart": ("postgres", 0.0, 0.5, 4.0),
    "gateway-kill": ("gateway", 0.1, 0.5, 1.0),
}
# Seconds within which every room is writable again; from the time that it is back where the role has but one.
BOUNDS = {"chat-kill": 2.0, "chat-stop": 5.0, "chat-drain": 2.0, "chat-join": 2.0, "discovery-kill": 2.0, "users-kill": 2.0,
          "postgres-restart": 5.0, "gateway-kill": 2.0}
WEIGHTS = {"chat-kill": 3, "chat-stop": 2}  # how often they come where others come once
HARMLESS = {"users-kill"}  # to rooms: no other measurement is spoiled by these
TAKEOVER = 5.0             # seconds of a stop in which nothing else is done to what a takeover needs, most times


def plan(seed, seconds, every, kinds, targets):
    """Planned faults. `targets`: {role: names}. At least one chat node is always meant to be alive."""
    chance, used, busy, quiet_until = random.Random(seed), collections.Counter(), {}, 0
    out, at = [], every
    while at <= seconds - every:
        able = [(kind, target) for kind in kinds for target in targets.get(KINDS[kind][0], ())
                if is_possible(kind, target, at, busy, quiet_until, targets)]
        if able:
            rarest = min(used[kind] / WEIGHTS.get(kind, 1) for kind, _ in able)
            kind = chance.choice(sorted({kind for kind, _ in able if used[kind] / WEIGHTS.get(kind, 1) == rarest}))
            target = chance.choice([name for of, name in able if of == kind])
            _, low, high, settling = KINDS[kind]
            lasts = round(chance.uniform(low, high), 2)
            out.append(Planned(at, kind, target, lasts))
            used[kind] += 1
            busy[target] = at + lasts + settling
            if kind == "chat-stop" and chance.random() < 0.7:
                quiet_until = at + TAKEOVER
        at += every
    return out


def is_possible(kind, target, at, busy, quiet_until, targets):
    role = KINDS[kind][0]
    if busy.get(target, 0) > at or (at < quiet_until and kind not in HARMLESS):
        return False
    if role in ("chat", "extra"):
        return not any(busy.get(name, 0) > at for name in (*targets["chat"], *targets.get("extra", ())))
    if role == "users":
        return len(targets["users"]) == 1 or not any(busy.get(name, 0) > at for name in targets["users"])
    return True


class Fault:
    """One that happened. Times are monotonic; None: not yet."""

    def __init__(self, planned, owned):
        self.kind, self.target, self.lasts = planned.kind, planned.target, planned.lasts
        self.owned = owned   # names of the rooms that the target owned then
        self.began = None
        self.back = None     # all is as before

    @property
    def counts_from(self):
        return self.back if self.kind in ("postgres-restart", "gateway-kill") else self.began

    def __str__(self):
        return f"{self.kind} {self.target}"


class Hand:
    """Carries a plan out on a stage. `complaints`: what the processes did wrong meanwhile."""

    def __init__(self, stage, planned, note):
        self.stage, self.planned, self.note = stage, planned, note
        self.faults, self.complaints = [], []
        self._meant_down, self._under_way = set(), []

    def run(self, began):
        """Returns when the last fault has begun. One that had to wait makes the rest wait as long."""
        for planned in self.planned:
            while (left := began + planned.at - time.monotonic()) > 0 or self._must_wait(planned):
                self.look_after()
                time.sleep(min(0.2, max(0.01, left)))
            began = max(began, time.monotonic() - planned.at)
            fault = Fault(planned, self.stage.rooms_of(planned.target) if planned.kind.startswith("chat") else [])
            self.faults.append(fault)
            self._under_way.append(self.stage.begin(self._carry_out, fault))

    def _must_wait(self, planned):
        """The plan reckons with times that a slow machine doesn't keep: what may not be down together isn't."""
        roles = ("chat", "extra") if KINDS[planned.kind][0] in ("chat", "extra") else (KINDS[planned.kind][0],)
        return any(fault.back is None and not under_way.done() and KINDS[fault.kind][0] in roles
                   for fault, under_way in zip(self.faults, self._under_way))

    def wait(self):
        """Until all is as before."""
        for fault in self._under_way:
            fault.result()
        self.look_after()

    def look_after(self):
        """Reports processes that ended by themselves, and starts them again."""
        for name in self.stage.names():
            code = self.stage.exit_code(name)
            if code is not None and name not in self._meant_down:
                self.complaints.append(f"{name} ended by itself with {code}:\n{self.stage.log(name, 15)}")
                self.stage.start(name)

    def _carry_out(self, fault):
        try:
            self._meant_down.add(fault.target)
            self.note(fault.target, "fault", str(fault))
            getattr(self, "_" + fault.kind.replace("-", "_"))(fault)
            fault.back = time.monotonic()
            self.note(fault.target, "back", str(fault))
        except Exception as failed:
            self.complaints.append(f"after {fault}: " + "\n".join(str(failed).splitlines()[-15:]))
        finally:
            if fault.kind != "chat-join":  # that one has left
                self._meant_down.discard(fault.target)

    def _kill(self, fault):
        fault.began = self.stage.kill(fault.target)
        time.sleep(fault.lasts)
        self.stage.start(fault.target)

    _chat_kill = _discovery_kill = _users_kill = _gateway_kill = _kill

    def _chat_stop(self, fault):
        fault.began = self.stage.pause(fault.target)
        time.sleep(fault.lasts)
        self.stage.resume(fault.target)

    def _chat_drain(self, fault):
        fault.began = time.monotonic()
        self.stage.drain(fault.target)
        time.sleep(fault.lasts)
        self.stage.start(fault.target)

    def _chat_join(self, fault):
        fault.began = time.monotonic()
        self.stage.start(fault.target)
        time.sleep(fault.lasts)
        self.stage.drain(fault.target)

    def _postgres_restart(self, fault):
        fault.began = time.monotonic()
        self.stage.restart_postgres(fault.target, fault.lasts)
