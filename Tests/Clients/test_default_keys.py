"""Defends the keys of Secrets Manager and Parameter Store themselves, for who names none, and references to secrets."""

import json

import pytest

from audit import records
from errors import refused
from kms import key
from people import allow
from server import OTHER_ACCOUNT

READ = "secretsmanager:GetSecretValue"


def alias(clients, name):
    return [one for one in clients.kms.list_aliases()["Aliases"] if one["AliasName"] == name]


@pytest.fixture
def secret(root):
    return root.secretsmanager.create_secret(Name="app/db", SecretString="s3cr3t")["ARN"]


def test_a_secret_under_secrets_managers_own_key(root, people, secret):
    assert "KmsKeyId" not in root.secretsmanager.describe_secret(SecretId="app/db")
    [version] = root.secretsmanager.list_secret_version_ids(SecretId="app/db")["Versions"]
    assert version["KmsKeyIds"] == ["DefaultEncryptionKey"]
    [own] = alias(root, "alias/aws/secretsmanager")
    assert root.kms.describe_key(KeyId=own["TargetKeyId"])["KeyMetadata"]["KeyManager"] == "AWS"
    root.secretsmanager.create_secret(Name="two", SecretString="x")
    assert alias(root, "alias/aws/secretsmanager") == [own]
    # Who may read the secret need not be given the key, and cannot use it otherwise.
    bob = people.user("bob", allow([READ, "secretsmanager:PutSecretValue"]))
    assert bob.secretsmanager.get_secret_value(SecretId=secret)["SecretString"] == "s3cr3t"
    bob.secretsmanager.put_secret_value(SecretId=secret, SecretString="new")
    carol = people.user("carol", allow("kms:*"))
    with refused("AccessDeniedException"):
        carol.kms.generate_data_key(KeyId="alias/aws/secretsmanager", KeySpec="AES_256")


def test_secrets_managers_own_key_opens_for_no_other_account(root, other, secret):
    root.secretsmanager.put_resource_policy(SecretId="app/db", ResourcePolicy=json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": READ, "Resource": "*"}]}))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        other.secretsmanager.get_secret_value(SecretId=secret)


def test_from_the_own_key_to_another_and_back(root, secret):
    mine = key(root)
    root.secretsmanager.update_secret(SecretId="app/db", KmsKeyId=mine)
    [version] = root.secretsmanager.list_secret_version_ids(SecretId="app/db")["Versions"]
    assert version["KmsKeyIds"] == [mine, "DefaultEncryptionKey"]
    root.secretsmanager.update_secret(SecretId="app/db", KmsKeyId="")
    assert "KmsKeyId" not in root.secretsmanager.describe_secret(SecretId="app/db")
    root.kms.disable_key(KeyId=mine)
    assert root.secretsmanager.get_secret_value(SecretId="app/db")["SecretString"] == "s3cr3t"


def test_the_keys_of_aliases_and_of_ids(root):
    mine = key(root)
    root.kms.create_alias(AliasName="alias/mine", TargetKeyId=mine)
    for number, name in enumerate(("alias/mine", mine.rsplit("/", 1)[1])):
        root.secretsmanager.create_secret(Name=f"s{number}", SecretString="x", KmsKeyId=name)
        assert root.secretsmanager.describe_secret(SecretId=f"s{number}")["KmsKeyId"] == name
        assert root.secretsmanager.get_secret_value(SecretId=f"s{number}")["SecretString"] == "x"


def test_a_parameter_under_parameter_stores_own_key(root, people):
    for tier in ("Standard", "Advanced"):
        root.ssm.put_parameter(Name=f"/{tier}", Value="s3cr3t", Type="SecureString", Tier=tier)
    root.ssm.put_parameter(Name="/named", Value="s3cr3t", Type="SecureString", KeyId="alias/aws/ssm")
    assert {one["KeyId"] for one in root.ssm.describe_parameters()["Parameters"]} == {"alias/aws/ssm"}
    assert len(alias(root, "alias/aws/ssm")) == 1
    bob = people.user("bob", allow("ssm:GetParameters"))
    answer = bob.ssm.get_parameters(Names=["/Standard", "/Advanced", "/named"], WithDecryption=True)
    assert [one["Value"] for one in answer["Parameters"]] == ["s3cr3t"] * 3


def test_a_name_of_parameter_store_that_stands_for_a_secret(root, people, secret):
    name = "/aws/reference/secretsmanager/app/db"
    found = root.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (found["Value"], found["Type"], found["ARN"], found["Version"]) == ("s3cr3t", "SecureString", secret, 0)
    assert json.loads(found["SourceResult"])["secretString"] == "s3cr3t"
    current = root.ssm.get_parameter(Name=name + ":AWSCURRENT", WithDecryption=True)["Parameter"]
    assert current["Selector"] == ":AWSCURRENT" and current["Value"] == "s3cr3t"
    answer = root.ssm.get_parameters(Names=[name, name + "x"], WithDecryption=True)
    assert len(answer["Parameters"]) == 1 and answer["InvalidParameters"] == [name + "x"]
    with refused("ValidationException", "WithDecryption flag must be True"):
        root.ssm.get_parameter(Name=name)
    with refused("ParameterNotFound", "when referencing Secrets Manager"):
        root.ssm.get_parameter(Name=name + "x", WithDecryption=True)
    bob = people.user("bob", allow("ssm:GetParameter"))
    with refused("AccessDeniedException", READ):
        bob.ssm.get_parameter(Name=name, WithDecryption=True)
    people.may("bob", allow(["ssm:GetParameter", READ]))
    assert bob.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"] == "s3cr3t"
    assert records(root, "GetSecretValue")[0]["userIdentity"]["invokedBy"] == "ssm.amazonaws.com"
