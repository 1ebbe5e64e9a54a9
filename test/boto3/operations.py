"""Runs the steps of a script of conformance/script that belong to a moment of a call, by boto3.

usage: operations.py ENDPOINT MOMENT <INPUT      (credentials come from the environment)

INPUT is {"script": …, "known": …}; out comes {"known": …, "results": …}: the variables as they are then, and how each
step ended. What a step is, and how it is judged, stands in conformance/script.go.
"""
import datetime
import json
import sys
import time

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

endpoint, moment = sys.argv[1:]
clients = {prefix: boto3.client(name, region_name="us-east-1", endpoint_url=endpoint)
           for prefix, name in (("voice", "chime-sdk-voice"), ("media", "chime-sdk-media-pipelines"))}
given = json.load(sys.stdin)
known, results = given["known"], []
TIMEOUT = 60  # seconds, for what a step waits for


def fill(value):
    """Variables in the place of their names."""
    if isinstance(value, dict):
        return {k: fill(v) for k, v in value.items()}
    if isinstance(value, list):
        return [fill(v) for v in value]
    if not isinstance(value, str):
        return value
    if value.startswith("$") and not value.startswith("${"):
        return known[value[1:]]
    for name, v in known.items():
        if isinstance(v, str):
            value = value.replace("${" + name + "}", v)
    assert "${" not in value, f"{value} is not known"
    return value


def find(value, path):
    """Everything at a path."""
    if not path:
        return [value]
    name, _, rest = path.partition(".")
    if isinstance(value, dict):
        return find(value.get(name), rest)
    if name == "#":
        return [len(value or [])]
    if isinstance(value, list):
        if name == "*":
            return [found for item in value for found in find(item, rest)]
        if int(name) < len(value):
            return find(value[int(name)], rest)
    return []


def fits(found, want):
    rule = want.get("is") if isinstance(want, dict) else None
    if rule == "absent":
        return found is None
    if rule == "time":
        return isinstance(found, datetime.datetime)
    if rule == "text":
        return isinstance(found, str) and found != ""
    return type(found) is type(want) and found == want


def expect(got, wants):
    for path, want in wants.items():
        want, found = fill(want), find(got, path)
        assert any(fits(f, want) for f in found) or not found and fits(None, want), f"{path} is {found}, not {want}"


def run(step):
    prefix, operation = step["do"].split(".")
    client, given = clients[prefix], fill(step.get("with", {}))
    end = time.monotonic() + TIMEOUT
    while True:
        try:
            got = getattr(client, xform_name(operation))(**given)
        except ClientError as e:
            if "fails" in step:
                assert isinstance(e, getattr(client.exceptions, step["fails"])), f"got {e}, want {step['fails']}"
                return
            raise
        assert "fails" not in step, f"got no exception, want {step['fails']}"
        try:
            expect(got, step.get("until", {}))
            break
        except AssertionError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    for name, path in step.get("keep", {}).items():
        known[name] = find(got, path)[0]
        assert known[name] is not None, path
    expect(got, step.get("gives", {}))


for step in given["script"]["steps"]:
    if step.get("when", "") != moment:
        continue
    outcome, reason = "passed", ""
    try:
        run(step)
    except Exception as e:  # whatever goes wrong with a step is its result
        outcome, reason = "failed", f"{type(e).__name__}: {e}"
    results.append({"area": "boto3", "check": step["says"], "operation": step["do"], "outcome": outcome, "reason": reason})

json.dump({"known": known, "results": results}, sys.stdout)
