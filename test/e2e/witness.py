"""All that the tests ask, hear and say goes by here: it is held to the documents, and what it showed of them is kept for seen.py, in a
file of the folder that GREENROOM_SEEN names. A violation fails the test that it happens in, and its process in any case."""

import atexit
import collections
import json
import os
import pathlib
import sys
import threading
import urllib.parse
from types import SimpleNamespace

from specification import Frames, Http, Violation

_lock = threading.Lock()
_http, _frames = Http(), Frames()
_roles = {}
_seen = set()
_violations = []


def serves(port, role):
    """The role answers at that port of this machine; `metrics` is the gateway's listener for operators."""
    _roles[int(port)] = "gateway" if role == "metrics" else role


def _noted(check, *what):
    """What the check has seen is kept; so is a violation, which is returned."""
    try:
        seen = check(*what)
    except Violation as violation:
        with _lock:
            _violations.append(str(violation))
        return violation
    with _lock:
        _seen.update(seen)
    return None


def answered(url, ask, status, headers, body):
    """An answer. `ask`: method, target, headers, body, or None where bytes were no request. Raises Violation."""
    at = urllib.parse.urlsplit(url)
    small = {name.lower(): value for name, value in headers.items()}
    wrong = _noted(_http.check, _roles.get(at.port), ask, status, small, body)
    if wrong:
        raise wrong


def asked(method, url, headers, body):
    at = urllib.parse.urlsplit(url)
    return SimpleNamespace(method=method, target=(at.path or "/") + ("?" + at.query if at.query else ""), body=body,
                           headers={name.lower(): value for name, value in headers.items()})


class Talk:
    """What is said and heard on one websocket. Of frames with the same fields the first are looked at, `closely` of them, then one
    of twenty: tests that send thousands would else be held up by the looking."""

    def __init__(self, dialect, closely=100):
        self.dialect = "json" if dialect == "greenroom.v1.json" else "lines"
        self._is_irc = "ircv3.net" in (dialect or "")  # which others describe
        self._undescribed, self._refused, self._wrong = [], 0, None
        self._alike, self._closely = collections.Counter(), closely

    def _is_one_of_many(self, speaker, frame):
        try:
            fields = json.loads(frame) if self.dialect == "json" else [frame[:4]]
            shape = (speaker, str(fields["type"]), *fields) if isinstance(fields, dict) else (speaker, *map(str, fields))
        except (ValueError, TypeError, KeyError):
            return False
        self._alike[shape] += 1
        return self._alike[shape] > self._closely and self._alike[shape] % 20 > 0

    def said(self, frame):
        """What isn't described may be said; `over` asks whether it was refused."""
        if self._is_irc:
            return
        if isinstance(frame, bytes):
            self._undescribed.append(frame[:100])
            return
        if self._is_one_of_many("client", frame):
            return
        try:
            seen = _frames.check("client", self.dialect, frame)
        except Violation as violation:
            self._undescribed.append(str(violation))
        else:
            with _lock:
                _seen.update(seen)

    def heard(self, frame):
        if isinstance(frame, bytes) or self._is_irc:
            return
        self._refused += frame.startswith('{"type":"error"') or frame.startswith("ERROR ")
        if self._is_one_of_many("server", frame):
            return
        self._wrong = self._wrong or _noted(_frames.check, "server", self.dialect, frame)

    def check(self):
        """Raises the Violation that was heard, if there is one."""
        if self._wrong:
            wrong, self._wrong = self._wrong, None
            raise wrong

    def over(self):
        """No more is said or heard, and the server hasn't hung up."""
        self.check()
        if len(self._undescribed) > self._refused:
            text = f"said, not described, and not refused: {self._undescribed[:3]}"
            with _lock:
                _violations.append(text)
            raise Violation(text)


@atexit.register
def _keep():
    folder = os.environ.get("GREENROOM_SEEN")
    if folder:
        name = pathlib.Path(sys.argv[0]).stem
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        (pathlib.Path(folder) / f"{name}-{os.getpid()}.json").write_text(json.dumps(sorted(_seen)))
    if _violations:
        print("---- not as described:", *dict.fromkeys(_violations), sep="\n", file=sys.stderr, flush=True)
        sys.stdout.flush()
        os._exit(1)
