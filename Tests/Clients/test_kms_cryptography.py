"""Defends symmetric keys: what one client encrypts another decrypts, with the same context alone, and nothing else opens."""

import base64
import os

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.identifiers import CommitmentPolicy
from cryptography.hazmat.primitives import serialization

from errors import refused
from kms import key, key_id

CONTEXT = {"Department": "Engineering", "Project": "Alpha"}


# Symmetric keys


def test_what_was_encrypted_decrypts_with_the_same_context_alone(root):
    arn = key(root)
    sealed = root.kms.encrypt(KeyId=arn, Plaintext=b"secret", EncryptionContext=CONTEXT)
    assert (sealed["KeyId"], sealed["EncryptionAlgorithm"]) == (arn, "SYMMETRIC_DEFAULT")
    blob = sealed["CiphertextBlob"]
    assert b"secret" not in blob
    backwards = dict(reversed(CONTEXT.items()))
    opened = root.kms.decrypt(CiphertextBlob=blob, EncryptionContext=backwards)
    assert (opened["Plaintext"], opened["KeyId"], opened["EncryptionAlgorithm"]) == (b"secret", arn, "SYMMETRIC_DEFAULT")
    assert opened["KeyMaterialId"] == root.kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"]
    for other in ({}, {"Department": "Engineering"}, CONTEXT | {"x": "y"}, CONTEXT | {"Project": "alpha"}):
        with refused("InvalidCiphertextException", status=400) as caught:
            root.kms.decrypt(CiphertextBlob=blob, EncryptionContext=other)
        assert caught.value.response["Error"]["Message"] == ""


def test_two_encryptions_of_one_text_differ(root):
    arn = key(root)
    blobs = {root.kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"] for _ in range(20)}
    assert len(blobs) == 20


@pytest.mark.parametrize("size", [1, 4095, 4096])
def test_texts_up_to_4096_bytes(root, size):
    arn, text = key(root), os.urandom(size)
    blob = root.kms.encrypt(KeyId=arn, Plaintext=text)["CiphertextBlob"]
    assert root.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == text


def test_no_text_and_longer_texts_are_refused(root):
    arn = key(root)
    for size in (0, 4097):
        with refused("ValidationException", "'plaintext' failed to satisfy constraint"):
            root.kms.encrypt(KeyId=arn, Plaintext=b"x" * size)


def test_every_changed_byte_and_every_part_is_refused(root):
    arn = key(root)
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    for index in range(len(blob)):
        changed = bytearray(blob)
        changed[index] ^= 1
        with pytest.raises(root.kms.exceptions.ClientError) as caught:
            root.kms.decrypt(CiphertextBlob=bytes(changed))
        assert caught.value.response["Error"]["Code"] in ("InvalidCiphertextException", "AccessDeniedException")
    for part in (blob[:1], blob[:27], blob[:54], blob[:-1], blob[1:], blob + b"x"):
        with refused("InvalidCiphertextException"):
            root.kms.decrypt(CiphertextBlob=part)


def test_a_named_key_must_be_the_ciphertexts(root):
    arn, other, signing = key(root), key(root), key(root, "RSA_2048", "SIGN_VERIFY")
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    root.kms.create_alias(AliasName="alias/mine", TargetKeyId=key_id(arn))
    for name in (arn, key_id(arn), "alias/mine", arn.rsplit(":", 1)[0] + ":alias/mine"):
        assert root.kms.decrypt(CiphertextBlob=blob, KeyId=name)["Plaintext"] == b"secret"
    for wrong in (other, signing):
        with refused("IncorrectKeyException", "does not identify a CMK that can perform this operation"):
            root.kms.decrypt(CiphertextBlob=blob, KeyId=wrong)
    with refused("NotFoundException", "does not exist"):
        root.kms.decrypt(CiphertextBlob=blob, KeyId="11111111-2222-3333-4444-555555555555")


def test_a_ciphertext_of_another_region_or_of_no_key_is_nobodys(root):
    arn = key(root)
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"secret")["CiphertextBlob"]
    told = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."
    with refused("AccessDeniedException", told, status=400):
        root.at("eu-west-1").kms.decrypt(CiphertextBlob=blob)
    forged = bytearray(blob)
    forged[10] ^= 0xFF
    with refused("AccessDeniedException", told, status=400):
        root.kms.decrypt(CiphertextBlob=bytes(forged))


def test_reencrypt_changes_key_and_context(root):
    old, new = key(root), key(root)
    blob = root.kms.encrypt(KeyId=old, Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    moved = root.kms.re_encrypt(
        CiphertextBlob=blob, SourceEncryptionContext=CONTEXT, DestinationKeyId=new,
        DestinationEncryptionContext={"Level": "3A"})
    assert (moved["SourceKeyId"], moved["KeyId"]) == (old, new)
    assert moved["SourceEncryptionAlgorithm"] == moved["DestinationEncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    materials = [root.kms.describe_key(KeyId=arn)["KeyMetadata"]["CurrentKeyMaterialId"] for arn in (old, new)]
    assert [moved["SourceKeyMaterialId"], moved["DestinationKeyMaterialId"]] == materials
    opened = root.kms.decrypt(CiphertextBlob=moved["CiphertextBlob"], EncryptionContext={"Level": "3A"})
    assert (opened["Plaintext"], opened["KeyId"]) == (b"secret", new)
    with refused("InvalidCiphertextException"):
        root.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=new)
    with refused("IncorrectKeyException"):
        root.kms.re_encrypt(
            CiphertextBlob=blob, SourceKeyId=new, SourceEncryptionContext=CONTEXT, DestinationKeyId=new)


def test_reencrypt_between_symmetric_and_rsa(root):
    symmetric, pair = key(root), key(root, "RSA_2048", "ENCRYPT_DECRYPT")
    blob = root.kms.encrypt(KeyId=symmetric, Plaintext=b"secret")["CiphertextBlob"]
    there = root.kms.re_encrypt(
        CiphertextBlob=blob, DestinationKeyId=pair, DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256")
    assert "DestinationKeyMaterialId" not in there
    back = root.kms.re_encrypt(
        CiphertextBlob=there["CiphertextBlob"], SourceKeyId=pair, SourceEncryptionAlgorithm="RSAES_OAEP_SHA_256",
        DestinationKeyId=symmetric)
    assert "SourceKeyMaterialId" not in back
    assert root.kms.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"] == b"secret"
    long = root.kms.encrypt(KeyId=symmetric, Plaintext=b"x" * 191)["CiphertextBlob"]
    with refused("ValidationException", "cannot encrypt data larger than 190 bytes"):
        root.kms.re_encrypt(
            CiphertextBlob=long, DestinationKeyId=pair, DestinationEncryptionAlgorithm="RSAES_OAEP_SHA_256")


# Data keys


def test_data_keys_open_to_what_was_shown(root):
    arn = key(root)
    for words, size in (({"KeySpec": "AES_256"}, 32), ({"KeySpec": "AES_128"}, 16), ({"NumberOfBytes": 1}, 1), ({"NumberOfBytes": 1024}, 1024)):
        made = root.kms.generate_data_key(KeyId=arn, EncryptionContext=CONTEXT, **words)
        assert len(made["Plaintext"]) == size and made["KeyId"] == arn and len(made["KeyMaterialId"]) == 64
        assert root.kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=CONTEXT)["Plaintext"] == made["Plaintext"]
        hidden = root.kms.generate_data_key_without_plaintext(KeyId=arn, EncryptionContext=CONTEXT, **words)
        assert "Plaintext" not in hidden and len(hidden["KeyMaterialId"]) == 64
        opened = root.kms.decrypt(CiphertextBlob=hidden["CiphertextBlob"], EncryptionContext=CONTEXT)
        assert len(opened["Plaintext"]) == size
        with refused("InvalidCiphertextException"):
            root.kms.decrypt(CiphertextBlob=made["CiphertextBlob"])


def test_a_data_keys_length_is_said_once(root):
    arn = key(root)
    for call in (root.kms.generate_data_key, root.kms.generate_data_key_without_plaintext):
        for words in ({}, {"KeySpec": "AES_256", "NumberOfBytes": 32}):
            with refused("ValidationException", "Please specify either number of bytes or key spec."):
                call(KeyId=arn, **words)
        for size in (0, 1025):
            with refused("ValidationException", "'numberOfBytes' failed to satisfy constraint"):
                call(KeyId=arn, NumberOfBytes=size)


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"])
def test_data_key_pairs_are_pairs(root, spec):
    arn = key(root)
    made = root.kms.generate_data_key_pair(KeyId=arn, KeyPairSpec=spec, EncryptionContext=CONTEXT)
    assert (made["KeyPairSpec"], made["KeyId"]) == (spec, arn)
    private = serialization.load_der_private_key(made["PrivateKeyPlaintext"], None)
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert private.public_key().public_bytes(*form) == made["PublicKey"]
    opened = root.kms.decrypt(CiphertextBlob=made["PrivateKeyCiphertextBlob"], EncryptionContext=CONTEXT)
    assert opened["Plaintext"] == made["PrivateKeyPlaintext"]
    hidden = root.kms.generate_data_key_pair_without_plaintext(KeyId=arn, KeyPairSpec=spec)
    assert "PrivateKeyPlaintext" not in hidden
    opened = root.kms.decrypt(CiphertextBlob=hidden["PrivateKeyCiphertextBlob"])
    assert serialization.load_der_private_key(opened["Plaintext"], None).public_key().public_bytes(*form) == hidden["PublicKey"]


def test_pairs_of_chinas_regions_are_refused_by_name(root):
    for call in (root.kms.generate_data_key_pair, root.kms.generate_data_key_pair_without_plaintext):
        with refused("UnsupportedOperationException", "SM2"):
            call(KeyId=key(root), KeyPairSpec="SM2")


def test_random_bytes(root):
    for size in (1, 32, 1024):
        assert len(root.kms.generate_random(NumberOfBytes=size)["Plaintext"]) == size
    assert root.kms.generate_random(NumberOfBytes=32)["Plaintext"] != root.kms.generate_random(NumberOfBytes=32)["Plaintext"]
    with refused("ValidationException", "NumberOfBytes is required."):
        root.kms.generate_random()
    for size in (0, 1025):
        with refused("ValidationException", "'numberOfBytes' failed to satisfy constraint"):
            root.kms.generate_random(NumberOfBytes=size)


# Rotation


def test_old_material_still_decrypts(root):
    arn = key(root)
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"before")["CiphertextBlob"]
    before = root.kms.decrypt(CiphertextBlob=blob)["KeyMaterialId"]
    if not hasattr(root.kms, "rotate_key_on_demand"):
        pytest.skip("the client knows no rotation on demand")
    try:
        root.kms.rotate_key_on_demand(KeyId=arn)
    except root.kms.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("NotImplemented", "NotImplementedException", "UnknownOperationException"):
            pytest.skip("rotation is not there yet")
        raise
    after = root.kms.generate_data_key(KeyId=arn, KeySpec="AES_256")
    assert after["KeyMaterialId"] != before
    opened = root.kms.decrypt(CiphertextBlob=blob)
    assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"before", before)
    moved = root.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=arn)
    assert (moved["SourceKeyMaterialId"], moved["DestinationKeyMaterialId"]) == (before, after["KeyMaterialId"])


# Other clients


def test_the_command_line_encrypts_and_decrypts(aws, tmp_path):
    arn = aws("kms", "create-key")["KeyMetadata"]["Arn"]
    (tmp_path / "clear").write_bytes(b"secret")
    sealed = aws("kms", "encrypt", "--key-id", arn, "--plaintext", f"fileb://{tmp_path}/clear", "--encryption-context", "a=b")
    (tmp_path / "sealed").write_bytes(base64.b64decode(sealed["CiphertextBlob"]))
    opened = aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{tmp_path}/sealed", "--encryption-context", "a=b")
    assert base64.b64decode(opened["Plaintext"]) == b"secret"
    made = aws("kms", "generate-data-key", "--key-id", arn, "--key-spec", "AES_256")
    assert len(base64.b64decode(made["Plaintext"])) == 32


def test_the_encryption_sdk_goes_there_and_back(root, server, monkeypatch):
    # The SDK makes its clients itself.
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", root.keys.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", root.keys.secret)
    arn, text = key(root), os.urandom(100_000)
    provider = aws_encryption_sdk.StrictAwsKmsMasterKeyProvider(key_ids=[arn])
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    sealed, header = client.encrypt(source=text, key_provider=provider, encryption_context=CONTEXT)
    assert text[:32] not in sealed
    opened, header = client.decrypt(source=sealed, key_provider=provider)
    assert opened == text and CONTEXT.items() <= header.encryption_context.items()
    # Its context is authenticated by the key too.
    edk = next(iter(header.encrypted_data_keys))
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(CiphertextBlob=edk.encrypted_data_key, EncryptionContext=CONTEXT)
    inner = root.kms.decrypt(CiphertextBlob=edk.encrypted_data_key, EncryptionContext=header.encryption_context)
    assert len(inner["Plaintext"]) == 32
