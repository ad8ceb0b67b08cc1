"""Defends that a wrong command line or file of `gatehouse simulate` is told and never crashes: exit 2, and what to do."""

import json

import pytest

from estate import DONE, OBJECT, OTHER, Desk, arn, document, dump, role, says, user

DUMP = ("--account-dump", "dump.json")
CAN = ("can", "alice", "s3:GetObject", OBJECT)
POLICY = document(says("Allow", "s3:GetObject"))
BROKEN = {
    "empty.json": "", "cut.json": json.dumps(POLICY)[:-1], "bytes.json": bytes(range(256)), "list.json": "[]",
    "word.json": '"policy"', "more.json": json.dumps(POLICY) + "x", "twice.json": '{"Version":"2012-10-17","Version":"2012-10-17"}',
    "none.json": "{}", "effect.json": '{"Version":"2012-10-17","Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}}'}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.file("dump.json", dump(users=[user("alice", POLICY)]))
    desk.file("good.json", POLICY)
    return desk


def test_help_tells_options_and_exit_codes(desk):
    for words in ((), ("--help",), ("can", "--help"), ("diff", "-h")):
        done = desk.simulate(*words)
        assert done.returncode == DONE and "Exit status: 0" in done.stdout and "--account-dump" in done.stdout
    assert "simulate" in desk.run("--help").stdout


@pytest.mark.parametrize("words, told", [
    (["may", "alice"], "may"), (["can"], "principal"), (["can", "alice"], "principal"), (["can", "alice", "s3:GetObject"], "principal"),
    (["can", "alice", "GetObject", OBJECT], "GetObject"), (["can", "alice", "s3:*", OBJECT], "s3:*"),
    (["who-can", "s3:GetObject"], "who-can"), (["what-can"], "what-can"), (["what-can", "alice", "bob"], "what-can"),
    ([*CAN, "--colour", "red"], "--colour"), ([*CAN, "--json=yes"], "--json=yes"), ([*CAN, "--scp"], "--scp"),
    ([*CAN, "--boundary", "good.json", "--boundary", "good.json"], "--boundary"), ([*CAN, "--context", "aws:username"], "KEY=VALUE"),
    ([*CAN, "--context", "=x"], "KEY=VALUE"), ([*CAN, "--ignore", "identity"], "--ignore"), ([*CAN, "--ignore", "magic"], "--ignore"),
    ([*CAN, "--management-account", "12"], "--management-account"), ([*CAN, "--resource-account", "a" * 12], "--resource-account"),
    ([*CAN, "--resource-policy", "good.json"], "NAME=FILE"), ([*CAN, "--resource-policy", "=good.json"], "NAME=FILE")])
def test_a_wrong_command_line_points_to_the_help(desk, words, told):
    message = desk.refusal("simulate", *words, *DUMP)
    assert told in message and "See: gatehouse simulate --help" in message


@pytest.mark.parametrize("words", [
    [*CAN, "--fail-on", "any"], [*CAN, "--replace", "own=good.json"], [*CAN, "--resource", OBJECT],
    ["who-can", "s3:GetObject", OBJECT, "--resource", OBJECT], ["what-can", "alice", "--fail-on", "any"]])
def test_an_option_of_another_question_is_not_passed_over(desk, words):
    assert words[-2] in desk.refusal("simulate", *words, *DUMP)


def test_one_resource_has_one_policy(desk):
    """The second of two would be passed over."""
    desk.file("bucket.json", document(says("Allow", "s3:GetObject", Principal="*")))
    twice = ["--resource-policy", "arn:aws:s3:::books=bucket.json"] * 2
    assert "arn:aws:s3:::books" in desk.refusal("simulate", *CAN, *DUMP, *twice)


@pytest.mark.parametrize("name, told", [
    ("nobody", "'nobody' is neither in the dump nor an ARN"), ("group/readers", "group/readers"), ("", "''"),
    ("arn:aws:s3:::books", "arn:aws:s3:::books"), (arn("group", "readers"), "group/readers"), ("arn:aws:iam::12:user/x", "arn:aws:iam::12"),
    ("arn:aws:sts::111122223333:assumed-role/admin", "assumed-role/admin")])
def test_a_principal_that_cannot_be_asked_about_is_named(desk, name, told):
    assert told in desk.refusal("simulate", "can", name, "s3:GetObject", OBJECT, *DUMP)
    assert told in desk.refusal("simulate", "what-can", name, *DUMP)


def test_a_name_of_several_asks_for_the_arn(desk):
    trust = document(says("Allow", "sts:AssumeRole", None, Principal={"Service": "ec2.amazonaws.com"}))
    desk.file("dump.json", dump(users=[user("alice", POLICY), user("alice", account=OTHER)], roles=[role("job", trust)]))
    message = desk.refusal("simulate", *CAN, *DUMP)
    assert arn("user", "alice") in message and arn("user", "alice", OTHER) in message and "give the ARN" in message
    assert desk.decision(arn("user", "alice"), "s3:GetObject", OBJECT, *DUMP)[0] == "allowed"


@pytest.mark.parametrize("option", [
    "--account-dump=", "--policy=", "--boundary=", "--session-policy=", "--scp=ou=", "--rcp=ou=", "--resource-policy=arn:aws:s3:::books="])
def test_files_that_are_missing_or_garbage_are_named(desk, option):
    """A text that cannot be read is no policy that denies everything: the denial would look like an answer."""
    for name, content in {**BROKEN, "missing.json": None}.items():
        if content is not None:
            desk.file(name, content)
        assert name in desk.refusal("simulate", *CAN, *(DUMP if "dump" not in option else ()), option + name)
    (desk.folder / "folder").mkdir()
    assert "folder" in desk.refusal("simulate", *CAN, *(DUMP if "dump" not in option else ()), option + "folder")


@pytest.mark.parametrize("page", [
    {"UserDetailList": [{}]}, {"UserDetailList": [{"Arn": "x", "UserName": "alice"}]}, {"UserDetailList": [1]}, {"UserDetailList": {}},
    {"UserDetailList": [{**user("alice"), "UserPolicyList": [{"PolicyName": "own"}]}]}, {"Policies": [{}]},
    {"UserDetailList": [{**user("alice"), "AttachedManagedPolicies": [{}]}]}, {"UserDetailList": [{**user("alice"), "Tags": [{}]}]},
    {"UserDetailList": [{**user("alice"), "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": "%7"}]}]},
    {"RoleDetailList": [{**user("alice"), "AssumeRolePolicyDocument": "%zz"}]}, {"UserDetailList": None}, "[" * 100_000,
    '{"UserDetailList":' * 100_000, "\ufeff{}"], ids=lambda page: str(page)[:40])
def test_a_strange_dump_never_lets_in_and_never_crashes(desk, page):
    desk.file("dump.json", page)
    for words in (CAN, ("who-can", "s3:GetObject", OBJECT), ("what-can", "alice"), ("diff", "--replace", "own=good.json")):
        done = desk.simulate(*words, *DUMP)
        assert done.returncode != 0 or words[0] != "can", done.stdout
        assert done.stderr.startswith("gatehouse: ") or not done.stderr
