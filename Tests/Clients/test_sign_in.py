"""Defends signing in: by whom, with what, how often, and what anybody can learn from being refused."""

import datetime
import re

import pytest

from audit import records
from callers import Clients
from console import BETTER, GOOD, Browser, is_asked_for_a_code
from errors import refused
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_EMAIL, ROOT_PASSWORD, Keys, Server

INCORRECT = "Your authentication information is incorrect. Please try again."


def own_clients(server, browser):
    keys = browser.post("credentials").json
    return Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))


@pytest.mark.parametrize("account", [ACCOUNT, "1234-5678-9012", "acme", "ACME"])
def test_a_user_signs_in_by_account_id_or_alias(root, browser, alice, account):
    root.iam.create_account_alias(AccountAlias="acme")
    answer = browser.sign_in("alice", GOOD, account=account)
    assert answer.status == 200, answer.body
    assert answer.json["status"] == "SIGNED_IN" and answer.json["account"] == ACCOUNT
    assert answer.json["arn"] == arn("user", "staff/alice") and answer.json["mfa"] is False
    assert browser.session().json["userName"] == "alice"


def test_the_session_acts_as_its_user_and_no_more(server, root, browser, alice):
    browser.sign_in("alice", GOOD)
    clients = own_clients(server, browser)
    assert clients.sts.get_caller_identity()["Arn"] == arn("user", "staff/alice")
    with refused("AccessDenied", "because no identity-based policy allows"):
        clients.iam.list_users()
    root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    assert clients.iam.list_users()["Users"][0]["PasswordLastUsed"]
    record = records(root, "ListUsers")[0]
    assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert record["userIdentity"]["accessKeyId"].startswith("ASIA")


def test_a_revoked_session_of_a_user_is_not_made_new(server, root, browser, alice):
    """Sessions are revoked by the time of their issue, which is that of the sign-in however often keys are asked for."""
    root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    browser.sign_in("alice", GOOD)
    server.advance(minutes=30)
    revoked = server.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"]
    own_clients(server, browser).iam.list_users()
    root.iam.put_user_policy(UserName="alice", PolicyName="revoke", PolicyDocument=policy(
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": revoked}}}))
    server.advance(minutes=1)
    with refused("AccessDenied", "explicit deny"):
        own_clients(server, browser).iam.list_users()
    browser.sign_in("alice", GOOD)
    assert own_clients(server, browser).iam.list_users()["Users"]


def test_root_signs_in_by_its_address_alone(root, browser, server):
    answer = browser.sign_in_as_root("Root@Example.com", ROOT_PASSWORD)
    assert answer.json["arn"] == f"arn:aws:iam::{ACCOUNT}:root" and "userName" not in answer.json
    assert own_clients(server, browser).iam.list_users()["Users"] == []
    assert own_clients(server, browser).iam.get_user()["User"]["PasswordLastUsed"]
    root.iam.create_user(UserName="alice@example.com")
    root.iam.create_login_profile(UserName="alice@example.com", Password=GOOD)
    assert is_asked_for_a_code(Browser(server).sign_in_as_root("alice@example.com", GOOD))
    assert is_asked_for_a_code(Browser(server).sign_in("root", ROOT_PASSWORD))
    assert is_asked_for_a_code(Browser(server).sign_in(ROOT_EMAIL, ROOT_PASSWORD))


WRONG = [
    dict(user="alice", password="Wrong one 1"), dict(user="nobody", password=GOOD),
    dict(user="keyonly", password=GOOD), dict(user="alice", password=GOOD, account=OTHER_ACCOUNT),
    dict(user="alice", password=GOOD, account="nowhere"), dict(user="alice", password=GOOD, account="999999999999"),
]


def test_whatever_is_wrong_the_answers_are_the_same(root, server, alice):
    root.iam.create_user(UserName="keyonly")
    shapes = set()
    for wrong in WRONG:
        browser = Browser(server)
        first = browser.sign_in(**wrong)
        assert is_asked_for_a_code(first)
        second = browser.post("second-factor", challenge=first.json["challenge"], mfaCode="123456")
        assert second.status == 401 and second.json == {"code": "AuthenticationFailed", "message": INCORRECT}
        names = tuple(sorted(name for name, _ in first.headers if name != "Date"))
        shapes.add((len(first.body), names, second.body))
        assert not browser.cookies
        at_once = Browser(server).sign_in(**wrong, mfaCode="123456")
        assert (at_once.status, at_once.body) == (401, second.body)
    assert len(shapes) == 1


def test_a_step_is_of_no_use_to_anybody_else(server, root, browser, alice):
    browser.sign_in("alice", "Wrong one 1")
    challenge = browser.sign_in("alice", "Wrong one 1").json["challenge"]
    changed = challenge[:-4] + ("AAAA" if not challenge.endswith("AAAA") else "BBBB")
    for bad in [changed, "", "x", challenge[4:]]:
        assert browser.post("second-factor", challenge=bad, mfaCode="123456").status == 401
        assert browser.post("new-password", challenge=bad, password=GOOD, newPassword=BETTER).status == 401
    assert browser.post("new-password", challenge=challenge, password=GOOD, newPassword=BETTER).status == 401


def test_the_cookie_is_for_this_server_alone(server, browser, alice):
    cookie = browser.sign_in("alice", GOOD).header("Set-Cookie")
    assert re.fullmatch(
        r"gatehouse-session=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict", cookie)
    answer = browser.session()
    assert answer.header("Cache-Control") == "no-store" and answer.header("X-Frame-Options") == "DENY"
    assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy")


def test_over_tls_the_cookie_is_secure_and_of_this_host(tmp_path):
    server = Server(options=["--tls-listen", "127.0.0.1:0"])
    try:
        line = next(line for line in server.lines if line.startswith("https"))
        port = int(re.search(r":(\d+) ", line).group(1))
        browser = Browser(server, tls_port=port)
        answer = browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
        assert re.fullmatch(
            r"__Host-gatehouse-session=[0-9a-f]{64}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure",
            answer.header("Set-Cookie"))
        assert browser.session().status == 200
        plain = Browser(server)
        plain.cookies = dict(browser.cookies)
        assert plain.session().status == 401
    finally:
        server.stop()


def test_what_changes_something_needs_the_token_and_the_own_page(server, browser, alice):
    browser.sign_in("alice", GOOD)
    for headers in [{"X-Gatehouse-CSRF": None}, {"X-Gatehouse-CSRF": "0" * 64}, {"Origin": "https://evil.example"},
                    {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                    {"Content-Type": "text/plain"}]:
        for step in ["credentials", "sign-out"]:
            answer = browser.post(step, headers=headers)
            assert answer.status == 403 and answer.json["code"] == "ForgedRequest", headers
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert browser.post("credentials", headers=own).status == 200
    other = Browser(server)
    assert other.post("sign-in", headers={"Origin": "https://evil.example"}, account=ACCOUNT, userName="alice",
                      password=GOOD).status == 403
    assert browser.send("GET", "/console/api/credentials").status == 404
    assert browser.send("GET", "/console/api/sign-out").status == 404


def test_a_token_of_another_session_is_none(server, root, browser, alice):
    browser.sign_in("alice", GOOD)
    second = Browser(server)
    second.sign_in("alice", GOOD)
    second.token = browser.token
    assert second.post("credentials").status == 403


def test_a_stolen_cookie_is_of_no_use_to_another_kind_of_browser(server, browser, alice):
    browser.sign_in("alice", GOOD)
    thief = Browser(server, agent="curl/8.0")
    thief.cookies, thief.token = dict(browser.cookies), browser.token
    assert thief.session().status == 401 and thief.post("credentials").status == 401
    updated = Browser(server, agent=browser.agent.replace("1.0", "27.3.1"))
    updated.cookies = dict(browser.cookies)
    assert updated.session().status == 200


def test_signing_out_ends_the_session_for_good(server, root, browser, alice):
    browser.sign_in("alice", GOOD)
    kept = dict(browser.cookies)
    assert browser.post("sign-out").json == {"status": "SIGNED_OUT"}
    assert not browser.cookies
    browser.cookies = kept
    assert browser.session().status == 401 and browser.post("credentials").status == 401
    logout, = records(root, "Logout")
    assert logout["responseElements"] == {"Logout": "Success"} and logout["userIdentity"]["userName"] == "alice"


def test_a_session_ends_after_twelve_hours(server, browser, alice):
    browser.sign_in("alice", GOOD)
    server.advance(hours=11, minutes=59)
    assert browser.session().status == 200
    server.advance(minutes=2)
    assert browser.session().status == 401


@pytest.mark.parametrize("ending", ["password", "profile", "user"])
def test_a_session_ends_with_what_it_began_with(server, root, browser, alice, ending):
    browser.sign_in("alice", GOOD)
    if ending == "password":
        root.iam.update_login_profile(UserName="alice", Password=BETTER)
    else:
        root.iam.delete_login_profile(UserName="alice")
    if ending == "user":
        root.iam.delete_user(UserName="alice")
        root.iam.create_user(UserName="alice")
    if ending != "password":
        assert browser.session().status == 401
        root.iam.create_login_profile(UserName="alice", Password=GOOD)
    assert browser.session().status == 401 and browser.post("credentials").status == 401


def test_a_user_changes_the_own_password_and_stays(server, root, browser, alice):
    browser.sign_in("alice", GOOD)
    elsewhere = Browser(server)
    elsewhere.sign_in("alice", GOOD)
    answer = browser.post("password", password=GOOD, newPassword=BETTER)
    assert answer.status == 403 and "iam:ChangePassword" in answer.json["message"]
    root.iam.update_account_password_policy(AllowUsersToChangePassword=True, MinimumPasswordLength=12)
    assert browser.post("password", password=BETTER, newPassword=BETTER).status == 403
    short = browser.post("password", password=GOOD, newPassword="Short 7")
    assert (short.status, short.json["code"]) == (400, "PasswordPolicyViolation")
    old = dict(browser.cookies)
    assert browser.post("password", password=GOOD, newPassword=BETTER).json["status"] == "SIGNED_IN"
    assert browser.session().status == 200 and browser.cookies != old
    assert elsewhere.session().status == 401
    assert is_asked_for_a_code(Browser(server).sign_in("alice", GOOD))
    assert Browser(server).sign_in("alice", BETTER).json["status"] == "SIGNED_IN"
    changed = records(root, "ChangePassword")[0]
    assert changed["userIdentity"]["arn"] == arn("user", "staff/alice") and "errorCode" not in changed


def test_a_password_that_must_be_changed_is_changed_before_anything_else(server, root, browser, alice):
    root.iam.update_login_profile(UserName="alice", PasswordResetRequired=True)
    first = browser.sign_in("alice", GOOD)
    assert first.json["status"] == "NEW_PASSWORD_REQUIRED" and first.json["reason"] == "RESET_REQUIRED"
    assert not browser.cookies and records(root, "ConsoleLogin") == []
    step = {"challenge": first.json["challenge"]}
    denied = browser.post("new-password", password=GOOD, newPassword=BETTER, **step)
    assert denied.status == 403 and "iam:ChangePassword" in denied.json["message"]
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/IAMUserChangePassword")
    assert browser.post("new-password", password=BETTER, newPassword=BETTER, **step).status == 403
    done = browser.post("new-password", password=GOOD, newPassword=BETTER, **step)
    assert done.json["status"] == "SIGNED_IN" and browser.session().status == 200
    assert browser.post("new-password", password=BETTER, newPassword=GOOD, **step).status == 401
    assert Browser(server).sign_in("alice", BETTER).json["status"] == "SIGNED_IN"
    assert [record["responseElements"] for record in records(root, "ConsoleLogin")] == [{"ConsoleLogin": "Success"}] * 2


def test_an_expired_password_is_changed_or_hard_refused(server, root, browser, alice):
    root.iam.update_account_password_policy(MaxPasswordAge=30, AllowUsersToChangePassword=True)
    assert browser.sign_in("alice", GOOD).json["status"] == "SIGNED_IN"
    server.advance(days=31)
    answer = browser.sign_in("alice", GOOD)
    assert (answer.json["status"], answer.json["reason"]) == ("NEW_PASSWORD_REQUIRED", "EXPIRED")
    root.iam.update_account_password_policy(MaxPasswordAge=30, AllowUsersToChangePassword=True, HardExpiry=True)
    answer = browser.sign_in("alice", GOOD)
    assert (answer.status, answer.json["code"]) == (403, "PasswordExpired")
    assert records(root, "ConsoleLogin")[0]["errorMessage"] == "Password expired"
    root.iam.update_login_profile(UserName="alice", Password=BETTER)
    assert browser.sign_in("alice", BETTER).json["status"] == "SIGNED_IN"
    assert browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD).json["status"] == "SIGNED_IN"


def test_the_password_of_root_is_roots_to_change(server, root, browser, alice):
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    browser.sign_in("alice", GOOD)
    answer = browser.post("root/password", password=ROOT_PASSWORD, newPassword=BETTER)
    assert (answer.status, answer.json["code"]) == (403, "AccessDenied")
    rooted = Browser(server)
    rooted.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
    assert rooted.post("root/password", password=GOOD, newPassword=BETTER).status == 401
    assert rooted.post("root/password", password=ROOT_PASSWORD, newPassword="weak").json["code"] == "PasswordPolicyViolation"
    assert rooted.post("root/password", password=ROOT_PASSWORD, newPassword="Root@Example.com").json["code"] == "PasswordPolicyViolation"
    assert rooted.post("root/password", password=ROOT_PASSWORD, newPassword=BETTER).json["status"] == "SIGNED_IN"
    assert rooted.session().status == 200
    assert is_asked_for_a_code(Browser(server).sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD))
    assert Browser(server).sign_in_as_root(ROOT_EMAIL, BETTER).json["status"] == "SIGNED_IN"
    done, wrong, denied = records(root, "PasswordUpdated")
    assert done["userIdentity"]["type"] == "Root" and done["responseElements"] == {"PasswordUpdated": "Success"}
    assert wrong["errorMessage"] == "Failed authentication"
    assert denied["userIdentity"]["userName"] == "alice" and denied["errorMessage"] == "AccessDenied"


COMMON = {
    "eventVersion": "1.11", "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "awsRegion": "us-east-1",
    "sourceIPAddress": "127.0.0.1", "requestParameters": None, "readOnly": False, "eventType": "AwsConsoleSignIn",
    "managementEvent": True, "recipientAccountId": ACCOUNT, "eventCategory": "Management"}


def test_records_of_sign_ins_are_those_of_aws(server, root, browser, alice):
    user_id = root.iam.get_user(UserName="alice")["User"]["UserId"]
    browser.sign_in("alice", GOOD)
    browser.sign_in("alice", "Wrong one 1")
    browser.sign_in("wh0-kn0ws", GOOD)
    browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
    browser.sign_in_as_root(ROOT_EMAIL, GOOD)
    got = list(reversed(records(root, "ConsoleLogin")))
    where = {"LoginTo": server.url + "/console", "MobileVersion": "No", "MFAUsed": "No"}
    alice_identity = {
        "type": "IAMUser", "principalId": user_id, "arn": arn("user", "staff/alice"), "accountId": ACCOUNT,
        "accessKeyId": "", "userName": "alice"}
    root_identity = {
        "type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT,
        "accessKeyId": ""}
    hidden = {
        "type": "IAMUser", "accountId": ACCOUNT, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    expected = [
        (alice_identity, None), (alice_identity, "Failed authentication"),
        (hidden, "No username found in supplied account"), (root_identity, None), (root_identity, "Failed authentication")]
    assert len(got) == len(expected)
    for record, (identity, error) in zip(got, expected):
        wanted = COMMON | {
            "userIdentity": identity, "responseElements": {"ConsoleLogin": "Failure" if error else "Success"},
            "additionalEventData": where, "userAgent": browser.agent}
        if error:
            wanted["errorMessage"] = error
        for volatile in ["eventTime", "eventID"]:
            record.pop(volatile)
        assert record == wanted
    everything = str(records(root))
    for secret in [GOOD, ROOT_PASSWORD, "wh0-kn0ws", *browser.cookies.values()]:
        assert secret not in everything


def test_password_last_used_is_when_somebody_signed_in(server, root, alice, browser):
    assert "PasswordLastUsed" not in root.iam.get_user(UserName="alice")["User"]
    browser.sign_in("alice", "Wrong one 1")
    assert "PasswordLastUsed" not in root.iam.get_user(UserName="alice")["User"]
    browser.sign_in("alice", GOOD)
    used = root.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"]
    assert abs(datetime.datetime.now(datetime.timezone.utc) - used) < datetime.timedelta(minutes=5)
    assert [user.get("PasswordLastUsed") for user in root.iam.list_users()["Users"]] == [used]
    root.iam.delete_login_profile(UserName="alice")
    assert root.iam.get_user(UserName="alice")["User"]["PasswordLastUsed"] == used


def test_a_bucket_with_the_consoles_name_is_still_a_bucket(server, root, browser):
    for name in ["console", "federation"]:
        root.s3.create_bucket(Bucket=name)
        root.s3.put_object(Bucket=name, Key="api/session", Body=b"mine")
        assert root.s3.get_object(Bucket=name, Key="api/session")["Body"].read() == b"mine"
        link = root.s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "api/session"})
        assert browser.send("GET", link[len(server.url):]).body == b"mine"
    assert browser.session().json["code"] == "NoSession"
    virtual = browser.send("GET", "/console/api/session", headers={"Host": "console.s3.localhost"})
    assert virtual.status == 403 and b"AccessDenied" in virtual.body


def test_bad_forms_are_refused(browser, alice):
    for form in ["", "[]", "{", '{"account":"1","account":"2"}', '{"account":1}', '{"unknown":"x"}',
                 '{"account":"123456789012","userName":"alice"}', '{"password":"x"}',
                 '{"account":"123456789012","userName":"alice","email":"a@b.c","password":"x"}',
                 '{"password":"' + "x" * 5000 + '","email":"a@b.c"}']:
        answer = browser.send("POST", "/console/api/sign-in", form, {"Content-Type": "application/json"})
        assert (answer.status, answer.json["code"]) == (400, "MalformedRequest"), form
    assert browser.send("GET", "/console/api/sign-in").status == 404
    assert browser.post("nothing").status == 401


def test_sessions_and_passwords_survive_a_restart(tmp_path):
    server = Server(tmp_path / "data")
    first = Browser(server)
    assert first.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD).json["status"] == "SIGNED_IN"
    first.post("password", password=ROOT_PASSWORD, newPassword=BETTER)
    server.stop()
    server = Server(tmp_path / "data")
    try:
        first.server = server
        assert first.session().status == 200
        # What the environment chose at first does not come back by itself.
        assert Browser(server).sign_in_as_root(ROOT_EMAIL, BETTER).json["status"] == "SIGNED_IN"
    finally:
        server.stop()


def test_a_first_start_makes_a_password_and_tells_it_in_a_file(tmp_path):
    server = Server(tmp_path / "data", environment={})
    try:
        line = next(line for line in server.lines if line.startswith("root sign-in"))
        path = tmp_path / "data" / "root-sign-in"
        assert "root@gatehouse.local" in line and str(path) in line
        assert path.stat().st_mode & 0o777 == 0o600
        account, email, password = re.search(r"account=(\d+) email=(\S+) password=(\S+)", path.read_text()).groups()
        assert password not in "\n".join(server.lines)
        assert Browser(server).sign_in_as_root(email, password).json["account"] == account
    finally:
        server.stop()


def test_a_page_in_a_bucket_is_apart_from_the_console(root, browser):
    root.s3.create_bucket(Bucket="pages")
    root.s3.put_object(Bucket="pages", Key="evil.html", Body=b"<script>", ContentType="text/html")
    link = root.s3.generate_presigned_url("get_object", Params={"Bucket": "pages", "Key": "evil.html"})[len(browser.server.url):]
    for headers in [{"Accept": "text/html,*/*"}, {"Accept": "*/*", "Sec-Fetch-Dest": "iframe"}]:
        policy = browser.send("GET", link, headers=headers).header("Content-Security-Policy")
        assert policy.startswith("sandbox ") and "allow-same-origin" not in policy
    assert browser.send("GET", link, headers={"Accept": "*/*"}).header("Content-Security-Policy") is None
