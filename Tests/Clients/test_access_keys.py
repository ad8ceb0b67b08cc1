"""Defends the life of an access key: shown once, listed, switched off, deleted, and told when it was last used."""

import datetime
import re

from errors import refused
from people import allow
from callers import Clients
from server import OTHER_ACCOUNT, Keys


def test_a_key_is_shown_once_and_then_only_named(root):
    root.iam.create_user(UserName="alice")
    key = root.iam.create_access_key(UserName="alice")["AccessKey"]
    assert set(key) == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key["AccessKeyId"]) and len(key["SecretAccessKey"]) == 40
    listed = root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert listed == [{name: key[name] for name in ("UserName", "AccessKeyId", "Status", "CreateDate")}]
    assert root.sts.get_access_key_info(AccessKeyId=key["AccessKeyId"])["Account"] == "123456789012"


def test_a_user_has_two_keys_at_most(root):
    root.iam.create_user(UserName="alice")
    root.iam.create_access_key(UserName="alice")
    root.iam.create_access_key(UserName="alice")
    with refused("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2"):
        root.iam.create_access_key(UserName="alice")
    first = root.iam.list_access_keys(UserName="alice", MaxItems=1)
    assert first["IsTruncated"]
    second = root.iam.list_access_keys(UserName="alice", MaxItems=1, Marker=first["Marker"])
    assert not second["IsTruncated"] and first["AccessKeyMetadata"] != second["AccessKeyMetadata"]


def test_an_inactive_key_is_unknown_until_it_is_active_again(people, root):
    alice = people.user("alice")
    for status, works in [("Inactive", False), ("Active", True)]:
        root.iam.update_access_key(UserName="alice", AccessKeyId=alice.keys.id, Status=status)
        assert root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["Status"] == status
        if works:
            alice.sts.get_caller_identity()
        else:
            with refused("InvalidClientTokenId"):
                alice.sts.get_caller_identity()


def test_a_deleted_key_is_gone_with_the_next_call(people, root):
    alice = people.user("alice")
    alice.sts.get_caller_identity()
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.keys.id)
    with refused("InvalidClientTokenId"):
        alice.sts.get_caller_identity()
    with refused("NoSuchEntity", f"The Access Key with id {alice.keys.id} cannot be found"):
        root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.keys.id)


def test_a_user_turns_their_own_key(server, people):
    alice = people.user("alice", allow(["iam:CreateAccessKey", "iam:DeleteAccessKey"], "arn:aws:iam::*:user/alice"))
    fresh = Clients(server, Keys.of(alice.iam.create_access_key()))
    fresh.iam.delete_access_key(AccessKeyId=alice.keys.id)
    assert fresh.sts.get_caller_identity()["Arn"].endswith("user/alice")
    with refused("InvalidClientTokenId"):
        alice.sts.get_caller_identity()


def test_last_use_is_told(people, root):
    alice = people.user("alice", allow("iam:ListUsers"))
    unused = root.iam.get_access_key_last_used(AccessKeyId=alice.keys.id)
    assert unused["UserName"] == "alice"
    assert unused["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    alice.iam.list_users()
    used = root.iam.get_access_key_last_used(AccessKeyId=alice.keys.id)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam" and used["Region"] == "us-east-1"
    assert abs(used["LastUsedDate"] - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)


def test_nobody_is_told_whether_a_key_exists_that_is_not_of_their_account(root, people, other):
    stranger = people.user("stranger")
    for key in (stranger.keys.id, "AKIAIOSFODNN7EXAMPLE"):
        with refused("AccessDenied", f"User: arn:aws:iam::{OTHER_ACCOUNT}:root is not authorized to perform "
                     f"iam:GetAccessKeyLastUsed on resource: access key {key}"):
            other.iam.get_access_key_last_used(AccessKeyId=key)
