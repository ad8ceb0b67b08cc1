"""Defends `gatehouse simulate who-can` and `what-can`: nobody who may is left out, and what it depends on is told."""

import json

import pytest

from estate import ACCOUNT, DONE, OBJECT, OTHER, Desk, arn, document, dump, group, managed, role, says, user

DUMP = ("--account-dump", "dump.json")
BUCKET = "arn:aws:s3:::books"
READER = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
TRUST = document(says("Allow", "sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"}))


@pytest.fixture
def desk(tmp_path):
    """alice reads one bucket by her group, from the office; carol may nothing; job is a role that reads everything."""
    desk = Desk(tmp_path)
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    desk.file("dump.json", dump(
        users=[user("alice", groups=["readers"]), user("carol")],
        groups=[group("readers", attached=[arn("policy", "Read")])],
        roles=[role("job", TRUST, attached=READER)],
        policies=[managed("Read", document(says("Allow", "s3:GetObject", BUCKET + "/*", Condition=office)))]))
    return desk


def who(desk, *words):
    done = desk.simulate("who-can", *words, "--json")
    assert done.returncode == DONE, done.stderr
    return {item["principal"]: item for item in json.loads(done.stdout)["principals"]}


def what(desk, *words):
    """The permissions but the one that everybody has: to ask who one is."""
    done = desk.simulate("what-can", *words, *DUMP, "--json")
    assert done.returncode == DONE, done.stderr
    return [item for item in json.loads(done.stdout)["permissions"] if item["action"] != "sts:GetCallerIdentity"]


def test_who_can_lists_everybody_who_may_and_on_what_it_depends(desk):
    found = who(desk, "s3:GetObject", OBJECT, *DUMP)
    assert {name: item["certainty"] for name, item in found.items()} == {
        arn("user", "alice"): "depends", arn("role", "job"): "allowed"}
    assert found[arn("user", "alice")]["dependsOn"] == ["if IpAddress aws:SourceIp 203.0.113.0/24  (Read, statement 1)"]
    text = desk.simulate("who-can", "s3:GetObject", OBJECT, *DUMP).stdout
    assert text.splitlines() == [
        f"may, depending  {arn('user', 'alice')}", "    if IpAddress aws:SourceIp 203.0.113.0/24  (Read, statement 1)",
        f"may  {arn('role', 'job')}", "2 in all"]


def test_keys_that_are_given_settle_it(desk):
    inside = who(desk, "s3:GetObject", OBJECT, *DUMP, "--context", "aws:SourceIp=203.0.113.7")
    assert inside[arn("user", "alice")]["certainty"] == "allowed"
    outside = who(desk, "s3:GetObject", OBJECT, *DUMP, "--context", "aws:SourceIp=198.51.100.7")
    assert list(outside) == list(who(desk, "s3:GetObject", OBJECT, *DUMP, "--absent", "aws:SourceIp")) == [arn("role", "job")]


def test_nobody_is_an_answer(desk):
    done = desk.simulate("who-can", "s3:PutObject", OBJECT, *DUMP)
    assert (done.returncode, done.stdout) == (DONE, "nobody\n")
    assert who(desk, "s3:PutObject", OBJECT, *DUMP) == {}


def test_a_policy_of_the_resource_lets_outsiders_in(desk):
    desk.file("bucket.json", document(
        says("Allow", "s3:GetObject", BUCKET + "/*", Principal={"AWS": [OTHER, arn("user", "guest", "444455556666")]}),
        says("Allow", "s3:GetObject", BUCKET + "/*", Principal={"Service": "logging.s3.amazonaws.com"}),
        says("Allow", "s3:GetObject", BUCKET + "/*", Principal={"AWS": arn("user", "gone")})))
    found = who(desk, "s3:GetObject", OBJECT, *DUMP, "--resource-policy", BUCKET + "=bucket.json")
    assert {name: item.get("note") for name, item in found.items()} == {
        arn("user", "alice"): None, arn("role", "job"): None, "logging.s3.amazonaws.com": None,
        f"arn:aws:iam::{OTHER}:root": "if the policies of its own account allow it",
        arn("user", "guest", "444455556666"): "if the policies of its own account allow it"}
    assert who(desk, "s3:PutObject", OBJECT, *DUMP, "--resource-policy", BUCKET + "=bucket.json") == {}


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_public_bucket_is_told(desk, principal):
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", Principal=principal)))
    words = ("s3:GetObject", OBJECT, *DUMP, "--resource-policy", BUCKET + "=bucket.json")
    everyone = [item for name, item in who(desk, *words).items() if name.startswith("*")]
    assert [item["certainty"] for item in everyone] == ["allowed"]
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", Principal=principal, Condition={
        "StringEquals": {"aws:PrincipalOrgID": "o-1"}})))
    everyone = [item for name, item in who(desk, *words).items() if name.startswith("*")]
    assert [item["certainty"] for item in everyone] == ["depends"]


def test_everyone_but_some_is_nobody(desk):
    """NotPrincipal stands with Deny only."""
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", NotPrincipal={"AWS": arn("user", "carol")})))
    found = who(desk, "s3:GetObject", OBJECT, *DUMP, "--resource-policy", BUCKET + "=bucket.json")
    assert set(found) == {arn("user", "alice"), arn("role", "job")}


@pytest.mark.parametrize("provider, action", [
    ("cognito-identity.amazonaws.com", "sts:AssumeRoleWithWebIdentity"),
    (f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com", "sts:AssumeRoleWithWebIdentity"),
    (f"arn:aws:iam::{ACCOUNT}:saml-provider/office", "sts:AssumeRoleWithSAML")])
def test_people_of_an_identity_provider_are_told(desk, provider, action):
    trust = document(says("Allow", action, None, Principal={"Federated": provider}))
    desk.file("dump.json", dump(users=[user("alice")], roles=[role("deploy", trust)]))
    assert list(who(desk, action, arn("role", "deploy"), *DUMP)) == [provider]


def test_who_can_assume_a_role_and_use_a_key(desk):
    assert list(who(desk, "sts:AssumeRole", arn("role", "job"), *DUMP)) == ["ec2.amazonaws.com"]
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    desk.file("key.json", document(says("Allow", "kms:*", Principal={"AWS": arn("user", "carol")})))
    assert list(who(desk, "kms:Decrypt", key, *DUMP, "--resource-policy", key + "=key.json")) == [arn("user", "carol")]


def test_service_control_policies_bind_the_accounts_own_people(desk):
    desk.file("scp.json", document(says("Deny", "s3:*", Condition={"ArnNotLike": {"aws:PrincipalArn": arn("user", "alice")}})))
    assert list(who(desk, "s3:GetObject", OBJECT, *DUMP, "--scp", "ou=scp.json")) == [arn("user", "alice")]


def test_a_reader_can_only_read(desk):
    desk.file("reader.json", document(says("Allow", ["s3:Get*", "s3:List*"])))
    for permissions in (what(desk, "job"), what(desk, "carol", "--policy", "reader.json")):
        assert "s3:GetObject" in {item["action"] for item in permissions}
        assert {item["level"] for item in permissions} <= {"Read", "List"}
        assert not any(item["conditional"] for item in permissions)
        assert all(set(item) == {"action", "level", "resource", "conditional"} for item in permissions)
    assert what(desk, "carol") == []


def test_what_can_tells_where_and_what_depends(desk):
    assert what(desk, "alice") == [
        {"action": "s3:GetObject", "level": "Read", "resource": BUCKET + "/*", "conditional": True}]
    text = desk.simulate("what-can", "alice", *DUMP).stdout
    assert text == (
        "s3\n  GetObject  [Read]  arn:aws:s3:::books/*  (depends on context)\nsts\n  GetCallerIdentity  [Read]  *\n2 actions\n")
    given = what(desk, "alice", "--context", "aws:SourceIp=203.0.113.7")
    assert [item["conditional"] for item in given] == [False]


def test_what_can_on_one_resource(desk):
    def actions(resource):
        return {item["action"] for item in what(desk, "job", "--resource", resource)}
    assert "s3:GetObject" in actions(OBJECT) and "s3:ListBucket" not in actions(OBJECT)
    assert "s3:ListBucket" in actions(BUCKET) and "s3:GetObject" not in actions(BUCKET)
    assert what(desk, "alice", "--resource", "arn:aws:s3:::others/1") == []


def test_what_can_follows_denials_and_boundaries(desk):
    desk.file("deny.json", document(says("Deny", "s3:Get*")))
    assert not {item["action"] for item in what(desk, "job", "--scp", "deny.json")} & {"s3:GetObject", "s3:GetBucketAcl"}
    desk.file("bound.json", document(says("Allow", "s3:ListAllMyBuckets")))
    assert [item["action"] for item in what(desk, "job", "--boundary", "bound.json")] == ["s3:ListAllMyBuckets"]
