"""What a row works with: a server at its first state, the root user, people, and the AWS CLI."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

from botocore.exceptions import ClientError

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Clients"))

from callers import Clients, CommandLine  # noqa: E402
from console import Browser  # noqa: E402
from patience import PATIENCE  # noqa: E402
from people import People, allow, policy, statement, trust  # noqa: E402, F401
from signed import send, signed  # noqa: E402
from server import ACCOUNT, OTHER_ACCOUNT, OTHER_ROOT_KEYS, ROOT_EMAIL, ROOT_KEYS, ROOT_PASSWORD, Keys, binary  # noqa: E402, F401

EC2_TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})

# A hardware token that the mission's server knows: its number and its seed.
TOKEN = "GAHT12345678", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


class Scene:
    def __init__(self, server, home):
        server.reset()
        self.server = server
        self.root = Clients(server, ROOT_KEYS)
        self.other = Clients(server, OTHER_ROOT_KEYS)
        self.people = People(server, self.root)
        self.iam = self.root.iam
        self._home = home

    def aws(self, *words, keys=ROOT_KEYS):
        """The AWS CLI, which must succeed."""
        return CommandLine(self.server, self._home, keys)(*words)

    def aws_refused(self, code, *words, keys=ROOT_KEYS):
        """The AWS CLI, which must be refused with this code."""
        done = CommandLine(self.server, self._home, keys).run(*words)
        assert done.returncode != 0 and code in done.stderr, (done.returncode, done.stderr)
        return done.stderr

    def gatehouse(self, *words, keys=ROOT_KEYS):
        """The finished `gatehouse WORDS`."""
        return subprocess.run([binary(), *words], capture_output=True, text=True, timeout=PATIENCE, env={
            "PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret})

    def checklist(self):
        """What the server tells of the account's security, by item."""
        path = "/_gatehouse/security-status"
        headers = signed(self.server, ROOT_KEYS, service="gatehouse", method="GET", target=path, headers={})
        answer = send(self.server, "GET", path, headers=headers)
        assert answer.status == 200, answer.text
        return {item["id"]: item for item in json.loads(answer.body)["items"]}

    def browser(self):
        """A browser that nobody has signed in with."""
        return Browser(self.server)

    def person(self, name):
        """A user with a password."""
        from devices import PASSWORD
        self.iam.create_user(UserName=name)
        self.iam.create_login_profile(UserName=name, Password=PASSWORD)

    def clients(self, keys):
        return Clients(self.server, keys)

    def bucket(self, name="mission", **objects):
        self.root.s3.create_bucket(Bucket=name)
        for key, body in objects.items():
            self.root.s3.put_object(Bucket=name, Key=key, Body=body)
        return name

    def events(self, name, clients=None):
        """The CloudTrail records of that event, newest first."""
        found = (clients or self.root).cloudtrail.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])["Events"]
        return [json.loads(event["CloudTrailEvent"]) for event in found]

    def verdict(self, arn, action, resource="*", **more):
        """What the simulator says."""
        found = self.iam.simulate_principal_policy(
            PolicySourceArn=arn, ActionNames=[action], ResourceArns=[resource], **more)
        return found["EvaluationResults"][0]["EvalDecision"]


@contextlib.contextmanager
def refused(*codes):
    """The call within must be refused with one of these codes."""
    try:
        yield
    except ClientError as error:
        assert error.response["Error"]["Code"] in codes, error
    else:
        raise AssertionError(f"it was not refused with {' or '.join(codes)}")
