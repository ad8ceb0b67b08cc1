"""Second factors in calls: GetSessionToken and AssumeRole with a code, and the policies that want one."""

import time

import pytest
from audit import records
from authenticator import Authenticator
from callers import Clients
from errors import refused
from people import allow, policy, statement, trust
from server import ACCOUNT, Keys

INVALID = "MultiFactorAuthentication failed with invalid MFA one time pass code."
UNKNOWN = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."

# AWS's template: without a second factor nothing but the way to get one.
WITHOUT_FACTOR = statement(
    "Deny", None, Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    NotAction=["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "iam:ListVirtualMFADevices",
               "iam:ResyncMFADevice", "sts:GetSessionToken"])
del WITHOUT_FACTOR["Action"]


@pytest.fixture
def ann(server, root, people):
    clients = people.user("ann")
    clients.app = Authenticator(server, root.iam, "ann").enable("ann")
    clients.session = lambda steps=0, **more: Clients(
        server, Keys.of(clients.sts.get_session_token(**clients.app.factor(steps), **more)))
    return clients


def test_a_delete_needs_a_second_factor(server, root, people, ann):
    """M126: denied with the plain keys, allowed with a session that proved the factor."""
    people.may("ann", policy(
        statement("Allow", "s3:*"),
        statement("Deny", "s3:DeleteObject", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})))
    root.s3.create_bucket(Bucket="papers")
    root.s3.put_object(Bucket="papers", Key="deed", Body=b"mine")
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        ann.s3.delete_object(Bucket="papers", Key="deed")
    plain = Clients(server, Keys.of(ann.sts.get_session_token()))
    with refused("AccessDenied"):
        plain.s3.delete_object(Bucket="papers", Key="deed")
    ann.session().s3.delete_object(Bucket="papers", Key="deed")
    with refused("NoSuchKey"):
        root.s3.get_object(Bucket="papers", Key="deed")
    (record,) = [one for one in records(root, "GetSessionToken") if "serialNumber" in (one["requestParameters"] or {})]
    assert record["requestParameters"] == {"serialNumber": ann.app.serial}


def test_everything_is_denied_without_a_second_factor(server, root, people, ann):
    people.may("ann", policy(statement("Allow", "*"), WITHOUT_FACTOR))
    for call in (ann.iam.list_users, ann.s3.list_buckets):
        with refused("AccessDenied"):
            call()
    ann.iam.list_mfa_devices(UserName="ann")
    session = ann.session()
    session.iam.list_users()
    session.s3.list_buckets()


def test_a_factor_grows_old(server, people, ann):
    people.may("ann", policy(statement("Allow", "iam:*", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}})))
    session = ann.session()
    session.iam.list_users()
    server.advance(minutes=59)
    session.iam.list_users()
    server.advance(minutes=2)
    with refused("AccessDenied"):
        session.iam.list_users()


def test_wrong_factors(server, root, people, ann):
    ben = people.user("ben")
    bens = Authenticator(server, root.iam, "ben").enable("ben")
    good = ann.app.factor()
    ann.sts.get_session_token(**good)
    for factor, message in (
        (good, INVALID), ({"SerialNumber": ann.app.serial, "TokenCode": bens.code_unlike(ann.app)}, INVALID),
        ({"SerialNumber": ann.app.serial, "TokenCode": ann.app.wrong()}, INVALID), (bens.factor(), UNKNOWN),
        ({"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/none", "TokenCode": ann.app.code(1)}, UNKNOWN),
    ):
        with refused("AccessDenied", message):
            ann.sts.get_session_token(**factor)
    for part in ({"SerialNumber": ann.app.serial}, {"TokenCode": ann.app.code(1)}):
        with refused("ValidationError", "Must provide both MFA serial number and one time pass code."):
            ann.sts.get_session_token(**part)
    with refused("AccessDenied", UNKNOWN):
        root.sts.get_session_token(**bens.factor())
    ben.sts.get_session_token(**bens.factor())


def test_guessing_locks_and_the_lock_ends(server, root, ann):
    for _ in range(5):
        with refused("AccessDenied", INVALID):
            ann.sts.get_session_token(SerialNumber=ann.app.serial, TokenCode=ann.app.wrong())
    with refused("AccessDenied", "too many wrong codes"):
        ann.session()
    assert any("too many wrong codes" in (one.get("errorMessage") or "") for one in records(root, "GetSessionToken"))
    server.advance(minutes=1)
    ann.session()


def test_how_long_a_session_lasts(server, root, ann):
    def lasts(clients, **more):
        credentials = clients.sts.get_session_token(**more)["Credentials"]
        return round((credentials["Expiration"].timestamp() - time.time()) / 60)

    server.post("/_gatehouse/clock", {"offsetSeconds": 0})
    assert lasts(ann) == 720 and lasts(ann, DurationSeconds=900) == 15 and lasts(ann, DurationSeconds=129600) == 2160
    assert lasts(root) == 60 and lasts(root, DurationSeconds=129600) == 60 and lasts(root, DurationSeconds=900) == 15
    for seconds in (899, 129601):
        with refused("ValidationError"):
            ann.sts.get_session_token(DurationSeconds=seconds)


def test_what_a_session_may_not_call(server, people, ann):
    people.may("ann", allow("*"))
    plain = Clients(server, Keys.of(ann.sts.get_session_token()))
    with refused("InvalidClientTokenId", "The security token included in the request is invalid"):
        plain.iam.list_users()
    for call in (plain.sts.get_session_token, lambda: plain.sts.get_federation_token(Name="guest")):
        with refused("AccessDenied", "with session credentials"):
            call()
    assert plain.sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"
    people.role("r")
    plain.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/r", RoleSessionName="visit")
    visit = people.session(ann, f"arn:aws:iam::{ACCOUNT}:role/r")
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials"):
        visit.sts.get_session_token()


def test_a_role_that_wants_a_code(server, root, people, ann):
    people.may("ann", allow("sts:AssumeRole"))
    wants = trust(f"arn:aws:iam::{ACCOUNT}:root", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    role = people.role("vault", wants, policy(
        statement("Allow", "iam:ListUsers"),
        statement("Allow", "iam:ListGroups", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})))
    with refused("AccessDenied", "is not authorized to perform: sts:AssumeRole"):
        people.session(ann, role)
    with refused("AccessDenied", INVALID):
        people.session(ann, role, SerialNumber=ann.app.serial, TokenCode=ann.app.wrong())
    factor = ann.app.factor()
    visit = people.session(ann, role, **factor)
    visit.iam.list_users()
    # The factor counted for taking on the role alone: its session shows none, as with AWS.
    with refused("AccessDenied"):
        visit.iam.list_groups()
    with refused("AccessDenied", INVALID):
        people.session(ann, role, **factor)
    # A session that proved the factor before needs no other code.
    people.session(ann.session(1), role)
    (record,) = [one for one in records(root, "ListUsers") if one["userIdentity"]["type"] == "AssumedRole"]
    assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"


def test_a_role_of_another_account_wants_a_code(server, people, other, ann):
    wants = trust(f"arn:aws:iam::{ACCOUNT}:root", Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}})
    other.iam.create_role(RoleName="shared", AssumeRolePolicyDocument=wants)
    role = "arn:aws:iam::210987654321:role/shared"
    people.may("ann", allow("sts:AssumeRole", role))
    with refused("AccessDenied"):
        people.session(ann, role)
    people.session(ann, role, **ann.app.factor())


def test_root_proves_a_factor(server, root):
    app = Authenticator(server, root.iam, "root-account-mfa-device").enable(ACCOUNT)
    assert app.serial == f"arn:aws:iam::{ACCOUNT}:mfa/root-account-mfa-device"
    assert root.iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1
    (device,) = root.iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert device["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    session = Clients(server, Keys.of(root.sts.get_session_token(**app.factor())))
    session.iam.create_group(GroupName="made-with-a-factor")
    (record,) = records(root, "CreateGroup")
    assert record["userIdentity"]["type"] == "Root"
    assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"
    with refused("AccessDenied", INVALID):
        root.sts.get_session_token(SerialNumber=app.serial, TokenCode=app.wrong())
    root.iam.deactivate_mfa_device(UserName="root", SerialNumber=app.serial)
    assert root.iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 0


def test_a_user_may_manage_a_device_of_its_own(server, people):
    own = policy(
        statement("Allow", ["iam:CreateVirtualMFADevice"], "arn:aws:iam::*:mfa/*"),
        statement("Allow", ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice", "iam:DeactivateMFADevice"],
                  "arn:aws:iam::*:user/${aws:username}"))
    ann = people.user("ann", own)
    people.user("ben")
    app = Authenticator(server, ann.iam, "phone")
    with refused("AccessDenied", "iam:EnableMFADevice on resource: user ben"):
        app.enable("ben")
    app.enable("ann")
    assert len(ann.iam.list_mfa_devices()["MFADevices"]) == 1
    ann.iam.resync_mfa_device(UserName="ann", SerialNumber=app.serial, **app.pair(3))
    session = Clients(server, Keys.of(ann.sts.get_session_token(**app.factor(5))))
    session.iam.deactivate_mfa_device(SerialNumber=app.serial)
    assert ann.iam.list_mfa_devices()["MFADevices"] == []


def test_whoever_has_a_device_needs_it_to_change_its_own(server, root, people):
    """AWS-2023-001: a stolen access key makes no second factor, and does away with none."""
    ann = people.user("ann", allow("*"))
    people.user("ben")
    first, second, bens = (Authenticator(server, ann.iam, name) for name in ("first", "second", "bens"))
    first.enable("ann")
    for call in (
        lambda: second.enable("ann"),
        lambda: ann.iam.enable_mfa_device(UserName="ANN", SerialNumber=first.serial, **first.pair(1)),
        lambda: ann.iam.enable_mfa_device(UserName="ann", SerialNumber=first.serial + "x", **first.pair(1)),
        lambda: ann.iam.deactivate_mfa_device(UserName="ann", SerialNumber=first.serial),
        lambda: ann.iam.deactivate_mfa_device(SerialNumber=first.serial + "x"),
    ):
        with refused("AccessDenied", "authenticated with an MFA device that is enabled for this user"):
            call()
    assert records(root, "DeactivateMFADevice")[0]["errorCode"] == "AccessDenied"
    (device,) = root.iam.list_mfa_devices(UserName="ann")["MFADevices"]
    assert device["SerialNumber"] == first.serial
    # Clocks are set right and other people are served without it.
    ann.iam.resync_mfa_device(UserName="ann", SerialNumber=first.serial, **first.pair(3))
    bens.enable("ben")
    ann.iam.deactivate_mfa_device(UserName="ben", SerialNumber=bens.serial)
    session = Clients(server, Keys.of(ann.sts.get_session_token(**first.factor(5))))
    session.iam.enable_mfa_device(UserName="ann", SerialNumber=second.serial, **second.pair(0))
    session.iam.deactivate_mfa_device(UserName="ann", SerialNumber=first.serial)
    session.iam.deactivate_mfa_device(UserName="ann", SerialNumber=second.serial)
    # The first one after the last needs none again.
    ann.iam.enable_mfa_device(UserName="ann", SerialNumber=first.serial, **first.pair(7))


def test_the_command_line_gets_a_session(aws, ann):
    line = aws.of(ann.keys)
    factor = ann.app.factor()
    session = line("sts", "get-session-token", "--serial-number", factor["SerialNumber"], "--token-code", factor["TokenCode"])
    identity = aws.of(Keys.of(session))("sts", "get-caller-identity")
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/ann"
