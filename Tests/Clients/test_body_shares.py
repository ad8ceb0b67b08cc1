"""Defends the room for bodies of callers who have proved nothing: who fills his share of it keeps nobody else waiting."""

import contextlib
import http.client
import socket

import pytest

from patience import PATIENCE, eventually
from server import ROOT_KEYS, Server
from signed import Answer, query, signed

# What is counted of each body, from 16 KiB on, makes 48 MiB but for a few bytes.
LENGTHS = [2 << 20] * 24 + [80 << 10] * 6
STALLED, OTHER = "127.0.0.1", "127.0.0.2"


@pytest.fixture
def server():
    server = Server()
    try:
        yield server
    finally:
        server.stop()


def long_call(server, address):
    """A good call with a body that is longer than what always has room, from an address of its own."""
    body = query("GetUser", UserName="x" * 60_000)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE, source_address=(address, 0))
    with contextlib.closing(connection):
        connection.request("POST", "/", body, signed(server, ROOT_KEYS, body))
        return Answer(connection.getresponse())


def stalled(server, length):
    """A connection over which nearly all of a long body has come, and no more comes. Its head alone is in order."""
    headers = signed(server, ROOT_KEYS, b"") | {"Content-Length": str(length)}
    head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    connection = socket.create_connection((server.host, server.port), timeout=PATIENCE, source_address=(STALLED, 0))
    connection.sendall(head.encode() + b"x" * (length - 1))
    return connection


def test_an_address_that_fills_its_share_is_the_only_one_to_wait(server):
    assert long_call(server, STALLED).status == long_call(server, OTHER).status == 400
    with contextlib.ExitStack() as open_ones:
        for length in LENGTHS:
            open_ones.enter_context(contextlib.closing(stalled(server, length)))
        # What was sent last may be under way.
        refused = eventually(lambda: long_call(server, STALLED), lambda answer: answer.status == 503)
        assert "<Code>ServiceUnavailable</Code>" in refused.text
        for _ in range(3):
            served = long_call(server, OTHER)
            assert served.status == 400 and "<Code>ValidationError</Code>" in served.text
    eventually(lambda: long_call(server, STALLED), lambda answer: answer.status == 400)
