"""A FIDO security key in software, and the browser before it: keys and encodings by `fido2` and `cryptography`."""

import base64
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2.cose import ES256, RS256, EdDSA
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from signed import call

PRESENT, ATTESTED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.AT


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SecurityKey:
    def __init__(self, algorithm="ES256"):
        self.algorithm, self.counter, self.id = algorithm, 0, os.urandom(32)
        if algorithm == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.public = ES256.from_cryptography_key(self.private.public_key())
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
            self.public = EdDSA.from_cryptography_key(self.private.public_key())
        else:
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.public = RS256.from_cryptography_key(self.private.public_key())

    def sign(self, message):
        if self.algorithm == "ES256":
            return self.private.sign(message, ec.ECDSA(hashes.SHA256()))
        if self.algorithm == "EdDSA":
            return self.private.sign(message)
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())

    def data(self, host, flags=PRESENT, attested=b""):
        self.counter += 1
        return AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, self.counter, attested)

    def attest(self, client, host="localhost", flags=PRESENT | ATTESTED, format="packed", forged=False):
        """The attestation object of a new key, signed by the key itself, or by nobody."""
        data = self.data(host, flags, AttestedCredentialData.create(bytes(16), self.id, self.public))
        if format == "none":
            return bytes(AttestationObject.create("none", data, {}))
        signature = self.sign(bytes(data) + hashlib.sha256(client).digest() + (b"x" if forged else b""))
        return bytes(AttestationObject.create(format, data, {"alg": self.public.ALGORITHM, "sig": signature}))

    def answer(self, client, host="localhost", flags=PRESENT):
        data = bytes(self.data(host, flags))
        return data, self.sign(data + hashlib.sha256(client).digest())


class Browser:
    """A page of the console, and somebody whose keys sign its calls."""

    def __init__(self, server, keys, host="localhost"):
        self.server, self.keys, self.host = server, keys, host
        self.origin = f"http://{host}:{server.port}"

    def call(self, name, **members):
        body = json.dumps({
            key: base64.b64encode(value).decode() if isinstance(value, bytes) else value for key, value in members.items()})
        answer = call(
            self.server, self.keys, body.encode(), service="gatehouse", target=f"/_gatehouse/security-keys/{name}",
            headers={"Content-Type": "application/json"}, host=f"{self.host}:{self.server.port}")
        return answer.status, json.loads(answer.body)

    def client_data(self, kind, challenge, **more):
        return json.dumps({"type": f"webauthn.{kind}", "challenge": base64url(challenge), "origin": self.origin} | more).encode()

    def begin(self, **more):
        status, answer = self.call("register/begin", **more)
        assert status == 200, answer
        return base64.b64decode(answer["challenge"])

    def register(self, key, name="yubi", **more):
        client = self.client_data("create", self.begin(**more))
        status, answer = self.call("register", keyName=name, clientData=client, attestation=key.attest(client), **more)
        assert status == 200, answer
        return answer["serialNumber"]

    def challenge(self):
        status, answer = self.call("session/begin")
        assert status == 200, answer
        return base64.urlsafe_b64decode(answer["challenge"] + "=" * (-len(answer["challenge"]) % 4))

    def session(self, key, client=None, **more):
        """GetSessionToken with the key for the second factor."""
        client = client or self.client_data("get", self.challenge())
        data, signature = key.answer(client, **more)
        return self.call("session", credential=key.id, clientData=client, authenticatorData=data, signature=signature)
