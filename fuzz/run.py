"""Runs Schemathesis against `crm serve`, once for each who may call, each with a database of its own."""

import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "deploy/tests"))

from harness import EMAIL, PASSWORD, Checks, get, postgres, servers, sign_in, work_folder  # noqa: E402

AGENT = "agent@example.org"
# Who calls, and how many operations must have let them do something: else it is not the API that is tested, but its door.
CALLERS = {"an Admin": (EMAIL, 75), "an Agent": (AGENT, 45), "nobody": (None, 5)}
# How Schemathesis is called, and the least number of requests that it makes in all.
MODES = {
    "full": (["--max-examples", "20"], 20_000),
    # Without the phase of coverage, which takes what the document says value by value, 12,000 requests for each who calls.
    "quick": (["--max-examples", "3", "--phases", "fuzzing,stateful", "--seed", "20261127", "--generation-deterministic"], 1_000),
}


def make_agent(url):
    headers = {"authorization": f"Bearer {sign_in(url)}"}
    user = {"name": "Agent", "emailId": AGENT, "password": PASSWORD, "role": "Agent"}
    status, body = get(f"{url}/api/auth/register", headers, user)
    if status != 201:
        raise RuntimeError(f"making an Agent: {status} {body}")


def schemathesis(mode, url, email, report):
    """Its exit code, and what it reports."""
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    command = [program, "run", ROOT / "docs/openapi.json", "--url", url, *MODES[mode][0]]
    command += ["--report", "json", "--report-json-path", report]
    environment = {**os.environ, "FUZZ_URL": url, "FUZZ_PASSWORD": PASSWORD, "HYPOTHESIS_STORAGE_DIRECTORY": str(report.parent)}
    if email:
        environment["FUZZ_EMAIL"] = email
    done = subprocess.run(command, env=environment, cwd=ROOT / "fuzz")
    return done.returncode, json.loads(report.read_text())


def test_as(checks, mode, name):
    """The number of requests that were made from the document."""
    email, least = CALLERS[name]
    # As a proxy would, Schemathesis says where a request comes from.
    proxies = {"CRM_TRUSTED_PROXIES": "127.0.0.1/32"}
    with work_folder(checks) as work, postgres(work) as database, servers(work, database, 1, **proxies) as (server,):
        make_agent(server.url)
        code, report = schemathesis(mode, server.url, email, work / "report.json")
        checks.that(f"as {name}: all is as the document says", code == 0, f"exit {code}")
        answers = [line for line in server.lines() if "route" in line]
        done = {(line["method"], line["route"]) for line in answers if line["status"] < 300}
        checks.that(f"as {name}: {len(done)} operations did something", len(done) >= least, f"not {least}")
        return report["test_cases"]["generated"]


def main(mode):
    checks, began = Checks(), time.monotonic()
    number = sum(test_as(checks, mode, name) for name in CALLERS)
    least = MODES[mode][1]
    seconds = time.monotonic() - began
    checks.that(f"{number} requests from the document, in {seconds:.0f} s", number >= least, f"not {least}")
    checks.end()


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in MODES:
        sys.exit("fuzz: full or quick?")
    main(sys.argv[1])
