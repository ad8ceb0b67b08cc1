"""Defends applications on instances: keys from the metadata service alone, of the role in the profile, that end and renew."""

import base64
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import urllib.parse

import boto3
import pytest
from botocore.exceptions import ClientError

from audit import records
from errors import refused
from instances import TRUST, Instance, command, profile
from patience import PATIENCE
from people import allow, arn, policy, statement
from server import ACCOUNT, ROOT_KEYS

READ = allow("s3:GetObject", "arn:aws:s3:::books/*")
MAY_RUN = policy(statement("Allow", "gatehouse:RunInstance"),
                 statement("Allow", "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}))


@pytest.fixture
def books(root):
    root.s3.create_bucket(Bucket="books")
    root.s3.put_object(Bucket="books", Key="one", Body=b"once upon a time")


def test_an_application_reads_a_bucket_and_nothing_else(root, server, books):
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        s3 = instance.client("s3")
        assert s3.get_object(Bucket="books", Key="one")["Body"].read() == b"once upon a time"
        who = instance.client("sts").get_caller_identity()["Arn"]
        assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/app/{instance.id}"
        with refused("AccessDenied", f"User: {who} is not authorized to perform: iam:ListUsers"):
            instance.client("iam").list_users()


def test_keys_end_and_renew(root, server, books):
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        path = "meta-data/iam/security-credentials/app"
        first = json.loads(instance.get(path))
        assert json.loads(instance.get(path)) == first
        old = instance.client("s3")
        old.get_object(Bucket="books", Key="one")
        # Less than half an hour before their end there are new ones, while the old ones are still good.
        server.advance(hours=5, minutes=45)
        second = json.loads(instance.get(path))
        assert second["AccessKeyId"] != first["AccessKeyId"] and second["Expiration"] > first["Expiration"]
        old.get_object(Bucket="books", Key="one")
        server.advance(minutes=16)
        with refused("ExpiredToken", status=400):
            old.get_object(Bucket="books", Key="one")
        instance.client("s3").get_object(Bucket="books", Key="one")


def test_the_second_version_wants_a_token(root, server):
    profile(root)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        path = "/latest/meta-data/instance-id"
        assert instance.ask(path)[0] == 401
        assert instance.ask(path, X_aws_ec2_metadata_token="AAAA")[0] == 401
        status, token = instance.token("60")
        assert (status, instance.ask(path, X_aws_ec2_metadata_token=token)) == (200, (200, instance.id))
        assert [instance.token(seconds)[0] for seconds in ("0", "21601", "-1", "x")] == [400] * 4
        assert instance.ask("/latest/api/token", "PUT")[0] == 400
        # A proxy in front of the application adds this header: then it was not the application that asked.
        assert instance.token(X_Forwarded_For="198.51.100.7")[0] == 403
        assert instance.ask("/latest/api/token", X_aws_ec2_metadata_token=token)[0] == 404
        assert instance.ask(path, "POST", X_aws_ec2_metadata_token=token)[0] == 405
        assert instance.ask("/latest/meta-data/nothing", X_aws_ec2_metadata_token=token)[0] == 404


def test_a_token_is_of_one_instance(root, server):
    profile(root)
    with Instance(server, ROOT_KEYS, "--profile", "app") as one, Instance(server, ROOT_KEYS, "--profile", "app") as two:
        assert one.id != two.id
        token = one.token()[1]
        assert one.ask("/latest/meta-data/", X_aws_ec2_metadata_token=token)[0] == 200
        assert two.ask("/latest/meta-data/", X_aws_ec2_metadata_token=token)[0] == 401


def test_the_first_version_is_there_if_asked_for_and_known_by_its_keys(root, server, books):
    by_two = {"NumericGreaterThanEquals": {"ec2:RoleDelivery": "2.0"}}
    profile(root, document=allow("s3:GetObject", Condition=by_two))
    with Instance(server, ROOT_KEYS, "--profile", "app", "--imdsv1") as instance:
        status, text = instance.ask("/latest/meta-data/iam/security-credentials/app")
        assert status == 200
        keys = json.loads(text)
        first = boto3.client("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=keys["AccessKeyId"],
                             aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["Token"])
        with pytest.raises(ClientError, match="AccessDenied"):
            first.get_object(Bucket="books", Key="one")
        instance.client("s3").get_object(Bucket="books", Key="one")


def test_keys_are_bound_to_the_instance_by_condition(root, server, books):
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app", "--region", "eu-west-1") as instance:
        where = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/{instance.id}"
        deny = statement("Deny", "s3:*", Condition={"ArnNotEquals": {"ec2:SourceInstanceARN": where}})
        root.iam.put_role_policy(RoleName="app", PolicyName="bound", PolicyDocument=policy(deny))
        instance.client("s3").get_object(Bucket="books", Key="one")
        with Instance(server, ROOT_KEYS, "--profile", "app") as other:
            with refused("AccessDenied"):
                other.client("s3").get_object(Bucket="books", Key="one")


def test_the_tree_tells_of_the_instance(root, server):
    profile(root)
    shown = root.iam.get_instance_profile(InstanceProfileName="app")["InstanceProfile"]
    assert shown["Tags"] == [] and "MaxSessionDuration" not in shown["Roles"][0]
    with Instance(server, ROOT_KEYS, "--profile", "app", "--region", "eu-central-1") as instance:
        assert re.fullmatch("i-[0-9a-f]{17}", instance.get("meta-data/instance-id"))
        assert instance.get("meta-data/placement/region") == "eu-central-1"
        assert instance.get("meta-data/placement/availability-zone") == "eu-central-1a"
        assert instance.get("meta-data/iam/security-credentials/") == "app"
        assert instance.get("meta-data/iam/security-credentials/other") is None
        info = json.loads(instance.get("meta-data/iam/info"))
        assert (info["Code"], info["InstanceProfileArn"]) == ("Success", shown["Arn"])
        assert info["InstanceProfileId"] == shown["InstanceProfileId"] and shown["InstanceProfileId"].startswith("AIPA")
        names = instance.get("meta-data/").split()
        assert {"iam/", "instance-id", "placement/"} < set(names) and names == sorted(names)
        for name in names:
            assert instance.get("meta-data/" + name)


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)


@pytest.fixture
def shown(root, server, tmp_path):
    """An instance's document and what signs it, as an application writes them into files; the instance is over by then."""
    profile(root)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        files = {name: tmp_path / name for name in ("document", "rsa2048", "pkcs7", "signature")}
        for name in ("rsa2048", "pkcs7"):
            signed = instance.get("dynamic/instance-identity/" + name)
            files[name].write_text(f"-----BEGIN PKCS7-----\n{signed}\n-----END PKCS7-----\n")
        files["document"].write_text(instance.get("dynamic/instance-identity/document"))
        files["signature"].write_bytes(base64.b64decode(instance.get("dynamic/instance-identity/signature")))
        files["id"] = instance.id
    files["authority"] = tmp_path / "ca.pem"
    files["authority"].write_text(_authority(server))
    return files


def test_the_identity_document_tells_of_the_instance(shown):
    document = json.loads(shown["document"].read_text())
    assert (document["accountId"], document["instanceId"]) == (ACCOUNT, shown["id"])
    assert (document["region"], document["version"]) == ("us-east-1", "2017-09-30")


@pytest.mark.parametrize("name", ["rsa2048", "pkcs7"])
def test_the_identity_document_is_in_a_signed_message(shown, name):
    verify = ["smime", "-verify", "-inform", "PEM", "-in", shown[name], "-CAfile"]
    done = openssl(*verify, shown["authority"])
    assert done.returncode == 0 and done.stdout == shown["document"].read_text(), done.stderr
    # As AWS's guide has it, the document beside the message; and another document is not what was signed.
    done = openssl(*verify, shown["authority"], "-content", shown["document"])
    assert done.returncode == 0, done.stderr
    other = shown["document"].with_name("other.pem")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-keyout", os.devnull, "-out", other)
    assert openssl(*verify, other).returncode != 0


@pytest.mark.parametrize("name", ["rsa2048", "pkcs7"])
def test_the_signature_of_the_identity_document_is_of_the_key_in_its_messages(shown, name):
    """AWS publishes a certificate for each Region; here it is in the messages, and the server's authority vouches for it."""
    certificate, key = (shown["document"].with_name(f"signer.{kind}") for kind in ("pem", "key"))
    certificate.write_text(openssl("pkcs7", "-print_certs", "-in", shown[name]).stdout)
    vouched = openssl("verify", "-CAfile", shown["authority"], certificate)
    assert vouched.returncode == 0, vouched.stderr
    key.write_text(openssl("x509", "-pubkey", "-noout", "-in", certificate).stdout)
    verify = ["dgst", "-sha256", "-verify", key, "-signature", shown["signature"]]
    assert openssl(*verify, shown["document"]).stdout == "Verified OK\n"
    changed = shown["document"].with_name("changed")
    changed.write_text(shown["document"].read_text().replace(ACCOUNT, "000000000000"))
    assert openssl(*verify, changed).returncode != 0


def test_who_may_not_pass_the_role_begins_no_instance(root, server, people):
    profile(root)
    alice = people.user("alice", MAY_RUN)
    with Instance(server, alice.keys, "--profile", "app") as instance:
        assert instance.get("meta-data/iam/security-credentials/") == "app"
    limits = [("gatehouse:RunInstance", "iam:PassRole on resource: " + arn("role", "app")),
              ("iam:PassRole", "gatehouse:RunInstance")]
    for allowed, missing in limits:
        people.may("alice", allow(allowed))
        with pytest.raises(RuntimeError, match="is not authorized to perform: " + re.escape(missing)):
            Instance(server, alice.keys, "--profile", "app")
    to_others = statement("Allow", "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
    people.may("alice", policy(statement("Allow", "gatehouse:RunInstance"), to_others))
    with pytest.raises(RuntimeError, match="iam:PassRole"):
        Instance(server, alice.keys, "--profile", "app")
    with pytest.raises(RuntimeError, match="Instance Profile nothing cannot be found"):
        Instance(server, ROOT_KEYS, "--profile", "nothing")


def test_the_trust_policy_must_name_ec2(root, server):
    profile(root, trust=TRUST.replace("ec2.", "lambda."))
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        path = "meta-data/iam/security-credentials/app"
        said = json.loads(instance.get(path))
        assert said["Code"] == "AssumeRoleUnauthorizedAccess" and "app" in said["Message"]
        root.iam.update_assume_role_policy(RoleName="app", PolicyDocument=TRUST)
        assert json.loads(instance.get(path))["Code"] == "Success"


def test_what_happens_to_the_profile_is_seen_at_once(root, server):
    profile(root)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        path = "meta-data/iam/security-credentials/"
        json.loads(instance.get(path + "app"))
        root.iam.remove_role_from_instance_profile(InstanceProfileName="app", RoleName="app")
        assert instance.get(path) is None and instance.get(path + "app") is None
        root.iam.create_role(RoleName="new", AssumeRolePolicyDocument=TRUST)
        root.iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="new")
        assert instance.get(path) == "new" and json.loads(instance.get(path + "new"))["Code"] == "Success"
        # A namesake of a deleted profile is another one.
        root.iam.remove_role_from_instance_profile(InstanceProfileName="app", RoleName="new")
        root.iam.delete_instance_profile(InstanceProfileName="app")
        root.iam.create_instance_profile(InstanceProfileName="app")
        root.iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="new")
        assert instance.get(path) is None


def test_a_namesake_of_a_deleted_role_has_keys_of_its_own(root, server, books):
    """Those of the former role are dead: an application must not be handed them until they end."""
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        path = "meta-data/iam/security-credentials/app"
        first = json.loads(instance.get(path))
        root.iam.remove_role_from_instance_profile(InstanceProfileName="app", RoleName="app")
        root.iam.delete_role_policy(RoleName="app", PolicyName="given")
        root.iam.delete_role(RoleName="app")
        root.iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
        root.iam.put_role_policy(RoleName="app", PolicyName="given", PolicyDocument=READ)
        root.iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
        second = json.loads(instance.get(path))
        assert second["AccessKeyId"] != first["AccessKeyId"] and json.loads(instance.get(path)) == second
        assert instance.client("s3").get_object(Bucket="books", Key="one")["Body"].read() == b"once upon a time"


def test_the_records_tell_of_the_instance(root, server, books):
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        instance.client("sts").get_caller_identity()
    [assumed] = records(root, "AssumeRole")
    assert assumed["userIdentity"] == {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    assert assumed["sourceIPAddress"] == assumed["userAgent"] == "ec2.amazonaws.com"
    assert assumed["requestParameters"] == {"roleArn": arn("role", "app"), "roleSessionName": instance.id}
    assert "tlsDetails" not in assumed
    called = records(root, "GetCallerIdentity")[0]
    assert called["userIdentity"]["sessionContext"]["ec2RoleDelivery"] == "2.0"
    assert called["userIdentity"]["principalId"].endswith(":" + instance.id)
    [begun] = records(root, "RunInstance")
    assert begun["requestParameters"]["instanceId"] == instance.id
    assert begun["userIdentity"]["type"] == "Root" and begun["readOnly"] is False
    [ended] = records(root, "EndInstance")
    assert ended["requestParameters"] == {"instanceId": instance.id, "region": begun["requestParameters"]["region"]}
    assert ended["userIdentity"] == {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}
    assert ended["eventSource"] == "gatehouse.local" and ended["readOnly"] is False
    everything = json.dumps(records(root))
    assert "gatehouse-instance-secret" not in everything


def test_a_command_runs_as_the_application(root, server, books):
    profile(root, document=READ)
    program = (
        "import boto3, os, sys\n"
        "assert not [name for name in os.environ if 'KEY' in name or 'TOKEN' in name], os.environ\n"
        "print(boto3.client('s3').get_object(Bucket='books', Key='one')['Body'].read().decode())\n"
        "sys.exit(7)\n")
    line, environment = command(server, ROOT_KEYS, "--profile", "app", "--", sys.executable, "-c", program)
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout) == (7, "once upon a time\n"), done.stderr


# Linux's own numbers, which Python does not have: an answer that may pass fewer routers is not taken.
LEAST_HOPS = {socket.AF_INET: (socket.IPPROTO_IP, 21), socket.AF_INET6: (socket.IPPROTO_IPV6, 73)}


def reaches(url, least, patience=PATIENCE):
    """Whether answers come that could still pass so many routers, the one here included."""
    address = urllib.parse.urlsplit(url)
    family = socket.AF_INET6 if ":" in address.hostname else socket.AF_INET
    with socket.socket(family) as connection:
        connection.settimeout(patience)
        connection.setsockopt(*LEAST_HOPS[family], least)
        try:
            connection.connect((address.hostname, address.port))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(12) == b"HTTP/1.1 401"
        except TimeoutError:
            return False


def _has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("listen", [
    "127.0.0.1:0", pytest.param("[::1]:0", marks=pytest.mark.skipif(not _has_ipv6(), reason="this machine has no ::1"))])
@pytest.mark.parametrize("options, hops", [([], 1), (["--hop-limit", "1"], 1), (["--hop-limit", "3"], 3), (["--hop-limit", "64"], 64)])
def test_answers_pass_as_many_routers_as_they_may(root, server, listen, options, hops):
    profile(root)
    with Instance(server, ROOT_KEYS, "--profile", "app", "--listen", listen, *options) as instance:
        assert reaches(instance.url, hops) and not reaches(instance.url, hops + 1, patience=2)


@pytest.mark.parametrize("options", [
    [], ["--profile", "app", "--hop-limit", "0"], ["--profile", "app", "--hop-limit", "65"],
    ["--profile", "app", "--listen", "0.0.0.0:0"], ["--profile", "app", "--region", "nowhere"], ["--profile", "app", "--"],
])
def test_a_wrong_command_line_is_told(server, options):
    line, environment = command(server, ROOT_KEYS, *options)
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 2 and done.stderr.startswith("gatehouse: ") and "instance run --help" in done.stderr


def _authority(server):
    """The certificate of a server that runs in memory lies in its own folder, which only its process knows."""
    folder = next(path.parent for path in _opened(server.process.pid) if path.name == "gatehouse.db")
    return (folder / "ca.pem").read_text()


def _opened(process):
    """The files that a process has open; some are closed while they are listed."""
    for entry in pathlib.Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            yield entry.readlink()


def test_a_name_that_resolves_to_here_gets_nothing(root, server, books):
    """A page in a browser on this machine may ask by a name of its own."""
    profile(root, document=READ)
    with Instance(server, ROOT_KEYS, "--profile", "app") as instance:
        assert instance.token(Host="evil.example:80")[0] == 403
