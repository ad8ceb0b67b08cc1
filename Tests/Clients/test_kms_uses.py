"""Defends what keys are for and when they may be used: usages, states, dry runs, and members that are refused by name."""

import pytest

from errors import refused
from kms import key
from server import ACCOUNT

DRY = "The request would have succeeded, but the DryRun option is set."


# What a key is for, and its state


def uses(root, arn):
    """Every operation that computes with the key, whatever it is."""
    blob = b"\1" * 60
    words = {"KeyId": arn}
    return {
        "Encrypt": lambda: root.kms.encrypt(Plaintext=b"x", **words),
        "GenerateDataKey": lambda: root.kms.generate_data_key(KeySpec="AES_256", **words),
        "GenerateDataKeyWithoutPlaintext": lambda: root.kms.generate_data_key_without_plaintext(KeySpec="AES_256", **words),
        "GenerateDataKeyPair": lambda: root.kms.generate_data_key_pair(KeyPairSpec="ECC_NIST_P256", **words),
        "GenerateDataKeyPairWithoutPlaintext": lambda: root.kms.generate_data_key_pair_without_plaintext(KeyPairSpec="ECC_NIST_P256", **words),
        "Decrypt": lambda: root.kms.decrypt(CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_256", **words),
        "ReEncrypt": lambda: root.kms.re_encrypt(
            CiphertextBlob=blob, SourceKeyId=arn, SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256", DestinationKeyId=arn),
        "Sign": lambda: root.kms.sign(Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256", **words),
        "Verify": lambda: root.kms.verify(Message=b"x", Signature=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256", **words),
        "GenerateMac": lambda: root.kms.generate_mac(Message=b"x", MacAlgorithm="HMAC_SHA_256", **words),
        "VerifyMac": lambda: root.kms.verify_mac(Message=b"x", Mac=b"x", MacAlgorithm="HMAC_SHA_256", **words),
        "DeriveSharedSecret": lambda: root.kms.derive_shared_secret(KeyAgreementAlgorithm="ECDH", PublicKey=b"x", **words),
    }


USAGES = {
    "ENCRYPT_DECRYPT": ["Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "Decrypt", "ReEncrypt"],
    "SIGN_VERIFY": ["Sign", "Verify"], "GENERATE_VERIFY_MAC": ["GenerateMac", "VerifyMac"], "KEY_AGREEMENT": ["DeriveSharedSecret"],
}


@pytest.mark.parametrize("spec, usage", [
    ("RSA_2048", "ENCRYPT_DECRYPT"), ("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC"), ("ECC_NIST_P256", "KEY_AGREEMENT")])
def test_a_key_is_for_one_thing(root, spec, usage):
    arn = key(root, spec, usage)
    for name, call in uses(root, arn).items():
        if name not in USAGES[usage]:
            with refused("InvalidKeyUsageException", f"{arn} key usage is {usage} which is not valid for {name}."):
                call()


@pytest.mark.parametrize("spec, usage", [("SYMMETRIC_DEFAULT", None), ("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")])
def test_a_key_that_is_disabled_or_to_be_deleted_does_nothing(root, spec, usage):
    arn = key(root, spec, usage)
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"] if not usage else None
    calls = uses(root, arn)
    if blob:
        calls |= {"Decrypt": lambda: root.kms.decrypt(CiphertextBlob=blob), "ReEncrypt": lambda: root.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=arn)}
    root.kms.disable_key(KeyId=arn)
    for name, call in calls.items():
        with refused("DisabledException", f"{arn} is disabled.", status=400):
            call()
    root.kms.enable_key(KeyId=arn)
    root.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    for name, call in calls.items():
        with refused("KMSInvalidStateException", f"{arn} is pending deletion.", status=400):
            call()
    root.kms.cancel_key_deletion(KeyId=arn)
    root.kms.enable_key(KeyId=arn)
    if blob:
        assert root.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_a_key_that_waits_for_its_material_does_nothing(root):
    arn = key(root, Origin="EXTERNAL")
    for call in (lambda: root.kms.encrypt(KeyId=arn, Plaintext=b"x"), lambda: root.kms.generate_data_key(KeyId=arn, KeySpec="AES_256")):
        with refused("KMSInvalidStateException", f"{arn} is pending import."):
            call()


def test_keys_that_are_not_there(root):
    gone = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    calls = uses(root, gone)
    calls["GetPublicKey"] = lambda: root.kms.get_public_key(KeyId=gone)
    for name, call in calls.items():
        with refused("NotFoundException", f"Key '{gone}' does not exist"):
            call()
    with refused("NotFoundException", "Alias arn:aws:kms:us-east-1:123456789012:alias/none is not found."):
        root.kms.encrypt(KeyId="alias/none", Plaintext=b"x")
    with refused("NotFoundException", "Invalid keyId 'nonsense'"):
        root.kms.encrypt(KeyId="nonsense", Plaintext=b"x")


# Dry runs, tokens, enclaves


def test_a_dry_run_does_everything_but_the_thing(root):
    arn, pair = key(root), key(root, "RSA_2048", "SIGN_VERIFY")
    mac, peer = key(root, "HMAC_256", "GENERATE_VERIFY_MAC"), key(root, "ECC_NIST_P256", "KEY_AGREEMENT")
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
    signature = root.kms.sign(KeyId=pair, Message=b"x", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    made = root.kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256")["Mac"]
    point = root.kms.get_public_key(KeyId=peer)["PublicKey"]
    calls = [
        (root.kms.encrypt, {"KeyId": arn, "Plaintext": b"x"}), (root.kms.decrypt, {"CiphertextBlob": blob}),
        (root.kms.re_encrypt, {"CiphertextBlob": blob, "DestinationKeyId": arn}),
        (root.kms.generate_data_key, {"KeyId": arn, "KeySpec": "AES_256"}),
        (root.kms.generate_data_key_without_plaintext, {"KeyId": arn, "KeySpec": "AES_256"}),
        (root.kms.generate_data_key_pair, {"KeyId": arn, "KeyPairSpec": "RSA_2048"}),
        (root.kms.generate_data_key_pair_without_plaintext, {"KeyId": arn, "KeyPairSpec": "RSA_2048"}),
        (root.kms.sign, {"KeyId": pair, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}),
        (root.kms.verify, {"KeyId": pair, "Message": b"x", "Signature": signature, "SigningAlgorithm": "RSASSA_PSS_SHA_256"}),
        (root.kms.generate_mac, {"KeyId": mac, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}),
        (root.kms.verify_mac, {"KeyId": mac, "Message": b"x", "Mac": made, "MacAlgorithm": "HMAC_SHA_256"}),
        (root.kms.derive_shared_secret, {"KeyId": peer, "PublicKey": point, "KeyAgreementAlgorithm": "ECDH"}),
    ]
    for call, words in calls:
        with refused("DryRunOperationException", DRY, status=400):
            call(DryRun=True, **words)
        call(DryRun=False, **words)
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(CiphertextBlob=blob, EncryptionContext={"a": "b"}, DryRun=True)
    with refused("KMSInvalidMacException"):
        root.kms.verify_mac(KeyId=mac, Message=b"y", Mac=made, MacAlgorithm="HMAC_SHA_256", DryRun=True)


def test_a_dry_run_may_do_without_a_ciphertext(root):
    arn = key(root)
    words = {"DryRun": True, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
    for more in ({}, {"CiphertextBlob": b"nonsense"}):
        with refused("DryRunOperationException"):
            root.kms.decrypt(KeyId=arn, **words, **more)
        with refused("DryRunOperationException"):
            root.kms.re_encrypt(SourceKeyId=arn, DestinationKeyId=arn, **words, **more)
    with refused("ValidationException", "key must be specified"):
        root.kms.decrypt(**words)
    with refused("ValidationException", "DryRun"):
        root.kms.decrypt(KeyId=arn, DryRunModifiers=["IGNORE_CIPHERTEXT"])
    with refused("ValidationException", "CiphertextBlob"):
        root.kms.decrypt(KeyId=arn)


def test_what_is_no_grant_token_is_refused(root):
    with refused("InvalidGrantTokenException", status=400):
        root.kms.encrypt(KeyId=key(root), Plaintext=b"x", GrantTokens=["no token"])


def test_enclaves_are_refused_by_name(root):
    arn = key(root)
    recipient = {"KeyEncryptionAlgorithm": "RSAES_OAEP_SHA_256", "AttestationDocument": b"x"}
    for call in (
            lambda: root.kms.generate_data_key(KeyId=arn, KeySpec="AES_256", Recipient=recipient),
            lambda: root.kms.decrypt(CiphertextBlob=b"x", Recipient=recipient),
            lambda: root.kms.generate_random(NumberOfBytes=1, Recipient=recipient)):
        with pytest.raises(root.kms.exceptions.ClientError) as caught:
            call()
        assert "Recipient" in caught.value.response["Error"]["Message"]
