"""Defends access points: who comes through one, and to what; and S3 Control by its real clients, which put the account into the host."""

import json
import socket
import textwrap
import urllib.error
import urllib.request

import botocore.auth
import botocore.exceptions
import pytest

from audit import records
from callers import Clients, CommandLine
from errors import refused
from patience import PATIENCE
from people import allow, arn, policy, statement
from points import Local, by_hand
from server import ACCOUNT, OTHER_ACCOUNT, OTHER_ROOT_KEYS, ROOT_KEYS, Keys
from signed import send, signed

POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door"
THEIRS = f"arn:aws:s3:us-east-1:{OTHER_ACCOUNT}:accesspoint/door"
OPEN = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], False)


@pytest.fixture(autouse=True)
def names(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", by_hand)


@pytest.fixture
def here(server, root):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    return Local(server, ROOT_KEYS)


@pytest.fixture
def door(here):
    return here.s3control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box")


def delegate(s3, account=ACCOUNT, bucket="box"):
    """The bucket leaves it to the access points of an account who comes in."""
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(statement(
        "Allow", "*", [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], Principal={"AWS": "*"},
        Condition={"StringEquals": {"s3:DataAccessPointAccount": account}})))


def let(clients, document, account=ACCOUNT):
    clients.s3control.put_access_point_policy(AccountId=account, Name="door", Policy=document)


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@pytest.mark.parametrize("name", ["aws:ResourceTag/env", "s3:AccessPointTag/env"])
def test_the_tags_of_a_new_point_are_its_own(here, server, people, name):
    alice = people.user("alice", policy(
        statement("Allow", "s3:*"), statement("Deny", "s3:*", Condition={"StringEquals": {name: "prod"}})))
    control = Local(server, alice.keys).s3control
    with refused("AccessDenied"):
        control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", Tags=[{"Key": "env", "Value": "prod"}])
    control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", Tags=[{"Key": "env", "Value": "test"}])


def test_points_are_made_told_listed_and_removed(here, door, server):
    control = here.s3control
    assert door["AccessPointArn"] == POINT and door["Alias"].startswith("door-") and door["Alias"].endswith("-s3alias")
    told = control.get_access_point(AccountId=ACCOUNT, Name="door")
    assert (told["Name"], told["Bucket"], told["NetworkOrigin"], told["Alias"]) == ("door", "box", "Internet", door["Alias"])
    assert all(told["PublicAccessBlockConfiguration"].values()) and told["BucketAccountId"] == ACCOUNT
    with refused("AccessPointAlreadyOwnedByYou", status=409):
        control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box")
    control.create_access_point(AccountId=ACCOUNT, Name="another", Bucket="box", PublicAccessBlockConfiguration={"BlockPublicAcls": False})
    block = control.get_access_point(AccountId=ACCOUNT, Name="another")["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(block, True) | {"BlockPublicAcls": False}
    page = control.list_access_points(AccountId=ACCOUNT, MaxResults=1)
    assert [point["Name"] for point in page["AccessPointList"]] == ["another"]
    page = control.list_access_points(AccountId=ACCOUNT, NextToken=page["NextToken"])
    assert [point["AccessPointArn"] for point in page["AccessPointList"]] == [POINT] and "NextToken" not in page
    assert control.list_access_points(AccountId=ACCOUNT, Bucket="none")["AccessPointList"] == []
    assert here.at("eu-west-1").__class__ and Local(server, ROOT_KEYS, "eu-west-1").s3control.list_access_points(
        AccountId=ACCOUNT)["AccessPointList"] == []
    with refused("BucketHasAccessPointsAttached", status=400):
        here.s3.delete_object(Bucket="box", Key="k")
        here.s3.delete_bucket(Bucket="box")
    control.delete_access_point(AccountId=ACCOUNT, Name="door")
    control.delete_access_point(AccountId=ACCOUNT, Name="another")
    with refused("NoSuchAccessPoint", status=404):
        control.get_access_point(AccountId=ACCOUNT, Name="door")
    with refused("NoSuchAccessPoint", status=404):
        control.delete_access_point(AccountId=ACCOUNT, Name="door")
    here.s3.delete_bucket(Bucket="box")


def test_points_that_cannot_be_are_refused(here, other):
    control = here.s3control
    # The host of a point that is gone is nobody else's bucket.
    with refused("BucketAlreadyExists"):
        other.s3.create_bucket(Bucket=f"door-{ACCOUNT}")
    other.s3.create_bucket(Bucket="door-999999999999")
    other.s3.create_bucket(Bucket="theirs")
    for name in ("-ab", "Door", "a_b", "x-s3alias", "a" * 51):
        with refused("InvalidRequest", "The name of an access point"):
            control.create_access_point(AccountId=ACCOUNT, Name=name, Bucket="box")
    for wrong in ({"Bucket": "absent"}, {"Bucket": "theirs"}, {"Bucket": "box", "BucketAccountId": OTHER_ACCOUNT}):
        with refused("InvalidRequest", "can only be created for existing bucket"):
            control.create_access_point(AccountId=ACCOUNT, Name="door", **wrong)
    with refused("NotImplemented", "VpcConfiguration", 501):
        control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", VpcConfiguration={"VpcId": "vpc-1a2b3c"})
    with refused("InvalidRequest", "directory buckets"):
        control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", Scope={"Prefixes": ["a"]})
    with refused("AccessDenied"):
        control.create_access_point(AccountId=OTHER_ACCOUNT, Name="door", Bucket="box")


def test_all_that_points_allow_goes_through_arn_and_alias(here, door):
    for s3, bucket in ((here.s3, POINT), (here.s3, door["Alias"]), (here.make("s3", s3={"addressing_style": "virtual"}), door["Alias"])):
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"text"
        s3.put_object(Bucket=bucket, Key="a b/ü", Body=b"new", Tagging="a=1")
        assert here.s3.get_object(Bucket="box", Key="a b/ü")["Body"].read() == b"new"
        assert s3.head_object(Bucket=bucket, Key="a b/ü")["ContentLength"] == 3
        assert s3.get_object_tagging(Bucket=bucket, Key="a b/ü")["TagSet"] == [{"Key": "a", "Value": "1"}]
        assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["a b/ü", "k"]
        assert len(s3.list_objects(Bucket=bucket)["Contents"]) == len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 2
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "k"})
        assert s3.get_object_attributes(Bucket=bucket, Key="copy", ObjectAttributes=["ObjectSize"])["ObjectSize"] == 4
        upload = s3.create_multipart_upload(Bucket=bucket, Key="parts")
        assert upload["Bucket"] == "box" and len(s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1
        named = {"Bucket": bucket, "Key": "parts", "UploadId": upload["UploadId"]}
        part = s3.upload_part(PartNumber=1, Body=b"part", **named)
        s3.upload_part_copy(PartNumber=2, CopySource={"Bucket": bucket, "Key": "k"}, **named)
        assert len(s3.list_parts(**named)["Parts"]) == 2
        done = s3.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}, **named)
        assert done["Bucket"] == "box" and "box" not in done["Location"].split("//")[1].split("/")[0]
        s3.abort_multipart_upload(Bucket=bucket, Key="x", UploadId=s3.create_multipart_upload(Bucket=bucket, Key="x")["UploadId"])
        s3.delete_object(Bucket=bucket, Key="a b/ü")
        gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "copy"}, {"Key": "parts"}]})
        assert len(gone["Deleted"]) == 2
        assert s3.head_bucket(Bucket=bucket)["AccessPointAlias"] == (bucket != POINT)
        s3.get_bucket_acl(Bucket=bucket), s3.get_object_acl(Bucket=bucket, Key="k")
        for call in (s3.delete_bucket, s3.get_bucket_versioning, s3.delete_bucket_policy, s3.get_bucket_tagging):
            with refused("MethodNotAllowed", status=405):
                call(Bucket=bucket)


def test_both_the_point_and_the_bucket_must_allow(server, here, door, people):
    people.user("jane")
    jane = Local(server, Keys.of(here.iam.create_access_key(UserName="jane")))
    read = statement("Allow", "s3:GetObject", POINT + "/object/*", Principal={"AWS": arn("user", "jane")})
    let(here, policy(read))
    with refused("AccessDenied", "s3:GetObject on resource: arn:aws:s3:::box/k because no identity-based policy"):
        jane.s3.get_object(Bucket=POINT, Key="k")
    delegate(here.s3)
    assert jane.s3.get_object(Bucket=POINT, Key="k")["Body"].read() == b"text"
    assert jane.s3.get_object(Bucket=door["Alias"], Key="k")["Body"].read() == b"text"
    with refused("AccessDenied", "s3:GetObject on resource: arn:aws:s3:::box/k"):
        jane.s3.get_object(Bucket="box", Key="k")
    with refused("AccessDenied", f"s3:PutObject on resource: {POINT}/object/k because no identity-based policy"):
        jane.s3.put_object(Bucket=POINT, Key="k", Body=b"")
    with refused("AccessDenied", f"s3:ListBucket on resource: {POINT} because"):
        jane.s3.list_objects_v2(Bucket=POINT)
    # What is absent is told only to those who may list, through the point too.
    with refused("AccessDenied"):
        jane.s3.get_object(Bucket=POINT, Key="absent")
    let(here, policy(read, statement("Allow", "s3:ListBucket", POINT, Principal={"AWS": arn("user", "jane")})))
    with refused("NoSuchKey"):
        jane.s3.get_object(Bucket=POINT, Key="absent")
    # Identity policies may name the point; explicit denies of either side win.
    here.s3control.delete_access_point_policy(AccountId=ACCOUNT, Name="door")
    with refused("AccessDenied"):
        jane.s3.get_object(Bucket=POINT, Key="k")
    people.may("jane", allow("s3:GetObject", POINT + "/object/*"))
    jane.s3.get_object(Bucket=POINT, Key="k")
    let(here, policy(statement("Deny", "s3:GetObject", POINT + "/object/k", Principal="*")))
    with refused("AccessDenied", "with an explicit deny in a resource-based policy"):
        jane.s3.get_object(Bucket=POINT, Key="k")
    with refused("AccessDenied"):
        here.s3.get_object(Bucket=POINT, Key="k")
    here.s3control.delete_access_point_policy(AccountId=ACCOUNT, Name="door")
    here.s3.put_bucket_policy(Bucket="box", Policy=policy(statement(
        "Deny", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*", Condition={"ArnLike": {"s3:DataAccessPointArn": POINT}})))
    people.may("jane", allow("s3:*"))
    with refused("AccessDenied", "on resource: arn:aws:s3:::box/k with an explicit deny"):
        jane.s3.get_object(Bucket=POINT, Key="k")
    jane.s3.get_object(Bucket="box", Key="k")
    people.may("jane", allow("s3:*", Condition={"StringEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}))
    with refused("AccessDenied"):
        jane.s3.get_object(Bucket=POINT, Key="k")


def test_a_point_of_another_account_opens_what_the_bucket_delegates(server, here, other):
    there = Local(server, OTHER_ROOT_KEYS)
    there.s3control.create_access_point(AccountId=OTHER_ACCOUNT, Name="door", Bucket="box", BucketAccountId=ACCOUNT)
    other.iam.create_user(UserName="bob")
    bob = Local(server, Keys.of(other.iam.create_access_key(UserName="bob")))
    other.iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=allow(
        "s3:GetObject", [THEIRS + "/object/*", "arn:aws:s3:::box/*"]))
    with refused("AccessDenied"):
        bob.s3.get_object(Bucket=THEIRS, Key="k")
    delegate(here.s3, OTHER_ACCOUNT)
    assert bob.s3.get_object(Bucket=THEIRS, Key="k")["Body"].read() == b"text"
    with refused("AccessDenied"):
        bob.s3.get_object(Bucket="box", Key="k")
    with refused("AccessDenied"):
        bob.s3.put_object(Bucket=THEIRS, Key="k", Body=b"")
    # The point of others does not hold the bucket fast, and leads nowhere when it is gone, also when its name is back.
    here.s3.delete_object(Bucket="box", Key="k")
    here.s3.delete_bucket(Bucket="box")
    here.s3.create_bucket(Bucket="box")
    delegate(here.s3, OTHER_ACCOUNT)
    with refused("NoSuchBucket"):
        there.s3.put_object(Bucket=THEIRS, Key="k", Body=b"")
    there.s3control.delete_access_point(AccountId=OTHER_ACCOUNT, Name="door")


def test_the_policy_of_a_point_is_checked_and_kept(here, door, people):
    control = here.s3control
    with refused("NoSuchAccessPointPolicy", status=404):
        control.get_access_point_policy(AccountId=ACCOUNT, Name="door")
    with refused("NoSuchAccessPointPolicy", status=404):
        control.get_access_point_policy_status(AccountId=ACCOUNT, Name="door")
    people.user("jane")
    for wrong in ("{}", policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*")),
                  policy(statement("Allow", "iam:*", POINT, Principal="*")),
                  policy(statement("Allow", "s3:*", THEIRS + "/object/*", Principal="*")),
                  policy(statement("Allow", "s3:*", POINT + "x", Principal="*")),
                  policy(statement("Allow", "s3:GetObject", POINT + "/object/*" + "x" * 20_480, Principal="*"))):
        with refused("MalformedPolicy"):
            let(here, wrong)
    public = policy(statement("Allow", "s3:GetObject", POINT + "/object/*", Principal="*"))
    with refused("AccessDenied", "BlockPublicPolicy"):
        let(here, public)
    text = policy(statement("Allow", "s3:*", [POINT, POINT + "/object/*"], Principal={"AWS": arn("user", "jane")}))
    let(here, text)
    assert json.loads(control.get_access_point_policy(AccountId=ACCOUNT, Name="door")["Policy"]) == json.loads(text)
    assert control.get_access_point_policy_status(AccountId=ACCOUNT, Name="door")["PolicyStatus"]["IsPublic"] is False
    control.delete_access_point(AccountId=ACCOUNT, Name="door")
    control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", PublicAccessBlockConfiguration=OPEN)
    with refused("AccessDenied", "BlockPublicPolicy"):
        let(here, public)  # The bucket's setting counts, too.
    here.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    let(here, public)
    assert control.get_access_point_policy_status(AccountId=ACCOUNT, Name="door")["PolicyStatus"]["IsPublic"] is True


def test_nobody_comes_through_a_point_unsigned(server, here, door):
    here.s3.put_public_access_block(Bucket="box", PublicAccessBlockConfiguration=OPEN)
    here.s3.put_bucket_policy(Bucket="box", Policy=policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::box/*", Principal="*")))
    assert fetch(f"{server.url}/box/k") == (200, b"text")
    assert fetch(f"{server.url}/{door['Alias']}/k")[0] == 403
    for host in (f"door-{ACCOUNT}.localhost", f"door-{ACCOUNT}.s3-accesspoint.us-east-1.amazonaws.com"):
        assert send(server, "GET", "/k", headers={"Host": host}).status == 403


def test_a_link_leads_through_a_point(here, door, people, server):
    link = here.make("s3", signature_version="s3v4").generate_presigned_url
    for bucket in (POINT, door["Alias"]):
        url = link("get_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
        assert fetch(url) == (200, b"text")
        assert fetch(url.replace("/k?", "/x?"))[0] == 403
    with_old_signature = here.make("s3", signature_version="s3").generate_presigned_url
    assert fetch(with_old_signature("get_object", {"Bucket": door["Alias"], "Key": "k"}))[0] == 400


def test_hosts_of_aws_name_points(server, here, door):
    def get(host, key="/k"):
        return send(server, "GET", key, headers=signed(
            server, ROOT_KEYS, service="s3", method="GET", target=key, host=host, headers={}, signer=botocore.auth.S3SigV4Auth))

    assert get(f"door-{ACCOUNT}.s3-accesspoint.us-east-1.amazonaws.com").body == b"text"
    assert get(f"door-{ACCOUNT}.s3-accesspoint.dualstack.us-east-1.amazonaws.com").body == b"text"
    missing = get(f"none-{ACCOUNT}.s3-accesspoint.us-east-1.amazonaws.com")
    assert missing.status == 404 and b"NoSuchAccessPoint" in missing.body
    # Where a bucket has the name, too, a host of AWS says which is meant, and one of this server does not.
    assert b"NoSuchBucket" in get(f"door-{ACCOUNT}.s3.us-east-1.amazonaws.com").body
    assert b"NoSuchBucket" in get("localhost", f"/door-{ACCOUNT}/k").body
    here.s3.create_bucket(Bucket=f"door-{ACCOUNT}")
    here.s3.put_object(Bucket=f"door-{ACCOUNT}", Key="k", Body=b"of the bucket")
    assert get(f"door-{ACCOUNT}.s3.us-east-1.amazonaws.com").body == b"of the bucket"
    assert get("localhost", f"/door-{ACCOUNT}/k").body == b"of the bucket"
    assert get(f"door-{ACCOUNT}.s3-accesspoint.us-east-1.amazonaws.com").body == b"text"
    unclear = get(f"door-{ACCOUNT}.localhost")
    assert unclear.status == 400 and b"can mean more than one" in unclear.body


def test_records_show_the_point(here, door):
    here.s3.get_object(Bucket=POINT, Key="k")
    with refused("AccessDenied"):
        here.s3control.get_access_point(AccountId=OTHER_ACCOUNT, Name="door")
    made = records(here, "CreateAccessPoint")[0]
    assert made["requestParameters"]["bucket"] == "box" and made["responseElements"]["accessPointArn"] == POINT
    assert made["resources"] == [{"accountId": ACCOUNT, "type": "AWS::S3::AccessPoint", "ARN": POINT}]
    assert records(here, "GetAccessPoint")[0]["errorCode"] == "AccessDenied"


def test_tags_of_points_are_seen_by_policies(server, here, people):
    control = here.s3control
    control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket="box", Tags=[{"Key": "team", "Value": "red"}])
    assert control.list_tags_for_resource(AccountId=ACCOUNT, ResourceArn=POINT)["Tags"] == [{"Key": "team", "Value": "red"}]
    people.user("jane", policy(
        statement("Allow", "s3:GetObject", "*", Condition={"StringEquals": {"s3:AccessPointTag/team": "red"}})))
    jane = Local(server, Keys.of(here.iam.create_access_key(UserName="jane")))
    assert jane.s3.get_object(Bucket=POINT, Key="k")["Body"].read() == b"text"
    control.tag_resource(AccountId=ACCOUNT, ResourceArn=POINT, Tags=[{"Key": "team", "Value": "blue"}])
    with refused("AccessDenied"):
        jane.s3.get_object(Bucket=POINT, Key="k")
    with refused("InvalidTag"):
        control.tag_resource(AccountId=ACCOUNT, ResourceArn=POINT, Tags=[{"Key": "Team", "Value": "red"}])
    control.untag_resource(AccountId=ACCOUNT, ResourceArn=POINT, TagKeys=["team"])
    assert control.list_tags_for_resource(AccountId=ACCOUNT, ResourceArn=POINT)["Tags"] == []
    for wrong in (THEIRS, POINT.replace("us-east-1", "eu-west-1")):
        with refused("AccessDenied"):
            control.list_tags_for_resource(AccountId=ACCOUNT, ResourceArn=wrong)


def test_copies_through_points_tell_policies_of_the_bucket(server, here, door, people):
    people.user("jane", policy(
        statement("Allow", "s3:*"),
        statement("Deny", "s3:PutObject", Condition={"StringLike": {"s3:x-amz-copy-source": "box/secret/*"}})))
    jane = Local(server, Keys.of(here.iam.create_access_key(UserName="jane")))
    here.s3.put_object(Bucket="box", Key="secret/k", Body=b"")
    with refused("AccessDenied"):
        jane.s3.copy_object(Bucket=POINT, Key="copy", CopySource={"Bucket": POINT, "Key": "secret/k"})
    jane.s3.copy_object(Bucket=POINT, Key="copy", CopySource={"Bucket": POINT, "Key": "k"})


def test_the_account_of_the_host_must_be_that_of_the_header(server, here):
    def control(host):
        target = "/v20180820/accesspoint"
        return send(server, "GET", target, headers=signed(
            server, ROOT_KEYS, service="s3", method="GET", target=target, host=host,
            headers={"x-amz-account-id": ACCOUNT}, signer=botocore.auth.S3SigV4Auth))

    for host in (f"localhost:{server.port}", f"{ACCOUNT}.localhost", f"{ACCOUNT}.s3-control.us-east-1.amazonaws.com", f"{ACCOUNT}.127.0.0.1"):
        assert control(host).status == 200, host
    for host in (f"{OTHER_ACCOUNT}.localhost", f"{OTHER_ACCOUNT}.s3-control.us-east-1.amazonaws.com", "name.localhost"):
        assert control(host).status == 400, host


def test_the_real_clients_of_s3_control(server, here, tmp_path):
    with_address = Clients(server, ROOT_KEYS)
    for control in (here.s3control, with_address.s3control):
        control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=OPEN)
        assert control.get_public_access_block(AccountId=ACCOUNT)["PublicAccessBlockConfiguration"] == OPEN
        control.delete_public_access_block(AccountId=ACCOUNT)
        control.tag_resource(AccountId=ACCOUNT, ResourceArn="arn:aws:s3:::box", Tags=[{"Key": "a", "Value": "1"}])
        assert control.list_tags_for_resource(AccountId=ACCOUNT, ResourceArn="arn:aws:s3:::box")["Tags"] == [{"Key": "a", "Value": "1"}]
        control.untag_resource(AccountId=ACCOUNT, ResourceArn="arn:aws:s3:::box", TagKeys=["a"])
        assert control.list_multi_region_access_points(AccountId=ACCOUNT)["AccessPoints"] == []
        assert control.list_access_points_for_object_lambda(AccountId=ACCOUNT)["ObjectLambdaAccessPointList"] == []
        assert control.list_jobs(AccountId=ACCOUNT)["Jobs"] == []
        assert control.list_storage_lens_configurations(AccountId=ACCOUNT).get("StorageLensConfigurationList", []) == []
        assert control.list_access_grants_instances(AccountId=ACCOUNT)["AccessGrantsInstancesList"] == []
        with refused("InvalidToken"):
            control.list_jobs(AccountId=ACCOUNT, NextToken="made+up")
        with refused("AccessDenied"):
            control.list_jobs(AccountId=OTHER_ACCOUNT)
    (tmp_path / "sitecustomize.py").write_text(textwrap.dedent("""
        import socket
        def by_hand(host, *rest, real=socket.getaddrinfo, **more):
            return real("127.0.0.1" if str(host).endswith((".localhost", ".127.0.0.1")) else host, *rest, **more)
        socket.getaddrinfo = by_hand
    """))
    line = CommandLine(server, tmp_path)
    line.environment |= {"PYTHONPATH": str(tmp_path), "AWS_ENDPOINT_URL": f"http://localhost:{server.port}"}
    made = line("s3control", "create-access-point", "--account-id", ACCOUNT, "--name", "door", "--bucket", "box")
    assert made["AccessPointArn"] == POINT


def test_what_no_bucket_can_have_is_absent(here):
    s3 = here.s3
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket="box")
    for answer in (s3.list_bucket_analytics_configurations(Bucket="box"), s3.list_bucket_metrics_configurations(Bucket="box"),
                   s3.list_bucket_intelligent_tiering_configurations(Bucket="box")):
        assert answer["IsTruncated"] is False and not [name for name in answer if name.endswith("List")]
    with refused("NoSuchBucket"):
        s3.list_bucket_metrics_configurations(Bucket="absent")
    s3.put_bucket_abac(Bucket="box", AbacStatus={"Status": "Disabled"})
    with refused("NotImplemented", status=501):
        s3.put_bucket_abac(Bucket="box", AbacStatus={"Status": "Enabled"})


def test_who_offers_to_pay_is_served_as_anybody(here):
    s3 = here.s3
    payer = {"Bucket": "box", "RequestPayer": "requester"}
    for answer in (s3.put_object(Key="p", Body=b"1", **payer), s3.get_object(Key="p", **payer), s3.head_object(Key="p", **payer),
                   s3.list_objects_v2(**payer), s3.list_objects(**payer), s3.list_object_versions(**payer),
                   s3.copy_object(Key="q", CopySource={"Bucket": "box", "Key": "p"}, **payer),
                   s3.put_object_tagging(Key="p", Tagging={"TagSet": []}, **payer), s3.get_object_tagging(Key="p", **payer),
                   s3.delete_object(Key="p", **payer), s3.delete_objects(Delete={"Objects": [{"Key": "q"}]}, **payer)):
        assert "RequestCharged" not in answer
