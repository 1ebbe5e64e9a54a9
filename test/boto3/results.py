"""What boto3 sees of the two tasks of seed_calls.py once the call is over, and of the caller's enrolment.

usage: results.py ENDPOINT CONNECTOR TRANSACTION SEARCH_TASK TONE_TASK [PROFILE]

Without PROFILE nobody may have been found, and the caller is enrolled; with it, the caller must have been found as that.
"""
import datetime
import json
import sys

import boto3

endpoint, connector, transaction, search_id, tone_id, *expected = sys.argv[1:]
client = boto3.client("chime-sdk-voice", region_name="us-east-1", endpoint_url=endpoint)



def check(task, prefix, is_caller, more=()):
    """Every documented member of an ended task is there, and no other; StatusMessage may be left out."""
    members = {prefix + "Id", prefix + "Status", "CallDetails", "CreatedTimestamp", "UpdatedTimestamp", "StartedTimestamp", *more}
    assert members <= set(task) <= members | {"StatusMessage"}, set(task) ^ members
    assert task[prefix + "Status"] == "SUCCEEDED", task
    assert task["CallDetails"] == {"VoiceConnectorId": connector, "TransactionId": transaction, "IsCaller": is_caller}, task
    times = [task[name] for name in ("CreatedTimestamp", "StartedTimestamp", "UpdatedTimestamp")]
    assert all(isinstance(t, datetime.datetime) for t in times) and times == sorted(times), times


search = client.get_speaker_search_task(VoiceConnectorId=connector, SpeakerSearchTaskId=search_id)["SpeakerSearchTask"]
check(search, "SpeakerSearchTask", True, more=("SpeakerSearchDetails",))
details = search["SpeakerSearchDetails"]
assert set(details) <= {"Results", "VoiceprintGenerationStatus"}, details
assert details["VoiceprintGenerationStatus"] == "VoiceprintGenerationSuccess", details
results = details.get("Results", [])
assert [result["VoiceProfileId"] for result in results] == expected, results
for result in results:
    assert set(result) == {"ConfidenceScore", "VoiceProfileId"}, result
    assert isinstance(result["ConfidenceScore"], float) and 0.9 <= result["ConfidenceScore"] <= 1, result

for is_caller in (True, False):
    tone = client.get_voice_tone_analysis_task(VoiceConnectorId=connector, VoiceToneAnalysisTaskId=tone_id,
                                               IsCaller=is_caller)["VoiceToneAnalysisTask"]
    check(tone, "VoiceToneAnalysisTask", is_caller)

if expected:
    json.dump({"profile": expected[0]}, sys.stdout)
    sys.exit()
profile = client.create_voice_profile(SpeakerSearchTaskId=search_id)["VoiceProfile"]
assert set(profile) == {"VoiceProfileId", "VoiceProfileArn", "VoiceProfileDomainId", "CreatedTimestamp", "UpdatedTimestamp",
                        "ExpirationTimestamp"}, profile
life = profile["ExpirationTimestamp"] - profile["CreatedTimestamp"]
assert datetime.timedelta(days=3 * 365 - 1) < life < datetime.timedelta(days=3 * 366), life
try:
    client.create_voice_profile(SpeakerSearchTaskId=search_id)
    raise AssertionError("a second profile from one task was made")
except client.exceptions.ConflictException:
    pass

json.dump({"profile": profile["VoiceProfileId"]}, sys.stdout)
