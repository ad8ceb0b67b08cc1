"""Defends the tags of objects: kept with their object, within S3's limits, and seen by the policies that ask for them."""

import base64
import hashlib

import botocore.auth
import pytest

from errors import refused
from people import allow, arn, policy, statement
from server import ROOT_KEYS
from signed import send, signed
from test_bucket_access import OPEN, fetch

OBJECTS = "arn:aws:s3:::box/*"


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return root.s3


def tag_set(**tags):
    return {"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]}


def put_tags(s3, key="k", **tags):
    return s3.put_object_tagging(Bucket="box", Key=key, Tagging=tag_set(**tags))


def tags(s3, key="k", **more):
    return {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(Bucket="box", Key=key, **more)["TagSet"]}


def test_tags_come_and_go_and_leave_the_object_as_it_is(box):
    before = box.head_object(Bucket="box", Key="k")
    assert tags(box) == {} and "TagCount" not in before
    put_tags(box, team="red", stage="a b/é=1")
    assert tags(box) == {"stage": "a b/é=1", "team": "red"}
    put_tags(box, owner="")
    assert tags(box, VersionId="null") == {"owner": ""}
    assert box.head_object(Bucket="box", Key="k")["ETag"] == before["ETag"]
    assert box.head_object(Bucket="box", Key="k")["TagCount"] == 1
    answer = box.delete_object_tagging(Bucket="box", Key="k")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204 and tags(box) == {}
    box.delete_object_tagging(Bucket="box", Key="k")
    put_tags(box, a="1")
    put_tags(box)
    assert tags(box) == {}


def test_what_takes_an_objects_place_has_no_tags_of_it(box):
    put_tags(box, a="1")
    box.put_object(Bucket="box", Key="k", Body=b"new")
    assert tags(box) == {}
    box.put_object(Bucket="box", Key="k", Body=b"new", Tagging="b=2")
    box.delete_object(Bucket="box", Key="k")
    box.put_object(Bucket="box", Key="k", Body=b"new")
    assert tags(box) == {}
    put_tags(box, a="1")
    box.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "k"}]})
    box.delete_bucket(Bucket="box")


@pytest.mark.parametrize("header, expected", [
    ("a=1&b=2", {"a": "1", "b": "2"}), ("a=b%3Dc&x%20y=%C3%A9", {"a": "b=c", "x y": "é"}), ("plus=a+b", {"plus": "a b"}),
    ("bare", {"bare": ""}), ("a=", {"a": ""}), ("", {}),
])
def test_a_put_brings_tags_in_its_header(box, header, expected):
    box.put_object(Bucket="box", Key="new", Body=b"x", Tagging=header)
    assert tags(box, "new") == expected
    assert box.get_object(Bucket="box", Key="new").get("TagCount", 0) == len(expected)


@pytest.mark.parametrize("header, code", [
    ("a=1&a=2", "InvalidArgument"), ("a=1=2", "InvalidArgument"), ("a=%zz", "InvalidArgument"), ("a=%ff", "InvalidArgument"),
    ("=1", "InvalidTag"), ("a=%5Bx", "InvalidTag"), ("aws%3Ax=1", "InvalidTag"), ("A=1&a=2", "InvalidTag"),
    ("&".join(f"k{number}=v" for number in range(11)), "BadRequest"),
])
def test_a_header_that_is_no_tags_stores_nothing(box, header, code):
    with refused(code, status=400):
        box.put_object(Bucket="box", Key="k", Body=b"other", Tagging=header)
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"text"


def test_tags_keep_to_their_limits(box):
    most = {f"{number:03}" + "k" * 125: "v" * 256 for number in range(10)}
    put_tags(box, **most)
    assert tags(box) == most
    for code, message, wrong in [
        ("BadRequest", "Object tags cannot be greater than 10", {f"k{number}": "" for number in range(11)}),
        ("InvalidTag", "The TagKey you have provided is invalid", {"k" * 129: ""}),
        ("InvalidTag", "The TagValue you have provided is invalid", {"k": "v" * 257}),
        ("InvalidTag", "The TagKey you have provided is invalid", {"😀" * 65: ""}),
        ("InvalidTag", "The TagKey you have provided is invalid", {"a?": ""}),
        ("InvalidTag", "The TagValue you have provided is invalid", {"a": "<b>"}),
        ("InvalidTag", "Your TagKey cannot be prefixed with aws:", {"AWS:a": ""}),
        ("InvalidTag", "differ only in case", {"Team": "a", "team": "b"}),
    ]:
        with refused(code, message, status=400):
            put_tags(box, **wrong)
    twice = {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "1"}]}
    with refused("InvalidTag", "Cannot provide multiple Tags with the same key", status=400):
        box.put_object_tagging(Bucket="box", Key="k", Tagging=twice)
    with refused("MalformedXML", status=400):
        box.put_object_tagging(Bucket="box", Key="k", Tagging={"TagSet": [{"Key": "", "Value": "1"}]})
    assert tags(box) == most


def test_what_is_absent_is_told_to_those_who_may_list(box, people):
    for call in (tags, put_tags, lambda s3, key: s3.delete_object_tagging(Bucket="box", Key=key)):
        with refused("NoSuchKey", status=404):
            call(box, "absent")
    with refused("NoSuchBucket", status=404):
        box.get_object_tagging(Bucket="absent", Key="k")
    alice = people.user("alice", allow("s3:*ObjectTagging", OBJECTS))
    put_tags(alice.s3, a="1")
    for call in (tags, put_tags):
        with refused("AccessDenied", "s3:ListBucket"):
            call(alice.s3, "absent")
    with refused("InvalidArgument", status=400):
        box.get_object_tagging(Bucket="box", Key="k", VersionId="other")


def test_each_action_is_asked_for(box, people):
    alice = people.user("alice")
    for action, call in [
        ("PutObjectTagging", lambda: put_tags(alice.s3, a="1")), ("GetObjectTagging", lambda: tags(alice.s3)),
        ("DeleteObjectTagging", lambda: alice.s3.delete_object_tagging(Bucket="box", Key="k")),
        ("GetObjectVersionTagging", lambda: tags(alice.s3, VersionId="null")),
    ]:
        people.may("alice", policy(statement("Deny", f"s3:{action}"), statement("Allow", "s3:*")))
        with refused("AccessDenied", f"s3:{action} on resource"):
            call()
        people.may("alice", allow(f"s3:{action}", OBJECTS))
        call()


def test_a_put_with_tags_needs_the_leave_to_tag(box, people):
    alice = people.user("alice", allow("s3:PutObject", OBJECTS))
    alice.s3.put_object(Bucket="box", Key="k", Body=b"1")
    with refused("AccessDenied", "s3:PutObjectTagging"):
        alice.s3.put_object(Bucket="box", Key="k", Body=b"2", Tagging="a=1")
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"1"
    people.may("alice", allow(["s3:PutObject", "s3:PutObjectTagging"], OBJECTS))
    alice.s3.put_object(Bucket="box", Key="k", Body=b"2", Tagging="a=1")
    assert tags(box) == {"a": "1"}


def test_the_number_of_tags_is_told_to_those_who_may_read_them(box, people):
    put_tags(box, a="1", b="2")
    alice = people.user("alice", allow("s3:GetObject", OBJECTS))
    assert "TagCount" not in alice.s3.get_object(Bucket="box", Key="k")
    assert "TagCount" not in alice.s3.head_object(Bucket="box", Key="k")
    people.may("alice", allow(["s3:GetObject", "s3:GetObjectTagging"], OBJECTS))
    assert alice.s3.get_object(Bucket="box", Key="k")["TagCount"] == 2
    assert alice.s3.head_object(Bucket="box", Key="k")["TagCount"] == 2


def test_policies_look_at_the_tags_an_object_has(box, people):
    when = {"StringEquals": {"s3:ExistingObjectTag/Project": "x"}}
    alice = people.user("alice", policy(
        statement("Allow", ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:DeleteObjectTagging",
                            "s3:PutObjectTagging", "s3:GetObjectAttributes", "s3:GetObjectAcl"], OBJECTS, Condition=when)))

    def calls():
        yield lambda: alice.s3.get_object(Bucket="box", Key="k")
        yield lambda: alice.s3.get_object(Bucket="box", Key="k", VersionId="null")
        yield lambda: tags(alice.s3)
        yield lambda: alice.s3.get_object_attributes(Bucket="box", Key="k", ObjectAttributes=["ETag"])
        yield lambda: alice.s3.get_object_acl(Bucket="box", Key="k")
        yield lambda: put_tags(alice.s3, project="x")
        yield lambda: alice.s3.delete_object_tagging(Bucket="box", Key="k")

    for wrong in ({}, {"project": "y"}, {"other": "x"}):
        put_tags(box, **wrong)
        for call in calls():
            with refused("AccessDenied"):
                call()
        with refused("403", status=403):
            alice.s3.head_object(Bucket="box", Key="k")
    put_tags(box, project="x")
    alice.s3.head_object(Bucket="box", Key="k")
    for call in calls():
        call()
    with refused("AccessDenied"):
        alice.s3.get_object(Bucket="box", Key="k")


def test_deleting_does_not_look_at_tags(box, people):
    put_tags(box, keep="yes")
    alice = people.user("alice", policy(
        statement("Allow", "s3:DeleteObject", OBJECTS),
        statement("Deny", "s3:DeleteObject", OBJECTS, Condition={"StringEquals": {"s3:ExistingObjectTag/keep": "yes"}})))
    alice.s3.delete_object(Bucket="box", Key="k")
    with refused("NoSuchKey"):
        box.get_object(Bucket="box", Key="k")


def test_policies_look_at_the_tags_a_request_brings(box, people):
    alice = people.user("alice", policy(statement(
        "Allow", ["s3:PutObject", "s3:PutObjectTagging"], OBJECTS,
        Condition={"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["team", "stage"]},
                   "StringEquals": {"s3:RequestObjectTag/team": "red"}})))

    def both(header, **wanted):
        yield lambda: alice.s3.put_object(Bucket="box", Key="k", Body=b"x", Tagging=header)
        yield lambda: put_tags(alice.s3, **wanted)

    for call in both("team=red&stage=1", team="red", stage="1"):
        call()
    for header, wanted in [("team=blue", {"team": "blue"}), ("stage=1", {"stage": "1"}), ("team=red&more=1", {"team": "red", "more": "1"}),
                           ("", {})]:
        for call in both(header, **wanted):
            with refused("AccessDenied"):
                call()


def test_the_bucket_opens_what_is_tagged_so_to_the_public(server, box):
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=policy(statement(
        "Allow", "s3:GetObject", OBJECTS, Principal="*", Condition={"StringEquals": {"s3:ExistingObjectTag/public": "yes"}})))
    assert fetch(f"{server.url}/box/k")[0] == 403
    put_tags(box, public="yes")
    assert fetch(f"{server.url}/box/k") == (200, b"text")
    put_tags(box, public="no")
    assert fetch(f"{server.url}/box/k")[0] == 403


def test_a_bucket_policy_denies_by_tag(box, people):
    alice = people.user("alice", allow("s3:*"))
    box.put_bucket_policy(Bucket="box", Policy=policy(statement(
        "Deny", "s3:GetObject", OBJECTS, Principal={"AWS": arn("user", "alice")},
        Condition={"StringNotEquals": {"s3:ExistingObjectTag/scan": "clean"}})))
    with refused("AccessDenied", "explicit deny in a resource-based policy"):
        alice.s3.get_object(Bucket="box", Key="k")
    put_tags(box, scan="clean")
    alice.s3.get_object(Bucket="box", Key="k")


def test_the_command_line_tags(box, aws):
    aws("s3api", "put-object-tagging", "--bucket", "box", "--key", "k", "--tagging", "TagSet=[{Key=a,Value=1}]")
    assert aws("s3api", "get-object-tagging", "--bucket", "box", "--key", "k")["TagSet"] == [{"Key": "a", "Value": "1"}]


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_link_brings_its_tags(server, root, box, people, version):
    alice = people.user("alice", allow("s3:PutObject", OBJECTS))
    for caller, status in [(alice, 403), (root, 200)]:
        client = caller.make("s3", signature_version=version)
        link = client.generate_presigned_url("put_object", {"Bucket": "box", "Key": "k", "Tagging": "a=b&c=d"})
        headers = {"x-amz-tagging": "a=b&c=d"} if "x-amz-tagging=" not in link else {}
        assert send(server, "PUT", link[len(server.url):], b"by link", headers).status == status
        assert tags(box) == ({"a": "b", "c": "d"} if status == 200 else {})


def test_a_damaged_body_tags_nothing(server, box):
    def put(body, digest=None):
        headers = {"Content-MD5": base64.b64encode(hashlib.md5(digest or body).digest()).decode()}
        made = signed(server, ROOT_KEYS, body, service="s3", method="PUT", target="/box/k?tagging", headers=headers,
                      signer=botocore.auth.S3SigV4Auth)
        return send(server, "PUT", "/box/k?tagging", body, made)

    whole = b"<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    for body, digest, code in [
        (whole, b"other", b"BadDigest"), (b"nonsense", None, b"MalformedXML"), (b"<Tagging/>", None, b"MalformedXML"),
        (whole.replace(b"<Value>1</Value>", b""), None, b"MalformedXML"),
    ]:
        answer = put(body, digest)
        assert answer.status == 400 and b"<Code>" + code in answer.body
    assert tags(box) == {}
    assert put(whole).status == 200 and tags(box) == {"a": "1"}
