"""Defends Object Lock: what is retained or held is removed by nobody before its time, and read by whoever may read it."""

import datetime

import botocore.auth
import pytest

from authenticator import now
from errors import refused
from people import allow, policy, statement
from server import ROOT_KEYS
from signed import call as send_signed

OBJECTS = "arn:aws:s3:::box/*"
KEPT = "Access Denied because object protected by object lock."


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box", ObjectLockEnabledForBucket=True)
    return root.s3


@pytest.fixture
def day(server):
    """A time some days from now, on the server's clock."""
    start = now(server).replace(microsecond=0)
    return lambda days: start + datetime.timedelta(days=days)


def put(s3, **more):
    return s3.put_object(Bucket="box", Key="k", Body=b"x", **more)["VersionId"]


def locked(s3, mode, until):
    return put(s3, ObjectLockMode=mode, ObjectLockRetainUntilDate=until)


def retain(s3, mode=None, until=None, **more):
    retention = {name: value for name, value in {"Mode": mode, "RetainUntilDate": until}.items() if value}
    s3.put_object_retention(Bucket="box", Key="k", Retention=retention, **more)


def remove(s3, version, **more):
    return s3.delete_object(Bucket="box", Key="k", VersionId=version, **more)


def test_a_bucket_with_lock_has_versions_for_ever(box):
    assert box.get_bucket_versioning(Bucket="box")["Status"] == "Enabled"
    assert box.get_object_lock_configuration(Bucket="box")["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    with refused("InvalidBucketState", "An Object Lock configuration is present", status=409):
        box.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Suspended"})
    for rule in ({"Mode": "GOVERNANCE", "Days": 1}, {"Mode": "COMPLIANCE", "Years": 2}, None):
        configuration = {"ObjectLockEnabled": "Enabled"} | ({"Rule": {"DefaultRetention": rule}} if rule else {})
        box.put_object_lock_configuration(Bucket="box", ObjectLockConfiguration=configuration)
        assert box.get_object_lock_configuration(Bucket="box")["ObjectLockConfiguration"] == configuration


def test_making_a_bucket_with_lock_needs_three_leaves(root, people):
    alice = people.user("alice")
    actions = ["s3:CreateBucket", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
    for missing in actions:
        people.may("alice", allow([one for one in actions if one != missing]))
        with refused("AccessDenied", missing):
            alice.s3.create_bucket(Bucket="mine", ObjectLockEnabledForBucket=True)
    people.may("alice", allow(actions))
    alice.s3.create_bucket(Bucket="mine", ObjectLockEnabledForBucket=True)


def test_lock_comes_to_a_bucket_with_versions_only(root):
    root.s3.create_bucket(Bucket="box")
    configure = lambda: root.s3.put_object_lock_configuration(
        Bucket="box", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    for state in (None, "Suspended"):
        if state:
            root.s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": state})
        with refused("InvalidBucketState", "Versioning must be 'Enabled'", status=409):
            configure()
    with refused("ObjectLockConfigurationNotFoundError", status=404):
        root.s3.get_object_lock_configuration(Bucket="box")
    root.s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    configure()


def test_compliance_holds_even_against_the_root_user(server, box, day):
    version = locked(box, "COMPLIANCE", day(2))
    for more in ({}, {"BypassGovernanceRetention": True}):
        with refused("AccessDenied", KEPT):
            remove(box, version, **more)
        with refused("AccessDenied", KEPT):
            retain(box, "COMPLIANCE", day(1), **more)
        with refused("AccessDenied", KEPT):
            retain(box, "GOVERNANCE", day(3), **more)
        with refused("AccessDenied", KEPT):
            retain(box, **more)
    answer = box.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "k", "VersionId": version}]})
    assert [(one["Code"], one["Message"]) for one in answer["Errors"]] == [("AccessDenied", KEPT)]
    assert box.delete_object(Bucket="box", Key="k")["DeleteMarker"]
    with refused("BucketNotEmpty", status=409):
        box.delete_bucket(Bucket="box")
    assert box.get_object(Bucket="box", Key="k", VersionId=version)["Body"].read() == b"x"
    server.advance(days=2, seconds=1)
    remove(box, version)


def test_governance_is_bypassed_by_leave_and_by_word(box, people, day):
    version = locked(box, "GOVERNANCE", day(2))
    alice = people.user("alice", policy(
        statement("Allow", "s3:*", OBJECTS), statement("Deny", "s3:BypassGovernanceRetention")))
    with refused("AccessDenied", "s3:BypassGovernanceRetention"):
        remove(alice.s3, version, BypassGovernanceRetention=True)
    with refused("AccessDenied", "s3:BypassGovernanceRetention"):
        retain(alice.s3, "GOVERNANCE", day(1), BypassGovernanceRetention=True)
    retain(alice.s3, "GOVERNANCE", day(3), BypassGovernanceRetention=True)
    people.may("alice", allow("s3:*", OBJECTS))
    with refused("AccessDenied", KEPT):
        remove(alice.s3, version)
    with refused("AccessDenied", KEPT):
        retain(alice.s3, "COMPLIANCE", day(3))
    retain(alice.s3, BypassGovernanceRetention=True)
    remove(alice.s3, version)


def test_a_hold_stands_until_it_is_lifted(server, box, people):
    version = put(box, ObjectLockLegalHoldStatus="ON")
    alice = people.user("alice", policy(
        statement("Allow", "s3:*", OBJECTS), statement("Deny", "s3:PutObjectLegalHold")))
    with refused("AccessDenied", KEPT):
        remove(alice.s3, version, BypassGovernanceRetention=True)
    server.advance(days=1000)
    with refused("AccessDenied", KEPT):
        remove(box, version)
    hold = lambda s3, status: s3.put_object_legal_hold(Bucket="box", Key="k", LegalHold={"Status": status})
    with refused("AccessDenied", "s3:PutObjectLegalHold"):
        hold(alice.s3, "OFF")
    with refused("MalformedXML", status=400):
        hold(box, "MAYBE")
    hold(box, "OFF")
    assert box.get_object_legal_hold(Bucket="box", Key="k")["LegalHold"]["Status"] == "OFF"
    assert box.head_object(Bucket="box", Key="k")["ObjectLockLegalHoldStatus"] == "OFF"
    remove(alice.s3, version)


def test_the_default_is_taken_by_what_is_stored(box, day):
    box.put_object_lock_configuration(Bucket="box", ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}})
    version = put(box)
    head = box.head_object(Bucket="box", Key="k")
    assert head["ObjectLockMode"] == "GOVERNANCE" and abs(head["ObjectLockRetainUntilDate"] - day(3)) < datetime.timedelta(minutes=1)
    assert "ObjectLockLegalHoldStatus" not in head
    retention = box.get_object_retention(Bucket="box", Key="k", VersionId=version)["Retention"]
    assert retention["Mode"] == "GOVERNANCE" and retention["RetainUntilDate"].replace(microsecond=0) == head["ObjectLockRetainUntilDate"].replace(microsecond=0)
    with refused("AccessDenied", KEPT):
        remove(box, version)


def test_locks_are_told_to_those_who_may_see_them(box, people, day):
    put(box, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=day(1), ObjectLockLegalHoldStatus="ON")
    alice = people.user("alice")
    for actions, seen in [
        (["s3:GetObject"], set()), (["s3:GetObject", "s3:GetObjectRetention"], {"ObjectLockMode", "ObjectLockRetainUntilDate"}),
        (["s3:GetObject", "s3:GetObjectLegalHold"], {"ObjectLockLegalHoldStatus"}),
    ]:
        people.may("alice", allow(actions, OBJECTS))
        for answer in (alice.s3.head_object(Bucket="box", Key="k"), alice.s3.get_object(Bucket="box", Key="k")):
            assert {name for name in answer if name.startswith("ObjectLock")} == seen
    for name, call in [("GetObjectRetention", alice.s3.get_object_retention), ("GetObjectLegalHold", alice.s3.get_object_legal_hold)]:
        people.may("alice", policy(statement("Deny", f"s3:{name}"), statement("Allow", "s3:*")))
        with refused("AccessDenied", f"s3:{name} on resource"):
            call(Bucket="box", Key="k")


def test_policies_say_how_long(box, people, day):
    alice = people.user("alice", policy(
        statement("Allow", "s3:*", OBJECTS),
        statement("Deny", ["s3:PutObject", "s3:PutObjectRetention"], OBJECTS,
                  Condition={"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}})))
    put(box)
    retain(alice.s3, "GOVERNANCE", day(9))
    locked(alice.s3, "GOVERNANCE", day(9))
    for call in (lambda: retain(alice.s3, "GOVERNANCE", day(12)), lambda: locked(alice.s3, "GOVERNANCE", day(12))):
        with refused("AccessDenied", "explicit deny"):
            call()


def test_headers_that_are_no_lock_store_nothing(root, box, day):
    for more, message in [
        ({"ObjectLockMode": "GOVERNANCE"}, "must both be supplied"), ({"ObjectLockRetainUntilDate": day(1)}, "must both be supplied"),
        ({"ObjectLockMode": "BAD-VALUE", "ObjectLockRetainUntilDate": day(1)}, "GOVERNANCE, COMPLIANCE"),
        ({"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": day(-1)}, "must be in the future!"),
    ]:
        with refused("InvalidArgument", message, status=400):
            put(box, **more)
    with refused("NoSuchKey", status=404):
        box.get_object(Bucket="box", Key="k")
    root.s3.create_bucket(Bucket="plain")
    with refused("InvalidRequest", "Bucket is missing Object Lock Configuration", status=400):
        root.s3.put_object(Bucket="plain", Key="k", ObjectLockLegalHoldStatus="ON")
    with refused("InvalidArgument", "only applicable to Object Lock enabled buckets", status=400):
        root.s3.delete_object(Bucket="plain", Key="k", BypassGovernanceRetention=True)


def test_what_is_locked_comes_with_its_digest(server, box):
    """The hash of a signed body does not count."""
    def sent(target, headers, status, message=b""):
        answer = send_signed(
            server, ROOT_KEYS, b"x", service="s3", method="PUT", target=target, headers=headers, signer=botocore.auth.S3SigV4Auth)
        assert answer.status == status and message in answer.body

    digest = {"Content-MD5": "ndTkYSaMgDT1yFZOFVxnpg=="}
    held = {"x-amz-object-lock-legal-hold": "OFF"}
    sent("/box/k", {}, 200)
    sent("/box/k", held, 400, b"<Message>Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with")
    sent("/box/k", held | digest, 200)
    plain = box.create_multipart_upload(Bucket="box", Key="k")["UploadId"]
    locked = box.create_multipart_upload(Bucket="box", Key="k", ObjectLockLegalHoldStatus="ON")["UploadId"]
    sent(f"/box/k?partNumber=1&uploadId={plain}", {}, 200)
    sent(f"/box/k?partNumber=1&uploadId={locked}", {}, 400, b"<Code>InvalidRequest</Code>")
    sent(f"/box/k?partNumber=1&uploadId={locked}", digest, 200)
    box.put_object_lock_configuration(Bucket="box", ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}})
    sent("/box/k", {}, 400, b"required for Put Object requests with Object Lock parameters")
    sent(f"/box/k?partNumber=1&uploadId={plain}", {}, 400, b"required for Put Part requests with Object Lock parameters")
    sent(f"/box/k?partNumber=1&uploadId={plain}", digest, 200)


def test_elements_and_headers_are_named_as_s3_names_them(server, box):
    put(box, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate="2099-01-02T03:04:05Z", ObjectLockLegalHoldStatus="ON")

    def get(target, method="GET"):
        return send_signed(server, ROOT_KEYS, b"", service="s3", method=method, target=target, headers={}, signer=botocore.auth.S3SigV4Auth)

    retention = get("/box/k?retention").body
    assert b"<Retention xmlns=" in retention and b"<Mode>GOVERNANCE</Mode>" in retention
    assert b"<RetainUntilDate>2099-01-02T03:04:05" in retention
    assert b"<LegalHold xmlns=" in get("/box/k?legal-hold").body and b"<Status>ON</Status>" in get("/box/k?legal-hold").body
    assert b"<ObjectLockConfiguration xmlns=" in get("/box?object-lock").body
    headers = get("/box/k", "HEAD").headers
    assert headers["x-amz-object-lock-mode"] == "GOVERNANCE" and headers["x-amz-object-lock-legal-hold"] == "ON"
    assert headers["x-amz-object-lock-retain-until-date"].startswith("2099-01-02T03:04:05")


def test_the_command_line_locks(box, aws):
    put(box)
    aws("s3api", "put-object-retention", "--bucket", "box", "--key", "k", "--retention",
        "Mode=GOVERNANCE,RetainUntilDate=2099-01-01T00:00:00Z")
    assert box.get_object_retention(Bucket="box", Key="k")["Retention"]["RetainUntilDate"].year in (2098, 2099)
