"""Defends managed session policies: ten of full length fit a session, and what they say counts as it is now."""

import json

import pytest

from callers import Clients
from errors import refused
from people import allow, arn, policy, statement
from server import Keys

ACTIONS = ["kms:ListKeys", "kms:ListAliases", "ssm:DescribeParameters", *(f"iam:List{what}" for what in [
    "Users", "Roles", "Groups", "Policies", "AccountAliases", "ServerCertificates", "SAMLProviders"])]


def call(session, action):
    return {
        "kms:ListKeys": session.kms.list_keys, "kms:ListAliases": session.kms.list_aliases,
        "ssm:DescribeParameters": session.ssm.describe_parameters, "secretsmanager:ListSecrets": session.secretsmanager.list_secrets,
    }[action]()


def denies(session, action, words=None):
    with refused("AccessDeniedException", words):
        call(session, action)


def long(action):
    """A managed policy that allows the action, nearly as long as one can be (6,144 characters)."""
    filling = [f"arn:aws:s3:::{number:03}-{'x' * 50}/*" for number in range(82)]
    text = policy(statement("Allow", action), statement("Allow", "s3:GetObject", filling))
    assert 5900 < len(json.dumps(json.loads(text), separators=(",", ":"))) <= 6144
    return text


@pytest.fixture
def ten(root):
    """Ten managed policies."""
    return [root.iam.create_policy(PolicyName=action.replace(":", "-"), PolicyDocument=long(action))["Policy"]["Arn"] for action in ACTIONS]


def described(arns):
    return [{"arn": name} for name in arns]


def begin(server, root, people, how, ten, **more):
    """A session with those policies, by one of the ways to begin one."""
    if how == "role":
        return people.session(people.user("alice", allow("sts:AssumeRole")), people.role("wide", document=allow("*")),
                              PolicyArns=described(ten), **more)
    caller = root if how == "root's guest" else people.user("alice", allow("*"))
    return Clients(server, Keys.of(caller.sts.get_federation_token(Name="guest", PolicyArns=described(ten), **more)))


def replace(root, name, document):
    """Makes a document the only version of a policy."""
    old = [version["VersionId"] for version in root.iam.list_policy_versions(PolicyArn=name)["Versions"]]
    root.iam.create_policy_version(PolicyArn=name, PolicyDocument=document, SetAsDefault=True)
    for version in old:
        root.iam.delete_policy_version(PolicyArn=name, VersionId=version)


@pytest.mark.parametrize("how", ["role", "guest", "root's guest"])
def test_ten_long_policies_count_as_they_are_now(server, root, people, ten, how):
    session = begin(server, root, people, how, ten)
    assert len(session.keys.token) < 8192
    for action in ACTIONS[:3]:
        call(session, action)
    denies(session, "secretsmanager:ListSecrets", "because no session policy allows the secretsmanager:ListSecrets action")
    # A change bites the session at once, both ways.
    replace(root, ten[0], long("secretsmanager:ListSecrets"))
    call(session, "secretsmanager:ListSecrets")
    denies(session, "kms:ListKeys", "because no session policy allows the kms:ListKeys action")
    replace(root, ten[0], policy(statement("Deny", "kms:ListAliases"), statement("Allow", "kms:ListKeys")))
    for action in ["kms:ListKeys", "ssm:DescribeParameters"]:
        call(session, action)
    denies(session, "kms:ListAliases", "with an explicit deny in a session policy")
    # What is not there any more may have denied anything.
    root.iam.delete_policy(PolicyArn=ten[0])
    for action in ACTIONS[:3]:
        denies(session, action)
    # It is named by its ARN.
    again = root.iam.create_policy(PolicyName=ten[0].split("/")[1], PolicyDocument=long("kms:ListKeys"))["Policy"]["Arn"]
    assert again == ten[0]
    for action in ACTIONS[:3]:
        call(session, action)


def test_an_inline_policy_beside_them(server, root, people, ten):
    session = begin(server, root, people, "role", ten[:1], Policy=allow("kms:ListAliases"))
    for action in ACTIONS[:2]:
        call(session, action)
    denies(session, "ssm:DescribeParameters")
    root.iam.delete_policy(PolicyArn=ten[0])
    denies(session, "kms:ListAliases")


def test_another_accounts_policy_is_none(root, other, people):
    theirs = other.iam.create_policy(PolicyName="theirs", PolicyDocument=allow("iam:*"))["Policy"]["Arn"]
    alice = people.user("alice", allow("sts:AssumeRole"))
    with refused("MalformedPolicyDocument"):
        people.session(alice, people.role("wide"), PolicyArns=described([theirs]))
    with refused("MalformedPolicyDocument"):
        people.session(alice, arn("role", "wide"), PolicyArns=described([arn("policy", "none")]))
