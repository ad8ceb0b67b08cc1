"""Defends the life of a user: each field of each answer, each refusal, each page."""

import datetime
import re

import pytest

from errors import refused
from people import allow, arn


def names(items, key="UserName"):
    return [item[key] for item in items]


def pages(client, operation, key, size=2, **more):
    """Everything, read in pages of `size`; no page may hold more."""
    answers = list(client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}, **more))
    assert all(len(answer[key]) <= size for answer in answers)
    assert [answer["IsTruncated"] for answer in answers] == [True] * (len(answers) - 1) + [False]
    return [item for answer in answers for item in answer[key]]


def test_a_user_is_told_exactly(root):
    made = root.iam.create_user(UserName="Alice", Path="/staff/", Tags=[{"Key": "Team", "Value": "blue"}])["User"]
    assert set(made) == {"Path", "UserName", "UserId", "Arn", "CreateDate", "Tags"}
    assert made["Arn"] == arn("user", "staff/Alice") and made["Path"] == "/staff/"
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["UserId"])
    assert abs(made["CreateDate"] - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    got = root.iam.get_user(UserName="Alice")["User"]
    assert got == made
    listed = root.iam.list_users()
    assert listed["Users"] == [{key: value for key, value in made.items() if key != "Tags"}] and not listed["IsTruncated"]


def test_a_list_leaves_out_the_boundary(root):
    root.iam.create_user(UserName="alice", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert "PermissionsBoundary" in root.iam.get_user(UserName="alice")["User"]
    assert "PermissionsBoundary" not in root.iam.list_users()["Users"][0]


def test_names_are_found_in_any_case_and_taken_in_any_case(root):
    root.iam.create_user(UserName="Alice")
    assert root.iam.get_user(UserName="aLICE")["User"]["UserName"] == "Alice"
    with refused("EntityAlreadyExists", "User with name ALICE already exists."):
        root.iam.create_user(UserName="ALICE")
    with refused("NoSuchEntity", "The user with name bob cannot be found."):
        root.iam.get_user(UserName="bob")


@pytest.mark.parametrize("wrong", [{"UserName": "a b"}, {"UserName": ""}, {"UserName": "x" * 65}, {"UserName": "u", "Path": "x"}, {}])
def test_a_wrong_name_or_path_is_refused(root, wrong):
    with refused("ValidationError"):
        root.iam.create_user(**wrong)


def test_users_come_in_order_and_in_pages(root):
    for name in ["delta", "Bravo", "alpha", "Charlie", "echo"]:
        root.iam.create_user(UserName=name, Path="/x/" if name == "echo" else "/")
    assert names(pages(root.iam, "list_users", "Users")) == ["alpha", "Bravo", "Charlie", "delta", "echo"]
    assert names(root.iam.list_users(PathPrefix="/x/")["Users"]) == ["echo"]
    with refused("ValidationError", "Marker"):
        root.iam.list_users(Marker="nonsense")
    for size in (0, 1001):
        with refused("ValidationError"):
            root.iam.list_users(MaxItems=size)


def test_renaming_moves_the_name_and_the_arn(root):
    before = root.iam.create_user(UserName="alice")["User"]
    root.iam.create_user(UserName="bob")
    with refused("EntityAlreadyExists"):
        root.iam.update_user(UserName="alice", NewUserName="BOB")
    root.iam.update_user(UserName="alice", NewUserName="carol", NewPath="/new/")
    after = root.iam.get_user(UserName="carol")["User"]
    assert after["UserId"] == before["UserId"] and after["Arn"] == arn("user", "new/carol")
    with refused("NoSuchEntity"):
        root.iam.get_user(UserName="alice")


def test_a_user_is_deleted_only_when_nothing_hangs_on_it(root):
    iam = root.iam
    iam.create_user(UserName="alice")
    iam.create_group(GroupName="team")
    key = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow("s3:*"))
    iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.add_user_to_group(UserName="alice", GroupName="team")
    undo = [
        lambda: iam.delete_access_key(UserName="alice", AccessKeyId=key),
        lambda: iam.delete_user_policy(UserName="alice", PolicyName="p"),
        lambda: iam.detach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"),
        lambda: iam.remove_user_from_group(UserName="alice", GroupName="team"),
    ]
    for step in undo:
        with refused("DeleteConflict", "Cannot delete entity, must"):
            iam.delete_user(UserName="alice")
        step()
    iam.delete_user(UserName="alice")
    with refused("NoSuchEntity"):
        iam.delete_user(UserName="alice")


def test_tags_have_any_case_an_order_and_a_limit(root):
    iam = root.iam
    iam.create_user(UserName="alice")
    iam.tag_user(UserName="alice", Tags=[{"Key": f"k{number:02}", "Value": str(number)} for number in range(5)])
    iam.tag_user(UserName="alice", Tags=[{"Key": "K01", "Value": "new"}])
    tags = pages(iam, "list_user_tags", "Tags", UserName="alice")
    assert [tag["Value"] for tag in tags] == ["0", "new", "2", "3", "4"]
    iam.untag_user(UserName="alice", TagKeys=["K00", "k02", "absent"])
    assert len(iam.list_user_tags(UserName="alice")["Tags"]) == 3
    with refused("LimitExceeded"):
        iam.tag_user(UserName="alice", Tags=[{"Key": f"more{number}", "Value": ""} for number in range(48)])
    with refused("InvalidInput", "Duplicate tag keys"):
        iam.tag_user(UserName="alice", Tags=[{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}])
    assert len(iam.list_user_tags(UserName="alice")["Tags"]) == 3
    with refused("NoSuchEntity"):
        iam.list_user_tags(UserName="nobody")


def test_without_a_name_the_caller_is_meant(root, people):
    assert root.iam.get_user()["User"]["Arn"] == "arn:aws:iam::123456789012:root"
    alice = people.user("alice", allow("iam:*"))
    assert alice.iam.get_user()["User"]["UserName"] == "alice"
    assert names(alice.iam.list_access_keys()["AccessKeyMetadata"]) == ["alice"]
