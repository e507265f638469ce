"""The results as Markdown, and which floors they meet."""
import statistics
from dataclasses import dataclass

from engine import faults

COST = "server_cpu_s_per_million"
JOIN = "server_cpu_ms_per_join"
# CPU per delivery (lat100: and its p50; connect: CPU per join) as a multiple of limit's: what must be, and what is aimed at.
MULTIPLES = {  # workload: in memory, on PostgreSQL
    "fanout10": ((5, 3.8), (12, 10)),
    "fanout100": ((2.2, 2.0), (3, 2.6)),
    "fanout1000": ((1.45, 1.1), (1.55, 1.3)),
    "bulk100": ((3, 2), (4.5, 3)),
    "serial100": ((1.2, 1.1), (1.55, 1.4)),
    "rooms": ((2.8, 1.8), (4.5, 3.5)),
    "lat100": ((1.4, 1.1), (1.9, 1.5)),
    "connect": ((6, 3), (6, 3)),
}
IDLE_KIB = (10, 6)
DURABLE_RATES = {"durable-lines": 100_000, "durable-json": 60_000}  # messages/s on PostgreSQL
ACK_P99_US = 20_000
TWO_NODES = 1.15
ACT_TRIP = 2  # an act's p50 as a multiple of a message's: one commit, and what it changes
# CPU per delivery, as a multiple of that at the chat node's own port: at the gateway of the same process, whatever the store and
# workload; at a gateway that is a process of its own. Under TLS, as a multiple of the same without. KiB of an idle connection.
GATEWAY = 1.1
APART = {"edge-fanout100": (1.5, 1.3), "edge-fanout1000": (1.25, 1.15), "edge-rooms": (2.2, 1.8)}
WSS = {"edge-fanout100": (2, 1.4)}
EDGE_IDLE_KIB = {"gateway, memory": (8.5, 6), "wss, memory": (16, 12)}


@dataclass
class Verdict:
    what: str
    got: float
    must: float
    aim: float = 0
    at_least: bool = False

    @property
    def met(self):
        return self.got >= self.must if self.at_least else self.got <= self.must

    def __str__(self):
        digits = ",.0f" if self.must >= 100 else ",.2f"
        aimed = f"; aim {self.aim:g}: {'reached' if self.got <= self.aim else 'missed'}" if self.aim else ""
        return (f"- {'met' if self.met else 'NOT MET'}: {self.what}: {self.got:{digits}}, must be at "
                f"{'least' if self.at_least else 'most'} {self.must:,g}{aimed}")


def value(row, key):
    for part in key.split("."):
        row = row[part]
    return row


def median(rows, key):
    return statistics.median(value(row, key) for row in rows)


def rows_of(results, workload, label=None):
    return [r for r in results if r["workload"] == workload and label in (None, r["label"]) and "failed" not in r]


def ratio(results, workload, label, key, beside="limit"):
    """The medians' ratio, or None where one is missing."""
    ours, theirs = rows_of(results, workload, label), rows_of(results, workload, beside)
    return median(ours, key) / median(theirs, key) if ours and theirs and median(theirs, key) else None


def wrong(rows):
    return sum(sum(faults(row).values()) for row in rows)


def line(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def number(got, digits=2):
    return "-" if got is None else f"{got:,.{digits}f}"


def pairs(results, key, *labels):
    """(workload, label, rows) of all that have the key."""
    for workload in dict.fromkeys(r["workload"] for r in results):
        for label in labels:
            rows = [r for r in rows_of(results, workload, label) if key in r]
            if rows:
                yield workload, label, rows


def table(title, head, rows):
    lines = [line(*(cell.lstrip(">") for cell in head)), "|" + "|".join("--:" if h.startswith(">") else "---" for h in head) + "|"]
    return "\n".join([f"### {title}", "", *lines, *(line(*row) for row in rows)]) if rows else ""


def talk_table(results):
    rows = []
    for workload, label, found in pairs(results, COST, "limit", "memory", "postgresql"):
        if workload in DURABLE_RATES or workload.startswith(("ack-", "trip-")):
            continue
        times = ratio(results, workload, label, COST)
        rows.append([workload, label, number(median(found, "deliveries_per_s"), 0), number(median(found, COST), 3), number(times),
                     number(median(found, "latency_us.p50"), 0), number(median(found, "latency_us.p99"), 0), wrong(found),
                     number(median(found, "bench_cpu_share")), number(median(found, "other_cpu_share") + median(found, "stolen_share")),
                     len(found)])
    return table("Deliveries, server on one core", ["workload", "store", ">deliveries/s", ">CPU s per million", ">of limit's", ">p50 us",
                                                    ">p99 us", ">wrong", ">load's CPU", ">other work", ">runs"], rows)


def connect_table(results):
    rows = [[label, number(median(found, "joins_per_s"), 0), number(median(found, JOIN), 3), number(ratio(results, workload, label, JOIN)),
             number(median(found, "rss_mb"), 0), number(median(found, "rss_kb_per_connection"), 1),
             number(median(found, "idle_cpu_share"), 3), wrong(found), len(found)]
            for workload, label, found in pairs(results, JOIN, "limit", "memory", "postgresql")]
    return table("10,000 idle connections in rooms of 10", ["store", ">joins/s", ">CPU ms per join", ">of limit's", ">MB with all",
                                                            ">KiB each", ">CPU share idle", ">wrong", ">runs"], rows)


def durable_table(results):
    rows = [[workload, label, number(median(found, "messages_per_s"), 0), number(median(found, "server_cpu_us_per_message"), 1),
             number(median(found, "latency_us.p50") / 1000, 1), number(median(found, "latency_us.p99") / 1000, 1),
             sum(r["rows_missing"] for r in found), wrong(found), number(median(found, "other_cpu_share") + median(found, "stolen_share")),
             len(found)] for workload, label, found in pairs(results, "rows_missing", "sqlite", "postgresql")]
    return table("Durable messages, all cores for all", ["workload", "database", ">messages/s", ">CPU us per message", ">p50 ms", ">p99 ms",
                                                         ">rows missing", ">wrong", ">other work", ">runs"], rows)


def trips_table(results):
    rows = [[workload, label, number(median(found, "latency_us.p50"), 0), number(median(found, "latency_us.p99"), 0),
             number(trip_ratio(results, label)) if workload == "trip-act" else "1.00", wrong(found), len(found)]
            for workload, label, found in pairs(results, COST, "sqlite", "postgresql") if workload.startswith("trip-")]
    return table("One person, who waits for each answer", ["workload", "database", ">p50 us", ">p99 us", ">of a message's", ">wrong",
                                                           ">runs"], rows)


def trip_ratio(results, label):
    """An act's p50 as a multiple of a message's, or None where one is missing."""
    acts, posts = rows_of(results, "trip-act", label), rows_of(results, "trip-post", label)
    return median(acts, "latency_us.p50") / median(posts, "latency_us.p50") if acts and posts else None


def storm_table(results):
    rows = [[label, number(median(found, "joined_s")), number(median(found, "seconds")),
             number(median(found, "server_cpu_ms_per_resume"), 3), number(median(found, "latency_us.p50") / 1000, 0),
             number(median(found, "latency_us.p99") / 1000, 0), number(median(found, "again"), 0), wrong(found), len(found)]
            for _, label, found in pairs(results, "joined_s", "memory", "postgresql")]
    return table("10,000 clients come back at once", ["store", ">s until all are joined", ">s until all have everything", ">CPU ms each",
                                                      ">p50 ms of one", ">p99 ms of one", ">tried again", ">wrong", ">runs"], rows)


def nodes_table(results):
    rows = [[workload.removeprefix("nodes-"), label, number(median(found, "deliveries_per_s"), 0), number(median(found, COST), 3),
             number(ratio(results, workload, label, COST, "one")), number(median(found, "latency_us.p99"), 0), wrong(found), len(found)]
            for workload, label, found in pairs(results, COST, "one", "two")]
    return table("Chat nodes on one core, PostgreSQL", ["workload", "nodes", ">deliveries/s", ">CPU s per million", ">of one node's",
                                                        ">p99 us", ">wrong", ">runs"], rows)


def beside(label):
    """What a client with that connection is compared with: plain TCP where it speaks TLS, else the chat node's own port."""
    via, store = label.split(", ")
    return ("gateway, " if via == "wss" else "chat, ") + store


VIAS = ("chat, memory", "gateway, memory", "wss, memory", "chat, postgresql", "gateway, postgresql", "apart, postgresql")


def edges_table(results):
    rows = [[workload.removeprefix("edge-"), label, number(median(found, "deliveries_per_s"), 0), number(median(found, COST), 3),
             number(ratio(results, workload, label, COST, beside(label))), number(median(found, "latency_us.p99"), 0), wrong(found),
             len(found)] for workload, label, found in pairs(results, COST, *VIAS)]
    return table("How clients connect", ["workload", "via, store", ">deliveries/s", ">CPU s per million", ">of the reference's",
                                         ">p99 us", ">wrong", ">runs"], rows)


def idle_table(results):
    rows = [[label, number(median(found, JOIN), 3), number(median(found, "rss_kb_per_connection"), 1), wrong(found), len(found)]
            for workload, label, found in pairs(results, JOIN, *VIAS)]
    return table("10,000 idle connections, by how they connect", ["via, store", ">CPU ms per join", ">KiB each", ">wrong", ">runs"], rows)


def edge_floors(results):
    for workload in dict.fromkeys(r["workload"] for r in results if r["workload"].startswith("edge-")):
        for label in VIAS:
            got = ratio(results, workload, label, COST, beside(label)) if workload != "edge-connect" else None
            bounds = {"gateway": (GATEWAY,), "apart": APART.get(workload), "wss": WSS.get(workload)}.get(label.split(",")[0])
            if got is not None and bounds:
                yield Verdict(f"{workload}, {label}, CPU per delivery as a multiple of {beside(label)}", got, *bounds)
    for label, bounds in EDGE_IDLE_KIB.items():
        if found := rows_of(results, "edge-connect", label):
            yield Verdict(f"KiB for an idle connection, {label}", median(found, "rss_kb_per_connection"), *bounds)


def gateway_report(results):
    found = [r["printed"] for r in results if r["workload"] == "gateway" and "printed" in r]
    return "### The gateway beside other proxies\n\n" + found[-1].strip() if found else ""


def skipped(results):
    """A line for each workload that was left out."""
    return "\n".join(f"- SKIPPED: {r['workload']}, for want of {' and '.join(r['skipped'])}" for r in results if "skipped" in r)


def micro_table(results):
    rows = [[name, f"{time:,.4g} {unit}"] for r in results if r["workload"] == "micro" for name, (time, unit) in r.get("parts", {}).items()]
    return table("Parts alone", ["part", ">time"], rows)


def floors(results):
    """A verdict for each floor whose workload was run."""
    for workload, bounds in MULTIPLES.items():
        for label, (must, aim) in zip(("memory", "postgresql"), bounds):
            got = ratio(results, workload, label, JOIN if workload == "connect" else COST)
            if got is not None:
                yield Verdict(f"{workload}, {label}, CPU as a multiple of limit's", got, must, aim)
            got = ratio(results, workload, label, "latency_us.p50") if workload == "lat100" else None
            if got is not None:
                yield Verdict(f"{workload}, {label}, p50 as a multiple of limit's", got, must, aim)
    if found := rows_of(results, "connect", "memory"):
        yield Verdict("KiB for an idle connection", median(found, "rss_kb_per_connection"), *IDLE_KIB)
    for workload, must in DURABLE_RATES.items():
        if found := rows_of(results, workload, "postgresql"):
            yield Verdict(f"{workload}, postgresql, messages/s", median(found, "messages_per_s"), must, at_least=True)
    for workload in ("ack-lines", "ack-json"):
        if found := rows_of(results, workload, "postgresql"):
            yield Verdict(f"{workload}, postgresql, p99 us of the acknowledgement", median(found, "latency_us.p99"), ACK_P99_US)
    for workload in ("nodes-fanout100", "nodes-fanout1000"):
        if (got := ratio(results, workload, "two", COST, "one")) is not None:
            yield Verdict(f"{workload}, CPU per delivery on two nodes as a multiple of one's", got, TWO_NODES)
    for label in ("sqlite", "postgresql"):
        if (got := trip_ratio(results, label)) is not None:
            yield Verdict(f"trip-act, {label}, p50 as a multiple of trip-post's", got, ACT_TRIP)
    yield from edge_floors(results)
    for row in rows_of(results, "gateway"):
        if "status" in row:
            yield Verdict("the gateway's own floors that are not met", row["status"], 0)
    yield Verdict("deliveries that were wrong, rows missing, connections lost", wrong(results), 0)
    yield Verdict("runs that failed", sum("failed" in r for r in results), 0)


def report(results):
    """All tables that have rows, and the floors."""
    parts = [make(results) for make in (talk_table, connect_table, durable_table, trips_table, storm_table, nodes_table, edges_table, idle_table,
                                       gateway_report, micro_table)]
    verdicts = "\n".join(["### Floors", "", *map(str, floors(results)), *filter(None, [skipped(results)])])
    return "\n\n".join([part for part in parts if part] + [verdicts])
