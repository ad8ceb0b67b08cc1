"""Defends the tags of buckets: by S3's own calls and by those of S3 Control, and that no policy looks at them unasked."""

import json
import urllib.parse

import botocore.auth
import pytest

from audit import records
from errors import refused
from people import allow, policy, statement
from server import ACCOUNT, ROOT_KEYS
from signed import send, signed

BUCKET = "arn:aws:s3:::box"


@pytest.fixture
def s3(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def put(s3, **tags):
    return s3.put_bucket_tagging(Bucket="box", Tagging={"TagSet": [{"Key": name, "Value": value} for name, value in tags.items()]})


def tags(s3):
    return {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket="box")["TagSet"]}


def test_tags_come_and_go(s3):
    with refused("NoSuchTagSet", "The TagSet does not exist", status=404):
        tags(s3)
    assert put(s3, team="red", Team="blue")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert tags(s3) == {"Team": "blue", "team": "red"}
    put(s3, other="")
    assert tags(s3) == {"other": ""}
    for _ in range(2):
        assert s3.delete_bucket_tagging(Bucket="box")["ResponseMetadata"]["HTTPStatusCode"] == 204
        with refused("NoSuchTagSet"):
            tags(s3)
    put(s3, a="1")
    s3.delete_bucket(Bucket="box")
    s3.create_bucket(Bucket="box")
    with refused("NoSuchTagSet"):
        tags(s3)


def test_tags_keep_to_their_limits(s3):
    most = {f"k{number}": "v" for number in range(50)}
    put(s3, **most)
    for code, message, wrong in [
        ("BadRequest", "Bucket tag count cannot be greater than 50", most | {"one more": ""}),
        ("InvalidTag", "The TagKey you have provided is invalid", {"k" * 129: ""}),
        ("InvalidTag", "The TagValue you have provided is invalid", {"k": "v" * 257}),
        ("InvalidTag", "System tags cannot be added/updated by requester", {"aws:a": ""}),
    ]:
        with refused(code, message, status=400):
            put(s3, **wrong)
    with refused("InvalidTag", "Cannot provide multiple Tags with the same key", status=400):
        s3.put_bucket_tagging(Bucket="box", Tagging={"TagSet": [{"Key": "a", "Value": "1"}] * 2})
    with refused("NoSuchBucket", status=404):
        s3.get_bucket_tagging(Bucket="absent")
    assert tags(s3) == most


def test_each_action_is_asked_for(s3, people):
    alice = people.user("alice", allow("s3:GetBucketTagging", BUCKET))
    put(s3, a="1")
    assert tags(alice.s3) == {"a": "1"}
    for call in (lambda: put(alice.s3, a="2"), lambda: alice.s3.delete_bucket_tagging(Bucket="box")):
        with refused("AccessDenied", "s3:PutBucketTagging"):
            call()
    people.may("alice", allow("s3:PutBucketTagging", BUCKET))
    put(alice.s3, a="2")
    with refused("AccessDenied", "s3:GetBucketTagging"):
        tags(alice.s3)
    alice.s3.delete_bucket_tagging(Bucket="box")


def test_policies_do_not_look_at_the_tags_of_a_bucket(s3, people):
    # As on AWS until PutBucketAbac, which is not offered.
    put(s3, team="red")
    for key in ("aws:ResourceTag/team", "s3:BucketTag/team"):
        alice = people.user("alice-" + key[:2], allow("s3:ListBucket", BUCKET, Condition={"StringEquals": {key: "red"}}))
        with refused("AccessDenied"):
            alice.s3.list_objects_v2(Bucket="box")
    assert s3.get_bucket_abac(Bucket="box")["AbacStatus"] == {"Status": "Disabled"}
    with refused("NotImplemented", status=501):
        s3.put_bucket_abac(Bucket="box", AbacStatus={"Status": "Enabled"})


class Control:
    """S3 Control by hand: its clients put the account into a host name that does not resolve."""

    def __init__(self, server, keys=ROOT_KEYS, account=ACCOUNT):
        self.server, self.keys, self.account = server, keys, account

    def __call__(self, method, body=b"", arn=BUCKET, query=""):
        target = f"/v20180820/tags/{urllib.parse.quote(arn, safe='/')}{query}"
        host = f"{self.account}.127.0.0.1:{self.server.port}"
        headers = signed(self.server, self.keys, body, service="s3", method=method, target=target, host=host,
                         headers={"x-amz-account-id": self.account}, signer=botocore.auth.S3SigV4Auth)
        return send(self.server, method, target, body, headers)

    def tag(self, arn=BUCKET, **tags):
        words = "".join(f"<Tag><Key>{name}</Key><Value>{value}</Value></Tag>" for name, value in tags.items())
        return self("POST", (
            '<TagResourceRequest xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
            f"<Tags>{words}</Tags></TagResourceRequest>").encode(), arn)


def test_s3_control_adds_and_takes_tags(server, s3):
    control = Control(server)
    assert control("GET").status == 200 and b"<Tag>" not in control("GET").body
    assert control.tag(a="1", b="2").status == 204
    assert control.tag(b="3", c="4").status == 204
    assert tags(s3) == {"a": "1", "b": "3", "c": "4"}
    assert b"<Tag><Key>a</Key><Value>1</Value></Tag>" in control("GET").body
    assert control("DELETE", query="?tagKeys=a&tagKeys=absent").status == 204
    assert tags(s3) == {"b": "3", "c": "4"}
    many = control.tag(**{f"k{number}": "" for number in range(49)})
    assert many.status == 400 and b"Bucket tag count cannot be greater than 50" in many.body
    assert tags(s3) == {"b": "3", "c": "4"}
    assert control.tag(Team="a", team="b").status == 400


def test_s3_control_refuses_what_is_not_the_callers_bucket(server, s3, other):
    other.s3.create_bucket(Bucket="theirs")
    control = Control(server)
    assert control.tag("arn:aws:s3:::theirs", a="1").status == 403
    assert control.tag("arn:aws:s3:::absent", a="1").status == 404
    assert control.tag(f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/absent", a="1").status == 404
    assert control.tag(f"arn:aws:s3:us-east-1:{ACCOUNT}:storage-lens/dashboard", a="1").status == 501
    assert Control(server, account="210987654321").tag(a="1").status == 403
    with refused("NoSuchTagSet"):
        other.s3.get_bucket_tagging(Bucket="theirs")


def test_s3_control_asks_with_the_tags_of_the_request(server, s3, people):
    alice = people.user("alice", policy(
        statement("Allow", "s3:TagResource", BUCKET, Condition={
            "StringEquals": {"aws:RequestTag/team": "red"}, "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
        statement("Allow", "s3:UntagResource", BUCKET, Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}})))
    control = Control(server, alice.keys)
    assert control.tag(team="red").status == 204
    for wrong in ({"team": "blue"}, {"team": "red", "more": ""}, {"more": ""}):
        answer = control.tag(**wrong)
        assert answer.status == 403 and b"s3:TagResource" in answer.body
    assert control("DELETE", query="?tagKeys=more").status == 403 and control("GET").status == 403
    assert control("DELETE", query="?tagKeys=team").status == 204


def test_a_bucket_may_be_made_with_tags(root, people):
    made = {"CreateBucketConfiguration": {"Tags": [{"Key": "team", "Value": "red"}]}}
    root.s3.create_bucket(Bucket="box", **made)
    assert tags(root.s3) == {"team": "red"}
    with refused("BucketAlreadyOwnedByYou", status=409):
        root.s3.create_bucket(Bucket="box", **made)
    alice = people.user("alice", allow("s3:CreateBucket"))
    with refused("AccessDenied", "s3:TagResource"):
        alice.s3.create_bucket(Bucket="second", **made)
    with refused("404"):
        root.s3.head_bucket(Bucket="second")
    people.may("alice", allow(["s3:CreateBucket", "s3:TagResource"], Condition={"StringEquals": {"aws:RequestTag/team": "red"}}))
    alice.s3.create_bucket(Bucket="second", **made)
    with refused("AccessDenied"):
        alice.s3.create_bucket(Bucket="third")


def test_changes_are_recorded_exactly(server, root, s3, people):
    put(s3, team="red")
    put(s3, team="red", stage="1")
    tags(s3)
    s3.delete_bucket_tagging(Bucket="box")
    with refused("AccessDenied"):
        put(people.user("alice").s3, a="1")
    denied, first, second = records(root, "PutBucketTagging")[0], *reversed(records(root, "PutBucketTagging")[1:])
    one = {"Key": "team", "Value": "red"}
    about = {"bucketName": "box", "Host": f"127.0.0.1:{server.port}", "tagging": ""}
    xmlns = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}
    assert first["requestParameters"] == about | {"Tagging": xmlns | {"TagSet": {"Tag": one}}}
    assert second["requestParameters"] == about | {"Tagging": xmlns | {"TagSet": {"Tag": [one, {"Key": "stage", "Value": "1"}]}}}
    assert first["responseElements"] is None and first["readOnly"] is False and first["managementEvent"] is True
    assert first["resources"] == [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": BUCKET}]
    assert denied["errorCode"] == "AccessDenied" and denied["responseElements"] is None
    for name, is_read in [("GetBucketTagging", True), ("DeleteBucketTagging", False)]:
        found = records(root, name)
        assert len(found) == 1, json.dumps(found)
        record = found[0]
        assert record["requestParameters"] == about and record["readOnly"] is is_read
        assert record["resources"] == first["resources"]
    Control(server).tag(a="1")
    record, = records(root, "TagResource")
    assert record["eventSource"] == "s3.amazonaws.com" and record["resources"] == first["resources"]
    assert record["requestParameters"]["resourceArn"] == BUCKET
    assert record["requestParameters"]["tags"] == [{"key": "a", "value": "1"}], json.dumps(record)
