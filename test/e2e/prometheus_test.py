#!/usr/bin/python3
"""What operators see: a real Prometheus scrapes a cluster that works, and every query of the dashboard and every alert
has data. Then things break, and the alerts say so."""

import json
import math
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from cluster import Cluster
from harness import PASSWORD, EndToEnd, User, http, unique
from processes import ROOT, dies_with_us, free_ports, wait_until

CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
RULES = ROOT / "deploy/prometheus/rules.yml"
DASHBOARD = ROOT / "deploy/grafana/dashboards/greenroom.json"

# The metrics that a working cluster moves off zero. All others say that something is wrong.
MOVES = ("http_requests_total", "http_request_seconds_count", "websocket_connections", "rooms_live", "posts_total",
         "deliveries_total", "commits_total", "commit_entries_count", "commit_seconds_count", 'logins_total{result="ok"}',
         'upstream_requests_total{result="ok"}', 'upstream_circuits{state="closed",role="users"}',
         'upstream_circuits{state="closed",role="chat"}', "post_seconds_count",
         'room_opens_total{result="opened"}', "view_version", "nodes", "links", 'sagas_ended_total{result="completed"}',
         "saga_seconds_count", "entries_followed_total")


class Prometheus:
    """Debian's Prometheus with our configuration, but for the addresses, and each second instead of each five."""

    def __init__(self, discovery):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-prometheus-"))
        self.port = free_ports(1)[0]
        config = CONFIG.read_text().replace("discovery:8080", discovery)
        config = config.replace("localhost:9090", f"127.0.0.1:{self.port}")
        (self.folder / "prometheus.yml").write_text(re.sub(r"_interval: 5s", "_interval: 1s", config))
        shutil.copy(RULES, self.folder)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                ["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dies_with_us(signal.SIGKILL))

    def remove(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, path, **fields):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}"
        if fields:
            url += "?" + urllib.parse.urlencode(fields)
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as refused:
            if refused.code == 503:  # it reads what it has
                return {}
            raise AssertionError(f"{fields}: {refused.read().decode()}") from None
        except OSError:
            if self.process.poll() is not None:
                raise AssertionError((self.folder / "log").read_text()) from None
            return {}

    def query(self, expression):
        """`{labels: number}` of now, without those that are no number."""
        result = self.ask("query", query=expression).get("result", [])
        values = ((json.dumps(one["metric"], sort_keys=True), float(one["value"][1])) for one in result)
        return {labels: value for labels, value in values if not math.isnan(value)}

    def up(self):
        return {one["labels"]["instance"] for one in self.ask("targets").get("activeTargets", [])
                if one["health"] == "up" and one["labels"]["job"] == "greenroom"}

    def alerts(self, state):
        return [one["labels"] for one in self.ask("alerts").get("alerts", []) if one["state"] == state]


class Load(threading.Thread):
    """Some of everything that a cluster does, all of it through the gateway, until `stop`."""

    def __init__(self, gateway_url):
        super().__init__(daemon=True)
        self.users_url = gateway_url + "/users"
        self.chat_url = gateway_url + "/chat"
        self.gateway_url = gateway_url
        self.failure = None
        self._ends = threading.Event()
        self._people = [User(self) for _ in range(3)]
        self._sockets = [person.open() for person in self._people]
        self._rooms = [unique("load") for _ in range(8)]
        for person in self._sockets:
            for room in self._rooms:
                person.join(room)

    def run(self):
        try:
            while not self._ends.is_set():
                for at, room in enumerate(self._rooms):
                    self._sockets[at % len(self._sockets)].post(room, "something")
                self._people[0].chat("GET", f"/room/{self._rooms[0]}/messages")
                self._come_and_go()
                self._ends.wait(0.2)
        except Exception as failure:  # the test shows it
            self.failure = failure

    def _come_and_go(self):
        short = User(self)
        short.room(room=unique("own"), private=True)
        deleted = http("DELETE", f"{self.gateway_url}/users/{short.name}", {"password": PASSWORD}, token=short.token)
        assert deleted.status in (200, 202), deleted

    def stop(self):
        self._ends.set()
        self.join()
        for each in self._sockets:
            each.drop()
        if self.failure:
            raise self.failure


def dashboard_queries():
    """(panel, expression), as Grafana asks with every node chosen."""
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in (("$job", "greenroom"), ("$node", ".*"), ("$__rate_interval", "10s")):
                expression = expression.replace(name, value)
            yield panel["title"], expression


def alert_measures(prometheus):
    """(alert, what it compares with its number)."""
    for group in prometheus.ask("rules")["groups"]:
        for rule in group["rules"]:
            yield rule["name"], re.fullmatch(r"(.*)\s[<>]\s*[\d.]+\s*", rule["query"], re.DOTALL).group(1)


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"),
                     "NOT TESTED: the dashboard and the alerts. There is no Prometheus here: .ci/install deploy")
class Monitoring(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.remove)
        cls.cluster.start()
        cls.prometheus = Prometheus(cls.cluster.url("discovery").removeprefix("http://"))
        cls.addClassCleanup(cls.prometheus.remove)

    def test_what_operators_see(self):
        """One after the other: what is quiet, what is seen under load, what is said when things break."""
        wait_until(lambda: self.prometheus.up() >= set(self.cluster.nodes), "every node is scraped", within=30)
        load = Load(self.cluster.gateway_url)
        load.start()
        try:
            time.sleep(12)
            for panel, expression in dashboard_queries():
                with self.subTest(panel=panel, query=expression):
                    self.assertTrue(self.prometheus.query(expression), "no data")
            for alert, measure in alert_measures(self.prometheus):
                with self.subTest(alert=alert, query=measure):
                    self.assertTrue(self.prometheus.query(measure), "no data")
            for name in MOVES:
                with self.subTest(metric=name):
                    self.assertGreater(sum(self.prometheus.query("greenroom_" + name).values()), 0)
            self.assertEqual(self.prometheus.alerts("firing"), [], "all is well, but")
            self.assertEqual(len(self.prometheus.query('up{job="greenroom"}')), len(self.cluster.nodes))
            links = self.prometheus.query("greenroom_links")
            self.assertEqual(set(links.values()), {len(self.cluster.nodes) - 1.0}, links)
        finally:
            load.stop()
        self.knock_at_a_link()
        self.cluster.nodes["chat-2"].kill()
        self.wait_for_alert("GreenroomLinksRefused")
        self.wait_for_alert("GreenroomNodeDown", instance="chat-2")
        self.cluster.nodes["users-1"].kill()
        self.cluster.nodes["users-2"].kill()
        self.wait_for_alert("GreenroomRoleGone", serves="users")

    def knock_at_a_link(self):
        """As whoever finds the port would."""
        for _ in range(8):
            with socket.create_connection(("127.0.0.1", self.cluster.nodes["chat-1"].link_port), timeout=10) as link:
                link.sendall(b"GET / HTTP/1.1\r\n\r\n")
                try:
                    while link.recv(4096):
                        pass
                except ConnectionResetError:
                    pass

    def wait_for_alert(self, name, **labels):
        wanted = {"alertname": name, **labels}.items()
        wait_until(lambda: any(wanted <= one.items() for one in self.prometheus.alerts("firing")),
                   f"{name} {labels} fires", within=60, every=0.5)


@unittest.skipUnless(shutil.which("promtool"),
                     "NOT TESTED: Prometheus' files. There is no promtool here: .ci/install deploy")
class Files(unittest.TestCase):
    def test_promtool_finds_nothing_wrong(self):
        for words in (("config", CONFIG), ("rules", RULES)):
            checked = subprocess.run(["promtool", "check", *map(str, words)], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
