"""Defends domains of the operator: buckets, access points, accounts and websites below them, by name and over TLS."""

import re
import socket
import subprocess

import botocore.exceptions
import pytest
from botocore.config import Config

from callers import ONCE, Clients, _session
from patience import PATIENCE
from people import arn, statement, policy
from server import ACCOUNT, ROOT_KEYS, Server
from signed import send

DOMAINS = "S3.Corp.Example,gate.test"
SITE = {"IndexDocument": {"Suffix": "index.html"}}


def by_hand(host, *rest, real=socket.getaddrinfo, **more):
    """The domains and all below them lead to this machine, as the operator's own resolver would have it."""
    is_ours = f".{host}".endswith((".s3.corp.example", ".gate.test"))
    return real("127.0.0.1" if is_ours else host, *rest, **more)


@pytest.fixture(autouse=True)
def names(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", by_hand)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("domains") / "data", options=["--tls-listen", "127.0.0.1:0", "--domain", DOMAINS])
    yield server
    server.stop()


@pytest.fixture(scope="module")
def authority(house, tmp_path_factory):
    from server import binary
    done = subprocess.run([binary(), "ca", "--data", str(house.folder)], capture_output=True, text=True, env={})
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_text(done.stdout)
    return str(path)


@pytest.fixture(scope="module")
def box(house):
    s3 = Clients(house, ROOT_KEYS).s3
    s3.create_bucket(Bucket="box")
    s3.put_object(Bucket="box", Key="k", Body=b"text")
    return s3


def secure(house):
    line = next(line for line in house.lines if line.startswith("https"))
    return int(re.search(r":(\d+) ", line).group(1))


def client(service, url, verify=None, **more):
    """A client whose calls are all to hosts of the domain, and the hosts it called."""
    made = _session().create_client(
        service, region_name="us-east-1", endpoint_url=url, verify=verify, aws_access_key_id=ROOT_KEYS.id,
        aws_secret_access_key=ROOT_KEYS.secret, config=ONCE.merge(Config(s3={"addressing_style": "virtual"}, **more)))
    hosts = []
    made.meta.events.register("before-send.*.*", lambda request, **_: hosts.append(request.url.split("/")[2].split(":")[0]))
    return made, hosts


@pytest.mark.parametrize("domain", ["s3.corp.example", "gate.test", "s3.gate.test"])
@pytest.mark.parametrize("is_secure", [False, True])
def test_buckets_stand_before_a_domain(house, authority, box, domain, is_secure):
    where = f"https://{domain}:{secure(house)}" if is_secure else f"http://{domain}:{house.port}"
    s3, hosts = client("s3", where, authority)
    s3.put_object(Bucket="box", Key="a/b c", Body=b"1")
    assert s3.get_object(Bucket="box", Key="a/b c")["Body"].read() == b"1"
    assert {entry["Key"] for entry in s3.list_objects_v2(Bucket="box")["Contents"]} >= {"a/b c", "k"}
    assert set(hosts) == {f"box.{domain}"}
    # The domain itself is no bucket.
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["box"] and hosts[-1] == domain
    s3.delete_object(Bucket="box", Key="a/b c")


def test_a_signature_is_for_the_bucket_of_its_host(house, box):
    s3, _ = client("s3", f"http://s3.corp.example:{house.port}", signature_version="s3v4")
    link = s3.generate_presigned_url("get_object", {"Bucket": "box", "Key": "k"})
    assert link.startswith(f"http://box.s3.corp.example:{house.port}/k?")
    target = link.split(str(house.port), 1)[1]
    assert send(house, "GET", target, headers={"Host": f"box.s3.corp.example:{house.port}"}).body == b"text"
    # The same link for another bucket, and for no bucket at all.
    for host in ("other.s3.corp.example", "s3.corp.example", "box.gate.test"):
        assert send(house, "GET", target, headers={"Host": f"{host}:{house.port}"}).status == 403


def test_accounts_and_access_points_stand_before_a_domain(house, authority, box):
    url = f"https://s3.corp.example:{secure(house)}"
    control, hosts = client("s3control", url, authority)
    point = control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box")
    try:
        assert set(hosts) == {f"{ACCOUNT}.s3.corp.example"}
        s3, hosts = client("s3", url, authority)
        assert s3.get_object(Bucket=point["AccessPointArn"], Key="k")["Body"].read() == b"text"
        assert s3.get_object(Bucket=point["Alias"], Key="k")["Body"].read() == b"text"
        assert hosts == [f"door-{ACCOUNT}.s3.corp.example", f"{point['Alias']}.s3.corp.example"]
    finally:
        control.delete_access_point(AccountId=ACCOUNT, Name="door")


def test_websites_stand_before_a_domain(house, box):
    box.delete_public_access_block(Bucket="box")
    box.put_bucket_policy(Bucket="box", Policy=policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*")))
    box.put_bucket_website(Bucket="box", WebsiteConfiguration=SITE)
    box.put_object(Bucket="box", Key="index.html", Body=b"welcome", ContentType="text/html")
    for domain in ("s3.corp.example", "gate.test", "localhost"):
        for site in ("s3-website-us-east-1", "s3-website.us-east-1"):
            answer = send(house, "GET", "/", headers={"Host": f"box.{site}.{domain}:{house.port}"})
            assert (answer.status, answer.body) == (200, b"welcome"), (domain, site)
    assert send(house, "GET", "/", headers={"Host": "box.s3-website-us-east-1.else.test"}).body != b"welcome"


def test_other_services_are_called_at_the_domain(house, authority):
    for domain in ("s3.corp.example", "sts.gate.test"):
        sts, _ = client("sts", f"http://{domain}:{house.port}")
        assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    iam, _ = client("iam", f"https://gate.test:{secure(house)}", authority)
    iam.create_user(UserName="alice")
    assert iam.get_user(UserName="alice")["User"]["Arn"] == arn("user", "alice")


def test_the_certificate_is_for_the_domains_and_no_others(house, authority, box):
    shown = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{secure(house)}", "-CAfile", authority, "-verify_return_error"],
        input="", capture_output=True, text=True)
    text = subprocess.run(["openssl", "x509", "-noout", "-ext", "subjectAltName"], input=shown.stdout, capture_output=True, text=True).stdout
    named = set(re.findall(r"DNS:([^,\s]+)", text))
    assert named == {f"{before}{domain}" for domain in ("localhost", "s3.corp.example", "gate.test")
                     for before in ("", "*.", "s3.", "*.s3.")}
    assert {"127.0.0.1"} <= set(re.findall(r"IP Address:([^,\s]+)", text))
    with pytest.raises(botocore.exceptions.SSLError):
        client("s3", f"https://a.gate.test:{secure(house)}", authority)[0].get_object(Bucket="box", Key="k")


@pytest.mark.parametrize("value, why", [
    ("", "is empty"), ("a.example,", "is empty"), ("*.corp.example", "has a star"), ("https://s3.corp.example", "leave out scheme and port"),
    ("s3.corp.example:4566", "leave out scheme and port"), ("10.0.0.1", "is no name of a host"), ("a..example", "is no name"),
    ("-a.example", "is no name"), ("a_b.example", "is no name"), ("a.example b.example", "is no name"), ("é.example", "is no name"),
    ("s3.amazonaws.com", "is AWS's"), ("amazonaws.com", "is AWS's"), ("signin.aws.amazon.com", "is AWS's"),
    ("a" * 64 + ".example", "is no name"), (".".join(["a" * 60] * 5), "is no name"),
    (",".join(f"d{number}.example" for number in range(17)), "16 names at most"),
])
def test_what_is_no_domain_stops_the_start(value, why):
    from server import binary
    done = subprocess.run(
        [binary(), "serve", "--memory", "--listen", "127.0.0.1:0", "--domain", value], capture_output=True, text=True, timeout=PATIENCE, env={})
    assert done.returncode != 0 and "--domain" in done.stderr and why in done.stderr, done.stderr


def test_the_environment_says_the_same():
    keys = {"GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
    server = Server(environment=keys | {"GATEHOUSE_DOMAIN": "gate.test,gate.test,localhost"})
    try:
        assert len([line for line in server.lines if line.startswith("domain ")]) == 2
        s3, _ = client("s3", f"http://gate.test:{server.port}")
        s3.create_bucket(Bucket="box")
        s3.put_object(Bucket="box", Key="k", Body=b"1")
        assert s3.head_object(Bucket="box", Key="k")["ContentLength"] == 1
    finally:
        server.stop()
