#!/usr/bin/python3
"""The edge of IRC: proxies, gateways, websockets, limits, bad input, drains, and what of it is counted."""

import asyncio
import pathlib
import shutil
import socket
import ssl
import struct
import tempfile
import time
import unittest

import websockets

from clients import PASSWORD, Socket, User, http, ws_url
from harness import unique
from irc_client import Irc, Line
from processes import Server, free_ports, show_if_failed, wait_until
from tls_test import TlsServer, make_certificate

FAR = "203.0.113.7"


def v1(address=FAR):
    return f"PROXY TCP4 {address} 127.0.0.1 1234 6667\r\n".encode()


def v2(address=FAR, extensions=b""):
    rest = socket.inet_aton(address) + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 1234, 6667) + extensions
    return b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", len(rest)) + rest


OVER_TLS = b"\x20\0\x05\x01\0\0\0\0"  # PP2_TYPE_SSL: the proxy's client spoke TLS


class EdgeCase(unittest.TestCase):
    """A server with IRC on `self.irc`, and with the class' OPTIONS."""

    OPTIONS = ()
    LIMITS = ("off",)

    @classmethod
    def setUpClass(cls):
        cls.irc, = free_ports(1)
        cls.server = Server("--irc-listen", f"127.0.0.1:{cls.irc}", "--irc-name", "irc.test", *cls.OPTIONS,
                            rate_limits=cls.LIMITS)
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def setUp(self):
        self.addCleanup(show_if_failed, self, self.server.log)

    def client(self, **more):
        client = Irc(self.irc, **more)
        self.addCleanup(client.close)
        return client

    def named(self, *capabilities, **more):
        client = self.client(**more)
        client.user = User(self.server, unique("p"))
        client.sign_in(client.user.name, *capabilities)
        return client

    def metric(self, name):
        for line in http("GET", self.server.operators_url + "/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        return 0.0


class Proxies(EdgeCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-irc-"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.cert, key = make_certificate(folder)
        cls.gateways = folder / "gateways"
        cls.gateways.write_text("# gateways of the tests\n\nopen-sesame 127.0.0.0/8,::1\nelsewhere 192.0.2.0/24\n")
        cls.gateways.chmod(0o600)
        cls.irc, cls.tls = free_ports(2)
        cls.server = TlsServer("--irc-listen", f"127.0.0.1:{cls.irc}", "--irc-tls-listen", f"127.0.0.1:{cls.tls}",
                               "--tls-cert", str(cls.cert), "--tls-key", str(key), "--irc-proxies", "127.0.0.0/8",
                               "--irc-webirc", str(cls.gateways), "--irc-sts", "30d")
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def over_tls(self, first=b""):
        client = Irc(self.tls, ssl.create_default_context(cafile=self.cert), first=first)
        self.addCleanup(client.close)
        return client

    def address_of(self, client, secure=True):
        """What WHOIS says of a client that signs in."""
        user = User(self.server, unique("p"))
        client.sign_in(user.name)
        client.send(f"WHOIS {user.name}")
        address = client.wait("338").parameters[-2]
        self.assertEqual(any(line.command == "671" for line in client.sync()), secure)
        return address

    def test_a_header_names_the_client(self):
        self.assertEqual(self.address_of(self.client(first=v2(extensions=OVER_TLS))), FAR)
        self.assertEqual(self.address_of(self.over_tls(v1())), FAR)
        self.assertEqual(self.address_of(self.over_tls(v2())), FAR)
        self.assertEqual(self.address_of(self.over_tls()), "127.0.0.1")
        self.assertEqual(self.address_of(self.client(), secure=False), "127.0.0.1")

    def test_a_far_client_in_plain_text_is_sent_to_tls(self):
        client = self.client(first=v1())
        client.send("CAP LS 302")
        self.assertIn(f"sts=port={self.tls}", " ".join(self._list(client)).split())
        client.send("AUTHENTICATE PLAIN")
        self.assertEqual(client.wait("904").command, "904")
        self.assertIn(str(self.tls), client.wait("NOTICE").parameters[-1])
        client.send("PASS ada:secret")
        self.assertEqual(client.wait("464").command, "464")
        self.assertEqual(client.wait("ERROR").command, "ERROR")

    def test_sts_over_tls_has_a_duration_and_this_machine_is_told_nothing(self):
        far = self.over_tls(v1())
        far.send("CAP LS 302")
        self.assertIn(f"sts=duration={30 * 86400}", " ".join(self._list(far)).split())
        for near in (self.client(), self.over_tls()):
            near.send("CAP LS 302")
            self.assertNotIn("sts", " ".join(self._list(near)))

    @staticmethod
    def _list(client):
        names = []
        while True:
            got = client.wait("CAP")
            names.append(got.parameters[-1])
            if got.parameters[-2] != "*":
                return names

    def test_a_header_that_is_none_ends_the_connection(self):
        for first in (b"PROXY TCP4 nonsense here 1 2\r\n", b"PROXY " + b"x" * 200, v2()[:14] + b"\0\1x"):
            with self.subTest(first):
                self.assertIsNone(self.client(first=first).read())

    def test_a_header_after_the_first_line_is_an_unknown_command(self):
        client = self.client()
        client.send("NICK somebody", "PROXY TCP4 1.1.1.1 127.0.0.1 1 2")
        self.assertEqual(client.wait("421").parameters[1], "PROXY")

    def test_no_more_outside_than_allowed_of_one_address(self):
        there = [self.client(first=v1("198.51.100.9")) for _ in range(10)]
        for client in there:
            client.send("CAP LS")
            client.wait("CAP")
        self.assertEqual(self.client(first=v1("198.51.100.9")).wait("ERROR").parameters,
                         ["Too many connections aren't signed in"])
        self.client(first=v1("198.51.100.10")).send("CAP LS")
        there.pop().close()
        wait_until(lambda: self._is_let_in(v1("198.51.100.9")), "one may come when one has gone")

    def _is_let_in(self, first):
        with Irc(self.irc, first=first) as client:
            client.send("CAP LS")
            return client.wait("CAP", "ERROR").command == "CAP"

    def test_webirc_names_the_client(self):
        client = self.over_tls()
        client.send(f"WEBIRC open-sesame gate host.example {FAR} :secure local-port=6697")
        self.assertEqual(self.address_of(client), FAR)
        client = self.over_tls()
        client.send("WEBIRC open-sesame gate host.example 2001:db8::7 :secure")
        self.assertEqual(self.address_of(client), "2001:db8::7")

    def test_webirc_is_secure_only_where_both_ways_are(self):
        for client in (self.client(), self.over_tls()):
            secure = ":secure" if client.socket.__class__ is socket.socket else ""
            client.send(f"WEBIRC open-sesame gate host.example {FAR} {secure}".rstrip(), "CAP LS 302")
            self.assertIn(f"sts=port={self.tls}", " ".join(self._list(client)).split())

    def test_webirc_with_another_password_ends_the_connection(self):
        for words in (f"wrong gate host {FAR}", f"elsewhere gate host {FAR}", "open-sesame gate host nowhere", "open-sesame"):
            with self.subTest(words):
                client = self.client()
                client.send("WEBIRC " + words)
                self.assertEqual(client.wait("ERROR").parameters, ["You may not say WEBIRC"])
                self.assertIsNone(client.read())

    def test_webirc_comes_first_or_not_at_all(self):
        client = self.client()
        client.send("NICK somebody", f"WEBIRC open-sesame gate host {FAR}")
        self.assertEqual(client.wait("421").parameters[1], "WEBIRC")


class IrcSocket(Socket):
    """`dialect`: a list of subprotocols, joined by commas."""

    async def _open(self, url, dialect, token, origin):
        socket = await websockets.connect(url, subprotocols=dialect.split(", "), compression=None, ping_interval=None,
                                          max_queue=None, open_timeout=10)
        self._reader = asyncio.ensure_future(self._read(socket))
        return socket


class Websockets(EdgeCase):
    def open(self, *dialects, user=None, path="/ws"):
        query = f"?ticket={user.ticket()}" if user else ""
        one = IrcSocket(ws_url(self.server.chat_url) + path + query, dialect=", ".join(dialects))
        self.addCleanup(one.drop)
        return one

    @staticmethod
    def wait_line(one, command, within=10):
        def found():
            lines = [Line(frame if isinstance(frame, str) else frame.decode()) for frame in list(one.heard)]
            return next((line for line in lines if line.command == command), None)
        return one.wait(found, command, within)

    def sign_in(self, one, name, binary=False):
        for line in (f"PASS :{name}:{PASSWORD}", f"NICK {name}", "USER u 0 * :U", "JOIN #web"):
            one.send(line.encode() if binary else line)
        self.wait_line(one, "366")

    def test_the_clients_order_decides(self):
        for dialects, chosen in ((("text.ircv3.net",), "text.ircv3.net"),
                                 (("binary.ircv3.net", "text.ircv3.net"), "binary.ircv3.net"),
                                 (("unknown", "text.ircv3.net", "greenroom.v1.json"), "text.ircv3.net")):
            self.assertEqual(self.open(*dialects).subprotocol, chosen)

    def test_texts_and_bytes_and_lines_share_a_room(self):
        text, data = self.open("text.ircv3.net"), self.open("binary.ircv3.net")
        names = [User(self.server, unique("w")).name for _ in range(2)]
        self.sign_in(text, names[0])
        self.sign_in(data, names[1], binary=True)
        tcp = self.named()
        tcp.send("JOIN #web")
        tcp.wait("366")
        text.send("PRIVMSG #web :from a text")
        self.assertEqual(tcp.wait("PRIVMSG").parameters, ["#web", "from a text"])
        self.assertEqual(self.wait_line(data, "PRIVMSG").parameters[-1], "from a text")
        data.send(b"PRIVMSG #web :from bytes")
        self.assertEqual(tcp.wait("PRIVMSG").parameters, ["#web", "from bytes"])
        self.assertEqual(self.wait_line(text, "PRIVMSG").parameters[-1], "from bytes")
        self.assertEqual({type(frame) for frame in text.heard}, {str})
        self.assertEqual({type(frame) for frame in data.heard}, {bytes})
        self.assertFalse([frame for frame in text.heard if "\r" in frame or "\n" in frame])
        self.assertGreaterEqual(self.metric('greenroom_client_connections{dialect="irc"}'), 3)

    def test_with_a_ticket_it_is_signed_in_already(self):
        user = User(self.server, unique("w"))
        one = self.open("text.ircv3.net", user=user)
        one.send("NICK anything", "USER u 0 * :U", "JOIN #ticket")
        self.assertEqual(self.wait_line(one, "001").parameters[0], user.name)
        self.wait_line(one, "366")

    def test_the_other_kind_of_message_is_refused(self):
        one = self.open("text.ircv3.net")
        one.send(b"NICK x")
        self.assertEqual(one.wait_closed(), 1003)
        one = self.open("binary.ircv3.net")
        one.send("NICK x")
        self.assertEqual(one.wait_closed(), 1003)

    def test_the_end_is_said_in_both_languages(self):
        one = self.open("text.ircv3.net")
        one.send("QUIT")
        self.assertEqual(one.wait_closed(), 1000)
        self.assertEqual(one.heard[-1], "ERROR :Bye")
        one = self.open("text.ircv3.net")
        self.sign_in(one, User(self.server, unique("w")).name)
        one.send("QUIT :gone home")
        self.assertEqual(one.wait_closed(), 1000)
        self.assertEqual(one.heard[-1], "ERROR :Quit: gone home")

    def test_a_message_that_is_too_long(self):
        one = self.open("text.ircv3.net")
        one.send("NICK " + "x" * 600)
        self.wait_line(one, "417")
        one.send("NICK " + "x" * 9000)
        self.assertEqual(one.wait_closed(), 1009)
        self.assertEqual(one.heard[-1], "ERROR :A line was too long")


class BadInput(EdgeCase):
    """Each costs nobody anything but the one who sent it."""

    def tearDown(self):
        self.named().sync()
        self.assertEqual(self.server.events("error"), [])

    def raw(self, data):
        client = self.client()
        try:
            client.socket.sendall(data)
        except OSError:
            pass  # cut off in the middle
        return client

    def test_ten_mebibytes_without_an_end(self):
        client = self.raw(b"AUTHENTICATE " + b"A" * (10 << 20))
        self.assertIn(getattr(client.read(), "command", None), ("ERROR", None))

    def test_ten_mebibytes_in_chunks(self):
        client = self.client()
        client.send("CAP REQ sasl", "AUTHENTICATE PLAIN")
        client.wait("AUTHENTICATE")
        chunk = b"AUTHENTICATE " + b"A" * 400 + b"\r\n"
        try:
            for _ in range((10 << 20) // len(chunk)):
                client.socket.sendall(chunk)
        except OSError:
            pass
        got = client.wait("904", "ERROR")
        self.assertIn(got.command, ("904", "ERROR"))
        while got is not None and got.command != "ERROR":
            got = client.read()

    def test_half_an_exchange_waits_and_is_aborted_by_the_end_of_the_negotiation(self):
        client = self.client()
        client.send("CAP REQ sasl", "NICK half", "USER u 0 * :U", "AUTHENTICATE PLAIN", "CAP END")
        commands = []
        while "001" not in commands:
            commands.append(client.read().command)
        self.assertIn("906", commands)

    def test_a_chunk_over_400_bytes(self):
        client = self.client()
        client.send("CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE " + "A" * 401)
        self.assertEqual(client.wait("905", "904").command, "905")

    def test_six_hundred_parameters(self):
        client = self.named()
        client.send("PRIVMSG " + " ".join("x" for _ in range(240)), "JOIN " + " ".join(["#a"] * 150))
        self.assertEqual([line.command for line in client.sync()][0], "401")
        client.send("USER" + " x" * 600)
        self.assertEqual(client.wait("417").command, "417")

    def test_nul_and_cr_within_a_line(self):
        client = self.named()
        client.send("JOIN #bytes")
        client.wait("366")
        client.socket.sendall(b"PRIVMSG #bytes :a\0b\r\nPRIVMSG #bytes :a\rQUIT\r\nPRIVMSG #bytes :whole\r\n")
        client.sync()
        self.assertEqual([one["text"] for one in client.user.log("bytes")], ["whole"])

    def test_bytes_that_are_no_utf8(self):
        client = self.named()
        client.socket.sendall(b"PRIVMSG #bytes :caf\xe9\r\n\xff\xff x\r\n")
        self.assertEqual([line.parameters[:2] for line in client.sync() if line.command == "FAIL"],
                         [["PRIVMSG", "INVALID_UTF8"], ["*", "INVALID_UTF8"]])

    def test_a_web_page(self):
        for first in ("GET / HTTP/1.1", "POST / HTTP/1.1", "HEAD / HTTP/1.1"):
            client = self.client()
            client.send(first, "Host: x", "", "NICK x", "USER x x x x")
            self.assertIsNone(client.read())

    def test_bytes_one_by_one(self):
        client = self.client()
        for byte in b"NICK slow\r\nPING now\r\n":
            client.socket.sendall(bytes([byte]))
            time.sleep(0.005)
        self.assertEqual(client.wait("PONG").parameters[-1], "now")


class Limits(EdgeCase):
    OPTIONS = ("--irc-sign-on-timeout", "2s", "--irc-outside-timeout", "3s", "--irc-ping", "1s", "--irc-idle", "3s",
               "--irc-rooms", "2", "--irc-flood", "2s", "--irc-per-account", "2")
    LIMITS = ("off", "send=2/10")

    def test_times(self):
        silent, outside = self.client(), self.client()
        outside.send("NICK outside", "USER u 0 * :U")
        self.assertEqual(silent.wait("ERROR").parameters, ["Registration timeout"])
        self.assertEqual(outside.wait("ERROR").parameters, ["Nobody signed in"])

    def test_silence_is_asked_and_ended(self):
        client = self.named()
        began = time.monotonic()
        client.socket.settimeout(10)
        heard = b""
        while b"ERROR" not in heard:
            heard += client.socket.recv(4096) or b"ERROR :nothing said"
        self.assertIn(b"PING :irc.test\r\n", heard)
        self.assertIn(b"ERROR :Ping timeout", heard)
        self.assertLess(time.monotonic() - began, 8)

    def test_rooms(self):
        client = self.named()
        client.send("JOIN #one", "JOIN #two", "JOIN #three")
        self.assertEqual(client.wait("405").parameters[1], "#three")
        client.send("VERSION")
        while True:
            tokens = client.wait("005").parameters
            if any(token.startswith("CHANLIMIT") for token in tokens):
                break
        self.assertIn("CHANLIMIT=#:2", tokens)

    def test_connections_of_an_account(self):
        user = User(self.server, unique("p"))
        there = [self.client(), self.client()]
        for client in there:
            client.sign_in(user.name)
        third = self.client()
        third.send(f"PASS :{user.name}:{PASSWORD}", f"NICK {user.name}", "USER u 0 * :U")
        self.assertEqual(third.read().text, "ERROR :Your account has 2 connections here, and may have no more")
        self.assertIsNone(third.read())
        self.named().sync()  # somebody else
        there.pop().close()
        wait_until(lambda: self._gets_in(user.name), "one may come when one has gone")

    def _gets_in(self, name):
        with Irc(self.irc) as client:
            client.send(f"PASS :{name}:{PASSWORD}", f"NICK {name}", "USER u 0 * :U")
            return client.wait("001", "ERROR").command == "001"

    def test_a_client_that_is_behind_for_long_is_cut_off(self):
        client = self.named()
        client.send("JOIN #flood")
        client.wait("366")
        client.send(*(f"PRIVMSG #flood :{n}" for n in range(40)))
        ended = client.wait("ERROR", within=30)
        self.assertEqual(ended.parameters, ["Excess flood"])
        self.assertGreaterEqual(self.metric('greenroom_irc_ended_total{reason="flood"}'), 1)
        texts = [one["text"] for one in client.user.log("flood")]
        self.assertEqual(texts, [str(n) for n in range(len(texts))])

    def test_commands_are_counted_by_name_and_unknown_ones_together(self):
        before = self.metric('greenroom_irc_commands_total{command="other"}')
        client = self.client()
        client.send("NICK counted", "BOGUS x", "Nonsense", "time")
        client.wait("421")
        client.wait("421")
        wait_until(lambda: self.metric('greenroom_irc_commands_total{command="other"}') == before + 2, "two are counted")
        self.assertGreaterEqual(self.metric('greenroom_irc_commands_total{command="TIME"}'), 1)


class Drains(unittest.TestCase):
    def test_everybody_is_told_before_the_end(self):
        irc, = free_ports(1)
        server = Server("--irc-listen", f"127.0.0.1:{irc}", "--irc-name", "irc.test")
        self.addCleanup(server.remove)
        server.start()
        with Irc(irc) as ada, Irc(irc) as outside:
            user = User(server, unique("p"))
            ada.sign_in(user.name)
            outside.send("NICK outside", "USER u 0 * :U")
            outside.wait("221")
            ada.send("JOIN #drained")
            ada.wait("366")
            ada.send(*(f"PRIVMSG #drained :{n}" for n in range(50)))
            server.stop()
            for client in (ada, outside):
                self.assertEqual(client.wait("NOTE").parameters[:2], ["*", "DRAINING"])
                self.assertEqual(client.wait("ERROR").parameters, ["Server restarts, come back"])
                self.assertIsNone(client.read())
        self.assertEqual(server.events("error"), [])


if __name__ == "__main__":
    unittest.main()
