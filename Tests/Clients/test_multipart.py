"""Defends uploads in parts: of the transfer manager, by hand and by links; what is read of them, who may, and what a crash leaves."""

import base64
import hashlib
import io
import random
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from s3transfer.manager import TransferManager

from audit import records
from boxes import object_arn
from callers import Clients
from errors import refused
from kms import key
from people import allow
from server import ACCOUNT, ROOT_KEYS, Server
from signed import send

MEGA = 1 << 20
SMALL = TransferConfig(multipart_threshold=5 * MEGA, multipart_chunksize=5 * MEGA)
BODY = random.Random(1).randbytes(12 * MEGA)
PARTS = [BODY[:5 * MEGA], BODY[5 * MEGA:10 * MEGA], BODY[10 * MEGA:]]


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def begin(s3, name="k", **more):
    return {"Bucket": "box", "Key": name, "UploadId": s3.create_multipart_upload(Bucket="box", Key=name, **more)["UploadId"]}


def add(s3, upload, number, body, **more):
    return {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body, **more)["ETag"]}


def finish(s3, upload, parts, **more):
    return s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **more)


def tag(parts):
    return f'"{hashlib.md5(b"".join(hashlib.md5(part).digest() for part in parts)).hexdigest()}-{len(parts)}"'


def test_the_transfer_manager_takes_and_brings_a_large_file(box):
    with TransferManager(box, SMALL) as manager:
        manager.upload(io.BytesIO(BODY), "box", "k", {"ContentType": "text/x", "Metadata": {"a": "b"}}).result()
        back = io.BytesIO()
        manager.download("box", "k", back).result()
    assert back.getvalue() == BODY
    head = box.head_object(Bucket="box", Key="k", ChecksumMode="ENABLED")
    assert (head["ETag"], head["ContentLength"], head["ContentType"], head["Metadata"]) == (tag(PARTS), len(BODY), "text/x", {"a": "b"})
    assert box.list_objects_v2(Bucket="box")["Contents"][0]["ETag"] == tag(PARTS)
    assert "Uploads" not in box.list_multipart_uploads(Bucket="box")


def test_parts_are_read_by_range_and_by_number(box):
    upload = begin(box)
    finish(box, upload, [add(box, upload, number, part) for number, part in enumerate(PARTS, 1)], IfNoneMatch="*")
    border = 5 * MEGA
    for first, last in ((0, 9), (border - 3, border + 3), (border, 2 * border), (11 * MEGA, len(BODY) - 1)):
        answer = box.get_object(Bucket="box", Key="k", Range=f"bytes={first}-{last}")
        assert answer["Body"].read() == BODY[first:last + 1] and answer["ContentRange"] == f"bytes {first}-{last}/{len(BODY)}"
    for number, part in enumerate(PARTS, 1):
        answer = box.get_object(Bucket="box", Key="k", PartNumber=number)
        assert answer["Body"].read() == part and answer["PartsCount"] == 3
        assert box.head_object(Bucket="box", Key="k", PartNumber=number)["ContentLength"] == len(part)
    with refused("InvalidPartNumber", status=416):
        box.get_object(Bucket="box", Key="k", PartNumber=4)
    facts = box.get_object_attributes(Bucket="box", Key="k", ObjectAttributes=["ETag", "ObjectParts", "ObjectSize", "Checksum"])
    assert facts["ObjectParts"] == {"TotalPartsCount": 3} and facts["ETag"] == tag(PARTS).strip('"')
    assert facts["Checksum"]["ChecksumType"] == "FULL_OBJECT" and facts["ObjectSize"] == len(BODY)


@pytest.mark.parametrize("algorithm, kind", [("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("SHA256", "COMPOSITE")])
def test_checksums_of_every_type_are_those_of_aws(box, algorithm, kind):
    upload = begin(box, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    name, parts = f"Checksum{algorithm}", []
    for number, part in enumerate(PARTS[1:], 1):
        answer = box.upload_part(**upload, PartNumber=number, Body=part, ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number, "ETag": answer["ETag"], name: answer[name]})
    listed = box.list_parts(**upload)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == (algorithm, kind)
    assert [part[name] for part in listed["Parts"]] == [part[name] for part in parts]
    done = finish(box, upload, parts, ChecksumType=kind, MpuObjectSize=len(BODY) - 5 * MEGA)
    sums = b"".join(base64.b64decode(part[name]) for part in parts)
    expected = {
        ("CRC32", "COMPOSITE"): lambda: base64.b64encode(zlib.crc32(sums).to_bytes(4, "big")).decode() + "-2",
        ("CRC32", "FULL_OBJECT"): lambda: base64.b64encode(zlib.crc32(BODY[5 * MEGA:]).to_bytes(4, "big")).decode(),
        ("SHA256", "COMPOSITE"): lambda: base64.b64encode(hashlib.sha256(sums).digest()).decode() + "-2",
    }[algorithm, kind]()
    assert (done[name], done["ChecksumType"]) == (expected, kind)
    answer = box.get_object(Bucket="box", Key="k", ChecksumMode="ENABLED")
    assert (answer[name], answer["ChecksumType"]) == (expected, kind) and answer["Body"].read() == BODY[5 * MEGA:]


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_links_to_parts_work_without_keys(server, root, box, version):
    upload = begin(box)
    link = root.make("s3", signature_version=version).generate_presigned_url("upload_part", {**upload, "PartNumber": 1})
    answer = send(server, "PUT", link[len(server.url):], b"by link")
    assert answer.status == 200
    finish(box, upload, [{"PartNumber": 1, "ETag": answer.headers["ETag"]}])
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"by link"
    assert send(server, "PUT", link[len(server.url):].replace("partNumber=1", "partNumber=2"), b"x").status == 403


def test_what_is_wrong_is_told_in_the_words_of_aws(box):
    upload = begin(box)
    parts = [add(box, upload, number, b"x") for number in (1, 2)]
    with refused("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", status=400):
        finish(box, upload, parts)
    with refused("InvalidPartOrder", status=400):
        finish(box, upload, parts[::-1])
    with refused("InvalidPart", status=400):
        finish(box, upload, [{"PartNumber": 3, "ETag": parts[0]["ETag"]}])
    with refused("MalformedXML", status=400):
        finish(box, upload, [])
    with refused("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", status=400):
        add(box, upload, 10001, b"x")
    box.abort_multipart_upload(**upload)
    for call in (lambda: add(box, upload, 1, b"x"), lambda: finish(box, upload, parts), lambda: box.list_parts(**upload),
                 lambda: box.abort_multipart_upload(**upload)):
        with refused("NoSuchUpload", status=404):
            call()


def test_ten_thousand_parts_are_read_whatever_is_told_of_each(box):
    upload = begin(box)
    add(box, upload, 1, b"x")
    digest = base64.b64encode(bytes(32)).decode()
    parts = [{"PartNumber": number, "ETag": "0" * 32, "ChecksumCRC32": "AAAAAA==", "ChecksumSHA256": digest} for number in range(1, 10001)]
    with refused("InvalidPart", status=400):
        finish(box, upload, parts)
    with refused("MalformedXML", status=400):
        finish(box, upload, parts + [{**parts[-1], "PartNumber": 10001}])
    box.abort_multipart_upload(**upload)
    with refused("NoSuchUpload", status=404):
        finish(box, upload, parts)


def test_a_document_longer_than_any_quota_is_refused(box):
    upload = begin(box)
    with refused("RequestEntityTooLarge", status=413):
        finish(box, upload, [{"PartNumber": 1, "ETag": "0" * (5 * MEGA)}])


def test_an_answer_that_got_lost_is_given_again(box):
    upload = begin(box)
    parts = [add(box, upload, 1, b"x")]
    first = finish(box, upload, parts)
    assert finish(box, upload, parts)["ETag"] == first["ETag"]
    box.put_object(Bucket="box", Key="k", Body=b"new")
    with refused("NoSuchUpload", status=404):
        finish(box, upload, parts)


def test_who_may_do_what_and_what_is_recorded(box, root, people):
    alice = people.user("alice", allow("s3:PutObject", object_arn("*")))
    upload = begin(alice.s3)
    part = add(alice.s3, upload, 1, b"x")
    carol = people.user("carol", allow("s3:PutObject", object_arn("*")))
    for call in (lambda: carol.s3.list_parts(**upload), lambda: carol.s3.abort_multipart_upload(**upload),
                 lambda: alice.s3.list_multipart_uploads(Bucket="box")):
        with refused("AccessDenied", status=403):
            call()
    [listed] = box.list_multipart_uploads(Bucket="box")["Uploads"]
    assert listed["Initiator"]["ID"] == f"arn:aws:iam::{ACCOUNT}:user/alice" and listed["Key"] == "k"
    finish(alice.s3, upload, [part])
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"x"
    record = records(root, "CompleteMultipartUpload")
    assert record == []  # A data event: no management event tells of it.


def test_a_key_of_kms_needs_both_of_its_rights(box, root, people):
    mine = key(root)
    alice = people.user("alice", allow(["s3:*", "kms:GenerateDataKey"]))
    with_key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": mine}
    upload = begin(alice.s3, **with_key)
    with refused("AccessDenied", "kms:Decrypt", status=403):
        add(alice.s3, upload, 1, b"x")
    people.may("alice", allow(["s3:*", "kms:Decrypt"]))
    finish(alice.s3, upload, [add(alice.s3, upload, 1, b"x")])
    assert alice.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"x"
    with refused("AccessDenied", "kms:GenerateDataKey", status=403):
        begin(alice.s3, **with_key)


def test_the_command_line_copies_large_files_without_settings(box, aws, tmp_path):
    (tmp_path / "f").write_bytes(BODY + PARTS[0] + PARTS[1])
    aws("s3", "cp", str(tmp_path / "f"), "s3://box/f")
    assert box.head_object(Bucket="box", Key="f")["ETag"].endswith('-3"')
    aws("s3", "cp", "s3://box/f", "s3://box/g")
    aws("s3", "cp", "s3://box/g", str(tmp_path / "g"))
    assert (tmp_path / "g").read_bytes() == (tmp_path / "f").read_bytes()


def test_parts_survive_a_crash_and_what_is_left_over_goes(tmp_path):
    server = Server(tmp_path / "data")
    try:
        s3 = Clients(server, ROOT_KEYS).s3
        s3.create_bucket(Bucket="box")
        upload, gone, done = begin(s3), begin(s3, "gone"), begin(s3, "done")
        parts = [add(s3, upload, number, part) for number, part in enumerate(PARTS, 1)]
        add(s3, gone, 1, PARTS[0])
        finish(s3, done, [add(s3, done, 1, PARTS[2])])
        s3.abort_multipart_upload(**gone)
        server.kill()
        server = Server(tmp_path / "data")
        s3 = Clients(server, ROOT_KEYS).s3
        assert [part["Size"] for part in s3.list_parts(**upload)["Parts"]] == [len(part) for part in PARTS]
        finish(s3, upload, parts)
        finish(s3, done, [{"PartNumber": 1, "ETag": f'"{hashlib.md5(PARTS[2]).hexdigest()}"'}])
        server.kill()
        server = Server(tmp_path / "data")
        s3 = Clients(server, ROOT_KEYS).s3
        assert s3.get_object(Bucket="box", Key="k")["Body"].read() == BODY
        assert s3.get_object(Bucket="box", Key="done")["Body"].read() == PARTS[2]
        s3.delete_object(Bucket="box", Key="k")
        s3.delete_object(Bucket="box", Key="done")
    finally:
        server.stop()
    assert not [path for path in (tmp_path / "data/blobs").rglob("*") if path.is_file()]
