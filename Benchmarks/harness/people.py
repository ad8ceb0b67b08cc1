"""A crowded account against one of a hundred users: the same calls, one after the other, on one connection."""

import json
import os
import socket
import time
from statistics import median

from .load import Load
from .processes import Failed
from .servers import House, trust

# Users with keys, whose first call after a start is a cold principal's.
COLD, STARTS = 100, 5
# Users who sign in again and again, and connections of either load.
SIGNING_IN, FLOOD_CONNECTIONS = 20, 16
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser","s3:GetObject"],"Resource":"*"}]}'


def measure(workshop, scale, figures):
    crowd = Account(workshop, "crowd", scale.crowd)
    few = Account(workshop, "few", COLD + 1)
    results, rows = {}, {"GetUser": [], "ListUsers": [], "AssumeRole": [], "first call": []}
    for _ in range(scale.rounds):
        for account, place in ((few, 0), (crowd, 1)):
            for name, load in account.loads.items():
                rows[name].append((place, load.run(account.house.url, 1, scale.seconds).p50))
    for _ in range(STARTS):
        for account, place in ((few, 0), (crowd, 1)):
            account.house.restart()
            rows["first call"].append((place, account.first_calls()))
    for name, found in rows.items():
        small, large = ([value for place, value in found if place == which] for which in (0, 1))
        results[f"crowd-{name.replace(' ', '-')}"] = median(large) / median(small)
        figures[f"{name} median µs, {COLD} users"] = [round(value * 1e6) for value in small]
        figures[f"{name} median µs, {scale.crowd} users"] = [round(value * 1e6) for value in large]
    results["crowd-report"] = _report(crowd.house)
    figures["resident MB, crowd, after the report"] = round(crowd.house.process.resident, 1)
    few.house.process.stop()
    results["sign-in-flood"] = _flood(workshop, crowd.house, scale, figures)
    crowd.house.process.stop()
    return results


class Account:
    """An account with so many users, and a tenth of groups, a twentieth of roles, a fifth of policies."""

    def __init__(self, workshop, name, users):
        self.house = house = House(workshop, name)
        account = house.account()
        # The user who asks is one of them.
        self._send(workshop, users - 1, "CreateUser", lambda n: {"UserName": f"user-{n}", "Path": f"/team-{n % 100}/"})
        self._send(workshop, users // 10, "CreateGroup", lambda n: {"GroupName": f"group-{n}"})
        self._send(workshop, users // 20, "CreateRole", lambda n: {
            "RoleName": f"role-{n}", "AssumeRolePolicyDocument": trust(account)})
        self._send(workshop, users // 5, "CreatePolicy", lambda n: {"PolicyName": f"policy-{n}", "PolicyDocument": POLICY})
        # Each user has a group, which has a policy; every fifth has a policy of its own.
        groups, policies = users // 10, users // 5
        self._send(workshop, users - 1, "AddUserToGroup", lambda n: {"UserName": f"user-{n}", "GroupName": f"group-{n % groups}"})
        self._send(workshop, groups, "AttachGroupPolicy", lambda n: {
            "GroupName": f"group-{n}", "PolicyArn": f"arn:aws:iam::{account}:policy/policy-{n}"})
        self._send(workshop, users // 5, "AttachUserPolicy", lambda n: {
            "UserName": f"user-{5 * n}", "PolicyArn": f"arn:aws:iam::{account}:policy/policy-{n % policies}"})
        middle, iam, sts = users // 2, house.signer("iam"), house.signer("sts")
        # Taken at once, as many as there are: signatures are good for minutes only.
        self.loads = {
            "GetUser": self._again(workshop, iam, house.form("iam", "GetUser", UserName=f"user-{middle}")),
            "ListUsers": self._again(workshop, iam, house.form("iam", "ListUsers", MaxItems=50)),
            "AssumeRole": self._again(workshop, sts, house.form(
                "sts", "AssumeRole", RoleArn=f"arn:aws:iam::{account}:role/role-{users // 40}", RoleSessionName="bench")),
        }
        # Spread over all of them by a step that five does not divide: every fifth has a policy of its own, in either account.
        cold, step = [], users // COLD - 1 | 1
        if step % 5 == 0:
            raise Failed(f"with {users} users the cold ones would all have policies of their own, or none")
        for number in range(COLD):
            name = f"user-{number * step}"
            cold.append(house.signer("iam", house.keys_of(name)).raw("POST", "/", house.form("iam", "GetUser", UserName=name)))
        self._cold = cold

    def first_calls(self):
        """The median time of each cold user's one call. Server and client have a processor each: left to the kernel they
        share one or not, as it happens, and a call takes half or twice as long."""
        everywhere = os.sched_getaffinity(0)
        self.house.process.pin({max(everywhere)})
        os.sched_setaffinity(0, {min(everywhere)})
        try:
            return self._first_calls()
        finally:
            os.sched_setaffinity(0, everywhere)
            self.house.process.pin(everywhere)

    def _first_calls(self):
        times = []
        with socket.create_connection(("127.0.0.1", self.house.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in self._cold:
                began = time.perf_counter()
                connection.sendall(request)
                answer = connection.recv(65_536)
                times.append(time.perf_counter() - began)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise Failed(f"a first call was answered {answer!r}")
        return median(times)

    def _send(self, workshop, count, action, parameters):
        signer = self.house.signer("iam")
        requests = (signer.raw("POST", "/", self.house.form("iam", action, **parameters(number))) for number in range(count))
        Load.list(workshop, requests).send_all(self.house.url, 64)

    @staticmethod
    def _again(workshop, signer, body):
        load = Load.fixed(workshop, "POST", "/", signer.headers("POST", "/", body), body)
        load.threads = 1
        return load


def _flood(workshop, house, scale, figures):
    """The slowest signed calls while people sign in as fast as they can, by the slowest of those without."""
    account, password = house.account(), "Correct horse 7 battery"
    for number in range(SIGNING_IN):
        house.call("iam", "CreateLoginProfile", UserName=f"user-{number}", Password=password)

    def requests():
        for number in range(SIGNING_IN):
            body = json.dumps({"account": account, "userName": f"user-{number}", "password": password}).encode()
            yield (f"POST /console/api/sign-in HTTP/1.1\r\nHost: {house.host}\r\nUser-Agent: bench\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body

    flood = Load.list(workshop, requests(), repeats=True)
    body = house.form("iam", "GetUser", UserName="bench")
    calls = Load.fixed(workshop, "POST", "/", house.signer("iam").headers("POST", "/", body), body)
    pairs = []
    for _ in range(scale.rounds):
        alone = calls.run(house.url, FLOOD_CONNECTIONS, scale.seconds)
        with flood.beside(house.url, FLOOD_CONNECTIONS, scale.seconds + 30):
            pairs.append((alone, calls.run(house.url, FLOOD_CONNECTIONS, scale.seconds)))
    figures["GetUser p99 ms, alone"] = [round(alone.p99 * 1000, 2) for alone, _ in pairs]
    figures["GetUser p99 ms, beside sign-ins"] = [round(beside.p99 * 1000, 2) for _, beside in pairs]
    figures["GetUser requests/s, alone"] = [round(alone.rate) for alone, _ in pairs]
    figures["GetUser requests/s, beside sign-ins"] = [round(beside.rate) for _, beside in pairs]
    return median(beside.p99 / alone.p99 for alone, beside in pairs)


def _report(house):
    """Seconds from the call that begins the credential report to its content."""
    began = time.monotonic()
    while "COMPLETE" not in house.call("iam", "GenerateCredentialReport")[1].decode():
        time.sleep(0.02)
    house.call("iam", "GetCredentialReport")
    return time.monotonic() - began
