"""Defends that who began an upload in parts may end it and list its parts without a policy that says so, and nobody else; that
every deny wins; and that `gatehouse why` says so."""

import pytest

from errors import refused
from people import allow, policy, statement
from server import OTHER_ACCOUNT
from test_why import ALLOWED, why

WRITE = allow("s3:PutObject", "arn:aws:s3:::box/*")


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    return root.s3


def begin(clients, name="k", **more):
    upload = clients.s3.create_multipart_upload(Bucket="box", Key=name, **more)["UploadId"]
    return {"Bucket": "box", "Key": name, "UploadId": upload}


def may_neither(clients, upload):
    for call in (clients.s3.abort_multipart_upload, clients.s3.list_parts):
        with refused("AccessDenied", status=403):
            call(**upload)


def test_a_user_ends_and_looks_at_what_it_began(server, box, people):
    alice, bob = people.user("alice", WRITE), people.user("bob", WRITE)
    upload = begin(alice)
    alice.s3.upload_part(**upload, PartNumber=1, Body=b"text")
    may_neither(bob, upload)
    shown = alice.s3.list_parts(**upload)
    assert [part["PartNumber"] for part in shown["Parts"]] == [1]
    assert shown["Initiator"]["ID"] == "arn:aws:iam::123456789012:user/alice"
    with refused("AccessDenied"):
        alice.s3.list_multipart_uploads(Bucket="box")
    id = alice.s3.abort_multipart_upload(**upload)["ResponseMetadata"]["RequestId"]
    with refused("AccessDenied"):
        alice.s3.list_parts(**upload)  # There is none that it began.
    status, text = why(server, id)
    assert status == ALLOWED and "Allowed: by what S3 lets those do who began the upload" in text, text


def test_a_deny_and_a_bound_win(box, people):
    alice = people.user("alice", WRITE)
    upload = begin(alice)
    box.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Deny", ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"], "arn:aws:s3:::box/*", Principal="*")))
    may_neither(alice, upload)
    box.delete_bucket_policy(Bucket="box")
    role = people.role("writer", None, WRITE)
    people.may("alice", allow(["sts:AssumeRole"], "*"))
    session = people.session(alice, role)
    mine = begin(session)
    may_neither(people.session(alice, role, Policy=WRITE), mine)
    may_neither(people.session(alice, role, name="other"), mine)
    may_neither(alice, mine)
    people.session(alice, role).s3.abort_multipart_upload(**mine)


def test_a_new_user_of_a_former_ones_name_began_nothing(root, box, people):
    upload = begin(people.user("alice", WRITE))
    key = root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["AccessKeyId"]
    root.iam.delete_access_key(UserName="alice", AccessKeyId=key)
    root.iam.delete_user_policy(UserName="alice", PolicyName="given")
    root.iam.delete_user(UserName="alice")
    may_neither(people.user("alice", WRITE), upload)


def test_another_account_ends_what_it_began(root, box, other):
    box.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:PutObject", "arn:aws:s3:::box/*", Principal={"AWS": OTHER_ACCOUNT})))
    mine, upload = begin(root, "a"), begin(other, "b")
    may_neither(other, mine)
    assert other.s3.list_parts(**upload)["Initiator"]["ID"] == other.s3.list_buckets()["Owner"]["ID"]
    other.s3.abort_multipart_upload(**upload)
