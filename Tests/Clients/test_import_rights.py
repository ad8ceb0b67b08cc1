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


def test_a_policy_that_is_there_may_be_written_with_other_white_space(imports, root):
    text = policy(statement("Allow", "s3:GetObject", 'arn:aws:s3:::a "b" c'.replace('"', "")))
    root.iam.create_policy(PolicyName="work", PolicyDocument=json.dumps(json.loads(text), indent=4))
    assert "0 not done" in imports(dump(
        Policies=[managed("work", text)], UserDetailList=[user("ada", AttachedManagedPolicies=attached("work"))]))
    assert rights(root, "ada") == ["work"]


AWS_OWN = "arn:aws:iam::aws:policy/"


def bounded(name):
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": AWS_OWN + name}


def test_an_inline_policy_that_is_there_is_never_replaced(imports, root):
    """It may deny: with the export's text and all else the export gives, there would be more rights than before."""
    root.iam.create_user(UserName="bob")
    root.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=WALL)
    root.iam.create_group(GroupName="devs")
    root.iam.put_group_policy(GroupName="devs", PolicyName="p", PolicyDocument=WALL)
    root.iam.create_role(RoleName="rr", AssumeRolePolicyDocument=trust(ACCOUNT))
    root.iam.put_role_policy(RoleName="rr", PolicyName="p", PolicyDocument=WALL)
    said = imports(dump(
        GroupDetailList=[group("devs", inlined=inline("p", allow("*")))],
        UserDetailList=[user("bob", UserPolicyList=inline("more", allow("*")) + inline("p", allow("sts:AssumeRole"))),
                        user("eve", GroupList=["devs"], UserPolicyList=inline("own", allow("*")))],
        RoleDetailList=[role("rr", trust(ACCOUNT), RolePolicyList=inline("p", allow("*")))]), status=3)
    for subject in ("user bob", "group devs", "role rr"):
        assert f"not done: {subject}: it is there already, and its inline policy p is another one" in said
        assert f"was there: {subject}" not in said
    assert "user eve: AddUserToGroup was left, since group devs is not complete" in said
    wall = json.loads(WALL)
    assert root.iam.get_user_policy(UserName="bob", PolicyName="p")["PolicyDocument"] == wall
    assert root.iam.get_group_policy(GroupName="devs", PolicyName="p")["PolicyDocument"] == wall
    assert root.iam.get_role_policy(RoleName="rr", PolicyName="p")["PolicyDocument"] == wall
    assert rights(root, "bob") == ["p"] and rights(root, "eve") == []


def test_a_boundary_that_is_there_is_never_replaced(imports, root):
    root.iam.create_user(UserName="carol", PermissionsBoundary=AWS_OWN + "ReadOnlyAccess")
    root.iam.create_role(RoleName="rr", AssumeRolePolicyDocument=trust(ACCOUNT), PermissionsBoundary=AWS_OWN + "ReadOnlyAccess")
    wide = bounded("AdministratorAccess")
    said = imports(dump(
        UserDetailList=[user("carol", PermissionsBoundary=wide, UserPolicyList=inline("own", allow("*")))],
        RoleDetailList=[role("rr", trust(ACCOUNT), PermissionsBoundary=wide, RolePolicyList=inline("own", allow("*")))]), status=3)
    for subject in ("user carol", "role rr"):
        assert f"not done: {subject}: it is there already, and its permissions boundary is another one" in said
    for found in (root.iam.get_user(UserName="carol")["User"], root.iam.get_role(RoleName="rr")["Role"]):
        assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == AWS_OWN + "ReadOnlyAccess"
    assert rights(root, "carol") == root.iam.list_role_policies(RoleName="rr")["PolicyNames"] == []


def test_a_role_that_trusts_others_gets_nothing(imports, root):
    root.iam.create_role(RoleName="rr", AssumeRolePolicyDocument=trust(ACCOUNT))
    machine = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    export = dump(RoleDetailList=[role("rr", machine, RolePolicyList=inline("all", allow("*")))])
    assert "role rr: it is there already, and its trust policy is another one" in imports(export, status=3)
    assert root.iam.list_role_policies(RoleName="rr")["PolicyNames"] == []
    root.iam.update_assume_role_policy(RoleName="rr", PolicyDocument=json.dumps(json.loads(machine), indent=2))
    assert "0 made, 1 were there, 0 not done" in imports(export)
    assert root.iam.list_role_policies(RoleName="rr")["PolicyNames"] == ["all"]


def test_what_cannot_be_looked_at_is_left(imports, people, root):
    importer = people.user("importer", allow(["sts:GetCallerIdentity", "iam:CreateUser", "iam:PutUserPolicy"]))
    root.iam.create_user(UserName="bob")
    said = imports(dump(UserDetailList=[user("bob", UserPolicyList=inline("p", allow("*")))]), keys=importer.keys, status=3)
    assert "user bob: it is there already, and its inline policy p cannot be looked at" in said and "AccessDenied" in said
    assert rights(root, "bob") == []


def test_minio_boundaries_that_are_there_are_never_replaced(imports, root, tmp_path):
    root.iam.create_user(UserName="APP", PermissionsBoundary=AWS_OWN + "ReadOnlyAccess")
    export = minio(
        tmp_path / "iam.zip", policies={"all": json.loads(allow("s3:*", ["arn:aws:s3:::*"]))},
        users={"ada": {"secretKey": "s", "status": "enabled"}}, groups={},
        svcaccts={"APP": service("APP", "ada", sessionPolicy=json.loads(allow("s3:*", ["arn:aws:s3:::*"])))},
        user_mappings={"ada": mapping("all")}, group_mappings={}, stsuser_mappings={})
    keys = tmp_path / "keys.csv"
    assert "user APP: it is there already, and its permissions boundary is another one" in imports(
        export, options=["--keys", str(keys)], status=3)
    assert root.iam.get_user(UserName="APP")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == AWS_OWN + "ReadOnlyAccess"
    assert rights(root, "APP") == [] and [row["User name"] for row in csv.DictReader(keys.open())] == ["ada"]


def test_nobody_is_put_into_a_group_that_has_more(imports, root):
    """By the export, devs may read. Here they are administrators."""
    for name in ("devs", "same", "less"):
        root.iam.create_group(GroupName=name)
    root.iam.attach_group_policy(GroupName="devs", PolicyArn=AWS_OWN + "AdministratorAccess")
    root.iam.put_group_policy(GroupName="devs", PolicyName="p", PolicyDocument=allow("s3:GetObject"))
    root.iam.put_group_policy(GroupName="devs", PolicyName="more", PolicyDocument=allow("*"))
    root.iam.put_group_policy(GroupName="same", PolicyName="p", PolicyDocument=allow("s3:GetObject"))
    said = imports(dump(
        GroupDetailList=[group(name, inlined=inline("p", allow("s3:GetObject"))) for name in ("devs", "same", "less")],
        UserDetailList=[user("eve", GroupList=["same", "devs"]), user("bob", GroupList=["same", "less"])]), status=3)
    assert ("not done: group devs: it is there already, with policies that the export does not give it: "
            f"{AWS_OWN}AdministratorAccess, more\n") in said
    assert "was there: group devs" not in said and "was there: group same" in said
    assert "user eve: AddUserToGroup was left, since group devs is not complete" in said
    assert rights(root, "eve") == [] and rights(root, "bob") == ["less", "same"]


def test_groups_that_are_not_in_the_export_are_joined_only_where_they_give_nothing(imports, root):
    for name in ("open", "bare"):
        root.iam.create_group(GroupName=name)
    root.iam.put_group_policy(GroupName="open", PolicyName="all", PolicyDocument=allow("*"))
    said = imports(dump(UserDetailList=[user("eve", GroupList=["open"]), user("bob", GroupList=["bare"])]), status=3)
    assert "group open: it is there already, with policies that the export does not give it: all" in said
    assert rights(root, "eve") == [] and rights(root, "bob") == ["bare"]


def test_minio_users_are_put_into_no_group_that_has_more(imports, root, tmp_path):
    for name in ("devs", "former", "same"):
        root.iam.create_group(GroupName=name)
    for name in ("devs", "former"):
        root.iam.attach_group_policy(GroupName=name, PolicyArn=AWS_OWN + "AdministratorAccess")
    export = minio(
        tmp_path / "iam.zip", policies={"all": json.loads(allow("s3:*", ["arn:aws:s3:::*"]))},
        users={name: {"secretKey": "s", "status": "enabled"} for name in ("ada", "bob", "eve")},
        groups={name: {"version": 1, "status": status, "members": [member], "updatedAt": "2026-01-01T00:00:00Z"} for name, status, member in (
            ("devs", "enabled", "eve"), ("former", "disabled", "bob"), ("same", "enabled", "ada"))},
        svcaccts={}, user_mappings={}, group_mappings={name: mapping("all") for name in ("devs", "former", "same")}, stsuser_mappings={})
    said = imports(export, status=3)
    for name in ("devs", "former"):
        assert f"group {name}: it is there already, with policies that the export does not give it: {AWS_OWN}AdministratorAccess" in said
    assert rights(root, "eve") == rights(root, "bob") == [] and rights(root, "ada") == ["same"]
    assert [item["PolicyName"] for item in root.iam.list_attached_group_policies(GroupName="same")["AttachedPolicies"]] == ["all"]
    assert "group same" not in "".join(line for line in imports(export, status=3).splitlines() if line.startswith("not done"))
