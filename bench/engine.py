"""Runs what is to be measured, step by step: a server of its own for each, the load beside it, the result kept."""
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

NOISY = 0.25  # processors' worth of other work, or of time that the host gave to others, that make a run worth repeating
FAULTS = ("lost", "duplicated", "reordered", "misrouted", "corrupt", "stalls", "disconnects", "refused", "unrecovered",
          "rows_missing")


@dataclass
class Step:
    """One run. Pinned: the server and its database have the first processor, the load the second."""
    workload: str
    label: str
    start: Callable  # of (folder, cpus)
    flags: str = ""
    seconds: float = 4
    pinned: bool = True
    kill: bool = False  # in the end the server is killed, and what it acknowledged is counted in its database


def faults(row):
    return {key: row[key] for key in FAULTS if row.get(key)}


def noise(row):
    return row.get("other_cpu_share", 0) + row.get("stolen_share", 0)


class Engine:
    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.load = options.build / "greenroom-bench"
        self.found = {"machine": machine(scratch), "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        self.results = []
        several = (os.cpu_count() or 1) > 1
        self.server_cpus, self.load_cpus = ("0", "1") if several else (None, None)

    def write(self):
        """Writes the results so far: an interrupted run loses nothing."""
        self.options.out.parent.mkdir(parents=True, exist_ok=True)
        self.options.out.write_text(json.dumps({**self.found, "results": self.results}, indent=1) + "\n")

    def keep(self, row):
        self.results.append(row)
        self.write()

    def run(self, steps):
        """All of them; says after each what it found, and how long the rest takes."""
        begin = time.monotonic()
        for count, step in enumerate(steps, 1):
            try:
                self.take(step)
                row = self.results[-1]
                said = f"{told(row)}  other work {noise(row):.2f}{'  WRONG ' + json.dumps(faults(row)) if faults(row) else ''}"
            except (RuntimeError, subprocess.SubprocessError, OSError) as error:
                said = f"FAILED: {error}"
                self.keep({"workload": step.workload, "label": step.label, "failed": str(error)})
            left = (time.monotonic() - begin) / count * (len(steps) - count) / 60
            print(f"[{count}/{len(steps)}, {left:.0f} min left] {step.workload:<18} {step.label:<10} {said}", file=sys.stderr, flush=True)

    def take(self, step):
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        folder.chmod(0o755)
        server = step.start(folder, self.server_cpus if step.pinned else None)
        try:
            acknowledged = 0
            best = None
            for _ in range(1 if self.options.hasty else 3):
                row = self.measure(step, server)
                acknowledged += row.get("sent", 0) - row.get("lost", 0)
                if best is None or faults(row) or noise(row) < noise(best):
                    best = row
                if noise(best) <= NOISY or faults(best):
                    break
            if step.kill:
                server.kill()
                best["rows_missing"] = max(0, acknowledged - server.rows())
            self.keep(best)
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def measure(self, step, server):
        wait_for_quiet()
        command = [self.load, "--label", step.label, "--warmup", 1, "--duration", step.seconds, *step.flags.split(), *server.arguments]
        for port in server.ports:
            command += ["--port", port]
        for pid in server.pids:
            command += ["--pid", pid]
        if step.pinned and self.load_cpus is not None:
            command = ["taskset", "-c", self.load_cpus, *command]
        done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, text=True, timeout=600)
        if not done.stdout:
            raise RuntimeError(f"{step.workload} found no end with {step.label}")
        return {"workload": step.workload, "pinned": step.pinned, **json.loads(done.stdout)}


def told(row):
    if "joins_per_s" in row:
        return (f"{row['joins_per_s']:>10,.0f} joins/s {row['server_cpu_ms_per_join']:.3f} CPU ms each, "
                f"{row['rss_kb_per_connection']:.1f} KiB each")
    if "joined_s" in row:
        return f"{row['seconds']:>10.2f} s {row['server_cpu_ms_per_resume']:.3f} CPU ms each"
    return (f"{row['deliveries_per_s']:>10,.0f} deliveries/s {row['server_cpu_s_per_million']:>8.3f} CPU s per million, "
            f"p99 {row['latency_us']['p99']:,.0f} us, load {row['bench_cpu_share']:.2f}")


def wait_for_quiet(limit=5):
    """Until nobody else uses the processors: other work is the main noise."""
    def busy():
        ticks = [int(v) for v in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        return sum(ticks[:3]) + ticks[5] + ticks[6]
    end = time.monotonic() + limit
    while time.monotonic() < end:
        before = busy()
        time.sleep(0.3)
        if busy() - before <= 6:
            return


def commits_per_second(folder):
    """The disk's rate of writing and flushing 8 KiB, one after the other."""
    path = folder / "fdatasync"
    count, end = 0, time.monotonic() + 1
    with open(path, "wb", buffering=0) as file:
        while time.monotonic() < end:
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count


def machine(scratch):
    model = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]
    return {"cpu": model[0] if model else platform.machine(), "cores": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "filesystem": subprocess.run(["stat", "-f", "-c", "%T", scratch], stdout=subprocess.PIPE, text=True).stdout.strip(),
            "fdatasync_per_s": commits_per_second(scratch), "load_average": os.getloadavg()[0]}


def add_options(cli, root):
    """Those that every measurement has."""
    cli.add_argument("--build", type=Path, default=root / "build" / "release", help="where the programs are")
    cli.add_argument("--runs", type=int, default=3, help="of each; tables have the median")
    cli.add_argument("--seconds", type=float, default=4, help="that a run measures; lat100 and lat1000 five times as long")
    cli.add_argument("--scratch", type=Path, default=Path("/var/tmp"), help="where databases are made; a real disk")
    cli.add_argument("--server", type=str.split, default=[], help="more flags for Greenroom, in one argument")
    cli.add_argument("--hasty", action="store_true", help="don't repeat what others' work disturbed")
