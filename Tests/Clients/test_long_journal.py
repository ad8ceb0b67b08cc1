"""Defends look-ups in a journal of thousands of calls: found by its index, through a kill, a restart and a moved clock."""

import re
import subprocess

from audit import events
from callers import Clients
from server import ROOT_KEYS, Server, binary
from wire import Wire

CALLS = 2200


def named(root, name):
    wanted = [{"AttributeKey": "ResourceName", "AttributeValue": name}]
    return [event["EventName"] for event in events(root, LookupAttributes=wanted)]


def call_often(server):
    wire = Wire(server, ROOT_KEYS)
    for _ in range(CALLS):
        assert wire.query("sts", "GetCallerIdentity").status == 200


def test_a_call_is_found_behind_thousands_of_others(tmp_path):
    data = tmp_path / "data"
    server = Server(data)
    try:
        root = Clients(server, ROOT_KEYS)
        root.iam.create_user(UserName="needle")
        call_often(server)
        assert named(root, "needle") == ["CreateUser"]
        server.kill()
        server = Server(data)
        root = Clients(server, ROOT_KEYS)
        call_often(server)
        root.iam.delete_user(UserName="needle")
        assert named(root, "needle") == ["DeleteUser", "CreateUser"]
        assert len(events(root, "GetCallerIdentity")) == 2 * CALLS
        assert root.iam.get_access_key_last_used(AccessKeyId=ROOT_KEYS.id)["AccessKeyLastUsed"]["ServiceName"] == "cloudtrail"
    finally:
        if server.process.poll() is None:
            server.stop()
    told = subprocess.run([binary(), "doctor", "--data", str(data)], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout
    assert int(re.search(r"journal index, (\d+) records", told.stdout)[1]) >= 1024, told.stdout


def test_an_old_call_is_found_after_the_clock_was_moved(server, root):
    root.iam.create_user(UserName="needle")
    server.advance(days=60)
    call_often(server)
    server.advance(days=-50)
    call_often(server)
    assert named(root, "needle") == ["CreateUser"]
    server.advance(days=81)
    assert named(root, "needle") == []
    assert len(events(root, "GetCallerIdentity")) == 2 * CALLS
