"""Clocks that are wrong, and that jump, of servers on one database."""

import base64
import collections
import http.server
import json
import pathlib
import threading
import time
import uuid

from harness import Postgres, Server, get, running, sign_in, stop_here, wait_until

from .connection import Asker, threads

APART = 120
HOUR = 3600
LIFETIME, LEFT = 900, 10
# Five seconds, and tokens know whole seconds only.
LEEWAY = 6
SECONDS = 5
EVENTS = 100
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1")


def library():
    found = [path for pattern in LIBRARIES for path in pathlib.Path("/").glob(pattern[1:])]
    return str(found[0]) if found else stop_here("libfaketime is missing: apt-get install faketime")


class Wrong(Server):
    """A server whose clock is wrong by as many seconds as a file says."""

    def __init__(self, work, name, database, seconds, **settings):
        super().__init__(work, name, database, **settings)
        self.offset = work / f"{name}.clock"
        self.set(seconds)
        # The clock for durations goes on when the one on the wall is set.
        self.environment |= {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds):
        self.offset.write_text(f"{seconds:+d}\n")


class Receiver(http.server.ThreadingHTTPServer):
    """Takes webhooks, and counts how often each came."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taken)
        self.came = collections.Counter()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Taken(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.server.came[self.headers["webhook-id"]] += 1
        # Long enough for another to take the job, if it thought that the time of the first is over.
        time.sleep(0.2)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def run(checks, work, times):
    settings = {"CRM_PLUGINS__NOTIFICATIONS__ALLOWED_NETWORKS": '["127.0.0.0/8"]'}
    with running(Postgres(work)) as postgres, running(Server(work, "right", postgres.url, **settings)) as right:
        with running(Wrong(work, "wrong", postgres.url, APART, **settings)) as wrong:
            check_tokens(checks, right, wrong)
            token = sign_in(right.url)
            check_leases(checks, right, wrong, token)
            check_jumps(checks, right, wrong, token, times)
            checks.that("both servers are the same processes", right.alive() and wrong.alive())


def check_leases(checks, right, wrong, token):
    """Two servers, 120 s apart, do each job once, though it is held for 60 s only."""
    receiver, bearer = Receiver(), {"authorization": f"Bearer {token}"}
    hook = {"name": "chaos", "url": receiver.url, "eventTypes": ["lead.created"]}
    status, body = get(f"{right.url}/api/notifications/webhooks", bearer, hook)
    if status != 201:
        raise RuntimeError(f"{status} {body}")
    for number in range(EVENTS):
        server = (right, wrong)[number % 2]
        get(f"{server.url}/api/leads", bearer, {"name": "Clock", "emailId": f"{uuid.uuid4()}@example.org"})
    wait_until("the webhooks", lambda: len(receiver.came) >= EVENTS)
    time.sleep(2)
    twice = [name for name, number in receiver.came.items() if number > 1]
    checks.that(f"clocks {APART} s apart: {len(receiver.came)} webhooks came, none twice", not twice, twice)
    hook = json.loads(body)["webhook"]["id"]
    get(f"{right.url}/api/notifications/webhooks/{hook}", bearer, method="DELETE")


def check_jumps(checks, right, wrong, token, times):
    """The clock of one server jumps there and back while both are used."""
    over = threading.Event()
    askers = [Asker(server.port, token, over) for server in (right, wrong) * 2]
    with threads(*askers):
        for _ in range(times):
            for offset in (HOUR, 0, -HOUR, 0, APART, -APART, APART):
                wrong.set(offset)
                time.sleep(1)
    answers = [answer for asker in askers for _, _, answer in asker.answers]
    statuses = collections.Counter(answer and answer.status for answer in answers)
    # It takes the token for one that is over while its clock is an hour ahead.
    checks.that(f"jumps of an hour: {len(answers)} answers, none 5xx", set(statuses) <= {200, 201, 401}, statuses)


def check_tokens(checks, right, wrong):
    """What a server whose clock is behind gives out is over when it says so by a right clock."""
    # In this order: attempts to sign in are counted by the same clocks, and the later ones must not be the earlier.
    wrong.set(-HOUR)
    status = get(f"{right.url}/api/auth/me", {"authorization": f"Bearer {sign_in(wrong.url)}"})[0]
    checks.that("a token that was over before it was made is refused", status == 401, status)
    wrong.set(LEFT - LIFETIME)
    token = sign_in(wrong.url)
    bearer = {"authorization": f"Bearer {token}"}
    taken, status = time.time(), get(f"{right.url}/api/auth/me", bearer)[0]
    checks.that("one that has some seconds left is taken", status == 200, status)
    # When it was taken for the last time.
    while (asked := time.time()) and get(f"{right.url}/api/auth/me", bearer)[0] == 200:
        taken = asked
    late = taken - end_of(token)
    checks.that(f"it is taken until {late:.1f} s after its end", late <= LEEWAY, late)
    wrong.set(APART)


def end_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"]
