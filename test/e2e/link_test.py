#!/usr/bin/python3
"""The link port of a real node, before everybody who has no business there."""

import os
import pathlib
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from cluster import Cluster, environment_with
from harness import EndToEnd, PASSWORD, Server, User, unique, wait_until
from processes import EXECUTABLE

HELLO = b"GRLK" + struct.pack(">HHH", 1, 1, 8) + b"\0" * 8
BASP_HANDSHAKE = struct.pack(">BBBBIQQQ", 1, 0, 0, 0, 0, 0, 0, 0)
BASP_HUGE = struct.pack(">BBBBIQQQ", 2, 0, 0, 0, 0xFFFFFFFF, 0, 1, 1)
CLIENT_HELLO = bytes.fromhex("16030100f8010000f40303") + b"\7" * 32


def changed(arguments, values):
    """The command line with other values of its options."""
    return [str(values.get(arguments[at - 1], word)) for at, word in enumerate(arguments)]


class LinkPort(EndToEnd):
    """Any other input is cut off within 5 s, and the node goes on."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.serve_all()

    def attack(self, *pieces, every=0.0, half_close=False):
        """Seconds until the node cut us."""
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.ports["link"]), timeout=8) as at:
            try:
                for piece in pieces:
                    at.sendall(piece)
                    time.sleep(every)
                if half_close:
                    at.shutdown(socket.SHUT_WR)
                while at.recv(4096):
                    pass
            except ConnectionError:
                pass
        return time.monotonic() - began

    def assert_unharmed(self):
        ada = User(self.server)
        talking = ada.open()
        self.addCleanup(talking.drop)
        room = unique("room")
        talking.join(room)
        talking.post(room, "still here")
        self.assertEqual(self.server.events("error"), [])

    def test_what_is_no_handshake_is_cut(self):
        attacks = {"nothing": (), "garbage": (os.urandom(4096),), "HTTP": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",),
                   "a plain hello": (HELLO,), "a BASP handshake without payload": (BASP_HANDSHAKE,),
                   "a BASP message of 4 GiB": (BASP_HUGE, b"\0" * 65536), "half a ClientHello": (CLIENT_HELLO,)}
        for name, pieces in attacks.items():
            with self.subTest(name):
                self.assertLess(self.attack(*pieces), 5)
        self.assertLess(self.attack(CLIENT_HELLO, half_close=True), 5)
        self.assert_unharmed()

    def test_a_slow_drip_is_cut(self):
        began = time.monotonic()
        self.attack(*(bytes([byte]) for byte in CLIENT_HELLO), every=0.15)
        self.assertLess(time.monotonic() - began, 8)
        self.assert_unharmed()

    def test_many_silent_ones_keep_nobody_out(self):
        held = [socket.create_connection(("127.0.0.1", self.server.ports["link"])) for _ in range(200)]
        try:
            self.assert_unharmed()
            wait_until(lambda: self._closed(held) == 200, "all are cut", within=6)
        finally:
            for one in held:
                one.close()

    def test_a_flood_of_them_is_a_few_lines_of_log(self):
        def lines():
            return self.server.events("info").count("link_refused")
        before, began = lines(), time.monotonic()
        for _ in range(300):
            self.attack(b"GET / HTTP/1.1\r\n\r\n")
        self.assertLessEqual(lines() - before, time.monotonic() - began + 2, "one a second of one reason")
        self.assert_unharmed()

    @staticmethod
    def _closed(held):
        count = 0
        for one in held:
            one.setblocking(False)
            try:
                count += one.recv(1) == b""
            except BlockingIOError:
                pass
            except ConnectionError:
                count += 1
        return count


class Strangers(unittest.TestCase):
    def test_a_node_off_loopback_without_a_secret_refuses_to_start_and_says_what_to_set(self):
        server = Server()
        server.arguments = changed(server.arguments, {"--link-listen": "0.0.0.0:0"})
        self.addCleanup(server.remove)
        server.spawn()
        wait_until(lambda: not server.running, "it ends")
        self.assertEqual(server.process.returncode, 1)
        for word in ("link-listen", "cluster-secret-file", "link-cert", "127.0.0.1"):
            self.assertIn(word, server.log())

    def test_who_has_another_secret_or_another_cluster_does_not_come_in(self):
        cluster = Cluster(users=1, chat=1)
        self.addCleanup(cluster.remove)
        cluster.start()
        (cluster.folder / "other").write_text(secrets.token_hex(32))
        (cluster.folder / "other").chmod(0o600)
        another_secret = cluster.add("chat-7")
        another_secret.secret_file = cluster.folder / "other"
        another_cluster = cluster.add("chat-8", ["--cluster", "other"])
        for node in (another_secret, another_cluster):
            node.spawn()
        time.sleep(4)
        for node in (another_secret, another_cluster):
            self.assertTrue(node.running, node.log())
            self.assertFalse(node.is_ready())
            self.assertIn("no_link", node.events("warn"))
        self.assertEqual(cluster.members(), {"discovery", "users-1", "chat-1", "gateway"})
        self.assertEqual(cluster.errors(), [])

    def test_processes_of_one_machine_with_one_data_folder_share_the_secret_that_the_first_makes(self):
        first = Server("--roles", "discovery,users,gateway")
        self.addCleanup(first.remove)
        first.spawn()
        wait_until(lambda: first.is_ready("users"), "users is ready")
        secret = first.folder / "data" / "cluster.secret"
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        second = Server("--roles", "chat")
        self.addCleanup(second.remove)
        second.arguments = changed(second.arguments, {"--data-dir": first.folder / "data", "--node": "two",
                                                      "--discovery": f"127.0.0.1:{first.ports['link']}"})
        second.spawn()
        wait_until(lambda: second.is_ready("chat"), "chat is in the view of the first", within=10)
        wait_until(lambda: first.is_ready("gateway"), "the gateway has both")
        self.assertEqual(secret.read_text().count("\n"), 1)
        second.stop()
        first.stop()


class Wire:
    """Listens at 127.0.0.2, brings everything to the same port at 127.0.0.1, and keeps all that went over it."""

    def __init__(self, port):
        self.port = port
        self.seen = bytearray()
        self.ends = []
        self.door = socket.create_server(("127.0.0.2", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.door.accept()
                far = socket.create_connection(("127.0.0.1", self.port), 5)
            except OSError:
                if self.door.fileno() < 0:
                    return
                near.close()
                continue
            far.settimeout(None)
            self.ends += [near, far]
            for start, end in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(start, end), daemon=True).start()

    def _pump(self, start, end):
        try:
            while piece := start.recv(65536):
                self.seen += piece
                end.sendall(piece)
            end.shutdown(socket.SHUT_WR)
        except OSError:
            self._cut(start, end)

    @staticmethod
    def _cut(*ends):
        for each in ends:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._cut(self.door, *self.ends)
        for each in (self.door, *self.ends):
            each.close()


class BetweenMachines(unittest.TestCase):
    """Users and chat say that they are at `127.2`: the resolver knows that as 127.0.0.2, and the gateway takes it for the
    name of another machine."""

    def start(self):
        elsewhere = ["--advertise", "127.2"]
        cluster = Cluster(users=1, chat=1, options={"users": elsewhere, "chat": elsewhere})
        self.addCleanup(cluster.remove)
        wires = {}
        for name in ("users-1", "chat-1"):
            node = cluster.nodes[name]
            wires[name] = Wire(node.port)
            link = Wire(node.link_port)
            for one in (wires[name], link):
                self.addCleanup(one.close)
        return cluster, wires

    def talk(self, cluster, wires):
        cluster.start()
        ada = User(cluster)
        talking = ada.open()
        self.addCleanup(talking.drop)
        room, text = unique("room"), "a text that nobody else may read " * 100
        talking.join(room)
        for _ in range(20):
            talking.post(room, text)
        self.assertEqual([message["text"] for message in ada.log(room)], [text] * 20)
        for name, wire in wires.items():
            self.assertGreater(len(wire.seen), 1000, name)
            for word in (PASSWORD, ada.token, "nobody else may read", "HTTP/1.1", "X-Forwarded"):
                self.assertNotIn(word.encode(), wire.seen, name)
        self.assertEqual(cluster.errors(), [])
        # Others speak as they did.
        self.assertTrue(cluster.nodes["chat-1"].is_ready())

    def test_nothing_crosses_in_the_clear_with_a_secret(self):
        self.talk(*self.start())

    def test_nothing_crosses_in_the_clear_with_certificates(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-certificates-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        nodes = ("discovery", "users-1", "chat-1", "gateway")
        subprocess.run([EXECUTABLE, "admin", "certs", folder, *(word for node in nodes for word in ("--node", node))],
                       env=environment_with(), check=True, stdout=subprocess.DEVNULL)
        cluster, wires = self.start()
        for name in nodes:
            cluster.nodes[name].options += ["--link-cert", str(folder / f"{name}.pem"), "--link-key",
                                            str(folder / f"{name}.key"), "--link-ca", str(folder / "ca.pem")]
        self.talk(cluster, wires)


if __name__ == "__main__":
    unittest.main(verbosity=2)
