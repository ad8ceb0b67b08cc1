#!/usr/bin/env python3
"""Writes wycheproof.tsv from a checkout of C2SP/wycheproof: slice.py CHECKOUT.

A slice of the sets that matter to a key engine: at most a few cases of each combination of flags, of the sizes that KMS
has. A line: set, case, valid or invalid, and the set's own columns in hexadecimal digits.

    gcm      key nonce associated clear sealed(ciphertext, tag)
    hmac     algorithm key message mac
    oaep     algorithm PKCS#8 ciphertext clear
    verify   algorithm SubjectPublicKeyInfo message signature
    ecdh     kind PKCS#8 SubjectPublicKeyInfo secret
    kwp      key clear wrapped
"""

import json
import sys
from pathlib import Path

from der import CURVES, ELLIPTIC, der, oid

EACH = 3
KINDS = {"secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521", "secp256k1": "secp256k1"}
WIDTHS = {"p256": 32, "p384": 48, "p521": 66, "secp256k1": 32}


def pkcs8(kind, scalar):
    inner = der(0x30, der(2, b"\1"), der(4, int(scalar, 16).to_bytes(WIDTHS[kind], "big")))
    algorithm = der(0x30, oid(ELLIPTIC), oid(CURVES[kind]))
    return der(0x30, der(2, b"\0"), algorithm, der(4, inner)).hex()


class Slice:
    def __init__(self, root):
        self.root, self.lines = root / "testvectors_v1", []

    def cases(self, name, accept=lambda group: True, each=EACH):
        seen = {}
        for group in json.loads((self.root / f"{name}_test.json").read_text())["testGroups"]:
            if not accept(group):
                continue
            for case in group["tests"]:
                flags = (case["result"], *sorted(case.get("flags", [])))
                seen[flags] = seen.get(flags, 0) + 1
                if case["result"] != "acceptable" and seen[flags] <= each:
                    yield group, case

    def add(self, kind, name, case, *columns):
        self.lines.append("\t".join([kind, f"{name}/{case['tcId']}", case["result"], *columns]))

    def verify(self, name, algorithm, key):
        for group, case in self.cases(name):
            if name.endswith("mgf1_0"):
                case["result"] = "invalid"  # Salts of another length than the digest's are none of KMS.
            self.add("verify", name, case, algorithm, key(group), case["msg"], case["sig"])


def main(root):
    out = Slice(Path(root))
    for group, case in out.cases("aes_gcm", lambda g: (g["keySize"], g["ivSize"], g["tagSize"]) == (256, 96, 128), each=40):
        out.add("gcm", "aes_gcm", case, case["key"], case["iv"], case["aad"], case["msg"], case["ct"] + case["tag"])
    for bits in (224, 256, 384, 512):
        for group, case in out.cases(f"hmac_sha{bits}", lambda g: g["keySize"] == bits and g["tagSize"] == bits, each=20):
            out.add("hmac", f"hmac_sha{bits}", case, f"HMAC_SHA_{bits}", case["key"], case["msg"], case["tag"])
    for name, algorithm in (
        ("rsa_oaep_2048_sha1_mgf1sha1", "RSAES_OAEP_SHA_1"), ("rsa_oaep_2048_sha256_mgf1sha256", "RSAES_OAEP_SHA_256"),
        ("rsa_oaep_3072_sha256_mgf1sha256", "RSAES_OAEP_SHA_256"),
        ("rsa_oaep_4096_sha256_mgf1sha256", "RSAES_OAEP_SHA_256"),
    ):
        for group, case in out.cases(name):
            if not case["label"]:
                out.add("oaep", name, case, algorithm, group["privateKeyPkcs8"], case["ct"], case["msg"])
    for name, algorithm in (
        ("rsa_pss_2048_sha256_mgf1_32", "RSASSA_PSS_SHA_256"), ("rsa_pss_2048_sha256_mgf1_0", "RSASSA_PSS_SHA_256"),
        ("rsa_pss_2048_sha384_mgf1_48", "RSASSA_PSS_SHA_384"), ("rsa_pss_3072_sha256_mgf1_32", "RSASSA_PSS_SHA_256"),
        ("rsa_pss_4096_sha512_mgf1_64", "RSASSA_PSS_SHA_512"), ("rsa_signature_2048_sha256", "RSASSA_PKCS1_V1_5_SHA_256"),
        ("rsa_signature_3072_sha384", "RSASSA_PKCS1_V1_5_SHA_384"), ("rsa_signature_4096_sha512", "RSASSA_PKCS1_V1_5_SHA_512"),
    ):
        out.verify(name, algorithm, lambda g: g["publicKeyDer"])
    for name, algorithm in (
        ("ecdsa_secp256r1_sha256", "ECDSA_SHA_256"), ("ecdsa_secp384r1_sha384", "ECDSA_SHA_384"),
        ("ecdsa_secp521r1_sha512", "ECDSA_SHA_512"), ("ecdsa_secp256k1_sha256", "ECDSA_SHA_256"),
        ("ed25519", "ED25519_SHA_512"),
    ):
        out.verify(name, algorithm, lambda g: g["publicKeyDer"])
    for curve, kind in KINDS.items():
        for group, case in out.cases(f"ecdh_{curve}"):
            out.add("ecdh", f"ecdh_{curve}", case, kind, pkcs8(kind, case["private"]), case["public"], case["shared"])
    for group, case in out.cases("aes_kwp", lambda g: g["keySize"] == 256, each=40):
        out.add("kwp", "aes_kwp", case, case["key"], case["msg"], case["ct"])
    (Path(__file__).parent / "wycheproof.tsv").write_text("\n".join(out.lines) + "\n")


main(sys.argv[1])
