"""Defends objects: their bytes, headers, checksums, conditions, ranges and lists."""

import base64
import datetime
import hashlib
import urllib.request
import zlib

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from errors import refused
from patience import PATIENCE
from server import ROOT_KEYS

BODY = bytes(range(256)) * 40


@pytest.fixture
def s3(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def get(s3, key, **more):
    return s3.get_object(Bucket="box", Key=key, **more)


@pytest.mark.parametrize("body", [b"", b"x", BODY, BODY * 400], ids=["empty", "a byte", "10 KB", "4 MB"])
def test_bytes_come_back_as_they_went(s3, body):
    put = s3.put_object(Bucket="box", Key="k", Body=body)
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"' and put["ServerSideEncryption"] == "AES256"
    answer = get(s3, "k")
    assert answer["Body"].read() == body and answer["ContentLength"] == len(body) and answer["ETag"] == put["ETag"]


def test_headers_and_metadata_come_back(s3):
    told = {"ContentType": "text/x-note", "CacheControl": "no-cache", "ContentDisposition": "inline", "ContentEncoding": "x",
            "ContentLanguage": "de", "Metadata": {"one": "1", "two": "zwei"}}
    s3.put_object(Bucket="box", Key="k", Body=b"x", **told)
    head = s3.head_object(Bucket="box", Key="k")
    assert {name: head[name] for name in told} == told and head["AcceptRanges"] == "bytes"
    answer = get(s3, "k", ResponseContentType="text/html", ResponseCacheControl="max-age=1")
    assert (answer["ContentType"], answer["CacheControl"]) == ("text/html", "max-age=1")
    s3.put_object(Bucket="box", Key="k", Body=b"y")
    assert s3.head_object(Bucket="box", Key="k")["Metadata"] == {}


@pytest.mark.parametrize("key", ["a b", "ä/ö", "a+b&c=d?e#f", "..", "a//b", "/lead", "trail/", "%41", "x" * 1024, "\U0001F600"])
def test_keys_of_all_kinds_are_told_apart(s3, key):
    s3.put_object(Bucket="box", Key=key, Body=b"it")
    assert get(s3, key)["Body"].read() == b"it"
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="box")["Contents"]] == [key]
    s3.delete_object(Bucket="box", Key=key)
    with refused("NoSuchKey", "The specified key does not exist.", status=404):
        get(s3, key)


@pytest.mark.parametrize("span, status, expected", [
    ("bytes=0-9", 206, BODY[:10]), ("bytes=100-", 206, BODY[100:]), ("bytes=-7", 206, BODY[-7:]),
    ("bytes=0-999999", 206, BODY), ("bytes=-999999", 206, BODY), ("bytes=10239-10239", 206, BODY[-1:]),
    ("bytes=5-4", 200, BODY), ("lines=1-2", 200, BODY), ("bytes=0-1,4-5", 200, BODY),
])
def test_ranges_are_cut_exactly(s3, span, status, expected):
    s3.put_object(Bucket="box", Key="k", Body=BODY)
    answer = get(s3, "k", Range=span)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status and answer["Body"].read() == expected
    if status == 206:
        assert answer["ContentRange"].endswith(f"/{len(BODY)}") and answer["ContentLength"] == len(expected)


@pytest.mark.parametrize("span", ["bytes=10240-", "bytes=20000-30000", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(s3, span):
    s3.put_object(Bucket="box", Key="k", Body=BODY)
    with refused("InvalidRange", status=416):
        get(s3, "k", Range=span)


def test_reads_keep_their_conditions(s3):
    tag = s3.put_object(Bucket="box", Key="k", Body=b"x")["ETag"]
    time = s3.head_object(Bucket="box", Key="k")["LastModified"]
    before = time - datetime.timedelta(days=9000)
    for good in ({"IfMatch": tag}, {"IfNoneMatch": '"other"'}, {"IfModifiedSince": before}, {"IfUnmodifiedSince": time}):
        assert get(s3, "k", **good)["Body"].read() == b"x"
    for code, status, wrong in [("PreconditionFailed", 412, {"IfMatch": '"other"'}), ("304", 304, {"IfNoneMatch": tag}),
                                ("304", 304, {"IfModifiedSince": time}), ("PreconditionFailed", 412, {"IfUnmodifiedSince": before})]:
        with refused(code, status=status):
            get(s3, "k", **wrong)


def test_writes_keep_their_conditions(s3):
    tag = s3.put_object(Bucket="box", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    with refused("PreconditionFailed", status=412):
        s3.put_object(Bucket="box", Key="k", Body=b"2", IfNoneMatch="*")
    with refused("PreconditionFailed", status=412):
        s3.put_object(Bucket="box", Key="k", Body=b"2", IfMatch='"other"')
    with refused("NoSuchKey", status=404):
        s3.put_object(Bucket="box", Key="absent", Body=b"2", IfMatch=tag)
    assert get(s3, "k")["Body"].read() == b"1"
    s3.put_object(Bucket="box", Key="k", Body=b"2", IfMatch=tag)
    assert get(s3, "k")["Body"].read() == b"2"


SUMS = {
    "CRC32": lambda body: zlib.crc32(body).to_bytes(4, "big"), "SHA1": lambda body: hashlib.sha1(body).digest(),
    "SHA256": lambda body: hashlib.sha256(body).digest(),
}


@pytest.mark.parametrize("algorithm", SUMS)
def test_checksums_are_checked_kept_and_told(s3, algorithm):
    right, wrong = (base64.b64encode(SUMS[algorithm](body)).decode() for body in (BODY, b"other"))
    member = "Checksum" + algorithm
    assert s3.put_object(Bucket="box", Key="k", Body=BODY, **{member: right})[member] == right
    assert s3.put_object(Bucket="box", Key="k", Body=BODY, ChecksumAlgorithm=algorithm)[member] == right
    assert s3.head_object(Bucket="box", Key="k", ChecksumMode="ENABLED")[member] == right
    assert member not in s3.head_object(Bucket="box", Key="k")
    with refused("BadDigest", status=400):
        s3.put_object(Bucket="box", Key="bad", Body=BODY, **{member: wrong})
    with refused("InvalidRequest", status=400):
        s3.put_object(Bucket="box", Key="bad", Body=BODY, **{member: "nonsense"})
    with refused("404"):
        s3.head_object(Bucket="box", Key="bad")


# Check values of the catalogue of parametrised CRC algorithms for the text 123456789.
@pytest.mark.parametrize("member, value", [("ChecksumCRC32C", "e3069283"), ("ChecksumCRC64NVME", "ae8b14860a799888")])
def test_other_checksums_are_right(s3, member, value):
    right = base64.b64encode(bytes.fromhex(value)).decode()
    assert s3.put_object(Bucket="box", Key="k", Body=b"123456789", **{member: right})[member] == right
    with refused("BadDigest"):
        s3.put_object(Bucket="box", Key="k", Body=b"123456780", **{member: right})
    assert get(s3, "k")["Body"].read() == b"123456789"


def test_an_md5_is_checked(s3):
    right = base64.b64encode(hashlib.md5(b"x").digest()).decode()
    s3.put_object(Bucket="box", Key="k", Body=b"x", ContentMD5=right)
    with refused("BadDigest"):
        s3.put_object(Bucket="box", Key="k", Body=b"y", ContentMD5=right)
    with refused("InvalidDigest"):
        s3.put_object(Bucket="box", Key="k", Body=b"y", ContentMD5="nonsense")


KEYS = ["a/1", "a/2", "b", "c/d/e", "c/f", "z"]


@pytest.fixture
def filled(s3):
    for key in KEYS:
        s3.put_object(Bucket="box", Key=key, Body=key.encode())
    return s3


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_lists_come_in_pages(filled, operation, size):
    pages = list(filled.get_paginator(operation).paginate(Bucket="box", PaginationConfig={"PageSize": size}))
    items = [item for page in pages for item in page.get("Contents", [])]
    assert [item["Key"] for item in items] == KEYS and all(len(page.get("Contents", [])) <= size for page in pages)
    assert items[0]["Size"] == 3 and items[0]["StorageClass"] == "STANDARD" and items[0]["ETag"].startswith('"')


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_folders_are_rolled_up(filled, operation, size):
    pages = list(filled.get_paginator(operation).paginate(Bucket="box", Delimiter="/", PaginationConfig={"PageSize": size}))
    found = lambda name, key: [item[key] for page in pages for item in page.get(name, [])]
    assert found("Contents", "Key") == ["b", "z"] and found("CommonPrefixes", "Prefix") == ["a/", "c/"]
    below = filled.list_objects_v2(Bucket="box", Delimiter="/", Prefix="c/")
    assert [item["Key"] for item in below["Contents"]] == ["c/f"] and below["CommonPrefixes"] == [{"Prefix": "c/d/"}]


def test_lists_begin_where_told(filled):
    assert [item["Key"] for item in filled.list_objects_v2(Bucket="box", StartAfter="b")["Contents"]] == ["c/d/e", "c/f", "z"]
    assert [item["Key"] for item in filled.list_objects(Bucket="box", Marker="c/d/e")["Contents"]] == ["c/f", "z"]
    empty = filled.list_objects_v2(Bucket="box", Prefix="nothing")
    assert empty["KeyCount"] == 0 and not empty["IsTruncated"] and "Contents" not in empty
    assert filled.list_objects_v2(Bucket="box", MaxKeys=0)["KeyCount"] == 0
    with refused("InvalidArgument", status=400):
        filled.list_objects_v2(Bucket="box", ContinuationToken="nonsense")
    with refused("NoSuchBucket", status=404):
        filled.list_objects_v2(Bucket="absent")


def test_deleting_many_at_once_tells_each(filled):
    answer = filled.delete_objects(Bucket="box", Delete={"Objects": [{"Key": key} for key in ["a/1", "b", "absent"]]})
    assert sorted(item["Key"] for item in answer["Deleted"]) == ["a/1", "absent", "b"] and "Errors" not in answer
    quiet = filled.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "a/2"}], "Quiet": True})
    assert "Deleted" not in quiet
    assert [item["Key"] for item in filled.list_objects_v2(Bucket="box")["Contents"]] == ["c/d/e", "c/f", "z"]
    with refused("MalformedXML", status=400):
        filled.delete_objects(Bucket="box", Delete={"Objects": [{"Key": str(number)} for number in range(1001)]})


def test_a_key_has_a_length(s3):
    with refused("KeyTooLongError", status=400):
        s3.put_object(Bucket="box", Key="x" * 1025, Body=b"")


@pytest.mark.parametrize("sizes", [[3, 0, 3], [0, 0, 3], [300_000, 3, 0, 300_000]])
def test_uploads_follow_each_other_on_one_connection(s3, root, sizes):
    # boto3 asks for 100 Continue, also before an empty body, and sends nothing more where it was not given.
    client = root.make("s3", read_timeout=PATIENCE)
    for number, size in enumerate(sizes):
        client.put_object(Bucket="box", Key=str(number), Body=b"x" * size)
    assert [item["Size"] for item in client.list_objects_v2(Bucket="box")["Contents"]] == sizes


def test_a_refused_upload_does_not_spoil_the_connection(s3, people):
    alice = people.user("alice").make("s3", read_timeout=PATIENCE)
    for size in (0, 3, 300_000, 0, 3):
        with refused("AccessDenied"):
            alice.put_object(Bucket="box", Key="k", Body=b"x" * size)


def test_a_link_tells_of_no_checksum(server, root):
    """Some SDKs sign the hint of a checksum, and one of nothing, into links to PUT; S3 takes no notice."""
    root.s3.create_bucket(Bucket="box")
    hint = "x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32"
    link = AWSRequest("PUT", f"{server.url}/box/k?{hint}")
    botocore.auth.S3SigV4QueryAuth(Credentials(ROOT_KEYS.id, ROOT_KEYS.secret), "s3", "us-east-1", expires=60).add_auth(link)
    with urllib.request.urlopen(urllib.request.Request(link.url, b"text", method="PUT"), timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert root.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
