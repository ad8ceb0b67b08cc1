"""Defends RSA and EC keys and MACs: what KMS signs and encrypts others verify and decrypt, and the other way round."""

import hashlib
import os

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from errors import refused
from kms import key

CONTEXT = {"Department": "Engineering", "Project": "Alpha"}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {
    "ECC_NIST_P256": (ec.SECP256R1(), "ECDSA_SHA_256"), "ECC_NIST_P384": (ec.SECP384R1(), "ECDSA_SHA_384"),
    "ECC_NIST_P521": (ec.SECP521R1(), "ECDSA_SHA_512"), "ECC_SECG_P256K1": (ec.SECP256K1(), "ECDSA_SHA_256"),
}


def public(root, arn):
    return serialization.load_der_public_key(root.kms.get_public_key(KeyId=arn)["PublicKey"])


def oaep(algorithm):
    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    return padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)


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


def test_what_is_not_done_with_ed25519_is_not_offered_either(root):
    arn, words = key(root, "ECC_NIST_EDWARDS25519", "SIGN_VERIFY"), {"MessageType": "DIGEST", "SigningAlgorithm": "ED25519_PH_SHA_512"}
    assert root.kms.describe_key(KeyId=arn)["KeyMetadata"]["SigningAlgorithms"] == ["ED25519_SHA_512"]
    assert root.kms.get_public_key(KeyId=arn)["SigningAlgorithms"] == ["ED25519_SHA_512"]
    with refused("ValidationException", "ED25519_PH_SHA_512 is not supported"):
        root.kms.sign(KeyId=arn, Message=b"x" * 64, **words)
    with refused("ValidationException", "ED25519_PH_SHA_512 is not supported"):
        root.kms.verify(KeyId=arn, Message=b"x" * 64, Signature=b"x" * 64, **words)


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
