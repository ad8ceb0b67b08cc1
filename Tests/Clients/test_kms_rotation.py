"""Defends rotation: the rhythm, the rotation on demand, what old ciphertexts still are, and the records of what falls due."""

import datetime
import time

import pytest

from audit import events, records
from errors import refused
from patience import eventually
from people import allow
from server import ACCOUNT
from test_kms_keys import key_arn, make


def rotations(clients, key, **more):
    return clients.kms.list_key_rotations(KeyId=key, **more)["Rotations"]


def test_a_rhythm_is_set_changed_and_ended(root):
    key = make(root)
    told = root.kms.get_key_rotation_status(KeyId=key)
    assert told["KeyRotationEnabled"] is False and "NextRotationDate" not in told
    root.kms.enable_key_rotation(KeyId=key)
    told = root.kms.get_key_rotation_status(KeyId=key)
    assert (told["KeyRotationEnabled"], told["RotationPeriodInDays"], told["KeyId"]) == (True, 365, key)
    due = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=365)
    assert abs(told["NextRotationDate"] - due) < datetime.timedelta(minutes=1)
    root.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    told = root.kms.get_key_rotation_status(KeyId=key)
    assert told["RotationPeriodInDays"] == 90
    assert abs(told["NextRotationDate"] - due + datetime.timedelta(days=275)) < datetime.timedelta(minutes=1)
    root.kms.disable_key_rotation(KeyId=key)
    assert root.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


@pytest.mark.parametrize("days", [89, 2561])
def test_periods_that_are_none(root, days):
    with refused("ValidationException"):
        root.kms.enable_key_rotation(KeyId=make(root), RotationPeriodInDays=days)


def test_the_period_can_be_denied(root, people):
    key = make(root)
    alice = people.user("alice", allow("kms:EnableKeyRotation", Condition={
        "NumericLessThanEquals": {"kms:RotationPeriodInDays": "180"}}))
    with refused("AccessDeniedException"):
        alice.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=365)
    alice.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)


def test_a_key_rotates_by_itself_and_the_old_material_decrypts(root, server):
    key = make(root)
    first = root.kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    old = root.kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    root.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=100)
    server.advance(days=100)
    done = eventually(lambda: rotations(root, key))
    assert [(entry["RotationType"], entry["KeyMaterialState"]) for entry in done] == [("AUTOMATIC", "CURRENT")]
    now = root.kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"]
    assert now == done[0]["KeyMaterialId"] != first
    assert root.kms.decrypt(CiphertextBlob=old)["Plaintext"] == b"old"
    new = root.kms.encrypt(KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    assert root.kms.decrypt(CiphertextBlob=new)["Plaintext"] == b"new"
    record = records(root, "RotateKey")[0]
    assert record["eventType"] == "AwsServiceEvent" and "requestID" not in record
    assert record["userIdentity"] == {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}
    assert (record["sourceIPAddress"], record["userAgent"]) == ("AWS Internal", "AWS Internal")
    assert record["requestParameters"] is None and record["responseElements"] is None
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key_arn(key)}]
    assert record["serviceEventDetails"] == {
        "keyId": key, "rotationType": "AUTOMATIC", "keyOrigin": "AWS_KMS", "currentKeyMaterialId": now,
        "previousKeyMaterialId": first}
    # Once, and the next one a period later.
    due = root.kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    server.advance(days=99)
    time.sleep(0.3)
    assert len(rotations(root, key)) == 1
    server.advance(days=1)
    eventually(lambda: len(rotations(root, key)) == 2)
    later = root.kms.get_key_rotation_status(KeyId=key)["NextRotationDate"]
    assert later - due == datetime.timedelta(days=100)


def test_a_disabled_key_waits_with_its_rotation(root, server):
    key = make(root)
    root.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    root.kms.disable_key(KeyId=key)
    server.advance(days=91)
    time.sleep(0.3)
    assert rotations(root, key) == []
    with refused("DisabledException"):
        root.kms.enable_key_rotation(KeyId=key)
    root.kms.enable_key(KeyId=key)
    eventually(lambda: rotations(root, key))


def test_rotation_on_demand(root):
    key = make(root)
    olds = []
    for number in range(3):
        olds.append(root.kms.encrypt(KeyId=key, Plaintext=bytes([number]))["CiphertextBlob"])
        assert root.kms.rotate_key_on_demand(KeyId=key)["KeyId"] == key
    for number, old in enumerate(olds):
        assert root.kms.decrypt(CiphertextBlob=old)["Plaintext"] == bytes([number])
    done = rotations(root, key)
    assert [(entry["RotationType"], entry["KeyMaterialState"]) for entry in done] == [
        ("ON_DEMAND", "NON_CURRENT"), ("ON_DEMAND", "NON_CURRENT"), ("ON_DEMAND", "CURRENT")]
    every = rotations(root, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert len(every) == 4 and "RotationDate" not in every[0]
    pages = root.kms.get_paginator("list_key_rotations").paginate(KeyId=key, PaginationConfig={"PageSize": 2})
    assert [entry["KeyMaterialId"] for page in pages for entry in page["Rotations"]] == [
        entry["KeyMaterialId"] for entry in done]
    assert records(root, "RotateKey")[0]["serviceEventDetails"]["rotationType"] == "ON_DEMAND"


def test_a_key_is_rotated_on_demand_25_times(root):
    key = make(root)
    for _ in range(25):
        root.kms.rotate_key_on_demand(KeyId=key)
    with refused("LimitExceededException", f"The on-demand rotations limit has been reached for the given keyId. No more "
                 f"on-demand rotations can be performed for this key: {key_arn(key)}"):
        root.kms.rotate_key_on_demand(KeyId=key)


@pytest.mark.parametrize("more, what", [
    ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, "key spec is RSA_2048"),
    ({"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}, "key spec is HMAC_256"),
    ({"Origin": "EXTERNAL"}, "origin is EXTERNAL"),
])
def test_keys_that_do_not_rotate_by_themselves(root, more, what):
    key = make(root, **more)
    with refused("UnsupportedOperationException", f"{key_arn(key)} {what} which is not valid for this operation."):
        root.kms.enable_key_rotation(KeyId=key)


def test_a_deletion_that_falls_due_is_recorded(root, server):
    key = make(root)
    root.kms.create_alias(AliasName="alias/a", TargetKeyId=key)
    root.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(days=7)
    record = eventually(lambda: records(root, "DeleteKey"))[0]
    assert (record["eventType"], record["responseElements"]) == ("AwsServiceEvent", {"keyId": key_arn(key)})
    assert root.kms.list_aliases()["Aliases"] == []
    assert len(events(root, "DeleteKey")) == 1
