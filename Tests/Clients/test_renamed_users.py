"""Defends: a session goes with its user through a change of name, and never to whoever has the name afterwards."""

import pytest

from audit import records
from authenticator import Authenticator
from callers import Clients
from console import GOOD
from errors import refused
from people import allow
from server import ACCOUNT, Keys


@pytest.fixture
def session(server, root, people):
    """Clients of a session of alice."""
    alice = people.user("alice", allow("*"))
    app = Authenticator(server, root.iam, "phone").enable("alice")
    return Clients(server, Keys.of(alice.sts.get_session_token(**app.factor())))


def test_a_session_is_its_users_under_any_name(server, root, people, session):
    assert session.sts.get_caller_identity()["Arn"].endswith(":user/alice")
    root.iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/staff/")
    people.user("alice")
    assert session.sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/staff/alicia"
    made = session.iam.create_access_key()["AccessKey"]
    assert made["UserName"] == "alicia"
    assert records(root, "CreateAccessKey")[0]["userIdentity"]["userName"] == "alicia"
    assert session.iam.get_user()["User"]["UserName"] == "alicia"
    assert len(root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]) == 1
    people.may("alicia", allow("iam:GetUser", f"arn:aws:iam::{ACCOUNT}:user/*${{aws:username}}"))
    session.iam.get_user(UserName="alicia")
    with refused("AccessDenied"):
        session.iam.get_user(UserName="alice")
    # And once more, back to the name the token bears.
    root.iam.delete_access_key(UserName="alice", AccessKeyId=root.iam.list_access_keys(UserName="alice")["AccessKeyMetadata"][0]["AccessKeyId"])
    root.iam.delete_user(UserName="alice")
    root.iam.update_user(UserName="alicia", NewUserName="alice", NewPath="/")
    session.iam.get_user(UserName="alice")
    assert session.sts.get_caller_identity()["Arn"].endswith(":user/alice")


def test_a_guest_is_vouched_for_by_the_present_name(server, root, people):
    alice = people.user("alice", allow("*"))
    guest = Clients(server, Keys.of(alice.sts.get_federation_token(Name="guest", Policy=allow("*"))))
    guest.s3.list_buckets()
    root.iam.update_user(UserName="alice", NewUserName="alicia")
    guest.s3.create_bucket(Bucket="papers")
    issuer = records(root, "CreateBucket")[0]["userIdentity"]["sessionContext"]["sessionIssuer"]
    assert (issuer["userName"], issuer["arn"]) == ("alicia", f"arn:aws:iam::{ACCOUNT}:user/alicia")


def test_a_sign_in_goes_with_its_user(server, root, people, alice, browser):
    root.iam.put_user_policy(UserName=alice, PolicyName="p", PolicyDocument=allow("*"))
    browser.sign_in(alice, GOOD)
    keys = browser.post("credentials").json
    signed_in = Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))
    root.iam.update_user(UserName=alice, NewUserName="alicia")
    people.user("alice")
    assert signed_in.iam.create_access_key()["AccessKey"]["UserName"] == "alicia"
    signed_in.iam.change_password(OldPassword=GOOD, NewPassword=GOOD + "x")


def test_long_term_keys_go_with_their_user(root, people):
    alice = people.user("alice", allow("*"))
    root.iam.update_user(UserName="alice", NewUserName="alicia")
    people.user("alice")
    assert alice.iam.create_access_key()["AccessKey"]["UserName"] == "alicia"
