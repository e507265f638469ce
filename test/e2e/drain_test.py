#!/usr/bin/python3
"""SIGTERM: not ready any more, the sockets are told, and the process ends by itself."""

import signal
import time
import unittest

from clients import JSON_DIALECT, Json, Lines, User, ws_url
from harness import EndToEnd, http, unique, wait_until
from raw import Raw, RawSocket

ROLES = ("gateway", "chat", "users", "discovery")


class Drain(EndToEnd):
    def test_an_idle_server_ends_with_0(self):
        server = self.serve()
        self.assertLess(server.stop(), 3)
        self.assertEqual(server.events("error"), [])

    def test_sockets_are_told_and_what_was_acknowledged_stays(self):
        server = self.serve()
        ada, room = User(server), unique("room")
        many = ada.open()
        lines = Lines(ada.room(room=room)["websocket"])
        through = Json(ws_url(server.gateway_url) + "/chat/ws", token=ada.token)
        for socket in (many, through):
            socket.join(room)
        many.say(*({"type": "send", "room": room, "id": f"{n}", "text": f"{n}"} for n in range(100)))
        took = server.stop()
        self.assertLess(took, 10)
        for socket in (many, lines, through):
            self.assertEqual(socket.wait_closed(1), 1012)
        acknowledged = [(m["seq"], m["text"]) for m in many.messages(room)]
        self.assertEqual(server.events("error"), [])
        server.start()
        log = [(m["seq"], m["text"]) for m in ada.log(room)]
        self.assertEqual(log[:len(acknowledged)], acknowledged)
        self.assertEqual([seq for seq, _ in log], list(range(1, len(log) + 1)))

    def test_it_is_not_ready_while_it_drains(self):
        """A websocket that never says goodbye keeps the drain waiting."""
        server = self.serve()
        ada = User(server)
        with RawSocket(server.chat_url, "/ws", ada.token, JSON_DIALECT) as stubborn:
            asking = {role: Raw(server.url(role)) for role in ROLES}
            for connection in asking.values():
                self.addCleanup(connection.__exit__)
                connection.send(b"GET /readyz HTTP/1.1\r\nHost: here\r\n")
            time.sleep(0.2)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(stubborn.close_code(), 1012)
            for role, connection in asking.items():
                with self.subTest(role):
                    connection.send(b"\r\n")
                    self.assertEqual(connection.answer()[0], 503)
            self.assertEqual(server.process.wait(10), 0)
            self.assertLess(time.monotonic() - began, 10)

    def test_a_request_that_is_under_way_is_answered(self):
        server = self.serve()
        ada = User(server)
        body = b'{"username":"%s","password":"%s"}' % (ada.name.encode(), ada.password.encode())
        with Raw(server.users_url) as connection:
            connection.send(b"POST /login HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n"
                            b"Content-Length: %d\r\n\r\n" % len(body) + body)
            time.sleep(0.02)
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(connection.answer()[0], 200)
        self.assertEqual(server.process.wait(10), 0)

    def test_the_ports_are_free_again(self):
        server = self.serve()
        for _ in range(3):
            server.stop()
            server.start()
            self.assertEqual(http("GET", server.gateway_url + "/status").status, 200)

    def test_a_server_that_cannot_listen_says_so(self):
        first = self.serve()
        from harness import Server
        second = Server(ports=first.ports)
        self.addCleanup(second.remove)
        second.spawn()
        wait_until(lambda: not second.running, "it ends", within=10)
        self.assertGreater(second.process.returncode, 0)
        self.assertIn("use", second.log())
        self.assertEqual(first.events("error"), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
