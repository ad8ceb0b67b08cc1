"""Defends lifecycles and storage classes over the wire: rules are kept or refused as S3 does, carried out, and told of."""

import base64
import datetime
import hashlib
import urllib.parse

import botocore.auth
import pytest

from audit import events, records
from callers import Clients
from errors import refused
from patience import eventually
from people import allow, policy, statement
from server import ROOT_KEYS, Server
from signed import send, signed

DAY = {"Expiration": {"Days": 1}}


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def rule(prefix="", identity="r", **actions):
    return {"ID": identity, "Filter": {"Prefix": prefix}, "Status": "Enabled"} | actions


def put(s3, *rules, **more):
    return s3.put_bucket_lifecycle_configuration(Bucket="box", LifecycleConfiguration={"Rules": list(rules)}, **more)


def rules(s3):
    return s3.get_bucket_lifecycle_configuration(Bucket="box")["Rules"]


def keys(s3):
    return [item["Key"] for item in s3.list_objects_v2(Bucket="box").get("Contents", [])]


def becomes(look, wanted):
    """Lifecycles act by themselves, soon after the clock was moved or the rules were set."""
    eventually(look, lambda found: found == wanted)


def test_rules_come_and_go_as_they_were_given(box):
    with refused("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", status=404):
        rules(box)
    old = [{"ID": "one two", "Prefix": "test1/", "Status": "Enabled", "Expiration": {"Days": 31}},
           {"ID": "o", "Prefix": "test2/", "Status": "Disabled", "Expiration": {"Days": 120}}]
    assert put(box, *old)["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    assert rules(box) == old
    midnight = datetime.datetime(2031, 1, 1, tzinfo=datetime.timezone.utc)
    new = [
        rule(**DAY) | {"Filter": {}}, rule(identity="s", Expiration={"Date": midnight}),
        rule(identity="t", Expiration={"ExpiredObjectDeleteMarker": True}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}),
        rule(identity="u", NoncurrentVersionExpiration={"NoncurrentDays": 9, "NewerNoncurrentVersions": 2},
             NoncurrentVersionTransitions=[{"NoncurrentDays": 1, "StorageClass": "GLACIER_IR", "NewerNoncurrentVersions": 1}])
        | {"Filter": {"And": {"Prefix": "é", "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}], "ObjectSizeLessThan": 4}}},
        rule(identity="v", Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "ONEZONE_IA"}])
        | {"Filter": {"Tag": {"Key": "k", "Value": "v"}}},
    ]
    answer = put(box, *new, TransitionDefaultMinimumObjectSize="varies_by_storage_class")
    assert answer["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    assert rules(box) == new
    unnamed = [{"Prefix": prefix, "Status": "Enabled", **DAY} for prefix in ("a", "b")]
    put(box, *unnamed)
    kept = rules(box)
    given = [found.pop("ID") for found in kept]
    assert kept == unnamed and len(set(given)) == 2 and all(len(name) == 48 for name in given)
    for _ in range(2):
        assert box.delete_bucket_lifecycle(Bucket="box")["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("NoSuchLifecycleConfiguration"):
        rules(box)
    put(box, rule(**DAY))
    box.delete_bucket(Bucket="box")
    box.create_bucket(Bucket="box")
    with refused("NoSuchLifecycleConfiguration"):
        rules(box)


def test_what_means_nothing_is_refused_and_changes_nothing(box):
    put(box, rule(**DAY))
    noon = datetime.datetime(2031, 1, 1, 12, tzinfo=datetime.timezone.utc)
    for code, message, wrong in [
        ("MalformedXML", None, []), ("MalformedXML", None, [rule(**DAY) | {"Status": "enabled"}]),
        ("InvalidArgument", "255", [rule(identity="i" * 256, **DAY)]), ("InvalidArgument", "unique", [rule(**DAY), rule("b", **DAY)]),
        ("InvalidRequest", "At least one action", [rule()]), ("InvalidArgument", "positive integer", [rule(Expiration={"Days": 0})]),
        ("InvalidArgument", "midnight", [rule(Expiration={"Date": noon})]),
        ("InvalidRequest", "1000", [rule(identity=str(number), **DAY) for number in range(1001)]),
        ("InvalidRequest", "with Tags", [rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1})
                                         | {"Filter": {"Tag": {"Key": "k", "Value": "v"}}}]),
        ("NotImplemented", "no archive", [rule(Transitions=[{"Days": 1, "StorageClass": "GLACIER"}])]),
        ("InvalidArgument", "30", [rule(Transitions=[{"Days": 1, "StorageClass": "STANDARD_IA"}])]),
        ("InvalidArgument", "100", [rule(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 101})]),
    ]:
        with refused(code, message):
            put(box, *wrong)
    with refused("InvalidRequest", "Invalid TransitionDefaultMinimumObjectSize found: any", status=400):
        put(box, rule(**DAY), TransitionDefaultMinimumObjectSize="any")
    with refused("NoSuchBucket", status=404):
        box.put_bucket_lifecycle_configuration(Bucket="absent", LifecycleConfiguration={"Rules": [rule(**DAY)]})
    assert rules(box) == [rule(**DAY)]


def test_a_thousand_rules_with_tags_are_kept(box):
    tags = [{"Key": f"key-{number}", "Value": f"value-{number}"} for number in range(10)]
    many = [{"ID": f"rule {number}", "Filter": {"And": {"Prefix": f"prefix-{number}/", "Tags": tags, "ObjectSizeGreaterThan": 1}},
             "Status": "Enabled", "Expiration": {"Days": 1}} for number in range(1001)]
    put(box, *many[:1000])
    assert rules(box) == many[:1000]
    with refused("InvalidRequest", status=400):
        put(box, *many)
    assert len(rules(box)) == 1000


def test_the_body_has_to_be_digested_and_to_be_rules(server, box):
    def ask(body, **headers):
        given = signed(server, ROOT_KEYS, body, service="s3", method="PUT", target="/box?lifecycle", headers=headers,
                       signer=botocore.auth.S3SigV4Auth)
        return send(server, "PUT", "/box?lifecycle", body, given)

    def digest(body):
        return base64.b64encode(hashlib.md5(body).digest()).decode()

    good = (b'<LifecycleConfiguration><Rule><ID>a</ID><Filter/><Status>Enabled</Status><Expiration><Days>3</Days></Expiration>'
            b"</Rule></LifecycleConfiguration>")
    answer = ask(good)
    assert answer.status == 400 and b"Missing required header for this request: Content-MD5" in answer.body
    assert ask(good, **{"Content-MD5": digest(good)}).status == 200
    assert rules(box) == [{"ID": "a", "Filter": {}, "Status": "Enabled", "Expiration": {"Days": 3}}]
    for body in (b"", b"<LifecycleConfiguration/>", good.replace(b"<Days>3", b"<Date>20200101</Date><Days>3"), good[:-3],
                 good.replace(b"<Days>3</Days>", b"<Date>20200101</Date>")):
        answer = ask(body, **{"Content-MD5": digest(body)})
        assert answer.status == 400, (body, answer.body)


def test_each_action_is_asked_for_and_recorded(root, box, people):
    alice = people.user("alice", allow("s3:GetLifecycleConfiguration", "arn:aws:s3:::box"))
    put(box, rule("logs/", **DAY))
    assert rules(alice.s3) == [rule("logs/", **DAY)]
    for call in (lambda: put(alice.s3, rule(**DAY)), lambda: alice.s3.delete_bucket_lifecycle(Bucket="box")):
        with refused("AccessDenied", "s3:PutLifecycleConfiguration"):
            call()
    people.may("alice", allow("s3:PutLifecycleConfiguration", "arn:aws:s3:::box"))
    with refused("AccessDenied", "s3:GetLifecycleConfiguration"):
        rules(alice.s3)
    alice.s3.delete_bucket_lifecycle(Bucket="box")
    first = records(root, "PutBucketLifecycle")[-1]
    assert first["requestParameters"]["lifecycle"] == "" and first["requestParameters"]["LifecycleConfiguration"] == {
        "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/",
        "Rule": {"ID": "r", "Filter": {"Prefix": "logs/"}, "Status": "Enabled", "Expiration": {"Days": 1}}}
    assert len(events(root, "GetBucketLifecycle")) == 2 and len(events(root, "DeleteBucketLifecycle")) == 2


def test_objects_go_when_their_days_are_over_and_nobody_asks_for_it(server, root, box):
    put(box, rule("logs/", **DAY), rule("new/", "n", Expiration={"Days": 9}))
    for name in ("logs/1", "logs/2", "kept", "new/1"):
        box.put_object(Bucket="box", Key=name, Body=b"x" * 70_000)
    server.advance(days=2)
    becomes(lambda: keys(box), ["kept", "new/1"])
    put(box, rule("kept", Expiration={"Date": datetime.datetime(2015, 1, 1)}))
    becomes(lambda: keys(box), ["new/1"])
    becomes(lambda: 'gatehouse_s3_lifecycle_total{event="S3.EXPIRE.OBJECT"}' in server.get("/_gatehouse/metrics"), True)
    # CloudTrail has no records of what lifecycles do.
    assert {event["EventName"] for event in events(root)} <= {"CreateBucket", "PutBucketLifecycle"}


def test_versions_markers_and_uploads_go_by_their_own_rules(server, box):
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    for _ in range(3):
        box.put_object(Bucket="box", Key="k", Body=b"x")
    upload = box.create_multipart_upload(Bucket="box", Key="k")
    assert "AbortDate" not in upload
    put(box, rule(Expiration={"Days": 1}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1},
                  NoncurrentVersionExpiration={"NoncurrentDays": 3, "NewerNoncurrentVersions": 1}))

    def there():
        found = box.list_object_versions(Bucket="box")
        return len(found.get("Versions", [])), len(found.get("DeleteMarkers", [])), len(box.list_multipart_uploads(Bucket="box").get("Uploads", []))

    assert there() == (3, 0, 1)
    server.advance(days=2)
    becomes(there, (3, 1, 0))
    server.advance(days=4)
    becomes(there, (1, 1, 0))
    put(box, rule(Expiration={"ExpiredObjectDeleteMarker": True}, NoncurrentVersionExpiration={"NoncurrentDays": 1}))
    becomes(there, (0, 0, 0))


def test_locked_versions_stay_under_their_markers(server, root):
    root.s3.create_bucket(Bucket="box", ObjectLockEnabledForBucket=True)
    root.s3.put_object(Bucket="box", Key="k", Body=b"x", ObjectLockLegalHoldStatus="ON")
    root.s3.put_object(Bucket="box", Key="open", Body=b"x")
    put(root.s3, rule(Expiration={"Days": 1}, NoncurrentVersionExpiration={"NoncurrentDays": 1}))
    server.advance(days=2)
    becomes(lambda: keys(root.s3), [])
    server.advance(days=3)
    becomes(lambda: [v["Key"] for v in root.s3.list_object_versions(Bucket="box")["Versions"]], ["k"])
    server.advance(days=30)
    assert root.s3.list_object_versions(Bucket="box")["DeleteMarkers"][0]["Key"] == "k"


def test_answers_tell_when_an_object_expires(server, box):
    server.post("/_gatehouse/clock", {"now": "2031-05-01T12:00:00Z"})
    put(box, rule("logs/", "two words", Expiration={"Days": 3}), rule("logs/a", "longer", Expiration={"Days": 5}),
        rule("logs/", "ends", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 2}))
    wanted = 'expiry-date="Mon, 05 May 2031 00:00:00 GMT", rule-id="two words"'
    assert box.put_object(Bucket="box", Key="logs/a", Body=b"x")["Expiration"] == wanted
    assert box.head_object(Bucket="box", Key="logs/a")["Expiration"] == wanted
    assert box.get_object(Bucket="box", Key="logs/a")["Expiration"] == wanted
    assert box.copy_object(Bucket="box", Key="logs/b", CopySource="box/logs/a")["Expiration"] == wanted
    assert "Expiration" not in box.put_object(Bucket="box", Key="other", Body=b"x")
    assert "Expiration" not in box.copy_object(Bucket="box", Key="other2", CopySource="box/logs/a")
    upload = box.create_multipart_upload(Bucket="box", Key="logs/m")
    name = {"Bucket": "box", "Key": "logs/m", "UploadId": upload["UploadId"]}
    part = box.upload_part(**name, PartNumber=1, Body=b"x")
    for answer in (upload, box.list_parts(**name)):
        assert answer["AbortRuleId"] == "ends" and answer["AbortDate"].isoformat() == "2031-05-04T00:00:00+00:00"
    assert box.complete_multipart_upload(**name, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})["Expiration"] == wanted
    put(box, rule(**DAY) | {"Filter": {"Tag": {"Key": "k", "Value": "v"}}})
    assert "Expiration" not in box.head_object(Bucket="box", Key="logs/a")
    box.put_object_tagging(Bucket="box", Key="logs/a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}]})
    assert 'rule-id="r"' in box.head_object(Bucket="box", Key="logs/a")["Expiration"]
    assert 'rule-id="r"' in box.put_object(Bucket="box", Key="t", Body=b"x", Tagging=urllib.parse.urlencode({"k": "v"}))["Expiration"]
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    version = box.put_object(Bucket="box", Key="t", Body=b"x", Tagging="k=v")["VersionId"]
    assert "Expiration" in box.head_object(Bucket="box", Key="t")
    assert "Expiration" not in box.head_object(Bucket="box", Key="t", VersionId=version)


CLASSES = ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY", "GLACIER_IR"]


@pytest.mark.parametrize("name", CLASSES + ["STANDARD"])
def test_a_class_is_a_name_that_stays(box, name):
    told = {} if name == "STANDARD" else {"StorageClass": name}
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    box.put_object(Bucket="box", Key="k", Body=b"text", StorageClass=name)
    upload = box.create_multipart_upload(Bucket="box", Key="m", StorageClass=name)
    parts = {"Bucket": "box", "Key": "m", "UploadId": upload["UploadId"]}
    part = box.upload_part(**parts, PartNumber=1, Body=b"text")
    assert box.list_parts(**parts)["StorageClass"] == name
    assert box.list_multipart_uploads(Bucket="box")["Uploads"][0]["StorageClass"] == name
    box.complete_multipart_upload(**parts, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    box.copy_object(Bucket="box", Key="c", CopySource="box/k", StorageClass=name)
    for key in ("k", "m", "c"):
        got = box.get_object(Bucket="box", Key=key)
        assert got["Body"].read() == b"text"
        for answer in (got, box.head_object(Bucket="box", Key=key)):
            assert {k: v for k, v in answer.items() if k == "StorageClass"} == told
        assert box.get_object_attributes(Bucket="box", Key=key, ObjectAttributes=["StorageClass"])["StorageClass"] == name
    box.delete_object(Bucket="box", Key="k")
    box.copy_object(Bucket="box", Key="plain", CopySource="box/c")
    assert [item["StorageClass"] for item in box.list_objects_v2(Bucket="box")["Contents"]] == [name, name, "STANDARD"]
    assert {item["Key"]: item["StorageClass"] for item in box.list_object_versions(Bucket="box")["Versions"]} == {
        "k": name, "m": name, "c": name, "plain": "STANDARD"}


def test_classes_that_are_not_offered_are_refused(box):
    makers = [lambda name: box.put_object(Bucket="box", Key="k", Body=b"", StorageClass=name),
              lambda name: box.create_multipart_upload(Bucket="box", Key="k", StorageClass=name),
              lambda name: box.copy_object(Bucket="box", Key="k", CopySource="box/s", StorageClass=name)]
    box.put_object(Bucket="box", Key="s", Body=b"text")
    for make in makers:
        for name in ("GLACIER", "DEEP_ARCHIVE"):
            with refused("NotImplemented", "no archive", status=501):
                make(name)
        for name in ("OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP"):
            with refused("InvalidStorageClass", "The storage class you specified is not valid", status=400) as caught:
                make(name)
            assert caught.value.response["Error"]["StorageClassRequested"] == name
    assert keys(box) == ["s"] and "Uploads" not in box.list_multipart_uploads(Bucket="box")


def test_policies_see_the_class(box, people):
    only = {"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}
    alice = people.user("alice", policy(statement("Allow", ["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::box/*", Condition=only),
                                        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*")))
    alice.s3.put_object(Bucket="box", Key="k", Body=b"", StorageClass="STANDARD_IA")
    alice.s3.copy_object(Bucket="box", Key="c", CopySource="box/k", StorageClass="STANDARD_IA")
    for more in ({}, {"StorageClass": "GLACIER_IR"}):
        with refused("AccessDenied"):
            alice.s3.put_object(Bucket="box", Key="k", Body=b"", **more)


def test_classes_change_in_time(server, box):
    put(box, rule(Transitions=[{"Days": 30, "StorageClass": "STANDARD_IA"}]))
    box.put_object(Bucket="box", Key="k", Body=b"x" * 131_072)
    box.put_object(Bucket="box", Key="small", Body=b"x")
    before = box.head_object(Bucket="box", Key="k")
    server.advance(days=31)
    becomes(lambda: [item["StorageClass"] for item in box.list_objects_v2(Bucket="box")["Contents"]], ["STANDARD_IA", "STANDARD"])
    after = box.head_object(Bucket="box", Key="k")
    assert (after["StorageClass"], after["LastModified"], after["ETag"]) == ("STANDARD_IA", before["LastModified"], before["ETag"])


def test_nothing_is_restored_for_nothing_is_archived(root, box, people):
    box.put_object(Bucket="box", Key="k", Body=b"x", StorageClass="GLACIER_IR")
    wanted = {"Days": 1, "GlacierJobParameters": {"Tier": "Bulk"}}
    for more in ({}, {"RestoreRequest": wanted}):
        with refused("InvalidObjectState", "Restore is not allowed for the object's current storage class", status=403):
            box.restore_object(Bucket="box", Key="k", **more)
    with refused("NoSuchKey", status=404):
        box.restore_object(Bucket="box", Key="absent")
    alice = people.user("alice", allow("s3:GetObject", "arn:aws:s3:::box/*"))
    with refused("AccessDenied", "s3:RestoreObject"):
        alice.s3.restore_object(Bucket="box", Key="k")
    people.may("alice", allow("s3:RestoreObject", "arn:aws:s3:::box/*"))
    with refused("InvalidObjectState"):
        alice.s3.restore_object(Bucket="box", Key="k")


def test_a_walk_goes_on_after_a_crash(tmp_path):
    server = Server(tmp_path / "data")
    try:
        s3 = Clients(server, ROOT_KEYS).s3
        s3.create_bucket(Bucket="box")
        for number in range(30):
            s3.put_object(Bucket="box", Key=f"k{number}", Body=b"x" * 70_000)
        put(s3, rule(Expiration={"Date": datetime.datetime(2015, 1, 1)}))
        server.kill()
        server = Server(tmp_path / "data")
        s3 = Clients(server, ROOT_KEYS).s3
        becomes(lambda: keys(s3), [])
        becomes(lambda: sum(1 for path in (tmp_path / "data/blobs").rglob("*") if path.is_file()), 0)
    finally:
        server.stop()
