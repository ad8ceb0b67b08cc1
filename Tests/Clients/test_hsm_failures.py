"""Defends a server whose HSM fails: taken away under load, answering with errors, lying, hanging. With SoftHSM behind a module
that obeys orders."""

import collections
import os
import pathlib
import threading
import time

import pytest
from botocore.exceptions import ClientError

from audit import records
from callers import Clients
from errors import refused
from fake_token import MODULE, FakeToken
from patience import PATIENCE, eventually
from server import ROOT_KEYS
from test_hsm import protection

pytestmark = pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")

UNAVAILABLE = "KMSInternalException"
# PKCS #11's names for them: device error, device removed, session handle invalid, user not logged in, general error.
DEVICE_ERROR, DEVICE_REMOVED, SESSION_INVALID, NOT_LOGGED_IN, GENERAL_ERROR = 48, 50, 179, 257, 5


class House:
    def __init__(self, folder, timeout):
        self.token, self.data = FakeToken(folder), folder / "data"
        self.options = self.token.options(timeout=timeout)
        self.start()

    def start(self):
        self.server = self.token.server(self.data, self.options)
        self.root = Clients(self.server, ROOT_KEYS)

    def is_available(self):
        return protection(self.server)["status"] == "available"


def opened(tmp_path, timeout):
    house = House(tmp_path, timeout)
    yield house
    house.token.tell()
    assert house.server.stop() == 0


@pytest.fixture
def house(tmp_path):
    """One whose HSM answers: however slow the machine, no call is given up."""
    yield from opened(tmp_path, 300)


@pytest.fixture
def hanging(tmp_path):
    """One whose HSM is waited for and given up."""
    yield from opened(tmp_path, 4)


class Load(threading.Thread):
    """A client that encrypts and decrypts until it is told to stop, and remembers what it was told."""

    def __init__(self, house, key, until):
        super().__init__()
        # A connection of its own.
        self.kms, self.key, self.until = Clients(house.server, ROOT_KEYS).kms, key, until
        self.sealed, self.opened, self.refusals = [], 0, collections.Counter()

    def run(self):
        count = 0
        while not self.until.is_set():
            count += 1
            text = b"%d of %d" % (count, self.ident)
            try:
                self.sealed.append((text, self.kms.encrypt(KeyId=self.key, Plaintext=text)["CiphertextBlob"]))
                known, blob = self.sealed[-1 - count % min(10, len(self.sealed))]
                assert self.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == known
                self.opened += 1
            except ClientError as error:
                self.refusals[error.response["Error"]["Code"]] += 1
                time.sleep(0.02)


def under_load(house, key, body, count=4):
    """Runs `body` beside clients; gives them when they have ended."""
    until = threading.Event()
    clients = [Load(house, key, until) for _ in range(count)]
    for one in clients:
        one.start()
    try:
        body(clients)
    finally:
        until.set()
        for one in clients:
            one.join(timeout=PATIENCE)
    assert not any(one.is_alive() for one in clients)
    return clients


def test_an_hsm_that_is_gone_and_comes_back_under_load(house):
    root, key = house.root, house.root.kms.create_key()["KeyMetadata"]["Arn"]
    away = house.token.tokens.with_name("away")

    def body(clients):
        done = lambda: sum(one.opened for one in clients)  # noqa: E731
        eventually(lambda: done() > 40)
        house.token.tell(f"* fail {DEVICE_REMOVED}")
        house.token.tokens.rename(away)
        house.token.tokens.mkdir()
        eventually(lambda: all(one.refusals for one in clients))
        assert not house.is_available()
        # What needs no device goes on.
        root.iam.create_user(UserName="in-the-dark")
        assert root.kms.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
        with refused(UNAVAILABLE, status=500):
            root.kms.create_key()
        # The module is well again; its token is still away.
        house.token.tell()
        time.sleep(0.5)
        with refused(UNAVAILABLE, status=500):
            root.kms.encrypt(KeyId=key, Plaintext=b"x")
        house.token.tokens.rmdir()
        away.rename(house.token.tokens)
        before = done()
        eventually(lambda: done() > before + 40)

    clients = under_load(house, key, body)
    assert house.is_available()
    # Only what is documented was told, and everything that was acknowledged is there.
    assert set().union(*(one.refusals for one in clients)) == {UNAVAILABLE}
    sealed = [pair for one in clients for pair in one.sealed]
    assert len(sealed) > 80
    for text, blob in sealed[::7]:
        assert root.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == text
    assert len([one for one in records(root, "Encrypt") if "errorCode" not in one]) == len(sealed)


@pytest.mark.parametrize("code", [DEVICE_ERROR, SESSION_INVALID, NOT_LOGGED_IN, GENERAL_ERROR])
def test_a_device_that_answers_with_errors(house, code):
    kms = house.root.kms
    key = kms.create_key()["KeyMetadata"]["Arn"]
    pair = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    calls = {
        "C_Encrypt": lambda: kms.encrypt(KeyId=key, Plaintext=b"x"),
        "C_Decrypt": lambda: kms.decrypt(CiphertextBlob=blob),
        "C_Sign": lambda: kms.sign(KeyId=pair, Message=b"x", SigningAlgorithm="ECDSA_SHA_256"),
        "C_GenerateRandom": lambda: kms.generate_random(NumberOfBytes=8),
        "C_WrapKey": lambda: kms.create_key(),
    }
    before = len(kms.list_keys()["Keys"])
    for function, call in calls.items():
        house.token.tell(f"{function} fail {code}")
        with refused(UNAVAILABLE, status=500):
            call()
        house.token.tell()
        call()
    assert len(kms.list_keys()["Keys"]) == before + 1
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


@pytest.mark.parametrize("length", [0, 3, 2**40, 2**64 - 1])
def test_a_device_that_lies_about_lengths(house, length):
    kms = house.root.kms
    key = kms.create_key()["KeyMetadata"]["Arn"]
    mac = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    pair = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    calls = [
        ("C_Encrypt", lambda: kms.encrypt(KeyId=key, Plaintext=b"x")),
        ("C_Decrypt", lambda: kms.decrypt(CiphertextBlob=blob)),
        ("C_Sign", lambda: kms.generate_mac(KeyId=mac, Message=b"x", MacAlgorithm="HMAC_SHA_256")),
        ("C_Sign", lambda: kms.sign(KeyId=pair, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")),
        ("C_WrapKey", lambda: kms.create_key()),
        ("C_GetAttributeValue", lambda: kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")),
    ]
    before = len(kms.list_keys()["Keys"])
    for function, call in calls:
        house.token.tell(f"{function} length {length}")
        with refused(UNAVAILABLE, status=500):
            call()
    house.token.tell()
    assert len(kms.list_keys()["Keys"]) == before
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_a_call_that_hangs_ends_in_time_and_keeps_nobody_else(hanging):
    house = hanging
    root, kms = house.root, house.root.kms
    key = kms.create_key()["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    house.token.tell("C_Encrypt hang")
    start = time.monotonic()
    with refused(UNAVAILABLE, status=500):
        kms.encrypt(KeyId=key, Plaintext=b"x")
    assert time.monotonic() - start < PATIENCE / 2
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    told = protection(house.server)
    assert told["status"] == "unavailable" and "did not answer" in told["reason"]
    # A loss of something else meanwhile is mended beside the call that hangs.
    house.token.tell("C_Encrypt hang", f"C_Decrypt fail {SESSION_INVALID}")
    with refused(UNAVAILABLE, status=500):
        kms.decrypt(CiphertextBlob=blob)
    house.token.tell("C_Encrypt hang")
    assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"
    house.token.tell()
    assert kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=key, Plaintext=b"y")["CiphertextBlob"])["Plaintext"] == b"y"
    eventually(house.is_available)
    assert [one["errorCode"] for one in records(root, "Encrypt") if "errorCode" in one] == [UNAVAILABLE]


def test_a_device_that_hangs_altogether_is_given_up_and_found_again(hanging):
    house = hanging
    root, kms = house.root, house.root.kms
    key = kms.create_key()["KeyMetadata"]["Arn"]

    def body(clients):
        eventually(lambda: sum(one.opened for one in clients) > 10)
        house.token.tell("* hang")
        eventually(lambda: all(one.refusals for one in clients))
        for number in range(3):
            start = time.monotonic()
            root.iam.create_user(UserName=f"user-{number}")
            with refused(UNAVAILABLE, status=500):
                kms.encrypt(KeyId=key, Plaintext=b"x")
            assert time.monotonic() - start < PATIENCE / 2
        assert device_threads(house.server.process.pid) <= 16
        house.token.tell()
        before = sum(one.opened for one in clients)
        eventually(lambda: sum(one.opened for one in clients) > before + 20)

    clients = under_load(house, key, body, count=8)
    assert set().union(*(one.refusals for one in clients)) == {UNAVAILABLE}
    eventually(house.is_available)
    for text, blob in [pair for one in clients for pair in one.sealed][::3]:
        assert kms.decrypt(CiphertextBlob=blob)["Plaintext"] == text


def device_threads(process):
    names = [name.read_text().strip() for name in pathlib.Path(f"/proc/{process}/task").glob("*/comm")]
    return names.count("hsm")


def test_a_server_whose_device_hangs_stops_and_starts_again(hanging):
    house = hanging
    kms = house.root.kms
    key = kms.create_key()["KeyMetadata"]["Arn"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    house.token.tell("* hang")
    for _ in range(3):
        with refused(UNAVAILABLE, status=500):
            kms.encrypt(KeyId=key, Plaintext=b"x")
    start = time.monotonic()
    assert house.server.stop() == 0
    assert time.monotonic() - start < PATIENCE / 2
    house.token.tell()
    house.start()
    assert house.root.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"x"


def test_commands_do_not_wait_for_ever_either(house):
    assert house.server.stop() == 0
    house.token.tell("* hang")
    for command in (["doctor"], ["rekey"], ["serve"]):
        start = time.monotonic()
        code, text = house.token.run(*command, "--data", str(house.data), *house.token.options(timeout=1))
        assert code != 0 and "did not answer within 3 seconds" in text and "--hsm-timeout" in text
        assert time.monotonic() - start < PATIENCE / 2
    house.token.tell()
    house.start()
