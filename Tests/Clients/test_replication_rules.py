"""Defends the rules of replication: they come back as they were given, and what cannot be meant is refused."""

import pytest

from audit import records
from errors import refused
from people import policy, statement
from replicas import keep, replicate, role, rule
from server import ACCOUNT, OTHER_ACCOUNT


@pytest.fixture
def boxes(root):
    keep(root, "box")
    keep(root, "copy")
    return root.s3


def test_the_configuration_comes_back(boxes, people, root):
    arn = role(people)
    one = rule(
        Filter={"And": {"Prefix": "a", "Tags": [{"Key": "t", "Value": "1"}, {"Key": "u", "Value": ""}]}},
        SourceSelectionCriteria={
            "SseKmsEncryptedObjects": {"Status": "Enabled"},
            "ReplicaModifications": {"Status": "Disabled"},
        },
        ExistingObjectReplication={"Status": "Disabled"},
        Destination={
            "Bucket": "arn:aws:s3:::copy",
            "Account": ACCOUNT,
            "StorageClass": "STANDARD",
            "AccessControlTranslation": {"Owner": "Destination"},
            "EncryptionConfiguration": {"ReplicaKmsKeyID": "alias/a"},
        },
    )
    two = rule("s", Filter={"Tag": {"Key": "t", "Value": "1"}}, Priority=0)
    replicate(boxes, arn, one, two)
    assert boxes.get_bucket_replication(Bucket="box")["ReplicationConfiguration"] == {"Role": arn, "Rules": [one, two]}
    old = {"Prefix": "", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    replicate(boxes, arn, old)
    back = boxes.get_bucket_replication(Bucket="box")["ReplicationConfiguration"]["Rules"][0]
    assert len(back.pop("ID")) == 36 and back == old
    record = records(root, "PutBucketReplication")[0]
    told = record["requestParameters"]["ReplicationConfiguration"]
    assert told["Role"] == arn and told["Rule"]["Destination"] == {"Bucket": "arn:aws:s3:::copy"}
    with refused("InvalidBucketState", status=409):
        boxes.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Suspended"})


WRONG = [
    ("MalformedXML", dict(Priority=None, Filter=None)),
    ("MalformedXML", dict(Prefix="a")),
    ("MalformedXML", dict(Status="On")),
    ("InvalidRequest", dict(Priority=None)),
    ("InvalidRequest", dict(DeleteMarkerReplication=None)),
    ("InvalidRequest", dict(Filter={"Tag": {"Key": "t", "Value": ""}}, DeleteMarkerReplication={"Status": "Enabled"})),
    ("InvalidRequest", dict(Destination={"Bucket": "arn:aws:s3:::absent"})),
    ("InvalidRequest", dict(Destination={"Bucket": "arn:aws:s3:::box"})),
    ("InvalidRequest", dict(Destination={"Bucket": "arn:aws:s3:::plain"})),
    ("InvalidArgument", dict(Destination={"Bucket": "copy"})),
    ("InvalidArgument", dict(ID="x" * 256)),
    ("InvalidRequest", dict(ExistingObjectReplication={"Status": "Enabled"})),
    ("InvalidRequest", dict(SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}})),
    (
        "InvalidRequest",
        dict(Destination={"Bucket": "arn:aws:s3:::copy", "AccessControlTranslation": {"Owner": "Destination"}}),
    ),
    ("NotImplemented", dict(Destination={"Bucket": "arn:aws:s3:::copy", "Metrics": {"Status": "Enabled"}})),
    ("NotImplemented", dict(Destination={"Bucket": "arn:aws:s3:::copy", "StorageClass": "GLACIER"})),
    (
        "NotImplemented",
        dict(
            Destination={"Bucket": "arn:aws:s3:::copy", "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}}
        ),
    ),
]


def test_what_is_refused(boxes, people, other, root):
    arn = role(people)
    boxes.create_bucket(Bucket="plain")
    for code, change in WRONG:
        with refused(code):
            replicate(boxes, arn, rule(**change))
    for rules in ([rule(), rule(Priority=2)], [rule(), rule("s")], [rule(), rule("s", Filter=None, Priority=None, Prefix="")]):
        with refused("InvalidRequest"):
            replicate(boxes, arn, *rules)
    with refused("InvalidRequest", "Versioning must be 'Enabled' on the bucket to apply a replication configuration"):
        replicate(boxes, arn, bucket="plain")
    with refused("InvalidArgument"):
        replicate(boxes, "nobody")
    with refused("InvalidRequest"):
        replicate(boxes, arn + "x")
    with refused("AccessDenied"):
        replicate(boxes, arn.replace(ACCOUNT, OTHER_ACCOUNT))
    given = statement("Allow", "s3:PutReplicationConfiguration")
    user = people.user("ann", policy(given))
    with refused("AccessDenied", "iam:PassRole"):
        replicate(user.s3, arn)
    passes = statement("Allow", "iam:PassRole", arn, Condition={"StringEquals": {"iam:PassedToService": "s3.amazonaws.com"}})
    people.may("ann", policy(given, passes))
    replicate(user.s3, arn)
    with refused("AccessDenied"):
        user.s3.get_bucket_replication(Bucket="box")
