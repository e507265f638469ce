#!/usr/bin/env python3
"""The gateway beside haproxy and nginx: requests a second, and CPU for a request. wrk asks; a second nginx answers.

    make bench-gateway                        three runs of 4 s each, in turns
    bench/gateway.py --runs 1 --seconds 2

Every proxy has the first processor, one thread, and brings the same requests to the same upstream, which has the second one
together with the load. CPU is the proxy's own, from /proc. Fails where a bar isn't met, or any answer is wrong.
"""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers import Process, free_port, listens

ROOT = Path(__file__).resolve().parent.parent
FLOOR = 0.8  # of haproxy's requests per CPU second
CONNECTIONS = 64
TICKS = os.sysconf("SC_CLK_TCK")
PATH = "/chat/rooms"

HAPROXY = """
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend front
  bind 127.0.0.1:{port}
  option forwardfor
  default_backend back
backend back
  server one 127.0.0.1:{upstream}
"""

NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/nginx-errors.log;
pid {folder}/nginx.pid;
events {{ worker_connections 4000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream one {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://one;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""

# The upstream of all proxies: answers every request with 200 bytes.
UPSTREAM = """
daemon off;
worker_processes 1;
error_log {folder}/upstream-errors.log;
pid {folder}/upstream.pid;
events {{ worker_connections 4000; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/upstream-body;
  proxy_temp_path {folder}/upstream-proxy;
  fastcgi_temp_path {folder}/upstream-fastcgi;
  uwsgi_temp_path {folder}/upstream-uwsgi;
  scgi_temp_path {folder}/upstream-scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type application/json; return 200 '{text}'; }}
  }}
}}
"""


class Measured:
    """A server and what it spends."""

    def __init__(self, name, command, scratch, processor):
        self.name = name
        self.port = free_port()
        self.process = Process(command(self.port), scratch / f"{name}.log", processor)
        self.process.wait_until(listens(self.port))

    def cpu(self):
        """Seconds, with its children: nginx works in one."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        total = 0
        for one in [pid, *children]:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS


def written(path, text):
    path.write_text(text)
    return path


def make_proxies(binaries, scratch, upstream):
    def greenroom(port):
        return [binaries / "greenroom-gateway-alone", port, upstream]

    def haproxy(port):
        return ["haproxy", "-db", "-f", written(scratch / "haproxy.cfg", HAPROXY.format(port=port, upstream=upstream))]

    def nginx(port):
        config = NGINX.format(port=port, upstream=upstream, folder=scratch)
        return ["nginx", "-p", scratch, "-c", written(scratch / "nginx.conf", config)]
    found = [Measured("greenroom", greenroom, scratch, "0")]
    for name, command in (("haproxy", haproxy), ("nginx", nginx)):
        if not shutil.which(name):
            sys.exit(f"{name} is missing: install Debian's package, .ci/install bench")
        found.append(Measured(name, command, scratch, "0"))
    return found


def machine_cpu():
    """Seconds that the machine's processors were busy."""
    spent = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(spent) - spent[3] - spent[4]) / TICKS


def children_cpu():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure(proxy, upstream, seconds):
    command = ["taskset", "-c", "1", "wrk", "-t", "1", "-c", CONNECTIONS, "-d", f"{seconds}s", "-s", ROOT / "bench/gateway/report.lua",
               f"http://127.0.0.1:{proxy.port}{PATH}"]
    machine, ours, cpu, began = machine_cpu(), children_cpu() + upstream.cpu(), proxy.cpu(), time.monotonic()
    run = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, timeout=seconds + 60)
    took = time.monotonic() - began
    out = json.loads(run.stdout.splitlines()[-1])
    out["cpu"] = proxy.cpu() - cpu
    # In processors: what the machine did besides proxy, upstream and load.
    out["other"] = (machine_cpu() - machine - (children_cpu() + upstream.cpu() - ours) - out["cpu"]) / took
    if out["wrong"] or not out["answers"] or out["bytes"] < 200 * out["answers"]:
        sys.exit(f"{proxy.name}: {out['wrong']} wrong answers, {out['answers']} right ones of {out['bytes']} bytes")
    return out


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binaries", type=Path, default=ROOT / "build/release")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    chosen = options.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        scratch = Path(folder)
        started = []
        try:
            upstream = Measured("upstream", lambda port: ["nginx", "-p", scratch, "-c", written(
                scratch / "upstream.conf", UPSTREAM.format(port=port, folder=scratch, text='{"' + "x" * 191 + '":true}'))], scratch, "1")
            started.append(upstream.process)
            proxies = make_proxies(chosen.binaries, scratch, upstream.port)
            started += [proxy.process for proxy in proxies]
            for _ in range(chosen.runs):
                for proxy in proxies:
                    figures.setdefault(proxy.name, []).append(measure(proxy, upstream, chosen.seconds))
        finally:
            for process in started:
                process.stop()

    def median(name, value):
        return statistics.median(value(run) for run in figures[name])
    names = ["greenroom", "haproxy", "nginx"]
    requests = {name: median(name, lambda run: run["answers"] / run["seconds"]) for name in names}
    cost = {name: median(name, lambda run: run["cpu"] / run["answers"] * 1e5) for name in names}
    print(table(["proxy", "requests/s", "of haproxy's", "CPU s per 100,000", "haproxy's divided by it", "p99 us", "other work"],
                [[name, f"{requests[name]:,.0f}", f"{requests[name] / requests['haproxy']:.2f}", f"{cost[name]:.2f}",
                  f"{cost['haproxy'] / cost[name]:.2f}", f"{median(name, lambda run: run['p99_us']):,.0f}",
                  f"{median(name, lambda run: run['other']):.2f}"] for name in names]))
    # Where other programs want the processor too, requests/s flatter whoever gets more of it: the CPU must show it as well.
    ratio = min(requests["greenroom"] / requests["haproxy"], cost["haproxy"] / cost["greenroom"])
    print(f"\n{'met' if ratio >= FLOOR else 'NOT MET'}: requests/s and requests per CPU second, the worse of haproxy's: {ratio:.2f}, "
          f"wanted at least {FLOOR}")
    sys.exit(ratio < FLOOR)


if __name__ == "__main__":
    main()
