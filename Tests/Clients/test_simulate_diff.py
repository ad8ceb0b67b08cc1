"""Defends `gatehouse simulate diff` as a gate of pipelines: exit 4 when somebody can do more or less, and only then."""

import json

import pytest

from estate import ACCOUNT, CHANGED, DONE, TABLE, Desk, arn, document, dump, group, managed, role, says, user

DUMP = ("--account-dump", "dump.json")
TRUST = document(says("Allow", "sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"}))
OLD = document(says("Allow", ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::books/*"))
LESS = document(says("Allow", "s3:GetObject", "arn:aws:s3:::books/*"))
MORE = document(says("Allow", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::books/*"))
OTHER = document(says("Allow", ["s3:GetObject", "s3:DeleteObject"], "arn:aws:s3:::books/*"))
SAME = {"Version": "2012-10-17", "Statement": [
    says("Allow", "s3:PutObject", "arn:aws:s3:::books/*"), says("Allow", "s3:GetObject", ["arn:aws:s3:::books/*"])]}


@pytest.fixture
def desk(tmp_path):
    """alice is in a group of the policy Books, bob has an inline policy, job has Books as its boundary."""
    desk = Desk(tmp_path)
    desk.file("dump.json", dump(
        users=[user("alice", groups=["readers"]), user("bob", document(says("Allow", "dynamodb:GetItem", TABLE)))],
        groups=[group("readers", attached=[arn("policy", "Books")])], roles=[role("job", TRUST)],
        policies=[managed("Books", OLD)]))
    return desk


def diff(desk, *words):
    """The exit status, and who can what more (+) or less (-)."""
    done = desk.simulate("diff", *DUMP, *words, "--json")
    assert not done.stderr, done.stderr
    changes = json.loads(done.stdout)["changes"]
    signs = {"widen": "+", "narrow": "-", "either": "~"}
    return done.returncode, {
        f"{signs[item['direction']]} {item['principal'].split('/')[-1]} {item['action']}" for item in changes}


@pytest.mark.parametrize("text, widen, narrow, changes", [
    (SAME, DONE, DONE, set()),
    (MORE, CHANGED, DONE, {"+ alice s3:DeleteObject"}),
    (LESS, DONE, CHANGED, {"- alice s3:PutObject"}),
    (OTHER, CHANGED, CHANGED, {"+ alice s3:DeleteObject", "- alice s3:PutObject"})],
    ids=["same", "more", "less", "other"])
def test_the_gate_closes_on_what_it_is_told_to(desk, text, widen, narrow, changes):
    desk.file("new.json", text)
    replace = ("--replace", "Books=new.json")
    assert diff(desk, *replace) == (DONE, changes)
    assert diff(desk, *replace, "--fail-on", "widen") == (widen, changes)
    assert diff(desk, *replace, "--fail-on=narrow") == (narrow, changes)
    assert diff(desk, *replace, "--fail-on", "any") == (CHANGED if changes else DONE, changes)


def test_the_report_names_who_what_and_where(desk):
    desk.file("new.json", MORE)
    done = desk.simulate("diff", *DUMP, "--replace", arn("policy", "Books") + "=new.json")
    assert done.stdout.splitlines() == [
        arn("user", "alice"), "  + s3:DeleteObject  [Write]  arn:aws:s3:::books/*  denied → allowed", "1 wider, 0 narrower"]
    [change] = json.loads(desk.simulate("diff", *DUMP, "--replace", "Books=new.json", "--json").stdout)["changes"]
    assert change == {
        "principal": arn("user", "alice"), "action": "s3:DeleteObject", "level": "Write", "resource": "arn:aws:s3:::books/*",
        "before": "denied", "after": "allowed", "direction": "widen"}


def test_inline_policies_by_name(desk):
    desk.file("new.json", document(says("Allow", ["dynamodb:GetItem", "dynamodb:Query"], TABLE)))
    for name in ("own", "user/bob/own"):
        assert diff(desk, "--replace", name + "=new.json", "--fail-on", "widen") == (CHANGED, {"+ bob dynamodb:Query"})


def test_a_policy_of_aws_by_arn(desk):
    reader = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    desk.file("dump.json", dump(users=[user("eve", attached=[reader])]))
    desk.file("new.json", document(says("Allow", "s3:PutObject")))
    status, changes = diff(desk, "--replace", reader + "=new.json", "--fail-on", "widen")
    assert status == CHANGED and "+ eve s3:PutObject" in changes and "- eve s3:GetObject" in changes


def test_boundaries_and_service_control_policies(desk):
    every = document(says("Allow", ["s3:GetObject", "sqs:SendMessage"]))
    desk.file("dump.json", dump(users=[user("bob", every, boundary=arn("policy", "Bound"))],
                                policies=[managed("Bound", document(says("Allow", "s3:*")))]))
    desk.file("new.json", document(says("Allow", "*")))
    assert diff(desk, "--replace", "Bound=new.json", "--fail-on", "widen") == (CHANGED, {"+ bob sqs:SendMessage"})
    desk.file("scp.json", document(says("Deny", "sqs:*")))
    desk.file("new-scp.json", document(says("Deny", "s3:*")))
    words = ("--scp", "ou=scp.json", "--replace", "scp.json=new-scp.json")
    assert diff(desk, *words, "--fail-on", "narrow") == (CHANGED, {"- bob s3:GetObject"})


def test_a_new_condition_narrows_and_a_lost_one_widens(desk):
    office = document(says("Allow", ["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::books/*",
                           Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    desk.file("new.json", office)
    changes = {"alice s3:GetObject", "alice s3:PutObject"}
    assert diff(desk, "--replace", "Books=new.json", "--fail-on", "narrow") == (CHANGED, {"- " + c for c in changes})
    desk.file("dump.json", dump(users=[user("alice", attached=[arn("policy", "Books")])], policies=[managed("Books", office)]))
    desk.file("new.json", OLD)
    assert diff(desk, "--replace", "Books=new.json", "--fail-on", "widen") == (CHANGED, {"+ " + c for c in changes})


def test_another_condition_is_no_silence(desk):
    """Which of two conditions lets more through is not decided; the gate must not call them the same."""
    def reader(*networks):
        return document(says("Allow", "s3:GetObject", "arn:aws:s3:::books/*", Condition={"IpAddress": {"aws:SourceIp": list(networks)}}))
    desk.file("dump.json", dump(users=[user("alice", reader("203.0.113.0/24"))]))
    desk.file("new.json", reader("203.0.113.0/24", "0.0.0.0/0"))
    for gate in ("any", "widen", "narrow"):
        assert diff(desk, "--replace", "own=new.json", "--fail-on", gate) == (CHANGED, {"~ alice s3:GetObject"})
    desk.file("same.json", document(says("Allow", "s3:GetObject", ["arn:aws:s3:::books/*"], Condition={
        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}})))
    assert diff(desk, "--replace", "own=same.json", "--fail-on", "any") == (DONE, set())


def test_a_lost_condition_is_seen_under_an_organizations_own(desk):
    """Where a condition of an SCP leaves everything open, what changes beneath it must not hide."""
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    desk.file("dump.json", dump(users=[user("alice", document(says("Allow", "s3:GetObject", Condition=office)))]))
    desk.file("new.json", document(says("Allow", "s3:GetObject")))
    desk.file("region.json", document(says("Deny", "*", Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})))
    words = ("--scp", "root=region.json", "--replace", "own=new.json", "--fail-on", "widen")
    assert diff(desk, *words)[0] == CHANGED


def test_a_narrow_denial_within_a_wide_permission_is_seen(desk):
    wide = document(says("Allow", "s3:*"))
    desk.file("dump.json", dump(users=[user("bob", wide)]))
    desk.file("new.json", document(says("Allow", "s3:*"), says("Deny", "s3:GetObject", "arn:aws:s3:::secret/*")))
    assert diff(desk, "--replace", "own=new.json", "--fail-on", "narrow") == (CHANGED, {"- bob s3:GetObject"})


def test_several_replacements_are_one_change(desk):
    desk.file("less.json", LESS)
    desk.file("more.json", document(says("Allow", ["dynamodb:GetItem", "dynamodb:Query"], TABLE)))
    status, changes = diff(desk, "--replace", "Books=less.json", "--replace", "own=more.json", "--fail-on", "any")
    assert (status, changes) == (CHANGED, {"- alice s3:PutObject", "+ bob dynamodb:Query"})


def test_what_cannot_be_compared_is_refused(desk):
    desk.file("new.json", MORE)
    desk.file("broken.json", '{"Version": "2012-10-17", "Statement": [')
    desk.file("list.json", [])
    for words, told in (
            ([], "--replace"), (["--replace", "Books"], "NAME=FILE"), (["--replace", "Nobody=new.json"], "Nobody"),
            (["--replace", "Books=missing.json"], "missing.json"), (["--replace", "Books=broken.json"], "broken.json"),
            (["--replace", "Books=list.json"], "list.json"), (["--replace", "Books=new.json", "--fail-on", "wider"], "fail-on"),
            (["Books", "--replace", "Books=new.json"], "diff")):
        assert told in desk.refusal("simulate", "diff", *DUMP, *words)
