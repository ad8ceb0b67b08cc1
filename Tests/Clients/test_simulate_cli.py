"""Defends `gatehouse simulate can` as pipelines run it: what it reads, each layer's say, its exit codes and its JSON."""

import json

import pytest

from estate import (
    ACCOUNT, ALLOWED, DENIED, OBJECT, OTHER, TABLE, Desk, arn, document, dump, encoded, group, managed, role, says, user)

ALL = document(says("Allow", "*"))
READ = document(says("Allow", ["s3:GetObject", "s3:ListBucket"]))
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
TRUST = document(says("Allow", "sts:AssumeRole", None, Principal={"AWS": ROOT}))
BUCKET = "arn:aws:s3:::books"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"


def house():
    """alice reads by her group, bob may everything within a boundary, carol nothing; admin is a role that alice may assume."""
    return dump(
        users=[
            user("alice", document(says("Allow", "sts:AssumeRole", arn("role", "admin"))), groups=["readers"]),
            user("bob", ALL, boundary=arn("policy", "Bound"), tags={"team": "red"}), user("carol")],
        groups=[group("readers", attached=[arn("policy", "Read")])],
        roles=[role("admin", TRUST, ALL), role("closed", document(says(
            "Allow", "sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"})))],
        policies=[managed("Read", ALL, READ), managed("Bound", document(says("Allow", "s3:*")))])


@pytest.fixture
def desk(tmp_path):
    """A folder with the dump of the house."""
    desk = Desk(tmp_path)
    desk.file("dump.json", house())
    return desk


DUMP = ("--account-dump", "dump.json")


def test_policies_of_users_groups_and_roles_count_in_their_default_version(desk):
    assert desk.decision("alice", "s3:GetObject", OBJECT, *DUMP) == ("allowed", "identity")
    assert desk.decision("alice", "s3:PutObject", OBJECT, *DUMP) == ("implicitDeny", "identity")
    assert desk.decision("carol", "s3:GetObject", OBJECT, *DUMP) == ("implicitDeny", "identity")
    for name in ("admin", "role/admin", arn("role", "admin"), f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/one"):
        assert desk.decision(name, "s3:PutObject", OBJECT, *DUMP)[0] == "allowed"
    assert desk.decision("bob", "s3:PutObject", OBJECT, *DUMP)[0] == "allowed"
    assert desk.decision("bob", "dynamodb:GetItem", TABLE, *DUMP) == ("implicitDeny", "boundary")


def test_documents_may_be_percent_encoded(desk):
    desk.file("api.json", encoded(house()))
    assert "%22Statement%22" in (desk.folder / "api.json").read_text()
    for words in (("alice", "s3:GetObject", OBJECT), ("alice", "s3:PutObject", OBJECT), ("bob", "dynamodb:GetItem", TABLE),
                  ("alice", "sts:AssumeRole", arn("role", "admin")), ("alice", "sts:AssumeRole", arn("role", "closed"))):
        assert desk.verdict(*words, "--account-dump", "api.json") == desk.verdict(*words, *DUMP)


def test_pages_add_up(desk):
    whole = house()
    desk.file("1.json", {"UserDetailList": whole["UserDetailList"], "IsTruncated": True, "Marker": "m"})
    desk.file("2.json", {**whole, "UserDetailList": [], "IsTruncated": False})
    pages = ("--account-dump", "1.json", "--account-dump=2.json")
    assert desk.decision("alice", "s3:GetObject", OBJECT, *pages) == ("allowed", "identity")
    # Who is missing would seem to have no rights.
    alone = desk.simulate("can", "bob", "s3:GetObject", OBJECT, "--account-dump", "1.json")
    assert alone.returncode == 2 and "says that there are more" in alone.stderr


def test_policies_published_by_aws_are_known(desk):
    desk.file("dump.json", dump(users=[user("eve", attached=["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])]))
    assert desk.decision("eve", "s3:GetObject", OBJECT, *DUMP)[0] == "allowed"
    assert desk.decision("eve", "s3:PutObject", OBJECT, *DUMP)[0] == "implicitDeny"


def test_a_denial_at_one_level_of_the_organization_is_final_and_named(desk):
    desk.file("deny.json", document(says("Deny", "s3:*", Sid="NoBuckets")))
    scp = ("--scp", "root=all.json", "--scp", "ou=deny.json")
    desk.file("all.json", ALL)
    found = desk.verdict("alice", "s3:GetObject", OBJECT, *DUMP, *scp)
    assert (found["decision"], found["layer"]) == ("explicitDeny", "scp")
    assert found["reason"] == "scp at ou: deny.json, statement 1 (Sid NoBuckets)"
    # A level of denies alone stands beside FullAWSAccess.
    assert desk.decision("admin", "dynamodb:GetItem", TABLE, *DUMP, *scp)[0] == "allowed"
    assert desk.decision("alice", "s3:GetObject", OBJECT, *DUMP, *scp, "--ignore", "scp")[0] == "allowed"
    assert desk.decision("alice", "s3:GetObject", OBJECT, *DUMP, *scp, "--management-account", ACCOUNT)[0] == "allowed"


def test_each_level_of_the_organization_must_allow(desk):
    desk.file("all.json", ALL)
    desk.file("tables.json", document(says("Allow", "dynamodb:*")))
    scp = ("--scp", "root=all.json", "--scp", "ou=tables.json", "--scp", "account=all.json")
    found = desk.verdict("alice", "s3:GetObject", OBJECT, *DUMP, *scp)
    assert (found["decision"], found["layer"]) == ("implicitDeny", "scp")
    assert "root → ou → account" in found["reason"]
    assert desk.decision("admin", "dynamodb:GetItem", TABLE, *DUMP, *scp)[0] == "allowed"
    # Policies of one level are a union.
    assert desk.decision("alice", "s3:GetObject", OBJECT, *DUMP, *scp, "--scp", "ou=all.json")[0] == "allowed"


def test_folders_of_a_folder_are_levels(desk):
    desk.file("org/1-root/full.json", ALL)
    desk.file("org/2-ou/deny.json", document(says("Deny", "s3:GetObject")))
    found = desk.verdict("alice", "s3:GetObject", OBJECT, *DUMP, "--scp", "org")
    assert found["reason"] == "scp at 2-ou: org/2-ou/deny.json, statement 1"


def test_a_folder_without_levels_is_refused(desk):
    desk.file("flat/deny.json", document(says("Deny", "s3:GetObject")))
    desk.file("mixed/1-root/full.json", ALL)
    desk.file("mixed/deny.json", document(says("Deny", "s3:GetObject")))
    (desk.folder / "empty").mkdir()
    for folder in ("flat", "mixed", "empty"):
        assert folder in desk.refusal("simulate", "can", "alice", "s3:GetObject", OBJECT, *DUMP, "--scp", folder)


def test_a_resource_control_policy_binds_everyone(desk):
    desk.file("rcp.json", document(says("Deny", "s3:*", Principal="*", Condition={
        "StringNotEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}})))
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", Principal="*")))
    words = (*DUMP, "--rcp", "root=rcp.json", "--resource-policy", BUCKET + "=bucket.json")
    assert desk.decision("alice", "s3:GetObject", OBJECT, *words)[0] == "allowed"
    stranger = f"arn:aws:iam::{OTHER}:root"
    found = desk.verdict(stranger, "s3:GetObject", OBJECT, *words)
    assert (found["decision"], found["reason"]) == ("explicitDeny", "rcp at root: rcp.json, statement 1")
    assert desk.decision(stranger, "s3:GetObject", OBJECT, *words, "--ignore", "rcp")[0] == "allowed"


def test_across_accounts_both_sides_must_allow(desk):
    visitor = user("visitor", document(says("Allow", "s3:GetObject")), account=OTHER)
    desk.file("dump.json", dump(users=[visitor, user("idle", account=OTHER)]))
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})))
    owned = (*DUMP, "--resource-account", ACCOUNT)
    policy = ("--resource-policy", BUCKET + "=bucket.json")
    assert desk.decision("visitor", "s3:GetObject", OBJECT, *owned) == ("implicitDeny", "resource")
    assert desk.decision("visitor", "s3:GetObject", OBJECT, *owned, *policy)[0] == "allowed"
    assert desk.decision("idle", "s3:GetObject", OBJECT, *owned, *policy) == ("implicitDeny", "identity")
    assert desk.decision("visitor", "s3:PutObject", OBJECT, *owned, *policy)[0] == "implicitDeny"
    # Of the bucket's own account either side is enough.
    desk.file("own.json", document(says("Allow", "s3:GetObject", BUCKET + "/*", Principal={"AWS": arn("user", "idle", OTHER)})))
    words = ("--resource-account", OTHER, "--resource-policy", BUCKET + "=own.json")
    assert desk.decision("idle", "s3:GetObject", OBJECT, *DUMP, *words) == ("allowed", "resource")
    assert desk.decision("idle", "s3:GetObject", "arn:aws:s3:::others/1", *DUMP, *words)[0] == "implicitDeny"


def test_a_role_is_assumed_only_as_its_trust_policy_says(desk):
    assert desk.decision("alice", "sts:AssumeRole", arn("role", "admin"), *DUMP)[0] == "allowed"
    assert desk.decision("carol", "sts:AssumeRole", arn("role", "admin"), *DUMP)[0] == "implicitDeny"
    assert desk.decision("admin", "sts:AssumeRole", arn("role", "closed"), *DUMP)[0] == "implicitDeny"
    assert desk.decision("ec2.amazonaws.com", "sts:AssumeRole", arn("role", "closed"), *DUMP)[0] == "allowed"
    desk.file("trust.json", document(says("Allow", "sts:AssumeRole", None, Principal={"AWS": arn("user", "carol")})))
    given = ("--resource-policy", arn("role", "closed") + "=trust.json")
    assert desk.decision("carol", "sts:AssumeRole", arn("role", "closed"), *DUMP, *given)[0] == "allowed"


def test_a_key_is_used_only_as_its_key_policy_says(desk):
    desk.file("closed.json", document(says("Allow", "kms:*", Principal={"AWS": arn("user", "carol")})))
    desk.file("open.json", document(says("Allow", "kms:*", Principal={"AWS": ROOT})))
    closed, delegated = (("--resource-policy", f"{KEY}={name}.json") for name in ("closed", "open"))
    assert desk.decision("admin", "kms:Decrypt", KEY, *DUMP, *closed)[0] == "implicitDeny"
    assert desk.decision("carol", "kms:Decrypt", KEY, *DUMP, *closed) == ("allowed", "resource")
    assert desk.decision("admin", "kms:Decrypt", KEY, *DUMP, *delegated)[0] == "allowed"
    assert desk.decision("carol", "kms:Decrypt", KEY, *DUMP, *delegated)[0] == "implicitDeny"


def test_session_policies_and_boundaries_only_take_away(desk):
    desk.file("read.json", READ)
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/one"
    assert desk.decision(session, "s3:GetObject", OBJECT, *DUMP, "--session-policy", "read.json")[0] == "allowed"
    assert desk.decision(session, "s3:PutObject", OBJECT, *DUMP, "--session-policy", "read.json") == ("implicitDeny", "session")
    assert desk.decision("carol", "s3:GetObject", OBJECT, *DUMP, "--session-policy", "read.json")[0] == "implicitDeny"
    assert desk.decision("admin", "s3:PutObject", OBJECT, *DUMP, "--boundary", "read.json") == ("implicitDeny", "boundary")
    # In place of the dump's boundary.
    assert desk.decision("bob", "s3:PutObject", OBJECT, *DUMP, "--boundary", "read.json") == ("implicitDeny", "boundary")
    assert desk.decision("bob", "dynamodb:GetItem", TABLE, *DUMP, "--ignore", "boundary")[0] == "allowed"
    assert desk.decision("carol", "s3:GetObject", OBJECT, *DUMP, "--boundary", "read.json")[0] == "implicitDeny"


def test_a_policy_without_a_dump_is_the_whole_of_what_somebody_may(desk):
    desk.file("read.json", READ)
    assert desk.decision(arn("user", "any"), "s3:GetObject", OBJECT, "--policy", "read.json")[0] == "allowed"
    assert desk.decision(arn("user", "any"), "s3:PutObject", OBJECT, "--policy", "read.json")[0] == "implicitDeny"
    assert desk.decision("anonymous", "s3:GetObject", OBJECT)[0] == "implicitDeny"


@pytest.mark.parametrize("condition, context, decision", [
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ["aws:SourceIp=203.0.113.9"], "allowed"),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, ["aws:SourceIp=198.51.100.1"], "implicitDeny"),
    ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, [], "implicitDeny"),
    ({"StringEquals": {"aws:UserAgent": "a,b"}}, ["aws:UserAgent=a,b"], "allowed"),
    ({"StringEquals": {"s3:prefix": "a=b"}}, ["s3:prefix=a=b"], "allowed"),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, ["aws:TagKeys=a,b"], "allowed"),
    ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, ["aws:TagKeys=a,c"], "implicitDeny"),
    ({"ForAnyValue:StringEquals": {"aws:TagKeys": "b"}}, ["aws:TagKeys=a,b"], "allowed"),
    ({"Bool": {"aws:SecureTransport": "true"}}, [], "allowed"),
    ({"Bool": {"aws:SecureTransport": "true"}}, ["aws:SecureTransport=false"], "implicitDeny"),
    ({"StringEquals": {"aws:username": "carol"}}, [], "allowed"),
    ({"StringEquals": {"aws:username": "carol"}}, ["aws:username=other"], "implicitDeny"),
])
def test_context_keys_decide_as_given(desk, condition, context, decision):
    desk.file("own.json", document(says("Allow", "s3:GetObject", Condition=condition)))
    given = [word for text in context for word in ("--context", text)]
    assert desk.decision("carol", "s3:GetObject", OBJECT, *DUMP, "--policy", "own.json", *given)[0] == decision


def test_tags_of_the_dump_are_keys_and_variables(desk):
    desk.file("own.json", document(says("Allow", "sqs:SendMessage", "arn:aws:sqs:*:*:${aws:PrincipalTag/team}-*")))
    desk.file("dump.json", dump(users=[user("bob", tags={"team": "red"})]))
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
    assert desk.decision("bob", "sqs:SendMessage", queue + "red-1", *DUMP, "--policy", "own.json")[0] == "allowed"
    assert desk.decision("bob", "sqs:SendMessage", queue + "blue-1", *DUMP, "--policy", "own.json")[0] == "implicitDeny"


def test_several_resources_have_a_verdict_each_and_one_denial_is_the_status(desk):
    words = ("admin", "s3:GetObject", OBJECT, "arn:aws:s3:::books/2", *DUMP)
    assert desk.simulate("can", *words).returncode == ALLOWED
    desk.file("deny.json", document(says("Deny", "s3:GetObject", OBJECT)))
    mixed = desk.simulate("can", *words, "--scp", "deny.json")
    assert mixed.returncode == DENIED
    assert [line.split()[:2] for line in mixed.stdout.splitlines()] == [
        ["explicitDeny", OBJECT], ["allowed", "arn:aws:s3:::books/2"]]
    answer = json.loads(desk.simulate("can", *words, "--scp", "deny.json", "--json").stdout)
    assert set(answer) == {"principal", "action", "allowed", "verdicts"}
    assert (answer["principal"], answer["action"], answer["allowed"]) == (arn("role", "admin"), "s3:GetObject", False)
    assert [(v["resource"], v["decision"], v["certainty"]) for v in answer["verdicts"]] == [
        (OBJECT, "explicitDeny", "denied"), ("arn:aws:s3:::books/2", "allowed", "allowed")]
    for verdict in answer["verdicts"]:
        assert set(verdict) == {"resource", "decision", "layer", "reason", "certainty", "dependsOn"}


def test_what_a_verdict_depends_on_is_told(desk):
    desk.file("own.json", document(says("Allow", "s3:GetObject", Condition={"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}})))
    words = ("carol", "s3:GetObject", OBJECT, *DUMP, "--policy", "own.json")
    found = desk.verdict(*words)
    assert (found["decision"], found["certainty"]) == ("implicitDeny", "depends")
    assert found["dependsOn"] == ["if StringEquals aws:SourceVpc vpc-1 or vpc-2  (own.json, statement 1)"]
    assert desk.verdict(*words, "--absent", "aws:SourceVpc")["certainty"] == "denied"
    assert desk.verdict(*words, "--context", "aws:SourceVpc=vpc-2")["certainty"] == "allowed"
