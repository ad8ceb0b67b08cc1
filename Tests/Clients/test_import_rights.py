"""Defends: whom an import cannot give all of their policies and groups, it gives none of them, since what is missing may deny."""

import csv
import json

import pytest

from people import allow, policy, statement, trust
from server import ACCOUNT
from test_import import arn, attached, dump, imports, inline, managed, mapping, minio, role, service, user  # noqa: F401: a fixture

# IAM takes no such text: its resource is no ARN.
BROKEN = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "nothing"}]})
WALL = policy(statement("Deny", "s3:*"))


def rights(root, name):
    """Everything a user has."""
    return (
        [item["PolicyName"] for item in root.iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]]
        + root.iam.list_user_policies(UserName=name)["PolicyNames"]
        + [item["GroupName"] for item in root.iam.list_groups_for_user(UserName=name)["Groups"]])


def group(name, *policies, inlined=()):
    return {"Path": "/", "GroupName": name, "GroupId": "AGPA" + name.upper(), "Arn": arn("group", name),
            "GroupPolicyList": list(inlined), "AttachedManagedPolicies": attached(*policies)}


@pytest.mark.parametrize("versions, default", [([BROKEN], 1), ([allow("*"), BROKEN], 2), ([WALL, BROKEN], 1)])
def test_whoever_lost_a_policy_gets_none_of_the_others(imports, root, versions, default):
    """Where the text in force could not be made, or any other, the policy is attached to nobody, and what else they have stays
    away from them: whichever of them denied, the rest would be more than there was."""
    said = imports(dump(
        Policies=[managed("all", allow("*")), managed("wall", *versions, default=default)],
        GroupDetailList=[group("limited", "all", "wall"), group("open", "all")],
        UserDetailList=[
            user("ada", GroupList=["open"], AttachedManagedPolicies=attached("all", "wall"), UserPolicyList=inline("more", allow("*"))),
            user("bob", GroupList=["open", "limited"], UserPolicyList=inline("more", allow("*"))),
            user("eve", GroupList=["open"]),
        ],
        RoleDetailList=[role("worker", trust(arn("user", "ada")), AttachedManagedPolicies=attached("all", "wall"))]), status=3)
    assert "since policy wall is not complete" in said and "since group limited is not complete" in said
    assert rights(root, "ada") == rights(root, "bob") == []
    assert root.iam.list_attached_group_policies(GroupName="limited")["AttachedPolicies"] == []
    assert root.iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"] == []
    assert rights(root, "eve") == ["open"]


def test_an_earlier_text_of_a_policy_is_not_attached(imports, root):
    """What a run leaves that ended before it made the version that denies."""
    root.iam.create_policy(PolicyName="work", PolicyDocument=allow("*"))
    export = dump(
        Policies=[managed("work", allow("*"), WALL, default=2)],
        UserDetailList=[user("ada", AttachedManagedPolicies=attached("work"), UserPolicyList=inline("own", allow("*")))])
    said = imports(export, status=3)
    assert "policy work: one of that name is there already, and it says something else" in said
    assert rights(root, "ada") == []
    root.iam.delete_policy(PolicyArn=arn("policy", "work", ACCOUNT))
    assert "0 not done" in imports(export)
    assert rights(root, "ada") == ["work", "own"]


def test_a_policy_whose_default_is_not_in_the_export_is_not_made(imports, root):
    half = managed("work", allow("*"), allow("s3:*"), WALL, default=3)
    half["PolicyVersionList"] = half["PolicyVersionList"][1:]
    said = imports(dump(
        Policies=[half], UserDetailList=[user("ada", AttachedManagedPolicies=attached("work"), UserPolicyList=inline("own", allow("*")))]),
        status=3)
    assert "policy work has no default version in the export" in said
    assert root.iam.list_policies(Scope="Local")["Policies"] == [] and rights(root, "ada") == []


def test_policies_and_groups_that_are_nowhere_are_missed_first(imports, root):
    said = imports(dump(
        Policies=[managed("all", allow("*"))], GroupDetailList=[group("open", "all")],
        UserDetailList=[
            user("ada", AttachedManagedPolicies=attached("all", "gone")),
            user("bob", GroupList=["open", "lost"]),
            user("eve", AttachedManagedPolicies=[{"PolicyName": "X", "PolicyArn": "arn:aws:iam::aws:policy/NoSuchPolicyOfAWS"}],
                 UserPolicyList=inline("own", allow("*"))),
        ]), status=3)
    assert said.count("GetPolicy was refused") == 2 and "group lost: GetGroup was refused" in said
    assert rights(root, "ada") == rights(root, "bob") == rights(root, "eve") == []


def test_policies_of_aws_are_attached(imports, root):
    imports(dump(UserDetailList=[user("ada", AttachedManagedPolicies=[
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}])]))
    assert rights(root, "ada") == ["ReadOnlyAccess"]


def test_what_denies_comes_before_what_allows(imports, root):
    """A refusal on the way leaves less than there was."""
    said = imports(dump(
        Policies=[managed("all", allow("*")), managed("wall", WALL)], GroupDetailList=[group("open", "all")],
        UserDetailList=[user(
            "ada", GroupList=["open"], AttachedManagedPolicies=attached("all", "wall"),
            UserPolicyList=inline("a", allow("*")) + inline("b", WALL))]), options=["--dry-run"])
    steps = [line.split() for line in said.splitlines() if "  user ada" in line]
    assert [step[0] + " " + step[-1].split("/")[-1] for step in steps] == [
        "CreateUser ada", "AttachUserPolicy wall", "PutUserPolicy b", "AddUserToGroup open", "AttachUserPolicy all", "PutUserPolicy a"]


def test_a_user_that_lost_its_own_deny_joins_no_group(imports, root):
    imports(dump(
        GroupDetailList=[group("open", inlined=inline("all", allow("*")))],
        UserDetailList=[user("ada", GroupList=["open"], UserPolicyList=inline("wall", BROKEN))]), status=3)
    assert rights(root, "ada") == []


def test_minio_users_that_lost_a_policy_get_none_of_the_others(imports, root, tmp_path):
    export = minio(
        tmp_path / "iam.zip", policies={"all": json.loads(allow("s3:*", ["arn:aws:s3:::*"])), "wall": json.loads(BROKEN)},
        users={name: {"secretKey": "s", "status": "enabled"} for name in ("ada", "bob", "eve")},
        groups={name: {"version": 1, "status": "enabled", "members": members, "updatedAt": "2026-01-01T00:00:00Z"}
                for name, members in {"limited": ["bob"], "open": ["bob", "eve"]}.items()},
        svcaccts={"APP": service("APP", "ada"), "NARROW": service("NARROW", "eve", sessionPolicy=json.loads(BROKEN))},
        user_mappings={"ada": mapping("all", "wall", "gone"), "eve": mapping("all")},
        group_mappings={"limited": mapping("all", "wall"), "open": mapping("all")}, stsuser_mappings={})
    keys = tmp_path / "keys.csv"
    said = imports(export, options=["--keys", str(keys)], status=3)
    assert "note: policy gone of ada is left out: it is not in the export" in said
    assert [rights(root, name) for name in ("ada", "bob", "APP", "NARROW")] == [[], [], [], []]
    assert root.iam.list_attached_group_policies(GroupName="limited")["AttachedPolicies"] == []
    assert rights(root, "eve") == ["all", "open"]
    assert [row["User name"] for row in csv.DictReader(keys.open())] == ["eve"]


def test_minio_policies_that_deny_come_first(imports, tmp_path):
    export = minio(
        tmp_path / "iam.zip", policies={"all": json.loads(allow("s3:*", ["arn:aws:s3:::*"])), "wall": json.loads(policy(
            statement("Deny", "s3:DeleteObject", ["arn:aws:s3:::*"])))},
        users={"ada": {"secretKey": "s", "status": "enabled"}},
        groups={"open": {"version": 1, "status": "enabled", "members": ["ada"], "updatedAt": "2026-01-01T00:00:00Z"}}, svcaccts={},
        user_mappings={"ada": mapping("all", "wall")}, group_mappings={"open": mapping("all", "wall")}, stsuser_mappings={})
    said = imports(export, options=["--dry-run"])
    steps = [line.split() for line in said.splitlines() if "  user ada" in line]
    assert [step[0] + " " + step[-1].split("/")[-1] for step in steps] == [
        "CreateUser ada", "AttachUserPolicy wall", "AddUserToGroup open", "AttachUserPolicy all"]
