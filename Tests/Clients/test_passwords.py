"""Defends passwords: a profile apart from keys, the account's rules enforced, one's own password changed by leave only."""

import pytest

from audit import records
from callers import Clients
from errors import refused
from people import allow, arn, policy, statement
from server import OTHER_ROOT_KEYS, Keys

GOOD = "Correct horse 7"
BETTER = "Battery staple 8!"


def test_a_key_only_user_has_no_password_and_the_other_way_round(root):
    root.iam.create_user(UserName="machine")
    root.iam.create_access_key(UserName="machine")
    with refused("NoSuchEntity", "Login Profile for User machine cannot be found."):
        root.iam.get_login_profile(UserName="machine")
    root.iam.create_user(UserName="person")
    made = root.iam.create_login_profile(UserName="person", Password=GOOD)["LoginProfile"]
    assert made["PasswordResetRequired"] is False
    assert root.iam.list_access_keys(UserName="person")["AccessKeyMetadata"] == []
    got = root.iam.get_login_profile(UserName="person")["LoginProfile"]
    assert got == made and set(got) == {"UserName", "CreateDate", "PasswordResetRequired"}


def test_a_profile_is_made_once_changed_and_deleted(root, aws):
    root.iam.create_user(UserName="alice")
    root.iam.create_login_profile(UserName="alice", Password=GOOD, PasswordResetRequired=True)
    with refused("EntityAlreadyExists", "Login Profile for user alice already exists."):
        root.iam.create_login_profile(UserName="alice", Password=GOOD)
    assert root.iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is True
    root.iam.update_login_profile(UserName="alice", PasswordResetRequired=False)
    assert root.iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is False
    aws("iam", "update-login-profile", "--user-name", "alice", "--password", BETTER, "--password-reset-required")
    assert aws("iam", "get-login-profile", "--user-name", "alice")["LoginProfile"]["PasswordResetRequired"] is True
    with refused("DeleteConflict", "must delete login profile first"):
        root.iam.delete_user(UserName="alice")
    root.iam.delete_login_profile(UserName="alice")
    with refused("NoSuchEntity"):
        root.iam.delete_login_profile(UserName="alice")
    root.iam.delete_user(UserName="alice")
    root.iam.create_user(UserName="alice")
    with refused("NoSuchEntity"):
        root.iam.get_login_profile(UserName="alice")


def test_a_profile_follows_a_renamed_user_and_is_read_by_its_owner(people, root):
    alice = people.user("alice", allow(["iam:GetLoginProfile", "iam:DeleteLoginProfile"]))
    root.iam.create_login_profile(UserName="alice", Password=GOOD)
    root.iam.update_user(UserName="alice", NewUserName="alicia")
    assert alice.iam.get_login_profile()["LoginProfile"]["UserName"] == "alicia"
    alice.iam.delete_login_profile()
    with refused("ValidationError", "Must specify userName"):
        root.iam.get_login_profile()


def test_without_a_policy_the_rules_are_those_of_aws(root):
    with refused("NoSuchEntity", "The Password Policy with domain name 123456789012 cannot be found."):
        root.iam.get_account_password_policy()
    with refused("NoSuchEntity"):
        root.iam.delete_account_password_policy()
    root.iam.create_account_alias(AccountAlias="Acme-1-corp".lower())
    root.iam.create_user(UserName="alice")
    for bad in ["Short 7", "onlylowercase", "lower and 7".replace(" ", ""), "ALLUPPER99", "acme-1-corp"]:
        with refused("PasswordPolicyViolation", status=400):
            root.iam.create_login_profile(UserName="alice", Password=bad)
    root.iam.create_login_profile(UserName="alice", Password="lower and 7")


RULES = [
    ({"MinimumPasswordLength": 14}, "Correct horse", "Correct horse!"),
    ({"RequireSymbols": True}, "abcdef<", "abcdef'"),
    ({"RequireNumbers": True}, "abcdef", "abcdef0"),
    ({"RequireUppercaseCharacters": True}, "abcdefÄ", "abcdefZ"),
    ({"RequireLowercaseCharacters": True}, "ABCDEFä", "ABCDEFz"),
    ({}, "abcde", "abcdef"),
]


@pytest.mark.parametrize("rule, bad, good", RULES, ids=[str(rule) for rule, _, _ in RULES])
def test_each_rule_is_enforced(people, root, rule, bad, good):
    alice = people.user("alice", allow("iam:ChangePassword"))
    root.iam.update_account_password_policy(**rule)
    with refused("PasswordPolicyViolation"):
        root.iam.create_login_profile(UserName="alice", Password=bad)
    root.iam.create_login_profile(UserName="alice", Password=good)
    with refused("PasswordPolicyViolation"):
        root.iam.update_login_profile(UserName="alice", Password=bad)
    with refused("PasswordPolicyViolation"):
        alice.iam.change_password(OldPassword=good, NewPassword=bad)


def test_an_update_of_the_policy_sets_the_rest_back(root):
    full = {
        "MinimumPasswordLength": 20, "RequireSymbols": True, "RequireNumbers": True, "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True, "AllowUsersToChangePassword": True, "MaxPasswordAge": 90,
        "PasswordReusePrevention": 5, "HardExpiry": True}
    root.iam.update_account_password_policy(**full)
    assert root.iam.get_account_password_policy()["PasswordPolicy"] == full | {"ExpirePasswords": True}
    root.iam.update_account_password_policy(RequireNumbers=True)
    assert root.iam.get_account_password_policy()["PasswordPolicy"] == {
        "MinimumPasswordLength": 6, "RequireSymbols": False, "RequireNumbers": True, "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False, "AllowUsersToChangePassword": False, "ExpirePasswords": False}
    for outside in [{"MinimumPasswordLength": 5}, {"MinimumPasswordLength": 129}, {"MaxPasswordAge": 1096},
                    {"PasswordReusePrevention": 25}, {"PasswordReusePrevention": 0}]:
        with refused("ValidationError"):
            root.iam.update_account_password_policy(**outside)


def test_passwords_used_before_are_refused_as_far_back_as_is_said(root):
    root.iam.update_account_password_policy(PasswordReusePrevention=3)
    root.iam.create_user(UserName="alice")
    root.iam.create_login_profile(UserName="alice", Password="password-1")
    for number in [2, 3]:
        root.iam.update_login_profile(UserName="alice", Password=f"password-{number}")
    for number in [1, 2, 3]:
        with refused("PasswordPolicyViolation", "used before"):
            root.iam.update_login_profile(UserName="alice", Password=f"password-{number}")
    root.iam.update_login_profile(UserName="alice", Password="password-4")
    root.iam.update_login_profile(UserName="alice", Password="password-1")


def test_users_change_their_own_password_by_leave_only(people, root):
    alice = people.user("alice", allow("iam:ChangePassword", arn("user", "alice")))
    bob = people.user("bob")
    for name in ["alice", "bob"]:
        root.iam.create_login_profile(UserName=name, Password=GOOD, PasswordResetRequired=True)
    with refused("AccessDenied", "iam:ChangePassword on resource: user bob because no identity-based policy"):
        bob.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    with refused("AccessDenied", "The old password was incorrect."):
        alice.iam.change_password(OldPassword=BETTER, NewPassword=GOOD)
    alice.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    assert root.iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"] is False
    with refused("AccessDenied", "The old password was incorrect."):
        alice.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_the_account_may_let_all_its_users_change_their_password(people, root):
    alice = people.user("alice")
    bob = people.user("bob", policy(statement("Deny", "iam:ChangePassword")))
    for name in ["alice", "bob"]:
        root.iam.create_login_profile(UserName=name, Password=GOOD)
    with refused("AccessDenied"):
        alice.iam.get_account_password_policy()
    root.iam.update_account_password_policy(AllowUsersToChangePassword=True)
    assert alice.iam.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True
    alice.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    with refused("AccessDenied", "with an explicit deny"):
        bob.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    with refused("AccessDenied"):
        alice.iam.update_login_profile(UserName="alice", Password=GOOD)
    root.iam.update_account_password_policy(MinimumPasswordLength=8)
    with refused("AccessDenied", "no identity-based policy allows"):
        alice.iam.change_password(OldPassword=BETTER, NewPassword=GOOD)


def test_only_users_change_their_password_like_this(people, root):
    with refused("InvalidUserType", status=400):
        root.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    caller = people.user("caller", allow("sts:AssumeRole"))
    session = people.session(caller, people.role("changer", document=allow("iam:*")))
    with refused("InvalidUserType"):
        session.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_guesses_at_the_old_password_are_slowed_down(people, root, server):
    alice = people.user("alice", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="alice", Password=GOOD)
    for _ in range(5):
        with refused("AccessDenied", "The old password was incorrect."):
            alice.iam.change_password(OldPassword="Wrong one 1", NewPassword=BETTER)
    # The wait is one second, which a slow machine must not outrun.
    server.advance(seconds=-60)
    with refused("Throttling", status=400):
        alice.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)
    server.advance(seconds=62)
    alice.iam.change_password(OldPassword=GOOD, NewPassword=BETTER)


def test_records_show_who_and_never_what(people, root):
    alice = people.user("alice", allow("iam:ChangePassword"))
    root.iam.create_login_profile(UserName="alice", Password=GOOD, PasswordResetRequired=True)
    root.iam.update_login_profile(UserName="alice", Password=BETTER)
    alice.iam.change_password(OldPassword=BETTER, NewPassword=GOOD)
    made, = records(root, "CreateLoginProfile")
    assert made["requestParameters"] == {"userName": "alice", "passwordResetRequired": True}
    assert set(made["responseElements"]["loginProfile"]) == {"userName", "createDate", "passwordResetRequired"}
    assert records(root, "UpdateLoginProfile")[0]["requestParameters"] == {"userName": "alice"}
    changed, = records(root, "ChangePassword")
    assert changed["requestParameters"] is None and changed["responseElements"] is None
    assert changed["userIdentity"]["userName"] == "alice"
    for record in records(root):
        assert GOOD not in str(record) and BETTER not in str(record)


def test_the_root_user_has_a_password_from_the_beginning(root, server):
    assert root.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
    other = Clients(server, OTHER_ROOT_KEYS)
    assert other.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
