"""Defends inventories: what is configured is honoured or refused, and reports are whole, where they may be, and of the day."""

import csv
import gzip
import hashlib
import io
import json
import re
from urllib.parse import unquote

import pytest

from errors import refused
from patience import eventually
from people import policy, statement
from server import ACCOUNT

FIELDS = ["Size", "ETag", "LastModifiedDate", "IsMultipartUploaded", "EncryptionStatus", "ChecksumAlgorithm", "BucketKeyStatus",
          "StorageClass", "ReplicationStatus", "ObjectLockMode", "ObjectOwner"]


def plan(name="daily", target="reports", **more):
    destination = {"Bucket": f"arn:aws:s3:::{target}", "Format": "CSV", "Prefix": "inv", **more.pop("destination", {})}
    return {"Id": name, "IsEnabled": True, "IncludedObjectVersions": "Current", "Schedule": {"Frequency": "Daily"},
            "OptionalFields": FIELDS, "Destination": {"S3BucketDestination": destination}, **more}


def permit(s3, source="box", account=ACCOUNT):
    s3.put_bucket_policy(Bucket="reports", Policy=policy(statement(
        "Allow", "s3:PutObject", "arn:aws:s3:::reports/*", Principal={"Service": "s3.amazonaws.com"}, Condition={
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"},
            "StringEquals": {"aws:SourceAccount": account, "s3:x-amz-acl": "bucket-owner-full-control"}})))


@pytest.fixture
def box(noon, root):
    for name in ("box", "reports"):
        root.s3.create_bucket(Bucket=name)
    permit(root.s3)
    return root.s3


def put(s3, configuration, name=None):
    s3.put_bucket_inventory_configuration(Bucket="box", Id=name or configuration["Id"], InventoryConfiguration=configuration)


def keys(s3):
    return [item["Key"] for item in s3.list_objects_v2(Bucket="reports").get("Contents", [])]


def body(s3, key):
    return s3.get_object(Bucket="reports", Key=key)["Body"].read()


def report(s3, name="daily", known=()):
    """The manifest and the lines of a report, once it is whole."""
    eventually(lambda: [key for key in keys(s3) if f"/{name}/" in key and key.endswith("checksum") and key not in known])
    (checksum,) = [key for key in keys(s3) if f"/{name}/" in key and key.endswith("checksum") and key not in known]
    text = body(s3, checksum.replace("checksum", "json"))
    assert hashlib.md5(text).hexdigest().encode() == body(s3, checksum)
    manifest = json.loads(text)
    names = manifest["fileSchema"].split(", ")
    lines = []
    for file in manifest["files"]:
        packed = body(s3, file["key"])
        assert (len(packed), hashlib.md5(packed).hexdigest()) == (file["size"], file["MD5checksum"])
        lines += [dict(zip(names, row, strict=True)) for row in csv.reader(io.StringIO(gzip.decompress(packed).decode()))]
    return checksum, manifest, lines


def test_a_report_lists_what_is_there(server, box):
    put_answer = box.put_object(Bucket="box", Key='a "key", ü', Body=b"text", ChecksumAlgorithm="SHA256")
    box.put_object(Bucket="box", Key="under/b", Body=b"")
    put(box, plan())
    server.advance(seconds=1)
    checksum, manifest, lines = report(box)
    assert re.fullmatch(r"inv/box/daily/\d{4}-\d\d-\d\dT\d\d-\d\dZ/manifest\.checksum", checksum)
    assert manifest["sourceBucket"] == "box" and manifest["destinationBucket"] == "arn:aws:s3:::reports"
    assert (manifest["version"], manifest["fileFormat"]) == ("2016-11-30", "CSV")
    assert all(re.fullmatch(r"inv/box/daily/data/[-0-9a-f]{36}\.csv\.gz", file["key"]) for file in manifest["files"])
    (links,) = [key for key in keys(box) if "/hive/dt=" in key]
    assert body(box, links).decode() == "\n".join("s3://reports/" + file["key"] for file in manifest["files"])
    first, second = lines
    assert unquote(first["Key"]) == 'a "key", ü' and first["Bucket"] == "box" and "VersionId" not in first
    assert first["ETag"] == put_answer["ETag"].strip('"') and (first["Size"], second["Size"]) == ("4", "0")
    assert (first["ChecksumAlgorithm"], first["EncryptionStatus"], first["StorageClass"]) == ("SHA256", "SSE-S3", "STANDARD")
    assert (first["IsMultipartUploaded"], first["BucketKeyStatus"], first["ReplicationStatus"]) == ("false", "DISABLED", "")
    assert first["ObjectOwner"] == box.list_buckets()["Owner"]["ID"] and first["LastModifiedDate"].endswith(".000Z")
    put(box, plan("under", Filter={"Prefix": "under/"}, OptionalFields=["Size"]))
    server.advance(seconds=1)
    assert [line["Key"] for line in report(box, "under")[2]] == ["under/b"]
    # The day's next comes with the next day, and what is off comes no more.
    put(box, plan("under", IsEnabled=False))
    server.advance(days=1)
    assert len(report(box, known=[checksum])[2]) == 2
    assert sum(key.endswith("checksum") for key in keys(box)) == 3


def test_versions_and_markers_are_listed(server, box):
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    ids = [box.put_object(Bucket="box", Key="k", Body=b"x" * size)["VersionId"] for size in (1, 2)]
    marker = box.delete_object(Bucket="box", Key="k")["VersionId"]
    put(box, plan(IncludedObjectVersions="All", OptionalFields=["Size"], destination={"Encryption": {"SSES3": {}}}))
    server.advance(seconds=1)
    manifest, lines = report(box)[1:]
    assert manifest["fileSchema"] == "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size"
    assert [tuple(line.values())[2:] for line in lines] == [
        (marker, "true", "true", ""), (ids[1], "false", "false", "2"), (ids[0], "false", "false", "1")]


def test_an_empty_bucket_has_a_report(server, box):
    put(box, plan(destination={"Prefix": ""}))
    server.advance(seconds=1)
    checksum, manifest, lines = report(box)
    assert manifest["files"] == lines == [] and checksum.startswith("box/daily/")


def test_nothing_goes_where_it_may_not(server, box):
    failures = lambda: int(re.search(r'of="inventories"\} (\d+)', server.get("/_gatehouse/metrics"))[1])
    box.put_object(Bucket="box", Key="k", Body=b"")
    permit(box, source="other")
    before = failures()
    put(box, plan())
    server.advance(seconds=1)
    eventually(lambda: failures() > before)
    assert keys(box) == [] and "an inventory is not delivered" in server.log_path.read_text()
    permit(box)
    server.advance(hours=2)
    assert len(report(box)[2]) == 1


def test_configurations_are_kept_and_listed(box):
    wanted = plan(Filter={"Prefix": "p"}, Schedule={"Frequency": "Weekly"}, destination={"AccountId": ACCOUNT, "Encryption": {"SSES3": {}}})
    put(box, wanted)
    assert box.get_bucket_inventory_configuration(Bucket="box", Id="daily")["InventoryConfiguration"] == wanted
    for number in range(101):
        put(box, plan(f"n{number:03}", IsEnabled=False))
    first = box.list_bucket_inventory_configurations(Bucket="box")
    assert first["IsTruncated"] and len(first["InventoryConfigurationList"]) == 100
    second = box.list_bucket_inventory_configurations(Bucket="box", ContinuationToken=first["NextContinuationToken"])
    assert [one["Id"] for one in second["InventoryConfigurationList"]] == [f"n{number:03}" for number in range(99, 101)]
    assert not second["IsTruncated"] and "NextContinuationToken" not in second
    with refused("InvalidArgument", "continuation token", status=400):
        box.list_bucket_inventory_configurations(Bucket="box", ContinuationToken="%")
    box.delete_bucket_inventory_configuration(Bucket="box", Id="daily")
    for call in (box.get_bucket_inventory_configuration, box.delete_bucket_inventory_configuration):
        with refused("NoSuchConfiguration", status=404):
            call(Bucket="box", Id="daily")


@pytest.mark.parametrize("code, status, change", [
    ("NotImplemented", 501, {"destination": {"Format": "ORC"}}), ("NotImplemented", 501, {"destination": {"Format": "Parquet"}}),
    ("NotImplemented", 501, {"destination": {"Encryption": {"SSEKMS": {"KeyId": "k"}}}}),
    ("NotImplemented", 501, {"OptionalFields": ["ObjectAccessControlList"]}), ("MalformedXML", 400, {"OptionalFields": ["Nonsense"]}),
    ("MalformedXML", 400, {"OptionalFields": ["Size", "Size"]}), ("MalformedXML", 400, {"Schedule": {"Frequency": "Hourly"}}),
    ("MalformedXML", 400, {"IncludedObjectVersions": "Some"}), ("InvalidConfigurationId", 400, {"Id": "no spaces"}),
    ("InvalidS3DestinationBucket", 400, {"target": "absent"}), ("InvalidS3DestinationBucket", 400, {"destination": {"Bucket": "reports"}}),
    ("InvalidS3DestinationBucket", 400, {"destination": {"AccountId": "210987654321"}})])
def test_what_is_not_honoured_is_refused(box, code, status, change):
    name, target = change.pop("Id", "daily"), change.pop("target", "reports")
    with refused(code, status=status):
        put(box, plan(name, target, **change))
    assert "InventoryConfigurationList" not in box.list_bucket_inventory_configurations(Bucket="box")


def test_an_id_is_one(box):
    with refused("MalformedXML", status=400):
        put(box, plan(), "other")
