"""Defends the account's dump: everything that says who may do what, in pages, and good for `gatehouse simulate`."""

import json

import pytest

from errors import refused
from estate import DONE, Desk
from people import allow, arn, policy, statement, trust

AWS_READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
KINDS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


@pytest.fixture
def estate(root):
    """alice has one of everything, carol nothing; crew is alice's; worker is a role."""
    iam = root.iam
    read = iam.create_policy(PolicyName="Read", Path="/staff/", PolicyDocument=allow("s3:Get*"), Description="to read")
    read = read["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=read, PolicyDocument=allow("s3:GetObject"), SetAsDefault=True)
    iam.create_user(UserName="alice", Path="/staff/", Tags=[{"Key": "team", "Value": "blue"}], PermissionsBoundary=read)
    iam.create_user(UserName="carol")
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=allow("s3:ListBucket"))
    iam.attach_user_policy(UserName="alice", PolicyArn=AWS_READER)
    iam.create_group(GroupName="crew")
    iam.put_group_policy(GroupName="crew", PolicyName="crew-own", PolicyDocument=allow("s3:PutObject"))
    iam.attach_group_policy(GroupName="crew", PolicyArn=read)
    iam.add_user_to_group(GroupName="crew", UserName="alice")
    iam.create_role(
        RoleName="worker", AssumeRolePolicyDocument=trust(arn("user", "staff/alice")), PermissionsBoundary=AWS_READER,
        Tags=[{"Key": "team", "Value": "red"}])
    iam.put_role_policy(RoleName="worker", PolicyName="job", PolicyDocument=allow("s3:GetObject"))
    iam.attach_role_policy(RoleName="worker", PolicyArn=read)
    return read


def whole(root, **more):
    answer = root.iam.get_account_authorization_details(**more)
    assert not answer["IsTruncated"] and "Marker" not in answer
    return {kind: answer[kind] for kind in KINDS}


def test_everything_is_told(root, estate):
    found = whole(root)
    alice, carol = found["UserDetailList"]
    assert set(alice) == {
        "Path", "UserName", "UserId", "Arn", "CreateDate", "UserPolicyList", "GroupList", "AttachedManagedPolicies",
        "PermissionsBoundary", "Tags"}
    assert (alice["Arn"], alice["Path"], alice["GroupList"]) == (arn("user", "staff/alice"), "/staff/", ["crew"])
    assert alice["UserPolicyList"] == [{"PolicyName": "own", "PolicyDocument": json.loads(allow("s3:ListBucket"))}]
    assert alice["AttachedManagedPolicies"] == [{"PolicyName": "AmazonS3ReadOnlyAccess", "PolicyArn": AWS_READER}]
    assert alice["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": estate}
    assert alice["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert carol["UserPolicyList"] == carol["GroupList"] == carol["AttachedManagedPolicies"] == carol["Tags"] == []
    assert "PermissionsBoundary" not in carol
    [crew] = found["GroupDetailList"]
    assert set(crew) == {
        "Path", "GroupName", "GroupId", "Arn", "CreateDate", "GroupPolicyList", "AttachedManagedPolicies"}
    assert crew["GroupPolicyList"][0]["PolicyName"] == "crew-own"
    assert crew["AttachedManagedPolicies"] == [{"PolicyName": "Read", "PolicyArn": estate}]
    [worker] = found["RoleDetailList"]
    assert worker["AssumeRolePolicyDocument"] == json.loads(trust(arn("user", "staff/alice")))
    assert worker["PermissionsBoundary"]["PermissionsBoundaryArn"] == AWS_READER
    assert worker["InstanceProfileList"] == [] and worker["Tags"] == [{"Key": "team", "Value": "red"}]
    assert worker["RolePolicyList"] == [{"PolicyName": "job", "PolicyDocument": json.loads(allow("s3:GetObject"))}]
    read, reader = found["Policies"]
    assert (read["Arn"], read["AttachmentCount"], read["PermissionsBoundaryUsageCount"]) == (estate, 2, 1)
    assert (read["DefaultVersionId"], read["Description"], read["IsAttachable"]) == ("v2", "to read", True)
    assert [(v["VersionId"], v["IsDefaultVersion"]) for v in read["PolicyVersionList"]] == [("v2", True), ("v1", False)]
    assert read["PolicyVersionList"][1]["Document"] == json.loads(allow("s3:Get*"))
    assert (reader["Arn"], reader["AttachmentCount"], reader["PermissionsBoundaryUsageCount"]) == (AWS_READER, 1, 1)


def test_each_policy_in_use_counts_once(root, estate):
    def in_use():
        return root.iam.get_account_summary()["SummaryMap"]["PolicyVersionsInUse"]
    # The account's own with two attachments, a boundary and two versions, and one of AWS's.
    assert in_use() == 2
    idle = root.iam.create_policy(PolicyName="idle", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    assert in_use() == 2
    root.iam.put_user_permissions_boundary(UserName="carol", PermissionsBoundary=idle)
    root.iam.attach_user_policy(UserName="carol", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    root.iam.attach_user_policy(UserName="carol", PolicyArn=AWS_READER)
    assert in_use() == 4


@pytest.mark.parametrize("wanted, kinds", [
    (["User"], [2, 0, 0, 0]), (["Role", "Group"], [0, 1, 1, 0]), (["LocalManagedPolicy"], [0, 0, 0, 1]),
    (["AWSManagedPolicy"], [0, 0, 0, 1]), (["AWSManagedPolicy", "LocalManagedPolicy"], [0, 0, 0, 2])])
def test_a_filter_leaves_the_others_out(root, estate, wanted, kinds):
    assert [len(items) for items in whole(root, Filter=wanted).values()] == kinds


def test_pages_of_any_size_are_the_whole(root, estate):
    everything = whole(root)
    for size in range(1, 8):
        found = {kind: [] for kind in KINDS}
        pages = root.iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": size})
        for page in pages:
            assert sum(len(page[kind]) for kind in KINDS) <= size
            for kind in KINDS:
                found[kind] += page[kind]
        assert found == everything, size


def test_another_account_sees_nothing_of_it(other, estate):
    assert all(items == [] for items in whole(other).values())


def test_a_wrong_filter_or_marker_is_refused(root):
    with refused("ValidationError"):
        root.iam.get_account_authorization_details(Filter=["Everything"])
    for marker in ("nonsense", root.iam.list_policies(MaxItems=1)["Marker"]):
        with refused("ValidationError", "Marker"):
            root.iam.get_account_authorization_details(Marker=marker)


def test_simulate_reads_what_the_command_line_prints(aws, estate, tmp_path):
    desk = Desk(tmp_path)
    desk.file("dump.json", json.dumps(aws("iam", "get-account-authorization-details")))
    asked = ("what-can", "staff/alice".split("/")[1], "--account-dump", "dump.json", "--json")
    done = desk.simulate(*asked)
    assert done.returncode == DONE, done.stderr
    actions = {item["action"] for item in json.loads(done.stdout)["permissions"]}
    # Her boundary leaves of all her rights only this one.
    assert "s3:GetObject" in actions and "s3:PutObject" not in actions


def test_simulate_refuses_a_page_that_is_not_the_last(aws, root, estate, tmp_path):
    desk = Desk(tmp_path)
    pages = list(root.iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) == 2
    files = []
    for number, page in enumerate(pages):
        page.pop("ResponseMetadata")
        files += ["--account-dump", f"page{number}.json"]
        desk.file(f"page{number}.json", json.dumps(page, default=str))
    done = desk.simulate("what-can", "alice", *files[:2])
    assert done.returncode not in (DONE, 1) and "IsTruncated" in done.stderr and pages[0]["Marker"] in done.stderr
    assert desk.simulate("what-can", "alice", *files).returncode == DONE
    # Cut by the AWS CLI itself.
    desk.file("cut.json", json.dumps(aws("iam", "get-account-authorization-details", "--max-items", "1")))
    assert desk.simulate("what-can", "alice", "--account-dump", "cut.json").returncode not in (DONE, 1)
