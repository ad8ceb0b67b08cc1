"""Defends `gatehouse simulate test FILE`: cases with expected verdicts pass, fail and are refused as written."""

import json

import pytest

from estate import DONE, FAILED, OBJECT, Desk, arn, document, dump, says, user

DUMP = ("--account-dump", "dump.json")


@pytest.fixture
def desk(tmp_path):
    """alice reads one bucket from the office and never writes."""
    desk = Desk(tmp_path)
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    desk.file("dump.json", dump(users=[user("alice", document(
        says("Allow", "s3:GetObject", "arn:aws:s3:::books/*", Condition=office), says("Deny", "s3:PutObject")))]))
    return desk


def case(action, expect, **more):
    return {"principal": "alice", "action": action, "resource": OBJECT, "expect": expect, **more}


def run(desk, *cases):
    desk.file("cases.json", {"cases": list(cases)})
    done = desk.simulate("test", "cases.json", *DUMP, "--json")
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


INSIDE = {"aws:SourceIp": "203.0.113.7"}
GOOD = [
    case("s3:GetObject", "allowed", context=INSIDE), case("s3:GetObject", "denied"), case("s3:GetObject", "implicitDeny"),
    case("s3:PutObject", "denied", context=INSIDE), case("s3:PutObject", "explicitDeny", by="identity")]


def test_cases_that_hold_pass(desk):
    assert run(desk, *GOOD) == (DONE, {"cases": 5, "failures": []})
    done = desk.simulate("test", "cases.json", *DUMP)
    assert done.stdout == "5 cases, 0 failed\n"


@pytest.mark.parametrize("wrong, got", [
    (case("s3:GetObject", "allowed"), "implicitDeny"), (case("s3:GetObject", "denied", context=INSIDE), "allowed"),
    (case("s3:PutObject", "implicitDeny"), "explicitDeny"), (case("s3:GetObject", "explicitDeny"), "implicitDeny"),
    (case("s3:PutObject", "explicitDeny", by="scp"), "explicitDeny")])
def test_a_case_that_does_not_hold_fails_and_is_named(desk, wrong, got):
    status, report = run(desk, *GOOD, {**wrong, "name": "the wrong one"})
    assert (status, report["cases"]) == (FAILED, 6)
    [failure] = report["failures"]
    assert (failure["name"], failure["expected"]) == ("the wrong one", wrong["expect"])
    assert failure["got"].startswith(got + ", ")
    lines = desk.simulate("test", "cases.json", *DUMP).stdout.splitlines()
    assert lines[0].startswith(f"FAILED  the wrong one: expected {wrong['expect']}, got {got}, ")
    assert lines[1:] == ["6 cases, 1 failed"]


def test_a_case_without_a_name_is_told_by_its_question(desk):
    _, report = run(desk, case("s3:GetObject", "allowed"))
    assert report["failures"][0]["name"] == f"alice s3:GetObject {OBJECT}"


def test_context_of_a_case_counts_for_it_alone_and_over_the_command_line(desk):
    desk.file("cases.json", {"cases": [
        case("s3:GetObject", "allowed"), case("s3:GetObject", "denied", context={"aws:SourceIp": "198.51.100.1"}),
        case("s3:GetObject", "allowed")]})
    assert desk.simulate("test", "cases.json", *DUMP, "--context", "aws:SourceIp=203.0.113.7").returncode == DONE


def test_lists_are_multivalued_keys(desk):
    desk.file("tags.json", document(says("Allow", "iam:TagUser", Condition={
        "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}, "Null": {"aws:TagKeys": "false"}})))
    desk.file("cases.json", {"cases": [
        case("iam:TagUser", "allowed", resource=arn("user", "x"), context={"aws:TagKeys": ["a", "b"]}),
        case("iam:TagUser", "allowed", resource=arn("user", "x"), context={"aws:TagKeys": "a"}),
        case("iam:TagUser", "denied", resource=arn("user", "x"), context={"aws:TagKeys": ["a", "c"]})]})
    done = desk.simulate("test", "cases.json", *DUMP, "--policy", "tags.json")
    assert done.stdout == "3 cases, 0 failed\n"


@pytest.mark.parametrize("content, told", [
    ({"cases": [{"principal": "alice", "action": "s3:GetObject"}]}, "case 1"),
    ({"cases": [case("s3:GetObject", "allow")]}, "case 1"),
    ({"cases": [case("s3:GetObject", "allowed", colour="red")]}, "colour"),
    ({"cases": [case("s3:GetObject", "denied", principal="nobody")]}, "nobody"),
    ({"cases": [case("s3:GetObject", "denied", by="magic")]}, "magic"),
    ({"cases": [case("GetObject", "denied")]}, "GetObject"),
    ({"cases": [case("s3:Get*", "denied")]}, "s3:Get*"),
    ({"cases": [], "case": []}, "case"), ({"cases": {}}, "cases.json"), ({}, "cases.json"), ({"cases": []}, "cases.json"),
    ("[", "cases.json"), ("", "cases.json"), (b"\xff\x00", "cases.json")])
def test_a_file_that_checks_nothing_is_refused(desk, content, told):
    """Where a case could never fail, or never run, the file is wrong: a pipeline would be green for ever."""
    desk.file("cases.json", content)
    assert told in desk.refusal("simulate", "test", "cases.json", *DUMP)


def test_the_file_must_be_there_and_one(desk):
    assert "missing.json" in desk.refusal("simulate", "test", "missing.json", *DUMP)
    assert "one file" in desk.refusal("simulate", "test", *DUMP)
    assert "one file" in desk.refusal("simulate", "test", "a.json", "b.json", *DUMP)
