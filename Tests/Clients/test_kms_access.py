"""Defends who may use a key, and that every use leaves one record that shows neither what went in nor what came out."""

import base64
import json
import os

import pytest
from botocore.exceptions import ClientError

from audit import records, request_id
from errors import refused
from kms import allow as letting
from kms import key, key_id, key_policy, strict_policy
from people import People, allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT

CONTEXT = {"Department": "Engineering", "Project": "Alpha"}
HIDDEN = "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access."


@pytest.fixture
def mine(root):
    """A symmetric key whose policy leaves it to IAM."""
    return key(root)


# Who may


def test_an_iam_policy_opens_what_the_key_policy_leaves_to_it(root, people, mine):
    alice, bob = people.user("alice", allow("kms:Encrypt", mine)), people.user("bob")
    blob = alice.kms.encrypt(KeyId=mine, Plaintext=b"secret")["CiphertextBlob"]
    with refused("AccessDeniedException", f"kms:Decrypt on resource: {mine}", status=400):
        alice.kms.decrypt(KeyId=mine, CiphertextBlob=blob)
    with refused("AccessDeniedException", f"kms:Encrypt on resource: {mine}", status=400):
        bob.kms.encrypt(KeyId=mine, Plaintext=b"x")


def test_a_key_policy_alone_opens_the_key(root, people):
    alice, bob = people.user("alice"), people.user("bob", allow("kms:*"))
    arn_ = key(root, Policy=strict_policy(letting(arn("user", "alice"), "kms:Encrypt", "kms:Decrypt")))
    blob = alice.kms.encrypt(KeyId=arn_, Plaintext=b"secret")["CiphertextBlob"]
    assert alice.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    with refused("AccessDeniedException", status=400):
        bob.kms.encrypt(KeyId=arn_, Plaintext=b"x")
    with refused("AccessDeniedException", HIDDEN, status=400):
        bob.kms.decrypt(CiphertextBlob=blob)


def test_a_ciphertext_tells_nothing_to_who_may_not_use_its_key(root, people, mine):
    blob = root.kms.encrypt(KeyId=mine, Plaintext=b"secret")["CiphertextBlob"]
    carol = people.user("carol")
    broken = blob[:-1] + bytes([blob[-1] ^ 1])
    unknown = bytearray(blob)
    unknown[10] ^= 0xFF
    for text in (blob, broken, bytes(unknown)):
        with refused("AccessDeniedException", HIDDEN, status=400):
            carol.kms.decrypt(CiphertextBlob=text)
        with refused("AccessDeniedException", HIDDEN, status=400):
            carol.kms.re_encrypt(CiphertextBlob=text, DestinationKeyId=mine)
    with refused("InvalidCiphertextException"):
        carol.kms.decrypt(CiphertextBlob=b"nonsense")


def test_state_and_usage_are_told_after_the_policies(root, people):
    arn_ = key(root, "RSA_2048", "SIGN_VERIFY")
    root.kms.disable_key(KeyId=arn_)
    with refused("AccessDeniedException"):
        people.user("carol").kms.encrypt(KeyId=arn_, Plaintext=b"x")
    with refused("DisabledException"):
        people.user("dave", allow("kms:*")).kms.encrypt(KeyId=arn_, Plaintext=b"x")


CONDITIONS = [
    ("SYMMETRIC_DEFAULT", None, "encrypt", {"Plaintext": b"x"}, {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
    ("SYMMETRIC_DEFAULT", None, "encrypt", {"Plaintext": b"x", "EncryptionContext": CONTEXT}, {"kms:EncryptionContext:Project": "Alpha"}),
    ("SYMMETRIC_DEFAULT", None, "generate_data_key", {"KeySpec": "AES_256", "EncryptionContext": CONTEXT}, {"kms:EncryptionContext:Department": "Engineering"}),
    ("SYMMETRIC_DEFAULT", None, "generate_data_key_pair", {"KeyPairSpec": "ECC_NIST_P256"}, {"kms:DataKeyPairSpec": "ECC_NIST_P256"}),
    ("SYMMETRIC_DEFAULT", None, "generate_data_key_pair_without_plaintext", {"KeyPairSpec": "ECC_NIST_P256"}, {"kms:DataKeyPairSpec": "ECC_NIST_P256"}),
    ("RSA_2048", "ENCRYPT_DECRYPT", "encrypt", {"Plaintext": b"x", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}, {"kms:EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}),
    ("RSA_2048", "SIGN_VERIFY", "sign", {"Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}, {"kms:SigningAlgorithm": "RSASSA_PSS_SHA_256"}),
    ("RSA_2048", "SIGN_VERIFY", "sign", {"Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}, {"kms:MessageType": "RAW"}),
    ("RSA_2048", "SIGN_VERIFY", "sign", {"Message": b"x" * 32, "MessageType": "DIGEST", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}, {"kms:MessageType": "DIGEST"}),
    ("HMAC_256", "GENERATE_VERIFY_MAC", "generate_mac", {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}, {"kms:MacAlgorithm": "HMAC_SHA_256"}),
]


@pytest.mark.parametrize("spec, usage, call, words, condition", CONDITIONS)
def test_conditions_see_how_a_key_is_used(root, people, spec, usage, call, words, condition):
    arn_ = key(root, spec, usage)
    alice = people.user("alice", policy(statement("Allow", "kms:*", Condition={"StringEquals": condition})))
    getattr(alice.kms, call)(KeyId=arn_, **words)
    other = {name: "other" for name in condition}
    people.may("alice", policy(statement("Allow", "kms:*", Condition={"StringEquals": other})))
    with refused("AccessDeniedException"):
        getattr(alice.kms, call)(KeyId=arn_, **words)


def test_agreements_are_conditioned_too(root, people):
    arn_, peer = key(root, "ECC_NIST_P256", "KEY_AGREEMENT"), key(root, "ECC_NIST_P256", "KEY_AGREEMENT")
    words = {"KeyId": arn_, "KeyAgreementAlgorithm": "ECDH", "PublicKey": root.kms.get_public_key(KeyId=peer)["PublicKey"]}
    condition = {"StringEquals": {"kms:KeyAgreementAlgorithm": "ECDH"}}
    alice = people.user("alice", policy(statement("Allow", "kms:DeriveSharedSecret", Condition=condition)))
    alice.kms.derive_shared_secret(**words)


def test_context_keys_can_be_limited(root, people, mine):
    condition = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["Department", "Project"]}, "Null": {"kms:EncryptionContextKeys": "false"}}
    alice = people.user("alice", policy(statement("Allow", "kms:Encrypt", Condition=condition)))
    alice.kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext=CONTEXT)
    for context in ({}, CONTEXT | {"Other": "x"}):
        with refused("AccessDeniedException"):
            alice.kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext=context)


def test_reencrypt_needs_leave_on_both_keys(root, people):
    old, new = key(root), key(root)
    blob = root.kms.encrypt(KeyId=old, Plaintext=b"x", EncryptionContext=CONTEXT)["CiphertextBlob"]
    words = {"CiphertextBlob": blob, "SourceEncryptionContext": CONTEXT, "DestinationKeyId": new}
    alice = people.user("alice", policy(statement("Allow", "kms:ReEncryptFrom", old), statement("Allow", "kms:ReEncryptTo", new)))
    alice.kms.re_encrypt(**words)
    people.may("alice", allow("kms:ReEncryptFrom", old))
    with refused("AccessDeniedException", f"kms:ReEncryptTo on resource: {new}"):
        alice.kms.re_encrypt(**words)
    people.may("alice", allow("kms:ReEncryptTo", new))
    with refused("AccessDeniedException", HIDDEN):
        alice.kms.re_encrypt(**words)
    with refused("AccessDeniedException", f"kms:ReEncryptFrom on resource: {old}"):
        alice.kms.re_encrypt(SourceKeyId=old, **words)


def test_reencrypt_can_be_kept_on_one_key(root, people):
    old, new = key(root), key(root)
    blob = root.kms.encrypt(KeyId=old, Plaintext=b"x")["CiphertextBlob"]
    alice = people.user("alice", policy(statement("Allow", "kms:ReEncrypt*", Condition={"Bool": {"kms:ReEncryptOnSameKey": "true"}})))
    alice.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=old)
    with refused("AccessDeniedException"):
        alice.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=new)


def test_random_bytes_need_leave_too(people):
    people.user("alice", allow("kms:GenerateRandom")).kms.generate_random(NumberOfBytes=1)
    with refused("AccessDeniedException", "kms:GenerateRandom"):
        people.user("bob").kms.generate_random(NumberOfBytes=1)


def test_keys_of_other_accounts_work_by_their_arn(root, other):
    arn_ = key(root, Policy=key_policy(letting(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey")))
    blob = other.kms.encrypt(KeyId=arn_, Plaintext=b"secret")["CiphertextBlob"]
    assert root.kms.decrypt(CiphertextBlob=blob)["Plaintext"] == b"secret"
    # A bare id is enough where the ciphertext names the same key.
    for words in ({}, {"KeyId": arn_}, {"KeyId": key_id(arn_)}):
        assert other.kms.decrypt(CiphertextBlob=blob, **words)["Plaintext"] == b"secret"
    with refused("NotFoundException", f"key/{key_id(arn_)}' does not exist"):
        other.kms.encrypt(KeyId=key_id(arn_), Plaintext=b"x")
    with refused("AccessDeniedException", "kms:GenerateDataKey"):
        other.kms.generate_data_key(KeyId=arn_, KeySpec="AES_256")
    missing = arn_[:-12] + "000000000000"
    with refused("AccessDeniedException", "kms:Encrypt"):
        other.kms.encrypt(KeyId=missing, Plaintext=b"x")


def test_nobody_learns_which_keys_another_account_has(server, root, other):
    """A key of another account that is not there, that says nothing of the caller, or that denies him: one answer."""
    theirs = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    silent = key(root, Policy=key_policy())
    denying = key(root, Policy=key_policy(statement("Deny", "kms:Encrypt", "*", Principal={"AWS": theirs})))
    letting_ = key(root, Policy=key_policy(letting(theirs, "kms:Encrypt")))
    missing, alias = silent[:-12] + "000000000000", f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/none"
    people = People(server, other)
    bob = people.user("bob").kms
    user = f"User: arn:aws:iam::{OTHER_ACCOUNT}:user/bob is not authorized to perform: kms:Encrypt"
    hidden = (
        f"{user} on this resource because the resource does not exist in this Region, no resource-based policies allow access, "
        "or a resource-based policy explicitly denies access")

    def answers(document):
        people.may("bob", document)
        told = {}
        for name, arn_ in {"silent": silent, "denying": denying, "letting": letting_, "missing": missing, "alias": alias}.items():
            try:
                told[name] = bool(bob.encrypt(KeyId=arn_, Plaintext=b"x"))
            except ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDeniedException"
                told[name] = error.response["Error"]["Message"].replace(arn_, "KEY")
        return told

    hides = dict.fromkeys(["silent", "denying", "missing", "alias"], hidden)
    assert answers(policy(statement("Allow", "kms:*"))) == hides | {"letting": True}
    # What his own policies deny they deny whatever is there.
    assert answers(policy(statement("Allow", "s3:*"))) == hides | {"letting": f"{user} on resource: KEY"}
    assert answers(policy(statement("Deny", "kms:*"))) == dict.fromkeys([*hides, "letting"], f"{user} on resource: KEY")


def test_a_grant_opens_what_it_names_for_its_context(root, people, mine):
    alice = people.user("alice")
    grant = root.kms.create_grant(
        KeyId=mine, GranteePrincipal=arn("user", "alice"),
        Operations=["Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"],
        Constraints={"EncryptionContextSubset": {"Department": "Engineering"}})
    blob = alice.kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext=CONTEXT, GrantTokens=[grant["GrantToken"]])["CiphertextBlob"]
    assert alice.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"] == b"x"
    alice.kms.generate_data_key(KeyId=mine, KeySpec="AES_256", EncryptionContext={"Department": "Engineering"})
    alice.kms.re_encrypt(
        CiphertextBlob=blob, SourceEncryptionContext=CONTEXT, DestinationKeyId=mine, DestinationEncryptionContext=CONTEXT)
    for context in ({}, {"Project": "Alpha"}, {"Department": "engineering"}):
        with refused("AccessDeniedException"):
            alice.kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext=context)
        with refused("AccessDeniedException", HIDDEN):
            alice.kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)
    with refused("AccessDeniedException", f"kms:ReEncryptTo on resource: {mine}"):
        alice.kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=CONTEXT, DestinationKeyId=mine)
    with refused("AccessDeniedException"):
        alice.kms.generate_data_key_without_plaintext(KeyId=mine, KeySpec="AES_256", EncryptionContext=CONTEXT)
    root.kms.revoke_grant(KeyId=mine, GrantId=grant["GrantId"])
    with refused("AccessDeniedException", HIDDEN):
        alice.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)


def test_a_grant_opens_pairs_and_macs(root, people):
    pair, mac = key(root, "RSA_2048", "SIGN_VERIFY"), key(root, "HMAC_256", "GENERATE_VERIFY_MAC")
    peer, alice = key(root, "ECC_NIST_P256", "KEY_AGREEMENT"), people.user("alice")
    for arn_, operations in (
            (pair, ["Sign", "Verify", "GetPublicKey"]), (mac, ["GenerateMac", "VerifyMac"]), (peer, ["DeriveSharedSecret", "GetPublicKey"])):
        root.kms.create_grant(KeyId=arn_, GranteePrincipal=arn("user", "alice"), Operations=operations)
    signing = {"KeyId": pair, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    alice.kms.verify(Signature=alice.kms.sign(**signing)["Signature"], **signing)
    making = {"KeyId": mac, "Message": b"x", "MacAlgorithm": "HMAC_SHA_256"}
    alice.kms.verify_mac(Mac=alice.kms.generate_mac(**making)["Mac"], **making)
    point = alice.kms.get_public_key(KeyId=peer)["PublicKey"]
    alice.kms.derive_shared_secret(KeyId=peer, KeyAgreementAlgorithm="ECDH", PublicKey=point)


# What is recorded


def the_record(clients, name):
    """The only record of that name."""
    found = records(clients, name)
    assert len(found) == 1, found
    return found[0]


def material(root, arn_):
    return root.kms.describe_key(KeyId=arn_)["KeyMetadata"]["CurrentKeyMaterialId"]


def test_records_of_symmetric_keys(root, mine):
    blob = root.kms.encrypt(KeyId=key_id(mine), Plaintext=b"secret", EncryptionContext=CONTEXT)["CiphertextBlob"]
    root.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    root.kms.re_encrypt(
        CiphertextBlob=blob, SourceEncryptionContext=CONTEXT, DestinationKeyId=key_id(mine),
        DestinationEncryptionContext={"Level": "3A"})
    root.kms.generate_data_key(KeyId=mine, KeySpec="AES_256", EncryptionContext=CONTEXT)
    root.kms.generate_data_key_without_plaintext(KeyId=mine, NumberOfBytes=32)
    root.kms.generate_data_key_pair(KeyId=mine, KeyPairSpec="ECC_NIST_P256", EncryptionContext=CONTEXT)
    root.kms.generate_data_key_pair_without_plaintext(KeyId=mine, KeyPairSpec="ECC_NIST_P256")
    expected = {
        "Encrypt": {"keyId": key_id(mine), "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": CONTEXT},
        "Decrypt": {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": CONTEXT},
        "ReEncrypt": {
            "sourceEncryptionAlgorithm": "SYMMETRIC_DEFAULT", "sourceEncryptionContext": CONTEXT,
            "destinationKeyId": key_id(mine), "destinationEncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "destinationEncryptionContext": {"Level": "3A"}},
        "GenerateDataKey": {"keyId": mine, "keySpec": "AES_256", "encryptionContext": CONTEXT},
        "GenerateDataKeyWithoutPlaintext": {"keyId": mine, "numberOfBytes": 32},
        "GenerateDataKeyPair": {"keyId": mine, "keyPairSpec": "ECC_NIST_P256", "encryptionContext": CONTEXT},
        "GenerateDataKeyPairWithoutPlaintext": {"keyId": mine, "keyPairSpec": "ECC_NIST_P256"},
    }
    current, resource = material(root, mine), {"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": mine}
    for name, parameters in expected.items():
        record = the_record(root, name)
        assert record["requestParameters"] == parameters, name
        assert record["responseElements"] is None and record["readOnly"] is True and "errorCode" not in record
        assert (record["eventSource"], record["managementEvent"], record["eventCategory"]) == ("kms.amazonaws.com", True, "Management")
        if name == "ReEncrypt":
            assert record["resources"] == [resource, resource]
            assert record["additionalEventData"] == {"sourceKeyMaterialId": current, "destinationKeyMaterialId": current}
        else:
            assert record["resources"] == [resource]
            assert record["additionalEventData"] == {"keyMaterialId": current}


def test_records_of_other_keys(root):
    pair, mac = key(root, "RSA_2048", "SIGN_VERIFY"), key(root, "HMAC_256", "GENERATE_VERIFY_MAC")
    peer = key(root, "ECC_NIST_P256", "KEY_AGREEMENT")
    signature = root.kms.sign(KeyId=pair, Message=b"secret", SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    root.kms.verify(KeyId=pair, Message=b"secret", Signature=signature, SigningAlgorithm="RSASSA_PSS_SHA_256")
    made = root.kms.generate_mac(KeyId=mac, Message=b"secret", MacAlgorithm="HMAC_SHA_256")["Mac"]
    root.kms.verify_mac(KeyId=mac, Message=b"secret", Mac=made, MacAlgorithm="HMAC_SHA_256")
    point = root.kms.get_public_key(KeyId=peer)["PublicKey"]
    root.kms.derive_shared_secret(KeyId=peer, PublicKey=point, KeyAgreementAlgorithm="ECDH")
    signed = {"keyId": pair, "messageType": "RAW", "signingAlgorithm": "RSASSA_PSS_SHA_256"}
    expected = {
        "Sign": (pair, signed), "Verify": (pair, signed),
        "GenerateMac": (mac, {"keyId": mac, "macAlgorithm": "HMAC_SHA_256"}),
        "VerifyMac": (mac, {"keyId": mac, "macAlgorithm": "HMAC_SHA_256"}),
        "GetPublicKey": (peer, {"keyId": peer}),
        "DeriveSharedSecret": (peer, {"keyId": peer, "keyAgreementAlgorithm": "ECDH"}),
    }
    for name, (used, parameters) in expected.items():
        record = the_record(root, name)
        assert record["requestParameters"] == parameters, name
        assert record["responseElements"] is None and record["readOnly"] is True
        assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": used}]
        assert "additionalEventData" not in record


def test_the_record_of_random_bytes_shows_nothing(root):
    root.kms.generate_random(NumberOfBytes=32)
    record = the_record(root, "GenerateRandom")
    assert record["requestParameters"] is None and record["responseElements"] is None and record["readOnly"] is True
    assert record.get("resources", []) == []


def test_failures_are_recorded_without_the_material(root, mine):
    blob = root.kms.encrypt(KeyId=mine, Plaintext=b"x")["CiphertextBlob"]
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(CiphertextBlob=blob, EncryptionContext=CONTEXT)
    record = the_record(root, "Decrypt")
    assert record["errorCode"] == "InvalidCiphertextException" and "additionalEventData" not in record
    assert record["requestParameters"] == {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": CONTEXT}
    assert record["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": mine}]


def test_denials_are_recorded_in_the_words_of_the_answer(root, people, mine):
    blob = root.kms.encrypt(KeyId=mine, Plaintext=b"x")["CiphertextBlob"]
    with refused("AccessDeniedException"):
        people.user("carol").kms.decrypt(CiphertextBlob=blob)
    record = the_record(root, "Decrypt")
    assert (record["errorCode"], record["errorMessage"]) == ("AccessDenied", HIDDEN)
    assert record["requestParameters"] is None and mine not in json.dumps(record)


def test_both_accounts_have_a_record_of_a_foreign_use(root, other):
    arn_ = key(root, Policy=key_policy(letting(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "kms:*")))
    answer = other.kms.encrypt(KeyId=arn_, Plaintext=b"secret", EncryptionContext=CONTEXT)
    callers, owners = the_record(other, "Encrypt"), the_record(root, "Encrypt")
    assert callers["requestID"] == owners["requestID"] == request_id(answer)
    assert callers["sharedEventID"] == owners["sharedEventID"] and callers["eventID"] != owners["eventID"]
    assert (callers["recipientAccountId"], owners["recipientAccountId"]) == (OTHER_ACCOUNT, ACCOUNT)
    assert callers["resources"] == owners["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn_}]
    assert owners["userIdentity"]["accountId"] == OTHER_ACCOUNT and owners["userIdentity"]["type"] == "AWSAccount"
    with refused("DisabledException"):
        root.kms.disable_key(KeyId=arn_)
        other.kms.encrypt(KeyId=arn_, Plaintext=b"secret")
    assert len(records(root, "Encrypt")) == 1 and len(records(other, "Encrypt")) == 2


def test_both_accounts_have_a_record_of_a_foreign_change(root, other):
    arn_ = key(root, Policy=key_policy(letting(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "kms:*")))
    other.kms.create_grant(KeyId=arn_, GranteePrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:root", Operations=["Encrypt"])
    callers, owners = the_record(other, "CreateGrant"), the_record(root, "CreateGrant")
    assert callers["sharedEventID"] == owners["sharedEventID"] and callers["eventID"] != owners["eventID"]
    assert (callers["recipientAccountId"], owners["recipientAccountId"]) == (OTHER_ACCOUNT, ACCOUNT)
    assert owners["userIdentity"]["accountId"] == OTHER_ACCOUNT and owners["userIdentity"]["type"] == "AWSAccount"


def test_long_lists_are_refused_before_the_policies_are_asked(people, mine):
    carol = people.user("carol")
    names = [str(number) for number in range(66_000)]
    with refused("TagException", "Too many tags"):
        carol.kms.tag_resource(KeyId=mine, Tags=[{"TagKey": name, "TagValue": ""} for name in names[:1_000]])
    with refused("TagException"):
        carol.kms.untag_resource(KeyId=mine, TagKeys=names)
    with refused("ValidationException"):
        carol.kms.encrypt(KeyId=mine, Plaintext=b"x", EncryptionContext=dict.fromkeys(names, ""))


def test_no_record_shows_what_went_in_or_came_out(root, mine):
    secret = os.urandom(24)
    pair, mac = key(root, "RSA_2048", "SIGN_VERIFY"), key(root, "HMAC_256", "GENERATE_VERIFY_MAC")
    blob = root.kms.encrypt(KeyId=mine, Plaintext=secret)["CiphertextBlob"]
    root.kms.decrypt(CiphertextBlob=blob)
    moved = root.kms.re_encrypt(CiphertextBlob=blob, DestinationKeyId=mine)["CiphertextBlob"]
    data = root.kms.generate_data_key(KeyId=mine, KeySpec="AES_256")
    keys = root.kms.generate_data_key_pair(KeyId=mine, KeyPairSpec="ECC_NIST_P256")
    signature = root.kms.sign(KeyId=pair, Message=secret, SigningAlgorithm="RSASSA_PSS_SHA_256")["Signature"]
    root.kms.verify(KeyId=pair, Message=secret, Signature=signature, SigningAlgorithm="RSASSA_PSS_SHA_256")
    made = root.kms.generate_mac(KeyId=mac, Message=secret, MacAlgorithm="HMAC_SHA_256")["Mac"]
    root.kms.verify_mac(KeyId=mac, Message=secret, Mac=made, MacAlgorithm="HMAC_SHA_256")
    random = root.kms.generate_random(NumberOfBytes=32)["Plaintext"]
    hidden = [
        secret, blob, moved, data["Plaintext"], data["CiphertextBlob"], keys["PrivateKeyPlaintext"],
        keys["PrivateKeyCiphertextBlob"], signature, made, random]
    text = json.dumps(records(root))
    for value in hidden:
        assert base64.b64encode(value).decode() not in text and value.hex() not in text
