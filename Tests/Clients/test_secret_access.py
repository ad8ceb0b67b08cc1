"""Defends who may read a secret: the caller's policies, the secret's and the key's, and that nothing tells its value."""

import json

import pytest

from audit import records
from errors import refused
from kms import allow as may, key, key_policy, strict_policy
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Server
from callers import Clients

VALUE = "correct-horse-battery-staple"
READ = "secretsmanager:GetSecretValue"
VIA = {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com", "kms:CallerAccount": ACCOUNT}}


@pytest.fixture
def secret(root):
    """A secret; its ARN. `root.key` is the KMS key's."""
    root.key = key(root)
    return root.secretsmanager.create_secret(Name="app/db", SecretString=VALUE, KmsKeyId=root.key)["ARN"]


def read(clients, name="app/db", **more):
    return clients.secretsmanager.get_secret_value(SecretId=name, **more)["SecretString"]


def resource_policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def permits(principal, action=READ, effect="Allow", **more):
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*", **more}


# Policies


def test_both_the_secret_and_its_key_are_asked_for(people, root, secret):
    bob = people.user("bob")
    with refused("AccessDeniedException", f"is not authorized to perform: {READ} on resource: app/db", status=400):
        read(bob)
    people.may("bob", allow(READ, secret))
    with refused("AccessDeniedException", "Access to KMS is not allowed", status=400):
        read(bob)
    people.may("bob", policy(statement("Allow", READ, secret), statement("Allow", "kms:Decrypt", root.key)))
    assert read(bob) == VALUE
    # A right to write needs a data key, and to encrypt is no right to decrypt.
    put = ["secretsmanager:PutSecretValue", "secretsmanager:CreateSecret"]
    people.may("bob", policy(statement("Allow", put), statement("Allow", "kms:Decrypt", root.key)))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        bob.secretsmanager.put_secret_value(SecretId="app/db", SecretString="x")
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        bob.secretsmanager.create_secret(Name="bobs", SecretString="x", KmsKeyId=root.key)
    people.may("bob", policy(statement("Allow", put), statement("Allow", "kms:GenerateDataKey", root.key)))
    bob.secretsmanager.put_secret_value(SecretId="app/db", SecretString="x")
    assert read(root) == "x"


def test_a_key_that_opens_through_secrets_manager_alone(people, root):
    bob = people.user("bob", allow([READ]))
    root.key = key(root, Policy=strict_policy(may(arn("user", "bob"), "kms:Decrypt", **VIA)))
    root.secretsmanager.create_secret(Name="app/db", SecretString=VALUE, KmsKeyId=root.key)
    assert read(bob) == VALUE
    blob = root.kms.encrypt(KeyId=root.key, Plaintext=b"x")["CiphertextBlob"]
    with refused("AccessDeniedException"):
        bob.kms.decrypt(CiphertextBlob=blob, KeyId=root.key)


def test_the_context_that_kms_sees(people, root, secret):
    context = {"StringEquals": {"kms:EncryptionContext:SecretARN": secret}}
    bob = people.user("bob", policy(
        statement("Allow", READ), statement("Allow", "kms:Decrypt", root.key, Condition=context)))
    assert read(bob) == VALUE
    root.secretsmanager.create_secret(Name="other", SecretString="x", KmsKeyId=root.key)
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        read(bob, "other")


def test_a_disabled_key_makes_the_value_unreadable_at_once(root, secret):
    root.kms.disable_key(KeyId=root.key)
    with refused("DecryptionFailure"):
        read(root)
    with refused("EncryptionFailure"):
        root.secretsmanager.put_secret_value(SecretId="app/db", SecretString="x")
    root.kms.enable_key(KeyId=root.key)
    assert read(root) == VALUE


def test_another_key_and_the_versions_there_are(people, root, secret):
    first, second = root.key, key(root)
    root.secretsmanager.update_secret(SecretId="app/db", KmsKeyId=second)
    listed = root.secretsmanager.list_secret_version_ids(SecretId="app/db")["Versions"]
    assert listed[0]["KmsKeyIds"] == [second, first]
    for one, other in ((first, second), (second, first)):
        root.kms.disable_key(KeyId=one)
        assert read(root) == VALUE
        root.kms.enable_key(KeyId=one)
    root.kms.disable_key(KeyId=first)
    root.secretsmanager.put_secret_value(SecretId="app/db", SecretString="x")
    assert read(root) == "x"
    # Who may not open the former key's text changes the key for what comes.
    root.kms.enable_key(KeyId=first)
    bob = people.user("bob", allow("secretsmanager:UpdateSecret"))
    bob.secretsmanager.update_secret(SecretId="app/db", KmsKeyId=first)
    assert root.secretsmanager.describe_secret(SecretId="app/db")["KmsKeyId"] == first
    current = [one for one in root.secretsmanager.list_secret_version_ids(SecretId="app/db")["Versions"]
               if "AWSCURRENT" in one["VersionStages"]]
    assert current[0]["KmsKeyIds"] == [second]


def test_another_key_that_cannot_be_used(root, secret):
    second, absent = key(root), "11111111-2222-3333-4444-555555555555"
    root.kms.disable_key(KeyId=second)
    for broken in (second, absent, "alias/nowhere", root.key.replace(root.key.rsplit("/", 1)[1], absent)):
        with refused("EncryptionFailure"):
            root.secretsmanager.update_secret(SecretId="app/db", KmsKeyId=broken)
    assert root.secretsmanager.describe_secret(SecretId="app/db")["KmsKeyId"] == root.key
    for broken in (absent, "alias/nowhere", "arn:aws:s3:::bucket"):
        with refused("EncryptionFailure"):
            root.secretsmanager.create_secret(Name="empty", KmsKeyId=broken)
    # A former key that is disabled is no lack of rights.
    third = key(root)
    root.kms.disable_key(KeyId=root.key)
    with refused("DecryptionFailure"):
        root.secretsmanager.update_secret(SecretId="app/db", KmsKeyId=third)
    root.kms.enable_key(KeyId=root.key)
    assert read(root) == VALUE


def test_who_may_use_no_key_still_names_one_that_is_there(people, root, secret):
    bob = people.user("bob", allow("secretsmanager:UpdateSecret"))
    with refused("EncryptionFailure"):
        bob.secretsmanager.update_secret(SecretId="app/db", KmsKeyId="alias/nowhere")


def test_secrets_managers_own_key_by_its_alias(root):
    root.secretsmanager.create_secret(Name="own", KmsKeyId="alias/aws/secretsmanager")
    root.secretsmanager.put_secret_value(SecretId="own", SecretString="x")
    assert read(root, "own") == "x"


def test_a_key_is_one_key_however_it_is_named(people, root, secret):
    root.kms.create_alias(AliasName="alias/app", TargetKeyId=root.key)
    other = key(root)
    root.kms.create_alias(AliasName="alias/other", TargetKeyId=other)
    bob = people.user("bob", policy(
        statement("Allow", "secretsmanager:CreateSecret", Condition={
            "ArnEquals": {"secretsmanager:KmsKeyArn": root.key}}),
        statement("Allow", "kms:*")))
    short = root.key.rsplit("/", 1)[1]
    alias = root.key.replace(f"key/{short}", "alias/app")
    for number, name in enumerate((root.key, short, "alias/app", alias)):
        bob.secretsmanager.create_secret(Name=f"s{number}", SecretString="x", KmsKeyId=name)
    for name in (other, other.rsplit("/", 1)[1], "alias/other", "alias/nowhere"):
        with refused("AccessDeniedException"):
            bob.secretsmanager.create_secret(Name="no", SecretString="x", KmsKeyId=name)
    with refused("AccessDeniedException"):
        bob.secretsmanager.create_secret(Name="no", SecretString="x")


def test_a_secrets_own_policy_lets_in_and_keeps_out(people, root, secret):
    bob = people.user("bob", allow("kms:Decrypt", root.key))
    root.secretsmanager.put_resource_policy(
        SecretId="app/db", ResourcePolicy=resource_policy(permits({"AWS": arn("user", "bob")})))
    assert read(bob) == VALUE
    people.may("bob", allow("*"))
    root.secretsmanager.put_resource_policy(
        SecretId="app/db", ResourcePolicy=resource_policy(permits({"AWS": arn("user", "bob")}, effect="Deny")))
    with refused("AccessDeniedException", "with an explicit deny in a resource-based policy"):
        read(bob)
    shown = json.loads(root.secretsmanager.get_resource_policy(SecretId="app/db")["ResourcePolicy"])
    assert shown["Statement"][0]["Principal"] == {"AWS": arn("user", "bob")}
    root.secretsmanager.delete_resource_policy(SecretId="app/db")
    assert "ResourcePolicy" not in root.secretsmanager.get_resource_policy(SecretId="app/db")
    assert read(bob) == VALUE


def test_policies_that_are_none_or_too_broad(root, secret):
    put = lambda text, **more: root.secretsmanager.put_resource_policy(SecretId="app/db", ResourcePolicy=text, **more)
    with refused("MalformedPolicyDocumentException", "syntax error"):
        put("{}")
    with refused("MalformedPolicyDocumentException", "unsupported principal"):
        put(resource_policy(permits({"AWS": arn("user", "nobody")})))
    with refused("MalformedPolicyDocumentException", "unsupported action"):
        put(resource_policy(permits({"AWS": ACCOUNT}, action="s3:GetObject")))
    everybody = resource_policy(permits("*"))
    with refused("PublicPolicyException"):
        put(everybody, BlockPublicPolicy=True)
    put(everybody, BlockPublicPolicy=False)
    validate = root.secretsmanager.validate_resource_policy
    assert validate(ResourcePolicy=resource_policy(permits({"AWS": ACCOUNT})))["PolicyValidationPassed"]
    answer = validate(ResourcePolicy=everybody)
    assert not answer["PolicyValidationPassed"] and len(answer["ValidationErrors"]) == 1
    shut = resource_policy(permits("*", action="secretsmanager:*", effect="Deny"))
    assert not validate(SecretId="app/db", ResourcePolicy=shut)["PolicyValidationPassed"]


def test_another_account_needs_all_three(root, other, secret):
    with refused("AccessDeniedException"):
        read(other, secret)
    root.secretsmanager.put_resource_policy(
        SecretId="app/db", ResourcePolicy=resource_policy(permits({"AWS": OTHER_ACCOUNT})))
    with refused("AccessDeniedException", "Access to KMS is not allowed"):
        read(other, secret)
    root.kms.put_key_policy(KeyId=root.key, PolicyName="default", Policy=key_policy(
        may(f"arn:aws:iam::{OTHER_ACCOUNT}:root", "kms:Decrypt")))
    assert read(other, secret) == VALUE
    with refused("ResourceNotFoundException"):
        read(other, "app/db")


def test_condition_keys_of_secrets(people, root, secret):
    root.secretsmanager.tag_resource(SecretId="app/db", Tags=[{"Key": "team", "Value": "blue"}])
    bob = people.user("bob")

    def may_read(condition, **more):
        people.may("bob", policy(statement("Allow", READ, Condition=condition), statement("Allow", "kms:*")))
        try:
            return read(bob, **more) == VALUE
        except bob.secretsmanager.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDeniedException"
            return False

    for name in ("aws:ResourceTag/team", "secretsmanager:ResourceTag/team"):
        assert may_read({"StringEquals": {name: "blue"}}) and not may_read({"StringEquals": {name: "red"}})
    current = {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    assert may_read(current) and may_read(current, VersionStage="AWSCURRENT")
    assert not may_read(current, VersionStage="AWSPREVIOUS")
    assert may_read({"ArnEquals": {"secretsmanager:SecretId": secret}})
    people.may("bob", policy(
        statement("Allow", "secretsmanager:CreateSecret", Condition={"StringLike": {"secretsmanager:Name": "bob/*"}}),
        statement("Allow", "secretsmanager:DeleteSecret", Condition={
            "NumericGreaterThanEquals": {"secretsmanager:RecoveryWindowInDays": "14"}}),
        statement("Allow", "kms:*")))
    bob.secretsmanager.create_secret(Name="bob/x", SecretString="x", KmsKeyId=root.key)
    for refused_call in (
        lambda: bob.secretsmanager.create_secret(Name="x", SecretString="x", KmsKeyId=root.key),
        lambda: bob.secretsmanager.create_secret(Name="bob/y", KmsKeyId=root.key, Tags=[{"Key": "a", "Value": "b"}]),
        lambda: bob.secretsmanager.delete_secret(SecretId="app/db"),
        lambda: bob.secretsmanager.delete_secret(SecretId="app/db", RecoveryWindowInDays=7),
    ):
        with refused("AccessDeniedException"):
            refused_call()
    bob.secretsmanager.delete_secret(SecretId="app/db", RecoveryWindowInDays=14)


def test_a_batch_is_asked_about_each_secret(people, root, secret):
    root.secretsmanager.create_secret(Name="other", SecretString="x", KmsKeyId=root.key)
    bob = people.user("bob", policy(
        statement("Allow", "secretsmanager:BatchGetSecretValue"), statement("Allow", READ, secret),
        statement("Allow", "kms:Decrypt", root.key)))
    answer = bob.secretsmanager.batch_get_secret_value(SecretIdList=["app/db", "other"])
    assert [one["SecretString"] for one in answer["SecretValues"]] == [VALUE]
    assert [(one["SecretId"], one["ErrorCode"]) for one in answer["Errors"]] == [("other", "AccessDeniedException")]
    with refused("AccessDeniedException", "secretsmanager:ListSecrets"):
        bob.secretsmanager.batch_get_secret_value(Filters=[{"Key": "name", "Values": ["app"]}])
    names = [record["eventName"] for record in records(root) if record["eventSource"].startswith("secretsmanager")]
    assert names[:4].count("GetSecretValue") == 2 and "BatchGetSecretValue" in names[:4]


# What is told


def test_the_records_of_a_value_read(root, secret):
    version = root.secretsmanager.get_secret_value(SecretId="app/db")["VersionId"]
    [got] = records(root, "GetSecretValue")
    assert got["eventSource"] == "secretsmanager.amazonaws.com" and got["readOnly"] is True
    assert got["requestParameters"] == {"secretId": "app/db"} and got["responseElements"] is None
    [opened] = records(root, "Decrypt")
    assert opened["eventSource"] == "kms.amazonaws.com"
    assert opened["userIdentity"]["invokedBy"] == "secretsmanager.amazonaws.com"
    assert opened["sourceIPAddress"] == opened["userAgent"] == "secretsmanager.amazonaws.com"
    assert opened["requestParameters"]["encryptionContext"] == {"SecretARN": secret, "SecretVersionId": version}
    assert [one["ARN"] for one in opened["resources"]] == [root.key]
    [made] = records(root, "CreateSecret")
    assert made["responseElements"] == {"arn": secret, "name": "app/db", "versionId": version}
    assert set(made["requestParameters"]) == {"name", "clientRequestToken", "kmsKeyId"}
    [wrapped] = records(root, "GenerateDataKey")
    assert wrapped["requestParameters"]["encryptionContext"] == {"SecretARN": secret, "SecretVersionId": version}
    assert wrapped["requestParameters"]["keySpec"] == "AES_256"


def test_no_record_and_no_refusal_tells_a_value(people, root, secret):
    bob = people.user("bob", allow(["secretsmanager:*"]))
    with refused("AccessDeniedException") as caught:
        bob.secretsmanager.put_secret_value(SecretId="app/db", SecretString=VALUE + "!")
    assert VALUE not in str(caught.value)
    root.secretsmanager.update_secret(SecretId="app/db", SecretBinary=VALUE.encode())
    root.secretsmanager.get_random_password(ExcludeCharacters="abc")
    assert VALUE not in json.dumps(records(root))


def test_nothing_on_disk_tells_a_value(tmp_path):
    server = Server(folder=tmp_path / "data")
    try:
        root = Clients(server, ROOT_KEYS)
        arn_of_key = key(root)
        root.secretsmanager.create_secret(Name="app/db", SecretString=VALUE, KmsKeyId=arn_of_key)
        root.secretsmanager.put_secret_value(SecretId="app/db", SecretBinary=VALUE.encode())
        root.ssm.put_parameter(Name="/app/db", Value=VALUE, Type="SecureString", KeyId=arn_of_key)
        root.ssm.put_parameter(
            Name="/app/big", Value=VALUE * 200, Type="SecureString", KeyId=arn_of_key, Tier="Advanced")
        root.ssm.get_parameters(Names=["/app/db", "/app/big"], WithDecryption=True)
        assert root.secretsmanager.get_secret_value(SecretId="app/db")["SecretBinary"] == VALUE.encode()
    finally:
        assert server.stop() == 0
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert files and all(VALUE.encode() not in path.read_bytes() for path in files)
    again = Server(folder=tmp_path / "data")
    try:
        root = Clients(again, ROOT_KEYS)
        assert root.secretsmanager.get_secret_value(SecretId="app/db")["SecretBinary"] == VALUE.encode()
        assert root.ssm.get_parameter(Name="/app/big", WithDecryption=True)["Parameter"]["Value"] == VALUE * 200
    finally:
        assert again.stop() == 0


def test_nobody_loses_a_secret_by_its_tags(root, people):
    """Where policies look at tags, a change of them that would shut its author out is refused; another is not."""
    arn = root.secretsmanager.create_secret(Name="s", SecretString="x", Tags=[{"Key": "team", "Value": "blue"}])["ARN"]
    alice = people.user("alice", policy(statement(
        "Allow", "secretsmanager:*", Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}})))
    secrets = alice.secretsmanager
    for call in (lambda: secrets.untag_resource(SecretId="s", TagKeys=["team"]),
                 lambda: secrets.tag_resource(SecretId="s", Tags=[{"Key": "team", "Value": "green"}])):
        with refused("AccessDeniedException", "your own permissions"):
            call()
    secrets.tag_resource(SecretId="s", Tags=[{"Key": "stage", "Value": "test"}])
    secrets.untag_resource(SecretId="s", TagKeys=["stage"])
    assert root.secretsmanager.describe_secret(SecretId=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    root.secretsmanager.untag_resource(SecretId="s", TagKeys=["team"])


def test_no_two_tags_are_one_condition_key(root):
    """`Team` and `team` are one key to policies: of two such tags only one could be seen."""
    key = root.kms.create_key(Tags=[{"TagKey": "Team", "TagValue": "blue"}])["KeyMetadata"]["KeyId"]
    root.secretsmanager.create_secret(Name="s", SecretString="x", Tags=[{"Key": "Team", "Value": "blue"}])
    root.ssm.put_parameter(Name="p", Value="x", Type="String", Tags=[{"Key": "Team", "Value": "blue"}])
    for code, call in [
        ("TagException", lambda: root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "red"}])),
        ("TagException", lambda: root.kms.create_key(Tags=[{"TagKey": t, "TagValue": "1"} for t in ("a", "A")])),
        ("InvalidParameterException", lambda: root.secretsmanager.tag_resource(SecretId="s", Tags=[{"Key": "team", "Value": "red"}])),
        ("ValidationException", lambda: root.ssm.add_tags_to_resource(
            ResourceType="Parameter", ResourceId="p", Tags=[{"Key": "team", "Value": "red"}])),
    ]:
        with refused(code, "differ only in case"):
            call()
    root.kms.tag_resource(KeyId=key, Tags=[{"TagKey": "Team", "TagValue": "red"}])
