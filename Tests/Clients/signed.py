"""Requests by hand: signed by botocore, or not at all, sent over a plain connection, answers as they come."""

import contextlib
import datetime
import http.client
import urllib.parse
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from callers import REGION
from patience import PATIENCE

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.body.decode()


def send(server, method="POST", target="/", body=b"", headers=None):
    """Sends a request as it is."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(method, target, body, headers or {})
        return Answer(connection.getresponse())


def query(action, version="2010-05-08", **members):
    """The body of a query call: IAM's version unless said otherwise."""
    return urllib.parse.urlencode({"Action": action, "Version": version} | members).encode()


def signed(server, keys, body=b"", service="iam", region=REGION, method="POST", target="/", headers=None,
           signer=botocore.auth.SigV4Auth, host=None):
    """The headers that sign such a request."""
    host = host or f"{server.host}:{server.port}"
    request = AWSRequest(method, f"http://{host}{target}", headers=dict(headers or FORM), data=body)
    request.headers["Host"] = host
    signer(Credentials(keys.id, keys.secret, keys.token), service, region).add_auth(request)
    return dict(request.headers)


def call(server, keys, body, **more):
    """Signs and sends; both halves take the same method and target."""
    sent = {name: more[name] for name in ("method", "target") if name in more}
    return send(server, body=body, headers=signed(server, keys, body, **more), **sent)


@contextlib.contextmanager
def clock_off_by(**span):
    """Lets botocore sign as if its clock were wrong."""
    shift = datetime.timedelta(**span)
    real = botocore.auth.get_current_datetime
    with mock.patch.object(botocore.auth, "get_current_datetime", lambda *words, **more: real(*words, **more) + shift):
        yield
