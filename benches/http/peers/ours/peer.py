"""Our server: the program that is named by BENCH_SERVER, or else a release build."""
import os
import pathlib
import time

import lib

MAKER = "maker@crm.example.com"
FIELDS = [{"key": "notes", "label": "Notes", "type": "text"}, {"key": "value", "label": "Value", "type": "number"}]


class Peer(lib.Peer):
    name = "ours"
    label = "this CRM, one process, Postgres"
    skip = ("login",)
    has_two_totals = True
    notes = ("its sign-in is throttled on purpose, so it is not measured; lists tell a total up to 1,000, and up to 100 of a "
             "search, and 'at least' beyond, unless they are asked for the exact one; notes and value are custom fields; "
             "activity, event and status change on every write")

    @property
    def binary(self):
        return pathlib.Path(os.environ.get("BENCH_SERVER", lib.ROOT / "target" / "release" / "crm"))

    def install(self):
        if not self.binary.exists():
            raise SystemExit(f"{self.binary} is missing: cargo build --release")

    def installed(self):
        return [self.binary]

    def env(self, db):
        self.home.mkdir(parents=True, exist_ok=True)
        return {"DATABASE_URL": lib.pg_url(db), "PORT": str(self.port), "CRM_DATA_DIR": str(self.home / "data"),
                "CRM_ENV": "production", "CRM_LOG": "warn", "CRM_PASSWORD_MIN_LENGTH": "12"}

    def command(self):
        return [self.binary, "serve"], self.env(getattr(self, "filling", self.db)), self.home

    def load(self):
        def make(db):
            self.filling = db
            self.program("migrate", "apply")
            self.program("user", "create", MAKER, "--name", "Maker", "--role", "Admin", given=lib.PASSWORD)
            self.start()
            try:
                self.define_fields()
            finally:
                self.stop()
            lib.psql(db, file=self.here / "load.sql", cwd=lib.DATA, maker=MAKER)
        self.template_db(make)

    def program(self, *arguments, given=""):
        lib.sh([self.binary, *arguments], env={**os.environ, **self.env(self.filling)}, input=given, text=True)

    def define_fields(self):
        """Custom fields, whose indexes the server makes in the background."""
        admin = {"Authorization": f"Bearer {self.login(MAKER)}"}
        for field in FIELDS:
            self.call("POST", "/api/custom-fields", {"resource": "lead", **field}, admin)
        while self.pending_indexes(admin):
            time.sleep(0.1)

    def pending_indexes(self, admin):
        fields = self.call("GET", "/api/custom-fields", headers=admin)["customFields"]
        return [field["key"] for field in fields if field["indexState"] == "pending"]

    def login(self, email="user1@crm.example.com"):
        return self.call("POST", "/api/auth/login", {"emailId": email, "password": lib.PASSWORD})["token"]

    def summary(self, op, b):
        if op == "get":
            return b["name"], (b["assignedAgent"] or {}).get("name")
        agents = [r["assignedAgent"]["name"] for r in b["leads"] if r["assignedAgent"]]
        return lib.Listed(len(b["leads"]), b["totalLeads"], agents[0], b["totalIsCapped"])
