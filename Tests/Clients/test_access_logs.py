"""Defends server access logs: what is written of which request, where it goes, and that none of it is lost."""

import re

import botocore.auth
import pytest

from callers import Clients
from errors import refused
from forms import form as form_of
from forms import post
from patience import eventually
from people import policy, statement
from server import ACCOUNT, ROOT_KEYS, Server
from signed import call
from test_bucket_access import OPEN, fetch

FIELDS = ["owner", "bucket", "time", "ip", "requester", "id", "operation", "key", "uri", "status", "code", "sent", "size", "total",
          "turnaround", "referer", "agent", "version", "host_id", "signature", "cipher", "auth", "host", "tls", "point", "acl", "region"]


def line(text):
    fields = re.findall(r'\[[^\]]*\]|"[^"]*"|\S+', text)
    assert len(fields) == len(FIELDS), text
    return dict(zip(FIELDS, fields))


def permit(s3, target="logs", source="box", account=ACCOUNT, prefix="*"):
    s3.put_bucket_policy(Bucket=target, Policy=policy(statement(
        "Allow", "s3:PutObject", f"arn:aws:s3:::{target}/{prefix}", Principal={"Service": "logging.s3.amazonaws.com"},
        Condition={"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{source}"}, "StringEquals": {"aws:SourceAccount": account}})))


def turn_on(s3, source="box", target="logs", prefix="p/", **more):
    s3.put_bucket_logging(Bucket=source, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix, **more}})


@pytest.fixture
def box(root):
    """A bucket whose log goes to another, which lets it."""
    for name in ("box", "logs"):
        root.s3.create_bucket(Bucket=name)
    permit(root.s3)
    turn_on(root.s3)
    return root.s3


def keys(s3, bucket="logs"):
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def read(s3, names, bucket="logs"):
    text = "".join(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in names)
    return [line(one) for one in text.splitlines()]


def delivered(server, s3):
    server.advance(minutes=6)
    return read(s3, eventually(lambda: keys(s3)))


def failures(server):
    return int(re.search(r'failed_deliveries_total\{of="access logs"\} (\d+)', server.get("/_gatehouse/metrics"))[1])


def test_requests_are_written_down(server, box, people):
    alice = people.user("alice")
    box.put_object(Bucket="box", Key="a key/ü", Body=b"text")
    box.get_object(Bucket="box", Key="a key/ü", Range="bytes=1-2")
    with refused("NoSuchKey"):
        box.get_object(Bucket="box", Key="absent")
    with refused("AccessDenied"):
        alice.s3.get_object(Bucket="box", Key="a key/ü")
    fetch(f"{server.url}/box/open")
    box.head_object(Bucket="box", Key="a key/ü")
    box.copy_object(Bucket="logs", Key="copy", CopySource={"Bucket": "box", "Key": "a key/ü"})
    box.delete_object(Bucket="logs", Key="copy")
    box.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "a key/ü"}, {"Key": "b", "VersionId": "nonsense"}]})
    box.get_bucket_logging(Bucket="box")
    found = delivered(server, box)
    own = box.list_buckets()["Owner"]["ID"]
    assert {(one["owner"], one["bucket"]) for one in found} == {(own, "box")}
    short = [(one["operation"], one["key"], one["status"], one["code"], one["sent"], one["size"]) for one in found]
    # What set logging came before there was any.
    assert [one[:4] for one in short] == [
        ("REST.PUT.OBJECT", "a%20key/%C3%BC", "200", "-"), ("REST.GET.OBJECT", "a%20key/%C3%BC", "206", "-"),
        ("REST.GET.OBJECT", "absent", "404", "NoSuchKey"), ("REST.GET.OBJECT", "a%20key/%C3%BC", "403", "AccessDenied"),
        ("REST.GET.OBJECT", "open", "403", "AccessDenied"), ("REST.HEAD.OBJECT", "a%20key/%C3%BC", "200", "-"),
        ("REST.COPY.OBJECT_GET", "a%20key/%C3%BC", "200", "-"), ("REST.POST.MULTI_OBJECT_DELETE", "-", "200", "-"),
        ("BATCH.DELETE.OBJECT", "a%20key/%C3%BC", "204", "-"), ("BATCH.DELETE.OBJECT", "b", "404", "NoSuchVersion"),
        ("REST.GET.LOGGING_STATUS", "-", "200", "-")]
    put, get, absent, denied, anonymous, head, copied = found[:7]
    assert (put["sent"], put["size"]) == ("-", "4") and (get["sent"], get["size"]) == ("2", "4") and head["size"] == "4"
    assert int(absent["sent"]) > 100 and copied["size"] == "4" and copied["uri"] == '"GET /box/a%20key/%C3%BC HTTP/1.1"'
    assert put["requester"] == own and denied["requester"].endswith(f":{ACCOUNT}:user/alice") and anonymous["requester"] == "-"
    assert (put["signature"], put["auth"], anonymous["signature"], anonymous["auth"]) == ("SigV4", "AuthHeader", "-", "-")
    assert anonymous["uri"] == '"GET /box/open HTTP/1.1"'
    assert put["host"] == f"127.0.0.1:{server.port}" and put["ip"] == "127.0.0.1" and "Botocore" in put["agent"]
    assert re.fullmatch(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]", put["time"]) and put["acl"] == put["cipher"] == "-"
    (key,) = keys(box)
    assert re.fullmatch(r"p/\d{4}(-\d\d){5}-[0-9A-F]{16}", key)


def test_links_say_so_and_ids_agree(server, box):
    answer = box.put_object(Bucket="box", Key="k", Body=b"")["ResponseMetadata"]
    url = box.generate_presigned_url("get_object", Params={"Bucket": "box", "Key": "k"})
    assert fetch(url)[0] == 200
    put, got = delivered(server, box)
    assert (put["id"], put["host_id"]) == (answer["RequestId"], answer["HostId"])
    assert got["auth"] == "QueryString" and "Signature=REDACTED" in got["uri"] and ROOT_KEYS.id in got["uri"]


def test_nothing_goes_where_it_may_not(server, box, root):
    root.s3.delete_bucket_policy(Bucket="logs")
    for wrong in ({"source": "other"}, {"account": "000000000000"}, {"prefix": "q/*"}, None):
        if wrong:
            permit(root.s3, **wrong)
        before = failures(server)
        box.head_bucket(Bucket="box")
        server.advance(minutes=6)
        eventually(lambda: failures(server) > before)
        assert keys(box) == []
    assert "server access logs are not delivered" in server.log_path.read_text()
    permit(root.s3)
    assert [one["operation"] for one in delivered(server, box)] == ["REST.HEAD.BUCKET"] * 4


def test_a_list_lets_the_deliverer_in(server, root):
    root.s3.create_bucket(Bucket="box")
    root.s3.create_bucket(Bucket="logs", ObjectOwnership="ObjectWriter")
    root.s3.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
    everybody = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"}
    turn_on(root.s3, prefix="", TargetGrants=[{"Grantee": everybody, "Permission": "READ"}])
    told = root.s3.get_bucket_logging(Bucket="box")["LoggingEnabled"]
    assert told["TargetGrants"] == [{"Grantee": everybody, "Permission": "READ"}]
    root.s3.put_public_access_block(Bucket="logs", PublicAccessBlockConfiguration=OPEN)
    root.s3.head_bucket(Bucket="box")
    assert [one["operation"] for one in delivered(server, root.s3)] == ["REST.GET.LOGGING_STATUS", "REST.HEAD.BUCKET"]
    (key,) = keys(root.s3)
    answer = root.s3.get_object_acl(Bucket="logs", Key=key)
    assert answer["Owner"]["ID"] == root.s3.list_buckets()["Owner"]["ID"]
    assert [grant["Permission"] for grant in answer["Grants"]] == ["FULL_CONTROL", "READ"]


def test_a_bucket_may_log_to_itself_without_end(server, root):
    root.s3.create_bucket(Bucket="box")
    permit(root.s3, target="box", prefix="log/*")
    turn_on(root.s3, target="box", prefix="log/")
    root.s3.head_bucket(Bucket="box")
    server.advance(minutes=6)
    first = eventually(lambda: [key for key in keys(root.s3, "box")])
    server.advance(minutes=6)
    second = eventually(lambda: [key for key in keys(root.s3, "box") if key not in first])
    assert all("PUT" not in one["operation"] for one in read(root.s3, first + second, "box"))


def test_names_may_be_parted_by_day(noon, server, box):
    for source in ("EventTime", "DeliveryTime"):
        turn_on(box, TargetObjectKeyFormat={"PartitionedPrefix": {"PartitionDateSource": source}})
        told = box.get_bucket_logging(Bucket="box")["LoggingEnabled"]["TargetObjectKeyFormat"]
        assert told == {"PartitionedPrefix": {"PartitionDateSource": source}}
        known = set(keys(box))
        server.advance(days=1)
        (key,) = eventually(lambda: set(keys(box)) - known)
        time_of_day = "00-00-00" if source == "EventTime" else r"\d\d-\d\d-\d\d"
        assert re.fullmatch(rf"p/{ACCOUNT}/us-east-1/box/(\d{{4}})/(\d\d)/(\d\d)/\1-\2-\3-{time_of_day}-[0-9A-F]{{16}}", key)
    turn_on(box, TargetObjectKeyFormat={"SimplePrefix": {}})
    assert box.get_bucket_logging(Bucket="box")["LoggingEnabled"]["TargetObjectKeyFormat"] == {"SimplePrefix": {}}


def test_logging_ends_with_what_was_written(server, box):
    box.head_bucket(Bucket="box")
    box.put_bucket_logging(Bucket="box", BucketLoggingStatus={})
    assert "LoggingEnabled" not in box.get_bucket_logging(Bucket="box")
    box.get_bucket_location(Bucket="box")
    turn_on(box, source="logs", target="box")
    box.put_bucket_logging(Bucket="logs", BucketLoggingStatus={})
    found = [one["operation"] for one in delivered(server, box)]
    assert found == ["REST.HEAD.BUCKET", "REST.PUT.LOGGING_STATUS"]
    turn_on(box)
    box.delete_bucket(Bucket="box")
    server.advance(minutes=6)
    eventually(lambda: len(keys(box)) == 2)
    assert [one["operation"] for one in read(box, keys(box)[1:])] == ["REST.DELETE.BUCKET"]


def test_the_next_bucket_of_a_name_is_nobody_elses(server, box, other):
    box.delete_bucket(Bucket="box")
    other.s3.create_bucket(Bucket="box")
    other.s3.put_object(Bucket="box", Key="secret", Body=b"x")
    found = delivered(server, box)
    assert [entry["operation"] for entry in found if entry["operation"].endswith(".BUCKET")] and "secret" not in str(found)


def test_what_a_caller_writes_for_the_log_is_in_it_and_says_nothing_else(server, root, box):
    box.put_object(Bucket="box", Key="k", Body=b"x")
    target = "/box/k?x-user=johndoe"
    how = {"service": "s3", "method": "GET", "headers": {}, "signer": botocore.auth.S3SigV4Auth}
    assert call(server, ROOT_KEYS, b"", target=target, **how).body == b"x"
    assert call(server, ROOT_KEYS, b"", target="/box/k?x-amz-user=x", **how).status == 501
    assert [entry["uri"] for entry in delivered(server, box) if entry["operation"] == "REST.GET.OBJECT"][0] == f'"GET {target} HTTP/1.1"'


def test_forms_name_what_they_stored(server, box):
    form = box.generate_presigned_post("box", "posted")
    assert post(server, "/box", form_of(form["fields"], b"x")).status == 204
    assert [entry["key"] for entry in delivered(server, box) if entry["operation"] == "REST.POST.OBJECT"] == ["posted"]


def test_targets_must_be_fit(root, other, box):
    with refused("InvalidTargetBucketForLogging", "does not exist", status=400):
        turn_on(box, target="absent")
    other.s3.create_bucket(Bucket="theirs")
    with refused("InvalidTargetBucketForLogging", "must be the same", status=400):
        turn_on(box, target="theirs")
    root.s3.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with refused("CrossLocationLoggingProhibitted", status=403):
        turn_on(box, target="far")
    root.s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    with refused("InvalidTargetBucketForLogging", "Object Lock", status=400):
        turn_on(box, target="locked")
    root.s3.create_bucket(Bucket="keyed")
    root.s3.put_bucket_encryption(Bucket="keyed", ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]})
    with refused("InvalidTargetBucketForLogging", "SSE-S3", status=400):
        turn_on(box, target="keyed")
    grantee = {"Type": "CanonicalUser", "ID": box.list_buckets()["Owner"]["ID"]}
    with refused("AccessControlListNotSupported", status=400):
        turn_on(box, TargetGrants=[{"Grantee": grantee, "Permission": "READ"}])
    assert box.get_bucket_logging(Bucket="box")["LoggingEnabled"] == {"TargetBucket": "logs", "TargetPrefix": "p/"}


def test_records_survive_a_crash_and_leave_at_the_end(tmp_path):
    def start(interval):
        server = Server(tmp_path / "data", options=["--access-log-interval", str(interval)])
        return server, Clients(server, ROOT_KEYS).s3

    server, s3 = start(3600)
    for name in ("box", "logs"):
        s3.create_bucket(Bucket=name)
    permit(s3)
    turn_on(s3)
    for number in range(5):
        s3.put_object(Bucket="box", Key=f"k{number}", Body=b"x")
    server.kill()
    server, s3 = start(1)
    first = eventually(lambda: keys(s3))
    assert [one["key"] for one in read(s3, first)] == [f"k{number}" for number in range(5)]
    assert server.stop() == 0
    server, s3 = start(3600)
    s3.head_bucket(Bucket="box")
    assert server.stop() == 0
    server, s3 = start(3600)
    assert [one["operation"] for one in read(s3, [key for key in keys(s3) if key not in first])] == ["REST.HEAD.BUCKET"]
    server.kill()
