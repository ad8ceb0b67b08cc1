"""Defends that no event notification is promised: there is nobody here to notify."""

import pytest

from audit import records
from errors import refused
from people import allow

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
PUT = ["s3:ObjectCreated:Put"]


@pytest.fixture
def put(root):
    root.s3.create_bucket(Bucket="box")
    return lambda configuration, **more: root.s3.put_bucket_notification_configuration(
        Bucket="box", NotificationConfiguration=configuration, **more)


def queue(events=PUT, arn=QUEUE, rules=None, **more):
    rules = {"Filter": {"Key": {"FilterRules": [{"Name": name, "Value": value} for name, value in rules]}}} if rules else {}
    return {"QueueArn": arn, "Events": events, **rules, **more}


def test_nothing_is_notified(root, put, people):
    get = lambda: {name for name in root.s3.get_bucket_notification_configuration(Bucket="box") if name != "ResponseMetadata"}
    put({})
    assert get() == set()
    for configuration, arn, reason in [
            ({"QueueConfigurations": [queue()]}, QUEUE, "The destination queue does not exist"),
            ({"TopicConfigurations": [{"TopicArn": TOPIC, "Events": PUT}]}, TOPIC, "The destination topic does not exist"),
            ({"LambdaFunctionConfigurations": [{"LambdaFunctionArn": FUNCTION, "Events": PUT}]}, FUNCTION,
             "The destination Lambda function does not exist")]:
        with refused("InvalidArgument", "Unable to validate the following destination configurations", status=400) as caught:
            put(configuration)
        told = caught.value.response["Error"]
        assert (told["ArgumentName"], told["ArgumentValue"]) == (arn, reason)
        with refused("NotImplemented", status=501):
            put(configuration, SkipDestinationValidation=True)
    both = {"QueueConfigurations": [queue(["s3:ObjectRemoved:*"])], "TopicConfigurations": [{"TopicArn": TOPIC, "Events": PUT}]}
    with refused("InvalidArgument") as caught:
        put(both)
    assert caught.value.response["Error"]["ArgumentName2"] == TOPIC
    with refused("NotImplemented", "Amazon EventBridge", status=501):
        put({"EventBridgeConfiguration": {}})
    put({}, SkipDestinationValidation=True)
    assert get() == set()
    alice = people.user("alice")
    with refused("AccessDenied", "s3:PutBucketNotification on resource"):
        alice.s3.put_bucket_notification_configuration(Bucket="box", NotificationConfiguration={})
    people.may("alice", allow("s3:PutBucketNotification", "arn:aws:s3:::box"))
    alice.s3.put_bucket_notification_configuration(Bucket="box", NotificationConfiguration={})
    done, denied = records(root, "PutBucketNotification")[:2]
    assert denied["errorCode"] == "AccessDenied" and "errorCode" not in done


@pytest.mark.parametrize("message, queues", [
    ("The ARN could not be parsed", [queue(arn=TOPIC)]),
    ("more than one prefix rule", [queue(rules=[("prefix", "x"), ("prefix", "y")])]),
    ("1024 bytes", [queue(rules=[("suffix", "x" * 1025)])]),
    ("IDs must be unique", [queue(Id="a"), queue(["s3:ObjectRemoved:*"], Id="a")]),
    ("255 characters", [queue(Id="a" * 256)]),
    ("Configurations overlap", [queue(), queue(["s3:ObjectCreated:*"])]),
    ("overlapping suffixes", [queue(rules=[("prefix", "a")]), queue(rules=[("prefix", "ab"), ("suffix", "x")])]),
    ("destination configurations", [queue(rules=[("prefix", "a")]), queue(rules=[("prefix", "b")])]),
    ("destination configurations", [queue(rules=[("suffix", "a")]), queue(rules=[("suffix", "b")])])])
def test_what_is_wrong_is_told_first(put, message, queues):
    with refused("InvalidArgument", message, status=400):
        put({"QueueConfigurations": queues}, SkipDestinationValidation=False)


@pytest.mark.parametrize("wrong", [queue(["s3:Nonsense"]), queue(rules=[("middle", "x")])])
def test_events_and_filters_have_names(put, wrong):
    with refused("MalformedXML", status=400):
        put({"QueueConfigurations": [wrong]})
