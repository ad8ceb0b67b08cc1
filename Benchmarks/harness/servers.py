"""The three servers that are asked: Gatehouse, the bare edge, nginx."""

import http.client
import json
import os
import re
import socket
import time
import urllib.parse

from .processes import Failed, free_port, release
from .signing import FORM, Signer

ROOT_KEYS = ("AKIAROOTROOTROOTROOT", "root/secret/of/the/bench/server/000000001")
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:*","sts:AssumeRole","kms:*"],"Resource":"*"}]}'
HEALTH = b"GET /_gatehouse/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class House:
    """A Gatehouse with its data on the disk. Its user `bench`, not root, is who asks."""

    def __init__(self, workshop, name, program=None, settings=(), environment=None):
        """`program`: the words that begin the command, where not the release build. `settings`: more words of `serve`."""
        self._workshop, self._data = workshop, workshop.folder / name
        self._settings, self._environment = settings, environment or {}
        self._program = program or [release("gatehouse")]
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self.process = None
        self.start()
        self._keys = ROOT_KEYS
        self.call("iam", "CreateUser", UserName="bench")
        self.call("iam", "PutUserPolicy", UserName="bench", PolicyName="bench", PolicyDocument=EVERYTHING)
        self._keys = self.keys_of("bench")

    def start(self):
        """Starts it; returns the milliseconds from exec to the first answer."""
        key_id, secret = ROOT_KEYS
        began = time.monotonic()
        self.process = self._workshop.start(
            *self._program, "serve", "--listen", self.host, "--data", self._data, *self._settings,
            environment=self._environment | {
                "PATH": os.environ["PATH"], "GATEHOUSE_ROOT_ACCESS_KEY_ID": key_id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": secret,
            })
        while time.monotonic() < began + 20:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as one:
                    one.sendall(HEALTH)
                    if one.recv(4096).startswith(b"HTTP/1.1 200"):
                        return (time.monotonic() - began) * 1000
            except ConnectionError:
                time.sleep(0.0005)
        raise Failed("gatehouse did not answer within 20 seconds")

    def restart(self):
        self.process.stop()
        return self.start()

    def signer(self, service, keys=None):
        """Of the user `bench`, or of whose keys these are."""
        return Signer(*(keys or self._keys), self.host, service)

    def form(self, service, action, **parameters):
        return urllib.parse.urlencode({"Action": action, "Version": VERSIONS[service], **parameters}).encode()

    def keys_of(self, user):
        """A new access key of the user."""
        answer = self.call("iam", "CreateAccessKey", UserName=user)[1].decode()
        return tuple(re.search(f"<{name}>(.*?)</{name}>", answer).group(1) for name in ("AccessKeyId", "SecretAccessKey"))

    def call(self, service, action, **parameters):
        """The answer's header lines and body."""
        body = self.form(service, action, **parameters)
        return self.send("POST", "/", self.signer(service).headers("POST", "/", body), body)

    def account(self):
        """Its account's id."""
        return re.search("<Account>(.*?)</Account>", self.call("sts", "GetCallerIdentity")[1].decode()).group(1)

    def put(self, path, body=b""):
        return self.send("PUT", path, self.signer("s3").headers("PUT", path, body), body)

    def send(self, method, path, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Failed(f"{method} {path} {body[:80]!r}: {answer.status} {content.decode()}")
        return answer.getheaders(), content


class Edge:
    """The bare edge, giving one answer of Gatehouse to any request."""

    def __init__(self, workshop, name, headers, body):
        file = workshop.text(name, "".join(f"{key}: {value}\r\n" for key, value in own(headers)).encode() + b"\r\n" + body)
        self.process = workshop.start(release("bench-edge"), "127.0.0.1:0", os.cpu_count(), file, ready="ready")
        self.url = self.process.line.split()[1]


class Nginx:
    """nginx with one worker for each processor: an answer of Gatehouse at `/`, files at `/files/`."""

    def __init__(self, workshop, headers, body):
        port = free_port()
        name = f"nginx-{port}"
        self.url = f"http://127.0.0.1:{port}"
        text = body.decode()
        if "'" in text or "$" in text:
            raise Failed("nginx's configuration cannot hold this answer")
        lines = "".join(f"add_header {key} '{value}';\n" for key, value in own(headers) if key.lower() != "content-type")
        kind = dict((key.lower(), value) for key, value in headers)["content-type"]
        (workshop.folder / "files").mkdir(exist_ok=True)
        temporary = "".join(
            f"{use}_temp_path {workshop.folder}/{name}-{use};\n" for use in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration = workshop.text(f"{name}.conf", f"""
            daemon off;
            {"user root;" if os.geteuid() == 0 else ""}
            worker_processes {os.cpu_count()};
            pid {workshop.folder}/{name}.pid;
            error_log {workshop.folder}/{name}.err;
            events {{ worker_connections 1024; }}
            http {{
                {temporary}
                access_log off;
                sendfile on;
                tcp_nopush on;
                keepalive_requests 1000000000;
                server {{
                    listen 127.0.0.1:{port} reuseport;
                    location / {{ default_type '{kind}'; {lines} return 200 '{text}'; }}
                    location /files/ {{ root {workshop.folder}; }}
                }}
            }}
            """)
        self.process = workshop.start("nginx", "-p", workshop.folder, "-e", workshop.folder / f"{name}.err", "-c", configuration)
        self._wait(port)

    @staticmethod
    def _wait(port):
        for _ in range(400):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except ConnectionError:
                time.sleep(0.01)
        raise Failed("nginx did not start")


def trust(account):
    """A trust policy for everybody of the account."""
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}]})


def own(headers):
    """The header lines that a server does not add by itself."""
    return [(key, value) for key, value in headers if key.lower() not in ("date", "content-length", "connection")]
