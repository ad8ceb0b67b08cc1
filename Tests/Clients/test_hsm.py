"""Defends the root in an HSM: a folder under a token, its way there and back, and what is said about it. With SoftHSM."""

import json
import os

import pytest

from boxes import put, read
from callers import Clients
from errors import refused
from fake_token import MODULE, Token
from server import ROOT_KEYS, Keys
from signed import call

pytestmark = pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")


@pytest.fixture
def token(tmp_path):
    return Token(tmp_path)


def protection(server):
    answer = call(
        server, ROOT_KEYS, b"", service="gatehouse", method="GET", target="/_gatehouse/kms/protection", headers={})
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def test_no_copy_of_the_data_holds_the_pin(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    server.stop()
    inside = folder / "pin"
    inside.write_text(token.digits + "\n")
    inside.chmod(0o600)
    options = [str(inside) if word == str(token.pin) else word for word in token.options()]
    status, text = token.run("serve", "--data", str(folder), "--listen", "127.0.0.1:0", *options)
    assert status == 1 and f"The PIN file {inside} lies inside the data folder" in text, text


def test_a_folder_moves_into_the_hsm_and_back(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    told = protection(server)
    assert told.pop("memory")["overflows"] == 0
    assert told == {"root": "software", "status": "available", "validation": "none claimed"}
    made = Clients(server, ROOT_KEYS).iam.create_user(UserName="alice")
    keys = Clients(server, ROOT_KEYS).iam.create_access_key(UserName="alice")["AccessKey"]
    server.stop()

    status, text = token.run("rekey", "--data", str(folder), *token.options("new-"))
    assert status == 0 and "keys sealed anew" in text, text
    status, text = token.run("serve", "--data", str(folder), "--listen", "127.0.0.1:0")
    assert status == 1 and "held by an HSM, not by a key file: give --hsm-module FILE" in text
    status, text = token.run("doctor", "--data", str(folder))
    assert status == 1 and "give --hsm-module FILE" in text and "MEND  key file" not in text, text

    server = token.server(folder, token.options())
    told = protection(server)
    assert (told["root"], told["token"], told["module"]) == ("hsm", "keys", MODULE)
    assert told["manufacturer"] == "SoftHSM project" and told["validation"] == "none claimed"
    # The secret that was sealed before the move still signs.
    alice = Clients(server, Keys(keys["AccessKeyId"], keys["SecretAccessKey"])).sts.get_caller_identity()
    assert alice["Arn"] == made["User"]["Arn"]
    server.stop()

    status, text = token.run("doctor", "--data", str(folder), *token.options())
    assert status == 0 and 'token "keys" of SoftHSM project' in text and "validation: none claimed" in text, text
    back = str(tmp_path / "back.key")
    status, text = token.run("rekey", "--data", str(folder), *token.options(), "--new-key-file", back)
    assert status == 0, text
    server = token.server(folder, ["--key-file", back])
    assert protection(server)["root"] == "software"
    server.stop()


def test_a_root_stays_where_keys_of_kms_would_be_lost(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    kms = Clients(server, ROOT_KEYS).kms
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    text = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    server.stop()
    before = (folder / "root").read_bytes()
    back = str(tmp_path / "back.key")
    status, told = token.run("rekey", "--data", str(folder), *token.options(), "--new-key-file", back)
    assert status == 1 and "could not be used under the new root (1)" in told, told
    assert (folder / "root").read_bytes() == before and not os.path.exists(back)
    server = token.server(folder, token.options())
    assert Clients(server, ROOT_KEYS).kms.decrypt(CiphertextBlob=text)["Plaintext"] == b"text"
    server.stop()


@pytest.mark.parametrize("options, message", [
    (["--hsm-token", "keys"], "go with --hsm-module FILE"),
    (["--hsm-module", MODULE], "goes with one of --hsm-token LABEL and --hsm-slot N"),
    (["--hsm-module", MODULE, "--hsm-token", "keys", "--hsm-slot", "1"], "goes with one of"),
    (["--hsm-module", MODULE, "--hsm-token", "keys"], "goes with --hsm-pin-file FILE"),
    (["--hsm-module", MODULE, "--hsm-slot", "one", "--hsm-pin-file", "pin"], "it is a number"),
    (["--hsm-module", MODULE, "--hsm-token", "keys", "--hsm-pin-file", "pin", "--key-file", "k"], "excludes --key-file"),
    (["--hsm-module", MODULE, "--hsm-token", "keys", "--hsm-pin-file", "pin", "--memory"], "leave out --hsm-module"),
    (["--hsm-module", MODULE, "--hsm-slot", "1", "--hsm-pin-file", "pin", "--hsm-timeout", "0"], "it is 1 to 600 seconds"),
    (["--hsm-timeout", "5"], "go with --hsm-module FILE"),
    (["--require-fips"], "FIPS provider does not load"),
])
def test_settings_that_do_not_fit_stop_the_start(tmp_path, token, options, message):
    status, text = token.run("serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", *options)
    assert status == 1 and message in text, text


def test_a_token_or_a_pin_that_is_not_there_stops_the_start(tmp_path, token):
    start = ["serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--hsm-module", MODULE]
    status, text = token.run(*start, "--hsm-token", "nobody", "--hsm-pin-file", str(token.pin))
    assert status == 1 and 'It has "keys" in slot' in text, text
    token.pin.chmod(0o644)
    status, text = token.run(*start, "--hsm-token", "keys", "--hsm-pin-file", str(token.pin))
    assert status == 1 and "chmod 600" in text, text
    token.pin.write_text("1111\n")
    token.pin.chmod(0o600)
    status, text = token.run(*start, "--hsm-token", "keys", "--hsm-pin-file", str(token.pin))
    assert status == 1 and "does not take the PIN" in text, text


def test_objects_under_a_key_in_the_hsm(tmp_path, token):
    server = token.server(tmp_path / "data", token.options())
    try:
        root = Clients(server, ROOT_KEYS)
        root.s3.create_bucket(Bucket="box")
        key = root.kms.create_key()["KeyMetadata"]["Arn"]
        body = bytes(range(256)) * 400
        for method in ("aws:kms", "aws:kms:dsse"):
            put(root, body=body, ServerSideEncryption=method, SSEKMSKeyId=key)
            assert read(root) == body and read(root, Range="bytes=70000-70009") == body[70000:70010]
        root.kms.disable_key(KeyId=key)
        with refused("KMS.DisabledException"):
            read(root)
    finally:
        server.stop()
