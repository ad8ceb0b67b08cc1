"""Accounts on paper: the dump of `aws iam get-account-authorization-details`, and the commands that read it."""

import json
import os
import subprocess
import urllib.parse

from patience import PATIENCE
from server import binary

ACCOUNT, OTHER = "111122223333", "999988887777"
ALLOWED, DONE, FAILED, WRONG, DENIED, CHANGED = 0, 0, 1, 2, 3, 4
OBJECT = "arn:aws:s3:::books/1"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t"


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def says(effect, action, resource="*", **more):
    """One statement; `resource=None` leaves it out, as trust policies do."""
    named = {} if resource is None else {"Resource": resource}
    return {"Effect": effect, "Action": action, **named, **more}


def arn(kind, name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:{kind}/{name}"


def user(name, inline=None, attached=(), groups=(), boundary=None, tags=None, account=ACCOUNT):
    """A UserDetailList entry; `inline` is its one inline policy, named own."""
    entry = entity("User", name, inline, attached, account) | {"GroupList": list(groups)}
    if boundary:
        entry["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
    return entry | {"Tags": [{"Key": key, "Value": value} for key, value in (tags or {}).items()]}


def group(name, inline=None, attached=()):
    return entity("Group", name, inline, attached, ACCOUNT)


def role(name, trust, inline=None, attached=()):
    more = {"AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "RoleLastUsed": {}, "Tags": []}
    return entity("Role", name, inline, attached, ACCOUNT) | more


def entity(kind, name, inline, attached, account):
    own = [{"PolicyName": "own", "PolicyDocument": inline}] if inline else []
    return {
        "Path": "/", f"{kind}Name": name, f"{kind}Id": f"AIDA{name.upper()}", "Arn": arn(kind.lower(), name, account),
        "CreateDate": "2026-01-01T00:00:00+00:00", f"{kind}PolicyList": own,
        "AttachedManagedPolicies": [{"PolicyName": text.split("/")[-1], "PolicyArn": text} for text in attached]}


def managed(name, *versions):
    """A Policies entry; the last of the versions is the default one."""
    listed = [{"Document": text, "VersionId": f"v{number}", "IsDefaultVersion": number == len(versions),
               "CreateDate": "2026-01-01T00:00:00+00:00"} for number, text in enumerate(versions, 1)]
    return {"PolicyName": name, "PolicyId": "ANPA" + name.upper(), "Arn": arn("policy", name), "Path": "/",
            "DefaultVersionId": f"v{len(versions)}", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True, "PolicyVersionList": listed[::-1]}


def dump(users=(), groups=(), roles=(), policies=()):
    return {"UserDetailList": list(users), "GroupDetailList": list(groups), "RoleDetailList": list(roles),
            "Policies": list(policies)}


def encoded(value):
    """The same dump with its documents as the API sends them: percent-encoded text."""
    if isinstance(value, list):
        return [encoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Statement" in value:
        return urllib.parse.quote(json.dumps(value), safe="")
    return {key: encoded(item) for key, item in value.items()}


class Desk:
    """Files in a folder, and the command run in it, so that reports name the files as the tests do."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, name, content):
        """Writes a file: text and bytes as they stand, all else as JSON. Its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        return name

    def run(self, *words, text=None):
        """The finished process of `gatehouse WORDS`, which never dies of a signal and never prints a trace."""
        done = subprocess.run([binary(), *words], cwd=self.folder, input=text, capture_output=True, text=True,
                              timeout=PATIENCE, env={"PATH": os.environ["PATH"]})
        assert done.returncode in range(5) and "Fatal error" not in done.stderr, done.stderr
        return done

    def simulate(self, *words):
        return self.run("simulate", *words)

    def verdict(self, *words):
        """The one verdict of `can`; its exit status must fit."""
        done = self.simulate("can", *words, "--json")
        assert done.returncode in (ALLOWED, DENIED), done.stderr
        answer = json.loads(done.stdout)
        assert answer["allowed"] == (done.returncode == ALLOWED)
        [found] = answer["verdicts"]
        assert (found["decision"] == "allowed") == answer["allowed"]
        return found

    def decision(self, *words):
        """The verdict and the layer it comes from."""
        found = self.verdict(*words)
        return found["decision"], found["layer"]

    def refusal(self, *words):
        """What is said of a wrong command line or file: status 2, all on standard error."""
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (WRONG, ""), (done.returncode, done.stdout, done.stderr)
        assert done.stderr.startswith("gatehouse: ")
        return done.stderr
