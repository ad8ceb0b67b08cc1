"""Defends buckets: their names, owners, places, settings and lists."""

import json

import pytest

from errors import refused
from people import allow, policy
from server import ACCOUNT


def public_read(bucket):
    return policy({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"})


def test_a_bucket_is_made_listed_and_deleted(root):
    assert root.s3.create_bucket(Bucket="first-bucket")["Location"] == "/first-bucket"
    elsewhere = root.at("eu-west-1").s3
    elsewhere.create_bucket(Bucket="a-second", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert elsewhere.get_bucket_location(Bucket="a-second")["LocationConstraint"] == "eu-west-1"
    listed = root.s3.list_buckets()
    assert [bucket["Name"] for bucket in listed["Buckets"]] == ["a-second", "first-bucket"]
    assert len(listed["Owner"]["ID"]) == 64
    assert root.s3.get_bucket_location(Bucket="first-bucket")["LocationConstraint"] is None
    for nowhere in ("mars", "us-east-1"):
        with refused("InvalidLocationConstraint", "The specified location-constraint is not valid", 400):
            root.s3.create_bucket(Bucket="nowhere", CreateBucketConfiguration={"LocationConstraint": nowhere})
    head = root.s3.head_bucket(Bucket="first-bucket")
    assert head["BucketRegion"] == "us-east-1"
    root.s3.delete_bucket(Bucket="first-bucket")
    with refused("404", status=404):
        root.s3.head_bucket(Bucket="first-bucket")
    with refused("NoSuchBucket", status=404):
        root.s3.delete_bucket(Bucket="first-bucket")


def test_buckets_come_in_pages(root):
    for name in ["bucket-c", "bucket-a", "bucket-b", "other-d"]:
        root.s3.create_bucket(Bucket=name)
    first = root.s3.list_buckets(MaxBuckets=2)
    second = root.s3.list_buckets(MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
    assert [bucket["Name"] for bucket in first["Buckets"] + second["Buckets"]] == ["bucket-a", "bucket-b", "bucket-c", "other-d"]
    assert len(root.s3.list_buckets(Prefix="bucket-")["Buckets"]) == 3


@pytest.mark.parametrize("name", ["ab", "UPPER", "a..b", "-dash", "192.168.0.1", "xn--abc", "a" * 64, "under_score"])
def test_a_wrong_name_is_refused(root, name):
    with refused("InvalidBucketName", status=400):
        root.s3.create_bucket(Bucket=name)


def test_a_name_is_taken_in_all_accounts(root, other):
    root.at("eu-west-1").s3.create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with refused("BucketAlreadyOwnedByYou", status=409):
        root.at("eu-west-1").s3.create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with refused("BucketAlreadyExists", status=409):
        other.s3.create_bucket(Bucket="taken")
    with refused("403", status=403):
        other.s3.head_bucket(Bucket="taken")
    assert other.s3.list_buckets()["Buckets"] == []


def test_a_bucket_with_objects_stays(root):
    root.s3.create_bucket(Bucket="full")
    root.s3.put_object(Bucket="full", Key="k", Body=b"x")
    with refused("BucketNotEmpty", status=409):
        root.s3.delete_bucket(Bucket="full")
    root.s3.delete_object(Bucket="full", Key="k")
    root.s3.delete_bucket(Bucket="full")


def test_the_settings_of_a_new_bucket_are_told(root):
    root.s3.create_bucket(Bucket="plain")
    rules = root.s3.get_bucket_encryption(Bucket="plain")["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    block = root.s3.get_public_access_block(Bucket="plain")["PublicAccessBlockConfiguration"]
    assert block == dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)
    owner = root.s3.get_bucket_ownership_controls(Bucket="plain")["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    with refused("NoSuchBucketPolicy", status=404):
        root.s3.get_bucket_policy(Bucket="plain")


def test_a_policy_is_kept_and_a_wrong_or_public_one_refused(root):
    root.s3.create_bucket(Bucket="ruled")
    own = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "s3:*",
                  "Resource": ["arn:aws:s3:::ruled", "arn:aws:s3:::ruled/*"]})
    assert root.s3.put_bucket_policy(Bucket="ruled", Policy=own)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert json.loads(root.s3.get_bucket_policy(Bucket="ruled")["Policy"]) == json.loads(own)
    for wrong in ("{", allow("s3:*"), own.replace("ruled/*", "other/*"), own.replace("s3:*", "iam:*"),
                  own.replace(f"{ACCOUNT}:root", f"{ACCOUNT}:user/nobody")):
        with refused("MalformedPolicy", status=400):
            root.s3.put_bucket_policy(Bucket="ruled", Policy=wrong)
    with refused("AccessDenied", "public", status=403):
        root.s3.put_bucket_policy(Bucket="ruled", Policy=public_read("ruled"))
    assert json.loads(root.s3.get_bucket_policy(Bucket="ruled")["Policy"]) == json.loads(own)
    root.s3.delete_bucket_policy(Bucket="ruled")
    with refused("NoSuchBucketPolicy"):
        root.s3.get_bucket_policy(Bucket="ruled")


@pytest.mark.parametrize("call", [
    lambda s3: s3.put_bucket_acl(Bucket="plain", ACL="public-read"),
    lambda s3: s3.put_bucket_accelerate_configuration(Bucket="plain", AccelerateConfiguration={"Status": "Enabled"}),
    lambda s3: s3.put_object(Bucket="plain", Key="k", ObjectLockMode="GOVERNANCE"),
    lambda s3: s3.put_object(Bucket="plain", Key="k", ServerSideEncryption="aws:kms", SSEKMSKeyId="k"),
    lambda s3: s3.put_object(Bucket="plain", Key="k", StorageClass="GLACIER"),
], ids=["acl", "accelerate", "lock", "kms", "class"])
def test_what_is_not_served_is_refused_and_does_nothing(root, call):
    root.s3.create_bucket(Bucket="plain")
    with pytest.raises(root.s3.exceptions.ClientError) as caught:
        call(root.s3)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501), caught.value.response
    assert root.s3.list_objects_v2(Bucket="plain")["KeyCount"] == 0
