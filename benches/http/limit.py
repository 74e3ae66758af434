"""What Postgres needs for the statements of one request, when pgbench sends them and nothing else is done: limit/*.sql."""
import json
import re

import lib

OPS = ["get", "list10", "patch", "create"]
CLIENTS = 10  # as many connections as the server has for requests
CHANGES = json.dumps({
    name: {"from": None, "to": value} for name, value in [
        ("name", "Bench Lead 1"), ("emailId", "bench.lead1@load.example.com"), ("phone", "+1-555-1"),
        ("company", "Load Test Inc"), ("source", "Website"), ("status", "New"), ("tags", []), ("recycleCount", 0), ("isArchived", False),
        ("custom.notes", "Asked for a product demo and pricing for a team of twenty five people."),
    ]
})
# So that each client of pgbench patches leads that no other one does.
OPEN_LEADS = """create table bench_open_leads as
    select row_number() over (order by id) as place, id, assigned_to as agent from leads
    where not is_archived and assigned_to is not null and status in ('Contacted', 'Qualified');
    alter table bench_open_leads add primary key (place); analyze bench_open_leads"""


def measure(peer, warm, seconds):
    """Yields what came of each script, on a fresh copy of the server's own database, while no server runs."""
    peer.reset()
    lib.psql(peer.db, OPEN_LEADS)
    given = {
        "id": lib.psql(peer.db, "select id from leads where assigned_to is not null order by id limit 1"),
        "actor": lib.psql(peer.db, "select id from users where email_key = 'user1@crm.example.com'"),
        "status": "New", "changes": CHANGES, "clients": CLIENTS,
    }
    for op in OPS:
        pgbench(peer.db, op, given, warm)
        cpu, (transactions, rate) = lib.cpu(lib.pg_pid()), pgbench(peer.db, op, given, seconds)
        yield {"of": op, "rps": rate, "pg_cpu_ms": (lib.cpu(lib.pg_pid()) - cpu) / transactions * 1000}


def pgbench(db, op, given, seconds):
    """-> transactions, transactions a second"""
    argv = [lib.pg_program("pgbench"), "-h", "127.0.0.1", "-p", lib.PG_PORT, "-U", "postgres", "-n", "-M", "prepared",
            "-c", CLIENTS, "-j", 1, "-T", seconds, "-f", lib.HERE / "limit" / f"{op}.sql"]
    for name, value in given.items():
        argv += ["-D", f"{name}={value}"]
    out = lib.sh([*argv, db], stdout=-1, text=True).stdout
    transactions = int(re.search(r"transactions actually processed: (\d+)", out)[1])
    return transactions, float(re.search(r"tps = ([\d.]+)", out)[1])
