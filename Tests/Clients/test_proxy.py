"""Defends the forward proxy: tools that know no endpoint reach the server by AWS's own names, and nothing else by it."""

import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import time

import botocore.session
import pytest
from botocore.config import Config

from callers import ONCE, CommandLine
from errors import refused
from patience import PATIENCE
from server import ACCOUNT, ROOT_KEYS, Server, binary

HOSTS = ["s3.us-east-1.amazonaws.com", "b1.s3.us-west-2.amazonaws.com", "iam.amazonaws.com", "sts.eu-west-1.api.aws"]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxied")
    log, began = open(folder / "log", "w"), time.time()
    server = Server(folder=folder / "data", options=["--proxy-listen", "127.0.0.1:0"], log=log, environment={
        "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret})
    server.began = began
    server.proxy = re.search(r"http://127.0.0.1:(\d+)", next(line for line in server.lines if line.startswith("proxy"))).group(0)
    server.proxy_port = int(server.proxy.rsplit(":", 1)[1])
    server.bundle = str(server.folder / "proxy-ca.pem")
    server.log_path = folder / "log"
    yield server
    assert server.stop() == 0
    log.close()


def client(server, service, keys=ROOT_KEYS, region="us-east-1", **more):
    """A client without any endpoint."""
    return botocore.session.Session().create_client(
        service, region_name=region, verify=server.bundle, aws_access_key_id=keys.id, aws_secret_access_key=keys.secret,
        config=ONCE.merge(Config(proxies={"http": server.proxy, "https": server.proxy})), **more)


def environment(server, home):
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "HTTP_PROXY": server.proxy, "HTTPS_PROXY": server.proxy,
        "AWS_CA_BUNDLE": server.bundle, "AWS_ACCESS_KEY_ID": ROOT_KEYS.id, "AWS_SECRET_ACCESS_KEY": ROOT_KEYS.secret,
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
        "http_proxy": server.proxy}


def raw(server, text, more=b""):
    """What the proxy answers to these bytes, to their end."""
    with socket.create_connection(("127.0.0.1", server.proxy_port), timeout=PATIENCE) as connection:
        connection.sendall(text.encode() + more)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.decode()


def tunnel(server, host, name=None):
    """A TLS connection through the proxy to `host`, with `name` as the server's name in the handshake."""
    connection = socket.create_connection(("127.0.0.1", server.proxy_port), timeout=PATIENCE)
    connection.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
    assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    context = ssl.create_default_context(cafile=server.bundle)
    context.check_hostname = name is None
    if name == "":
        return context.wrap_socket(connection)
    return context.wrap_socket(connection, server_hostname=name or host)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_boto3_needs_no_endpoint(proxied, scheme):
    secure = scheme == "https"
    s3, name = client(proxied, "s3", use_ssl=secure), f"over-{scheme}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="a/ä +%", Body=b"x" * 100_000)
    assert s3.get_object(Bucket=name, Key="a/ä +%")["Body"].read() == b"x" * 100_000
    assert client(proxied, "sts", region="us-west-2", use_ssl=secure).get_caller_identity()["Account"] == ACCOUNT
    assert client(proxied, "iam", use_ssl=secure).list_users()["Users"] is not None
    assert client(proxied, "kms", region="eu-central-1", use_ssl=secure).list_keys()["Keys"] == []
    control = client(proxied, "s3control", use_ssl=secure)
    with refused("NoSuchPublicAccessBlockConfiguration"):
        control.get_public_access_block(AccountId=ACCOUNT)


def test_a_bucket_with_dots_and_what_belongs_to_other_services(proxied):
    s3 = client(proxied, "s3", region="us-west-2")
    s3.create_bucket(Bucket="my.dotted.bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    address = Config(s3={"addressing_style": "virtual"}, proxies={"https": proxied.proxy})
    virtual = botocore.session.Session().create_client(
        "s3", region_name="us-west-2", verify=proxied.bundle, config=ONCE.merge(address), aws_access_key_id=ROOT_KEYS.id,
        aws_secret_access_key=ROOT_KEYS.secret)
    virtual.put_object(Bucket="my.dotted.bucket", Key="k", Body=b"")
    assert s3.list_objects_v2(Bucket="my.dotted.bucket")["KeyCount"] == 1
    with refused("NotImplemented"):
        client(proxied, "sqs").list_queues()


def test_the_aws_cli_and_what_env_prints(proxied, tmp_path):
    printed = subprocess.run(
        [binary(), "env", "--proxy", "--data", str(proxied.folder)], capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id,
             "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}).stdout
    given = dict(re.findall(r"(\w+)='([^']*)'", printed))
    assert given["HTTPS_PROXY"] == proxied.proxy and given["AWS_CA_BUNDLE"] == proxied.bundle
    line = CommandLine(proxied, tmp_path)
    del line.environment["AWS_ENDPOINT_URL"]
    line.environment |= given
    assert line("sts", "get-caller-identity")["Account"] == ACCOUNT
    client(proxied, "s3").create_bucket(Bucket="of-the-cli")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/one").write_text("1")
    (tmp_path / "tree/two").write_bytes(os.urandom(9_000_000))
    line("s3", "sync", str(tmp_path / "tree"), "s3://of-the-cli/t")
    line("s3", "cp", "s3://of-the-cli/t/two", str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == (tmp_path / "tree/two").read_bytes()


def test_curl_rclone_and_s3cmd(proxied, tmp_path):
    client(proxied, "s3").create_bucket(Bucket="of-tools")
    (tmp_path / "file").write_bytes(os.urandom(300_000))
    tools = environment(proxied, tmp_path)

    def run(*words, **more):
        done = subprocess.run(list(map(str, words)), env=tools | more, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    signed = ["curl", "-sSf", "--cacert", proxied.bundle, "--aws-sigv4", "aws:amz:us-east-1:s3", "-u", f"{ROOT_KEYS.id}:{ROOT_KEYS.secret}"]
    for scheme in ["http", "https"]:
        url = f"{scheme}://of-tools.s3.us-east-1.amazonaws.com/?list-type=2"
        assert "<KeyCount>" in run(*signed, "--proxy", proxied.proxy, "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", url)
    rclone = {"RCLONE_CONFIG_H_TYPE": "s3", "RCLONE_CONFIG_H_PROVIDER": "AWS", "RCLONE_CONFIG_H_REGION": "us-east-1",
              "RCLONE_CONFIG_H_ENV_AUTH": "true", "RCLONE_CONFIG": "", "RCLONE_CONFIG_H_ACL": "bucket-owner-full-control"}
    # It takes the certificate in one way or the other: both are too many for it.
    del tools["AWS_CA_BUNDLE"]
    run("rclone", "copy", "--ca-cert", proxied.bundle, tmp_path / "file", "H:of-tools/r", **rclone)
    assert "r/file" in run("rclone", "ls", "--ca-cert", proxied.bundle, "H:of-tools", **rclone)
    host, port = proxied.proxy[7:].split(":")
    (tmp_path / ".s3cfg").write_text(
        f"[default]\naccess_key = {ROOT_KEYS.id}\nsecret_key = {ROOT_KEYS.secret}\nuse_https = True\nca_certs_file = {proxied.bundle}\n"
        f"proxy_host = {host}\nproxy_port = {port}\nmax_retries = 1\n")
    run("s3cmd", "put", tmp_path / "file", "s3://of-tools/c")
    assert "s3://of-tools/c" in run("s3cmd", "ls", "s3://of-tools")


def test_other_hosts_are_refused_and_never_dialled(proxied):
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.2)
        port = other.getsockname()[1]
        for target in [f"127.0.0.1:{port}", "example.com:443", "evilamazonaws.com:443", "amazonaws.com.evil.org:443", "amazonaws.com:443",
                       "s3.amazonaws.com:80", "s3.amazonaws.com:22", "169.254.169.254:443", "[::1]:443", "1.1.1.1:443"]:
            assert raw(proxied, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").startswith("HTTP/1.1 403 "), target
        for place in [f"127.0.0.1:{port}", "example.com", "169.254.169.254", "s3.amazonaws.com:8080"]:
            answer = raw(proxied, f"GET http://{place}/latest HTTP/1.1\r\nHost: {place}\r\n\r\n")
            assert answer.startswith("HTTP/1.1 403 ") and "NO_PROXY" in answer
        with pytest.raises(TimeoutError):
            other.accept()
    told = [json.loads(line) for line in proxied.log_path.read_text().splitlines()]
    assert any(line["message"] == "the proxy refused a request" and line["reason"] == "foreignHost" for line in told)


@pytest.mark.parametrize("target", [
    "CONNECT s3.amazonaws.com", "CONNECT s3.amazonaws.com.:443", "CONNECT a@s3.amazonaws.com:443", "CONNECT http://s3.amazonaws.com:443",
    "CONNECT /:443", "GET /bucket/key", "GET https://s3.amazonaws.com/", "GET http://a@s3.amazonaws.com/", "GET http://s3.amazonaws.com./",
    "GET http://s3.amazonaws.com:080/", "GET http://s3_.amazonaws.com/", "OPTIONS *", "GET http://s3.amazonaws.com#/"])
def test_what_is_no_request_to_a_proxy_is_refused(proxied, target):
    assert raw(proxied, f"{target} HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n").startswith("HTTP/1.1 400 ")


def test_host_and_target_are_of_one_host(proxied):
    for method in ["GET http://b1.s3.amazonaws.com/k", "CONNECT b1.s3.amazonaws.com:443"]:
        for host in ["b2.s3.amazonaws.com", "s3.amazonaws.com", "b1.s3.amazonaws.com:8080", "", "b1.s3.amazonaws.com."]:
            assert raw(proxied, f"{method} HTTP/1.1\r\nHost: {host}\r\n\r\n").startswith("HTTP/1.1 400 "), (method, host)
    assert raw(proxied, "GET http://b1.s3.amazonaws.com/k HTTP/1.0\r\n\r\n").startswith("HTTP/1.1 400 ")
    for line in ["Content-Length: 3", "Transfer-Encoding: chunked"]:
        assert raw(proxied, f"CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: s3.amazonaws.com\r\n{line}\r\n\r\n").startswith("HTTP/1.1 400 ")
    early = raw(proxied, "CONNECT s3.amazonaws.com:443 HTTP/1.1\r\nHost: s3.amazonaws.com\r\n\r\n", b"GET / HTTP/1.1\r\n")
    assert early.startswith("HTTP/1.1 400 ")


def test_in_a_tunnel_there_is_one_host(proxied):
    host = "absent.s3.us-east-1.amazonaws.com"
    for said, target, status in [
            (host, "/k", 404), (host.upper() + ":443", "/k", 404), (host, f"https://{host}/k", 404), ("other.s3.us-east-1.amazonaws.com", "/k", 421),
            (host, "https://other.s3.us-east-1.amazonaws.com/k", 421), (host, f"http://{host}/k", 400), (host + ":80", "/k", 421)]:
        with tunnel(proxied, host) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {said}\r\nConnection: close\r\n\r\n".encode())
            assert int(connection.recv(4096).split()[1]) == status, (said, target)
    with tunnel(proxied, host) as connection:
        connection.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert int(connection.recv(4096).split()[1]) == 501


def test_certificates_are_of_the_host_alone_and_the_authority_of_aws_alone(proxied, tmp_path):
    for host in HOSTS:
        with tunnel(proxied, host) as connection:
            found = connection.getpeercert()
        assert found["subjectAltName"] == (("DNS", host),)
        start, end = (ssl.cert_time_to_seconds(found[side]) for side in ["notBefore", "notAfter"])
        assert end - start <= 30 * 86400 and 3500 < time.time() - start < 3760 + time.time() - proxied.began
    tunnel(proxied, HOSTS[0], name="").close()
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        tunnel(proxied, HOSTS[0], name="iam.amazonaws.com")
    shown = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", proxied.bundle], capture_output=True, text=True).stdout
    assert "Name Constraints: critical" in shown and "DNS:amazonaws.com\n" in shown and "IP:0.0.0.0/0.0.0.0" in shown
    printed = subprocess.run([binary(), "ca", "--proxy", "--data", str(proxied.folder)], capture_output=True, text=True).stdout
    assert printed == pathlib.Path(proxied.bundle).read_text() and printed.count("BEGIN CERTIFICATE") == 1
    main = (proxied.folder / "ca.pem").read_text()
    assert main.count("BEGIN CERTIFICATE") == 1 and main != printed


def test_policies_see_the_connection_and_the_client(proxied):
    s3 = client(proxied, "s3")
    s3.create_bucket(Bucket="secure-only")
    s3.put_object(Bucket="secure-only", Key="k", Body=b"x")

    def deny(condition):
        s3.put_bucket_policy(Bucket="secure-only", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secure-only/*", "Condition": condition}]}))

    deny({"Bool": {"aws:SecureTransport": "false"}})
    assert s3.get_object(Bucket="secure-only", Key="k")["ContentLength"] == 1
    with refused("AccessDenied"):
        client(proxied, "s3", use_ssl=False).get_object(Bucket="secure-only", Key="k")
    deny({"NotIpAddress": {"aws:SourceIp": "127.0.0.1/32"}})
    assert s3.get_object(Bucket="secure-only", Key="k")["ContentLength"] == 1
    deny({"IpAddress": {"aws:SourceIp": "127.0.0.1/32"}})
    with refused("AccessDenied"):
        s3.get_object(Bucket="secure-only", Key="k")
    client(proxied, "iam").create_user(UserName="recorded")
    events = client(proxied, "cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}])
    record = json.loads(events["Events"][0]["CloudTrailEvent"])
    assert record["sourceIPAddress"] == "127.0.0.1" and record["tlsDetails"]["clientProvidedHostHeader"] == "iam.amazonaws.com"


def test_paths_of_the_house_are_not_for_aws_hosts(proxied):
    for path in ["/_gatehouse/health", "/_gatehouse/metrics"]:
        answer = raw(proxied, f"GET http://s3.us-east-1.amazonaws.com{path} HTTP/1.1\r\nHost: s3.us-east-1.amazonaws.com\r\nConnection: close\r\n\r\n")
        assert not answer.startswith("HTTP/1.1 200 ")
    with tunnel(proxied, "us-east-1.signin.aws.amazon.com") as connection:
        connection.sendall(b"GET /console/api/session HTTP/1.1\r\nHost: us-east-1.signin.aws.amazon.com\r\nConnection: close\r\n\r\n")
        assert connection.recv(4096).split()[1] == b"401"


def test_the_authority_stays_over_restarts_and_only_where_the_proxy_is_on(tmp_path):
    def run(*options):
        server = Server(folder=tmp_path / "data", options=options)
        assert server.stop() == 0
        return {name: (tmp_path / "data" / name).read_text() if (tmp_path / "data" / name).exists() else None
                for name in ["ca.pem", "proxy-ca.pem", "proxy"]}

    first, second, third, fourth = run(), run("--proxy-listen", "127.0.0.1:0"), run("--proxy-listen=127.0.0.1:0"), run()
    assert first["proxy-ca.pem"] is None and second["proxy-ca.pem"] == third["proxy-ca.pem"]
    assert len({files["ca.pem"] for files in [first, second, third, fourth]}) == 1
    assert second["proxy"].startswith("http://127.0.0.1:") and fourth["proxy"] is None
