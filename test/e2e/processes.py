"""The programs that the tests run: greenroom and PostgreSQL. None outlives its test."""

import ctypes
import json
import os
import pathlib
import pwd
import random
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import witness

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXECUTABLE = os.environ.get("GREENROOM_EXECUTABLE", str(ROOT / "build/release/greenroom"))
WITH_FAILPOINTS = EXECUTABLE + "-with-failpoints"
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
EVENT = re.compile(r"^\S+Z (\w+) +(\S+)", re.MULTILINE)


def wait_until(condition, what, within=10.0, every=0.02):
    """The first true value of `condition`."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(every)


_given = set()


def show_if_failed(case, log):
    """In `tearDown` or a cleanup: what `log()` says, if the test has failed. (By then `_outcome.success` is of the tearDown
    itself, not of the test.)"""
    result = case._outcome.result
    if any(case in (failed, getattr(failed, "test_case", None)) for failed, _ in result.failures + result.errors):
        print(f"---- the log, {case.id()}\n{log()}\n----", file=sys.stderr, flush=True)


def free_ports(count):
    """Ports below those that the system gives to outgoing connections, so that they stay free through a restart. Each is
    given once: whoever got one before may not listen yet."""
    ports = []
    while len(ports) < count:
        port = random.randrange(10000, 32000)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        ports.append(port)
    return ports


def dies_with_us(stop_signal):
    """For Popen's preexec_fn: the child ends when its parent does. A write over a limit of its files is an error for it,
    and not its end."""
    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    return prepare


class Server:
    """One greenroom with every role, on ports and in a folder of its own. Without rate limits, unless given some."""

    SEED_PORTS = {"gateway": 5000, "discovery": 8080, "chat": 8008, "users": 8010, "link": 7000, "metrics": 9100}

    def __init__(self, *options, ports=None, users_db=None, chat_db=None, rate_limits=("off",)):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-e2e-"))
        self.ports = ports or dict(zip(self.SEED_PORTS, free_ports(len(self.SEED_PORTS))))
        self.process = None
        self._log = self.folder / "server.log"
        words = ["--data-dir", self.folder / "data", "--node", "one", "--discovery", f"127.0.0.1:{self.ports['link']}"]
        for role, port in self.ports.items():
            witness.serves(port, role)
            words += [f"--{role}-listen", f"127.0.0.1:{port}"]
        for name, url in (("--users-db", users_db), ("--chat-db", chat_db)):
            words += [name, url] if url else []
        for limit in rate_limits:
            words += ["--rate-limit", limit]
        self.arguments = [EXECUTABLE, "serve", *map(str, words), *options]

    @property
    def gateway_url(self):
        return self.url("gateway")

    @property
    def operators_url(self):
        """The gateway's address for operators."""
        return self.url("metrics")

    @property
    def chat_url(self):
        return self.url("chat")

    @property
    def users_url(self):
        return self.url("users")

    def url(self, role):
        return f"http://127.0.0.1:{self.ports[role]}"

    def start(self, environment=None):
        """Returns when every role is ready. `environment`: variables of this life alone."""
        self.spawn(environment)
        wait_until(self._is_ready_or_ended, "the server is ready")
        return self

    def spawn(self, more=None):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GREENROOM_")}
        environment["GREENROOM_IRC_LISTEN"] = "off"  # its default is one port, which other tests' servers have too
        environment.update(more or {})
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=dies_with_us(signal.SIGKILL))

    def _is_ready_or_ended(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()}")
        return all(self.is_ready(role) for role in ("users", "chat", "gateway"))

    def is_ready(self, role):
        from clients import http  # it uses this module
        try:
            return http("GET", self.url(role) + "/readyz", patience=2).status == 200
        except OSError:
            return False

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, within=10.0):
        """SIGTERM; it must end by itself with 0. The seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server didn't end within {within} s of SIGTERM:\n{self.log()}") from None
        if code != 0:
            raise AssertionError(f"the server ended with {code} after SIGTERM:\n{self.log()}")
        return time.monotonic() - began

    def kill(self):
        self.process.kill()
        self.process.wait()

    def limit_files(self, size):
        """No file of the process grows over so many bytes; None: any may."""
        limit = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def remove(self):
        """In any state; deletes its data too."""
        if self.running:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, last=60):
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-last:])

    def events(self, level):
        """The names of the log's lines of that level."""
        return [event for grave, event in EVENT.findall(self._log.read_text(errors="replace")) if grave == level]


class Wire:
    """A TCP port that leads to another one, until it is cut: then nothing passes, and nobody is told."""

    def __init__(self, to):
        self._to = to
        self._whole = threading.Event()
        self._whole.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Returns the moment, by time.monotonic()."""
        self._whole.clear()
        return time.monotonic()

    def mend(self):
        self._whole.set()
        return time.monotonic()

    def close(self):
        self.mend()
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                return
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source, sink):
        try:
            while data := source.recv(65536):
                self._whole.wait()
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()


class Postgres:
    """A PostgreSQL of its own, with the databases `users` and `chat`; as durable as any."""

    SETTINGS = ("listen_addresses=127.0.0.1", "fsync=on", "synchronous_commit=on", "shared_buffers=32MB",
                "max_connections=50", "restart_after_crash=on", "log_min_messages=fatal")

    def __init__(self):
        self.binaries = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-pg-"))
        self.port = free_ports(1)[0]
        self.process = None
        self._identity = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
                  "--no-sync")
        self.start()
        for name in ("users", "chat"):
            self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres", name)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def rows(self, database, query):
        """A dict for each row that the query has."""
        told = self._ask("psql", "-X", "-q", "-A", "-t", "-d", database, "-c",
                         f"SELECT coalesce(json_agg(one), '[]') FROM ({query}) one")
        return json.loads(told)

    def dump(self, database):
        """All that its tables have, as text."""
        return self._ask("pg_dump", "-a", database)

    def _ask(self, program, *words):
        done = subprocess.run([str(self.binaries / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", *words],
                              cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def start(self):
        words = [self.binaries / "postgres", "-D", self.folder / "data", "-p", self.port, "-k", self.folder]
        for setting in self.SETTINGS:
            words += ["-c", setting]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([*map(str, words)], cwd="/", stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            preexec_fn=dies_with_us(signal.SIGQUIT), **self._identity)
        wait_until(self._is_ready, "PostgreSQL takes connections", within=30)
        return self

    def stop_at_once(self):
        """What `pg_ctl -m immediate stop` does: no goodbye, no checkpoint."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def pause(self):
        """All of its processes stand still; their connections stay."""
        self._signal_all(signal.SIGSTOP)

    def go_on(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, what):
        postmaster = self.process.pid
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            try:
                os.kill(pid, what)
            except ProcessLookupError:
                pass  # it ended meanwhile

    def query(self, database, sql):
        """Rows of text, by psql."""
        done = subprocess.run([str(self.binaries / "psql"), "-At", "-F", "\t", "-c", sql, self.url(database)],
                              capture_output=True, text=True, cwd="/", stdin=subprocess.DEVNULL,
                              env={**os.environ, "PGCONNECT_TIMEOUT": "5"})
        if done.returncode != 0:
            raise AssertionError(f"psql: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def remove(self):
        if self.process and self.process.poll() is None:
            self.stop_at_once()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("PostgreSQL ended:\n" + (self.folder / "log").read_text(errors="replace"))
        return self._call("pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port, "-U", "postgres").returncode == 0

    def _call(self, program, *words):
        return subprocess.run([str(self.binaries / program), *map(str, words)], cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **self._identity)

    def _run(self, program, *words):
        done = self._call(program, *words)
        if done.returncode != 0:
            raise AssertionError(f"{program}: {done.stdout}")
