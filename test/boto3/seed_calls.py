"""The two calls that Timbre is for, as boto3 documents them: every request parameter given, every response field checked.

usage: seed_calls.py ENDPOINT CONNECTOR TRANSACTION DOMAIN TOKEN      (credentials come from the environment)

Prints one JSON object with the two task ids; any difference from the documented structure ends it with a traceback.
"""
import datetime
import json
import sys

import boto3

endpoint, connector, transaction, domain, token = sys.argv[1:]
client = boto3.client("chime-sdk-voice", region_name="us-east-1", endpoint_url=endpoint)
began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=5)


def check(answer, envelope, task_id, status, more=()):
    """The answer's one member, with exactly the documented fields, each of its documented type."""
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201, answer["ResponseMetadata"]
    assert answer["ResponseMetadata"]["RequestId"]
    task = answer[envelope]
    allowed = {task_id, status, "CallDetails", "CreatedTimestamp", "UpdatedTimestamp", "StartedTimestamp", "StatusMessage", *more}
    assert set(task) <= allowed, set(task) - allowed
    assert isinstance(task[task_id], str) and 1 <= len(task[task_id]) <= 256
    assert task[status] in ("IN_QUEUE", "IN_PROGRESS"), task[status]
    assert task["CallDetails"]["VoiceConnectorId"] == connector
    assert task["CallDetails"]["TransactionId"] == transaction
    for name in ("CreatedTimestamp", "UpdatedTimestamp"):
        assert isinstance(task[name], datetime.datetime) and task[name] >= began, (name, task[name])
    if "StartedTimestamp" in task:
        assert isinstance(task["StartedTimestamp"], datetime.datetime) and task["StartedTimestamp"] >= began
    assert isinstance(task.get("StatusMessage", ""), str)
    return task


response = client.start_voice_tone_analysis_task(
    VoiceConnectorId=connector,
    TransactionId=transaction,
    LanguageCode='en-US',
    ClientRequestToken=token + '-tone'
)
tone = check(response, "VoiceToneAnalysisTask", "VoiceToneAnalysisTaskId", "VoiceToneAnalysisTaskStatus")

response = client.start_speaker_search_task(
    VoiceConnectorId=connector,
    TransactionId=transaction,
    VoiceProfileDomainId=domain,
    ClientRequestToken=token + '-search',
    CallLeg='Caller'
)
search = check(response, "SpeakerSearchTask", "SpeakerSearchTaskId", "SpeakerSearchTaskStatus", more=("SpeakerSearchDetails",))
assert search["CallDetails"]["IsCaller"] is True

# The same token and parameters: the same task. Other parameters: a conflict, as a typed exception.
again = client.start_speaker_search_task(VoiceConnectorId=connector, TransactionId=transaction, VoiceProfileDomainId=domain,
                                         ClientRequestToken=token + '-search', CallLeg='Caller')
assert again["SpeakerSearchTask"]["SpeakerSearchTaskId"] == search["SpeakerSearchTaskId"]
try:
    client.start_speaker_search_task(VoiceConnectorId=connector, TransactionId=transaction, VoiceProfileDomainId=domain,
                                     ClientRequestToken=token + '-search', CallLeg='Callee')
    raise AssertionError("the same token with another leg was taken")
except client.exceptions.ConflictException:
    pass

json.dump({"tone": tone["VoiceToneAnalysisTaskId"], "search": search["SpeakerSearchTaskId"]}, sys.stdout)
