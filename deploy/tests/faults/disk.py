"""A disk without room, for the database that the server runs itself."""

import collections
import os
import subprocess
import threading
import time

from harness import Server, get, running, sign_in, wait_until

from . import load

MIB = 1 << 20
SIZE = 192 * MIB
SECONDS_FULL = 10
SECONDS_TO_RECOVER = 30


class Ballast(threading.Thread):
    """Takes all the room there is, again and again, since Postgres gives some back."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.over = path, threading.Event()

    def run(self):
        with open(self.path, "ab", buffering=0) as file:
            while not self.over.is_set():
                try:
                    file.write(bytes(64 << 10))
                except OSError:
                    time.sleep(0.05)
        self.path.unlink()


def ask(api, statuses):
    """A read and a write, and what came of them."""
    lead = {"name": "Full", "emailId": f"{time.monotonic_ns()}@example.org"}
    for method, path, body in (("GET", "/api/leads?limit=1", None), ("POST", "/api/leads", lead)):
        answer = api.ask(method, path, body)
        statuses[method, answer and (answer.status, answer.type)] += 1


def fill(server, folder, token):
    """Fills the disk for a while; gives the answers meanwhile."""
    ballast, statuses = Ballast(folder / "ballast"), collections.Counter()
    ballast.start()
    api = load.Api(server.port, token)
    try:
        # A write that is refused: now it is full.
        wait_until("the disk to be full", lambda: ask(api, statuses) or any(is_refusal(what) for what in statuses))
        statuses.clear()
        end = time.monotonic() + SECONDS_FULL
        while time.monotonic() < end:
            ask(api, statuses)
            time.sleep(0.02)
    finally:
        ballast.over.set()
        ballast.join()
    return statuses


def is_refusal(what):
    return what[0] == "POST" and what[1] and what[1][0] >= 500


def run(checks, work, times):
    if os.geteuid() != 0:
        print("skipped: only root can mount a disk of its own", flush=True)
        return
    disk = work / "server"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "crm-chaos", disk], check=True)
    try:
        with running(Server(work, "server", None)) as server:
            check(checks, server, disk, times)
    finally:
        subprocess.run(["umount", disk], check=True)


def check(checks, server, disk, times):
    token = sign_in(server.url)
    took, statuses = [], collections.Counter()
    with load.Writers(server.port, token, 2) as writers:
        for _ in range(times):
            time.sleep(1)
            statuses += fill(server, disk, token)
            began, before = time.monotonic(), writers.ledger.acknowledged
            wait_until("a write", lambda: writers.ledger.acknowledged > before, 90)
            took.append(time.monotonic() - began)
            checks.that("ready again", get(f"{server.url}/health/ready")[0] == 200)
    print(f"        {dict(statuses)}", flush=True)
    odd = {what for what in statuses if what[1] not in ((200, "application/json"), (201, "application/json"))}
    refused = {what for what in odd if what[1] == (503, "application/problem+json")}
    checks.that("without room writes are refused by 503, as problems", refused and odd == refused, odd - refused)
    checks.that(f"writes go on {max(took):.1f} s after there is room, at most", max(took) <= SECONDS_TO_RECOVER, took)
    load.check(checks, writers)
