"""Defends what `gatehouse env` tells a shell: keys that are good or none, and only what it set itself is taken back."""

import os
import re
import subprocess

from callers import Clients
from commands import root_of, run
from patience import PATIENCE
from people import People
from server import ROOT_KEYS, Server, binary

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def test_root_keys_that_are_inactive_are_not_taken_for_deleted_ones(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, environment={})
    try:
        keys = root_of(folder)
        root = Clients(server, keys)
        ada = People(server, root).user("ada").keys
        root.iam.attach_user_policy(UserName="ada", PolicyArn=ADMINISTRATOR)
        root.iam.update_access_key(AccessKeyId=keys.id, Status="Inactive")
        status, told = run("env", "--data", folder)
        assert status == 0 and f"is not known to the server at {server.url}, or is inactive" in told and keys.secret not in told, told
        told = run("doctor", "--data", folder, keys=ada)[1]
        assert "is not known to the server, or is inactive: remove the file if you deleted the key" in told, told
    finally:
        assert server.stop() == 0


def test_root_keys_from_the_environment(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder)
    try:
        status, told = run("env", "--data", folder)
        assert status == 0 and f"export AWS_ENDPOINT_URL='{server.url}'" in told and "AWS_ACCESS_KEY_ID=" not in told, told
        assert "chosen at the server's start" in told and "unset" not in told
        keys = {"GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
        status, told = run("env", "--data", folder, **keys)
        assert status == 0 and f"export AWS_ACCESS_KEY_ID='{ROOT_KEYS.id}'" in told
        # To look whether the key is known leaves no record.
        names = [event["EventName"] for event in Clients(server, ROOT_KEYS).cloudtrail.lookup_events()["Events"]]
        assert names == []
    finally:
        assert server.stop() == 0
    server = Server(folder, environment={})
    try:
        told = [line for line in server.lines if line.startswith("root keys")]
        assert told == [f"root keys    not in {folder}/root-credentials: chosen at an earlier start, or put away"]
    finally:
        assert server.stop() == 0
    status, told = run("env", "--data", tmp_path / "nothing")
    assert status == 1 and "no server was started on" in told


def test_env_takes_back_what_env_proxy_set(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, ["--proxy-listen", "127.0.0.1:0"], environment={})
    try:
        line = f'eval "$({binary()} env --proxy --data {folder})"; eval "$({binary()} env --data {folder})"; env'
        done = subprocess.run(["sh", "-c", line], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=PATIENCE)
        names = {entry.split("=")[0] for entry in done.stdout.splitlines()}
        assert "AWS_ENDPOINT_URL" in names and "AWS_ACCESS_KEY_ID" in names, done
        assert not names & {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "AWS_CA_BUNDLE"}
        # Somebody else's stay.
        own = {"HTTPS_PROXY": "http://proxy.corp.example:3128", "AWS_CA_BUNDLE": "/etc/ssl/corp.pem", "NO_PROXY": "localhost"}
        assert "PROXY" not in (told := run("env", "--data", folder, **own)[1]) and "AWS_CA_BUNDLE" not in told
        # Also beside the certificate of this proxy.
        corporate, local = "http://proxy.corp.example:3128", "http://127.0.0.1:3128"
        assert unset_beside_the_bundle(folder, corporate) == unset_beside_the_bundle(folder, local) == {"AWS_CA_BUNDLE"}
    finally:
        assert server.stop() == 0
    # What a server without the proxy left behind is told by the machine it is on.
    Server(folder, environment={}).stop()
    assert "https_proxy" in unset_beside_the_bundle(folder, local)
    assert unset_beside_the_bundle(folder, corporate) == {"AWS_CA_BUNDLE"}


def unset_beside_the_bundle(folder, proxy):
    proxies = {name: proxy for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]}
    told = run("env", "--data", folder, AWS_CA_BUNDLE=str(folder.resolve() / "proxy-ca.pem"), **proxies)[1]
    return set(re.search(r"^unset (.*AWS_CA_BUNDLE.*)$", told, re.M)[1].split())
