"""Defends what a client leaves behind that stops in the middle of a body: nothing, not a row, not a file."""

import contextlib
import socket
import sqlite3
import struct

import botocore.auth
import pytest

from callers import Clients
from errors import refused
from patience import eventually
from server import ROOT_KEYS, Server
from signed import signed

MEGA = 1 << 20
BODY = bytes(range(256)) * (6 * MEGA // 256)
SENT = 3 * MEGA


@pytest.fixture
def kept(tmp_path):
    """A server with a data folder, and an empty bucket."""
    server = Server(tmp_path / "data")
    try:
        Clients(server, ROOT_KEYS).s3.create_bucket(Bucket="box")
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def files(server):
    """What lies in the folder of contents, finished or not."""
    found = [path.relative_to(server.folder) for name in ("tmp", "blobs") for path in (server.folder / name).rglob("*") if path.is_file()]
    return sorted(str(path) for path in found if path.name != "opened")


def rows(server, table):
    """How many, in the database of a server that was stopped."""
    with contextlib.closing(sqlite3.connect(server.folder / "gatehouse.db")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def stop_in_the_middle(server, target, isReset, headers=None, body=BODY):
    """Sends a part of a body that was promised whole, waits until the server has written some of it, and goes."""
    before = files(server)
    given = signed(server, ROOT_KEYS, BODY, service="s3", method="PUT", target=target, signer=botocore.auth.S3SigV4Auth,
                   headers={"Content-Type": "text/plain", "Content-Length": str(len(BODY))} | (headers or {}))
    head = f"PUT {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in given.items()) + "\r\n"
    connection = socket.create_connection((server.host, server.port))
    with contextlib.closing(connection):
        connection.sendall(head.encode() + body[:SENT])
        eventually(lambda: files(server), lambda found: len(found) == len(before) + 1)
        if isReset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    eventually(lambda: files(server), lambda found: found == before)


@pytest.mark.parametrize("isReset", [False, True], ids=["closed", "reset"])
def test_an_object_that_stops_in_the_middle_leaves_nothing(kept, isReset):
    s3 = Clients(kept, ROOT_KEYS).s3
    stop_in_the_middle(kept, "/box/k", isReset)
    assert files(kept) == []
    with refused("NoSuchKey", status=404):
        s3.get_object(Bucket="box", Key="k")
    assert s3.list_object_versions(Bucket="box").get("Versions", []) == []
    assert kept.stop() == 0
    assert [rows(kept, table) for table in ("s3_content", "s3_object", "s3_version", "s3_part")] == [0, 0, 0, 0]


def test_what_was_there_before_stays(kept):
    s3 = Clients(kept, ROOT_KEYS).s3
    s3.put_object(Bucket="box", Key="k", Body=b"old" * 10_000)
    stop_in_the_middle(kept, "/box/k", isReset=True)
    assert s3.get_object(Bucket="box", Key="k")["Body"].read() == b"old" * 10_000
    assert kept.stop() == 0
    assert (len(files(kept)), rows(kept, "s3_content"), rows(kept, "s3_version")) == (1, 1, 0)


@pytest.mark.parametrize("isReset", [False, True], ids=["closed", "reset"])
def test_a_part_that_stops_in_the_middle_leaves_nothing(kept, isReset):
    s3 = Clients(kept, ROOT_KEYS).s3
    upload = {"Bucket": "box", "Key": "k", "UploadId": s3.create_multipart_upload(Bucket="box", Key="k")["UploadId"]}
    target = f"/box/k?partNumber=1&uploadId={upload['UploadId']}"
    stop_in_the_middle(kept, target, isReset)
    assert s3.list_parts(**upload).get("Parts", []) == [] and files(kept) == []
    # A part that is sent again and stops does not replace the one that is there.
    s3.upload_part(**upload, PartNumber=1, Body=b"x" * 10_000)
    stop_in_the_middle(kept, target, isReset)
    assert [part["Size"] for part in s3.list_parts(**upload)["Parts"]] == [10_000]
    assert kept.stop() == 0
    assert (rows(kept, "s3_part"), len(files(kept))) == (1, 1)
