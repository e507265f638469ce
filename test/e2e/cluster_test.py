#!/usr/bin/python3
"""Six real processes and a real PostgreSQL: one cluster, whatever happens to its parts."""

import pathlib
import signal
import sys
import time
import unittest

import seed_test
from clients import JSON_DIALECT, Json, UpgradeRefused, User, http, ws_url
from cluster import Cluster
from harness import unique, wait_until
from processes import Postgres, Server, Wire, show_if_failed
from raw import RawSocket

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))
from checker import Entry, violations  # noqa: E402
from talkers import Traffic  # noqa: E402

SEED_NODES = {"gateway": "gateway", "discovery": "discovery", "chat": "chat-1", "users": "users-1"}


def setUpModule():
    global POSTGRES
    if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        raise unittest.SkipTest("SKIPPED LOUDLY: a cluster needs PostgreSQL, which is not installed here")
    POSTGRES = Postgres()
    unittest.addModuleCleanup(POSTGRES.remove)


class OnACluster(unittest.TestCase):
    def begin(self, **more):
        cluster = Cluster(postgres=POSTGRES, **more)
        self.addCleanup(cluster.remove)
        self.addCleanup(show_if_failed, self, cluster.log)
        return cluster.start()

    def join(self, user, *rooms):
        socket = user.open()
        self.addCleanup(socket.drop)
        for room in rooms:
            socket.join(room)
        return socket

    def rooms_on(self, cluster, node, count, through):
        """So many rooms that live on that node; `through` is somebody's socket, who is in them."""
        found = []
        for _ in range(100):
            room = unique("room")
            through.join(room)
            through.post(room, "first")
            if cluster.owner_of(room) == node:
                found.append(room)
            if len(found) == count:
                return found
        raise AssertionError(f"no {count} rooms of 100 live on {node}")

    def post_within(self, socket, room, text, limit, began):
        """Posts until it is acknowledged; the seconds since `began`."""
        id = unique("id")
        while True:
            heard = len(socket.frames("error", id=id))
            socket.say({"type": "send", "room": room, "id": id, "text": text})
            try:
                socket.wait(lambda: socket.frames("message", room=room, id=id) or
                            len(socket.frames("error", id=id)) > heard, "an answer", within=0.5)
            except AssertionError:
                pass
            took = time.monotonic() - began
            if socket.frames("message", room=room, id=id):
                self.assertLess(took, limit, f"{room} is writable after {took:.2f} s; {socket.frames('error', id=id)[-3:]}")
                return took
            self.assertLess(took, limit + 5, f"{room} isn't writable; {socket.heard[-5:]}")
            time.sleep(0.05)

    def assert_nothing_lost(self, cluster, traffic):
        last = traffic.finish()[traffic.room]
        log = [Entry(m["seq"], m["from"], m["text"]) for m in traffic.users[0].log(traffic.room)]
        self.assertEqual(len(log), last)
        self.assertEqual([str(each) for each in violations(traffic.history, log)[:10]], [])
        return last


class SeedCommandsOnACluster(seed_test.SeedCommands):
    """The same commands, on the same ports, answered by six processes."""

    def setUp(self):
        self.cluster = Cluster(rate_limits=seed_test.SEED_LIMITS)
        self.addCleanup(self.cluster.remove)
        for role, name in SEED_NODES.items():
            self.cluster.nodes[name].port = Server.SEED_PORTS[role]
        self.cluster.start()

    def test_discovery_knows_every_service(self):
        import json
        status = json.loads(seed_test.run("http GET :8080/status"))
        self.assertEqual(set(status["services"]), {"discovery", "users", "chat", "gateway"})
        self.assertEqual(status["services_count"], 6)
        upstreams = self.cluster.nodes["gateway"].status()["upstreams"]
        self.assertEqual({(one["role"], one["node"], one["circuit"]) for one in upstreams},
                         {(name.split("-")[0], name, "closed") for name in ("users-1", "users-2", "chat-1", "chat-2")})


class Together(OnACluster):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(postgres="two")
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.start()

    def test_a_chat_across_both_chat_nodes(self):
        ada, bob = User(self.cluster.on("chat-1", "users-1")), User(self.cluster.on("chat-2", "users-2"))
        rooms = [unique("room") for _ in range(8)]
        a, b = self.join(ada, *rooms), self.join(bob, *rooms)
        for n in range(20):
            for room in rooms:
                a.say({"type": "send", "room": room, "id": f"a{n}", "text": f"ada {n}"})
                b.say({"type": "send", "room": room, "id": f"b{n}", "text": f"bob {n}"})
        owners = set()
        for room in rooms:
            seen = []
            for socket in (a, b):
                socket.wait(lambda: len(socket.messages(room)) == 40, f"all of {room}")
                seen.append([(m["seq"], m["from"], m["text"]) for m in socket.messages(room)])
            self.assertEqual(seen[0], seen[1], "one order for both")
            self.assertEqual([seq for seq, _, _ in seen[0]], list(range(1, 41)))
            owners.add(self.cluster.owner_of(room))
        self.assertEqual(owners, {"chat-1", "chat-2"}, "8 rooms live on both nodes")

    def test_a_ticket_of_one_node_opens_a_websocket_at_the_other(self):
        ada = User(self.cluster.on("chat-1"))
        ticket = ada.ticket()
        url = ws_url(self.cluster.url("chat-2")) + "/ws?ticket=" + ticket
        socket = Json(url)
        self.addCleanup(socket.drop)
        socket.join(unique("room"))
        with self.assertRaises(Exception):
            Json(url)  # once only

    def test_a_logout_at_one_node_closes_sockets_at_another_within_a_second(self):
        ada = User(self.cluster.on("chat-2", "users-1"))
        socket = self.join(ada, unique("room"))
        began = time.monotonic()
        self.assertEqual(ada.users("POST", "/logout").status, 200)
        self.assertEqual(socket.wait_closed(3), 4401)
        self.assertLess(socket.closed_at - began, 1)
        self.assertEqual(http("POST", self.cluster.url("chat-1") + "/ticket", token=ada.token).status, 401)

    def test_discovery_shows_nodes_targets_and_changes(self):
        url = self.cluster.url("discovery")
        targets = {(group["labels"]["role"], group["labels"]["node"]): group["targets"]
                   for group in http("GET", url + "/sd").json}
        self.assertEqual(targets[("chat", "chat-2")], [f"127.0.0.1:{self.cluster.nodes['chat-2'].port}"])
        self.assertEqual({node for _, node in targets}, set(self.cluster.nodes))
        index = http("GET", url + "/nodes").json["index"]
        began = time.monotonic()
        self.assertEqual(http("GET", url + f"/nodes?index={index}&wait=500ms").json["index"], index)
        self.assertGreaterEqual(time.monotonic() - began, 0.45)
        for bad in ("index=x", "index=1&wait=1", "index=1&wait=9h"):
            self.assertEqual(http("GET", url + "/nodes?" + bad).status, 400, bad)

    def test_every_node_has_a_link_to_every_other_and_the_same_view(self):
        def settled():
            return {node.metric("greenroom_links") for node in self.cluster.nodes.values()} == {5.0}
        wait_until(settled, "five links each", within=5)
        self.assertEqual({node.metric("greenroom_nodes") for node in self.cluster.nodes.values()}, {6.0})
        self.assertEqual(len({node.metric("greenroom_view_version") for node in self.cluster.nodes.values()}), 1)

    def test_an_operator_sees_nodes_and_rooms_and_moves_a_room(self):
        ada = User(self.cluster.on("chat-1"))
        socket = self.join(ada)
        room, = self.rooms_on(self.cluster, "chat-1", 1, socket)
        listed = self.cluster.admin("nodes")
        self.assertEqual((listed.returncode, listed.stderr), (0, ""))
        self.assertEqual({line.split()[0] for line in listed.stdout.splitlines()[1:]}, set(self.cluster.nodes))
        self.assertIn([room, "chat-1"], [line.split()[:2] for line in self.cluster.admin("rooms").stdout.splitlines()])
        moved = self.cluster.admin("move", room, "chat-2")
        self.assertEqual((moved.returncode, moved.stderr), (0, ""))
        self.post_within(socket, room, "second", 2, time.monotonic())
        self.assertEqual(self.cluster.owner_of(room), "chat-2")
        self.assertEqual([m["text"] for m in ada.log(room)], ["first", "second"])
        self.assertIn([room, "chat-2"], [line.split()[:2] for line in self.cluster.admin("rooms").stdout.splitlines()])
        for words in (("move", room, "users-1"), ("move", room, "nobody"), ("move", "!", "chat-1"), ("drain", "nobody"),
                      ("rooms", "nobody")):
            refused = self.cluster.admin(*words)
            self.assertEqual(refused.returncode, 1, words)
            self.assertTrue(refused.stderr.startswith("greenroom: "), refused.stderr)

    def test_a_node_on_another_database_is_refused_and_says_so(self):
        stranger = self.cluster.add("chat-9", ["--chat-db", f"sqlite:{self.cluster.folder}/stranger.db"])
        self.addCleanup(self.cluster.nodes.pop, "chat-9")
        stranger.spawn().wait_ended(code=1)
        self.assertIn("the chat database is not that of node", stranger.log())
        self.assertNotIn("chat-9", self.cluster.members())


class Faults(OnACluster):
    def test_nobody_notices_that_discovery_is_away(self):
        cluster = self.begin()
        traffic = Traffic(cluster, unique("room"))
        self.addCleanup(traffic.close)
        traffic.wait_acks(50)
        cluster.nodes["discovery"].kill()
        for _ in range(8):
            self.assertLess(traffic.wait_acks(50), 1)
            time.sleep(0.5)
        self.assertTrue(all(node.is_ready() for name, node in cluster.nodes.items() if name != "discovery"))
        cluster.nodes["discovery"].start()
        # It knows nobody at first, and says nothing before all may have come back: nobody waits for that.
        longest = 0
        for _ in range(200):
            longest = max(longest, traffic.longest_wait())
            time.sleep(0.02)
        print(f"  a message waited {longest:.2f} s at most", flush=True)
        self.assertLess(longest, 1.5)
        cluster.wait_for_view(lambda names: names == set(cluster.nodes), within=8)
        traffic.wait_acks(50)
        self.assertEqual((traffic.closes, traffic.refusals), ([], []))
        self.assert_nothing_lost(cluster, traffic)

    def test_a_killed_chat_node_takes_no_socket_of_another_along(self):
        cluster = self.begin()
        ada = User(cluster.on("chat-1"))
        socket = self.join(ada)
        rooms = self.rooms_on(cluster, "chat-2", 4, socket)
        moment = cluster.nodes["chat-2"].kill()
        took = [self.post_within(socket, room, "second", 2, moment) for room in rooms]
        print(f"  writable after {max(took):.2f} s", flush=True)
        self.assertIsNone(socket.close_code)
        self.assertEqual({cluster.owner_of(room) for room in rooms}, {"chat-1"})
        cluster.nodes["chat-2"].start()
        cluster.wait_for_view(lambda names: names == set(cluster.nodes))
        for room in rooms:
            self.post_within(socket, room, "third", 2, time.monotonic())
            self.assertEqual([m["text"] for m in ada.log(room)], ["first", "second", "third"])
        self.assertIsNone(socket.close_code)

    def test_everybody_sees_everybody_after_a_node_died_and_came_back(self):
        cluster = self.begin()
        people = [User(cluster.on(f"chat-{n % 2 + 1}")) for n in range(6)]
        names = {one.name for one in people}
        sockets = [self.join(one) for one in people]
        rooms = [*self.rooms_on(cluster, "chat-1", 2, sockets[0]), *self.rooms_on(cluster, "chat-2", 2, sockets[0])]
        for socket in sockets:
            for room in rooms:
                socket.join(room)

        def check(within):
            end = time.monotonic() + within
            for room in rooms:
                for socket in sockets:
                    socket.wait(lambda: socket.people(room) == names, f"all are in {room}",
                                max(0.1, end - time.monotonic()))
        check(within=5)
        for victim in ("chat-2", "chat-1"):
            cluster.nodes[victim].kill()
            time.sleep(1)
            cluster.nodes[victim].start()
            for n, one in enumerate(people):
                if sockets[n].close_code is not None or f"chat-{n % 2 + 1}" == victim:
                    sockets[n] = self.come_back(one)
                    for room in rooms:
                        self.join_within(sockets[n], room)
            time.sleep(5)
            check(within=0.1)

    def come_back(self, user):
        """Opens a socket at a node that has just started: it refuses with 503 until it has found the users role."""
        end = time.monotonic() + 10
        while True:
            try:
                return self.join(user)
            except UpgradeRefused as refused:
                if refused.status != 503 or time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def join_within(self, socket, room):
        """Joins a room that may be on its way to another node."""
        end = time.monotonic() + 10
        while time.monotonic() < end:
            socket.say({"type": "join", "room": room})
            before = len(socket.frames("error", room=room))
            socket.wait(lambda: socket.frames("joined", room=room) or len(socket.frames("error", room=room)) > before,
                        f"an answer to a join of {room}", within=10)
            if socket.frames("joined", room=room):
                return
            time.sleep(0.2)
        raise AssertionError(f"{room} can't be joined: {socket.heard[-3:]}")

    def test_rooms_of_a_node_that_is_cut_off_its_database_are_writable_elsewhere(self):
        cluster = Cluster(postgres=POSTGRES)
        self.addCleanup(cluster.remove)
        wire = Wire(POSTGRES.port)
        self.addCleanup(wire.close)
        cluster.nodes["chat-1"].options += ["--chat-db", POSTGRES.url("chat").replace(str(POSTGRES.port), str(wire.port))]
        cluster.start()
        ada = User(cluster.on("chat-2"))
        socket = self.join(ada)
        rooms = self.rooms_on(cluster, "chat-1", 3, socket)
        moment = wire.cut()
        took = [self.post_within(socket, room, "second", 5, moment) for room in rooms]
        print(f"  writable after {max(took):.2f} s", flush=True)
        self.assertEqual({cluster.owner_of(room) for room in rooms}, {"chat-2"})
        wire.mend()
        wait_until(lambda: cluster.nodes["chat-1"].is_ready(), "chat-1 has its database again", within=15)
        time.sleep(3)
        for room in rooms:
            self.post_within(socket, room, "third", 3, time.monotonic())
            self.assertEqual([m["text"] for m in ada.log(room)], ["first", "second", "third"])
        self.assertIsNone(socket.close_code)

    def test_a_paused_owner_that_wakes_up_writes_nothing(self):
        cluster = Cluster(postgres=POSTGRES)
        self.addCleanup(cluster.remove)
        # The database writes down who appends: chat-2 has a name of its own there.
        cluster.query("chat", "DROP ROLE IF EXISTS chat_2")
        cluster.query("chat", "CREATE ROLE chat_2 SUPERUSER LOGIN")
        # The first to start creates the tables, and owns them.
        self.addCleanup(cluster.query, "chat", "REASSIGN OWNED BY chat_2 TO postgres; DROP ROLE chat_2")
        url = POSTGRES.url("chat").replace("postgres@", "chat_2@")
        cluster.nodes["chat-2"].options += ["--chat-db", url]
        cluster.start()
        cluster.query("chat", "CREATE TABLE audit (who text, room bigint, seq bigint)")
        self.addCleanup(cluster.query, "chat", "DROP TABLE audit CASCADE")
        cluster.query("chat", "CREATE OR REPLACE FUNCTION audit_append() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                              "INSERT INTO audit VALUES (current_user, NEW.room, NEW.seq); RETURN NEW; END $$")
        cluster.query("chat", "CREATE TRIGGER audited AFTER INSERT ON messages FOR EACH ROW EXECUTE FUNCTION audit_append()")
        self.addCleanup(cluster.query, "chat", "DROP TRIGGER audited ON messages")
        ada, bob = User(cluster.on("chat-1")), User(cluster.on("chat-2"))
        a, b = self.join(ada), self.join(bob)
        room, = self.rooms_on(cluster, "chat-2", 1, a)
        appended = f"FROM audit JOIN rooms ON rooms.id = audit.room WHERE folded = '{room}'"
        b.join(room)
        b.post(room, "by the owner")
        self.assertEqual(cluster.query("chat", f"SELECT who, seq {appended} ORDER BY seq"),
                         [["chat_2", "1"], ["chat_2", "2"]])
        moment = cluster.nodes["chat-2"].pause()
        b.say(*({"type": "send", "room": room, "id": f"late-{n}", "text": f"late {n}"} for n in range(20)))
        took = self.post_within(a, room, "by the successor", 5, moment)
        print(f"  writable after {took:.2f} s", flush=True)
        epoch, = cluster.query("chat", f"SELECT epoch FROM rooms WHERE folded = '{room}'")
        before = cluster.query("chat", f"SELECT count(*) {appended} AND who = 'chat_2'")
        cluster.nodes["chat-2"].resume()
        cluster.wait_for_view(lambda names: "chat-2" in names)
        time.sleep(1)
        written = cluster.query("chat", f"SELECT who, seq {appended} ORDER BY seq")
        if cluster.owner_of(room) == "chat-1":
            self.assertEqual(cluster.query("chat", f"SELECT epoch FROM rooms WHERE folded = '{room}'"), [epoch])
            self.assertEqual(cluster.query("chat", f"SELECT count(*) {appended} AND who = 'chat_2'"), before)
        # Messages that it read while it was stopped may be in the log, but only from after it owned the room by a new epoch.
        self.assertEqual(written[2], ["postgres", "3"])
        log = ada.log(room)
        self.assertEqual([m["seq"] for m in log], list(range(1, len(log) + 1)))
        self.assertEqual([m["text"] for m in log][:3], ["first", "by the owner", "by the successor"])

    def drained(self, how):
        cluster = self.begin()
        traffic = Traffic(cluster, unique("room"))
        self.addCleanup(traffic.close)
        beside = self.join(User(cluster.on("chat-2")), traffic.room)
        traffic.wait_acks(100)
        how(cluster, cluster.nodes["chat-1"])
        traffic.wait_acks(100)
        cluster.nodes["chat-1"].start()
        traffic.wait_acks(100)
        self.assertIsNone(beside.close_code)
        print(f"  {self.assert_nothing_lost(cluster, traffic)} messages", flush=True)
        self.assertEqual(cluster.errors(), [])

    def test_a_drain_by_signal_loses_nothing(self):
        self.drained(lambda cluster, node: self.assertLess(node.stop(), 10))

    def test_a_drain_by_an_operator_loses_nothing(self):
        def by_operator(cluster, node):
            told = cluster.admin("drain", node.name)
            self.assertEqual((told.returncode, told.stderr), (0, ""))
            node.wait_ended(10)
        self.drained(by_operator)

    def test_a_second_signal_ends_it_at_once(self):
        cluster = self.begin()
        ada = User(cluster.on("chat-1"))
        node = cluster.nodes["chat-1"]
        with RawSocket(node.url, "/ws", ada.token, JSON_DIALECT):  # it never says goodbye: the drain waits for it
            node.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not node.is_ready(), "it drains")
            self.assertTrue(node.running)
            began = time.monotonic()
            node.process.send_signal(signal.SIGTERM)
            node.wait_ended(2, code=1)
            self.assertLess(time.monotonic() - began, 0.5)

    def test_nodes_start_without_discovery_and_wait_for_it(self):
        cluster = Cluster(users=1, chat=1, postgres=POSTGRES)
        self.addCleanup(cluster.remove)
        for name, node in cluster.nodes.items():
            if name != "discovery":
                node.spawn()
        chat = cluster.nodes["chat-1"]
        wait_until(lambda: "no_link" in chat.events("warn"), "it misses discovery")
        wait_until(lambda: http("GET", chat.url + "/livez").status == 200, "it lives")
        self.assertFalse(chat.is_ready())
        self.assertEqual(http("GET", chat.url + "/readyz").status, 503)
        cluster.nodes["discovery"].spawn()
        for node in cluster.nodes.values():
            node.wait_ready(10)
        for node in cluster.nodes.values():
            node.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
