"""Defends AssumeRole: who may, for how long, with what rights, and that nothing else passes for a session."""

import datetime

import pytest

from callers import Clients
from errors import refused
from people import allow, arn, policy, statement, trust
from server import ACCOUNT, OTHER_ACCOUNT, Keys

MAY_ASSUME = allow("sts:AssumeRole")


def test_a_session_is_told_exactly_and_is_who_it_says(root, people):
    role = people.role("deploy", document=allow("iam:ListUsers"), Path="/ci/")
    alice = people.user("alice", MAY_ASSUME)
    answer = alice.sts.assume_role(RoleArn=arn("role", "ci/deploy"), RoleSessionName="build-7")
    role_id = root.iam.get_role(RoleName="deploy")["Role"]["RoleId"]
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/build-7"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role_id}:build-7", "Arn": who}
    shown = answer["Credentials"]
    assert shown["AccessKeyId"].startswith("ASIA") and len(shown["SecretAccessKey"]) == 40
    hour = shown["Expiration"] - datetime.datetime.now(datetime.UTC)
    assert abs(hour - datetime.timedelta(hours=1)) < datetime.timedelta(minutes=1)
    session = Clients(alice._server, Keys.of(answer))
    identity = session.sts.get_caller_identity()
    assert (identity["Arn"], identity["UserId"], identity["Account"]) == (who, f"{role_id}:build-7", ACCOUNT)
    session.iam.list_users()
    with refused("AccessDenied", f"User: {who} is not authorized to perform: iam:ListRoles"):
        session.iam.list_roles()
    assert role == arn("role", "deploy")


def test_the_role_must_trust_and_the_caller_must_be_allowed(root, people):
    alice, bob = people.user("alice"), people.user("bob", MAY_ASSUME)
    of_account, of_alice = people.role("of-account"), people.role("of-alice", trust(arn("user", "alice")))
    # The account is trusted: who of it may is for the account's own policies to say.
    with refused("AccessDenied", "is not authorized to perform: sts:AssumeRole on resource: " + of_account):
        alice.sts.assume_role(RoleArn=of_account, RoleSessionName="visit")
    people.session(bob, of_account)
    # A user named by the role needs no more; others gain nothing by their own policies.
    people.session(alice, of_alice)
    with refused("AccessDenied"):
        bob.sts.assume_role(RoleArn=of_alice, RoleSessionName="visit")
    people.may("alice", policy(statement("Deny", "sts:AssumeRole")))
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        alice.sts.assume_role(RoleArn=of_alice, RoleSessionName="visit")
    with refused("AccessDenied"):
        bob.sts.assume_role(RoleArn=arn("role", "absent"), RoleSessionName="visit")


def test_a_namesake_of_a_trusted_user_is_not_trusted(root, people):
    alice = people.user("alice")
    role = people.role("r", trust(arn("user", "alice")))
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.keys.id)
    root.iam.delete_user(UserName="alice")
    namesake = people.user("alice")
    with refused("AccessDenied"):
        namesake.sts.assume_role(RoleArn=role, RoleSessionName="visit")
    shown = root.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]
    assert shown.startswith("AIDA")


def test_an_external_id_must_be_the_agreed_one(people):
    alice = people.user("alice", MAY_ASSUME)
    role = people.role("r", trust(f"arn:aws:iam::{ACCOUNT}:root", Condition={"StringEquals": {"sts:ExternalId": "agreed"}}))
    for wrong in ({}, {"ExternalId": "other"}):
        with refused("AccessDenied"):
            alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", **wrong)
    people.session(alice, role, ExternalId="agreed")


def test_a_session_policy_narrows_and_never_widens(people):
    alice = people.user("alice", MAY_ASSUME)
    role = people.role("r", document=allow(["iam:ListUsers", "iam:ListRoles"]))
    narrow = people.session(alice, role, Policy=allow(["iam:ListUsers", "iam:ListGroups"]))
    narrow.iam.list_users()
    with refused("AccessDenied", "because no session policy allows the iam:ListRoles action"):
        narrow.iam.list_roles()
    with refused("AccessDenied", "because no identity-based policy allows the iam:ListGroups action"):
        narrow.iam.list_groups()
    managed = people.session(alice, role, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}])
    with refused("AccessDenied", "because no session policy allows"):
        managed.iam.list_users()
    with refused("MalformedPolicyDocument"):
        alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", Policy="{}")
    with refused("PackedPolicyTooLarge"):
        long = allow("iam:ListUsers", ["arn:aws:iam::*:user/" + "x" * 50 + str(n) for n in range(40)])
        alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", Policy=long)


@pytest.mark.parametrize("wrong", [{"DurationSeconds": 899}, {"DurationSeconds": 3601}, {"DurationSeconds": 43201},
                                   {"RoleSessionName": "a b"}, {"RoleSessionName": "x"}, {"RoleArn": "arn"}])
def test_wrong_parameters_are_refused(people, wrong):
    alice = people.user("alice", MAY_ASSUME)
    asked = {"RoleArn": people.role("r"), "RoleSessionName": "visit"} | wrong
    with refused("ValidationError"):
        alice.sts.assume_role(**asked)


def test_a_session_ends_when_it_says(server, people):
    alice = people.user("alice", MAY_ASSUME)
    role = people.role("r", MaxSessionDuration=7200)
    short, long = people.session(alice, role, DurationSeconds=900), people.session(alice, role, DurationSeconds=7200)
    server.advance(minutes=13)
    short.sts.get_caller_identity()
    server.advance(minutes=2)
    with refused("ExpiredToken", "The security token included in the request is expired"):
        short.sts.get_caller_identity()
    long.sts.get_caller_identity()
    server.advance(hours=2)
    with refused("ExpiredToken"):
        long.sts.get_caller_identity()


def test_a_token_belongs_to_its_key(people):
    alice = people.user("alice", MAY_ASSUME)
    one, two = (people.session(alice, people.role(name)) for name in ("r1", "r2"))
    middle = len(one.keys.token) // 2
    changed = one.keys.token[:middle] + ("A" if one.keys.token[middle] != "A" else "B") + one.keys.token[middle + 1:]
    for token in (two.keys.token, changed, one.keys.token[:-8], "AAAA", None):
        with refused("InvalidClientTokenId"):
            Clients(alice._server, Keys(one.keys.id, one.keys.secret, token)).sts.get_caller_identity()
    with refused("SignatureDoesNotMatch"):
        Clients(alice._server, Keys(one.keys.id, two.keys.secret, one.keys.token)).sts.get_caller_identity()


def test_a_session_loses_its_rights_with_its_role(root, people):
    alice = people.user("alice", MAY_ASSUME)
    session = people.session(alice, people.role("r", document=allow("iam:ListUsers")))
    session.iam.list_users()
    root.iam.delete_role_policy(RoleName="r", PolicyName="given")
    with refused("AccessDenied"):
        session.iam.list_users()
    root.iam.put_role_policy(RoleName="r", PolicyName="given", PolicyDocument=allow("iam:ListUsers"))
    session.iam.list_users()
    root.iam.delete_role_policy(RoleName="r", PolicyName="given")
    root.iam.delete_role(RoleName="r")
    people.role("r", document=allow("*"))
    # Nor does a namesake bring the session back: it is of another role.
    with refused("InvalidClientTokenId"):
        session.iam.list_users()
    with refused("InvalidClientTokenId"):
        session.sts.get_caller_identity()


def test_a_boundary_of_the_role_limits_the_session(root, people):
    limit = root.iam.create_policy(PolicyName="limit", PolicyDocument=allow("iam:List*"))["Policy"]["Arn"]
    session = people.session(
        people.user("alice", MAY_ASSUME), people.role("r", document=allow("*"), PermissionsBoundary=limit))
    session.iam.list_users()
    with refused("AccessDenied", "because no permissions boundary allows the iam:GetUser action"):
        session.iam.get_user(UserName="alice")


def test_root_has_no_role(root, people):
    with refused("AccessDenied", "Roles may not be assumed by root accounts."):
        root.sts.assume_role(RoleArn=people.role("r"), RoleSessionName="visit")


@pytest.mark.parametrize("member", [
    {"ProvidedContexts": [{"ProviderArn": "arn:aws:iam::aws:contextProvider/IdentityCenter", "ContextAssertion": "abcd"}]},
], ids=lambda member: next(iter(member)))
def test_what_is_not_honoured_is_refused(people, member):
    alice = people.user("alice", MAY_ASSUME)
    with refused("NotImplemented", "is not implemented by Gatehouse", status=501):
        alice.sts.assume_role(RoleArn=people.role("r"), RoleSessionName="visit", **member)


def test_a_role_of_another_account_needs_both_sides(people, other):
    other.iam.create_role(RoleName="shared", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root"))
    shared = arn("role", "shared", OTHER_ACCOUNT)
    alice = people.user("alice")
    with refused("AccessDenied"):
        alice.sts.assume_role(RoleArn=shared, RoleSessionName="visit")
    people.may("alice", allow("sts:AssumeRole", shared))
    assert people.session(alice, shared).sts.get_caller_identity()["Account"] == OTHER_ACCOUNT
    other.iam.update_assume_role_policy(RoleName="shared", PolicyDocument=trust(f"arn:aws:iam::{OTHER_ACCOUNT}:root"))
    with refused("AccessDenied"):
        alice.sts.assume_role(RoleArn=shared, RoleSessionName="visit")
