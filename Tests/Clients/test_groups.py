"""Defends groups: their fields, members, pages and refusals."""

import re

from errors import refused
from people import allow, arn
from test_users import names, pages


def test_a_group_is_told_exactly(root):
    made = root.iam.create_group(GroupName="Team", Path="/x/")["Group"]
    assert set(made) == {"Path", "GroupName", "GroupId", "Arn", "CreateDate"}
    assert re.fullmatch("AGPA[A-Z2-7]{17}", made["GroupId"]) and made["Arn"] == arn("group", "x/Team")
    answer = root.iam.get_group(GroupName="team")
    assert answer["Group"] == made and answer["Users"] == [] and not answer["IsTruncated"]
    assert root.iam.list_groups()["Groups"] == [made]
    with refused("EntityAlreadyExists"):
        root.iam.create_group(GroupName="TEAM")
    root.iam.update_group(GroupName="Team", NewGroupName="Crew", NewPath="/")
    assert root.iam.get_group(GroupName="Crew")["Group"]["Arn"] == arn("group", "Crew")


def test_members_and_groups_come_in_pages(root):
    root.iam.create_group(GroupName="team")
    for name in ["carol", "Bob", "alice"]:
        root.iam.create_user(UserName=name)
        root.iam.add_user_to_group(GroupName="team", UserName=name)
    root.iam.add_user_to_group(GroupName="team", UserName="alice")
    assert names(pages(root.iam, "get_group", "Users", GroupName="team")) == ["alice", "Bob", "carol"]
    for name in ["b", "a", "C"]:
        root.iam.create_group(GroupName=name)
        root.iam.add_user_to_group(GroupName=name, UserName="alice")
    assert names(pages(root.iam, "list_groups", "Groups"), "GroupName") == ["a", "b", "C", "team"]
    found = pages(root.iam, "list_groups_for_user", "Groups", UserName="alice")
    assert sorted(names(found, "GroupName"), key=str.lower) == ["a", "b", "C", "team"]


def test_a_group_is_deleted_only_when_nothing_hangs_on_it(root):
    root.iam.create_group(GroupName="team")
    root.iam.create_user(UserName="alice")
    root.iam.add_user_to_group(GroupName="team", UserName="alice")
    with refused("DeleteConflict"):
        root.iam.delete_group(GroupName="team")
    root.iam.remove_user_from_group(GroupName="team", UserName="alice")
    # Not to be in it any more is no error, unlike not to be at all.
    root.iam.remove_user_from_group(GroupName="team", UserName="alice")
    with refused("NoSuchEntity"):
        root.iam.remove_user_from_group(GroupName="team", UserName="nobody")
    root.iam.put_group_policy(GroupName="team", PolicyName="p", PolicyDocument=allow("s3:*"))
    with refused("DeleteConflict", "must delete policies first"):
        root.iam.delete_group(GroupName="team")
    root.iam.delete_group_policy(GroupName="team", PolicyName="p")
    root.iam.delete_group(GroupName="team")
    with refused("NoSuchEntity", "The group with name team cannot be found."):
        root.iam.get_group(GroupName="team")


def test_a_user_is_in_ten_groups_at_most(root):
    root.iam.create_user(UserName="alice")
    for number in range(10):
        root.iam.create_group(GroupName=f"g{number}")
        root.iam.add_user_to_group(GroupName=f"g{number}", UserName="alice")
    root.iam.create_group(GroupName="one-more")
    with refused("LimitExceeded", "GroupsPerUser: 10"):
        root.iam.add_user_to_group(GroupName="one-more", UserName="alice")
