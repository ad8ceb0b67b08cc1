"""Defends that commands which only look at a folder leave it as it is, also where it is another's or an earlier program's."""

import os
import shutil
import sqlite3
import stat
import subprocess

import pytest

from callers import Clients
from commands import is_sound
from patience import PATIENCE
from server import ROOT_KEYS, Server, binary


def test_doctor_and_why_do_not_migrate(tmp_path):
    data = tmp_path / "data"
    server = Server(data)
    try:
        answer = Clients(server, ROOT_KEYS).iam.create_user(UserName="alice")
        call = answer["ResponseMetadata"]["RequestId"]
    finally:
        server.stop()

    def run(*words):
        return subprocess.run([binary(), *words, "--data", str(data)], capture_output=True, text=True)

    told = run("doctor")
    assert is_sound(told.returncode, told.stdout), told.stdout
    assert run("why", call).returncode == 0
    # As an earlier program left it: the last step of a part is not known.
    with sqlite3.connect(data / "gatehouse.db") as database:
        database.execute("DELETE FROM gatehouse_schema WHERE part = 's3' AND number >= 12")
        steps = database.execute("SELECT count(*) FROM gatehouse_schema").fetchone()
    told = run("doctor")
    assert told.returncode == 1 and "needs migration: start the server once" in told.stdout
    told = run("why", call)
    assert told.returncode != 0 and "needs migration" in told.stdout + told.stderr
    with sqlite3.connect(data / "gatehouse.db") as database:
        assert database.execute("SELECT count(*) FROM gatehouse_schema").fetchone() == steps
    assert not (data / "gatehouse.db.before-migration").exists()


def doctor(*words):
    return subprocess.run([binary(), "doctor", *map(str, words)], capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("mode", [0o700, 0o755])
@pytest.mark.parametrize("names", [[], ["thesis"]])
def test_doctor_leaves_a_folder_of_others_as_it_is(tmp_path, mode, names):
    folder = tmp_path / "papers"
    folder.mkdir()
    folder.chmod(mode)
    for name in names:
        (folder / name).write_text("mine")
    told = doctor("--data", folder)
    assert told.returncode == 1 and "this is no data folder of Gatehouse" in told.stdout, told.stdout
    assert "root key" not in told.stdout
    assert [path.name for path in folder.iterdir()] == names and stat.S_IMODE(folder.stat().st_mode) == mode


@pytest.mark.parametrize("command", [["doctor"], ["secure"]])
def test_a_data_folder_that_one_may_not_look_into_is_still_one(tmp_path, command):
    data = tmp_path / "data"
    Server(data).stop()
    data.chmod(0)
    # Root looks into everything, unless it gives the right up.
    able = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if able and (not shutil.which("setpriv") or subprocess.run([*able, "true"], capture_output=True).returncode):
        pytest.skip("capabilities cannot be given up here")

    def said():
        told = subprocess.run([*able, binary(), *command, "--data", str(data)], capture_output=True, text=True, timeout=PATIENCE)
        assert told.returncode == 1 and "no data folder" not in told.stdout + told.stderr
        return told.stdout + told.stderr

    try:
        assert "Permission denied" in said()
        if able:
            os.chown(data, 65534, 65534)
            data.chmod(0o700)
            assert "belongs to another user (65534)" in said()
    finally:
        data.chmod(0o700)


def test_serve_asks_nobody_to_close_a_folder_of_others(tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "thesis").write_text("mine")
    told = subprocess.run(
        [binary(), "serve", "--data", str(folder), "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=PATIENCE,
        env={"PATH": os.environ["PATH"]})
    assert told.returncode == 1 and "is no data folder of Gatehouse" in told.stderr and "chmod" not in told.stderr
    assert [path.name for path in folder.iterdir()] == ["thesis"]
