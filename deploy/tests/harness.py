"""What the tests of deployment share: a Postgres, servers on it, nginx before them, and checks that are counted."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
EMAIL = "admin@example.org"
PASSWORD = "a harbour full of quiet boats"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 60


class Checks:
    """Prints each check, and counts those that failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, what, holds, detail=""):
        if holds:
            self.passed += 1
            print(f"ok      {what}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {what}: {detail}", flush=True)
        return bool(holds)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


def stop_here(reason):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {reason}")


def need(program, package):
    """The path of a program that must be there; root gets it from the package of Debian."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if shutil.which(program, path=path) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package]
        subprocess.run(["apt-get", "update", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)
    found = shutil.which(program, path=path)
    return found or stop_here(f"{program} is missing: apt-get install {package}")


def target_folder():
    """Where cargo puts what it builds."""
    said = subprocess.run([ROOT / "tools/target-directory"], check=True, capture_output=True, text=True)
    return pathlib.Path(said.stdout.strip())


def crm_program():
    if "CRM_BIN" in os.environ:
        return os.environ["CRM_BIN"]
    program = target_folder() / "debug/crm"
    return str(program) if program.exists() else stop_here(f"{program} is missing: cargo build")


def postgres_folder():
    return os.environ.get("CRM_PG_BIN") or stop_here("CRM_PG_BIN is missing: call this by tools/bootstrap")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_until(what, condition, seconds=SECONDS_TO_START):
    """Asks until the answer is true, and gives it."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return answer


def get(url, headers=None, data=None, method=None):
    """The status and the body of an answer, whatever it is; none when nobody answers."""
    if data is not None and not isinstance(data, bytes):
        data = json.dumps(data).encode()
        headers = {"content-type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, OSError):
        return None, ""


@contextlib.contextmanager
def work_folder(checks):
    """A folder that others may enter, since Postgres has a user of its own. It stays when something went wrong."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-deploy-"))
    folder.chmod(0o755)
    went_well = False
    try:
        yield folder
        went_well = not checks.failed
    finally:
        if went_well:
            shutil.rmtree(folder)
        else:
            print(f"logs are in {folder}", flush=True)


class Process:
    """A program that runs until it is told to stop."""

    def __init__(self, command, log, environment=None, **options):
        self.command, self.log, self.environment, self.options = command, log, environment, options
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.options
            )
        return self

    def alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.command[0]} ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        return True

    def send(self, number):
        self.process.send_signal(number)

    def wait(self):
        return self.process.wait(SECONDS_TO_STOP)

    def stop(self, number=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.send(number)
            return self.wait()
        return None


def unprivileged(folder):
    """How to start what refuses to run as root, Postgres, with a folder that is its own."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Postgres(Process):
    """A Postgres of its own, on a socket in a folder; its database is empty."""

    def __init__(self, work):
        self.binaries = pathlib.Path(postgres_folder())
        self.folder = work / "postgres"
        self.folder.mkdir()
        self.url = f"postgres://crm@{urllib.parse.quote(str(self.folder), safe='')}/postgres"
        options = unprivileged(self.folder)
        cluster = self.folder / "cluster"
        init = [self.binaries / "initdb", "--pgdata", cluster, "--username=crm", "--auth=trust", "--encoding=UTF8"]
        subprocess.run([*init, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd="/", **options)
        command = [self.binaries / "postgres", "-D", cluster, "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"]
        super().__init__(command, work / "postgres.log", cwd="/", **options)

    def accepts(self):
        asked = [self.binaries / "pg_isready", "--quiet", "--host", self.folder, "--username=crm"]
        return self.alive() and subprocess.run(asked).returncode == 0

    def start(self):
        super().start()
        wait_until("Postgres", self.accepts)
        return self

    def ask(self, query):
        """The answer to a query, as text."""
        command = [self.binaries / "psql", "--host", self.folder, "--username=crm", "--no-align", "--tuples-only", "--command", query]
        return subprocess.run([*command, "postgres"], check=True, capture_output=True, text=True).stdout.strip()

    def kill(self):
        """Kills it and all its processes, as the system does when memory is short."""
        pids = [self.process.pid, *children(self.process.pid)]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait()
        wait_until("the processes of Postgres to be gone", lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids))


def children(pid):
    """The processes that a process has started (Linux)."""
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextlib.contextmanager
def postgres(work):
    """A Postgres of its own; gives the URL of an empty database."""
    with running(Postgres(work), signal.SIGINT) as process:
        yield process.url


@contextlib.contextmanager
def running(process, number=signal.SIGTERM):
    """Starts it, and stops it in the end by a signal. (SIGINT: Postgres does not wait for those who are connected.)"""
    try:
        yield process.start()
    finally:
        process.stop(number)


class Server(Process):
    """`crm serve`; without a database it runs one itself."""

    def __init__(self, work, name, database, **settings):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CRM_")}
        environment |= {
            "PORT": str(self.port),
            **({"DATABASE_URL": database} if database else {"CRM_PG_BIN": postgres_folder()}),
            "CRM_DATA_DIR": str(work / name),
            "CRM_ADMIN_EMAIL": EMAIL,
            "CRM_ADMIN_PASSWORD": PASSWORD,
            "JWT_SECRET": "9f0d3c5b-the-first-of-two-for-tests",
            "JWT_REFRESH_SECRET": "51ab7e20-the-second-of-two-for-tests",
            **settings,
        }
        super().__init__([crm_program(), "serve"], work / f"{name}.log", environment)

    def is_ready(self):
        return self.alive() and get(f"{self.url}/health/ready")[0] == 200

    def start(self):
        super().start()
        wait_until(f"server {self.port}", self.is_ready)
        return self

    def lines(self):
        """What it has logged, of the lines that are JSON."""
        for line in self.log.read_text().splitlines():
            if line.startswith("{"):
                yield json.loads(line)


@contextlib.contextmanager
def servers(work, database, number, **settings):
    """Servers on one database."""
    running = [Server(work, f"server-{index + 1}", database, **settings) for index in range(number)]
    try:
        for server in running:
            server.start()
        yield running
    finally:
        for server in running:
            server.stop()


def sign_in(url):
    """An access token of the Admin."""
    status, body = get(f"{url}/api/auth/login", data={"emailId": EMAIL, "password": PASSWORD})
    if status != 200:
        raise RuntimeError(f"signing in: {status} {body}")
    return json.loads(body)["token"]


def certificate(work):
    """A certificate for this machine that is signed by itself, for a day."""
    tls = work / "tls"
    tls.mkdir()
    command = [need("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command += ["-keyout", tls / "privkey.pem", "-out", tls / "fullchain.pem"]
    subprocess.run(command, check=True, capture_output=True)
    return tls


class Nginx(Process):
    """nginx with deploy/nginx/crm.conf, in which only the addresses and the certificate are others."""

    def __init__(self, work, upstreams):
        self.http, self.https = free_port(), free_port()
        self.tls = certificate(work)
        self.url = f"https://localhost:{self.https}"
        text = (ROOT / "deploy/nginx/crm.conf").read_text()
        changes = {
            "listen 80;": f"listen 127.0.0.1:{self.http};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.https} ssl",
            "/etc/nginx/tls/": f"{self.tls}/",
        }
        for index, server in enumerate(upstreams):
            changes[f"server server-{index + 1}:3000"] = f"server 127.0.0.1:{server.port}"
        for old, new in changes.items():
            if old not in text:
                raise RuntimeError(f"deploy/nginx/crm.conf has no {old!r}")
            text = text.replace(old, new)
        (work / "crm.conf").write_text(text)
        self.access_log = work / "access.log"
        # Its workers are nobody's when root starts it, and could not enter the folder.
        user = "user root;\n" if os.geteuid() == 0 else ""
        (work / "nginx.conf").write_text(
            f"{user}pid {work}/nginx.pid;\nerror_log {work}/error.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log {self.access_log}; client_body_temp_path {work}/temp-body; proxy_temp_path {work}/temp-proxy;\n"
            f"fastcgi_temp_path {work}/temp-fastcgi; uwsgi_temp_path {work}/temp-uwsgi; scgi_temp_path {work}/temp-scgi;\n"
            f"include {work}/crm.conf; }}\n"
        )
        self.program = [need("nginx", "nginx-light"), "-c", str(work / "nginx.conf"), "-p", str(work)]
        super().__init__([*self.program, "-g", "daemon off;"], work / "nginx.log")

    def check(self):
        """What nginx says of the file."""
        return subprocess.run([*self.program, "-t", "-q"], capture_output=True, text=True)

    def start(self):
        super().start()

        def listens():
            with socket.socket() as one:
                return self.alive() and one.connect_ex(("127.0.0.1", self.https)) == 0

        wait_until("nginx", listens)
        return self


@contextlib.contextmanager
def nginx(work, upstreams):
    """nginx before these servers."""
    with running(Nginx(work, upstreams)) as process:
        yield process
