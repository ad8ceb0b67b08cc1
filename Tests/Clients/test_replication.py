"""Defends replication: what a rule covers comes into the other bucket as it is, by the role's right alone, and nothing else."""

import time

import pytest

from audit import records
from errors import refused
from kms import key
from people import policy, statement
from server import ACCOUNT, OTHER_ACCOUNT

TRUST = policy({"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"})
READ = ["s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl"]
WRITE = ["s3:ReplicateObject", "s3:ReplicateDelete"]
TAGS = ["s3:GetObjectVersionTagging", "s3:ReplicateTags"]
LOCKS = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]


def rule(name="r", to="copy", **more):
    own = {
        "ID": name,
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{to}"},
    }
    own.update(more)
    return {name: value for name, value in own.items() if value is not None}


def keep(clients, name, **more):
    clients.s3.create_bucket(Bucket=name, **more)
    clients.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@pytest.fixture
def boxes(root):
    keep(root, "box")
    keep(root, "copy")
    return root.s3


def role(people, actions=tuple(READ + WRITE + TAGS), name="replicator", trusting=TRUST, document=None):
    return people.role(name, trusting, document or policy(statement("Allow", list(actions))))


def replicate(s3, arn, *rules, bucket="box"):
    rules = list(rules) or [rule()]
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": arn, "Rules": rules})


def status(s3, name="k", bucket="box", **more):
    return s3.head_object(Bucket=bucket, Key=name, **more).get("ReplicationStatus")


def settled(s3, name="k", bucket="box", **more):
    """The status of an object when it waits no more."""
    return until(lambda: status(s3, name, bucket, **more), lambda found: found != "PENDING")


def until(look, is_enough=bool):
    for _ in range(200):
        found = look()
        if is_enough(found):
            return found
        time.sleep(0.05)
    raise AssertionError(f"it stays {found}")


def exists(s3, name, bucket="copy"):
    return any(item["Key"] == name for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []))


def versions(s3, bucket):
    found = s3.list_object_versions(Bucket=bucket)
    listed = found.get("Versions", []) + found.get("DeleteMarkers", [])
    return sorted((item["Key"], item["VersionId"], item["IsLatest"]) for item in listed)


def test_a_replica_is_what_its_source_is(boxes, people, root):
    replicate(boxes, role(people))
    sent = dict(Key="k", Body=b"text" * 99, Metadata={"a": "b"}, ContentType="text/plain", Tagging="t=1&u=2")
    first = boxes.put_object(Bucket="box", **sent)
    second = boxes.put_object(Bucket="box", Key="k", Body=b"")
    boxes.copy_object(Bucket="box", Key="copied", CopySource={"Bucket": "box", "Key": "k"})
    for name in ("k", "copied"):
        assert settled(boxes, name) == "COMPLETED"
    assert settled(boxes, VersionId=first["VersionId"]) == "COMPLETED"
    assert versions(boxes, "box") == versions(boxes, "copy")
    source = boxes.head_object(Bucket="box", Key="k", VersionId=first["VersionId"], ChecksumMode="ENABLED")
    replica = boxes.head_object(Bucket="copy", Key="k", VersionId=first["VersionId"], ChecksumMode="ENABLED")
    assert replica["ReplicationStatus"] == "REPLICA"
    for name in ("ETag", "LastModified", "Metadata", "ContentType", "ContentLength", "ChecksumCRC32", "VersionId"):
        assert replica[name] == source[name], name
    got = boxes.get_object(Bucket="copy", Key="k", VersionId=first["VersionId"])
    assert got["Body"].read() == sent["Body"] and got["ReplicationStatus"] == "REPLICA"
    assert boxes.get_object(Bucket="copy", Key="k")["VersionId"] == second["VersionId"]
    tagged = boxes.get_object_tagging(Bucket="copy", Key="k", VersionId=first["VersionId"])["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tagged} == {"t": "1", "u": "2"}
    # What lay there before is not replicated, nor is what no version names any more.
    boxes.delete_object(Bucket="box", Key="k", VersionId=first["VersionId"])
    assert boxes.get_object(Bucket="copy", Key="k", VersionId=first["VersionId"])["Body"].read() == sent["Body"]
    boxes.delete_object(Bucket="copy", Key="k", VersionId=second["VersionId"])
    assert boxes.head_object(Bucket="copy", Key="k")["VersionId"] == first["VersionId"]
    made = [record for record in records(root, "AssumeRole")]
    assert made[0]["userIdentity"] == {"type": "AWSService", "invokedBy": "s3.amazonaws.com"}
    assert made[0]["requestParameters"]["roleSessionName"] == "s3-replication"


def test_parts_stay_parts(boxes, people):
    replicate(boxes, role(people))
    upload = boxes.create_multipart_upload(Bucket="box", Key="k", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, body in ((1, b"a" * (5 << 20)), (3, b"b" * 70_000)):
        done = boxes.upload_part(
            Bucket="box", Key="k", UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm="SHA256"
        )
        parts.append({"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": done["ChecksumSHA256"]})
    made = boxes.complete_multipart_upload(Bucket="box", Key="k", UploadId=upload, MultipartUpload={"Parts": parts})
    assert settled(boxes) == "COMPLETED"
    part = boxes.get_object(Bucket="copy", Key="k", PartNumber=3, ChecksumMode="ENABLED")
    assert part["Body"].read() == b"b" * 70_000 and part["PartsCount"] == 2 and part["ETag"] == made["ETag"]
    assert part["ChecksumSHA256"] == parts[1]["ChecksumSHA256"]
    whole = boxes.head_object(Bucket="copy", Key="k", ChecksumMode="ENABLED")
    assert whole["ChecksumSHA256"] == made["ChecksumSHA256"] and whole["ContentLength"] == (5 << 20) + 70_000


def test_only_what_a_rule_covers(boxes, people):
    keep_tagged = {"And": {"Prefix": "a/", "Tags": [{"Key": "t", "Value": "1"}]}}
    markers = {"Status": "Enabled"}
    replicate(
        boxes,
        role(people),
        rule("tagged", Filter=keep_tagged),
        rule("logs", Filter={"Prefix": "logs/"}, Priority=2, DeleteMarkerReplication=markers),
        rule("off", Filter={"Prefix": "off/"}, Priority=3, Status="Disabled"),
    )
    for name, tags in (("a/1", "t=1"), ("a/2", "t=2"), ("b/1", "t=1"), ("logs/1", ""), ("off/1", "t=1")):
        boxes.put_object(Bucket="box", Key=name, Body=b"x", Tagging=tags)
    assert settled(boxes, "a/1") == settled(boxes, "logs/1") == "COMPLETED"
    assert [status(boxes, name) for name in ("a/2", "b/1", "off/1")] == [None, None, None]
    for name in ("a/1", "logs/1"):
        boxes.delete_object(Bucket="box", Key=name)
    until(lambda: not exists(boxes, "logs/1"))
    assert [item["Key"] for item in boxes.list_objects_v2(Bucket="copy")["Contents"]] == ["a/1"]
    assert [item for item in versions(boxes, "box") if item[0] == "logs/1"] == [
        item for item in versions(boxes, "copy") if item[0] == "logs/1"
    ]


def test_two_buckets_that_replicate_each_other(boxes, people):
    arn = role(people)
    more = dict(
        DeleteMarkerReplication={"Status": "Enabled"},
        SourceSelectionCriteria={"ReplicaModifications": {"Status": "Enabled"}},
    )
    replicate(boxes, arn, rule(**more))
    replicate(boxes, arn, rule(to="box", **more), bucket="copy")
    boxes.put_object(Bucket="box", Key="k", Body=b"1")
    boxes.put_object(Bucket="copy", Key="l", Body=b"2")
    boxes.put_object(Bucket="copy", Key="k", Body=b"3")
    assert settled(boxes, "l", "copy") == "COMPLETED" and status(boxes, "l", "box") == "REPLICA"
    until(lambda: len(versions(boxes, "box")) == 3 and versions(boxes, "box") == versions(boxes, "copy"))
    # A change of a replica goes back.
    boxes.put_object_tagging(Bucket="box", Key="l", Tagging={"TagSet": [{"Key": "t", "Value": "1"}]})
    until(lambda: boxes.get_object_tagging(Bucket="copy", Key="l")["TagSet"])
    boxes.delete_object(Bucket="box", Key="l")
    until(lambda: not exists(boxes, "l", "copy"))
    assert len(versions(boxes, "box")) == 4 and status(boxes, "k", "copy") in ("COMPLETED", "REPLICA")


def test_changes_of_tags_and_locks(root, people):
    for name in ("box", "copy"):
        keep(root, name, ObjectLockEnabledForBucket=True)
    replicate(root.s3, role(people, READ + WRITE + TAGS + LOCKS))
    root.s3.put_object(Bucket="box", Key="k", Body=b"1", ObjectLockLegalHoldStatus="ON")
    assert settled(root.s3) == "COMPLETED"
    held = root.s3.get_object_legal_hold(Bucket="copy", Key="k")["LegalHold"]["Status"]
    assert held == "ON" and "ObjectLockMode" not in root.s3.head_object(Bucket="copy", Key="k")
    root.s3.put_object_tagging(Bucket="box", Key="k", Tagging={"TagSet": [{"Key": "t", "Value": "1"}]})
    retention = {"Mode": "COMPLIANCE", "RetainUntilDate": "2090-01-01T00:00:00Z"}
    root.s3.put_object_retention(Bucket="box", Key="k", Retention=retention)
    root.s3.put_object_legal_hold(Bucket="box", Key="k", LegalHold={"Status": "OFF"})
    assert settled(root.s3) == "COMPLETED"
    replica = root.s3.head_object(Bucket="copy", Key="k")
    assert (replica["ObjectLockMode"], replica["ObjectLockLegalHoldStatus"]) == ("COMPLIANCE", "OFF")
    assert root.s3.get_object_tagging(Bucket="copy", Key="k")["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_another_account_decides_what_comes(root, other, people, server):
    keep(root, "box")
    keep(other, "copy", ObjectOwnership="BucketOwnerPreferred")
    arn = role(people, READ + WRITE + ["s3:ObjectOwnerOverrideToBucketOwner"])
    to = {"Bucket": "arn:aws:s3:::copy", "Account": OTHER_ACCOUNT, "AccessControlTranslation": {"Owner": "Destination"}}
    replicate(root.s3, arn, rule(Destination=to))
    root.s3.put_object(Bucket="box", Key="k", Body=b"1")
    assert settled(root.s3) == "FAILED" and not exists(other.s3, "k")
    assert "s3:ReplicateObject" in server.log_path.read_text().split("an object could not be replicated")[-1]
    opened = statement("Allow", ["s3:ReplicateObject"], "arn:aws:s3:::copy/*", Principal={"AWS": arn})
    other.s3.put_bucket_policy(Bucket="copy", Policy=policy(opened))
    root.s3.put_object(Bucket="box", Key="k", Body=b"2")
    assert settled(root.s3) == "FAILED"
    opened["Action"].append("s3:ObjectOwnerOverrideToBucketOwner")
    other.s3.put_bucket_policy(Bucket="copy", Policy=policy(opened))
    root.s3.put_object(Bucket="box", Key="k", Body=b"3")
    assert settled(root.s3) == "COMPLETED"
    assert other.s3.get_object(Bucket="copy", Key="k")["Body"].read() == b"3"
    own = other.s3.list_buckets()["Owner"]["ID"]
    assert other.s3.get_object_acl(Bucket="copy", Key="k")["Owner"]["ID"] == own
    to["Account"] = ACCOUNT
    replicate(root.s3, arn, rule(Destination=to))
    root.s3.put_object(Bucket="box", Key="l", Body=b"4")
    assert settled(root.s3, "l") == "FAILED" and not exists(other.s3, "l")


def test_the_roles_policies_decide(boxes, people, root, server):
    arn = role(people, READ + WRITE)
    replicate(boxes, arn)
    boxes.put_object(Bucket="box", Key="k", Body=b"1", Tagging="t=1")
    assert settled(boxes) == "COMPLETED"
    # Without leave for them, objects come without their tags.
    assert boxes.get_object_tagging(Bucket="copy", Key="k")["TagSet"] == []
    denied = statement(
        "Deny", "s3:GetObjectVersionAcl", Condition={"StringEquals": {"s3:ExistingObjectTag/secret": "yes"}}
    )
    root.iam.put_role_policy(
        RoleName="replicator", PolicyName="given", PolicyDocument=policy(statement("Allow", "s3:*"), denied)
    )
    boxes.put_object(Bucket="box", Key="shut", Body=b"1", Tagging="secret=yes")
    boxes.put_object(Bucket="box", Key="open", Body=b"1", Tagging="secret=no")
    assert settled(boxes, "shut") == "FAILED" and settled(boxes, "open") == "COMPLETED"
    trusts = {"StringEquals": {"aws:SourceArn": "arn:aws:s3:::else"}}
    wrong = policy(
        {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole", "Condition": trusts}
    )
    server.advance(seconds=120)
    root.iam.update_assume_role_policy(RoleName="replicator", PolicyDocument=wrong)
    boxes.put_object(Bucket="box", Key="late", Body=b"1")
    assert settled(boxes, "late") == "FAILED"
    trusts["StringEquals"] = {"aws:SourceArn": "arn:aws:s3:::box", "aws:SourceAccount": ACCOUNT}
    root.iam.update_assume_role_policy(
        RoleName="replicator", PolicyDocument=wrong.replace("arn:aws:s3:::else", "arn:aws:s3:::box")
    )
    boxes.put_object(Bucket="box", Key="trusted", Body=b"1")
    assert settled(boxes, "trusted") == "COMPLETED"
    text = server.get("/_gatehouse/metrics")
    assert "gatehouse_s3_replication_pending 0" in text and "gatehouse_s3_replication_failed 2" in text


def test_objects_under_keys_of_kms(boxes, people, root):
    source, replica = key(root), key(root)
    uses = statement("Allow", ["kms:Decrypt"], source, Condition={"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}})
    document = policy(statement("Allow", READ + WRITE), uses)
    arn = role(people, document=document)
    replicate(boxes, arn)
    boxes.put_object(Bucket="box", Key="k", Body=b"1", ServerSideEncryption="aws:kms", SSEKMSKeyId=source)
    assert status(boxes) is None
    more = dict(
        SourceSelectionCriteria={"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        Destination={"Bucket": "arn:aws:s3:::copy", "EncryptionConfiguration": {"ReplicaKmsKeyID": replica}},
    )
    replicate(boxes, arn, rule(**more))
    boxes.put_object(Bucket="box", Key="k", Body=b"22", ServerSideEncryption="aws:kms", SSEKMSKeyId=source)
    assert settled(boxes) == "FAILED"
    seals = statement("Allow", ["kms:GenerateDataKey"], replica)
    root.iam.put_role_policy(
        RoleName="replicator", PolicyName="given", PolicyDocument=policy(statement("Allow", READ + WRITE), uses, seals)
    )
    boxes.put_object(Bucket="box", Key="k", Body=b"333", ServerSideEncryption="aws:kms", SSEKMSKeyId=source)
    boxes.put_object(Bucket="box", Key="plain", Body=b"4444")
    assert settled(boxes) == settled(boxes, "plain") == "COMPLETED"
    got = boxes.get_object(Bucket="copy", Key="k")
    assert got["SSEKMSKeyId"] == replica and got["Body"].read() == b"333"
    assert boxes.head_object(Bucket="copy", Key="plain")["ServerSideEncryption"] == "AES256"
    record = records(root, "GenerateDataKey")[0]
    assert record["userIdentity"]["arn"].endswith("assumed-role/replicator/s3-replication")
    assert record["userIdentity"]["invokedBy"] == record["sourceIPAddress"] == "s3.amazonaws.com"


def test_what_waits_survives_the_rules_and_the_bucket(boxes, people):
    replicate(boxes, role(people))
    boxes.delete_bucket(Bucket="copy")
    boxes.put_object(Bucket="box", Key="k", Body=b"1")
    assert settled(boxes) == "FAILED"
    boxes.delete_bucket_replication(Bucket="box")
    boxes.delete_bucket_replication(Bucket="box")
    boxes.put_object(Bucket="box", Key="k", Body=b"2")
    assert status(boxes) is None
    with refused("ReplicationConfigurationNotFoundError", "The replication configuration was not found", status=404):
        boxes.get_bucket_replication(Bucket="box")


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
