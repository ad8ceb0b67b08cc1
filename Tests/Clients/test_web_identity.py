"""Defends AssumeRoleWithWebIdentity: a provider's good tokens open the roles that trust it, and no other token opens any."""

import hmac
import json
import time

import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.credentials import AssumeRoleWithWebIdentityProvider
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc.jwk import RSAKey

from audit import records
from callers import Clients
from errors import refused
from oidc_provider import OIDCProvider, part, self_signed
from people import allow, arn, policy, trust
from server import ACCOUNT, OTHER_ACCOUNT, Keys

ACTION = "sts:AssumeRoleWithWebIdentity"


@pytest.fixture
def provider():
    made = OIDCProvider()
    yield made
    made.close()


def federated(provider, *actions, account=ACCOUNT, **more):
    return policy({
        "Effect": "Allow", "Principal": {"Federated": arn("oidc-provider", provider.name, account)},
        "Action": list(actions) or ACTION, **more})


class World:
    """An account that knows the provider, and a role that trusts it."""

    def __init__(self, server, root, people, provider):
        self.server, self.root, self.people, self.provider = server, root, people, provider
        self.arn = root.iam.create_open_id_connect_provider(
            Url=provider.url, ClientIDList=["app", "second"])["OpenIDConnectProviderArn"]
        self.role = people.role("web", federated(provider), allow("iam:ListUsers"))
        self.stranger = Clients(server, Keys(None, None)).make("sts", signature_version=UNSIGNED)

    def assume(self, token, role=None, **more):
        return self.stranger.assume_role_with_web_identity(
            RoleArn=role or self.role, RoleSessionName=more.pop("name", "visit"), WebIdentityToken=token, **more)

    def refuses(self, code, token, message=None, **more):
        with refused(code, message):
            self.assume(token, **more)


@pytest.fixture
def world(server, root, people, provider):
    return World(server, root, people, provider)


def test_a_good_token_opens_the_role(world, provider, root):
    answer = world.assume(provider.token(), DurationSeconds=900)
    role_id = root.iam.get_role(RoleName="web")["Role"]["RoleId"]
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/web/visit"
    assert answer["AssumedRoleUser"] == {"AssumedRoleId": f"{role_id}:visit", "Arn": who}
    assert answer["SubjectFromWebIdentityToken"] == "user-1234"
    assert (answer["Provider"], answer["Audience"]) == (world.arn, "app")
    assert "PackedPolicySize" not in answer and "SourceIdentity" not in answer
    session = Clients(world.server, Keys.of(answer))
    assert session.sts.get_caller_identity()["Arn"] == who
    session.iam.list_users()
    with refused("AccessDenied"):
        session.iam.list_roles()


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"])
def test_every_asymmetric_algorithm(world, provider, algorithm):
    provider.keys.clear()
    provider.add(algorithm, "the-key")
    assert world.assume(provider.token(algorithm))["Audience"] == "app"


def test_the_records_name_the_bearer_and_later_the_provider(world, provider, root):
    token = provider.token()
    answer = world.assume(token)
    Clients(world.server, Keys.of(answer)).iam.list_users()
    record = records(root, "AssumeRoleWithWebIdentity")[0]
    assert record["userIdentity"] == {
        "type": "WebIdentityUser", "principalId": f"{world.arn}:app:user-1234", "userName": "user-1234",
        "identityProvider": world.arn}
    assert record["recipientAccountId"] == ACCOUNT and record["resources"][0]["ARN"] == world.role
    assert record["requestParameters"]["roleArn"] == world.role and token not in str(record)
    assert record["responseElements"]["subjectFromWebIdentityToken"] == "user-1234"
    later = records(root, "ListUsers")[0]["userIdentity"]
    assert later["sessionContext"]["webIdFederationData"] == {"federatedProvider": world.arn, "attributes": {}}
    assert later["sessionContext"]["sessionIssuer"]["arn"] == world.role


def test_conditions_on_claims(world, provider, people):
    def role(name, **test):
        return people.role(name, federated(provider, Condition=test))

    key = provider.name
    by_sub = role("by-sub", StringEquals={f"{key}:sub": "user-1234", f"{key}:aud": "app"})
    by_other = role("by-other", StringEquals={f"{key}:sub": "user-9"})
    by_like = role("by-like", StringLike={f"{key}:sub": "user-*"})
    by_method = role("by-method", **{"ForAnyValue:StringEquals": {f"{key}:amr": "mfa"}})
    by_name = role("by-name", StringEquals={"sts:RoleSessionName": "visit"})
    token = provider.token(amr=["pwd", "mfa"])
    for name in [by_sub, by_like, by_method, by_name]:
        world.assume(token, name)
    world.refuses("AccessDenied", token, "Not authorized to perform sts:AssumeRoleWithWebIdentity", role=by_other)
    world.refuses("AccessDenied", provider.token(amr=["pwd"]), role=by_method)
    world.refuses("AccessDenied", token, role=by_name, name="other")


def test_the_trust_policy_sees_which_provider_it_is(world, provider, people):
    same = {"Condition": {"StringEquals": {"aws:FederatedProvider": arn("oidc-provider", provider.name)}}}
    world.assume(provider.token(), people.role("named", federated(provider, **same)))
    open_, shut = (json.loads(document)["Statement"][0] for document in (federated(provider), federated(provider, **same)))
    world.refuses("AccessDenied", provider.token(), role=people.role("shut", policy(open_, shut | {"Effect": "Deny"})))


def test_roles_that_do_not_trust_and_roles_that_are_not_there_refuse_alike(world, provider, people):
    closed = people.role("closed")
    message = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
    for role in [closed, arn("role", "absent")]:
        with refused("AccessDenied") as caught:
            world.assume(provider.token(), role)
        assert caught.value.response["Error"]["Message"] == message


def test_a_provider_is_known_in_its_own_account_only(world, provider, other):
    other.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=federated(provider))
    world.refuses("InvalidIdentityToken", provider.token(), "No OpenIDConnect provider found in your account for",
                  role=arn("role", "theirs", OTHER_ACCOUNT))
    world.root.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=world.arn)
    world.refuses("InvalidIdentityToken", provider.token(), provider.url)


def test_audiences(world, provider):
    assert world.assume(provider.token(aud=["other", "second"]))["Audience"] == "second"
    assert world.assume(provider.token(aud="other", azp="app"))["Audience"] == "app"
    world.refuses("InvalidIdentityToken", provider.token(aud="other"), "Incorrect token audience")
    world.refuses("InvalidIdentityToken", provider.token(aud="app", azp="other"), "Incorrect token audience")
    world.refuses("InvalidIdentityToken", provider.token(aud=[]), "aud")
    world.root.iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=world.arn, ClientID="app")
    world.refuses("InvalidIdentityToken", provider.token(), "Incorrect token audience")


def test_times(world, provider):
    now = int(time.time())
    world.refuses("ExpiredTokenException", provider.token(exp=now - 1), "must be before the expiration")
    world.refuses("InvalidIdentityToken", provider.token(iat=now + 3600, exp=now + 7200))
    world.refuses("InvalidIdentityToken", provider.token(nbf=now + 3600))
    for claim in ["exp", "iat", "sub", "aud"]:
        world.refuses("InvalidIdentityToken", provider.token(**{claim: None}), claim)
    world.refuses("InvalidIdentityToken", provider.token(exp=str(now + 600)), "exp")


def test_unsigned_tokens_and_keyed_hashes(world, provider):
    claims = part(provider.claims())
    for name in ["none", "None", "NONE", ""]:
        world.refuses("InvalidIdentityToken", f"{part({'alg': name})}.{claims}.")
    world.refuses("InvalidIdentityToken", f"{part({'alg': 'RS256', 'kid': 'first'})}.{claims}.")
    # The public key, which everybody has, as the secret of a keyed hash.
    for secret in [provider.keys["RS256"].as_pem(private=False), provider.keys["RS256"].as_der(private=False)]:
        signed = f"{part({'alg': 'HS256', 'kid': 'first'})}.{claims}"
        world.refuses("InvalidIdentityToken", f"{signed}.{part(hmac.digest(secret, signed.encode(), 'sha256'))}")


def test_keys_that_are_not_the_providers(world, provider):
    own = RSAKey.generate_key(2048, {"kid": "first"})
    world.refuses("InvalidIdentityToken", provider.token(key=own), "verification key")
    # A header that brings its own key, or says where to find it, is not listened to.
    jwk = own.as_dict(private=False)
    forged = f"{part({'alg': 'RS256', 'kid': 'first', 'jwk': jwk, 'jku': provider.url + '/mine'})}.{part(provider.claims())}"
    signature = own.get_op_key("sign").sign(forged.encode(), padding.PKCS1v15(), hashes.SHA256())
    world.refuses("InvalidIdentityToken", f"{forged}.{part(signature)}")
    assert "/mine" not in provider.asked
    world.refuses("InvalidIdentityToken", provider.token(header={"kid": "../../first"}))
    # A token without a key id is tried with every key.
    world.assume(provider.token(header={"kid": None}))


def test_tokens_that_are_none(world, provider):
    good = provider.token()
    head, claims, signature = good.split(".")
    twice, critical = part(b'{"alg":"RS256","alg":"none"}'), part({"alg": "RS256", "crit": ["x"], "x": 1})
    for bad in [
        "x" * 4, "aa.bb", f"{good}.more", f"{head}.{claims}.{signature}=", f"{head}.{claims}.{signature[:-4]}",
        f"{head}.{part(provider.claims(sub='admin'))}.{signature}", f"{head}.{part(b'[]')}.{signature}",
        f"{twice}.{claims}.{signature}", f"{critical}.{claims}.{signature}", f" {good}", "." * 300,
    ]:
        world.refuses("InvalidIdentityToken", bad)
    world.refuses("ValidationError", "x" * 20001)


def test_changed_keys_are_fetched_once(world, provider):
    world.assume(provider.token())
    asked = len(provider.asked)
    world.assume(provider.token())
    assert len(provider.asked) == asked
    provider.keys["RS256"] = RSAKey.generate_key(2048, {"kid": "second"})
    world.assume(provider.token())
    renewed = len(provider.asked)
    assert renewed == asked + 2
    # Strangers who invent key ids do not make the server ask again and again.
    begun = time.monotonic()
    for number in range(5):
        world.refuses("InvalidIdentityToken", provider.token(header={"kid": f"invented-{number}"}))
    assert len(provider.asked) <= renewed + 2 * turns(begun, 30)


def turns(begun, pause):
    """How often a pause of so many seconds may have ended since."""
    return int((time.monotonic() - begun) / pause)


def test_an_issuer_is_another_one_after_a_reset(world, provider, server, root, people):
    """At the address of one there may be the next: ports come back."""
    world.assume(provider.token())
    server.reset()
    provider.keys["RS256"] = RSAKey.generate_key(2048, {"kid": "first"})
    World(server, root, people, provider).assume(provider.token())


@pytest.mark.parametrize("answers, code", [
    ({"/.well-known/openid-configuration": b"{}"}, "InvalidIdentityToken"),
    ({"/.well-known/openid-configuration": b'{"issuer":"http://127.0.0.1:1","jwks_uri":"http://127.0.0.1:1/"}'}, "InvalidIdentityToken"),
    ({"/keys": b"not json"}, "InvalidIdentityToken"),
    ({"/keys": b'{"keys":[]}'}, "InvalidIdentityToken"),
    ({"/keys": b'{"keys":[],"x":"' + b"x" * 300_000 + b'"}'}, "IDPCommunicationError"),
])
def test_documents_that_are_none(world, provider, answers, code):
    provider.answers = answers
    world.refuses(code, provider.token())


def test_redirects_and_other_addresses_are_not_followed(world, provider):
    provider.status, provider.headers["Location"] = 302, "http://169.254.169.254/latest/meta-data/"
    world.refuses("IDPCommunicationError", provider.token())


def test_keys_elsewhere_are_not_fetched(world, provider):
    elsewhere = {"issuer": provider.url, "jwks_uri": "http://169.254.169.254/keys"}
    provider.answers["/.well-known/openid-configuration"] = json.dumps(elsewhere).encode()
    world.refuses("IDPCommunicationError", provider.token())


def test_a_provider_that_is_down_is_not_hammered(world, provider):
    provider.status = 503
    begun = time.monotonic()
    for _ in range(5):
        world.refuses("IDPCommunicationError", provider.token())
    assert len(provider.asked) <= 1 + turns(begun, 5)


def test_a_provider_that_is_gone(world, provider):
    provider.close()
    world.refuses("IDPCommunicationError", provider.token())


def test_a_certificate_is_trusted_by_its_thumbprint_alone(world, root, people, tmp_path):
    secure = OIDCProvider(certificate=self_signed(tmp_path))
    try:
        made = root.iam.create_open_id_connect_provider(Url=secure.url, ClientIDList=["app"])["OpenIDConnectProviderArn"]
        role = people.role("tls", federated(secure))
        world.assume(secure.token(), role)
        root.iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=made, ThumbprintList=["0" * 40])
        world.refuses("InvalidIdentityToken", secure.token(), "thumbprint", role=role)
    finally:
        secure.close()


def test_session_tags_and_source_identity(world, provider, people, root):
    tags = {"principal_tags": {"team": ["blue"], "cost": ["7"]}, "transitive_tag_keys": ["team"]}
    token = provider.token(**{
        "https://aws.amazon.com/tags": tags, "https://aws.amazon.com/source_identity": "alice"})
    # Both need leave of their own.
    world.refuses("AccessDenied", token)
    open_to = people.role("tagged", federated(provider, ACTION, "sts:TagSession", "sts:SetSourceIdentity"), policy({
        "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:SourceIdentity": "alice"}}}))
    answer = world.assume(token, open_to)
    assert answer["SourceIdentity"] == "alice" and answer["PackedPolicySize"] >= 1
    session = Clients(world.server, Keys.of(answer))
    session.iam.list_users()
    assert records(root, "ListUsers")[0]["userIdentity"]["sessionContext"]["sourceIdentity"] == "alice"
    without = Clients(world.server, Keys.of(world.assume(provider.token(), open_to)))
    with refused("AccessDenied"):
        without.iam.list_users()
    by_tag = people.role("by-tag", federated(provider, ACTION, "sts:TagSession", "sts:SetSourceIdentity", Condition={
        "StringEquals": {"aws:RequestTag/team": "red"}}))
    world.refuses("AccessDenied", token, role=by_tag)
    for bad in [
        "no object", {"principal_tags": {"team": "blue", "Team": "red"}}, {"principal_tags": {"aws:team": ["blue"]}},
        {"principal_tags": {"team": ["a", "b"]}}, {"transitive_tag_keys": ["team"]},
        {"principal_tags": {f"key{number}": ["v"] for number in range(51)}}, {"principal_tags": {"team": ["x" * 257]}},
    ]:
        world.refuses("InvalidIdentityToken", provider.token(**{"https://aws.amazon.com/tags": bad}), role=open_to)
    for bad in ["a", "aws:alice", "al ice", 7]:
        world.refuses("InvalidIdentityToken", provider.token(**{"https://aws.amazon.com/source_identity": bad}), role=open_to)


def test_flattened_session_tags(world, provider, people):
    claim = "https://aws.amazon.com/tags"
    flat = {f"{claim}/principal_tags/team": "blue", f"{claim}/principal_tags/cost": "7", f"{claim}/transitive_tag_keys": ["team"]}
    # They need leave like the others.
    world.refuses("AccessDenied", provider.token(**flat))
    role = people.role("tagged", federated(provider, ACTION, "sts:TagSession"), policy({
        "Effect": "Allow", "Action": ["iam:ListUsers", "sts:AssumeRole"], "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue", "aws:PrincipalTag/cost": "7"}}}))
    answer = world.assume(provider.token(**flat), role)
    assert answer["PackedPolicySize"] >= 1
    session = Clients(world.server, Keys.of(answer))
    session.iam.list_users()
    # The team is passed on, the cost is not.
    inner = people.role("inner", trust(role, Action=["sts:AssumeRole", "sts:TagSession"]), policy({
        "Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*", "Condition": {
            "StringEquals": {"aws:PrincipalTag/team": "blue"}, "Null": {"aws:PrincipalTag/cost": "true"}}}))
    people.session(session, inner).iam.list_users()
    by_tag = people.role("by-tag", federated(provider, ACTION, "sts:TagSession", Condition={
        "StringEquals": {"aws:RequestTag/team": "red"}}))
    world.refuses("AccessDenied", provider.token(**flat), role=by_tag)
    for bad in [flat | {claim: {"principal_tags": {"team": ["blue"]}}}, flat | {f"{claim}/principal_tags/Team": "blue"},
                {f"{claim}/principal_tags/team": ["blue"]}, {f"{claim}/transitive_tag_keys": ["team"]}]:
        world.refuses("InvalidIdentityToken", provider.token(**bad), role=role)


def test_a_token_may_be_for_some_roles_only(world, provider, people, root):
    claim, other = "https://aws.amazon.com/roles", people.role("other", federated(provider))
    for named in [world.role, [other, world.role], f"{other};{world.role}"]:
        world.assume(provider.token(**{claim: named}))
    # Whatever the role's trust policy says, and whether there is such a role or not.
    elsewhere = provider.token(**{claim: [other]})
    for role in [world.role, arn("role", "absent")]:
        world.refuses("InvalidIdentityToken", elsewhere, "not present in the roles claim", role=role)
    record = records(root, "AssumeRoleWithWebIdentity")[0]
    assert record["errorCode"] == "InvalidIdentityTokenException"
    world.assume(elsewhere, other)
    for bad in ["*", [], 7, {"role": world.role}, [arn("role", "*")]]:
        world.refuses("InvalidIdentityToken", provider.token(**{claim: bad}))

    def choosy(name, value):
        return people.role(name, federated(provider, Condition={"Bool": {"sts:RoleAuthorizedByIdp": value}}))

    named_only, unnamed_only = choosy("named-only", "true"), choosy("unnamed-only", "false")
    both = provider.token(**{claim: [named_only, unnamed_only]})
    world.assume(both, named_only)
    world.refuses("AccessDenied", both, role=unnamed_only)
    world.assume(provider.token(), unnamed_only)
    world.refuses("AccessDenied", provider.token(), role=named_only)


def test_session_policies_and_durations(world, provider):
    narrow = world.assume(provider.token(), Policy=allow("iam:ListRoles"))
    with refused("AccessDenied"):
        Clients(world.server, Keys.of(narrow)).iam.list_users()
    assert narrow["PackedPolicySize"] >= 1
    world.refuses("ValidationError", provider.token(), "MaxSessionDuration", DurationSeconds=7200)
    world.refuses("ValidationError", provider.token(), DurationSeconds=899)
    world.refuses("MalformedPolicyDocument", provider.token(), Policy="{")
    world.refuses("ValidationError", provider.token(), role="arn:aws:iam::x")
    world.refuses("ValidationError", provider.token(), name="not a name")
    world.refuses("NotImplemented", provider.token(), "ProviderId", ProviderId="www.amazon.com")


def test_refusals_are_recorded_in_the_roles_account(world, provider, root):
    world.refuses("InvalidIdentityToken", provider.token(aud="other"))
    record = records(root, "AssumeRoleWithWebIdentity")[0]
    assert record["errorCode"] == "InvalidIdentityTokenException" and record["errorMessage"] == "Incorrect token audience"
    assert record["recipientAccountId"] == ACCOUNT
    world.refuses("AccessDenied", provider.token(), role=world.people.role("closed"))
    record = records(root, "AssumeRoleWithWebIdentity")[0]
    assert record["errorCode"] == "AccessDenied" and record["userIdentity"]["type"] == "WebIdentityUser"


def test_boto3_takes_the_token_from_a_file(world, provider, tmp_path):
    file = tmp_path / "token"
    file.write_text(provider.token())
    profiles = {"profiles": {"web": {"web_identity_token_file": str(file), "role_arn": world.role}}}
    session = botocore.session.Session()
    made = AssumeRoleWithWebIdentityProvider(
        load_config=lambda: profiles, profile_name="web",
        client_creator=lambda service, **more: session.create_client(
            service, region_name="us-east-1", endpoint_url=world.server.url, **more)).load()
    frozen = made.get_frozen_credentials()
    keys = Keys(frozen.access_key, frozen.secret_key, frozen.token)
    assert ":assumed-role/web/" in Clients(world.server, keys).sts.get_caller_identity()["Arn"]


def test_a_role_for_everyone_is_not_for_bearers(world, provider, people):
    """They are let in by the provider's name alone, and shut out by any."""
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ACTION}
    open_to = people.role("open", policy(everyone))
    world.refuses("AccessDenied", provider.token(), role=open_to)
    shut = people.role("shut", policy(json.loads(federated(provider))["Statement"][0], everyone | {"Effect": "Deny"}))
    world.refuses("AccessDenied", provider.token(), role=shut)
