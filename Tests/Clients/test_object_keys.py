"""Defends who may write and read objects under keys of KMS: S3's policies and the key's, grants, accounts, signatures."""

import urllib.error
import urllib.request

import botocore
import pytest

from audit import records
from boxes import BODY, KMS, LONG, default, encoded, object_arn, put, read
from callers import Clients
from errors import refused
from kms import allow as may, key, key_id, key_policy, strict_policy
from patience import PATIENCE
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, Keys

VIA = "s3.us-east-1.amazonaws.com"


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")


@pytest.fixture
def mine(root, box):
    return key(root)


def test_writing_and_reading_need_their_right_to_the_key(root, people, mine):
    put(root, "given", **KMS, SSEKMSKeyId=mine)
    alice = people.user("alice", allow(["s3:GetObject", "s3:PutObject"]))
    user = arn("user", "alice")
    because = f"on resource: {mine} because no identity-based policy allows"
    with refused("AccessDenied", f"User: {user} is not authorized to perform: kms:GenerateDataKey {because}", status=403):
        put(alice, **KMS, SSEKMSKeyId=mine)
    with refused("AccessDenied", f"User: {user} is not authorized to perform: kms:Decrypt {because}", status=403):
        read(alice, "given")
    people.may("alice", policy(
        statement("Allow", ["s3:GetObject", "s3:PutObject"]), statement("Allow", "kms:GenerateDataKey", mine)))
    put(alice, **KMS, SSEKMSKeyId=mine)
    with refused("AccessDenied", "kms:Decrypt"):
        read(alice)
    people.may("alice", policy(statement("Allow", "s3:*"), statement("Allow", "kms:Decrypt", mine)))
    assert read(alice) == BODY
    people.may("alice", policy(statement("Allow", ["s3:*", "kms:*"]), statement("Deny", "kms:Decrypt", mine)))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        read(alice)
    # The key alone opens nothing.
    people.may("alice", allow("kms:*"))
    with refused("AccessDenied", "s3:GetObject"):
        read(alice)
    # What was refused left nothing behind.
    with refused("NoSuchKey"):
        read(root, "never")


def test_a_refused_key_leaves_no_object(root, people, mine):
    alice = people.user("alice", allow("s3:*"))
    with refused("AccessDenied", "kms:GenerateDataKey"):
        put(alice, body=LONG, **KMS, SSEKMSKeyId=mine)
    assert "Contents" not in root.s3.list_objects_v2(Bucket="box")
    assert put(alice, body=LONG)["ServerSideEncryption"] == "AES256"


def test_a_key_that_opens_through_s3_and_for_some_objects_alone(root, people, box):
    alice = people.user("alice", allow("s3:*"))
    condition = {"StringEquals": {"kms:ViaService": VIA}, "StringLike": {"kms:EncryptionContext:aws:s3:arn": object_arn("open/*")}}
    own = key(root, Policy=strict_policy(may(arn("user", "alice"), "kms:GenerateDataKey", "kms:Decrypt", **condition)))
    put(alice, "open/k", **KMS, SSEKMSKeyId=own)
    assert read(alice, "open/k") == BODY
    with refused("AccessDenied", "kms:GenerateDataKey"):
        put(alice, "shut/k", **KMS, SSEKMSKeyId=own)
    with refused("AccessDeniedException"):
        alice.kms.generate_data_key(
            KeyId=own, KeySpec="AES_256", EncryptionContext={"aws:s3:arn": object_arn("open/k")})
    put(root, "shut/k", **KMS, SSEKMSKeyId=own)
    with refused("AccessDenied", "kms:Decrypt"):
        read(alice, "shut/k")


def test_a_condition_on_the_added_context(root, people, mine):
    alice = people.user("alice", policy(statement("Allow", "s3:*"), statement(
        "Allow", ["kms:GenerateDataKey", "kms:Decrypt"], mine,
        Condition={"StringEquals": {"kms:EncryptionContext:team": "blue"}})))
    put(alice, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded({"team": "blue"}))
    assert read(alice) == BODY
    for context in ({"team": "red"}, {"other": "blue"}):
        with refused("AccessDenied"):
            put(alice, **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded(context))
    put(root, "red", **KMS, SSEKMSKeyId=mine, SSEKMSEncryptionContext=encoded({"team": "red"}))
    with refused("AccessDenied"):
        read(alice, "red")


def test_a_grant_gives_the_key_for_as_long_as_it_lasts(root, people, mine):
    alice = people.user("alice", allow("s3:*"))
    made = root.kms.create_grant(
        KeyId=mine, GranteePrincipal=arn("user", "alice"), Operations=["GenerateDataKey", "Decrypt"],
        Constraints={"EncryptionContextSubset": {"aws:s3:arn": object_arn()}})
    put(alice, **KMS, SSEKMSKeyId=mine)
    assert read(alice) == BODY
    with refused("AccessDenied"):
        put(alice, "elsewhere", **KMS, SSEKMSKeyId=mine)
    root.kms.revoke_grant(KeyId=mine, GrantId=made["GrantId"])
    with refused("AccessDenied", "kms:Decrypt"):
        read(alice)


def test_a_key_of_another_account(root, other, box):
    theirs = key(other, Policy=key_policy(may(ACCOUNT, "kms:GenerateDataKey", "kms:Decrypt"), account=OTHER_ACCOUNT))
    assert put(root, **KMS, SSEKMSKeyId=theirs)["SSEKMSKeyId"] == theirs
    assert read(root) == BODY
    with refused("KMS.NotFoundException", status=400):
        put(root, **KMS, SSEKMSKeyId=key_id(theirs))
    ours, owners = records(root, "Decrypt")[0], records(other, "Decrypt")[0]
    assert ours["sharedEventID"] == owners["sharedEventID"]
    assert owners["userIdentity"]["accountId"] == ACCOUNT and owners["recipientAccountId"] == OTHER_ACCOUNT
    other.kms.put_key_policy(KeyId=theirs, PolicyName="default", Policy=key_policy(account=OTHER_ACCOUNT))
    with refused("AccessDenied", "kms:Decrypt"):
        read(root)


def test_an_upload_to_another_accounts_bucket_uses_the_uploaders_keys(root, other, box):
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "s3:*Object", "Resource": "arn:aws:s3:::box/*"}))
    made = put(other, **KMS)["SSEKMSKeyId"]
    assert made.startswith(f"arn:aws:kms:us-east-1:{OTHER_ACCOUNT}:key/")
    assert read(other) == BODY
    with refused("AccessDenied", "kms:Decrypt"):
        read(root)


def test_only_signed_requests_of_version_4(root, server, mine):
    put(root, **KMS, SSEKMSKeyId=mine)
    put(root, "plain")
    root.s3.delete_public_access_block(Bucket="box")
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::box/*"}))
    nobody = Clients(server, Keys(None, None)).make("s3", signature_version=botocore.UNSIGNED)
    words = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4."
    assert nobody.get_object(Bucket="box", Key="plain")["Body"].read() == BODY
    with refused("InvalidArgument", words, status=400) as caught:
        nobody.get_object(Bucket="box", Key="k")
    assert caught.value.response["Error"]["ArgumentName"] == "Authorization"
    # Not even whether it has changed.
    with refused("InvalidArgument", words, status=400):
        nobody.get_object(Bucket="box", Key="k", IfNoneMatch="*")
    for more in ({}, {"IfNoneMatch": "*"}):
        with refused("400", status=400):
            nobody.head_object(Bucket="box", Key="k", **more)
    with refused("InvalidArgument", words, status=400):
        nobody.put_object(Bucket="box", Key="new", Body=b"x", **KMS, SSEKMSKeyId=mine)

    def follow(signature):
        link = root.make("s3", signature_version=signature).generate_presigned_url("get_object", {"Bucket": "box", "Key": "k"})
        with urllib.request.urlopen(link, timeout=PATIENCE) as answer:
            return answer.read()

    assert follow("s3v4") == BODY
    with pytest.raises(urllib.error.HTTPError) as caught:
        follow("s3")
    assert caught.value.code == 400 and words in caught.value.read().decode()
    # What the bucket would encrypt under KMS is as little for everybody.
    default(root, key=mine)
    with refused("InvalidArgument", words):
        nobody.put_object(Bucket="box", Key="new", Body=b"x")
