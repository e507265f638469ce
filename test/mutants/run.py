#!/usr/bin/env python3
"""Changes the program in one small place at a time, and asks whether the unit tests of that folder notice.

A mutant that the tests notice is killed; one that they don't is a line that no test holds. Mutants are drawn by a seed,
so that a run can be repeated. Those in equivalents.txt change nothing that anyone could see, and aren't drawn.
"""

import argparse
import math
import os
import queue
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter, namedtuple
from pathlib import Path

from operators import mutants

ROOT = Path(__file__).resolve().parents[2]
# Folder: its share of the mutants, the tests that must notice.
FOLDERS = {
    "core": (0.40, ["test_core"]),
    "protocol": (0.20, ["test_protocol"]),
    "actors": (0.25, ["test_actors", "test_cluster"]),
    "storage/soci": (0.15, ["test_storage"]),
}
# Headers that nearly every object includes: a mutant there costs a whole build, and they hold hardly any code.
WIDE = {"core/ids.hpp", "core/time.hpp", "core/result.hpp", "core/ports.hpp", "core/check.hpp", "core/messages/log.hpp",
        "core/messages/room.hpp", "core/messages/ownership.hpp", "core/messages/catalog.hpp", "core/messages/accounts.hpp",
        "core/messages/deletion.hpp", "core/messages/cluster.hpp", "actors/interfaces.hpp", "actors/local.hpp",
        "actors/type_ids.hpp", "actors/wire.hpp"}
MEMORY_LIMIT = 8 << 30  # bytes of address space of a test: a mutant may loop and allocate


def sources(folder):
    """The folder's code: each .cpp, and each header that stands alone."""
    for path in sorted((ROOT / folder).rglob("*.[ch]pp")):
        name = str(path.relative_to(ROOT))
        if name not in WIDE and (path.suffix == ".cpp" or not path.with_suffix(".cpp").exists()):
            yield name


def read_equivalents():
    """The keys of mutants that change nothing, from equivalents.txt: `path | before | after | why`."""
    keys = set()
    for number, line in enumerate((Path(__file__).parent / "equivalents.txt").read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 4 or not all(parts):
            sys.exit(f"equivalents.txt:{number}: four parts, `path | before | after | why`")
        keys.add(tuple(parts[:3]))
    return keys


def drawn(folder, seed, equivalents, only):
    """Mutants of the folder in the seed's order."""
    found = [mutant for name in sources(folder) if not only or any(part in name for part in only)
             for mutant in mutants(name, (ROOT / name).read_text())]
    random.Random(f"{seed} {folder}").shuffle(found)
    return [mutant for mutant in found if mutant.key() not in equivalents]


# Seconds. A mutant that loops is stopped by the processor's, whatever else the machine has to do.
Patience = namedtuple("Patience", "cpu wall")


def give_up(why):
    """Ends the whole run, from whichever thread."""
    print(why, file=sys.stderr, flush=True)
    os._exit(1)


class Workshop:
    """A copy of the tree with a build folder of its own, in which one mutant at a time is made and tried."""

    def __init__(self, number, cmake_options):
        self.tree = ROOT / "build" / "mutants" / str(number)
        self.build = self.tree / "build"
        self.built = set()  # folders whose tests were compiled unchanged
        self.environment = {**os.environ, "CCACHE_BASEDIR": str(self.tree)}
        names = subprocess.check_output(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
        for name in names.decode().split("\0"):
            source, copy = ROOT / name, self.tree / name
            if not name or not source.is_file():
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                shutil.copyfile(source, copy)
        # Clang and its linker take a third of the time that GCC takes for a mutant.
        self._call(["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_COMPILER=clang++", "-DCMAKE_C_COMPILER=clang", "-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -D_GLIBCXX_ASSERTIONS", "-DGREENROOM_WERROR=OFF", *cmake_options], check=True)

    def _call(self, command, **options):
        return subprocess.run([str(part) for part in command], env=self.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **options)

    def compile(self, targets, jobs=1):
        return self._call(["cmake", "--build", self.build, "-j", jobs, "--target", *targets]).returncode == 0

    def passes(self, targets, patience):
        """The processor's seconds that all tests took, each program within `patience`; None where one fails."""
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
            resource.setrlimit(resource.RLIMIT_CPU, (patience.cpu, patience.cpu))
        spent = 0
        for target in targets:
            child = subprocess.Popen([self.build / target, "--gtest_brief=1", "--gtest_fail_fast"], cwd=self.build,
                                     env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, preexec_fn=limit)
            late = threading.Timer(patience.wall, child.kill)
            late.start()
            _, status, used = os.wait4(child.pid, 0)
            late.cancel()
            child.returncode = status
            if status != 0:
                return None
            spent += used.ru_utime + used.ru_stime
        return spent

    def verdict(self, mutant, targets, patience):
        path = self.tree / mutant.path
        text = path.read_text()
        path.write_text(mutant.applied(text))
        try:
            if not self.compile(targets):
                return "invalid"
            return "killed" if self.passes(targets, patience) is None else "survived"
        finally:
            path.write_text(text)


class Run:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.building = threading.Lock()
        self.results = []  # (mutant, verdict), without those that don't compile
        equivalents = read_equivalents()
        self.todo = queue.Queue()
        self.wanted = {}
        for folder, (share, targets) in FOLDERS.items():
            if options.folder and folder not in options.folder:
                continue
            total = sum(FOLDERS[name][0] for name in options.folder or FOLDERS)
            self.wanted[folder] = round(options.mutants * share / total)
            for mutant in drawn(folder, options.seed, equivalents, options.only):
                self.todo.put((folder, targets, mutant))
        self.count = Counter()
        self.patiences = {}

    def work(self, number):
        shop = Workshop(number, self.options.cmake)
        while True:
            try:
                folder, targets, mutant = self.todo.get_nowait()
            except queue.Empty:
                return
            with self.lock:
                if self.count[folder] >= self.wanted[folder]:
                    continue
                self.count[folder] += 1
            verdict = shop.verdict(mutant, targets, self.patience(shop, folder, targets))
            with self.lock:
                if verdict == "invalid":
                    self.count[folder] -= 1
                    continue
                self.results.append((mutant, verdict))
                print(f"[{len(self.results)}/{sum(self.wanted.values())}] {verdict:8} {mutant.path}:{mutant.line} "
                      f"({mutant.operator}): {mutant.before}  =>  {mutant.after}", flush=True)

    def patience(self, shop, folder, targets):
        """The time limits of the folder's tests: several times what they take unchanged. They must pass unchanged."""
        with self.building:  # one after the other: the next finds the objects in the compiler's cache
            if folder not in shop.built and not shop.compile(targets, self.options.jobs):
                give_up(f"{' and '.join(targets)} can't be compiled without any change.")
            shop.built.add(folder)
        with self.lock:
            if folder in self.patiences:
                return self.patiences[folder]
        wall = time.monotonic()
        cpu = shop.passes(targets, Patience(600, 600))
        if cpu is None:
            give_up(f"The tests of {folder} fail without any change.")
        wall = time.monotonic() - wall
        with self.lock:
            return self.patiences.setdefault(folder, Patience(5 + math.ceil(3 * cpu), 30 + 10 * wall))

    def report(self):
        print()
        survivors = [mutant for mutant, verdict in self.results if verdict == "survived"]
        for mutant in sorted(survivors, key=lambda one: (one.path, one.line)):
            print(f"SURVIVED {mutant.path}:{mutant.line} ({mutant.operator})\n  {mutant.before}\n  {mutant.after}")
        by_folder = Counter((mutant.path.rsplit("/", 1)[0], verdict) for mutant, verdict in self.results)
        for folder in sorted({folder for folder, _ in by_folder}):
            killed, survived = by_folder[folder, "killed"], by_folder[folder, "survived"]
            print(f"{folder:14} {killed:4} of {killed + survived} killed")
        killed = len(self.results) - len(survivors)
        score = 100 * killed / max(1, len(self.results))
        print(f"{killed} of {len(self.results)} mutants killed: {score:.1f} % (seed {self.options.seed}, at least {self.options.least})")
        return score >= self.options.least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=300, help="how many that compile (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default 1)")
    parser.add_argument("--least", type=float, default=90, help="per cent that must be killed (default 90)")
    parser.add_argument("--folder", action="append", choices=FOLDERS, help="only these folders")
    parser.add_argument("--only", action="append", help="only files with this in their path")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="workshops (default: one a core)")
    parser.add_argument("--cmake", action="append", default=[], help="one more option for CMake, e.g. --cmake=-DX=Y")
    run = Run(parser.parse_args())
    workers = [threading.Thread(target=run.work, args=(number,), daemon=True) for number in range(run.options.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.exit(0 if run.report() else 1)


if __name__ == "__main__":
    main()
