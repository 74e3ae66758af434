"""Clients that take their time."""

import concurrent.futures
import contextlib
import multiprocessing
import select
import socket
import statistics
import threading
import time

from harness import Postgres, Server, running, sign_in

from .connection import Asker, threads

SECONDS_ALONE = 5
# As docs/decisions/0004 has them: 10 s for a head or a body; 30 s for who does not read, after the system took the last bytes.
LIMITS = {"headers": 12, "body": 12, "reading": 45}
# The system keeps what is not read, so that a thousand of those would rather try its memory.
MOST_READERS = 100
# Below this, on few cores, even the best figures waver.
TIMES_SLOWER, LEAST_SECONDS = 2, 0.02

HEAD = b"POST /api/auth/login HTTP/1.1\r\nHost: crm\r\nContent-Type: application/json\r\n"
BEGINNINGS = {
    "headers": HEAD + b"X-Slow: ",
    "body": HEAD + b"Content-Length: 10000\r\n\r\n",
    # More than the buffers of the system hold, 4 MiB.
    "reading": b"GET /api/openapi.json HTTP/1.1\r\nHost: crm\r\n\r\n" * 12,
}


def be_slow(port, kind, number):
    """Keeps so many connections as long as the server lets it; gives how long that was, of those that it ended."""
    poll, began, took = select.poll(), {}, []
    for _ in range(number):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", port))
        one.sendall(BEGINNINGS[kind])
        began[one.fileno()] = (one, time.monotonic())
        # Who does not read hears of the end all the same: it is a reset.
        poll.register(one, 0 if kind == "reading" else select.POLLIN)
    end = time.monotonic() + LIMITS[kind] + 5
    drip = time.monotonic()
    while began and time.monotonic() < end:
        for number, _ in poll.poll(200):
            one, at = began[number]
            if is_over(one, kind):
                took.append(time.monotonic() - at)
                poll.unregister(one)
                one.close()
                del began[number]
        if kind != "reading" and time.monotonic() > drip + 1:
            drip = time.monotonic()
            for one, _ in began.values():
                with contextlib.suppress(OSError):
                    one.send(b"x")
    return took


def is_over(one, kind):
    """An answer, such as 408, is not yet the end of a connection."""
    if kind == "reading":
        return True
    try:
        return not one.recv(1 << 16)
    except OSError:
        return True


def good(server, token, seconds=None, until=None):
    """p99 of clients that do as they should, in seconds, and what was refused."""
    over = threading.Event()
    askers = [Asker(server.port, token, over) for _ in range(2)]
    with threads(*askers):
        until() if until else time.sleep(seconds)
    answers = [answer for asker in askers for _, _, answer in asker.answers]
    refused = [answer for answer in answers if not answer or answer.status >= 400]
    return statistics.quantiles([answer.seconds for answer in answers if answer], n=100)[98], refused


def run(checks, work, number):
    with running(Postgres(work)) as postgres, running(Server(work, "server", postgres.url)) as server:
        token = sign_in(server.url)
        alone, _ = good(server, token, SECONDS_ALONE)
        # A process of their own, so that they do not keep the good ones waiting.
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(1, context) as slow:
            for kind, limit in LIMITS.items():
                number = min(number, MOST_READERS) if kind == "reading" else number
                taking = slow.submit(be_slow, server.port, kind, number)
                beside, refused = good(server, token, until=taking.result)
                took = taking.result()
                most = max(took, default=0)
                what = f"{kind}: of {number} slow clients all are let go, after {most:.1f} s at most"
                checks.that(what, len(took) == number and most <= limit, f"{len(took)} were")
                what = f"{kind}: p99 of the others {beside * 1e3:.1f} ms, alone {alone * 1e3:.1f} ms, none refused"
                is_near = beside <= max(TIMES_SLOWER * alone, LEAST_SECONDS)
                checks.that(what, is_near and not refused, refused[:3])
        checks.that("the server is the same process", server.alive())
