"""Defends what is told of buckets and objects besides their settings and content, and that it is true."""

import botocore.auth
import pytest

from audit import records
from errors import refused
from people import allow, policy, statement
from server import ACCOUNT, ROOT_KEYS
from signed import send, signed
from test_bucket_access import OPEN
from test_buckets import public_read


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text", ChecksumAlgorithm="SHA256")
    return root.s3


ALL = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]


def attributes(s3, names=ALL, key="k", **more):
    answer = s3.get_object_attributes(Bucket="box", Key=key, ObjectAttributes=names, **more)
    return {name: value for name, value in answer.items() if name in ALL}


def test_attributes_are_those_asked_for(box):
    head = box.head_object(Bucket="box", Key="k", ChecksumMode="ENABLED")
    whole = {"ETag": head["ETag"].strip('"'), "ObjectSize": 4, "StorageClass": "STANDARD",
             "Checksum": {"ChecksumSHA256": head["ChecksumSHA256"], "ChecksumType": "FULL_OBJECT"}}
    assert attributes(box) == whole
    for name in ALL:
        assert attributes(box, [name]) == {key: value for key, value in whole.items() if key == name}
    assert attributes(box, ["ETag"], VersionId="null") == {"ETag": whole["ETag"]}
    assert box.get_object_attributes(Bucket="box", Key="k", ObjectAttributes=["ETag"])["LastModified"] == head["LastModified"]
    with refused("NoSuchKey", status=404):
        attributes(box, key="absent")
    with refused("InvalidArgument", status=400):
        attributes(box, ["Nonsense"])


def test_attributes_need_two_leaves(box, people):
    alice = people.user("alice")
    for given, missing in [("s3:GetObject", "s3:GetObjectAttributes"), ("s3:GetObjectAttributes", "s3:GetObject")]:
        people.may("alice", allow(given, "arn:aws:s3:::box/*"))
        with refused("AccessDenied", f"{missing} on resource"):
            attributes(alice.s3)
    people.may("alice", allow(["s3:GetObject", "s3:GetObjectAttributes"], "arn:aws:s3:::box/*"))
    assert attributes(alice.s3, ["ObjectSize"]) == {"ObjectSize": 4}
    with refused("AccessDenied", "s3:ListBucket"):
        attributes(alice.s3, key="absent")
    with refused("AccessDenied", "s3:GetObjectVersion"):
        attributes(alice.s3, VersionId="null")
    people.may("alice", allow(["s3:GetObjectVersion", "s3:GetObjectVersionAttributes"], "arn:aws:s3:::box/*"))
    attributes(alice.s3, VersionId="null")


def test_a_checksum_under_a_key_needs_leave_to_decrypt(root, box, people):
    key = root.kms.create_key()["KeyMetadata"]["Arn"]
    box.put_object(Bucket="box", Key="k", Body=b"text", ChecksumAlgorithm="SHA256", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    alice = people.user("alice")
    objects = statement("Allow", ["s3:GetObject", "s3:GetObjectAttributes"], "arn:aws:s3:::box/*")
    people.may("alice", policy(objects))
    assert attributes(alice.s3, ["ObjectSize"]) == {"ObjectSize": 4}
    with refused("AccessDenied", "kms:Decrypt"):
        attributes(alice.s3, ["Checksum"])
    people.may("alice", policy(objects, statement("Allow", "kms:Decrypt", key)))
    assert attributes(alice.s3, ["Checksum"]) == attributes(box, ["Checksum"])
    root.kms.disable_key(KeyId=key)
    with refused("KMS.DisabledException"):
        attributes(alice.s3, ["Checksum"])


def test_the_status_of_a_policy_is_told(box):
    status = lambda: box.get_bucket_policy_status(Bucket="box")["PolicyStatus"]["IsPublic"]
    with refused("NoSuchBucketPolicy", status=404):
        status()
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    box.put_bucket_policy(Bucket="box", Policy=public_read("box"))
    assert status() is True
    box.put_bucket_policy(Bucket="box", Policy=policy(statement(
        "Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})))
    assert status() is False


def test_the_bucket_owner_pays(box):
    pay = lambda who: box.put_bucket_request_payment(Bucket="box", RequestPaymentConfiguration={"Payer": who})
    pay("BucketOwner")
    with refused("NotImplemented", "Payment by the requester", status=501):
        pay("Requester")
    with refused("MalformedXML", status=400):
        pay("Nobody")
    assert box.get_bucket_request_payment(Bucket="box")["Payer"] == "BucketOwner"


def test_who_owns_the_objects_is_told(box):
    own = lambda *who: box.put_bucket_ownership_controls(
        Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": name} for name in who]})
    for who in ("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"):
        own(who)
        rules = box.get_bucket_ownership_controls(Bucket="box")["OwnershipControls"]["Rules"]
        assert rules == [{"ObjectOwnership": who}]
    for wrong in (["BucketOwnerEnforced", "BucketOwnerEnforced"], ["Nobody"]):
        with refused("MalformedXML", status=400):
            own(*wrong)


def test_lists_of_rights_show_the_owner_alone(server, box):
    owner = box.list_buckets()["Owner"]
    grants = [{"Grantee": {"ID": owner["ID"], "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}]
    for answer in (box.get_bucket_acl(Bucket="box"), box.get_object_acl(Bucket="box", Key="k")):
        assert (answer["Owner"], answer["Grants"]) == ({"ID": owner["ID"]}, grants)
    with refused("NoSuchKey", status=404):
        box.get_object_acl(Bucket="box", Key="absent")
    headers = signed(server, ROOT_KEYS, b"", service="s3", method="GET", target="/box?acl", headers={}, signer=botocore.auth.S3SigV4Auth)
    text = send(server, "GET", "/box?acl", headers=headers)
    assert b'<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>' in text.body


def test_a_bucket_without_versions_says_so(box):
    answer = box.get_bucket_versioning(Bucket="box")
    assert "Status" not in answer and "MFADelete" not in answer


CALLS = {
    "GetBucketPolicyStatus": ("policyStatus", lambda s3: s3.get_bucket_policy_status(Bucket="box")),
    "GetBucketRequestPayment": ("requestPayment", lambda s3: s3.get_bucket_request_payment(Bucket="box")),
    "PutBucketRequestPayment": ("requestPayment", lambda s3: s3.put_bucket_request_payment(
        Bucket="box", RequestPaymentConfiguration={"Payer": "BucketOwner"})),
    "PutBucketOwnershipControls": ("ownershipControls", lambda s3: s3.put_bucket_ownership_controls(
        Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})),
    "GetBucketAcl": ("acl", lambda s3: s3.get_bucket_acl(Bucket="box")),
    "GetBucketVersioning": ("versioning", lambda s3: s3.get_bucket_versioning(Bucket="box")),
    "GetBucketAbac": ("abac", lambda s3: s3.get_bucket_abac(Bucket="box")),
}
BODIES = {"PutBucketRequestPayment": {"RequestPaymentConfiguration": {"Payer": "BucketOwner"}},
          "PutBucketOwnershipControls": {"OwnershipControls": {"Rule": {"ObjectOwnership": "BucketOwnerEnforced"}}}}


@pytest.mark.parametrize("name", CALLS)
def test_each_is_asked_for_and_recorded(server, root, box, people, name):
    marker, call = CALLS[name]
    box.put_bucket_policy(Bucket="box", Policy=policy(statement(
        "Allow", "s3:ListBucket", "arn:aws:s3:::box", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})))
    alice = people.user("alice", policy(statement("Allow", "s3:*"), statement("Deny", f"s3:{name}")))
    with refused("AccessDenied", f"s3:{name} on resource"):
        call(alice.s3)
    people.may("alice", allow(f"s3:{name}", "arn:aws:s3:::box"))
    call(alice.s3)
    done, denied = records(root, name)
    xmlns = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}
    body = {element: xmlns | inner for element, inner in BODIES.get(name, {}).items()}
    about = {"bucketName": "box", "Host": f"127.0.0.1:{server.port}", marker: ""} | body
    assert done["requestParameters"] == denied["requestParameters"] == about
    assert done["responseElements"] is None and done["readOnly"] is name.startswith("Get") and done["managementEvent"] is True
    assert done["resources"] == [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::box"}]
    assert denied["errorCode"] == "AccessDenied" and "errorCode" not in done
