"""Defends SAML providers in IAM: metadata that is read before it is kept, keys that are never shown, tags, limits."""

import contextlib
import datetime
import http.client
import threading
import time
import urllib.parse

import pytest

from audit import records
from callers import Clients
from errors import refused
from patience import PATIENCE, eventually
from people import allow, arn, policy, statement
from saml_provider import SAMLProvider, certificate, encoded, moment
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


END = "</ns0:EntityDescriptor>"
LONGEST = 10_000_000


def padded(text, length):
    """Metadata of that length: white space has three bytes for one in a form."""
    return text.replace(END, "\n" * (length - len(text)) + END)


@pytest.fixture
def patient(root):
    return root.make("iam", read_timeout=PATIENCE)


@pytest.mark.parametrize("length", [800_000, LONGEST])
def test_metadata_may_be_as_long_as_the_model_has_it(root, patient, idp, people, length):
    text = padded(idp.metadata, length)
    made = patient.create_saml_provider(SAMLMetadataDocument=text, Name="long")["SAMLProviderArn"]
    assert patient.get_saml_provider(SAMLProviderArn=made)["SAMLMetadataDocument"] == text
    changed = text[:-1] + "\n>" if length < LONGEST else text.replace("\n\n", " \n", 1)
    patient.update_saml_provider(SAMLProviderArn=made, SAMLMetadataDocument=changed)
    assert patient.get_saml_provider(SAMLProviderArn=made)["SAMLMetadataDocument"] == changed
    # The records are there, without what has no room in them.
    for name in ("CreateSAMLProvider", "UpdateSAMLProvider"):
        [record] = records(root, name)
        assert "requestParameters" not in record and record["responseElements"]["sAMLProviderArn"] == made
    # And roles are assumed with what it says.
    trust = policy({"Effect": "Allow", "Principal": {"Federated": made}, "Action": "sts:AssumeRoleWithSAML"})
    role = people.role("web", trust)
    for _ in range(2):
        answer = root.make("sts", read_timeout=PATIENCE).assume_role_with_saml(
            RoleArn=role, PrincipalArn=made, SAMLAssertion=encoded(idp.response(role, made)))
        assert answer["Subject"] == "alice"


def test_a_long_form_may_name_its_operation_at_the_end(server, root, idp):
    """As some SDKs write it."""
    document = urllib.parse.urlencode({"SAMLMetadataDocument": padded(idp.metadata, 3_000_000), "Name": "last"})
    answer = call(server, ROOT_KEYS, document.encode() + b"&Action=CreateSAMLProvider&Version=2010-05-08")
    assert answer.status == 200 and arn("saml-provider", "last") in answer.text


def test_metadata_beyond_the_longest_is_refused(server, patient, idp):
    text = padded(idp.metadata, LONGEST)
    with refused("ValidationError", "length less than or equal to 10000000"):
        patient.create_saml_provider(SAMLMetadataDocument=text + " ", Name="longer")
    broken = text.replace(END, "<")
    with refused("InvalidInput", "Could not parse metadata"):
        patient.create_saml_provider(SAMLMetadataDocument=broken, Name="broken")
    # Beyond what the longest could have, however it is written.
    assert call(server, ROOT_KEYS, query("CreateSAMLProvider", Name="x", SAMLMetadataDocument="a" * 33_000_000)).status == 413
    assert patient.list_saml_providers()["SAMLProviderList"] == []


@pytest.mark.parametrize("body", [
    query("CreateUser", UserName="a" * 3_000_000), query("MakeCoffee", SAMLMetadataDocument="a" * 3_000_000),
    query("DeleteSAMLProvider", SAMLMetadataDocument="a" * 3_000_000), b"a" * 3_000_000,
], ids=["another operation", "no operation", "without metadata", "no form"])
def test_no_other_form_may_be_long(server, root, body):
    answer = call(server, ROOT_KEYS, body)
    assert answer.status == 413 and "RequestEntityTooLarge" in answer.text


def test_long_metadata_keeps_nobody_waiting(server, root, patient, idp):
    """Neither who changes something else nor who reads, on whichever loop, while a document is read."""
    text = padded(idp.metadata, LONGEST)
    # What the machine has to do besides holds somebody up now and then, but not each time.
    assert any(is_unnoticed(server, patient, text, attempt) for attempt in range(8))


def is_unnoticed(server, patient, text, attempt):
    name, spans = f"long-{attempt}", []

    def make_and_read():
        for call in (lambda: patient.create_saml_provider(SAMLMetadataDocument=text, Name=name),
                     lambda: patient.get_saml_provider(SAMLProviderArn=arn("saml-provider", name))):
            begun = time.monotonic()
            call()
            spans.append(time.monotonic() - begun)

    thread = threading.Thread(target=make_and_read)
    thread.start()
    slowest, number = 0, 0
    while thread.is_alive():
        iam = Clients(server, ROOT_KEYS).iam
        begun = time.monotonic()
        iam.create_user(UserName=f"user-{attempt}-{number}")
        iam.get_user(UserName=f"user-{attempt}-{number}")
        slowest, number = max(slowest, time.monotonic() - begun), number + 1
    thread.join()
    print(spans, slowest, number)
    assert len(spans) == 2
    return number > 2 and slowest < max(0.5, spans[0] / 3)


def unread(server, keys, provider, address):
    """A connection over which a call was made whose answer nobody reads; its status."""
    body = query("GetSAMLProvider", SAMLProviderArn=provider)
    connection = http.client.HTTPConnection(server.host, server.port, timeout=120, source_address=(address, 0))
    connection.request("POST", "/", body, signed(server, keys, body))
    return connection, connection.getresponse().status


def test_who_reads_no_long_answers_keeps_nobody_else_waiting(server, root, patient, idp, people):
    """An answer counts from when it is made until it has left: 34 MiB of these, of which each has 64."""
    quotes = "<!--" + '"' * 6_000_000 + "-->"
    made = patient.create_saml_provider(
        SAMLMetadataDocument=idp.metadata.replace(END, quotes + END), Name="quoted")["SAMLProviderArn"]
    alice, bob = (people.user(name, allow("iam:GetSAMLProvider")).keys for name in ("alice", "bob"))
    with contextlib.ExitStack() as open_ones:
        def ask(keys, address):
            connection, status = unread(server, keys, made, address)
            open_ones.enter_context(contextlib.closing(connection))
            return status

        assert ask(alice, "127.0.0.1") == 200
        assert ask(alice, "127.0.0.2") == 503
        assert ask(bob, "127.0.0.2") == 200
        # What is short never counts.
        assert root.iam.list_saml_providers()["SAMLProviderList"]

    def again():
        connection, status = unread(server, alice, made, "127.0.0.1")
        connection.close()
        return status

    eventually(again, lambda status: status == 200)
    codes = [record.get("errorCode") for record in records(root, "GetSAMLProvider")]
    assert codes.count("ServiceUnavailable") >= 1 and codes.count(None) == 3
