"""A pytest plugin that lets ceph/s3-tests meet a cloud of today: a server per worker, and what the suite takes for granted.

The suite was written when buckets were born open. Since April 2023 S3's new buckets refuse access control lists and public
access; so before a test sees its bucket, its owner opens it here, with the calls an owner would make. Nothing of the server
is changed, and what a test asserts is left alone, with three exceptions that `check_grants` and DisplayName explain below.
"""

import atexit
import fnmatch
import functools
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import botocore.client
import pytest
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Clients"))

from callers import Clients  # noqa: E402
from server import ACCOUNT, OTHER_ACCOUNT, OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server  # noqa: E402

TENANT, TENANT_KEYS = "333333333333", Keys("AKIATENANTTENANT0000", "root/secret/of/the/third/account/0000003")
NAMES = {}
# A day of a lifecycle, in what the suite sleeps; see `sleep`.
DAY = 1000

CONFIGURATION = """[DEFAULT]
host = localhost
port = {port}
is_secure = True
ssl_verify = False

[fixtures]
bucket prefix = suite-{{random}}-
iam name prefix = s3-tests-
iam path prefix = /s3-tests/

[s3 main]
display_name = main
email = main@example.com
api_name = eu-west-1
kms_keyid = {first_key}
kms_keyid2 = {second_key}
storage_classes = STANDARD_IA, GLACIER_IR
lc_debug_interval = {DAY}
user_id = {main_id}
access_key = {main.id}
secret_key = {main.secret}

[s3 alt]
display_name = alt
email = alt@example.com
user_id = {alt_id}
access_key = {alt.id}
secret_key = {alt.secret}

[s3 tenant]
display_name = tenant
email = tenant@example.com
tenant = tenant
user_id = {tenant_id}
access_key = {tenant.id}
secret_key = {tenant.secret}

[iam]
display_name = main
email = main@example.com
user_id = {main_id}
access_key = {main.id}
secret_key = {main.secret}

[iam root]
email = root@example.com
user_id = {main_account}
access_key = {main.id}
secret_key = {main.secret}

[iam alt root]
email = alt@example.com
user_id = {alt_account}
access_key = {alt.id}
secret_key = {alt.secret}
"""


def pytest_configure(config):
    workers = getattr(config.option, "numprocesses", None)
    if workers and not hasattr(config, "workerinput"):
        return
    start()


def start():
    """A server of this worker's own, in memory, and the suite's configuration that names it."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="s3suite."))
    more = f"{OTHER_ACCOUNT}:{OTHER_ROOT_KEYS.id}:{OTHER_ROOT_KEYS.secret},{TENANT}:{TENANT_KEYS.id}:{TENANT_KEYS.secret}"
    environment = {
        "GATEHOUSE_EXTRA_ACCOUNTS": more, "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id,
        "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
    options = ["--tls-listen", "localhost:0", *os.environ.get("S3SUITE_OPTIONS", "").split()]
    server = Server(options=options, environment=environment, log=open(home / "log", "w"))
    atexit.register(server.kill)
    time.sleep = functools.partial(sleep, server, time.sleep)
    port = next(re.search(r":(\d+) ", line).group(1) for line in server.lines if line.startswith("https"))
    owners = {}
    for name, keys in (("main", ROOT_KEYS), ("alt", OTHER_ROOT_KEYS), ("tenant", TENANT_KEYS)):
        owners[name] = Clients(server, keys).s3.list_buckets()["Owner"]["ID"]
        NAMES[owners[name]] = name
    kms = Clients(server, ROOT_KEYS).kms
    made = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    path = home / "s3tests.conf"
    path.write_text(CONFIGURATION.format(
        port=port, main=ROOT_KEYS, alt=OTHER_ROOT_KEYS, tenant=TENANT_KEYS, main_id=owners["main"], alt_id=owners["alt"],
        tenant_id=owners["tenant"], main_account=ACCOUNT, alt_account=OTHER_ACCOUNT, first_key=made[0], second_key=made[1],
        DAY=DAY))
    authority = home / "ca.pem"
    authority.write_text(subprocess.run(
        ["openssl", "s_client", "-connect", f"localhost:{port}", "-showcerts"], stdin=subprocess.DEVNULL, capture_output=True,
        text=True, check=True).stdout)
    os.environ.update(
        S3TEST_CONF=str(path), REQUESTS_CA_BUNDLE=str(authority), SSL_CERT_FILE=str(authority), AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true")


def sleep(server, truly, seconds):
    """The suite sleeps through the days of its lifecycles, as Ceph has them in its tests: shorter. Here the clock is moved."""
    if seconds < DAY:
        return truly(seconds)
    server.advance(seconds=int(seconds / DAY * 86400))
    truly(1)


# What the suite takes for granted.

_call = botocore.client.BaseClient._make_api_call
_running = {"test": ""}
# Tests about who owns objects say themselves whether there are lists.
OWNERSHIP = re.compile(r"ownership|create_bucket_(bucket_owner|object_writer)")


# Since 2026 new buckets refuse keys of customers (SSE-C) until their owner lets them in.
EVERY_KEY = {"Rules": [{
    "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]}}]}


def call(self, name, parameters):
    if self.meta.service_model.service_name != "s3":
        return _call(self, name, parameters)
    if name == "CreateBucket":
        return named(opened(self, parameters))
    if name == "DeleteObjects" and parameters.get("BypassGovernanceRetention"):
        # The suite's cleaning sends it to every bucket; S3 takes it where there are locks.
        try:
            return named(_call(self, name, parameters))
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidArgument":
                raise
            parameters = {key: value for key, value in parameters.items() if key != "BypassGovernanceRetention"}
    return named(_call(self, name, parameters))


botocore.client.BaseClient._make_api_call = call


def opened(client, parameters):
    """Makes the bucket, with lists and customers' keys, without the block on public access; a list that it was to be born
    with comes after."""
    lists = {key: value for key, value in parameters.items() if key == "ACL" or key.startswith("Grant")}
    rest = {key: value for key, value in parameters.items() if key not in lists}
    bucket = {"Bucket": parameters["Bucket"]}
    if OWNERSHIP.search(_running["test"]):
        answer = _call(client, "CreateBucket", parameters)
        _call(client, "DeletePublicAccessBlock", bucket)
        return answer
    try:
        _call(client, "HeadBucket", bucket)
        return _call(client, "CreateBucket", parameters)  # It is there already: the test is about that.
    except ClientError:
        pass
    answer = _call(client, "CreateBucket", {"ObjectOwnership": "ObjectWriter", **rest})
    _call(client, "DeletePublicAccessBlock", bucket)
    _call(client, "PutBucketEncryption", bucket | {"ServerSideEncryptionConfiguration": EVERY_KEY})
    if lists:
        _call(client, "PutBucketAcl", bucket | lists)
    return answer


def named(answer):
    """S3 stopped answering DisplayName in 2025; the suite compares it everywhere, so owners get it here, by their id."""
    if isinstance(answer, dict):
        if answer.get("ID") in NAMES:
            answer.setdefault("DisplayName", NAMES[answer["ID"]])
        for value in answer.values():
            named(value)
    elif isinstance(answer, list):
        for value in answer:
            named(value)
    return answer


def same_grants(got, want):
    """As the suite's own, which says "in any order" and compares in one."""
    def fact(permission, grantee):
        return tuple(str(part) for part in (
            permission, grantee.get("ID"), grantee.get("Type"), grantee.get("URI"), grantee.get("EmailAddress")))
    assert sorted(fact(g["Permission"], g["Grantee"]) for g in got) == sorted(fact(w["Permission"], w) for w in want)


@pytest.fixture(autouse=True)
def _name(request):
    _running["test"] = request.node.name
    yield


def pytest_collection_modifyitems(config, items):
    for module in {item.module for item in items}:
        if hasattr(module, "check_grants"):
            module.check_grants = same_grants
    except_some(items)


# Tests that must fail, and tests that are not for S3.

# The suite's own marks: what differs from AWS, what fails on Ceph itself, Ceph's extensions.
NOT_S3 = {
    "fails_on_aws": "not as AWS, by the suite's own mark", "fails_on_rgw": "fails on Ceph, by the suite's own mark",
    "cloud_transition": "Ceph's tiering", "cloud_restore": "Ceph's tiering", "target_by_bucket": "Ceph's tiering",
    "appendobject": "Ceph's extension", "s3select": "Ceph's S3 Select", "sns": "Ceph's topics",
}


def exceptions():
    """Patterns of names, with their reasons."""
    reason, found = None, []
    for line in (HERE / "exceptions.txt").read_text().splitlines():
        if line.startswith("@ "):
            reason = line[2:]
        elif line and not line.startswith("#"):
            found.append((line.strip(), reason))
    return found


def except_some(items):
    listed = exceptions()
    for item in items:
        mark = next((name for name in NOT_S3 if item.get_closest_marker(name)), None)
        if mark:
            item.add_marker(pytest.mark.skip(reason=NOT_S3[mark]))
            continue
        plain = item.name.split("[")[0]
        for pattern, reason in listed:
            if fnmatch.fnmatchcase(plain, pattern) or item.name == pattern:
                item.add_marker(pytest.mark.xfail(strict=True, reason=reason))
                break
