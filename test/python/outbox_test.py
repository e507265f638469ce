#!/usr/bin/python3
"""What isn't acknowledged yet: one message a room at a time, in order, until it is answered; and over crashes, in a file."""

import asyncio
import json
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import machines  # noqa: F401 - finds the package
from greenroom_client import outbox_file
from greenroom_client.errors import Closed
from greenroom_client.keeper import Keeper
from greenroom_client.outbox import Outbox, Unsent, new_id
from greenroom_client.outbox_file import OutboxFile


def message(id, room="tea", text=None):
    return Unsent(room, id, text or f"text {id}")


class Sending(unittest.TestCase):
    def setUp(self):
        self.outbox = Outbox()
        for id in ("a", "b"):
            self.outbox.add(message(id))
        self.outbox.add(message("c", room="den"))

    def take(self, now, *rooms):
        return [one.id for one in self.outbox.take(rooms or ("tea", "den"), now)]

    def test_the_first_of_each_room_goes_and_the_next_one_after_its_answer(self):
        self.assertEqual(self.take(0), ["a", "c"])
        self.assertEqual(self.take(1), [])
        self.assertEqual(self.outbox.answered("tea", "a"), message("a"))
        self.assertEqual(self.take(1), ["b"])
        self.assertIsNone(self.outbox.answered("tea", "a"), "it was told once")

    def test_only_to_rooms_that_are_joined(self):
        self.assertEqual(self.take(0, "den"), ["c"])

    def test_the_same_one_again_without_an_answer_in_time_or_after_a_cut(self):
        self.take(0)
        self.assertEqual(self.take(9.9), [])
        self.assertEqual(self.take(10.1), ["a", "c"])
        self.outbox.disconnected()
        self.assertEqual(self.take(10.2), ["a", "c"])

    def test_a_room_that_is_held_back_waits(self):
        self.take(0)
        self.outbox.hold("tea", 5)
        self.assertEqual(self.take(4, "tea"), [])
        self.assertEqual(self.take(5, "tea"), ["a"])

    def test_an_id_is_added_once(self):
        self.outbox.add(message("a", text="other"))
        self.assertEqual(len(self.outbox), 3)
        self.assertEqual(self.outbox.find("tea", "a").text, "text a")

    def test_a_room_that_is_gone_gives_back_what_waited_there(self):
        self.take(0)
        self.assertEqual([one.id for one in self.outbox.fail_room("tea")], ["a", "b"])
        self.assertEqual((len(self.outbox), self.outbox.in_flight()), (1, ["den"]))

    def test_ids_are_new(self):
        self.assertEqual(len({new_id() for _ in range(100)}), 100)


class InAFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "out.jsonl"

    def open(self):
        file = OutboxFile(self.path)
        self.addCleanup(lambda: file._lock.closed or file.close())
        return file

    def left(self):
        file = self.open()
        file.close()
        return file.kept

    def test_what_is_kept_and_not_crossed_out_is_there_in_the_next_life(self):
        file = self.open()
        file.keep([message("a"), message("b"), Unsent("den", "a", "é \n", 7)])
        file.cross_out([("tea", "a")])
        file.close()
        self.assertEqual(self.left(), [message("b"), Unsent("den", "a", "é \n", 7)])

    def test_it_is_on_the_disk_before_keep_returns(self):
        file = self.open()
        with mock.patch.object(outbox_file.os, "fsync", side_effect=os.fsync) as fsync:
            file.keep([message("a")])
            self.assertEqual(fsync.call_count, 1)
            file.cross_out([("tea", "a")])
            self.assertEqual(fsync.call_count, 1, "an answer that is lost is asked for again")

    def test_a_line_that_a_crash_left_unfinished_is_no_message(self):
        file = self.open()
        file.keep([message("a"), message("b")])
        file.close()
        whole = self.path.read_bytes()
        lines = whole.splitlines(keepends=True)
        for cut in range(len(whole) + 1):
            self.path.write_bytes(whole[:cut])
            kept = 2 if cut == len(whole) else 1 if cut >= len(lines[0]) else 0
            self.assertEqual(self.left(), [message("a"), message("b")][:kept], cut)

    def test_a_file_of_something_else_is_refused(self):
        self.path.write_text('{"name":"x"}\n')
        with self.assertRaisesRegex(ValueError, "out.jsonl:1 is no line of an outbox"):
            OutboxFile(self.path)
        self.assertEqual(self.path.read_text(), '{"name":"x"}\n')

    def test_two_programs_do_not_share_it(self):
        self.open()
        with self.assertRaises(BlockingIOError):
            OutboxFile(self.path)

    def test_it_is_written_anew_when_most_of_it_is_crossed_out(self):
        file = self.open()
        with mock.patch.object(outbox_file, "MOST_CROSSED_OUT", 10):
            for number in range(40):
                file.keep([message(f"{number}")])
                if number != 5:
                    file.cross_out([("tea", f"{number}")])
        self.assertLess(len(self.path.read_text().splitlines()), 25)
        file.keep([message("last")])
        file.close()
        self.assertEqual(self.left(), [message("5"), message("last")])

    def test_a_disk_that_takes_nothing_leaves_no_half_line(self):
        file = self.open()
        file.keep([message("a")])
        before = self.path.read_bytes()
        with mock.patch.object(outbox_file.os, "fsync", side_effect=OSError("full")), self.assertRaises(OSError):
            file.keep([message("b")])
        self.assertEqual(self.path.read_bytes(), before)
        file.keep([message("b")])
        file.close()
        self.assertEqual(self.left(), [message("a"), message("b")])

    def test_each_line_is_json(self):
        file = self.open()
        file.keep([Unsent("tea", "x", "hi", 3)])
        self.assertEqual(json.loads(self.path.read_text()), {"room": "tea", "id": "x", "text": "hi", "target": 3})


class Beside(unittest.IsolatedAsyncioTestCase):
    """The file beside everything else."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "out.jsonl"

    def ids(self):
        return [one["id"] for one in map(json.loads, self.path.read_text().splitlines()) if "id" in one]

    async def test_many_at_once_stay_in_order_and_share_the_disk(self):
        keeper = Keeper(self.path)
        with mock.patch.object(outbox_file.os, "fsync", side_effect=os.fsync) as fsync:
            await asyncio.gather(*(keeper.keep(message(f"{n}")) for n in range(50)))
            self.assertLess(fsync.call_count, 10)
        self.assertEqual(self.ids(), [f"{n}" for n in range(50)])
        for n in range(49):
            keeper.cross_out("tea", f"{n}")
        await keeper.close()
        again = Keeper(self.path)
        self.assertEqual(again.kept, [message("49")])
        await again.close()
        with self.assertRaises(Closed):
            await again.keep(message("late"))

    async def test_where_the_disk_is_full_nobody_believes_to_be_kept(self):
        keeper = Keeper(self.path)
        with mock.patch.object(outbox_file.os, "fsync", side_effect=OSError("full")):
            found = await asyncio.gather(*(keeper.keep(message(f"{n}")) for n in range(5)), return_exceptions=True)
        self.assertEqual([str(each) for each in found], ["full"] * 5)
        self.assertEqual(self.ids(), [])
        await asyncio.gather(*(keeper.keep(message(f"{n}")) for n in range(5)))
        self.assertEqual(self.ids(), [f"{n}" for n in range(5)])
        await keeper.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
