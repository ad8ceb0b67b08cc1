"""Defends what uploads in parts and copies make in buckets with versions, locks and access control lists."""

import datetime

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from authenticator import now
from boxes import KMS
from errors import refused
from people import allow, policy
from server import OTHER_ACCOUNT
from test_bucket_access import OPEN
from test_bucket_lists import canonical, grants

PART = b"p" * (5 << 20)


@pytest.fixture
def box(root):
    """A bucket with versions, where lists count and nothing is blocked."""
    root.s3.create_bucket(Bucket="box", ObjectOwnership="ObjectWriter")
    root.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    root.s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    return root.s3


def upload(s3, key="k", parts=(PART, b"end"), bucket="box", **more):
    made = s3.create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]
    listed = [
        {"PartNumber": number, "ETag": s3.upload_part(
            Bucket=bucket, Key=key, UploadId=made, PartNumber=number, Body=part)["ETag"]}
        for number, part in enumerate(parts, 1)]
    return lambda: s3.complete_multipart_upload(
        Bucket=bucket, Key=key, UploadId=made, MultipartUpload={"Parts": listed})


def test_an_upload_in_parts_is_a_version(box):
    first = box.put_object(Bucket="box", Key="k", Body=b"first")["VersionId"]
    complete = upload(box)
    second = complete()["VersionId"]
    assert second not in (first, "null") and len(second) == 32
    # Once more, and later, it is the same version.
    box.put_object(Bucket="box", Key="k", Body=b"third")
    assert complete()["VersionId"] == second
    told = box.get_object(Bucket="box", Key="k", VersionId=second, PartNumber=2)
    assert told["Body"].read() == b"end" and told["PartsCount"] == 2 and told["VersionId"] == second
    parts = box.get_object_attributes(Bucket="box", Key="k", VersionId=second, ObjectAttributes=["ObjectParts", "ObjectSize"])
    assert parts["ObjectSize"] == len(PART) + 3 and parts["ObjectParts"]["TotalPartsCount"] == 2
    listed = [(one["VersionId"], one["Size"]) for one in box.list_object_versions(Bucket="box")["Versions"]]
    assert [size for _, size in listed] == [5, len(PART) + 3, 5] and listed[1][0] == second
    box.delete_object(Bucket="box", Key="k", VersionId=second)
    with refused("NoSuchVersion"):
        box.get_object(Bucket="box", Key="k", VersionId=second)
    with refused("NoSuchUpload"):
        complete()


def test_a_copy_names_both_versions(box, root):
    old = box.put_object(Bucket="box", Key="k", Body=b"old", Metadata={"of": "old"})["VersionId"]
    new = box.put_object(Bucket="box", Key="k", Body=b"new")["VersionId"]
    # An old version is brought back by a copy onto its own key; the current one is not.
    back = box.copy_object(Bucket="box", Key="k", CopySource={"Bucket": "box", "Key": "k", "VersionId": old})
    assert back["CopySourceVersionId"] == old and back["VersionId"] not in (old, new)
    told = box.get_object(Bucket="box", Key="k")
    assert (told["Body"].read(), told["Metadata"], told["VersionId"]) == (b"old", {"of": "old"}, back["VersionId"])
    with refused("InvalidRequest", "copy an object to itself"):
        box.copy_object(Bucket="box", Key="k", CopySource="box/k")
    root.s3.create_bucket(Bucket="plain")
    answer = box.copy_object(Bucket="plain", Key="k", CopySource="box/k")
    assert "VersionId" not in answer and answer["CopySourceVersionId"] == back["VersionId"]
    marker = box.delete_object(Bucket="box", Key="k")["VersionId"]
    with refused("NoSuchKey"):
        box.copy_object(Bucket="plain", Key="k", CopySource="box/k")
    with refused("InvalidRequest", "delete marker by version id"):
        box.copy_object(Bucket="plain", Key="k", CopySource={"Bucket": "box", "Key": "k", "VersionId": marker})
    with refused("NoSuchVersion"):
        box.copy_object(Bucket="plain", Key="k", CopySource={"Bucket": "box", "Key": "k", "VersionId": "null"})
    made = box.create_multipart_upload(Bucket="plain", Key="parts")["UploadId"]
    part = box.upload_part_copy(
        Bucket="plain", Key="parts", UploadId=made, PartNumber=1, CopySource={"Bucket": "box", "Key": "k", "VersionId": new})
    assert part["CopySourceVersionId"] == new


def test_to_copy_a_version_takes_the_leave_for_versions(box, root, people):
    old = box.put_object(Bucket="box", Key="k", Body=b"old")["VersionId"]
    alice = people.user("alice", allow(["s3:GetObject", "s3:PutObject"]))
    alice.s3.copy_object(Bucket="box", Key="l", CopySource="box/k")
    with refused("AccessDenied", "s3:GetObjectVersion"):
        alice.s3.copy_object(Bucket="box", Key="l", CopySource={"Bucket": "box", "Key": "k", "VersionId": old})


def test_locks_hold_what_parts_and_copies_make(root, server, people):
    s3 = root.s3
    s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    day = lambda days: now(server).replace(microsecond=0) + datetime.timedelta(days=days)  # noqa: E731
    kept = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": day(3), "ObjectLockLegalHoldStatus": "ON"}
    version = upload(s3, bucket="safe", **kept)()["VersionId"]
    told = s3.head_object(Bucket="safe", Key="k")
    assert told["ObjectLockMode"] == "GOVERNANCE" and told["ObjectLockLegalHoldStatus"] == "ON"
    with refused("AccessDenied", "object lock"):
        s3.delete_object(Bucket="safe", Key="k", VersionId=version, BypassGovernanceRetention=True)
    # The lock of the source does not go along; the bucket's default holds what is made later.
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}}}
    copied = s3.copy_object(Bucket="safe", Key="l", CopySource="safe/k")["VersionId"]
    assert "ObjectLockMode" not in s3.head_object(Bucket="safe", Key="l")
    s3.delete_object(Bucket="safe", Key="l", VersionId=copied)
    complete = upload(s3, "m", bucket="safe")
    s3.put_object_lock_configuration(Bucket="safe", ObjectLockConfiguration=default)
    for made in [complete()["VersionId"], s3.copy_object(Bucket="safe", Key="m", CopySource="safe/k")["VersionId"]]:
        retention = s3.get_object_retention(Bucket="safe", Key="m", VersionId=made)["Retention"]
        assert retention["Mode"] == "COMPLIANCE"
        with refused("AccessDenied", "object lock"):
            s3.delete_object(Bucket="safe", Key="m", VersionId=made)
    alice = people.user("alice", allow(["s3:PutObject", "s3:GetObject"]))
    for call in (lambda: upload(alice.s3, "n", (b"x",), "safe", **kept),
                 lambda: alice.s3.copy_object(Bucket="safe", Key="n", CopySource="safe/k", **kept)):
        with refused("AccessDenied", "s3:PutObjectRetention"):
            call()
    root.s3.create_bucket(Bucket="loose")
    with refused("InvalidRequest", "missing Object Lock"):
        upload(s3, "n", (b"x",), "loose", **kept)


def test_parts_and_copies_belong_to_who_makes_them(box, root, other):
    own, others = canonical(root), canonical(other)
    box.put_bucket_acl(Bucket="box", GrantFullControl=f"id={own}", GrantWrite=f"id={others}", GrantRead=f"id={others}")
    first = upload(other.s3, ACL="public-read")()["VersionId"]
    everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
    assert grants(other.s3.get_object_acl(Bucket="box", Key="k")) == [(others, "FULL_CONTROL"), (everyone, "READ")]
    assert box.list_object_versions(Bucket="box")["Versions"][0]["Owner"]["ID"] == others
    # The list goes with its version, and a copy begins with its own.
    box.put_object(Bucket="box", Key="k", Body=b"of the bucket's owner")
    assert grants(box.get_object_acl(Bucket="box", Key="k")) == [(own, "FULL_CONTROL")]
    assert grants(other.s3.get_object_acl(Bucket="box", Key="k", VersionId=first))[0] == (others, "FULL_CONTROL")
    box.put_object(Bucket="box", Key="open", Body=b"x", ACL="public-read")
    other.s3.copy_object(Bucket="box", Key="l", CopySource="box/open")
    assert grants(other.s3.get_object_acl(Bucket="box", Key="l")) == [(others, "FULL_CONTROL")]
    with refused("AccessDenied"):
        box.get_object(Bucket="box", Key="l")
    # Who may write into the bucket may not replace what is another's: neither by a copy nor by parts.
    for call in (lambda: other.s3.copy_object(Bucket="box", Key="k", CopySource="box/open"), upload(other.s3, "k", (b"x",))):
        with refused("AccessDenied"):
            call()
    other.s3.put_object_acl(Bucket="box", Key="k", VersionId=first, ACL="private")
    assert grants(other.s3.get_object_acl(Bucket="box", Key="k", VersionId=first)) == [(others, "FULL_CONTROL")]


def test_public_lists_are_blocked_however_an_object_comes(box, root):
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"BlockPublicAcls": True})
    box.put_object(Bucket="box", Key="k", Body=b"x")
    for call in (lambda: upload(box, ACL="public-read"),
                 lambda: box.copy_object(Bucket="box", Key="l", CopySource="box/k", ACL="public-read")):
        with refused("AccessDenied", "BlockPublicAcls"):
            call()


def test_without_a_signature_nobody_copies_or_begins_an_upload(server, box, root):
    box.put_object(Bucket="box", Key="k", Body=b"x")
    everything = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::box", "arn:aws:s3:::box/*"]}
    box.put_bucket_policy(Bucket="box", Policy=policy(everything))
    s3 = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    s3.put_object(Bucket="box", Key="open", Body=b"anybody's")
    with refused("AccessDenied", "Anonymous users cannot copy objects", status=403):
        s3.copy_object(Bucket="box", Key="l", CopySource="box/k")
    with refused("AccessDenied", "Anonymous users cannot initiate multipart uploads", status=403):
        s3.create_multipart_upload(Bucket="box", Key="l")


def test_who_may_delete_nothing_hears_nothing_of_the_bucket(root, people):
    root.s3.create_bucket(Bucket="box")
    alice = people.user("alice", allow("s3:ListBucket"))
    for more in ({}, {"BypassGovernanceRetention": True}):
        answer = alice.s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "k", "VersionId": "null"}]}, **more)
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]


def test_an_upload_that_ends_under_other_rules_is_of_the_buckets_owner(box, root, other):
    own, others = canonical(root), canonical(other)
    box.put_bucket_acl(Bucket="box", GrantFullControl=f"id={own}", GrantWrite=f"id={others}")
    complete = upload(other.s3)
    public = upload(box, "p", ACL="public-read")
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"BlockPublicAcls": True})
    with refused("AccessDenied", "BlockPublicAcls"):
        public()
    box.put_bucket_acl(Bucket="box", ACL="private")
    box.put_bucket_ownership_controls(Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    with refused("AccessDenied"):
        complete()
    box.put_bucket_policy(Bucket="box", Policy=policy({
        "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::box/*"}))
    complete()
    box.put_bucket_ownership_controls(Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    assert grants(box.get_object_acl(Bucket="box", Key="k")) == [(own, "FULL_CONTROL")]


def test_versions_under_a_key_of_kms(root):
    """Over TLS or loopback only, as everywhere."""
    root.s3.create_bucket(Bucket="box")
    root.s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    version = upload(root.s3, **KMS)()["VersionId"]
    root.s3.put_object(Bucket="box", Key="k", Body=b"later")
    copied = root.s3.copy_object(Bucket="box", Key="l", CopySource={"Bucket": "box", "Key": "k", "VersionId": version}, **KMS)
    assert copied["ServerSideEncryption"] == "aws:kms"
    assert root.s3.get_object(Bucket="box", Key="l")["Body"].read() == PART + b"end"
