#!/usr/bin/python3
"""docker-compose.yml as it is written, with its defaults: that needs no container engine."""

import pathlib
import re
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED_PORTS = {5000: "GATEWAY", 8080: "DISCOVERY", 8008: "CHAT_1", 8009: "CHAT_2", 8010: "USERS_1", 8011: "USERS_2"}


class ComposeFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = (ROOT / "docker-compose.yml").read_text()
        cls.services = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))["services"]

    def test_the_ports_are_the_seeds(self):
        published = {name: [port.rsplit(":", 1)[0] for port in service["ports"]]
                     for name, service in self.services.items() if "ports" in service}
        expected = {name.lower().replace("_", "-"): [port] for port, name in SEED_PORTS.items()}
        expected |= {"prometheus": [9090], "grafana": [3000]}
        expected["gateway"] += [6697, 6667]
        self.assertEqual(published, {name: [f"127.0.0.1:{port}" for port in ports] for name, ports in expected.items()})
        self.assertEqual(set(self.services), {*published, "secrets", "postgres-users", "postgres-chat"})

    def test_every_container_is_bounded(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertEqual(service.get("mem_limit"), "1g")
                self.assertEqual(service.get("pids_limit"), 256)
                self.assertEqual(service.get("ulimits"), {"nofile": {"soft": "16384", "hard": "16384"}})
                self.assertEqual((service.get("read_only"), service.get("cap_drop")), (True, ["ALL"]))
                self.assertEqual(service.get("security_opt"), ["no-new-privileges:true"])

    def test_networks_join_only_those_who_need_each_other(self):
        networks = {name: set(service.get("networks", ())) for name, service in self.services.items()}
        self.assertEqual(networks.pop("secrets"), set())
        self.assertEqual(self.services["secrets"].get("network_mode"), "none")
        users, chat = {"users-1", "users-2"}, {"chat-1", "chat-2"}
        those_who_need_it = {"nodes": {"discovery", "gateway", "prometheus", *users, *chat},
                             "users-db": {"postgres-users", *users}, "chat-db": {"postgres-chat", *chat},
                             "watching": {"prometheus", "grafana"}}
        for network, expected in those_who_need_it.items():
            self.assertEqual({name for name, those in networks.items() if network in those}, expected, network)

    def test_code_is_watched(self):
        watched = {name: [each["action"] for each in service["develop"]["watch"]]
                   for name, service in self.services.items() if "develop" in service}
        self.assertEqual(watched, {"gateway": ["rebuild"]})  # which stands on all the others


if __name__ == "__main__":
    unittest.main(verbosity=2)
