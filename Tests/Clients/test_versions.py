"""Defends versioning: what is replaced or deleted in a bucket with versions comes back, and is removed only by its name."""

import botocore.auth
import pytest

from audit import records
from authenticator import Authenticator
from errors import refused
from people import allow, policy, statement
from server import ACCOUNT, ROOT_KEYS
from signed import call as send_signed

OBJECTS = "arn:aws:s3:::box/*"


def keep(s3, status="Enabled"):
    s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": status})


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    keep(root.s3)
    return root.s3


def put(s3, body, key="k", **more):
    return s3.put_object(Bucket="box", Key=key, Body=body, **more)


def body(s3, key="k", **more):
    return s3.get_object(Bucket="box", Key=key, **more)["Body"].read()


def test_an_object_that_was_deleted_by_mistake_comes_back(box):
    first, second = put(box, b"1")["VersionId"], put(box, b"2")["VersionId"]
    assert len(first) == 32 and first != second
    gone = box.delete_object(Bucket="box", Key="k")
    assert gone["DeleteMarker"] is True and gone["VersionId"] not in (first, second)
    with refused("NoSuchKey", status=404) as caught:
        body(box)
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-delete-marker"] == "true" and headers["x-amz-version-id"] == gone["VersionId"]
    with refused("MethodNotAllowed", status=405) as caught:
        body(box, VersionId=gone["VersionId"])
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["allow"] == "DELETE" and headers["x-amz-delete-marker"] == "true" and "last-modified" in headers
    with refused("405", status=405):
        box.head_object(Bucket="box", Key="k", VersionId=gone["VersionId"])
    assert "Contents" not in box.list_objects_v2(Bucket="box")
    assert box.delete_object(Bucket="box", Key="k", VersionId=gone["VersionId"])["DeleteMarker"] is True
    answer = box.get_object(Bucket="box", Key="k")
    assert answer["Body"].read() == b"2" and answer["VersionId"] == second
    assert body(box, VersionId=first) == b"1"
    assert "DeleteMarker" not in box.delete_object(Bucket="box", Key="k", VersionId=second)
    assert body(box) == b"1"
    with refused("NoSuchVersion", status=404):
        body(box, VersionId=second)
    with refused("InvalidArgument", "Invalid version id specified", status=400):
        body(box, VersionId=first[:-4] + "ABCD")


def test_tags_and_attributes_are_of_the_version(box):
    first, second = put(box, b"1", Tagging="n=1")["VersionId"], put(box, b"22", Tagging="n=2")["VersionId"]
    for version, number in ((first, "1"), (second, "2")):
        answer = box.get_object_tagging(Bucket="box", Key="k", VersionId=version)
        assert answer["VersionId"] == version and answer["TagSet"] == [{"Key": "n", "Value": number}]
    assert box.put_object_tagging(Bucket="box", Key="k", VersionId=first, Tagging={"TagSet": []})["VersionId"] == first
    assert box.get_object_tagging(Bucket="box", Key="k")["TagSet"] == [{"Key": "n", "Value": "2"}]
    facts = box.get_object_attributes(Bucket="box", Key="k", VersionId=first, ObjectAttributes=["ObjectSize"])
    assert facts["ObjectSize"] == 1 and facts["VersionId"] == first
    assert box.get_object_attributes(Bucket="box", Key="k", ObjectAttributes=["ObjectSize"])["VersionId"] == second


def test_pages_of_versions(box):
    for key in ("a/1", "a/2", "b c"):
        put(box, b"1", key), put(box, b"2", key)
    box.delete_object(Bucket="box", Key="b c")
    pages = list(box.get_paginator("list_object_versions").paginate(Bucket="box", PaginationConfig={"PageSize": 2}))
    found = [(one["Key"], one["IsLatest"]) for page in pages for one in page.get("Versions", [])]
    assert found == [("a/1", True), ("a/1", False), ("a/2", True), ("a/2", False), ("b c", False), ("b c", False)]
    (marker,) = [one for page in pages for one in page.get("DeleteMarkers", [])]
    assert marker["IsLatest"] and marker["Owner"]["ID"] == box.list_buckets()["Owner"]["ID"]
    first = box.list_object_versions(Bucket="box", Delimiter="/", MaxKeys=1)
    assert [one["Prefix"] for one in first["CommonPrefixes"]] == ["a/"] and "NextVersionIdMarker" not in first
    rest = box.list_object_versions(Bucket="box", Delimiter="/", KeyMarker="a/1")
    assert "CommonPrefixes" not in rest and len(rest["Versions"]) == 2
    with refused("InvalidArgument", "cannot be specified without a key marker", status=400):
        box.list_object_versions(Bucket="box", VersionIdMarker=marker["VersionId"])


def test_a_page_goes_on_after_a_version_that_was_removed(box):
    for number in range(5):
        put(box, str(number))
    page = box.list_object_versions(Bucket="box", MaxKeys=3)
    names = [{"Key": "k", "VersionId": one["VersionId"]} for one in page["Versions"]]
    assert len(box.delete_objects(Bucket="box", Delete={"Objects": names})["Deleted"]) == 3
    rest = box.list_object_versions(Bucket="box", KeyMarker="k", VersionIdMarker=page["NextVersionIdMarker"])
    assert [one["IsLatest"] for one in rest["Versions"]] == [True, False]


def test_each_action_is_asked_for(box, people):
    version = put(box, b"1")["VersionId"]
    alice = people.user("alice")
    for action, call in [
        ("GetObjectVersion", lambda: body(alice.s3, VersionId=version)),
        ("GetObjectVersionTagging", lambda: alice.s3.get_object_tagging(Bucket="box", Key="k", VersionId=version)),
        ("PutObjectVersionTagging", lambda: alice.s3.put_object_tagging(
            Bucket="box", Key="k", VersionId=version, Tagging={"TagSet": []})),
        ("DeleteObjectVersionTagging", lambda: alice.s3.delete_object_tagging(Bucket="box", Key="k", VersionId=version)),
        ("GetObjectVersionAcl", lambda: alice.s3.get_object_acl(Bucket="box", Key="k", VersionId=version)),
        ("ListBucketVersions", lambda: alice.s3.list_object_versions(Bucket="box")),
        ("PutBucketVersioning", lambda: keep(alice.s3)),
        ("DeleteObjectVersion", lambda: alice.s3.delete_object(Bucket="box", Key="k", VersionId=version)),
    ]:
        people.may("alice", policy(statement("Deny", f"s3:{action}"), statement("Allow", "s3:*")))
        with refused("AccessDenied", f"s3:{action} on resource"):
            call()
        people.may("alice", allow(f"s3:{action}", ["arn:aws:s3:::box", OBJECTS]))
        call()


def test_a_policy_may_name_the_version(box, people):
    first, second = put(box, b"1")["VersionId"], put(box, b"2")["VersionId"]
    alice = people.user("alice", allow(
        "s3:GetObjectVersion", OBJECTS, Condition={"StringEquals": {"s3:VersionId": first}}))
    assert body(alice.s3, VersionId=first) == b"1"
    for more in ({}, {"VersionId": second}):
        with refused("AccessDenied"):
            body(alice.s3, **more)


def test_who_may_only_delete_hides_but_destroys_nothing(box, people):
    version = put(box, b"1")["VersionId"]
    alice = people.user("alice", allow("s3:DeleteObject", OBJECTS))
    with refused("AccessDenied", "s3:DeleteObjectVersion"):
        alice.s3.delete_object(Bucket="box", Key="k", VersionId=version)
    answer = alice.s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "k"}, {"Key": "k", "VersionId": version}]})
    assert [one["Code"] for one in answer["Errors"]] == ["AccessDenied"] and answer["Deleted"][0]["DeleteMarker"]
    assert body(box, VersionId=version) == b"1"


def test_a_bucket_goes_when_all_versions_are_gone(box):
    put(box, b"1"), box.delete_object(Bucket="box", Key="k")
    with refused("BucketNotEmpty", "all versions", status=409):
        box.delete_bucket(Bucket="box")
    for page in box.get_paginator("list_object_versions").paginate(Bucket="box"):
        names = [{"Key": one["Key"], "VersionId": one["VersionId"]} for kind in ("Versions", "DeleteMarkers") for one in page[kind]]
        box.delete_objects(Bucket="box", Delete={"Objects": names})
    box.delete_bucket(Bucket="box")


def test_the_command_line_and_its_record(root, box, aws):
    aws("s3api", "put-bucket-versioning", "--bucket", "box", "--versioning-configuration", "Status=Suspended")
    assert box.get_bucket_versioning(Bucket="box")["Status"] == "Suspended"
    record = records(root, "PutBucketVersioning")[0]
    assert record["requestParameters"]["VersioningConfiguration"]["Status"] == "Suspended" and record["managementEvent"]


def test_versions_go_with_a_second_factor(server, root, box):
    """MFA Delete: of the root user alone, with a code for each call."""
    app = Authenticator(server, root.iam, "root-account-mfa-device").enable(ACCOUNT)
    put(box, b"1")
    version = put(box, b"2")["VersionId"]
    status = {"Status": "Enabled", "MFADelete": "Enabled"}
    with refused("AccessDenied", "Mfa Authentication must be used for this request"):
        box.put_bucket_versioning(Bucket="box", VersioningConfiguration=status)
    used = f"{app.serial} {app.code()}"
    box.put_bucket_versioning(Bucket="box", VersioningConfiguration=status, MFA=used)
    assert box.get_bucket_versioning(Bucket="box")["MFADelete"] == "Enabled"
    for factor in ({}, {"MFA": used}):
        with refused("AccessDenied"):
            box.delete_object(Bucket="box", Key="k", VersionId=version, **factor)
    box.delete_object(Bucket="box", Key="k")
    box.delete_object(Bucket="box", Key="k", VersionId=version, MFA=f"{app.serial} {app.code(1)}")


def test_elements_are_named_as_s3_names_them(server, box):
    put(box, b"1"), box.delete_object(Bucket="box", Key="k")
    def get(target):
        return send_signed(server, ROOT_KEYS, b"", service="s3", method="GET", target=target, headers={}, signer=botocore.auth.S3SigV4Auth)

    answer = get("/box?versions")
    assert b"<ListVersionsResult xmlns=" in answer.body and b"<VersionIdMarker></VersionIdMarker>" in answer.body.replace(
        b"<VersionIdMarker/>", b"<VersionIdMarker></VersionIdMarker>")
    assert answer.body.count(b"<Version>") == answer.body.count(b"<DeleteMarker>") == 1
    assert b".000Z</LastModified>" in answer.body
    state = get("/box?versioning")
    assert b"<VersioningConfiguration xmlns=" in state.body and b"<Status>Enabled</Status>" in state.body
