"""Where it happens: the processes by name, whatever started them, and the databases."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import time
import types

from checker import Entry
from processes import wait_until

PATIENCE = 60  # seconds for a process to be ready again


class Stage:
    """`nodes`: {name: what can spawn, start, kill, stop and be asked}. `roles`: {role: names}. `databases`: {name: Postgres};
    `chat_database`: the name of the one that holds the rooms."""

    def __init__(self, nodes, roles, databases, chat_database, remove):
        self.nodes, self.roles, self.databases = nodes, roles, databases
        self._chat_database, self._remove = chat_database, remove
        # A process ends with the thread that started it: these live as long as the stage.
        self._threads = concurrent.futures.ThreadPoolExecutor(16)

    def begin(self, action, *more):
        """A future of what is done on one of the stage's threads."""
        return self._threads.submit(action, *more)

    @property
    def door(self):
        """What a client may know: the gateway."""
        gateway = self.nodes[self.roles["gateway"][0]].gateway_url
        return types.SimpleNamespace(users_url=gateway + "/users", chat_url=gateway + "/chat")

    def straight_to(self, name):
        """The chat node itself, past the gateway."""
        return types.SimpleNamespace(users_url=self.door.users_url, chat_url=self.nodes[name].chat_url)

    def targets(self):
        return {**self.roles, "postgres": sorted(self.databases)}

    def names(self):
        """Of the processes that ran at least once."""
        return [name for name, node in self.nodes.items() if node.process is not None]

    def exit_code(self, name):
        return self.nodes[name].process.poll()

    def pid(self, name):
        return self.nodes[name].process.pid

    def log(self, name, last):
        return self.nodes[name].log(last)

    def errors(self, name):
        return self.nodes[name].events("error")

    def kill(self, name):
        self.nodes[name].kill()

    def start(self, name):
        """Returns when it is ready; its database may be away just then."""
        self.nodes[name].spawn()
        self.wait_ready(name)

    def drain(self, name):
        """SIGTERM, and what it ended with; -9 if it had to be killed after 10 s."""
        process = self.nodes[name].process
        process.terminate()
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            self.nodes[name].kill()
            return process.returncode

    def signal(self, name, what):
        os.kill(self.pid(name), what)

    def wait_ready(self, name):
        def ready_or_ended():
            if self.exit_code(name) is not None:
                raise AssertionError(f"{name} ended with {self.exit_code(name)}:\n{self.log(name, 15)}")
            return all(self.nodes[name].is_ready(role) for role in self._roles_of(name))
        wait_until(ready_or_ended, f"{name} is ready", within=PATIENCE, every=0.05)

    def _roles_of(self, name):
        return [role for role, names in self.roles.items() if name in names and role in ("gateway", "chat", "users")]

    def restart_postgres(self, name, away):
        self.databases[name].stop_at_once()
        time.sleep(away)
        self.databases[name].start()

    def owners(self):
        """{room: node}, as the database has it."""
        return {row["name"]: row["node"] for row in self._rows("SELECT name, node FROM rooms")}

    def rooms_of(self, node):
        try:
            return sorted(room for room, owner in self.owners().items() if owner == node)
        except RuntimeError:
            return []  # PostgreSQL is away

    def log_of(self, room):
        """The room's log as the table has it."""
        rows = self._rows(f"SELECT m.seq, a.name, m.body, m.client_id FROM messages m JOIN rooms r ON r.id = m.room "
                          f"JOIN authors a ON a.id = m.author WHERE r.folded = '{room.lower()}' ORDER BY m.seq")
        return [Entry(row["seq"], row["name"], row["body"], row["client_id"]) for row in rows]

    def connections(self):
        """{database server: (connections, the most that it takes)}"""
        out = {}
        for name in self.databases:
            row = self._rows("SELECT count(*) AS used, current_setting('max_connections')::int AS most FROM pg_stat_activity "
                             "WHERE backend_type = 'client backend'", name)[0]
            out[name] = (row["used"], row["most"])
        return out

    def weights(self):
        """{node: (resident megabytes, open files)} of those that run."""
        out = {}
        for name in self.names():
            if self.exit_code(name) is None:
                proc = pathlib.Path(f"/proc/{self.pid(name)}")
                pages = int((proc / "statm").read_text().split()[1])
                out[name] = (pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(os.listdir(proc / "fd")))
        return out

    def _rows(self, query, database=None):
        postgres = self.databases[database or self._chat_database]
        done = subprocess.run(
            [str(postgres.binaries / "psql"), "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", str(postgres.port), "-U",
             "postgres", "-d", "chat" if database is None else "postgres", "-c",
             f"SELECT coalesce(json_agg(one), '[]') FROM ({query}) one"],
            cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def keep_logs(self, folder):
        """A file of each process that ran."""
        for name in self.names():
            (folder / f"{name}.log").write_text(self.log(name, 10 ** 9))

    def remove(self):
        self._remove()
        self._threads.shutdown()
