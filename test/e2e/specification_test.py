#!/usr/bin/python3
"""The checker of what is asked, answered and said: it notices each way in which that can differ from the documents."""

import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from types import SimpleNamespace
from unittest import mock

import seen
import witness
from specification import Frames, Http, Violation, load

TIME = "2026-03-10T12:00:00.000Z"
SESSION = {"id": "a", "client": "here", "created_at": TIME, "expires_at": TIME, "current": True}
PROBLEM = {"type": "/docs/errors#x", "title": "No.", "status": 401, "detail": "No.", "code": "unauthorized"}


class Answers(unittest.TestCase):
    http = Http()

    def check(self, body=None, status=200, method="GET", target="/users/sessions", role="gateway", kind="application/json",
              headers=None, sent=None, said=None):
        fields = {"content-type": kind, **(headers or {})}
        ask = SimpleNamespace(method=method, target=target, headers={"authorization": "Bearer t"} if said is None else said,
                              body=sent)
        return self.http.check(role, ask, status, fields, b"" if body is None else json.dumps(body).encode())

    def assert_wrong(self, words, *args, **more):
        with self.assertRaises(Violation) as caught:
            self.check(*args, **more)
        self.assertIn(words, str(caught.exception))

    def test_what_is_described_is_seen(self):
        found = self.check({"sessions": [SESSION]})
        self.assertIn("GET /users/sessions -> 200", found)
        self.assertIn("#/components/schemas/session/properties/client", found)
        body = "#/paths/~1users~1sessions/get/responses/200/content/application~1json"
        self.assertLessEqual({body, body + "/schema/properties/sessions"}, found)

    def test_an_undescribed_field_and_one_that_is_missing_or_wrong(self):
        self.assert_wrong("at /sessions/0/colour: no schema", {"sessions": [{**SESSION, "colour": "red"}]})
        self.assert_wrong("at /more: no schema", {"sessions": [], "more": False})
        self.assert_wrong("'sessions' is a required property", {})
        self.assert_wrong("at /sessions/0/current", {"sessions": [{**SESSION, "current": 1}]})
        self.assert_wrong("at /sessions/0/created_at", {"sessions": [{**SESSION, "created_at": "yesterday"}]})

    def test_an_undescribed_status_method_route_and_type(self):
        self.assert_wrong("the status 202 isn't described", {"sessions": []}, status=202)
        self.assert_wrong("the status 200 isn't described", {}, target="/users/nothing")
        self.assert_wrong("the status 200 isn't described", {}, method="PUT")
        self.assert_wrong("200 is text/html", {"sessions": []}, kind="text/html")
        self.assert_wrong("has no Content-Type", {"sessions": []}, kind="")
        self.assert_wrong("and none is described", {}, status=204, method="DELETE", target="/users/sessions/a")

    def test_a_problem_with_a_code_that_its_description_does_not_name(self):
        challenge = {"www-authenticate": "Bearer"}
        problem = {"status": 401, "kind": "application/problem+json", "headers": challenge}
        self.check(PROBLEM, **problem)
        self.assert_wrong("at /code", {**PROBLEM, "code": "taken"}, **problem)

    def test_a_header_that_is_missing_or_wrong(self):
        problem = {"status": 429, "kind": "application/problem+json"}
        limited = {**PROBLEM, "status": 429, "code": "rate_limited"}
        self.assert_wrong("no Retry-After", limited, **problem)
        self.assert_wrong("429's Retry-After", limited, headers={"retry-after": "0"}, **problem)
        self.check(limited, headers={"retry-after": "1"}, **problem)

    def test_each_role_has_its_own_paths(self):
        self.check({"sessions": []}, target="/sessions", role="users")
        self.assert_wrong("the status 200", {"sessions": []}, target="/sessions", role="chat")
        self.assert_wrong("the status 200", {"sessions": []}, target="/chat/sessions")
        self.assert_wrong("the status 200", {"index": 1, "nodes": []}, target="/nodes", role="users")
        self.check({"index": 1, "nodes": []}, target="/nodes", role="discovery")
        self.check({"sessions": []}, target="/sessions", role=None)

    def test_the_request_is_checked_unless_it_was_refused(self):
        good = {"status": 200, "method": "POST", "target": "/users/login"}
        answer = {"token": "t", "token_type": "Bearer", "expires_at": TIME, "user_id": "ada"}
        login = {"username": "ada", "password": "root"}
        self.check(answer, sent=json.dumps(login).encode(), **good)
        self.assert_wrong("at /colour", answer, sent=json.dumps({**login, "colour": 1}).encode(), **good)
        self.assert_wrong("'password' is a required property", answer, sent=b'{"username":"ada"}', **good)
        self.assert_wrong("no body, and one is required", answer, **good)
        self.assert_wrong("served without", {"sessions": []}, said={})
        self.assert_wrong("the query's x isn't described", {"sessions": []}, target="/users/sessions?x=1")
        self.assert_wrong("a body, and none is described", {"sessions": []}, sent=b"{}")
        refused = {**PROBLEM, "status": 400, "code": "bad_json"}
        self.check(refused, **{**good, "status": 400}, kind="application/problem+json", sent=b"{")

    def test_what_any_request_may_get(self):
        problem = {"kind": "application/problem+json"}
        self.check({**PROBLEM, "status": 404, "code": "not_found"}, status=404, target="/nothing", role="chat", **problem)
        self.check({**PROBLEM, "status": 405, "code": "method_not_allowed"}, status=405, method="PUT", headers={"allow": "GET"},
                   **problem)
        self.assert_wrong("the status 405", {**PROBLEM, "status": 405, "code": "method_not_allowed"}, status=405,
                          headers={"allow": "GET"}, **problem)
        bad = json.dumps({**PROBLEM, "status": 400, "code": "bad_request"}).encode()
        self.http.check("chat", None, 400, {"content-type": "application/problem+json"}, bad)
        with self.assertRaises(Violation):
            self.http.check("chat", None, 402, {"content-type": "application/problem+json"}, bad)


class Talk(unittest.TestCase):
    frames = Frames()
    MESSAGE = {"type": "message", "room": "lobby", "seq": 1, "from": "ada", "text": "hello", "at": TIME}

    def wrong(self, frame, speaker="server", dialect="json"):
        with self.assertRaises(Violation) as caught:
            self.frames.check(speaker, dialect, json.dumps(frame) if dialect == "json" else frame)
        return str(caught.exception)

    def test_what_is_described_is_seen(self):
        found = self.frames.check("server", "json", json.dumps(self.MESSAGE))
        self.assertIn("server_message", found)
        self.assertIn("#/components/messages/server_message/payload/properties/text", found)
        self.assertIn("lines_from", self.frames.check("server", "lines", "FROM ada hello"))

    def test_a_frame_a_field_and_a_value_that_are_not_described(self):
        self.assertIn("no such frame", self.wrong({"type": "colour"}))
        self.assertIn("no such frame", self.wrong({"type": "send", "room": "lobby", "id": "a", "text": "b"}))
        self.assertIn("no such frame", self.wrong([]))
        self.assertIn("at /colour", self.wrong({**self.MESSAGE, "colour": "red"}))
        self.assertIn("at /seq", self.wrong({**self.MESSAGE, "seq": 0}))
        self.assertIn("'at' is a required property", self.wrong({name: self.MESSAGE[name] for name in self.MESSAGE if name != "at"}))
        self.assertIn("'id' is a required property", self.wrong({"type": "send", "room": "lobby", "text": "b"}, "client"))
        self.assertIn("lines_from", self.wrong("FROM ada", dialect="lines"))
        self.assertIn("no such frame", self.wrong("HELLO", dialect="lines"))

    def test_an_object_of_any_fields_may_have_any(self):
        self.frames.check("server", "json", json.dumps({**self.MESSAGE, "kind": "settings", "settings": {"data": {"a": {"b": 1}}}}))


class Witness(unittest.TestCase):
    def talk(self, said, heard):
        talk = witness.Talk("greenroom.v1.json")
        with mock.patch.object(witness, "_violations", []):
            talk.said(json.dumps(said))
            talk.heard(json.dumps(heard, separators=(",", ":")))
            talk.over()

    def test_what_is_said_and_not_described_must_be_refused(self):
        error = {"type": "error", "code": "bad_frame", "detail": "No."}
        self.talk({"type": "ping"}, {"type": "pong"})
        self.talk({"type": "colour"}, error)
        with self.assertRaisesRegex(Violation, "not refused"):
            self.talk({"type": "colour"}, {"type": "pong"})
        with self.assertRaisesRegex(Violation, "not refused"):
            self.talk({"type": "ping", "colour": "red"}, {"type": "pong"})
        with self.assertRaisesRegex(Violation, "at /colour"):
            self.talk({"type": "ping"}, {"type": "pong", "colour": "red"})

    def test_a_violation_that_no_test_looked_at_fails_its_process_and_what_was_seen_is_kept(self):
        with tempfile.TemporaryDirectory() as folder:
            heard = "import witness; witness.Talk('greenroom.v1.json').heard('{\"type\":\"%s\"}')"
            for word, code in (("pong", 0), ("colour", 1)):
                done = subprocess.run([sys.executable, "-B", "-c", heard % word], cwd=pathlib.Path(__file__).parent, text=True,
                                      env={**os.environ, "GREENROOM_SEEN": folder}, capture_output=True)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertEqual("no such frame" in done.stderr, code == 1)
            self.assertIn("server_pong", "".join(one.read_text() for one in pathlib.Path(folder).iterdir()))


class Completeness(unittest.TestCase):
    def test_what_nobody_saw_is_told_and_what_is_exempt_is_not(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            everything = sorted({*Http().items(), *Frames().items()})
            (folder / "a-1.json").write_text(json.dumps(everything[:-2]))
            self.assertEqual(seen.unseen(folder, {}), everything[-2:])
            self.assertEqual(seen.unseen(folder, {everything[-1]: "because"}), everything[-2:-1])
            (folder / "b-1.json").write_text(json.dumps(everything[-2:]))
            self.assertEqual(seen.unseen(folder, {}), [])

    def test_a_new_field_and_a_new_answer_are_asked_for(self):
        content = copy.deepcopy(load("openapi.json"))
        content["components"]["schemas"]["session"]["properties"]["colour"] = {"type": "string"}
        content["paths"]["/users/sessions"]["get"]["responses"]["203"] = {"description": "Hearsay."}
        new = set(Http(content).items()) - set(Http().items())
        self.assertEqual(new, {"#/components/schemas/session/properties/colour", "GET /users/sessions -> 203"})
        content["paths"]["/users/sessions"]["get"]["responses"]["203"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
        self.assertEqual(set(Http(content).items()) - set(Http().items()) - new,
                         {"#/paths/~1users~1sessions/get/responses/203/content/text~1plain"})

    def test_what_is_exempt_is_described(self):
        everything = [*Http().items(), *Frames().items()]
        for one in seen.UNSEEN:
            self.assertTrue(any(seen.fnmatch.fnmatchcase(item, one) for item in everything), one)


if __name__ == "__main__":
    unittest.main()
