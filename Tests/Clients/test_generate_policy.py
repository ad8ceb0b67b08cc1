"""Defends that a policy generated from what somebody did lets the same be done again, and nothing else."""

import json
import os
import subprocess

import pytest

from callers import Clients, CommandLine
from patience import PATIENCE
from people import People, arn
from server import ACCOUNT, OTHER_ROOT_KEYS, ROOT_KEYS, Server, binary

ALICE = arn("user", "alice")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def generate(*arguments, folder=None, environment=None):
    """The finished process of `gatehouse generate-policy`."""
    where = ["--data", str(folder)] if folder else []
    keys = {"GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
    return subprocess.run(
        [binary(), "generate-policy", *arguments, *where], capture_output=True, text=True, timeout=PATIENCE,
        env={"PATH": os.environ["PATH"], **(keys if environment is None else environment)})


def error_code(clients, service, operation, **arguments):
    client = getattr(clients, service)
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, operation)(**arguments)
    return caught.value.response["Error"]["Code"]


def work(aws):
    """What alice does each day, with the real AWS CLI."""
    aws("s3api", "put-object", "--bucket", "reports", "--key", "2026/q1.csv", "--body", __file__)
    aws("s3api", "get-object", "--bucket", "reports", "--key", "2026/q1.csv", "/dev/null")
    aws("s3api", "list-objects-v2", "--bucket", "reports", "--prefix", "2026/")
    aws("iam", "get-user", "--user-name", "alice")
    aws("iam", "list-groups-for-user", "--user-name", "alice")
    aws("sts", "get-caller-identity")


def refusals(alice):
    """What alice never did. Each is refused."""
    return [
        error_code(alice, "s3", "delete_object", Bucket="reports", Key="2026/q1.csv"),
        error_code(alice, "s3", "put_object", Bucket="reports", Key="2026/q2.csv", Body=b""),
        error_code(alice, "s3", "get_object", Bucket="secrets", Key="key"),
        error_code(alice, "s3", "list_objects_v2", Bucket="secrets"),
        error_code(alice, "s3", "list_buckets"),
        error_code(alice, "iam", "get_user", UserName="bob"),
        error_code(alice, "iam", "list_users"),
        error_code(alice, "iam", "attach_user_policy", UserName="alice", PolicyArn=ADMINISTRATOR),
    ]


@pytest.fixture
def office(tmp_path):
    """A server on a folder, its root user, and alice as an administrator."""
    server = Server(tmp_path / "data")
    root = Clients(server, ROOT_KEYS)
    for bucket in ("reports", "secrets"):
        root.s3.create_bucket(Bucket=bucket)
    root.s3.put_object(Bucket="secrets", Key="key", Body=b"secret")
    people = People(server, root)
    alice = people.user("alice")
    people.user("bob")
    root.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    yield server, root, alice, CommandLine(server, tmp_path, alice.keys)
    server.stop()


def replace_administrator(root, document):
    policy = root.iam.create_policy(PolicyName="generated", PolicyDocument=document)["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="alice", PolicyArn=policy)
    root.iam.detach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)


def test_the_generated_policy_replaces_administrator_access(office):
    server, root, alice, aws = office
    work(aws)
    made = generate(ALICE, folder=server.folder)
    assert made.returncode == 0, made.stderr
    statements = json.loads(made.stdout)["Statement"]
    allowed = {(action, resource) for statement in statements
               for action in as_list(statement["Action"]) for resource in as_list(statement["Resource"])}
    assert allowed == {
        ("s3:PutObject", "arn:aws:s3:::reports/2026/q1.csv"), ("s3:GetObject", "arn:aws:s3:::reports/2026/q1.csv"),
        ("s3:ListBucket", "arn:aws:s3:::reports"), ("iam:GetUser", ALICE), ("iam:ListGroupsForUser", ALICE)}
    replace_administrator(root, made.stdout)
    work(aws)
    assert set(refusals(alice)) == {"AccessDenied"}


def test_conditions_are_suggested_and_applied_on_request(office):
    server, root, alice, aws = office
    work(aws)
    assert "Condition possible (--conditions): IpAddress aws:SourceIp 127.0.0.1/32" in generate(ALICE, folder=server.folder).stderr
    made = generate(ALICE, "--conditions", folder=server.folder)
    listing = next(s for s in json.loads(made.stdout)["Statement"] if s["Action"] == "s3:ListBucket")
    assert listing["Condition"]["StringEquals"]["s3:prefix"] == "2026/"
    replace_administrator(root, made.stdout)
    work(aws)
    assert error_code(alice, "s3", "list_objects_v2", Bucket="reports") == "AccessDenied"
    assert set(refusals(alice)) == {"AccessDenied"}


def test_a_folder_is_read_whether_a_server_has_it_open_or_not(office):
    server, _, _, aws = office
    work(aws)
    beside = generate(ALICE, "--json", folder=server.folder)
    assert server.stop() == 0
    alone = generate(ALICE, "--json", folder=server.folder)
    assert beside.returncode == 0 and json.loads(beside.stdout) == json.loads(alone.stdout)


def test_a_role_is_what_all_its_sessions_did(office):
    server, root, alice, _ = office
    people = People(server, root)
    role = people.role("worker", document=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    for name, key in (("one", "a"), ("two", "b")):
        people.session(alice, role, name).s3.put_object(Bucket="reports", Key=key, Body=b"")
    statements = json.loads(generate(role, folder=server.folder).stdout)["Statement"]
    assert [(s["Action"], s["Resource"]) for s in statements] == [
        ("s3:PutObject", ["arn:aws:s3:::reports/a", "arn:aws:s3:::reports/b"])]
    assert ("sts:AssumeRole", role) in [(s["Action"], s["Resource"])
                                        for s in json.loads(generate(ALICE, folder=server.folder).stdout)["Statement"]]


def test_what_was_refused_is_told_and_not_allowed(office):
    server, root, alice, _ = office
    root.iam.detach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    error_code(alice, "s3", "get_object", Bucket="secrets", Key="key")
    made = generate(ALICE, folder=server.folder)
    assert made.returncode == 4 and made.stdout == ""
    assert "Refused, and not allowed here: s3:GetObject on arn:aws:s3:::secrets/key (1 times)." in made.stderr


def test_records_of_a_real_account_are_read_from_files(tmp_path):
    record = {
        "userIdentity": {"type": "IAMUser", "arn": ALICE, "accountId": ACCOUNT, "userName": "alice"},
        "eventTime": "2026-03-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "HeadObject",
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.7", "eventType": "AwsApiCall",
        "requestParameters": {"bucketName": "reports", "key": "a*b"}}
    (tmp_path / "log.json").write_text(json.dumps({"Records": [record]}))
    (tmp_path / "more.jsonl").write_text(json.dumps({**record, "eventName": "ListBuckets", "requestParameters": None}) + "\n")
    files = [str(tmp_path / "log.json"), str(tmp_path / "more.jsonl")]
    made = generate(ALICE, "--records", *files)
    assert made.returncode == 0, made.stderr
    assert [(s["Action"], s["Resource"]) for s in json.loads(made.stdout)["Statement"]] == [
        ("s3:ListAllMyBuckets", "*"), ("s3:GetObject", "arn:aws:s3:::reports/a${*}b")]
    assert generate(ALICE, "--records", *files, "--to", "2026-02-01T00:00:00Z").returncode == 4
    (tmp_path / "log.json.gz").write_bytes(b"\x1f\x8b\x08")
    refused = generate(ALICE, "--records", str(tmp_path / "log.json.gz"))
    assert refused.returncode == 1 and "gunzip" in refused.stderr
    (tmp_path / "broken.json").write_text('{"Records": [{]}')
    assert generate(ALICE, "--records", str(tmp_path / "broken.json")).returncode == 1


def test_a_wrong_command_line_is_told(tmp_path):
    for arguments in ([], ["alice"], [ALICE, "--from", "yesterday"], [ALICE, "--magic"]):
        assert generate(*arguments).returncode == 2
    assert generate(ALICE, folder=tmp_path / "none").returncode == 1
    assert "Exit status" in generate("--help").stdout


# Access Analyzer's own operations.


def test_access_analyzer_generates_from_the_servers_history(office):
    server, root, alice, aws = office
    work(aws)
    analyzer = root.accessanalyzer
    job = analyzer.start_policy_generation(policyGenerationDetails={"principalArn": ALICE})["jobId"]
    found = analyzer.get_generated_policy(jobId=job)
    assert found["jobDetails"]["status"] == "SUCCEEDED"
    assert found["generatedPolicyResult"]["properties"] == {"isComplete": True, "principalArn": ALICE}
    [policy] = found["generatedPolicyResult"]["generatedPolicies"]
    replace_administrator(root, policy["policy"])
    work(aws)
    assert set(refusals(alice)) == {"AccessDenied"}
    template = analyzer.get_generated_policy(jobId=job, includeResourcePlaceholders=True)
    resources = [r for s in json.loads(template["generatedPolicyResult"]["generatedPolicies"][0]["policy"])["Statement"]
                 for r in s["Resource"]]
    assert "arn:${Partition}:s3:::${BucketName}" in resources
    [listed] = analyzer.list_policy_generations(principalArn=ALICE)["policyGenerations"]
    assert (listed["jobId"], listed["status"]) == (job, "SUCCEEDED")
    assert analyzer.list_policy_generations(principalArn=arn("user", "bob"))["policyGenerations"] == []
    names = [event["EventName"] for event in root.cloudtrail.lookup_events(
        LookupAttributes=[{"AttributeKey": "EventSource", "AttributeValue": "access-analyzer.amazonaws.com"}])["Events"]]
    assert "StartPolicyGeneration" in names and "GetGeneratedPolicy" in names


def test_access_analyzer_refuses_what_it_does_not_do(office):
    server, root, alice, _ = office
    analyzer = root.accessanalyzer
    details = {"principalArn": ALICE}

    def code(operation, **arguments):
        with pytest.raises(analyzer.exceptions.ClientError) as caught:
            getattr(analyzer, operation)(**arguments)
        return caught.value.response["Error"]["Code"]

    trails = {"trails": [{"cloudTrailArn": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/t"}],
              "accessRole": arn("role", "r"), "startTime": 0}
    assert code("start_policy_generation", policyGenerationDetails=details, cloudTrailDetails=trails) == "ValidationException"
    stranger = {"principalArn": arn("user", "x", "210987654321")}
    assert code("start_policy_generation", policyGenerationDetails=stranger) == "ValidationException"
    first = analyzer.start_policy_generation(policyGenerationDetails=details, clientToken="t")["jobId"]
    assert analyzer.start_policy_generation(policyGenerationDetails=details, clientToken="t")["jobId"] == first
    other = {"principalArn": arn("user", "bob")}
    assert code("start_policy_generation", policyGenerationDetails=other, clientToken="t") == "ConflictException"
    missing = analyzer.start_policy_generation(policyGenerationDetails={"principalArn": arn("user", "nobody")})["jobId"]
    failed = analyzer.get_generated_policy(jobId=missing)["jobDetails"]
    assert (failed["status"], failed["jobError"]["code"]) == ("FAILED", "RESOURCE_NOT_FOUND_ERROR")
    assert code("cancel_policy_generation", jobId=missing) == "ValidationException"
    analyzer.cancel_policy_generation(jobId=first)
    canceled = analyzer.get_generated_policy(jobId=first)
    assert canceled["jobDetails"]["status"] == "CANCELED" and canceled["generatedPolicyResult"]["generatedPolicies"] == []
    assert code("get_generated_policy", jobId="none") == "ValidationException"
    assert code("list_policy_generations", nextToken="none") == "ValidationException"
    page = analyzer.list_policy_generations(maxResults=1)
    rest = analyzer.list_policy_generations(maxResults=1, nextToken=page["nextToken"])
    assert {j["jobId"] for j in page["policyGenerations"] + rest["policyGenerations"]} == {first, missing}
    root.iam.detach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    assert error_code_of(alice.accessanalyzer, details) == "AccessDeniedException"


def error_code_of(analyzer, details):
    with pytest.raises(analyzer.exceptions.ClientError) as caught:
        analyzer.start_policy_generation(policyGenerationDetails=details)
    return caught.value.response["Error"]["Code"]


def as_list(value):
    return value if isinstance(value, list) else [value]
