"""Reads events as consumers in the field do: python3 read.py FOLDER [SERVICE].

With a service of AWS, each text is what its target got, and the consumer is a function behind it, which gets what the trigger makes of it.
Each reader takes the fields that one consumer takes, with the formats that it uses. A field that is missing, a format that does not
parse or a number that is text ends the program. What no reader takes is reported."""

import base64
import datetime
import json
import pathlib
import sys
import uuid

SECONDS, FRACTION = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"


def event_bridge(event):
    """A rule with an input transformer: the envelope of EventBridge."""
    datetime.datetime.strptime(event["time"], SECONDS)
    assert str(uuid.UUID(event["id"])) == event["id"]
    assert event["source"] == "aws.chime" and event["resources"] == [] and event["version"] == "0"
    return event["detail-type"], event["account"], event["region"]


def call_analytics_initialization(event):
    """The live call analytics function behind streaming status events, which starts a pipeline on the streams of a call."""
    event_bridge(event)
    detail = event["detail"]
    status, call = detail["streamingStatus"], (detail["callId"], detail["transactionId"], detail["voiceConnectorId"])
    if status in ("STARTED", "ENDED"):
        datetime.datetime.strptime(detail["startTime"], FRACTION)
        assert detail["startFragmentNumber"].isdigit() and detail["mediaType"] == "audio/L16"
        caller = detail.get("isCaller")  # absent: the function falls back to the order of the streams
        assert caller in (True, False, None)
        return call, caller, detail["streamArn"], detail["fromNumber"], detail["toNumber"], detail["direction"]
    if status == "ALL_STARTED":
        caller, agent = detail["streams"]  # the caller's first
        return call, caller["streamArn"], agent["streamArn"], caller["startFragmentNumber"], agent["startFragmentNumber"]
    if status == "FAILED":
        datetime.datetime.strptime(detail["failTime"], FRACTION)
        return call, detail["failureReason"]
    assert status == "UPDATED"
    return call, detail["updateHeaders"]["cseq"]


def tone_processor(event):
    """The live call analytics function behind tone events."""
    segment = uuid.UUID(event["id"][3:])
    datetime.datetime.strptime(event["time"], FRACTION)
    detail = event["detail"]
    party = detail["channelId"] if "channelId" in detail else detail.get("isCaller")
    if detail["detailStatus"] == "VoiceToneAnalysisFailure":
        return segment, party, detail["statusMessage"]
    for name in ("currentAverageVoiceTone", "overallAverageVoiceTone"):
        tone = detail["voiceToneAnalysisDetails"][name]
        start, end = (datetime.datetime.strptime(tone[key], FRACTION) for key in ("startTime", "endTime"))
        score = tone["voiceToneScore"]
        weighted = score["positive"] * 5 - score["negative"] * 5
        assert start < end and -5 <= weighted <= 5 and abs(sum(score.values()) - 1) < 0.001
        assert tone["voiceToneLabel"].upper() in ("POSITIVE", "NEGATIVE", "NEUTRAL")
    return segment, party


def ready_handler(event):
    """A real-time dashboard's function behind AnalyticsReady, which starts tone analysis: it takes the fields of the detail itself."""
    uuid.UUID(event["id"][3:])
    detail = event["detail"]
    nested = detail["callDetails"]  # as documented
    for key in ("transactionId", "voiceConnectorId"):
        assert detail[key] == nested[key]
    assert detail.get("isCaller") == nested.get("isCaller")
    return detail["transactionId"], detail["voiceConnectorId"], detail["callId"], detail.get("inviteHeaders")


def speaker_search_sample(event):
    """The sample function behind a queue: the body of a record is the event."""
    record = {"body": json.dumps(event)}
    event = json.loads(record["body"])
    datetime.datetime.strptime(event["time"], SECONDS)
    uuid.UUID(event["id"])
    detail = event["detail"]
    pipeline = "mediaInsightsPipelineId" in detail
    where = (detail["streamArn"], detail["channelId"], detail["sourceArn"]) if pipeline else (detail.get("isCaller"), detail["voiceConnectorId"])
    where += (detail["callId"],)
    status = detail["detailStatus"]
    assert event["service-type"] == "VoiceAnalytics"
    if status == "IdentificationSuccessful":
        results = detail["speakerSearchDetails"]["results"]
        scores = [result["confidenceScore"] * 100 for result in results]
        assert scores == sorted(scores, reverse=True) and 1 <= len(results) <= 10
        return where, results[0]["voiceProfileId"]
    return where, detail["taskId"], status, detail.get("statusMessage")


def post_call_report(event):
    datetime.datetime.strptime(event["time"], SECONDS)
    detail = event["detail"]
    results = detail["speakerSearchResults"]
    for key in ("createVoiceProfileTransactions", "updateVoiceProfileTransactions"):
        for request in results[key]:
            datetime.datetime.strptime(request["requestTimestamp"], FRACTION)
            assert request["voiceProfileId"].startswith("vp-")
    return detail["callId"], detail["transactionId"], results.get("bestMatchedVoiceProfileId"), results.get("customerValidatedCallerIdentity")


def status(event):
    """Any consumer of state changes."""
    detail = event["detail"]
    event_bridge(event)
    for element in detail.get("mediaInsightsPipelineElementStatuses", []):
        datetime.datetime.fromtimestamp(element["updatedOn"] / 1000, datetime.timezone.utc)
    failed = detail["eventType"].endswith("CreateFailed")
    return detail["eventType"], detail["mediaInsightsPipelineConfigurationArn" if failed else "mediaInsightsPipelineArn"]


def fraud_alarm(event):
    """An alarm on calls that the toll guard refused."""
    event_bridge(event)
    detail = event["detail"]
    assert detail["detailStatus"] == "TollGuardTripped" and detail["calls"] >= 1
    return detail["voiceConnectorId"], detail["reason"], detail["toNumber"]


def warehouse(event):
    """A query of the data stream, which joins records to their call by the metadata: JSON in strings."""
    datetime.datetime.strptime(event["time"], SECONDS)
    metadata = json.loads(event["metadata"])
    once = json.loads(metadata["oneTimeMetadata"])
    for key in ("inviteHeaders", "sipHeaders", "siprecMetadataJson"):
        json.loads(once.get(key, "{}"))
    assert event["service-type"] == "CallAnalytics" and event.get("callevent-type", "Update") == "Update"
    return event["mediaInsightsPipelineId"], metadata["callId"], metadata["transactionId"], metadata["fromNumber"]


def reader(event):
    kind = event["detail-type"]
    if kind == "VoiceAnalyticsStatus":
        return ready_handler if event["detail"]["detailStatus"] == "AnalyticsReady" else post_call_report
    return {
        "SpeakerSearchStatus": speaker_search_sample, "VoiceToneAnalysisStatus": tone_processor, "CallAnalyticsMetadata": warehouse,
        "Chime VoiceConnector Streaming Status": call_analytics_initialization, "Media Insights State Change": status,
        "Chime VoiceConnector Toll Guard": fraud_alarm,
    }[kind]


def trigger(service, text):
    """What the service calls a function with."""
    return {
        "sqs": lambda: {"Records": [{"eventSource": "aws:sqs", "body": text}]},
        "sns": lambda: {"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "Notification", "Message": text}}]},
        "kinesis": lambda: {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": base64.b64encode(text.encode()).decode()}}]},
        "lambda": lambda: json.loads(text),
    }[service]()


def unwrap(called_with):
    """The sample function behind any target: with records, each holds an event; without, it is called with the event."""
    for record in called_with.get("Records", [None]):
        if record is None:
            yield called_with
        elif "body" in record:
            yield json.loads(record["body"])
        elif "Sns" in record:
            yield json.loads(record["Sns"]["Message"])
        else:
            yield json.loads(base64.b64decode(record["kinesis"]["data"]))


def main(folder, service="lambda"):
    read = 0
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        for event in unwrap(trigger(service, path.read_text(encoding="utf-8"))):
            sequence = event["sequence"] if "sequence" in event else event["detail"]["sequence"]
            assert isinstance(sequence, int) and 0 < sequence < 2**53, f"{path.name}: sequence {sequence}"
            try:
                reader(event)(event)
            except Exception as error:
                sys.exit(f"{path.name}: {reader(event).__name__}: {error!r}")
            read += 1
    print(f"{read} events read")


main(*sys.argv[1:])
