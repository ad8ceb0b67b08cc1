"""Defends the change of the root of a running server: nobody notices, it is recorded, and a crash does not end it."""

import subprocess
import time

import pytest

from audit import records
from callers import Clients
from patience import PATIENCE, eventually
from people import allow
from roots import Estate, Traffic, drill, needs_hsm, place, rotate, starts
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server, binary
from signed import call
from test_hsm import protection

KINDS = ["software", pytest.param("hsm", marks=needs_hsm)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_running_server_changes_its_root(tmp_path, kind):
    folder = tmp_path / "data"
    _, start, environment = place(tmp_path, kind)
    server = start(folder)
    estate = Estate(server, plain=24)
    assert "rotation" not in protection(server)
    before, root = starts(folder), (folder / "root").read_bytes()
    traffic = Traffic(server, estate)
    before_it = traffic.count
    done = subprocess.run(
        [binary(), "rekey", "--online", "--endpoint", server.url],
        env=environment | {"AWS_ACCESS_KEY_ID": ROOT_KEYS.id, "AWS_SECRET_ACCESS_KEY": ROOT_KEYS.secret},
        capture_output=True, text=True, timeout=PATIENCE)
    traffic.stop()
    assert done.returncode == 0 and "nothing is under the former root" in done.stdout, done.stdout + done.stderr
    assert traffic.failures == [] and traffic.count > before_it, traffic.failures[:3]
    told = protection(server)["rotation"]
    assert told["status"] == "finished" and told["done"] == told["keys"] == estate.count + len(traffic.made)
    estate.texts += traffic.made
    estate.check(server)
    now = starts(folder)
    assert len(now) == 1 and not now & before
    text = (folder / "root").read_bytes()
    assert text != root and b"former/" not in text
    record = records(Clients(server, ROOT_KEYS), "RotateRootKey")[0]
    assert (record["eventSource"], record["readOnly"]) == ("gatehouse.local", False)
    assert record["userIdentity"]["type"] == "Root" and "errorCode" not in record
    begun = records(Clients(server, ROOT_KEYS), "BeginRootKeyRotation")
    assert [(one["userIdentity"]["type"], one["requestID"]) for one in begun] == [("Root", record["requestID"])]
    end = records(Clients(server, ROOT_KEYS), "FinishRootKeyRotation")
    assert [(one["eventType"], one["eventSource"]) for one in end] == [("AwsServiceEvent", "gatehouse.local")]
    assert ("formerRoot" in told) == (kind == "hsm")
    if kind == "hsm":
        assert f"keys labelled\n      {told['formerRoot']} wrap" in done.stdout, done.stdout
    server.stop()
    server = start(folder)
    estate.check(server)
    # And once more, which is another one.
    assert rotate(server).status == 202
    again = rotate(server)
    assert again.status == 409 and "already" in again.text, again.text
    assert records(Clients(server, ROOT_KEYS), "RotateRootKey")[0]["errorCode"] == "ConflictException"
    eventually(lambda: protection(server)["rotation"]["status"] == "finished")
    assert not starts(folder) & now
    estate.check(server)
    server.stop()


@pytest.mark.parametrize("kind", ["software", pytest.param("hsm", marks=[needs_hsm, drill])])
def test_a_server_killed_while_it_changes_its_root_goes_on(tmp_path, kind):
    folder = tmp_path / "data"
    _, start, _ = place(tmp_path, kind)
    server = start(folder)
    estate = Estate(server, plain=24)
    before = starts(folder)
    assert rotate(server).status == 202
    told = []
    for delay in [0, 0.05, 0.2, 0.5, 1.5, 3.5]:
        time.sleep(delay)
        server.kill()
        server = start(folder)
        told.append(protection(server).get("rotation"))
        if delay < 0.1:
            estate.check(server)
    assert told[0] and told[0]["status"] == "running", told
    eventually(lambda: protection(server).get("rotation", {"status": "finished"})["status"] == "finished")
    now = starts(folder)
    assert len(now) == 1 and not now & before
    assert b"former/" not in (folder / "root").read_bytes()
    estate.check(server)
    server.stop()


def test_the_root_is_changed_by_who_may(tmp_path):
    server = Server(tmp_path / "data")
    root = Clients(server, ROOT_KEYS)
    before = (tmp_path / "data/root").read_bytes()
    root.iam.create_user(UserName="alice")
    alice = Keys.of(root.iam.create_access_key(UserName="alice"))
    denied = rotate(server, alice)
    assert denied.status == 403 and "gatehouse:RotateRootKey" in denied.text, denied.text
    record = records(root, "RotateRootKey")[0]
    assert record["errorCode"] == "AccessDenied" and record["readOnly"] is False
    root.iam.put_user_policy(
        UserName="alice", PolicyName="may", PolicyDocument=allow("gatehouse:RotateRootKey"))
    get = call(
        server, ROOT_KEYS, b"", service="gatehouse", method="GET", target="/_gatehouse/kms/rotate-root", headers={})
    assert get.status == 405
    other = rotate(server, OTHER_ROOT_KEYS)
    assert other.status == 403 and "first account" in other.text, other.text
    assert (tmp_path / "data/root").read_bytes() == before
    record = records(Clients(server, OTHER_ROOT_KEYS), "RotateRootKey")[0]
    assert record["errorCode"] == "AccessDenied" and "first account" in record["errorMessage"]
    assert all("errorCode" in one for one in records(root, "RotateRootKey"))
    assert records(root, "BeginRootKeyRotation") == []
    assert rotate(server, alice).status == 202
    assert [one["userIdentity"]["userName"] for one in records(root, "BeginRootKeyRotation")] == ["alice"]
    assert (tmp_path / "data/root").read_bytes() != before
    server.stop()


def test_the_operators_account_is_the_first_whatever_the_numbers_of_others(tmp_path):
    folder, extra = tmp_path / "data", f"000000000001:{OTHER_ROOT_KEYS.id}:{OTHER_ROOT_KEYS.secret}"
    server = Server(folder, environment={
        "GATEHOUSE_EXTRA_ACCOUNTS": extra, "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id,
        "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret})
    assert rotate(server, OTHER_ROOT_KEYS).status == 403
    assert rotate(server).status == 202
    told = call(
        server, OTHER_ROOT_KEYS, b"", service="gatehouse", method="GET", target="/_gatehouse/kms/protection", headers={})
    assert told.status == 200 and "rotation" not in told.text and "rotation" in protection(server)
    server.stop()


@pytest.mark.parametrize("other", [None, "ab" * 32])
def test_a_key_file_that_went_away_or_changed_stops_the_change(tmp_path, other):
    folder, key = tmp_path / "data", tmp_path / "data.key"
    server = Server(folder)
    estate = Estate(server, plain=2)
    root, kept = (folder / "root").read_bytes(), key.read_bytes()
    key.unlink()
    if other:
        key.write_text(other + "\n")
        key.chmod(0o600)
    answer = rotate(server)
    assert answer.status == 409 and "nothing was changed" in answer.text, answer.text
    assert key.exists() == bool(other) and (folder / "root").read_bytes() == root
    assert records(Clients(server, ROOT_KEYS), "RotateRootKey")[0]["errorCode"] == "ConflictException"
    assert "rotation" not in protection(server)
    server.stop()
    key.write_bytes(kept)
    key.chmod(0o600)
    server = Server(folder)
    estate.check(server)
    assert rotate(server).status == 202
    server.stop()


def test_a_server_in_memory_has_no_root_to_change():
    server = Server()
    answer = rotate(server)
    assert answer.status == 409 and "keeps nothing" in answer.text, answer.text
    server.stop()
