"""Defends objects under keys of KMS: what is stored, told and recorded, and that the key's state is the object's."""

import base64
import hashlib

import pytest

from audit import records
from boxes import BODY, KMS, LONG, encoded, get, head, object_arn, put, read, told
from callers import Clients
from errors import refused
from kms import key, key_id
from people import allow, policy
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Server


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")


@pytest.fixture
def mine(root, box):
    return key(root)


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
@pytest.mark.parametrize("body", [b"", b"x", BODY, LONG], ids=["empty", "a byte", "10 KB", "1.2 MB"])
def test_bytes_come_back_and_the_key_is_told(root, mine, body, algorithm):
    answer = put(root, body=body, ServerSideEncryption=algorithm, SSEKMSKeyId=mine)
    expected = {"ServerSideEncryption": algorithm, "SSEKMSKeyId": mine}
    assert told(answer) == told(head(root)) == told(get(root)) == expected
    assert read(root) == body
    if len(body) > 2:
        assert read(root, Range="bytes=1-99") == body[1:100]
        assert read(root, Range=f"bytes={len(body) - 2}-") == body[-2:]
    listed = root.s3.list_objects_v2(Bucket="box")["Contents"][0]
    assert (listed["Size"], listed["ETag"]) == (len(body), answer["ETag"])


def test_entity_tags_tell_nothing_of_the_content(root, mine):
    tags = {put(root, **KMS, SSEKMSKeyId=mine)["ETag"] for _ in range(3)}
    assert len(tags) == 3 and f'"{hashlib.md5(BODY).hexdigest()}"' not in tags and all(len(tag) == 34 for tag in tags)
    assert head(root)["ETag"] == get(root)["ETag"] in tags
    uses = [len(records(root, name)) for name in ("GenerateDataKey", "Decrypt")]
    put(root, ServerSideEncryption="AES256")
    assert head(root)["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"' and read(root) == BODY
    assert [len(records(root, name)) for name in ("GenerateDataKey", "Decrypt")] == uses == [3, 1]


def test_a_key_by_each_of_its_names(root, mine):
    root.kms.create_alias(AliasName="alias/app", TargetKeyId=mine)
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/app"
    for name in (mine, key_id(mine), "alias/app", alias):
        assert put(root, **KMS, SSEKMSKeyId=name)["SSEKMSKeyId"] == mine
    assert head(root)["SSEKMSKeyId"] == mine


def test_the_key_that_kms_has_for_s3(root, people, other, box):
    first = put(root, **KMS)["SSEKMSKeyId"]
    described = root.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]
    assert (described["Arn"], described["KeyManager"]) == (first, "AWS")
    assert put(root, "two", **KMS, SSEKMSKeyId="alias/aws/s3")["SSEKMSKeyId"] == first
    # Its policy lets in who may use S3, through S3 alone; nothing of KMS need be given.
    alice = people.user("alice", allow(["s3:GetObject", "s3:PutObject"]))
    assert read(alice) == BODY
    put(alice, "three", **KMS)
    carol = people.user("carol", allow("kms:*"))
    with refused("AccessDeniedException"):
        carol.kms.generate_data_key(KeyId=first, KeySpec="AES_256")
    # It lets no other account in.
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "s3:*Object", "Resource": "arn:aws:s3:::box/*"}))
    with refused("AccessDenied", "is not authorized to perform: kms:Decrypt"):
        read(other)


def test_each_region_has_a_key_for_s3(root):
    there = root.at("eu-west-1")
    there.s3.create_bucket(Bucket="box", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    made = put(there, **KMS)["SSEKMSKeyId"]
    assert made.startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/") and read(there) == BODY
    with refused("KMS.NotFoundException", "Invalid arn us-east-1"):
        put(there, **KMS, SSEKMSKeyId=key(root))


def test_the_command_line_stores_and_fetches(root, aws, mine, tmp_path):
    (tmp_path / "f").write_bytes(BODY)
    aws("s3", "cp", str(tmp_path / "f"), "s3://box/f", "--sse", "aws:kms", "--sse-kms-key-id", mine)
    assert aws("s3api", "head-object", "--bucket", "box", "--key", "f")["SSEKMSKeyId"] == mine
    aws("s3", "cp", "s3://box/f", str(tmp_path / "g"))
    assert (tmp_path / "g").read_bytes() == BODY


def test_the_checksum_lies_under_the_key(root, mine, people):
    answer = put(root, **KMS, SSEKMSKeyId=mine, ChecksumAlgorithm="SHA256")
    expected = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert answer["ChecksumSHA256"] == expected
    assert get(root, ChecksumMode="ENABLED")["ChecksumSHA256"] == expected
    assert head(root, ChecksumMode="ENABLED")["ChecksumSHA256"] == expected
    # A HEAD needs the key for the checksum, and for nothing else.
    alice = people.user("alice", allow("s3:GetObject"))
    assert told(head(alice)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine}
    with refused("403", status=403):
        head(alice, ChecksumMode="ENABLED")
    root.kms.disable_key(KeyId=mine)
    assert head(root)["SSEKMSKeyId"] == mine
    with refused("400", status=400):
        head(root, ChecksumMode="ENABLED")


def test_the_context_is_bound_to_the_object_and_what_the_upload_added(root, mine):
    context = encoded({"team": "blue", "é": "ü"})
    assert told(put(root, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=context)) == {
        "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine, "SSEKMSEncryptionContext": context}
    assert read(root) == BODY
    whole = {"aws:s3:arn": object_arn(), "team": "blue", "é": "ü"}
    [made], [opened] = records(root, "GenerateDataKey"), records(root, "Decrypt")
    assert made["requestParameters"]["encryptionContext"] == opened["requestParameters"]["encryptionContext"] == whole
    put(root, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded({"aws:s3:arn": object_arn()}))
    assert read(root) == BODY


@pytest.mark.parametrize("context", [
    "not base64!", base64.b64encode(b"no json").decode(), encoded(["a"]), encoded({"a": 1}), encoded({"a": {"b": "c"}}),
    base64.b64encode(b'{"a":"1","a":"2"}').decode(), base64.b64encode(b'{"a":"\xff"}').decode(),
    base64.b64encode(b'{"a":"1"} x').decode()])
def test_a_context_that_is_none_is_refused(root, mine, context):
    with refused("InvalidArgument", "shall be Base64-encoded UTF-8 string holding JSON", status=400):
        put(root, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=context)


@pytest.mark.parametrize("context", [
    {"aws:s3:arn": "arn:aws:s3:::other/k"}, {"AWS:S3:ARN": "arn:aws:s3:::box/k"}, {"a": "1", "A": "2"}])
def test_a_context_cannot_speak_for_another_object(root, mine, context):
    with refused("InvalidArgument", status=400):
        put(root, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded(context))


def test_a_disabled_key_shuts_the_object_at_once(root, mine):
    for name, more in (("k", {}), ("bucket", {"BucketKeyEnabled": True}), ("small", {"Body": b"x"})):
        root.s3.put_object(**({"Bucket": "box", "Key": name, "Body": LONG, "SSEKMSKeyId": mine} | KMS | more))
        read(root, name)
    root.kms.disable_key(KeyId=mine)
    for name in ("k", "bucket", "small"):
        for more in ({}, {"Range": "bytes=0-0"}):
            with refused("KMS.DisabledException", f"{mine} is disabled.", status=400):
                get(root, name, **more)
    with refused("KMS.DisabledException", f"{mine} is disabled.", status=400):
        put(root, **KMS, SSEKMSKeyId=mine)
    root.kms.enable_key(KeyId=mine)
    assert read(root) == LONG


def test_a_key_that_waits_for_its_deletion_and_is_gone(server, root, mine):
    put(root, **KMS, SSEKMSKeyId=mine)
    root.kms.schedule_key_deletion(KeyId=mine, PendingWindowInDays=7)
    for call in (lambda: get(root), lambda: put(root, **KMS, SSEKMSKeyId=mine)):
        with refused("KMS.KMSInvalidStateException", f"{mine} is pending deletion.", status=400):
            call()
    server.advance(days=8)
    for call in (lambda: get(root), lambda: put(root, **KMS, SSEKMSKeyId=mine)):
        with refused("KMS.NotFoundException", f"Key '{mine}' does not exist", status=400):
            call()
    # The object is still there to be deleted.
    assert head(root)["SSEKMSKeyId"] == mine
    root.s3.delete_object(Bucket="box", Key="k")
    with refused("NoSuchKey"):
        get(root)


@pytest.mark.parametrize("name, code, words", [
    ("no-key", "KMS.NotFoundException", "Invalid keyId 'no-key'"),
    ("alias/none", "KMS.NotFoundException", "alias/none is not found"),
    (f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab", "KMS.NotFoundException", "does not exist"),
    (f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab", "KMS.NotFoundException", "Invalid arn us-west-2"),
])
def test_a_key_that_is_none(root, box, name, code, words):
    with refused(code, words, status=400):
        put(root, **KMS, SSEKMSKeyId=name)


def test_a_key_without_material_or_for_other_uses(root, box):
    empty = key(root, Origin="EXTERNAL")
    with refused("KMS.KMSInvalidStateException", "pending import", status=400):
        put(root, **KMS, SSEKMSKeyId=empty)
    for other in (key(root, "RSA_2048", "ENCRYPT_DECRYPT"), key(root, "HMAC_256", "GENERATE_VERIFY_MAC")):
        with refused("KMS.InvalidKeyUsageException", status=400):
            put(root, **KMS, SSEKMSKeyId=other)


@pytest.mark.parametrize("more, words", [
    ({"SSEKMSKeyId": "k"}, "requires HTTP header x-amz-server-side-encryption : aws:kms"),
    ({"SSEKMSEncryptionContext": encoded({})}, "requires HTTP header x-amz-server-side-encryption : aws:kms"),
    ({"ServerSideEncryption": "AES256", "SSEKMSKeyId": "k"}, "requires HTTP header x-amz-server-side-encryption : aws:kms"),
    ({"ServerSideEncryption": "AES256", "BucketKeyEnabled": True}, "requires HTTP header"),
    ({"ServerSideEncryption": "aws:kms:dsse", "BucketKeyEnabled": True}, "not supported for aws:kms:dsse"),
    ({"ServerSideEncryption": "aws:fsx"}, "The encryption method specified is not supported"),
    ({"ServerSideEncryption": "aes256"}, None),
])
def test_headers_that_do_not_fit_each_other(root, box, more, words):
    with refused("InvalidArgument", words, status=400):
        put(root, **more)


def test_the_records_of_the_keys_use(root, people, mine):
    alice = people.user("alice", allow(["s3:*", "kms:*"]))
    put(alice, **KMS, SSEKMSKeyId=key_id(mine))
    read(alice)
    head(alice)
    [made], [opened] = records(root, "GenerateDataKey"), records(root, "Decrypt")
    context = {"aws:s3:arn": object_arn()}
    for record in (made, opened):
        assert record["eventSource"] == "kms.amazonaws.com" and record["readOnly"] is True
        assert record["userIdentity"]["userName"] == "alice" and record["userIdentity"]["invokedBy"] == "s3.amazonaws.com"
        assert record["sourceIPAddress"] == record["userAgent"] == "s3.amazonaws.com"
        assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": mine}]
        assert record["responseElements"] is None and "tlsDetails" not in record
    assert made["requestParameters"] == {"keyId": key_id(mine), "encryptionContext": context, "keySpec": "AES_256"}
    assert opened["requestParameters"] == {
        "keyId": mine, "encryptionContext": context, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}
    people.may("alice", allow("s3:*"))
    with refused("AccessDenied"):
        read(alice)
    denied = records(root, "Decrypt")[0]
    assert denied["errorCode"] == "AccessDenied" and denied["userIdentity"]["invokedBy"] == "s3.amazonaws.com"


def test_objects_stay_protected_across_a_crash(tmp_path):
    server = Server(tmp_path / "data")
    try:
        root = Clients(server, ROOT_KEYS)
        root.s3.create_bucket(Bucket="box")
        mine = key(root)
        marker = b"known plaintext of this test "
        for name, more in (("one", KMS), ("two", {"ServerSideEncryption": "aws:kms:dsse"}), ("bucket", KMS | {"BucketKeyEnabled": True})):
            put(root, name, marker * 3000, SSEKMSKeyId=mine, **more)
            put(root, name + "-small", marker, SSEKMSKeyId=mine, **more)
        server.kill()
        server = Server(tmp_path / "data")
        root = Clients(server, ROOT_KEYS)
        for name in ("one", "two", "bucket"):
            assert read(root, name) == marker * 3000 and read(root, name + "-small") == marker
        root.kms.disable_key(KeyId=mine)
        with refused("KMS.DisabledException"):
            read(root, "two")
    finally:
        server.stop()
    for path in (tmp_path / "data").rglob("*"):
        assert path.is_dir() or marker not in path.read_bytes(), path
