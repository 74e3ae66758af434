#!/usr/bin/env python3
"""Measures CRM servers with the same data and the same work, one after the other, alternated.

  bench.py install SYSTEM...   packages, from the ordinary registries' clients
  bench.py load SYSTEM...      the data, and templates with it
  bench.py check SYSTEM...     every operation once, answers compared with the data
  bench.py run SYSTEM...       the measurement; appends to results.jsonl
  bench.py limit               what pgbench needs for the statements of our server; the same
  bench.py table               the tables from results.jsonl

README.md, beside it, says what is measured.
"""
import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import signal
import sys
import time

import check
import lib
import limit
import table
import wrk

SECONDS_TO_REST = 3


def peer(name):
    path = lib.HERE / "peers" / name / "peer.py"
    spec = importlib.util.spec_from_file_location(f"peer_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Peer()


@contextlib.contextmanager
def running(name):
    """A system on a fresh copy of the data, and the seconds it took to start."""
    system = peer(name)
    system.reset()
    try:
        yield system, system.start()
    finally:
        system.stop()


def do_install(a):
    for name in a.systems:
        peer(name).install()
        print(f"{name}: installed", flush=True)


def do_load(a):
    for name in a.systems:
        peer(name).load()
        print(f"{name}: loaded", flush=True)


def do_check(a):
    leads = list(lib.rows("leads"))
    wrong = 0
    for name in a.systems:
        with running(name) as (system, _):
            print(f"{name}: {system.label}; {system.notes}", flush=True)
            ops = dict.fromkeys(op for op, _ in lib.PLAN if op not in ("mixed", "after", *system.left_out))
            wrong += check.check(system, ops, leads)
    sys.exit(wrong > 0)


def do_run(a):
    with open(a.results, "a") as results:
        def put(**row):
            results.write(json.dumps(row) + "\n")
            results.flush()

        for name in a.systems:
            put(peer=name, op="size", value=sum(map(lib.size_of, peer(name).installed())))
        for repetition in range(a.first_rep, a.first_rep + a.reps):
            first = repetition % len(a.systems)
            for name in a.systems[first:] + a.systems[:first]:
                try:
                    repeat(name, repetition, a, put)
                except RuntimeError as fault:  # that of one system must not end the run
                    put(peer=name, rep=repetition, op="fault", text=str(fault))
                    print(f"{repetition} {name}: {fault}", flush=True)
    do_table(a)


def repeat(name, repetition, a, put):
    """All operations of one system."""
    with running(name) as (system, seconds):
        put(peer=name, rep=repetition, op="start", value=seconds)
        token = system.login()
        time.sleep(SECONDS_TO_REST)
        put(peer=name, rep=repetition, op="idle", value=lib.memory(system.proc.pid))
        cursors = {}
        for place, (op, connections) in enumerate(lib.PLAN):
            if op in system.left_out or (a.ops and op not in a.ops):
                continue
            seed = 1000 * (repetition + 1) + 10 * place
            row = wrk.measure(system, op, connections, a, token, seed, cursors.get(op, 0))
            cursors[op] = row["cursor"]
            put(peer=name, rep=repetition, op=op, connections=connections, **row)
            print(f"{repetition} {name:10} {op:12} {connections:2} {row['rps']:9,.1f}/s  p50 {row['p50']:.2f} p99 {row['p99']:.2f} ms  "
                  f"CPU {row['cpu_ms']:.3f} + {row['pg_cpu_ms']:.3f} ms  errors {row['errors']}  other cores "
                  f"{row['other_cpu']:.2f}", flush=True)


def do_limit(a):
    with open(a.results, "a") as results:
        for row in limit.measure(peer("ours"), a.warm, a.seconds):
            results.write(json.dumps({"peer": "pgbench", "op": "limit", **row}) + "\n")
            print(f"pgbench {row['of']}: {row['rps']:,.0f}/s, Postgres CPU {row['pg_cpu_ms']:.3f} ms", flush=True)


def do_table(a):
    table.print_all(a.results, a.base)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["install", "load", "check", "run", "limit", "table"])
    parser.add_argument("systems", nargs="*")
    parser.add_argument("--seconds", type=int, default=10, help="of each run, after the warm-up")
    parser.add_argument("--warm", type=int, default=3, help="seconds of the warm-up")
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--first-rep", type=int, default=0)
    parser.add_argument("--ops", nargs="*", help="only these operations")
    parser.add_argument("--results", type=pathlib.Path, default=lib.WORK / "results.jsonl")
    parser.add_argument("--base", help="the system the ratios are to (default: the best of each operation)")
    return parser.parse_args()


def main():
    a = arguments()
    if a.verb == "table":
        return do_table(a)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))  # so that servers are stopped
    lib.ensure_data()
    started = lib.pg_start()
    try:
        {"install": do_install, "load": do_load, "check": do_check, "run": do_run, "limit": do_limit}[a.verb](a)
    finally:
        if started and not os.environ.get("BENCH_KEEP_PG"):
            lib.pg_stop()


if __name__ == "__main__":
    main()
