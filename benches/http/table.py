"""The tables, from the lines of results.jsonl: medians of the repetitions."""
import collections
import json
import statistics

import lib



class Results:
    def __init__(self, path):
        self.runs = collections.defaultdict(lambda: collections.defaultdict(list))    # by (operation, connections) and system
        self.limits = collections.defaultdict(list)                                   # of pgbench, by operation
        self.facts = collections.defaultdict(lambda: collections.defaultdict(list))   # by system and fact
        for line in open(path):
            self.add(json.loads(line))

    def add(self, row):
        op, name = row["op"], row["peer"]
        if op in ("start", "idle", "size"):
            self.facts[name][op].append(row["value"])
        elif op == "limit":
            self.limits[row["of"]].append(row)
        elif op != "fault":
            self.runs[op, row["connections"]][name].append(row)

    def of(self, op, connections):
        """Rows by system. Where exact totals were measured apart, whoever has no other kind has its row there too."""
        measured = self.runs[op, connections]
        return {**self.runs[lib.EXACT.get(op), connections], **measured} if measured else {}


def median(rows, what):
    return statistics.median(row[what] for row in rows)


def line(*cells):
    print(f"| {' | '.join(map(str, cells))} |")


def head(*names):
    line(*names)
    line(*["---"] * len(names))


def print_all(path, base):
    results = Results(path)
    operations(results, base)
    limits(results)
    systems(results)


def operations(results, base):
    head("operation", "connections", "system", "requests/s", "ratio", "p50 ms", "p99 ms", "server CPU ms", "Postgres CPU ms",
         "errors", "spread", "other cores")
    for op, connections in lib.PLAN:
        found = results.of(op, connections)
        rates = {name: median(rows, "rps") for name, rows in found.items()}
        reference = rates.get(base) or max(rates.values(), default=1)
        for name in sorted(rates, key=rates.get, reverse=True):
            operation(op, connections, name, found[name], rates[name] / reference)


def operation(op, connections, name, rows, ratio):
    rate = median(rows, "rps")
    rates = [row["rps"] for row in rows]
    line(op, connections, name, f"{rate:,.{0 if rate >= 10 else 1}f}", f"{ratio:.2f}", f"{median(rows, 'p50'):.2f}",
         f"{median(rows, 'p99'):.2f}", f"{median(rows, 'cpu_ms'):.3f}", f"{median(rows, 'pg_cpu_ms'):.3f}",
         sum(row["errors"] for row in rows), f"{(max(rates) - min(rates)) / (rate or 1):.0%}",
         f"{max(row['other_cpu'] for row in rows):.2f}")


def limits(results):
    """Our server beside pgbench, which sends the same statements, and beside a handler that does nothing else."""
    print()
    head("operation", "Postgres CPU ms, ours", "pgbench", "ratio", "server CPU ms, ours", "control", "ratio")
    for op, rows in results.limits.items():
        found = results.runs[op, 16]
        if found["ours"]:
            line(op, *compared(found["ours"], rows, "pg_cpu_ms"), *compared(found["ours"], found["control"], "cpu_ms"))


def compared(ours, least, what):
    if not least:
        return f"{median(ours, what):.3f}", "", ""
    return f"{median(ours, what):.3f}", f"{median(least, what):.3f}", f"{median(ours, what) / median(least, what):.2f}"


def systems(results):
    print()
    head("system", "start s", "memory idle MiB", "memory at most MiB", "installed MiB")
    for name, facts in results.facts.items():
        peak = max((row["peak"] for found in results.runs.values() for row in found[name]), default=0)
        start, idle, size = (statistics.median(facts[fact] or [0]) for fact in ("start", "idle", "size"))
        line(name, f"{start:.2f}", f"{idle:.0f}", f"{peak:.0f}", f"{size:.0f}")
