"""Two runs' results side by side: what became worse, beyond what runs differ by themselves."""
import statistics

import tables

LEAST_NOISE = 0.05   # of what has several runs
SINGLE_NOISE = 0.15  # of what has one
# Relative to limit in the same run where there is one, for machines differ from day to day: (key, what, higher is better).
FIGURES = [(tables.COST, "CPU per delivery", False), (tables.JOIN, "CPU per join", False),
           ("server_cpu_ms_per_resume", "CPU per resume", False), ("server_cpu_us_per_message", "CPU per message", False),
           ("messages_per_s", "messages/s", True), ("latency_us.p99", "p99", False), ("rss_kb_per_connection", "KiB each", False),
           ("seconds", "s until all have everything", False)]
ONLY = {"server_cpu_us_per_message": ("durable-",), "messages_per_s": ("durable-",), "latency_us.p99": ("lat", "ack-"),
        "seconds": ("storm",), tables.COST: ("fanout", "bulk", "serial", "rooms", "lat", "nodes-")}


def has(row, key):
    for part in key.split("."):
        if part not in row:
            return False
        row = row[part]
    return True


def gateway_figures(printed):
    """(row, column, value) of the CPU in the tables that the gateway's program printed."""
    head = []
    for line in printed.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")] if line.startswith("|") else []
        if not cells or cells[0].startswith("---"):
            continue
        if cells[0].startswith("proxy"):
            head = cells
        elif cells[0].startswith("greenroom"):
            yield from ((cells[0], name, float(cell.replace(",", ""))) for name, cell in zip(head, cells) if name.startswith("CPU"))


def figures(results):
    """{(workload, label, what): (each run's value, higher is better)}"""
    out = {}
    for row in results:
        if row["workload"] == "micro":
            for name, (time, _) in row.get("parts", {}).items():
                out[name, "alone", "time"] = ([time], False)
        for name, what, got in gateway_figures(row.get("printed", "")):
            out["gateway", name, what] = ([got], False)
        for key, what, higher in FIGURES:
            if row["label"] == "limit" or not has(row, key) or not row["workload"].startswith(ONLY.get(key, ("",))):
                continue
            beside = tables.rows_of(results, row["workload"], "limit")
            base = tables.median(beside, key) if beside and key != "rss_kb_per_connection" else 0
            name = what + (" of limit's" if base else "")
            out.setdefault((row["workload"], row["label"], name), ([], higher))[0].append(tables.value(row, key) / (base or 1))
    return out


def noise(values):
    if len(values) < 2:
        return SINGLE_NOISE
    middle = statistics.median(values)
    return (max(values) - min(values)) / 2 / middle if middle else 0


def report(before, after):
    old, new = figures(before), figures(after)
    rows = []
    for name, (values, higher) in new.items():
        if name not in old or not statistics.median(old[name][0]):
            continue
        was, now = statistics.median(old[name][0]), statistics.median(values)
        bound = max(LEAST_NOISE, noise(old[name][0]) + noise(values))
        change = now / was
        verdict = "" if abs(change - 1) <= bound else "better" if (change > 1) == higher else "WORSE"
        rows.append([*name, f"{was:,.4g}", f"{now:,.4g}", f"{change:.2f}", f"{bound:.2f}", verdict])
    note = (f"Noise: half of what the runs of each side differ, relative to their medians, added up, and at least {LEAST_NOISE:g} "
            f"({SINGLE_NOISE:g} a side where there is one run).")
    head = ["workload", "server", "figure", ">before", ">now", ">now/before", ">noise", ""]
    return tables.table("Beside the earlier run", head, rows) + "\n\n" + note
