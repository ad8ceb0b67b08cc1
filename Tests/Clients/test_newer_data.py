"""Defends that a server which does not know all of a folder's schema does not start on it, says why, and leaves it as it is."""

import sqlite3
import subprocess

import pytest

from callers import Clients
from patience import PATIENCE
from server import ROOT_KEYS, Server

# What another program left, how this one tells it, and how the folder becomes again what it was.
CASES = {
    "a further step": (
        "INSERT INTO gatehouse_schema VALUES ('kms', 99, 'SELECT 99')", "written by a newer Gatehouse: 'kms' is at step",
        "Start the newer program.", "DELETE FROM gatehouse_schema WHERE number = 99"),
    "a further part": (
        "INSERT INTO gatehouse_schema VALUES ('organizations', 1, 'SELECT 1')",
        "written by a newer Gatehouse: it has 'organizations'", "Start the newer program.",
        "DELETE FROM gatehouse_schema WHERE part = 'organizations'"),
    "another step": (
        "UPDATE gatehouse_schema SET sql = sql || ' ' WHERE part = 'iam' AND number = 2", "Migration 2 of 'iam' differs",
        "Start that one.", "UPDATE gatehouse_schema SET sql = rtrim(sql, ' ') WHERE part = 'iam' AND number = 2"),
}


def dump(path):
    with sqlite3.connect(path) as database:
        return list(database.iterdump())


@pytest.mark.parametrize("case", CASES)
def test_data_of_another_program(tmp_path, case):
    change, told, advice, undo = CASES[case]
    data = tmp_path / "data"
    server = Server(data)
    try:
        Clients(server, ROOT_KEYS).iam.create_user(UserName="alice")
    finally:
        server.stop()
    with sqlite3.connect(data / "gatehouse.db") as database:
        database.execute(change)
    before = dump(data / "gatehouse.db")
    refused = Server(data, log=subprocess.PIPE, waits=False).process
    out, log = refused.communicate(timeout=PATIENCE)
    assert refused.returncode not in (0, None) and told in out + log and advice in out + log and str(data) in out + log
    assert "ready" not in out and dump(data / "gatehouse.db") == before
    assert not (data / "gatehouse.db.before-migration").exists()
    with sqlite3.connect(data / "gatehouse.db") as database:
        database.execute(undo)
    again = Server(data)
    try:
        assert [user["UserName"] for user in Clients(again, ROOT_KEYS).iam.list_users()["Users"]] == ["alice"]
    finally:
        again.stop()
