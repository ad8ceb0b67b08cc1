"""Defends signing in by SAML: a response opens the console once, as the role that was chosen of those it names, and tells
nobody else's page anything."""

import html.parser
import json
import re
import urllib.parse

import pytest

from audit import records
from callers import Clients
from console import Browser
from people import allow, arn
from saml_provider import ENDPOINT, SAMLProvider, assertion_of, certificate, encoded, encrypted, signature_of, unsigned
from server import ACCOUNT, OTHER_ACCOUNT, Keys
from test_saml_federation import federated

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def idp():
    return SAMLProvider()


class Page(html.parser.HTMLParser):
    """What a browser finds in the page: the form's fields, the choices and their labels."""

    def __init__(self, answer):
        super().__init__()
        self.form, self.fields, self.roles, self.tags, self.label, self.labels = {}, {}, [], [], None, {}
        self.feed(answer.body.decode())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        if tag == "form":
            self.form = found
        if found.get("type") == "hidden":
            self.fields[found["name"]] = found["value"]
        if found.get("type") == "radio":
            self.roles.append(found["value"])
            self.name = found["name"]
        self.label = found["for"] if tag == "label" else None

    def handle_data(self, data):
        if self.label:
            self.labels[self.label] = data
            self.label = None


class World:
    def __init__(self, server, root, people, idp):
        self.server, self.root, self.people, self.idp = server, root, people, idp
        self.provider = root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="corporate")["SAMLProviderArn"]
        self.role = people.role("web", federated(), allow("iam:ListUsers"))

    def response(self, *roles, **more):
        pairs = [f"{role},{self.provider}" for role in roles or [self.role]]
        attributes = {"Role": pairs} | more.pop("attributes", {})
        return self.idp.response(None, None, attributes=attributes, **more)

    def post(self, browser, text, **more):
        """Posts a response (or its Base64) as the provider's page does, from another site."""
        form = {"SAMLResponse": encoded(text) if text.startswith("<") else text} | more
        headers = FORM | {"Origin": "https://idp.example.com", "Sec-Fetch-Site": "cross-site"}
        return browser.send("POST", "/saml", urllib.parse.urlencode(form), headers)

    def refuses(self, browser, text, message, status=400, **more):
        answer = self.post(browser, text, **more)
        assert answer.status == status and message in answer.body.decode(), answer.body
        assert not browser.cookies and answer.header("Content-Type") == "text/html; charset=utf-8"


@pytest.fixture
def world(server, root, people, idp):
    return World(server, root, people, idp)


def who(role, name="visit"):
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_one_role_is_entered_at_once(server, world, browser, signed):
    answer = world.post(browser, world.response(sign=signed))
    assert (answer.status, answer.header("Location")) == (303, "/console"), answer.body
    assert "HttpOnly; SameSite=Strict" in answer.header("Set-Cookie")
    session = browser.session().json
    assert session["arn"] == who("web") and session["account"] == ACCOUNT and session["mfa"] is False
    keys = browser.post("credentials").json
    clients = Clients(server, Keys(keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]))
    assert clients.sts.get_caller_identity()["Arn"] == who("web")
    clients.iam.list_users()
    assert browser.post("password", password="a", newPassword="b").status == 403
    assert browser.post("sign-out").status == 200 and browser.session().status == 401


def test_the_records(server, root, world, browser):
    text = world.response()
    world.post(browser, text)
    assumed, = records(root, "AssumeRoleWithSAML")
    assert assumed["userIdentity"]["type"] == "SAMLUser" and assumed["userIdentity"]["userName"] == "alice"
    assert assumed["userAgent"] == browser.agent and assumed["responseElements"]["subjectType"] == "persistent"
    record, = records(root, "ConsoleLogin")
    assert record["userIdentity"]["type"] == "AssumedRole" and record["userIdentity"]["arn"] == who("web")
    assert record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "web"
    assert record["responseElements"] == {"ConsoleLogin": "Success"}
    assert record["additionalEventData"] == {
        "LoginTo": server.url + "/console", "MobileVersion": "No", "MFAUsed": "No", "SamlProviderArn": world.provider}
    assert encoded(text) not in json.dumps(records(root))


def test_of_several_roles_one_is_chosen(server, root, people, world, browser):
    other = people.role("reader", federated(), allow("iam:ListRoles"))
    text = world.response(world.role, other)
    answer = world.post(browser, text, RelayState="/console/iam/home")
    assert answer.status == 200 and not browser.cookies and not records(root, "AssumeRoleWithSAML")
    page = Page(answer)
    assert page.roles == [world.role, other] and page.labels == {world.role: "web", other: "reader"}
    assert page.form == {"method": "post", "action": "/saml"}
    assert page.fields == {"SAMLResponse": encoded(text), "RelayState": "/console/iam/home"}
    chosen = browser.send("POST", "/saml", urllib.parse.urlencode(page.fields | {page.name: other}), FORM)
    assert (chosen.status, chosen.header("Location")) == (303, "/console/iam/home"), chosen.body
    assert browser.session().json["arn"] == who("reader")
    # The response was used with that, for every role.
    for again in [{page.name: world.role}, {page.name: other}]:
        world.refuses(Browser(server), text, "used already", **again)
    # The page can still be asked for, and leads nowhere.
    assert world.post(Browser(server), text).status == 200


def test_only_what_was_offered_can_be_chosen(people, world, browser):
    other = people.role("reader", federated())
    hidden = people.role("hidden", federated())
    text = world.response(world.role, other)
    for role in [hidden, arn("role", "absent"), "web", "", world.role + " "]:
        world.refuses(browser, text, "does not offer that role", 403, roleIndex=role)
    # A choice among one is held to it too.
    world.refuses(browser, world.response(), "does not offer that role", 403, roleIndex=other)
    assert world.post(browser, text, roleIndex=other).status == 303


def test_the_page_has_no_scripts_and_no_say(people, world, browser):
    people.role("reader", federated())
    answer = world.post(browser, world.response(world.role, arn("role", "reader")), RelayState='"><script>alert(1)</script>')
    text, policy = answer.body.decode(), answer.header("Content-Security-Policy")
    assert "<script" not in text and "&quot;&gt;&lt;script&gt;" in text and "javascript:" not in text
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "unsafe" not in policy
    assert answer.header("X-Frame-Options") == "DENY" and answer.header("Cache-Control") == "no-store"
    assert not re.search(r"\son\w+=|\sstyle=", text)
    assert Page(answer).fields["RelayState"] == '"><script>alert(1)</script>'


def test_what_nobody_signed_gives_no_page(people, world, browser):
    other = people.role("reader", federated())
    text = world.response(world.role, other)
    world.refuses(browser, unsigned(text), "must be signed")
    world.refuses(browser, text.replace(">alice<", ">admin<"), "signature invalid")
    world.refuses(browser, text.replace("role/reader", "role/hidden"), "signature invalid")
    evil = assertion_of(unsigned(text)).replace(">alice<", ">admin<").replace('ID="id-', 'ID="id-evil')
    world.refuses(browser, text.replace(assertion_of(text), evil + assertion_of(text)), "no role", 403)
    world.refuses(browser, text.replace(assertion_of(text), evil.replace(
        "</ns1:Issuer>", "</ns1:Issuer>" + signature_of(text), 1)), "")
    stranger = SAMLProvider().response(None, None, attributes={
        "Role": [f"{role},{world.provider}" for role in (world.role, other)]})
    world.refuses(browser, stranger, "signature invalid")
    world.refuses(browser, "<a>", "no role", 403)
    world.refuses(browser, "****", "Invalid base64")
    world.refuses(browser, encoded(text)[:-9] + "A" * 100_000, "must have a SAMLResponse")


def test_a_provider_speaks_for_its_own_roles_only(root, people, world, browser):
    stranger = SAMLProvider(entity="https://other.example.com/metadata")
    second = root.iam.create_saml_provider(SAMLMetadataDocument=stranger.metadata, Name="second")["SAMLProviderArn"]
    theirs = people.role("theirs", federated(provider=second))
    text = world.idp.response(None, None, attributes={"Role": [
        f"{world.role},{world.provider}", f"{theirs},{second}", f"{arn('role', 'third')},{world.provider}",
        f"{arn('role', 'far', OTHER_ACCOUNT)},{world.provider}", "nonsense", world.role]})
    page = Page(world.post(browser, text))
    assert page.roles == [world.role, arn("role", "third")]
    world.refuses(browser, text, "does not offer", 403, roleIndex=theirs)
    # A role that does not trust the provider is offered, as at AWS, and refused.
    world.refuses(browser, text, "Not authorized", 403, roleIndex=arn("role", "third"))
    assert world.post(browser, text, roleIndex=world.role).status == 303


def test_a_response_is_good_once_and_for_minutes(server, root, world, browser):
    text = world.response()
    assert world.post(browser, text).status == 303
    world.refuses(Browser(server), text, "used already")
    late = world.response()
    server.advance(minutes=7)
    world.refuses(Browser(server), late, "within 5 minutes")
    assert len(records(root, "ConsoleLogin")) == 1


@pytest.mark.parametrize("seconds, given", [(3600, None), (1800, ["1800"]), (43_200, ["43200"])])
def test_the_session_lasts_as_the_response_says(server, root, world, browser, seconds, given):
    root.iam.update_role(RoleName="web", MaxSessionDuration=43_200)
    assert world.post(browser, world.response(attributes={"SessionDuration": given})).status == 303
    server.advance(seconds=seconds - 60)
    assert browser.session().status == 200 and browser.post("credentials").status == 200
    server.advance(seconds=120)
    assert browser.session().status == 401


@pytest.mark.parametrize("state, location", [
    ("/console/iam/home", "/console/iam/home"), ("https://console.aws.amazon.com/s3", "/console"), ("{url}/console#x", "/console#x"),
    ("https://evil.example/", "/console"), ("//evil.example/", "/console"), ("javascript:alert(1)", "/console"), ("", "/console"),
    ("/x\r\nSet-Cookie: a=b", "/console")])
def test_nobody_is_led_away(server, world, browser, state, location):
    answer = world.post(browser, world.response(), RelayState=state.replace("{url}", server.url))
    assert (answer.status, answer.header("Location")) == (303, location)


def test_an_encrypted_assertion_cannot_say_for_whom_it_is(root, world, browser, tmp_path):
    opener, key = certificate(tmp_path, "opener")
    with open(key) as text:
        root.iam.update_saml_provider(SAMLProviderArn=world.provider, AddPrivateKey=text.read(), AssertionEncryptionMode="Required")
    world.refuses(browser, encrypted(world.response(), opener), "no role", 403)


def test_a_bucket_of_that_name_is_reached(root, browser):
    root.s3.create_bucket(Bucket="saml")
    root.s3.put_object(Bucket="saml", Key="a", Body=b"x")
    assert root.s3.get_object(Bucket="saml", Key="a")["Body"].read() == b"x"
    assert root.s3.list_objects_v2(Bucket="saml")["KeyCount"] == 1
    assert root.s3.delete_objects(Bucket="saml", Delete={"Objects": [{"Key": "a"}]})["Deleted"]
    assert browser.send("GET", "/saml").status == 403
    assert browser.send("POST", "/saml", "x", FORM).status == 400
    assert ENDPOINT.endswith("/saml")
