"""Defends keys that customers provide (SSE-C): over TLS, for the right key alone, where the bucket takes them."""

import hashlib
import re

import pytest

from boxes import BODY, LONG, default, get, head, put, read, rules, told
from callers import Clients
from errors import refused
from people import policy
from server import ROOT_KEYS, Server

pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
RIGHT, WRONG = b"k" * 32, b"w" * 32


def with_key(key):
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


@pytest.fixture(scope="module")
def server():
    server = Server(options=["--tls-listen", "127.0.0.1:0"])
    yield server
    server.stop()


@pytest.fixture
def plain(server):
    server.reset()
    return Clients(server, ROOT_KEYS)


@pytest.fixture
def root(server, plain):
    """With a bucket that takes customers' keys."""
    line = next(line for line in server.lines if line.startswith("https"))
    root = Clients(server, ROOT_KEYS, url="https://127.0.0.1:" + re.search(r":(\d+) ", line).group(1))
    root.s3.create_bucket(Bucket="box")
    root.s3.put_bucket_encryption(Bucket="box", ServerSideEncryptionConfiguration={
        "Rules": [{"BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]})
    return root


@pytest.mark.parametrize("body", [b"", b"x", BODY, LONG], ids=["empty", "a byte", "10 KB", "1.2 MB"])
def test_the_right_key_and_no_other(root, body):
    answer = put(root, body=body, **with_key(RIGHT))
    assert told(answer) == {"SSECustomerAlgorithm": "AES256"}
    assert answer["SSECustomerKeyMD5"] == head(root, **with_key(RIGHT))["SSECustomerKeyMD5"]
    assert answer["ETag"] != f'"{hashlib.md5(body).hexdigest()}"'
    assert read(root, **with_key(RIGHT)) == body
    assert get(root, ChecksumMode="ENABLED", **with_key(RIGHT))["ChecksumCRC32"] == answer["ChecksumCRC32"]
    with refused("AccessDenied", "must provide the correct secret key."):
        read(root, **with_key(WRONG))
    with refused("InvalidRequest", "The object was stored using a form of Server Side Encryption.", status=400):
        read(root)
    for more, status in (({}, 400), (with_key(WRONG), 403)):
        for condition in ({}, {"IfNoneMatch": "*"}, {"Range": "bytes=9999999-"}):
            with refused(str(status), status=status):
                head(root, **more, **condition)
    with refused("304", status=304):
        head(root, IfNoneMatch="*", **with_key(RIGHT))
    root.s3.delete_object(Bucket="box", Key="k")


def test_a_key_where_none_belongs(root, plain):
    put(root)
    with refused("InvalidRequest", "The encryption parameters are not applicable to this object.", status=400):
        read(root, **with_key(RIGHT))
    with refused("InvalidArgument", "incompatible with the encryption method specified", status=400):
        put(root, ServerSideEncryption="AES256", **with_key(RIGHT))
    for call in (put, get, head):
        with refused("400" if call is head else "InvalidRequest", status=400):
            call(plain, **with_key(RIGHT))


def test_a_policy_that_wants_no_such_keys(root):
    root.s3.put_bucket_policy(Bucket="box", Policy=policy({
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::box/*",
        "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}}))
    put(root)
    with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
        put(root, **with_key(RIGHT))


def test_a_bucket_that_takes_none(root):
    put(root, **with_key(RIGHT))
    root.s3.put_bucket_encryption(Bucket="box", ServerSideEncryptionConfiguration={
        "Rules": [{"BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]}}]})
    with refused("AccessDenied", "because this bucket has blocked upload requests that specify Server Side Encryption with "
                                 "Customer provided keys (SSE-C). Please specify a different server-side encryption type"):
        put(root, **with_key(RIGHT))
    assert read(root, **with_key(RIGHT)) == BODY
    # What was said of other things leaves the block.
    default(root, "AES256")
    root.s3.delete_bucket_encryption(Bucket="box")
    assert rules(root)[0]["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}
