#!/usr/bin/env python3
"""Writes nist.tsv from the response files of NIST's CAVP: nist.py FOLDER.

FOLDER holds `asymmetric/` and `ciphers/` as the package cryptography-vectors has them. The lines are those of slice.py, of
the sizes that KMS has:

    gcm      key nonce associated clear sealed(ciphertext, tag)
    verify   algorithm SubjectPublicKeyInfo message signature
"""

import sys
from pathlib import Path

from der import der, number, point, rsa

EACH = 8
HASHES = {"SHA256": "256", "SHA384": "384", "SHA512": "512"}


def blocks(path):
    """Each case of a file with the settings above it."""
    settings, case, cases = {}, {}, []
    for line in [*path.read_text().splitlines(), ""]:
        line = line.strip()
        if line.startswith("["):
            name, _, value = line[1:-1].partition("=")
            settings[name.strip() if value else "group"] = value.strip() or name.strip()
        elif line.startswith(("n = ", "p = ", "q = ")):
            settings[line[0]] = line[4:]
        elif " =" in line:
            name, _, value = line.partition("=")
            case[name.strip()] = value.strip()
        elif line == "FAIL":
            case["Result"] = "F"
        elif not line and case:
            cases.append((dict(settings), case))
            case = {}
    return cases


def outcome(text):
    return "valid" if text.startswith("P") else "invalid"


def gcm(path):
    seen = {}
    for settings, case in blocks(path):
        if (settings["IVlen"], settings["Taglen"]) != ("96", "128"):
            continue
        kind = (settings["PTlen"], settings["AADlen"])
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] > EACH:
            continue
        result = "invalid" if "Result" in case else "valid"
        name = f"gcmDecrypt256/{'/'.join(kind)}/{case['Count']}"
        yield "gcm", name, result, case["Key"], case["IV"], case["AAD"], case.get("PT", ""), case["CT"] + case["Tag"]


def ecdsa(path):
    curves = {"P-256,SHA-256": ("p256", 32, "256"), "P-384,SHA-384": ("p384", 48, "384"), "P-521,SHA-512": ("p521", 66, "512")}
    for index, (settings, case) in enumerate(blocks(path)):
        if settings["group"] not in curves:
            continue
        curve, width, size = curves[settings["group"]]
        key = point(curve, case["Qx"].zfill(2 * width)[-2 * width:], case["Qy"].zfill(2 * width)[-2 * width:])
        signature = der(0x30, number(case["R"]), number(case["S"])).hex()
        yield "verify", f"SigVer/{settings['group']}/{index}", outcome(case["Result"]), f"ECDSA_SHA_{size}", key, case["Msg"], signature


def rsassa(path, name, algorithm, accept):
    """One case of each size, digest and outcome."""
    seen = set()
    for index, (settings, case) in enumerate(blocks(path)):
        if settings["mod"] not in ("2048", "3072", "4096") or case.get("SHAAlg") not in HASHES:
            continue
        kind = (settings["mod"], case["SHAAlg"], case["Result"][:4])
        if kind in seen:
            continue
        seen.add(kind)
        key = rsa(settings["n"], case["e"])
        result = outcome(case["Result"]) if accept else "invalid"
        yield ("verify", f"{name}/{settings['mod']}/{index}", result, f"{algorithm}_SHA_{HASHES[case['SHAAlg']]}", key, case["Msg"],
               case["S"])


def main(root):
    old = root / "asymmetric/RSA/FIPS_186-2"
    lines = [
        *gcm(root / "ciphers/AES/GCM/gcmDecrypt256.rsp"),
        *ecdsa(root / "asymmetric/ECDSA/FIPS_186-3/SigVer.rsp"),
        *rsassa(old / "SigVer15_186-3.rsp", "SigVer15", "RSASSA_PKCS1_V1_5", accept=True),
        # The salts are of ten bytes; KMS takes none but of the digest's length.
        *[line for line in rsassa(old / "SigVerPSS_186-3.rsp", "SigVerPSS", "RSASSA_PSS", accept=False) if "/2048/" in line[1]],
    ]
    (Path(__file__).parent / "nist.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))


main(Path(sys.argv[1]))
