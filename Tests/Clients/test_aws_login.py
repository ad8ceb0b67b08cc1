"""Defends `aws login`: a code for who is signed in, credentials for the code, renewed for the holder of the key alone."""

import base64
import hashlib
import json
import os
import re
import secrets
import time
import urllib.parse

import botocore
import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import _build_dpop_header
from botocore.exceptions import ClientError

from audit import records
from callers import Clients
from console import BETTER, GOOD, Browser
from errors import refused
from people import allow, policy, statement
from possession import EC
from server import ACCOUNT, ROOT_EMAIL, ROOT_PASSWORD, Keys

CLIENT = "arn:aws:signin:::devtools/same-device"
CALLBACK = "http://127.0.0.1:53037/oauth/callback"
RESOURCE = f"arn:aws:signin:us-east-1:{ACCOUNT}:oauth2/public-client/localhost"


class Tool:
    """The tool's half, as the AWS CLI does it."""

    def __init__(self, server):
        self.server, self.key = server, EC.new()
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.proofs = 0

    def ask(self, **changes):
        wish = {
            "response_type": "code", "client_id": CLIENT, "redirect_uri": CALLBACK, "code_challenge": self.challenge,
            "code_challenge_method": "SHA-256", "scope": "openid", "state": "st+te"} | changes
        return "/v1/authorize?" + urllib.parse.urlencode({name: text for name, text in wish.items() if text is not None})

    def code(self, browser):
        answer = browser.send("GET", self.ask())
        assert answer.status == 302, answer.body
        sent = urllib.parse.urlsplit(answer.header("Location"))
        assert sent._replace(query="").geturl() == CALLBACK
        got = dict(urllib.parse.parse_qsl(sent.query))
        assert got.pop("state") == "st+te"
        return got

    def token(self, proof=None, **members):
        client = botocore.session.Session().create_client(
            "signin", region_name="us-east-1", endpoint_url=self.server.url,
            config=Config(signature_version=botocore.UNSIGNED, retries={"total_max_attempts": 1}))

        def add(params, **_):
            header = proof if proof is not None else _build_dpop_header(self.key, params["url"])
            if header:
                params["headers"]["DPoP"] = header
        client.meta.events.register("before-call.signin.CreateOAuth2Token", add)
        return client.create_o_auth2_token(tokenInput={"clientId": CLIENT} | members)["tokenOutput"]

    def exchange(self, code, **changes):
        return self.token(**({
            "grantType": "authorization_code", "code": code, "redirectUri": CALLBACK, "codeVerifier": self.verifier}
            | changes))

    def refresh(self, token, **more):
        return self.token(grantType="refresh_token", refreshToken=token, **more)

    def clients(self, output):
        keys = output["accessToken"]
        return Clients(self.server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))


@pytest.fixture
def tool(server):
    return Tool(server)


@pytest.fixture
def developer(root, alice, browser):
    """Alice, who may use `aws login` and is signed in."""
    root.iam.attach_user_policy(UserName="alice", PolicyArn="arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess")
    assert browser.sign_in("alice", GOOD).json["status"] == "SIGNED_IN"
    return browser


def test_a_tool_acts_as_who_is_signed_in(root, tool, developer):
    output = tool.exchange(tool.code(developer)["code"])
    assert set(output) == {"accessToken", "tokenType", "expiresIn", "refreshToken", "idToken"}
    assert (output["tokenType"], output["expiresIn"]) == ("aws_sigv4", 900)
    arn = f"arn:aws:iam::{ACCOUNT}:user/staff/alice"
    assert tool.clients(output).sts.get_caller_identity()["Arn"] == arn
    body = output["idToken"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["sub"] == arn and claims["exp"] - claims["iat"] == 900
    with refused("AccessDenied"):
        tool.clients(output).iam.list_users()


def test_a_session_can_be_denied(root, tool, developer):
    output = tool.exchange(tool.code(developer)["code"])
    other = tool.exchange(tool.code(developer)["code"])
    root.iam.put_user_policy(UserName="alice", PolicyName="any", PolicyDocument=policy(
        statement("Allow", "iam:ListUsers", Condition={"ArnLike": {"aws:SignInSessionArn": f"arn:aws:signin:us-east-1:{ACCOUNT}:session/*"}})))
    mine, its = tool.clients(output), tool.clients(other)
    mine.iam.list_users(), its.iam.list_users()
    digest = hashlib.sha256(f"sign-in session {output['refreshToken']}".encode()).hexdigest()[:32]
    root.iam.put_user_policy(UserName="alice", PolicyName="not", PolicyDocument=policy(
        statement("Deny", "iam:*", Condition={"ArnEquals": {"aws:SignInSessionArn": f"arn:aws:signin:us-east-1:{ACCOUNT}:session/{digest}"}})))
    its.iam.list_users()
    for clients in (mine, tool.clients(tool.refresh(output["refreshToken"]))):
        with refused("AccessDenied", "explicit deny"):
            clients.iam.list_users()


def test_public_clients_can_be_denied(root, tool, developer):
    root.iam.put_user_policy(UserName="alice", PolicyName="not", PolicyDocument=policy(
        statement("Deny", "signin:CreateOAuth2Token", Condition={"StringEquals": {"signin:OAuthClientAuthentication": "none"}})))
    with pytest.raises(ClientError) as caught:
        tool.exchange(tool.code(developer)["code"])
    assert caught.value.response["error"] == "INSUFFICIENT_PERMISSIONS"


def test_the_records_are_those_of_aws(root, tool, developer):
    output = tool.exchange(tool.code(developer)["code"])
    authorized, = records(root, "AuthorizeOAuth2Access")
    assert authorized["requestParameters"] == {
        "scope": "openid", "redirect_uri": CALLBACK, "code_challenge_method": "SHA-256", "client_id": CLIENT}
    created, = records(root, "CreateOAuth2Token")
    assert created["requestParameters"] == {"client_id": CLIENT}
    for record in [authorized, created]:
        assert record["eventSource"] == "signin.amazonaws.com" and record["eventType"] == "AwsApiCall"
        assert record["readOnly"] is True and record["responseElements"] is None
        assert record["additionalEventData"] == {"success": "true", "x-amzn-vpce-id": ""}
        assert record["userIdentity"]["userName"] == "alice" and re.fullmatch("[0-9a-f-]{36}", record["requestID"])
    everything = str(records(root))
    for secret in [output["refreshToken"], output["accessToken"]["secretAccessKey"], tool.verifier]:
        assert secret not in everything


def test_boto3_renews_by_itself(server, root, tool, developer, tmp_path, monkeypatch):
    output = tool.exchange(tool.code(developer)["code"])
    session = f"arn:aws:iam::{ACCOUNT}:user/staff/alice"
    pem = base64.encodebytes(tool.key.der()).decode()
    cache = tmp_path / "cache"
    cache.mkdir()
    stored = {
        "accessToken": output["accessToken"] | {"accountId": ACCOUNT, "expiresAt": "2020-01-01T00:00:00Z"},
        "tokenType": output["tokenType"], "clientId": CLIENT, "refreshToken": output["refreshToken"],
        "idToken": output["idToken"], "dpopKey": f"-----BEGIN EC PRIVATE KEY-----\n{pem}-----END EC PRIVATE KEY-----\n"}
    (cache / (hashlib.sha256(session.encode()).hexdigest() + ".json")).write_text(json.dumps(stored))
    config = tmp_path / "config"
    config.write_text(f"[default]\nlogin_session = {session}\nregion = us-east-1\n")
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(cache))
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    sts = botocore.session.Session().create_client("sts")
    assert sts.get_caller_identity()["Arn"] == session
    renewed = json.loads(next(cache.iterdir()).read_text())["accessToken"]
    assert renewed["accessKeyId"] != output["accessToken"]["accessKeyId"]


def test_a_code_is_good_once_for_its_tool_and_for_five_minutes(server, tool, developer):
    code = tool.code(developer)["code"]
    tool.exchange(code)
    with oauth_error("AccessDeniedException", "AUTHCODE_EXPIRED", 401):
        tool.exchange(code)
    for changes in [{"codeVerifier": "x" * 43}, {"redirectUri": CALLBACK.replace("53037", "53038")}]:
        code = tool.code(developer)["code"]
        with oauth_error("ValidationException", "INVALID_REQUEST", 400):
            tool.exchange(code, **changes)
        # A stolen code is gone after one try.
        with oauth_error("AccessDeniedException", "AUTHCODE_EXPIRED", 401):
            tool.exchange(code)
    late = tool.code(developer)["code"]
    server.advance(minutes=5)
    with oauth_error("AccessDeniedException", "AUTHCODE_EXPIRED", 401):
        tool.exchange(late)


def test_a_refresh_token_is_good_again_and_again_for_its_key(server, tool, developer):
    token = tool.exchange(tool.code(developer)["code"])["refreshToken"]
    for _ in range(2):
        output = tool.refresh(token)
        assert output["refreshToken"] == token and "idToken" not in output
        assert tool.clients(output).sts.get_caller_identity()["Account"] == ACCOUNT
    with oauth_error("ValidationException", "INVALID_REQUEST", 400):
        Tool(server).refresh(token)
    with oauth_error("AccessDeniedException", "TOKEN_EXPIRED", 401):
        tool.refresh("0" * 64)
    server.advance(hours=11, minutes=55)
    assert tool.refresh(token)["expiresIn"] <= 300
    server.advance(minutes=6)
    with oauth_error("AccessDeniedException", "TOKEN_EXPIRED", 401):
        tool.refresh(token)


def test_a_new_password_ends_it(root, tool, developer):
    output = tool.exchange(tool.code(developer)["code"])
    pending = tool.code(developer)["code"]
    root.iam.update_login_profile(UserName="alice", Password=BETTER)
    with oauth_error("AccessDeniedException", "USER_CREDENTIALS_CHANGED", 403):
        tool.refresh(output["refreshToken"])
    with oauth_error("AccessDeniedException", "USER_CREDENTIALS_CHANGED", 403):
        tool.exchange(pending)


def test_policies_decide_both_halves(root, tool, alice, browser):
    browser.sign_in("alice", GOOD)
    denied = tool.code(browser)
    assert denied["error"] == "access_denied" and "signin:AuthorizeOAuth2Access" in denied["error_description"]
    assert records(root, "AuthorizeOAuth2Access")[0]["errorCode"] == "AccessDenied"
    root.iam.put_user_policy(
        UserName="alice", PolicyName="p", PolicyDocument=allow("signin:AuthorizeOAuth2Access", RESOURCE))
    code = tool.code(browser)["code"]
    with oauth_error("AccessDeniedException", "INSUFFICIENT_PERMISSIONS", 403):
        tool.exchange(code)
    assert records(root, "CreateOAuth2Token")[0]["errorCode"].startswith("AccessDenied")


def test_root_may_always(tool, browser):
    browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
    output = tool.exchange(tool.code(browser)["code"])
    assert tool.clients(output).sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_a_federated_session_may_too(people, root, tool, browser):
    caller = people.user("caller", allow("sts:AssumeRole"))
    role = people.role("worker", document=allow(["iam:ListUsers", "signin:*"]))
    keys = people.session(caller, role, name="night").keys
    text = json.dumps({"sessionId": keys.id, "sessionKey": keys.secret, "sessionToken": keys.token})
    token = browser.send("GET", "/federation?" + urllib.parse.urlencode(
        {"Action": "getSigninToken", "Session": text})).json["SigninToken"]
    browser.send("GET", "/federation?" + urllib.parse.urlencode(
        {"Action": "login", "Destination": "/console", "SigninToken": token}))
    output = tool.exchange(tool.code(browser)["code"])
    clients = tool.clients(tool.refresh(output["refreshToken"]))
    assert clients.sts.get_caller_identity()["Arn"].endswith("assumed-role/worker/night")
    clients.iam.list_users()


def test_without_a_session_the_browser_is_sent_to_sign_in(server, tool):
    answer = Browser(server).send("GET", tool.ask())
    assert answer.status == 302
    where = urllib.parse.urlsplit(answer.header("Location"))
    assert (where.netloc, where.path) == ("", "/console/sign-in")
    assert urllib.parse.parse_qs(where.query)["continue"] == [tool.ask()]


@pytest.mark.parametrize("changes", [
    {"redirect_uri": "https://evil.example/oauth/callback"}, {"redirect_uri": "http://127.0.0.1:1@evil.example/oauth/callback"},
    {"redirect_uri": "http://127.0.0.1:80/other"}, {"redirect_uri": "http://127.0.0.1:99999/oauth/callback"},
    {"redirect_uri": "http://localhost:80/oauth/callback"}, {"client_id": "arn:aws:signin:::devtools/cross-device"},
    {"response_type": "token"}, {"code_challenge_method": "plain"}, {"code_challenge": "short"}, {"scope": "admin"},
    {"resource": "x"}, {"code_challenge": None}, {"redirect_uri": None}], ids=str)
def test_a_wish_that_is_not_for_this_machine_is_refused(tool, developer, changes):
    answer = developer.send("GET", tool.ask(**changes))
    assert answer.status == 400 and answer.json["code"] == "INVALID_REQUEST" and answer.header("Location") is None


def test_another_site_gets_no_code(tool, developer):
    answer = developer.send("GET", tool.ask(), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.header("Location").startswith("/console/sign-in?")


def test_proofs_of_possession_are_checked(server, tool, developer):
    url = server.url + "/v1/token"
    token = tool.exchange(tool.code(developer)["code"])["refreshToken"]
    good = _build_dpop_header(tool.key, url)
    head, body, signature = good.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"typ": "dpop+jwt", "alg": "none"}).encode()).rstrip(b"=").decode()
    used = _build_dpop_header(tool.key, url)
    tool.refresh(token, proof=used)
    for bad in ["", "x", f"{head}.{body}.", f"{head}.{body}.{'BBBB' if signature.startswith('AAAA') else 'AAAA'}{signature[4:]}", f"{none}.{body}.", used,
                f"{none}.{body}.{signature}", _build_dpop_header(tool.key, "http://other.example/v1/token"),
                _build_dpop_header(tool.key, server.url + "/v1/other"),
                _build_dpop_header(tool.key, url, ts=int(time.time()) - 600),
                _build_dpop_header(tool.key, url, ts=int(time.time()) + 600)]:
        with oauth_error("ValidationException", "INVALID_REQUEST", 400):
            tool.refresh(token, proof=bad)


def test_grants_are_not_mixed(tool, developer):
    output = tool.exchange(tool.code(developer)["code"])
    code = tool.code(developer)["code"]
    with oauth_error("ValidationException", "INVALID_REQUEST", 400):
        tool.refresh(output["refreshToken"], code=code)
    with oauth_error("ValidationException", "INVALID_REQUEST", 400):
        tool.token(grantType="authorization_code", code=code)
    with oauth_error("AccessDeniedException", "TOKEN_EXPIRED", 401):
        tool.refresh(code)
    with oauth_error("AccessDeniedException", "AUTHCODE_EXPIRED", 401):
        tool.exchange(output["refreshToken"])


class oauth_error:
    """The call inside must be refused with that code, that OAuth error and that status."""

    def __init__(self, code, error, status):
        self.wanted = (code, error, status)

    def __enter__(self):
        return self

    def __exit__(self, kind, raised, _):
        assert isinstance(raised, ClientError), raised
        answer = raised.response
        got = (answer["Error"]["Code"], answer.get("error"), answer["ResponseMetadata"]["HTTPStatusCode"])
        assert got == self.wanted, answer
        return True
