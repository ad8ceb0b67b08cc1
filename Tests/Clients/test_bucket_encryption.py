"""Defends the encryption that a bucket gives its objects by default, what policies demand of it, and bucket keys."""

import contextlib
import http.client

import botocore.auth
import pytest

from audit import records
from boxes import BODY, KMS, default, get, head, put, read, rules, told
from errors import refused
from kms import key, key_id
from patience import PATIENCE, eventually
from people import allow, policy, statement
from server import ROOT_KEYS
from signed import signed


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")


@pytest.fixture
def mine(root, box):
    return key(root)


def test_the_default_of_a_bucket_and_back(root, mine):
    blocked = {"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}
    plain = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False} | blocked]
    assert rules(root) == plain
    default(root, key=mine, bucket_key=True)
    assert rules(root) == [{
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": mine},
        "BucketKeyEnabled": True} | blocked]
    assert told(put(root)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine, "BucketKeyEnabled": True}
    assert read(root) == BODY
    # A request that asks for something gets that, and the default for what it leaves open.
    assert told(put(root, ServerSideEncryption="AES256")) == {"ServerSideEncryption": "AES256"}
    assert told(put(root, BucketKeyEnabled=False)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine}
    asked = told(put(root, **KMS))
    own = root.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["Arn"]
    assert asked == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": own, "BucketKeyEnabled": True}
    default(root, "aws:kms:dsse", mine)
    assert told(put(root)) == {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": mine}
    root.s3.delete_bucket_encryption(Bucket="box")
    assert rules(root) == plain and told(put(root, "new")) == {"ServerSideEncryption": "AES256"}
    assert told(head(root)) == {"ServerSideEncryption": "aws:kms:dsse", "SSEKMSKeyId": mine}
    default(root)
    assert told(put(root)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": own}


def test_a_default_that_changes_while_a_body_comes(root, server, mine):
    """Defends that an upload is told, and has, the encryption that it began with."""
    default(root, key=mine)
    headers = signed(server, ROOT_KEYS, BODY, service="s3", method="PUT", target="/box/k", headers={},
                     signer=botocore.auth.S3SigV4Auth)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.putrequest("PUT", "/box/k", skip_host=True, skip_accept_encoding=True)
        for name, value in (headers | {"Content-Length": str(len(BODY))}).items():
            connection.putheader(name, value)
        connection.endheaders(BODY[:-1])
        eventually(lambda: records(root, "GenerateDataKey"))
        default(root, "AES256")
        connection.send(BODY[-1:])
        answer = connection.getresponse()
        assert answer.status == 200 and answer.headers["x-amz-server-side-encryption-aws-kms-key-id"] == mine
    assert told(head(root)) == {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine} and read(root) == BODY
    assert told(put(root)) == {"ServerSideEncryption": "AES256"}


@pytest.mark.parametrize("rule, code", [
    ([], "MalformedXML"), ([{}, {}], "MalformedXML"),
    ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "k"}}], "InvalidArgument"),
    ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "nothing"}}], "MalformedXML"),
    ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}, "BucketKeyEnabled": True}], "InvalidArgument"),
    ([{"BlockedEncryptionTypes": {"EncryptionType": ["SSE-KMS"]}}], "MalformedXML"),
])
def test_a_default_that_is_none(root, box, rule, code):
    with refused(code, status=400):
        root.s3.put_bucket_encryption(Bucket="box", ServerSideEncryptionConfiguration={"Rules": rule})


def test_who_may_set_a_default(root, people, box):
    alice = people.user("alice", allow(["s3:GetEncryptionConfiguration"]))
    assert rules(alice)
    for call in (lambda: default(alice), lambda: alice.s3.delete_bucket_encryption(Bucket="box")):
        with refused("AccessDenied", "s3:PutEncryptionConfiguration"):
            call()
    people.may("alice", allow("s3:PutEncryptionConfiguration"))
    default(alice, "AES256")
    [record] = records(root, "PutBucketEncryption")[:1]
    assert record["requestParameters"]["ServerSideEncryptionConfiguration"]["Rule"] == {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert record["requestParameters"]["encryption"] == "" and record["readOnly"] is False
    with refused("NoSuchBucket", status=404):
        root.s3.delete_bucket_encryption(Bucket="none")


def test_policies_that_ask_for_encryption(root, people, mine):
    """Defends that such a policy is about what the request says, whatever the bucket does by default."""
    default(root, key=mine)
    alice = people.user("alice", allow(["s3:*", "kms:*"]))
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::box/*"}
    header, key_header = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        deny | {"Condition": {"StringNotEquals": {header: "aws:kms"}}}))
    for more in ({}, {"ServerSideEncryption": "AES256"}):
        with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
            put(alice, **more)
    put(alice, **KMS)
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(deny | {"Condition": {"ArnNotEquals": {key_header: mine}}}))
    root.kms.create_alias(AliasName="alias/app", TargetKeyId=mine)
    for more in ({}, KMS, KMS | {"SSEKMSKeyId": key(root)}, KMS | {"SSEKMSKeyId": "alias/none"}):
        with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
            put(alice, **more)
    for name in (mine, key_id(mine), "alias/app"):
        put(alice, **KMS, SSEKMSKeyId=name)
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(deny | {"Condition": {"Null": {header: "false"}}}))
    assert put(alice)["SSEKMSKeyId"] == mine


def test_a_bucket_key_names_the_bucket_in_the_context(root, people, mine):
    alice = people.user("alice", policy(statement("Allow", "s3:*"), statement(
        "Allow", ["kms:GenerateDataKey", "kms:Decrypt"], mine,
        Condition={"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::box"}})))
    with refused("AccessDenied"):
        put(alice, **KMS, SSEKMSKeyId=mine)
    answer = put(alice, **KMS, SSEKMSKeyId=mine, BucketKeyEnabled=True)
    assert told(answer) == told(head(alice)) == told(get(alice)) == {
        "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine, "BucketKeyEnabled": True}
    assert read(alice) == BODY
    # What the key decides holds for each request: no bucket key outlives it.
    people.may("alice", allow("s3:*"))
    with refused("AccessDenied", "kms:Decrypt"):
        read(alice)
