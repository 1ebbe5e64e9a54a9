"""Verifies requests with the library of the Standard Webhooks project, and that it refuses each with another body or secret.

usage: standard_webhook.py FILE SECRET OTHER     FILE has a JSON list of {"headers": {…}, "body": "…"}; prints the ids of the events
"""
import json
import pathlib
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

path, secret, other = sys.argv[1:]
requests = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def refused(key, body, headers):
    try:
        Webhook(key).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


ids = []
for request in requests:
    event = Webhook(secret).verify(request["body"], request["headers"])
    assert request["headers"]["Webhook-Id"] == event["id"]
    assert refused(secret, request["body"] + " ", request["headers"]), "another body"
    assert refused(other, request["body"], request["headers"]), "another secret"
    assert refused(secret, request["body"], {**request["headers"], "Webhook-Id": "Id-other"}), "another id"
    ids.append(event["id"])
print(json.dumps(ids))
