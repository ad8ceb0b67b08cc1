"""Defends copies: what goes along, what is replaced, who may, and between whom."""

import hashlib
import json

import pytest

from boxes import BODY, KMS, object_arn, put, read
from errors import refused
from kms import key
from people import allow, policy, statement
from server import OTHER_ACCOUNT


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.create_bucket(Bucket="other")
    return root.s3


def copy(clients, source="box/k", name="l", **more):
    return clients.s3.copy_object(**{"Bucket": "other", "Key": name, "CopySource": source} | more)


def test_a_copy_has_all_or_what_the_request_says(box, root):
    put(root, Metadata={"a": "b"}, ContentType="text/x", Tagging="t=1", ChecksumAlgorithm="SHA256")
    answer = copy(root)
    assert answer["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    told = box.get_object(Bucket="other", Key="l", ChecksumMode="ENABLED")
    assert told["Body"].read() == BODY and told["Metadata"] == {"a": "b"} and told["ContentType"] == "text/x"
    assert told["ChecksumSHA256"] == answer["CopyObjectResult"]["ChecksumSHA256"] and told["TagCount"] == 1
    copy(root, MetadataDirective="REPLACE", Metadata={"c": "d"}, TaggingDirective="REPLACE", Tagging="x=1&y=2")
    told = box.head_object(Bucket="other", Key="l")
    assert told["Metadata"] == {"c": "d"} and told["ContentType"] == "binary/octet-stream"
    assert len(box.get_object_tagging(Bucket="other", Key="l")["TagSet"]) == 2


@pytest.mark.parametrize("name", ["a b+c", "ä/ö?versionId=null", "%41", "a//b"])
def test_names_of_all_kinds(box, root, name):
    put(root, name)
    copy(root, {"Bucket": "box", "Key": name})
    assert box.get_object(Bucket="other", Key="l")["Body"].read() == BODY


def test_conditions_and_refusals(box, root):
    tag = put(root)["ETag"]
    for more in ({"CopySourceIfMatch": '"x"'}, {"CopySourceIfNoneMatch": tag}):
        with refused("PreconditionFailed", status=412):
            copy(root, **more)
    words = "trying to copy an object to itself without changing the object's metadata"
    with refused("InvalidRequest", words, status=400):
        copy(root, Bucket="box", name="k")
    copy(root, Bucket="box", name="k", MetadataDirective="REPLACE")
    with refused("NoSuchKey", status=404):
        copy(root, "box/none")
    with refused("NoSuchBucket", status=404):
        copy(root, "no-such-bucket/k")
    with refused("InvalidArgument", "Copy Source must mention the source bucket and key", status=400):
        copy(root, "box")


def test_both_sides_must_allow_it(box, root, people, other):
    put(root, Tagging="t=1")
    alice = people.user("alice", allow("s3:PutObject", "arn:aws:s3:::other/*"))
    with refused("AccessDenied", "s3:GetObject", status=403):
        copy(alice)
    people.may("alice", policy(statement("Allow", "s3:PutObject", "arn:aws:s3:::other/*"), statement("Allow", "s3:GetObject")))
    with refused("AccessDenied", "s3:GetObjectTagging", status=403):
        copy(alice)
    copy(alice, TaggingDirective="REPLACE")
    with refused("AccessDenied", status=403):
        copy(alice, "box/none")
    other.s3.create_bucket(Bucket="far")
    with refused("AccessDenied", status=403):
        copy(other, Bucket="far")
    reading = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": ["s3:GetObject", "s3:GetObjectTagging"], "Resource": object_arn("*")}
    root.s3.put_bucket_policy(Bucket="box", Policy=json.dumps({"Version": "2012-10-17", "Statement": [reading]}))
    copy(other, Bucket="far")
    assert other.s3.get_object(Bucket="far", Key="l")["Body"].read() == BODY


def test_from_one_key_to_another(box, root):
    mine, yours = key(root), key(root)
    put(root, **KMS, SSEKMSKeyId=mine)
    assert copy(root, **KMS, SSEKMSKeyId=yours, Bucket="box")["SSEKMSKeyId"] == yours
    assert copy(root, Bucket="box", name="m")["ServerSideEncryption"] == "AES256"
    root.kms.disable_key(KeyId=mine)
    assert read(root, "l") == BODY and read(root, "m") == BODY
    with refused("KMS.DisabledException", status=400):
        copy(root, Bucket="box", name="n")


def test_parts_are_copied_by_range(box, root):
    put(root)
    upload = {"Bucket": "box", "Key": "l", "UploadId": box.create_multipart_upload(Bucket="box", Key="l")["UploadId"]}
    answer = box.upload_part_copy(**upload, PartNumber=1, CopySource="box/k", CopySourceRange="bytes=100-299")
    with refused("InvalidArgument", status=400):
        box.upload_part_copy(**upload, PartNumber=1, CopySource="box/k", CopySourceRange=f"bytes=0-{len(BODY)}")
    box.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": answer["CopyPartResult"]["ETag"]}]})
    assert read(root, "l") == BODY[100:300]


def test_the_command_line_copies_moves_and_synchronises(box, aws, tmp_path):
    for name in ("a", "b/c", "b/d"):
        (tmp_path / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "src" / name).write_bytes(name.encode() * 1000)
    aws("s3", "sync", str(tmp_path / "src"), "s3://box")
    aws("s3", "sync", "s3://box", "s3://other/deep")
    aws("s3", "mv", "s3://other/deep/a", "s3://other/moved")
    names = [item["Key"] for item in box.list_objects_v2(Bucket="other")["Contents"]]
    assert names == ["deep/b/c", "deep/b/d", "moved"]
    assert box.get_object(Bucket="other", Key="moved")["Body"].read() == b"a" * 1000


def test_a_source_of_another_region_is_opened_there(box, root):
    """Its key lives in its own Region; the copy's is the destination's."""
    there = root.at("eu-west-1")
    there.s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    put(root, ServerSideEncryption="aws:kms", SSEKMSKeyId=key(root))
    copy(there, Bucket="far")
    assert there.s3.get_object(Bucket="far", Key="l")["Body"].read() == BODY
    upload = there.s3.create_multipart_upload(Bucket="far", Key="m")["UploadId"]
    part = there.s3.upload_part_copy(Bucket="far", Key="m", UploadId=upload, PartNumber=1, CopySource="box/k")["CopyPartResult"]
    there.s3.complete_multipart_upload(
        Bucket="far", Key="m", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert there.s3.get_object(Bucket="far", Key="m")["Body"].read() == BODY
