"""A server whose root is in an HSM, and custom key stores of KMS on it. With SoftHSM behind a module that obeys orders."""

import datetime
import functools

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from callers import Clients
from fake_token import FakeToken
from server import ROOT_KEYS
from test_hsm import protection

# As long as a KeyStorePassword must be.
PIN = "24681357"


class StoreToken(FakeToken):
    digits = PIN


@functools.cache
def anchor():
    """A certificate of its own authority, in PEM."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "customer CA")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(start).not_valid_after(start + datetime.timedelta(days=3650)).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


class StoreHouse:
    def __init__(self, folder):
        self.token, self.data = StoreToken(folder), folder / "data"
        self.options = self.token.options()
        self.start()

    def start(self):
        self.server = self.token.server(self.data, self.options)
        self.root = Clients(self.server, ROOT_KEYS)
        self.kms = self.root.kms
        self.cluster = protection(self.server)["cloudHsmClusterId"]

    def store(self, name="store", **changes):
        """A new custom key store, not connected; its id."""
        words = {
            "CustomKeyStoreName": name, "CloudHsmClusterId": self.cluster, "KeyStorePassword": PIN,
            "TrustAnchorCertificate": anchor()} | changes
        return self.kms.create_custom_key_store(**words)["CustomKeyStoreId"]

    def connected(self):
        store = self.store()
        self.kms.connect_custom_key_store(CustomKeyStoreId=store)
        assert self.state(store) == ("CONNECTED", None)
        return store

    def state(self, store):
        told, = self.kms.describe_custom_key_stores(CustomKeyStoreId=store)["CustomKeyStores"]
        return told["ConnectionState"], told.get("ConnectionErrorCode")

    def key(self, store):
        return self.kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)["KeyMetadata"]["Arn"]
