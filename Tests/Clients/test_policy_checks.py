"""Defends ValidatePolicy over REST JSON as the AWS CLI and boto3 speak it, and `gatehouse lint` as pipelines run it."""

import json
import subprocess

import pytest

from audit import records
from errors import refused
from people import allow
from server import binary

BAD = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObjekt", "iam:PassRole"], "Resource": "*"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]}, indent=2)
GOOD = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]})


def analyzer(caller):
    return caller.accessanalyzer


def test_findings_have_codes_places_and_links(root):
    findings = analyzer(root).validate_policy(policyDocument=BAD, policyType="IDENTITY_POLICY", locale="EN")["findings"]
    assert [finding["issueCode"] for finding in findings] == ["INVALID_ACTION", "PASS_ROLE_WITH_STAR_IN_RESOURCE"]
    first = findings[0]
    assert first["findingType"] == "ERROR" and "s3:GetObject" in first["findingDetails"]
    assert first["learnMoreLink"].endswith("#access-analyzer-reference-policy-checks-error-invalid-action")
    span = first["locations"][0]["span"]
    assert BAD[span["start"]["offset"]:span["end"]["offset"]] == '"s3:GetObjekt"'
    assert first["locations"][0]["path"] == [{"value": "Statement"}, {"index": 0}, {"value": "Action"}, {"index": 0}]
    assert BAD.split("\n")[span["start"]["line"] - 1][span["start"]["column"]:].startswith('"s3:GetObjekt"')
    assert analyzer(root).validate_policy(policyDocument=GOOD, policyType="IDENTITY_POLICY")["findings"] == []


def test_pages_make_the_whole(root):
    client = analyzer(root)
    whole = client.validate_policy(policyDocument=BAD, policyType="IDENTITY_POLICY")["findings"]
    pages = list(client.get_paginator("validate_policy").paginate(
        policyDocument=BAD, policyType="IDENTITY_POLICY", PaginationConfig={"PageSize": 1}))
    assert len(pages) == 2 and [finding for page in pages for finding in page["findings"]] == whole
    with refused("ValidationException"):
        client.validate_policy(policyDocument=GOOD, policyType="IDENTITY_POLICY", nextToken=pages[0]["nextToken"])


def test_what_is_not_honoured_is_refused(root):
    client = analyzer(root)
    for words in ({"policyType": "MAGIC_POLICY"}, {"locale": "DE"}, {"maxResults": 0}, {"nextToken": "AAAA"},
                  {"validatePolicyResourceType": "AWS::S3::Bucket"}):
        with refused("ValidationException") as error:
            client.validate_policy(**{"policyDocument": GOOD, "policyType": "IDENTITY_POLICY", **words})
        assert error.value.response["reason"] in ("fieldValidationFailed", "notSupported")
    with refused("UnknownOperationException"):
        client.list_access_previews(analyzerArn="arn:aws:access-analyzer:us-east-1:123456789012:analyzer/none")


def test_permission_and_record(root, people):
    alice = people.user("alice", allow("s3:ListAllMyBuckets"))
    with refused("AccessDeniedException") as error:
        analyzer(alice).validate_policy(policyDocument=GOOD, policyType="IDENTITY_POLICY")
    assert "access-analyzer:ValidatePolicy" in str(error.value)
    bob = people.user("bob", allow("access-analyzer:ValidatePolicy"))
    analyzer(bob).validate_policy(policyDocument=GOOD, policyType="IDENTITY_POLICY")
    by_bob, by_alice = records(root, "ValidatePolicy")
    assert by_bob["eventSource"] == "access-analyzer.amazonaws.com" and by_bob["readOnly"] is True
    assert by_bob["requestParameters"]["policyType"] == "IDENTITY_POLICY" and by_alice["errorCode"] == "AccessDenied"


def test_the_command_line_client(aws):
    answer = aws("accessanalyzer", "validate-policy", "--policy-type", "IDENTITY_POLICY", "--policy-document", BAD)
    assert len(answer["findings"]) == 2


def lint(*arguments, text=None):
    return subprocess.run([binary(), "lint", *arguments], input=text, capture_output=True, text=True)


def test_lint_fails_as_asked(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "bad.json").write_text(BAD)
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("no policy")
    found = lint(str(tmp_path))
    assert found.returncode == 1 and "2 policies: 1 error," in found.stdout
    assert f"{tmp_path}/inner/bad.json:7:9: error: " in found.stdout and "GATEHOUSE_DENY_WITH_BOOL_ON_MFA" in found.stdout
    assert lint(str(tmp_path), "--fail-on", "none").returncode == 0
    assert lint(str(tmp_path / "good.json"), "--fail-on", "suggestion").returncode == 0
    assert lint("-", text="{").returncode == 1
    assert lint(str(tmp_path / "missing.json")).returncode == 3
    for wrong in (["--type", "magic", "x"], [], ["--format", "xml", "x"], ["--resource-type", "AWS::EC2::Instance", "x"]):
        assert lint(*wrong).returncode == 2


@pytest.mark.parametrize("statement, told", [
    ({"Principal": "*", "Action": "sts:AssumeRole"}, "STAR"),
    ({"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}, None),
    ({"Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:*"]}, "may only specify STS AssumeRole actions"),
    ({"Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}, None),
    ({"Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"}, "Cognito"),
])
def test_lint_says_of_a_trust_policy_what_the_server_does(root, statement, told):
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
    [result] = json.loads(lint("-", "--type", "trust", "--format", "json", text=document).stdout)
    # Nobody assumes a role without credentials.
    assert "without credentials" not in str(result["findings"])
    refusals = [finding for finding in result["findings"] if finding["issueCode"] == "GATEHOUSE_MALFORMED_POLICY_DOCUMENT"]
    if told:
        assert len(refusals) == 1 and told in refusals[0]["findingDetails"]
        with refused("MalformedPolicyDocument", told):
            root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)
    else:
        assert refusals == []
        root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)


def test_lint_reads_answers_of_the_aws_command():
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}
    for document, kind, code in (
            ({"PolicyVersion": {"Document": json.loads(BAD), "VersionId": "v1"}}, "identity", "INVALID_ACTION"),
            ({"Role": {"RoleName": "r", "AssumeRolePolicyDocument": trust}}, "trust", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL"),
            ({"Policy": BAD}, "resource", "MISSING_PRINCIPAL"), (trust, "trust", "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL")):
        text = json.dumps(document)
        result = json.loads(lint("-", "--format", "json", text=text).stdout)[0]
        assert result["type"] == kind and code in [finding["issueCode"] for finding in result["findings"]]


def test_sarif_is_what_scanners_read(tmp_path):
    (tmp_path / "b a.json").write_text(BAD)
    log = json.loads(lint("--format", "sarif", str(tmp_path)).stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) and run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].endswith("/b%20a.json")
        region = place["region"]
        lines = BAD.split("\n")
        assert region["startLine"] >= 1 and 1 <= region["startColumn"] <= len(lines[region["startLine"] - 1]) + 1
        assert BAD[region["charOffset"]:region["charOffset"] + region["charLength"]]
