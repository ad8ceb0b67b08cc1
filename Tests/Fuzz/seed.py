#!/usr/bin/env python3
"""Seeds for the fuzzer from the vectors that other tests use. Usage: seed.py FOLDER"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = ROOT / "Tests"


def lines(path):
    return [json.loads(line) for line in (TESTS / path).read_text().splitlines() if line]


def requests():
    """Golden requests as the target of their protocol takes them."""
    for request in lines("WireTests/Golden/requests.jsonl"):
        body = base64.b64decode(request["body"])
        head = f"{request['method']} {request['target']} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in request["headers"]) + "\r\n"
        whole = head.encode() + body
        yield "http-head", head.encode()
        yield "signature", whole
        if request["service"] in ("IAM", "STS"):
            yield "query", body
            yield "form", body
        elif request["service"] == "CloudTrail":
            yield "aws-json", request["operation"].encode() + b"\n" + body
            yield "json", body
        elif request["service"] == "AccessAnalyzer":
            yield "rest-json", whole
            yield "json", body
        else:
            yield "rest-xml", whole
            if body.startswith(b"<"):
                yield "xml", body


def signed():
    """Requests of AWS's signature suite."""
    suite = json.loads((TESTS / "AuthenticationTests/Vectors/aws-sigv4-suite.json").read_text())
    for text in re.findall(r'"([A-Z]+ [^"]* HTTP/1\.1(?:[^"\\]|\\.)*)"', json.dumps(suite)):
        yield "signature", json.loads(f'"{text}"').replace("\r\n", "\n").replace("\n", "\r\n").encode()


def policies():
    """Each document of the decision vectors, as the kind it stands for."""
    kinds = {"identity": [0, 1], "boundary": [0], "session": [2], "resource": [3, 4, 5], "scps": [6], "rcps": [7], "endpoint": [8]}
    for vector in lines("AuthorizationTests/Vectors/docs.jsonl") + lines("AuthorizationTests/Vectors/observed.jsonl"):
        for layer, value in vector.get("policies", {}).items():
            for document in flattened(value) if layer in kinds else []:
                for kind in kinds[layer]:
                    yield "policy", bytes([kind]) + json.dumps(document).encode()
    kinds = ["identity", "resource", "trust", "session", "scp", "rcp"]
    for case in lines("PolicyChecksTests/Cases/checks.jsonl"):
        yield "policy-checks", bytes([kinds.index(case["type"])]) + case["bad"].encode()


def flattened(value):
    if isinstance(value, dict):
        yield value
    for item in value if isinstance(value, list) else []:
        yield from flattened(item)


def texts():
    """What patterns are tried on."""
    for number in range(64):
        for text in ("arn:aws:iam::111122223333:user/a", "a-1", "/a/b/", "111122223333"):
            yield "pattern", bytes([number]) + text.encode()


def trusted():
    """Metadata and keys are made of what tokens and responses bring, too."""
    for name in ("keys.json", "token-rs256"):
        yield "json", (TESTS / "Fuzz/Vectors" / name).read_bytes()
    for name in ("metadata.xml", "assertion.xml", "encrypted.xml"):
        yield "xml", (TESTS / "Fuzz/Vectors" / name).read_bytes()


def main(folder):
    for target, seed in [*requests(), *signed(), *policies(), *texts(), *trusted()]:
        place = Path(folder) / target
        place.mkdir(parents=True, exist_ok=True)
        (place / hashlib.sha1(seed).hexdigest()[:16]).write_bytes(seed)


main(sys.argv[1])
