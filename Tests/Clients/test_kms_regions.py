"""Defends multi-Region keys: replicas, their own policies, shared material and rotation, and who is the primary.

Beside them: custom key stores on a server without a device, and when a key was last used."""

import datetime
import os

import pytest

from audit import records, request_id
from errors import refused
from patience import eventually
from people import allow, policy, statement
from server import ACCOUNT
from test_kms_import import bring
from test_kms_keys import delegating, key_arn, make, state
from test_kms_rotation import rotations

WEST, EU = "us-west-2", "eu-west-1"


@pytest.fixture
def west(root):
    return root.at(WEST)


@pytest.fixture
def key(root):
    return make(root, MultiRegion=True)


def replicate(clients, key, region=WEST, **more):
    return clients.kms.replicate_key(KeyId=key, ReplicaRegion=region, **more)


def test_a_replica_is_told_exactly(root, west, key):
    assert key.startswith("mrk-") and len(key) == 36
    made = replicate(root, key, Description="there", Tags=[{"TagKey": "a", "TagValue": "b"}])
    told = made["ReplicaKeyMetadata"]
    assert (told["Arn"], told["KeyId"], told["KeyState"], told["Description"]) == (
        key_arn(key, WEST), key, "Enabled", "there")
    assert made["ReplicaTags"] == [{"TagKey": "a", "TagValue": "b"}] and "kms:*" in made["ReplicaPolicy"]
    regions = {
        "PrimaryKey": {"Arn": key_arn(key), "Region": "us-east-1"},
        "ReplicaKeys": [{"Arn": key_arn(key, WEST), "Region": WEST}]}
    assert told["MultiRegionConfiguration"] == {"MultiRegionKeyType": "REPLICA", **regions}
    own = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert own["MultiRegion"] is True and own["MultiRegionConfiguration"] == {"MultiRegionKeyType": "PRIMARY", **regions}
    assert west.kms.describe_key(KeyId=key)["KeyMetadata"] == told
    record = records(root, "ReplicateKey")[0]
    assert record["requestParameters"]["replicaRegion"] == WEST
    assert record["responseElements"]["replicaKeyMetadata"]["arn"] == key_arn(key, WEST)


def test_what_one_region_encrypts_the_other_decrypts(root, west, key):
    replicate(root, key)
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    opened = west.kms.decrypt(CiphertextBlob=sealed)
    assert (opened["Plaintext"], opened["KeyId"]) == (b"x", key_arn(key, WEST))
    # The states are each Region's own.
    root.kms.disable_key(KeyId=key)
    west.kms.decrypt(CiphertextBlob=sealed)
    # A single-Region key is nowhere else.
    single = root.kms.encrypt(KeyId=make(root), Plaintext=b"x")["CiphertextBlob"]
    with refused("AccessDeniedException"):
        west.kms.decrypt(CiphertextBlob=single)


def test_each_region_opens_what_the_other_sealed(root, west, key):
    replicate(root, key)
    context = {"purpose": "both ways"}
    for here, there in ((root, west), (west, root)):
        for _ in range(2):
            sealed = here.kms.encrypt(KeyId=key, Plaintext=b"text", EncryptionContext=context)["CiphertextBlob"]
            made = here.kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
            assert there.kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"text"
            opened = there.kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context, KeyId=key)
            assert opened["Plaintext"] == made["Plaintext"]
            with refused("InvalidCiphertextException"):
                there.kms.decrypt(CiphertextBlob=sealed, EncryptionContext={"purpose": "another"})
            # The second time with material of a rotation.
            root.kms.rotate_key_on_demand(KeyId=key)


@pytest.mark.parametrize("spec, usage", [("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")])
def test_replicas_sign_alike(root, west, spec, usage):
    key = make(root, MultiRegion=True, KeySpec=spec, KeyUsage=usage)
    replicate(root, key)
    for here, there in ((root, west), (west, root)):
        if usage == "SIGN_VERIFY":
            words = {"KeyId": key, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
            assert there.kms.verify(Signature=here.kms.sign(**words)["Signature"], **words)["SignatureValid"]
            assert here.kms.get_public_key(KeyId=key)["PublicKey"] == there.kms.get_public_key(KeyId=key)["PublicKey"]
        else:
            words = {"KeyId": key, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
            assert there.kms.verify_mac(Mac=here.kms.generate_mac(**words)["Mac"], **words)["MacValid"]


def test_rotation_is_shared_and_the_primarys(root, west, server, key):
    replicate(root, key)
    with refused("UnsupportedOperationException"):
        west.kms.enable_key_rotation(KeyId=key)
    with refused("UnsupportedOperationException"):
        west.kms.rotate_key_on_demand(KeyId=key)
    root.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert west.kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90
    server.advance(days=90)
    eventually(lambda: rotations(root, key))
    assert rotations(west, key) == rotations(root, key)
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    assert west.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_the_primary_moves(root, west, key):
    replicate(root, key)
    root.kms.enable_key_rotation(KeyId=key)
    root.kms.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    told = west.kms.describe_key(KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
    assert told["MultiRegionKeyType"] == "PRIMARY" and told["PrimaryKey"]["Region"] == WEST
    assert west.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    west.kms.disable_key_rotation(KeyId=key)
    assert root.kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    with refused("UnsupportedOperationException"):
        root.kms.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    with refused("NotFoundException", key_arn(key, EU)):
        west.kms.update_primary_region(KeyId=key, PrimaryRegion=EU)


def test_replicas_that_cannot_be(root, west, key):
    replicate(root, key)
    with refused("AlreadyExistsException"):
        replicate(root, key)
    with refused("UnsupportedOperationException"):
        replicate(west, key, EU)
    with refused("UnsupportedOperationException"):
        replicate(root, make(root))
    for region in ("us-east-1", "cn-north-1", "nowhere-1"):
        with refused("ValidationException"):
            replicate(root, key, region)
    with refused("MalformedPolicyDocumentException"):
        replicate(root, key, EU, Policy=policy(statement("Allow", "kms:Encrypt", Principal={"AWS": ACCOUNT})))
    root.kms.disable_key(KeyId=key)
    with refused("DisabledException"):
        replicate(root, key, EU)


def test_replication_is_asked_for_twice(root, people, key):
    alice = people.user("alice", allow("kms:ReplicateKey"))
    with refused("AccessDeniedException", "kms:CreateKey"):
        replicate(alice, key)
    people.may("alice", policy(statement("Allow", "kms:CreateKey"), statement(
        "Allow", "kms:ReplicateKey", Condition={"StringEquals": {"kms:ReplicaRegion": WEST}})))
    with refused("AccessDeniedException", "kms:ReplicateKey"):
        replicate(alice, key, EU)
    replicate(alice, key)


def test_a_primary_waits_for_its_replicas(root, west, server, key):
    replicate(root, key)
    answer = root.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=8)
    assert (answer["KeyState"], answer["PendingWindowInDays"]) == ("PendingReplicaDeletion", 8)
    assert "DeletionDate" not in answer
    told = root.kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (told["KeyState"], told["PendingDeletionWindowInDays"]) == ("PendingReplicaDeletion", 8)
    with refused("KMSInvalidStateException", "is pending replica deletion."):
        root.kms.encrypt(KeyId=key, Plaintext=b"x")
    west.kms.encrypt(KeyId=key, Plaintext=b"x")
    west.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(days=7)
    eventually(lambda: state(root, key) == "PendingDeletion")
    server.advance(days=8)
    with refused("NotFoundException"):
        root.kms.describe_key(KeyId=key)


def test_material_is_imported_in_each_region(root, west):
    key, material = make(root, MultiRegion=True, Origin="EXTERNAL"), os.urandom(32)
    first = bring(root, key, material)["KeyMaterialId"]
    replicate(root, key)
    assert state(west, key) == "PendingImport"
    with refused("IncorrectKeyMaterialException"):
        bring(west, key, os.urandom(32))
    assert bring(west, key, material)["KeyMaterialId"] == first
    sealed = root.kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    root.kms.delete_imported_key_material(KeyId=key)
    assert west.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"
    bring(root, key, material)
    new = os.urandom(32)
    bring(root, key, new, ImportType="NEW_KEY_MATERIAL")
    every = rotations(root, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert every[-1]["KeyMaterialState"] == "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    with refused("KMSInvalidStateException"):
        root.kms.rotate_key_on_demand(KeyId=key)
    bring(west, key, new)
    root.kms.rotate_key_on_demand(KeyId=key)
    sealed = west.kms.encrypt(KeyId=key, Plaintext=b"y")["CiphertextBlob"]
    assert root.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"y"


def test_material_of_a_region_that_goes_is_erased(root, west, server):
    key, material = make(root, MultiRegion=True, Origin="EXTERNAL"), os.urandom(32)
    replicate_when_imported(root, west, key, material)
    root.kms.delete_imported_key_material(KeyId=key)
    west.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.advance(days=7)
    eventually(lambda: records(west, "DeleteKey"))
    assert state(root, key) == "PendingImport"
    with refused("IncorrectKeyMaterialException"):
        bring(root, key, os.urandom(32))
    bring(root, key, material)
    root.kms.encrypt(KeyId=key, Plaintext=b"x")


def replicate_when_imported(root, west, key, material):
    bring(root, key, material)
    replicate(root, key)
    bring(west, key, material)


# Custom key stores: this server has no device.


def test_without_a_device_there_is_no_cluster(root):
    more = {"CustomKeyStoreName": "s", "KeyStorePassword": "password", "TrustAnchorCertificate": "x"}
    with refused("CloudHsmClusterNotFoundException"):
        root.kms.create_custom_key_store(CloudHsmClusterId="cluster-234abcdefgh", **more)
    with refused("UnsupportedOperationException", "External key stores"):
        root.kms.create_custom_key_store(CustomKeyStoreName="s", CustomKeyStoreType="EXTERNAL_KEY_STORE")
    with refused("ValidationException"):
        root.kms.create_custom_key_store(**more)
    assert root.kms.describe_custom_key_stores()["CustomKeyStores"] == []
    for call in (root.kms.connect_custom_key_store, root.kms.disconnect_custom_key_store,
                 root.kms.update_custom_key_store, root.kms.delete_custom_key_store,
                 root.kms.describe_custom_key_stores):
        with refused("CustomKeyStoreNotFoundException"):
            call(CustomKeyStoreId="cks-0123456789abcdef0")
    with refused("CustomKeyStoreNotFoundException"):
        make(root, Origin="AWS_CLOUDHSM", CustomKeyStoreId="cks-0123456789abcdef0")
    with refused("ValidationException"):
        make(root, Origin="AWS_CLOUDHSM")


# The last use.


def test_the_last_use_of_a_key(root, other, server):
    key = make(root, Policy=delegating(statement("Allow", "kms:Encrypt", Principal={"AWS": "210987654321"})))
    created = root.kms.describe_key(KeyId=key)["KeyMetadata"]["CreationDate"]
    told = root.kms.get_key_last_usage(KeyId=key)
    assert (told["KeyId"], told["KeyCreationDate"], told["TrackingStartDate"]) == (key_arn(key), created, created)
    assert "KeyLastUsage" not in told
    server.advance(hours=1)
    answer = root.kms.encrypt(KeyId=key, Plaintext=b"x")
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(KeyId=key, CiphertextBlob=b"no")
    root.kms.describe_key(KeyId=key)
    last = root.kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
    record = records(root, "Encrypt")[0]
    assert (last["Operation"], last["CloudTrailEventId"], last["KmsRequestId"]) == (
        "Encrypt", record["eventID"], request_id(answer))
    assert last["Timestamp"] - created >= datetime.timedelta(hours=1)
    # Another account's use counts.
    server.advance(hours=1)
    other.kms.encrypt(KeyId=key_arn(key), Plaintext=b"x")
    assert root.kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]["Timestamp"] > last["Timestamp"]


def test_leave_to_make_a_replica_is_that_of_its_region(root, people, key):
    """The key is made there: a fence around Regions holds though the call is elsewhere."""
    alice = people.user("alice", policy(
        statement("Allow", "kms:*"),
        statement("Deny", "kms:CreateKey", Condition={"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", WEST]}})))
    with refused("AccessDeniedException", "kms:CreateKey"):
        replicate(alice, key, EU)
    replicate(alice, key, WEST)


def test_the_primary_region_of_a_policy_is_the_one_asked_for(root, people, key):
    replicate(root, key)
    alice = people.user("alice", allow("kms:*", Condition={"StringEquals": {"kms:PrimaryRegion": "us-east-1"}}))
    with refused("AccessDeniedException"):
        alice.kms.update_primary_region(KeyId=key, PrimaryRegion=WEST)
    people.may("alice", allow("kms:*", Condition={"StringEquals": {"kms:PrimaryRegion": WEST}}))
    with refused("AccessDeniedException"):
        alice.kms.describe_key(KeyId=key)
    alice.kms.update_primary_region(KeyId=key, PrimaryRegion=WEST)
