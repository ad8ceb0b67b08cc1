"""Defends public keys against who writes to the store: one that is not of its private half is neither used nor told."""

import sqlite3

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from callers import Clients
from errors import refused
from kms import key_id
from server import ROOT_KEYS, Server

SPECS = {
    ("RSA_2048", "ENCRYPT_DECRYPT"): lambda: rsa.generate_private_key(65537, 2048),
    ("RSA_2048", "SIGN_VERIFY"): lambda: rsa.generate_private_key(65537, 2048),
    ("ECC_NIST_P256", "SIGN_VERIFY"): lambda: ec.generate_private_key(ec.SECP256R1()),
}


def info(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def house(tmp_path):
    class House:
        def start(self):
            self.server = Server(tmp_path / "data")
            self.kms = Clients(self.server, ROOT_KEYS).kms

        def write(self, arn, public):
            """What somebody does who can write to the database."""
            self.server.stop()
            with sqlite3.connect(tmp_path / "data/gatehouse.db") as database:
                changed = database.execute("UPDATE kms_material SET public = ? WHERE key = ?", (public, key_id(arn))).rowcount
                assert changed == 1
            database.close()
            self.start()

    house = House()
    house.start()
    yield house
    house.server.stop()


@pytest.mark.parametrize("spec, usage", SPECS)
def test_a_foreign_public_half_is_neither_used_nor_told(house, spec, usage):
    arn = house.kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"]
    own, foreign = house.kms.get_public_key(KeyId=arn)["PublicKey"], SPECS[spec, usage]()
    house.write(arn, info(foreign))
    with refused("InternalFailure", status=500):
        house.kms.get_public_key(KeyId=arn)
    if usage == "ENCRYPT_DECRYPT":
        with refused("InternalFailure", status=500):
            house.kms.encrypt(KeyId=arn, Plaintext=b"x", EncryptionAlgorithm="RSAES_OAEP_SHA_256")
    elif spec == "RSA_2048":
        forged = foreign.sign(b"x", padding.PKCS1v15(), hashes.SHA256())
        with refused("InternalFailure", status=500):
            house.kms.verify(KeyId=arn, Message=b"x", Signature=forged, SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256")
    else:
        forged = foreign.sign(b"x", ec.ECDSA(hashes.SHA256()))
        with refused("InternalFailure", status=500):
            house.kms.verify(KeyId=arn, Message=b"x", Signature=forged, SigningAlgorithm="ECDSA_SHA_256")
    house.write(arn, own)
    for _ in range(2):
        assert house.kms.get_public_key(KeyId=arn)["PublicKey"] == own
