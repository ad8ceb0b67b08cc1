"""Defends that commands which only look at a folder leave it as it is, also where it is another's or an earlier program's."""

import os
import sqlite3
import stat
import subprocess

import pytest

from callers import Clients
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

    assert run("doctor").returncode == 0
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
