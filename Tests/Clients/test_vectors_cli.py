"""Defends `gatehouse vectors`: agreement is silence and 0; a wrong expectation and a line not understood are told, and 1."""

import json
import pathlib

import pytest

from estate import DONE, FAILED, Desk
from vectors_files import READ, decision, written

OURS = pathlib.Path(__file__).parents[1] / "AuthorizationTests/Vectors"
GOOD = [decision("yes", "s3:GetObject", "allowed"), decision("no", "s3:PutObject", "implicitDeny", by="identity"),
        written("stored", json.dumps(READ), True),
        written("refused", "no JSON", False, code="MalformedPolicyDocument", message="Syntax errors in policy.")]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.file("good.jsonl", lines(*GOOD))
    return desk


def lines(*vectors):
    return "".join((vector if isinstance(vector, str) else json.dumps(vector)) + "\n" for vector in vectors)


def report(desk, *vectors, options=()):
    """The status and the JSON report on a file of these lines, after a good file."""
    desk.file("v.jsonl", lines(*vectors))
    done = desk.run("vectors", "good.jsonl", "v.jsonl", "--json", *options)
    assert not done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) == {"vectors", "agree", "disagree", "notUnderstood", "findings"}
    assert answer["vectors"] == len(GOOD) + len(vectors)
    assert all(finding["file"] == "v.jsonl" for finding in answer["findings"])
    return done.returncode, answer


def test_agreement_is_one_line_and_zero(desk):
    done = desk.run("vectors", "good.jsonl")
    assert (done.returncode, done.stdout) == (DONE, "4 vectors in 1 file: 4 agree, 0 disagree, 0 not wholly understood\n")
    assert report(desk, *GOOD)[1] == {"vectors": 8, "agree": 8, "disagree": 0, "notUnderstood": 0, "findings": []}


def test_the_projects_own_vectors_agree(desk):
    files = sorted(OURS.glob("*.jsonl"))
    done = desk.run("vectors", "--json", *map(str, files))
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["findings"]) == (DONE, []) and answer["agree"] == answer["vectors"] > 2000


def test_a_wrong_expectation_is_told_with_its_place(desk):
    wrong = decision("wrong", "s3:GetObject", "explicitDeny")
    status, answer = report(desk, *GOOD, wrong)
    assert (status, answer["agree"], answer["disagree"]) == (FAILED, 8, 1)
    assert answer["findings"] == [{
        "file": "v.jsonl", "line": 5, "id": "wrong", "rule": "the rule of wrong", "expected": "explicitDeny", "got": "allowed",
        "reason": "identity 1, statement 1 (Sid Read)"}]
    done = desk.run("vectors", "v.jsonl")
    assert done.returncode == FAILED and done.stdout.splitlines() == [
        "v.jsonl:5: wrong: the rule of wrong", "    expected explicitDeny", "    got      allowed (identity 1, statement 1 (Sid Read))",
        "5 vectors in 1 file: 4 agree, 1 disagree, 0 not wholly understood"]


@pytest.mark.parametrize("wrong, expected, got", [
    (decision("d", "s3:GetObject", "implicitDeny"), "implicitDeny", "allowed"),
    (decision("d", "s3:PutObject", "allowed"), "allowed", "implicitDeny"),
    (decision("d", "s3:GetObject", "allowed", scps=[[READ], []]), "allowed", "implicitDeny"),
    (decision("d", "s3:GetObject", "allowed", boundary={**READ, "Statement": [{**READ["Statement"][0], "Effect": "Deny"}]}), "allowed", "explicitDeny"),
    (written("d", json.dumps(READ), False), "refused", "accepted"),
    (written("d", "no JSON", True), "accepted", "MalformedPolicyDocument: Syntax errors in policy."),
    (written("d", "no JSON", False, code="PackedPolicyTooLarge"), "PackedPolicyTooLarge", "MalformedPolicyDocument: Syntax errors in policy."),
    (written("d", "no JSON", False, code="MalformedPolicyDocument", message="No."), "MalformedPolicyDocument: No.",
     "MalformedPolicyDocument: Syntax errors in policy.")])
def test_every_part_of_an_expectation_is_held_against_the_engine(desk, wrong, expected, got):
    status, answer = report(desk, wrong)
    assert status == FAILED
    assert [(finding["id"], finding["expected"], finding["got"]) for finding in answer["findings"]] == [("d", expected, got)]


def test_layers_are_compared_on_request(desk):
    wrong = decision("layer", "s3:PutObject", "implicitDeny", by="scp")
    assert report(desk, wrong)[0] == DONE
    status, answer = report(desk, wrong, options=["--layers"])
    assert status == FAILED and [(f["expected"], f["got"]) for f in answer["findings"]] == [
        ("implicitDeny by scp", "implicitDeny by identity")]


@pytest.mark.parametrize("place, name", [((), "colour"), (("request",), "request.colour"), (("policies",), "policies.colour"),
                                         (("request", "principal"), "request.principal.colour"), (("expected",), "expected.colour")])
def test_an_unknown_field_is_told_and_the_line_tried(desk, place, name):
    for expected, disagreements in (("allowed", 0), ("explicitDeny", 1)):
        vector = json.loads(json.dumps(decision("field", "s3:GetObject", expected)))
        inner = vector
        for step in place:
            inner = inner[step]
        inner["colour"] = "red"
        status, answer = report(desk, vector)
        assert (status, answer["disagree"], answer["notUnderstood"]) == (FAILED, disagreements, 1)
        [finding] = answer["findings"]
        assert finding["problems"] == [f"unknown field {name}"] and ("got" in finding) == bool(disagreements)
    assert f"v.jsonl:1: field: unknown field {name}" in desk.run("vectors", "v.jsonl").stdout


def without(vector, *path):
    """A copy without one field."""
    vector = inner = json.loads(json.dumps(vector))
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return vector


@pytest.mark.parametrize("line", [
    "{", "[]", "null", "7", '"text"', json.dumps(GOOD[0])[:-1], json.dumps(GOOD[0]) + "}", '{"id":"x","id":"y"}', "{}", '{"id":"x"}',
    "\x00\x01", "[" * 100_000, '{"a":' * 100_000, "\ufeff" + json.dumps(GOOD[0]),
    *(without(GOOD[0], *path) for path in (
        ["request"], ["expected"], ["request", "action"], ["request", "resource"], ["request", "principal"],
        ["request", "principal", "type"], ["expected", "decision"])),
    without(GOOD[2], "document"), without(GOOD[2], "policyType"), without(GOOD[2], "expected", "valid"),
    {**GOOD[0], "expected": {"decision": "maybe"}}, {**GOOD[0], "expected": 1}, {**GOOD[2], "policyType": "magic"},
    {**GOOD[0], "policies": {"resourceKind": "magic"}}, {**GOOD[0], "policies": {"scps": [{}]}},
    {**GOOD[0], "request": {**GOOD[0]["request"], "resourceAccount": "12"}},
    {**GOOD[0], "request": {**GOOD[0]["request"], "context": {"a": {"b": "c"}}}},
    {**GOOD[0], "request": {**GOOD[0]["request"], "context": {"a": [["b"]]}}}], ids=lambda line: None if isinstance(line, dict) else line[:9])
def test_a_line_that_is_not_understood_is_told_and_the_rest_is_run(desk, line):
    status, answer = report(desk, line, decision("wrong", "s3:PutObject", "allowed"))
    assert (status, answer["notUnderstood"], answer["disagree"]) == (FAILED, 1, 1)
    first, second = answer["findings"]
    assert first["line"] == 1 and first["problems"] and "got" not in first
    assert (second["line"], second["id"]) == (2, "wrong")


def test_bytes_that_are_no_text_are_lines_like_others(desk):
    desk.file("v.jsonl", bytes(range(1, 256)) * 100)
    done = desk.run("vectors", "v.jsonl", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == FAILED and answer["agree"] == 0 and answer["notUnderstood"] == answer["vectors"] > 0


def test_blank_lines_and_line_ends_are_passed_over(desk):
    desk.file("v.jsonl", "\n  \r\n" + json.dumps(GOOD[0]) + "\r\n\n" + json.dumps(decision("wrong", "s3:PutObject", "allowed")))
    done = desk.run("vectors", "v.jsonl")
    assert "v.jsonl:5: wrong" in done.stdout and "2 vectors in 1 file: 1 agree, 1 disagree" in done.stdout


def test_standard_input_is_a_file_named_dash(desk):
    assert desk.run("vectors", "-", text=lines(*GOOD)).stdout.startswith("4 vectors in 1 file: 4 agree")
    assert "-:1: wrong" in desk.run("vectors", "-", text=lines(decision("wrong", "s3:PutObject", "allowed"))).stdout


def test_wrong_usage_and_files_that_cannot_be_read(desk):
    for words, told in ((["--colour", "good.jsonl"], "--colour"), ([], "needs a file"), (["--json"], "needs a file")):
        assert told in desk.refusal("vectors", *words)
        assert "gatehouse vectors --help" in desk.refusal("vectors", *words)
    (desk.folder / "folder").mkdir()
    for name in ("missing.jsonl", "folder"):
        assert name in desk.refusal("vectors", "good.jsonl", name)
    assert "Exit status: 0 all agree" in desk.run("vectors", "--help").stdout
