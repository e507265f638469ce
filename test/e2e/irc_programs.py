"""IRC programs of the distribution, as people run them. Each signs in as NAME, on a device of its own, and is in one room:

    say(text)   says something there
    shown()     what others said there, as it stands in the program's own log: (nick, text), in order
    arrivals()  how often it has joined the room
    end()       it and its files are gone
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import pexpect

from irc_client import Irc
from processes import ROOT, dies_with_us, free_ports


PASSWORD = "correct-horse"  # python3-irc says it as it is, whatever is in it


class Program:
    REPLAYS = True  # it hears what it missed

    def __init__(self, port, name, room):
        self.port, self.name, self.room = port, name, room
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-irc-"))
        self.start()

    def run(self, *words, **more):
        return subprocess.Popen([*map(str, words)], cwd=self.folder, env={**os.environ, "HOME": str(self.folder)}, text=True,
                                preexec_fn=dies_with_us(signal.SIGKILL), **more)

    def read(self, name):
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Irssi(Program):
    """In a terminal; its log is what its windows show."""

    CONFIG = """
servers = ( {{ address = "127.0.0.1"; chatnet = "green"; port = "{port}"; autoconnect = "yes"; }} );
chatnets = {{ green = {{ type = "IRC"; nick = "{name}"; sasl_mechanism = "PLAIN"; sasl_username = "{name}@irssi";
  sasl_password = "{password}"; }}; }};
channels = ( {{ name = "#{room}"; chatnet = "green"; autojoin = "yes"; }} );
settings = {{
  core = {{ real_name = "irssi"; user_name = "irssi"; nick = "{name}"; server_reconnect_time = "1s"; }};
  "fe-common/core" = {{ autolog = "yes"; autolog_path = "{folder}/$0.log"; autolog_level = "all -crap -clientcrap"; }};
}};
"""

    def start(self):
        config = self.folder / "config"
        config.write_text(self.CONFIG.format(port=self.port, name=self.name, room=self.room, password=PASSWORD, folder=self.folder))
        self.terminal = pexpect.spawn("irssi", ["--home", str(self.folder), "--config", str(config)], dimensions=(50, 200),
                                      env={**os.environ, "TERM": "xterm", "HOME": str(self.folder)})
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        while True:
            try:
                self.terminal.read_nonblocking(65536, None)
            except (pexpect.EOF, OSError, ValueError):
                return

    def say(self, text):
        self.terminal.send(f"/msg #{self.room} {text}\r")

    def shown(self):
        lines = re.findall(r"^(?:\d\d:\d\d )?<[ @+]?([\w-]+)> (.*)$", self.read(f"#{self.room}.log"), re.MULTILINE)
        return [(nick, text) for nick, text in lines if nick != self.name]

    def arrivals(self):
        return len(re.findall(rf"{self.name} \[.*has joined", self.read(f"#{self.room}.log")))

    def stop(self):
        self.terminal.close(force=True)


class WeeChat(Program):
    """Without a terminal, driven by its pipe; its log is what its buffers show."""

    def start(self):
        server = (f"/server add green 127.0.0.1/{self.port} -nicks={self.name} -sasl_mechanism=plain -sasl_username={self.name}@weechat "
                  f"-sasl_password={PASSWORD} -autojoin=#{self.room} -autoreconnect_delay=1")
        settings = {"fifo.file.path": self.folder / "pipe", "logger.file.path": self.folder, "logger.file.flush_delay": 0,
                    "irc.look.server_buffer": "independent", "logger.file.auto_log": "on"}
        words = [word for name, value in settings.items() for word in ("--run-command", f"/set {name} \"{value}\"")]
        self.process = self.run("weechat-headless", "--dir", self.folder / "home", *words, "--run-command", server,
                                "--run-command", "/connect green", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def say(self, text):
        with open(self.folder / "pipe", "w") as pipe:
            pipe.write(f"irc.green.#{self.room} *{text}\n")

    def _lines(self):
        return [line.split("\t", 2)[1:] for line in self.read(f"irc.green.#{self.room}.weechatlog").splitlines() if line.count("\t") >= 2]

    def shown(self):
        said = [(prefix.lstrip("@+ "), text) for prefix, text in self._lines() if re.fullmatch(r"[@+ ]?[A-Za-z][\w-]*", prefix)]
        return [(nick, text) for nick, text in said if nick != self.name]

    def arrivals(self):
        return sum(prefix == "-->" and text.startswith(self.name + " ") for prefix, text in self._lines())


class Znc(Program):
    """A bouncer; a client of ours is at it all the time, and keeps what it passes on."""

    CONFIG = """Version = 1.8.2
ConnectDelay = 1
ServerThrottle = 1
<Listener here>
  Port = {listen}
  Host = 127.0.0.1
  IPv6 = false
  SSL = false
</Listener>
<User {name}>
  Pass = plain#{password}
  Nick = {name}
  Ident = znc
  AutoClearChanBuffer = false
  <Network green>
    Server = 127.0.0.1 {port} {name}@znc:{server_password}
    <Chan #{room}>
    </Chan>
  </Network>
</User>
"""

    def start(self):
        self.client = None
        self.listen, = free_ports(1)
        folder = self.folder / "configs"
        folder.mkdir()
        (folder / "znc.conf").write_text(self.CONFIG.format(listen=self.listen, port=self.port, name=self.name, room=self.room,
                                                            password="open", server_password=PASSWORD))
        identity = {}
        if os.geteuid() == 0:  # as root it would wait for half a minute, to be told not to
            identity = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            for path in (self.folder, folder, folder / "znc.conf"):
                shutil.chown(path, "nobody", "nogroup")
        with open(self.folder / "log", "w") as log:
            self.process = self.run("znc", "--foreground", "--datadir", self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=log, **identity)
        self.heard = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while self.client is None and self.process.poll() is None:
            try:
                self.client = Irc(self.listen)
            except OSError:
                time.sleep(0.1)
        self.client.send(f"PASS {self.name}/green:open", f"NICK {self.name}", "USER u 0 * :U")
        while self.process.poll() is None:
            try:
                line = self.client.read(within=1)
            except (TimeoutError, OSError):
                continue
            if line is None:
                return
            self.heard.append(line)

    def say(self, text):
        self.client.send(f"PRIVMSG #{self.room} :{text}")

    def shown(self):
        return [(line.nick, line.parameters[-1]) for line in list(self.heard)
                if line.command == "PRIVMSG" and line.parameters[0] == f"#{self.room}" and line.nick != self.name]

    def arrivals(self):
        return sum(line.command == "JOIN" and line.nick == self.name for line in list(self.heard))

    def stop(self):
        super().stop()
        if self.client:
            self.client.close()


class Bot(Program):
    """irc_bot.py."""

    REPLAYS = False

    def start(self):
        self.heard = []
        self.process = self.run("/usr/bin/python3", "-B", ROOT / "test/e2e/irc_bot.py", self.port, self.name, PASSWORD, f"#{self.room}",
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.heard.append(tuple(json.loads(line)))

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def shown(self):
        return [one for one in list(self.heard) if one[0]]

    def arrivals(self):
        return self.heard.count(("", "joined"))


ALL = (Irssi, WeeChat, Znc, Bot)
