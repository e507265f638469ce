"""The workloads, as steps of the engine."""
from engine import Step
from servers import Greenroom, Limit

TALK = {
    "fanout10": "--members 10 --senders 10 --window 32",
    "fanout100": "--members 100 --senders 10 --window 8",
    "fanout1000": "--members 1000 --senders 10 --window 4",
    "bulk100": "--members 100 --senders 10 --window 64",
    "serial100": "--members 100 --senders 1 --window 1",
    "rooms": "--rooms 200 --members 10 --senders 10 --window 2",
    "lat10": "--members 10 --senders 10 --rate 1000",
    "lat100": "--members 100 --senders 10 --rate 100",
    "lat1000": "--members 1000 --senders 10 --rate 10",
}
CONNECT = {"connect": "--workload connect --rooms 1000 --members 10"}
# A message is acknowledged by its author's own copy: with one member a room, deliveries are acknowledgements.
DURABLE = {
    "durable-lines": "--rooms 64 --members 1 --window 32",
    "durable-json": "--rooms 64 --members 1 --window 32 --protocol json",
    "ack-lines": "--rooms 64 --members 1 --rate 10000",
    "ack-json": "--rooms 64 --members 1 --rate 6000 --protocol json",
}
# One person alone, who waits for each answer: the round trip of a message, and of an act.
ALONE_FLAGS = "--members 1 --senders 1 --window 1"
TRIPS = {"trip-post": ALONE_FLAGS + " --protocol json", "trip-act": ALONE_FLAGS + " --protocol acts"}
STORM = {"storm": "--workload storm --rooms 1000 --members 10 --missed 5 --rate 1000 --joining 4000"}
# How clients connect (`via`): at the chat node's own port or at the gateway's of the same process; at a gateway that is a process of
# its own; there under TLS; with IRC.
EDGES = {f"edge-{name}": TALK[name] for name in ("fanout10", "fanout100", "fanout1000", "rooms", "serial100")}
EDGES["edge-connect"] = "--workload connect --rooms 1000 --members 10"
NODES = {f"nodes-{name}": TALK[name] for name in ("fanout100", "fanout1000", "rooms")}
LONGER = {"lat100": 5, "lat1000": 5}
ALONE = ["gateway", "micro"]  # these have programs of their own
ALL = [*TALK, *CONNECT, *DURABLE, *TRIPS, *STORM, *NODES, *EDGES, *ALONE]


def plan(options, users):
    """Each kind of server by turns, so that all see the same machine."""
    def ours(database, nodes=0, via="chat"):
        return lambda folder, cpus: Greenroom(options.build, folder, cpus, users, database, options.server, nodes, via)

    def limit(folder, cpus):
        return Limit(options.build, folder, cpus)
    columns = {"limit": limit, "memory": ours("memory"), "postgresql": ours("postgresql")}
    stores = {"sqlite": ours("sqlite"), "postgresql": ours("postgresql")}
    edges = {"chat, memory": ours("memory"), "gateway, memory": ours("memory", via="gateway"),
             "wss, memory": ours("memory", via="wss"), "irc, memory": ours("memory", via="irc"), "chat, postgresql": ours("postgresql"),
             "gateway, postgresql": ours("postgresql", via="gateway"), "apart, postgresql": ours("postgresql", via="apart")}
    kinds = [(TALK, columns, {}), (CONNECT, columns, {}), (DURABLE, stores, {"pinned": False, "kill": True}),
             (TRIPS, stores, {"pinned": False}),
             (STORM, {"memory": ours("memory"), "postgresql": ours("postgresql")}, {}),
             (EDGES, edges, {}),
             (NODES, {"one": ours("postgresql", 1), "two": ours("postgresql", 2)}, {})]
    return [Step(name, label, start, flags, options.seconds * LONGER.get(name, 1), **more)
            for all_of_kind, servers, more in kinds for name, flags in all_of_kind.items() if name in options.only
            for _ in range(options.runs) for label, start in servers.items()]
