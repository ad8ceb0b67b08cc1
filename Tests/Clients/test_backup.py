"""Defends backups: of one moment while requests go on, of no use without the root, whole or refused, and recorded."""

import os
import subprocess
import threading

import pytest

from audit import records
from callers import Clients
from patience import PATIENCE, eventually
from people import allow
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Server, binary
from signed import call

ENVIRONMENT = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": ROOT_KEYS.id, "AWS_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
SECRET = b"plain text that no backup shows "


def run(*words):
    done = subprocess.run([binary(), *map(str, words)], env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr


def ask(server, keys, method="GET"):
    return call(server, keys, b"", service="gatehouse", method=method, target="/_gatehouse/backup")


class Writers:
    """Two that overwrite and delete objects until they are stopped; they know what was acknowledged."""

    def __init__(self, server):
        self.failures, self.count, self._stops = [], 0, threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(server, number)) for number in range(2)]
        for thread in self.threads:
            thread.start()
        # They are under way.
        eventually(lambda: self.failures or self.count >= 4)

    def _work(self, server, number):
        s3 = Clients(server, ROOT_KEYS).s3
        turn = 0
        while not self._stops.is_set():
            turn += 1
            try:
                body = bytes([turn % 256]) * (100_000 if turn % 2 else 100)
                s3.put_object(Bucket="busy", Key=f"{number}-{turn % 5}", Body=body)
                if turn % 3 == 0:
                    s3.delete_object(Bucket="busy", Key=f"{number}-{turn % 5}")
                self.count += 1
            except Exception as failure:  # noqa: BLE001
                self.failures.append(failure)
                return

    def stop(self):
        self._stops.set()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def filled(tmp_path):
    """A server on a folder, with objects, a key and a user."""
    server = Server(tmp_path / "data")
    clients = Clients(server, ROOT_KEYS)
    key = clients.kms.create_key()["KeyMetadata"]["KeyId"]
    text = clients.kms.encrypt(KeyId=key, Plaintext=b"kept")["CiphertextBlob"]
    clients.iam.create_user(UserName="alice")
    for bucket in ["kept", "busy"]:
        clients.s3.create_bucket(Bucket=bucket)
    bodies = {"none": b"", "small": SECRET, "large": SECRET * 100_000}
    for name, body in bodies.items():
        clients.s3.put_object(Bucket="kept", Key=name, Body=body)
    clients.s3.put_object(Bucket="kept", Key="kms", Body=SECRET * 1000, ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
    bodies["kms"] = SECRET * 1000
    yield server, bodies, text
    if server.process.poll() is None:
        server.stop()


def restored(tmp_path, backup, name="restored"):
    status, said = run("restore", "--from", backup, "--data", tmp_path / name, "--key-file", tmp_path / "data.key")
    assert status == 0, said
    return tmp_path / name


def test_a_busy_server_is_backed_up_and_restored(tmp_path, filled):
    server, bodies, text = filled
    backup = tmp_path / "backup"
    writers = Writers(server)
    before = writers.count
    status, said = run("backup", "--to", backup, "--endpoint", server.url)
    eventually(lambda: writers.failures or writers.count > before)
    writers.stop()
    assert status == 0, said
    assert writers.failures == []
    content = backup.read_bytes()
    assert SECRET not in content and b"SQLite format" not in content and b"alice" not in content
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    record = records(Clients(server, ROOT_KEYS), "CreateBackup")[0]
    assert record["eventSource"] == "gatehouse.local" and "errorCode" not in record
    # What was replaced and deleted meanwhile is gone from the disk, too, and so is the copy.
    assert list((tmp_path / "data" / "tmp").glob("backup*")) == []
    assert server.stop() == 0

    status, said = run("restore", "--from", backup, "--check", "--data", tmp_path / "data")
    assert status == 0 and "is whole" in said, said
    folder = restored(tmp_path, backup)
    status, said = run("doctor", "--data", folder, "--key-file", tmp_path / "data.key")
    assert status == 0 and "Nothing to mend" in said, said
    again = Server(folder, options=["--key-file", str(tmp_path / "data.key")])
    try:
        clients = Clients(again, ROOT_KEYS)
        for name, body in bodies.items():
            assert clients.s3.get_object(Bucket="kept", Key=name)["Body"].read() == body
        for entry in clients.s3.list_objects_v2(Bucket="busy").get("Contents", []):
            body = clients.s3.get_object(Bucket="busy", Key=entry["Key"])["Body"].read()
            assert len(body) == entry["Size"] and len(set(body)) == 1
        assert clients.kms.decrypt(CiphertextBlob=text)["Plaintext"] == b"kept"
        assert clients.iam.get_user(UserName="alice")["User"]["UserName"] == "alice"
        assert records(clients, "CreateUser")[0]["requestParameters"] == {"userName": "alice"}
        clients.s3.put_object(Bucket="kept", Key="new", Body=b"goes on")
    finally:
        again.stop()


def test_what_was_changed_or_cut_off_is_refused_whole(tmp_path, filled):
    server, _, _ = filled
    backup = tmp_path / "backup"
    assert run("backup", "--to", backup, "--endpoint", server.url)[0] == 0
    assert server.stop() == 0
    content = backup.read_bytes()
    head = 40
    frame = (1 << 20) + 16
    assert len(content) > 3 * frame
    changed = {
        "a byte of the head": content[:head] + bytes([content[head] ^ 1]) + content[head + 1:],
        "a byte of the content": content[:-40_000] + bytes([content[-40_000] ^ 1]) + content[-39_999:],
        "the last byte": content[:-1] + bytes([content[-1] ^ 1]),
        "its end": content[:-1],
        "its last frames": content[: len(content) - len(content) % frame - frame],
        "a frame within": content[: len(content) - 2 * frame] + content[len(content) - frame:],
        "everything": b"",
        "a longer end": content + b"x",
    }
    for what, bytes_ in changed.items():
        backup.write_bytes(bytes_)
        status, said = run("restore", "--from", backup, "--data", tmp_path / "new", "--key-file", tmp_path / "data.key")
        assert status == 1, (what, said)
        assert list(tmp_path.glob("new*")) == [], what


def test_without_its_root_a_backup_is_of_no_use(tmp_path, filled):
    server, _, _ = filled
    backup = tmp_path / "backup"
    assert run("backup", "--to", backup, "--endpoint", server.url)[0] == 0
    Server(tmp_path / "other").stop()
    for file in ["other.key", "absent.key"]:
        status, said = run("restore", "--from", backup, "--data", tmp_path / "new", "--key-file", tmp_path / file)
        assert status == 1 and "key" in said, said
        assert not (tmp_path / "new").exists() and not (tmp_path / "absent.key").exists()
    # Nothing that is there is written over.
    status, said = run("backup", "--to", backup, "--endpoint", server.url)
    assert status == 1 and "there already" in said, said
    status, said = run("restore", "--from", backup, "--data", tmp_path / "data")
    assert status == 1 and "not empty" in said, said


def test_only_the_first_account_may(tmp_path, filled):
    server, _, _ = filled
    root = Clients(server, ROOT_KEYS)
    made = root.iam.create_access_key(UserName="alice")["AccessKey"]
    alice = type(ROOT_KEYS)(made["AccessKeyId"], made["SecretAccessKey"])
    denied = ask(server, alice)
    assert denied.status == 403 and "gatehouse:CreateBackup" in denied.text, denied.text
    assert records(root, "CreateBackup")[0]["errorCode"] == "AccessDenied"
    other = ask(server, OTHER_ROOT_KEYS)
    assert other.status == 403 and "first account" in other.text, other.text
    root.iam.put_user_policy(UserName="alice", PolicyName="may", PolicyDocument=allow("gatehouse:CreateBackup"))
    taken = ask(server, alice)
    assert taken.status == 200
    assert ask(server, alice, "POST").status == 405


def test_a_server_that_keeps_nothing_has_no_backup(server, root):
    refused = ask(server, ROOT_KEYS)
    assert refused.status == 409 and "keeps nothing" in refused.text, refused.text
    assert records(root, "CreateBackup")[0]["errorCode"] == "ConflictException"
