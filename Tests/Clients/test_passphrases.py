"""Defends the files that open a root: nobody else can read them, no copy of the data holds them, and a passphrase is one."""

import os
import subprocess

import pytest

from callers import Clients
from commands import is_sound
from patience import PATIENCE
from server import ROOT_KEYS, Server, binary

PLAIN = {"PATH": os.environ["PATH"]}
GOOD = "correct horse battery staple\n"


def secret(path, text, mode=0o600):
    path.write_text(text)
    path.chmod(mode)
    return ["--passphrase-file", str(path)]


def refused(folder, options):
    """What a server says that does not start."""
    told = subprocess.run(
        [binary(), "serve", "--data", str(folder), "--listen", "127.0.0.1:0", *options], capture_output=True, text=True, timeout=PATIENCE,
        env=PLAIN)
    assert told.returncode == 1, told.stdout
    return told.stdout + told.stderr


@pytest.mark.parametrize("text", ["\n", "\n" + GOOD, "abc\n", "fourteen bytes\n", ""])
def test_nothing_is_sealed_by_no_passphrase_or_a_short_one(tmp_path, text):
    folder = tmp_path / "data"
    said = refused(folder, secret(tmp_path / "pass", text))
    assert ("15 bytes or more" if text else "is empty") in said
    assert not (folder / "root").exists()


def test_a_passphrase_file_is_looked_at_as_a_key_file_is(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, secret(tmp_path / "pass", GOOD))
    Clients(server, ROOT_KEYS).iam.create_user(UserName="alice")
    server.stop()
    assert "can be read by others" in refused(folder, secret(tmp_path / "pass", GOOD, 0o644))
    assert "inside the data folder" in refused(folder, secret(folder / "pass", GOOD))
    assert "is missing" in refused(folder, ["--passphrase-file", str(tmp_path / "nowhere")])
    assert "does not open with this passphrase" in refused(folder, secret(tmp_path / "pass", "\n" + GOOD))
    server = Server(folder, secret(tmp_path / "pass", GOOD))
    assert [user["UserName"] for user in Clients(server, ROOT_KEYS).iam.list_users()["Users"]] == ["alice"]
    server.stop()


def test_a_passphrase_is_not_taken_from_a_pipe(tmp_path):
    told = subprocess.run(
        [binary(), "serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--passphrase-file", "/dev/stdin"], input=GOOD,
        capture_output=True, text=True, timeout=PATIENCE, env=PLAIN)
    said = "/dev/stdin is not a file: write the passphrase into a file of mode 0600 outside the data folder"
    assert told.returncode == 1 and said in told.stderr, told.stderr


def test_doctor_looks_at_the_passphrase_file(tmp_path):
    folder, file = tmp_path / "data", tmp_path / "pass"
    Server(folder, secret(file, GOOD)).stop()

    def doctor():
        return subprocess.run(
            [binary(), "doctor", "--data", str(folder), "--passphrase-file", str(file)], capture_output=True, text=True, timeout=PATIENCE,
        env=PLAIN)

    told = doctor()
    assert is_sound(told.returncode, told.stdout), told.stdout
    file.chmod(0o640)
    assert f"chmod 600 {file}" in doctor().stdout and doctor().returncode == 1
    secret(file, "short\n")
    assert "shorter than 15 bytes: gatehouse rekey --new-passphrase-file" in doctor().stdout
