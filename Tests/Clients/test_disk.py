"""Defends what is stored when the disk is full: refused plainly, nothing lost, and all well once there is room again."""

import contextlib
import os
import subprocess
import time

import pytest

from callers import Clients
from patience import PATIENCE
from people import allow
from server import ROOT_KEYS, Server, binary

MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 128 MB, room for the server's reserve; only root can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m,mode=700", "none", str(place)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def write_until_refused(write, most):
    """The numbers of the writes that were acknowledged, and the refusal."""
    done = []
    for number in range(most):
        try:
            write(number)
        except Exception as error:
            return done, error
        done.append(number)
    return done, None


def refusal(error):
    answer = error.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def test_a_full_disk_refuses_loses_nothing_and_recovers(small_disk):
    data, filler = small_disk / "data", small_disk / "filler"
    filler.write_bytes(bytes(60 * MEGABYTE))
    log = small_disk.parent / "log"
    server = Server(data, log=open(log, "w"))
    root = Clients(server, ROOT_KEYS)
    try:
        root.s3.create_bucket(Bucket="box")
        root.iam.create_user(UserName="leaky")
        leaked = root.iam.create_access_key(UserName="leaky")["AccessKey"]["AccessKeyId"]
        body = bytes(MEGABYTE)
        objects, error = write_until_refused(lambda n: root.s3.put_object(Bucket="box", Key=f"o{n}", Body=body), 60)
        assert refusal(error) in [(503, "ServiceUnavailable"), (503, "SlowDown"), (507, "InsufficientStorage")], error.response
        # boto3 tries again and again: one line tells of all.
        assert log.read_text().count("the disk has no room for contents of objects") == 1
        count, = [line for line in server.get("/_gatehouse/metrics").splitlines() if line.startswith("gatehouse_contents_without_room_total ")]
        assert int(count.split()[1]) >= 1
        with contextlib.suppress(OSError), open(filler, "ab", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        users, error = write_until_refused(lambda n: make_user(root, f"u{n}"), 30_000)
        assert error is not None and refusal(error)[0] in (500, 503), error
        assert server.is_up()
        # What is there can be read, and there is room to take leave of some of it.
        root.iam.list_users()
        root.s3.get_object(Bucket="box", Key="o0")
        root.s3.delete_object(Bucket="box", Key="o0")
        # A leaked key can be stopped, and not started again before there is room.
        root.iam.update_access_key(UserName="leaky", AccessKeyId=leaked, Status="Inactive")
        with pytest.raises(root.iam.exceptions.ClientError) as refused:
            root.iam.update_access_key(UserName="leaky", AccessKeyId=leaked, Status="Active")
        assert refusal(refused.value) == (503, "ServiceUnavailable")
        # It begins again where there is no more room than a few pages, and takes deletions.
        with contextlib.suppress(OSError), open(filler, "ab", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        os.truncate(filler, filler.stat().st_size - 256 * 1024)
        server.kill()
        server = Server(data)
        root = Clients(server, ROOT_KEYS)
        root.s3.delete_object(Bucket="box", Key="o1")

        filler.unlink()
        for number in objects[1:3]:
            root.s3.delete_object(Bucket="box", Key=f"o{number}")
        wait_for_room(root)
        root.iam.update_access_key(UserName="leaky", AccessKeyId=leaked, Status="Active")
        root.s3.put_object(Bucket="box", Key="after", Body=b"x")
        check(root, objects[3:], users)
        server.stop()
        told = subprocess.run([binary(), "doctor", "--data", str(data)], capture_output=True, text=True)
        assert told.returncode == 0, told.stdout
        server = Server(data)
        check(Clients(server, ROOT_KEYS), objects[3:], users)
    finally:
        if server.process.poll() is None:
            server.stop()


def make_user(root, name):
    root.iam.create_user(UserName=name)
    root.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=allow("s3:*", "arn:aws:s3:::" + "x" * 1500))


def wait_for_room(root):
    """The server looks for room about once a second."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return root.iam.create_user(UserName="after")
        except root.iam.exceptions.ClientError as error:
            assert refusal(error) == (503, "ServiceUnavailable") and time.monotonic() < deadline
            time.sleep(0.1)


def check(root, objects, users):
    """All that was acknowledged is there."""
    keys = {item["Key"] for item in root.s3.list_objects_v2(Bucket="box")["Contents"]}
    assert keys == {f"o{number}" for number in objects} | {"after"}
    assert root.s3.get_object(Bucket="box", Key=f"o{objects[-1]}")["Body"].read() == bytes(MEGABYTE)
    pages = root.iam.get_paginator("list_users").paginate()
    names = {user["UserName"] for page in pages for user in page["Users"]}
    # One more may be there: made before the policy that was refused.
    assert {f"u{number}" for number in users} | {"after", "leaky"} <= names and len(names) <= len(users) + 3
    if users:
        assert root.iam.get_user_policy(UserName=f"u{users[-1]}", PolicyName="p")["PolicyName"] == "p"
