"""The least that could answer as our server does: benches/http/control, on our server's database."""
import lib


class Peer(lib.Peer):
    name = "control"
    label = "a bare handler: axum and tokio-postgres, the same statements and JSON, and nothing else"
    skip = ("list50", "deep", "search", "dashboard", "login", "mixed", "patch", "create", "convert", "after")
    template = "tpl_ours"

    @property
    def requests(self):
        return self.here.parent / "ours" / "requests.lua"

    @property
    def binary(self):
        return self.home / "release" / "control"

    def install(self):
        lib.sh(["cargo", "build", "--quiet", "--release", "--manifest-path", lib.HERE / "control" / "Cargo.toml",
                "--target-dir", self.home])

    def installed(self):
        return [self.binary]

    def command(self):
        return [self.binary], {"DATABASE_URL": lib.pg_url(self.db), "PORT": str(self.port)}, self.home

    def login(self):
        return None

    def summary(self, op, b):
        if op == "get":
            return b["name"], (b["assignedAgent"] or {}).get("name")
        agents = [r["assignedAgent"]["name"] for r in b["leads"] if r["assignedAgent"]]
        return lib.Listed(len(b["leads"]), b["totalLeads"], agents[0], b["totalIsCapped"])
