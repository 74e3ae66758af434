"""The load, and what the machine does under it."""
import json
import os
import re
import subprocess
import threading
import time

import lib

SECONDS_BETWEEN_LOOKS = 0.5


class Watch:
    """What the processes of a system, Postgres and the rest of the machine use while it is open."""

    def __init__(self, peer):
        self.root, self.postgres = peer.proc.pid, lib.pg_pid() if peer.postgres else None
        self.peak = 0.0
        self.ended = threading.Event()
        self.looker = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.ended.wait(SECONDS_BETWEEN_LOOKS):
            self.peak = max(self.peak, lib.memory(self.root))

    def now(self):
        busy, stolen = lib.machine()
        return {"server": lib.cpu(self.root), "postgres": lib.cpu(self.postgres), "busy": busy, "stolen": stolen,
                "self": time.process_time(), "clock": time.monotonic()}

    def __enter__(self):
        self.began = self.now()
        self.looker.start()
        return self

    def __exit__(self, *_):
        ended = self.now()
        self.used = {what: ended[what] - began for what, began in self.began.items()}
        self.ended.set()
        self.looker.join()


def send(peer, op, connections, seconds, token, seed, cursor, show=False):
    """Runs wrk -> what its script printed, CPU seconds of wrk itself"""
    env = {**os.environ, "BENCH_PEER": str(peer.requests), "BENCH_OP": op, "BENCH_TOKEN": token or "",
           "BENCH_PASSWORD": lib.PASSWORD, "BENCH_INDEX": str(lib.DATA / "leads.idx"), "BENCH_SEED": str(seed),
           "BENCH_CURSOR": str(cursor), "BENCH_HOST": f"127.0.0.1:{peer.port}", "BENCH_SHOW": "1" if show else ""}
    argv = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(lib.HERE / "lua" / "driver.lua"),
            f"http://127.0.0.1:{peer.port}/"]
    proc = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    out = proc.stdout.read()
    _, proc.returncode, usage = os.wait4(proc.pid, 0)
    found = re.search(rb"@@(.*)", out, re.S)
    if not found:
        raise RuntimeError(f"wrk told nothing: {out[-300:]}")
    return found[1], usage.ru_utime + usage.ru_stime


def measure(peer, op, connections, a, token, seed, cursor):
    """Warms up, measures -> what is known of it; its `cursor` is where the next run goes on with leads that are used up."""
    warm, _ = send(peer, op, connections, a.warm, token, seed, cursor)
    with Watch(peer) as watch:
        out, used_by_wrk = send(peer, op, connections, a.seconds, token, seed + 1, json.loads(warm)["cursor"])
    told, used = json.loads(out), watch.used
    requests = max(told["requests"], 1)
    others = used["busy"] - used["server"] - used["postgres"] - used_by_wrk - used["self"]
    return {
        **told,
        "rps": told["requests"] / told["seconds"],
        "errors": told["status_errors"] + told["socket_errors"],
        "cpu_ms": used["server"] / requests * 1000,
        "pg_cpu_ms": used["postgres"] / requests * 1000,
        "other_cpu": max(0, others) / used["clock"],
        "stolen_cpu": used["stolen"] / used["clock"],
        "peak": watch.peak,
    }


def show(peer, op, token):
    """One request and its answer -> request, status, body"""
    seconds = 1
    while True:
        try:
            out, _ = send(peer, op, 1, seconds, token, 77, 0, show=True)
        except RuntimeError:
            if seconds > 5:
                raise
            seconds = 9  # some need as long for their first answer
            continue
        head, request, body = out.split(b"\n", 2)
        status, size = map(int, head.split())
        return request.decode(), status, body[:size].decode()
