"""Defends that commands which only look at a data folder leave it as an earlier program can still read it."""

import sqlite3
import subprocess

from callers import Clients
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
