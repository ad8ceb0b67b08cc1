"""The keys of `aws login`, as botocore asks awscrt for them; awscrt itself would change how all other tests sign."""

import botocore.credentials
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature


class EC:
    def __init__(self, key):
        self.key = key

    @classmethod
    def new(cls):
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def new_key_from_der_data(cls, data):
        return cls(serialization.load_der_private_key(data, None))

    def get_public_coords(self):
        numbers = self.key.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    def sign(self, digest):
        return self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))

    @staticmethod
    def decode_der_signature_to_padded_pair(signature, pad_to):
        return b"".join(number.to_bytes(pad_to, "big") for number in decode_dss_signature(signature))

    def der(self):
        return self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())


botocore.credentials.EC = EC
