"""Bytes as they are: HTTP that no library would send, and websocket frames by hand (RFC 6455)."""

import base64
import json
import os
import re
import socket
import struct
import time
import urllib.parse

import witness

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Raw:
    """A TCP connection to a role, from `address` of this machine."""

    def __init__(self, url, patience=5, receive_buffer=None, address=None):
        target = urllib.parse.urlsplit(url)
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if address:
            self._socket.bind((address, 0))
        self._socket.settimeout(patience)
        self._socket.connect((target.hostname, target.port))
        self._read = b""
        self._url = url
        self._sent = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, data):
        self._sent = (self._sent + data)[:4096]
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was refused before its end

    def _more(self):
        data = self._socket.recv(65536)
        self._read += data
        return bool(data)

    def until_closed(self):
        """All bytes up to the end of the connection."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            pass
        return self._read

    def answer(self):
        """Status and problem code (or None) of the next answer."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                raise AssertionError(f"closed without an answer: {self._read!r}")
        head, rest = self._read.split(b"\r\n\r\n", 1)
        fields = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
        length = int(fields.get("content-length", 0))
        while len(rest) < length and self._more():
            rest = self._read.split(b"\r\n\r\n", 1)[1]
        self._read = rest[length:]
        status = int(head.split(b" ")[1])
        witness.answered(self._url, self._asked(), status, fields, rest[:length])
        code = json.loads(rest[:length]).get("code") if "problem" in fields.get("content-type", "") else None
        return status, code

    def _asked(self):
        """The first request in what was sent since the last answer, as far as it is one; its fields are nobody's."""
        found = re.match(rb"(?:\r\n)*([A-Z]+) (?:http://[^/]+)?(/[!-~]*|\*) HTTP/1\.[01]\r\n", self._sent)
        self._sent = b""
        if not found:
            return None
        method, target = (part.decode() for part in found.groups())
        return witness.SimpleNamespace(method=method, target=target, headers=None, body=None)

    def is_closed(self):
        """Whether the server hangs up, with nothing more to say."""
        return self.until_closed() == b""


class RawSocket(Raw):
    """A websocket that answers nothing by itself: no pong, no close."""

    def __init__(self, url, path, token, dialect=None, **more):
        super().__init__(url, **more)
        head = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n"
                f"Authorization: Bearer {token}\r\n")
        head += f"Sec-WebSocket-Protocol: {dialect}\r\n" if dialect else ""
        self._talk = witness.Talk(dialect)
        self.send(head.encode() + b"\r\n")
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                raise AssertionError("closed within the handshake")
        head, self._read = self._read.split(b"\r\n\r\n", 1)
        if b" 101 " not in head:
            raise AssertionError(f"no websocket: {head!r}")

    def frame(self, opcode, payload=b"", fin=True, masked=True, rsv=0, length=None):
        """One frame; `length` is what its head says, if that isn't the truth."""
        size = len(payload) if length is None else length
        head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
        mask = 0x80 if masked else 0
        if size < 126:
            head += bytes([mask | size])
        elif size < 65536:
            head += bytes([mask | 126]) + struct.pack(">H", size)
        else:
            head += bytes([mask | 127]) + struct.pack(">Q", size)
        if masked:
            key = os.urandom(4)
            head += key
            payload = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
        self.send(head + payload)

    def next(self):
        """Opcode and payload of the server's next frame; None at the end of the connection."""
        while True:
            if len(self._read) >= 2:
                size, at = self._read[1] & 0x7F, 2
                if size == 126 and len(self._read) >= 4:
                    size, at = struct.unpack(">H", self._read[2:4])[0], 4
                elif size == 127 and len(self._read) >= 10:
                    size, at = struct.unpack(">Q", self._read[2:10])[0], 10
                if size not in (126, 127) or at > 2:
                    if len(self._read) >= at + size:
                        opcode, payload = self._read[0] & 0x0F, self._read[at:at + size]
                        self._read = self._read[at + size:]
                        if opcode == TEXT:
                            self._talk.heard(payload.decode())
                            self._talk.check()
                        return opcode, payload
            try:
                if not self._more():
                    return None
            except ConnectionResetError:
                return None

    def close_code(self, within=5.0):
        """The code of the server's close frame; None if it hung up without one. Other frames are passed over."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            frame = self.next()
            if frame is None:
                return None
            if frame[0] == CLOSE:
                return struct.unpack(">H", frame[1][:2])[0] if len(frame[1]) >= 2 else 1005
        raise AssertionError(f"not closed within {within} s")
