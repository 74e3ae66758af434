import shutil

import lib


class Peer(lib.Peer):
    name = "express"
    label = "Express 5 + pg, 2 workers"

    def install(self):
        lib.install_node()
        self.home.mkdir(parents=True, exist_ok=True)
        for f in ("package.json", "server.js"):
            shutil.copy(self.here / f, self.home / f)
        if not (self.home / "node_modules").exists():
            lib.npm(self.home, "install")

    def load(self):
        code = f"console.log(require('bcrypt').hashSync('{lib.PASSWORD}', 10))"
        digest = lib.sh([lib.node(), "-e", code], cwd=self.home, stdout=-1, text=True).stdout.strip()
        self.template_db(lambda db: lib.psql(db, file=self.here / "schema.sql", cwd=lib.DATA, hash=digest))

    def command(self):
        shutil.copy(self.here / "server.js", self.home / "server.js")
        env = {**lib.node_env(), "PORT": str(self.port), "DATABASE_URL": lib.pg_url(self.db), "WORKERS": "2",
               "POOL": "10", "ACCESS_TTL": "1d"}
        return [lib.node(), "server.js"], env, self.home

    def login(self):
        return self.call("POST", "/api/auth/login", {"emailId": "user1@crm.example.com", "password": lib.PASSWORD})["token"]

    def summary(self, op, b):
        if op == "get":
            return b["name"], (b["assignedAgent"] or {}).get("name")
        agents = [r["assignedAgent"]["name"] for r in b["leads"] if r["assignedAgent"]]
        return lib.Listed(len(b["leads"]), b["totalLeads"], agents[0])
