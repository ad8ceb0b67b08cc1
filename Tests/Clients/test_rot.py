"""Defends what a disk does to contents: what changed is never served, and is named by scrubber, metric and doctor, whoever has the key."""

import contextlib
import http.client
import pathlib
import sqlite3
import subprocess

import pytest
from botocore.exceptions import ClientError

from callers import Clients
from errors import refused
from patience import eventually
from server import ROOT_KEYS, Server, binary
from test_backup import run
from wire import Wire

SMALL, LARGE = bytes(100_000), bytes(1_000_000)


def due(data):
    """As if a week had passed for the scrubber."""
    with contextlib.closing(sqlite3.connect(data / "gatehouse.db")) as database:
        database.execute("UPDATE s3_scrub SET finished = 0 WHERE finished IS NOT NULL")
        database.commit()


@pytest.fixture
def kept(tmp_path):
    """Starts a server on the same folder as often as it is asked, each time as if a week had passed for the scrubber."""
    data, started = tmp_path / "data", []

    def start():
        if started:
            due(data)
        started.append(Server(data))
        return started[-1], Clients(started[-1], ROOT_KEYS).s3

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


def put(server, s3, key, **more):
    """Puts an object; the file of its content."""
    before = contents(server)
    s3.put_object(Bucket="box", Key=key, **more)
    (file,) = contents(server) - before
    return file


def contents(server):
    return {path for path in pathlib.Path(server.folder, "blobs").rglob("*") if path.is_file()}


def flip(file, at):
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def damaged(server, count, metric="gatehouse_s3_damaged_contents"):
    """Waits until the scrubber has found so many."""
    eventually(lambda: server.get("/_gatehouse/metrics"), lambda told: f"{metric} {count}\n" in told)


def test_a_flipped_bit_is_never_served_and_always_named(kept):
    server, s3 = kept()
    s3.create_bucket(Bucket="box")
    files = {
        "own": put(server, s3, "own", Body=SMALL),
        "kms": put(server, s3, "kms", Body=SMALL, ServerSideEncryption="aws:kms"),
        "twice": put(server, s3, "twice", Body=SMALL, ServerSideEncryption="aws:kms:dsse"),
    }
    large = put(server, s3, "large", Body=LARGE, ServerSideEncryption="aws:kms")
    put(server, s3, "good", Body=SMALL, ServerSideEncryption="aws:kms")
    assert server.stop() == 0
    for file in files.values():
        flip(file, 50_000)
    flip(large, 900_000)

    server, s3 = kept()
    for key in files:
        with refused("InternalError", status=500):
            s3.get_object(Bucket="box", Key=key)
    with refused("InternalError", status=500):
        s3.get_object(Bucket="box", Key="large", Range="bytes=899000-901000")
    # The beginning may have left when the damage is met: the answer then stays shorter than it said, and the connection ends.
    with pytest.raises(http.client.IncompleteRead) as cut:
        Wire(server, ROOT_KEYS).s3("GET", "/box/large")
    assert cut.value.partial == LARGE[:len(cut.value.partial)] and len(cut.value.partial) <= 900_000
    assert s3.get_object(Bucket="box", Key="large", Range="bytes=0-99")["Body"].read() == LARGE[:100]
    assert s3.get_object(Bucket="box", Key="good")["Body"].read() == SMALL
    damaged(server, 4)
    # Told once a whole pass knows.
    damaged(server, 0, "gatehouse_s3_unchecked_contents")
    assert server.stop() == 0
    told = subprocess.run([binary(), "doctor", "--data", str(server.folder)], capture_output=True, text=True)
    assert told.returncode != 0
    assert all(f"content of box/{key}" in told.stdout for key in [*files, "large"]), told.stdout
    assert "box/good" not in told.stdout and "not checkable" not in told.stdout

    # Who puts them again has mended them.
    server, s3 = kept()
    for key in [*files, "large"]:
        s3.put_object(Bucket="box", Key=key, Body=SMALL)
    damaged(server, 0)
    assert server.stop() == 0
    told = subprocess.run([binary(), "doctor", "--data", str(server.folder)], capture_output=True, text=True)
    assert told.returncode == 0 and "content of" not in told.stdout, told.stdout


def test_a_restored_backup_still_finds_what_changes(kept, tmp_path):
    server, s3 = kept()
    s3.create_bucket(Bucket="box")
    put(server, s3, "kms", Body=SMALL, ServerSideEncryption="aws:kms")
    assert run("backup", "--to", tmp_path / "backup", "--endpoint", server.url)[0] == 0
    assert server.stop() == 0
    status, said = run("restore", "--from", tmp_path / "backup", "--data", tmp_path / "data-2", "--key-file", tmp_path / "data.key")
    assert status == 0, said
    again = Server(tmp_path / "data-2", options=["--key-file", str(tmp_path / "data.key")])
    assert Clients(again, ROOT_KEYS).s3.get_object(Bucket="box", Key="kms")["Body"].read() == SMALL
    (file,) = contents(again)
    assert again.stop() == 0
    flip(file, 50_000)
    due(tmp_path / "data-2")
    again = Server(tmp_path / "data-2", options=["--key-file", str(tmp_path / "data.key")])
    try:
        damaged(again, 1)
    finally:
        again.stop()


def test_a_copy_reads_no_rotten_bytes_either(kept):
    server, s3 = kept()
    s3.create_bucket(Bucket="box")
    file = put(server, s3, "k", Body=LARGE)
    flip(file, 900_000)
    with pytest.raises(ClientError) as caught:
        s3.copy_object(Bucket="box", Key="copy", CopySource={"Bucket": "box", "Key": "k"})
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    with refused("NoSuchKey", status=404):
        s3.get_object(Bucket="box", Key="copy")
    assert contents(server) == {file}
