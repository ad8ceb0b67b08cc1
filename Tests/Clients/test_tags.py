"""Defends the tags of everything that IAM has: whose keys have any case, and what an empty list is worth."""

import pytest

from authenticator import Authenticator
from errors import refused
from people import allow, arn, trust
from server import ACCOUNT
from test_credentials_beside_keys import text
from test_saml_providers import make as make_saml
from test_saml_providers import idp  # noqa: F401

BOTH = [{"Key": "Team", "Value": "first"}, {"Key": "team", "Value": "second"}]


class Thing:
    """Something with tags: how it is called in operations, and what names it."""

    def __init__(self, iam, word, **name):
        self.iam, self.word, self.name = iam, word, name

    def tag(self, tags):
        getattr(self.iam, f"tag_{self.word}")(Tags=tags, **self.name)

    def untag(self, keys):
        getattr(self.iam, f"untag_{self.word}")(TagKeys=keys, **self.name)

    @property
    def tags(self):
        return {tag["Key"]: tag["Value"] for tag in getattr(self.iam, f"list_{self.word}_tags")(**self.name)["Tags"]}


def make(kind, server, iam, request, root):
    match kind:
        case "user":
            iam.create_user(UserName="alice")
            return Thing(iam, kind, UserName="alice")
        case "role":
            iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust(f"arn:aws:iam::{ACCOUNT}:root"))
            return Thing(iam, kind, RoleName="worker")
        case "policy":
            iam.create_policy(PolicyName="p", PolicyDocument=allow("s3:*"))
            return Thing(iam, kind, PolicyArn=arn("policy", "p"))
        case "instance_profile":
            iam.create_instance_profile(InstanceProfileName="ip")
            return Thing(iam, kind, InstanceProfileName="ip")
        case "mfa_device":
            return Thing(iam, kind, SerialNumber=Authenticator(server, iam, "phone").serial)
        case "server_certificate":
            iam.upload_server_certificate(
                ServerCertificateName="web", CertificateBody=text("server.pem"), PrivateKey=text("server.key.pem"))
            return Thing(iam, kind, ServerCertificateName="web")
        case "open_id_connect_provider":
            made = iam.create_open_id_connect_provider(Url="https://id.example.com", ThumbprintList=["f" * 40])
            return Thing(iam, kind, OpenIDConnectProviderArn=made["OpenIDConnectProviderArn"])
        case "saml_provider":
            return Thing(iam, kind, SAMLProviderArn=make_saml(root, request.getfixturevalue("idp")))


PRINCIPALS = ["user", "role"]
RESOURCES = ["policy", "instance_profile", "mfa_device", "server_certificate", "open_id_connect_provider", "saml_provider"]


@pytest.mark.parametrize("kind", PRINCIPALS)
def test_keys_of_users_and_roles_have_any_case(server, root, request, kind):
    thing = make(kind, server, root.iam, request, root)
    with refused("InvalidInput", "Tag keys are case insensitive"):
        thing.tag(BOTH)
    thing.tag(BOTH[:1])
    thing.tag(BOTH[1:])
    assert thing.tags == {"team": "second"}
    thing.untag(["TEAM"])
    assert thing.tags == {}


@pytest.mark.parametrize("kind", RESOURCES)
def test_keys_of_all_else_are_exact(server, root, request, kind):
    thing = make(kind, server, root.iam, request, root)
    thing.tag(BOTH)
    thing.untag(["TEAM"])
    assert thing.tags == {"Team": "first", "team": "second"}
    thing.tag([{"Key": "team", "Value": "updated"}])
    assert thing.tags == {"Team": "first", "team": "updated"}
    thing.untag(["Team"])
    assert thing.tags == {"team": "updated"}
    with refused("InvalidInput", "Duplicate tag keys"):
        thing.tag([BOTH[0], BOTH[0]])


@pytest.mark.parametrize("kind", PRINCIPALS + RESOURCES)
def test_no_tags_are_no_tags_to_put(server, root, request, kind):
    thing = make(kind, server, root.iam, request, root)
    thing.tag(BOTH[:1])
    with refused("InvalidInput"):
        thing.tag([])
    if kind in ("server_certificate", "open_id_connect_provider", "saml_provider"):
        with refused("InvalidInput"):
            thing.untag([])
    else:
        thing.untag([])
    assert thing.tags == {"Team": "first"}
