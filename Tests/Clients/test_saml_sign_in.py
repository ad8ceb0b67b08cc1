"""Defends signing in by SAML: a response opens the console once, as the role that was chosen of those it names, and tells
nobody else's page anything."""

import html.parser
import json
import re
import urllib.parse

import pytest

from audit import records
from callers import Clients
from console import GOOD, Browser
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

    def choose(self, browser, text, **more):
        """Posts a response as this server's own page does."""
        form = {"SAMLResponse": encoded(text) if text.startswith("<") else text} | more
        headers = FORM | {"Origin": self.server.url, "Sec-Fetch-Site": "same-origin"}
        return browser.send("POST", "/saml", urllib.parse.urlencode(form), headers)

    def enter(self, browser, text, **more):
        """The whole way: from the provider's page to this server's, and what a button there posts."""
        page = Page(self.post(browser, text, **more))
        return self.choose(browser, text, **page.fields | {page.name: page.roles[0]})

    def refuses(self, browser, text, message, status=400, **more):
        answer = (self.choose if more else self.post)(browser, text, **more)
        assert answer.status == status and message in answer.body.decode(), answer.body
        assert not browser.cookies and answer.header("Content-Type") == "text/html; charset=utf-8"


@pytest.fixture
def world(server, root, people, idp):
    return World(server, root, people, idp)


def who(role, name="visit"):
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_one_role_is_entered_at_once_by_who_names_no_other_site(server, world, browser, signed):
    answer = browser.send("POST", "/saml", urllib.parse.urlencode({"SAMLResponse": encoded(world.response(sign=signed))}), FORM)
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


@pytest.mark.parametrize("choice", [{}, {"roleIndex": arn("role", "web")}])
def test_another_sites_page_opens_nothing_by_itself(server, root, world, browser, choice):
    root.iam.create_user(UserName="alice", Path="/staff/")
    root.iam.create_login_profile(UserName="alice", Password=GOOD)
    browser.sign_in("alice", GOOD)
    text = world.response()
    page = world.post(browser, text, **choice)
    # The post from the page says where it comes from, so that it is not taken for another site's.
    assert page.status == 200 and page.header("Referrer-Policy") == "same-origin" and not page.header("Set-Cookie")
    assert Page(page).roles == [world.role]
    assert browser.session().json["userName"] == "alice" and not records(root, "AssumeRoleWithSAML")
    before, browser.token = dict(browser.cookies), None
    assert world.enter(browser, text).status == 303
    assert browser.session().json["arn"] == who("web")
    # Who was there is signed out, and it is written down.
    assert records(root, "Logout")[0]["userIdentity"]["userName"] == "alice"
    browser.cookies = before
    assert browser.session().status == 401


def test_the_records(server, root, world, browser):
    text = world.response()
    world.enter(browser, text)
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
    chosen = world.choose(browser, text, **page.fields | {page.name: other})
    assert (chosen.status, chosen.header("Location")) == (303, "/console/iam/home"), chosen.body
    assert browser.session().json["arn"] == who("reader")
    # The response was used with that, for every role.
    for again in [{page.name: world.role}, {page.name: other}]:
        world.refuses(Browser(server), text, "used already", **again)
    # The page can still be asked for, and leads nowhere.
    assert world.post(Browser(server), text).status == 200


def test_only_what_was_offered_can_be_chosen(root, people, world, browser):
    other = people.role("reader", federated())
    hidden = people.role("hidden", federated())
    text = world.response(world.role, other)
    for role in [hidden, arn("role", "absent"), "web", "", world.role + " "]:
        world.refuses(browser, text, "does not offer that role", 403, roleIndex=role)
    # A choice among one is held to it too.
    world.refuses(browser, world.response(), "does not offer that role", 403, roleIndex=other)
    assert len(records(root, "AssumeRoleWithSAML")) == 2
    assert all(record["errorCode"] == "AccessDenied" for record in records(root, "AssumeRoleWithSAML"))
    assert world.choose(browser, text, roleIndex=other).status == 303


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
        "</ns1:Issuer>", "</ns1:Issuer>" + signature_of(text), 1)), "of a kind that is not accepted")
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
    assert world.choose(browser, text, roleIndex=world.role).status == 303


def test_what_nobody_signed_is_on_the_record(server, root, people, world, browser):
    other = people.role("reader", federated())
    texts = [world.response(*roles) for roles in [(world.role,), (world.role, other), (other, world.role)]]
    for text in texts:
        world.refuses(browser, text.replace(">alice<", ">admin<"), "signature invalid")
    assert [record["errorMessage"] for record in records(root, "AssumeRoleWithSAML")] == ["Response signature invalid"] * 3
    # Those of providers that are not here are passed over where another is.
    absent = f"{world.role},{arn('saml-provider', 'absent')}"
    text = world.response(attributes={"Role": [absent, f"{other},{world.provider}"]})
    world.refuses(browser, unsigned(text), "must be signed")
    assert records(root, "AssumeRoleWithSAML")[0]["resources"][0]["ARN"] == other
    server.advance(minutes=7)
    world.refuses(browser, texts[1], "within 5 minutes")
    assert len(records(root, "AssumeRoleWithSAML")) == 5


def test_every_provider_of_the_same_signer_is_looked_at(root, people, world, browser):
    """An organisation has one identity provider, and an account of its own for each team."""
    made = [root.iam.create_saml_provider(SAMLMetadataDocument=world.idp.metadata, Name=f"team-{number}")["SAMLProviderArn"]
            for number in range(12)]
    roles = [people.role(f"team-{number}", federated(provider=provider)) for number, provider in enumerate(made)]
    text = world.response(attributes={"Role": [f"{role},{provider}" for role, provider in zip(roles, made)]})
    assert Page(world.post(browser, text)).roles == roles
    assert world.choose(browser, text, roleIndex=roles[11]).status == 303
    # Of several that vouch for a role, the first is taken that it trusts.
    text = world.response(attributes={"Role": [f"{roles[5]},{provider}" for provider in made]})
    page = Page(world.post(browser, text))
    assert page.roles == [roles[5]]
    assert world.choose(browser, text, roleIndex=roles[5]).status == 303
    assert records(root, "ConsoleLogin")[0]["additionalEventData"]["SamlProviderArn"] == made[5]


def test_more_providers_than_anybody_has_are_refused(world, browser):
    named = [f"{world.role},{arn('saml-provider', f'p{number}')}" for number in range(257)]
    world.refuses(browser, world.response(attributes={"Role": named}), "more than 256 providers")
    world.refuses(browser, world.response(attributes={"Role": named[1:]}), "Specified provider doesn&#39;t exist")


def test_a_body_that_comes_slowly_gains_no_time(server, root, world, browser):
    body = urllib.parse.urlencode({"SAMLResponse": encoded(world.response())})
    answer = browser.send_slowly("/saml", body, FORM, lambda: server.advance(minutes=7))
    assert answer.status == 400 and "within 5 minutes" in answer.body.decode(), answer.body
    assert not records(root, "ConsoleLogin")


def test_a_response_is_good_once_and_for_minutes(server, root, world, browser):
    text = world.response()
    assert world.enter(browser, text).status == 303
    world.refuses(Browser(server), text, "used already", roleIndex=world.role)
    late = world.response()
    server.advance(minutes=7)
    world.refuses(Browser(server), late, "within 5 minutes")
    assert len(records(root, "ConsoleLogin")) == 1


@pytest.mark.parametrize("seconds, given", [(3600, None), (1800, ["1800"]), (43_200, ["43200"])])
def test_the_session_lasts_as_the_response_says(server, root, world, browser, seconds, given):
    root.iam.update_role(RoleName="web", MaxSessionDuration=43_200)
    assert world.enter(browser, world.response(attributes={"SessionDuration": given})).status == 303
    server.advance(seconds=seconds - 60)
    assert browser.session().status == 200 and browser.post("credentials").status == 200
    server.advance(seconds=120)
    assert browser.session().status == 401


@pytest.mark.parametrize("state, location", [
    ("/console/iam/home", "/console/iam/home"), ("https://console.aws.amazon.com/s3", "/console"), ("{url}/console#x", "/console#x"),
    ("https://evil.example/", "/console"), ("//evil.example/", "/console"), ("javascript:alert(1)", "/console"), ("", "/console"),
    ("/x\r\nSet-Cookie: a=b", "/console"), ("/v1/authorize?client_id=a", "/console"), ("/consoles", "/console"), ("/", "/console"),
    ("/console?a=/../b", "/console?a=/../b"), ("/console/../v1/authorize", "/console"), ("/console/%2E%2e/v1/authorize", "/console"),
    ("/console/./a", "/console"), ("/console/a.b/..c", "/console/a.b/..c")])
def test_nobody_is_led_away(server, world, browser, state, location):
    answer = world.enter(browser, world.response(), RelayState=state.replace("{url}", server.url))
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
