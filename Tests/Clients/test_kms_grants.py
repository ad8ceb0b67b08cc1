"""Defends grants: what they give, to whom, on which conditions, who makes and ends them, and that no namesake gains."""

import base64
import json
import time

import pytest
from botocore.exceptions import ClientError

from audit import records
from errors import refused
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS
from test_kms_keys import ABSENT, delegating, key_arn, make
from wire import Wire

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def grant(clients, key, grantee, *operations, **more):
    return clients.kms.create_grant(KeyId=key, GranteePrincipal=grantee, Operations=list(operations), **more)


@pytest.fixture
def key(root):
    return make(root)


def test_a_grant_gives_its_operations_at_once_and_no_others(root, people, key):
    alice = people.user("alice")
    with refused("AccessDeniedException"):
        alice.kms.encrypt(KeyId=key, Plaintext=b"x")
    made = grant(root, key, arn("user", "alice"), "Encrypt")
    assert len(made["GrantId"]) == 64 and made["GrantToken"]
    sealed = alice.kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[made["GrantToken"]])["CiphertextBlob"]
    with refused("AccessDeniedException"):
        alice.kms.decrypt(CiphertextBlob=sealed)
    root.kms.revoke_grant(KeyId=key, GrantId=made["GrantId"])
    with refused("AccessDeniedException"):
        alice.kms.encrypt(KeyId=key, Plaintext=b"x")


def test_a_grant_is_told_exactly(root, people, key):
    people.user("alice")
    made = grant(
        root, key, arn("user", "alice"), "Decrypt", "Encrypt", Name="one", RetiringPrincipal=ROOT,
        Constraints={"EncryptionContextSubset": {"a": "1"}})
    told = root.kms.list_grants(KeyId=key)["Grants"]
    assert [{k: v for k, v in told[0].items() if k != "CreationDate"}] == [{
        "KeyId": key_arn(key), "GrantId": made["GrantId"], "Name": "one", "GranteePrincipal": arn("user", "alice"),
        "RetiringPrincipal": ROOT, "IssuingAccount": ROOT, "Operations": ["Decrypt", "Encrypt"],
        "Constraints": {"EncryptionContextSubset": {"a": "1"}},
    }]
    record = records(root, "CreateGrant")[0]
    assert record["responseElements"] == {"grantId": made["GrantId"], "keyId": key_arn(key)}
    assert made["GrantToken"] not in json.dumps(record)


def test_a_role_a_session_and_an_account(root, people, key):
    bob = people.user("bob", allow("sts:AssumeRole"))
    people.role("app")
    one, two = people.session(bob, arn("role", "app"), "one"), people.session(bob, arn("role", "app"), "two")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/one"
    made = grant(root, key, session, "Encrypt")
    one.kms.encrypt(KeyId=key, Plaintext=b"x")
    with refused("AccessDeniedException"):
        two.kms.encrypt(KeyId=key, Plaintext=b"x")
    assert root.kms.list_grants(KeyId=key, GranteePrincipal=session)["Grants"][0]["GrantId"] == made["GrantId"]
    grant(root, key, arn("role", "app"), "Encrypt")
    two.kms.encrypt(KeyId=key, Plaintext=b"x")


def test_a_namesake_gains_nothing(root, people, key):
    alice = people.user("alice")
    grant(root, key, arn("user", "alice"), "Encrypt")
    old = root.iam.get_user(UserName="alice")["User"]["UserId"]
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.keys.id)
    root.iam.delete_user(UserName="alice")
    namesake = people.user("alice")
    with refused("AccessDeniedException"):
        namesake.kms.encrypt(KeyId=key, Plaintext=b"x")
    assert root.kms.list_grants(KeyId=key)["Grants"][0]["GranteePrincipal"] == old


def test_constraints_bind_the_context(root, people, key):
    alice = people.user("alice")
    grant(root, key, arn("user", "alice"), "Encrypt", "DescribeKey",
          Constraints={"EncryptionContextEquals": {"a": "1", "b": "2"}})
    alice.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"b": "2", "a": "1"})
    alice.kms.describe_key(KeyId=key)
    for context in ({}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "3"}):
        with refused("AccessDeniedException"):
            alice.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext=context)
    bob = people.user("bob")
    grant(root, key, arn("user", "bob"), "Encrypt", Constraints={"EncryptionContextSubset": {"a": "1"}})
    bob.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1", "c": "3"})
    with refused("AccessDeniedException"):
        bob.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"c": "3"})


def test_a_denial_outweighs_a_grant(root, people, key):
    alice = people.user("alice", policy(statement("Deny", "kms:Encrypt")))
    grant(root, key, arn("user", "alice"), "Encrypt")
    with refused("AccessDeniedException", "explicit deny"):
        alice.kms.encrypt(KeyId=key, Plaintext=b"x")


def test_a_name_makes_it_once(root, people, key):
    people.user("alice")
    first = grant(root, key, arn("user", "alice"), "Encrypt", Name="n")
    again = grant(root, key, arn("user", "alice"), "Encrypt", Name="n")
    assert first["GrantId"] == again["GrantId"] and first["GrantToken"] != again["GrantToken"]
    assert grant(root, key, arn("user", "alice"), "Decrypt", Name="n")["GrantId"] != first["GrantId"]
    assert grant(root, key, arn("user", "alice"), "Encrypt")["GrantId"] != first["GrantId"]
    root.kms.retire_grant(GrantToken=again["GrantToken"])
    assert len(root.kms.list_grants(KeyId=key)["Grants"]) == 2


@pytest.mark.parametrize("spec, usage, operation", [
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", "Sign"), ("RSA_2048", "SIGN_VERIFY", "Encrypt"),
    ("RSA_2048", "ENCRYPT_DECRYPT", "GenerateDataKey"), ("HMAC_256", "GENERATE_VERIFY_MAC", "Encrypt"),
    ("ECC_NIST_P256", "KEY_AGREEMENT", "Verify"),
])
def test_a_grant_gives_only_what_the_key_can_do(root, people, spec, usage, operation):
    key = make(root, KeySpec=spec, KeyUsage=usage)
    with refused("ValidationException"):
        grant(root, key, ROOT, operation)
    grant(root, key, ROOT, "DescribeKey")


def test_constraints_need_a_symmetric_key(root):
    key = make(root, KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
    with refused("ValidationException"):
        grant(root, key, ROOT, "GenerateMac", Constraints={"EncryptionContextEquals": {"a": "1"}})


@pytest.mark.parametrize("principal", [
    arn("user", "nobody"), "arn:aws:iam::123456789012:group/g", "someone", "arn:aws:sts::123456789012:assumed-role/no/s"])
def test_principals_that_are_nobody(root, key, principal):
    with refused("InvalidArnException", "ARN does not refer to a valid principal"):
        grant(root, key, principal, "Encrypt")


def test_states_in_which_no_grant_is_made(root, key):
    root.kms.disable_key(KeyId=key)
    with refused("DisabledException"):
        grant(root, key, ROOT, "Encrypt")
    root.kms.schedule_key_deletion(KeyId=key)
    with refused("KMSInvalidStateException"):
        grant(root, key, ROOT, "Encrypt")


# Grants because of grants.


def test_children_give_no_more_than_their_parent(root, people, key):
    alice, bob = people.user("alice"), people.user("bob")
    grant(root, key, arn("user", "alice"), "Encrypt", "CreateGrant",
          Constraints={"EncryptionContextSubset": {"a": "1"}})
    for operations, constraints in (
            (["Decrypt"], {"EncryptionContextSubset": {"a": "1"}}), (["Encrypt"], {}),
            (["Encrypt"], {"EncryptionContextSubset": {"b": "1"}}), (["Encrypt"], {"EncryptionContextEquals": {}})):
        with refused("AccessDeniedException"):
            grant(alice, key, arn("user", "bob"), *operations, Constraints=constraints)
    grant(alice, key, arn("user", "bob"), "Encrypt", Constraints={"EncryptionContextEquals": {"a": "1", "b": "2"}})
    bob.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1", "b": "2"})
    with refused("AccessDeniedException"):
        bob.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"a": "1"})


def test_conditions_on_making_grants(root, people, key):
    alice = people.user("alice", allow("kms:CreateGrant", Condition={
        "ForAllValues:StringEquals": {"kms:GrantOperations": ["Encrypt", "Decrypt"]},
        "StringEquals": {"kms:GrantConstraintType": "EncryptionContextSubset", "kms:GranteePrincipal": ROOT},
        "Bool": {"kms:GrantIsForAWSResource": "false"}}))
    bound = {"Constraints": {"EncryptionContextSubset": {"a": "1"}}}
    grant(alice, key, ROOT, "Encrypt", **bound)
    for call in (lambda: grant(alice, key, ROOT, "Encrypt"), lambda: grant(alice, key, ROOT, "DescribeKey", **bound),
                 lambda: grant(alice, key, arn("user", "alice"), "Encrypt", **bound)):
        with refused("AccessDeniedException"):
            call()


# Their end.


def test_who_retires(root, people, key):
    alice, bob, carol = (people.user(name) for name in ("alice", "bob", "carol"))
    made = grant(root, key, arn("user", "alice"), "Encrypt", RetiringPrincipal=arn("user", "bob"))
    for nobody in (alice, carol):
        with refused("AccessDeniedException"):
            nobody.kms.retire_grant(KeyId=key_arn(key), GrantId=made["GrantId"])
        with refused("AccessDeniedException"):
            nobody.kms.retire_grant(GrantToken=made["GrantToken"])
    bob.kms.retire_grant(KeyId=key_arn(key), GrantId=made["GrantId"])
    made = grant(root, key, arn("user", "alice"), "Encrypt", "RetireGrant")
    alice.kms.retire_grant(GrantToken=made["GrantToken"])
    made = grant(root, key, arn("user", "alice"), "Encrypt")
    root.kms.retire_grant(GrantToken=made["GrantToken"])
    record = records(root, "RetireGrant")[0]
    assert record["requestParameters"] is None and record["responseElements"] == {"keyId": key_arn(key)}
    assert record["additionalEventData"] == {"grantId": made["GrantId"]}
    assert root.kms.list_grants(KeyId=key)["Grants"] == []
    with refused("InvalidGrantTokenException"):
        root.kms.retire_grant(GrantToken=made["GrantToken"])


def test_ends_that_are_none(root, key):
    made = grant(root, key, ROOT, "Encrypt")
    with refused("NotFoundException"):
        root.kms.revoke_grant(KeyId=key, GrantId="0" * 64)
    with refused("InvalidGrantIdException"):
        root.kms.revoke_grant(KeyId=key, GrantId="no")
    other = make(root)
    with refused("NotFoundException"):
        root.kms.revoke_grant(KeyId=other, GrantId=made["GrantId"])
    for call in ({}, {"KeyId": key}, {"GrantToken": made["GrantToken"], "GrantId": made["GrantId"]}):
        with refused("ValidationException"):
            root.kms.retire_grant(**call)
    with refused("InvalidGrantTokenException"):
        root.kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=["nonsense"])
    for call in (lambda: grant(root, key, ROOT, "Encrypt", DryRun=True),
                 lambda: root.kms.revoke_grant(KeyId=key, GrantId=made["GrantId"], DryRun=True),
                 lambda: root.kms.retire_grant(GrantToken=made["GrantToken"], DryRun=True)):
        with refused("DryRunOperationException", "would have succeeded"):
            call()
    assert len(root.kms.list_grants(KeyId=key)["Grants"]) == 1


# Lists.


def test_lists(root, other, people, key):
    people.user("alice")
    ids = [grant(root, key, arn("user", "alice"), "Encrypt", RetiringPrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:root")
           ["GrantId"] for _ in range(5)]
    grant(root, key, ROOT, "Encrypt")
    pages = root.kms.get_paginator("list_grants").paginate(
        KeyId=key, GranteePrincipal=arn("user", "alice"), PaginationConfig={"PageSize": 2})
    assert [entry["GrantId"] for page in pages for entry in page["Grants"]] == sorted(ids)
    assert [entry["GrantId"] for entry in root.kms.list_grants(KeyId=key, GrantId=ids[0])["Grants"]] == ids[:1]
    pages = other.kms.get_paginator("list_retirable_grants").paginate(
        RetiringPrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:root", PaginationConfig={"PageSize": 2})
    assert [entry["GrantId"] for page in pages for entry in page["Grants"]] == sorted(ids)
    with refused("AccessDeniedException"):
        root.kms.list_retirable_grants(RetiringPrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:root")


def test_retirable_grants_are_asked_about_who_retires(root, people, key):
    alice, bob = arn("user", "alice"), arn("user", "bob")
    caller = people.user("alice", allow("kms:ListRetirableGrants", alice))
    people.user("bob")
    made = grant(root, key, ROOT, "Encrypt", RetiringPrincipal=alice)
    found = caller.kms.list_retirable_grants(RetiringPrincipal=alice)["Grants"]
    assert [one["GrantId"] for one in found] == [made["GrantId"]]
    with refused("AccessDeniedException", bob):
        caller.kms.list_retirable_grants(RetiringPrincipal=bob)
    # Whether another account has somebody is not told.
    with refused("AccessDeniedException"):
        root.kms.list_retirable_grants(RetiringPrincipal=f"arn:aws:iam::{OTHER_ACCOUNT}:user/nobody")
    with refused("InvalidArnException"):
        root.kms.list_retirable_grants(RetiringPrincipal=arn("user", "nobody"))


def test_tokens_are_of_a_grant_that_is_there(root, people, key):
    token = grant(root, key, ROOT, "Encrypt")["GrantToken"]
    root.kms.describe_key(KeyId=key, GrantTokens=[token])
    grant(root, key, ROOT, "Decrypt", GrantTokens=[token])
    for name in ("DescribeKey", "CreateGrant"):
        record = records(root, name)[0]
        assert token not in json.dumps(record) and record["requestParameters"]["keyId"] == key
    made = base64.b64decode(token)
    for forged in (made[:-1] + bytes([made[-1] ^ 1]), made[:1] + bytes(32) + made[33:]):
        with refused("InvalidGrantTokenException"):
            root.kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[base64.b64encode(forged).decode()])
    root.kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[token])
    root.kms.retire_grant(GrantToken=token)
    with refused("InvalidGrantTokenException"):
        root.kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[token])


def test_an_empty_constraint_is_none(root, key):
    for name in ("EncryptionContextEquals", "EncryptionContextSubset"):
        with refused("ValidationException"):
            grant(root, key, ROOT, "Encrypt", Constraints={name: {}})


def test_of_many_grants_the_one_that_fits(root, people, key):
    alice = people.user("alice")
    for number in range(8):
        grant(root, key, arn("user", "alice"), "Encrypt", "Decrypt",
              Constraints={"EncryptionContextEquals": {"tenant": str(number)}})
    for number in range(8):
        alice.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"tenant": str(number)})
    with refused("AccessDeniedException"):
        alice.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"tenant": "8"})
    with refused("AccessDeniedException"):
        alice.kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext={"tenant": "1"})


def hold(server, key, grantee, count):
    """Lets somebody decrypt for so many tenants, by a grant for each."""
    wire = Wire(server, ROOT_KEYS)
    for number in range(count):
        reply = wire.json("kms", "TrentService.CreateGrant", {
            "KeyId": key, "GranteePrincipal": grantee, "Operations": ["Decrypt"],
            "Constraints": {"EncryptionContextSubset": {"tenant": f"t{number}"}}})
        assert reply.status == 200, reply.body


def quickest(call, times=12):
    """Seconds of the quickest of some calls, whether they are answered or refused."""
    spans = []
    for _ in range(times):
        begun = time.perf_counter()
        try:
            call()
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException", error
        spans.append(time.perf_counter() - begun)
    return min(spans)


def are_as_quick(calls, others):
    """Whether the quickest of some calls is nearly as quick as the quickest of others; looked at until the machine is quiet."""
    spans, marks = [quickest(calls)], [quickest(others)]
    while not (quick := min(spans) < 4 * min(marks) + 0.005) and len(spans) < 20:
        spans.append(quickest(calls)), marks.append(quickest(others))
    return quick


def test_thousands_of_grants_are_no_burden(server, root, people, key):
    """Whoever holds 3,000 grants is answered by the one that fits, and as soon as whoever holds three."""
    few, many = people.user("few"), people.user("many")
    people.user("child")
    sealed = {tenant: root.kms.encrypt(KeyId=key, Plaintext=tenant.encode(), EncryptionContext={"tenant": tenant})
              ["CiphertextBlob"] for tenant in ("t0", "t2", "t2999", "t3000")}
    calls = {
        "the first": lambda user: user.kms.decrypt(CiphertextBlob=sealed["t0"], EncryptionContext={"tenant": "t0"}),
        "the last": lambda user: user.kms.decrypt(CiphertextBlob=sealed[last[user]], EncryptionContext={"tenant": last[user]}),
        "describe": lambda user: user.kms.describe_key(KeyId=key),
        "seal": lambda user: user.kms.generate_data_key(KeyId=key, KeySpec="AES_256"),
        "seal for one": lambda user: user.kms.encrypt(KeyId=key, Plaintext=b"x", EncryptionContext={"tenant": "t1"}),
        "a child": lambda user: grant(user, key, arn("user", "child"), "Encrypt"),
        "a bound child": lambda user: grant(user, key, arn("user", "child"), "DescribeKey",
                                            Constraints={"EncryptionContextEquals": {"tenant": "t1"}}),
        # Refused before and after.
        "a stranger's": lambda user: user.kms.decrypt(CiphertextBlob=sealed["t3000"], EncryptionContext={"tenant": "t3000"}),
        "no context": lambda user: user.kms.decrypt(CiphertextBlob=sealed["t0"]),
        "another use": lambda user: user.kms.sign(KeyId=key, Message=b"x", SigningAlgorithm="ECDSA_SHA_256"),
        "an equal right": lambda user: grant(user, key, arn("user", "child"), "Decrypt",
                                             Constraints={"EncryptionContextSubset": {"tenant": "t1"}}),
        "retire": lambda user: user.kms.retire_grant(KeyId=key_arn(key), GrantId=of_root["GrantId"]),
    }
    last = {few: "t2", many: "t2999"}
    of_root = grant(root, key, ROOT, "Encrypt")
    hold(server, key, arn("user", "few"), 3)
    hold(server, key, arn("user", "many"), 3000)

    def allowed(user):
        told = set()
        for name, call in calls.items():
            try:
                call(user)
                told.add(name)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDeniedException", (name, error)
        return told

    for user in (few, many):
        assert allowed(user) == {"the first", "the last"}
    for name in ("few", "many"):
        grant(root, key, arn("user", name), "DescribeKey", "CreateGrant", "Encrypt", "GenerateDataKey")
    for user in (few, many):
        assert allowed(user) == {"the first", "the last", "describe", "seal", "seal for one", "a child", "a bound child"}
    for name, call in calls.items():
        assert are_as_quick(lambda: call(many), lambda: call(few)), name


def test_another_account_is_granted(root, other, people, key):
    grant(root, key, f"arn:aws:iam::{OTHER_ACCOUNT}:root", "Encrypt")
    assert other.kms.encrypt(KeyId=key_arn(key), Plaintext=b"x")["KeyId"] == key_arn(key)
    with refused("AccessDeniedException"):
        other.kms.describe_key(KeyId=key_arn(key))


def test_the_command_line(aws, key):
    made = aws("kms", "create-grant", "--key-id", key, "--grantee-principal", ROOT, "--operations", "Encrypt", "Decrypt")
    assert aws("kms", "list-grants", "--key-id", key)["Grants"][0]["GrantId"] == made["GrantId"]
    aws("kms", "revoke-grant", "--key-id", key, "--grant-id", made["GrantId"])


def test_a_grantee_has_one_spelling(root):
    """Another partition names nobody here, and would hide from policies whom it means."""
    key = root.kms.create_key()["KeyMetadata"]["KeyId"]
    for principal in (f"arn:aws-cn:iam::{OTHER_ACCOUNT}:root", f"arn:aws-cn:sts::{OTHER_ACCOUNT}:federated-user/x"):
        with refused("InvalidArnException"):
            root.kms.create_grant(KeyId=key, GranteePrincipal=principal, Operations=["Decrypt"])
