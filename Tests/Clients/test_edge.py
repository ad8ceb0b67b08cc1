"""Defends the server against what no client should send: it answers or hangs up, and stays up."""

import contextlib
import socket

import pytest

from patience import PATIENCE
from server import ROOT_KEYS
from signed import call, query, send, signed

END = b"\r\n\r\n"
MALFORMED = {
    "no HTTP": b"hello\r\n\r\n", "no version": b"GET /" + END, "version 2": b"GET / HTTP/2.0\r\nHost: a" + END,
    "no host": b"GET / HTTP/1.1" + END, "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b" + END,
    "space before the colon": b"GET / HTTP/1.1\r\nHost : a" + END, "folded": b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c" + END,
    "bare line feeds": b"GET / HTTP/1.1\nHost: a\n\n", "a NUL": b"GET / HTTP/1.1\r\nHost: a\0b" + END,
    "a bare CR": b"GET / HTTP/1.1\r\nHost: a\rX: b" + END,
    "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0" + END,
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a negative length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1" + END,
    "a length beyond all numbers": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999" + END,
    "an unknown coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip" + END,
    "a wrong chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a long line": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a" + END,
    "many fields": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(300)) + b"\r\n",
    "a target without a slash": b"GET a HTTP/1.1\r\nHost: a" + END, "a method of NULs": b"\0\0\0 / HTTP/1.1\r\nHost: a" + END,
}


def raw(server, data):
    """What comes back for such bytes, until the server hangs up or says enough."""
    with contextlib.closing(socket.create_connection((server.host, server.port), timeout=PATIENCE)) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        return answer


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests_are_refused(server, name):
    answer = raw(server, MALFORMED[name])
    # Nothing at all is an answer too: the server hung up.
    assert answer == b"" or answer.split()[1][:1] in (b"4", b"5"), answer[:200]
    assert b" 200 " not in answer[:20] and server.is_up()


QUERIES = {
    "nothing": b"", "no pairs": b"&&&&=&==", "half an escape": b"Action=%4", "a wrong escape": b"Action=%zz",
    "not UTF-8": b"Action=ListUsers&Version=2010-05-08&PathPrefix=%ff%fe", "a NUL": b"Action=ListUsers%00&Version=2010-05-08",
    "many pairs": b"Action=ListUsers&Version=2010-05-08&" + b"&".join(b"x%d=y" % n for n in range(20_000)),
    "a deep name": b"Action=TagUser&Version=2010-05-08&Tags" + b".member.1" * 5_000 + b"=x",
    "a long value": b"Action=ListUsers&Version=2010-05-08&Marker=" + b"A" * 200_000,
    "two actions": b"Action=ListUsers&Action=CreateUser&Version=2010-05-08",
}


@pytest.mark.parametrize("name", QUERIES)
def test_wrong_bodies_are_refused(server, name):
    answer = call(server, ROOT_KEYS, QUERIES[name])
    assert 400 <= answer.status < 500, (answer.status, answer.text[:200])
    assert server.is_up()


def test_a_body_beyond_all_measure_is_refused_without_being_kept(server):
    body = query("CreateUser", UserName="a" * 2_000_000)
    answer = call(server, ROOT_KEYS, body)
    assert answer.status in (400, 413) and server.is_up()


@pytest.mark.parametrize("depth", [10, 100, 50_000])
def test_a_deep_policy_is_refused(server, root, depth):
    root.iam.create_user(UserName="alice")
    body = query("PutUserPolicy", UserName="alice", PolicyName="p", PolicyDocument="[" * depth + "]" * depth)
    assert call(server, ROOT_KEYS, body).status in (400, 413) and server.is_up()


def test_requests_after_each_other_on_one_connection_are_told_apart(server):
    body = query("GetCallerIdentity", "2011-06-15")
    headers = signed(server, ROOT_KEYS, body, service="sts") | {"Content-Length": str(len(body))}
    head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    one = head.encode() + b"\r\n" + body
    health = b"GET /_gatehouse/health HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = raw(server, one + health + one)
    assert answer.count(b"HTTP/1.1 200") == 3 and answer.count(b":root</Arn>") == 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_other_methods_do_no_harm(server, method):
    assert send(server, method, "/").status in (400, 403, 404, 405, 411, 501) and server.is_up()


def test_health_is_open_and_metrics_count(server, root):
    assert server.get("/_gatehouse/health")["services"]["iam"] == "running"
    assert server.get("/_localstack/health")["services"]["sts"] == "running"
    root.iam.list_users()
    assert "# TYPE" in server.get("/_gatehouse/metrics")
    assert send(server, "GET", "/_gatehouse/nothing").status >= 400
    assert send(server, "GET", "/_gatehouse/reset").status == 405
    assert send(server, "POST", "/_gatehouse/clock", b"{}").status == 400


def test_a_reset_leaves_only_the_accounts(server, root, other):
    root.iam.create_user(UserName="alice")
    other.iam.create_user(UserName="bob")
    server.advance(days=3)
    server.reset()
    assert root.iam.list_users()["Users"] == other.iam.list_users()["Users"] == []
    assert [event["EventName"] for event in root.cloudtrail.lookup_events()["Events"]] == ["ListUsers"]
    assert root.sts.get_caller_identity()["Account"] == "123456789012"
