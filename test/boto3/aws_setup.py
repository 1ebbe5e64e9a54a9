"""Makes the targets of aws_test.go with boto3, and prints their ARNs by the service: a queue, topic, stream, function and bus named
calls, and a FIFO queue and topic named streams. What topics and the bus get is forwarded to queues, where it can be read.

usage: aws_setup.py ENDPOINT
"""
import io
import json
import sys
import urllib.request
import zipfile

import boto3

endpoint = sys.argv[1]


def client(service):
    return boto3.client(service, region_name="us-east-1", endpoint_url=endpoint)


def moto(path, body=b""):
    """An order to moto itself."""
    urllib.request.urlopen(urllib.request.Request(endpoint + "/moto-api/" + path, data=body, method="POST", headers={"Content-Type": "application/json"})).read()


sqs, sns, events, kinesis, functions, iam = map(client, ("sqs", "sns", "events", "kinesis", "lambda", "iam"))
FIFO = {"FifoQueue": "true"}


def queue(name, attributes=None):
    url = sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def topic(name, attributes, to):
    arn = sns.create_topic(Name=name, Attributes=attributes)["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=to, Attributes={"RawMessageDelivery": "true"})
    return arn


moto("config", json.dumps({"lambda": {"use_docker": False}}).encode())  # invocations are recorded, not run
moto("recorder/start-recording")
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("calls.py", "def handler(event, context): pass")
role = iam.create_role(RoleName="insights", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
iam.create_user(UserName="nobody")  # whom no policy permits anything
nobody = iam.create_access_key(UserName="nobody")["AccessKey"]
kinesis.create_stream(StreamName="calls", ShardCount=2)
bus = events.create_event_bus(Name="calls")["EventBusArn"]
events.put_rule(Name="calls", EventBusName="calls", EventPattern=json.dumps({"source": ["aws.chime"]}))
events.put_targets(Rule="calls", EventBusName="calls", Targets=[{"Id": "1", "Arn": queue("of-the-bus")}])
print(json.dumps({
    "role": role,
    "nobody": nobody["AccessKeyId"],
    "secret of nobody": nobody["SecretAccessKey"],
    "sqs": queue("calls"),
    "sns": topic("calls", {}, queue("of-the-topic")),
    "kinesis": kinesis.describe_stream(StreamName="calls")["StreamDescription"]["StreamARN"],
    "lambda": functions.create_function(FunctionName="calls", Runtime="python3.13", Role=role, Handler="calls.handler", Code={"ZipFile": code.getvalue()})["FunctionArn"],
    "eventbridge": bus,
    "sqs.fifo": queue("streams.fifo", FIFO),
    "sns.fifo": topic("streams.fifo", {"FifoTopic": "true"}, queue("of-the-topic.fifo", FIFO)),
}))
