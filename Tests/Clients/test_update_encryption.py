"""Defends that an object can be put under another key of KMS, that nothing else of it changes, and who may do that."""

import base64
import datetime
import hashlib

import pytest

from audit import records
from boxes import BODY, KMS, encoded, get, head, object_arn, put, read, told
from errors import refused
from kms import key, key_id
from people import policy, statement
from replicas import keep
from server import ACCOUNT

RIGHTS = ["s3:PutObject", "s3:UpdateObjectEncryption"]
USE = ["kms:GenerateDataKey", "kms:ReEncrypt*"]
PART = b"p" * (5 << 20)


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")


@pytest.fixture
def mine(root, box):
    return key(root)


def update(clients, arn, name="k", bucket_key=None, **more):
    wanted = {"KMSKeyArn": arn} | ({} if bucket_key is None else {"BucketKeyEnabled": bucket_key})
    return clients.s3.update_object_encryption(Bucket="box", Key=name, ObjectEncryption={"SSEKMS": wanted}, **more)


def kept(clients, **more):
    """What must stay as it is."""
    answer = head(clients, ChecksumMode="ENABLED", **more)
    names = ("ETag", "LastModified", "ContentLength", "VersionId", "ChecksumSHA256", "ChecksumCRC32", "Metadata", "ContentType", "StorageClass")
    return {name: answer.get(name) for name in names}


@pytest.mark.parametrize("body", [b"", b"x", BODY], ids=["empty", "a byte", "10 KB"])
def test_an_object_goes_from_the_stores_key_to_one_of_kms_and_to_another(root, mine, body):
    second = key(root)
    put(root, body=body, Metadata={"a": "b"}, ChecksumAlgorithm="SHA256", ContentType="text/plain")
    before = kept(root)
    update(root, mine)
    assert told(head(root)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine}
    assert kept(root) == before and read(root) == body
    # The former key is not needed any more, and then not the one before.
    update(root, second, bucket_key=True)
    root.kms.disable_key(KeyId=mine)
    assert told(head(root)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": second, "BucketKeyEnabled": True}
    assert kept(root) == before and read(root) == body
    root.kms.disable_key(KeyId=second)
    with refused("KMS.DisabledException"):
        read(root)
    with refused("KMS.DisabledException"):
        update(root, key(root))


def test_an_object_of_parts_goes_with_all_of_them(root, mine):
    upload = root.s3.create_multipart_upload(Bucket="box", Key="k", ChecksumAlgorithm="CRC32")["UploadId"]
    parts = []
    for number, body in enumerate([PART, BODY], 1):
        part = root.s3.upload_part(Bucket="box", Key="k", UploadId=upload, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]})
    root.s3.complete_multipart_upload(Bucket="box", Key="k", UploadId=upload, MultipartUpload={"Parts": parts})
    before = kept(root)
    for arn in (mine, key(root)):
        update(root, arn)
        assert kept(root) == before and head(root)["SSEKMSKeyId"] == arn
        assert read(root) == PART + BODY and read(root, PartNumber=2) == BODY
        second = get(root, PartNumber=2, ChecksumMode="ENABLED")
        assert second["ChecksumCRC32"] == parts[1]["ChecksumCRC32"]


def test_a_version_that_is_named_is_the_one_that_changes(root, mine):
    keep(root, "vault")
    first = root.s3.put_object(Bucket="vault", Key="k", Body=b"1")["VersionId"]
    second = root.s3.put_object(Bucket="vault", Key="k", Body=b"2")["VersionId"]
    wanted = {"SSEKMS": {"KMSKeyArn": mine}}
    root.s3.update_object_encryption(Bucket="vault", Key="k", VersionId=first, ObjectEncryption=wanted)
    found = [root.s3.head_object(Bucket="vault", Key="k", VersionId=version)["ServerSideEncryption"] for version in (first, second)]
    assert found == ["aws:kms", "AES256"]
    assert root.s3.get_object(Bucket="vault", Key="k", VersionId=first)["Body"].read() == b"1"
    listed = root.s3.list_object_versions(Bucket="vault")["Versions"]
    assert [(version["VersionId"], version["IsLatest"]) for version in listed] == [(second, True), (first, False)]
    marker = root.s3.delete_object(Bucket="vault", Key="k")["VersionId"]
    with refused("NoSuchKey", status=404):
        root.s3.update_object_encryption(Bucket="vault", Key="k", ObjectEncryption=wanted)
    with refused("MethodNotAllowed", status=405):
        root.s3.update_object_encryption(Bucket="vault", Key="k", VersionId=marker, ObjectEncryption=wanted)


def test_who_may(root, people, mine):
    put(root)
    both = statement("Allow", RIGHTS, "arn:aws:s3:::box/*")
    for lacking in [statement("Allow", RIGHTS[:1], "*"), statement("Allow", RIGHTS[1:], "*")]:
        with refused("AccessDenied"):
            update(people.user(f"s3-{lacking['Action'][0][3:]}", policy(lacking, statement("Allow", USE, "*"))), mine)
    alice = people.user("alice", policy(both))
    with refused("AccessDenied", "kms:GenerateDataKey"):
        update(alice, mine)
    bob = people.user("bob", policy(both, statement("Allow", USE, "*")))
    update(bob, mine)
    with refused("AccessDenied", "kms:ReEncryptFrom"):
        update(alice, key(root))
    # Who may not read the object may still put it under another key: nothing of it is shown.
    update(bob, key(root))
    with refused("AccessDenied"):
        read(bob)
    # Policies see what is asked for.
    other = key(root)
    only = statement("Allow", RIGHTS, "*", Condition={"StringEquals": {
        "s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": other}})
    carol = people.user("carol", policy(only, statement("Allow", USE, "*")))
    update(carol, other)
    with refused("AccessDenied"):
        update(carol, mine)
    with refused("AccessDenied"):
        update(carol, mine, "missing")
    with refused("NoSuchKey"):
        update(root, mine, "missing")


def test_what_is_no_key_of_the_buckets_account(root, other, mine, people):
    put(root)
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/app"
    root.kms.create_alias(AliasName="alias/app", TargetKeyId=mine)
    for name in (key_id(mine), "alias/app", alias, alias.replace("alias/app", "key/")):
        with refused("InvalidRequest", "valid AWS KMS key", status=400):
            update(root, name)
    with refused("AccessDenied", "owned by the same account as the bucket", status=403):
        update(root, key(other))
    with refused("KMS.NotFoundException"):
        update(root, key(root.at("eu-west-1")))
    assert head(root)["ServerSideEncryption"] == "AES256" and read(root) == BODY


@pytest.mark.parametrize("body, code", [
    ("<SSE-KMS><BucketKeyEnabled>true</BucketKeyEnabled></SSE-KMS>", "InvalidRequest"),
    ("", "InvalidRequest"),
    ("<SSE-S3/>", "MalformedXML"),
])
def test_a_request_names_a_key(root, mine, body, code):
    put(root)
    document = f'<ObjectEncryption xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{body}</ObjectEncryption>'

    def replace(request, **_):
        request.data = document.encode()
        for name in ("x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm", "Content-MD5", "Content-Length"):
            del request.headers[name]
        request.headers["Content-MD5"] = base64.b64encode(hashlib.md5(request.data).digest()).decode()
        request.headers["Content-Length"] = str(len(request.data))

    root.s3.meta.events.register("before-sign.s3.UpdateObjectEncryption", replace)
    with refused(code, status=400):
        update(root, mine)
    assert head(root)["ServerSideEncryption"] == "AES256"


def test_what_lies_under_two_layers_stays_there(root, mine):
    put(root, ServerSideEncryption="aws:kms:dsse", SSEKMSKeyId=mine)
    with refused("InvalidRequest", "DSSE-KMS or SSE-C"):
        update(root, mine)
    assert head(root)["ServerSideEncryption"] == "aws:kms:dsse" and read(root) == BODY


def test_a_lock_holds_the_encryption_too(root, mine):
    root.s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    root.s3.put_object(Bucket="safe", Key="k", Body=b"x", ObjectLockLegalHoldStatus="ON")
    root.s3.put_object(Bucket="safe", Key="g", Body=b"x", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=soon)
    wanted = {"SSEKMS": {"KMSKeyArn": mine}}
    for name in ("k", "g"):
        with refused("AccessDenied", "protected by S3 Object Lock", status=403):
            root.s3.update_object_encryption(Bucket="safe", Key=name, ObjectEncryption=wanted)
    root.s3.put_object_legal_hold(Bucket="safe", Key="k", LegalHold={"Status": "OFF"})
    root.s3.update_object_encryption(Bucket="safe", Key="k", ObjectEncryption=wanted)
    assert root.s3.head_object(Bucket="safe", Key="k")["SSEKMSKeyId"] == mine


def test_the_added_context_stays_and_kms_tells_of_it(root, mine):
    second = key(root)
    put(root, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded({"team": "blue"}))
    update(root, second, bucket_key=True)
    assert read(root) == BODY
    [moved] = records(root, "ReEncrypt")
    asked = moved["requestParameters"]
    assert asked["sourceEncryptionContext"] == {"aws:s3:arn": object_arn(), "team": "blue"}
    assert asked["destinationEncryptionContext"] == {"aws:s3:arn": "arn:aws:s3:::box", "team": "blue"}


def test_copies_and_the_command_line(root, aws, mine):
    put(root)
    aws("s3api", "update-object-encryption", "--bucket", "box", "--key", "k", "--object-encryption", f"SSEKMS={{KMSKeyArn={mine}}}")
    root.s3.copy_object(Bucket="box", Key="copy", CopySource="box/k")
    assert read(root, "copy") == BODY and head(root, "copy")["ServerSideEncryption"] == "AES256"
    assert root.s3.get_object_attributes(Bucket="box", Key="k", ObjectAttributes=["ETag", "ObjectSize"])["ObjectSize"] == len(BODY)
    root.s3.delete_object(Bucket="box", Key="k")
