"""Defends the second step of a sign-in: a code of the own device, once, and no word before it of whether the password was
right."""

import json

import pytest

from audit import records
from authenticator import Authenticator
from callers import Clients
from console import BETTER, GOOD, Browser, is_asked_for_a_code
from people import allow, policy, statement
from server import ROOT_EMAIL, ROOT_PASSWORD, Keys

INCORRECT = {"code": "AuthenticationFailed", "message": "Your authentication information is incorrect. Please try again."}


@pytest.fixture
def phone(server, root, alice):
    return Authenticator(server, root.iam, "phone").enable("alice")


def test_the_code_is_asked_for_on_a_second_step(server, root, browser, phone):
    first = browser.sign_in("alice", GOOD)
    assert is_asked_for_a_code(first) and not browser.cookies
    answer = browser.post("second-factor", challenge=first.json["challenge"], mfaCode=phone.code())
    assert answer.json["status"] == "SIGNED_IN" and answer.json["mfa"] is True
    login, = records(root, "ConsoleLogin")
    assert login["additionalEventData"] == {
        "LoginTo": server.url + "/console", "MobileVersion": "No", "MFAIdentifier": phone.serial, "MFAUsed": "Yes"}
    check, = records(root, "CheckMfa")
    assert check["additionalEventData"] == {"MobileVersion": "No", "MfaType": "Virtual MFA"}
    assert check["responseElements"] == {"CheckMfa": "Success"}


def test_policies_see_the_second_factor(server, root, browser, phone):
    condition = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    root.iam.put_user_policy(
        UserName="alice", PolicyName="p", PolicyDocument=policy(statement("Allow", "iam:ListUsers", **condition)))
    browser.sign_in("alice", GOOD, mfaCode=phone.code())
    keys = browser.post("credentials").json
    Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"])).iam.list_users()
    assert records(root, "ListUsers")[0]["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"


def test_nothing_tells_a_right_password_before_the_code(server, root, phone):
    shapes = set()
    for password in [GOOD, "Wrong one 1"]:
        browser = Browser(server)
        first = browser.sign_in("alice", password)
        second = browser.post("second-factor", challenge=first.json["challenge"], mfaCode=phone.wrong())
        names = tuple(sorted(name for name, _ in first.headers if name != "Date"))
        shapes.add((first.status, first.json["status"], len(first.body), names, second.status, second.body))
    assert shapes == {(200, "MFA_REQUIRED", len(first.body), names, 401, second.body)} and second.json == INCORRECT
    assert [record["responseElements"]["ConsoleLogin"] for record in records(root, "ConsoleLogin")] == ["Failure"] * 2


def test_a_right_password_counts_like_a_wrong_one_until_all_is_proved(server, phone):
    for number in range(5):
        assert is_asked_for_a_code(Browser(server).sign_in("alice", GOOD if number == 4 else "Wrong one 1"))
    # The wait is one second, which a slow machine must not outrun.
    server.advance(seconds=-60)
    assert Browser(server).sign_in("alice", GOOD).status == 429


def test_a_code_is_good_once_and_for_its_owner(server, root, phone, browser):
    root.iam.create_user(UserName="bob")
    root.iam.create_login_profile(UserName="bob", Password=GOOD)
    other = Authenticator(server, root.iam, "other").enable("bob")
    assert browser.sign_in("alice", GOOD, mfaCode=other.code_unlike(phone)).json == INCORRECT
    code = phone.code()
    assert browser.sign_in("alice", GOOD, mfaCode=code).json["status"] == "SIGNED_IN"
    assert Browser(server).sign_in("alice", GOOD, mfaCode=code).json == INCORRECT


def test_a_step_is_over_with_the_password_it_began_with(server, root, phone, browser):
    challenge = browser.sign_in("alice", GOOD).json["challenge"]
    root.iam.update_login_profile(UserName="alice", Password=BETTER)
    assert browser.post("second-factor", challenge=challenge, mfaCode=phone.code()).json == INCORRECT
    challenge = browser.sign_in("alice", BETTER).json["challenge"]
    server.advance(minutes=6)
    assert browser.post("second-factor", challenge=challenge, mfaCode=phone.code()).json == INCORRECT


def test_many_wrong_codes_lock_the_device_and_say_nothing_of_it(server, root, phone, browser):
    challenge = browser.sign_in("alice", GOOD).json["challenge"]
    for _ in range(5):
        assert browser.post("second-factor", challenge=challenge, mfaCode=phone.wrong()).json == INCORRECT
    assert browser.post("second-factor", challenge=challenge, mfaCode=phone.code()).json == INCORRECT
    server.advance(seconds=70)
    assert browser.post("second-factor", challenge=challenge, mfaCode=phone.code()).json["status"] == "SIGNED_IN"


def test_a_password_that_must_be_changed_waits_for_the_code(server, root, phone, browser):
    root.iam.update_login_profile(UserName="alice", PasswordResetRequired=True)
    root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow("iam:ChangePassword"))
    first = browser.sign_in("alice", GOOD)
    assert is_asked_for_a_code(first)
    second = browser.post("second-factor", challenge=first.json["challenge"], mfaCode=phone.code())
    assert second.json["status"] == "NEW_PASSWORD_REQUIRED" and not browser.cookies
    done = browser.post("new-password", challenge=second.json["challenge"], password=GOOD, newPassword=BETTER)
    assert done.json["status"] == "SIGNED_IN" and done.json["mfa"] is True
    assert records(root, "ConsoleLogin")[0]["additionalEventData"]["MFAUsed"] == "Yes"


def test_root_has_a_second_step_too(server, root, browser):
    phone = Authenticator(server, root.iam, "root-account-mfa-device")
    browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
    keys = browser.post("credentials").json
    rooted = Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))
    rooted.iam.enable_mfa_device(UserName="root", SerialNumber=phone.serial, **phone.pair(-2))
    second = Browser(server)
    assert is_asked_for_a_code(second.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD))
    assert second.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD, mfaCode=phone.code()).json["mfa"] is True


def test_a_body_that_comes_slowly_makes_no_code_and_no_session_last(server, root, browser, phone):
    def slowly(step, minutes, **form):
        headers = {"Content-Type": "application/json"}
        return browser.send_slowly(f"/console/api/{step}", json.dumps(form), headers, lambda: server.advance(minutes=minutes))

    challenge, code = browser.sign_in("alice", GOOD).json["challenge"], phone.code()
    answer = slowly("second-factor", 3, challenge=challenge, mfaCode=code)
    assert (answer.status, answer.json) == (401, INCORRECT)
    answer = browser.post("second-factor", challenge=challenge, mfaCode=phone.code())
    assert answer.json["status"] == "SIGNED_IN"
    # A challenge is good for five minutes, a session for twelve hours.
    challenge = Browser(server).sign_in("alice", GOOD).json["challenge"]
    server.advance(minutes=4)
    assert slowly("second-factor", 2, challenge=challenge, mfaCode=phone.code(4)).json == INCORRECT
    assert slowly("credentials", 60 * 11).status == 200
    assert slowly("credentials", 60).status == 401
