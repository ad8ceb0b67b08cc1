"""Defends custom key stores, from the first to the last call: on a server with an HSM, with real passwords."""

import json
import os
import sqlite3

import pytest

from audit import records
from errors import refused
from fake_token import MODULE
from key_stores import PIN, StoreHouse, anchor
from patience import eventually
from test_hsm import protection

pytestmark = pytest.mark.skipif(not os.path.exists(MODULE), reason="softhsm2 is not installed")
WRONG = "13572468"
DEVICE_REMOVED = 50


@pytest.fixture
def house(tmp_path):
    house = StoreHouse(tmp_path)
    yield house
    house.token.tell()
    assert house.server.stop() == 0


def test_the_cluster_is_told_where_an_operator_looks(house):
    assert f"root key     in the HSM (gatehouse doctor says which); for custom key stores it is {house.cluster}" in house.server.lines
    assert house.server.stop() == 0
    status, text = house.token.run("doctor", "--data", str(house.data), *house.options)
    assert status == 0 and f"for custom key stores of KMS it is {house.cluster}" in text, text
    house.start()


def test_the_life_of_a_store(house):
    kms, store = house.kms, house.store()
    told, = kms.describe_custom_key_stores(CustomKeyStoreName="store")["CustomKeyStores"]
    assert (told["CustomKeyStoreId"], told["CloudHsmClusterId"], told["CustomKeyStoreType"]) == (store, house.cluster, "AWS_CLOUDHSM")
    assert told["TrustAnchorCertificate"] == anchor() and house.state(store) == ("DISCONNECTED", None)
    with refused("CustomKeyStoreInvalidStateException"):
        house.key(store)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("CONNECTED", None)

    made = kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)["KeyMetadata"]
    assert (made["Origin"], made["CustomKeyStoreId"], made["CloudHsmClusterId"], made["KeyState"]) == (
        "AWS_CLOUDHSM", store, house.cluster, "Enabled")
    key = made["Arn"]
    sealed = kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext={"a": "b"})["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})
    assert (opened["Plaintext"], opened["KeyId"]) == (b"text", key)
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    assert kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"] == data["Plaintext"]

    with refused("CustomKeyStoreHasCMKsException"):
        kms.delete_custom_key_store(CustomKeyStoreId=store)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Unavailable"
    for use in (lambda: kms.encrypt(KeyId=key, Plaintext=b"x"),
                lambda: kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"}),
                lambda: kms.generate_data_key(KeyId=key, KeySpec="AES_256")):
        with refused("KMSInvalidStateException", f"{key} is unavailable."):
            use()
    with refused("CustomKeyStoreHasCMKsException"):
        kms.delete_custom_key_store(CustomKeyStoreId=store)

    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"a": "b"})["Plaintext"] == b"text"


def test_a_store_without_keys_is_deleted_when_it_is_disconnected(house):
    store = house.connected()
    with refused("CustomKeyStoreInvalidStateException"):
        house.kms.delete_custom_key_store(CustomKeyStoreId=store)
    house.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    with refused("CustomKeyStoreInvalidStateException", "DISCONNECTED"):
        house.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    house.kms.delete_custom_key_store(CustomKeyStoreId=store)
    assert house.kms.describe_custom_key_stores()["CustomKeyStores"] == []
    house.store()


@pytest.mark.parametrize("text", ["x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "TWICE"])
def test_a_trust_anchor_is_one_certificate(house, text):
    with refused("IncorrectTrustAnchorException"):
        house.store(TrustAnchorCertificate=anchor() * 2 if text == "TWICE" else text)
    assert house.kms.describe_custom_key_stores()["CustomKeyStores"] == []


def test_stores_that_cannot_be(house):
    with refused("CloudHsmClusterNotFoundException"):
        house.store(CloudHsmClusterId="cluster-234abcdefgh")
    for password in ("short1", "1" * 33):
        with refused("ValidationException"):
            house.store(KeyStorePassword=password)
    house.store()
    with refused("CustomKeyStoreNameInUseException"):
        house.store()
    with refused("CloudHsmClusterInUseException"):
        house.store("other")


def test_a_wrong_password_connects_nothing(house):
    kms, store = house.kms, house.store(KeyStorePassword=WRONG)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("FAILED", "INVALID_CREDENTIALS")
    with refused("CustomKeyStoreInvalidStateException"):
        house.key(store)
    for call in (lambda: kms.connect_custom_key_store(CustomKeyStoreId=store),
                 lambda: kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PIN),
                 lambda: kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName="new"),
                 lambda: kms.delete_custom_key_store(CustomKeyStoreId=store)):
        with refused("CustomKeyStoreInvalidStateException", "FAILED"):
            call()
    # As AWS tells to mend it.
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PIN)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("CONNECTED", None)
    house.key(store)


def test_who_guesses_passwords_is_slowed_down(house):
    kms, store = house.kms, house.store(KeyStorePassword=WRONG)
    told = []
    for _ in range(8):
        kms.connect_custom_key_store(CustomKeyStoreId=store)
        told.append(house.state(store)[1])
        kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    assert told[:5] == ["INVALID_CREDENTIALS"] * 5 and "USER_LOCKED_OUT" in told[5:]
    # The wait ends by itself, and the token was never asked.
    kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PIN)
    def connects():
        kms.connect_custom_key_store(CustomKeyStoreId=store)
        if house.state(store) == ("CONNECTED", None):
            return True
        kms.disconnect_custom_key_store(CustomKeyStoreId=store)

    eventually(connects)


def test_a_connected_store_stays_connected_when_it_is_connected_again(house):
    """Also one of a former version, of whose password nothing is known."""
    store = house.connected()
    house.server.kill()
    with sqlite3.connect(house.data / "gatehouse.db") as database:
        database.execute("UPDATE kms_store SET password = NULL")
    database.close()
    house.start()
    house.kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("CONNECTED", None)
    house.kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    house.kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("FAILED", "INVALID_CREDENTIALS")


def test_nothing_shows_a_password(house):
    store = house.store(KeyStorePassword=WRONG)
    house.kms.update_custom_key_store(CustomKeyStoreId=store, KeyStorePassword=PIN)
    shown = json.dumps(records(house.root, "CreateCustomKeyStore") + records(house.root, "UpdateCustomKeyStore"))
    assert store in shown and WRONG not in shown and PIN not in shown
    assert house.server.stop() == 0
    with sqlite3.connect(house.data / "gatehouse.db") as database:
        sealed, = database.execute("SELECT password FROM kms_store").fetchone()
    assert len(sealed) == 29 + len(PIN) and PIN.encode() not in sealed
    for path in house.data.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert PIN.encode() not in text and WRONG.encode() not in text, path
    house.start()
    house.kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("CONNECTED", None)


def test_what_an_update_changes_and_when(house):
    kms, store = house.kms, house.connected()
    kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName="new")
    assert kms.describe_custom_key_stores(CustomKeyStoreName="new")["CustomKeyStores"]
    assert house.state(store) == ("CONNECTED", None)
    for change in ({"KeyStorePassword": PIN}, {"CloudHsmClusterId": house.cluster}, {},
                   {"NewCustomKeyStoreName": "newer", "KeyStorePassword": PIN}):
        with refused("CustomKeyStoreInvalidStateException", "CONNECTED"):
            kms.update_custom_key_store(CustomKeyStoreId=store, **change)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.update_custom_key_store(
        CustomKeyStoreId=store, NewCustomKeyStoreName="newer", KeyStorePassword=WRONG, CloudHsmClusterId=house.cluster)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("FAILED", "INVALID_CREDENTIALS")
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    with refused("CloudHsmClusterNotFoundException"):
        kms.update_custom_key_store(CustomKeyStoreId=store, CloudHsmClusterId="cluster-234abcdefgh")
    assert kms.describe_custom_key_stores(CustomKeyStoreName="newer")["CustomKeyStores"]


def test_a_store_of_another_device_follows_the_root(house, tmp_path):
    kms, store = house.kms, house.connected()
    key, former = house.key(store), house.cluster
    sealed = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    assert house.server.stop() == 0
    house.token.add("second")
    status, text = house.token.run(
        "rekey", "--data", str(house.data), *house.token.options(), *house.token.options("new-", "second"))
    assert status == 0, text
    house.options = house.token.options(label="second")
    house.start()
    kms = house.kms
    assert house.cluster != former
    # Its keys came along, and the store does not claim the new device by itself.
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"text"
    with refused("CustomKeyStoreInvalidStateException", former):
        house.key(store)
    with refused("CustomKeyStoreInvalidStateException", former):
        kms.generate_random(NumberOfBytes=8, CustomKeyStoreId=store)
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.update_custom_key_store(CustomKeyStoreId=store, CloudHsmClusterId=house.cluster)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("CONNECTED", None)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"text"
    house.key(store)


def test_the_device_is_lost_under_a_store(house):
    kms, store = house.kms, house.connected()
    key = house.key(store)
    sealed = kms.encrypt(KeyId=key, Plaintext=b"text")["CiphertextBlob"]
    house.token.tell(f"* fail {DEVICE_REMOVED}")
    for use in (lambda: kms.encrypt(KeyId=key, Plaintext=b"x"), lambda: kms.decrypt(CiphertextBlob=sealed)):
        with refused("KMSInvalidStateException", "cannot be reached", status=400):
            use()
    with refused("KMSInternalException", status=500):
        house.key(store)
    with refused("KMSInternalException", status=500):
        kms.generate_random(NumberOfBytes=8, CustomKeyStoreId=store)
    # Nobody disconnected it: neither the store nor its key has another state.
    assert house.state(store) == ("CONNECTED", None)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    # What is connected now finds no device.
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert house.state(store) == ("FAILED", "NETWORK_ERRORS")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Unavailable"
    house.token.tell()
    assert protection(house.server)["status"] == "available"
    kms.disconnect_custom_key_store(CustomKeyStoreId=store)
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"text"


def test_random_bytes_of_a_store_are_the_devices(house):
    kms, store = house.kms, house.store()
    with refused("CustomKeyStoreInvalidStateException", "DISCONNECTED"):
        kms.generate_random(NumberOfBytes=32, CustomKeyStoreId=store)
    with refused("CustomKeyStoreNotFoundException"):
        kms.generate_random(NumberOfBytes=32, CustomKeyStoreId="cks-0123456789abcdef0")
    kms.connect_custom_key_store(CustomKeyStoreId=store)
    one, two = (kms.generate_random(NumberOfBytes=32, CustomKeyStoreId=store)["Plaintext"] for _ in range(2))
    assert len(one) == 32 and one != two
    house.token.tell(f"C_GenerateRandom fail {DEVICE_REMOVED}")
    with refused("KMSInternalException", status=500):
        kms.generate_random(NumberOfBytes=32, CustomKeyStoreId=store)
