"""Instances to test with: `gatehouse instance run`, its metadata service, and clients that know nothing else."""

import json
import os
import subprocess
import threading
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

from patience import PATIENCE
from server import binary

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def profile(root, name="app", role="app", document=None, trust=TRUST, **more):
    """A role for instances in an instance profile of its own."""
    root.iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust, **more)
    if document:
        root.iam.put_role_policy(RoleName=role, PolicyName="given", PolicyDocument=document)
    root.iam.create_instance_profile(InstanceProfileName=name)
    root.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)
    return name


def command(server, keys, *options):
    """The command line and the environment of whoever begins an instance."""
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret}
    if keys.token:
        environment["AWS_SESSION_TOKEN"] = keys.token
    return [binary(), "instance", "run", "--endpoint", server.url, *options], environment


class Instance:
    """One started instance, another process than the server."""

    def __init__(self, server, keys, *options):
        self.server = server
        line, environment = command(server, keys, *options)
        self.process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        said = [self.process.stdout.readline().split() for _ in range(2)]
        guard.cancel()
        if not said[1]:
            self.process.wait()
            raise RuntimeError(self.process.stderr.read())
        self.id, self.url = said[0][1], said[1][1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(timeout=PATIENCE) == 0
        self.process.stdout.close()
        self.process.stderr.close()

    def ask(self, path, method="GET", **headers):
        """The status and the text of an answer of the metadata service."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, method=method, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def token(self, seconds="21600", **headers):
        return self.ask("/latest/api/token", "PUT", X_aws_ec2_metadata_token_ttl_seconds=seconds, **headers)

    def get(self, path):
        """The text at a path below /latest/, by a token; nothing where there is none."""
        status, text = self.ask("/latest/" + path, X_aws_ec2_metadata_token=self.token()[1])
        return text if status == 200 else None

    def client(self, service):
        """A boto3 client of an application on the instance: no keys but those it finds."""
        os.environ.pop("AWS_EC2_METADATA_DISABLED", None)
        os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = self.url
        os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
        try:
            session = boto3.Session(region_name="us-east-1")
            assert session.get_credentials().method == "iam-role"
            return session.client(service, endpoint_url=self.server.url, config=Config(
                retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
        finally:
            os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
            del os.environ["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
