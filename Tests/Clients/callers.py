"""The real clients: boto3 and the AWS CLI, with a clean environment and credentials said out loud."""

import functools
import json
import os
import subprocess
import sys

import botocore.session
from botocore.config import Config

from patience import PATIENCE
from server import ROOT_KEYS

REGION = "us-east-1"
# One answer for one call: a client that tries again would hide a refusal, and leave a second record.
ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False, connect_timeout=PATIENCE, read_timeout=PATIENCE)


@functools.cache
def _session():
    # Neither the user's files nor the metadata service of a cloud machine have a say here.
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_EC2_METADATA_DISABLED="true")
    return botocore.session.Session()


class Clients:
    """boto3 clients of one caller, made when first asked for: `root.iam`, `alice.sts`. Over TLS, nobody's certificate is asked for."""

    def __init__(self, server, keys, region=REGION, url=None):
        self._server, self.keys, self.region, self._url = server, keys, region, url

    def __getattr__(self, service):
        client = self.make(service)
        setattr(self, service, client)
        return client

    def make(self, service, **config):
        return _session().create_client(
            service, region_name=self.region, endpoint_url=self._url or self._server.url, verify=False,
            config=ONCE.merge(Config(**config)),
            aws_access_key_id=self.keys.id, aws_secret_access_key=self.keys.secret, aws_session_token=self.keys.token)

    def at(self, region):
        return Clients(self._server, self.keys, region, self._url)


class CommandLine:
    """The `aws` command, as a person at a terminal with nothing but these variables would run it."""

    def __init__(self, server, home, keys=ROOT_KEYS):
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
            "AWS_ENDPOINT_URL": server.url, "AWS_DEFAULT_REGION": REGION, "AWS_MAX_ATTEMPTS": "1",
            "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret,
        }
        if keys.token:
            self.environment["AWS_SESSION_TOKEN"] = keys.token

    def run(self, *words, **more):
        """Runs `aws WORDS`; returns the finished process with its output as text."""
        program = os.path.join(os.path.dirname(sys.executable), "aws")
        return subprocess.run([program, *words], env=self.environment | more, capture_output=True, text=True, timeout=PATIENCE)

    def __call__(self, *words):
        """Runs `aws WORDS`, which must succeed; returns its answer, read as JSON where it is."""
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.lstrip().startswith(("{", "[")) else done.stdout
