"""What boto3 sees of the two tasks of seed_calls.py once the call is over, and of the caller's enrolment.

usage: results.py ENDPOINT CONNECTOR SEARCH_TASK TONE_TASK
"""
import datetime
import json
import sys

import boto3

endpoint, connector, search_id, tone_id = sys.argv[1:]
client = boto3.client("chime-sdk-voice", region_name="us-east-1", endpoint_url=endpoint)

search = client.get_speaker_search_task(VoiceConnectorId=connector, SpeakerSearchTaskId=search_id)["SpeakerSearchTask"]
details = search["SpeakerSearchDetails"]
assert set(details) <= {"Results", "VoiceprintGenerationStatus"}, details
assert details["VoiceprintGenerationStatus"] == "VoiceprintGenerationSuccess", details
for result in details.get("Results", []):
    assert set(result) == {"ConfidenceScore", "VoiceProfileId"}, result
    assert isinstance(result["ConfidenceScore"], float) and 0 <= result["ConfidenceScore"] <= 1
assert search["SpeakerSearchTaskStatus"] == "SUCCEEDED", search
assert search["CreatedTimestamp"] <= search["StartedTimestamp"] <= search["UpdatedTimestamp"]

for is_caller in (True, False):
    tone = client.get_voice_tone_analysis_task(VoiceConnectorId=connector, VoiceToneAnalysisTaskId=tone_id,
                                               IsCaller=is_caller)["VoiceToneAnalysisTask"]
    assert tone["CallDetails"]["IsCaller"] is is_caller, tone
    assert tone["VoiceToneAnalysisTaskStatus"] == "SUCCEEDED", tone

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

json.dump({"profile": profile["VoiceProfileId"], "matches": details.get("Results", [])}, sys.stdout)
