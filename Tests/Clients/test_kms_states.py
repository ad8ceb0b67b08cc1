"""Defends what may be done to a key in each of its states: every state with every operation that names a key.
- Source: KMS Developer Guide, "Key states of AWS KMS keys", the table and its notes."""

import os

import pytest
from botocore.exceptions import ClientError

from fake_token import MODULE
from key_stores import StoreHouse
from kms import key
from server import ACCOUNT
from test_kms_import import bring

FINE = None
DISABLED = ("DisabledException", "is disabled.")
DELETION = ("KMSInvalidStateException", "is pending deletion.")
REPLICAS = ("KMSInvalidStateException", "is pending replica deletion.")
IMPORT = ("KMSInvalidStateException", "is pending import.")
UNAVAILABLE = ("KMSInvalidStateException", "is unavailable.")
NOT_DELETION = ("KMSInvalidStateException", "is not pending deletion.")
# Of what only keys with imported material have, of what those do not have, and of what keys in custom key stores do not have.
NOT_EXTERNAL = ("UnsupportedOperationException", "origin is AWS_KMS which is not valid for this operation.")
EXTERNAL = ("UnsupportedOperationException", "origin is EXTERNAL which is not valid for this operation.")
STORE = ("UnsupportedOperationException", "origin is AWS_CLOUDHSM which is not valid for this operation.")
SINGLE = ("UnsupportedOperationException", "is not a multi-Region key.")

# "Pending replica deletion" stands in one column with "pending deletion", and is said in its own words.
STATES = ["Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion"]
USE = [FINE, DISABLED, DELETION, IMPORT]
VIEW = [FINE] * 4
CHANGE = [FINE, FINE, DELETION, FINE]
WEST, EU = "us-west-2", "eu-west-1"

# What each operation answers in each state.
TABLE = {
    "Encrypt": USE, "Decrypt": USE, "GenerateDataKey": USE, "GenerateDataKeyWithoutPlaintext": USE, "GenerateDataKeyPair": USE,
    "GenerateDataKeyPairWithoutPlaintext": USE, "ReEncryptFrom": USE, "ReEncryptTo": USE, "CreateGrant": USE,
    "Sign": USE, "Verify": USE, "GenerateMac": USE, "VerifyMac": USE, "DeriveSharedSecret": USE, "GetPublicKey": USE,
    "ReplicateKey": USE, "UpdatePrimaryRegion": USE, "RotateKeyOnDemand": USE,
    "DescribeKey": VIEW, "GetKeyPolicy": VIEW, "ListKeyPolicies": VIEW, "ListGrants": VIEW, "ListResourceTags": VIEW, "ListAliases": VIEW,
    "PutKeyPolicy": VIEW, "RetireGrant": VIEW, "RevokeGrant": VIEW, "DeleteAlias": VIEW, "UpdateAliasFrom": VIEW,
    "GetKeyLastUsage": VIEW, "ListKeyRotations": VIEW,
    "CreateAlias": CHANGE, "TagResource": CHANGE, "UntagResource": CHANGE, "UpdateKeyDescription": CHANGE, "UpdateAliasTo": CHANGE,
    "ScheduleKeyDeletion": CHANGE,
    "CancelKeyDeletion": [NOT_DELETION, NOT_DELETION, FINE, NOT_DELETION],
    "EnableKey": [FINE, FINE, DELETION, IMPORT], "DisableKey": [FINE, FINE, DELETION, IMPORT],
    "EnableKeyRotation": [FINE, DISABLED, DELETION, EXTERNAL], "DisableKeyRotation": [FINE, DISABLED, DELETION, EXTERNAL],
    "GetKeyRotationStatus": VIEW,
    "GetParametersForImport": [NOT_EXTERNAL, NOT_EXTERNAL, NOT_EXTERNAL, FINE],
    "ImportKeyMaterial": [NOT_EXTERNAL, NOT_EXTERNAL, NOT_EXTERNAL, FINE],
    "DeleteImportedKeyMaterial": [NOT_EXTERNAL, NOT_EXTERNAL, NOT_EXTERNAL, FINE],
}

# Of a key in a custom key store that is not connected. Such keys neither sign nor have replicas.
OF_STORES = {
    **{name: UNAVAILABLE for name, row in TABLE.items() if row is USE}, "CreateGrant": FINE,
    **{name: FINE for name, row in TABLE.items() if row in (VIEW, CHANGE)},
    "CancelKeyDeletion": NOT_DELETION, "EnableKey": FINE, "DisableKey": FINE,
    **{name: STORE for name in (
        "EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations", "RotateKeyOnDemand",
        "GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial")},
    "ReplicateKey": SINGLE, "UpdatePrimaryRegion": SINGLE,
}

# Where a key is not of the usual kind.
PAIR = {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
MAC = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
KINDS = {
    "Sign": PAIR, "Verify": PAIR, "GetPublicKey": PAIR, "GenerateMac": MAC, "VerifyMac": MAC,
    "DeriveSharedSecret": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"},
    "ReplicateKey": {"MultiRegion": True}, "UpdatePrimaryRegion": {"MultiRegion": True},
}
for name in KINDS:
    if name not in ("ReplicateKey", "UpdatePrimaryRegion"):
        OF_STORES.pop(name)


def state_of(root, arn):
    return root.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]


class Case:
    """A key, what is made with it while it can, and one call."""

    def __init__(self, root, operation):
        self.root, self.kms, self.operation = root, root.kms, operation
        self.arn, self.material, self.blob, self.grant, self.proof = None, None, None, None, b"x" * 64

    @property
    def words(self):
        return {"KeyId": self.arn}

    @property
    def short(self):
        return self.arn.rsplit("/")[-1]

    def prepare(self):
        """What needs a key that can be used."""
        if self.operation in ("Decrypt", "ReEncryptFrom"):
            self.blob = self.kms.encrypt(Plaintext=b"x", **self.words)["CiphertextBlob"]
        if self.operation in ("RetireGrant", "RevokeGrant"):
            grantee = f"arn:aws:iam::{ACCOUNT}:root"
            self.grant = self.kms.create_grant(
                GranteePrincipal=grantee, RetiringPrincipal=grantee, Operations=["Encrypt"], **self.words)["GrantId"]
        if self.operation in ("DeleteAlias", "UpdateAliasFrom"):
            self.kms.create_alias(AliasName=f"alias/is-{self.short}", TargetKeyId=self.arn)
        if self.operation == "Verify":
            self.proof = self.kms.sign(Message=b"m", SigningAlgorithm="ECDSA_SHA_256", **self.words)["Signature"]
        if self.operation == "VerifyMac":
            self.proof = self.kms.generate_mac(Message=b"m", MacAlgorithm="HMAC_SHA_256", **self.words)["Mac"]

    def bring_into(self, state):
        """A key in that state."""
        kind = KINDS.get(self.operation, {})
        if state == "PendingImport":
            self.arn, self.material = key(self.root, Origin="EXTERNAL", **_of(kind)), os.urandom(32)
            # What the others need is not looked at before the state is.
            if kind in ({}, {"MultiRegion": True}):
                bring(self.root, self.arn, self.material)
                self.prepare()
                self.kms.delete_imported_key_material(KeyId=self.arn)
        else:
            more = {"MultiRegion": True} if state == "PendingReplicaDeletion" else {}
            self.arn = key(self.root, **_of(kind | more))
            self.prepare()
        if state == "Disabled":
            self.kms.disable_key(KeyId=self.arn)
        if state == "PendingReplicaDeletion":
            self.kms.replicate_key(KeyId=self.arn, ReplicaRegion=WEST)
        if state in ("PendingDeletion", "PendingReplicaDeletion"):
            self.kms.schedule_key_deletion(KeyId=self.arn, PendingWindowInDays=7)
        assert state_of(self.root, self.arn) == state
        if self.operation == "UpdatePrimaryRegion" and state == "Enabled":
            self.kms.replicate_key(KeyId=self.arn, ReplicaRegion=WEST)

    def call(self):
        kms, words, short = self.kms, self.words, self.short
        if self.operation == "ReEncryptTo":
            blob = kms.encrypt(KeyId=key(self.root), Plaintext=b"x")["CiphertextBlob"]
            return kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=self.arn)
        if self.operation == "UpdateAliasTo":
            kms.create_alias(AliasName=f"alias/moves-{short}", TargetKeyId=key(self.root))
            return kms.update_alias(AliasName=f"alias/moves-{short}", TargetKeyId=self.arn)
        if self.operation == "ImportKeyMaterial":
            if self.material:
                return bring(self.root, self.arn, self.material)
            return kms.import_key_material(
                ImportToken=b"x", EncryptedKeyMaterial=b"x", ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **words)
        if self.operation == "DeriveSharedSecret":
            peer = kms.get_public_key(KeyId=key(self.root, "ECC_NIST_P256", "KEY_AGREEMENT"))["PublicKey"]
            return kms.derive_shared_secret(KeyAgreementAlgorithm="ECDH", PublicKey=peer, **words)
        calls = {
            "Encrypt": lambda: kms.encrypt(Plaintext=b"x", **words),
            "Decrypt": lambda: kms.decrypt(CiphertextBlob=self.blob),
            "ReEncryptFrom": lambda: kms.re_encrypt(CiphertextBlob=self.blob, DestinationKeyId=key(self.root)),
            "GenerateDataKey": lambda: kms.generate_data_key(KeySpec="AES_256", **words),
            "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(KeySpec="AES_256", **words),
            "GenerateDataKeyPair": lambda: kms.generate_data_key_pair(KeyPairSpec="ECC_NIST_P256", **words),
            "GenerateDataKeyPairWithoutPlaintext": lambda: kms.generate_data_key_pair_without_plaintext(KeyPairSpec="ECC_NIST_P256", **words),
            "Sign": lambda: kms.sign(Message=b"m", SigningAlgorithm="ECDSA_SHA_256", **words),
            "Verify": lambda: kms.verify(Message=b"m", Signature=self.proof, SigningAlgorithm="ECDSA_SHA_256", **words),
            "GenerateMac": lambda: kms.generate_mac(Message=b"m", MacAlgorithm="HMAC_SHA_256", **words),
            "VerifyMac": lambda: kms.verify_mac(Message=b"m", Mac=self.proof, MacAlgorithm="HMAC_SHA_256", **words),
            "GetPublicKey": lambda: kms.get_public_key(**words),
            "CreateGrant": lambda: kms.create_grant(GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:root", Operations=["Encrypt"], **words),
            "RetireGrant": lambda: kms.retire_grant(GrantId=self.grant, **words),
            "RevokeGrant": lambda: kms.revoke_grant(GrantId=self.grant, **words),
            "DescribeKey": lambda: kms.describe_key(**words),
            "GetKeyLastUsage": lambda: kms.get_key_last_usage(**words),
            "GetKeyPolicy": lambda: kms.get_key_policy(**words),
            "ListKeyPolicies": lambda: kms.list_key_policies(**words),
            "ListGrants": lambda: kms.list_grants(**words),
            "ListResourceTags": lambda: kms.list_resource_tags(**words),
            "ListAliases": lambda: kms.list_aliases(**words),
            "ListKeyRotations": lambda: kms.list_key_rotations(**words),
            "PutKeyPolicy": lambda: kms.put_key_policy(Policy=kms.get_key_policy(**words)["Policy"], **words),
            "CreateAlias": lambda: kms.create_alias(AliasName=f"alias/new-{short}", TargetKeyId=self.arn),
            "DeleteAlias": lambda: kms.delete_alias(AliasName=f"alias/is-{short}"),
            "UpdateAliasFrom": lambda: kms.update_alias(AliasName=f"alias/is-{short}", TargetKeyId=key(self.root)),
            "TagResource": lambda: kms.tag_resource(Tags=[{"TagKey": "a", "TagValue": "b"}], **words),
            "UntagResource": lambda: kms.untag_resource(TagKeys=["a"], **words),
            "UpdateKeyDescription": lambda: kms.update_key_description(Description="d", **words),
            "ScheduleKeyDeletion": lambda: kms.schedule_key_deletion(PendingWindowInDays=7, **words),
            "CancelKeyDeletion": lambda: kms.cancel_key_deletion(**words),
            "EnableKey": lambda: kms.enable_key(**words), "DisableKey": lambda: kms.disable_key(**words),
            "EnableKeyRotation": lambda: kms.enable_key_rotation(**words),
            "DisableKeyRotation": lambda: kms.disable_key_rotation(**words),
            "GetKeyRotationStatus": lambda: kms.get_key_rotation_status(**words),
            "RotateKeyOnDemand": lambda: kms.rotate_key_on_demand(**words),
            "ReplicateKey": lambda: kms.replicate_key(ReplicaRegion=EU, **words),
            "UpdatePrimaryRegion": lambda: kms.update_primary_region(PrimaryRegion=WEST, **words),
            "GetParametersForImport": lambda: kms.get_parameters_for_import(
                WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048", **words),
            "DeleteImportedKeyMaterial": lambda: kms.delete_imported_key_material(**words),
        }
        return calls[self.operation]()

    def answers(self, expected, state):
        told = FINE
        try:
            self.call()
        except ClientError as error:
            told = (error.response["Error"]["Code"], error.response["Error"]["Message"])
        if expected is FINE:
            assert told is FINE, (state, told)
            return
        assert told and told[0] == expected[0] and told[1].endswith(expected[1]), (state, told)
        # What was refused changed nothing.
        assert state_of(self.root, self.arn) == state


def _of(kind):
    """As `key` takes it."""
    words = dict(kind)
    return {"spec": words.pop("KeySpec", "SYMMETRIC_DEFAULT"), "usage": words.pop("KeyUsage", None), **words}


@pytest.mark.parametrize("operation", TABLE)
def test_each_operation_in_each_state(root, operation):
    row = TABLE[operation] + [REPLICAS if TABLE[operation][2] == DELETION else TABLE[operation][2]]
    for state, expected in zip(STATES, row):
        case = Case(root, operation)
        case.bring_into(state)
        case.answers(expected, state)


@pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")
def test_each_operation_on_a_key_of_a_store_that_is_not_connected(tmp_path):
    house = StoreHouse(tmp_path)
    try:
        store = house.connected()
        cases = [Case(house.root, operation) for operation in OF_STORES]
        for case in cases:
            case.arn = house.key(store)
            case.prepare()
        house.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
        for case in cases:
            assert state_of(house.root, case.arn) == "Unavailable"
            case.answers(OF_STORES[case.operation], "Unavailable")
        # A key that is to be deleted stays that: its deletion can be cancelled at any time.
        case = next(one for one in cases if one.operation == "ScheduleKeyDeletion")
        assert state_of(house.root, case.arn) == "PendingDeletion"
        house.kms.cancel_key_deletion(KeyId=case.arn)
        # Enabled or not, it is unavailable; what was said counts when it is there again.
        disabled = next(one for one in cases if one.operation == "DisableKey")
        assert state_of(house.root, disabled.arn) == "Unavailable"
        house.kms.connect_custom_key_store(CustomKeyStoreId=store)
        assert [state_of(house.root, one.arn) for one in (case, disabled)] == ["Disabled", "Disabled"]
    finally:
        assert house.server.stop() == 0
