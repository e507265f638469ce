#!/usr/bin/python3
"""A bot as people write them, on python3-irc: tells on its output what it hears, says what its input tells it, and comes back.

irc_bot.py PORT NAME PASSWORD ROOM. Input: a line of text for the room. Output: JSON a line, [nick, text] or ["", event].
"""

import json
import select
import sys

import irc.client


def tell(*what):
    print(json.dumps(what), flush=True)


def main(port, name, password, room):
    client = irc.client.IRC()
    connection = client.server()

    def welcome(one, _):
        one.send_raw(f"MODE {name} +B")
        one.join(room)

    def come_back(*_):
        try:
            connection.connect("127.0.0.1", int(port), name, password=f"{name}:{password}", username="bot")
        except irc.client.ServerConnectionError:
            client.execute_delayed(0.2, come_back)

    client.add_global_handler("welcome", welcome)
    client.add_global_handler("endofnames", lambda *_: tell("", "joined"))
    client.add_global_handler("pubmsg", lambda _, event: tell(event.source.nick, event.arguments[0]))
    client.add_global_handler("disconnect", lambda *_: client.execute_delayed(0.2, come_back))
    come_back()
    while True:
        client.process_once(0.05)
        while select.select([sys.stdin], [], [], 0)[0]:
            line = sys.stdin.readline()
            if not line:
                return
            connection.privmsg(room, line.rstrip("\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])
