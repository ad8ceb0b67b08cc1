"""Defends SecureStrings and who may read a parameter: the caller's policies, the key's, and what the records tell."""

import base64
import json

import pytest

from audit import records
from errors import refused
from kms import allow as may, key, strict_policy
from people import allow, arn, policy, statement
from server import ACCOUNT

VALUE = "correct-horse-battery-staple"


def parameter(name):
    return f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter{name}"


@pytest.fixture
def secure(root):
    """A standard and an advanced SecureString; the ARN of their key."""
    arn_of_key = key(root)
    root.ssm.put_parameter(Name="/app/db", Value=VALUE, Type="SecureString", KeyId=arn_of_key)
    root.ssm.put_parameter(Name="/app/big", Value=VALUE * 200, Type="SecureString", KeyId=arn_of_key, Tier="Advanced")
    return arn_of_key


def read(clients, name="/app/db", decrypts=True):
    return clients.ssm.get_parameter(Name=name, WithDecryption=decrypts)["Parameter"]["Value"]


def test_secure_strings_open_for_who_asks(root, secure):
    assert read(root) == VALUE and read(root, "/app/big") == VALUE * 200
    for name in ("/app/db", "/app/big"):
        hidden = read(root, name, decrypts=False)
        assert VALUE not in hidden and VALUE.encode() not in base64.b64decode(hidden)
    answer = root.ssm.get_parameters_by_path(Path="/app", WithDecryption=True)
    assert [one["Value"] for one in answer["Parameters"]] == [VALUE * 200, VALUE]
    history = root.ssm.get_parameter_history(Name="/app/db", WithDecryption=True)["Parameters"]
    assert (history[0]["Value"], history[0]["KeyId"]) == (VALUE, secure)
    # What KMS made for Parameter Store opens with the parameter's ARN as its context, and with no other.
    blob = base64.b64decode(read(root, decrypts=False))
    context = {"PARAMETER_ARN": parameter("/app/db")}
    assert root.kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == VALUE.encode()
    with refused("InvalidCiphertextException"):
        root.kms.decrypt(CiphertextBlob=blob)


def test_a_disabled_key_and_one_that_is_not(root, secure):
    root.kms.disable_key(KeyId=secure)
    for name in ("/app/db", "/app/big"):
        with refused("InvalidKeyId", "disabled"):
            read(root, name)
    with refused("InvalidKeyId"):
        root.ssm.put_parameter(Name="/app/db", Value="x", Overwrite=True, KeyId=secure)
    assert read(root, decrypts=False)
    root.kms.enable_key(KeyId=secure)
    assert read(root) == VALUE
    with refused("InvalidKeyId"):
        root.ssm.put_parameter(Name="q", Value="x", Type="SecureString", KeyId="alias/none")


def test_both_the_parameter_and_its_key_are_asked_for(people, root, secure):
    bob = people.user("bob")
    with refused("AccessDeniedException", f"is not authorized to perform: ssm:GetParameter on resource: {parameter('/app/db')}"):
        read(bob)
    people.may("bob", allow("ssm:GetParameter", parameter("/app/*")))
    assert read(bob, decrypts=False)
    with refused("AccessDeniedException", "The ciphertext refers to a customer master key", status=400):
        read(bob)
    people.may("bob", policy(
        statement("Allow", "ssm:GetParameter", parameter("/app/*")),
        statement("Allow", "kms:Decrypt", secure, Condition={
            "StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": parameter("/app/db")}})))
    assert read(bob) == VALUE
    with refused("AccessDeniedException", "or you are not allowed to access"):
        read(bob, "/app/big")
    people.may("bob", allow("ssm:PutParameter"))
    for tier, action in (("Standard", "kms:Encrypt"), ("Advanced", "kms:GenerateDataKey")):
        with refused("AccessDeniedException", action):
            bob.ssm.put_parameter(Name="mine", Value="x", Type="SecureString", KeyId=secure, Tier=tier)
        people.may("bob", policy(statement("Allow", "ssm:PutParameter"), statement("Allow", action, secure)))
        bob.ssm.put_parameter(Name="mine" + tier, Value="x", Type="SecureString", KeyId=secure, Tier=tier)


def test_a_key_that_opens_through_parameter_store_alone(people, root):
    bob = people.user("bob", allow("ssm:*"))
    via = {"StringEquals": {"kms:ViaService": "ssm.us-east-1.amazonaws.com"}}
    own = key(root, Policy=strict_policy(may(arn("user", "bob"), "kms:Encrypt", "kms:Decrypt", **via)))
    bob.ssm.put_parameter(Name="mine", Value=VALUE, Type="SecureString", KeyId=own)
    assert read(bob, "mine") == VALUE
    with refused("AccessDeniedException"):
        bob.kms.encrypt(KeyId=own, Plaintext=b"x")


def test_paths_and_whether_they_are_walked(people, root):
    for name in ("/a/1", "/a/b/1"):
        root.ssm.put_parameter(Name=name, Value="x", Type="String")
    bob = people.user("bob", allow("ssm:GetParametersByPath", parameter("/a")))
    assert len(bob.ssm.get_parameters_by_path(Path="/a", Recursive=True)["Parameters"]) == 2
    with refused("AccessDeniedException", parameter("/a/b")):
        bob.ssm.get_parameters_by_path(Path="/a/b")
    people.may("bob", policy(
        statement("Allow", "ssm:GetParametersByPath", parameter("/a")),
        statement("Deny", "ssm:GetParametersByPath", Condition={"StringEquals": {"ssm:Recursive": "true"}})))
    assert len(bob.ssm.get_parameters_by_path(Path="/a")["Parameters"]) == 1
    with refused("AccessDeniedException"):
        bob.ssm.get_parameters_by_path(Path="/a", Recursive=True)


def test_condition_keys_of_parameters(people, root):
    root.ssm.put_parameter(Name="blue", Value="x", Type="String", Tags=[{"Key": "team", "Value": "blue"}])
    root.ssm.put_parameter(Name="red", Value="x", Type="String", Tags=[{"Key": "team", "Value": "red"}])
    for name in ("aws:ResourceTag/team", "ssm:resourceTag/team"):
        bob = people.user(name[:3], allow("ssm:GetParameter*", Condition={"StringEquals": {name: "blue"}}))
        assert read(bob, "blue") == "x"
        with refused("AccessDeniedException"):
            read(bob, "red")
        with refused("AccessDeniedException"):
            bob.ssm.get_parameters(Names=["blue", "red"])
    carol = people.user("carol", allow("ssm:PutParameter", Condition={"StringEquals": {"ssm:Overwrite": "false"}}))
    carol.ssm.put_parameter(Name="new", Value="x", Type="String")
    with refused("AccessDeniedException"):
        carol.ssm.put_parameter(Name="new", Value="y", Type="String", Overwrite=True)
    with refused("AccessDeniedException", "ssm:AddTagsToResource"):
        carol.ssm.put_parameter(Name="newer", Value="x", Type="String", Tags=[{"Key": "a", "Value": "b"}])


def test_another_account_reads_nothing(root, other):
    root.ssm.put_parameter(Name="/a", Value="x", Type="String")
    with refused("AccessDeniedException"):
        read(other, parameter("/a"))


def test_the_records_of_a_secure_string(people, root, secure):
    read(root)
    [got] = records(root, "GetParameter")
    assert got["eventSource"] == "ssm.amazonaws.com" and got["readOnly"] is True
    assert got["requestParameters"] == {"name": "/app/db", "withDecryption": True} and got["responseElements"] is None
    assert [(one["ARN"], one["accountId"]) for one in got["resources"]] == [(parameter("/app/db"), ACCOUNT)]
    [opened] = records(root, "Decrypt")
    assert opened["userIdentity"]["invokedBy"] == "ssm.amazonaws.com"
    assert opened["requestParameters"]["encryptionContext"] == {"PARAMETER_ARN": parameter("/app/db")}
    [made] = records(root, "Encrypt")
    assert made["requestParameters"]["encryptionContext"] == {"PARAMETER_ARN": parameter("/app/db")}
    [wrapped] = records(root, "GenerateDataKey")
    assert wrapped["requestParameters"]["encryptionContext"] == {"PARAMETER_ARN": parameter("/app/big")}
    written = records(root, "PutParameter")
    assert written[0]["responseElements"] == {"version": 1, "tier": "Advanced"}
    assert set(written[0]["requestParameters"]) == {"name", "type", "keyId", "tier"}
    bob = people.user("bob")
    with refused("AccessDeniedException"):
        bob.ssm.put_parameter(Name="x", Value=VALUE, Type="String")
    assert VALUE not in json.dumps(records(root))
