"""Defends AssumeRoleWithSAML: what a trusted provider signed opens a role once, and nothing wrapped around it does."""

import base64
import datetime
import hashlib
import re

import pytest
from botocore import UNSIGNED
from saml2.saml import NAMEID_FORMAT_EMAILADDRESS

from audit import records
from callers import Clients
from errors import refused
from people import allow, arn, policy
from saml_provider import (
    ATTRIBUTES, ENDPOINT, SAMLProvider, assertion_of, certificate, encoded, encrypted, moment, sign, signature_of, unsigned,
)
from server import ACCOUNT, OTHER_ACCOUNT, Keys

ACTION = "sts:AssumeRoleWithSAML"
RESPONSE = "urn:oasis:names:tc:SAML:2.0:protocol:Response"
INVALID = "InvalidIdentityToken"


def federated(*actions, provider=arn("saml-provider", "corporate"), **more):
    return policy({
        "Effect": "Allow", "Principal": {"Federated": provider}, "Action": list(actions) or ACTION, **more})


@pytest.fixture(scope="module")
def idp():
    return SAMLProvider()


class World:
    """An account that knows the provider, and a role that trusts it."""

    def __init__(self, server, root, people, idp):
        self.server, self.root, self.people, self.idp = server, root, people, idp
        self.provider = root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="corporate")["SAMLProviderArn"]
        self.role = people.role("web", federated(), allow("iam:ListUsers"))
        self.stranger = Clients(server, Keys(None, None)).make("sts", signature_version=UNSIGNED)

    def response(self, role=None, **more):
        return self.idp.response(role or self.role, self.provider, **more)

    def assume(self, text, role=None, provider=None, **more):
        return self.stranger.assume_role_with_saml(
            RoleArn=role or self.role, PrincipalArn=provider or self.provider, SAMLAssertion=encoded(text), **more)

    def refuses(self, code, text, message=None, **more):
        with refused(code, message):
            self.assume(text, **more)


@pytest.fixture
def world(server, root, people, idp):
    return World(server, root, people, idp)


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_a_good_assertion_opens_the_role(world, root, signed):
    answer = world.assume(world.response(sign=signed))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/web/visit"
    role_id = root.iam.get_role(RoleName="web")["Role"]["RoleId"]
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role_id}:visit", "Arn": who}
    assert (answer["Subject"], answer["SubjectType"]) == ("alice", "persistent")
    assert (answer["Issuer"], answer["Audience"]) == ("https://idp.example.com/metadata", ENDPOINT)
    hashed = hashlib.sha1(f"{answer['Issuer']}{ACCOUNT}/corporate".encode()).digest()
    assert answer["NameQualifier"] == base64.b64encode(hashed).decode()
    session = Clients(world.server, Keys.of(answer))
    assert session.sts.get_caller_identity()["Arn"] == who
    session.iam.list_users()


def test_the_records_name_the_bearer(world, root):
    text = world.response()
    answer = world.assume(text)
    record = records(root, "AssumeRoleWithSAML")[0]
    assert record["userIdentity"] == {
        "type": "SAMLUser", "principalId": f"{answer['NameQualifier']}:alice", "userName": "alice",
        "identityProvider": answer["NameQualifier"]}
    assert record["recipientAccountId"] == ACCOUNT and encoded(text) not in str(record)
    assert record["responseElements"]["subjectType"] == "persistent"


def test_an_assertion_is_good_once(world):
    text = world.response()
    world.assume(text)
    world.refuses(INVALID, text, "used already")
    # What was refused for another reason than its use is not used up.
    fresh = world.response()
    world.refuses("AccessDenied", fresh, role=arn("role", "absent"))
    world.assume(fresh)
    # Nor is what was refused by a role that is named, but does not trust the provider.
    closed = world.people.role("closed")
    both = world.response(attributes={"Role": [f"{role},{world.provider}" for role in (world.role, closed)]})
    world.refuses("AccessDenied", both, role=closed)
    world.assume(both)
    world.refuses(INVALID, both, "used already")


def test_one_response_is_used_once_by_all_who_know_its_signer(server, root, other, people, world, idp):
    # In another account …
    theirs = other.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="corporate")["SAMLProviderArn"]
    far = arn("role", "far", OTHER_ACCOUNT)
    other.iam.create_role(RoleName="far", AssumeRolePolicyDocument=federated(provider=theirs))
    # … and by another provider of this one.
    second = root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="second")["SAMLProviderArn"]
    near = people.role("near", federated(provider=second))
    pairs = [(world.role, world.provider), (far, theirs), (near, second)]
    for first in pairs:
        for signed in ["assertion", "response", "both"]:
            text = world.response(attributes={"Role": [",".join(pair) for pair in pairs]}, sign=signed)
            world.assume(text, *first)
            for role, provider in pairs:
                world.refuses(INVALID, text, "used already", role=role, provider=provider)
    # The signature around a signed assertion can be taken away by anybody: it is the same assertion.
    both = world.response(sign="both")
    world.assume(both)
    outer = re.search(r"<(\w+:)?Signature[ >].*?</(\w+:)?Signature>", both, re.S).group()
    assert both.index(outer) < both.index("<ns1:Assertion ") and both.count(outer) == 1
    world.refuses(INVALID, both.replace(outer, ""), "used already")


def test_a_use_is_remembered_whatever_becomes_of_the_provider(root, world, idp):
    text = world.response()
    world.assume(text)
    root.iam.delete_saml_provider(SAMLProviderArn=world.provider)
    root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="corporate")
    world.refuses(INVALID, text, "used already")
    world.assume(world.response())


def test_a_key_of_one_value_has_one(world, people):
    uid = "urn:oid:0.9.2342.19200300100.1.1"
    trusting = policy(
        {"Effect": "Allow", "Principal": {"Federated": world.provider}, "Action": ACTION},
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ACTION, "Condition": {"StringEquals": {"saml:uid": "mallory"}}})
    role = people.role("choosy", trusting)
    world.assume(world.response(role, others={uid: ["alice"]}), role)
    world.refuses("AccessDenied", world.response(role, others={uid: ["mallory"]}), role=role)
    world.refuses(INVALID, world.response(role, others={uid: ["mallory", "alice"]}), "more than one value for saml:uid", role=role)


def wrapped(text):
    """The eight ways to wrap a signed message that "On Breaking SAML" counts, each with somebody else's name in it."""
    evil = unsigned(text).replace(">alice<", ">admin<").replace('ID="id-', 'ID="id-evil')
    good, signature = assertion_of(text), signature_of(text)
    bad, bare = assertion_of(evil), assertion_of(unsigned(text))
    whole = re.search(r"<ns0:Response.*</ns0:Response>", unsigned(text), re.S).group()
    issuer = "</ns1:Issuer>"

    def put(assertion, what):
        head, found, rest = assertion.partition(issuer)
        return head + found + what + rest

    holding = signature.replace("</ns2:Signature>", f"<ns2:Object>{bare}</ns2:Object></ns2:Signature>")
    return {
        "response inside the signature": evil.replace(issuer, issuer + signature.replace(
            "</ns2:Signature>", f"<ns2:Object>{whole}</ns2:Object></ns2:Signature>"), 1),
        "response beside the signature": evil.replace(issuer, issuer + signature + whole, 1),
        "assertion before": text.replace(good, bad + good),
        "assertion around": text.replace(good, bad.replace("</ns1:Assertion>", good + "</ns1:Assertion>")),
        "signature taken over": text.replace(good, put(bad, signature) + bare),
        "signature over its own": text.replace(good, put(bad, signature.replace("</ns2:Signature>", "</ns2:Signature>" + bare))),
        "extensions": text.replace("<ns0:Status>", f"<ns0:Extensions>{bad}</ns0:Extensions><ns0:Status>"),
        "object of the signature": text.replace(good, put(bad, holding)),
    }


@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
@pytest.mark.parametrize("way", list(wrapped("<ns0:Response><ns1:Issuer></ns1:Issuer><ns0:Status><ns1:Assertion></ns1:Assertion>"
                                             "<ns2:Signature></ns2:Signature></ns0:Response>")))
def test_wrapping(world, way, signed):
    text = world.response(sign=signed)
    attack = wrapped(text)[way]
    assert attack != text and ">admin<" in attack
    world.refuses(INVALID, attack)
    world.assume(text)


def test_tampering(world, tmp_path):
    text = world.response()
    for change in [
        lambda: text.replace(">alice<", ">admin<"), lambda: unsigned(text), lambda: text.replace("visit", "other"),
        lambda: altered(text, "SignatureValue"), lambda: altered(text, "DigestValue"),
        lambda: text.replace("#rsa-sha256", "#hmac-sha256"), lambda: text.replace("#rsa-sha256", "#rsa-md5"),
        lambda: re.sub(r'URI="#id-\w+"', 'URI=""', text), lambda: re.sub(r'URI="#id-\w+"', 'URI="http://127.0.0.1:1/"', text),
        lambda: text.replace("</ns2:Transforms>", '<ns2:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></ns2:Transforms>'),
        lambda: text.replace("xmldsig#enveloped-signature", "xmldsig#base64"),
        lambda: "<!DOCTYPE a [<!ENTITY x 'alice'>]>" + text.split("?>", 1)[1], lambda: text[:-30], lambda: "",
        lambda: text.replace("ns1:Assertion", "ns1:Statement"),
    ]:
        bad = change()
        assert bad != text
        with pytest.raises(Exception) as caught:
            world.assume(bad)
        assert caught.value.response["Error"]["Code"] in (INVALID, "ValidationError"), caught.value
    # Another's key, with its certificate in the message.
    other, other_key = certificate(tmp_path, "other")
    forged = sign(unsigned_template(text), other_key, "urn:oasis:names:tc:SAML:2.0:assertion:Assertion")
    world.refuses(INVALID, forged, "signature")
    world.assume(text)


def altered(text, element):
    """The first letter of a value is another one."""
    return re.sub(rf"(<ns2:{element}>\s*)(\S)", lambda found: found[1] + ("B" if found[2] == "A" else "A"), text, count=1)


def unsigned_template(text):
    """The response with its signature's values empty, to be signed again."""
    text = re.sub(r"(<ns2:DigestValue>).*?(</ns2:DigestValue>)", r"\1\2", text, flags=re.S)
    text = re.sub(r"(<ns2:SignatureValue>).*?(</ns2:SignatureValue>)", r"\1\2", text, flags=re.S)
    return re.sub(r"<ns2:KeyInfo>.*?</ns2:KeyInfo>", "", text, flags=re.S)


def test_a_comment_does_not_split_a_name(world, idp):
    text = world.response(name="alice@example.com.evil.example.org")
    split = text.replace("alice@example.com.evil", "alice@example.com<!-- -->.evil")
    # Canonical bytes have no comments, so the signature is still good: and so is the whole name.
    assert world.assume(split)["Subject"] == "alice@example.com.evil.example.org"


def test_weak_digests_are_refused(world):
    world.refuses(INVALID, world.response(sign_alg="http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "kind")
    world.refuses(INVALID, world.response(digest_alg="http://www.w3.org/2000/09/xmldsig#sha1"), "kind")
    world.assume(world.response(
        sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", digest_alg="http://www.w3.org/2001/04/xmlenc#sha512"))


def changed(world, *changes):
    """A response that the provider itself made and signed with something else in it."""
    text = unsigned_template(world.response())
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    return world.idp.resign(text)


def test_times_audience_and_recipient(world):
    world.assume(changed(world))
    earlier = ('(<ns1:Assertion [^>]*IssueInstant=")[^"]*', rf"\g<1>{moment(-400)}")
    world.refuses("ExpiredTokenException", changed(world, earlier), "within 5 minutes")
    world.refuses(INVALID, changed(world, ('(<ns1:Assertion [^>]*IssueInstant=")[^"]*', rf"\g<1>{moment(400)}")))
    world.refuses("ExpiredTokenException", changed(world, ('NotOnOrAfter="[^"]*" Recipient', f'NotOnOrAfter="{moment(-90)}" Recipient')))
    world.refuses(INVALID, changed(world, ('Conditions NotBefore="[^"]*"', f'Conditions NotBefore="{moment(200)}"')), "not valid yet")
    world.refuses(INVALID, changed(world, ('Recipient="[^"]*"', 'Recipient="https://elsewhere.example.com/saml"')), "recipient")
    world.refuses(INVALID, changed(world, ("<ns1:Audience>[^<]*", "<ns1:Audience>https://elsewhere.example.com")), "audience")
    world.refuses(INVALID, changed(world, ("<ns1:AudienceRestriction>.*?</ns1:AudienceRestriction>", "")), "audience")
    world.assume(changed(world, ("<ns1:Audience>[^<]*", "<ns1:Audience>urn:amazon:webservices")))
    world.refuses(INVALID, changed(world, ("cm:bearer", "cm:holder-of-key")))
    world.refuses(INVALID, changed(world, ('Destination="[^"]*"', 'Destination="https://elsewhere.example.com"')), "destination")
    world.refuses(INVALID, changed(world, ("idp.example.com/metadata</ns1:Issuer><ns2", "other.example.com</ns1:Issuer><ns2")), "Issuer")
    world.refuses("IDPRejectedClaim", changed(world, ("status:Success", "status:Responder")))


def test_roles_and_providers_are_named_in_pairs(world, root, people, idp):
    swapped = world.response(attributes={"Role": [f"{world.provider} , {world.role}"]})
    world.assume(swapped)
    second = root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="second")["SAMLProviderArn"]
    message = "Not authorized to perform sts:AssumeRoleWithSAML"
    world.refuses("AccessDenied", world.response(attributes={"Role": [f"{world.role},{second}"]}), message)
    world.refuses("AccessDenied", world.response(attributes={"Role": [world.role]}), message)
    world.refuses("AccessDenied", world.response(arn("role", "other")), message)
    world.refuses(INVALID, world.response(), "provider", provider=arn("saml-provider", "nobody"))
    # The role must trust that provider too, and one of its own account.
    world.refuses("AccessDenied", world.response(people.role("closed")), message, role=arn("role", "closed"))
    theirs = arn("role", "theirs", OTHER_ACCOUNT)
    world.refuses("AccessDenied", world.response(theirs), message, role=theirs)


def test_attributes_become_names_tags_and_source_identity(world, root, people):
    role = people.role("tagged", federated(ACTION, "sts:TagSession", "sts:SetSourceIdentity"), policy({
        "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice.a"}}}))
    given = {"PrincipalTag:team": ["blue"], "TransitiveTagKeys": ["team"], "SourceIdentity": ["alice.a"]}
    answer = world.assume(world.response(role, attributes=given), role)
    assert answer["SourceIdentity"] == "alice.a" and answer["PackedPolicySize"] >= 1
    Clients(world.server, Keys.of(answer)).iam.list_users()
    world.refuses("AccessDenied", world.response(attributes=given))
    for bad, message in [
        ({"RoleSessionName": None}, "RoleSessionName is required"), ({"RoleSessionName": ["no name"]}, "must match"),
        ({"RoleSessionName": ["x"]}, "must match"), ({"SessionDuration": ["899"]}, "SessionDuration"),
        ({"SessionDuration": ["long"]}, "SessionDuration"), ({"PrincipalTag:aws:x": ["1"]}, "aws:"),
        ({"PrincipalTag:a": ["1"], "PrincipalTag:A": ["2"]}, "Duplicate"), ({"PrincipalTag:a": ["1", "2"]}, "one value"),
        ({"TransitiveTagKeys": ["team"]}, "transitive"), ({"SourceIdentity": ["aws:x"]}, "Source Identity"),
    ]:
        world.refuses(INVALID, world.response(role, attributes=bad), message, role=role)


def test_durations(world, root):
    def left(answer):
        return answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)

    def near(answer, seconds):
        return abs(left(answer).total_seconds() - seconds) < 30

    assert near(world.assume(world.response()), 3600)
    assert near(world.assume(world.response(attributes={"SessionDuration": ["1800"]})), 1800)
    assert near(world.assume(world.response(attributes={"SessionDuration": ["1800"]}), DurationSeconds=900), 900)
    assert near(world.assume(world.response(session=moment(1200))), 1200)
    world.refuses("ValidationError", world.response(attributes={"SessionDuration": ["7200"]}), "MaxSessionDuration")
    world.refuses("ExpiredTokenException", world.response(session=moment(-10)))
    narrow = world.assume(world.response(), Policy=allow("iam:ListRoles"))
    with refused("AccessDenied"):
        Clients(world.server, Keys.of(narrow)).iam.list_users()


def test_conditions(world, people):
    def role(name, **test):
        return people.role(name, federated(Condition=test))

    qualifier = world.assume(world.response())["NameQualifier"]
    for name, test in {
        "aud": {"StringEquals": {"saml:aud": ENDPOINT}}, "iss": {"StringEquals": {"saml:iss": "https://idp.example.com/metadata"}},
        "sub": {"StringEquals": {"saml:sub": "alice", "saml:sub_type": "persistent"}},
        "qualifier": {"StringEquals": {"saml:namequalifier": qualifier, "saml:doc": f"{ACCOUNT}/corporate"}},
        "affiliation": {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}},
        "principal": {"StringEquals": {"saml:edupersonprincipalname": "alice@example.org", "saml:uid": "S-1-5-513"}},
        "mail": {"StringLike": {"saml:mail": "*@example.com"}}, "session": {"StringEquals": {"sts:RoleSessionName": "visit"}},
    }.items():
        made = role(name, **test)
        others = {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"], "urn:oid:0.9.2342.19200300100.1.3": ["alice@example.com"],
                  "urn:oid:1.3.6.1.4.1.5923.1.1.1.6": ["alice@example.org"],
                  "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": ["S-1-5-513"]}
        world.assume(world.response(made, others=others), made)
    for name, test in {
        "not-aud": {"StringEquals": {"saml:aud": "https://elsewhere"}}, "not-sub": {"StringEquals": {"saml:sub": "bob"}},
        "not-type": {"StringEquals": {"saml:sub_type": "transient"}},
    }.items():
        made = role(name, **test)
        world.refuses("AccessDenied", world.response(made), role=made)
    assert world.assume(world.response(format=NAMEID_FORMAT_EMAILADDRESS))["SubjectType"] == NAMEID_FORMAT_EMAILADDRESS


@pytest.mark.parametrize("content, session", [
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "aes-128"), ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", "aes-256"),
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", "aes-128"), ("http://www.w3.org/2009/xmlenc11#aes256-gcm", "aes-256"),
])
def test_encrypted_assertions(world, root, idp, tmp_path, content, session):
    opener, key = certificate(tmp_path, "opener")
    hidden = encrypted(world.response(), opener, content, session)
    assert "alice" not in hidden
    world.refuses(INVALID, hidden, "decrypted")
    with open(key) as text:
        root.iam.update_saml_provider(
            SAMLProviderArn=world.provider, AddPrivateKey=text.read(), AssertionEncryptionMode="Required")
    assert world.assume(hidden)["Subject"] == "alice"
    world.refuses(INVALID, world.response(), "requires encrypted")
    # Only the response signed, over the ciphertext.
    outer = unsigned_template(world.response(sign="response"))
    signed = idp.resign(encrypted(outer, opener, content, session), RESPONSE)
    assert world.assume(signed)["Subject"] == "alice"
    # Nobody signed: that it can be decrypted says nothing, since everybody can encrypt.
    world.refuses(INVALID, encrypted(unsigned(world.response()), opener, content, session), "must be signed")
    forged = unsigned(world.response()).replace(">alice<", ">admin<")
    world.refuses(INVALID, encrypted(forged, opener, content, session))
    # Broken encryption is not taken, even with the right key.
    weak = encrypted(world.response(), opener, content, session, "http://www.w3.org/2001/04/xmlenc#rsa-1_5")
    world.refuses(INVALID, weak, "kind")
    world.refuses(INVALID, world.response(encrypt=opener), "kind")


def test_what_new_metadata_says_counts_at_once(world, root, idp):
    """The keys that assertions were checked with before are nobody's any more."""
    def renew(metadata):
        root.iam.update_saml_provider(SAMLProviderArn=world.provider, SAMLMetadataDocument=metadata)

    other = SAMLProvider()
    theirs = lambda: other.response(world.role, world.provider)  # noqa: E731
    for old, new, metadata in [(world.response, theirs, other.metadata), (theirs, world.response, idp.metadata)]:
        assert world.assume(old())["Subject"] == "alice"
        world.refuses(INVALID, new(), "signature invalid")
        renew(metadata)
        world.refuses(INVALID, old(), "signature invalid")
        assert world.assume(new())["Subject"] == "alice"
    # Nor are they another provider's of the same name.
    root.iam.delete_saml_provider(SAMLProviderArn=world.provider)
    root.iam.create_saml_provider(SAMLMetadataDocument=other.metadata, Name="corporate")
    world.refuses(INVALID, world.response(), "signature invalid")
    assert world.assume(theirs())["Subject"] == "alice"


def test_a_provider_whose_metadata_ended_opens_nothing(world, root, idp):
    ended = idp.metadata.replace("entityID=", f'validUntil="{moment(-60)}" entityID=')
    root.iam.update_saml_provider(SAMLProviderArn=world.provider, SAMLMetadataDocument=ended)
    world.refuses("ExpiredTokenException", world.response())
    root.iam.delete_saml_provider(SAMLProviderArn=world.provider)
    world.refuses(INVALID, world.response(), "Specified provider doesn't exist")


def test_base64_is_what_it_says(world):
    for bad in ["****", "PGE+", "x" * 100_001]:
        with refused("ValidationError" if len(bad) > 100_000 else INVALID):
            world.stranger.assume_role_with_saml(RoleArn=world.role, PrincipalArn=world.provider, SAMLAssertion=bad)
    assert ATTRIBUTES.startswith("https://aws.amazon.com/")
