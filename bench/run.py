#!/usr/bin/env python3
"""Measures Greenroom on this machine: what a delivery costs beside the least it could cost, with and without a database; joins,
memory, durable messages, a crowd that comes back, two nodes, the gateway, its parts. Prints tables, writes every single
result, and fails where a floor is not met.

  bench/run.py                                all of it (about half an hour)
  bench/run.py --only fanout100,ack-lines     some of it
  bench/run.py --compare OLD.json             and beside an earlier run's results
  bench/run.py --tables FILE                  the tables again, from an earlier run's results
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import compare
import tables
import workloads
from engine import Engine, add_options
from servers import Users

HERE = Path(__file__).resolve().parent


def read_options():
    root = HERE.parent
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(cli, root)
    cli.add_argument("--only", default=",".join(workloads.ALL), help=",".join(workloads.ALL))
    cli.add_argument("--out", type=Path, default=root / "build" / "bench.json", help="every single result")
    cli.add_argument("--tables", type=Path, help="print the tables of an earlier run's results")
    cli.add_argument("--compare", type=Path, help="an earlier run's results: what became worse, beyond noise?")
    options = cli.parse_args()
    options.only = options.only.split(",")
    unknown = set(options.only) - set(workloads.ALL)
    if unknown:
        cli.error("no such workload: " + ", ".join(sorted(unknown)))
    return options


def gateway(options):
    """The gateway beside other proxies, which has a program of its own: its tables as they are, its figures by name."""
    missing = [name for name in ("haproxy", "nginx", "wrk") if not shutil.which(name)]
    if missing:
        print(f"SKIPPED: gateway, for want of {' and '.join(missing)} (.ci/install bench)", file=sys.stderr)
        return {"workload": "gateway", "label": "gateway", "skipped": missing}
    print("gateway: three proxies by turns", file=sys.stderr, flush=True)
    done = subprocess.run([HERE / "gateway.py", "--binaries", options.build, "--runs", str(options.runs), "--seconds",
                           str(max(1, int(options.seconds)))], stdout=subprocess.PIPE, text=True)
    return {"workload": "gateway", "label": "gateway", "status": done.returncode, "printed": done.stdout}


def micro(options):
    """Parts alone, by Google Benchmark."""
    program = options.build / "greenroom-microbench"
    if not program.exists():
        print(f"SKIPPED: micro, for there is no {program}", file=sys.stderr)
        return {"workload": "micro", "label": "micro", "skipped": [program.name]}
    print("micro: each part alone", file=sys.stderr, flush=True)
    done = subprocess.run([program, "--benchmark_min_time=0.1", "--benchmark_format=json"], stdout=subprocess.PIPE, text=True, check=True)
    parts = {one["name"]: [one["real_time" if "real_time" in one["name"] else "cpu_time"], one["time_unit"]]
             for one in json.loads(done.stdout)["benchmarks"] if "cpu_time" in one and not one.get("error_occurred")}
    return {"workload": "micro", "label": "micro", "parts": parts}


def measure(options):
    scratch = Path(tempfile.mkdtemp(prefix="greenroom-bench-", dir=options.scratch))
    scratch.chmod(0o755)
    try:
        engine = Engine(options, scratch)
        many = {"connect", "storm"} & set(options.only)
        engine.run(workloads.plan(options, Users(options.build, scratch, 10_000 if many else 1000)))
        for name, alone in (("gateway", gateway), ("micro", micro)):
            if name in options.only:
                engine.keep(alone(options))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{engine.found['machine']}\n")
    return engine.results


def read(path):
    return json.loads(path.read_text())["results"]


def main():
    options = read_options()
    before = read(options.compare) if options.compare else None  # first: it may be where the new ones go
    results = read(options.tables) if options.tables else measure(options)
    print(tables.report(results))
    if before:
        print("\n" + compare.report(before, results))
    if not options.tables:
        print(f"\nEvery result: {options.out}")
    return 0 if all(verdict.met for verdict in tables.floors(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
