#!/usr/bin/python3
"""What each close means, how long it takes until the next attempt, and what the errors are."""

import unittest

import machines  # noqa: F401 - finds the package
from greenroom_client import errors
from greenroom_client.errors import Busy, Forbidden, GreenroomError, NotFound, SignedOut, error_of
from greenroom_client.limits import check_frame, check_id, check_room, check_text
from greenroom_client.patience import Patience, meaning_of_close, retry_delay

MOST = lambda: 0.999999  # noqa: E731 - the most that chance gives


class Closes(unittest.TestCase):
    def test_each_code_has_its_meaning(self):
        for code, meaning in ((1000, "soon"), (1001, "soon"), (1012, "soon"), (1008, "never"), (1009, "backoff"), (1011, "backoff"),
                              (1013, "later"), (1014, "later"), (4401, "sign_in"), (4403, "never"), (4404, "never"), (4408, "now"),
                              (1006, "backoff"), (None, "backoff"), (4000, "never"), (4100, "backoff"), (4200, "now")):
            self.assertEqual(meaning_of_close(code), meaning, code)


class Waiting(unittest.TestCase):
    def test_the_back_off_doubles_to_a_bound_with_full_jitter(self):
        self.assertEqual([round(retry_delay(attempt, MOST), 1) for attempt in range(8)], [0.5, 1, 2, 4, 8, 16, 20, 20])
        self.assertEqual(retry_delay(1000, MOST), retry_delay(16, MOST))
        self.assertEqual(retry_delay(7, lambda: 0.0), 0)

    def test_failures_wait_longer_until_a_connection_held(self):
        patience = Patience(MOST)
        self.assertEqual([round(patience.wait("backoff", 0), 1) for _ in range(4)], [0.5, 1, 2, 4])
        patience.opened(100)
        self.assertEqual(round(patience.wait("backoff", 104), 1), 8, "it held for too short a time")
        patience.opened(200)
        self.assertEqual(round(patience.wait("backoff", 206), 1), 0.5)

    def test_meanings(self):
        self.assertEqual(Patience(MOST).wait("now", 0), 0)
        self.assertLess(Patience(MOST).wait("soon", 0), 1)
        self.assertGreaterEqual(Patience(lambda: 0.0).wait("later", 0), 1)
        for meaning in ("never", "sign_in"):
            self.assertIsNone(Patience(MOST).wait(meaning, 0))

    def test_now_is_at_once_only_the_first_time(self):
        patience = Patience(MOST)
        patience.wait("now", 0)
        self.assertGreater(patience.wait("now", 0), 0.5)

    def test_no_sooner_than_the_server_says(self):
        self.assertEqual(Patience(MOST).wait("backoff", 0, retry_after=7), 7)


class Errors(unittest.TestCase):
    def test_a_frame_becomes_what_it_says(self):
        error = error_of({"type": "error", "code": "muted", "detail": "You are muted.", "room": "tea", "id": "x", "by": "eve",
                          "why": "spam", "until": "2026-12-01T10:00:00Z"})
        self.assertIsInstance(error, Forbidden)
        self.assertEqual((error.code, error.room, error.id, error.by, error.why, error.until, error.is_temporary),
                         ("muted", "tea", "x", "eve", "spam", "2026-12-01T10:00:00Z", False))
        self.assertEqual(str(error), "muted: You are muted. by eve until 2026-12-01T10:00:00Z, for: spam")

    def test_kinds(self):
        for code, kind in (("invalid_token", SignedOut), ("no_user", NotFound), ("gone", NotFound), ("rate_limited", Busy),
                           ("conflict", errors.Conflict), ("bad_text", errors.Invalid), ("a_new_one", GreenroomError)):
            self.assertIs(type(error_of({"code": code})), kind)
        self.assertTrue(error_of({"code": "rate_limited", "retry_after": 3}).is_temporary)
        self.assertEqual(error_of({"type": "gone", "room": "tea", "reason": "removed", "by": "eve"}).code, "removed")

    def test_a_problem_without_a_code_has_that_of_its_status(self):
        self.assertEqual([error_of({}, status=status).code for status in (401, 404, 429, 500, 503, 418)],
                         ["unauthorized", "not_found", "rate_limited", "internal", "unavailable", "bad_request"])


class Limits(unittest.TestCase):
    def test_what_the_server_could_not_refuse_by_its_id_is_refused_here(self):
        for id in ("", "x" * 65, "é", "a\n"):
            with self.assertRaises(errors.Invalid, msg=id) as refused:
                check_id(id)
            self.assertEqual(refused.exception.code, "bad_id")
        for text in ("", "x" * 4097, "é" * 2049, "\ud800"):
            with self.assertRaises(errors.Invalid) as refused:
                check_text(text)
            self.assertEqual(refused.exception.code, "bad_text")
        for name in ("", "no room", "-x", "x" * 65, "é", "@", "@" + "x" * 67):
            with self.assertRaises(errors.Invalid, msg=name) as refused:
                check_room(name)
            self.assertEqual(refused.exception.code, "bad_name")
        for name in ("Tea", "9-_", "x" * 64, "@bob", "@Ada,bob", "@@0123456789abcdef"):
            check_room(name)
        for fields, code in (({"kind": "ban", "reason": "x" * 40000}, "too_big"), ({"kind": "edit", "text": "\ud800"}, "bad_text")):
            with self.assertRaises(errors.Invalid) as refused:
                check_frame(fields)
            self.assertEqual(refused.exception.code, code)
        check_id("order 17")
        check_text("é" * 2048)
        check_frame({"kind": "react", "text": "👍"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
