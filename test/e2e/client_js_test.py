#!/usr/bin/python3
"""The package greenroom-client, as `npm pack` makes it, in Node against a real server."""

import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import threading
import unittest

from clients import Json, User, ws_url
from harness import EndToEnd, unique
from processes import dies_with_us, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "clients/js"
NODE = shutil.which("node")
TSC = shutil.which("tsc")


def why_not():
    """Why the client can't be run here, or nothing."""
    if not NODE:
        return "there is no node"
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return "" if int(version[1:].split(".")[0]) >= 20 else f"node is {version}, and it takes 20"


class Program:
    """A JavaScript program in a folder where the package is installed. What it prints is a JSON value a line."""

    def __init__(self, folder, file, *words, **environment):
        self.process = subprocess.Popen([NODE, "--no-warnings", "--experimental-websocket", file, *words], cwd=folder, text=True,
                                        stdout=subprocess.PIPE, stdin=subprocess.PIPE, env=os.environ | environment,
                                        preexec_fn=dies_with_us(9))
        self.said = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def tell(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.process.stdin.close()


# Does what it is told on its standard input, and says what it hears.
TALKER = """
import { createInterface } from 'node:readline';
import { connect } from 'greenroom-client';
import { file_storage } from 'greenroom-client/file_storage';

const say = (value) => console.log(JSON.stringify(value));
const { GREENROOM_URL: url, GREENROOM_TOKEN: token, ROOM, USER_NAME: user, FROM } = process.env;
const client = await connect({ url, token, user, storage: file_storage('./kept') });
client.on('state', ({ name }) => say({ state: name }));
say({ unsent: client.unsent.map(({ text }) => text) });
const room = await client.join(ROOM, { from: FROM ? JSON.parse(FROM) : undefined });
say({ joined: room.name, role: room.role });
room.on('entry', ({ seq, from, text, kind }) => say({ seq, from, text, kind }));
room.on('gone', ({ code, by }) => say({ gone: code, by }));
for await (const line of createInterface({ input: process.stdin })) {
  const { does, words = [] } = JSON.parse(line);
  const what = does === 'messages' || does === 'position' ? Promise.resolve(room[does]) : Promise.resolve(room[does](...words));
  what.then(
    (answer) => say({ did: does, answer }),
    (error) => say({ refused: does, code: error.code, message: error.message }),
  );
}
"""


@unittest.skipIf(why_not(), f"NOT TESTED: the client in Node: {why_not()}")
class ClientInNode(EndToEnd):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-client-js-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        installed = cls.folder / "node_modules"
        installed.mkdir()
        cls.install(installed / "greenroom-client")
        shutil.copy(installed / "greenroom-client/examples/bot.js", cls.folder / "bot.mjs")
        (cls.folder / "talker.mjs").write_text(TALKER)

    @classmethod
    def install(cls, to):
        """What `npm pack` makes; without npm, the files that it would take."""
        if not shutil.which("npm"):
            print("NOT TESTED: npm pack: there is no npm", flush=True)
            to.mkdir()
            for name in ("package.json", *json.loads((PACKAGE / "package.json").read_text())["files"]):
                (shutil.copytree if (PACKAGE / name).is_dir() else shutil.copy)(PACKAGE / name, to / name)
            return
        packed = subprocess.run(["npm", "pack", "--silent", "--offline", "--pack-destination", str(cls.folder), str(PACKAGE)],
                                cwd=cls.folder, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
        with tarfile.open(cls.folder / packed) as archive:
            archive.extractall(to.parent)
        (to.parent / "package").rename(to)

    def setUp(self):
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        self.server = self.serve()
        self.ada, self.bot, self.room = User(self.server), User(self.server), unique("room")
        self.ada.room(room=self.room)

    def program(self, file, **more):
        made = Program(self.folder, file, GREENROOM_URL=self.server.gateway_url, GREENROOM_TOKEN=self.bot.token, ROOM=self.room,
                       USER_NAME=self.bot.name, **more)
        self.addCleanup(made.kill)
        return made

    def talker(self, **more):
        made = self.program("talker.mjs", **more)
        self.hears(made, joined=self.room)
        return made

    def hears(self, program, **wanted):
        def found():
            return next((one for one in program.said if all(one.get(name) == value for name, value in wanted.items())), None)
        wait_until(found, f"{wanted} among {program.said}", within=20)
        return found()

    def person(self):
        socket = Json(ws_url(self.server.gateway_url) + "/chat/ws", token=self.ada.token)
        self.addCleanup(socket.drop)
        socket.join(self.room)
        return socket

    @staticmethod
    def seqs(program):
        return [one["seq"] for one in program.said if "seq" in one]

    def test_the_readmes_bot_answers_and_goes_on_where_it_was(self):
        self.assertLessEqual(len((PACKAGE / "examples/bot.js").read_text().splitlines()), 25)
        ada = self.person()
        bot = self.program("bot.mjs", FOLDER=str(self.folder / "bot"))
        wait_until(lambda: self.bot.name in ada.people(self.room), "the bot is here")
        ada.post(self.room, "!roll 1")
        wait_until(lambda: len(self.ada.log(self.room)) == 2, "it answers")
        wait_until((self.folder / "bot" / "position").exists, "it remembers where it is")
        wait_until(lambda: json.loads((self.folder / "bot" / "position").read_text())["seq"] == 2, "and that it has answered")
        bot.kill()
        ada.post(self.room, "!roll 1")
        ada.post(self.room, "thank you")
        self.program("bot.mjs", FOLDER=str(self.folder / "bot"))
        wait_until(lambda: len(self.ada.log(self.room)) == 5, "it answers what it missed")
        said = [(one["from"], one["text"], one.get("target")) for one in self.ada.log(self.room)]
        roll = (self.ada.name, "!roll 1", None)
        self.assertEqual(said, [roll, (self.bot.name, f"{self.ada.name}: 1", 1), roll, (self.ada.name, "thank you", None),
                                (self.bot.name, f"{self.ada.name}: 1", 3)])

    @unittest.skipUnless(TSC, "NOT TESTED: types of the client in JavaScript: there is no tsc")
    def test_a_typed_program_compiles_against_the_types(self):
        done = subprocess.run([TSC, "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext",
                               "--moduleResolution", "nodenext", "--skipLibCheck", "false", str(PACKAGE / "examples/types.ts")],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_sending_and_acting_is_answered_by_what_was_stored_or_by_a_refusal(self):
        program = self.talker()
        program.tell(does="send", words=["hello"])
        self.assertEqual(self.hears(program, did="send")["answer"]["seq"], 1)
        program.tell(does="edit", words=[1, "hello all"])
        program.tell(does="react", words=[1, "+1"])
        self.hears(program, did="react")
        program.tell(does="messages")
        [message] = self.hears(program, did="messages")["answer"]
        self.assertEqual((message["text"], message["edited"]["seq"]), ("hello all", 2))
        self.assertEqual(message["reactions"], [{"text": "+1", "count": 1, "mine": True}])
        program.tell(does="pin", words=[1])
        self.assertEqual(self.hears(program, refused="pin")["code"], "forbidden")
        self.ada.chat("PUT", f"/room/{self.room}/mutes/{self.bot.name}", {"reason": "too loud"})
        program.tell(does="send", words=["but"])
        refused = self.hears(program, refused="send")
        self.assertEqual(refused["code"], "muted")
        self.assertIn("too loud", refused["message"])
        program.tell(does="erase", words=[1])
        self.hears(program, did="erase")
        program.said.clear()
        program.tell(does="messages")
        self.assertEqual(self.hears(program, did="messages")["answer"], [])
        self.ada.chat("PUT", f"/room/{self.room}/bans/{self.bot.name}", {})
        self.assertEqual(self.hears(program, gone="banned")["by"], self.ada.name)

    def test_a_message_outlives_the_server_and_the_program_and_is_sent_once(self):
        program = self.talker()
        self.server.kill()
        self.hears(program, state="waiting")
        for text in ("one", "two"):
            program.tell(does="send", words=[text])
        wait_until(lambda: len([each for each in (self.folder / "kept").iterdir() if each.suffix != ".new"]) == 2, "both are kept")
        program.kill()
        self.server.start()
        after = self.talker()
        self.assertEqual(after.said[0], {"unsent": ["one", "two"]})
        wait_until(lambda: len(self.ada.log(self.room)) == 2, "both are sent")
        self.assertEqual([one["text"] for one in self.ada.log(self.room)], ["one", "two"])
        wait_until(lambda: not list((self.folder / "kept").iterdir()), "and not kept any more")

    def test_nothing_is_left_out_over_kills_and_a_long_absence(self):
        program = self.talker()
        ada = self.person()
        for n in range(5):
            ada.post(self.room, f"before {n}")
        wait_until(lambda: self.seqs(program) == [1, 2, 3, 4, 5], "all is heard")
        self.server.kill()
        self.server.start()
        ada = self.person()
        for n in range(700):
            ada.post(self.room, f"after {n}")
        wait_until(lambda: self.seqs(program) == list(range(1, 706)), f"all is heard again {self.seqs(program)[-3:]}", within=40)
        program.tell(does="position")
        position = self.hears(program, did="position")["answer"]
        program.kill()
        for n in range(600):
            ada.post(self.room, f"away {n}")
        after = self.talker(FROM=json.dumps(position))
        wait_until(lambda: self.seqs(after) == list(range(706, 1306)), f"what was missed is read {self.seqs(after)[:3]}", within=40)


if __name__ == "__main__":
    unittest.main()
