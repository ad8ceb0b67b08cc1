"""Defends that only well-signed requests of known keys are anybody's, whatever the reason they are not."""

import pytest

from audit import records
from callers import Clients
from errors import refused
from people import allow
from server import ROOT_KEYS, Keys
from signed import FORM, call, clock_off_by, query, send, signed

WHO = query("GetCallerIdentity", "2011-06-15")


def test_a_wrong_secret_is_refused(server, root, people):
    alice = people.user("alice", allow("*"))
    with refused("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."):
        Clients(server, Keys(alice.keys.id, "x" * 40)).iam.list_users()
    # CloudTrail speaks JSON: another name, and 400.
    with refused("InvalidSignatureException", status=400):
        Clients(server, Keys(alice.keys.id, "x" * 40)).cloudtrail.lookup_events()


@pytest.mark.parametrize("key", ["test", "AKIAIOSFODNN7EXAMPLE", "AKIA" + "Z" * 16, "ASIA" + "Z" * 16])
def test_an_unknown_key_is_refused(server, key):
    clients = Clients(server, Keys(key, "test"))
    with refused("InvalidClientTokenId", "The security token included in the request is invalid."):
        clients.sts.get_caller_identity()
    with refused("UnrecognizedClientException", status=400):
        clients.cloudtrail.lookup_events()


def test_a_token_with_a_long_term_key_is_refused(server):
    with refused("InvalidClientTokenId"):
        Clients(server, Keys(ROOT_KEYS.id, ROOT_KEYS.secret, "token")).sts.get_caller_identity()


@pytest.mark.parametrize("span, message", [
    ({"minutes": -6}, "Signature expired: "), ({"minutes": 6}, "Signature not yet current: "), ({"days": 400}, "Signature not yet current: "),
])
def test_a_wrong_clock_is_refused(root, span, message):
    with clock_off_by(**span), refused("SignatureDoesNotMatch", message):
        root.sts.get_caller_identity()
    with clock_off_by(minutes=4):
        root.sts.get_caller_identity()


def test_the_clock_for_tests_does_not_change_what_signatures_are_good(server, root):
    server.advance(days=30)
    root.sts.get_caller_identity()


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}], ids=["none", "empty"])
def test_an_unsigned_call_is_refused(server, headers):
    answer = send(server, body=query("ListUsers"), headers=FORM | headers)
    assert answer.status in (400, 403)
    assert b"<Code>MissingAuthenticationToken</Code>" in answer.body or b"<Code>IncompleteSignature</Code>" in answer.body


def test_basic_authorization_is_refused(server):
    answer = send(server, body=query("ListUsers"), headers=FORM | {"Authorization": "Basic YTpi"})
    assert answer.status in (400, 403) and b"ListUsersResult" not in answer.body


def test_a_signature_for_another_service_or_region_is_refused(server):
    body = query("ListUsers")
    assert call(server, ROOT_KEYS, body).status == 200
    # The scope says which service is meant: one that is not served, and one that knows no such action.
    for service, status in [("ec2", 501), ("sts", 400)]:
        wrong = call(server, ROOT_KEYS, body, service=service)
        assert wrong.status == status and b"ListUsersResult" not in wrong.body


def a_second_off(date):
    """Another date within the seconds that a clock may be off, whatever second it is now."""
    return date[:-2] + str((int(date[-2]) + 1) % 10) + "Z"


CHANGES = {
    "another body": lambda headers, body: (headers, query("ListRoles")),
    "another host": lambda headers, body: (headers | {"Host": "iam.amazonaws.com"}, body),
    "another date": lambda headers, body: (headers | {"X-Amz-Date": a_second_off(headers["X-Amz-Date"])}, body),
    "another key": lambda headers, body: (
        headers | {"Authorization": headers["Authorization"].replace(ROOT_KEYS.id, "AKIAOTHEROTHEROTHER0")}, body),
    "one letter less": lambda headers, body: (headers | {"Authorization": headers["Authorization"][:-1]}, body),
    "another header": lambda headers, body: (headers | {"X-Amz-Extra": "1"}, body),
    "no date": lambda headers, body: ({name: value for name, value in headers.items() if name != "X-Amz-Date"}, body),
    "no signed headers": lambda headers, body: (
        headers | {"Authorization": headers["Authorization"].replace("SignedHeaders=", "Signed=")}, body),
    "other algorithm": lambda headers, body: (
        headers | {"Authorization": headers["Authorization"].replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1")}, body),
    "other terminator": lambda headers, body: (
        headers | {"Authorization": headers["Authorization"].replace("aws4_request", "aws5_request")}, body),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_on_the_way_is_refused(server, change):
    body = query("ListUsers")
    headers, body = CHANGES[change](signed(server, ROOT_KEYS, body), body)
    answer = send(server, body=body, headers=headers)
    assert answer.status in (400, 403) and b"<ErrorResponse" in answer.body and b"Result>" not in answer.body


def test_a_refused_signature_changes_nothing(server, root):
    body = query("CreateUser", UserName="mallory")
    headers = signed(server, Keys(ROOT_KEYS.id, "y" * 40), body)
    assert send(server, body=body, headers=headers).status == 403
    assert root.iam.list_users()["Users"] == []
    assert all(record.get("errorCode") for record in records(root, "CreateUser"))


def test_a_signed_link_works_where_signatures_may_be_in_the_query(server, root):
    link = root.sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")
    target = link[len(server.url):]
    assert b":root</Arn>" in send(server, "GET", target).body
    assert send(server, "GET", target.replace("GetCallerIdentity", "GetSessionToken")).status == 403
