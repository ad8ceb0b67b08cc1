"""GetFederationToken: credentials for somebody a user vouches for by name."""

import json

import pytest
from callers import Clients
from errors import refused
from people import allow, policy, statement
from server import ACCOUNT, Keys

READ = allow("s3:GetObject")
GUEST = f"arn:aws:sts::{ACCOUNT}:federated-user/guest"


@pytest.fixture
def broker(root, people):
    root.s3.create_bucket(Bucket="papers")
    root.s3.put_object(Bucket="papers", Key="deed", Body=b"mine")
    return people.user("broker", policy(
        statement("Allow", "sts:GetFederationToken", f"arn:aws:sts::{ACCOUNT}:federated-user/guest"),
        statement("Allow", "s3:*")))


def guest(server, broker, **more):
    return Clients(server, Keys.of(broker.sts.get_federation_token(Name="guest", **more)))


def test_a_guest_has_what_both_allow(server, broker, people):
    answer = broker.sts.get_federation_token(Name="guest", Policy=READ, DurationSeconds=900)
    assert answer["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:guest", "Arn": GUEST}
    assert 0 < answer["PackedPolicySize"] < 100
    clients = Clients(server, Keys.of(answer))
    assert clients.sts.get_caller_identity()["Arn"] == GUEST
    assert clients.sts.get_caller_identity()["UserId"] == f"{ACCOUNT}:guest"
    assert clients.s3.get_object(Bucket="papers", Key="deed")["Body"].read() == b"mine"
    with refused("AccessDenied"):
        clients.s3.put_object(Bucket="papers", Key="deed", Body=b"ours")
    # Beyond the broker's own rights no session policy reaches; what the broker loses, the guest loses.
    people.may("broker", allow("sts:GetFederationToken"))
    with refused("AccessDenied"):
        clients.s3.get_object(Bucket="papers", Key="deed")


def test_without_a_policy_a_guest_may_nothing(server, broker, root):
    answer = broker.sts.get_federation_token(Name="guest")
    assert answer["PackedPolicySize"] == 0
    clients = Clients(server, Keys.of(answer))
    with refused("AccessDenied"):
        clients.s3.get_object(Bucket="papers", Key="deed")
    clients.sts.get_caller_identity()
    # A bucket that names the guest itself lets it in, whatever the session says.
    root.s3.put_bucket_policy(Bucket="papers", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": GUEST}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::papers/*"}]}))
    assert clients.s3.get_object(Bucket="papers", Key="deed")["Body"].read() == b"mine"
    other = guest(server, broker, Policy=allow("s3:ListBucket"))
    assert other.s3.get_object(Bucket="papers", Key="deed")["Body"].read() == b"mine"


def test_who_may_vouch_for_whom(broker):
    with refused("AccessDenied", f"sts:GetFederationToken on resource: arn:aws:sts::{ACCOUNT}:federated-user/boss"):
        broker.sts.get_federation_token(Name="boss")


@pytest.mark.parametrize("name", ["g", "n" * 33, "two words", "a/b"])
def test_names(broker, name):
    with refused("ValidationError"):
        broker.sts.get_federation_token(Name=name)


def test_policies_are_checked(root, broker):
    with refused("MalformedPolicyDocument"):
        broker.sts.get_federation_token(Name="guest", Policy="{")
    with refused("MalformedPolicyDocument"):
        broker.sts.get_federation_token(Name="guest", PolicyArns=[{"arn": f"arn:aws:iam::{ACCOUNT}:policy/none"}])
    with refused("PackedPolicyTooLarge"):
        broker.sts.get_federation_token(
            Name="guest", Policy=READ, PolicyArns=[{"arn": f"arn:aws:iam::{ACCOUNT}:policy/{n}"} for n in range(11)])
    with refused("ValidationError"):
        broker.sts.get_federation_token(Name="guest", Policy=" " * 2049)
    reader = root.iam.create_policy(PolicyName="reader", PolicyDocument=READ)["Policy"]["Arn"]
    broker.sts.get_federation_token(Name="guest", PolicyArns=[{"arn": reader}])


def test_tags_are_the_sessions(server, people, broker):
    tags = [{"Key": "team", "Value": "red"}]
    with refused("AccessDenied", "sts:TagSession"):
        broker.sts.get_federation_token(Name="guest", Policy=READ, Tags=tags)
    people.may("broker", policy(
        statement("Allow", ["sts:GetFederationToken", "sts:TagSession"]),
        statement("Allow", "s3:GetObject", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})))
    guest(server, broker, Policy=READ, Tags=tags).s3.get_object(Bucket="papers", Key="deed")
    with refused("AccessDenied"):
        guest(server, broker, Policy=READ).s3.get_object(Bucket="papers", Key="deed")
    with refused("InvalidParameterValue"):
        broker.sts.get_federation_token(Name="guest", Tags=[{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}])
    people.may("broker", policy(
        statement("Allow", ["sts:GetFederationToken", "sts:TagSession"], Condition={"StringEquals": {"aws:RequestTag/team": "blue"}})))
    with refused("AccessDenied"):
        broker.sts.get_federation_token(Name="guest", Tags=tags)


def test_root_vouches_for_an_hour(server, root, broker):
    answer = root.sts.get_federation_token(Name="guest", Policy=READ, DurationSeconds=129600)
    clients = Clients(server, Keys.of(answer))
    assert clients.s3.get_object(Bucket="papers", Key="deed")["Body"].read() == b"mine"
    with refused("AccessDenied"):
        clients.s3.list_buckets()
    server.advance(minutes=61)
    with refused("ExpiredToken", status=400):
        clients.s3.get_object(Bucket="papers", Key="deed")


def test_a_guest_has_no_iam_and_no_sts(server, people, broker):
    clients = guest(server, broker, Policy=allow("*"))
    people.may("broker", allow("*"))
    with refused("InvalidClientTokenId"):
        clients.iam.list_users()
    for call in (
        clients.sts.get_session_token, lambda: clients.sts.get_federation_token(Name="other"),
        lambda: clients.sts.assume_role(RoleArn=people.role("r"), RoleSessionName="visit"),
    ):
        with refused("AccessDenied", "with session credentials"):
            call()
    clients.s3.list_buckets()
