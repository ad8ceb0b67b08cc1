"""A real OpenID Connect provider on loopback: discovery, keys that change, and tokens made with joserfc."""

import base64
import contextlib
import http.server
import json
import ssl
import subprocess
import threading
import time

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey


def part(data):
    """Base64 as tokens have it, of JSON or of bytes."""
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class OIDCProvider:
    """Answers on a free port of 127.0.0.1; `asked` counts what it was asked for. With `certificate` it speaks TLS."""

    def __init__(self, path="", certificate=None):
        self.keys = {"RS256": RSAKey.generate_key(2048, {"kid": "first"})}
        self.asked, self.answers, self.status = [], {}, 200
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                provider.asked.append(self.path)
                body = provider.answer(self.path)
                self.send_response(404 if body is None else provider.status)
                for name, value in provider.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        self.headers = {"Content-Type": "application/json"}
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.path = path
        self.name = f"127.0.0.1:{self.server.server_port}{path}"
        self.url = ("https://" if certificate else "http://") + self.name
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path):
        if path in self.answers:
            return self.answers[path]
        if path == self.path + "/.well-known/openid-configuration":
            return json.dumps({"issuer": self.url, "jwks_uri": self.url + "/keys"}).encode()
        if path == self.path + "/keys":
            return json.dumps(KeySet(list(self.keys.values())).as_dict()).encode()
        return None

    def add(self, algorithm, kid):
        """A further key, for that algorithm."""
        curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}.get(algorithm)
        made = ECKey.generate_key(curve, {"kid": kid}) if curve else RSAKey.generate_key(2048, {"kid": kid})
        self.keys[algorithm] = made

    def claims(self, **more):
        now = int(time.time())
        claims = {"iss": self.url, "sub": "user-1234", "aud": "app", "iat": now, "exp": now + 600}
        return {name: value for name, value in (claims | more).items() if value is not None}

    def token(self, algorithm="RS256", key=None, header=None, **claims):
        """A good token, but for what is said."""
        key = key or self.keys[algorithm]
        head = {"alg": algorithm, "kid": key.kid} | (header or {})
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, self.claims(**claims), key, algorithms=[algorithm])


def self_signed(folder):
    """A certificate for 127.0.0.1 that no system trusts, and its key."""
    names = (str(folder / "cert.pem"), str(folder / "key.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", names[0], "-keyout", names[1]],
        check=True, capture_output=True)
    return names


def thumbprint(certificate):
    shown = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha1"], check=True, capture_output=True, text=True)
    return shown.stdout.strip().split("=")[1].replace(":", "").lower()
