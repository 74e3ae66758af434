import shutil

import lib


class Peer(lib.Peer):
    name = "strapi"
    label = "Strapi 5 (headless API server), 2 workers, Postgres"
    ready = "/_health"
    notes = "no audit rows (a paid feature); the admin panel is not served"

    def project(self):
        shutil.copytree(self.here / "project", self.home, dirs_exist_ok=True)
        (self.home / "public" / "uploads").mkdir(parents=True, exist_ok=True)

    def install(self):
        lib.install_node()
        self.project()
        if not (self.home / "node_modules").exists():
            lib.npm(self.home, "install")

    def env(self, db):
        return {**lib.node_env(), "PORT": str(self.port), "DATABASE_URL": lib.pg_url(db), "POOL": "10", "WORKERS": "2",
                "STRAPI_TELEMETRY_DISABLED": "true", "STRAPI_DISABLE_UPDATE_NOTIFICATION": "true"}

    def argv(self):
        return [lib.node(), self.here.parent / "cluster.cjs", self.home / "node_modules/@strapi/strapi/bin/strapi.js",
                "start"]

    def load(self):
        self.project()
        code = f"console.log(require('bcryptjs').hashSync('{lib.PASSWORD}', 10))"
        digest = lib.sh([lib.node(), "-e", code], cwd=self.home, stdout=-1, text=True).stdout.strip()

        def make(db):
            self.filling = db
            self.start()     # Strapi makes its tables when it first starts
            self.stop()
            lib.psql(db, file=self.here / "fill.sql", cwd=lib.DATA, hash=digest)
        self.template_db(make)

    def command(self):
        self.project()
        db = getattr(self, "filling", self.db)
        env = self.env(db)
        if db != self.db:
            env["WORKERS"] = "1"
        return self.argv(), env, self.home

    def login(self):
        return self.call("POST", "/api/auth/local",
                         {"identifier": "user1@crm.example.com", "password": lib.PASSWORD})["jwt"]

    def summary(self, op, b):
        if op == "get":
            return b["data"]["name"], (b["data"]["agent"] or {}).get("username")
        agents = [r["agent"]["username"] for r in b["data"] if r["agent"]]
        return lib.Listed(len(b["data"]), b["meta"]["pagination"]["total"], agents[0])
