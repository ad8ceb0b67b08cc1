"""Defends that stored policies really decide, each kind of them, with the next call after a change."""

import pytest

from errors import refused
from people import allow, arn, policy, statement
from test_roles import TRUST

ALICE = arn("user", "alice")


def may(clients):
    """Whether the caller may list users."""
    try:
        clients.iam.list_users()
        return True
    except clients.iam.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False


def test_inline_group_and_managed_policies_allow_and_their_removal_denies(root, people):
    alice = people.user("alice")
    root.iam.create_group(GroupName="team")
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    in_team = {"GroupName": "team", "UserName": "alice"}
    in_policy = {"UserName": "alice", "PolicyArn": own}
    read_only = {"UserName": "alice", "PolicyArn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}
    root.iam.put_group_policy(GroupName="team", PolicyName="p", PolicyDocument=allow("iam:List*"))
    ways = [
        (lambda: people.may("alice", allow("iam:ListUsers")),
         lambda: root.iam.delete_user_policy(UserName="alice", PolicyName="given")),
        (lambda: root.iam.add_user_to_group(**in_team), lambda: root.iam.remove_user_from_group(**in_team)),
        (lambda: root.iam.attach_user_policy(**in_policy), lambda: root.iam.detach_user_policy(**in_policy)),
        (lambda: root.iam.attach_user_policy(**read_only), lambda: root.iam.detach_user_policy(**read_only)),
    ]
    for give, take in ways:
        assert not may(alice)
        give()
        assert may(alice)
        take()
        assert not may(alice)


def test_a_policy_attached_to_a_group_follows_its_default_version(root, people):
    alice = people.user("alice")
    root.iam.create_group(GroupName="team")
    root.iam.add_user_to_group(GroupName="team", UserName="alice")
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    root.iam.attach_group_policy(GroupName="team", PolicyArn=own)
    assert not may(alice)
    root.iam.create_policy_version(PolicyArn=own, PolicyDocument=allow("iam:*"), SetAsDefault=True)
    assert may(alice)
    root.iam.set_default_policy_version(PolicyArn=own, VersionId="v1")
    assert not may(alice)


def test_an_explicit_deny_wins_over_everything(root, people):
    alice = people.user("alice")
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert may(alice)
    people.may("alice", policy(statement("Deny", "iam:list*")))
    with refused("AccessDenied", f"User: {ALICE} is not authorized to perform: iam:ListUsers on resource: "
                 "arn:aws:iam::123456789012:user/ with an explicit deny in an identity-based policy"):
        alice.iam.list_users()
    alice.iam.get_user()


def test_read_only_reads_and_does_not_write(root, people):
    alice = people.user("alice")
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert may(alice)
    alice.cloudtrail.lookup_events()
    with refused("AccessDenied", "iam:CreateUser on resource: arn:aws:iam::123456789012:user/bob because no identity-based"):
        alice.iam.create_user(UserName="bob")


@pytest.mark.parametrize("document, listing, creating", [
    (policy({"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}), True, False),
    (policy({"Effect": "Allow", "Action": "iam:*", "NotResource": arn("user", "bob")}), True, False),
    (policy({"Effect": "Allow", "Action": "iam:*", "NotResource": arn("user", "")}), False, True),
    (policy(statement("Allow", "IAM:LISTUSERS")), True, False),
    (policy(statement("Allow", "iam:Create?ser", arn("user", "b*"))), False, True),
    (policy(statement("Allow", "*:*")), True, True),
    (policy(statement("Allow", "iam:*", arn("user", "${aws:username}"))), False, False),
    (policy(statement("Allow", "iam:*", arn("user", "*", account="999999999999"))), False, False),
], ids=["NotAction", "NotResource", "NotResource, turned", "any case", "wildcards", "all", "variable", "other account"])
def test_actions_and_resources_are_matched_as_written(people, root, document, listing, creating):
    alice = people.user("alice", document)
    assert may(alice) == listing
    if creating:
        alice.iam.create_user(UserName="bob")
    else:
        with refused("AccessDenied"):
            alice.iam.create_user(UserName="bob")


@pytest.mark.parametrize("condition, holds", [
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
    ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.1"]}}, False),
    ({"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}, False),
    ({"StringLike": {"aws:UserAgent": "Botocore/*"}}, True),
    ({"StringLike": {"aws:UserAgent": "curl/*"}}, False),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, False),
    ({"StringEquals": {"aws:username": "alice", "aws:PrincipalAccount": ["123456789012"]}}, True),
    ({"StringEquals": {"aws:username": "alice", "aws:PrincipalAccount": "210987654321"}}, False),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/al*"}}, True),
    ({"StringEquals": {"aws:PrincipalTag/Team": "blue"}}, True),
    ({"StringEquals": {"aws:principaltag/team": "red"}}, False),
    ({"StringNotEquals": {"aws:PrincipalTag/Absent": "x"}}, True),
    ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ({"StringEquals": {"aws:PrincipalType": "User"}, "NumericLessThan": {"aws:EpochTime": "99999999999"}}, True),
])
def test_conditions_look_at_the_request(people, condition, holds):
    alice = people.user("alice", allow("iam:ListUsers", Condition=condition), Tags=[{"Key": "Team", "Value": "blue"}])
    assert may(alice) == holds


def test_conditions_look_at_the_clock(server, people):
    server.post("/_gatehouse/clock", {"now": "2031-05-01T12:00:00Z"})
    office = {"DateGreaterThan": {"aws:CurrentTime": "2031-05-01T08:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2031-05-01T18:00:00Z"}}
    alice = people.user("alice", allow("iam:ListUsers", Condition=office))
    assert may(alice)
    server.advance(hours=7)
    assert not may(alice)


def test_conditions_look_at_the_tags_of_the_resource_and_the_request(root, people):
    alice = people.user("alice", policy(
        statement("Allow", "iam:DeleteUser", Condition={"StringEquals": {"aws:ResourceTag/Owner": "${aws:username}"}}),
        statement("Allow", "iam:TagUser", Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["Owner", "Note"]},
                                                     "StringEquals": {"aws:RequestTag/Owner": "alice"}})))
    for name, owner in [("hers", "alice"), ("his", "bob")]:
        root.iam.create_user(UserName=name, Tags=[{"Key": "Owner", "Value": owner}])
    with refused("AccessDenied"):
        alice.iam.delete_user(UserName="his")
    with refused("AccessDenied"):
        alice.iam.tag_user(UserName="his", Tags=[{"Key": "Owner", "Value": "alice"}, {"Key": "Other", "Value": "x"}])
    alice.iam.delete_user(UserName="hers")
    alice.iam.tag_user(UserName="his", Tags=[{"Key": "Owner", "Value": "alice"}])
    alice.iam.delete_user(UserName="his")


def test_tags_of_the_caller_count_with_the_next_call(root, people):
    alice = people.user("alice", allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/Team": "blue"}}))
    assert not may(alice)
    root.iam.tag_user(UserName="alice", Tags=[{"Key": "Team", "Value": "blue"}])
    assert may(alice)
    root.iam.untag_user(UserName="alice", TagKeys=["Team"])
    assert not may(alice)


def test_a_boundary_limits_and_does_not_give(root, people):
    limit = root.iam.create_policy(PolicyName="limit", PolicyDocument=allow("iam:Get*"))["Policy"]["Arn"]
    alice = people.user("alice", allow("iam:*"), PermissionsBoundary=limit)
    assert root.iam.get_user(UserName="alice")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": limit}
    alice.iam.get_user()
    with refused("AccessDenied", "because no permissions boundary allows the iam:ListUsers action"):
        alice.iam.list_users()
    root.iam.delete_user_policy(UserName="alice", PolicyName="given")
    with refused("AccessDenied", "because no identity-based policy allows the iam:GetUser action"):
        alice.iam.get_user()
    people.may("alice", allow("iam:*"))
    root.iam.delete_user_permissions_boundary(UserName="alice")
    assert may(alice)
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=limit)
    assert not may(alice)


def test_a_boundary_can_be_asked_for_when_users_are_made(root, people):
    limit = root.iam.create_policy(PolicyName="limit", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    alice = people.user("alice", allow(
        "iam:CreateUser", Condition={"StringEquals": {"iam:PermissionsBoundary": limit}}))
    with refused("AccessDenied"):
        alice.iam.create_user(UserName="free")
    alice.iam.create_user(UserName="bound", PermissionsBoundary=limit)


def test_which_policies_may_be_attached_can_be_limited(root, people):
    read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    alice = people.user("alice", allow("iam:AttachRolePolicy", Condition={"ArnEquals": {"iam:PolicyARN": read_only}}))
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    with refused("AccessDenied"):
        alice.iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    alice.iam.attach_role_policy(RoleName="r", PolicyArn=read_only)


def test_who_may_not_look_does_not_learn_what_is_there(people):
    alice = people.user("alice")
    for name in ("alice", "nobody"):
        with refused("AccessDenied", f"on resource: user {name} because"):
            alice.iam.get_user(UserName=name)


def test_tags_of_a_user_guard_its_keys_and_its_name(root, people):
    guarded = {"StringEquals": {"aws:ResourceTag/Guarded": "yes"}}
    alice = people.user("alice", policy(statement("Allow", "*"), statement("Deny", "*", Condition=guarded)))
    root.iam.create_user(UserName="vip", Tags=[{"Key": "Guarded", "Value": "yes"}])
    key = root.iam.create_access_key(UserName="vip")["AccessKey"]["AccessKeyId"]
    vip = {"UserName": "vip"}
    for call in (
        lambda: alice.iam.create_access_key(**vip), lambda: alice.iam.list_access_keys(**vip),
        lambda: alice.iam.delete_access_key(AccessKeyId=key, **vip), lambda: alice.iam.get_access_key_last_used(AccessKeyId=key),
        lambda: alice.iam.update_user(NewUserName="other", **vip), lambda: alice.iam.delete_user(**vip),
        lambda: alice.iam.get_user(**vip), lambda: alice.iam.list_groups_for_user(**vip), lambda: alice.iam.list_user_tags(**vip),
    ):
        with refused("AccessDenied", "explicit deny"):
            call()
    people.role("vip-role", Tags=[{"Key": "Guarded", "Value": "yes"}])
    with refused("AccessDenied", "explicit deny"):
        alice.sts.assume_role(RoleArn=arn("role", "vip-role"), RoleSessionName="visit")
