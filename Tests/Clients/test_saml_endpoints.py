"""Defends the addresses of SAML responses: those of AWS's sign-in and of the provider's own endpoint there, and no other."""

import re
import urllib.parse

import pytest

from saml_provider import ENDPOINT, SAMLProvider, encoded
from test_saml_federation import INVALID, World, changed, federated, unsigned_template
from test_saml_sign_in import FORM, Page


@pytest.fixture(scope="module")
def idp():
    return SAMLProvider()


@pytest.fixture
def world(server, root, people, idp):
    return World(server, root, people, idp)


def addressed(world, recipient, audience=None, destination=None):
    """A response to other addresses than the usual one: all to the recipient's, unless said otherwise."""
    return changed(
        world, ('Recipient="[^"]*"', f'Recipient="{recipient}"'), ("<ns1:Audience>[^<]*", f"<ns1:Audience>{audience or recipient}"),
        ('Destination="[^"]*"', f'Destination="{destination or recipient}"'))


def own_endpoint(root, provider, host="signin.aws.amazon.com"):
    return f"https://{host}/saml/acs/{root.iam.get_saml_provider(SAMLProviderArn=provider)['SAMLProviderUUID']}"


def test_regions_and_the_providers_own(world, root):
    regional = "https://eu-west-1.signin.aws.amazon.com/saml"
    own = own_endpoint(root, world.provider)
    for place in [regional, own, own_endpoint(root, world.provider, "eu-west-1.signin.aws.amazon.com")]:
        assert world.assume(addressed(world, place))["Audience"] == place
    world.assume(addressed(world, own, "urn:amazon:webservices", ENDPOINT))
    for other in ["https://xx-west-1.signin.aws.amazon.com/saml", "https://evil.signin.aws.amazon.com/saml", f"{regional}/",
                  f"{regional}/acs/", f"{own}x", f"{own}/", own.lower(), f"{regional}.example.com",
                  "https://eu-west-1.signin.aws.amazon.com.example.com/saml"]:
        world.refuses(INVALID, addressed(world, other))
        world.refuses(INVALID, addressed(world, ENDPOINT, other))
        world.refuses(INVALID, addressed(world, ENDPOINT, ENDPOINT, other))


@pytest.fixture
def second(world, root, people, idp):
    """Another provider with the same keys, and a role that trusts it."""
    provider = root.iam.create_saml_provider(SAMLMetadataDocument=idp.metadata, Name="second")["SAMLProviderArn"]
    return people.role("second", federated(provider=provider)), provider


def for_both(world, second, place):
    """A response for two roles of two providers with the same keys, at one address."""
    pairs = [f"{world.role},{world.provider}", ",".join(second)]
    text = unsigned_template(world.response(attributes={"Role": pairs}))
    return world.idp.resign(re.sub('Recipient="[^"]*"', f'Recipient="{place}"', text))


def test_an_endpoint_is_one_providers(world, root, second):
    first = for_both(world, second, own_endpoint(root, world.provider))
    world.refuses(INVALID, first, "another provider", role=second[0], provider=second[1])
    world.assume(first)
    other = for_both(world, second, own_endpoint(root, second[1]))
    world.refuses(INVALID, other, "another provider")
    world.assume(other, *second)
    world.assume(for_both(world, second, ENDPOINT))
    world.assume(for_both(world, second, ENDPOINT), *second)


def test_a_sign_in_offers_what_the_endpoint_is_for(world, root, second, browser):
    def post(place, path):
        form = urllib.parse.urlencode({"SAMLResponse": encoded(for_both(world, second, place))})
        return browser.send("POST", path, form, FORM)

    assert Page(post(ENDPOINT, "/saml")).roles == [world.role, second[0]]
    own = own_endpoint(root, second[1])
    answer = post(own, urllib.parse.urlsplit(own).path)
    assert answer.status == 303, answer.body
    assert browser.session().json["arn"].endswith(":assumed-role/second/visit")


def test_the_recipient_is_a_condition_key(world, people):
    regional = "https://eu-west-1.signin.aws.amazon.com/saml"
    role = people.role("regional", federated(Condition={"StringEquals": {"SAML:aud": regional}}))

    def response(place):
        text = unsigned_template(world.response(role))
        return world.idp.resign(re.sub('Recipient="[^"]*"', f'Recipient="{place}"', text))

    world.assume(response(regional), role)
    for place in [ENDPOINT, "https://eu-west-2.signin.aws.amazon.com/saml"]:
        world.refuses("AccessDenied", response(place), role=role)
