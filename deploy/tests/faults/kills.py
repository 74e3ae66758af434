"""Processes that end without a word: a server, or Postgres with all its processes."""

import signal
import statistics
import time

from harness import Postgres, Server, get, running, sign_in, wait_until

from . import load

SECONDS_BETWEEN = 1
WRITES_PER_SECOND = 200
SECONDS_TO_RECOVER = 2


class Rounds:
    """Writes between the kills, and what each kill took."""

    def __init__(self, checks, writers):
        self.checks, self.writers = checks, writers
        self.written, self.seconds, self.lost = 0, 0.0, []
        self.took = []

    def write(self):
        """Lets the clients write for a while."""
        ledger, began = self.writers.ledger, time.monotonic()
        before = ledger.acknowledged
        time.sleep(SECONDS_BETWEEN)
        self.seconds += time.monotonic() - began
        self.written += ledger.acknowledged - before

    def look(self):
        """Compares what was acknowledged since the last time."""
        self.lost += self.writers.missing()

    def end(self, what):
        rate = self.written / self.seconds
        self.checks.that(f"{rate:.0f} writes a second were acknowledged between the kills", rate >= WRITES_PER_SECOND, "too few")
        self.checks.that("after each, what was acknowledged is there", not self.lost, self.lost[:3])
        median, most = statistics.median(self.took), max(self.took)
        print(f"        {what}: {median:.2f} s, {most:.2f} s at most; {self.writers.ledger.unanswered} requests had no answer", flush=True)


def server(checks, work, times):
    """`kill -9` of a server while clients write."""
    with running(Postgres(work), signal.SIGINT) as postgres, running(Server(work, "server", postgres.url)) as killed:
        with load.Writers(killed.port, sign_in(killed.url)) as writers:
            rounds = Rounds(checks, writers)
            for _ in range(times):
                rounds.write()
                killed.stop(signal.SIGKILL)
                began = time.monotonic()
                killed.start()
                rounds.took.append(time.monotonic() - began)
                rounds.look()
        rounds.end("from the start to ready")
        load.check(checks, writers)


def postgres(checks, work, times):
    """`kill -9` of Postgres and all its processes while clients write."""
    with running(Postgres(work), signal.SIGINT) as killed, running(Server(work, "server", killed.url)) as server:
        with load.Writers(server.port, sign_in(server.url)) as writers:
            rounds = Rounds(checks, writers)
            for _ in range(times):
                rounds.write()
                killed.kill()
                wait_until("503", lambda: get(f"{server.url}/health/ready")[0] == 503, 3)
                killed.start()
                began, before = time.monotonic(), writers.ledger.acknowledged
                wait_until("a write", lambda: writers.ledger.acknowledged > before)
                rounds.took.append(time.monotonic() - began)
                rounds.look()
        checks.that("the server is the same process", server.alive())
        most = max(rounds.took)
        checks.that(f"writes go on {most:.2f} s after Postgres accepts, at most", most <= SECONDS_TO_RECOVER, rounds.took)
        rounds.end("from Postgres accepting to the first write")
        load.check(checks, writers)
