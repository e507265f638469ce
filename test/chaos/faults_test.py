#!/usr/bin/python3
"""The plan keeps a chat node alive and is made again from its seed; the stopwatch tells what it should."""

import unittest

from checker import Ack, History, Sent
from faults import KINDS, TAKEOVER, Fault, Planned, plan
from recovery import cut, late, measure

TARGETS = {"chat": ["chat-1", "chat-2"], "users": ["users-1", "users-2"], "discovery": ["discovery"], "gateway": ["gateway"],
           "postgres": ["postgres-chat", "postgres-users"], "extra": ["chat-3"]}


class Plan(unittest.TestCase):
    def test_the_same_seed_makes_the_same_plan_and_another_one_another(self):
        first, again, other = (plan(seed, 60, 3.0, list(KINDS), TARGETS) for seed in (7, 7, 8))
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_a_fault_comes_each_time_and_every_kind_comes(self):
        for seed in range(50):
            planned = plan(seed, 60, 3.0, list(KINDS), TARGETS)
            self.assertGreaterEqual(len(planned), 17, seed)
            self.assertEqual({each.kind for each in planned}, set(KINDS), seed)

    def test_one_chat_node_is_always_meant_to_be_alive(self):
        for seed in range(200):
            planned = [each for each in plan(seed, 120, 1.0, list(KINDS), TARGETS) if each.kind.startswith("chat")]
            for one, next_one in zip(planned, planned[1:]):
                self.assertGreaterEqual(next_one.at, one.at + one.lasts + KINDS[one.kind][3], seed)

    def test_most_stops_are_measured_in_peace(self):
        in_peace = 0
        for seed in range(100):
            planned = plan(seed, 60, 3.0, list(KINDS), TARGETS)
            for stop in (each for each in planned if each.kind == "chat-stop"):
                in_peace += not any(stop.at < each.at < stop.at + TAKEOVER and each.kind != "users-kill" for each in planned)
        self.assertGreater(in_peace, 150)

    def test_what_has_no_target_is_left_out(self):
        self.assertEqual({each.kind for each in plan(1, 30, 3.0, ["users-kill", "chat-join"], {**TARGETS, "extra": []})},
                         {"users-kill"})


class NoStalls:
    def within(self, began, ended):
        return 0.0


class Stopwatch(unittest.TestCase):
    def setUp(self):
        self.history = History()
        self.kill = self.fault("chat-kill", 10.0, 13.0)

    def fault(self, kind, began, back):
        fault = Fault(Planned(0, kind, "chat-1", 1), [])
        fault.began, fault.back = began, back
        return fault

    def post(self, sent, acked):
        text = f"{sent}"
        self.history.sent[text] = Sent(sent, "ada", text)
        self.history.acked.append(Ack(text, 1, acked))

    def seconds(self, *faults):
        return [each.seconds for each in measure(list(faults), {"room": self.history}, NoStalls())]

    def late(self, *faults):
        return [violation.word for _, violation in late(measure(list(faults), {"room": self.history}, NoStalls()))]

    def test_it_stops_at_what_was_sent_after_the_fault(self):
        self.post(9.9, 10.1)
        self.post(10.2, 11.5)
        self.post(11.4, 11.6)
        self.assertEqual(self.seconds(self.kill), [1.5])
        self.assertEqual(self.late(self.kill), [])

    def test_too_late_is_a_violation_and_never_is_too(self):
        self.post(10.2, 12.1)
        self.assertEqual(self.late(self.kill), ["late"])
        self.history.acked.clear()
        self.assertEqual(self.seconds(self.kill), [None])
        self.assertEqual(self.late(self.kill), ["late"])

    def test_what_happens_at_once_with_another_fault_is_told_but_not_judged(self):
        self.post(10.2, 14.0)
        for other in (self.fault("discovery-kill", 9.0, 10.5), self.fault("discovery-kill", 11.0, 12.0)):
            self.assertEqual(self.late(self.kill, other), [])
        for other in (self.fault("discovery-kill", 8.0, 9.9), self.fault("users-kill", 11.0, 12.0)):
            self.assertEqual(self.late(self.kill, other), ["late"])

    def test_a_database_is_measured_from_when_it_is_back(self):
        self.post(13.1, 13.5)
        self.assertEqual([round(each, 6) for each in self.seconds(self.fault("postgres-restart", 10.0, 13.0))], [0.5])

    def test_a_socket_at_the_gateway_closes_with_the_gateway_alone(self):
        death = self.fault("gateway-kill", 10.0, 11.0)
        cuts = [(9.9, "ada", 1006), (10.0, "ada", 1006), (11.5, "bob", 1006), (12.1, "bob", 1012)]
        self.assertEqual([each.detail[:3] for each in cut(cuts, [death, self.kill])], ["ada", "bob"])
        self.assertEqual([each.word for each in cut(cuts, [self.kill])], ["cut"] * 4)


if __name__ == "__main__":
    unittest.main(verbosity=2)
