"""Defends how the layers meet, by what name a bucket's policy reaches a caller, with real credentials of every kind."""

import pytest

from errors import refused
from people import allow, arn, policy, statement, trust
from server import ACCOUNT, OTHER_ACCOUNT

MAY_ASSUME = allow("sts:AssumeRole")
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/visit"
OBJECTS = "arn:aws:s3:::box/*"
NOTHING = allow("ec2:*")


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return root.s3


@pytest.fixture
def limit(root):
    """A boundary that leaves nothing of S3."""
    return root.iam.create_policy(PolicyName="limit", PolicyDocument=NOTHING)["Policy"]["Arn"]


def opened(box, principal, effect="Allow", **more):
    """The bucket's policy lets (or does not let) that principal read."""
    box.put_bucket_policy(Bucket="box", Policy=policy(statement(effect, "s3:GetObject", OBJECTS, Principal=principal, **more)))


def reads(clients):
    try:
        return clients.s3.get_object(Bucket="box", Key="k")["Body"].read() == b"text"
    except clients.s3.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False


def closed(box):
    """Everything public may be said of the bucket."""
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=dict.fromkeys(
        ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False))


def test_naming_the_session_beats_boundary_and_session_policy_and_naming_the_role_does_not(box, people, limit):
    alice = people.user("alice", MAY_ASSUME)
    role = people.role("app")
    free = people.session(alice, role)
    narrow = people.session(alice, role, Policy=NOTHING)
    assert not reads(free)
    # The role: no identity policy is needed, and what caps the role or the session still does.
    opened(box, {"AWS": role})
    assert reads(free)
    assert not reads(narrow)
    people.root.iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=limit)
    assert not reads(free)
    # The session itself: neither boundary nor session policy is asked to allow.
    opened(box, {"AWS": SESSION})
    assert reads(free)
    assert reads(narrow)
    assert not reads(people.session(alice, role, "other"))
    # But a deny in any of them decides.
    assert not reads(people.session(alice, role, Policy=policy(statement("Deny", "s3:GetObject"))))


def test_naming_the_user_ignores_the_boundary_and_naming_the_account_only_delegates(box, root, people, limit):
    alice = people.user("alice", PermissionsBoundary=limit)
    bob = people.user("bob")
    opened(box, {"AWS": arn("user", "alice")})
    assert reads(alice)
    assert not reads(bob)
    opened(box, {"AWS": ACCOUNT})
    assert not reads(alice)
    assert not reads(bob)
    people.may("bob", allow("s3:GetObject", OBJECTS))
    assert reads(bob)
    people.may("alice", allow("s3:GetObject", OBJECTS))
    with refused("AccessDenied", "because no permissions boundary allows the s3:GetObject action"):
        alice.s3.get_object(Bucket="box", Key="k")
    # A deny in the boundary beats the bucket that names the user.
    opened(box, {"AWS": arn("user", "alice")})
    root.iam.create_policy_version(
        PolicyArn=limit, SetAsDefault=True, PolicyDocument=policy(statement("Allow", "*"), statement("Deny", "s3:*")))
    with refused("AccessDenied", "with an explicit deny in a permissions boundary"):
        alice.s3.get_object(Bucket="box", Key="k")


def test_everyone_pinned_to_a_role_is_everyone(box, people, limit):
    alice = people.user("alice", MAY_ASSUME)
    role = people.role("app", PermissionsBoundary=limit)
    closed(box)
    opened(box, "*", Condition={"ArnEquals": {"aws:PrincipalArn": role}})
    assert reads(people.session(alice, role))
    assert reads(people.session(alice, role, Policy=NOTHING))
    assert not reads(alice)


def test_sessions_of_another_account_need_their_own_sides_leave(box, people, other):
    other.iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    role = arn("role", "app", OTHER_ACCOUNT)
    alice = people.user("alice", MAY_ASSUME)
    session = people.session(alice, role)
    named = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/app/visit"
    opened(box, {"AWS": [named, role, OTHER_ACCOUNT]})
    with refused("AccessDenied"):
        session.s3.get_object(Bucket="box", Key="k")
    other.iam.put_role_policy(RoleName="app", PolicyName="p", PolicyDocument=allow("s3:GetObject", OBJECTS))
    assert reads(session)
    # Root of that account needs the bucket alone, users of it their own policies, too.
    assert reads(other)
    opened(box, {"AWS": named})
    assert not reads(other)
    assert reads(session)


def test_root_obeys_the_bucket_and_no_policy_of_users(box, root, other):
    assert reads(root)
    opened(box, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, effect="Deny")
    with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
        root.s3.get_object(Bucket="box", Key="k")
    assert not reads(other)


def test_who_proved_no_second_factor_is_told_apart_by_the_kind_of_keys(people, root):
    # The key is absent with long-term keys and false with a session's: only IfExists catches both.
    alice = people.user("alice", MAY_ASSUME)
    strict = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    role = people.role("strict", trust(f"arn:aws:iam::{ACCOUNT}:root", **strict))
    with refused("AccessDenied"):
        alice.sts.assume_role(RoleArn=role, RoleSessionName="visit")
    kind = {"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}
    people.session(alice, people.role("kind", trust(f"arn:aws:iam::{ACCOUNT}:root", **kind)))

    def denying(operator):
        return policy(
            statement("Allow", "iam:ListUsers"),
            statement("Deny", "*", Condition={operator: {"aws:MultiFactorAuthPresent": "false"}}))

    session = people.session(alice, people.role("app", document=denying("Bool")))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        session.iam.list_users()
    bob = people.user("bob", denying("Bool"))
    bob.iam.list_users()
    people.may("bob", denying("BoolIfExists"))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        bob.iam.list_users()


def test_services_with_one_endpoint_lie_in_one_region(people):
    # However a client signs, IAM's calls are calls to us-east-1: a rule about Regions cannot be signed around.
    elsewhere = {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}
    alice = people.user("alice", policy(statement("Allow", "iam:ListUsers"), statement("Deny", "*", **elsewhere)))
    for region in ["us-east-1", "eu-west-1"]:
        with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
            alice.at(region).iam.list_users()


def test_a_policy_may_stop_at_the_accounts_border(box, people, other):
    other.s3.create_bucket(Bucket="abroad")
    other.s3.put_object(Bucket="abroad", Key="k", Body=b"text")
    other.s3.put_bucket_policy(Bucket="abroad", Policy=policy(
        statement("Allow", "s3:GetObject", "arn:aws:s3:::abroad/*", Principal={"AWS": ACCOUNT})))
    alice = people.user("alice", allow("s3:GetObject"))
    alice.s3.get_object(Bucket="abroad", Key="k")
    people.may("alice", policy(
        statement("Allow", ["s3:GetObject", "iam:ListUsers"]),
        statement("Deny", "*", Condition={"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}})))
    with refused("AccessDenied"):
        alice.s3.get_object(Bucket="abroad", Key="k")
    alice.s3.get_object(Bucket="box", Key="k")
    alice.iam.list_users()
