"""Defends replication: what a rule covers comes into the other bucket as it is, by the role's right alone, and nothing else."""

import pytest

from audit import records
from callers import Clients
from errors import refused
from kms import key
from patience import eventually
from people import People, policy, statement
from replicas import LOCKS, READ, TAGS, WRITE, exists, keep, replicate, role, rule, settled, status, versions
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Server


@pytest.fixture
def boxes(root):
    keep(root, "box")
    keep(root, "copy")
    return root.s3


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
    eventually(lambda: not exists(boxes, "logs/1"))
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
    eventually(lambda: len(versions(boxes, "box")) == 3 and versions(boxes, "box") == versions(boxes, "copy"))
    # A change of a replica goes back.
    boxes.put_object_tagging(Bucket="box", Key="l", Tagging={"TagSet": [{"Key": "t", "Value": "1"}]})
    eventually(lambda: boxes.get_object_tagging(Bucket="copy", Key="l")["TagSet"])
    boxes.delete_object(Bucket="box", Key="l")
    eventually(lambda: not exists(boxes, "l", "copy"))
    assert len(versions(boxes, "box")) == 4 and settled(boxes, "k", "copy") in ("COMPLETED", "REPLICA")


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
    eventually(lambda: "s3:ReplicateObject" in server.log_path.read_text().split("an object could not be replicated")[-1])
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


def test_objects_under_keys_of_kms(people, root):
    boxes, far = root.s3, root.at("eu-west-1")
    keep(root, "box")
    keep(far, "copy", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    source, replica = key(root), key(far)
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
    named = {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::copy/k"}}
    seals = statement("Allow", ["kms:Encrypt"], replica, Condition=named)
    root.iam.put_role_policy(
        RoleName="replicator", PolicyName="given", PolicyDocument=policy(statement("Allow", READ + WRITE), uses, seals)
    )
    boxes.put_object(Bucket="box", Key="k", Body=b"333", ServerSideEncryption="aws:kms", SSEKMSKeyId=source)
    boxes.put_object(Bucket="box", Key="plain", Body=b"4444")
    assert settled(boxes) == settled(boxes, "plain") == "COMPLETED"
    got = far.s3.get_object(Bucket="copy", Key="k")
    assert got["SSEKMSKeyId"] == replica and got["Body"].read() == b"333"
    # Policies see the key, whatever the rule calls it.
    far.kms.create_alias(AliasName="alias/replica", TargetKeyId=replica)
    more["Destination"]["EncryptionConfiguration"]["ReplicaKmsKeyID"] = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/replica"
    replicate(boxes, arn, rule(**more))
    asked = {"StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": replica}}
    other_keys = statement("Deny", "s3:ReplicateObject", "arn:aws:s3:::copy/k", Principal="*", Condition=asked)
    far.s3.put_bucket_policy(Bucket="copy", Policy=policy(other_keys))
    boxes.put_object(Bucket="box", Key="k", Body=b"55555", ServerSideEncryption="aws:kms", SSEKMSKeyId=source)
    assert settled(boxes) == "COMPLETED"
    assert far.s3.get_object(Bucket="copy", Key="k")["Body"].read() == b"55555"
    assert far.s3.head_object(Bucket="copy", Key="plain")["ServerSideEncryption"] == "AES256"
    record = records(far, "Encrypt")[0]
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


def test_a_crash_loses_nothing_and_doubles_nothing(tmp_path):
    server = Server(folder=tmp_path)
    root = Clients(server, ROOT_KEYS)
    for name in ("box", "copy"):
        keep(root, name)
    replicate(root.s3, role(People(server, root)))
    for number in range(20):
        root.s3.put_object(Bucket="box", Key=f"k{number}", Body=b"x" * 9000)
    server.kill()
    server = Server(folder=tmp_path)
    s3 = Clients(server, ROOT_KEYS).s3
    assert {settled(s3, f"k{number}") for number in range(20)} == {"COMPLETED"}
    assert versions(s3, "box") == versions(s3, "copy") and len(versions(s3, "copy")) == 20
    assert s3.get_object(Bucket="copy", Key="k19")["Body"].read() == b"x" * 9000
    assert server.stop() == 0
