#!/usr/bin/python3
"""How many instructions the server's own code takes for a delivery, and for an acknowledged message: counted by valgrind, so
that no other work on the machine changes them, as it changes CPU time. The kernel's part isn't in it.

  bench/instructions.py                          of this build
  bench/instructions.py --against OTHER/build    and of another one, by turns: what became worse, and by how much?
"""
import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from servers import Greenroom, Users

ROOT = Path(__file__).resolve().parents[1]
# One sender who waits for the answer: what stands in a batch doesn't depend on how fast the machine is.
WORKLOADS = {
    "serial100, lines": ("--members 100 --senders 1 --window 1", "memory"),
    "serial100, json": ("--members 100 --senders 1 --window 1 --protocol json", "memory"),
    "alone, json": ("--members 1 --senders 1 --window 1 --protocol json", "memory"),
    "alone, json, sqlite": ("--members 1 --senders 1 --window 1 --protocol json", "sqlite"),
}


class Run:
    """One server under valgrind, loaded for that many seconds: its instructions and deliveries in all."""

    def __init__(self, build, users, flags, database, seconds):
        folder = Path(tempfile.mkdtemp(prefix="greenroom-instructions-"))
        counts = folder / "counts"
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=no", f"--cachegrind-out-file={counts}"]
        # One thread of each kind: more only wait for each other.
        threads = ["--scheduler-threads", "1", "--io-threads", "1"]
        server = Greenroom(build, folder, None, users, database, threads, under=valgrind)
        try:
            command = [build / "greenroom-bench", *flags.split(), *server.arguments, "--warmup", 0, "--duration", seconds,
                       "--join-timeout", 120, "--port", server.ports[0]]
            done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True, timeout=300, check=True)
            row = json.loads(done.stdout)
        finally:
            server.stop()
        self.deliveries = row["sent"] * row["members"]
        self.instructions = int(re.search(r"^summary: +(\d+)", counts.read_text(), re.MULTILINE).group(1))
        shutil.rmtree(folder, ignore_errors=True)


def per_delivery(build, users, flags, database, seconds):
    """The start, the joins and the end are in both runs."""
    short, long = (Run(build, users, flags, database, length) for length in (2, 2 + seconds))
    return (long.instructions - short.instructions) / (long.deliveries - short.deliveries)


def main():
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--build", type=Path, default=ROOT / "build" / "release", help="where the programs are")
    cli.add_argument("--against", type=Path, help="where the programs are that it is compared with")
    cli.add_argument("--runs", type=int, default=3, help="of each; the table has the median")
    cli.add_argument("--seconds", type=float, default=8, help="that a run counts")
    cli.add_argument("--only", type=lambda text: text.split(";"), default=list(WORKLOADS), help="; ".join(WORKLOADS))
    options = cli.parse_args()
    builds = [each.resolve() for each in (options.against, options.build) if each]
    scratch = Path(tempfile.mkdtemp(prefix="greenroom-instructions-"))
    users = {}
    for number, build in enumerate(builds):
        (scratch / str(number)).mkdir()
        users[build] = Users(build, scratch / str(number), 120)
    try:
        for name in options.only:
            found = {build: [] for build in builds}
            for _ in range(options.runs):
                for build in builds:
                    found[build].append(per_delivery(build, users[build], *WORKLOADS[name], options.seconds))
                    print(f"  {name}: {found[build][-1]:,.0f} ({build})", file=sys.stderr, flush=True)
            medians = [statistics.median(found[build]) for build in builds]
            spread = max((max(each) - min(each)) / statistics.median(each) for each in found.values())
            said = " -> ".join(f"{each:,.0f}" for each in medians)
            change = f", {medians[-1] / medians[0] - 1:+.1%}" if len(medians) > 1 else ""
            print(f"{name:<22} {said} instructions a delivery{change}  (spread {spread:.1%})", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
