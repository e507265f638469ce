#!/usr/bin/python3
"""Everything goes wrong while people talk; and one node's death is nobody else's business."""

import os
import pathlib
import subprocess
import sys
import time
import unittest

CHAOS = pathlib.Path(__file__).resolve().parents[1] / "chaos"
sys.path.append(str(CHAOS))
from checker import violations  # noqa: E402
from clients import User  # noqa: E402
from stage import Stage  # noqa: E402
from talkers import Crowd  # noqa: E402

SEED = os.environ.get("GREENROOM_CHAOS_SEED", "3")
SECONDS = os.environ.get("GREENROOM_CHAOS_SECONDS", "60")


class Chaos(unittest.TestCase):
    def test_all_promises_hold_whatever_goes_wrong(self):
        words = [str(CHAOS / "greenroom-chaos"), "--seed", SEED, "--seconds", SECONDS]
        if "GREENROOM_ARTIFACTS" in os.environ:
            words += ["--keep-logs", os.path.join(os.environ["GREENROOM_ARTIFACTS"], "chaos")]
        self.assertEqual(subprocess.run(words, stdin=subprocess.DEVNULL, timeout=400).returncode, 0)


class Survivor(unittest.TestCase):
    def test_no_websocket_of_the_other_node_closes_when_a_node_is_killed(self):
        """Twelve rooms, some on each node; in each four who are at the node that stays and two at the one that dies."""
        stage = Stage()
        self.addCleanup(stage.remove)
        stays, dies = stage.chat_nodes
        rooms = [f"room-{n}" for n in range(12)]
        crowd = Crowd(rooms)
        self.addCleanup(crowd.close)
        users = [User(stage.cluster, f"user-{n}") for n in range(12)]
        for n, user in enumerate(users):
            user.server = stage.straight_to(dies if n % 3 == 2 else stays)
            # Patient: who closes a socket here is the server.
            crowd.add(user, [rooms[(n * 6 + k) % 12] for k in range(6)], pace=0.05, patience=15.0)
        survivors = {user.name for n, user in enumerate(users) if n % 3 != 2}
        crowd.start().wait_acks(300)
        owned = stage.rooms_of(dies)
        self.assertTrue(owned and len(owned) < 12, f"each node has rooms, {dies} has {owned}")
        crowd.closes.clear()
        stage.kill(dies)
        killed = time.monotonic()
        for room in owned:
            while not any(sent.when > killed and sent.author in survivors and self._is_acknowledged(crowd, room, text)
                          for text, sent in list(crowd.histories[room].sent.items())):
                self.assertLess(time.monotonic(), killed + 10, f"{room} isn't writable")
                time.sleep(0.02)
        print(f"  all {len(owned)} rooms of {dies} are writable after {time.monotonic() - killed:.2f} s", flush=True)
        crowd.wait_acks(300)
        self.assertEqual([close for close in crowd.closes if close[1] in survivors], [])
        stage.start(dies)
        crowd.finish(30)
        self.assertEqual([close for close in crowd.closes if close[1] in survivors], [], "nor when it is back")
        for room, history in crowd.histories.items():
            self.assertEqual([str(each) for each in violations(history, stage.tables.log_of(room))], [], room)

    @staticmethod
    def _is_acknowledged(crowd, room, text):
        return any(ack.text == text for ack in crowd.histories[room].acked[-200:])


if __name__ == "__main__":
    unittest.main(verbosity=2)
