"""The results as Markdown, and which floors they meet."""
import statistics

FLOORS = {"fanout100": ("CPU per delivery, as a multiple of limit's", 6.0),
          "sqlite": ("durable messages/s on SQLite", 20_000),
          "postgresql": ("durable messages/s on PostgreSQL", 20_000),
          "connect": ("MB for 10,000 idle websockets", 400)}


def median(rows, key):
    values = []
    for row in rows:
        for part in key.split("."):
            row = row[part]
        values.append(row)
    return statistics.median(values)


def rows_of(results, workload, label=None):
    return [r for r in results if r["workload"] == workload and label in (None, r["label"])]


def workloads_of(results):
    return list(dict.fromkeys(r["workload"] for r in results))


def wrong(rows):
    return sum(r.get(k, 0) for r in rows
               for k in ("lost", "duplicated", "reordered", "misrouted", "corrupt", "stalls", "disconnects"))


def ratio(results, workload):
    ours, theirs = rows_of(results, workload, "greenroom"), rows_of(results, workload, "limit")
    cost = "server_cpu_s_per_million"
    return median(ours, cost) / median(theirs, cost) if ours and theirs and median(theirs, cost) else None


def line(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def fanout_table(results):
    out = [line("workload", "deliveries/s", "CPU s per million", "limit's", "ratio", "p50 us", "p99 us", "wrong", "other work", "runs"),
           "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for workload in workloads_of(results):
        ours, theirs = rows_of(results, workload, "greenroom"), rows_of(results, workload, "limit")
        if not ours or not theirs:
            continue
        out.append(line(workload, f"{median(ours, 'deliveries_per_s'):,.0f}", f"{median(ours, 'server_cpu_s_per_million'):.3f}",
                        f"{median(theirs, 'server_cpu_s_per_million'):.3f}", f"{ratio(results, workload):.1f}",
                        f"{median(ours, 'latency_us.p50'):,.0f}", f"{median(ours, 'latency_us.p99'):,.0f}", wrong(ours),
                        f"{median(ours, 'other_cpu_share'):.2f}", len(ours)))
    return out


def durable_table(results):
    out = [line("database", "rooms x senders, window", "messages/s", "CPU us per message", "p50 ms", "p99 ms", "rows missing", "wrong", "other work", "runs"),
           "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
    for database in ("sqlite", "postgresql"):
        rows = rows_of(results, database)
        if rows:
            first = rows[0]
            out.append(line(database, f"{first['rooms']} x {first['senders']}, {first['window']}",
                            f"{median(rows, 'messages_per_s'):,.0f}", f"{median(rows, 'server_cpu_us_per_message'):.1f}",
                            f"{median(rows, 'latency_us.p50') / 1000:.1f}", f"{median(rows, 'latency_us.p99') / 1000:.1f}",
                            sum(r["rows_missing"] for r in rows), wrong(rows), f"{median(rows, 'other_cpu_share'):.2f}", len(rows)))
    return out


def connect_table(results):
    out = [line("websockets", "joins/s", "CPU ms per join", "MB before", "MB with all", "KiB each", "CPU share idle", "lost", "runs"),
           "|--:|--:|--:|--:|--:|--:|--:|--:|--:|"]
    rows = rows_of(results, "connect")
    if rows:
        out.append(line(f"{rows[0]['connections']:,}", f"{median(rows, 'joins_per_s'):,.0f}", f"{median(rows, 'server_cpu_ms_per_join'):.3f}",
                        f"{median(rows, 'rss_before_mb'):.0f}", f"{median(rows, 'rss_mb'):.0f}",
                        f"{median(rows, 'rss_kb_per_connection'):.1f}", f"{median(rows, 'idle_cpu_share'):.3f}",
                        sum(r["disconnects"] for r in rows), len(rows)))
    return out


def floors(results):
    """(sentence, met) for each floor whose workload was run."""
    found = {"fanout100": ratio(results, "fanout100")}
    for name, key in (("sqlite", "messages_per_s"), ("postgresql", "messages_per_s"), ("connect", "rss_mb")):
        rows = rows_of(results, name)
        found[name] = median(rows, key) if rows else None
    for name, (what, bound) in FLOORS.items():
        got = found[name]
        if got is None:
            continue
        at_least = bound >= 1000
        rows = rows_of(results, name)
        met = (got >= bound if at_least else got <= bound) and not wrong(rows) and not any(r.get("rows_missing") for r in rows)
        yield f"{what}: {got:,.1f}, wanted at {'least' if at_least else 'most'} {bound:,.0f}", met


def report(results):
    """All tables, without those that have no rows, and the floors."""
    parts = []
    for title, table in (("Fan-out, in memory, one core", fanout_table(results)),
                         ("Durable messages", durable_table(results)),
                         ("Idle websockets in rooms of 10", connect_table(results))):
        if len(table) > 2:
            parts.append("\n".join([f"### {title}", "", *table]))
    verdicts = [f"- {'met' if met else 'NOT MET'}: {sentence}" for sentence, met in floors(results)]
    return "\n\n".join(parts + ["\n".join(["### Floors", "", *verdicts])])
