"""The servers under test: Greenroom, the yardstick, and PostgreSQL, each started afresh on free ports and stopped again."""
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """A server's process, its output in a file that is shown when it fails."""

    def __init__(self, command, log, cpus=None, preexec=None):
        if cpus is not None:
            command = ["taskset", "-c", cpus, *command]
        self.log = Path(log)
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          cwd="/", start_new_session=True, preexec_fn=preexec)
        self.pid = self.child.pid

    def wait_until(self, ready, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.child.poll() is None:
            if ready():
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.child.args[0]} does not start:\n" + self.log.read_text(errors="replace")[-2000:])

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def listens(port):
    def ready():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    return ready


class Limit:
    arguments = ()

    def __init__(self, binaries, folder, cpus):
        self.ports = [free_port()]
        self.process = Process([binaries / "greenroom-limit", self.ports[0]], folder / "limit.log", cpus)
        self.process.wait_until(listens(self.ports[0]))
        self.pids = [self.process.pid]

    def stop(self):
        self.process.stop()


class Greenroom:
    """Loaded at the chat role's own port; with a PostgreSQL of its own where the database is that, on the same processors. With
    one node all roles are in one process. With `nodes` each chat node is a process, and a further one, whose CPU isn't counted,
    has discovery and users: two such nodes are compared with one such node.

    `via`: how clients connect. `chat`: at the chat role's port; `gateway`: at the gateway's, in the same process; `wss`: there,
    under TLS; `apart`: at a gateway that is a process of its own, beside the one with all other roles; `irc`: with IRC, at a
    port of the chat role's process.

    `under`: a program, with its flags, that runs the server's."""

    def __init__(self, binaries, folder, cpus, users, database="memory", extra=(), nodes=0, via="chat", under=()):
        self.binaries, self.folder, self.cpus, self.users, self.extra = binaries, folder, cpus, users, extra
        self.under = under
        self.cluster = Postgres(folder, cpus) if database == "postgresql" else None
        self.url = {"memory": "memory:", "sqlite": f"sqlite:{folder}/chat.db"}.get(database) or self.cluster.url
        self.link = f"127.0.0.1:{free_port()}"
        self.arguments = ("--header", "Authorization: Bearer {token}", "--tokens", users.tokens)
        self.ports, self.processes, self.pids = [], [], []
        if via == "irc":
            irc = free_port()
            self.arguments = ("--protocol", "irc", "--joining", "2000", "--tokens", users.tokens)
            self.extra = [*extra, "--irc-listen", f"127.0.0.1:{irc}", "--irc-outside", "20000",
                          "--irc-per-account", "20000"]
        elif via != "chat":
            self.arguments += ("--path", "/chat/room/{room}")
        if via == "wss":
            self.arguments += ("--tls",)
            self.extra = [*extra, *self.certificate()]
        try:
            if nodes:
                self.add("others", "discovery,users", self.link)
                self.pids = []
            for count in range(max(nodes, 1)):
                self.ports.append(free_port())
                roles = {"gateway": "discovery,users,chat,gateway", "wss": "discovery,users,chat,gateway"}.get(via, "discovery,users,chat")
                self.add(f"chat-{count}", "chat" if nodes else roles, f"127.0.0.1:{free_port()}" if nodes else self.link)
            if via == "apart":
                self.ports = [free_port()]
                self.add("gateway", "gateway", f"127.0.0.1:{free_port()}")
            if via == "irc":
                self.processes[0].wait_until(listens(irc))
                self.ports = [irc]
            if nodes > 1:
                time.sleep(2)  # until each has linked to the others
        except BaseException:
            self.stop()
            raise
        if self.cluster:
            self.pids.append(self.cluster.process.pid)

    def add(self, name, roles, link):
        port = self.ports[-1] if self.ports else free_port()
        listens_at = {role: port if role == roles.split(",")[-1] else free_port() for role in roles.split(",")}
        command = [*self.under, self.binaries / "greenroom", "serve", "--roles", roles, "--node", name, "--data-dir", self.folder / "data",
                   "--users-db", f"sqlite:{self.users.database}", "--chat-db", self.url, "--rate-limit", "off",
                   "--link-listen", link, "--discovery", self.link, "--max-connections", "20000",
                   "--max-connections-per-address", "20000", "--log-level", "warn", *self.extra]
        for role, at in listens_at.items():
            command += [f"--{role}-listen", f"127.0.0.1:{at}"]
        process = Process(command, self.folder / f"{name}.log", self.cpus)
        self.processes.append(process)
        self.pids.append(process.pid)
        plain = listens_at.get("chat", port)
        process.wait_until(lambda: subprocess.run(
            [self.binaries / "greenroom", "health", f"http://127.0.0.1:{plain}"], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode == 0)
        process.wait_until(listens(port))

    def certificate(self):
        """Flags for the gateway."""
        cert, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
        return ["--tls-cert", cert, "--tls-key", key]

    def kill(self):
        for process in self.processes:
            process.stop(signal.SIGKILL)

    def rows(self):
        """Messages in the database; when nobody has it open."""
        query = "select count(*) from messages"
        if self.cluster:
            return self.cluster.scalar(query)
        database = sqlite3.connect(self.folder / "chat.db")
        try:
            return database.execute(query).fetchone()[0]
        finally:
            database.close()

    def stop(self):
        for process in reversed(self.processes):
            process.stop()
        if self.cluster:
            self.cluster.stop()


class Users:
    """A users database with a token for each of them, made once and used by every server that is started."""

    def __init__(self, binaries, scratch, count):
        self.database, self.tokens = scratch / "users.db", scratch / "tokens"
        subprocess.run([binaries / "greenroom", "admin", "users", "create", "--count", str(count), "--prefix", "load",
                        "--tokens", self.tokens, "--users-db", f"sqlite:{self.database}", "--log-level", "warn"],
                       check=True, stdout=subprocess.DEVNULL)


def as_user(name):
    found = pwd.getpwnam(name)

    def become():
        os.initgroups(name, found.pw_gid)
        os.setgid(found.pw_gid)
        os.setuid(found.pw_uid)
    return become


class Postgres:
    """A private cluster, as durable as initdb makes it: fsync and synchronous_commit are on."""

    def __init__(self, scratch, cpus=None):
        self.folder, self.port = scratch / "postgres", free_port()
        self.user = as_user("postgres") if os.geteuid() == 0 else None
        self.folder.mkdir()
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.process = Process([self.program("postgres"), "-D", self.folder / "data", f"-cport={self.port}",
                                "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={self.folder}"],
                               scratch / "postgres.log", cpus, preexec=self.user)
        self.process.wait_until(lambda: subprocess.run(
            [self.program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0)
        self.run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", "chat")
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/chat"

    @staticmethod
    def program(name):
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
        if not found and not shutil.which(name):
            raise RuntimeError(f"{name} is missing: install the package postgresql")
        return found[-1] if found else Path(shutil.which(name))

    def run(self, name, *arguments):
        return subprocess.run([str(self.program(name)), *map(str, arguments)], check=True, cwd="/", preexec_fn=self.user,
                              stdout=subprocess.PIPE, text=True).stdout

    def scalar(self, query):
        return int(self.run("psql", "-At", "-c", query, self.url))

    def stop(self):
        self.process.stop(signal.SIGINT)
