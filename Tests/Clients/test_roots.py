"""Defends the change of a folder's root: keys of KMS come along, also where it is killed, and while the server runs."""

import hashlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from audit import records
from callers import Clients
from people import allow
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server, binary
from signed import call
from test_hsm import MODULE, Token, protection
from test_kms_import import bring
from test_kms_rotation import eventually

needs_hsm = pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")
TEXT = b"what must not be lost"


class Estate:
    """Keys of every kind, and what was made with them."""

    def __init__(self, server, plain=30):
        self.clients = clients = Clients(server, ROOT_KEYS)
        kms = clients.kms
        make = lambda **more: kms.create_key(**more)["KeyMetadata"]["KeyId"]  # noqa: E731
        self.texts = []
        for _ in range(plain):
            self._encrypt(make())
        turned = make()
        self._encrypt(turned)
        kms.rotate_key_on_demand(KeyId=turned)
        self._encrypt(turned)
        self.material = os.urandom(32)
        self.imported = make(Origin="EXTERNAL")
        bring(clients, self.imported, self.material)
        self._encrypt(self.imported)
        self.hmac = make(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        self.mac = self._mac(clients)
        self.rsa = make(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
        self.rsa_text = kms.encrypt(KeyId=self.rsa, Plaintext=TEXT, EncryptionAlgorithm="RSAES_OAEP_SHA_256")[
            "CiphertextBlob"]
        self.signers = {
            make(KeySpec=spec, KeyUsage="SIGN_VERIFY"): algorithm
            for spec, algorithm in [("ECC_NIST_P256", "ECDSA_SHA_256"), ("RSA_2048", "RSASSA_PSS_SHA_256")]}
        # Materials, two of the one that was rotated, and the key by which imported material is known again.
        self.count = plain + 2 + 2 + 4

    def _encrypt(self, key):
        self.texts.append((key, self.clients.kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]))

    def _mac(self, clients):
        return clients.kms.generate_mac(KeyId=self.hmac, Message=TEXT, MacAlgorithm="HMAC_SHA_256")["Mac"]

    def check(self, server):
        """All of it opens, and the same keys go on."""
        clients = Clients(server, ROOT_KEYS)
        kms = clients.kms
        for key, text in self.texts:
            assert kms.decrypt(CiphertextBlob=text)["Plaintext"] == TEXT
            again = kms.encrypt(KeyId=key, Plaintext=TEXT)["CiphertextBlob"]
            assert kms.decrypt(CiphertextBlob=again)["Plaintext"] == TEXT
        assert self._mac(clients) == self.mac
        opened = kms.decrypt(KeyId=self.rsa, CiphertextBlob=self.rsa_text, EncryptionAlgorithm="RSAES_OAEP_SHA_256")
        assert opened["Plaintext"] == TEXT
        for key, algorithm in self.signers.items():
            signature = kms.sign(KeyId=key, Message=TEXT, SigningAlgorithm=algorithm)["Signature"]
            assert kms.verify(KeyId=key, Message=TEXT, SigningAlgorithm=algorithm, Signature=signature)["SignatureValid"]
        # The digest still knows the material: the same comes in, another does not.
        bring(clients, self.imported, self.material)
        with pytest.raises(kms.exceptions.IncorrectKeyMaterialException):
            bring(clients, self.imported, os.urandom(32))


def starts(folder):
    """The first nine bytes of all wrapped keys: the version, and the tag of the root they are under."""
    with sqlite3.connect(f"file:{folder / 'gatehouse.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT wrapped, digest_key FROM kms_material").fetchall()
    return {bytes(key[:9]) for row in rows for key in row if key is not None}


def killed(token, line, words):
    """Starts gatehouse and kills it when it prints a line that begins so. True where it was killed before its end."""
    process = subprocess.Popen(
        [binary(), *words], env=token.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for printed in process.stdout:
        if printed.strip().startswith(line):
            process.kill()
            break
    process.stdout.close()
    return process.wait(timeout=60) == -signal.SIGKILL


def run(*words):
    done = subprocess.run([binary(), *words], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


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

    # The former root is destroyed in the token: the folder as it was does not open any more.
    now = (folder / "root").read_bytes()
    (folder / "root").write_bytes(before)
    status, told = token.run("serve", "--data", str(folder), "--listen", "127.0.0.1:0", *token.options())
    assert status == 1 and "does not hold the root keys of this data folder" in told, told
    (folder / "root").write_bytes(now)

    # Out of the HSM nothing goes.
    back = tmp_path / "back.key"
    status, told = token.run("rekey", "--data", str(folder), *token.options(), "--new-key-file", str(back))
    assert status == 1 and "they never leave it" in told and "Nothing was changed" in told, told
    assert (folder / "root").read_bytes() == now and not back.exists()


@needs_hsm
def test_a_key_that_the_hsm_does_not_take_keeps_everything_as_it_is(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    kms = Clients(server, ROOT_KEYS).kms
    # SoftHSM makes such keys, and does not wrap them.
    key = kms.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    server.stop()
    before = ((folder / "root").read_bytes(), starts(folder))
    status, told = token.run("rekey", "--data", str(folder), *token.options("new-"))
    if status == 0:
        pytest.skip("this SoftHSM takes keys of secp256k1")
    assert "Nothing was changed" in told, told
    assert ((folder / "root").read_bytes(), starts(folder)) == before
    server = token.server(folder, [])
    Clients(server, ROOT_KEYS).kms.sign(KeyId=key, Message=TEXT, SigningAlgorithm="ECDSA_SHA_256")
    server.stop()


@needs_hsm
@pytest.mark.parametrize("line", ["from", "to", "keys", "20 of", "40 of", "done"])
@pytest.mark.parametrize("goes_on", ["command", "server"])
def test_killed_on_the_way_into_the_hsm_it_goes_on(tmp_path, token, line, goes_on):
    folder = tmp_path / "data"
    server = token.server(folder, [])
    estate = Estate(server, plain=40)
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
        eventually(lambda: protection(server).get("rotation", {"status": "finished"})["status"] == "finished", 60)
    estate.check(server)
    server.stop()
    assert len(starts(folder)) == 1 and {start[0] for start in starts(folder)} == {3}
    assert b"former/" not in (folder / "root").read_bytes()


@needs_hsm
def test_killed_at_any_moment_between_two_roots_of_the_hsm_it_goes_on(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    estate = Estate(server, plain=40)
    server.stop()
    words = [binary(), "rekey", "--data", str(folder), *token.options()]
    for delay in [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6]:
        process = subprocess.Popen(words, env=token.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait(timeout=60)
    status, told = token.run(*words[1:])
    assert status == 0, told
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()
    assert len(starts(folder)) == 1


class Traffic:
    """Encrypts, decrypts and makes keys, until it is stopped; keeps what went wrong."""

    def __init__(self, server, estate):
        self.failures, self.count, self.made, self._stops = [], 0, [], threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(server, estate, number)) for number in range(2)]
        for thread in self.threads:
            thread.start()

    def _work(self, server, estate, number):
        kms = Clients(server, ROOT_KEYS).kms
        while not self._stops.is_set():
            try:
                key, text = estate.texts[(self.count * 7 + number) % len(estate.texts)]
                assert kms.decrypt(CiphertextBlob=text)["Plaintext"] == TEXT
                kms.encrypt(KeyId=key, Plaintext=TEXT)
                if self.count % 10 == 0:
                    made = kms.create_key()["KeyMetadata"]["KeyId"]
                    self.made.append((made, kms.encrypt(KeyId=made, Plaintext=TEXT)["CiphertextBlob"]))
                self.count += 1
            except Exception as error:  # noqa: BLE001
                self.failures.append(error)

    def stop(self):
        self._stops.set()
        for thread in self.threads:
            thread.join()


def place(tmp_path, kind):
    """How a server is started, and the environment and options of its commands."""
    if kind == "hsm":
        token = Token(tmp_path)
        return token, lambda folder: token.server(folder, token.options()), token.environment
    return None, Server, {"PATH": os.environ["PATH"]}


KINDS = ["software", pytest.param("hsm", marks=needs_hsm)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_running_server_changes_its_root(tmp_path, kind):
    folder = tmp_path / "data"
    _, start, environment = place(tmp_path, kind)
    server = start(folder)
    estate = Estate(server, plain=40)
    assert "rotation" not in protection(server)
    before, root = starts(folder), (folder / "root").read_bytes()
    traffic = Traffic(server, estate)
    done = subprocess.run(
        [binary(), "rekey", "--online", "--endpoint", server.url],
        env=environment | {"AWS_ACCESS_KEY_ID": ROOT_KEYS.id, "AWS_SECRET_ACCESS_KEY": ROOT_KEYS.secret},
        capture_output=True, text=True, timeout=120)
    traffic.stop()
    assert done.returncode == 0 and "nothing is under the former root" in done.stdout, done.stdout + done.stderr
    assert traffic.failures == [] and traffic.count > 20, traffic.failures[:3]
    told = protection(server)["rotation"]
    assert told["status"] == "finished" and told["done"] == told["keys"] == estate.count + len(traffic.made)
    estate.texts += traffic.made
    estate.check(server)
    now = starts(folder)
    assert len(now) == 1 and not now & before
    text = (folder / "root").read_bytes()
    assert text != root and b"former/" not in text
    record = records(Clients(server, ROOT_KEYS), "RotateRootKey")[0]
    assert (record["eventSource"], record["readOnly"]) == ("gatehouse.local", False)
    assert record["userIdentity"]["type"] == "Root"
    server.stop()
    server = start(folder)
    estate.check(server)
    # And once more, which is another one.
    assert rotate(server).status == 202
    eventually(lambda: protection(server)["rotation"]["status"] == "finished", 60)
    assert not starts(folder) & now
    estate.check(server)
    server.stop()


def rotate(server, keys=ROOT_KEYS):
    return call(server, keys, b"", service="gatehouse", target="/_gatehouse/kms/rotate-root", headers={})


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_killed_while_it_changes_its_root_goes_on(tmp_path, kind):
    folder = tmp_path / "data"
    _, start, _ = place(tmp_path, kind)
    server = start(folder)
    estate = Estate(server, plain=40)
    before = starts(folder)
    assert rotate(server).status == 202
    told = []
    for delay in [0, 0.05, 0.2, 0.5, 1.5, 3.5]:
        time.sleep(delay)
        server.kill()
        server = start(folder)
        told.append(protection(server).get("rotation"))
        estate.check(server)
    assert told[0] and told[0]["status"] == "running", told
    eventually(lambda: protection(server).get("rotation", {"status": "finished"})["status"] == "finished", 60)
    now = starts(folder)
    assert len(now) == 1 and not now & before
    assert b"former/" not in (folder / "root").read_bytes()
    estate.check(server)
    server.stop()


def test_the_root_is_changed_by_who_may(tmp_path):
    server = Server(tmp_path / "data")
    root = Clients(server, ROOT_KEYS)
    before = (tmp_path / "data/root").read_bytes()
    root.iam.create_user(UserName="alice")
    alice = Keys.of(root.iam.create_access_key(UserName="alice"))
    denied = rotate(server, alice)
    assert denied.status == 403 and "gatehouse:RotateRootKey" in denied.text, denied.text
    record = records(root, "RotateRootKey")[0]
    assert record["errorCode"] == "AccessDenied" and record["readOnly"] is False
    root.iam.put_user_policy(
        UserName="alice", PolicyName="may", PolicyDocument=allow("gatehouse:RotateRootKey"))
    get = call(
        server, ROOT_KEYS, b"", service="gatehouse", method="GET", target="/_gatehouse/kms/rotate-root", headers={})
    assert get.status == 405
    other = rotate(server, OTHER_ROOT_KEYS)
    assert other.status == 403 and "first account" in other.text, other.text
    assert (tmp_path / "data/root").read_bytes() == before
    assert rotate(server, alice).status == 202
    assert (tmp_path / "data/root").read_bytes() != before
    server.stop()


def test_a_server_in_memory_has_no_root_to_change():
    server = Server()
    answer = rotate(server)
    assert answer.status == 409 and "keeps nothing" in answer.text, answer.text
    server.stop()


def test_an_offline_change_takes_no_folder_from_a_server(tmp_path):
    server = Server(tmp_path / "data")
    status, told = run("rekey", "--data", str(tmp_path / "data"))
    assert status == 1 and "another" in told, told
    server.stop()
    for words, message in [(["--online", "--new-key-file", "x"], "--online keeps the protection"),
                           (["--endpoint", "http://127.0.0.1:1"], "--endpoint goes with --online")]:
        status, told = run("rekey", "--data", str(tmp_path / "data"), *words)
        assert status == 1 and message in told, told


def refused_start(environment, folder, *options):
    """The start ends with a message, serves nobody, and changes nothing."""
    held = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir() if path.is_file()}
    done = subprocess.run(
        [binary(), "serve", "--data", str(folder), "--listen", "127.0.0.1:0", *options], env=environment,
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "ready" not in done.stdout, done.stdout
    now = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir() if path.is_file()}
    assert "root" not in now or now["root"] == held["root"]
    assert now["gatehouse.db"] == held["gatehouse.db"]
    return done.stdout + done.stderr


def test_a_copy_of_the_folder_is_useless_without_its_root(tmp_path):
    folder, copy = tmp_path / "data", tmp_path / "copy"
    server = Server(folder)
    estate = Estate(server, plain=2)
    server.stop()
    environment = {"PATH": os.environ["PATH"]}
    shutil.copytree(folder, copy)
    # With the key file, without the root.
    shutil.copy(f"{folder}.key", f"{copy}.key")
    (copy / "root").unlink()
    assert "its root key" in (told := refused_start(environment, copy)) and "missing. Restore it." in told, told
    assert not (copy / "root").exists()
    # With the root, without the key file.
    shutil.copy(folder / "root", copy / "root")
    pathlib.Path(f"{copy}.key").unlink()
    assert "is missing. Without it the data cannot be opened" in (told := refused_start(environment, copy)), told
    assert not os.path.exists(f"{copy}.key")
    # With the root of another folder.
    other = Server(tmp_path / "other")
    other.stop()
    shutil.copy(tmp_path / "other/root", copy / "root")
    shutil.copy(tmp_path / "other.key", f"{copy}.key")
    server = None
    try:
        server = Server(copy)
    except RuntimeError:
        pass
    if server:
        # It starts only if nothing that is read at the start was sealed; no key may be of use then.
        kms = Clients(server, ROOT_KEYS).kms
        for _, text in estate.texts:
            with pytest.raises(Exception):
                kms.decrypt(CiphertextBlob=text)
        server.kill()
        pytest.fail("a folder started under a root that is not its own")
    # With both: a whole backup.
    shutil.copy(folder / "root", copy / "root")
    shutil.copy(f"{folder}.key", f"{copy}.key")
    server = Server(copy)
    estate.check(server)
    server.stop()


@needs_hsm
def test_a_copy_of_the_folder_is_useless_with_another_token(tmp_path, token):
    folder = tmp_path / "data"
    server = token.server(folder, token.options())
    estate = Estate(server, plain=2)
    server.stop()
    (tmp_path / "elsewhere").mkdir()
    other = Token(tmp_path / "elsewhere")
    told = refused_start(other.environment, folder, *other.options())
    assert "does not hold the root keys of this data folder" in told, told
    environment = {"PATH": os.environ["PATH"]}
    told = refused_start(environment, folder)
    assert "held by an HSM, not by a key file" in told, told
    (folder / "root").rename(tmp_path / "kept")
    told = refused_start(token.environment, folder, *token.options())
    assert "missing. Restore it." in told, told
    (tmp_path / "kept").rename(folder / "root")
    server = token.server(folder, token.options())
    estate.check(server)
    server.stop()


def test_keys_are_in_locked_memory_and_no_core_is_dumped(tmp_path):
    server = Server(tmp_path / "data")
    Estate(server, plain=2)
    process = pathlib.Path("/proc") / str(server.process.pid)
    limits = {line[:26].strip(): line[26:].split() for line in (process / "limits").read_text().splitlines()[1:]}
    assert limits["Max core file size"][:2] == ["0", "0"]
    # The arena of OpenSSL's that keys lie in: locked, and left out of dumps.
    areas, flags = [], []
    for line in (process / "smaps").read_text().splitlines():
        words = line.split()
        if words[0].endswith(":"):
            if words[0] == "VmFlags:":
                flags.append(set(words[1:]))
        else:
            areas.append(words[0])
    arena = [area for area, found in zip(areas, flags) if {"lo", "dd"} <= found]
    sizes = [int(end, 16) - int(begin, 16) for begin, end in (area.split("-") for area in arena)]
    assert max(sizes, default=0) >= 4 << 20, (arena, flags)
    server.stop()
