"""Defends SAML providers in IAM: metadata that is read before it is kept, keys that are never shown, tags, limits."""

import datetime

import pytest

from audit import records
from errors import refused
from people import arn, policy, statement
from saml_provider import SAMLProvider, certificate, moment


@pytest.fixture(scope="module")
def idp():
    return SAMLProvider()


def make(root, idp, name="corporate", **more):
    return root.iam.create_saml_provider(
        SAMLMetadataDocument=more.pop("metadata", idp.metadata), Name=name, **more)["SAMLProviderArn"]


def key(folder, *options):
    with open(certificate(folder, "opener", *options)[1]) as text:
        return text.read()


def test_a_provider_is_told_as_it_was_made(root, idp):
    made = make(root, idp, Tags=[{"Key": "team", "Value": "blue"}])
    assert made == arn("saml-provider", "corporate")
    shown = root.iam.get_saml_provider(SAMLProviderArn=made)
    assert shown["SAMLMetadataDocument"] == idp.metadata and shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert shown["SAMLProviderUUID"].isalnum() and len(shown["SAMLProviderUUID"]) >= 22
    # Metadata that names no end is valid for a hundred years.
    assert shown["ValidUntil"] - shown["CreateDate"] > datetime.timedelta(days=36_000)
    assert shown["PrivateKeyList"] == [] and shown["AssertionEncryptionMode"] == "Allowed"
    listed = root.iam.list_saml_providers()["SAMLProviderList"]
    assert [entry["Arn"] for entry in listed] == [made] and listed[0]["ValidUntil"] == shown["ValidUntil"]
    assert root.iam.get_account_summary()["SummaryMap"]["Providers"] == 1


def test_keys_are_kept_and_never_shown(root, idp, tmp_path):
    first = key(tmp_path)
    made = make(root, idp, AddPrivateKey=first, AssertionEncryptionMode="Required")
    which = {"SAMLProviderArn": made}
    shown = root.iam.get_saml_provider(**which)
    assert shown["AssertionEncryptionMode"] == "Required" and len(shown["PrivateKeyList"]) == 1
    one = shown["PrivateKeyList"][0]["KeyId"]
    root.iam.update_saml_provider(AddPrivateKey=key(tmp_path), **which)
    with refused("LimitExceeded", "Private key limit of 2 is reached."):
        root.iam.update_saml_provider(AddPrivateKey=key(tmp_path), **which)
    with refused("ValidationError", "Unable to add and remove private keys in the same request."):
        root.iam.update_saml_provider(AddPrivateKey=key(tmp_path), RemovePrivateKey=one, **which)
    with refused("ValidationError", "No updates are defined"):
        root.iam.update_saml_provider(**which)
    root.iam.update_saml_provider(RemovePrivateKey=one, **which)
    with refused("NoSuchEntity"):
        root.iam.update_saml_provider(RemovePrivateKey=one, **which)
    last = root.iam.get_saml_provider(**which)["PrivateKeyList"][0]["KeyId"]
    with refused("InvalidInput"):
        root.iam.update_saml_provider(RemovePrivateKey=last, **which)
    root.iam.update_saml_provider(RemovePrivateKey=last, AssertionEncryptionMode="Allowed", **which)
    assert root.iam.get_saml_provider(**which)["PrivateKeyList"] == []
    body = first.split("\n")[3]
    assert not any(body in str(record) for record in records(root))
    for bad in ["no key", key(tmp_path, "-newkey", "rsa:1024"), key(tmp_path, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")]:
        with refused("InvalidInput"):
            root.iam.update_saml_provider(AddPrivateKey=bad, **which)


@pytest.mark.parametrize("change", [
    lambda text: text.replace("IDPSSODescriptor", "SPSSODescriptor"),
    lambda text: text.replace("entityID=", "entity="),
    lambda text: text.replace("X509Certificate>MII", "X509Certificate>AAA"),
    lambda text: text.replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
    lambda text: text.replace("</ns0:EntityDescriptor>", ""),
    lambda text: text.replace("entityID=", 'validUntil="tomorrow" entityID='),
    lambda text: '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + text,
    lambda text: '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + text,
    lambda text: text.replace(">https", ">&undeclared;https") if ">https" in text else "<" * 2000,
])
def test_what_is_no_metadata_is_refused(root, idp, change):
    text = change(idp.metadata)
    assert text != idp.metadata
    with refused("InvalidInput", "Could not parse metadata"):
        make(root, idp, metadata=text)
    made = make(root, idp)
    with refused("InvalidInput"):
        root.iam.update_saml_provider(SAMLProviderArn=made, SAMLMetadataDocument=text)
    assert root.iam.get_saml_provider(SAMLProviderArn=made)["SAMLMetadataDocument"] == idp.metadata


def test_the_end_of_metadata_is_the_providers(root, idp):
    made = make(root, idp, metadata=idp.metadata.replace("entityID=", f'validUntil="{moment(3600)}" entityID='))
    shown = root.iam.get_saml_provider(SAMLProviderArn=made)
    assert shown["ValidUntil"] - shown["CreateDate"] < datetime.timedelta(hours=2)


def test_names_limits_and_absence(root, idp):
    made = make(root, idp)
    with refused("EntityAlreadyExists"):
        make(root, idp, "CORPORATE")
    with refused("ValidationError"):
        make(root, idp, "no name")
    with refused("ValidationError"):
        make(root, idp, "short", metadata="<a/>")
    with refused("InvalidInput"):
        make(root, idp, "second", AssertionEncryptionMode="Required")
    for number in range(99):
        make(root, idp, f"more-{number}")
    with refused("LimitExceeded"):
        make(root, idp, "one-more")
    root.iam.delete_saml_provider(SAMLProviderArn=made)
    for call in [root.iam.get_saml_provider, root.iam.delete_saml_provider, root.iam.list_saml_provider_tags]:
        with refused("NoSuchEntity"):
            call(SAMLProviderArn=made)


def test_tags_and_policies(root, idp, people, aws):
    made = make(root, idp)
    root.iam.tag_saml_provider(SAMLProviderArn=made, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "x", "Value": ""}])
    root.iam.untag_saml_provider(SAMLProviderArn=made, TagKeys=["TEAM", "x"])
    assert root.iam.list_saml_provider_tags(SAMLProviderArn=made)["Tags"] == [{"Key": "team", "Value": "blue"}]
    blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    alice = people.user("alice", policy(statement("Allow", "iam:GetSAMLProvider", Condition=blue)))
    alice.iam.get_saml_provider(SAMLProviderArn=made)
    with refused("AccessDenied", "iam:ListSAMLProviders"):
        alice.iam.list_saml_providers()
    assert aws("iam", "list-saml-providers")["SAMLProviderList"][0]["Arn"] == made
