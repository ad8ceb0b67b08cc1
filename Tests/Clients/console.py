"""A browser's part in signing in: requests with a cookie jar of its own, as a page of the console sends them."""

import http.client
import json
import ssl
import time

from patience import PATIENCE

GOOD = "Correct horse 7"
BETTER = "Battery staple 8!"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.json = json.loads(body) if body.startswith(b"{") else None

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Browser:
    """`agent` is what it calls itself; `address` where it is, any of 127.0.0.0/8."""

    def __init__(self, server, agent="Mozilla/5.0 (test) Browser/1.0", address="127.0.0.1", tls_port=None):
        self.server, self.agent, self.address, self.tls_port = server, agent, address, tls_port
        self.cookies, self.token = {}, None

    def send(self, method, path, body=None, headers=None):
        source = (self.address, 0)
        if self.tls_port:
            context = ssl._create_unverified_context()
            link = http.client.HTTPSConnection(self.server.host, self.tls_port, timeout=PATIENCE, context=context)
        else:
            link = http.client.HTTPConnection(self.server.host, self.server.port, timeout=PATIENCE, source_address=source)
        sent = {"User-Agent": self.agent}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if isinstance(body, dict):
            body, sent["Content-Type"] = json.dumps(body), "application/json"
        if self.token:
            sent["X-Gatehouse-CSRF"] = self.token
        sent |= headers or {}
        link.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        response = link.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        link.close()
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                name, _, rest = value.partition("=")
                self.cookies[name] = rest.split(";")[0]
                if "Max-Age=0" in value:
                    del self.cookies[name]
        if answer.json and "csrfToken" in answer.json:
            self.token = answer.json["csrfToken"]
        return answer

    def send_slowly(self, path, body, headers, meanwhile):
        """A POST whose body comes in two parts, between which `meanwhile` is called."""
        link = http.client.HTTPConnection(self.server.host, self.server.port, timeout=PATIENCE)
        link.putrequest("POST", path)
        sent = {"User-Agent": self.agent, "Content-Length": str(len(body))} | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.token:
            sent["X-Gatehouse-CSRF"] = self.token
        for name, value in sent.items():
            link.putheader(name, value)
        link.endheaders(body[:1].encode())
        # The server has read the head when it answers what came after it.
        time.sleep(0.2)
        meanwhile()
        link.send(body[1:].encode())
        response = link.getresponse()
        answer = Answer(response.status, response.getheaders(), response.read())
        link.close()
        return answer

    def post(self, step, headers=None, **form):
        return self.send("POST", f"/console/api/{step}", form, headers)

    def session(self):
        return self.send("GET", "/console/api/session")

    def sign_in(self, user, password, account="123456789012", **more):
        return self.post("sign-in", account=account, userName=user, password=password, **more)

    def sign_in_as_root(self, email, password, **more):
        return self.post("sign-in", email=email, password=password, **more)


def is_asked_for_a_code(answer):
    return answer.status == 200 and answer.json["status"] == "MFA_REQUIRED"
