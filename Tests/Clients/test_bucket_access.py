"""Defends who reaches a bucket: users, other accounts, the public, signed links; and where all that is recorded."""

import json
import urllib.error
import urllib.request

import botocore.auth
import pytest

from audit import events
from callers import Clients
from errors import refused
from patience import PATIENCE
from people import allow, arn, policy, statement
from server import OTHER_ACCOUNT, ROOT_KEYS, Keys
from signed import clock_off_by, send, signed
from test_buckets import public_read
from wire import Wire

OPEN = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return root.s3


def fetch(url, method="GET", body=None):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_user_reaches_what_the_policy_says(box, people):
    alice = people.user("alice", policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/open/*"),
        statement("Allow", "s3:ListBucket", "arn:aws:s3:::box", Condition={"StringLike": {"s3:prefix": "open/*"}})))
    box.put_object(Bucket="box", Key="open/1", Body=b"1")
    assert alice.s3.get_object(Bucket="box", Key="open/1")["Body"].read() == b"1"
    assert alice.s3.list_objects_v2(Bucket="box", Prefix="open/")["KeyCount"] == 1
    with refused("AccessDenied", "s3:GetObject on resource: arn:aws:s3:::box/k because no identity-based policy"):
        alice.s3.get_object(Bucket="box", Key="k")
    with refused("AccessDenied", "s3:ListBucket"):
        alice.s3.list_objects_v2(Bucket="box")
    with refused("AccessDenied", "s3:PutObject"):
        alice.s3.put_object(Bucket="box", Key="open/1", Body=b"2")
    with refused("AccessDenied", "s3:DeleteObject"):
        alice.s3.delete_object(Bucket="box", Key="open/1")


def test_who_may_not_list_does_not_learn_what_is_absent(box, people):
    alice = people.user("alice", allow("s3:GetObject", "arn:aws:s3:::box/*"))
    with refused("AccessDenied"):
        alice.s3.get_object(Bucket="box", Key="absent")
    people.may("alice", allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::box", "arn:aws:s3:::box/*"]))
    with refused("NoSuchKey"):
        alice.s3.get_object(Bucket="box", Key="absent")


def test_the_policy_of_the_bucket_allows_and_denies(box, people):
    alice = people.user("alice")
    of_alice = {"Principal": {"AWS": arn("user", "alice")}}
    box.put_bucket_policy(Bucket="box", Policy=policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", **of_alice)))
    assert alice.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    people.may("alice", allow("s3:*"))
    box.put_bucket_policy(Bucket="box", Policy=policy(statement("Deny", "s3:GetObject", "arn:aws:s3:::box/*", **of_alice)))
    with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
        alice.s3.get_object(Bucket="box", Key="k")
    box.delete_bucket_policy(Bucket="box")
    alice.s3.get_object(Bucket="box", Key="k")


def test_deleting_many_deletes_what_is_allowed(box, people):
    alice = people.user("alice", allow("s3:DeleteObject", "arn:aws:s3:::box/mine/*"))
    box.put_object(Bucket="box", Key="mine/1", Body=b"")
    answer = alice.s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "mine/1"}, {"Key": "k"}]})
    assert [item["Key"] for item in answer["Deleted"]] == ["mine/1"]
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("k", "AccessDenied")]
    assert box.list_objects_v2(Bucket="box")["Contents"][0]["Key"] == "k"


def test_another_account_needs_both_sides(box, other, server):
    bob = other.iam.create_user(UserName="bob")["User"]["Arn"]
    bobs = Clients(server, Keys.of(other.iam.create_access_key(UserName="bob")))
    with refused("AccessDenied"):
        bobs.s3.get_object(Bucket="box", Key="k")
    other.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=allow("s3:*"))
    with refused("AccessDenied", f"User: {bob} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::box/k"):
        bobs.s3.get_object(Bucket="box", Key="k")
    box.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal={"AWS": [bob, OTHER_ACCOUNT]})))
    assert bobs.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    other.iam.delete_user_policy(UserName="bob", PolicyName="p")
    with refused("AccessDenied"):
        bobs.s3.get_object(Bucket="box", Key="k")


def test_the_public_reads_only_what_was_opened_for_it(server, box):
    url = f"{server.url}/box/k"
    assert fetch(url)[0] == 403
    with refused("AccessDenied"):
        box.put_bucket_policy(Bucket="box", Policy=public_read("box"))
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=public_read("box"))
    assert fetch(url) == (200, b"text")
    assert fetch(url, "PUT", b"mine")[0] == 403 and fetch(url, "DELETE")[0] == 403 and fetch(f"{server.url}/box")[0] == 403
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"RestrictPublicBuckets": True})
    assert fetch(url)[0] == 403
    box.delete_public_access_block(Bucket="box")
    assert fetch(url)[0] == 200


def test_the_account_can_close_all_its_buckets(server, box):
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=public_read("box"))
    host = f"123456789012.127.0.0.1:{server.port}"
    target = "/v20180820/configuration/publicAccessBlock"
    body = (b'<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">'
            b"<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
            b"<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets>"
            b"</PublicAccessBlockConfiguration>")

    def control(method, body=b""):
        headers = signed(server, ROOT_KEYS, body, service="s3", method=method, target=target, host=host,
                         headers={"x-amz-account-id": "123456789012"}, signer=botocore.auth.S3SigV4Auth)
        return send(server, method, target, body, headers)

    assert control("GET").status == 404
    assert control("PUT", body).status in (200, 201)
    assert b"<RestrictPublicBuckets>true</RestrictPublicBuckets>" in control("GET").body
    assert fetch(f"{server.url}/box/k")[0] == 403
    assert control("DELETE").status in (200, 204)
    assert fetch(f"{server.url}/box/k")[0] == 200


def test_signed_links_read_and_write_for_a_while(server, box, people):
    alice = people.user("alice", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::box/*"))
    link = alice.make("s3", signature_version="s3v4").generate_presigned_url
    put = link("put_object", {"Bucket": "box", "Key": "new"}, ExpiresIn=60)
    assert fetch(put, "PUT", b"by link")[0] == 200
    get = link("get_object", {"Bucket": "box", "Key": "new"}, ExpiresIn=60)
    assert fetch(get) == (200, b"by link")
    assert fetch(get, "PUT", b"x")[0] == 403 and fetch(get.replace("/new", "/k"))[0] == 403
    assert fetch(get.replace("X-Amz-Expires=60", "X-Amz-Expires=600"))[0] == 403
    assert b"AccessDenied" in fetch(link("delete_object", {"Bucket": "box", "Key": "k"}), "DELETE")[1]
    with clock_off_by(minutes=-5):
        old = link("get_object", {"Bucket": "box", "Key": "new"}, ExpiresIn=60)
    status, body = fetch(old)
    assert status == 403 and b"Request has expired" in body


def test_signed_links_of_an_unconfigured_client_work(server, box, aws, people):
    # boto3 and the AWS CLI make links of Signature Version 2 in us-east-1 unless they are told otherwise.
    alice = people.user("alice", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::box/*"))

    def follow(method, link, body=b"", **headers):
        assert "AWSAccessKeyId=" in link and link.startswith(server.url)
        return send(server, method, link[len(server.url):], body, headers)

    link = alice.s3.generate_presigned_url
    put = link("put_object", {"Bucket": "box", "Key": "a b/é", "ContentType": "text/x", "Metadata": {"by": "link"}})
    assert follow("PUT", put, b"sent", **{"Content-Type": "text/x"}).status == 200
    assert b"SignatureDoesNotMatch" in follow("PUT", put, b"sent", **{"Content-Type": "text/y"}).body
    head = box.head_object(Bucket="box", Key="a b/é")
    assert head["ContentType"] == "text/x" and head["Metadata"] == {"by": "link"}
    named = {"ResponseContentDisposition": "attachment; filename=\"a+b.txt\"", "ResponseContentType": "text/z"}
    got = follow("GET", link("get_object", {"Bucket": "box", "Key": "a b/é"} | named))
    assert got.status == 200 and got.body == b"sent" and got.headers["Content-Type"] == "text/z"
    assert got.headers["Content-Disposition"] == named["ResponseContentDisposition"]
    refusal = follow("DELETE", link("delete_object", {"Bucket": "box", "Key": "k"}))
    assert refusal.status == 403 and b"s3:DeleteObject" in refusal.body
    assert follow("GET", box.generate_presigned_url("list_objects_v2", {"Bucket": "box"})).status == 200
    assert follow("HEAD", box.generate_presigned_url("head_bucket", {"Bucket": "box"})).status == 200
    old = follow("GET", link("get_object", {"Bucket": "box", "Key": "k"}, ExpiresIn=-1))
    assert old.status == 403 and b"<Message>Request has expired</Message><Expires>" in old.body
    assert follow("GET", aws("s3", "presign", "s3://box/k").strip()).body == b"text"


def test_a_link_to_a_list_is_no_link_to_a_setting(server, box):
    list_link = box.generate_presigned_url("list_objects_v2", {"Bucket": "box"})[len(server.url):]
    for more in ("policy", "publicAccessBlock", "encryption", "acl"):
        assert b"SignatureDoesNotMatch" in send(server, "GET", list_link + "&" + more).body
    assert send(server, "GET", list_link + "&prefix=z").status == 200


def test_a_policy_may_forbid_links_of_the_old_signature(server, root, box, people):
    alice = people.user("alice", policy(
        statement("Allow", "s3:*", "*"),
        statement("Deny", "s3:*", "*", Condition={"StringEquals": {"s3:signatureversion": "AWS"}})))
    link = alice.s3.generate_presigned_url("get_bucket_location", {"Bucket": "box"})
    assert b"explicit deny" in send(server, "GET", link[len(server.url):]).body
    assert send(server, "GET", box.generate_presigned_url("get_bucket_location", {"Bucket": "box"})[len(server.url):]).status == 200
    told = [json.loads(event["CloudTrailEvent"])["additionalEventData"] for event in events(root, "GetBucketLocation")]
    assert [(data["SignatureVersion"], data["AuthenticationMethod"]) for data in told] == [("SigV2", "QueryString")] * 2


def test_the_bucket_may_be_in_the_host(server, box):
    host = f"box.s3.localhost:{server.port}"
    headers = signed(server, ROOT_KEYS, b"", service="s3", method="GET", target="/k", host=host, headers={}, signer=botocore.auth.S3SigV4Auth)
    assert send(server, "GET", "/k", b"", headers).body == b"text"


def test_reads_and_writes_of_objects_are_no_management_events(root, box):
    box.get_object(Bucket="box", Key="k")
    box.list_objects_v2(Bucket="box")
    box.delete_object(Bucket="box", Key="k")
    box.get_bucket_location(Bucket="box")
    assert [event["EventName"] for event in reversed(events(root))] == ["CreateBucket", "GetBucketLocation"]
    record = json.loads(events(root, "CreateBucket")[0]["CloudTrailEvent"])
    assert record["requestParameters"]["bucketName"] == "box" and record["eventSource"] == "s3.amazonaws.com"
    assert record["userAgent"].startswith("[")


def test_a_small_client_of_its_own_is_understood(server, box):
    wire = Wire(server, ROOT_KEYS)
    assert wire.s3("PUT", "/box/own", b"own").status == 200 and wire.s3("GET", "/box/own").body == b"own"
    assert wire.query("sts", "GetCallerIdentity").between("Account") == "123456789012"
