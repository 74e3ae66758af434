"""Whether a system answers what the data has."""
import json

import lib
import wrk

TERMS = ("john smith garcia miller patricia nguyen kowalski priya martinez jennifer robert yamamoto thompson elizabeth "
         "michael rodriguez").split()


def check(peer, ops, leads):
    """Does each operation once -> how many answers were wrong"""
    token = peer.login()
    wrong = 0
    for op in ops:
        request, status, body = wrk.show(peer, op, token)
        fault = fault_of(peer, op, request, status, body, leads)
        wrong += bool(fault)
        print(f"  {'BAD' if fault else 'ok '} {op:12} {status} {len(body)} bytes {request[:130]}")
        if fault:
            print(f"      {fault}; {body[:500]}")
    return wrong


def fault_of(peer, op, request, status, body, leads):
    if status >= 300:
        return "a status that is no success"
    if op == "get":
        return None if peer.summary(op, json.loads(body))[0] else "no name"
    if op in lib.LISTS:
        return fault_of_list(op, peer.summary(op, json.loads(body)), matching(peer, op, request, leads))
    return None


def matching(peer, op, request, leads):
    """How many leads the list has."""
    found = [lead for lead in leads if lead["is_archived"] == "false"]
    if op.startswith("list"):
        status = next(status for status in lib.STATUSES if status in request)
        found = [lead for lead in found if lead["status"] == status]
    if op.startswith("search"):
        term = next(term for term in TERMS if term in request)
        found = [lead for lead in found if term in lead["name"].lower() or term in lead["email"]]
    return len(found)


def fault_of_list(op, seen, total):
    rows = 50 if op == "list50" else 10
    if seen.rows != rows:
        return f"{seen.rows} rows where {rows} are expected"
    if not seen.agent:
        return "no row has an agent"
    if seen.at_least and op not in lib.EXACT:
        return None if seen.total <= total else f"at least {seen.total} where there are {total}"
    return None if seen.total == total and not seen.at_least else f"{seen.total} in all where there are {total}"
