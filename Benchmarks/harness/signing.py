"""Signature Version 4, fast enough to sign a hundred thousand requests, and checked against botocore.

Source: AWS Signature Version 4 for API requests, "Create a signed AWS API request".
"""

import hashlib
import hmac
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .processes import Failed

REGION = "us-east-1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/x-amz-json-1.1"
UNSIGNED = "UNSIGNED-PAYLOAD"


def _mac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


class Signer:
    """Signs for one key, one host, one service, at one moment: that of its making."""

    def __init__(self, key_id, secret, host, service, date=None):
        self.host, self.service = host, service
        self.date = date or time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = f"{self.date[:8]}/{REGION}/{service}/aws4_request"
        key = b"AWS4" + secret.encode()
        for part in scope.split("/"):
            key = _mac(key, part)
        self._key = key
        self._preamble = f"AWS4-HMAC-SHA256\n{self.date}\n{scope}\n"
        self._credential = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, "

    def headers(self, method, path, body=b"", query="", payload=None, target=None):
        """The headers of a request, `Host` left out: whoever sends it adds that. `target`: the operation, for JSON."""
        digest = payload or hashlib.sha256(body).hexdigest()
        named = {"host": self.host, "x-amz-date": self.date}
        if self.service == "s3":
            named["x-amz-content-sha256"] = digest
        elif target:
            named |= {"content-type": JSON, "x-amz-target": target}
        elif method == "POST":
            named["content-type"] = FORM
        names = sorted(named)
        lines = "".join(f"{name}:{named[name]}\n" for name in names)
        signed = ";".join(names)
        canonical = f"{method}\n{path}\n{query}\n{lines}\n{signed}\n{digest}"
        text = self._preamble + hashlib.sha256(canonical.encode()).hexdigest()
        del named["host"]
        named["authorization"] = f"{self._credential}SignedHeaders={signed}, Signature={_mac(self._key, text).hex()}"
        return named

    def raw(self, method, path, body=b"", payload=None, target=None):
        """The request as it goes on the wire."""
        named = self.headers(method, path, body, payload=payload, target=target)
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def check_against_botocore():
    """One request of each kind must bear the signature botocore gives it."""
    key_id, secret = "AKIAROOTROOTROOTROOT", "a/secret/of/forty/characters/00000000001"
    for service, method, path, body in [
        ("iam", "POST", "/", b"Action=CreateUser&UserName=one&Version=2010-05-08"), ("s3", "GET", "/bucket/key", b""),
        ("kms", "POST", "/", b"{}"),
    ]:
        request = AWSRequest(method=method, url=f"http://127.0.0.1:4566{path}", data=body)
        if service == "s3":
            request.headers["x-amz-content-sha256"] = hashlib.sha256(body).hexdigest()
        elif service == "kms":
            request.headers["content-type"], request.headers["x-amz-target"] = JSON, "TrentService.ListKeys"
        else:
            request.headers["content-type"] = FORM
        SigV4Auth(Credentials(key_id, secret), service, REGION).add_auth(request)
        ours = Signer(key_id, secret, "127.0.0.1:4566", service, request.headers["X-Amz-Date"])
        target = request.headers.get("x-amz-target")
        if ours.headers(method, path, body, target=target)["authorization"] != request.headers["Authorization"]:
            raise Failed(f"the signature of {service} {method} is not botocore's")
