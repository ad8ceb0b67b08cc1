#!/usr/bin/env python3
"""Makes what only the holder of a key can make, for the fuzzer to change: Tests/Fuzz/Vectors and a corpus of it.

Run once, with the clients' environment: .venv/bin/python Tests/Fuzz/sign.py. The keys that sign are thrown away, so that
nobody can make more: what a reader takes for signed is one of these, or a finding. The key that decrypts is kept."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FUZZ = Path(__file__).resolve().parent
sys.path.insert(0, str(FUZZ.parent / "Clients"))

from joserfc import jwt  # noqa: E402
from joserfc.jwk import ECKey, KeySet, RSAKey  # noqa: E402
from saml_provider import SAMLProvider, certificate, encrypted  # noqa: E402
from security_key import SecurityKey, base64url  # noqa: E402

ROLE, PROVIDER = "arn:aws:iam::123456789012:role/web", "arn:aws:iam::123456789012:saml-provider/corporate"
RESPONSE = "urn:oasis:names:tc:SAML:2.0:protocol:Response"


def keep(name, content, *targets):
    """A vector, which is a seed of those targets too."""
    raw = content if isinstance(content, bytes) else content.encode()
    for folder in ["Vectors"] + [f"Corpus/{target}" for target in targets]:
        (FUZZ / folder).mkdir(parents=True, exist_ok=True)
        (FUZZ / folder / name).write_bytes(raw)


def tokens():
    keys = {"RS256": RSAKey.generate_key(2048, {"kid": "rsa"}), "ES256": ECKey.generate_key("P-256", {"kid": "ec"})}
    keep("keys.json", json.dumps(KeySet(list(keys.values())).as_dict()), "jwks")
    claims = {
        "iss": "https://id.example.com", "sub": "user-1234", "aud": ["app", "other"], "iat": 1767323045, "exp": 1767326645,
        "https://aws.amazon.com/tags": {"principal_tags": {"team": ["blue"]}, "transitive_tag_keys": ["team"]}}
    for name, key in keys.items():
        keep(f"token-{name.lower()}", jwt.encode({"alg": name, "kid": key.kid}, claims, key, algorithms=[name]), "jwt")


def empty(text):
    """The response with its signature to be made again."""
    text = re.sub(r"(<ns2:(Digest|Signature)Value>).*?(</ns2:(Digest|Signature)Value>)", r"\1\3", text, flags=re.S)
    return re.sub(r"<ns2:KeyInfo>.*?</ns2:KeyInfo>", "", text, flags=re.S)


def responses(folder):
    provider = SAMLProvider()
    keep("metadata.xml", provider.metadata, "saml-metadata")
    subprocess.run(
        ["openssl", "x509", "-in", provider.cert, "-outform", "DER", "-out", FUZZ / "Vectors/provider.der"], check=True)
    opener, key = certificate(folder, "opener")
    subprocess.run(
        ["openssl", "pkcs8", "-topk8", "-nocrypt", "-in", key, "-outform", "DER", "-out", FUZZ / "Vectors/opener.der"],
        check=True)
    for sign in ("assertion", "response", "both"):
        keep(f"{sign}.xml", provider.response(ROLE, PROVIDER, sign=sign), "saml-response")
    keep("encrypted.xml", encrypted(provider.response(ROLE, PROVIDER), opener), "saml-response")
    outer = empty(provider.response(ROLE, PROVIDER, sign="response"))
    keep("outer.xml", provider.resign(encrypted(outer, opener), RESPONSE), "saml-response")


def security_keys():
    def client(kind):
        members = {"type": f"webauthn.{kind}", "challenge": base64url(bytes(range(56))), "origin": "http://localhost:4566"}
        return json.dumps(members).encode()

    key, create, get = SecurityKey(), client("create"), client("get")
    keep("client-create.json", create)
    keep("attestation", key.attest(create), "attestation")
    keep("unattested", key.attest(create, format="none"), "attestation")
    data, signature = key.answer(get)
    keep("proof", bytes([len(data)]) + data + bytes([len(signature)]) + signature + get, "security-key")


def main():
    tokens()
    with tempfile.TemporaryDirectory() as folder:
        responses(folder)
    security_keys()


main()
