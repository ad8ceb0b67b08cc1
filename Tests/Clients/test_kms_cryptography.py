"""Defends what keys do: what one client encrypts or signs, another decrypts or verifies, and nothing else is taken."""

import base64
import hashlib
import os

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.identifiers import CommitmentPolicy
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from errors import refused
from kms import key, key_id
from server import ACCOUNT

CONTEXT = {"Department": "Engineering", "Project": "Alpha"}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {
    "ECC_NIST_P256": (ec.SECP256R1(), "ECDSA_SHA_256"), "ECC_NIST_P384": (ec.SECP384R1(), "ECDSA_SHA_384"),
    "ECC_NIST_P521": (ec.SECP521R1(), "ECDSA_SHA_512"), "ECC_SECG_P256K1": (ec.SECP256K1(), "ECDSA_SHA_256"),
}
DRY = "The request would have succeeded, but the DryRun option is set."


def public(root, arn):
    return serialization.load_der_public_key(root.kms.get_public_key(KeyId=arn)["PublicKey"])


def oaep(algorithm):
    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    return padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)


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


# RSA


@pytest.mark.parametrize("algorithm, longest", [("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)])
def test_oaep_in_both_directions(root, algorithm, longest):
    arn = key(root, "RSA_2048", "ENCRYPT_DECRYPT")
    text = os.urandom(longest)
    sealed = root.kms.encrypt(KeyId=arn, Plaintext=text, EncryptionAlgorithm=algorithm)
    assert (sealed["EncryptionAlgorithm"], len(sealed["CiphertextBlob"])) == (algorithm, 256)
    opened = root.kms.decrypt(KeyId=arn, CiphertextBlob=sealed["CiphertextBlob"], EncryptionAlgorithm=algorithm)
    assert opened["Plaintext"] == text and "KeyMaterialId" not in opened
    outside = public(root, arn).encrypt(text, oaep(algorithm))
    assert root.kms.decrypt(KeyId=arn, CiphertextBlob=outside, EncryptionAlgorithm=algorithm)["Plaintext"] == text
    with refused("ValidationException", f"Algorithm {algorithm} and key spec RSA_2048 cannot encrypt data larger than {longest} bytes."):
        root.kms.encrypt(KeyId=arn, Plaintext=text + b"x", EncryptionAlgorithm=algorithm)


def test_oaep_takes_no_other_texts(root):
    arn, algorithm = key(root, "RSA_2048", "ENCRYPT_DECRYPT"), "RSAES_OAEP_SHA_256"
    blob = root.kms.encrypt(KeyId=arn, Plaintext=b"secret", EncryptionAlgorithm=algorithm)["CiphertextBlob"]
    for index in range(0, 256, 5):
        changed = bytearray(blob)
        changed[index] ^= 1
        with refused("InvalidCiphertextException"):
            root.kms.decrypt(KeyId=arn, CiphertextBlob=bytes(changed), EncryptionAlgorithm=algorithm)
    for part in (blob[:-1], b"\0" + blob, b"\xff" * 256, b"\0" * 256):
        with refused("InvalidCiphertextException"):
            root.kms.decrypt(KeyId=arn, CiphertextBlob=part, EncryptionAlgorithm=algorithm)
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(KeyId=arn, CiphertextBlob=blob, EncryptionAlgorithm="RSAES_OAEP_SHA_1")
    with refused("ValidationException", "key must be specified"):
        root.kms.decrypt(CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
    with refused("ValidationException", "context"):
        root.kms.encrypt(KeyId=arn, Plaintext=b"x", EncryptionAlgorithm=algorithm, EncryptionContext=CONTEXT)
    for unfit in ("SYMMETRIC_DEFAULT", "SM2PKE"):
        with refused("InvalidKeyUsageException", f"Algorithm {unfit} is incompatible with key spec RSA_2048."):
            root.kms.encrypt(KeyId=arn, Plaintext=b"x", EncryptionAlgorithm=unfit)


@pytest.mark.parametrize("kind", ["PSS", "PKCS1_V1_5"])
@pytest.mark.parametrize("bits", ["256", "384", "512"])
def test_rsa_signatures_in_both_directions(root, kind, bits):
    arn, algorithm, digest = key(root, "RSA_2048", "SIGN_VERIFY"), f"RSASSA_{kind}_SHA_{bits}", HASHES[bits]
    # PSS salts are as long as the digest, neither longer nor shorter.
    scheme = padding.PKCS1v15() if kind != "PSS" else padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    message = os.urandom(4096)
    hashed = hashlib.new("sha" + bits, message).digest()
    raw = root.kms.sign(KeyId=arn, Message=message, SigningAlgorithm=algorithm)
    assert (raw["KeyId"], raw["SigningAlgorithm"]) == (arn, algorithm)
    short = root.kms.sign(KeyId=arn, Message=hashed, MessageType="DIGEST", SigningAlgorithm=algorithm)
    for signature in (raw["Signature"], short["Signature"]):
        public(root, arn).verify(signature, message, scheme, digest)
        for words in ({"Message": message}, {"Message": hashed, "MessageType": "DIGEST"}):
            assert root.kms.verify(KeyId=arn, Signature=signature, SigningAlgorithm=algorithm, **words)["SignatureValid"] is True
        with refused("KMSInvalidSignatureException", status=400) as caught:
            root.kms.verify(KeyId=arn, Signature=signature, SigningAlgorithm=algorithm, Message=b"another")
        assert caught.value.response["Error"]["Message"] == ""
    for wrong in (hashed[:-1], hashed + b"x"):
        with refused("ValidationException", f"Digest is invalid length for algorithm {algorithm}."):
            root.kms.sign(KeyId=arn, Message=wrong, MessageType="DIGEST", SigningAlgorithm=algorithm)
    with refused("ValidationException", "'message' failed to satisfy constraint"):
        root.kms.sign(KeyId=arn, Message=message + b"x", SigningAlgorithm=algorithm)


# Curves


@pytest.mark.parametrize("spec", CURVES)
def test_ecdsa_in_both_directions(root, spec):
    arn, (curve, algorithm) = key(root, spec, "SIGN_VERIFY"), CURVES[spec]
    digest, message = HASHES[algorithm[-3:]], os.urandom(1000)
    assert public(root, arn).curve.name == curve.name
    signature = root.kms.sign(KeyId=arn, Message=message, SigningAlgorithm=algorithm)["Signature"]
    public(root, arn).verify(signature, message, ec.ECDSA(digest))
    hashed = hashlib.new("sha" + algorithm[-3:], message).digest()
    signature = root.kms.sign(KeyId=arn, Message=hashed, MessageType="DIGEST", SigningAlgorithm=algorithm)["Signature"]
    public(root, arn).verify(signature, hashed, ec.ECDSA(utils.Prehashed(digest)))
    assert root.kms.verify(KeyId=arn, Message=message, Signature=signature, SigningAlgorithm=algorithm)["SignatureValid"]
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    for bad in (changed, signature + b"\0", signature[:-1], b"x"):
        with refused("KMSInvalidSignatureException"):
            root.kms.verify(KeyId=arn, Message=message, Signature=bad, SigningAlgorithm=algorithm)


def test_a_signature_made_outside_is_of_another_key(root):
    arn = key(root, "ECC_NIST_P256", "SIGN_VERIFY")
    outside = ec.generate_private_key(ec.SECP256R1()).sign(b"message", ec.ECDSA(hashes.SHA256()))
    with refused("KMSInvalidSignatureException"):
        root.kms.verify(KeyId=arn, Message=b"message", Signature=outside, SigningAlgorithm="ECDSA_SHA_256")


def test_ed25519_signs_messages_and_no_digests(root):
    arn, message = key(root, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"), os.urandom(100)
    signature = root.kms.sign(KeyId=arn, Message=message, SigningAlgorithm="ED25519_SHA_512")["Signature"]
    known = public(root, arn)
    assert isinstance(known, ed25519.Ed25519PublicKey)
    known.verify(signature, message)
    assert root.kms.verify(KeyId=arn, Message=message, Signature=signature, SigningAlgorithm="ED25519_SHA_512")["SignatureValid"]
    with pytest.raises(InvalidSignature):
        known.verify(signature, message + b"x")
    with refused("ValidationException", "MessageType DIGEST cannot be used with algorithm ED25519_SHA_512."):
        root.kms.sign(KeyId=arn, Message=b"x" * 64, MessageType="DIGEST", SigningAlgorithm="ED25519_SHA_512")
    with refused("ValidationException", "ED25519_PH_SHA_512 is not supported"):
        root.kms.sign(KeyId=arn, Message=b"x" * 64, MessageType="DIGEST", SigningAlgorithm="ED25519_PH_SHA_512")


def test_algorithms_of_other_keys_are_refused_by_name(root):
    arn = key(root, "ECC_NIST_P256", "SIGN_VERIFY")
    for name in ("ECDSA_SHA_384", "RSASSA_PSS_SHA_256", "ED25519_SHA_512", "SM2DSA", "ML_DSA_SHAKE_256"):
        with refused("InvalidKeyUsageException", f"Algorithm {name} is incompatible with key spec ECC_NIST_P256."):
            root.kms.sign(KeyId=arn, Message=b"x", SigningAlgorithm=name)
        with refused("InvalidKeyUsageException", name):
            root.kms.verify(KeyId=arn, Message=b"x", Signature=b"x", SigningAlgorithm=name)
    with refused("ValidationException", "EXTERNAL_MU"):
        root.kms.sign(KeyId=arn, Message=b"x" * 64, MessageType="EXTERNAL_MU", SigningAlgorithm="ECDSA_SHA_256")


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_two_agree_on_one_secret(root, spec):
    arn = key(root, spec, "KEY_AGREEMENT")
    outside = ec.generate_private_key(CURVES[spec][0])
    der = outside.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    shared = root.kms.derive_shared_secret(KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=der)
    assert shared["SharedSecret"] == outside.exchange(ec.ECDH(), public(root, arn))
    assert (shared["KeyId"], shared["KeyAgreementAlgorithm"], shared["KeyOrigin"]) == (arn, "ECDH", "AWS_KMS")
    peer = key(root, spec, "KEY_AGREEMENT")
    one, other = (
        root.kms.derive_shared_secret(
            KeyId=mine, KeyAgreementAlgorithm="ECDH", PublicKey=root.kms.get_public_key(KeyId=yours)["PublicKey"])
        for mine, yours in ((arn, peer), (peer, arn)))
    assert one["SharedSecret"] == other["SharedSecret"]


def test_no_secret_is_agreed_on_with_what_is_no_peer(root):
    arn = key(root, "ECC_NIST_P256", "KEY_AGREEMENT")
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    good = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*form)
    off_the_curve = good[:-1] + bytes([good[-1] ^ 1])
    others = [
        ec.generate_private_key(ec.SECP384R1()).public_key().public_bytes(*form),
        rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key().public_bytes(*form),
        off_the_curve, good[:-1], b"nonsense"]
    for peer in others:
        with refused("ValidationException"):
            root.kms.derive_shared_secret(KeyId=arn, KeyAgreementAlgorithm="ECDH", PublicKey=peer)


def test_public_keys_tell_what_they_are_for(root):
    arn = key(root, "RSA_2048", "ENCRYPT_DECRYPT")
    told = root.kms.get_public_key(KeyId=arn)
    assert (told["KeyId"], told["KeySpec"], told["CustomerMasterKeySpec"], told["KeyUsage"]) == (arn, "RSA_2048", "RSA_2048", "ENCRYPT_DECRYPT")
    assert told["EncryptionAlgorithms"] == ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    assert "SigningAlgorithms" not in told and "KeyAgreementAlgorithms" not in told
    told = root.kms.get_public_key(KeyId=key(root, "ECC_NIST_P256", "KEY_AGREEMENT"))
    assert told["KeyAgreementAlgorithms"] == ["ECDH"] and "SigningAlgorithms" not in told
    told = root.kms.get_public_key(KeyId=key(root, "ECC_NIST_P384", "SIGN_VERIFY"))
    assert told["SigningAlgorithms"] == ["ECDSA_SHA_384"]
    for arn in (key(root), key(root, "HMAC_256", "GENERATE_VERIFY_MAC")):
        with refused("UnsupportedOperationException"):
            root.kms.get_public_key(KeyId=arn)


# MACs


@pytest.mark.parametrize("bits", ["224", "256", "384", "512"])
def test_macs(root, bits):
    arn, algorithm, message = key(root, f"HMAC_{bits}", "GENERATE_VERIFY_MAC"), f"HMAC_SHA_{bits}", os.urandom(4096)
    made = root.kms.generate_mac(KeyId=arn, Message=message, MacAlgorithm=algorithm)
    assert len(made["Mac"]) == int(bits) // 8 and (made["KeyId"], made["MacAlgorithm"]) == (arn, algorithm)
    good = root.kms.verify_mac(KeyId=arn, Message=message, MacAlgorithm=algorithm, Mac=made["Mac"])
    assert (good["MacValid"], good["KeyId"], good["MacAlgorithm"]) == (True, arn, algorithm)
    changed = bytes([made["Mac"][0] ^ 1]) + made["Mac"][1:]
    for words in ({"Mac": changed}, {"Mac": made["Mac"][:-1]}, {"Mac": made["Mac"] + b"x"}, {"Mac": made["Mac"], "Message": b"x"}):
        with refused("KMSInvalidMacException", status=400) as caught:
            root.kms.verify_mac(**{"KeyId": arn, "Message": message, "MacAlgorithm": algorithm} | words)
        assert caught.value.response["Error"]["Message"] == ""
    other = "HMAC_SHA_256" if bits != "256" else "HMAC_SHA_512"
    for call, more in ((root.kms.generate_mac, {}), (root.kms.verify_mac, {"Mac": b"x"})):
        with refused("InvalidKeyUsageException", f"Algorithm {other} is incompatible with key spec HMAC_{bits}."):
            call(KeyId=arn, Message=b"x", MacAlgorithm=other, **more)


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
