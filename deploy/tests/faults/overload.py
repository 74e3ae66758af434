"""More requests than a server can answer."""

import asyncio
import collections
import contextlib
import json
import pathlib
import statistics
import time
import uuid

from harness import Postgres, Server, get, running, sign_in, wait_until

TIMES = 3
# More connections than these a server does not take.
CONNECTIONS = 900
AT_ITS_MOST = 32
SECONDS_TO_ANSWER = 10
SECONDS_TO_RECOVER = 5
LEAST_GOODPUT, TIMES_SLOWER, TIMES_LARGER = 0.8, 4, 2


class Load:
    """Makes leads, at a rate or as fast as so many clients can."""

    def __init__(self, port, token):
        self.port, self.token = port, token
        self.free, self.open = [], 0
        self.answers, self.unsent = [], 0

    def request(self):
        body = json.dumps({"name": "Load", "emailId": f"{uuid.uuid4()}@example.org"})
        head = f"POST /api/leads HTTP/1.1\r\nHost: crm\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()

    async def ask(self):
        """The status of an answer, and the seconds that it took, go to `answers`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                status = await self.exchange()
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            status = type(error).__name__
        self.answers.append((status, time.monotonic() - began))

    async def exchange(self):
        self.open += 0 if self.free else 1
        connection = self.free.pop() if self.free else None
        is_kept = False
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = connection
            writer.write(self.request())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            await reader.readexactly(int(head.split("content-length: ")[1].split("\r")[0]))
            is_kept = "connection: close" not in head
            return int(head.split(" ")[1])
        finally:
            if is_kept:
                self.free.append(connection)
            else:
                self.open -= 1
                if connection:
                    connection[1].close()

    async def steady(self, clients, seconds):
        """So many ask one thing after the other."""
        end = time.monotonic() + seconds

        async def client():
            while time.monotonic() < end:
                await self.ask()

        await asyncio.gather(*(client() for _ in range(clients)))

    async def at_rate(self, rate, seconds):
        """So many a second are asked for, whatever becomes of those before."""
        began, number, asking = time.monotonic(), 0, set()
        while (passed := time.monotonic() - began) < seconds:
            for _ in range(int(passed * rate) - number):
                number += 1
                if not self.free and self.open >= CONNECTIONS:
                    self.unsent += 1
                    continue
                task = asyncio.create_task(self.ask())
                asking.add(task)
                task.add_done_callback(asking.discard)
                # It takes its connection before the next one looks for one.
                await asyncio.sleep(0)
            await asyncio.sleep(0.002)
        await asyncio.gather(*asking)


class Outcome:
    """What came of some load."""

    def __init__(self, load, seconds):
        self.statuses = collections.Counter(status for status, _ in load.answers)
        times = [took for status, took in load.answers if status == 201]
        self.goodput = len(times) / seconds
        self.p99 = statistics.quantiles(times, n=100)[98] if len(times) > 1 else 0.0
        self.unsent = load.unsent


def measure(server, token, how, amount, seconds):
    load = Load(server.port, token)
    began = time.monotonic()
    asyncio.run(getattr(load, how)(amount, seconds))
    return Outcome(load, time.monotonic() - began)


def memory(server):
    """The most that the server has held so far, in MiB."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run(checks, work, seconds):
    with running(Postgres(work)) as postgres, running(Server(work, "server", postgres.url)) as server:
        token = sign_in(server.url)
        measure(server, token, "steady", AT_ITS_MOST, 2)
        most = measure(server, token, "steady", AT_ITS_MOST, max(seconds / 4, 3))
        held = memory(server)
        print(f"        at its most: {most.goodput:.0f} leads a second, p99 {most.p99 * 1e3:.0f} ms, {held:.0f} MiB", flush=True)
        over = measure(server, token, "at_rate", TIMES * most.goodput, seconds)
        print(f"        answers: {dict(over.statuses)}; {over.unsent} found no free connection", flush=True)
        check(checks, server, most, over, held)
        check_recovery(checks, server, token, most)


def check(checks, server, most, over, held):
    share = over.goodput / most.goodput
    what = f"asked for {TIMES} times as much: {over.goodput:.0f} leads a second, {share:.0%} of the most"
    checks.that(what, share >= LEAST_GOODPUT, over.statuses)
    what = f"p99 of those taken {over.p99 * 1e3:.0f} ms, {most.p99 * 1e3:.0f} ms at the most"
    checks.that(what, over.p99 <= TIMES_SLOWER * most.p99, "too slow")
    checks.that("others are refused by 503", set(over.statuses) <= {201, 503}, over.statuses)
    now = memory(server)
    checks.that(f"{now:.0f} MiB at most, {held:.0f} MiB before", now <= TIMES_LARGER * held, "too many")
    checks.that("the server is the same process", server.alive())


def check_recovery(checks, server, token, most):
    began = time.monotonic()
    bearer, lead = {"authorization": f"Bearer {token}"}, {"name": "After", "emailId": "after@example.org"}

    def is_well():
        at = time.monotonic()
        return get(f"{server.url}/api/leads", bearer, lead)[0] in (201, 409) and time.monotonic() - at <= most.p99

    with contextlib.suppress(TimeoutError):
        wait_until("a quick answer", is_well)
    took = time.monotonic() - began
    checks.that(f"answers are as quick as before {took:.2f} s after", took <= SECONDS_TO_RECOVER, took)
