"""Forms as browsers post them: written by hand, and signed by hand."""

import base64
import datetime
import hashlib
import hmac
import json

from callers import REGION
from signed import send

BOUNDARY = "----form"


def part(name, value, file_name=None, boundary=BOUNDARY):
    file_part = "" if file_name is None else f'; filename="{file_name}"'
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file_part}\r\n\r\n'
    return head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"


def form(fields, content=b"content", file_name="a.txt", end=f"--{BOUNDARY}--\r\n"):
    """The body of a form: pairs of names and values, then the file."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    body = b"".join(part(name, value) for name, value in pairs)
    if content is not None:
        body += part("file", content, file_name)
    return body + end.encode()


def post(server, target, body, headers=None, boundary=BOUNDARY):
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return send(server, "POST", target, body, kind | (headers or {}))


def written(conditions, expires=600, **more):
    """A policy document in Base64."""
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=expires)
    document = {"expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": conditions} | more
    return base64.b64encode(json.dumps(document).encode()).decode()


def version2(keys, conditions, **more):
    """The fields that sign a policy with Version 2."""
    if keys.token:
        conditions = [*conditions, {"x-amz-security-token": keys.token}]
    policy = written(conditions, **more)
    signature = hmac.new(keys.secret.encode(), policy.encode(), hashlib.sha1).digest()
    fields = {"AWSAccessKeyId": keys.id, "policy": policy, "signature": base64.b64encode(signature).decode()}
    return fields | ({"x-amz-security-token": keys.token} if keys.token else {})


def version4(keys, conditions, region=REGION, day=None, **more):
    """The fields that sign a policy with Version 4."""
    now = datetime.datetime.now(datetime.timezone.utc)
    date = now.strftime("%Y%m%dT%H%M%SZ")
    scope = [day or date[:8], region, "s3", "aws4_request"]
    fields = {"x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": "/".join([keys.id, *scope]), "x-amz-date": date}
    if keys.token:
        fields["x-amz-security-token"] = keys.token
    policy = written([*conditions, *({name: value} for name, value in fields.items())], **more)
    key = ("AWS4" + keys.secret).encode()
    for word in scope:
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return fields | {"policy": policy, "x-amz-signature": hmac.new(key, policy.encode(), hashlib.sha256).hexdigest()}
