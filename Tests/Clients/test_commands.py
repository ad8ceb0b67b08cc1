"""Defends what the commands share: whose keys they sign with, which server they ask, and that each failure tells what to do next."""

import os
import re
import shutil
import socket
import subprocess
import threading
import types

import pytest

from callers import Clients
from commands import is_sound, root_of, run
from instances import profile
from patience import PATIENCE
from people import People
from server import ACCOUNT, ROOT, Keys, Server, binary

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
# As somebody has them in the shell for the real cloud.
FOREIGN = Keys("AKIAFOREIGNFOREIGN00", "secret/of/another/cloud/0000000000000001")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server that made its own root keys, and alice, who may nothing."""
    folder = tmp_path_factory.mktemp("house") / "data"
    server = Server(folder, environment={})
    server.keys = root_of(folder)
    root = Clients(server, server.keys)
    profile(root)
    export = folder.parent / "account.json"
    export.write_text('{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false}')
    server.alice = People(server, root).user("alice").keys
    server.event = root.iam.list_users()["ResponseMetadata"]["RequestId"]
    yield server
    assert server.stop() == 0


def commands(server, tmp_path):
    """Every command that asks the server of a data folder, and the action that it wants."""
    alice = f"arn:aws:iam::{ACCOUNT}:user/alice"
    export = server.folder.parent / "account.json"
    return {
        "why": (["why", server.event], "gatehouse:ExplainEvent"),
        "secure": (["secure"], "gatehouse:GetSecurityStatus"),
        "generate-policy": (["generate-policy", alice], "gatehouse:GeneratePolicy"),
        "backup": (["backup", "--to", tmp_path / "b"], "gatehouse:CreateBackup"),
        "rekey": (["rekey", "--online"], "gatehouse:"),
        "instance": (["instance", "run", "--profile", "app"], "gatehouse:RunInstance"),
        "doctor": (["doctor"], "gatehouse:GetKeyProtection"),
        "import": (["import", export], None),
    }


NAMES = ["why", "secure", "generate-policy", "backup", "rekey", "instance", "doctor"]


@pytest.mark.parametrize("name", NAMES)
def test_the_keys_of_the_shell_come_first(house, tmp_path, name):
    words, action = commands(house, tmp_path)[name]
    status, told = run(*words, "--data", house.folder, keys=house.alice)
    assert "user/alice is not authorized to perform" in told and action in told, told
    # doctor says what it was not told, and that is no fault of the folder.
    assert status == (0 if name == "doctor" else 1), told


@pytest.mark.parametrize("name", [*NAMES, "import"])
def test_keys_that_the_server_does_not_know_are_named(house, tmp_path, name):
    words, _ = commands(house, tmp_path)[name]
    status, told = run(*words, "--data", house.folder, keys=FOREIGN)
    assert f"the key {FOREIGN.id} of AWS_ACCESS_KEY_ID is not known to the server at {house.url}" in told, told
    assert "unset AWS_ACCESS_KEY_ID" in told and "security token" not in told
    assert status == (0 if name == "doctor" else 1), told


@pytest.mark.parametrize("name", ["why", "secure", "doctor"])
def test_without_keys_in_the_shell_the_root_users_are_used(house, tmp_path, name):
    words, _ = commands(house, tmp_path)[name]
    status, told = run(*words, "--data", house.folder)
    assert is_sound(status, told) if name == "doctor" else status == {"why": 0, "secure": 3}[name], told
    # Empty is not set.
    assert run(*words, "--data", house.folder, keys=Keys("", ""))[0] == status


def test_keys_that_are_wrong_otherwise(house):
    status, told = run("secure", "--data", house.folder, AWS_ACCESS_KEY_ID=house.alice.id)
    assert status == 1 and "go together" in told
    status, told = run("secure", "--data", house.folder, keys=Keys(house.alice.id, FOREIGN.secret))
    assert status == 1 and f"does not take the signature of the key {house.alice.id} of AWS_ACCESS_KEY_ID" in told, told
    session = Keys.of(Clients(house, house.keys).sts.get_session_token())
    status, told = run("secure", "--data", house.folder, keys=Keys(session.id, session.secret))
    assert status == 1 and "AWS_SESSION_TOKEN is not set" in told, told
    status, told = run("secure", "--endpoint", house.url)
    assert status == 1 and "--endpoint needs keys of yours" in told, told


def test_an_account_without_root_keys_is_served_by_an_administrator(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, environment={})
    try:
        dead = root_of(folder)
        root = Clients(server, dead)
        people = People(server, root)
        ada = people.user("ada").keys
        root.iam.attach_user_policy(UserName="ada", PolicyArn=ADMINISTRATOR)
        event = root.iam.delete_access_key(AccessKeyId=dead.id)["ResponseMetadata"]["RequestId"]
        house = types.SimpleNamespace(folder=folder, event=event)
        (tmp_path / "account.json").write_text('{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false}')
        wanted = {"why": 0, "secure": 3, "generate-policy": 4, "backup": 0, "doctor": 0, "import": 0, "rekey": 0}
        for name, status in wanted.items():
            words, _ = commands(house, tmp_path)[name]
            if name == "generate-policy":
                words[1] = f"arn:aws:iam::{ACCOUNT}:user/nobody-did-anything"
            found, told = run(*words, "--data", folder)
            assert f"the root user's key {dead.id} in {folder}/root-credentials is not known" in told, told
            assert "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in told and found == (0 if name == "doctor" else 1), told
            found, told = run(*words, "--data", folder, keys=ada)
            assert is_sound(found, told) if name == "doctor" else found == status, told
            if name != "doctor":
                where = ["--endpoint", server.url]
                if name == "backup":
                    words[2] = tmp_path / "c"
                assert run(*words, *where, keys=ada)[0] == status
        # And `env` gives a shell no keys that nobody knows.
        found, told = run("env", "--data", folder)
        assert found == 0 and f"export AWS_ENDPOINT_URL='{server.url}'" in told and "export AWS_ACCESS_KEY_ID" not in told
        assert f"{dead.id} in {folder}/root-credentials is not known" in told
        assert "remove the file" in run("doctor", "--data", folder, keys=ada)[1]
    finally:
        assert server.stop() == 0
    server = Server(folder, environment={}, log=open(tmp_path / "log", "w"))
    try:
        assert f"root keys    deleted since; those in {folder}/root-credentials are of no use" in server.lines
    finally:
        assert server.stop() == 0
    assert "does not have: remove it" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("words", [["why", "4f59a841-0000-0000-0000-000000000000"], ["secure"], ["generate-policy", f"arn:aws:iam::{ACCOUNT}:user/a"]])
def test_a_folder_that_cannot_be_opened_is_not_taken_for_one_in_use(tmp_path, words):
    folder = tmp_path / "data"
    Server(folder, environment={}).stop()
    folder.chmod(0o750)
    status, told = run(*words, "--data", folder)
    assert status == 1 and "chmod 700" in told and "no server answers" not in told, told
    folder.chmod(0o700)
    (folder / "FORMAT").write_text("gatehouse format 2\n")
    status, told = run(*words, "--data", folder)
    assert status == 1 and "has format 2" in told and "no server answers" not in told, told


@pytest.mark.parametrize("words", [["why", "4f59a841-0000-0000-0000-000000000000"], ["secure"], ["generate-policy", f"arn:aws:iam::{ACCOUNT}:user/a"]])
def test_a_folder_of_others_stays_as_it_is(tmp_path, words):
    (tmp_path / "thesis").write_text("mine")
    tmp_path.chmod(0o700)
    status, told = run(*words, "--data", tmp_path)
    assert status == 1 and "is no data folder of Gatehouse" in told and [path.name for path in tmp_path.iterdir()] == ["thesis"]


def test_doctor_beside_a_running_server(house, tmp_path):
    status, told = run("doctor", "--data", house.folder)
    # The memory is the server's, not its own.
    assert is_sound(status, told) and "memory of the server's keys" in told and "memory of keys" not in told, told
    assert f"the server at {house.url} answers" in told and "root key in software" in told
    assert f"note  process {house.process.pid} has the data open: stop it" in told


def test_a_server_that_is_not_there(tmp_path):
    folder = tmp_path / "data"
    Server(folder, environment={}).stop()
    status, told = run("backup", "--to", tmp_path / "b", "--data", folder)
    assert status == 1 and "Connection refused" in told and f"gatehouse serve --data {folder}" in told, told
    status, told = run("backup", "--to", tmp_path / "no/b", "--data", folder)
    assert status == 1 and "No such file or directory" in told, told
    status, told = run("serve", "--data", "/proc/no/data", "--listen", "127.0.0.1:0")
    assert status == 1 and "mkdir /proc/no/data: No such file or directory" in told, told


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, told = run("serve", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
    assert status == 1 and "another program has the port" in told and "--listen" in told, told
    assert not (tmp_path / "data").exists() and not (tmp_path / "data.key").exists()


def test_a_program_that_is_not_there(house):
    status, told = run("instance", "run", "--profile", "app", "--data", house.folder, "--", "nosuchprogram")
    assert status == 1 and "cannot run nosuchprogram: No such file or directory" in told, told


def test_commands_speak_tls(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, ["--tls-listen", "127.0.0.1:0"], environment={})
    try:
        keys = root_of(folder)
        url = next(line.split()[1] for line in server.lines if line.startswith("https "))
        where = ["--endpoint", url]
        # The authority of the data folder, or a bundle that has it; nobody else's.
        assert run("secure", *where, "--data", folder, keys=keys)[0] == 3
        assert run("backup", "--to", tmp_path / "b", *where, "--data", folder, keys=keys)[0] == 0
        assert run("restore", "--check", "--from", tmp_path / "b", "--key-file", f"{folder}.key")[0] == 0
        assert run("secure", *where, keys=keys, AWS_CA_BUNDLE=str(folder / "ca.pem"))[0] == 3
        for more in ({}, {"AWS_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"}):
            status, told = run("secure", *where, keys=keys, cwd=tmp_path / "..", **more)
            assert status == 1 and "its certificate is not trusted" in told and "AWS_CA_BUNDLE" in told, told
        status, told = run("secure", "--endpoint", url.replace("127.0.0.1", "localhost.localdomain.invalid"), keys=keys)
        assert status == 1 and "there is no host" in told
        status, told = run("secure", "--endpoint", url.replace("https", "http"), keys=keys)
        assert status == 1
        status, told = run("secure", "--endpoint", server.url.replace("http", "https"), keys=keys)
        assert status == 1 and "no TLS is spoken there" in told, told
        profile(Clients(server, keys))
        assert run("instance", "run", "--profile", "app", *where, "--data", folder, "--", "true", keys=keys)[0] == 0
    finally:
        assert server.stop() == 0


def test_a_certificate_for_another_name_is_not_trusted(tmp_path):
    folder = tmp_path / "data"
    server = Server(folder, ["--tls-listen", "0.0.0.0:0"], environment={})
    try:
        keys = root_of(folder)
        port = next(line for line in server.lines if line.startswith("https ")).split()[1].rsplit(":", 1)[1]
        trusted = {"keys": keys, "AWS_CA_BUNDLE": str(folder / "ca.pem")}
        status, told = run("secure", "--endpoint", f"https://127.0.0.1:{port}", **trusted)
        assert status == 3, told
        # The same server with the same certificate, by an address that is not in it.
        status, told = run("secure", "--endpoint", f"https://127.0.0.2:{port}", **trusted)
        assert status == 1 and "its certificate is not trusted" in told, told
    finally:
        assert server.stop() == 0


@pytest.fixture
def elsewhere(tmp_path):
    """A server at an address of another network stack, or nothing where the tests may not make one."""
    if not shutil.which("ip"):
        pytest.skip("iproute2 is not installed")
    name = f"gatehouse-{os.getpid()}"
    # Names of interfaces have 15 characters at most.
    near, far = f"gh{os.getpid()}a", f"gh{os.getpid()}b"
    lines = [
        f"ip netns add {name}", f"ip link add {near} type veth peer name {far} netns {name}",
        f"ip addr add 198.51.100.1/30 dev {near}", f"ip link set {near} up",
        f"ip -n {name} addr add 198.51.100.2/30 dev {far}", f"ip -n {name} link set {far} up", f"ip -n {name} link set lo up",
    ]
    try:
        if any(subprocess.run(line.split(), capture_output=True, timeout=PATIENCE).returncode for line in lines):
            pytest.skip("no network namespace can be made here")
        words = ["ip", "netns", "exec", name, binary(), "serve", "--memory", "--listen", "198.51.100.2:4566"]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"]}, text=True)
        # A server that neither starts nor stops must not hang the tests.
        guard = threading.Timer(PATIENCE, process.kill)
        guard.start()
        try:
            assert any(line.startswith("ready") for line in process.stdout)
            guard.cancel()
            yield "http://198.51.100.2:4566"
        finally:
            guard.cancel()
            process.terminate()
            process.wait(timeout=PATIENCE)
            process.stdout.close()
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def test_secrets_do_not_leave_the_machine_in_clear(house, elsewhere):
    status, told = run("instance", "run", "--profile", "app", "--endpoint", elsewhere, keys=house.keys)
    assert status == 1 and "is not on this machine" in told and "https://" in told, told


def test_a_name_of_this_machine_is_this_machine(house):
    status, told = run("secure", "--endpoint", house.url.replace("127.0.0.1", "localhost"), keys=house.keys)
    assert status == 3, told


def test_the_command_that_backup_prints_restores(house, tmp_path):
    made = tmp_path / "of today"
    status, told = run("backup", "--to", made, "--data", house.folder)
    assert status == 0, told
    line = told.split("Restore it with: ")[1].strip()
    assert f"--key-file {house.folder}.key" in line
    line = line.replace("--data DIR", f"--data {tmp_path / 'copy'}").replace("gatehouse", os.path.abspath(binary()), 1)
    done = subprocess.run(["sh", "-c", line], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    status, told = run("restore", "--from", made, "--data", tmp_path / "other")
    assert status == 1 and "--key-file FILE" in told, told
    status, told = run("backup", "--to", tmp_path / "far", "--endpoint", house.url, keys=house.keys)
    assert status == 0 and told.strip().endswith("--key-file FILE"), told


def test_the_command_for_a_passphrase(tmp_path):
    folder, words = tmp_path / "data", tmp_path / "words"
    words.write_text("a passphrase that is long enough\n")
    words.chmod(0o600)
    server = Server(folder, ["--passphrase-file", str(words)], environment={})
    try:
        assert "--passphrase-file FILE" in run("backup", "--to", tmp_path / "b", "--data", folder)[1]
    finally:
        assert server.stop() == 0
    for line in (["doctor"], ["serve", "--listen", "127.0.0.1:0"]):
        status, told = run(*line, "--data", folder)
        assert status == 1 and "sealed by a passphrase, not by a key file: give --passphrase-file FILE" in told, told
        assert "MEND  key file" not in told


@pytest.mark.parametrize("name", [".", "./", "../data", "sub/.."])
def test_a_data_folder_named_by_dots(tmp_path, name):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    if name == "sub/..":
        (folder / "sub").mkdir()
    words = [os.path.abspath(binary()), "serve", "--data", name, "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(words, cwd=folder, env={"PATH": os.environ["PATH"]}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("ready"):
            break
    process.terminate()
    process.stdout.close()
    assert process.wait(timeout=PATIENCE) == 0, lines
    assert (tmp_path / "data.key").exists() and (folder / "FORMAT").exists()


def test_a_pin_file_inside_the_data_folder(tmp_path):
    folder, link = tmp_path / "data", tmp_path / "pin"
    folder.mkdir(mode=0o700)
    (folder / "pin").write_text("2468\n")
    (folder / "pin").chmod(0o600)
    link.symlink_to(folder / "pin")
    for pin in (folder / "pin", link):
        words = ["--hsm-module", "/nowhere.so", "--hsm-token", "keys", "--hsm-pin-file", pin]
        for command in ("serve", "doctor"):
            status, told = run(command, "--data", folder, *words)
            assert status == 1 and f"The PIN file {pin} lies inside the data folder" in told, told


def test_a_key_file_inside_the_data_folder(tmp_path):
    status, told = run("serve", "--data", tmp_path / "data", "--key-file", tmp_path / "data/key", "--listen", "127.0.0.1:0")
    assert status == 1 and "lies inside the data folder" in told and "--key-file FILE" in told, told


def test_the_settings_in_the_readme_are_those_of_the_help():
    _, help = run("serve", "--help")
    told = {tuple(line.split()[0:1]) + (variable,) for line in help.splitlines() if line.startswith("  --")
            for variable in [(re.search(r"\[(\w+)\]$", line) or [None, None])[1]]}
    table = (ROOT / "README.md").read_text().split("## Settings of `gatehouse serve`")[1].split("\n## ")[0]
    written = {(option, variable or None) for option, variable in re.findall(r"^\| `(--[a-z-]+)[^`]*` \| (?:`(\w+)`)? ?\|", table, re.M)}
    assert written == told
