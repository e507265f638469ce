"""https and wss at the gateway, with certificates made for the test."""

import asyncio
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

import websockets

import witness
from clients import PASSWORD, _Loop
from processes import EXECUTABLE, Server, wait_until


def make_certificate(folder):
    """A certificate for localhost that vouches for itself; (certificate, key)."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
    return cert, key


class TlsServer(Server):
    """Its gateway has a certificate; its other roles are reached as ever."""

    def is_ready(self, role):
        return True if role == "gateway" else super().is_ready(role)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cert, cls.key = make_certificate(cls.folder)
        cls.server = TlsServer("--tls-cert", str(cls.cert), "--tls-key", str(cls.key))
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()
        cls.port = cls.server.ports["gateway"]
        wait_until(lambda: cls.ask("GET", "/readyz")[0] == 200, "the gateway is ready")

    @classmethod
    def trusting(cls, *protocols):
        context = ssl.create_default_context(cafile=cls.cert)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    @classmethod
    def connect(cls, *protocols):
        plain = socket.create_connection(("127.0.0.1", cls.port), 10)
        return cls.trusting(*protocols).wrap_socket(plain, server_hostname="localhost")

    @classmethod
    def ask(cls, method, path, body=None, headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPSConnection("localhost", cls.port, timeout=10, context=cls.trusting())
        body = None if body is None else json.dumps(body).encode()
        fields = {"Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, path, body, fields)
            got = connection.getresponse()
            answer = got.read()
            url = f"https://localhost:{cls.port}{path}"
            witness.answered(url, witness.asked(method, url, fields, body), got.status, got.headers, answer)
            return got.status, got.headers, answer
        except ConnectionError:
            return 0, {}, b""
        finally:
            connection.close()

    def signed_in(self, name):
        """What the answer to a first POST /room has."""
        self.assertEqual(self.ask("POST", "/users/register", {"username": name, "password": PASSWORD})[0], 201)
        status, _, body = self.ask("POST", "/chat/room", {"username": name, "password": PASSWORD, "room": "lobby"})
        self.assertIn(status, (200, 201), body)
        return json.loads(body)

    def test_the_health_check_asks_over_tls(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
        for scheme, code in (("https", 0), ("http", 1)):
            asked = subprocess.run([EXECUTABLE, "health", f"{scheme}://127.0.0.1:{self.port}"], env=environment,
                                   capture_output=True, text=True)
            self.assertEqual(asked.returncode, code, asked.stderr)

    def test_answers_tell_the_browser_to_come_back_so(self):
        status, headers, _ = self.ask("GET", "/livez")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Strict-Transport-Security"], "max-age=31536000")

    def test_a_pages_cookie_is_for_https_alone_and_one_of_http_counts_for_nothing(self):
        self.signed_in("pia")
        status, headers, body = self.ask("POST", "/users/login", {"username": "pia", "password": PASSWORD, "cookie": True},
                                         {"Greenroom-CSRF": "login"})
        self.assertEqual(status, 200)
        self.assertRegex(headers["Set-Cookie"], r"^__Host-greenroom=gr_[\w-]{43}; Path=/; Max-Age=2592000; HttpOnly; "
                                                r"SameSite=Strict; Secure$")
        token = headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        word = {"Greenroom-CSRF": json.loads(body)["csrf"]}
        for name, expected in (("__Host-greenroom", 200), ("greenroom", 401)):
            self.assertEqual(self.ask("POST", "/chat/ticket", None, {"Cookie": f"{name}={token}", **word})[0], expected, name)

    def test_a_websocket_is_announced_and_opened_as_wss(self):
        entered = self.signed_in("ada")
        url = next(value for value in entered.values() if isinstance(value, str) and "://" in value)
        self.assertTrue(url.startswith(f"wss://localhost:{self.port}/chat/room/lobby"), url)

        async def talk():
            async with websockets.connect(url, ssl=self.trusting(), compression=None) as talking:
                heard = []
                for text in ("hello", "x" * 4000):
                    await talking.send("SEND " + text)
                    heard.append(await talking.recv())
                return heard
        self.assertEqual(_Loop.run(talk()), ["FROM ada hello", "FROM ada " + "x" * 4000])

    def test_much_that_waits_for_a_reader_comes_whole_and_in_order(self):
        self.signed_in("eve")
        _, _, body = self.ask("POST", "/users/login", {"username": "eve", "password": PASSWORD})
        url = f"wss://localhost:{self.port}/chat/room/lobby"
        sent = [f"{number} " + "y" * 4000 for number in range(150)]

        async def talk():
            headers = {"Authorization": "Bearer " + json.loads(body)["token"]}
            async with websockets.connect(url, ssl=self.trusting(), extra_headers=headers, compression=None,
                                          max_queue=4) as talking:
                for text in sent:
                    await talking.send("SEND " + text)
                await asyncio.sleep(0.5)
                return [await talking.recv() for _ in sent]
        self.assertEqual(_Loop.run(talk(), 30), ["FROM eve " + text for text in sent])

    def test_speaks_http_1_1_and_says_so(self):
        with self.connect("h2", "http/1.1") as talking:
            self.assertEqual(talking.selected_alpn_protocol(), "http/1.1")
            self.assertIn(talking.version(), ("TLSv1.3", "TLSv1.2"))
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            self.connect("h2").close()

    def test_a_body_of_many_records_comes_whole(self):
        status, _, body = self.ask("POST", "/users/register", {"username": "bulk", "password": "x" * 60000})
        self.assertEqual(status, 422, body[:200])
        status, _, body = self.ask("GET", "/openapi.json")
        self.assertEqual(status, 200)
        json.loads(body)

    def test_requests_that_come_together_are_answered_in_order(self):
        with self.connect() as talking:
            one = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
            talking.sendall(one * 200 + b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answers = b""
            while more := talking.recv(65536):
                answers += more
        self.assertEqual(answers.count(b"HTTP/1.1 200 OK"), 201)

    def test_whoever_is_silent_or_talks_nonsense_is_cut(self):
        for first in (b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01", b"\x16\x03\x01\x40\x00" + b"a" * 200):
            began = time.monotonic()
            with socket.create_connection(("127.0.0.1", self.port), 10) as rude:
                rude.sendall(first)
                rude.settimeout(10)
                try:
                    while rude.recv(4096):
                        pass
                except ConnectionError:
                    pass
            self.assertLess(time.monotonic() - began, 7, first)
        self.assertEqual(self.ask("GET", "/livez")[0], 200)

    def test_old_versions_of_tls_are_refused(self):
        context = self.trusting()
        context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", self.port), 10) as plain, \
                self.assertRaises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(plain, server_hostname="localhost")

    def test_the_cheapest_cipher_for_either_end_is_taken(self):
        for offered, taken in (("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
                               ("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
                               ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384")):
            said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-ciphersuites", offered],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20).stdout
            self.assertRegex(said, f"New, TLSv1.3, Cipher is {taken}")


class NewCertificate(unittest.TestCase):
    def test_sighup_shows_it_to_new_connections_and_cuts_no_old_one(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-tls-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cert, key = make_certificate(folder)
        server = TlsServer("--tls-cert", str(cert), "--tls-key", str(key))
        self.addCleanup(server.remove)
        server.start()
        trusting_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting_nobody.check_hostname, trusting_nobody.verify_mode = False, ssl.CERT_NONE

        def connect():
            return trusting_nobody.wrap_socket(socket.create_connection(("127.0.0.1", server.ports["gateway"]), 10))

        def shown():
            with connect() as talking:
                return talking.getpeercert(binary_form=True)
        first = shown()
        with connect() as old:
            make_certificate(folder)
            self.assertEqual(shown(), first, "nobody has said that it changed")
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: shown() != first, "the new certificate is shown")
            old.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b"200", old.recv(4096))
        second = shown()
        key.write_text("nonsense")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "certificates_kept" in server.log(), "it says what is wrong")
        self.assertEqual(shown(), second)
        server.stop()


class TlsSettings(unittest.TestCase):
    def test_a_certificate_without_its_key_is_refused(self):
        server = Server("--tls-cert", "/nowhere.pem")
        self.addCleanup(server.remove)
        server.spawn()
        self.assertNotEqual(server.process.wait(20), 0)
        self.assertIn("tls_key", server.log())

    def test_a_certificate_that_cannot_be_read_is_named(self):
        server = Server("--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key")
        self.addCleanup(server.remove)
        server.spawn()
        self.assertNotEqual(server.process.wait(20), 0)
        self.assertIn("/nowhere.pem", server.log())


if __name__ == "__main__":
    unittest.main()
