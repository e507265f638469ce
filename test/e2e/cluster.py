"""A whole cluster of real processes: discovery, users, chat nodes, a gateway, and their databases.

    class Talk(unittest.TestCase):
        def test_it(self):
            cluster = Cluster(users=2, chat=2)      # or: with Cluster() as cluster: …
            self.addCleanup(cluster.remove)
            cluster.start()
            ada = User(cluster)                     # clients.User goes through the gateway
            bob = User(cluster.on("chat-2", "users-1"))     # or straight to nodes
            cluster.nodes["chat-1"].kill()
            cluster.wait_for_view(lambda names: "chat-1" not in names)

Every node runs on 127.0.0.1, on ports and in a folder of its own, with one cluster secret; both databases are PostgreSQL's, for
nodes of a role must share theirs. Nothing outlives `remove`. Where PostgreSQL isn't installed, making a Cluster raises
unittest.SkipTest, which skips the test loudly.
"""

import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from types import SimpleNamespace

import witness
from clients import http
from processes import EVENT, EXECUTABLE, Postgres, dies_with_us, free_ports, wait_until

ROLE_OF = {"discovery": "discovery", "users": "users", "chat": "chat", "gateway": "gateway"}


def environment_with(more=None):
    """Ours, without what would configure a greenroom, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
    kept["GREENROOM_IRC_LISTEN"] = "off"  # its default is one port, which other tests' gateways have too
    kept.update(more or {})
    return kept


class Node:
    """One process of a cluster. `cluster.nodes["chat-1"]`; its name says its role."""

    def __init__(self, cluster, name, options=(), env=None):
        self.cluster = cluster
        self.name = name
        self.role = ROLE_OF[name.split("-")[0]]
        self.folder = cluster.folder / name
        self.folder.mkdir()
        self.port, self.link_port, self.metrics_port = free_ports(3)
        witness.serves(self.port, self.role)
        witness.serves(self.metrics_port, "metrics")
        self.options = [str(option) for option in options]
        self.env = dict(env or {})
        self.secret_file = cluster.secret_file
        self.process = None
        self.started_at = None
        self._log = self.folder / "log"

    @property
    def url(self):
        """Where this node's role answers HTTP: `/status`, `/readyz`, and its own API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def operators_url(self):
        """Where this node answers operators: a gateway has a listener for them."""
        return f"http://127.0.0.1:{self.metrics_port}" if self.role == "gateway" else self.url

    @property
    def arguments(self):
        """The command line; `cluster.options` for all nodes, then the node's own."""
        words = [EXECUTABLE, "serve", "--roles", self.role, "--node", self.name, "--data-dir", self.folder / "data",
                 f"--{self.role}-listen", f"127.0.0.1:{self.port}", "--link-listen", f"127.0.0.1:{self.link_port}",
                 "--discovery", f"127.0.0.1:{self.cluster.discovery_link_port}",
                 "--cluster-secret-file", self.secret_file]
        if self.role == "gateway":
            words += ["--metrics-listen", f"127.0.0.1:{self.metrics_port}"]
        if self.role == "users" and "--users-db" not in self.options:
            words += ["--users-db", self.cluster.postgres_users.url("users")]
        if self.role == "chat" and "--chat-db" not in self.options:
            words += ["--chat-db", self.cluster.postgres_chat.url("chat")]
        return [*map(str, words), *self.cluster.options, *self.options]

    def spawn(self, env=None):
        """Starts it and doesn't wait. `env`: variables of this life alone, like GREENROOM_FAILPOINT."""
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments, cwd=self.folder, env=environment_with({**self.env, **(env or {})}),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=dies_with_us(signal.SIGKILL))
        self.started_at = time.monotonic()
        return self

    def start(self, env=None, within=20.0):
        """Starts it and returns when it is ready: users and chat in the view, a gateway with both behind it."""
        self.spawn(env)
        return self.wait_ready(within)

    def wait_ready(self, within=20.0):
        def ready_or_ended():
            if not self.running:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.log()}")
            return self.is_ready()
        wait_until(ready_or_ended, f"{self.name} is ready\n{self.log(15)}", within)
        return self

    def is_ready(self):
        """Whether /readyz is 200."""
        try:
            return http("GET", self.url + "/readyz", patience=2).status == 200
        except OSError:
            return False

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9. Returns the moment, by time.monotonic()."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        moment = time.monotonic()
        self.process.wait()
        return moment

    def pause(self):
        """SIGSTOP: when this returns it stands still, and its sockets stay. Returns the moment."""
        self.process.send_signal(signal.SIGSTOP)
        # The other threads run on until the one that takes the signal has had its turn.
        wait_until(lambda: all(thread.read_text().rpartition(")")[2].split()[0] == "T"
                               for thread in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/stat")),
                   "the process stands still", every=0.001)
        return time.monotonic()

    def resume(self):
        """SIGCONT after `pause`."""
        self.process.send_signal(signal.SIGCONT)
        return time.monotonic()

    def stop(self, within=12.0):
        """SIGTERM: it drains and must end by itself with 0. Returns the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.wait_ended(within)
        return time.monotonic() - began

    def wait_ended(self, within=12.0, code=0):
        """Waits for the process to end by itself, with that status."""
        try:
            ended = self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} didn't end within {within} s:\n{self.log()}") from None
        if code is not None and ended != code:
            raise AssertionError(f"{self.name} ended with {ended}, not {code}:\n{self.log()}")
        return ended

    def restart(self, env=None, hard=False, within=20.0):
        """Ends it (`hard`: by kill -9, else by SIGTERM) and starts it again on the same ports; returns when it is ready."""
        if self.running:
            self.kill() if hard else self.stop()
        return self.start(env, within)

    def status(self):
        """The JSON of /status."""
        return http("GET", self.operators_url + "/status").json

    def metric(self, name):
        """The value of a metric by its name with labels as the text has it, like `greenroom_links`; 0 if it is absent."""
        for line in http("GET", self.operators_url + "/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        return 0.0

    def log(self, last=60):
        """The last lines of all its lives."""
        if not self._log.exists():
            return ""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-last:])

    def events(self, level):
        """The names of the log's lines of that level: info, warn, error."""
        return [event for grave, event in EVENT.findall(self._log.read_text(errors="replace")) if grave == level]


class Cluster:
    """discovery, users-1 …, chat-1 …, gateway.

    users, chat  how many nodes of that role
    postgres     None: one server with both databases; "two": a server for each; or a processes.Postgres to use, which
                 stays when the cluster is removed
    options      for all nodes a list, or {"chat-1": […], "chat": […], "all": […]} by node, role, or all
    env          {"chat-1": {"GREENROOM_FAILPOINT": "…"}, …}, of every life of that node
    rate_limits  as --rate-limit takes them
    """

    def __init__(self, users=2, chat=2, postgres=None, options=None, env=None, rate_limits=("off",)):
        self.folder = None
        self.nodes = {}
        self._databases = []
        if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not isinstance(postgres, Postgres):
            raise unittest.SkipTest("SKIPPED LOUDLY: a cluster needs PostgreSQL, which is not installed here")
        by_name = options if isinstance(options, dict) else {"all": options or []}
        self.options = [str(word) for limit in rate_limits for word in ("--rate-limit", limit)]
        self.options += ["--io-threads", "2", "--scheduler-threads", "2"]
        self.options += [str(option) for option in by_name.get("all", [])]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-cluster-"))
        try:
            self.secret_file = self.folder / "secret"
            self.secret_file.write_text(secrets.token_hex(32) + "\n")
            self.secret_file.chmod(0o600)
            self._take_databases(postgres)
            names = ["discovery", *(f"users-{n + 1}" for n in range(users)), *(f"chat-{n + 1}" for n in range(chat)),
                     "gateway"]
            for name in names:
                own = [*by_name.get(name.split("-")[0], [])] if "-" in name else []
                self.add(name, [*own, *by_name.get(name, [])], (env or {}).get(name))
        except BaseException:
            self.remove()
            raise

    def _take_databases(self, postgres):
        if isinstance(postgres, Postgres):
            self.postgres_users = self.postgres_chat = postgres
            return
        self.postgres_users = Postgres()
        self._databases.append(self.postgres_users)
        self.postgres_chat = self.postgres_users
        if postgres == "two":
            self.postgres_chat = Postgres()
            self._databases.append(self.postgres_chat)

    def add(self, name, options=(), env=None):
        """One more node, like "chat-3"; it is not started."""
        self.nodes[name] = Node(self, name, options, env)
        return self.nodes[name]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    @property
    def discovery_link_port(self):
        return self.nodes["discovery"].link_port

    def start(self, within=30.0):
        """All nodes at once; returns when every one is ready and all are in the view."""
        for node in self.nodes.values():
            node.spawn()
        end = time.monotonic() + within
        for node in self.nodes.values():
            node.wait_ready(max(1.0, end - time.monotonic()))
        self.wait_for_view(lambda names: names == set(self.nodes), max(1.0, end - time.monotonic()))
        return self

    def view(self):
        """Discovery's /status."""
        return self.nodes["discovery"].status()

    def members(self):
        """The names of the nodes that discovery has in its view; none while it is away."""
        return self._members_after(0)[1]

    def _members_after(self, index):
        """The view's index and names, when it is newer than `index`, or after 0.2 s."""
        try:
            answer = http("GET", self.url("discovery") + f"/nodes?index={index}&wait=200ms").json
            return answer["index"], {node["node"] for node in answer["nodes"]}
        except (OSError, ValueError, KeyError):
            time.sleep(0.05)
            return 0, set()

    def wait_for_view(self, condition, within=10.0):
        """Waits until `condition(names of the nodes in discovery's view)`. Returns the moment."""
        end = time.monotonic() + within
        index, names = self._members_after(0)
        while not condition(names):
            if time.monotonic() > end:
                raise AssertionError(f"the view isn't as wanted within {within} s: {names}\n{self.log(15)}")
            index, names = self._members_after(index)
        return time.monotonic()

    def of_role(self, role):
        return [node for node in self.nodes.values() if node.role == role]

    def url(self, name):
        return self.nodes[name].url

    @property
    def gateway_url(self):
        return self.url("gateway")

    @property
    def users_url(self):
        """The users API, through the gateway."""
        return self.gateway_url + "/users"

    @property
    def chat_url(self):
        """The chat API, through the gateway."""
        return self.gateway_url + "/chat"

    def on(self, chat="chat-1", users="users-1"):
        """The same for clients.User, but straight to two nodes, past the gateway."""
        return SimpleNamespace(chat_url=self.url(chat), users_url=self.url(users), gateway_url=self.gateway_url)

    def admin(self, *words, patience=20):
        """`greenroom admin WORDS` with this cluster's secret. A subprocess.CompletedProcess with text."""
        arguments = [EXECUTABLE, "admin", *map(str, words), "--discovery", f"127.0.0.1:{self.discovery_link_port}",
                     "--cluster-secret-file", str(self.secret_file)]
        return subprocess.run(arguments, cwd=self.folder, env=environment_with(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=patience)

    def owner_of(self, room):
        """The node on which a room is live now, as the chat database has it; None if it never was."""
        found = self.query("chat", f"SELECT node FROM rooms WHERE folded = lower('{room}')")
        return found[0][0] or None if found else None

    def query(self, database, sql):
        """Rows of text of `users` or `chat`, by psql."""
        server = self.postgres_users if database == "users" else self.postgres_chat
        return server.query(database, sql)

    def log(self, last=40):
        """The last lines of every node."""
        return "\n".join(f"---- {name}\n{node.log(last)}" for name, node in self.nodes.items())

    def errors(self):
        """The names of all error lines in the logs, with their node."""
        return [(name, event) for name, node in self.nodes.items() for event in node.events("error")]

    def remove(self):
        """Ends everything, in whatever state it is; data go with it."""
        for node in self.nodes.values():
            if node.running:
                node.kill()
        for server in self._databases:
            server.remove()
        self._databases = []
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

