"""Defends that two accounts on one server share nothing."""

import pytest
from botocore.exceptions import ClientError

from audit import events
from errors import refused
from people import allow, arn
from server import ACCOUNT, OTHER_ACCOUNT


def test_names_and_policies_of_another_account_are_not_there(root, other):
    root.iam.create_user(UserName="alice")
    own = root.iam.create_policy(PolicyName="own", PolicyDocument=allow("*"))["Policy"]["Arn"]
    assert other.iam.list_users()["Users"] == [] and other.iam.list_policies(Scope="Local")["Policies"] == []
    with refused("NoSuchEntity"):
        other.iam.get_user(UserName="alice")
    made = other.iam.create_user(UserName="alice")["User"]
    assert made["Arn"] == arn("user", "alice", OTHER_ACCOUNT)
    for call in (lambda: other.iam.get_policy(PolicyArn=own), lambda: other.iam.attach_user_policy(UserName="alice", PolicyArn=own)):
        with denied_or_absent():
            call()
    other.iam.delete_user(UserName="alice")
    assert root.iam.get_user(UserName="alice")["User"]["Arn"] == arn("user", "alice", ACCOUNT)


def denied_or_absent():
    return pytest.raises(ClientError, match="AccessDenied|NoSuchEntity|InvalidInput|ValidationError")


def test_keys_of_another_account_are_not_there(people, other):
    alice = people.user("alice")
    with denied_or_absent():
        other.iam.get_access_key_last_used(AccessKeyId=alice.keys.id)
    with denied_or_absent():
        other.iam.delete_access_key(AccessKeyId=alice.keys.id)
    alice.sts.get_caller_identity()


def test_each_account_sees_its_own_events(root, other):
    root.iam.create_user(UserName="alice")
    other.iam.create_group(GroupName="team")
    assert [event["EventName"] for event in events(root)] == ["CreateUser"]
    assert [event["EventName"] for event in events(other)] == ["CreateGroup"]


def test_an_administrator_of_one_account_is_nobody_in_the_other(root, people):
    alice = people.user("alice", allow("*"))
    with refused("NoSuchEntity"):
        alice.iam.list_attached_user_policies(UserName="nobody")
    assert alice.iam.list_users()["Users"][0]["UserName"] == "alice"
    assert alice.sts.get_caller_identity()["Account"] == ACCOUNT
