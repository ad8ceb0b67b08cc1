"""Defends SAML providers in IAM: metadata that is read before it is kept, keys that are never shown, tags, limits."""

import contextlib
import datetime
import socket
import time

import pytest
from botocore.exceptions import ClientError, HTTPClientError

from audit import records
from errors import refused
from people import arn, policy, statement
from saml_provider import SAMLProvider, certificate, moment
from server import ROOT_KEYS
from signed import call, query, signed


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
    assert "PrivateKeyList" not in shown and "AssertionEncryptionMode" not in shown
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
    with refused("LimitExceeded"):
        root.iam.update_saml_provider(AddPrivateKey=key(tmp_path), **which)
    root.iam.update_saml_provider(RemovePrivateKey=one, **which)
    with refused("NoSuchEntity"):
        root.iam.update_saml_provider(RemovePrivateKey=one, **which)
    last = root.iam.get_saml_provider(**which)["PrivateKeyList"][0]["KeyId"]
    with refused("InvalidInput"):
        root.iam.update_saml_provider(RemovePrivateKey=last, **which)
    root.iam.update_saml_provider(RemovePrivateKey=last, AssertionEncryptionMode="Allowed", **which)
    assert "PrivateKeyList" not in root.iam.get_saml_provider(**which)
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


END = "</ns0:EntityDescriptor>"


def padded(text, length):
    """Metadata of that length: white space has three bytes for one in a form."""
    return text.replace(END, "\n" * (length - len(text)) + END)


@pytest.mark.parametrize("length", [800_000, 4_000_000])
def test_metadata_may_be_long(root, idp, length):
    text = padded(idp.metadata, length)
    made = make(root, idp, metadata=text)
    assert root.iam.get_saml_provider(SAMLProviderArn=made)["SAMLMetadataDocument"] == text
    root.iam.update_saml_provider(SAMLProviderArn=made, SAMLMetadataDocument=text[:-1] + "\n>")
    # The record is there, without what has no room in it.
    [record] = records(root, "CreateSAMLProvider")
    assert "requestParameters" not in record and record["responseElements"]["sAMLProviderArn"] == made


def test_metadata_may_be_as_long_as_the_model_has_it(server, root, idp):
    text = padded(idp.metadata, 10_000_000)
    patient = root.make("iam", read_timeout=120)
    made = patient.create_saml_provider(SAMLMetadataDocument=text, Name="long")["SAMLProviderArn"]
    assert patient.get_saml_provider(SAMLProviderArn=made)["SAMLMetadataDocument"] == text
    with refused("ValidationError"):
        patient.create_saml_provider(SAMLMetadataDocument=text + " ", Name="longer")
    # Beyond what the longest could have, however it is written.
    assert call(server, ROOT_KEYS, query("CreateSAMLProvider", Name="x", SAMLMetadataDocument="a" * 33_000_000)).status == 413


@pytest.mark.parametrize("body", [
    query("CreateUser", UserName="a" * 3_000_000), query("MakeCoffee", SAMLMetadataDocument="a" * 3_000_000),
    query("DeleteSAMLProvider", SAMLMetadataDocument="a" * 3_000_000), b"a" * 3_000_000,
    b"SAMLMetadataDocument=" + b"a" * 3_000_000 + b"&Action=CreateSAMLProvider&Version=2010-05-08",
], ids=["another operation", "no operation", "without metadata", "no form", "the operation at the end"])
def test_no_other_form_may_be_long(server, root, body):
    answer = call(server, ROOT_KEYS, body)
    assert answer.status == 413 and "RequestEntityTooLarge" in answer.text


def test_few_long_forms_are_read_at_a_time(server, root, idp):
    text = padded(idp.metadata, 1_000_000)
    start = b"Action=CreateSAMLProvider&SAMLMetadataDocument=" + b"a" * 2_500_000
    lines = [f"{name}: {value}" for name, value in signed(server, ROOT_KEYS, start).items()]
    begun = "\r\n".join(["POST / HTTP/1.1", *lines, "Content-Length: 9000000", "", ""]).encode() + start
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            connection = stack.enter_context(socket.create_connection((server.host, server.port), timeout=10))
            connection.sendall(begun)
        time.sleep(1)
        # What is not long needs no place.
        make(root, idp)
        with pytest.raises((ClientError, HTTPClientError)) as caught:
            make(root, idp, "long", metadata=text)
        assert getattr(caught.value, "response", {}).get("Error", {}).get("Code", "ServiceUnavailable") == "ServiceUnavailable"
        assert [provider["Arn"] for provider in root.iam.list_saml_providers()["SAMLProviderList"]] == [arn("saml-provider", "corporate")]
    # Whoever went away holds no place.
    for _ in range(50):
        try:
            make(root, idp, "long", metadata=text)
            break
        except (ClientError, HTTPClientError):
            time.sleep(0.2)
    else:
        raise AssertionError("no place became free")
