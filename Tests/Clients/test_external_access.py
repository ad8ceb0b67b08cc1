"""Defends Access Analyzer's findings of external access: what is shared is found, what is no more is resolved, in every kind of resource."""

import socket

import pytest

from callers import Clients
from errors import refused
from patience import eventually
from people import allow, arn, policy, statement, trust
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS

OPEN = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)
BOX = "arn:aws:s3:::box"
WATCH = f"arn:aws:access-analyzer:us-east-1:{ACCOUNT}:analyzer/watch"


def by_hand(host, *rest, real=socket.getaddrinfo, **more):
    """Names before `localhost` lead to this machine, as a resolver with a wildcard would have it."""
    return real("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more)


@pytest.fixture(autouse=True)
def names(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", by_hand)


@pytest.fixture
def analyzer(root):
    client = root.accessanalyzer
    assert client.create_analyzer(analyzerName="watch", type="ACCOUNT")["arn"] == WATCH
    return client


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    return root.s3


def findings(client, resource=BOX, watch=WATCH, **criteria):
    client.start_resource_scan(analyzerArn=watch, resourceArn=resource)
    return listed(client, watch, resource={"eq": [resource]}, **criteria)


def listed(client, watch=WATCH, **criteria):
    return client.list_findings(analyzerArn=watch, filter=criteria)["findings"]


def only(client, resource=BOX, **expected):
    [found] = findings(client, resource)
    assert {key: found.get(key) for key in expected} == expected
    return found


def open_to(principal, action="s3:GetObject", **more):
    return policy(statement("Allow", action, BOX + "/*", Principal=principal, **more))


def test_a_public_bucket_is_found(aws, analyzer, box):
    box.put_bucket_policy(Bucket="box", Policy=open_to("*"))
    assert box.get_bucket_policy_status(Bucket="box")["PolicyStatus"]["IsPublic"]
    eventually(lambda: listed(analyzer))
    [found] = aws("accessanalyzer", "list-findings", "--analyzer-arn", WATCH, "--filter",
                  '{"isPublic": {"eq": ["true"]}}')["findings"]
    assert (found["resource"], found["principal"], found["action"]) == (BOX, {"AWS": "*"}, ["s3:GetObject"])
    assert (found["isPublic"], found["status"], found["sources"]) == (True, "ACTIVE", [{"type": "POLICY"}])


def test_findings_follow_by_themselves(analyzer, box):
    box.put_bucket_policy(Bucket="box", Policy=open_to("*"))
    eventually(lambda: [found["status"] for found in listed(analyzer)] == ["ACTIVE"])
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=dict.fromkeys(OPEN, True))
    eventually(lambda: [found["status"] for found in listed(analyzer)] == ["RESOLVED"])
    box.delete_public_access_block(Bucket="box")
    eventually(lambda: [found["status"] for found in listed(analyzer)] == ["ACTIVE"])
    box.delete_bucket(Bucket="box")
    eventually(lambda: [found["status"] for found in listed(analyzer)] == ["RESOLVED"])
    eventually(lambda: not analyzer.list_analyzed_resources(
        analyzerArn=WATCH, resourceType="AWS::S3::Bucket")["analyzedResources"])


def test_buckets_shared_by_policies(analyzer, box, root):
    assert not findings(analyzer), "a bucket is its account's alone at first"
    box.put_bucket_policy(Bucket="box", Policy=open_to({"AWS": OTHER_ACCOUNT}))
    first = only(analyzer, principal={"AWS": OTHER_ACCOUNT}, isPublic=False, status="ACTIVE", condition={},
                 resourceType="AWS::S3::Bucket", resourceOwnerAccount=ACCOUNT)
    told = analyzer.get_finding_v2(analyzerArn=WATCH, id=first["id"])
    assert told["findingDetails"][0]["externalAccessDetails"]["principal"] == {"AWS": OTHER_ACCOUNT}
    assert analyzer.get_finding(analyzerArn=WATCH, id=first["id"])["finding"] == first
    resource = analyzer.get_analyzed_resource(analyzerArn=WATCH, resourceArn=BOX)["resource"]
    assert (resource["isPublic"], resource["actions"], resource["sharedVia"]) == (False, ["s3:GetObject"], ["POLICY"])
    # Another principal is another finding.
    box.put_bucket_policy(Bucket="box", Policy=open_to(
        "*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    states = {found["status"]: found for found in findings(analyzer)}
    assert states["RESOLVED"]["id"] == first["id"]
    assert (states["ACTIVE"]["isPublic"], states["ACTIVE"]["condition"]) == (False, {"aws:SourceIp": "203.0.113.0/24"})
    box.put_bucket_policy(Bucket="box", Policy=open_to(
        "*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}))
    assert {found["status"] for found in findings(analyzer)} == {"RESOLVED"}


def test_access_points_share_what_the_bucket_leaves_to_them(analyzer, box, server):
    control = Clients(server, ROOT_KEYS, url=f"http://localhost:{server.port}").s3control
    control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", PublicAccessBlockConfiguration=OPEN)
    point = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door"
    control.put_access_point_policy(AccountId=ACCOUNT, Name="door", Policy=policy(statement(
        "Allow", "s3:GetObject", point + "/object/*", Principal={"AWS": OTHER_ACCOUNT})))
    assert not findings(analyzer), "the bucket lets nobody through"
    box.put_bucket_policy(Bucket="box", Policy=open_to(
        "*", "s3:*", Condition={"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}))
    only(analyzer, principal={"AWS": OTHER_ACCOUNT}, isPublic=False, status="ACTIVE",
         sources=[{"type": "S3_ACCESS_POINT", "detail": {"accessPointArn": point}}])
    # Where point and bucket differ, the narrower of both gets in.
    control.put_access_point_policy(AccountId=ACCOUNT, Name="door", Policy=policy(statement(
        "Allow", "s3:GetObject", point + "/object/*", Principal="*")))
    box.put_bucket_policy(Bucket="box", Policy=open_to(
        {"AWS": OTHER_ACCOUNT}, "s3:*", Condition={"StringEquals": {"s3:DataAccessPointAccount": [ACCOUNT, "777788889999"]}}))
    ways = {found["sources"][0]["type"]: found for found in findings(analyzer, status={"eq": ["ACTIVE"]})}
    assert set(ways) == {"S3_ACCESS_POINT", "S3_ACCESS_POINT_ACCOUNT"}
    assert all(found["principal"] == {"AWS": OTHER_ACCOUNT} and not found["isPublic"] for found in ways.values())
    control.delete_access_point_policy(AccountId=ACCOUNT, Name="door")
    assert {found["sources"][0]["type"] for found in findings(analyzer, status={"eq": ["ACTIVE"]})} == {
        "S3_ACCESS_POINT_ACCOUNT"}
    box.put_bucket_policy(Bucket="box", Policy=open_to(
        "*", "s3:*", Condition={"StringEquals": {"s3:DataAccessPointAccount": OTHER_ACCOUNT}}))
    [theirs] = findings(analyzer, status={"eq": ["ACTIVE"]})
    assert theirs["sources"] == [
        {"type": "S3_ACCESS_POINT_ACCOUNT", "detail": {"accessPointAccount": OTHER_ACCOUNT}}]


def test_a_bucket_public_by_its_list(analyzer, box, root):
    box.put_bucket_ownership_controls(
        Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    box.put_bucket_acl(Bucket="box", ACL="public-read")
    only(analyzer, principal={"AWS": "*"}, isPublic=True, status="ACTIVE", sources=[{"type": "BUCKET_ACL"}],
         action=["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"])
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN | {"IgnorePublicAcls": True})
    only(analyzer, status="RESOLVED")
    box.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    only(analyzer, status="ACTIVE")
    box.put_bucket_ownership_controls(
        Bucket="box", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    box.put_bucket_acl(Bucket="box", ACL="private")
    only(analyzer, status="RESOLVED")


def test_roles_keys_and_secrets(analyzer, people, root):
    role = people.role("guest", trust(f"arn:aws:iam::{OTHER_ACCOUNT}:root"))
    only(analyzer, role, principal={"AWS": OTHER_ACCOUNT}, action=["sts:AssumeRole"], status="ACTIVE",
         resourceType="AWS::IAM::Role", sources=None)
    people.role("own")
    assert not findings(analyzer, arn("role", "own"))
    key = root.kms.create_key()["KeyMetadata"]
    assert not findings(analyzer, key["Arn"])
    grant = root.kms.create_grant(
        KeyId=key["Arn"], GranteePrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:root", Operations=["Decrypt"])["GrantId"]
    only(analyzer, key["Arn"], principal={"AWS": OTHER_ACCOUNT}, action=["kms:Decrypt"], status="ACTIVE")
    root.kms.revoke_grant(KeyId=key["Arn"], GrantId=grant)
    only(analyzer, key["Arn"], status="RESOLVED")
    secret = root.secretsmanager.create_secret(Name="word", SecretString="x")["ARN"]
    root.secretsmanager.put_resource_policy(SecretId=secret, ResourcePolicy=policy(statement(
        "Allow", "secretsmanager:GetSecretValue", Principal={"AWS": OTHER_ACCOUNT})))
    only(analyzer, secret, principal={"AWS": OTHER_ACCOUNT}, status="ACTIVE", resourceType="AWS::SecretsManager::Secret")
    root.iam.delete_role(RoleName="guest")
    only(analyzer, role, status="RESOLVED")
    with refused("ResourceNotFoundException", status=404):
        analyzer.start_resource_scan(analyzerArn=WATCH, resourceArn=role)


def test_archive_rules_archive_what_is_new(analyzer, box):
    box.put_bucket_policy(Bucket="box", Policy=open_to({"AWS": OTHER_ACCOUNT}))
    old = only(analyzer, status="ACTIVE")
    analyzer.create_archive_rule(analyzerName="watch", ruleName="known", filter={
        "principal.AWS": {"contains": [OTHER_ACCOUNT[:6]]}, "isPublic": {"eq": ["false"]}})
    only(analyzer, status="ACTIVE")
    box.put_bucket_policy(Bucket="box", Policy=open_to({"AWS": OTHER_ACCOUNT}, "s3:PutObject"))
    assert {found["status"] for found in findings(analyzer)} == {"ARCHIVED", "RESOLVED"}
    box.put_bucket_policy(Bucket="box", Policy=open_to({"AWS": "*"}, "s3:PutObject"))
    assert [found["isPublic"] for found in findings(analyzer, status={"eq": ["ACTIVE"]})] == [True]
    [public] = findings(analyzer, status={"eq": ["ACTIVE"]})
    analyzer.update_findings(analyzerArn=WATCH, ids=[public["id"]], status="ARCHIVED")
    assert not findings(analyzer, status={"eq": ["ACTIVE"]})
    with refused("ValidationException"):
        analyzer.update_findings(analyzerArn=WATCH, ids=[old["id"]], status="ACTIVE")
    analyzer.update_archive_rule(analyzerName="watch", ruleName="known", filter={"isPublic": {"exists": True}})
    analyzer.update_findings(analyzerArn=WATCH, ids=[public["id"]], status="ACTIVE")
    analyzer.apply_archive_rule(analyzerArn=WATCH, ruleName="known")
    assert not findings(analyzer, status={"eq": ["ACTIVE"]})
    assert [rule["ruleName"] for rule in analyzer.list_archive_rules(analyzerName="watch")["archiveRules"]] == ["known"]
    analyzer.delete_archive_rule(analyzerName="watch", ruleName="known")
    with refused("ResourceNotFoundException"):
        analyzer.get_archive_rule(analyzerName="watch", ruleName="known")


def test_analyzers(analyzer, root, other, people):
    with refused("ConflictException", status=409):
        analyzer.create_analyzer(analyzerName="watch", type="ACCOUNT")
    with refused("ServiceQuotaExceededException", status=402):
        analyzer.create_analyzer(analyzerName="second", type="ACCOUNT")
    with refused("NotImplemented"):
        root.at("eu-west-1").accessanalyzer.create_analyzer(analyzerName="all", type="ORGANIZATION")
    with refused("UnknownOperationException"):
        analyzer.update_analyzer(analyzerName="watch")
    analyzer.tag_resource(resourceArn=WATCH, tags={"team": "blue", "x": "y"})
    analyzer.untag_resource(resourceArn=WATCH, tagKeys=["x"])
    assert analyzer.list_tags_for_resource(resourceArn=WATCH)["tags"] == {"team": "blue"}
    [told] = analyzer.list_analyzers()["analyzers"]
    assert (told["arn"], told["type"], told["status"], told["tags"]) == (WATCH, "ACCOUNT", "ACTIVE", {"team": "blue"})
    assert not root.at("eu-west-1").accessanalyzer.list_analyzers()["analyzers"]
    blue = people.user("blue", allow("access-analyzer:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}))
    assert blue.accessanalyzer.get_analyzer(analyzerName="watch")["analyzer"]["name"] == "watch"
    # Another account sees its own only.
    assert not other.accessanalyzer.list_analyzers()["analyzers"]
    with refused("AccessDeniedException"):
        other.accessanalyzer.list_findings(analyzerArn=WATCH)
    other.accessanalyzer.create_analyzer(analyzerName="watch", type="ACCOUNT")
    analyzer.delete_analyzer(analyzerName="watch")
    with refused("ResourceNotFoundException", status=404):
        analyzer.list_findings(analyzerArn=WATCH)
    assert len(other.accessanalyzer.list_analyzers()["analyzers"]) == 1


def test_a_policy_can_be_checked_before(root):
    def check(document, kind="AWS::S3::Bucket"):
        return root.accessanalyzer.check_no_public_access(policyDocument=document, resourceType=kind)["result"]
    assert check(open_to("*")) == "FAIL" and check(open_to({"AWS": OTHER_ACCOUNT})) == "PASS"
    assert check(trust(f"arn:aws:iam::{OTHER_ACCOUNT}:root"), "AWS::IAM::AssumeRolePolicyDocument") == "PASS"
    # What no role can be given any more may still be looked at.
    anybody = policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    assert check(anybody, "AWS::IAM::AssumeRolePolicyDocument") == "FAIL"
    with refused("UnprocessableEntityException"):
        check(open_to("*"), "AWS::SQS::Queue")


def test_what_is_too_long_is_refused(root, analyzer):
    for kind, longest in [("AWS::S3::Bucket", 20_480), ("AWS::KMS::Key", 32_768),
                          ("AWS::SecretsManager::Secret", 20_480), ("AWS::IAM::AssumeRolePolicyDocument", 4096)]:
        with refused("ValidationException"):
            root.accessanalyzer.check_no_public_access(policyDocument=" " * (longest + 1), resourceType=kind)
        with refused("InvalidParameterException"):
            root.accessanalyzer.check_no_public_access(policyDocument=" " * longest, resourceType=kind)
    issuers = {f"condition.i{number}.example.com:sub": {"eq": ["x"]} for number in range(51)}
    for criteria in [issuers, {"resource": {"eq": ["x"] * 21}}, {"resource": {"eq": ["x" * 2049]}},
                     {"condition.colour": {"eq": ["red"]}}]:
        with refused("ValidationException"):
            analyzer.create_archive_rule(analyzerName="watch", ruleName="much", filter=criteria)
        with refused("ValidationException"):
            listed(analyzer, **criteria)
    issuers.popitem()
    analyzer.create_archive_rule(analyzerName="watch", ruleName="much", filter=issuers)
    assert listed(analyzer, resource={"contains": ["x" * 2048]}) == []
