"""IRC on the wire: registration, rooms shared with websockets, echoes, labels, and what survives a death."""

import base64
import hashlib
import hmac
import pathlib
import re
import shutil
import ssl
import tempfile
import unittest

from cluster import Cluster
from clients import PASSWORD, User, http
from harness import unique
from irc_client import Irc
from processes import Server, free_ports, wait_until
from tls_test import TlsServer, make_certificate


def scram(client, name, password):
    """Signs in by SCRAM-SHA-256 (RFC 5802); the numerics that end it. Fails where the server doesn't know the password, too."""
    def say(text):
        client.send("AUTHENTICATE " + (base64.b64encode(text.encode()).decode() or "+"))

    def digest(key, text):
        return hmac.digest(key, text, "sha256")

    client.send("AUTHENTICATE SCRAM-SHA-256")
    client.wait("AUTHENTICATE")
    say(f"n,,n={name},r=abc")
    got = client.wait("AUTHENTICATE", "904")
    if got.command == "904":
        return ["904"]
    challenge = base64.b64decode(got.parameters[0]).decode()
    nonce, salt, rounds = (word[2:] for word in challenge.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
    key = digest(salted, b"Client Key")
    message = f"n={name},r=abc,{challenge},c=biws,r={nonce}".encode()
    mask = digest(hashlib.sha256(key).digest(), message)
    say(f"c=biws,r={nonce},p=" + base64.b64encode(bytes(a ^ b for a, b in zip(key, mask))).decode())
    got = client.wait("AUTHENTICATE", "904")
    if got.command == "904":
        return ["904"]
    signature = base64.b64encode(digest(digest(salted, b"Server Key"), message)).decode()
    assert base64.b64decode(got.parameters[0]).decode() == "v=" + signature, got
    say("")
    return [client.wait("900").command, client.wait("903").command]


class IrcCase(unittest.TestCase):
    """A server with IRC on `self.irc`."""

    @classmethod
    def setUpClass(cls):
        cls.irc, = free_ports(1)
        cls.server = Server("--irc-listen", f"127.0.0.1:{cls.irc}", "--irc-name", "irc.test", "--irc-network", "Tests",
                            "--irc-scram", "4096", "--irc-receipts", "1s")
        cls.addClassCleanup(cls.server.remove)
        cls.server.start()

    def person(self, name=None):
        """A user with an account."""
        return User(self.server, name or unique("p"))

    def client(self, name, *capabilities):
        client = Irc(self.irc)
        self.addCleanup(client.close)
        client.welcome = client.sign_in(name, *capabilities)
        return client

    def named(self, *capabilities):
        """A person, signed in over IRC."""
        who = self.person()
        client = self.client(who.name, *capabilities)
        client.nick = who.name
        return client


class Registration(IrcCase):
    def test_welcome(self):
        who = self.named()
        commands = [line.command for line in who.welcome]
        for numeric in ("001", "002", "003", "004", "005", "251", "255", "422", "221"):
            self.assertIn(numeric, commands)
        self.assertIn(who.nick, who.welcome[0].parameters[-1])

    def test_wrong_password_ends_the_connection(self):
        who = self.person()
        with Irc(self.irc) as client:
            client.send(f"PASS {who.name}:wrong", f"NICK {who.name}", "USER u 0 * :U")
            self.assertEqual(client.read().command, "464")
            self.assertEqual(client.read().command, "ERROR")
            self.assertIsNone(client.read())

    def test_scram_proves_the_password_to_both_sides(self):
        who = self.person()
        with Irc(self.irc) as client:
            client.send("CAP LS 302")
            self.assertIn("sasl=PLAIN,SCRAM-SHA-256", client.wait("CAP").parameters[-1].split())
            self.assertEqual(scram(client, who.name, PASSWORD), ["900", "903"])
            client.send(f"NICK {who.name}", "USER u 0 * :U", "CAP END")
            client.wait("221")
        with Irc(self.irc) as client:
            self.assertEqual(scram(client, who.name, "another password"), ["904"])
            self.assertEqual(scram(client, unique("nobody"), PASSWORD), ["904"])
            self.assertEqual(scram(client, who.name, PASSWORD), ["900", "903"])

    def test_register_makes_an_account(self):
        name = unique("new")
        with Irc(self.irc) as client:
            client.send("CAP REQ draft/account-registration", f"NICK {name}", "USER u 0 * :U",
                        "REGISTER * * correct-horse", "CAP END")
            self.assertEqual(client.wait("REGISTER").parameters[0], "SUCCESS")
            client.wait("221")
            client.send("JOIN #registered")
            client.wait("366")

    def test_outside_nothing_is_heard_of_rooms(self):
        with Irc(self.irc) as client:
            client.send("NICK stranger", "USER u 0 * :U")
            client.wait("221")
            client.send("JOIN #lobby", "PRIVMSG #lobby :hello")
            self.assertEqual(client.wait("477").parameters[1], "#lobby")
            self.assertEqual(client.wait("FAIL").parameters[1], "ACCOUNT_REQUIRED")

    def test_a_web_page_is_cut_off(self):
        with Irc(self.irc) as client:
            client.send("POST / HTTP/1.1", "Host: x", "", "NICK x")
            self.assertIsNone(client.read())

    def test_end_of_a_session_ends_the_connection(self):
        who = self.person()
        client = self.client(who.name)
        session = next(one for one in who.users("GET", "/sessions").json["sessions"] if "IRC" in one["client"])
        who.users("DELETE", "/sessions/" + session["id"])
        ended = client.wait("ERROR")
        self.assertEqual(ended.parameters, ["Signed out"])
        self.assertIsNone(client.read())


class Rooms(IrcCase):
    def test_irc_and_websockets_share_a_room(self):
        ada, bob = self.named("message-tags", "server-time"), self.named()
        web = self.person()
        room = unique("room")
        ada.send("JOIN #" + room)
        ada.wait("366")
        bob.send("JOIN #" + room)
        self.assertIn("@" + ada.nick, bob.wait("353").parameters[-1].split())
        bob.wait("366")
        socket = web.open()
        self.addCleanup(socket.close)
        socket.join(room)
        ada.send(f"PRIVMSG #{room} :from IRC")
        self.assertEqual(bob.wait("PRIVMSG").parameters, ["#" + room, "from IRC"])
        socket.wait_seq(room, 1)
        self.assertEqual([one["text"] for one in socket.messages(room)], ["from IRC"])
        socket.post(room, "from the web")
        for client in (ada, bob):
            got = client.wait("PRIVMSG")
            self.assertEqual((got.nick, got.parameters[-1]), (web.name, "from the web"))
        self.assertEqual([line for line in ada.sync() if line.command == "PRIVMSG"], [])

    def test_the_own_message_comes_with_echo_message_alone(self):
        ada, bob = self.named("echo-message", "labeled-response", "batch"), self.named()
        room = unique("room")
        for client in (ada, bob):
            client.send("JOIN #" + room)
            client.wait("366")
        ada.sync()
        ada.send(f"@label=L1 PRIVMSG #{room} :one")
        echo = [line for line in ada.sync() if line.command != "JOIN"]
        self.assertEqual([(line.command, line.tags.get("label")) for line in echo], [("PRIVMSG", "L1")])
        bob.send(f"PRIVMSG #{room} :two")
        self.assertEqual([line.parameters[-1] for line in bob.sync() if line.command == "PRIVMSG"], ["one"])

    def test_a_label_without_an_echo_is_acknowledged(self):
        ada = self.named("labeled-response", "batch")
        room = unique("room")
        ada.send("JOIN #" + room)
        ada.wait("366")
        ada.send(f"@label=L2 PRIVMSG #{room} :one", "@label=L3 PING x", f"@label=L4 JOIN #{room}")
        got = ada.sync()
        self.assertEqual([(line.command, line.tags.get("label")) for line in got],
                         [("ACK", "L2"), ("PONG", "L3"), ("ACK", "L4")])

    def test_part_topic_and_kick(self):
        ada, bob = self.named(), self.named()
        room = unique("room")
        for client in (ada, bob):
            client.send("JOIN #" + room)
            client.wait("366")
        bob.send(f"TOPIC #{room} :mine")
        self.assertEqual(bob.wait("482", "TOPIC").command, "482")
        ada.send(f"TOPIC #{room} :of the day")
        self.assertEqual(bob.wait("TOPIC").parameters[-1], "of the day")
        bob.send(f"PART #{room} :bye")
        self.assertEqual(bob.wait("PART").parameters, ["#" + room, "bye"])
        self.assertEqual(ada.wait("PART").nick, bob.nick)
        bob.send(f"PRIVMSG #{room} :outside", "JOIN #" + room)
        self.assertEqual(bob.wait("404").parameters[1], "#" + room)
        self.assertEqual(bob.wait("332").parameters[-1], "of the day")
        bob.wait("366")
        ada.send(f"KICK #{room} {bob.nick} :enough")
        self.assertEqual(bob.wait("KICK").parameters, ["#" + room, bob.nick, "enough"])
        bob.send(f"PRIVMSG #{room} :outside")
        self.assertEqual(bob.wait("404").parameters[1], "#" + room)

    def test_history(self):
        ada = self.named("message-tags", "batch", "draft/chathistory", "server-time")
        room = unique("room")
        ada.send("JOIN #" + room)
        ada.wait("366")
        ada.send(*(f"PRIVMSG #{room} :{n}" for n in range(5)))
        ada.sync()
        ada.send(f"CHATHISTORY LATEST #{room} * 3")
        got = ada.sync()
        self.assertEqual([line.parameters[-1] for line in got if line.command == "PRIVMSG"], ["2", "3", "4"])
        self.assertEqual(got[0].parameters[1], "chathistory")
        middle = got[2].tags["msgid"]
        ada.send(f"CHATHISTORY BEFORE #{room} msgid={middle} 10")
        self.assertEqual([line.parameters[-1] for line in ada.sync() if line.command == "PRIVMSG"], ["0", "1", "2"])
        ada.send(f"CHATHISTORY AFTER #{room} msgid={middle} 10")
        self.assertEqual([line.parameters[-1] for line in ada.sync() if line.command == "PRIVMSG"], ["4"])
        ada.send(f"CHATHISTORY AROUND #{room} msgid={middle} 3")
        self.assertEqual([line.parameters[-1] for line in ada.sync() if line.command == "PRIVMSG"], ["2", "3", "4"])

    def test_direct_messages_come_without_a_join(self):
        ada, bob = self.named("echo-message"), self.named()
        # Somebody who shares no room may have chosen not to be written to: both of these have chosen nothing.
        room = unique("room")
        ada.send("JOIN #" + room)
        ada.wait("366")
        ada.send(f"INVITE {bob.nick} #{room}")
        self.assertEqual(ada.wait("341").parameters[1:], [bob.nick, "#" + room])
        bob.wait("INVITE")
        ada.send(f"PRIVMSG {bob.nick} :psst")
        self.assertEqual(ada.wait("PRIVMSG", "531", "401").parameters, [bob.nick, "psst"])
        got = bob.wait("PRIVMSG")
        self.assertEqual((got.nick, got.parameters), (ada.nick, [bob.nick, "psst"]))
        bob.send(f"PRIVMSG {ada.nick} :what?")
        self.assertEqual(ada.wait("PRIVMSG").parameters, [ada.nick, "what?"])
        self.assertEqual([line for line in bob.sync() if line.command == "PRIVMSG"], [])
        ada.send("PRIVMSG nobody-at-all :psst")
        self.assertEqual(ada.wait("401").parameters[1], "nobody-at-all")


class Death(unittest.TestCase):
    def test_clients_of_a_gateway_outlive_a_chat_node(self):
        irc, = free_ports(1)
        with Cluster(users=1, chat=2, options={"gateway": ["--irc-listen", f"127.0.0.1:{irc}"]}) as cluster:
            names = [unique("p") for _ in range(2)]
            for name in names:
                answer = http("POST", cluster.nodes["users-1"].url + "/register",
                              {"username": name, "password": PASSWORD})
                self.assertEqual(answer.status, 201)
            with Irc(irc) as ada, Irc(irc) as bob:
                for client, name in zip((ada, bob), names):
                    client.sign_in(name)
                    client.send("JOIN #survivor")
                    client.wait("366")
                self._counts(ada)
                for round_ in range(2):
                    killed = cluster.nodes["chat-1" if round_ == 0 else "chat-2"]
                    ada.send("PRIVMSG #survivor :before the death")
                    bob.wait("PRIVMSG")
                    killed.kill()
                    ada.send("PRIVMSG #survivor :after the death")
                    self.assertEqual(bob.wait("PRIVMSG", within=30).parameters[-1], "after the death")
                    ada.sync()
                    killed.start()
                self.assertEqual([line for line in bob.sync() if line.command == "PRIVMSG"], [])


    def _counts(self, client):
        """The room lives elsewhere than the gateway."""
        client.send("LIST #survivor")
        self.assertEqual([line.parameters[1:3] for line in client.sync() if line.command == "322"], [["#survivor", "2"]])

        def seen():
            client.send("LUSERS")
            lines = {line.command: line.parameters for line in client.sync()}
            users, servers = re.match(r"There are 0 users and (\d+) invisible on (\d+) servers", lines["251"][-1]).groups()
            return users == "2" and int(servers) >= 4 and lines["254"][1] != "0"
        wait_until(seen, "all nodes are counted")


class Tls(unittest.TestCase):
    def test_over_tls(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="greenroom-irc-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        cert, key = make_certificate(folder)
        irc, = free_ports(1)
        server = TlsServer("--tls-cert", str(cert), "--tls-key", str(key), "--irc-tls-listen", f"127.0.0.1:{irc}")
        self.addCleanup(server.remove)
        server.start()
        answer = http("POST", server.users_url + "/register", {"username": "ada", "password": "correct horse"})
        self.assertEqual(answer.status, 201)
        with Irc(irc, ssl.create_default_context(cafile=cert)) as ada:
            ada.sign_in("ada", password="correct horse")
            ada.send("JOIN #secure", "WHOIS ada")
            ada.wait("366")
            ada.wait("671")


if __name__ == "__main__":
    unittest.main()
