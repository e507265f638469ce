"""The gateway between clients and nodes: who gets what, and what a crowd or a dead node costs the others."""

import collections
import concurrent.futures
import pathlib
import socket
import sys
import threading
import time
import unittest

from clients import Json, User, http, ws_url
from cluster import Cluster
from harness import EndToEnd, unique
from processes import Server, show_if_failed, wait_until


class InACluster(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(users=2, chat=2)
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.start()

    def tearDown(self):
        show_if_failed(self, lambda: self.cluster.log(15))

    def sockets(self, name):
        return self.cluster.nodes[name].metric("greenroom_websocket_connections")

    def test_sockets_stay_at_the_gateway_whatever_happens_to_chat_nodes(self):
        ada, rooms = User(self.cluster), [unique("room") for _ in range(6)]
        socket = Json(ws_url(self.cluster.gateway_url) + "/chat/ws", token=ada.token)
        self.addCleanup(socket.drop)
        for room in rooms:
            socket.join(room)
        owners = {wait_until(lambda room=room: self.cluster.owner_of(room), "the room has an owner") for room in rooms}
        self.assertEqual(self.sockets("gateway"), 1)
        self.assertEqual([self.sockets(name) for name in ("chat-1", "chat-2")], [0, 0])

        def post_everywhere(text):
            for room in rooms:
                socket.say({"type": "send", "room": room, "id": text, "text": text})
            wait_until(lambda: all(text in [m["text"] for m in socket.messages(room)] for room in rooms),
                       f"{text}: every room has answered", within=10)
        post_everywhere("before")
        for name in sorted(owners):
            self.cluster.nodes[name].kill()
            post_everywhere(f"while {name} is dead")
            self.cluster.nodes[name].start()
            self.cluster.wait_for_view(lambda names, name=name: name in names, within=20)
            post_everywhere(f"with {name} again")
            self.cluster.nodes[name].stop()
            post_everywhere(f"after {name} has drained")
            self.cluster.nodes[name].start()
            self.cluster.wait_for_view(lambda names, name=name: name in names, within=20)
        self.assertIsNone(socket.close_code, "the socket never closed")
        for room in rooms:
            seqs = [m["seq"] for m in socket.messages(room)]
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)), "each message once, in order")

    def test_with_no_chat_node_at_all_sockets_stay_and_say_so(self):
        ada, room = User(self.cluster), unique("room")
        socket = Json(ws_url(self.cluster.gateway_url) + "/chat/ws", token=ada.token)
        self.addCleanup(socket.drop)
        socket.join(room)
        socket.post(room, "before")
        for name in ("chat-1", "chat-2"):
            self.cluster.nodes[name].kill()
        socket.say({"type": "join", "room": unique("other")})
        socket.expect("error", code="unavailable", within=15)
        socket.say({"type": "send", "room": room, "id": "meanwhile", "text": "meanwhile"})
        for name in ("chat-1", "chat-2"):
            self.cluster.nodes[name].start()
        wait_until(lambda: socket.frames("message", room=room, id="meanwhile") or
                   socket.frames("error", room=room, id="meanwhile"), "its fate is told", within=20)
        wait_until(lambda: self._posts(socket, room), "the room is writable again", within=20)
        self.assertIsNone(socket.close_code)

    @staticmethod
    def _posts(socket, room):
        """Whether a post is acknowledged within a second; else it was refused, or waits."""
        id = unique("try")
        socket.say({"type": "send", "room": room, "id": id, "text": id})
        try:
            return socket.expect("message", room=room, id=id, within=1)
        except AssertionError:
            return None

    def test_a_get_does_not_notice_that_an_instance_was_killed(self):
        ada = User(self.cluster)
        statuses, ended = collections.Counter(), threading.Event()

        def ask():
            while not ended.is_set():
                statuses[ada.users("GET", "/sessions").status] += 1
        asking = [threading.Thread(target=ask) for _ in range(3)]
        for one in asking:
            one.start()
        try:
            wait_until(lambda: statuses[200] > 30, "requests come through")
            self.cluster.nodes["users-2"].kill()
            shown = {one["node"]: one for one in self.cluster.nodes["gateway"].status()["upstreams"]}
            self.assertIn("users-1", shown)
            before = statuses[200]
            wait_until(lambda: statuses[200] > before + 100, "and go on")
        finally:
            ended.set()
            for one in asking:
                one.join()
        self.assertEqual(set(statuses), {200}, statuses)
        self.cluster.nodes["users-2"].start()
        wait_until(lambda: {one["node"] for one in self.cluster.nodes["gateway"].status()["upstreams"]} >=
                   {"users-1", "users-2"}, "it is back")


    def test_an_instance_that_dies_or_hangs_within_a_request_that_may_not_be_repeated(self):
        ada, nodes = User(self.cluster), [self.cluster.nodes[name] for name in ("users-1", "users-2")]
        for then, status, code in (("kill", 502, "upstream_failed"), ("resume", 504, "upstream_late")):
            for node in nodes:
                node.pause()
            with concurrent.futures.ThreadPoolExecutor(1) as other:
                asking = other.submit(http, "POST", self.cluster.gateway_url + "/users/login",
                                      {"username": ada.name, "password": ada.password}, patience=30)
                time.sleep(0.5)
                if then == "kill":
                    for node in nodes:
                        node.kill()
                self.assertEqual((asking.result().status, asking.result().code), (status, code))
            for node in nodes:
                node.start() if then == "kill" else node.resume()
            self.cluster.wait_for_view(lambda names: {"users-1", "users-2"} <= set(names), within=20)


class OfTwoGateways(unittest.TestCase):
    """What a client loses with its gateway: its socket, and nothing else."""

    BACK = 3.0  # seconds until everybody is back with everything

    def setUp(self):
        self.cluster = Cluster(users=1, chat=2)
        self.addCleanup(self.cluster.remove)
        self.cluster.add("gateway-2")
        self.cluster.start()

    def connect(self, user, gateway):
        socket = Json(ws_url(self.cluster.url(gateway)) + "/chat/ws", token=user.token)
        self.addCleanup(socket.drop)
        return socket

    def test_clients_of_a_gateway_that_dies_are_back_on_the_other_with_everything(self):
        room, other = unique("room"), self.connect(User(self.cluster), "gateway-2")
        generation = other.join(room)["generation"]
        people = [User(self.cluster) for _ in range(5)]
        sockets = {one: self.connect(one, "gateway") for one in people}
        for socket in sockets.values():
            socket.join(room)
        for number in range(20):
            other.post(room, f"before {number}")
        for one, socket in sockets.items():
            socket.wait_seq(room, 20)
            socket.say({"type": "send", "room": room, "id": "in doubt", "text": f"{one.name} is in doubt"})
        self.cluster.nodes["gateway"].kill()
        for number in range(20):
            other.post(room, f"meanwhile {number}")

        began, known, back = time.monotonic(), {}, {}
        for one, socket in sockets.items():
            socket.wait_closed()
            known[one] = {message["seq"]: message["text"] for message in socket.messages(room)}
            back[one] = self.connect(one, "gateway-2")
            self.assertTrue(back[one].join(room, after=max(known[one]), generation=generation)["recovered"])
            back[one].say({"type": "send", "room": room, "id": "in doubt", "text": f"{one.name} is in doubt"})
            back[one].expect("message", room=room, id="in doubt", within=self.BACK)
        head = other.post(room, "the last")["seq"]
        for one, socket in back.items():
            known[one].update({message["seq"]: message["text"] for message in socket.wait_seq(room, head)})
        took = time.monotonic() - began
        print(f"everybody is back with everything after {took:.2f} s", file=sys.stderr)
        self.assertLess(took, self.BACK)
        for log in known.values():
            self.assertEqual(sorted(log), list(range(1, head + 1)), "everything")
            self.assertEqual(sorted(text for text in log.values() if text.endswith("doubt")),
                             sorted(f"{one.name} is in doubt" for one in people), "each once")


class Limits(unittest.TestCase):
    def test_clients_are_counted_at_the_gateway_and_not_again_behind_it(self):
        server = Server(rate_limits=("status=3/60",))
        self.addCleanup(server.remove)
        server.start()
        for url in (server.gateway_url + "/chat/status", server.chat_url + "/status"):
            self.assertEqual([http("GET", url).status for _ in range(4)], [200, 200, 200, 429], url)


class ACrowd(unittest.TestCase):
    IDLE = 5000

    def setUp(self):
        self.server = Server("--max-connections", str(self.IDLE), "--max-connections-per-address", str(self.IDLE))
        self.addCleanup(self.server.remove)
        self.server.start()

    def resident_mb(self):
        with open(f"/proc/{self.server.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096 / 1e6

    def slowest_of(self, count):
        slowest = 0.0
        for _ in range(count):
            began = time.monotonic()
            self.assertEqual(http("GET", self.server.gateway_url + "/users/status").status, 200)
            slowest = max(slowest, time.monotonic() - began)
        return slowest

    def test_five_thousand_silent_connections_cost_little_and_are_let_go(self):
        self.slowest_of(20)
        before = self.resident_mb()
        crowd = []
        self.addCleanup(lambda: [one.close() for one in crowd])
        for _ in range(self.IDLE - 100):
            crowd.append(socket.create_connection(("127.0.0.1", self.server.ports["gateway"]), 10))
            if len(crowd) % 2 == 0:
                crowd[-1].sendall(b"GET /chat/rooms HTTP/1.1\r\nX: ")
        self.assertLess(self.slowest_of(30), 1.0)
        self.assertLess(self.resident_mb() - before, 200)

        def is_closed(one):
            try:
                one.recv(4096, socket.MSG_DONTWAIT | socket.MSG_PEEK)
                return True
            except BlockingIOError:
                return False
            except ConnectionError:
                return True
        wait_until(lambda: all(map(is_closed, crowd)), "all were let go", within=20, every=0.5)


class Operators(EndToEnd):
    """What an instance is, does and costs isn't for strangers."""

    def test_metrics_are_on_a_listener_of_their_own(self):
        server = self.serve()
        self.assert_problem(http("GET", server.gateway_url + "/metrics"), 401, "unauthorized")
        ada = User(server)
        self.assert_problem(http("GET", server.gateway_url + "/metrics", token=ada.token), 403, "forbidden")
        self.assertNotIn("upstreams", http("GET", server.gateway_url + "/status", token=ada.token).json)
        self.assertEqual(len(http("GET", server.operators_url + "/status").json["upstreams"]), 2)
        groups = http("GET", server.url("discovery") + "/sd").json
        self.assertEqual({group["labels"]["role"] for group in groups}, {"discovery", "users", "chat", "gateway"})
        for group in groups:
            metrics = http("GET", f"http://{group['targets'][0]}/metrics")
            self.assertEqual(metrics.status, 200, group)
            self.assertIn(b"greenroom_http_requests_total", metrics.body)

    def test_open_files_may_be_as_many_as_the_system_allows(self):
        server = Server()
        self.addCleanup(server.remove)
        server.arguments = ["/bin/sh", "-c", 'ulimit -Sn 256; exec "$0" "$@"', *server.arguments]
        server.start()
        line = next(line for line in pathlib.Path(f"/proc/{server.process.pid}/limits").read_text().splitlines()
                    if line.startswith("Max open files"))
        soft, hard = line.split()[3:5]
        self.assertEqual(soft, hard)

    def test_behind_a_proxy_each_client_is_one(self):
        server = self.serve("--trusted-proxies", "127.0.0.1", rate_limits=("auth=2/60",))
        def log_in(client):
            return http("POST", server.gateway_url + "/users/login", {"username": unique("nobody"), "password": "x" * 12},
                        headers={"X-Forwarded-For": f"6.6.6.6, {client}"}).status
        self.assertEqual([log_in("192.0.2.1") for _ in range(3)], [401, 401, 429])
        self.assertEqual(log_in("192.0.2.2"), 401)
        ada = User(server)
        room = http("POST", server.gateway_url + "/chat/room", {"room": "outer"}, token=ada.token,
                    headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "chat.example"}).json
        self.assertTrue(room["websocket"].startswith("wss://chat.example/chat/room/outer?"), room)


if __name__ == "__main__":
    unittest.main()
