"""Defends what is said of the memory that keys lie in: locked, or not where the system does not let it be."""

import json
import shutil
import subprocess

import pytest

from patience import PATIENCE
from server import Server, binary
from test_hsm import protection

SAID = "the memory of keys cannot be locked"


@pytest.fixture
def unlocked(tmp_path, monkeypatch):
    """The server's binary without the right to lock memory, and without room for it."""
    if not shutil.which("setpriv") or not shutil.which("prlimit"):
        pytest.skip("util-linux is not installed")
    wrapper = tmp_path / "gatehouse"
    wrapper.write_text(f'#!/bin/sh\nexec setpriv --bounding-set=-ipc_lock prlimit --memlock=0:0 "{binary()}" "$@"\n')
    wrapper.chmod(0o755)
    if subprocess.run([wrapper, "version"], capture_output=True).returncode:
        pytest.skip("capabilities cannot be given up here")
    monkeypatch.setenv("GATEHOUSE_BINARY", str(wrapper))


def test_a_server_that_cannot_lock_says_so_and_serves(tmp_path, unlocked):
    with open(tmp_path / "log", "w") as log:
        server = Server(tmp_path / "data", log=log)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    told, = [line for line in lines if SAID in line["message"]]
    assert told["level"] == "warn" and "LimitMEMLOCK=32M" in told["remedy"]
    assert protection(server)["memory"] == {"locked": False, "overflows": 0}
    assert "gatehouse_secret_memory_locked 0" in server.get("/_gatehouse/metrics")
    assert server.stop() == 0
    status, text = doctor(tmp_path / "data")
    assert status == 1 and "MEND  memory of keys: it cannot be locked" in text and "LimitMEMLOCK=32M" in text


def test_the_limit_of_a_doctor_beside_a_server_is_no_fault(tmp_path, unlocked, monkeypatch):
    wrapper = binary()
    monkeypatch.undo()
    server = Server(tmp_path / "data", environment={})
    try:
        monkeypatch.setenv("GATEHOUSE_BINARY", wrapper)
        text = doctor(tmp_path / "data")[1]
        assert "memory of the server's keys" in text and "memory of keys" not in text, text
    finally:
        assert server.stop() == 0


def test_a_server_that_can_lock_is_silent(tmp_path):
    with open(tmp_path / "log", "w") as log:
        server = Server(tmp_path / "data", log=log)
    locked = protection(server)["memory"]["locked"]
    if not locked:
        server.stop()
        pytest.skip("no memory can be locked here")
    assert SAID not in (tmp_path / "log").read_text()
    metrics = server.get("/_gatehouse/metrics")
    assert "gatehouse_secret_memory_locked 1" in metrics and "gatehouse_secret_memory_overflows_total 0" in metrics
    assert server.stop() == 0
    status, text = doctor(tmp_path / "data")
    assert status == 0 and "ok    memory of keys" in text, text


def doctor(folder):
    done = subprocess.run([binary(), "doctor", "--data", str(folder)], capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr
