"""Defends that condition keys have a value where AWS gives them one: a Deny on a key without a value lets everything pass."""

import datetime
import http.client
import urllib.parse

import pytest
from botocore.exceptions import ClientError

from errors import refused
from kms import allow as letting
from kms import key, key_policy
from patience import PATIENCE
from people import allow, policy, statement
from server import ACCOUNT


def deny(action, **condition):
    return statement("Deny", action, Condition=condition)


def guarded(people, name, *denials):
    """A user who may do everything but that."""
    return people.user(name, policy(statement("Allow", "*"), *denials))


# KMS


def recently(days=30):
    return deny(["kms:DisableKey", "kms:ScheduleKeyDeletion"],
                NumericLessThanEquals={"kms:TrailingDaysWithoutKeyUsage": str(days)})


def turn_off(clients, name):
    clients.kms.disable_key(KeyId=name)


def schedule(clients, name):
    clients.kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)


@pytest.mark.parametrize("end", [turn_off, schedule])
def test_keys_that_were_used_lately_stay(server, root, people, end):
    alice = guarded(people, "alice", recently())
    used, unused = key(root), key(root)
    for name in (used, unused):
        with refused("AccessDeniedException", "explicit deny"):
            end(alice, name)
    server.advance(days=25)
    root.kms.encrypt(KeyId=used, Plaintext=b"x")
    root.kms.describe_key(KeyId=unused)
    server.advance(days=6)
    with refused("AccessDeniedException", "explicit deny"):
        end(alice, used)
    end(alice, unused)
    server.advance(days=25)
    end(alice, used)


def test_a_key_policy_keeps_a_used_key_from_everybody(root):
    everybody = letting("*", "kms:DisableKey") | {
        "Effect": "Deny", "Condition": {"NumericLessThan": {"kms:TrailingDaysWithoutKeyUsage": "1"}}}
    name = key(root, Policy=key_policy(everybody))
    with refused("AccessDeniedException"):
        turn_off(root, name)


def test_a_key_that_is_not_there_is_not_found(root):
    with refused("NotFoundException"):
        turn_off(root, "00000000-0000-0000-0000-000000000000")


def test_the_kind_of_a_key_by_its_old_names(people):
    alice = guarded(
        people, "alice", deny("kms:CreateKey", StringEquals={"kms:CustomerMasterKeySpec": "RSA_2048"}),
        deny("kms:CreateKey", StringEquals={"kms:CustomerMasterKeyUsage": "GENERATE_VERIFY_MAC"}))
    for kind in [("RSA_2048", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")]:
        with refused("AccessDeniedException"):
            key(alice, *kind)
    key(alice, "RSA_3072", "SIGN_VERIFY")


def test_until_when_material_stays_is_a_number_of_seconds(root, people):
    name = key(root, Origin="EXTERNAL")
    now = datetime.datetime.now(datetime.UTC)
    limit = str(int(now.timestamp()) + 30 * 86400)
    alice = guarded(people, "alice", deny("kms:ImportKeyMaterial", NumericGreaterThan={"kms:ValidTo": limit}))
    bob = guarded(people, "bob", deny("kms:ImportKeyMaterial", DateGreaterThan={"kms:ValidTo": limit}))
    words = {"KeyId": name, "ImportToken": b"x", "EncryptedKeyMaterial": b"x", "ExpirationModel": "KEY_MATERIAL_EXPIRES"}
    for clients in (alice, bob):
        with refused("AccessDeniedException"):
            clients.kms.import_key_material(ValidTo=now + datetime.timedelta(days=300), **words)
        with refused("InvalidImportTokenException"):
            clients.kms.import_key_material(ValidTo=now + datetime.timedelta(days=3), **words)


def test_what_an_import_does_not_say_is_absent(root, people):
    name = key(root, Origin="EXTERNAL")
    alice = guarded(people, "alice", deny("kms:ImportKeyMaterial", Null={"kms:ExpirationModel": "true"}))
    with refused("AccessDeniedException"):
        alice.kms.import_key_material(KeyId=name, ImportToken=b"x", EncryptedKeyMaterial=b"x")


def test_the_usual_period_of_rotation_has_its_days(root, people):
    alice = guarded(people, "alice", deny("kms:EnableKeyRotation", NumericGreaterThan={"kms:RotationPeriodInDays": "180"}))
    with refused("AccessDeniedException"):
        alice.kms.enable_key_rotation(KeyId=key(root))


@pytest.mark.parametrize("operator", ["ForAllValues:StringEquals", "ForAnyValue:StringEquals"])
def test_a_set_operator_on_a_pair_of_the_context_is_refused(root, operator):
    wide = letting("*", "kms:Decrypt", **{operator: {"kms:EncryptionContext:App": ["a"]}})
    with refused("MalformedPolicyDocumentException", "OverlyPermissiveCondition"):
        key(root, Policy=key_policy(wide))
    with refused("MalformedPolicyDocumentException", "OverlyPermissiveCondition"):
        root.kms.put_key_policy(KeyId=key(root), PolicyName="default", Policy=key_policy(wide))
    key(root, Policy=key_policy(letting("*", "kms:Decrypt", **{operator: {"kms:EncryptionContextKeys": ["App"]}})))


# Tags of what is about to be made


def test_the_tags_of_what_is_made_are_its_own(root, people):
    alice = guarded(people, "alice", deny("*", StringEquals={"aws:ResourceTag/env": "prod"}))
    primary = key(root, MultiRegion=True)
    makers = [
        lambda value: alice.kms.create_key(Tags=[{"TagKey": "env", "TagValue": value}]),
        lambda value: alice.secretsmanager.create_secret(
            Name=f"secret-{value}", SecretString="x", Tags=[{"Key": "env", "Value": value}]),
        lambda value: alice.kms.replicate_key(
            KeyId=primary, ReplicaRegion="us-west-2", Tags=[{"TagKey": "env", "TagValue": value}]),
    ]
    for make in makers:
        with pytest.raises(ClientError, match="AccessDenied"):
            make("prod")
        make("test")


def test_so_they_are_by_the_services_own_key(people):
    alice = guarded(people, "alice", deny("*", StringEquals={"secretsmanager:ResourceTag/env": "prod"}))
    with refused("AccessDeniedException"):
        alice.secretsmanager.create_secret(Name="secret", SecretString="x", Tags=[{"Key": "env", "Value": "prod"}])


def test_a_tag_is_found_by_its_name_in_any_alphabet(root, people):
    alice = guarded(people, "alice", deny("s3:CreateBucket", StringEquals={"aws:PrincipalTag/\u039f\u03a3": "x"}))
    root.iam.tag_user(UserName="alice", Tags=[{"Key": "\u039f\u03a3", "Value": "x"}])
    with refused("AccessDenied"):
        alice.s3.create_bucket(Bucket="box")


# Calls that a service makes for somebody


def sealed_put(clients):
    clients.s3.put_object(Bucket="box", Key="k", Body=b"x", ServerSideEncryption="aws:kms")


@pytest.fixture
def box(root):
    root.s3.create_bucket(Bucket="box")
    sealed_put(root)


def test_a_service_calls_from_the_callers_address(root, people, box):
    alice = guarded(people, "alice", deny("kms:*", IpAddress={"aws:SourceIp": "127.0.0.0/8"}))
    with refused("AccessDenied"):
        sealed_put(alice)
    with refused("AccessDenied"):
        alice.s3.get_object(Bucket="box", Key="k")
    bob = people.user("bob", policy(
        statement("Allow", "s3:*"), statement("Allow", "kms:*", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}})))
    sealed_put(bob)


def test_a_service_calls_with_temporary_keys(root, people, box):
    without = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    alice = guarded(people, "alice", deny("kms:*", **without))
    alice.kms.list_keys()
    with refused("AccessDenied"):
        sealed_put(alice)


# S3


def fetch(link, method="GET", body=None):
    parts = urllib.parse.urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    connection.request(method, f"{parts.path}?{parts.query}", body)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_link_promises_nothing_of_its_body(people, box):
    alice = guarded(people, "alice", deny("s3:PutObject", StringEquals={"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}))
    link = alice.s3.generate_presigned_url("put_object", {"Bucket": "box", "Key": "k"})
    assert fetch(link, "PUT", b"x") == 403
    alice.s3.put_object(Bucket="box", Key="k", Body=b"x")


def test_links_of_version_2_have_no_age(root, people, box):
    root.s3.put_object(Bucket="box", Key="k", Body=b"x")
    alice = guarded(people, "alice", deny("s3:GetObject", NumericEquals={"s3:signatureAge": "0"}))
    bob = guarded(people, "bob", deny("s3:GetObject", Null={"s3:signatureAge": "true"}))
    for clients, status in ((alice, 403), (bob, 200)):
        link = clients.make("s3", signature_version="s3").generate_presigned_url("head_object", {"Bucket": "box", "Key": "k"})
        assert "Signature=" in link and "X-Amz-" not in link
        assert fetch(link, "HEAD") == status


# IAM


def test_a_role_is_put_into_a_profile_for_instances(root, people):
    role = people.role("machine", policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}))
    passing = {"ArnLike": {"iam:AssociatedResourceArn": f"arn:aws:ec2:*:{ACCOUNT}:instance/*"}}
    alice = guarded(people, "alice", deny("iam:PassRole", **passing))
    bob = people.user("bob", policy(
        statement("Allow", "iam:AddRoleToInstanceProfile"), statement("Allow", "iam:PassRole", role, Condition=passing)))
    root.iam.create_instance_profile(InstanceProfileName="machine")
    with refused("AccessDenied"):
        alice.iam.add_role_to_instance_profile(InstanceProfileName="machine", RoleName="machine")
    bob.iam.add_role_to_instance_profile(InstanceProfileName="machine", RoleName="machine")


def test_tags_are_not_given_by_the_boundary(root, people):
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    root.iam.create_user(UserName="bounded", PermissionsBoundary=boundary)
    alice = people.user("alice", allow("iam:*", Condition={"StringEquals": {"iam:PermissionsBoundary": boundary}}))
    alice.iam.put_user_policy(UserName="bounded", PolicyName="p", PolicyDocument=allow("s3:ListBucket"))
    with refused("AccessDenied"):
        alice.iam.tag_user(UserName="bounded", Tags=[{"Key": "a", "Value": "b"}])
    with refused("AccessDenied"):
        alice.iam.get_user_policy(UserName="bounded", PolicyName="p")
