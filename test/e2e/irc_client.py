"""A client of IRC over a raw socket: lines in, lines out."""

import socket
import ssl
import time

from clients import PASSWORD


class Line:
    """One line: `tags`, `source`, `command`, `parameters`."""

    def __init__(self, text):
        self.text = text
        self.tags = {}
        rest = text
        if rest.startswith("@"):
            tags, rest = rest[1:].split(" ", 1)
            self.tags = dict((one.split("=", 1) + [""])[:2] for one in tags.split(";"))
        self.source = ""
        if rest.startswith(":"):
            self.source, rest = rest[1:].split(" ", 1)
        head, colon, last = rest.partition(" :")
        self.command, *self.parameters = head.split()
        if colon:
            self.parameters.append(last)

    @property
    def nick(self):
        return self.source.partition("!")[0]

    def __repr__(self):
        return repr(self.text)


class Irc:
    """Connects at once; `sign_in` registers."""

    def __init__(self, port, context=None, first=b""):
        self.socket = socket.create_connection(("127.0.0.1", port), 10)
        self.socket.sendall(first)  # before TLS: the header of a proxy
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.rest = b""
        self.tokens = 0
        self.pinged = None  # what the last PING said

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, *lines):
        self.socket.sendall("".join(line + "\r\n" for line in lines).encode())

    def read(self, within=10.0):
        """The next line; None at the end. PINGs are answered."""
        deadline = time.monotonic() + within
        while True:
            line, end, rest = self.rest.partition(b"\r\n")
            if end:
                self.rest = rest
                got = Line(line.decode())
                if got.command != "PING":
                    return got
                self.send("PONG :" + got.parameters[0])
                self.pinged = got.parameters[0]
                continue
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                more = self.socket.recv(65536)
            except (ConnectionError, ssl.SSLError):
                return None
            if not more:
                return None
            self.rest += more

    def wait(self, *commands, within=10.0):
        """Reads on to a line of one of these commands, and returns it."""
        passed = []
        deadline = time.monotonic() + within
        while True:
            try:
                got = self.read(deadline - time.monotonic())
            except TimeoutError:
                raise AssertionError(f"no {commands} within {within} s; got {passed}") from None
            if got is None:
                raise AssertionError(f"the end before {commands}; got {passed}")
            if got.command in commands:
                return got
            passed.append(got)

    def sync(self):
        """All lines up to the answer to a PING: everything that was sent before is done by then."""
        self.tokens += 1
        token = f"sync{self.tokens}"
        self.send("PING " + token)
        lines = []
        while True:
            got = self.read()
            if got is None:
                raise AssertionError(f"the end, after {lines}")
            if got.command == "PONG" and got.parameters[-1] == token:
                return lines
            lines.append(got)

    def next_ping(self, within=5.0):
        """Answers the next PING, and returns what it said. Lines before it are dropped."""
        self.pinged, deadline = None, time.monotonic() + within
        while self.pinged is None:
            try:
                self.read(min(0.1, deadline - time.monotonic()))
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise AssertionError(f"no PING within {within} s") from None
        return self.pinged

    def sign_in(self, name, *capabilities, password=PASSWORD):
        """With PASS; returns the lines of the welcome."""
        if capabilities:
            self.send("CAP REQ :" + " ".join(capabilities))
        self.send(f"PASS :{name}:{password}", f"NICK {name}", f"USER {name} 0 * :{name} of the tests")
        if capabilities:
            self.send("CAP END")
        lines = []
        while True:
            got = self.read()
            if got is None:
                raise AssertionError(f"the end, after {lines}")
            lines.append(got)
            if got.command == "221":
                return lines
