"""Defends what the root is for: a copy of the data is of no use without it, and nobody looks into the server's memory."""

import os
import pathlib
import shutil
import sqlite3
import subprocess

import pytest

from patience import PATIENCE
from roots import Estate, needs_hsm, run
from server import Server, binary
from test_hsm import Token, protection


@pytest.fixture
def token(tmp_path):
    return Token(tmp_path)


def held(folder):
    """What of a folder must stay as it is: the root, and the wrapped keys."""
    root = folder / "root"
    with sqlite3.connect(folder / "gatehouse.db") as database:
        return root.exists() and root.read_bytes(), database.execute("SELECT * FROM kms_material").fetchall()


def refused_start(environment, folder, *options):
    """The start ends with a message, serves nobody, and changes nothing."""
    before = held(folder)
    done = subprocess.run(
        [binary(), "serve", "--data", str(folder), "--listen", "127.0.0.1:0", *options], env=environment,
        capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1 and "ready" not in done.stdout, done.stdout
    assert held(folder) == before
    return done.stdout + done.stderr


def test_a_copy_of_the_folder_is_useless_without_its_root(tmp_path):
    folder, copy = tmp_path / "data", tmp_path / "copy"
    server = Server(folder)
    estate = Estate(server, plain=2)
    server.stop()
    environment = {"PATH": os.environ["PATH"]}
    shutil.copytree(folder, copy)
    # With the key file, without the root.
    shutil.copy(f"{folder}.key", f"{copy}.key")
    (copy / "root").unlink()
    assert "its root key" in (told := refused_start(environment, copy)) and "missing. Restore it." in told, told
    assert not (copy / "root").exists()
    # With the root, without the key file.
    shutil.copy(folder / "root", copy / "root")
    pathlib.Path(f"{copy}.key").unlink()
    assert "is missing. Without it the data cannot be opened" in (told := refused_start(environment, copy)), told
    assert not os.path.exists(f"{copy}.key")
    # With the root of another folder.
    other = Server(tmp_path / "other")
    other.stop()
    shutil.copy(tmp_path / "other/root", copy / "root")
    shutil.copy(tmp_path / "other.key", f"{copy}.key")
    assert "not the one that this data was sealed under" in (told := refused_start(environment, copy)), told
    for command in ["doctor", "rekey"]:
        status, told = run(command, "--data", str(copy))
        assert status == 1 and "not the one that this data was sealed under" in told, told
    # With both: a whole backup.
    shutil.copy(folder / "root", copy / "root")
    shutil.copy(f"{folder}.key", f"{copy}.key")
    server = Server(copy)
    estate.check(server)
    server.stop()


def test_a_root_from_before_its_change_does_not_start_on_the_data_from_after_it(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder)
    estate = Estate(server, plain=2)
    server.stop()
    before = (folder / "root").read_bytes()
    status, told = run("rekey", "--data", str(folder))
    assert status == 0, told
    now = (folder / "root").read_bytes()
    (folder / "root").write_bytes(before)
    told = refused_start({"PATH": os.environ["PATH"]}, folder)
    assert "keys of KMS in this data are under another one" in told, told
    for command in ["doctor", "rekey"]:
        status, told = run(command, "--data", str(folder))
        assert status == 1 and "are under another one" in told, told
    (folder / "root").write_bytes(now)
    server = Server(folder)
    estate.check(server)
    server.stop()


@needs_hsm
def test_a_copy_of_the_folder_is_useless_with_another_token(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    estate = Estate(server, plain=2)
    server.stop()
    (tmp_path / "elsewhere").mkdir()
    other = Token(tmp_path / "elsewhere")
    told = refused_start(other.environment, folder, *other.options())
    assert "does not hold the root keys of this data folder" in told, told
    environment = {"PATH": os.environ["PATH"]}
    told = refused_start(environment, folder)
    assert "held by an HSM, not by a key file" in told, told
    (folder / "root").rename(tmp_path / "kept")
    told = refused_start(token.environment, folder, *token.options())
    assert "missing. Restore it." in told, told
    (tmp_path / "kept").rename(folder / "root")
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()


def test_other_processes_of_the_user_do_not_look_into_the_server(tmp_path):
    # What is of a process that may not be dumped belongs to root in /proc, and nobody else traces it.
    user = "nobody" if os.geteuid() == 0 else None
    process = subprocess.Popen(
        [binary(), "serve", "--memory", "--listen", "127.0.0.1:0"], user=user, cwd="/", env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout:
            if line.startswith("ready"):
                break
        assert os.stat(f"/proc/{process.pid}/environ").st_uid == 0
        assert f"Uid:\t{os.geteuid() or 65534}" in pathlib.Path(f"/proc/{process.pid}/status").read_text()
    finally:
        process.kill()
        process.stdout.close()
        process.wait(timeout=PATIENCE)


def test_keys_are_in_locked_memory_and_no_core_is_dumped(tmp_path):
    server = Server(tmp_path / "data")
    if not protection(server)["memory"]["locked"]:
        server.stop()
        pytest.skip("no memory can be locked here")
    Estate(server, plain=2)
    process = pathlib.Path("/proc") / str(server.process.pid)
    limits = {line[:26].strip(): line[26:].split() for line in (process / "limits").read_text().splitlines()[1:]}
    assert limits["Max core file size"][:2] == ["0", "0"]
    # The arena of OpenSSL's that keys lie in: locked, and left out of dumps.
    areas, flags = [], []
    for line in (process / "smaps").read_text().splitlines():
        words = line.split()
        if words[0].endswith(":"):
            if words[0] == "VmFlags:":
                flags.append(set(words[1:]))
        else:
            areas.append(words[0])
    arena = [area for area, found in zip(areas, flags) if {"lo", "dd"} <= found]
    sizes = [int(end, 16) - int(begin, 16) for begin, end in (area.split("-") for area in arena)]
    assert max(sizes, default=0) >= 4 << 20, (arena, flags)
    server.stop()
