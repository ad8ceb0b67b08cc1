"""Defends policies that name an account by its canonical user id: it is that account, shown by its ARN, or the policy is refused."""

import json

import pytest

from callers import Clients
from errors import refused
from people import policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, OTHER_ROOT_KEYS
from test_access_points import POINT, door, here, let, names  # noqa: F401 (fixtures)

OBJECTS = "arn:aws:s3:::box/*"


@pytest.fixture
def there(server):
    return Clients(server, OTHER_ROOT_KEYS)


def canonical(clients):
    """How S3 names the account of these clients."""
    return clients.s3.list_buckets()["Owner"]["ID"]


def reading(**principal):
    return policy(statement("Allow", "s3:GetObject", OBJECTS, Principal=principal))


def test_an_account_may_be_named_by_its_canonical_id(root, here, there):
    box = root.s3
    with refused("AccessDenied"):
        there.s3.get_object(Bucket="box", Key="k")
    box.put_bucket_policy(Bucket="box", Policy=reading(CanonicalUser=canonical(there)))
    assert there.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    kept = json.loads(box.get_bucket_policy(Bucket="box")["Policy"])["Statement"][0]["Principal"]
    assert kept == {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    assert not box.get_bucket_policy_status(Bucket="box")["PolicyStatus"]["IsPublic"]
    box.put_bucket_policy(Bucket="box", Policy=reading(CanonicalUser=[canonical(root)], AWS=f"arn:aws:iam::{ACCOUNT}:root"))
    with refused("AccessDenied"):
        there.s3.get_object(Bucket="box", Key="k")


def test_an_id_of_nobody_is_refused_and_changes_nothing(root, here, there):
    box = root.s3
    box.put_bucket_policy(Bucket="box", Policy=reading(CanonicalUser=canonical(there)))
    before = box.get_bucket_policy(Bucket="box")["Policy"]
    for unknown in ("0" * 64, canonical(there).upper(), OTHER_ACCOUNT, "*"):
        with refused("MalformedPolicy", "Invalid principal in policy", status=400) as caught:
            box.put_bucket_policy(Bucket="box", Policy=reading(CanonicalUser=[canonical(root), unknown]))
        assert caught.value.response["Error"]["Detail"] == f'"CanonicalUser" : "{unknown}"'
    assert box.get_bucket_policy(Bucket="box")["Policy"] == before


def test_a_denial_by_canonical_id_holds_for_the_account(root, here, there):
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Allow", "s3:*", OBJECTS, Principal={"AWS": OTHER_ACCOUNT}),
        statement("Deny", "s3:GetObject", OBJECTS, Principal={"CanonicalUser": canonical(there)})))
    there.s3.put_object(Bucket="box", Key="o", Body=b"x")
    with refused("AccessDenied"):
        there.s3.get_object(Bucket="box", Key="o")


def test_so_it_is_in_the_policy_of_an_access_point(here, door):
    let(here, policy(statement("Allow", "s3:*", [POINT, POINT + "/object/*"], Principal={"CanonicalUser": canonical(here)})))
    kept = json.loads(here.s3control.get_access_point_policy(AccountId=ACCOUNT, Name="door")["Policy"])
    assert kept["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    with refused("MalformedPolicy"):
        let(here, policy(statement("Allow", "s3:*", POINT, Principal={"CanonicalUser": "0" * 64})))
