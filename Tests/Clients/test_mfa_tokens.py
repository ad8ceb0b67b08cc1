"""Hardware tokens: the operator's file, and the user who enables one by its number (M129)."""

import subprocess

import pytest
from authenticator import code, now, pair, within_a_step
from callers import Clients, CommandLine
from errors import refused
from patience import PATIENCE
from people import People
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server, binary

HEX, BASE32 = "3132333435363738393031323334353637383930", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DP"
IN_BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
TOKENS = f"# number, seed\nGAHT12345678, {HEX}\n\nGAHT99999999,{BASE32}\r\nGAHT55555555,hex:{HEX}\n"


@pytest.fixture
def tokens(tmp_path):
    file = tmp_path / "tokens.csv"
    file.write_text(TOKENS)
    server = Server(options=["--mfa-tokens", str(file)])
    yield server
    assert server.stop() == 0


def test_a_token_is_enabled_by_its_number(tokens, tmp_path):
    root = Clients(tokens, ROOT_KEYS)
    ann = People(tokens, root).user("ann")
    aws = CommandLine(tokens, tmp_path)
    time = within_a_step(tokens)
    aws("iam", "enable-mfa-device", "--user-name", "ann", "--serial-number", "GAHT12345678",
        "--authentication-code1", code(IN_BASE32, time, -2), "--authentication-code2", code(IN_BASE32, time, -1))
    (device,) = root.iam.list_mfa_devices(UserName="ann")["MFADevices"]
    assert device["SerialNumber"] == "GAHT12345678"
    assert root.iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    summary = root.iam.get_account_summary()["SummaryMap"]
    assert (summary["MFADevices"], summary["MFADevicesInUse"]) == (1, 1)
    session = Clients(tokens, Keys.of(ann.sts.get_session_token(
        SerialNumber="GAHT12345678", TokenCode=code(IN_BASE32, now(tokens)))))
    assert session.sts.get_caller_identity()["Arn"].endswith(":user/ann")


def test_one_user_a_token(tokens):
    root, other = Clients(tokens, ROOT_KEYS), Clients(tokens, OTHER_ROOT_KEYS)
    for clients in (root, other):
        for name in ("ann", "ben"):
            clients.iam.create_user(UserName=name)
    root.iam.enable_mfa_device(UserName="ann", SerialNumber="GAHT99999999", **pair(BASE32, tokens, -2))
    with refused("EntityAlreadyExists", "MFA Device is already in use."):
        root.iam.enable_mfa_device(UserName="ben", SerialNumber="GAHT99999999", **pair(BASE32, tokens, 0))
    # Another account does not learn that it is in use, nor by whom.
    with refused("NoSuchEntity"):
        other.iam.enable_mfa_device(UserName="ben", SerialNumber="GAHT99999999", **pair(BASE32, tokens, 0))
    with refused("NoSuchEntity"):
        root.iam.deactivate_mfa_device(UserName="ben", SerialNumber="GAHT99999999")
    with refused("NoSuchEntity", "MFA Device with serial number GAHT99999999 does not exist."):
        root.iam.delete_virtual_mfa_device(SerialNumber="GAHT99999999")
    root.iam.deactivate_mfa_device(UserName="ann", SerialNumber="GAHT99999999")
    # Whoever has it next cannot use what was used.
    with refused("InvalidAuthenticationCode"):
        other.iam.enable_mfa_device(UserName="ben", SerialNumber="GAHT99999999", **pair(BASE32, tokens, -2))
    other.iam.enable_mfa_device(UserName="ben", SerialNumber="GAHT99999999", **pair(BASE32, tokens, 0))
    with refused("NoSuchEntity"):
        root.iam.enable_mfa_device(UserName="ann", SerialNumber="GAHT77777777", **pair(BASE32, tokens, -2))


def test_the_file_is_needed_once(tmp_path):
    file = tmp_path / "tokens.csv"
    file.write_text(TOKENS)
    server = Server(tmp_path / "data", options=["--mfa-tokens", str(file)])
    root = Clients(server, ROOT_KEYS)
    root.iam.create_user(UserName="ann")
    root.iam.enable_mfa_device(UserName="ann", SerialNumber="GAHT12345678", **pair(IN_BASE32, server, -2))
    assert server.stop() == 0
    # A file with another seed for a token that is there changes nothing.
    file.write_text(f"GAHT12345678,{BASE32}\n")
    for options in ([], ["--mfa-tokens", str(file)]):
        server = Server(tmp_path / "data", options=options)
        root = Clients(server, ROOT_KEYS)
        (device,) = root.iam.list_mfa_devices(UserName="ann")["MFADevices"]
        assert device["SerialNumber"] == "GAHT12345678"
        assert server.stop() == 0
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            assert bytes.fromhex(HEX) not in path.read_bytes() and HEX.encode() not in path.read_bytes()


@pytest.mark.parametrize("line, reason", [
    ("GAHT12345678", "a line is NUMBER,SEED"), (f"short,{HEX}", "a number has 9 to 256"),
    (f"arn:aws:iam::123456789012:mfa/x,{HEX}", "a number has 9 to 256"), ("GAHT12345678,ABCDEF23", "at least 16 bytes"),
    (f"GAHT12345678,{HEX}\nGAHT12345678,{HEX}", "line 2: the number is there twice"),
    ("GAHT12345678,ABCDEF2345ABCDEF2345ABCDEF2345ABCDEF2345", "can be read in two ways"),
])
def test_a_file_that_is_wrong_stops_the_start(tmp_path, line, reason):
    file = tmp_path / "tokens.csv"
    file.write_text(line + "\n")
    done = subprocess.run(
        [binary(), "serve", "--memory", "--listen", "127.0.0.1:0", "--mfa-tokens", str(file)],
        env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1 and reason in done.stderr
    assert HEX not in done.stderr and "ABCDEF2345" not in done.stderr
