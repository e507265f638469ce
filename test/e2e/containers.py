"""`docker compose up` with images made from Debian's packages and the executable that was built here. Nothing of it
outlives its test but the images, which the next run finds again."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from processes import EXECUTABLE, ROOT, free_ports

BASE = "greenroom/base:bookworm"
PORTS = ("GATEWAY", "DISCOVERY", "CHAT_1", "CHAT_2", "USERS_1", "USERS_2", "PROMETHEUS", "GRAFANA", "IRC", "IRC_TLS")
NODES = ("discovery", "users-1", "users-2", "chat-1", "chat-2", "gateway")


def why_not():
    """Why there can be no containers here; empty if there can."""
    if not shutil.which("docker") or _call("docker", "info").returncode != 0:
        return "no container engine answers"
    if _call("docker", "compose", "version").returncode != 0:
        return "there is no `docker compose`"
    has_base = _call("docker", "image", "inspect", BASE).returncode == 0
    if not has_base and (os.geteuid() != 0 or not shutil.which("debootstrap")):
        return "the base image needs debootstrap and root"
    return ""


def make_base():
    """From Debian's packages, where an earlier run didn't."""
    run(str(ROOT / "deploy/offline/build"), "--base", patience=300)


def run(*words, patience=120, environment=None):
    """What it printed; a failure is the test's."""
    done = _call(*words, patience=patience, environment=environment)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def _call(*words, patience=120, environment=None):
    return subprocess.run(words, cwd=ROOT, env={**_environment(), **(environment or {})}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=patience)


def _environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("GREENROOM_", "COMPOSE_"))}


class Compose:
    """The project's own file and the one for machines without a registry, under a name and on ports of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-compose-"))
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        self.project = "greenroom-e2e-" + self.folder.name[-8:].lower()
        self._settings = {f"{name}_PORT": str(port) for name, port in self.ports.items()}
        self._settings |= {"IMAGE_TARGET": "prebuilt", "BASE_IMAGE": BASE, "GREENROOM_IMAGE": "greenroom/e2e",
                           "COMPOSE_ANSI": "never", "COMPOSE_PROGRESS": "plain"}
        files = (ROOT / "docker-compose.yml", ROOT / "deploy/offline/docker-compose.yml", self._build_from_here())
        self._words = ["docker", "compose", "-p", self.project, "--project-directory", str(ROOT)]
        for file in files:
            self._words += ["-f", str(file)]

    def _build_from_here(self):
        """A context with what the image of an executable needs, and a file that says so."""
        context = self.folder / "context"
        (context / "build/release").mkdir(parents=True)
        shutil.copy(EXECUTABLE, context / "build/release/greenroom")
        shutil.copytree(pathlib.Path(EXECUTABLE).parent / "web", context / "build/release/web")
        for name in ("Dockerfile", ".dockerignore", "LICENSE"):
            shutil.copy(ROOT / name, context)
        shutil.copytree(ROOT / ".ci", context / ".ci")
        file = self.folder / "context.json"
        file.write_text(json.dumps({"services": {name: {"build": {"context": str(context)}, "pull_policy": "never"}
                                                 for name in ("secrets", *NODES)}}))
        return file

    def url(self, port):
        return f"http://127.0.0.1:{self.ports[port]}"

    def __call__(self, *words, patience=120):
        return run(*self._words, *words, patience=patience, environment=self._settings)

    def build(self):
        # One after the other: the first makes the image that six more are named after.
        for service in ("secrets", "postgres-users", "prometheus"):
            self("build", service, patience=600)

    def up(self, *services):
        self("up", "--detach", "--no-build", "--wait", "--wait-timeout", "150", *services, patience=180)

    def containers(self):
        """By service: what `docker inspect` says of each, stopped ones too."""
        ids = self("ps", "--all", "--quiet").split()
        inspected = json.loads(run("docker", "inspect", *ids))
        return {one["Config"]["Labels"]["com.docker.compose.service"]: one for one in inspected}

    def remove(self):
        try:
            self("down", "--volumes", "--remove-orphans", "--timeout", "5")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
