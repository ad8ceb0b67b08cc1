"""Defends the question that auditors ask: who used this key? CloudTrail answers it by the key's ARN, whatever name the key was
used by, and whether the caller used it or a service for him."""

import collections
import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from errors import refused
from kms import allow, key, key_policy
from server import ACCOUNT, OTHER_ACCOUNT
from test_kms_import import bring

REPLICA = "us-west-2"


def trail(clients, arn):
    """The events that name the key, oldest first: (name, user, through which service)."""
    attributes = [{"AttributeKey": "ResourceName", "AttributeValue": arn}]
    pages = clients.cloudtrail.get_paginator("lookup_events").paginate(LookupAttributes=attributes)
    told = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
    for record in told:
        assert arn in [one["ARN"] for one in record["resources"]]
    return [(one["eventName"], one["userIdentity"].get("arn", ""), one["userIdentity"].get("invokedBy")) for one in reversed(told)]


def names(clients, arn):
    return collections.Counter(name for name, _, _ in trail(clients, arn))


ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def test_every_use_of_a_symmetric_key_is_found(root):
    arn, other = key(root), key(root)
    root.kms.create_alias(AliasName="alias/mine", TargetKeyId=arn)
    text = root.kms.encrypt(KeyId="alias/mine", Plaintext=b"x")["CiphertextBlob"]
    root.kms.decrypt(CiphertextBlob=text)
    root.kms.re_encrypt(CiphertextBlob=text, DestinationKeyId=other)
    for call in (root.kms.generate_data_key, root.kms.generate_data_key_without_plaintext):
        call(KeyId="alias/mine", KeySpec="AES_256")
    for call in (root.kms.generate_data_key_pair, root.kms.generate_data_key_pair_without_plaintext):
        call(KeyId=arn, KeyPairSpec="ECC_NIST_P256")
    root.kms.describe_key(KeyId="alias/mine")
    used = names(root, arn)
    expected = {
        "CreateKey": 1, "CreateAlias": 1, "Encrypt": 1, "Decrypt": 1, "ReEncrypt": 1, "GenerateDataKey": 1,
        "GenerateDataKeyWithoutPlaintext": 1, "GenerateDataKeyPair": 1, "GenerateDataKeyPairWithoutPlaintext": 1,
        "DescribeKey": 1}
    assert used == expected
    # Both keys of a ReEncrypt.
    assert names(root, other) == {"CreateKey": 1, "ReEncrypt": 1}


@pytest.mark.parametrize("spec, usage, calls", [
    ("RSA_2048", "SIGN_VERIFY", ["Sign", "Verify", "GetPublicKey"]),
    ("RSA_2048", "ENCRYPT_DECRYPT", ["Encrypt", "Decrypt"]),
    ("HMAC_256", "GENERATE_VERIFY_MAC", ["GenerateMac", "VerifyMac"]),
    ("ECC_NIST_P256", "KEY_AGREEMENT", ["DeriveSharedSecret"]),
])
def test_every_use_of_the_other_keys_is_found(root, spec, usage, calls):
    arn = key(root, spec, usage)
    kms, words = root.kms, {"KeyId": arn}
    for name in calls:
        match name:
            case "Sign":
                signature = kms.sign(Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256", **words)["Signature"]
            case "Verify":
                kms.verify(Message=b"x", Signature=signature, SigningAlgorithm="RSASSA_PSS_SHA_256", **words)
            case "GetPublicKey":
                kms.get_public_key(**words)
            case "Encrypt":
                text = kms.encrypt(Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_256", **words)["CiphertextBlob"]
            case "Decrypt":
                kms.decrypt(CiphertextBlob=text, EncryptionAlgorithm="RSAES_OAEP_SHA_256", **words)
            case "GenerateMac":
                mac = kms.generate_mac(Message=b"x", MacAlgorithm="HMAC_SHA_256", **words)["Mac"]
            case "VerifyMac":
                kms.verify_mac(Message=b"x", Mac=mac, MacAlgorithm="HMAC_SHA_256", **words)
            case "DeriveSharedSecret":
                peer = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
                kms.derive_shared_secret(KeyAgreementAlgorithm="ECDH", PublicKey=peer, **words)
    assert names(root, arn) == {"CreateKey": 1} | dict.fromkeys(calls, 1)


def test_uses_through_services_are_found_with_who_caused_them(root):
    arn = key(root)
    root.secretsmanager.create_secret(Name="db", SecretString="x", KmsKeyId=arn)
    root.secretsmanager.get_secret_value(SecretId="db")
    root.ssm.put_parameter(Name="/p", Value="x", Type="SecureString", KeyId=arn)
    root.ssm.put_parameter(Name="/long", Value="x" * 5000, Type="SecureString", KeyId=arn, Tier="Advanced")
    root.ssm.get_parameter(Name="/p", WithDecryption=True)
    root.ssm.get_parameters_by_path(Path="/", WithDecryption=True)
    root.ssm.get_parameter(Name="/p")
    secrets, parameters = "secretsmanager.amazonaws.com", "ssm.amazonaws.com"
    told = [(name, by) for name, user, by in trail(root, arn) if user == ROOT]
    assert told == [
        ("CreateKey", None), ("GenerateDataKey", secrets), ("Decrypt", secrets), ("Encrypt", parameters),
        ("GenerateDataKey", parameters), ("Decrypt", parameters), *[("Decrypt", parameters)] * 2]


def test_uses_that_reached_the_key_and_failed_are_found_too(root, people):
    arn = key(root)
    # Who may not use the key does not reach it: as AWS has it, the record of a denial tells nothing of the request.
    bob = people.user("bob")
    with refused("AccessDeniedException"):
        bob.kms.encrypt(KeyId=arn, Plaintext=b"x")
    root.kms.disable_key(KeyId=arn)
    with refused("DisabledException"):
        root.kms.encrypt(KeyId=arn, Plaintext=b"x")
    users = [user for name, user, _ in trail(root, arn) if name == "Encrypt"]
    assert users == [ROOT]


def test_another_accounts_use_is_found_by_the_owner(root, other):
    arn = key(root, Policy=key_policy(allow(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "kms:Encrypt")))
    other.kms.encrypt(KeyId=arn, Plaintext=b"x")
    # The owner's record tells the account, and no more of the caller than that.
    assert names(root, arn) == {"CreateKey": 1, "Encrypt": 1}
    assert [user for name, user, _ in trail(other, arn)] == [f"arn:aws:iam::{OTHER_ACCOUNT}:root"]


def test_each_replica_has_a_trail_of_its_own(root):
    arn = key(root, MultiRegion=True)
    root.kms.replicate_key(KeyId=arn, ReplicaRegion=REPLICA)
    there, west = arn.replace("us-east-1", REPLICA), root.at(REPLICA)
    text = root.kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
    west.kms.decrypt(CiphertextBlob=text)
    assert names(root, arn)["Encrypt"] == 1 and names(root, arn)["Decrypt"] == 0
    assert names(west, there)["Decrypt"] == 1


def test_material_and_deletion_are_found(root, server):
    arn = key(root, Origin="EXTERNAL")
    bring(root, arn, b"m" * 32)
    root.kms.delete_imported_key_material(KeyId=arn)
    root.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    used = names(root, arn)
    for name in ("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial", "ScheduleKeyDeletion"):
        assert used[name] == 1, name
    assert trail(root, arn)[0][0] == "CreateKey"
