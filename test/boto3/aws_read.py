"""Reads what has arrived at the targets of aws_setup.py with boto3, until each has so many events of a status, and prints it: by target
the events, with the group and deduplication ID of a message and the partition key of a record; and how often a role was assumed.

usage: aws_read.py ENDPOINT COUNTS     COUNTS is a JSON object: by target, numbers of events by status
"""
import base64
import json
import sys
import time
import urllib.parse
import urllib.request

import boto3

endpoint, counts = sys.argv[1], json.loads(sys.argv[2])
sqs, kinesis = (boto3.client(s, region_name="us-east-1", endpoint_url=endpoint) for s in ("sqs", "kinesis"))
queues = {"sqs": "calls", "sns": "of-the-topic", "eventbridge": "of-the-bus", "sqs.fifo": "streams.fifo", "sns.fifo": "of-the-topic.fifo"}
arrived = {name: [] for name in [*queues, "kinesis", "lambda"]}


def read_queue(name):
    url = sqs.get_queue_url(QueueName=queues[name])["QueueUrl"]
    for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]).get("Messages", []):
        a = m["Attributes"]
        arrived[name].append({"event": json.loads(m["Body"]), "group": a.get("MessageGroupId", ""), "deduplication": a.get("MessageDeduplicationId", "")})
        sqs.delete_message(QueueUrl=url, ReceiptHandle=m["ReceiptHandle"])


def read_stream():
    arrived["kinesis"] = []
    for shard in kinesis.list_shards(StreamName="calls")["Shards"]:
        at = kinesis.get_shard_iterator(StreamName="calls", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        arrived["kinesis"] += [{"event": json.loads(r["Data"]), "group": r["PartitionKey"]} for r in kinesis.get_records(ShardIterator=at)["Records"]]


def recorded():
    with urllib.request.urlopen(endpoint + "/moto-api/recorder/download-recording") as recording:
        return [json.loads(line) for line in recording.read().decode().splitlines()]


def read_functions():
    """moto runs no function without containers, but it has recorded the invocations."""
    arrived["lambda"] = []
    for r in recorded():
        if "/invocations" in r["url"]:
            assert r["headers"]["X-Amz-Invocation-Type"] == "Event", r["headers"]
            assert urllib.parse.unquote(r["url"]).endswith(":function:calls/invocations"), r["url"]
            arrived["lambda"].append({"event": json.loads(base64.b64decode(r["body"]))})



def lacks(name):
    details = [a["event"].get("detail", {}) for a in arrived[name]]
    statuses = [d.get("detailStatus") or d.get("streamingStatus") for d in details]
    return {status: count for status, count in counts[name].items() if statuses.count(status) < count}


deadline = time.monotonic() + 30
while lacking := {name: lacks(name) for name in counts if lacks(name)}:
    assert time.monotonic() < deadline, lacking
    for name in queues:
        read_queue(name)
    read_stream()
    read_functions()
assumed = [r for r in recorded() if b"Action=AssumeRole" in base64.b64decode(r["body"] or "")]
print(json.dumps({"arrived": arrived, "assumed": len(assumed)}))
