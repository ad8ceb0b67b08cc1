"""Defends KMS keys: making, describing, states, policies, tags, aliases, deletion, and who may do any of it."""

import datetime
import json

import pytest

from audit import records, request_id
from callers import Clients
from errors import refused
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT

REGION = "us-east-1"
ABSENT = "00000000-0000-4000-8000-000000000000"


def key_arn(key_id, region=REGION, account=ACCOUNT):
    return f"arn:aws:kms:{region}:{account}:key/{key_id}"


def alias_arn(name, account=ACCOUNT):
    return f"arn:aws:kms:{REGION}:{account}:{name}"


def make(clients, **more):
    return clients.kms.create_key(**more)["KeyMetadata"]["KeyId"]


def state(clients, key):
    return clients.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]


def delegating(*more):
    """A key policy that leaves the key to its account, and gives more."""
    return policy(statement("Allow", "kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), *more)


def test_a_key_is_told_exactly(root):
    made = root.kms.create_key(Description="for tests", Tags=[{"TagKey": "a", "TagValue": "1"}])["KeyMetadata"]
    key = made["KeyId"]
    told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert told == made
    material = told.pop("CurrentKeyMaterialId")
    assert len(material) == 64
    created = told.pop("CreationDate")
    assert abs(created - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=1)
    assert told == {
        "AWSAccountId": ACCOUNT, "KeyId": key, "Arn": key_arn(key), "Enabled": True, "Description": "for tests",
        "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS", "KeyManager": "CUSTOMER",
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "MultiRegion": False,
    }


def test_keys_are_listed_in_pages(root):
    ids = sorted(make(root) for _ in range(5))
    first = root.kms.list_keys(Limit=2)
    assert [key["KeyId"] for key in first["Keys"]] == ids[:2] and first["Truncated"] is True
    assert first["Keys"][0]["KeyArn"] == key_arn(ids[0])
    pages = root.kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
    assert [key["KeyId"] for page in pages for key in page["Keys"]] == ids
    assert root.at("eu-west-1").kms.list_keys()["Keys"] == []
    with refused("InvalidMarkerException"):
        root.kms.list_keys(Marker="nonsense")


def test_disabling_and_enabling(root):
    key = make(root)
    root.kms.disable_key(KeyId=key)
    assert state(root, key) == "Disabled"
    with refused("DisabledException", f"{key_arn(key)} is disabled."):
        root.kms.encrypt(KeyId=key, Plaintext=b"x")
    root.kms.disable_key(KeyId=key)
    root.kms.enable_key(KeyId=key_arn(key))
    assert root.kms.encrypt(KeyId=key, Plaintext=b"x")["KeyId"] == key_arn(key)


def test_the_record_of_a_change_names_the_key(root):
    key = make(root)
    answer = root.kms.disable_key(KeyId=key)
    record = records(root, "DisableKey")[0]
    assert record["requestID"] == request_id(answer)
    assert record["requestParameters"] == {"keyId": key}
    assert record["responseElements"] == {"keyId": key_arn(key)}
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key_arn(key)}]
    assert (record["eventSource"], record["readOnly"], record["managementEvent"]) == ("kms.amazonaws.com", False, True)


def test_absent_keys_and_names_that_are_none(root):
    for call in (root.kms.describe_key, root.kms.enable_key, root.kms.get_key_policy, root.kms.list_grants):
        with refused("NotFoundException", f"Key '{key_arn(ABSENT)}' does not exist"):
            call(KeyId=ABSENT)
    with refused("NotFoundException", "Invalid keyId 'no-such'"):
        root.kms.enable_key(KeyId="no-such")
    key = make(root)
    root.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    assert root.kms.describe_key(KeyId="alias/a")["KeyMetadata"]["KeyId"] == key
    with refused("NotFoundException"):
        root.kms.enable_key(KeyId="alias/a")


def test_a_description_is_changed(root):
    key = make(root)
    root.kms.update_key_description(KeyId=key, Description="new")
    assert root.kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "new"


# Policies.


def test_the_ordinary_policy_leaves_the_key_to_its_account(root, people):
    key = make(root)
    told = root.kms.get_key_policy(KeyId=key)
    assert told["PolicyName"] == "default"
    document = json.loads(told["Policy"])
    assert document["Statement"][0]["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert root.kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    alice = people.user("alice")
    with refused("AccessDeniedException", "kms:DescribeKey"):
        alice.kms.describe_key(KeyId=key)
    people.may("alice", allow("kms:DescribeKey", key_arn(key)))
    alice.kms.describe_key(KeyId=key)


def test_a_policy_that_does_not_delegate_shuts_out_the_account(root, people):
    alice, key = people.user("alice", allow("kms:*")), make(root)
    own = policy(statement("Allow", "kms:*", Principal={"AWS": arn("user", "alice")}))
    with refused("MalformedPolicyDocumentException", "will not allow you to update the key policy in the future"):
        root.kms.put_key_policy(KeyId=key, Policy=own)
    alice.kms.put_key_policy(KeyId=key, Policy=own)
    with refused("AccessDeniedException"):
        root.kms.describe_key(KeyId=key)
    assert json.loads(alice.kms.get_key_policy(KeyId=key)["Policy"]) == json.loads(own)
    alice.kms.put_key_policy(KeyId=key, Policy=delegating(), BypassPolicyLockoutSafetyCheck=True)
    root.kms.describe_key(KeyId=key)


def test_policies_that_are_none(root):
    key = make(root)
    with refused("MalformedPolicyDocumentException"):
        root.kms.put_key_policy(KeyId=key, Policy="{}")
    with refused("MalformedPolicyDocumentException", "invalid principals"):
        root.kms.put_key_policy(
            KeyId=key, Policy=delegating(statement("Allow", "kms:*", Principal={"AWS": arn("user", "nobody")})))
    with refused("LimitExceededException"):
        root.kms.put_key_policy(KeyId=key, Policy=delegating() + " " * 32768)
    for call in (lambda **more: root.kms.put_key_policy(Policy=delegating(), **more), root.kms.get_key_policy):
        with refused("NotFoundException", "No such policy exists"):
            call(KeyId=key, PolicyName="other")


def test_another_account_needs_both_policies(root, other):
    key = make(root, Policy=delegating(statement("Allow", "kms:DescribeKey", Principal={"AWS": OTHER_ACCOUNT})))
    assert other.kms.describe_key(KeyId=key_arn(key))["KeyMetadata"]["KeyId"] == key
    with refused("AccessDeniedException"):
        other.kms.encrypt(KeyId=key_arn(key), Plaintext=b"x")
    # Management is the owner's alone.
    with refused("AccessDeniedException"):
        other.kms.disable_key(KeyId=key_arn(key))
    with refused("NotFoundException"):
        other.kms.describe_key(KeyId=key)


# Tags.


def test_tags(root):
    key = make(root)
    root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": f"k{n}", "TagValue": str(n)} for n in range(5)])
    root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "k0", "TagValue": "new"}])
    root.kms.untag_resource(KeyId=key, TagKeys=["k4", "absent"])
    pages = root.kms.get_paginator("list_resource_tags").paginate(KeyId=key, PaginationConfig={"PageSize": 2})
    assert [(tag["TagKey"], tag["TagValue"]) for page in pages for tag in page["Tags"]] == [
        ("k0", "new"), ("k1", "1"), ("k2", "2"), ("k3", "3")]
    with refused("TagException"):
        root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "aws:x", "TagValue": ""}])
    with refused("LimitExceededException", "Too many tags"):
        root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": f"x{n}", "TagValue": ""} for n in range(50)])
    for call in (lambda tags: root.kms.tag_resource(KeyId=key, Tags=tags), lambda tags: make(root, Tags=tags)):
        with refused("TagException", "Too many tags"):
            call([{"TagKey": f"x{n}", "TagValue": ""} for n in range(51)])


def test_a_tag_decides_who_may(root, people):
    alice = people.user("alice", allow("kms:DescribeKey", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}}))
    key = make(root)
    with refused("AccessDeniedException"):
        alice.kms.describe_key(KeyId=key)
    root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "a"}])
    alice.kms.describe_key(KeyId=key)


# Aliases.


def test_aliases(root):
    one, two = make(root), make(root)
    root.kms.create_alias(AliasName="alias/app/main", TargetKeyId=one)
    with refused("AlreadyExistsException", f"An alias with the name {alias_arn('alias/app/main')} already exists"):
        root.kms.create_alias(AliasName="alias/app/main", TargetKeyId=two)
    sealed = root.kms.encrypt(KeyId="alias/app/main", Plaintext=b"x")
    assert sealed["KeyId"] == key_arn(one)
    root.kms.update_alias(AliasName="alias/app/main", TargetKeyId=key_arn(two))
    assert root.kms.encrypt(KeyId=alias_arn("alias/app/main"), Plaintext=b"x")["KeyId"] == key_arn(two)
    listed = root.kms.list_aliases(KeyId=two)["Aliases"]
    assert [(entry["AliasName"], entry["AliasArn"], entry["TargetKeyId"]) for entry in listed] == [
        ("alias/app/main", alias_arn("alias/app/main"), two)]
    assert root.kms.list_aliases(KeyId=one)["Aliases"] == []
    root.kms.delete_alias(AliasName="alias/app/main")
    with refused("NotFoundException", f"Alias {alias_arn('alias/app/main')} is not found."):
        root.kms.delete_alias(AliasName="alias/app/main")
    with refused("NotFoundException"):
        root.kms.update_alias(AliasName="alias/app/main", TargetKeyId=one)


@pytest.mark.parametrize("name, code, message", [
    ("main", "ValidationException", 'Alias must start with the prefix "alias/".'),
    ("alias/", "ValidationException", "Invalid identifier"),
    ("alias/a:b", "ValidationException", "contains invalid characters for an alias"),
    ("alias/a b", "ValidationException", "^[a-zA-Z0-9:/_-]+$"),
    ("alias/aws/mine", "NotAuthorizedException", ""),
])
def test_names_that_no_alias_has(root, name, code, message):
    key = make(root)
    with refused(code, message):
        root.kms.create_alias(AliasName=name, TargetKeyId=key)


def test_an_alias_leads_to_a_key_of_its_kind(root):
    one, mac = make(root), make(root, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    root.kms.create_alias(AliasName="alias/a", TargetKeyId=one)
    with refused("ValidationException"):
        root.kms.update_alias(AliasName="alias/a", TargetKeyId=mac)
    with refused("ValidationException", "Aliases must refer to keys. Not aliases"):
        root.kms.create_alias(AliasName="alias/b", TargetKeyId="alias/a")
    with refused("NotFoundException"):
        root.kms.create_alias(AliasName="alias/b", TargetKeyId=ABSENT)


def test_an_alias_is_asked_for_on_both_sides(root, people):
    key = make(root)
    alice = people.user("alice", allow("kms:CreateAlias", key_arn(key)))
    with refused("AccessDeniedException", alias_arn("alias/a")):
        alice.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    people.may("alice", allow("kms:CreateAlias", alias_arn("alias/*")))
    with refused("AccessDeniedException", key_arn(key)):
        alice.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    people.may("alice", allow("kms:CreateAlias", [alias_arn("alias/*"), key_arn(key)]))
    alice.kms.create_alias(AliasName="alias/a", TargetKeyId=key)


def test_aliases_decide_who_may(root, people):
    alice = people.user(
        "alice", allow("kms:DescribeKey", Condition={"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/a"}}))
    key = make(root)
    with refused("AccessDeniedException"):
        alice.kms.describe_key(KeyId=key)
    root.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    alice.kms.describe_key(KeyId=key)
    root.kms.delete_alias(AliasName="alias/a")
    with refused("AccessDeniedException"):
        alice.kms.describe_key(KeyId=key)


def test_fifty_aliases_of_a_key(root):
    key = make(root)
    for number in range(50):
        root.kms.create_alias(AliasName=f"alias/{number:02}", TargetKeyId=key)
    with refused("LimitExceededException"):
        root.kms.create_alias(AliasName="alias/more", TargetKeyId=key)
    pages = root.kms.get_paginator("list_aliases").paginate(PaginationConfig={"PageSize": 20})
    assert [entry["AliasName"] for page in pages for entry in page["Aliases"]] == [f"alias/{n:02}" for n in range(50)]


# Deletion.


def test_a_key_waits_and_is_gone(root, server):
    key = make(root)
    root.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    answer = root.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert (answer["KeyId"], answer["KeyState"], answer["PendingWindowInDays"]) == (key_arn(key), "PendingDeletion", 7)
    told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert told["DeletionDate"] == answer["DeletionDate"] and told["Enabled"] is False
    for call, more in ((root.kms.encrypt, {"Plaintext": b"x"}), (root.kms.enable_key, {}), (root.kms.disable_key, {}),
                       (root.kms.schedule_key_deletion, {}), (root.kms.update_key_description, {"Description": ""}),
                       (root.kms.tag_resource, {"Tags": [{"TagKey": "a", "TagValue": "b"}]})):
        with refused("KMSInvalidStateException", f"{key_arn(key)} is pending deletion."):
            call(KeyId=key, **more)
    root.kms.put_key_policy(KeyId=key, Policy=delegating())
    server.advance(days=6, hours=23)
    assert state(root, key) == "PendingDeletion"
    server.advance(hours=1)
    with refused("NotFoundException", f"Key '{key_arn(key)}' does not exist"):
        root.kms.describe_key(KeyId=key)
    assert root.kms.list_keys()["Keys"] == []


def test_deletion_is_cancelled(root):
    key = make(root)
    with refused("KMSInvalidStateException", f"{key_arn(key)} is not pending deletion."):
        root.kms.cancel_key_deletion(KeyId=key)
    answer = root.kms.schedule_key_deletion(KeyId=key)
    assert answer["PendingWindowInDays"] == 30
    assert root.kms.cancel_key_deletion(KeyId=key)["KeyId"] == key_arn(key)
    assert state(root, key) == "Disabled"
    root.kms.enable_key(KeyId=key)
    root.kms.encrypt(KeyId=key, Plaintext=b"x")


@pytest.mark.parametrize("days", [1, 6, 31, 365])
def test_waiting_periods_that_are_none(root, days):
    key = make(root)
    with refused("ValidationException"):
        root.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


def test_a_short_waiting_period_can_be_denied(root, people):
    key = make(root)
    alice = people.user("alice", policy(
        statement("Allow", "kms:*"),
        statement("Deny", "kms:ScheduleKeyDeletion", Condition={
            "NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}})))
    with refused("AccessDeniedException"):
        alice.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    alice.kms.schedule_key_deletion(KeyId=key)


def test_the_command_line(aws):
    key = aws("kms", "create-key", "--description", "cli")["KeyMetadata"]["KeyId"]
    aws("kms", "create-alias", "--alias-name", "alias/cli", "--target-key-id", key)
    assert aws("kms", "describe-key", "--key-id", "alias/cli")["KeyMetadata"]["Description"] == "cli"
    aws("kms", "tag-resource", "--key-id", key, "--tags", "TagKey=a,TagValue=b")
    assert aws("kms", "list-resource-tags", "--key-id", key)["Tags"] == [{"TagKey": "a", "TagValue": "b"}]
    aws("kms", "delete-alias", "--alias-name", "alias/cli")
    assert aws("kms", "schedule-key-deletion", "--key-id", key, "--pending-window-in-days", "7")["KeyId"] == key_arn(key)
