"""Defends access control lists as clients set and feel them: between accounts, for the public, and with ownership."""

import botocore.auth
import pytest

from audit import records, request_id
from errors import refused
from people import allow
from server import ROOT_KEYS
from signed import send, signed
from test_bucket_access import OPEN, fetch
from test_why import ALLOWED, why

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


@pytest.fixture
def box(root):
    """A bucket where lists count and nothing is blocked."""
    root.s3.create_bucket(Bucket="box", ObjectOwnership="ObjectWriter")
    root.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    return root.s3


def canonical(clients):
    return clients.s3.list_buckets()["Owner"]["ID"]


def grants(answer):
    return [(grant["Grantee"].get("ID") or grant["Grantee"]["URI"], grant["Permission"]) for grant in answer["Grants"]]


def test_another_account_writes_what_it_then_owns(box, root, other):
    own, others = canonical(root), canonical(other)
    with refused("AccessDenied"):
        other.s3.put_object(Bucket="box", Key="k", Body=b"theirs")
    box.put_bucket_acl(Bucket="box", GrantFullControl=f"id={own}", GrantWrite=f'id="{others}"')
    assert grants(box.get_bucket_acl(Bucket="box")) == [(own, "FULL_CONTROL"), (others, "WRITE")]
    other.s3.put_object(Bucket="box", Key="k", Body=b"theirs")
    with refused("AccessDenied"):
        box.get_object(Bucket="box", Key="k")
    assert [item["Owner"]["ID"] for item in box.list_objects(Bucket="box")["Contents"]] == [others]
    other.s3.put_object_acl(Bucket="box", Key="k", ACL="bucket-owner-read")
    assert box.get_object(Bucket="box", Key="k")["Body"].read() == b"theirs"
    answer = other.s3.get_object_acl(Bucket="box", Key="k")
    assert answer["Owner"]["ID"] == others and grants(answer) == [(others, "FULL_CONTROL"), (own, "READ")]
    box.put_bucket_ownership_controls(Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})
    other.s3.put_object(Bucket="box", Key="k", Body=b"given", ACL="bucket-owner-full-control")
    assert grants(box.get_object_acl(Bucket="box", Key="k")) == [(own, "FULL_CONTROL")]
    box.delete_object(Bucket="box", Key="k")


def test_the_public_reads_what_a_list_opens(server, aws, box, root, tmp_path):
    (tmp_path / "file").write_bytes(b"text")
    aws("s3", "cp", str(tmp_path / "file"), "s3://box/k", "--acl", "public-read")
    url = f"{server.url}/box/k"
    assert fetch(url) == (200, b"text") and fetch(f"{server.url}/box")[0] == 403
    box.put_bucket_acl(Bucket="box", ACL="public-read")
    assert fetch(f"{server.url}/box")[0] == 200 and fetch(url, "PUT", b"x")[0] == 403
    assert fetch(f"{server.url}/box/absent")[0] == 404
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"IgnorePublicAcls": True})
    assert fetch(url)[0] == 403 and (ALL_USERS, "READ") not in grants(box.get_object_acl(Bucket="box", Key="k"))
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"BlockPublicAcls": True})
    assert fetch(url) == (200, b"text")
    with refused("AccessDenied", "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access"):
        box.put_object(Bucket="box", Key="l", Body=b"", ACL="public-read")
    with refused("AccessDenied", "BlockPublicAcls"):
        box.put_object_acl(Bucket="box", Key="k", ACL="public-read-write")
    with refused("InvalidBucketAclWithObjectOwnership", status=400):
        box.put_bucket_ownership_controls(Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


def test_why_tells_of_a_list(server, box, people):
    alice = people.user("alice")
    box.put_object(Bucket="box", Key="k", Body=b"text", ACL="authenticated-read")
    status, text = why(server, request_id(alice.s3.get_object(Bucket="box", Key="k")))
    assert status == ALLOWED and "Allowed: by what an access control list grants" in text, text
    box.put_object_acl(Bucket="box", Key="k", ACL="private")
    with refused("AccessDenied", "no identity-based policy allows the s3:GetObject action"):
        alice.s3.get_object(Bucket="box", Key="k")
    people.may("alice", allow("s3:GetObject"))
    alice.s3.get_object(Bucket="box", Key="k")


def test_what_is_no_list_is_refused(server, box, root, other):
    own = canonical(root)
    owner = {"ID": own}

    def put(*given, owner=owner):
        box.put_bucket_acl(Bucket="box", AccessControlPolicy={"Owner": owner, "Grants": [
            {"Grantee": grantee, "Permission": permission} for grantee, permission in given]})

    user = {"Type": "CanonicalUser", "ID": own}
    put((user, "READ"), ({"Type": "Group", "URI": ALL_USERS}, "WRITE_ACP"))
    assert grants(box.get_bucket_acl(Bucket="box")) == [(own, "READ"), (ALL_USERS, "WRITE_ACP")]
    put(*[(user, "READ")] * 100)
    for code, given in [("MalformedACLError", [(user, "READ")] * 101), ("MalformedACLError", [(user, "NONSENSE")]),
                        ("InvalidArgument", [({"Type": "CanonicalUser", "ID": "_foo"}, "READ")]),
                        ("InvalidArgument", [({"Type": "Group", "URI": "http://example.com/"}, "READ")]),
                        ("MethodNotAllowed", [({"Type": "AmazonCustomerByEmail", "EmailAddress": "a@example.com"}, "READ")])]:
        with refused(code, status=405 if code == "MethodNotAllowed" else 400):
            put(*given)
    with refused("AccessDenied"):
        put((user, "READ"), owner={"ID": canonical(other)})
    for name in ("nonsense", "aws-exec-read"):
        with refused("NotImplemented" if name.startswith("aws") else "InvalidArgument"):
            box.put_bucket_acl(Bucket="box", ACL=name)
    box.put_bucket_acl(Bucket="box", ACL="log-delivery-write")
    with refused("InvalidRequest", status=400):
        box.put_object(Bucket="box", Key="k", Body=b"", ACL="private", GrantRead=f"id={own}")

    def raw(body, headers={}):
        signature = signed(server, ROOT_KEYS, body, service="s3", method="PUT", target="/box?acl", headers=headers,
                           signer=botocore.auth.S3SigV4Auth)
        return send(server, "PUT", "/box?acl", body, signature)

    for body in (b"<AccessControlPolicy>", b"<Other/>", b"<AccessControlPolicy><Nonsense/></AccessControlPolicy>"):
        answer = raw(body)
        assert answer.status == 400 and b"<Code>MalformedACLError</Code>" in answer.body, answer.body
    assert b"<Code>MissingSecurityHeader</Code>" in raw(b"").body
    assert b"<Code>UnexpectedContent</Code>" in raw(
        b"<AccessControlPolicy><Owner><ID>x</ID></Owner></AccessControlPolicy>", {"x-amz-acl": "private"}).body


def test_lists_are_recorded(box, root, people):
    alice = people.user("alice")
    box.put_object(Bucket="box", Key="k", Body=b"")
    for name, call in {"PutBucketAcl": lambda s3: s3.put_bucket_acl(Bucket="box", ACL="private"),
                       "DeleteBucketOwnershipControls": lambda s3: s3.delete_bucket_ownership_controls(Bucket="box")}.items():
        action = name.replace("Delete", "Put")
        with refused("AccessDenied", f"s3:{action} on resource"):
            call(alice.s3)
        people.may("alice", allow(f"s3:{action}", "arn:aws:s3:::box"))
        call(alice.s3)
        done, denied = records(root, name)
        assert denied["errorCode"] == "AccessDenied" and "errorCode" not in done and done["readOnly"] is False
        assert done["requestParameters"] == denied["requestParameters"] and done["requestParameters"]["bucketName"] == "box"
    assert records(root, "PutBucketAcl")[0]["requestParameters"]["x-amz-acl"] == "private"
    with refused("OwnershipControlsNotFoundError", status=404):
        box.get_bucket_ownership_controls(Bucket="box")
