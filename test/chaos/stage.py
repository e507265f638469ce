"""The stage: a cluster of real processes on two PostgreSQL servers, and the faults that can be applied to it by name."""

import concurrent.futures
import os
import pathlib
import time
import types

from cluster import Cluster
from processes import free_ports
from tables import Tables

PATIENCE = 60  # seconds for a process to be ready again: its database may be away


class Stage:
    """Started when it is made. `chat-3` joins only where a fault wants it."""

    def __init__(self):
        # A process ends with the thread that started it: these live as long as the stage.
        self._threads = concurrent.futures.ThreadPoolExecutor(16)
        self.irc_port, = free_ports(1)
        self.cluster = Cluster(users=2, chat=2, postgres="two", options={"gateway": ["--irc-listen", f"127.0.0.1:{self.irc_port}"]})
        try:
            self.cluster.start()
            self.cluster.add("chat-3")
        except BaseException:
            self.cluster.remove()
            raise
        self.databases = {"postgres-users": self.cluster.postgres_users, "postgres-chat": self.cluster.postgres_chat}
        self.tables = Tables(lambda query: self.databases["postgres-chat"].rows("chat", query))

    def begin(self, action, *more):
        """A future of what is done on one of the stage's threads."""
        return self._threads.submit(action, *more)

    @property
    def chat_nodes(self):
        return ["chat-1", "chat-2"]

    def targets(self):
        """{role: names}, for a plan of faults."""
        return {"discovery": ["discovery"], "users": ["users-1", "users-2"], "chat": self.chat_nodes, "extra": ["chat-3"],
                "gateway": ["gateway"], "postgres": sorted(self.databases)}

    def straight_to(self, name):
        """For clients.User: that chat node, past the gateway."""
        return types.SimpleNamespace(users_url=self.cluster.users_url, chat_url=self.cluster.url(name))

    def names(self):
        """Of the processes that ran at least once."""
        return [name for name, node in self.cluster.nodes.items() if node.process is not None]

    def exit_code(self, name):
        """None while it runs."""
        return self.cluster.nodes[name].process.poll()

    def log(self, name, last):
        return self.cluster.nodes[name].log(last)

    def kill(self, name):
        """The moment."""
        return self.cluster.nodes[name].kill()

    def start(self, name):
        """Returns when it is ready."""
        self.cluster.nodes[name].start(within=PATIENCE)

    def drain(self, name):
        """SIGTERM: it must end by itself, with 0, within 10 s."""
        self.cluster.nodes[name].stop(within=10.0)

    def pause(self, name):
        """The moment."""
        return self.cluster.nodes[name].pause()

    def resume(self, name):
        self.cluster.nodes[name].resume()
        self.cluster.nodes[name].wait_ready(PATIENCE)

    def restart_postgres(self, name, away):
        """What `pg_ctl -m immediate restart` does, with a pause; returns when it takes connections again."""
        self.databases[name].stop_at_once()
        time.sleep(away)
        self.databases[name].start()

    def owners(self):
        """{room: node}, as the database has it."""
        return {row["name"]: row["node"] for row in self.databases["postgres-chat"].rows("chat", "SELECT name, node FROM rooms")}

    def rooms_of(self, node):
        """None known while PostgreSQL is away."""
        try:
            return sorted(room for room, owner in self.owners().items() if owner == node)
        except RuntimeError:
            return []

    def everything(self):
        """All that the chat database has in its tables, as one text."""
        return self.databases["postgres-chat"].dump("chat")

    def connections(self):
        """{database server: (connections, the most that it takes)}"""
        query = ("SELECT count(*) AS used, current_setting('max_connections')::int AS most FROM pg_stat_activity "
                 "WHERE backend_type = 'client backend'")
        return {name: tuple(database.rows("postgres", query)[0].values()) for name, database in self.databases.items()}

    def weights(self):
        """{node: (resident megabytes, open files)} of those that run."""
        out = {}
        for name in self.names():
            if self.exit_code(name) is None:
                proc = pathlib.Path(f"/proc/{self.cluster.nodes[name].process.pid}")
                pages = int((proc / "statm").read_text().split()[1])
                out[name] = (pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(os.listdir(proc / "fd")))
        return out

    def keep_logs(self, folder):
        """A file of each process that ran."""
        for name in self.names():
            (folder / f"{name}.log").write_text(self.log(name, 10 ** 9))

    def remove(self):
        self.cluster.remove()
        self._threads.shutdown()
