import os
import shutil

import lib

VERSION = "12.4.0"


class Peer(lib.Peer):
    name = "directus"
    label = "Directus 12 (headless API server), 2 workers, Postgres"
    ready = "/server/ping"
    notes = "activity and revision rows on every write (its default); administrator role, so no permission filter"

    def install(self):
        lib.install_node()
        if (self.home / "node_modules").exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "package.json").write_text('{"private":true}')
        lib.npm(self.home, "install", f"directus@{VERSION}", "pg")
        # It comes built for another version of Node.js than the one it is run with.
        lib.sh(["nice", "npx", "--yes", "node-gyp", "rebuild", "--release"],
               cwd=self.home / "node_modules" / "isolated-vm",
               env={**os.environ, **lib.node_env(22), "npm_config_nodedir": str(lib.node(22).parent.parent)})

    def env(self, db):
        return {**lib.node_env(22), "HOST": "127.0.0.1", "PORT": str(self.port), "KEY": "bench-key",
                "SECRET": "bench-secret-of-more-than-32-characters", "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
                "DB_CLIENT": "pg", "DB_HOST": "127.0.0.1", "DB_PORT": str(lib.PG_PORT), "DB_DATABASE": db,
                "DB_USER": "postgres", "DB_PASSWORD": "none", "DB_POOL__MIN": "2", "DB_POOL__MAX": "10",
                "ADMIN_EMAIL": "root@crm.example.com", "ADMIN_PASSWORD": lib.PASSWORD, "LOG_LEVEL": "error",
                "TELEMETRY": "false", "RATE_LIMITER_ENABLED": "false", "PRESSURE_LIMITER_ENABLED": "false",
                "CACHE_ENABLED": "false", "WEBSOCKETS_ENABLED": "false", "ACCESS_TOKEN_TTL": "1d", "WORKERS": "2",
                "EXTENSIONS_PATH": str(self.home / "extensions"), "STORAGE_LOCAL_ROOT": str(self.home / "uploads")}

    @property
    def entry(self):
        return self.home / "node_modules" / "directus" / "cli.js"

    def load(self):
        def make(db):
            lib.sh([lib.node(22), self.entry, "bootstrap"], cwd=self.home, env={**os.environ, **self.env(db)})
            lib.psql(db, file=self.here / "schema.sql", cwd=lib.DATA)
        self.template_db(make)

    def command(self):
        target = self.home / "extensions" / "directus-extension-crm"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.here / "extension", target)
        return [lib.node(22), self.here.parent / "cluster.cjs", self.entry, "start"], self.env(self.db), self.home

    def login(self):
        return self.call("POST", "/auth/login",
                         {"email": "user1@crm.example.com", "password": lib.PASSWORD})["data"]["access_token"]

    def summary(self, op, b):
        if op == "get":
            return b["data"]["name"], (b["data"]["assigned_agent"] or {}).get("first_name")
        agents = [r["assigned_agent"]["first_name"] for r in b["data"] if r["assigned_agent"]]
        return lib.Listed(len(b["data"]), b["meta"]["filter_count"], agents[0])
