"""A small fast client of its own: signs (Signature Version 4) and sends over one kept connection. Standard library only."""

import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse

from patience import PATIENCE

VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Reply:
    def __init__(self, response):
        self.status, self.body = response.status, response.read()
        self.request_id = response.getheader("x-amzn-RequestId") or response.getheader("x-amz-request-id")

    def between(self, name):
        """The text of the first XML element of that name; nothing where there is none."""
        start, end = self.body.find(b"<%s>" % name.encode()), self.body.find(b"</%s>" % name.encode())
        return self.body[start + len(name) + 2:end].decode() if start >= 0 else None


class Wire:
    """One caller on one connection."""

    def __init__(self, server, keys, region="us-east-1"):
        self.keys, self.region, self.host = keys, region, f"{server.host}:{server.port}"
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
        self._key = {}

    def query(self, service, action, **members):
        """A call of IAM or STS."""
        body = urllib.parse.urlencode({"Action": action, "Version": VERSIONS[service]} | members).encode()
        return self.send(service, "POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})

    def json(self, service, target, body):
        """A call of a service that speaks JSON, such as `TrentService.Encrypt` of KMS."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amz-target": target}
        return self.send(service, "POST", "/", json.dumps(body).encode(), headers)

    def s3(self, method, path, body=b""):
        return self.send("s3", method, path, body, {})

    def send(self, service, method, path, body, headers):
        time = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        named = {"host": self.host, "x-amz-content-sha256": digest, "x-amz-date": time}
        if self.keys.token:
            named["x-amz-security-token"] = self.keys.token
        if "x-amz-target" in headers:
            named["x-amz-target"] = headers["x-amz-target"]
        listed = ";".join(named)
        lines = "".join(f"{name}:{value}\n" for name, value in named.items())
        plain, _, query = path.partition("?")
        query = "&".join(pair if "=" in pair else pair + "=" for pair in sorted(query.split("&")) if pair)
        canonical = f"{method}\n{plain}\n{query}\n{lines}\n{listed}\n{digest}"
        scope = f"{time[:8]}/{self.region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._signing_key(time[:8], service), text.encode(), "sha256").hexdigest()
        named["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.keys.id}/{scope}, SignedHeaders={listed}, Signature={signature}")
        self.connection.request(method, path, body, named | headers)
        return Reply(self.connection.getresponse())

    def _signing_key(self, day, service):
        if (day, service) not in self._key:
            key = f"AWS4{self.keys.secret}".encode()
            for part in (day, self.region, service, "aws4_request"):
                key = hmac.new(key, part.encode(), "sha256").digest()
            self._key[day, service] = key
        return self._key[day, service]
