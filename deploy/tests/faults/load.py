"""Clients that write without a pause and remember what they were told, and the comparison of that with what is stored."""

import collections
import http.client
import json
import threading
import time
import uuid

# Longer than the lease of a request that was begun (60 s), after which its key is free again.
SECONDS_TO_BE_FREE = 65
SECONDS_TO_ANSWER = 20

Answer = collections.namedtuple("Answer", "status type body seconds")


class Api:
    """Asks a server on a connection that stays open. Not for several threads at once."""

    def __init__(self, port, token=None):
        self.port = port
        self.headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        self.connection = None

    def ask(self, method, path, body=None, key=None):
        """The answer; none when there was none."""
        self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        headers = self.headers | ({"idempotency-key": key} if key else {})
        began = time.monotonic()
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None
        return Answer(answer.status, answer.getheader("content-type", ""), text, time.monotonic() - began)

    def list(self, path, name):
        """All records of a list, page by page."""
        found, cursor = [], ""
        while cursor is not None:
            answer = self.ask("GET", f"{path}?limit=100{cursor}")
            if not answer or answer.status != 200:
                raise RuntimeError(f"{path}: {answer}")
            page = json.loads(answer.body)
            found += page[name]
            cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
        return found


class Write:
    """A request that changes something, under a key of its own."""

    def __init__(self, kind, path, body):
        self.kind, self.path, self.body, self.key = kind, path, body, str(uuid.uuid4())

    def send(self, api):
        return api.ask("POST", self.path, self.body, self.key)


class Ledger:
    """What was acknowledged, and what nobody knows."""

    def __init__(self):
        self.lock = threading.Lock()
        self.leads, self.customers, self.notes = {}, {}, {}
        self.unknown, self.new, self.surprises = [], [], []
        self.acknowledged, self.unanswered = 0, 0

    def note(self, write, answer):
        """What came of a write; gives the answer when it was acknowledged."""
        with self.lock:
            if answer and answer.status in (200, 201):
                return self.acknowledge(write, json.loads(answer.body))
            is_open = not answer or answer.status == 503 or b"idempotency-in-progress" in answer.body
            is_gone = answer and b"idempotency-answer-gone" in answer.body
            if is_open:
                self.unknown.append(write)
            elif not is_gone:
                self.surprises.append(f"{write.kind}: {answer}")
        return None

    def acknowledge(self, write, body):
        self.acknowledged += 1
        if write.kind == "lead":
            self.leads[body["id"]] = write.body["name"]
            self.new.append(body["id"])
        if write.kind == "convert":
            self.customers[body["lead"]["id"]] = body["customer"]["id"]
            self.new.append(body["lead"]["id"])
        if write.kind == "note":
            self.notes[write.body["text"]] = write.path
        return body

    def take_unknown(self):
        with self.lock:
            taken, self.unknown = self.unknown, []
        return taken

    def take_new(self):
        with self.lock:
            taken, self.new = self.new, []
        return set(taken)


class Writer(threading.Thread):
    """Makes leads; every fourth becomes a customer, who gets a note."""

    def __init__(self, api, ledger, over):
        super().__init__(daemon=True)
        self.api, self.ledger, self.over = api, ledger, over

    def run(self):
        number = 0
        while not self.over.is_set():
            name = f"chaos {uuid.uuid4()}"
            lead = self.write("lead", "/api/leads", {"name": name, "emailId": f"{uuid.uuid4()}@example.org"})
            number += 1
            if lead and number % 4 == 0:
                converted = self.write("convert", f"/api/leads/{lead['id']}/convert", {"onDuplicate": "create"})
                if converted:
                    self.write("note", f"/api/customers/{converted['customer']['id']}/notes", {"text": name})

    def write(self, *what):
        """Sends it until there is an answer, as clients do, under one key."""
        write = Write(*what)
        answer = write.send(self.api)
        self.ledger.unanswered += not answer
        while not self.over.is_set() and (not answer or answer.status == 503):
            time.sleep(0.02)
            answer = write.send(self.api)
        return self.ledger.note(write, answer)


class Writers:
    """Several of them, and their ledger."""

    def __init__(self, port, token, number=8):
        self.port, self.token = port, token
        self.ledger, self.over = Ledger(), threading.Event()
        self.threads = [Writer(Api(port, token), self.ledger, self.over) for _ in range(number)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def api(self):
        return Api(self.port, self.token)

    def send_again(self):
        """What nobody knows yet is sent again under its key."""
        api = self.api()
        for write in self.ledger.take_unknown():
            self.ledger.note(write, write.send(api))

    def missing(self):
        """Of what was acknowledged since the last time, what is not there as it was."""
        api, found = self.api(), []
        for lead in self.ledger.take_new():
            answer = api.ask("GET", f"/api/leads/{lead}")
            stored = json.loads(answer.body) if answer and answer.status == 200 else {}
            is_same = stored.get("name") == self.ledger.leads[lead]
            if not is_same or stored.get("convertedCustomerId") != self.ledger.customers.get(lead, stored["convertedCustomerId"]):
                found.append(f"{lead}: {answer}")
        return found


def settle(writers):
    """Sends again what nobody knows, until all of it is known: no client gives up."""
    end = time.monotonic() + SECONDS_TO_BE_FREE + 30
    writers.send_again()
    while writers.ledger.unknown and time.monotonic() < end:
        time.sleep(1)
        writers.send_again()


def check(checks, writers):
    """Compares all that is stored with all that was acknowledged."""
    settle(writers)
    ledger, api = writers.ledger, writers.api()
    leads = [lead for lead in api.list("/api/leads", "leads") if lead["name"].startswith("chaos ")]
    customers = {customer["id"]: customer["originLeadId"] for customer in api.list("/api/customers", "customers")}
    converted = {lead["id"]: lead["convertedCustomerId"] for lead in leads if lead["convertedCustomerId"]}
    names = collections.Counter(lead["name"] for lead in leads)
    notes = collections.Counter(note["text"] for path in ledger.notes.values() for note in api.list(path, "notes"))

    unlike = [lead for lead, name in ledger.leads.items() if names[name] == 0]
    unlike += [lead for lead, customer in ledger.customers.items() if converted.get(lead) != customer]
    unlike += [text for text in ledger.notes if notes[text] == 0]
    checks.that(f"{ledger.acknowledged} writes were acknowledged, none is lost", ledger.acknowledged and not unlike, unlike[:5])
    twice = [name for counted in (names, notes) for name, number in counted.items() if number > 1]
    checks.that("none was done twice", not twice, twice[:5])
    half = {customer: lead for customer, lead in customers.items() if lead and converted.get(lead) != customer}
    half |= {customer: lead for lead, customer in converted.items() if customers.get(customer) != lead}
    checks.that(f"{len(converted)} conversions, none half done", converted and not half, half)
    checks.that("all that had no answer is known in the end", not ledger.unknown, len(ledger.unknown))
    checks.that("no other answer came", not ledger.surprises, f"{len(ledger.surprises)}: {ledger.surprises[:3]}")
