"""The way from a server to its database: closed, reset, slow, silent."""

import collections
import contextlib
import socket
import struct
import threading
import time
import uuid

from harness import Postgres, Server, get, running, sign_in, wait_until

from .load import Api

FAULTS = ("closed", "reset", "silent", "half-open")
SECONDS = 5
SECONDS_TO_ANSWER = 3
SECONDS_TO_RECOVER = 2
SECONDS_A_READ = 0.05
CLIENTS = 6


class Proxy:
    """Passes bytes on between a port and the socket of Postgres, as well as it is told to."""

    def __init__(self, postgres):
        self.target = str(postgres.folder / ".s.PGSQL.5432")
        self.state, self.pairs = "open", []
        self.flows = threading.Event()
        self.flows.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgres://crm@127.0.0.1:{self.listener.getsockname()[1]}/postgres"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.state in ("closed", "reset", "half-open"):
                self.end(client, self.state != "closed")
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.target)
            pair = (client, server)
            self.pairs.append(pair)
            for source, sink in (pair, pair[::-1]):
                threading.Thread(target=self.pump, args=(pair, source, sink), daemon=True).start()

    def pump(self, pair, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                if self.state == "slow":
                    time.sleep(SECONDS_A_READ)
                # What was read is kept, and goes on when bytes flow again: to the sender all is well.
                self.flows.wait()
                if pair not in self.pairs:
                    return
                sink.sendall(data)
        if pair in self.pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def end(one, by_reset):
        if by_reset:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Wakes the thread that reads, since until then it is not closed; the other end hears nothing of this.
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RD)
        one.close()

    def break_by(self, state):
        self.state = state
        if state in ("silent", "half-open"):
            self.flows.clear()
        if state in ("closed", "reset"):
            self.forget(lambda client: self.end(client, state == "reset"))

    def restore(self):
        if self.state == "half-open":
            # The other end forgot them: nothing is ever heard of them again, though they look open.
            self.forget(lambda client: None)
        self.state = "open"
        self.flows.set()

    def forget(self, end):
        pairs, self.pairs = self.pairs, []
        for client, server in pairs:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            end(client)


class Asker(threading.Thread):
    """Asks for one thing after the other, and keeps the answers with the time at which each was asked for."""

    def __init__(self, port, token, over):
        super().__init__(daemon=True)
        self.api, self.over, self.answers = Api(port, token), over, []

    def run(self):
        while not self.over.is_set():
            lead = {"name": "Connected", "emailId": f"{uuid.uuid4()}@example.org"}
            self.ask("GET", "/api/leads?limit=10")
            self.ask("POST", "/api/leads", lead)
            self.ask("POST", "/api/leads", lead | {"emailId": f"{uuid.uuid4()}@example.org"}, str(uuid.uuid4()))
            self.ask("GET", "/api/customers")
            self.ask("GET", "/api/auth/me")

    def ask(self, *what):
        began = time.monotonic()
        self.answers.append((began, what[:2], self.api.ask(*what)))


class Probe(threading.Thread):
    """Asks for a path again and again."""

    def __init__(self, url, over):
        super().__init__(daemon=True)
        self.url, self.over, self.statuses = url, over, collections.Counter()

    def run(self):
        while not self.over.wait(0.1):
            self.statuses[get(self.url)[0]] += 1


@contextlib.contextmanager
def threads(*some):
    """Runs them as long as the block does."""
    for thread in some:
        thread.start()
    try:
        yield
    finally:
        for thread in some:
            thread.over.set()
        for thread in some:
            thread.join()


class Trial:
    """A fault, some times, while clients ask."""

    def __init__(self, server, proxy, token):
        self.server, self.proxy, self.token = server, proxy, token
        self.wrong, self.slowest, self.number = [], 0.0, 0
        self.live, self.ready = collections.Counter(), collections.Counter()
        self.recovered = []

    def asker(self, over):
        return Asker(self.server.port, self.token, over)

    def run(self, state):
        over = threading.Event()
        askers = [self.asker(over) for _ in range(CLIENTS)]
        live = Probe(f"{self.server.url}/health/live", over)
        with threads(*askers, live):
            time.sleep(0.5)
            began = time.monotonic()
            self.proxy.break_by(state)
            ready = Probe(f"{self.server.url}/health/ready", threading.Event())
            with threads(ready):
                time.sleep(SECONDS)
            over.set()
        self.live += live.statuses
        self.ready += ready.statuses
        self.judge(askers, began)
        began = time.monotonic()
        self.proxy.restore()
        wait_until("ready", self.server.is_ready, 60)
        self.recovered.append(time.monotonic() - began)

    def judge(self, askers, began):
        """Those that were asked before the fault may have come through."""
        for at, what, answer in (one for asker in askers for one in asker.answers):
            if at < began:
                continue
            self.number += 1
            if not answer:
                self.wrong.append(f"{what}: no answer")
                continue
            self.slowest = max(self.slowest, answer.seconds)
            if (answer.status, answer.type) != (503, "application/problem+json") or answer.seconds > SECONDS_TO_ANSWER:
                self.wrong.append(f"{what}: {answer}")


def check(checks, postgres, trial, state):
    what = f"{state}: {trial.number} answers, all 503 within {trial.slowest:.2f} s"
    checks.that(what, trial.number and not trial.wrong, f"{len(trial.wrong)}: {trial.wrong[:3]}")
    checks.that(f"{state}: alive meanwhile", set(trial.live) == {200}, trial.live)
    checks.that(f"{state}: not ready meanwhile", set(trial.ready) == {503}, trial.ready)
    most = max(trial.recovered)
    checks.that(f"{state}: ready again within {most:.2f} s", most <= SECONDS_TO_RECOVER, trial.recovered)
    checks.that(f"{state}: the server is the same process", trial.server.alive())
    check_connections(checks, postgres, trial.server, state)


def check_connections(checks, postgres, server, state):
    """That none is held by what will never end."""

    def held():
        text = get(f"{server.url}/metrics")[1]
        lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("crm_database_connections"))
        most, idle, waiting = (int(lines[f'crm_database_connections{{state="{state}"}}']) for state in ("open", "idle", "waiting"))
        return most - idle + waiting

    def left():
        return postgres.ask("select count(*) from pg_stat_activity where state like 'idle in transaction%'") == "0"

    try:
        wait_until("connections", lambda: held() == 0, 5)
        # Postgres ends by itself, after 10 s, what was begun by those of whom nothing is heard.
        wait_until("transactions", left, 15)
        checks.that(f"{state}: no connection is stuck", True)
    except TimeoutError as error:
        checks.that(f"{state}: no connection is stuck", False, f"{error}; {held()} are held")


def check_slow(checks, server, proxy, token):
    over = threading.Event()
    askers = [Asker(server.port, token, over) for _ in range(CLIENTS)]
    proxy.break_by("slow")
    with threads(*askers):
        time.sleep(SECONDS)
    proxy.restore()
    answers = [answer for asker in askers for _, _, answer in asker.answers]
    wrong = [answer for answer in answers if not answer or answer.status not in (200, 201)]
    slowest = max(answer.seconds for answer in answers if answer)
    what = f"slow, {SECONDS_A_READ * 1e3:.0f} ms a read: {len(answers)} answers, none refused, {slowest:.2f} s at most"
    checks.that(what, answers and not wrong, f"{len(wrong)}: {wrong[:3]}")


def run(checks, work, times):
    with running(Postgres(work)) as postgres:
        proxy = Proxy(postgres)
        with running(Server(work, "server", proxy.url)) as server:
            token = sign_in(server.url)
            for state in FAULTS:
                trial = Trial(server, proxy, token)
                for _ in range(times):
                    trial.run(state)
                check(checks, postgres, trial, state)
            check_slow(checks, server, proxy, token)
