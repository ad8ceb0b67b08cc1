"""Defends secrets: what is stored comes back, under the labels and names that Secrets Manager gives it."""

import datetime
import json
import re

import pytest

from audit import records
from errors import refused
from kms import key
from patience import eventually
from server import ACCOUNT, ROOT_KEYS
from wire import Wire

ARN = re.compile(rf"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:app/db-[A-Za-z0-9]{{6}}$")
TOKENS = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(9)]


@pytest.fixture
def secrets(root):
    """The client, and a secret of two versions under a key of ours."""
    root.secretsmanager.key = key(root)
    root.secretsmanager.create_secret(
        Name="app/db", SecretString="first", KmsKeyId=root.secretsmanager.key, ClientRequestToken=TOKENS[1],
        Description="A database", Tags=[{"Key": "team", "Value": "blue"}])
    return root.secretsmanager


def value(client, name="app/db", **more):
    return client.get_secret_value(SecretId=name, **more)["SecretString"]


def stages(client, name="app/db"):
    return client.describe_secret(SecretId=name)["VersionIdsToStages"]


def all_versions(client, size):
    found, more = [], {}
    while True:
        page = client.list_secret_version_ids(SecretId="app/db", IncludeDeprecated=True, MaxResults=size, **more)
        found += [version["VersionId"] for version in page["Versions"]]
        if "NextToken" not in page:
            return found
        more = {"NextToken": page["NextToken"]}


# Making and reading


def test_a_secret_comes_back_as_it_was_given(secrets):
    answer = secrets.get_secret_value(SecretId="app/db")
    assert ARN.match(answer["ARN"]) and answer["Name"] == "app/db"
    assert (answer["SecretString"], answer["VersionId"], answer["VersionStages"]) == ("first", TOKENS[1], ["AWSCURRENT"])
    assert isinstance(answer["CreatedDate"], datetime.datetime) and "SecretBinary" not in answer
    described = secrets.describe_secret(SecretId="app/db")
    assert described["Description"] == "A database" and described["KmsKeyId"] == secrets.key
    assert described["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert described["VersionIdsToStages"] == {TOKENS[1]: ["AWSCURRENT"]}
    assert "DeletedDate" not in described and "SecretString" not in json.dumps(described, default=str)


def test_bytes_come_back_as_bytes(secrets):
    secrets.create_secret(Name="bytes", SecretBinary=b"\x00\xff", KmsKeyId=secrets.key)
    answer = secrets.get_secret_value(SecretId="bytes")
    assert answer["SecretBinary"] == b"\x00\xff" and "SecretString" not in answer


def test_every_name_of_a_secret_leads_to_it(secrets):
    arn = secrets.describe_secret(SecretId="app/db")["ARN"]
    for name in ("app/db", arn, arn[:-7]):
        assert value(secrets, name) == "first"
    for other in ("app/d", "app", arn[:-1] + ("a" if arn[-1] != "a" else "b"), arn[:-6]):
        with refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret."):
            value(secrets, other)
    with refused("ValidationException"):
        value(secrets, "arn:aws:s3:::app/db")


def test_a_secret_without_a_value(secrets):
    answer = secrets.create_secret(Name="empty", KmsKeyId=secrets.key)
    assert "VersionId" not in answer
    with refused("ResourceNotFoundException", "can't find the specified secret value for staging label: AWSCURRENT"):
        value(secrets, "empty")
    secrets.put_secret_value(SecretId="empty", SecretString="x", VersionStages=["MINE"], ClientRequestToken=TOKENS[2])
    assert stages(secrets, "empty") == {TOKENS[2]: ["AWSCURRENT", "MINE"]}


def test_what_cannot_be_a_secret(secrets):
    with refused("InvalidParameterException", "can't specify both"):
        secrets.create_secret(Name="x", SecretString="a", SecretBinary=b"a", KmsKeyId=secrets.key)
    with refused("ValidationException", "Invalid name"):
        secrets.create_secret(Name="a b", SecretString="a", KmsKeyId=secrets.key)
    with refused("ValidationException"):
        secrets.create_secret(Name="x", SecretString="a" * 65537, KmsKeyId=secrets.key)
    with refused("InvalidParameterException", "65536 bytes"):
        secrets.create_secret(Name="x", SecretString="\u00e9" * 40000, KmsKeyId=secrets.key)
    with refused("ResourceExistsException", "The operation failed because the secret app/db already exists."):
        secrets.create_secret(Name="app/db", SecretString="a", KmsKeyId=secrets.key)
    with refused("EncryptionFailure"):
        secrets.create_secret(Name="x", SecretString="a", KmsKeyId="11111111-2222-3333-4444-555555555555")
    for member in ({"AddReplicaRegions": [{"Region": "eu-west-1"}]}, {"Type": "x"}):
        with refused("NotImplemented", status=501):
            secrets.create_secret(Name="x", SecretString="a", KmsKeyId=secrets.key, **member)
    with refused("UnknownOperationException"):
        secrets.rotate_secret(SecretId="app/db")


def test_the_same_token_twice(secrets):
    same = {"Name": "app/db", "KmsKeyId": secrets.key, "ClientRequestToken": TOKENS[1]}
    again = secrets.create_secret(SecretString="first", **same)
    assert again["VersionId"] == TOKENS[1] and ARN.match(again["ARN"])
    with refused("ResourceExistsException", "ClientRequestToken"):
        secrets.create_secret(SecretString="other", **same)
    for call in (secrets.put_secret_value, secrets.update_secret):
        assert call(SecretId="app/db", SecretString="first", ClientRequestToken=TOKENS[1])["VersionId"] == TOKENS[1]
        with refused("ResourceExistsException", f"You can't use ClientRequestToken {TOKENS[1]}"):
            call(SecretId="app/db", SecretString="other", ClientRequestToken=TOKENS[1])
        with refused("ResourceExistsException"):
            call(SecretId="app/db", SecretBinary=b"first", ClientRequestToken=TOKENS[1])
    assert stages(secrets) == {TOKENS[1]: ["AWSCURRENT"]}


# Versions and labels


def test_a_new_value_is_current_and_the_one_before_previous(secrets):
    put = secrets.put_secret_value(SecretId="app/db", SecretString="second", ClientRequestToken=TOKENS[2])
    assert (put["VersionId"], put["VersionStages"]) == (TOKENS[2], ["AWSCURRENT"])
    assert stages(secrets) == {TOKENS[1]: ["AWSPREVIOUS"], TOKENS[2]: ["AWSCURRENT"]}
    assert secrets.update_secret(SecretId="app/db", SecretString="third", ClientRequestToken=TOKENS[3])["VersionId"] == TOKENS[3]
    assert stages(secrets) == {TOKENS[2]: ["AWSPREVIOUS"], TOKENS[3]: ["AWSCURRENT"]}
    assert value(secrets) == "third" and value(secrets, VersionStage="AWSPREVIOUS") == "second"
    assert value(secrets, VersionId=TOKENS[1]) == "first"
    with refused("InvalidRequestException", "not associated to the provided VersionId"):
        value(secrets, VersionId=TOKENS[2], VersionStage="AWSCURRENT")
    with refused("ResourceNotFoundException", f"VersionId: {TOKENS[8]}"):
        value(secrets, VersionId=TOKENS[8])
    listed = secrets.list_secret_version_ids(SecretId="app/db")["Versions"]
    assert [version["VersionId"] for version in listed] == [TOKENS[2], TOKENS[3]]
    assert all(version["KmsKeyIds"] == [secrets.key] for version in listed)
    every = secrets.list_secret_version_ids(SecretId="app/db", IncludeDeprecated=True)["Versions"]
    assert [version["VersionId"] for version in every] == TOKENS[1:4] and "VersionStages" not in every[0]


def test_versions_page_by_page(secrets):
    for token in TOKENS[2:6]:
        secrets.put_secret_value(SecretId="app/db", SecretString=token, ClientRequestToken=token)
    assert all_versions(secrets, 2) == TOKENS[1:6]
    with refused("InvalidNextTokenException"):
        secrets.list_secret_version_ids(SecretId="app/db", NextToken="x")


def test_a_pending_value_becomes_current(secrets):
    secrets.put_secret_value(
        SecretId="app/db", SecretString="next", VersionStages=["AWSPENDING"], ClientRequestToken=TOKENS[2])
    assert value(secrets) == "first" and value(secrets, VersionStage="AWSPENDING") == "next"
    move = {"SecretId": "app/db", "VersionStage": "AWSCURRENT"}
    with refused("InvalidParameterException", f"currently attached to version {TOKENS[1]}"):
        secrets.update_secret_version_stage(MoveToVersionId=TOKENS[2], **move)
    with refused("InvalidParameterException", "It can't be completely removed"):
        secrets.update_secret_version_stage(RemoveFromVersionId=TOKENS[1], **move)
    with refused("InvalidParameterException"):
        secrets.update_secret_version_stage(RemoveFromVersionId=TOKENS[2], MoveToVersionId=TOKENS[1], **move)
    with refused("ResourceNotFoundException"):
        secrets.update_secret_version_stage(RemoveFromVersionId=TOKENS[1], MoveToVersionId=TOKENS[8], **move)
    secrets.update_secret_version_stage(RemoveFromVersionId=TOKENS[1], MoveToVersionId=TOKENS[2], **move)
    assert stages(secrets) == {TOKENS[1]: ["AWSPREVIOUS"], TOKENS[2]: ["AWSCURRENT", "AWSPENDING"]}
    secrets.update_secret_version_stage(SecretId="app/db", VersionStage="AWSPENDING", RemoveFromVersionId=TOKENS[2])
    assert stages(secrets) == {TOKENS[1]: ["AWSPREVIOUS"], TOKENS[2]: ["AWSCURRENT"]}


def test_twenty_labels_and_no_more(secrets):
    secrets.put_secret_value(SecretId="app/db", SecretString="x", VersionStages=[f"L{number}" for number in range(19)])
    with refused("LimitExceededException"):
        secrets.put_secret_value(SecretId="app/db", SecretString="y", VersionStages=["ONE-MORE"])
    assert value(secrets) == "first"


def test_versions_are_many_and_old_ones_go(secrets, server):
    for number in range(243):
        secrets.put_secret_value(SecretId="app/db", SecretString=str(number))
    with refused("LimitExceededException", "too many versions"):
        secrets.put_secret_value(SecretId="app/db", SecretString="one more")
    server.advance(days=2)
    secrets.put_secret_value(SecretId="app/db", SecretString="the next day")
    versions = all_versions(secrets, 100)
    assert len(versions) == 101 and TOKENS[1] not in versions
    assert value(secrets) == "the next day" and value(secrets, VersionStage="AWSPREVIOUS") == "242"


def test_an_update_of_words_alone_makes_no_version(secrets):
    answer = secrets.update_secret(SecretId="app/db", Description="Another")
    assert "VersionId" not in answer
    assert secrets.describe_secret(SecretId="app/db")["Description"] == "Another"
    assert stages(secrets) == {TOKENS[1]: ["AWSCURRENT"]}


# Deletion


def test_a_deleted_secret_waits_and_comes_back(secrets, server):
    gone = secrets.delete_secret(SecretId="app/db", RecoveryWindowInDays=7)
    assert ARN.match(gone["ARN"])
    left = gone["DeletionDate"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(days=6, hours=23) < left < datetime.timedelta(days=7, hours=1)
    assert secrets.describe_secret(SecretId="app/db")["DeletedDate"] == gone["DeletionDate"]
    marked = "because it was marked for deletion"
    for call, more in (
        (secrets.get_secret_value, {}), (secrets.put_secret_value, {"SecretString": "x"}),
        (secrets.update_secret, {"Description": "x"}), (secrets.get_resource_policy, {}),
        (secrets.tag_resource, {"Tags": [{"Key": "a", "Value": "b"}]}), (secrets.untag_resource, {"TagKeys": ["a"]}),
    ):
        with refused("InvalidRequestException", marked):
            call(SecretId="app/db", **more)
    with refused("InvalidRequestException", "already scheduled for deletion"):
        secrets.create_secret(Name="app/db", SecretString="x", KmsKeyId=secrets.key)
    with refused("InvalidRequestException", "already scheduled for deletion"):
        secrets.delete_secret(SecretId="app/db")
    assert secrets.list_secrets()["SecretList"] == []
    assert [found["Name"] for found in secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]] == ["app/db"]
    secrets.restore_secret(SecretId="app/db")
    assert value(secrets) == "first"
    secrets.delete_secret(SecretId="app/db")
    server.advance(days=29)
    assert "DeletedDate" in secrets.describe_secret(SecretId="app/db")
    server.advance(days=2)
    for call in (secrets.describe_secret, secrets.restore_secret, secrets.get_secret_value, secrets.delete_secret):
        with refused("ResourceNotFoundException"):
            call(SecretId="app/db")
    assert secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
    made = secrets.create_secret(Name="app/db", SecretString="new", KmsKeyId=secrets.key)
    assert made["ARN"] != gone["ARN"] and value(secrets) == "new"


def test_a_secret_deleted_by_force_is_gone_at_once(secrets):
    arn = secrets.describe_secret(SecretId="app/db")["ARN"]
    with refused("InvalidParameterException", "in conjunction with"):
        secrets.delete_secret(SecretId="app/db", ForceDeleteWithoutRecovery=True, RecoveryWindowInDays=7)
    for days in (6, 31):
        with refused("InvalidParameterException", "between 7 and 30 days"):
            secrets.delete_secret(SecretId="app/db", RecoveryWindowInDays=days)
    assert secrets.delete_secret(SecretId="app/db", ForceDeleteWithoutRecovery=True)["ARN"] == arn
    assert secrets.delete_secret(SecretId="app/db", ForceDeleteWithoutRecovery=True)["Name"] == "app/db"
    with refused("ResourceNotFoundException"):
        secrets.describe_secret(SecretId="app/db")
    made = secrets.create_secret(Name="app/db", SecretString="new", KmsKeyId=secrets.key)
    with refused("ResourceNotFoundException"):
        value(secrets, arn)
    assert value(secrets, made["ARN"]) == "new"


def test_what_happens_to_versions_is_recorded(secrets, server, root):
    def told(name):
        return [(one["eventType"], one["additionalEventData"]) for one in records(root, name)]

    arn = secrets.delete_secret(SecretId="app/db", RecoveryWindowInDays=7)["ARN"]
    expected = [("AwsServiceEvent", {"SecretId": arn, "SecretVersionId": TOKENS[1]})]
    assert told("StartSecretVersionDelete") == expected
    secrets.restore_secret(SecretId="app/db")
    assert told("CancelSecretVersionDelete") == expected
    secrets.delete_secret(SecretId="app/db", RecoveryWindowInDays=7)
    server.advance(days=8)
    assert eventually(lambda: told("EndSecretVersionDelete")) == expected


def test_the_day_of_the_last_read(noon, secrets, server):
    described = lambda: secrets.describe_secret(SecretId="app/db").get("LastAccessedDate")
    secrets.put_secret_value(SecretId="app/db", SecretString="x")
    with refused("ResourceNotFoundException"):
        value(secrets, VersionStage="NONE")
    assert described() is None
    value(secrets)
    first = eventually(described)
    assert (first.hour, first.minute, first.second, first.microsecond) == (0, 0, 0, 0)
    server.advance(days=3)
    value(secrets)
    eventually(lambda: described() - first == datetime.timedelta(days=3))


# Lists, tags and passwords


def test_lists_filter_and_sort(secrets, server):
    for name, tag in (("app/cache", "red"), ("web/db", "blue"), ("Web/other", "green")):
        server.advance(seconds=2)
        secrets.create_secret(Name=name, Description=f"About {name}", Tags=[{"Key": "team", "Value": tag}])

    def names(*filters, **more):
        filters = [{"Key": one, "Values": list(values)} for one, *values in filters]
        pages = secrets.get_paginator("list_secrets").paginate(
            **({"Filters": filters} if filters else {}), PaginationConfig={"PageSize": 2}, **more)
        return [found["Name"] for page in pages for found in page["SecretList"]]

    assert names() == ["app/db", "app/cache", "web/db", "Web/other"]
    assert names(SortOrder="desc") == ["Web/other", "web/db", "app/cache", "app/db"]
    assert names(SortBy="name") == ["Web/other", "app/cache", "app/db", "web/db"]
    assert names(("name", "app/")) == ["app/db", "app/cache"]
    assert names(("name", "!app/")) == ["web/db", "Web/other"]
    assert names(("name", "app/", "web")) == ["app/db", "app/cache", "web/db"]
    assert names(("tag-value", "blue"), ("name", "web")) == ["web/db"]
    assert names(("tag-key", "te")) == names() and names(("tag-key", "TE")) == []
    assert names(("description", "ABOUT web")) == ["web/db", "Web/other"]
    assert names(("all", "DATABASE")) == ["app/db"] and names(("all", "web about")) == ["web/db", "Web/other"]
    # By words, each by its beginning; what is no letter and no digit is not looked for.
    assert names(("all", "ache")) == [] and names(("all", "appCa")) == ["app/cache"] and names(("all", "/")) == []
    assert names(("description", "db")) == ["web/db"] and names(("description", "b")) == []
    assert names(("description", "!web about")) == ["app/db", "app/cache"]
    assert names(("owning-service", "rds")) == []
    with refused("ValidationException"):
        names(("colour", "red"))
    with refused("InvalidParameterException", "Invalid filter values for key: name"):
        secrets.list_secrets(Filters=[{"Key": "name"}])
    with refused("InvalidParameterException", "Invalid filter key"):
        secrets.list_secrets(Filters=[{"Values": ["x"]}])
    with refused("InvalidNextTokenException"):
        secrets.list_secrets(NextToken="x")


def test_tags_come_and_go(secrets):
    secrets.create_secret(Name="bare")
    listed = [found for found in secrets.list_secrets()["SecretList"] if found["Name"] == "bare"]
    assert "Tags" not in secrets.describe_secret(SecretId="bare") and "Tags" not in listed[0]
    secrets.tag_resource(SecretId="bare", Tags=[{"Key": "a", "Value": "b"}])
    secrets.untag_resource(SecretId="bare", TagKeys=["a"])
    assert secrets.describe_secret(SecretId="bare")["Tags"] == []
    secrets.tag_resource(SecretId="app/db", Tags=[{"Key": "team", "Value": "red"}, {"Key": "Stage", "Value": "x"}])
    assert secrets.describe_secret(SecretId="app/db")["Tags"] == [
        {"Key": "Stage", "Value": "x"}, {"Key": "team", "Value": "red"}]
    secrets.untag_resource(SecretId="app/db", TagKeys=["Stage", "TEAM", "missing"])
    assert secrets.describe_secret(SecretId="app/db")["Tags"] == [{"Key": "team", "Value": "red"}]
    with refused("InvalidParameterException", "aws:"):
        secrets.tag_resource(SecretId="app/db", Tags=[{"Key": "aws:x", "Value": ""}])
    with refused("InvalidParameterException", "50 tags"):
        secrets.tag_resource(SecretId="app/db", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])


def test_passwords_have_what_is_asked_of_them(root):
    make = lambda **more: root.secretsmanager.get_random_password(**more)["RandomPassword"]
    usual = make()
    assert len(usual) == 32 and usual != make()
    for kind in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9 ]"):
        assert all(re.search(kind, make(PasswordLength=4)) for _ in range(10))
    assert re.fullmatch(r"[a-f]{100}", make(
        PasswordLength=100, ExcludeNumbers=True, ExcludePunctuation=True, ExcludeUppercase=True,
        ExcludeCharacters="ghijklmnopqrstuvwxyz"))
    assert " " in make(PasswordLength=5, IncludeSpace=True)
    # A space may be in it, and need not where there is no room.
    assert len(make(PasswordLength=4, IncludeSpace=True)) == 4
    with refused("InvalidParameterException", "too short"):
        make(PasswordLength=3)
    with refused("InvalidParameterException"):
        make(ExcludeNumbers=True, ExcludePunctuation=True, ExcludeUppercase=True, ExcludeLowercase=True)


def test_a_batch_has_values_and_errors(secrets):
    secrets.create_secret(Name="app/two", SecretString="2", KmsKeyId=secrets.key)
    answer = secrets.batch_get_secret_value(SecretIdList=["app/db", "missing", "app/two"])
    assert [(one["Name"], one["SecretString"]) for one in answer["SecretValues"]] == [("app/db", "first"), ("app/two", "2")]
    assert [(one["SecretId"], one["ErrorCode"]) for one in answer["Errors"]] == [("missing", "ResourceNotFoundException")]
    found = secrets.batch_get_secret_value(Filters=[{"Key": "name", "Values": ["app/"]}], MaxResults=1)
    assert [one["Name"] for one in found["SecretValues"]] == ["app/db"]
    rest = secrets.batch_get_secret_value(
        Filters=[{"Key": "name", "Values": ["app/"]}], MaxResults=1, NextToken=found["NextToken"])
    assert [one["Name"] for one in rest["SecretValues"]] == ["app/two"] and "NextToken" not in rest
    with refused("InvalidParameterException"):
        secrets.batch_get_secret_value()
    with refused("InvalidParameterException", "'Filters' must also be specified when 'MaxResults' is provided."):
        secrets.batch_get_secret_value(SecretIdList=["app/db"], MaxResults=1)


@pytest.mark.parametrize("operation, members", [
    ("CreateSecret", {"Name": "raw", "SecretString": "x"}), ("CreateSecret", {"Name": "app/db", "SecretBinary": "eA=="}),
    ("PutSecretValue", {"SecretId": "app/db", "SecretString": "x"}), ("PutSecretValue", {"SecretId": "none", "SecretString": "x"}),
    ("UpdateSecret", {"SecretId": "app/db", "SecretString": "x"}), ("UpdateSecret", {"SecretId": "none", "SecretBinary": "eA=="}),
])
def test_a_value_needs_the_token_that_clients_make(server, secrets, operation, members):
    """As AWS answers requests that no SDK made, whether the secret is there or not."""
    reply = Wire(server, ROOT_KEYS).json("secretsmanager", f"secretsmanager.{operation}", members)
    assert reply.status == 400
    assert json.loads(reply.body) == {
        "__type": "InvalidRequestException",
        "message": "You must provide a ClientRequestToken value. We recommend a UUID-type value."}
    assert [secret["Name"] for secret in secrets.list_secrets()["SecretList"]] == ["app/db"] and stages(secrets) == {TOKENS[1]: ["AWSCURRENT"]}


def test_what_brings_no_value_needs_no_token(server, secrets):
    wire = Wire(server, ROOT_KEYS)
    assert wire.json("secretsmanager", "secretsmanager.CreateSecret", {"Name": "raw"}).status == 200
    assert wire.json("secretsmanager", "secretsmanager.UpdateSecret", {"SecretId": "raw", "Description": "d"}).status == 200


def test_the_command_line_keeps_a_secret(aws, root):
    made = aws("secretsmanager", "create-secret", "--name", "cli", "--secret-string", "s3cr3t", "--kms-key-id", key(root))
    assert made["Name"] == "cli"
    assert aws("secretsmanager", "get-secret-value", "--secret-id", made["ARN"])["SecretString"] == "s3cr3t"
    assert len(aws("secretsmanager", "list-secrets")["SecretList"]) == 1
