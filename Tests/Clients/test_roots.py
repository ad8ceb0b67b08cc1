"""Defends the change of a folder's root with the server stopped: keys of KMS come along, also where it is killed."""

import subprocess
import time

import pytest

from callers import Clients
from patience import PATIENCE, eventually
from roots import TEXT, Estate, drill, killed, needs_hsm, run, starts
from server import ROOT_KEYS, Server, binary
from test_hsm import Token, protection


@pytest.fixture
def token(tmp_path):
    return Token(tmp_path)


@needs_hsm
def test_keys_of_kms_move_into_the_hsm_and_on_to_another_root_in_it(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    estate = Estate(server)
    assert all(text[0] == 2 for _, text in estate.texts)
    server.stop()
    software = starts(folder)
    assert {start[0] for start in software} == {4}

    status, told = token.run("rekey", "--data", str(folder), *token.options("new-"))
    assert status == 0 and f"{estate.count} keys of KMS under the new root" in told, told
    first = starts(folder)
    assert len(first) == 1 and {start[0] for start in first} == {3}
    server = token.server(folder, token.options())
    estate.check(server)
    kms = Clients(server, ROOT_KEYS).kms
    # What came along has a key for each text as before; what the device makes encrypts inside it.
    assert kms.encrypt(KeyId=estate.texts[0][0], Plaintext=TEXT)["CiphertextBlob"][0] == 2
    made = kms.create_key()["KeyMetadata"]["KeyId"]
    estate.texts.append((made, kms.encrypt(KeyId=made, Plaintext=TEXT)["CiphertextBlob"]))
    assert estate.texts[-1][1][0] == 1
    kms.rotate_key_on_demand(KeyId=estate.texts[0][0])
    assert kms.encrypt(KeyId=estate.texts[0][0], Plaintext=TEXT)["CiphertextBlob"][0] == 1
    server.stop()

    before = (folder / "root").read_bytes()
    status, told = token.run("rekey", "--data", str(folder), *token.options())
    assert status == 0, told
    second = starts(folder)
    assert len(second) == 1 and second != first
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()
    assert b"former/" not in (folder / "root").read_bytes()

    # The former root stays in the token until somebody says so.
    former, present = before.split(b"\n")[2].decode(), (folder / "root").read_bytes().split(b"\n")[2].decode()
    assert f"gatehouse {former} wrap" in told, told
    command = ["gatehouse rekey --data", str(folder), *token.options(), "--destroy-former", former]
    assert " ".join(command) in told, told
    now = (folder / "root").read_bytes()
    serve = ["serve", "--data", str(folder), "--listen", "127.0.0.1:0", *token.options()]
    (folder / "root").write_bytes(before)
    status, told = token.run(*serve)
    assert status == 1 and "keys of KMS in this data are under another one" in told, told
    (folder / "root").write_bytes(now)
    destroy = ["rekey", "--data", str(folder), *token.options(), "--destroy-former"]
    for id, message in [(present, "is the present root"), ("00" * 16, "holds no root"), ("x", "32 hexadecimal digits")]:
        status, told = token.run(*destroy, id)
        assert status == 1 and message in told, told
    status, told = token.run(*destroy, former)
    assert status == 0 and "never open again" in told, told
    (folder / "root").write_bytes(before)
    status, told = token.run(*serve)
    assert status == 1 and "does not hold the root keys of this data folder" in told, told
    (folder / "root").write_bytes(now)
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()

    # Out of the HSM nothing goes.
    back = tmp_path / "back.key"
    status, told = token.run("rekey", "--data", str(folder), *token.options(), "--new-key-file", str(back))
    assert status == 1 and "such keys never leave it" in told and "Nothing was changed" in told, told
    assert (folder / "root").read_bytes() == now and not back.exists()


@needs_hsm
def test_a_key_that_the_hsm_does_not_take_keeps_everything_as_it_is(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    kms = Clients(server, ROOT_KEYS).kms
    # SoftHSM makes such keys, and does not wrap them.
    key = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    server.stop()
    before = ((folder / "root").read_bytes(), starts(folder))
    status, told = token.run("rekey", "--data", str(folder), *token.options("new-"))
    if status == 0:
        pytest.skip("this SoftHSM takes keys of Ed25519")
    assert "Nothing was changed" in told, told
    assert ((folder / "root").read_bytes(), starts(folder)) == before
    server = token.server(folder, [])
    Clients(server, ROOT_KEYS).kms.sign(KeyId=key, Message=TEXT, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512")
    server.stop()


@needs_hsm
@pytest.mark.parametrize("line, goes_on", [
    ("keys", "command"), ("20 of", "server"),
    *(pytest.param(line, goes_on, marks=drill) for line, goes_on in [
        ("from", "command"), ("to", "command"), ("20 of", "command"), ("done", "command"),
        ("from", "server"), ("to", "server"), ("keys", "server"), ("done", "server")])])
def test_killed_on_the_way_into_the_hsm_it_goes_on(tmp_path, token, line, goes_on):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    estate = Estate(server, plain=24)
    server.stop()
    words = ["rekey", "--data", str(folder), *token.options("new-")]
    # Where the machine is busy, a late line may be read when all is done.
    assert killed(token, line, words) or line not in ("from", "to")
    moved = (folder / "root").read_text().split("\n")[1] == "hsm"
    if goes_on == "command" or not moved:
        status, told = token.run(*words)
        if status != 0:
            # It had come to its end: there is nothing to go on with.
            assert "held by an HSM, not by a key file" in told, told
        server = token.server(folder, token.options())
        assert protection(server).get("rotation") is None
    else:
        # At once everything opens, what was taken over and what was not.
        server = token.server(folder, token.options())
        estate.check(server)
        eventually(lambda: protection(server).get("rotation", {"status": "finished"})["status"] == "finished")
    estate.check(server)
    server.stop()
    assert len(starts(folder)) == 1 and {start[0] for start in starts(folder)} == {3}
    assert b"former/" not in (folder / "root").read_bytes()


@needs_hsm
@pytest.mark.parametrize("line", [None, pytest.param("keys", marks=drill), pytest.param("20 of", marks=drill)])
def test_keys_of_kms_move_from_one_hsm_to_another(tmp_path, token, line):
    folder = tmp_path / "data"
    token.add("other")
    server = token.server(folder, token.options())
    estate = Estate(server, plain=24)
    server.stop()
    words = ["rekey", "--data", str(folder), *token.options(), *token.options("new-", "other")]
    if line and killed(token, line, words):
        # A server has one HSM, and does not start in between.
        for label in ["keys", "other"]:
            status, told = token.run(
                "serve", "--data", str(folder), "--listen", "127.0.0.1:0", *token.options(label=label))
            assert status == 1 and ("does not hold the root keys" in told or "Run it again" in told), told
    if b"former/" in (folder / "root").read_bytes() or not line:
        status, told = token.run(*words)
        assert status == 0, told
    server = token.server(folder, token.options(label="other"))
    assert protection(server)["token"] == "other"
    estate.check(server)
    server.stop()
    assert len(starts(folder)) == 1 and b"former/" not in (folder / "root").read_bytes()


@needs_hsm
def test_killed_at_any_moment_between_two_roots_of_the_hsm_it_goes_on(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    estate = Estate(server, plain=24)
    server.stop()
    words = [binary(), "rekey", "--data", str(folder), *token.options()]
    for delay in [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]:
        process = subprocess.Popen(words, env=token.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait(timeout=PATIENCE)
        token.mend()
    status, told = token.run(*words[1:])
    assert status == 0, told
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()
    assert len(starts(folder)) == 1


def test_an_offline_change_takes_no_folder_from_a_server(tmp_path):
    server = Server(tmp_path / "data")
    status, told = run("rekey", "--data", str(tmp_path / "data"))
    assert status == 1 and "another" in told, told
    server.stop()
    for words, message in [(["--online", "--new-key-file", "x"], "--online keeps the protection"),
                           (["--online", "--destroy-former", "0" * 32], "for a stopped server"),
                           (["--endpoint", "http://127.0.0.1:1"], "--endpoint goes with --online")]:
        status, told = run("rekey", "--data", str(tmp_path / "data"), *words)
        assert status == 1 and message in told, told
