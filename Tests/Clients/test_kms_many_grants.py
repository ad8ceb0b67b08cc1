"""Defends keys with many grants: they are answered as soon as others, and have no more than a key can have."""

import sqlite3
import time

from botocore.exceptions import ClientError

from callers import Clients
from errors import refused
from people import arn
from server import ROOT_KEYS, Server
from test_kms_grants import ROOT, grant, key  # noqa: F401
from test_kms_keys import key_arn, make
from wire import Wire


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


def test_a_full_key_takes_no_grant_not_even_for_a_trial(tmp_path):
    """A dry run of what would be refused says so."""
    server = Server(tmp_path / "data")
    try:
        key = make(Clients(server, ROOT_KEYS))
        given = grant(Clients(server, ROOT_KEYS), key, ROOT, "Encrypt", Name="n")
        server.stop()
        with sqlite3.connect(tmp_path / "data/gatehouse.db") as database:
            database.execute("UPDATE kms_key SET grants = 50000")
        database.close()
        server = Server(tmp_path / "data")
        root = Clients(server, ROOT_KEYS)
        for more in ({}, {"DryRun": True}, {"Name": "m", "DryRun": True}):
            with refused("LimitExceededException"):
                grant(root, key, ROOT, "Encrypt", **more)
        assert grant(root, key, ROOT, "Encrypt", Name="n")["GrantId"] == given["GrantId"]
        with refused("DryRunOperationException"):
            grant(root, key, ROOT, "Encrypt", Name="n", DryRun=True)
    finally:
        server.stop()
