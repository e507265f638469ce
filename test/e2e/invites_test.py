#!/usr/bin/python3
"""Invites: whoever has one comes in, as often as it may be used, whatever else happens at the same time."""

import collections
import datetime
import random
import threading
import time
import unittest

from clients import User, http
from cluster import Cluster
from harness import PASSWORD, Chat, EndToEnd, Postgres, unique

ACCESS = ("open", "private", "invited")
CROWD, USES = 20, 5


def make(person, room, **wanted):
    answer = person.chat("POST", f"/room/{room}/invites", wanted)
    assert answer.status == 201, answer
    return answer.json


def invites(person, room):
    answer = person.chat("GET", f"/room/{room}/invites")
    assert answer.status == 200, answer
    return answer.json["invites"]


def accept(person, invite, **more):
    return person.chat("POST", f"/invites/{invite}", **more)


def members(person, room):
    return set(person.chat("GET", f"/room/{room}/members?limit=500").json["members"])


def added(person, room):
    """Who was added, as the log has it, and by whom."""
    return [(entry["user"], entry["from"]) for entry in person.log(room) if entry.get("kind") == "add"]


class Invites(Chat):
    def test_bring_people_in(self):
        for access in ACCESS:
            with self.subTest(access):
                ada, bob, room = self.person(), self.person(), unique(access)
                ada.room(room=room, access=access)
                watcher = self.open(ada)
                watcher.join(room)
                made = make(ada, room, uses=3)
                self.assertEqual(made["url"], f"{self.server.chat_url}/#invite={made['invite']}")
                for _ in range(2):
                    answer = accept(bob, made["invite"])
                    self.assertEqual((answer.status, answer.json), (200, {"room": room, "role": "member"}))
                self.assertEqual(members(ada, room), {ada.name, bob.name})
                self.assertEqual(added(ada, room), [(bob.name, ada.name)])
                heard = watcher.wait(lambda: watcher.messages(room), "the entry")[0]
                self.assertEqual((heard["kind"], heard["user"], heard["from"]), ("add", bob.name, ada.name))
                self.assertEqual([one["uses_left"] for one in invites(ada, room)], [2])
                self.open(bob).join(room)
                self.assertEqual(bob.chat("GET", f"/room/{room}").json["role"], "member")
                audit = ada.chat("GET", f"/room/{room}/audit").json["entries"]
                self.assertEqual([entry["kind"] for entry in audit], ["add"])
                self.assertNotIn(made["invite"], self.server.log(last=10_000))

    def test_by_way_of_the_gateway(self):
        ada, bob, room = self.person(), self.person(), unique("den")
        ada.room(room=room, private=True)
        chat = self.server.gateway_url + "/chat"
        made = http("POST", f"{chat}/room/{room}/invites", {}, token=ada.token)
        self.assertEqual(made.status, 201)
        self.assertEqual(made.json["url"], f"{self.server.gateway_url}/#invite={made.json['invite']}")
        self.assertEqual(http("POST", f"{chat}/invites/{made.json['invite']}", token=bob.token).status, 200)
        listed = http("GET", f"{chat}/room/{room}/invites", token=ada.token).json["invites"]
        self.assertEqual([(one["id"], one["uses_left"], one["by"]) for one in listed], [(made.json["id"], 9, ada.name)])
        gone = http("DELETE", f"{chat}/room/{room}/invites/{made.json['id']}", token=ada.token)
        self.assertEqual((gone.status, invites(ada, room)), (204, []))

    def test_that_are_not_good_are_gone_alike(self):
        ada, bob, mod, eve, room = *(self.person() for _ in range(4)), unique("den")
        ada.room(room=room, private=True, members=[mod.name])
        ada.chat("PUT", f"/room/{room}/members/{mod.name}", {"role": "moderator"})
        used, revoked, of_mod, of_none = make(ada, room, uses=1), make(ada, room), make(mod, room), unique("room")
        self.assertEqual(accept(bob, used["invite"]).status, 200)
        self.assertEqual(accept(bob, used["invite"]).status, 200, "the same person again")
        self.assertEqual(ada.chat("DELETE", f"/room/{room}/invites/{revoked['id']}").status, 204)
        self.assertEqual(ada.chat("PUT", f"/room/{room}/bans/{mod.name}").status, 200)
        ada.room(room=of_none, access="invited")
        deleted = make(ada, of_none)
        self.assertEqual(ada.chat("DELETE", f"/room/{of_none}").status, 204)
        bodies = []
        for invite in (used["invite"], revoked["invite"], of_mod["invite"], deleted["invite"], "never", "no%20%C3%A9"):
            answer = accept(eve, invite)
            self.assert_problem(answer, 410, "gone")
            bodies.append({name: value for name, value in answer.json.items() if name != "request_id"})
        self.assertTrue(all(body == bodies[0] for body in bodies), bodies)
        self.assertEqual(members(ada, room), {ada.name, bob.name})

    def test_do_not_bring_back_who_is_banned(self):
        for access in ACCESS:
            with self.subTest(access):
                ada, eve, room = self.person(), self.person(), unique(access)
                ada.room(room=room, access=access)
                invite = make(ada, room)["invite"]
                until = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
                ban = {"reason": "spam", "until": until + "Z"}
                self.assertEqual(ada.chat("PUT", f"/room/{room}/bans/{eve.name}", ban).status, 200)
                answer = accept(eve, invite)
                self.assert_problem(answer, 403, "banned")
                self.assertEqual([answer.json[name] for name in ("by", "why", "until")],
                                 [ada.name, "spam", until + ".000Z"])
                self.assertEqual(ada.chat("DELETE", f"/room/{room}/bans/{eve.name}").status, 200)
                self.assertEqual(accept(eve, invite).status, 200)

    def test_are_for_moderators(self):
        ada, bob, eve, room = self.person(), self.person(), self.person(), unique("den")
        ada.room(room=room, private=True, members=[bob.name])
        id = make(ada, room)["id"]
        for who, status, code in ((bob, 403, "forbidden"), (eve, 404, "not_found")):
            for method, path in (("POST", ""), ("GET", ""), ("DELETE", "/" + id)):
                self.assert_problem(who.chat(method, f"/room/{room}/invites{path}"), status, code)
        self.assertEqual(http("POST", f"{self.server.chat_url}/invites/x").status, 401)

    def test_have_bounds(self):
        ada, room = self.person(), unique("den")
        ada.room(room=room, private=True)
        for wrong in ({"uses": 0}, {"uses": 10001}, {"uses": "1"}, {"expires_in": 3599}, {"expires_in": 31536001}):
            answer = ada.chat("POST", f"/room/{room}/invites", wrong)
            self.assert_problem(answer, 400, "bad_request")
            self.assertIn(f"`{next(iter(wrong))}`", answer.json["detail"])
        for good in ({"uses": 1}, {"uses": 10000}, {"uses": None}, {"expires_in": 3600}, {"expires_in": 31536000}):
            make(ada, room, **good)
        self.assertEqual([one["uses_left"] for one in invites(ada, room)], [1, 10000, None, 10, 10])
        first = invites(ada, room)[0]["id"]
        page = ada.chat("GET", f"/room/{room}/invites?limit=2&after={first}").json
        self.assertEqual(([one["uses_left"] for one in page["invites"]], page["more"]), ([10000, None], True))

    def test_go_with_their_maker(self):
        ada, mod, eve, room = self.person(), self.person(), self.person(), unique("hall")
        ada.room(room=room)
        self.assertEqual(ada.chat("PUT", f"/room/{room}/members/{mod.name}", {"role": "moderator"}).status, 200)
        invite, kept = make(mod, room)["invite"], make(ada, room)
        gone = http("DELETE", f"{self.server.gateway_url}/users/{mod.name}", {"password": PASSWORD}, token=mod.token)
        self.assertEqual(gone.status, 200, gone)
        self.assert_problem(accept(eve, invite), 410, "gone")
        self.assertEqual([one["id"] for one in invites(ada, room)], [kept["id"]])


class Crowds(EndToEnd):
    """More people come at once than an invite is for."""

    def come(self, crowd, invite, over=lambda: None):
        """Everybody comes, again until they are answered: the answers, by name."""
        answers, ready = {}, threading.Barrier(len(crowd) + 1)

        def one(person):
            ready.wait()
            while True:
                try:
                    answer = accept(person, invite, patience=5)
                except OSError:
                    answer = None
                if answer is not None and answer.status not in (502, 503, 504):
                    break
                time.sleep(0.02)
            answers[person.name] = answer.status

        threads = [threading.Thread(target=one, args=(person,)) for person in crowd]
        for thread in threads:
            thread.start()
        ready.wait()
        over()
        for thread in threads:
            thread.join()
        return answers

    def judge(self, ada, room, answers):
        came = {name for name, status in answers.items() if status == 200}
        self.assertEqual(collections.Counter(answers.values()), {200: USES, 410: CROWD - USES}, answers)
        self.assertEqual(members(ada, room), came | {ada.name})
        self.assertEqual(sorted(added(ada, room)), sorted((name, ada.name) for name in came))
        self.assertEqual(invites(ada, room), [])

    def crowd_into(self, server, access):
        ada, room = User(server), unique(access)
        crowd = [User(server) for _ in range(CROWD)]
        ada.room(room=room, access=access)
        self.judge(ada, room, self.come(crowd, make(ada, room, uses=USES)["invite"]))

    def kill_in_rounds(self, server, rounds=3):
        chance = random.Random()
        ada = User(server)
        crowd = [User(server) for _ in range(CROWD)]

        def kill():
            time.sleep(chance.random() * 0.08)
            server.kill()
            server.start()

        for _ in range(rounds):
            room = unique("den")
            ada.room(room=room, private=True)
            self.judge(ada, room, self.come(crowd, make(ada, room, uses=USES)["invite"], kill))


class OnSqlite(Crowds):
    def test_that_come_at_once(self):
        server = self.serve()
        for access in ACCESS:
            with self.subTest(access):
                self.crowd_into(server, access)

    def test_while_the_server_dies(self):
        self.kill_in_rounds(self.serve())


class OnPostgres(Crowds):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)

    def test_while_the_server_dies(self):
        self.kill_in_rounds(self.serve(users_db=self.postgres.url("users"), chat_db=self.postgres.url("chat")))

    def test_that_come_at_once_to_several_nodes(self):
        with Cluster(users=1, chat=2, postgres=self.postgres) as cluster:
            for access in ACCESS:
                with self.subTest(access):
                    self.crowd_into(cluster, access)


if __name__ == "__main__":
    unittest.main()
