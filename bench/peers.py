#!/usr/bin/env python3
"""Debian's chat servers beside Greenroom and the yardstick, on the same work in one run. What isn't installed is skipped.

  bench/peers.py                                        all (about an hour)
  bench/peers.py --peers nats,ejabberd --only rooms     some
  bench/peers.py --tables FILE                          the tables again, from an earlier run's results

Everything listens on 127.0.0.1. CPU per delivery as a multiple of limit's is what to compare.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peers_config
import tables
import workloads
from engine import Engine, Step, add_options
from servers import Greenroom, Limit, Postgres, Process, Users, free_port, listens

HERE = Path(__file__).resolve().parent
OURS = {"limit": None, "greenroom": "memory", "greenroom-pg": "postgresql", "greenroom-irc": "memory",
        "greenroom-irc-pg": "postgresql"}
XMPP = ("ejabberd", "ejabberd-pg", "prosody")
SCHEMA = "/usr/share/ejabberd/sql/pg.sql"
WORKLOADS = ["fanout10", "fanout100", "fanout1000", "bulk100", "serial100", "rooms", "lat100", "connect"]
QUICK_ACK = ["--quick-ack"]  # both IRC servers leave Nagle's algorithm on


def ejabberd(config, folder, _):
    # As ejabberdctl does it, but not distributed: nothing else listens.
    (folder / "spool").mkdir()
    code = sorted(Path("/usr/lib").glob("*-linux-gnu/ejabberd-*/ebin"))
    return ["env", f"EJABBERD_CONFIG_PATH={config}", f"EJABBERD_LOG_PATH={folder}/ejabberd.log", f"HOME={folder}",
            "ERL_MAX_ETS_TABLES=20000", "erl", "+K", "true", "+P", "250000", "+Q", "65536", "-noinput", "-pa", *code,
            "-mnesia", "dir", f'"{folder}/spool"', "-s", "ejabberd"]


def prosody(config, folder, _):
    (folder / "data").mkdir()
    return ["prosody", "--config", config, "-F"]


def uvicorn(_, __, port):
    return ["/usr/bin/python3", "-m", "uvicorn", "--app-dir", HERE / "peers", "uvicorn_app:app", "--host", "127.0.0.1", "--port", port,
            "--loop", "uvloop", "--http", "httptools", "--ws", "websockets", "--log-level", "warning", "--no-access-log",
            "--backlog", "4096"]


# name: (program that must be there, configuration, command, how it is loaded). InspIRCd completes logins once a second; ngIRCd's
# accept queue holds ten.
PEERS = {
    "nats": ("nats-server", peers_config.NATS, lambda c, f, p: ["nats-server", "-c", c], ["--protocol", "nats"]),
    "inspircd": ("inspircd", peers_config.INSPIRCD, lambda c, f, p: ["inspircd", "--config", c, "--nofork", "--nopid", "--runasroot"],
                 ["--protocol", "irc", "--joining", "2000", *QUICK_ACK]),
    "ngircd": ("ngircd", peers_config.NGIRCD, lambda c, f, p: ["ngircd", "-n", "-f", c],
               ["--protocol", "irc", "--joining", "8", *QUICK_ACK]),
    "ejabberd": ("ejabberdctl", peers_config.EJABBERD, ejabberd, ["--protocol", "xmpp"]),
    "ejabberd-pg": ("ejabberdctl", peers_config.EJABBERD_ARCHIVE, ejabberd, ["--protocol", "xmpp"]),
    "prosody": ("prosody", peers_config.PROSODY, prosody, ["--protocol", "xmpp"]),
    "uvicorn": ("uvicorn", "", uvicorn, ["--protocol", "lines"]),
}

ENDINGS = {"ejabberd": ".yml", "ejabberd-pg": ".yml", "prosody": ".cfg.lua"}  # they read no others


class Peer:
    """One of them, on a free port; with a PostgreSQL of its own, on the same processors, where it keeps what it is told."""

    def __init__(self, name, folder, cpus):
        _, configuration, command, self.arguments = PEERS[name]
        self.ports = [free_port()]
        config = folder / f"{name}{ENDINGS.get(name, '.conf')}"
        self.cluster = Postgres(folder, cpus) if "{database_port}" in configuration else None
        try:
            if self.cluster:
                self.cluster.run("psql", "-q", "-f", SCHEMA, self.cluster.url)
            database_port = self.cluster.port if self.cluster else 0
            config.write_text(configuration.format(port=self.ports[0], folder=folder, database_port=database_port))
            self.process = Process(command(config, folder, self.ports[0]), folder / f"{name}.log", cpus)
            self.process.wait_until(listens(self.ports[0]), 60)
        except BaseException:
            if self.cluster:
                self.cluster.stop()
            raise
        self.pids = [self.process.pid] + ([self.cluster.process.pid] if self.cluster else [])
        time.sleep(1)

    def stop(self):
        self.process.stop()
        if self.cluster:
            self.cluster.stop()


def is_there(name):
    program = PEERS[name][0]
    if name == "uvicorn":  # of the system's Python
        return subprocess.run(["/usr/bin/python3", "-c", "import fastapi, uvicorn, uvloop, httptools, websockets"],
                              stderr=subprocess.DEVNULL).returncode == 0
    return shutil.which(program) is not None


def plan(options, users):
    def start(name):
        if name == "limit":
            return lambda folder, cpus: Limit(options.build, folder, cpus)
        if name in OURS:
            return lambda folder, cpus: Greenroom(options.build, folder, cpus, users, OURS[name], options.server,
                                                   via="irc" if "-irc" in name else "chat")
        return lambda folder, cpus: Peer(name, folder, cpus)
    steps = []
    for workload in options.only:
        flags = {**workloads.TALK, **workloads.CONNECT}[workload]
        for run in range(options.runs):
            for name in options.peers:
                # Joining a thousand XMPP clients is a million presences; one turn of theirs takes seconds.
                slow = name in XMPP and workload in ("fanout1000", "rooms")
                if slow and workload == "fanout1000" and run > 0:
                    continue
                steps.append(Step(workload, name, start(name), flags, options.seconds * (4 if slow else 1)))
    return steps


def report(results):
    """CPU of each as a multiple of limit's, the least first; then a table for each workload."""
    parts, found = [], [r for r in results if "failed" not in r]
    names = list(dict.fromkeys(r["workload"] for r in found))
    costs = {name: tables.JOIN if name == "connect" else tables.COST for name in names}
    rows = []
    for name in names:
        labels = list(dict.fromkeys(r["label"] for r in found if r["workload"] == name))
        median = {label: tables.median(tables.rows_of(found, name, label), costs[name]) for label in labels}
        by_cost = sorted(labels, key=median.get)
        if median.get("limit"):
            rows.append([name, ", ".join(f"{label} {median[label] / median['limit']:.1f}" for label in by_cost if label != "limit")])
        if name == "connect":
            figures = (("joins/s", "joins_per_s", 0), ("CPU ms each", tables.JOIN, 3), ("KiB each", "rss_kb_per_connection", 1))
        else:
            figures = (("deliveries/s", "deliveries_per_s", 0), ("CPU s per million", tables.COST, 3), ("p50 us", "latency_us.p50", 0),
                       ("p99 us", "latency_us.p99", 0), ("MB", "server_rss_mb", 0), ("bytes each", "bytes_per_delivery", 0))
        parts.append(tables.table(name, ["server", *(">" + head for head, _, _ in figures), ">load's CPU", ">wrong", ">runs"], [
            [label, *(tables.number(tables.median(mine, key), digits) for _, key, digits in figures),
             tables.number(tables.median(mine, "bench_cpu_share")), tables.wrong(mine), len(mine)]
            for label in by_cost for mine in [tables.rows_of(found, name, label)]]))
    return "\n\n".join([tables.table("CPU as a multiple of limit's", ["workload", "the least first"], rows), *parts])


def read_options():
    root = HERE.parent
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(cli, root)
    cli.add_argument("--only", default=",".join(WORKLOADS), help=",".join([*workloads.TALK, *workloads.CONNECT]))
    cli.add_argument("--peers", default=",".join([*OURS, *PEERS]), help=",".join([*OURS, *PEERS]))
    cli.add_argument("--out", type=Path, default=root / "build" / "peers.json", help="every single result")
    cli.add_argument("--tables", type=Path, help="print the tables of an earlier run's results")
    options = cli.parse_args()
    options.only, options.peers = options.only.split(","), options.peers.split(",")
    unknown = set(options.only) - {*workloads.TALK, *workloads.CONNECT} | set(options.peers) - {*OURS, *PEERS}
    if unknown:
        cli.error("nothing is called " + ", ".join(sorted(unknown)))
    return options


def main():
    options = read_options()
    if options.tables:
        print(report(json.loads(options.tables.read_text())["results"]))
        return 0
    for name in [name for name in options.peers if name in PEERS and not is_there(name)]:
        print(f"SKIPPED: {name}, which isn't installed (.ci/install bench-peers)", file=sys.stderr)
        options.peers.remove(name)
    scratch = Path(tempfile.mkdtemp(prefix="greenroom-peers-", dir=options.scratch))
    scratch.chmod(0o755)
    try:
        engine = Engine(options, scratch)
        engine.run(plan(options, Users(options.build, scratch, 10_000 if "connect" in options.only else 1000)))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{engine.found['machine']}\n\n{report(engine.results)}\n\nEvery result: {options.out}")
    return 0 if not tables.wrong([r for r in engine.results if r["label"] in OURS]) else 1


if __name__ == "__main__":
    sys.exit(main())
