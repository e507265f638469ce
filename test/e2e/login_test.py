"""Logging in while others try to guess, or to keep everybody out. Each client has an address of its own on loopback."""

import asyncio
import json
import unittest
import urllib.parse

import witness
from harness import PASSWORD, EndToEnd, User, unique


async def post(url, path, body, address="127.0.0.1", token=None):
    """The answer's status and code, from a client with this address."""
    at = urllib.parse.urlsplit(url)
    text = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection(at.hostname, at.port, local_addr=(address, 0))
    try:
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (f"POST {at.path}{path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n{bearer}"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n")
        writer.write(head.encode() + text)
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        status = int(head.split()[1])
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        witness.answered(url + path, witness.asked("POST", url + path, {"Authorization": bearer} if bearer else {}, text), status, fields, answer)
        return status, json.loads(answer).get("code")
    finally:
        writer.close()


class Guesses(EndToEnd):
    def test_nobody_can_lock_a_person_out(self):
        server = self.serve(rate_limits=("auth=off",))
        ada = User(server)

        async def run():
            wrong = {"username": ada.name, "password": "a guess"}
            right = {"username": ada.name, "password": PASSWORD}
            guesses = [await post(server.users_url, "/login", wrong, "127.0.0.9") for _ in range(11)]
            self.assertEqual(guesses, [(401, "bad_credentials")] * 10 + [(429, "rate_limited")])
            self.assertEqual((await post(server.users_url, "/login", right, "127.0.0.9"))[0], 429)
            self.assertEqual((await post(server.users_url, "/login", right))[0], 200)
            change = {"old_password": PASSWORD, "new_password": PASSWORD + "2"}
            self.assertEqual((await post(server.users_url, "/password", change, "127.0.0.9", ada.token))[0], 200)

        asyncio.run(run())

    def test_a_flood_of_unknown_names_delays_a_login_by_one_round(self):
        server = self.serve(rate_limits=("auth=off",))
        ada = User(server)

        async def run():
            done = []

            async def guess(address):
                try:
                    done.append(await post(server.users_url, "/login", {"username": unique("x"), "password": "?"}, address))
                except (OSError, ValueError, IndexError) as gone:
                    done.append((0, str(gone)))

            flood = [asyncio.ensure_future(guess(f"127.0.1.{1 + n % 40}")) for n in range(400)]
            await asyncio.sleep(0.5)
            before = len(done)
            right = {"username": ada.name, "password": PASSWORD}
            answers = [await post(server.users_url, "/login", right, "127.0.2.1")]  # never seen before
            round_took = sum(1 for status, _ in done[before:] if status == 401)
            answers.append(await post(server.users_url, "/login", right))  # seen before
            await asyncio.gather(*flood)
            self.assertEqual([status for status, _ in answers], [200, 200])
            self.assertLess(round_took, 100, "hashes of others before it")
            self.assertEqual({status for status, _ in done}, {401, 503}, "the flood is refused where it has most")

        asyncio.run(run())


if __name__ == "__main__":
    unittest.main()
