"""Defends imported key material: wrapping, tokens, expiry, importing the same again, and rotation to new material."""

import datetime
import hmac
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from audit import records
from errors import refused
from patience import eventually
from people import allow
from test_kms_keys import delegating, key_arn, make, state  # noqa: F401
from test_kms_rotation import rotations

ALGORITHMS = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"]


def wrapped(material, parameters, algorithm):
    public = serialization.load_der_public_key(parameters["PublicKey"])
    digest = hashes.SHA1() if algorithm.endswith("SHA_1") else hashes.SHA256()
    oaep = padding.OAEP(mgf=padding.MGF1(digest), algorithm=digest, label=None)
    if algorithm.startswith("RSAES"):
        return public.encrypt(material, oaep)
    key = os.urandom(32)
    return public.encrypt(key, oaep) + keywrap.aes_key_wrap_with_padding(key, material)


def parameters(clients, key, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048"):
    return clients.kms.get_parameters_for_import(KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)


def bring(clients, key, material, algorithm="RSAES_OAEP_SHA_256", spec="RSA_2048", **more):
    more.setdefault("ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    got = parameters(clients, key, algorithm, spec)
    return clients.kms.import_key_material(
        KeyId=key, ImportToken=got["ImportToken"], EncryptedKeyMaterial=wrapped(material, got, algorithm), **more)


@pytest.fixture
def key(root):
    return make(root, Origin="EXTERNAL")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_3072", "RSA_4096"])
def test_every_way_of_wrapping(root, key, algorithm, spec):
    assert state(root, key) == "PendingImport"
    with refused("KMSInvalidStateException", f"{key_arn(key)} is pending import."):
        root.kms.encrypt(KeyId=key, Plaintext=b"x")
    answer = bring(root, key, os.urandom(32), algorithm, spec)
    assert answer["KeyId"] == key_arn(key) and len(answer["KeyMaterialId"]) == 64
    told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (told["KeyState"], told["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert told["CurrentKeyMaterialId"] == answer["KeyMaterialId"]
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_only_the_same_material_comes_back(root, key):
    material = os.urandom(32)
    first = bring(root, key, material)["KeyMaterialId"]
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert root.kms.delete_imported_key_material(KeyId=key)["KeyMaterialId"] == first
    assert state(root, key) == "PendingImport"
    with refused("KMSInvalidStateException"):
        root.kms.decrypt(CiphertextBlob=sealed)
    with refused("IncorrectKeyMaterialException"):
        bring(root, key, os.urandom(32))
    assert bring(root, key, material)["KeyMaterialId"] == first
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    root.kms.delete_imported_key_material(KeyId=key)
    # Nothing is left: no effect.
    root.kms.delete_imported_key_material(KeyId=key)


def test_material_expires(root, server, key):
    material = os.urandom(32)
    valid = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)
    bring(root, key, material, ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=valid)
    told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert told["ExpirationModel"] == "KEY_MATERIAL_EXPIRES" and abs(told["ValidTo"] - valid).total_seconds() < 1
    server.advance(days=2, seconds=2)
    with refused("KMSInvalidStateException", "pending import"):
        root.kms.encrypt(KeyId=key, Plaintext=b"x")
    record = eventually(lambda: records(root, "DeleteExpiredKeyMaterial"))[0]
    assert record["eventType"] == "AwsServiceEvent" and record["serviceEventDetails"]["keyId"] == key
    bring(root, key, material)
    root.kms.encrypt(KeyId=key, Plaintext=b"x")


def test_dates_that_are_none(root, key):
    now = datetime.datetime.now(datetime.UTC)
    for more in ({"ExpirationModel": "KEY_MATERIAL_EXPIRES"},
                 {"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": now - datetime.timedelta(seconds=5)},
                 {"ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": now + datetime.timedelta(days=366)},
                 {"ValidTo": now + datetime.timedelta(days=1)}):
        with refused("ValidationException"):
            bring(root, key, os.urandom(32), **more)


def test_tokens_are_of_one_key_and_one_day(root, server, key):
    other = make(root, Origin="EXTERNAL")
    got = parameters(root, key)
    assert abs(got["ParametersValidTo"] - datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=24)) < (
        datetime.timedelta(minutes=1))
    sealed = wrapped(os.urandom(32), got, "RSAES_OAEP_SHA_256")
    forever = {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    with refused("InvalidImportTokenException"):
        root.kms.import_key_material(
            KeyId=other, ImportToken=got["ImportToken"], EncryptedKeyMaterial=sealed, **forever)
    for place in (0, 1, 2, 20, -1):
        token = bytearray(got["ImportToken"])
        token[place] ^= 1
        with refused("InvalidImportTokenException"):
            root.kms.import_key_material(
                KeyId=key, ImportToken=bytes(token), EncryptedKeyMaterial=sealed, **forever)
    with refused("InvalidCiphertextException"):
        root.kms.import_key_material(
            KeyId=key, ImportToken=got["ImportToken"], EncryptedKeyMaterial=sealed[:-1] + bytes([sealed[-1] ^ 1]),
            **forever)
    server.advance(hours=24)
    with refused("ExpiredImportTokenException"):
        root.kms.import_key_material(
            KeyId=key, ImportToken=got["ImportToken"], EncryptedKeyMaterial=sealed, **forever)


@pytest.mark.parametrize("size", [16, 31, 33])
def test_material_of_a_wrong_length(root, key, size):
    with refused("IncorrectKeyMaterialException"):
        bring(root, key, os.urandom(size))


def test_keys_that_take_no_material(root):
    key = make(root)
    with refused("UnsupportedOperationException", f"{key_arn(key)} origin is AWS_KMS which is not valid"):
        parameters(root, key)
    with refused("UnsupportedOperationException"):
        root.kms.delete_imported_key_material(KeyId=key)


@pytest.mark.parametrize("algorithm", ["RSAES_PKCS1_V1_5", "SM2PKE"])
def test_wrapping_that_is_refused(root, key, algorithm):
    with refused("UnsupportedOperationException", algorithm):
        parameters(root, key, algorithm)


def test_a_pair_is_imported(root):
    pair = ec.generate_private_key(ec.SECP256R1())
    material = pair.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key = make(root, Origin="EXTERNAL", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    bring(root, key, material, "RSA_AES_KEY_WRAP_SHA_256")
    signature = root.kms.sign(KeyId=key, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    pair.public_key().verify(signature, b"m", ec.ECDSA(hashes.SHA256()))
    root.kms.delete_imported_key_material(KeyId=key)
    another = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with refused("IncorrectKeyMaterialException"):
        bring(root, key, another, "RSA_AES_KEY_WRAP_SHA_256")
    bring(root, key, material, "RSA_AES_KEY_WRAP_SHA_256")


def test_an_rsa_key_needs_the_wrapping_with_an_aes_key(root):
    key = make(root, Origin="EXTERNAL", KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    with refused("UnsupportedOperationException"):
        parameters(root, key, "RSAES_OAEP_SHA_256", "RSA_4096")
    material = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    bring(root, key, material, "RSA_AES_KEY_WRAP_SHA_256", "RSA_4096")


@pytest.mark.parametrize("bits", [224, 256, 384, 512])
def test_macs_are_those_of_the_imported_key(root, bits):
    key, material = make(root, Origin="EXTERNAL", KeySpec=f"HMAC_{bits}", KeyUsage="GENERATE_VERIFY_MAC"), os.urandom(bits // 8)
    bring(root, key, material)
    for size in (1, 63, 64, 127, 128, 129, 4096):
        words = {"KeyId": key, "Message": os.urandom(size), "MacAlgorithm": f"HMAC_SHA_{bits}"}
        known = hmac.digest(material, words["Message"], f"sha{bits}")
        assert root.kms.generate_mac(**words)["Mac"] == known
        assert root.kms.verify_mac(Mac=known, **words)["MacValid"] is True
        with refused("KMSInvalidMacException"):
            root.kms.verify_mac(Mac=hmac.digest(material + b"x", words["Message"], f"sha{bits}"), **words)


def test_the_same_again_works_at_once(root, key):
    material = os.urandom(32)
    bring(root, key, material)
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    for _ in range(2):
        bring(root, key, material)
        assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_of_imports_at_once_one_is_taken(root, key):
    materials = [os.urandom(32) for _ in range(6)]
    got = [parameters(root, key) for _ in materials]

    def one(pair):
        material, given = pair
        try:
            return root.kms.import_key_material(
                KeyId=key, ImportToken=given["ImportToken"], ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
                EncryptedKeyMaterial=wrapped(material, given, "RSAES_OAEP_SHA_256"))["KeyMaterialId"]
        except root.kms.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] in ("KMSInvalidStateException", "IncorrectKeyMaterialException")
            return None

    with ThreadPoolExecutor(len(materials)) as pool:
        ids = list(pool.map(one, zip(materials, got)))
    taken = [(id, material) for id, material in zip(ids, materials) if id]
    assert len(taken) == 1
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    root.kms.delete_imported_key_material(KeyId=key)
    assert bring(root, key, taken[0][1])["KeyMaterialId"] == taken[0][0]
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_what_was_taken_back_before_its_rotation(root, key):
    old, gone, new = (os.urandom(32) for _ in range(3))
    first = bring(root, key, old)["KeyMaterialId"]
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    for _ in range(2):
        waiting = bring(root, key, gone, ImportType="NEW_KEY_MATERIAL")["KeyMaterialId"]
        root.kms.delete_imported_key_material(KeyId=key, KeyMaterialId=waiting)
    assert state(root, key) == "Enabled"
    every = rotations(root, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert [entry["KeyMaterialId"] for entry in every] == [first]
    second = bring(root, key, new, ImportType="NEW_KEY_MATERIAL")["KeyMaterialId"]
    root.kms.rotate_key_on_demand(KeyId=key)
    assert root.kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"] == second
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"old"


def test_new_material_waits_for_its_rotation(root, key):
    old, new = os.urandom(32), os.urandom(32)
    first = bring(root, key, old)["KeyMaterialId"]
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    with refused("KMSInvalidStateException"):
        root.kms.rotate_key_on_demand(KeyId=key)
    with refused("IncorrectKeyMaterialException"):
        bring(root, key, old, ImportType="NEW_KEY_MATERIAL")
    second = bring(root, key, new, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="second")["KeyMaterialId"]
    every = rotations(root, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert [(entry["KeyMaterialId"], entry["KeyMaterialState"], entry["ImportState"]) for entry in every] == [
        (first, "CURRENT", "IMPORTED"), (second, "PENDING_ROTATION", "IMPORTED")]
    assert every[1]["KeyMaterialDescription"] == "second"
    root.kms.rotate_key_on_demand(KeyId=key)
    assert root.kms.describe_key(KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"] == second
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"old"
    # Without any one of them the key cannot be used.
    root.kms.delete_imported_key_material(KeyId=key, KeyMaterialId=first)
    assert state(root, key) == "PendingImport"
    bring(root, key, old, KeyMaterialId=first)
    assert state(root, key) == "Enabled"


def test_nothing_is_rotated_to_material_whose_time_is_over(root, server, key):
    """Also before anybody has removed it: the key would be of no use."""
    first = bring(root, key, os.urandom(32))["KeyMaterialId"]
    for days in (2, 4, 6, 8, 10):
        valid = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
        bring(root, key, os.urandom(32), ImportType="NEW_KEY_MATERIAL", ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo=valid)
        server.advance(days=2, seconds=2)
        with refused("KMSInvalidStateException", "No available key material"):
            root.kms.rotate_key_on_demand(KeyId=key)
        told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
        assert (told["KeyState"], told["CurrentKeyMaterialId"]) == ("Enabled", first)
        eventually(lambda: len(rotations(root, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")) == 1)


def test_conditions(root, people, key):
    alice = people.user("alice", allow(["kms:GetParametersForImport", "kms:ImportKeyMaterial"], Condition={
        "StringEqualsIfExists": {"kms:ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
                                 "kms:WrappingAlgorithm": "RSAES_OAEP_SHA_256", "kms:WrappingKeySpec": "RSA_4096"}}))
    with refused("AccessDeniedException"):
        bring(alice, key, os.urandom(32))
    with refused("AccessDeniedException"):
        bring(alice, key, os.urandom(32), "RSAES_OAEP_SHA_1", "RSA_4096")
    bring(alice, key, os.urandom(32), spec="RSA_4096")


def test_no_record_holds_token_or_material(root, key):
    got = bring(root, key, os.urandom(32))
    record = records(root, "ImportKeyMaterial")[0]
    assert record["responseElements"] == {"keyId": key_arn(key), "keyMaterialId": got["KeyMaterialId"]}
    assert "importToken" not in record["requestParameters"] and "encryptedKeyMaterial" not in (
        record["requestParameters"])
