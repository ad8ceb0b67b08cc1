"""Defends roles: their fields, their trust policies, their pages and refusals."""

import json
import re

import pytest

from errors import refused
from people import allow, arn, policy, trust
from server import ACCOUNT
from test_users import names, pages

TRUST = trust(f"arn:aws:iam::{ACCOUNT}:root")


def test_a_role_is_told_exactly(root):
    made = root.iam.create_role(
        RoleName="Deploy", Path="/ci/", AssumeRolePolicyDocument=TRUST, Description="for builds", MaxSessionDuration=7200,
        Tags=[{"Key": "Team", "Value": "blue"}])["Role"]
    assert re.fullmatch("AROA[A-Z2-7]{17}", made["RoleId"]) and made["Arn"] == arn("role", "ci/Deploy")
    assert made["AssumeRolePolicyDocument"] == json.loads(TRUST)
    got = root.iam.get_role(RoleName="deploy")["Role"]
    assert got["Description"] == "for builds" and got["MaxSessionDuration"] == 7200
    assert got["Tags"] == [{"Key": "Team", "Value": "blue"}] and got["RoleLastUsed"] == {}
    assert names(root.iam.list_roles()["Roles"], "RoleName") == ["Deploy"]
    with refused("EntityAlreadyExists"):
        root.iam.create_role(RoleName="DEPLOY", AssumeRolePolicyDocument=TRUST)


def test_a_role_can_be_changed(root):
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    root.iam.update_role(RoleName="r", Description="one", MaxSessionDuration=7200)
    root.iam.update_role(RoleName="r")
    kept = root.iam.get_role(RoleName="r")["Role"]
    assert (kept["Description"], kept["MaxSessionDuration"]) == ("one", 7200)
    described = root.iam.update_role_description(RoleName="r", Description="two")["Role"]
    assert described["Description"] == "two" and "MaxSessionDuration" not in described
    root.iam.create_user(UserName="alice")
    narrow = trust(arn("user", "alice"))
    root.iam.update_assume_role_policy(RoleName="r", PolicyDocument=narrow)
    assert root.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"] == json.loads(narrow)
    root.iam.tag_role(RoleName="r", Tags=[{"Key": "b", "Value": "2"}, {"Key": "A", "Value": "1"}, {"Key": "c", "Value": "3"}])
    assert [tag["Key"] for tag in pages(root.iam, "list_role_tags", "Tags", RoleName="r")] == ["A", "b", "c"]
    root.iam.untag_role(RoleName="r", TagKeys=["a", "B", "c"])
    assert root.iam.list_role_tags(RoleName="r")["Tags"] == []
    with refused("ValidationError"):
        root.iam.update_role(RoleName="r", MaxSessionDuration=43201)


@pytest.mark.parametrize("document", [
    "{", "[]", policy({"Effect": "Allow", "Action": "sts:AssumeRole"}), trust("*", Resource="*"),
    trust(arn("user", "nobody")), trust("arn:aws:iam::12:root"),
    policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
    policy({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": ["sts:AssumeRole", "STS:*"]}),
], ids=["no JSON", "no object", "no principal", "with a resource", "no such user", "no such account id", "a bare star",
        "everything of STS"])
def test_a_wrong_trust_policy_is_refused(root, document):
    with refused("MalformedPolicyDocument"):
        root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)


GITHUB = "token.actions.githubusercontent.com"


def of_provider(issuer, **condition):
    more = {"Condition": condition} if condition else {}
    return policy({"Effect": "Allow", "Principal": {"Federated": arn("oidc-provider", issuer)},
                   "Action": "sts:AssumeRoleWithWebIdentity", **more})


@pytest.mark.parametrize("document, words", [
    (of_provider(GITHUB), f"{GITHUB}:sub or {GITHUB}:job_workflow_ref which is not scoped to all"),
    (of_provider(GITHUB, StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"}), GITHUB),
    (of_provider(GITHUB, StringLike={f"{GITHUB}:sub": "*"}), GITHUB),
    (of_provider("gitlab.com", StringNotEquals={"gitlab.com:sub": "theirs"}), "gitlab.com:sub which is not scoped to all"),
    (of_provider("app.terraform.io"), "app.terraform.io:sub which is not scoped to all"),
], ids=["no condition", "another claim", "everybody", "all but one", "Terraform"])
def test_a_provider_that_many_share_needs_a_condition(root, document, words):
    with refused("MalformedPolicyDocument", words):
        root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)
    with refused("NoSuchEntity"):
        root.iam.get_role(RoleName="r")
    good = of_provider(GITHUB, StringLike={f"{GITHUB}:sub": "repo:ours/*"})
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=good)
    with refused("MalformedPolicyDocument", words):
        root.iam.update_assume_role_policy(RoleName="r", PolicyDocument=document)
    assert root.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"] == json.loads(good)


def test_roles_come_in_order_and_in_pages(root):
    for name in ["c", "B", "a", "D", "e"]:
        root.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Path="/p/" if name == "e" else "/")
    assert names(pages(root.iam, "list_roles", "Roles"), "RoleName") == ["a", "B", "c", "D", "e"]
    assert names(root.iam.list_roles(PathPrefix="/p/")["Roles"], "RoleName") == ["e"]


def test_a_role_is_deleted_only_when_nothing_hangs_on_it(root):
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    root.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allow("s3:*"))
    root.iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    with refused("DeleteConflict"):
        root.iam.delete_role(RoleName="r")
    root.iam.delete_role_policy(RoleName="r", PolicyName="p")
    with refused("DeleteConflict"):
        root.iam.delete_role(RoleName="r")
    root.iam.detach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    root.iam.delete_role(RoleName="r")
    with refused("NoSuchEntity", "The role with name r cannot be found."):
        root.iam.get_role(RoleName="r")
