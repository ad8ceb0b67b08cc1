"""Defends policies as things: inline and managed ones, versions, attachments, quotas, and the texts that are refused."""

import json
import re

import pytest

from errors import refused
from people import allow, arn, policy, statement
from test_roles import TRUST
from test_users import names, pages

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture(params=["user", "group", "role"])
def owner(request, root):
    """Somebody of each kind, and the operations on their policies by short names."""
    kind = request.param
    named = {f"{kind.capitalize()}Name": "someone"}
    more = {"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}
    getattr(root.iam, f"create_{kind}")(**named, **more)
    return lambda verb, **words: getattr(root.iam, verb.replace("KIND", kind))(**named, **words)


def test_inline_policies_come_back_as_they_were(owner):
    for name in ["b", "a", "C"]:
        owner("put_KIND_policy", PolicyName=name, PolicyDocument=allow("s3:GetObject"))
    owner("put_KIND_policy", PolicyName="a", PolicyDocument=allow("s3:PutObject"))
    got = owner("get_KIND_policy", PolicyName="a")
    assert got["PolicyName"] == "a" and got["PolicyDocument"] == json.loads(allow("s3:PutObject"))
    first = owner("list_KIND_policies", MaxItems=2)
    second = owner("list_KIND_policies", MaxItems=2, Marker=first["Marker"])
    assert sorted(first["PolicyNames"] + second["PolicyNames"], key=str.lower) == ["a", "b", "C"]
    assert first["IsTruncated"] and not second["IsTruncated"]
    owner("delete_KIND_policy", PolicyName="a")
    for verb in ("get_KIND_policy", "delete_KIND_policy"):
        with refused("NoSuchEntity"):
            owner(verb, PolicyName="a")


def test_managed_policies_are_attached_and_detached(owner, root):
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    for policy_arn in (own, READ_ONLY, own):
        owner("attach_KIND_policy", PolicyArn=policy_arn)
    attached = owner("list_attached_KIND_policies")["AttachedPolicies"]
    assert {item["PolicyArn"]: item["PolicyName"] for item in attached} == {own: "own", READ_ONLY: "ReadOnlyAccess"}
    assert root.iam.get_policy(PolicyArn=own)["Policy"]["AttachmentCount"] == 1
    with refused("DeleteConflict", "Cannot delete a policy attached to entities."):
        root.iam.delete_policy(PolicyArn=own)
    owner("detach_KIND_policy", PolicyArn=own)
    with refused("NoSuchEntity"):
        owner("detach_KIND_policy", PolicyArn=own)
    with refused("NoSuchEntity"):
        owner("attach_KIND_policy", PolicyArn=arn("policy", "absent"))
    root.iam.delete_policy(PolicyArn=own)


def test_ten_managed_policies_are_the_limit(owner, root):
    made = [root.iam.create_policy(PolicyName=f"p{n}", PolicyDocument=allow("s3:*"))["Policy"]["Arn"] for n in range(11)]
    for policy_arn in made[:10]:
        owner("attach_KIND_policy", PolicyArn=policy_arn)
    with refused("LimitExceeded"):
        owner("attach_KIND_policy", PolicyArn=made[10])
    first = owner("list_attached_KIND_policies", MaxItems=4)
    rest = owner("list_attached_KIND_policies", Marker=first["Marker"])
    assert len(first["AttachedPolicies"]) == 4 and len(rest["AttachedPolicies"]) == 6


def test_a_managed_policy_is_told_exactly(root):
    made = root.iam.create_policy(
        PolicyName="Own", Path="/x/", PolicyDocument=allow("s3:*"), Description="why", Tags=[{"Key": "a", "Value": "1"}])["Policy"]
    assert re.fullmatch("ANPA[A-Z2-7]{17}", made["PolicyId"]) and made["Arn"] == arn("policy", "x/Own")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    # The description is shown by GetPolicy alone.
    [listed] = root.iam.list_policies(Scope="Local")["Policies"]
    assert "Description" not in made and not {"Description", "Tags"} & set(listed)
    got = root.iam.get_policy(PolicyArn=made["Arn"])["Policy"]
    assert got["Description"] == "why" and got["Tags"] == [{"Key": "a", "Value": "1"}]
    assert got["PermissionsBoundaryUsageCount"] == 0
    with refused("EntityAlreadyExists"):
        root.iam.create_policy(PolicyName="OWN", PolicyDocument=allow("s3:*"))
    root.iam.tag_policy(PolicyArn=made["Arn"], Tags=[{"Key": "c", "Value": ""}, {"Key": "b", "Value": ""}])
    assert [tag["Key"] for tag in pages(root.iam, "list_policy_tags", "Tags", PolicyArn=made["Arn"])] == ["a", "b", "c"]
    root.iam.untag_policy(PolicyArn=made["Arn"], TagKeys=["a", "b", "c"])
    assert root.iam.list_policy_tags(PolicyArn=made["Arn"])["Tags"] == []


def test_a_policy_of_aws_has_its_own_dates_and_id(root):
    got = root.iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")["Policy"]
    listed = {item["PolicyName"]: item for item in pages(root.iam, "list_policies", "Policies", Scope="AWS")}
    assert listed["PowerUserAccess"].items() <= got.items()
    assert (got["PolicyId"], got["DefaultVersionId"]) == ("ANPAJYRXTHIB4FOVS3ZXS", "v12")
    assert got["CreateDate"].isoformat() == "2015-02-06T18:39:47+00:00"
    assert got["UpdateDate"].isoformat() == "2026-02-12T17:59:14+00:00"
    version = root.iam.get_policy_version(PolicyArn=got["Arn"], VersionId="v12")["PolicyVersion"]
    assert version["CreateDate"] == got["UpdateDate"] and version["IsDefaultVersion"]


def test_versions_are_counted_chosen_and_never_used_again(root):
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("s3:GetObject"))["Policy"]["Arn"]
    for number in range(2, 6):
        version = root.iam.create_policy_version(PolicyArn=own, PolicyDocument=allow(f"s3:A{number}"), SetAsDefault=number == 3)
        assert version["PolicyVersion"]["VersionId"] == f"v{number}"
    with refused("LimitExceeded"):
        root.iam.create_policy_version(PolicyArn=own, PolicyDocument=allow("s3:*"))
    listed = pages(root.iam, "list_policy_versions", "Versions", PolicyArn=own)
    assert [(item["VersionId"], item["IsDefaultVersion"]) for item in listed] == [
        ("v5", False), ("v4", False), ("v3", True), ("v2", False), ("v1", False)]
    with refused("DeleteConflict"):
        root.iam.delete_policy_version(PolicyArn=own, VersionId="v3")
    root.iam.set_default_policy_version(PolicyArn=own, VersionId="v4")
    assert root.iam.get_policy(PolicyArn=own)["Policy"]["DefaultVersionId"] == "v4"
    root.iam.delete_policy_version(PolicyArn=own, VersionId="v5")
    made = root.iam.create_policy_version(PolicyArn=own, PolicyDocument=allow("s3:*"))["PolicyVersion"]
    assert made["VersionId"] == "v6"
    got = root.iam.get_policy_version(PolicyArn=own, VersionId="v2")["PolicyVersion"]
    assert got["Document"] == json.loads(allow("s3:A2")) and not got["IsDefaultVersion"]
    with refused("NoSuchEntity"):
        root.iam.get_policy_version(PolicyArn=own, VersionId="v5")
    with refused("DeleteConflict"):
        root.iam.delete_policy(PolicyArn=own)


def test_policies_are_listed_by_scope_use_and_page(root):
    for name in ["c", "B", "a"]:
        root.iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:*"))
    root.iam.create_user(UserName="alice")
    root.iam.attach_user_policy(UserName="alice", PolicyArn=arn("policy", "B"))
    root.iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    assert sorted(names(pages(root.iam, "list_policies", "Policies", Scope="Local"), "PolicyName")) == ["B", "a", "c"]
    used = root.iam.list_policies(OnlyAttached=True)["Policies"]
    assert sorted(names(used, "Arn")) == sorted([arn("policy", "B"), READ_ONLY])
    of_aws = pages(root.iam, "list_policies", "Policies", size=300, Scope="AWS")
    assert len(of_aws) > 1000 and all(item["Arn"].startswith("arn:aws:iam::aws:policy/") for item in of_aws)
    assert len(set(names(of_aws, "Arn"))) == len(of_aws)


def test_everybody_who_uses_a_policy_is_found(root):
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    root.iam.create_user(UserName="alice")
    root.iam.create_group(GroupName="team")
    root.iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=TRUST)
    root.iam.attach_user_policy(UserName="alice", PolicyArn=own)
    root.iam.attach_group_policy(GroupName="team", PolicyArn=own)
    root.iam.put_role_permissions_boundary(RoleName="deploy", PermissionsBoundary=own)
    found = root.iam.list_entities_for_policy(PolicyArn=own)
    assert names(found["PolicyUsers"]) == ["alice"] and names(found["PolicyGroups"], "GroupName") == ["team"]
    boundaries = root.iam.list_entities_for_policy(PolicyArn=own, PolicyUsageFilter="PermissionsBoundary")
    assert names(boundaries["PolicyRoles"], "RoleName") == ["deploy"] and boundaries["PolicyUsers"] == []


@pytest.mark.parametrize("document", [
    "", "{", "{}", "null", '{"Version":"2012-10-17"}', policy({"Effect": "allow", "Action": "*", "Resource": "*"}),
    policy({"Effect": "Allow", "Action": "*"}), policy({"Effect": "Allow", "Resource": "*"}),
    policy(statement("Allow", "nonsense")), policy(statement("Allow", "s3:GetObject", "not-an-arn")),
    policy(statement("Allow", "*", NotAction="*")), policy(statement("Allow", "*", Principal="*")),
    policy(statement("Allow", "*", Condition={"NoSuchOperator": {"a": "b"}})), policy(statement("Allow", "*", Extra=1)),
    '{"Version":"2011-01-01","Statement":[]}', allow("*") + "x",
])
def test_a_wrong_policy_is_refused_and_nothing_is_stored(root, document):
    root.iam.create_user(UserName="alice")
    # An empty text is too short for the model, before anybody reads it as a policy.
    with refused("MalformedPolicyDocument" if document else "ValidationError"):
        root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument" if document else "ValidationError"):
        root.iam.create_policy(PolicyName="p", PolicyDocument=document)
    assert root.iam.list_user_policies(UserName="alice")["PolicyNames"] == []
    assert root.iam.list_policies(Scope="Local")["Policies"] == []


@pytest.mark.parametrize("kind, limit", [("user", 2048), ("group", 5120), ("role", 10240)])
def test_the_sizes_of_policies_are_limited_without_their_white_space(root, kind, limit):
    named = {f"{kind.capitalize()}Name": "someone"}
    more = {"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}
    getattr(root.iam, f"create_{kind}")(**named, **more)
    put = getattr(root.iam, f"put_{kind}_policy")
    frame = len(allow("s3:GetObject", "arn:aws:s3:::").replace(" ", ""))
    fits = allow("s3:GetObject", "arn:aws:s3:::" + "x" * (limit - frame))
    put(PolicyName="p", PolicyDocument=fits + " " * 500, **named)
    with refused("LimitExceeded"):
        put(PolicyName="p", PolicyDocument=fits.replace(":::", ":::y"), **named)
    with refused("LimitExceeded"):
        put(PolicyName="q", PolicyDocument=allow("s3:GetObject"), **named)


def test_policies_of_aws_cannot_be_changed(root):
    for call, code in (
        (lambda: root.iam.delete_policy(PolicyArn=READ_ONLY), "AccessDenied"),
        (lambda: root.iam.create_policy_version(PolicyArn=READ_ONLY, PolicyDocument=allow("*")), "AccessDenied"),
        (lambda: root.iam.tag_policy(PolicyArn=READ_ONLY, Tags=[{"Key": "a", "Value": "b"}]), "InvalidInput"),
        (lambda: root.iam.untag_policy(PolicyArn=READ_ONLY, TagKeys=["a"]), "InvalidInput"),
    ):
        with refused(code):
            call()
    document = root.iam.get_policy_version(
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess", VersionId="v1")["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


@pytest.mark.parametrize("reserved", ["aws-service-role/AWSSupportServiceRolePolicy", "root-task/S3UnlockBucketPolicy"])
def test_what_aws_keeps_for_itself_is_attached_to_nobody(root, reserved):
    reserved = "arn:aws:iam::aws:policy/" + reserved
    assert root.iam.get_policy(PolicyArn=reserved)["Policy"]["Arn"] == reserved
    root.iam.create_user(UserName="alice")
    root.iam.create_group(GroupName="team")
    root.iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=TRUST)
    bound = {"PermissionsBoundary": reserved}
    for kind, call in (
        ("user", lambda: root.iam.attach_user_policy(UserName="alice", PolicyArn=reserved)),
        ("user", lambda: root.iam.put_user_permissions_boundary(UserName="alice", **bound)),
        ("user", lambda: root.iam.create_user(UserName="bob", **bound)),
        ("group", lambda: root.iam.attach_group_policy(GroupName="team", PolicyArn=reserved)),
        ("role", lambda: root.iam.attach_role_policy(RoleName="deploy", PolicyArn=reserved)),
        ("role", lambda: root.iam.put_role_permissions_boundary(RoleName="deploy", **bound)),
        ("role", lambda: root.iam.create_role(RoleName="other", AssumeRolePolicyDocument=TRUST, **bound)),
    ):
        words = "Cannot attach a Service Role Policy to a Customer Role." if kind == "role" else (
            f"Cannot attach AWS reserved policy to an IAM {kind}.")
        with refused("PolicyNotAttachable", words, status=400):
            call()
    assert root.iam.list_attached_user_policies(UserName="alice")["AttachedPolicies"] == []
    assert [user["UserName"] for user in root.iam.list_users()["Users"]] == ["alice"]


@pytest.mark.parametrize("service, name, policy", [
    ("support", "Support", "AWSSupportServiceRolePolicy"), ("waf", "WAFLogging", "WAFLoggingServiceRolePolicy"),
    ("docdb-elastic", "DocDB-Elastic", "AmazonDocDB-ElasticServiceRolePolicy"),
    ("opsinsights.ssm", "AmazonSSM_OpsInsights", "AWSSSMOpsInsightsServiceRolePolicy"),
    ("custom-resource.application-autoscaling", "ApplicationAutoScaling_CustomResource",
     "AWSApplicationAutoScalingCustomResourcePolicy")])
def test_a_role_of_a_service_has_what_aws_keeps_for_it(root, service, name, policy):
    service += ".amazonaws.com"
    made = root.iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert made["RoleName"] == "AWSServiceRoleFor" + name and made["Path"] == f"/aws-service-role/{service}/"
    (attached,) = root.iam.list_attached_role_policies(RoleName=made["RoleName"])["AttachedPolicies"]
    assert attached["PolicyName"] == policy
    role = root.iam.get_role(RoleName=made["RoleName"])["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]


def test_policies_for_service_roles_are_for_everybody(root):
    """Their path has one word less than that of the reserved ones."""
    root.iam.create_user(UserName="alice")
    open_to_all = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    root.iam.attach_user_policy(UserName="alice", PolicyArn=open_to_all)
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=open_to_all)


def test_the_filter_of_uses_counts_with_only_attached_alone(root):
    for name in ["attached", "both", "boundary", "unused"]:
        root.iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:*"))
    root.iam.create_user(UserName="alice", PermissionsBoundary=arn("policy", "boundary"))
    root.iam.create_user(UserName="bob", PermissionsBoundary=arn("policy", "both"))
    for name in ["attached", "both"]:
        root.iam.attach_user_policy(UserName="alice", PolicyArn=arn("policy", name))

    def listed(**more):
        return names(root.iam.list_policies(Scope="Local", **more)["Policies"], "PolicyName")

    for usage in ["PermissionsPolicy", "PermissionsBoundary"]:
        for only in [{}, {"OnlyAttached": False}]:
            assert listed(PolicyUsageFilter=usage, **only) == ["attached", "both", "boundary", "unused"]
    assert listed(OnlyAttached=True) == ["attached", "both", "boundary"]
    assert listed(OnlyAttached=True, PolicyUsageFilter="PermissionsPolicy") == ["attached", "both"]
    assert listed(OnlyAttached=True, PolicyUsageFilter="PermissionsBoundary") == ["both", "boundary"]


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_an_inline_policy_is_told_as_it_was_asked_for(root, kind):
    whose = {f"{kind.capitalize()}Name": "someone"}
    getattr(root.iam, f"create_{kind}")(**whose, **({"AssumeRolePolicyDocument": TRUST} if kind == "role" else {}))
    put, get = getattr(root.iam, f"put_{kind}_policy"), getattr(root.iam, f"get_{kind}_policy")
    put(PolicyName="MixedName", PolicyDocument=allow("s3:*"), **whose)
    put(PolicyName="mixedname", PolicyDocument=policy(statement("Deny", "s3:*")), **whose)
    assert getattr(root.iam, f"list_{kind}_policies")(**whose)["PolicyNames"] == ["MixedName"]
    got = get(PolicyName="MIXEDNAME", **whose)
    assert got["PolicyName"] == "MIXEDNAME" and got["PolicyDocument"]["Statement"][0]["Effect"] == "Deny"
