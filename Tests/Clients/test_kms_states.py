"""Defends what may be done to a key in each of its states: every state with every operation that names a key.
- Source: KMS Developer Guide, "Key states of AWS KMS keys", the table and its notes."""

import pytest
from botocore.exceptions import ClientError

from kms import key
from server import ACCOUNT

FINE = None
DISABLED = ("DisabledException", "is disabled.")
DELETION = ("KMSInvalidStateException", "is pending deletion.")
IMPORT = ("KMSInvalidStateException", "is pending import.")
NOT_DELETION = ("KMSInvalidStateException", "is not pending deletion.")
# Of what only keys with imported material have, and of what those do not have.
NOT_EXTERNAL = ("UnsupportedOperationException", "origin is AWS_KMS which is not valid for this operation.")
EXTERNAL = ("UnsupportedOperationException", "origin is EXTERNAL which is not valid for this operation.")

STATES = ["Enabled", "Disabled", "PendingDeletion", "PendingImport"]
USE = [FINE, DISABLED, DELETION, IMPORT]
VIEW = [FINE] * 4
CHANGE = [FINE, FINE, DELETION, FINE]

# What each operation answers in each state.
TABLE = {
    "Encrypt": USE, "GenerateDataKey": USE, "GenerateDataKeyWithoutPlaintext": USE, "GenerateDataKeyPair": USE,
    "GenerateDataKeyPairWithoutPlaintext": USE, "ReEncryptTo": USE, "CreateGrant": USE,
    "DescribeKey": VIEW, "GetKeyPolicy": VIEW, "ListKeyPolicies": VIEW, "ListGrants": VIEW, "ListResourceTags": VIEW, "ListAliases": VIEW,
    "PutKeyPolicy": VIEW,
    "CreateAlias": CHANGE, "TagResource": CHANGE, "UntagResource": CHANGE, "UpdateKeyDescription": CHANGE, "UpdateAliasTo": CHANGE,
    "ScheduleKeyDeletion": CHANGE,
    "CancelKeyDeletion": [NOT_DELETION, NOT_DELETION, FINE, NOT_DELETION],
    "EnableKey": [FINE, FINE, DELETION, IMPORT], "DisableKey": [FINE, FINE, DELETION, IMPORT],
    "EnableKeyRotation": [FINE, DISABLED, DELETION, EXTERNAL], "DisableKeyRotation": [FINE, DISABLED, DELETION, EXTERNAL],
    "GetKeyRotationStatus": VIEW,
    "GetParametersForImport": [NOT_EXTERNAL, NOT_EXTERNAL, (DELETION, NOT_EXTERNAL), FINE],
    "DeleteImportedKeyMaterial": [NOT_EXTERNAL, NOT_EXTERNAL, NOT_EXTERNAL, FINE],
}


def in_state(root, state):
    """A key in that state, its ARN."""
    arn = key(root, Origin="EXTERNAL") if state == "PendingImport" else key(root)
    if state == "Disabled":
        root.kms.disable_key(KeyId=arn)
    if state == "PendingDeletion":
        root.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert state_of(root, arn) == state
    return arn


def state_of(root, arn):
    return root.kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"]


def call(root, operation, arn):
    kms, words, short = root.kms, {"KeyId": arn}, arn.rsplit("/")[-1]
    if operation == "ReEncryptTo":
        other = key(root)
        blob = kms.encrypt(KeyId=other, Plaintext=b"x")["CiphertextBlob"]
        return kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=arn)
    if operation == "UpdateAliasTo":
        other = key(root)
        kms.create_alias(AliasName=f"alias/moves-{short}", TargetKeyId=other)
        return kms.update_alias(AliasName=f"alias/moves-{short}", TargetKeyId=arn)
    calls = {
        "Encrypt": lambda: kms.encrypt(Plaintext=b"x", **words),
        "GenerateDataKey": lambda: kms.generate_data_key(KeySpec="AES_256", **words),
        "GenerateDataKeyWithoutPlaintext": lambda: kms.generate_data_key_without_plaintext(KeySpec="AES_256", **words),
        "GenerateDataKeyPair": lambda: kms.generate_data_key_pair(KeyPairSpec="ECC_NIST_P256", **words),
        "GenerateDataKeyPairWithoutPlaintext": lambda: kms.generate_data_key_pair_without_plaintext(KeyPairSpec="ECC_NIST_P256", **words),
        "CreateGrant": lambda: kms.create_grant(GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:root", Operations=["Encrypt"], **words),
        "DescribeKey": lambda: kms.describe_key(**words),
        "GetKeyPolicy": lambda: kms.get_key_policy(**words),
        "ListKeyPolicies": lambda: kms.list_key_policies(**words),
        "ListGrants": lambda: kms.list_grants(**words),
        "ListResourceTags": lambda: kms.list_resource_tags(**words),
        "ListAliases": lambda: kms.list_aliases(**words),
        "PutKeyPolicy": lambda: kms.put_key_policy(Policy=kms.get_key_policy(**words)["Policy"], **words),
        "CreateAlias": lambda: kms.create_alias(AliasName=f"alias/new-{short}", TargetKeyId=arn),
        "TagResource": lambda: kms.tag_resource(Tags=[{"TagKey": "a", "TagValue": "b"}], **words),
        "UntagResource": lambda: kms.untag_resource(TagKeys=["a"], **words),
        "UpdateKeyDescription": lambda: kms.update_key_description(Description="d", **words),
        "ScheduleKeyDeletion": lambda: kms.schedule_key_deletion(PendingWindowInDays=7, **words),
        "CancelKeyDeletion": lambda: kms.cancel_key_deletion(**words),
        "EnableKey": lambda: kms.enable_key(**words), "DisableKey": lambda: kms.disable_key(**words),
        "EnableKeyRotation": lambda: kms.enable_key_rotation(**words),
        "DisableKeyRotation": lambda: kms.disable_key_rotation(**words),
        "GetKeyRotationStatus": lambda: kms.get_key_rotation_status(**words),
        "GetParametersForImport": lambda: kms.get_parameters_for_import(
            WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048", **words),
        "DeleteImportedKeyMaterial": lambda: kms.delete_imported_key_material(**words),
    }
    return calls[operation]()


@pytest.mark.parametrize("operation", TABLE)
def test_each_operation_in_each_state(root, operation):
    for state, expected in zip(STATES, TABLE[operation]):
        arn = in_state(root, state)
        told = FINE
        try:
            call(root, operation, arn)
        except ClientError as error:
            told = (error.response["Error"]["Code"], error.response["Error"]["Message"])
        if expected is FINE:
            assert told is FINE, (state, told)
            continue
        choices = expected if isinstance(expected[0], tuple) else [expected]
        assert told and any(told[0] == code and told[1].endswith(text) for code, text in choices), (state, told)
        # What was refused changed nothing.
        assert state_of(root, arn) == state
