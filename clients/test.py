"""Runs the examples of these clients against `crm serve`, each with a database of its own."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "deploy/tests"))

from harness import EMAIL, PASSWORD, Checks, postgres, servers, target_folder, work_folder  # noqa: E402

EXAMPLES = {
    "typescript": ["npm", "run", "--silent", "example"],
    "python": [sys.executable, "-B", "example.py"],
    "rust": [target_folder() / "clients/debug/examples/leads"],
}
PRINTS = "Ada Lovelace ada@example.org New\n"


def main():
    checks = Checks()
    for name in sys.argv[1:]:
        with work_folder(checks) as work, postgres(work) as database, servers(work, database, 1) as (server,):
            environment = {**os.environ, "CRM": server.url, "CRM_ADMIN_EMAIL": EMAIL, "CRM_ADMIN_PASSWORD": PASSWORD}
            folder = ROOT / "clients" / name
            done = subprocess.run(EXAMPLES[name], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
            said = done.stdout + done.stderr
            checks.that(f"{name}: makes a lead and finds it", done.returncode == 0 and done.stdout == PRINTS, said)
    checks.end()


main()
