"""What stands on the root of a data folder: keys of KMS of every kind, and ways to change the root."""

import os
import signal
import sqlite3
import subprocess
import threading

import pytest

from callers import Clients
from patience import PATIENCE, eventually
from server import ROOT_KEYS, Server, binary
from signed import call
from test_hsm import MODULE, Token
from test_kms_import import bring

needs_hsm = pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")
# One of several like it: `make drills` runs them all.
drill = pytest.mark.skipif("GATEHOUSE_DRILLS" not in os.environ, reason="a drill: make drills runs it")
TEXT = b"what must not be lost"


class Estate:
    """Keys of every kind, and what was made with them."""

    def __init__(self, server, plain=30):
        self.clients = clients = Clients(server, ROOT_KEYS)
        kms = clients.kms
        make = lambda **more: kms.create_key(**more)["KeyMetadata"]["KeyId"]  # noqa: E731
        self.texts = []
        for _ in range(plain):
            self._encrypt(make())
        turned = make()
        self._encrypt(turned)
        kms.rotate_key_on_demand(KeyId=turned)
        self._encrypt(turned)
        self.material = os.urandom(32)
        self.imported = make(Origin="EXTERNAL")
        bring(clients, self.imported, self.material)
        self._encrypt(self.imported)
        self.hmac = make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        self.mac = self._mac(clients)
        self.rsa = make(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        self.rsa_text = kms.encrypt(KeyId=self.rsa, Plaintext=TEXT, EncryptionAlgorithm="RSAES_OAEP_SHA_256")[
            "CiphertextBlob"]
        self.signers = {
            make(KeySpec=spec, KeyUsage="SIGN_VERIFY"): algorithm
            for spec, algorithm in [("ECC_NIST_P256", "ECDSA_SHA_256"), ("RSA_2048", "RSASSA_PSS_SHA_256")]}
        # Materials, two of the one that was rotated, and the key by which imported material is known again.
        self.count = plain + 2 + 2 + 4

    def _encrypt(self, key):
        self.texts.append((key, self.clients.kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]))

    def _mac(self, clients):
        return clients.kms.generate_mac(KeyId=self.hmac, Message=TEXT, MacAlgorithm="HMAC_SHA_256")["Mac"]

    def check(self, server):
        """All of it opens, and the same keys go on."""
        clients = Clients(server, ROOT_KEYS)
        kms = clients.kms
        for key, text in self.texts:
            assert kms.decrypt(CiphertextBlob=text)["Plaintext"] == TEXT
            again = kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]
            assert kms.decrypt(CiphertextBlob=again)["Plaintext"] == TEXT
        assert self._mac(clients) == self.mac
        opened = kms.decrypt(KeyId=self.rsa, CiphertextBlob=self.rsa_text, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        assert opened["Plaintext"] == TEXT
        for key, algorithm in self.signers.items():
            signature = kms.sign(KeyId=key, Message=TEXT, SigningAlgorithm=algorithm)["Signature"]
            assert kms.verify(KeyId=key, Message=TEXT, SigningAlgorithm=algorithm, Signature=signature)["SignatureValid"]
        # The digest still knows the material: the same comes in, another does not.
        bring(clients, self.imported, self.material)
        with pytest.raises(kms.exceptions.IncorrectKeyMaterialException):
            bring(clients, self.imported, os.urandom(32))


def starts(folder):
    """The first nine bytes of all wrapped keys: the version, and the tag of the root they are under."""
    with sqlite3.connect(f"file:{folder / 'gatehouse.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT wrapped, digest_key FROM kms_material").fetchall()
    return {bytes(key[:9]) for row in rows for key in row if key is not None}


def killed(token, line, words):
    """Starts gatehouse and kills it when it prints a line that begins so. True where it was killed before its end."""
    process = subprocess.Popen(
        [binary(), *words], env=token.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for printed in process.stdout:
        if printed.strip().startswith(line):
            process.kill()
            break
    process.stdout.close()
    status = process.wait(timeout=PATIENCE)
    token.mend()
    return status == -signal.SIGKILL


def run(*words):
    done = subprocess.run([binary(), *words], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr


class Traffic:
    """Encrypts, decrypts and makes keys, until it is stopped; keeps what went wrong."""

    def __init__(self, server, estate):
        self.failures, self.count, self.made, self._stops = [], 0, [], threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(server, estate, number)) for number in range(2)]
        for thread in self.threads:
            thread.start()
        # They are under way.
        eventually(lambda: self.failures or self.count > 4)

    def _work(self, server, estate, number):
        kms = Clients(server, ROOT_KEYS).kms
        while not self._stops.is_set():
            try:
                key, text = estate.texts[(self.count * 7 + number) % len(estate.texts)]
                assert kms.decrypt(CiphertextBlob=text)["Plaintext"] == TEXT
                kms.encrypt(KeyId=key, Plaintext=TEXT)
                if self.count % 10 == 0:
                    made = kms.create_key()["KeyMetadata"]["KeyId"]
                    self.made.append((made, kms.encrypt(KeyId=made, Plaintext=TEXT)["CiphertextBlob"]))
                self.count += 1
            except Exception as error:  # noqa: BLE001
                self.failures.append(error)

    def stop(self):
        self._stops.set()
        for thread in self.threads:
            thread.join()


def place(tmp_path, kind):
    """How a server is started, and the environment and options of its commands."""
    if kind == "hsm":
        token = Token(tmp_path)
        return token, lambda folder: token.mend() or token.server(folder, token.options()), token.environment
    return None, Server, {"PATH": os.environ["PATH"]}


def rotate(server, keys=ROOT_KEYS):
    return call(server, keys, b"", service="gatehouse", target="/_gatehouse/kms/rotate-root", headers={})
