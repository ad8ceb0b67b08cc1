"""A Gatehouse server of our own: started on a free port, asked over the wire, stopped when done."""

import datetime
import json
import os
import pathlib
import signal
import subprocess
import threading
import urllib.request

from patience import PATIENCE

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"


class Keys:
    """An access key, of a user or of a session."""

    def __init__(self, access_key_id, secret, token=None):
        self.id, self.secret, self.token = access_key_id, secret, token

    @classmethod
    def of(cls, answer):
        """The keys in an answer of CreateAccessKey or AssumeRole."""
        shape = answer.get("AccessKey") or answer["Credentials"]
        return cls(shape["AccessKeyId"], shape["SecretAccessKey"], shape.get("SessionToken"))


# Keys of test servers only; any text of the right form does.
ROOT_KEYS = Keys("AKIAROOTROOTROOTROOT", "root/secret/of/the/test/servers/00000001")
OTHER_ROOT_KEYS = Keys("AKIAOTHEROTHEROTHER0", "root/secret/of/the/other/account/000002")

ROOT_EMAIL, ROOT_PASSWORD = "root@example.com", "Root of the tests 1"


def binary():
    """The binary to test: GATEHOUSE_BINARY, else the release build, else the debug build."""
    named = os.environ.get("GATEHOUSE_BINARY")
    candidates = [named] if named else [ROOT / ".build/release/gatehouse", ROOT / ".build/debug/gatehouse"]
    for path in candidates:
        if os.access(path, os.X_OK):
            return str(path)
    raise SystemExit("There is no gatehouse binary; build one first: make build")


class Server:
    """One started server. `folder` keeps its data; without one it runs in memory with its test controls on."""

    def __init__(self, folder=None, options=(), environment=None, log=None, waits=True):
        where = ["--data", str(folder)] if folder else ["--memory", "--test-controls"]
        self.folder, self.lines = folder, []
        clean = {"PATH": os.environ["PATH"], "GATEHOUSE_EXTRA_ACCOUNTS": f"{OTHER_ACCOUNT}:{OTHER_ROOT_KEYS.id}:{OTHER_ROOT_KEYS.secret}"}
        clean |= {"GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
        clean |= {"GATEHOUSE_ROOT_EMAIL": ROOT_EMAIL, "GATEHOUSE_ROOT_PASSWORD": ROOT_PASSWORD}
        self.log = log or subprocess.DEVNULL
        self.process = subprocess.Popen(
            [binary(), "serve", "--listen", "127.0.0.1:0", *where, *options],
            env=clean if environment is None else {"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        if waits:
            self.url = self._wait_until_ready()
            self.host, self.port = "127.0.0.1", int(self.url.rsplit(":", 1)[1])

    def _wait_until_ready(self):
        # A server that neither starts nor stops must not hang the tests.
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        try:
            for line in self.process.stdout:
                self.lines.append(line.rstrip("\n"))
                if line.startswith("ready "):
                    return line.split()[1]
        finally:
            guard.cancel()
        raise RuntimeError(f"the server did not start (status {self.process.wait()}): {self.lines}")

    def is_up(self):
        return self.process.poll() is None and self.get("/_gatehouse/health")["status"] == "running"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:
            body = answer.read().decode()
        return json.loads(body) if body.startswith("{") else body

    def post(self, path, body=None):
        request = urllib.request.Request(self.url + path, json.dumps(body or {}).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def reset(self):
        """Back to the first state: only the accounts and their root users are left."""
        self.post("/_gatehouse/reset")

    def advance(self, **span):
        """Moves the server's clock on, by `days=`, `hours=`, `minutes=`, `seconds=`."""
        units = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
        self.post("/_gatehouse/clock", {"advanceSeconds": sum(units[unit] * count for unit, count in span.items())})

    def until_noon(self):
        """Moves the server's clock on to noon, so that no day ends within a test."""
        time = datetime.datetime.fromisoformat(self.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"])
        self.advance(seconds=int((12 * 3600 - time.timestamp()) % 86400))

    def kill(self):
        """Ends it at once, as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self._end()

    def stop(self):
        """Asks it to end; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._end()

    def _end(self):
        status = self.process.wait(timeout=PATIENCE)
        self.process.stdout.close()
        return status
