"""Defends tokens of the account's own issuer: who may have one, what it says, and that others can check it."""

import base64
import time
import urllib.error

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from audit import records
from callers import Clients
from errors import refused
from oidc_provider import OIDCProvider
from people import allow, arn, policy, statement, trust
from server import ACCOUNT, Keys

NAMESPACE = "https://sts.amazonaws.com/"


def checked(server, issuer, token, algorithm):
    """The claims, checked as a service elsewhere checks them: by what the issuer's address says."""
    assert issuer.startswith(server.url)
    described = server.get(issuer.removeprefix(server.url) + "/.well-known/openid-configuration")
    assert described["issuer"] == issuer
    keys = server.get(described["jwks_uri"].removeprefix(server.url))
    assert all("d" not in key for key in keys["keys"]) and len(keys["keys"]) == 2
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=[algorithm]).claims


def test_the_issuer_is_enabled_and_disabled(root):
    for call in [root.iam.get_outbound_web_identity_federation_info, root.iam.disable_outbound_web_identity_federation]:
        with refused("FeatureDisabled", f"Outbound identity federation is disabled for account {ACCOUNT}", status=404):
            call()
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    with refused("FeatureEnabled", f"Outbound identity federation is already enabled for account {ACCOUNT}", status=409):
        root.iam.enable_outbound_web_identity_federation()
    info = root.iam.get_outbound_web_identity_federation_info()
    assert (info["IssuerIdentifier"], info["JwtVendingEnabled"]) == (issuer, True)
    root.iam.disable_outbound_web_identity_federation()
    # Who comes back has the same address and the same keys.
    assert root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"] == issuer


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_token_is_checked_elsewhere(server, root, people, algorithm):
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    alice = people.user("alice", allow("sts:*"), Tags=[{"Key": "team", "Value": "blue"}])
    answer = alice.sts.get_web_identity_token(
        Audience=["https://api.example.com"], SigningAlgorithm=algorithm, DurationSeconds=60,
        Tags=[{"Key": "job", "Value": "7"}])
    claims = checked(server, issuer, answer["WebIdentityToken"], algorithm)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (issuer, "https://api.example.com", arn("user", "alice"))
    assert claims["exp"] - claims["iat"] == 60 and abs(claims["iat"] - time.time()) < 300 and claims["jti"]
    assert answer["Expiration"].timestamp() == claims["exp"]
    assert claims[NAMESPACE] == {
        "aws_account": ACCOUNT, "source_region": "us-east-1", "principal_id": arn("user", "alice"),
        "principal_tags": {"team": "blue"}, "request_tags": {"job": "7"}}
    told = [record["responseElements"] for record in records(root) if record["eventName"] == "GetWebIdentityToken"]
    assert [elements["webIdentityTokenId"] for elements in told] == [claims["jti"]] and "expiration" in told[0]
    assert answer["WebIdentityToken"] not in str(records(root))
    several = alice.sts.get_web_identity_token(Audience=["a", "b"], SigningAlgorithm=algorithm)
    claims = checked(server, issuer, several["WebIdentityToken"], algorithm)
    assert claims["aud"] == ["a", "b"] and claims["exp"] - claims["iat"] == 300


def test_our_own_sts_takes_it_back(server, root, people):
    """The whole circle: a token of one account opens a role that trusts its issuer."""
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    made = root.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=["me"])["OpenIDConnectProviderArn"]
    role = people.role("circle", policy({
        "Effect": "Allow", "Principal": {"Federated": made}, "Action": "sts:AssumeRoleWithWebIdentity"}))
    token = root.sts.get_web_identity_token(Audience=["me"], SigningAlgorithm="ES384")["WebIdentityToken"]
    answer = root.sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="back", WebIdentityToken=token)
    assert answer["SubjectFromWebIdentityToken"] == f"arn:aws:iam::{ACCOUNT}:root"


def test_sessions_are_their_roles_and_do_not_outlive_themselves(server, root, people):
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    alice = people.user("alice", allow("sts:AssumeRole"))
    role = people.role("worker", document=allow("sts:GetWebIdentityToken"))
    session = people.session(alice, role, DurationSeconds=900)
    token = session.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")["WebIdentityToken"]
    assert checked(server, issuer, token, "RS256")["sub"] == role
    root.iam.disable_outbound_web_identity_federation()
    with refused("SessionDurationEscalationException", "must be before the original session's expiry time", status=403):
        session.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256", DurationSeconds=3600)


def test_which_sessions_of_a_user_get_tokens(server, root, people):
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    alice = people.user("alice", allow("sts:*"))
    made = alice.sts.get_session_token(DurationSeconds=900)
    session = Clients(server, Keys.of(made))
    assert of_the_session(server, issuer, session) == {
        "principal_id": arn("user", "alice"), "original_session_exp": shown(made["Credentials"]["Expiration"]),
        "source_identity": None, "federated_provider": None}
    with refused("SessionDurationEscalationException"):
        session.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256", DurationSeconds=901)
    guest = Clients(server, Keys.of(alice.sts.get_federation_token(Name="guest", Policy=allow("sts:*"))))
    with refused("AccessDenied", "GetWebIdentityToken does not support federated user sessions"):
        guest.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")


def test_the_resource_is_the_callers_own_account(root, people):
    root.iam.enable_outbound_web_identity_federation()
    own = f"arn:aws:sts::{ACCOUNT}:self"
    given = {"Audience": ["a"], "SigningAlgorithm": "RS256"}
    alice = people.user("alice", policy(statement("Allow", ["sts:GetWebIdentityToken", "sts:TagGetWebIdentityToken"], own)))
    alice.sts.get_web_identity_token(**given, Tags=[{"Key": "a", "Value": "1"}])
    bob = people.user("bob", policy(statement("Allow", "sts:*"), statement("Deny", "sts:TagGetWebIdentityToken", own)))
    bob.sts.get_web_identity_token(**given)
    with refused("AccessDenied", f"sts:TagGetWebIdentityToken on resource: {own} with an explicit deny"):
        bob.sts.get_web_identity_token(**given, Tags=[{"Key": "a", "Value": "1"}])
    carol = people.user("carol", policy(statement("Allow", "sts:*", arn("user", "carol"))))
    with refused("AccessDenied", f"sts:GetWebIdentityToken on resource: {own} because no identity-based policy allows"):
        carol.sts.get_web_identity_token(**given)


def test_refusals(root, people):
    with refused("OutboundWebIdentityFederationDisabledException", "OutboundWebIdentityFederation is disabled.", status=403):
        root.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")
    root.iam.enable_outbound_web_identity_federation()
    for bad in [{"Audience": []}, {"Audience": ["a"] * 11}, {"SigningAlgorithm": "HS256"}, {"DurationSeconds": 59},
                {"DurationSeconds": 3601}, {"Tags": [{"Key": "aws:a", "Value": "1"}]}]:
        with refused("ValidationError"):
            root.sts.get_web_identity_token(**({"Audience": ["a"], "SigningAlgorithm": "RS256"} | bad))
    for other in ["a", "A"]:
        with refused("InvalidParameterValue", "Duplicate tag keys found.", status=400):
            root.sts.get_web_identity_token(
                Audience=["a"], SigningAlgorithm="RS256", Tags=[{"Key": "a", "Value": "1"}, {"Key": other, "Value": "2"}])
    only = {"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": "ours"}, "NumericLessThanEquals": {"sts:DurationSeconds": "300"}}
    alice = people.user("alice", policy(statement("Allow", "sts:GetWebIdentityToken", Condition=only)))
    alice.sts.get_web_identity_token(Audience=["ours"], SigningAlgorithm="RS256")
    for more in [{"Audience": ["theirs"]}, {"DurationSeconds": 301}, {"Tags": [{"Key": "a", "Value": "1"}]}]:
        with refused("AccessDenied"):
            alice.sts.get_web_identity_token(**({"Audience": ["ours"], "SigningAlgorithm": "RS256"} | more))


def of_the_session(server, issuer, session):
    """What a token of that session says of it."""
    token = session.sts.get_web_identity_token(Audience=["a"], SigningAlgorithm="RS256")["WebIdentityToken"]
    said = checked(server, issuer, token, "RS256")[NAMESPACE]
    return {name: said.get(name) for name in ["principal_id", "original_session_exp", "source_identity", "federated_provider"]}


def shown(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_token_tells_of_the_session(server, root, people):
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    alice = people.user("alice", allow("sts:*"))
    name = arn("user", "alice")
    nothing = {"original_session_exp": None, "source_identity": None, "federated_provider": None}
    assert of_the_session(server, issuer, alice) == {"principal_id": name} | nothing
    role = people.role("worker", trust(name, Action=["sts:AssumeRole", "sts:SetSourceIdentity"]), allow("sts:GetWebIdentityToken"))
    made = alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", SourceIdentity="alice-a")
    assert of_the_session(server, issuer, Clients(server, Keys.of(made))) == {"principal_id": role} | nothing | {
        "original_session_exp": shown(made["Credentials"]["Expiration"]), "source_identity": "alice-a"}


def test_a_token_tells_of_the_provider(server, root, people):
    issuer = root.iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    provider = OIDCProvider()
    try:
        made = root.iam.create_open_id_connect_provider(Url=provider.url, ClientIDList=["app"])["OpenIDConnectProviderArn"]
        role = people.role("web", policy({
            "Effect": "Allow", "Principal": {"Federated": made}, "Action": "sts:AssumeRoleWithWebIdentity"}),
            allow("sts:GetWebIdentityToken"))
        answer = root.sts.assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="visit", WebIdentityToken=provider.token())
    finally:
        provider.close()
    assert of_the_session(server, issuer, Clients(server, Keys.of(answer))) == {
        "principal_id": role, "original_session_exp": shown(answer["Credentials"]["Expiration"]), "source_identity": None,
        "federated_provider": made}


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_the_longest_token(root, algorithm):
    root.iam.enable_outbound_web_identity_federation()
    tags = [{"Key": f"k{number}", "Value": "v" * 256} for number in range(20)]

    def length(last):
        """Of the claims, in bytes, with a last audience of so many."""
        token = root.sts.get_web_identity_token(
            Audience=["x" * 1000] * 9 + ["y" * last], SigningAlgorithm=algorithm, Tags=tags)["WebIdentityToken"]
        claims = token.split(".")[1]
        return len(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))

    longest = 1 + 14_984 - length(1)
    assert 1 < longest < 1000 and length(longest) == 14_984
    with refused("JWTPayloadSizeExceededException"):
        length(longest + 1)


def test_no_other_documents(server, root):
    root.iam.enable_outbound_web_identity_federation()
    for path in ["", "x/.well-known/jwks.json", "0" * 36 + "/.well-known/jwks.json"]:
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.get("/_gatehouse/oidc/" + path)
        assert caught.value.code in (403, 404)
