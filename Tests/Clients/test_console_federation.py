"""Defends the way into the console with temporary credentials: only with good ones, once, for as long as is allowed."""

import json
import urllib.parse

import pytest

from audit import records
from callers import Clients
from console import Browser
from errors import refused
from people import allow
from server import ACCOUNT, Keys


@pytest.fixture
def worker(people):
    """The keys of a session of a role that may list users."""
    caller = people.user("caller", allow("sts:AssumeRole"))
    return people.session(caller, people.role("worker", document=allow("iam:ListUsers")), name="night-shift").keys


def session_of(keys, **more):
    return json.dumps({"sessionId": keys.id, "sessionKey": keys.secret, "sessionToken": keys.token} | more)


def ask(browser, keys=None, method="GET", **parameters):
    if keys:
        parameters.setdefault("Session", session_of(keys))
    text = urllib.parse.urlencode({"Action": "getSigninToken"} | parameters)
    if method == "GET":
        return browser.send("GET", "/federation?" + text)
    return browser.send("POST", "/federation", text, {"Content-Type": "application/x-www-form-urlencoded"})


def login(browser, token, destination="/console", **more):
    return browser.send("GET", "/federation?" + urllib.parse.urlencode(
        {"Action": "login", "Issuer": "broker.example", "Destination": destination, "SigninToken": token} | more))


def test_whoever_comes_in_is_shown_who_they_are(server, browser, worker):
    answer = login(browser, ask(browser, worker).json["SigninToken"])
    page = browser.send("GET", answer.header("Location"))
    assert page.status == 200 and page.header("Content-Type").startswith("text/html")
    assert f"signed in as arn:aws:sts::{ACCOUNT}:assumed-role/worker/night-shift" in page.body.decode()
    assert page.header("Cache-Control") == "no-store" and page.header("X-Frame-Options") == "DENY"
    assert browser.send("GET", "/console/iam/home").status == 200
    assert browser.send("POST", "/console").status == 404


def test_a_page_without_a_cookie_asks_for_itself_once_more(server):
    """After a way from another site, a browser keeps the cookie back from the first page, and sends it to the next."""
    stranger = Browser(server)
    first = stranger.send("GET", "/console/iam/home")
    assert first.status == 401 and first.header("Refresh") == "0; url=/console?again"
    second = stranger.send("GET", "/console?again")
    assert second.status == 401 and second.header("Refresh") is None
    assert "Nobody is signed in here" in second.body.decode()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_role_session_enters_the_console_as_itself(server, root, browser, worker, method):
    token = ask(browser, worker, method=method).json["SigninToken"]
    answer = login(browser, token)
    assert (answer.status, answer.header("Location")) == (302, "/console")
    assert "HttpOnly; SameSite=Strict" in answer.header("Set-Cookie")
    session = browser.session().json
    assert session["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/night-shift" and "userName" not in session
    keys = browser.post("credentials").json
    clients = Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))
    assert clients.sts.get_caller_identity()["Arn"] == session["arn"]
    assert len(clients.iam.list_users()["Users"]) == 1
    with refused("AccessDenied"):
        clients.iam.list_roles()
    assert browser.post("password", password="a", newPassword="b").status == 403
    record, = records(root, "ConsoleLogin")
    assert record["userIdentity"]["type"] == "AssumedRole" and record["userIdentity"]["arn"] == session["arn"]
    assert record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "worker"
    assert record["additionalEventData"] == {"LoginTo": server.url + "/console", "MobileVersion": "No", "MFAUsed": "No"}
    made, = records(root, "GetSigninToken")
    assert made["responseElements"] == {"GetSigninToken": "Success"} and made["eventType"] == "AwsConsoleSignIn"
    assert made["userIdentity"]["accessKeyId"] == worker.id
    assert worker.secret not in str(records(root)) and token not in str(records(root))


def test_a_token_is_good_once_and_for_a_quarter_of_an_hour(server, browser, worker):
    token = ask(browser, worker).json["SigninToken"]
    assert login(browser, token).status == 302
    again = Browser(server)
    assert login(again, token).status == 400 and not again.cookies
    late = ask(browser, worker).json["SigninToken"]
    server.advance(minutes=15)
    assert login(again, late).status == 400
    for bad in ["", "x", token[:-1] + "g"]:
        assert login(again, bad).status == 400


def test_credentials_must_be_whole_good_and_temporary(root, server, browser, worker):
    user = root.iam.create_access_key(UserName="caller")["AccessKey"]
    for session in [
            session_of(Keys(worker.id, worker.secret + "x", worker.token)), session_of(Keys("ASIA" + "A" * 16, worker.secret, worker.token)),
            session_of(Keys(worker.id, worker.secret, worker.token[:-8] + "AAAAAAA=")), session_of(worker, more="x"),
            session_of(Keys(user["AccessKeyId"], user["SecretAccessKey"], "")), "{}", "[]", "x"]:
        assert ask(browser, Session=session).status == 400, session
    server.advance(hours=2)
    assert ask(browser, worker).status == 400


def test_credentials_of_a_sign_in_are_no_way_to_a_longer_one(root, server, browser):
    root.iam.create_user(UserName="alice")
    root.iam.create_login_profile(UserName="alice", Password="Correct horse 7")
    browser.sign_in("alice", "Correct horse 7")
    keys = browser.post("credentials").json
    answer = ask(browser, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))
    assert answer.status == 400 and "AssumeRole or GetFederationToken" in answer.json["message"]


@pytest.mark.parametrize("seconds, good", [("900", True), ("43200", True), ("899", False), ("43201", False), ("x", False)])
def test_a_session_may_last_longer_than_its_credentials(server, browser, worker, seconds, good):
    answer = ask(browser, worker, SessionDuration=seconds)
    assert answer.status == (200 if good else 400)
    if good:
        login(browser, answer.json["SigninToken"])
        server.advance(seconds=int(seconds) - 60)
        assert browser.session().status == 200 and browser.post("credentials").status == 200
        server.advance(seconds=120)
        assert browser.session().status == 401


def test_without_a_duration_the_session_ends_with_its_credentials(server, browser, worker):
    login(browser, ask(browser, worker).json["SigninToken"])
    server.advance(minutes=59)
    assert browser.session().status == 200
    server.advance(minutes=2)
    assert browser.session().status == 401


@pytest.mark.parametrize("destination, location", [
    ("/console/iam/home", "/console/iam/home"), ("https://console.aws.amazon.com/", "/console"),
    ("https://eu-west-1.console.aws.amazon.com/s3/home?region=eu-west-1", "/console"), ("{url}/console#x", "/console#x"),
    ("https://evil.example/", None), ("//evil.example/", None), ("https://console.aws.amazon.com.evil.example/", None),
    ("{url}.evil.example/", None), ("/\\evil.example", None), ("javascript:alert(1)", None), ("", "/console"),
    ("/x\r\nSet-Cookie: a=b", None), ("https://console.aws.amazon.com@evil.example/", None)])
def test_nobody_is_led_away(server, browser, worker, destination, location):
    token = ask(browser, worker).json["SigninToken"]
    answer = login(browser, token, destination.replace("{url}", server.url))
    assert answer.header("Location") == location and answer.status == (302 if location else 400)


def test_other_actions_are_refused(browser):
    for action in ["GetSigninToken", "logout", ""]:
        answer = browser.send("GET", "/federation?Action=" + action)
        assert answer.status == 400
    assert browser.send("GET", "/federation").status == 400


def console_keys(server, browser):
    """The keys that the console hands out, and the clients that use them."""
    browser.session()
    keys = browser.post("credentials").json
    found = Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"])
    return found, Clients(server, found)


def test_a_revoked_session_is_not_made_new(server, root, browser, worker):
    """Sessions are revoked by the time of their issue, which no way through the console may change."""
    server.advance(minutes=30)
    revoked = server.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"]
    root.iam.put_role_policy(RoleName="worker", PolicyName="revoke", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
            "DateLessThan": {"aws:TokenIssueTime": revoked}}}]}))
    server.advance(minutes=1)
    login(browser, ask(browser, worker).json["SigninToken"])
    _, clients = console_keys(server, browser)
    with refused("AccessDenied"):
        clients.iam.list_users()


def test_no_session_gives_the_next_for_ever(server, browser, worker):
    login(browser, ask(browser, worker, SessionDuration=43_200).json["SigninToken"])
    server.advance(hours=11)
    keys, clients = console_keys(server, browser)
    clients.iam.list_users()
    again = Browser(server)
    login(again, ask(again, keys, SessionDuration=43_200).json["SigninToken"])
    assert again.session().status == 200
    server.advance(minutes=61)
    assert again.session().status == 401


def test_a_chained_session_is_not_made_longer(people, browser):
    caller = people.user("caller", allow("sts:AssumeRole"))
    first = people.session(caller, people.role("first", document=allow("sts:AssumeRole")))
    second = people.session(first, people.role("second")).keys
    assert ask(browser, second, SessionDuration=3600).status == 400
    assert ask(browser, second).status == 200


def test_codes_of_a_login_never_reach_a_bucket(root, browser):
    root.s3.create_bucket(Bucket="oauth")
    root.s3.put_object(Bucket="oauth", Key="callback", Body=b"<script>")
    answer = browser.send("GET", "/oauth/callback?code=secret")
    assert answer.status == 404 and b"script" not in answer.body
    assert root.s3.get_object(Bucket="oauth", Key="callback")["Body"].read() == b"<script>"


def test_a_body_that_comes_slowly_makes_no_credentials_last(server, browser, worker):
    text = urllib.parse.urlencode({"Action": "getSigninToken", "Session": session_of(worker)})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.send_slowly("/federation", text, form, lambda: server.advance(minutes=30)).status == 200
    late = browser.send_slowly("/federation", text, form, lambda: server.advance(minutes=31))
    assert late.status == 400 and "expired" in late.json["message"]
