#!/usr/bin/python3
"""One address with ten accounts, within the default limits, takes all that it can get for a minute: the server lives in
1 GiB, and others hardly notice."""

import http.client
import json
import multiprocessing
import os
import pathlib
import sys
import threading
import time
import unittest

import witness
from clients import JSON_DIALECT, PASSWORD
from harness import EndToEnd, show_if_failed, unique, wait_until
from raw import PONG, TEXT, Raw, RawSocket

MINUTE = float(os.environ.get("GREENROOM_GREED_SECONDS", "60"))
GIB = 1 << 30
GREEDY, HONEST = "127.0.0.66", "127.0.0.2"


class MemoryGroup:
    """A cgroup of 1 GiB around a process; where this machine allows none, the process' peak is watched instead."""

    def __init__(self, pid):
        self.pid = pid
        self.folder = None
        self.how = "NOT IN A CGROUP (this machine allows none): its peak is watched instead"
        for root, bound in (("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
            folder = pathlib.Path(root) / f"greenroom-{os.getpid()}"
            try:
                folder.mkdir()
            except OSError:
                continue
            try:
                # Where this is no cgroup but a plain folder, neither file is there.
                for name, value in ((bound, GIB), ("cgroup.procs", pid)):
                    with open(folder / name, "r+") as file:
                        file.write(str(value))
            except OSError:
                folder.rmdir()
                continue
            self.folder = folder
            self.how = f"in a cgroup of 1 GiB, {folder}"
            return

    def peak(self):
        """Bytes that the process had in memory at most; 0 where it is gone."""
        try:
            for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
        except OSError:
            pass
        return 0

    def remove(self):
        if self.folder:
            wait_until(self._is_removed, "the cgroup is empty")

    def _is_removed(self):
        try:
            self.folder.rmdir()
            return True
        except OSError:
            return False


def request(url, address, method, path, body=None, token=None):
    """Status and body, from that address of this machine."""
    host, port = url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20, source_address=(address, 0))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        read = answer.read()
        sent = json.dumps(body).encode() if body is not None else None
        witness.answered(url, witness.asked(method, url + path, headers, sent), answer.status, answer.headers, read)
        return answer.status, read
    finally:
        connection.close()


def account(server, number):
    """A token; each account is made from an address of its own, as ten people would make theirs."""
    address, name = f"127.0.1.{number}", unique("user")
    login = {"username": name, "password": PASSWORD}
    assert request(server.users_url, address, "POST", "/register", login)[0] == 201
    status, body = request(server.users_url, address, "POST", "/login", login)
    assert status == 200, body
    return name, json.loads(body)["token"]


class Websocket(RawSocket):
    """From an address of this machine, read only where somebody reads."""

    def __init__(self, url, token, address, **more):
        super().__init__(url, "/ws", token, JSON_DIALECT, patience=20, address=address, **more)

    def say(self, *commands):
        for command in commands:
            self.frame(TEXT, json.dumps(command).encode())


def keep_doing(until, pause, act):
    """`act` again and again in a thread of its own; what fails is tried again, as a greedy one would."""
    def run():
        while time.monotonic() < until:
            try:
                act()
            except (OSError, AssertionError):
                pass
            time.sleep(pause)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def be_greedy(server_urls, tokens, room, seconds):
    """All at once: pages, outboxes, half requests, joins, typing, sessions. Nothing of it is read."""
    os.nice(19)  # it stands for another machine, whose processor others needn't share
    gateway, chat, users = server_urls
    until = time.monotonic() + seconds
    kept = []
    turn = iter(range(1 << 30))

    def keep(one):
        kept.append(one)
        if len(kept) > 700:
            kept.pop(0).__exit__()

    def page():
        token = tokens[next(turn) % len(tokens)]
        one = Raw(chat, receive_buffer=4096, address=GREEDY)
        one.send(f"GET /room/{room}/messages?limit=500 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        keep(one)

    def half():
        one = Raw(gateway, address=GREEDY)
        one.send(b"POST /users/login HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\nX-Padding: " + b"x" * 4000)
        keep(one)

    sockets = []

    def outbox():
        if len(sockets) >= 100:
            for one in sockets:
                one.frame(PONG)
            time.sleep(2)
            return
        one = Websocket(chat, tokens[len(sockets) % len(tokens)], GREEDY, receive_buffer=4096)
        sockets.append(one)
        one.say({"type": "join", "room": room, "after": 0}, *[{"type": "history", "room": room, "limit": 500}] * 8)

    def joins():
        one = sockets[next(turn) % len(sockets)] if sockets else None
        if one:
            one.say({"type": "join", "room": room, "after": 0}, {"type": "join", "room": f"{room}-{next(turn) % 150}"},
                    *[{"type": "typing", "room": room}] * 5)

    def session():
        request(users, GREEDY, "POST", "/login", {"username": "nobody", "password": "wrong password"})

    threads = [keep_doing(until, pause, act) for pause, act in
               ((0.1, page), (0.02, half), (0.1, outbox), (0.3, joins), (1.0, session))]
    for thread in threads:
        thread.join()
    for one in kept + sockets:
        one.__exit__()


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


class Greed(EndToEnd):
    def latencies(self, people, seconds):
        """Of messages of each, until they come back; five a second, as the limits allow."""
        found, until = [], time.monotonic() + seconds

        def talk(one, room):
            number = 0
            while time.monotonic() < until:
                began, id = time.monotonic(), f"{began_at}-{number}"
                one.say({"type": "send", "room": room, "id": id, "text": "hello"})
                while True:
                    opcode, payload = one.next()
                    if opcode == TEXT and json.loads(payload).get("id") == id:
                        break
                found.append(time.monotonic() - began)
                number += 1
                time.sleep(max(0.0, 0.25 - found[-1]))
        began_at = int(time.monotonic() * 1000)
        threads = [threading.Thread(target=talk, args=one) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    def test_one_address_with_ten_accounts(self):
        server = self._server(self.addCleanup, rate_limits=())
        self.addCleanup(show_if_failed, self, server.log)
        group = MemoryGroup(server.process.pid)
        self.addCleanup(lambda: (server.kill() if server.running else None, group.remove()))
        print(f"the server is {group.how}", file=sys.stderr)
        accounts = [account(server, number) for number in range(1, 15)]
        greedy, honest = accounts[:10], accounts[10:]
        room = unique("room")
        self.fill(server, room, greedy)

        people = []
        for name, token in honest:
            own = unique("quiet")
            one = Websocket(server.chat_url, token, HONEST)
            self.addCleanup(one.__exit__)
            one.say({"type": "join", "room": own})
            people.append((one, own))
        quiet = percentile(self.latencies(people, 15), 0.99)
        urls = (server.gateway_url, server.chat_url, server.users_url)
        crowd = multiprocessing.get_context("fork").Process(
            target=be_greedy, args=(urls, [token for _, token in greedy], room, MINUTE))
        crowd.start()
        busy = percentile(self.latencies(people, MINUTE), 0.99)
        crowd.join()
        peak = group.peak()
        print(f"p99 {quiet * 1000:.1f} ms quiet, {busy * 1000:.1f} ms busy; at most {peak >> 20} MiB", file=sys.stderr)
        self.assertTrue(server.running, f"killed:\n{server.log()}")
        self.assertLess(peak, GIB)
        # Below that it is the machine's own noise that is measured.
        self.assertLess(busy, max(2 * quiet, 0.05))

    @staticmethod
    def fill(server, room, accounts):
        """500 texts that are six times as long as JSON."""
        for name, token in accounts:
            one = Websocket(server.chat_url, token, HONEST)
            one.say({"type": "join", "room": room},
                    *({"type": "send", "room": room, "id": f"i{i}", "text": "\x02" * 4096} for i in range(49)))
            answered = 0
            while answered < 49:
                opcode, payload = one.next()
                answered += opcode == TEXT and json.loads(payload).get("id") is not None
            one.__exit__()


if __name__ == "__main__":
    unittest.main()
