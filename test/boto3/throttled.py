"""Lists connectors faster than the server allows, until botocore has had to try again, in each of its modes that retry.

usage: throttled.py ENDPOINT      (credentials come from the environment)

Prints one JSON object: the number of retries that each mode made. A request that fails in spite of them ends it with a traceback.
"""
import json
import sys

import boto3
from botocore.config import Config

retries = {}
for mode in ("legacy", "standard"):
    client = boto3.client("chime-sdk-voice", region_name="us-east-1", endpoint_url=sys.argv[1],
                          config=Config(retries={"mode": mode, "max_attempts": 10}))
    retries[mode] = 0
    for _ in range(1000):
        retries[mode] += client.list_voice_connectors()["ResponseMetadata"]["RetryAttempts"]
        if retries[mode]:
            break
print(json.dumps(retries))
