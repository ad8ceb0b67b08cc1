"""Defends last-accessed information: what somebody's policies give, and when he last used it."""

import datetime
import json

import pytest

from errors import refused
from patience import eventually
from people import allow, arn, policy, statement

NO_JOB = "00000000-0000-4000-8000-000000000000"


def job(root, target, level="SERVICE_LEVEL"):
    return root.iam.generate_service_last_accessed_details(Arn=target, Granularity=level)["JobId"]


def report(root, target, level="SERVICE_LEVEL"):
    answer = root.iam.get_service_last_accessed_details(JobId=job(root, target, level), MaxItems=1000)
    assert answer["JobStatus"] == "COMPLETED" and answer["JobType"] == level and not answer["IsTruncated"]
    assert answer["JobCreationDate"] <= answer["JobCompletionDate"]
    return {item["ServiceNamespace"]: item for item in answer["ServicesLastAccessed"]}


def entities(root, target, service):
    answer = root.iam.get_service_last_accessed_details_with_entities(JobId=job(root, target), ServiceNamespace=service)
    assert answer["JobStatus"] == "COMPLETED"
    return [(item["EntityInfo"]["Arn"], "LastAuthenticated" in item) for item in answer["EntityDetailsList"]]


@pytest.fixture
def alice(people):
    """Her policies give her three services; she has used two, and one that they do not give her."""
    granted = policy(
        statement("Allow", ["s3:ListAllMyBuckets", "iam:Get*"]), statement("Allow", "cloudtrail:LookupEvents"),
        statement("Deny", "ec2:*"))
    alice = people.user("alice", granted)
    alice.at("eu-central-1").s3.list_buckets()
    alice.iam.get_user()
    alice.iam.get_user()
    alice.sts.get_caller_identity()
    return alice


def test_the_services_are_those_the_policies_give(root, alice):
    found = report(root, arn("user", "alice"))
    assert list(found) == ["cloudtrail", "iam", "s3"]
    assert found["s3"]["ServiceName"] == "Amazon S3"
    assert found["s3"]["LastAuthenticatedRegion"] == "eu-central-1"
    assert found["s3"]["LastAuthenticatedEntity"] == arn("user", "alice")
    assert found["s3"]["TotalAuthenticatedEntities"] == 1
    now = datetime.datetime.now(datetime.UTC)
    assert abs(found["s3"]["LastAuthenticated"] - now) < datetime.timedelta(minutes=1)
    assert found["cloudtrail"] == {
        "ServiceName": found["cloudtrail"]["ServiceName"], "ServiceNamespace": "cloudtrail",
        "TotalAuthenticatedEntities": 0}
    assert all("TrackedActionsLastAccessed" not in item for item in found.values())


def test_actions_are_told_where_they_are_asked_for(root, alice):
    found = report(root, arn("user", "alice"), "ACTION_LEVEL")
    # The event is called ListBuckets; the action is not.
    assert [item["ActionName"] for item in found["s3"]["TrackedActionsLastAccessed"]] == ["ListAllMyBuckets"]
    [used] = found["iam"]["TrackedActionsLastAccessed"]
    assert used["ActionName"] == "GetUser" and used["LastAccessedRegion"] == "us-east-1"
    assert used["LastAccessedEntity"] == arn("user", "alice") and used["LastAccessedTime"]


def test_an_attempt_that_was_refused_counts(root, people):
    bob = people.user("bob", allow("iam:GetUser"))
    with refused("AccessDenied"):
        bob.iam.list_users()
    found = report(root, arn("user", "bob"), "ACTION_LEVEL")
    assert [item["ActionName"] for item in found["iam"]["TrackedActionsLastAccessed"]] == ["ListUsers"]


def test_whoever_may_do_everything_may_use_every_service(root, people):
    people.user("boss", allow("*"))
    found = report(root, arn("user", "boss"))
    assert len(found) > 300 and list(found) == sorted(found)
    root.iam.create_user(UserName="most")
    root.iam.put_user_policy(UserName="most", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}))
    assert set(found) - set(report(root, arn("user", "most"))) == {"iam"}


def test_a_role_is_its_sessions(root, people, alice):
    role = people.role("worker", document=allow("s3:*"))
    people.may("alice", allow("sts:AssumeRole"))
    assert root.iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"] == {}
    session = people.session(alice, role)
    session.at("eu-west-1").s3.list_buckets()
    found = report(root, role)
    assert found["s3"]["LastAuthenticatedEntity"] == role and found["s3"]["LastAuthenticatedRegion"] == "eu-west-1"
    assert entities(root, role, "s3") == [(role, True)]


def test_the_last_use_of_a_role_is_told_with_it(root, people, alice):
    people.may("alice", allow("sts:AssumeRole"))
    people.session(alice, people.role("worker", document=allow("s3:*"))).at("eu-west-1").s3.list_buckets()
    # Observed a moment later.
    used = eventually(lambda: root.iam.get_role(RoleName="worker")["Role"]["RoleLastUsed"])
    assert used["Region"] == "eu-west-1" and used["LastUsedDate"]
    [detail] = root.iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert detail["RoleLastUsed"] == used


def test_a_group_is_its_members(root, people, alice):
    root.iam.create_group(GroupName="crew")
    root.iam.put_group_policy(GroupName="crew", PolicyName="p", PolicyDocument=allow(["s3:*", "kms:*"]))
    people.user("bob")
    for name in ("alice", "bob"):
        root.iam.add_user_to_group(GroupName="crew", UserName=name)
    found = report(root, arn("group", "crew"))
    assert list(found) == ["kms", "s3"] and found["s3"]["TotalAuthenticatedEntities"] == 1
    assert found["s3"]["LastAuthenticatedEntity"] == arn("user", "alice")
    assert entities(root, arn("group", "crew"), "s3") == [(arn("user", "alice"), True), (arn("user", "bob"), False)]


def test_a_policy_is_those_who_have_it(root, people, alice):
    made = root.iam.create_policy(PolicyName="Lister", PolicyDocument=allow("s3:List*"))["Policy"]["Arn"]
    role = people.role("worker")
    root.iam.attach_user_policy(UserName="alice", PolicyArn=made)
    root.iam.attach_role_policy(RoleName="worker", PolicyArn=made)
    root.iam.create_group(GroupName="crew")
    root.iam.attach_group_policy(GroupName="crew", PolicyArn=made)
    people.user("bob").sts.get_caller_identity()
    root.iam.add_user_to_group(GroupName="crew", UserName="bob")
    assert list(report(root, made)) == ["s3"]
    assert sorted(entities(root, made, "s3")) == sorted([
        (arn("user", "alice"), True), (arn("user", "bob"), False), (role, False)])
    # AWS's own are asked about as well.
    assert "s3" in report(root, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")


def test_pages_are_the_whole(root, people):
    people.user("boss", allow("*"))
    whole = list(report(root, arn("user", "boss")))
    identifier, found, more = job(root, arn("user", "boss")), [], {}
    while True:
        page = root.iam.get_service_last_accessed_details(JobId=identifier, MaxItems=100, **more)
        found += [item["ServiceNamespace"] for item in page["ServicesLastAccessed"]]
        if not page["IsTruncated"]:
            break
        more = {"Marker": page["Marker"]}
    assert found == whole
    for name in ("a1", "b2", "c3"):
        people.user(name)
    root.iam.create_group(GroupName="crew")
    root.iam.put_group_policy(GroupName="crew", PolicyName="p", PolicyDocument=allow("s3:*"))
    for name in ("a1", "b2", "c3"):
        root.iam.add_user_to_group(GroupName="crew", UserName=name)
    identifier, names, more = job(root, arn("group", "crew")), [], {}
    while True:
        page = root.iam.get_service_last_accessed_details_with_entities(
            JobId=identifier, ServiceNamespace="s3", MaxItems=2, **more)
        names += [item["EntityInfo"]["Name"] for item in page["EntityDetailsList"]]
        if not page["IsTruncated"]:
            break
        more = {"Marker": page["Marker"]}
    assert names == ["a1", "b2", "c3"]


def test_a_report_is_for_whoever_asked_and_for_a_week(server, root, people, alice):
    asker = people.user("asker", allow("iam:*"))
    mine = job(root, arn("user", "alice"))
    with refused("NoSuchEntity"):
        asker.iam.get_service_last_accessed_details(JobId=mine)
    with refused("NoSuchEntity"):
        root.iam.get_service_last_accessed_details(JobId=NO_JOB)
    server.advance(days=6, hours=23)
    assert root.iam.get_service_last_accessed_details(JobId=mine)["JobStatus"] == "COMPLETED"
    server.advance(hours=2)
    with refused("NoSuchEntity"):
        root.iam.get_service_last_accessed_details(JobId=mine)


@pytest.mark.parametrize("target, code", [
    ("arn:aws:iam::123456789012:root", "InvalidInput"), ("arn:aws:s3:::a-bucket-of-mine", "InvalidInput"),
    (arn("user", "nobody"), "NoSuchEntity"), (arn("policy", "Nothing"), "NoSuchEntity")])
def test_the_root_user_and_what_is_not_there_have_no_report(root, target, code):
    with refused(code):
        job(root, target)


def test_the_policies_that_give_access_are_told(root, alice):
    reader = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    root.iam.attach_user_policy(UserName="alice", PolicyArn=reader)
    root.iam.create_group(GroupName="crew")
    root.iam.put_group_policy(GroupName="crew", PolicyName="keys", PolicyDocument=allow("kms:Decrypt"))
    root.iam.add_user_to_group(GroupName="crew", UserName="alice")
    answer = root.iam.list_policies_granting_service_access(
        Arn=arn("user", "alice"), ServiceNamespaces=["s3", "kms", "ec2", "s3"])
    assert not answer["IsTruncated"]
    assert [item["ServiceNamespace"] for item in answer["PoliciesGrantingServiceAccess"]] == ["s3", "kms", "ec2"]
    found = {item["ServiceNamespace"]: item["Policies"] for item in answer["PoliciesGrantingServiceAccess"]}
    assert found["ec2"] == []
    assert found["kms"] == [{"PolicyName": "keys", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "crew"}]
    assert found["s3"] == [
        {"PolicyName": "AmazonS3ReadOnlyAccess", "PolicyType": "MANAGED", "PolicyArn": reader},
        {"PolicyName": "given", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "alice"}]
    with refused("InvalidInput"):
        root.iam.list_policies_granting_service_access(Arn=arn("user", "alice"), ServiceNamespaces=["nothing"])
    with refused("InvalidInput"):
        root.iam.list_policies_granting_service_access(Arn=reader, ServiceNamespaces=["s3"])


def test_what_is_denied_everywhere_is_not_given(root, people):
    """In a report all policies count together, and where the policies are asked for each counts alone."""
    both = root.iam.create_policy(PolicyName="both", PolicyDocument=allow(["sqs:SendMessage", "sns:Publish", "s3:GetObject"]))
    both = both["Policy"]["Arn"]
    people.user("bob", policy(
        statement("Deny", "sqs:*"), statement("Deny", "SNS:Publish"), statement("Deny", "s3:*", "arn:aws:s3:::b/*"),
        statement("Allow", ["kms:Decrypt", "ec2:*"]), statement("Deny", "kms:Decrypt", Condition={"Bool": {"aws:SecureTransport": "false"}})))
    root.iam.attach_user_policy(UserName="bob", PolicyArn=both)
    assert list(report(root, arn("user", "bob"))) == ["ec2", "kms", "s3"]
    assert list(report(root, both)) == ["s3", "sns", "sqs"]
    answer = root.iam.list_policies_granting_service_access(Arn=arn("user", "bob"), ServiceNamespaces=["sqs", "kms"])
    found = [[given["PolicyName"] for given in item["Policies"]] for item in answer["PoliciesGrantingServiceAccess"]]
    assert found == [["both"], ["given"]]
    root.iam.put_user_policy(UserName="bob", PolicyName="given", PolicyDocument=policy(
        statement("Allow", "kms:Decrypt"), statement("Deny", "kms:*")))
    answer = root.iam.list_policies_granting_service_access(Arn=arn("user", "bob"), ServiceNamespaces=["kms"])
    assert answer["PoliciesGrantingServiceAccess"][0]["Policies"] == []


def test_the_last_use_of_a_key_agrees(root, alice):
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.keys.id)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "sts"
    told = report(root, arn("user", "alice"))
    assert told["iam"]["LastAuthenticated"] <= used["LastUsedDate"] + datetime.timedelta(seconds=1)


def test_the_command_line_asks_too(aws, alice):
    made = aws("iam", "generate-service-last-accessed-details", "--arn", arn("user", "alice"))
    told = aws("iam", "get-service-last-accessed-details", "--job-id", made["JobId"])
    assert {item["ServiceNamespace"] for item in told["ServicesLastAccessed"]} == {"cloudtrail", "iam", "s3"}


FEATURES = [
    "enable_organizations_root_credentials_management", "disable_organizations_root_credentials_management",
    "enable_organizations_root_sessions", "disable_organizations_root_sessions", "list_organizations_features"]


@pytest.mark.parametrize("operation", FEATURES)
def test_there_is_no_organization(root, people, operation):
    with refused("OrganizationNotFoundException", "not in an organization"):
        getattr(root.iam, operation)()
    with refused("AccessDenied", "iam:"):
        getattr(people.user("alice").iam, operation)()


def test_an_organization_that_is_not_there_has_no_report(root):
    with refused("AccessDenied", "management account"):
        root.iam.generate_organizations_access_report(EntityPath="o-a1b2c3d4e5/r-f6g7h8i9j0example")
    with refused("NoSuchEntity"):
        root.iam.get_organizations_access_report(JobId=NO_JOB)
