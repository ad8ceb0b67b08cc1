"""Defends SSH keys, signing and server certificates, and credentials of one service, as boto3 and the AWS CLI see them."""

import base64
import datetime
import hashlib
import pathlib
import re

import pytest

from callers import Clients
from errors import refused
from people import allow, arn
from server import OTHER_ROOT_KEYS

FOLDER = pathlib.Path(__file__).parent / "certificates"
UNSUPPORTED = "s3.amazonaws.com"


def text(name):
    return (FOLDER / name).read_text()


@pytest.fixture
def alice(root):
    root.iam.create_user(UserName="alice")
    return "alice"


def upload(root, user, name="ssh1.pub"):
    return root.iam.upload_ssh_public_key(UserName=user, SSHPublicKeyBody=text(name))["SSHPublicKey"]


def test_an_ssh_key_has_the_fingerprint_that_ssh_keygen_prints(root, alice):
    made = upload(root, alice)
    assert set(made) == {"UserName", "SSHPublicKeyId", "Fingerprint", "SSHPublicKeyBody", "Status", "UploadDate"}
    assert made["Fingerprint"] == "49:59:89:5f:9d:e9:7e:4a:90:0e:cc:6b:b0:76:2a:bb"
    assert re.fullmatch("APKA[A-Z2-7]{17}", made["SSHPublicKeyId"]) and made["Status"] == "Active"
    assert made["SSHPublicKeyBody"] == text("ssh1.pub")
    key = made["SSHPublicKeyId"]
    for encoding, expected in [("SSH", text("ssh1.pub")), ("PEM", text("ssh1.pub.pem"))]:
        got = root.iam.get_ssh_public_key(UserName=alice, SSHPublicKeyId=key, Encoding=encoding)["SSHPublicKey"]
        assert got["SSHPublicKeyBody"].strip() == expected.strip()
    root.iam.update_ssh_public_key(UserName=alice, SSHPublicKeyId=key, Status="Inactive")
    [listed] = root.iam.list_ssh_public_keys(UserName=alice)["SSHPublicKeys"]
    assert listed == {"UserName": alice, "SSHPublicKeyId": key, "Status": "Inactive", "UploadDate": made["UploadDate"]}
    root.iam.delete_ssh_public_key(UserName=alice, SSHPublicKeyId=key)
    assert root.iam.list_ssh_public_keys(UserName=alice)["SSHPublicKeys"] == []


def test_ssh_keys_are_five_at_most_and_each_once(root, alice):
    for number in range(1, 6):
        upload(root, alice, f"ssh{number}.pub")
    with refused("LimitExceeded", "5"):
        upload(root, alice, "ssh6.pub")
    with refused("DuplicateSSHPublicKey", "Duplicate SSH public key uploaded.", status=400):
        upload(root, alice, "ssh1.pub.pem")
    # Another user may have the same key.
    root.iam.create_user(UserName="bob")
    assert upload(root, "bob")["Fingerprint"] == "49:59:89:5f:9d:e9:7e:4a:90:0e:cc:6b:b0:76:2a:bb"


@pytest.mark.parametrize("body, code", [
    ("hello", "UnrecognizedPublicKeyEncoding"), ("ssh-rsa nonsense", "InvalidPublicKey"),
    ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA", "InvalidPublicKey"), (text("weak.pub"), "InvalidPublicKey"),
    (text("server.pem"), "UnrecognizedPublicKeyEncoding")])
def test_what_is_no_ssh_key_is_refused(root, alice, body, code):
    with refused(code, status=400):
        root.iam.upload_ssh_public_key(UserName=alice, SSHPublicKeyBody=body)


def test_a_user_lists_his_own_keys_without_a_name(people):
    alice = people.user("alice", allow("iam:ListSSHPublicKeys"))
    assert alice.iam.list_ssh_public_keys()["SSHPublicKeys"] == []
    with refused("AccessDenied"):
        alice.iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=text("ssh1.pub"))


def test_signing_certificates_live_their_life(root, alice):
    made = root.iam.upload_signing_certificate(UserName=alice, CertificateBody=text("lone.pem"))["Certificate"]
    assert set(made) == {"UserName", "CertificateId", "CertificateBody", "Status", "UploadDate"}
    assert re.fullmatch("[A-Z2-7]{32}", made["CertificateId"]) and made["CertificateBody"] == text("lone.pem")
    der = base64.b64decode("".join(text("lone.pem").splitlines()[1:-1]))
    assert made["CertificateId"] == base64.b32encode(hashlib.sha1(der).digest()).decode()
    root.iam.create_user(UserName="bob")
    with refused("DuplicateCertificate", "Duplicate certificate uploaded.", status=409):
        root.iam.upload_signing_certificate(UserName="bob", CertificateBody=text("lone.pem") + "\n\n")
    with refused("NoSuchEntity", f"The Certificate with id {made['CertificateId']} cannot be found."):
        root.iam.update_signing_certificate(UserName="bob", CertificateId=made["CertificateId"], Status="Inactive")
    root.iam.upload_signing_certificate(UserName=alice, CertificateBody=text("other.pem"))
    with refused("LimitExceeded", "Cannot exceed quota for CertificatesPerUser: 2"):
        root.iam.upload_signing_certificate(UserName=alice, CertificateBody=text("server.pem"))
    root.iam.update_signing_certificate(UserName=alice, CertificateId=made["CertificateId"], Status="Inactive")
    listed = {item["CertificateId"]: item["Status"] for item in
              root.iam.list_signing_certificates(UserName=alice)["Certificates"]}
    assert len(listed) == 2 and listed[made["CertificateId"]] == "Inactive"
    # Whose it is gets what is there already, and changes nothing by it.
    again = root.iam.upload_signing_certificate(UserName=alice, CertificateBody=text("lone.pem") + "\n")["Certificate"]
    assert again == made | {"Status": "Inactive"}
    assert len(root.iam.list_signing_certificates(UserName=alice)["Certificates"]) == 2
    with refused("DeleteConflict", "Cannot delete entity, must delete certificates first."):
        root.iam.delete_user(UserName=alice)
    for identifier in listed:
        root.iam.delete_signing_certificate(UserName=alice, CertificateId=identifier)
    root.iam.delete_user(UserName=alice)


def test_two_accounts_may_have_the_same_certificate(server, root):
    other = Clients(server, OTHER_ROOT_KEYS)
    ids = [clients.iam.upload_signing_certificate(CertificateBody=text("lone.pem"))["Certificate"]["CertificateId"]
           for clients in (root, other)]
    assert ids[0] == ids[1]
    root.iam.update_signing_certificate(CertificateId=ids[0], Status="Inactive")
    assert [c["Status"] for c in other.iam.list_signing_certificates()["Certificates"]] == ["Active"]
    root.iam.delete_signing_certificate(CertificateId=ids[0])
    assert len(other.iam.list_signing_certificates()["Certificates"]) == 1


def test_root_may_have_a_signing_certificate(root):
    assert root.iam.get_account_summary()["SummaryMap"]["AccountSigningCertificatesPresent"] == 0
    made = root.iam.upload_signing_certificate(CertificateBody=text("server.pem"))["Certificate"]
    assert root.iam.get_account_summary()["SummaryMap"]["AccountSigningCertificatesPresent"] == 1
    assert [c["CertificateId"] for c in root.iam.list_signing_certificates()["Certificates"]] == [made["CertificateId"]]


def test_what_is_no_certificate_is_not_repeated(root, alice):
    with refused("MalformedCertificate", "Certificate is malformed.", status=400):
        root.iam.upload_signing_certificate(UserName=alice, CertificateBody="nothing")


def test_a_private_key_beside_a_certificate_is_not_kept(root, alice):
    both = text("server.pem") + text("server.key.pem")
    with refused("MalformedCertificate", status=400):
        root.iam.upload_signing_certificate(UserName=alice, CertificateBody=both)
    with refused("MalformedCertificate", status=400):
        root.iam.upload_server_certificate(
            ServerCertificateName="x", CertificateBody=both, PrivateKey=text("server.key.pem"))


@pytest.mark.parametrize("name", ["expired.pem", "later.pem", "ssh1.pub", "server.key.pem"])
def test_a_certificate_must_be_one_and_valid_today(root, alice, name):
    with refused("MalformedCertificate", status=400):
        root.iam.upload_signing_certificate(UserName=alice, CertificateBody=text(name))
    with refused("MalformedCertificate", status=400):
        root.iam.upload_server_certificate(
            ServerCertificateName="x", CertificateBody=text(name), PrivateKey=text("server.key.pem"))


def server(root, name="web", **more):
    given = {"CertificateBody": text("server.pem"), "PrivateKey": text("server.key.pem"), **more}
    return root.iam.upload_server_certificate(ServerCertificateName=name, **given)


def test_a_server_certificate_is_told_without_its_key(root):
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "Cost", "Value": "7"}]
    made = server(root, Path="/cloudfront/test/", CertificateChain=text("ca.pem"), Tags=tags)
    told = made["ServerCertificateMetadata"]
    assert set(told) == {"Path", "ServerCertificateName", "ServerCertificateId", "Arn", "UploadDate", "Expiration"}
    assert re.fullmatch("ASCA[A-Z2-7]{17}", told["ServerCertificateId"])
    assert told["Arn"] == arn("server-certificate", "cloudfront/test/web")
    assert told["Expiration"] == datetime.datetime(2124, 12, 31, tzinfo=datetime.UTC)
    assert [tag["Key"] for tag in made["Tags"]] == ["Cost", "team"]
    got = root.iam.get_server_certificate(ServerCertificateName="WEB")["ServerCertificate"]
    assert got["ServerCertificateMetadata"] == told and got["CertificateBody"] == text("server.pem")
    assert got["CertificateChain"] == text("ca.pem") and got["Tags"] == made["Tags"]
    assert "PRIVATE" not in str(got)
    listed = root.iam.list_server_certificates(PathPrefix="/cloudfront/")["ServerCertificateMetadataList"]
    assert listed == [told] and root.iam.list_server_certificates(PathPrefix="/x/")["ServerCertificateMetadataList"] == []
    root.iam.update_server_certificate(ServerCertificateName="web", NewPath="/", NewServerCertificateName="site")
    moved = root.iam.get_server_certificate(ServerCertificateName="site")["ServerCertificate"]
    assert moved["ServerCertificateMetadata"]["Arn"] == arn("server-certificate", "site")
    assert moved["Tags"] == made["Tags"]
    root.iam.untag_server_certificate(ServerCertificateName="site", TagKeys=["team", "Cost"])
    assert root.iam.get_server_certificate(ServerCertificateName="site")["ServerCertificate"]["Tags"] == []
    root.iam.tag_server_certificate(ServerCertificateName="site", Tags=[{"Key": "b", "Value": ""}])
    assert root.iam.list_server_certificate_tags(ServerCertificateName="site")["Tags"] == [{"Key": "b", "Value": ""}]
    assert root.iam.get_account_summary()["SummaryMap"]["ServerCertificates"] == 1
    root.iam.delete_server_certificate(ServerCertificateName="site")
    with refused("NoSuchEntity", "The Server Certificate with name site cannot be found."):
        root.iam.get_server_certificate(ServerCertificateName="site")


@pytest.mark.parametrize("more, code", [
    ({"PrivateKey": text("lone.key.pem")}, "KeyPairMismatch"),
    ({"PrivateKey": text("server.encrypted.key.pem")}, "MalformedCertificate"),
    ({"CertificateChain": text("lone.pem")}, "MalformedCertificate"),
    ({"CertificateChain": text("ca.pem") + text("lone.pem")}, "MalformedCertificate"),
    ({"CertificateBody": text("server.pem") + text("ca.pem")}, "MalformedCertificate")])
def test_body_key_and_chain_must_belong_together(root, more, code):
    with refused(code, status=400):
        server(root, **more)
    assert root.iam.list_server_certificates()["ServerCertificateMetadataList"] == []


def test_names_of_server_certificates_are_taken_once_and_there_are_twenty_at_most(root):
    for number in range(20):
        server(root, f"cert{number}")
    with refused("LimitExceeded", "20"):
        server(root, "more")
    with refused("EntityAlreadyExists", "The Server Certificate with name CERT1 already exists."):
        server(root, "CERT1")
    pages = root.iam.get_paginator("list_server_certificates").paginate(PaginationConfig={"PageSize": 7})
    names = [item["ServerCertificateName"] for page in pages for item in page["ServerCertificateMetadataList"]]
    assert names == sorted(f"cert{number}" for number in range(20))


def test_the_key_is_in_no_record_and_in_no_file(server, root):
    root.iam.upload_server_certificate(
        ServerCertificateName="web", CertificateBody=text("server.pem"), PrivateKey=text("server.key.pem"))
    secret = text("server.key.pem").splitlines()[1]
    [event] = [e for e in root.cloudtrail.lookup_events()["Events"] if e["EventName"] == "UploadServerCertificate"]
    assert secret not in event["CloudTrailEvent"] and "web" in event["CloudTrailEvent"]
    assert secret not in server.log_path.read_text()


def test_the_command_line_uploads_a_certificate(aws):
    made = aws("iam", "upload-server-certificate", "--server-certificate-name", "web", "--certificate-body",
               f"file://{FOLDER}/server.pem", "--private-key", f"file://{FOLDER}/server.key.pem",
               "--certificate-chain", f"file://{FOLDER}/ca.pem")
    assert made["ServerCertificateMetadata"]["Arn"] == arn("server-certificate", "web")


def test_a_password_for_one_service_is_shown_once(root, alice):
    service = "codecommit.amazonaws.com"
    made = root.iam.create_service_specific_credential(UserName=alice, ServiceName=service)["ServiceSpecificCredential"]
    assert set(made) == {
        "CreateDate", "ServiceName", "ServiceUserName", "ServicePassword", "ServiceSpecificCredentialId", "UserName",
        "Status"}
    assert made["ServiceUserName"] == "alice-at-123456789012" and len(made["ServicePassword"]) == 60
    assert re.fullmatch("ACCA[A-Z2-7]{17}", made["ServiceSpecificCredentialId"])
    second = root.iam.create_service_specific_credential(UserName=alice, ServiceName=service)
    assert second["ServiceSpecificCredential"]["ServiceUserName"] == "alice+1-at-123456789012"
    with refused("LimitExceeded", "Cannot exceed quota for ContextSpecificCredentialsPerUserPerContext: 2"):
        root.iam.create_service_specific_credential(UserName=alice, ServiceName=service)
    root.iam.create_service_specific_credential(UserName=alice, ServiceName="cassandra.amazonaws.com")
    one = {"UserName": alice, "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    again = root.iam.reset_service_specific_credential(**one)["ServiceSpecificCredential"]
    assert again["ServicePassword"] != made["ServicePassword"]
    assert again["ServiceSpecificCredentialId"] == made["ServiceSpecificCredentialId"]
    with refused("InvalidInput", "Expired"):
        root.iam.update_service_specific_credential(Status="Expired", **one)
    root.iam.update_service_specific_credential(Status="Inactive", **one)
    listed = root.iam.list_service_specific_credentials(UserName=alice, ServiceName=service)
    listed = listed["ServiceSpecificCredentials"]
    assert {item["ServiceSpecificCredentialId"]: item["Status"] for item in listed}[one["ServiceSpecificCredentialId"]] == "Inactive"
    assert all("Password" not in key for item in listed for key in item) and len(listed) == 2
    with refused("DeleteConflict", "Cannot delete entity, must remove referenced objects first."):
        root.iam.delete_user(UserName=alice)
    root.iam.delete_service_specific_credential(**one)
    with refused("NoSuchEntity"):
        root.iam.reset_service_specific_credential(**one)


def test_an_api_key_ends_by_itself(server, root, alice):
    made = root.iam.create_service_specific_credential(
        UserName=alice, ServiceName="bedrock.amazonaws.com", CredentialAgeDays=30)["ServiceSpecificCredential"]
    assert made["ServiceCredentialSecret"].startswith("ABSK") and made["ServiceCredentialAlias"] == "alice-at-123456789012"
    assert "ServicePassword" not in made and "ServiceUserName" not in made
    assert made["ExpirationDate"] - made["CreateDate"] == datetime.timedelta(days=30)
    for days, status in [(29, "Active"), (2, "Expired")]:
        server.advance(days=days)
        [listed] = root.iam.list_service_specific_credentials(UserName=alice)["ServiceSpecificCredentials"]
        assert listed["Status"] == status


def test_everybodys_credentials_for_a_service_are_listed(root, alice):
    root.iam.create_user(UserName="bob")
    for user in ("alice", "bob"):
        root.iam.create_service_specific_credential(UserName=user, ServiceName="bedrock.amazonaws.com")
    found = root.iam.list_service_specific_credentials(AllUsers=True, ServiceName="bedrock.amazonaws.com")
    assert sorted(item["UserName"] for item in found["ServiceSpecificCredentials"]) == ["alice", "bob"]
    root.iam.create_service_specific_credential(UserName="bob", ServiceName="cassandra.amazonaws.com")
    for named, count in [({}, 3), ({"ServiceName": ""}, 3), ({"ServiceName": "Cassandra.AmazonAWS.com"}, 1)]:
        found = root.iam.list_service_specific_credentials(AllUsers=True, **named)["ServiceSpecificCredentials"]
        assert len(found) == count
    page = root.iam.list_service_specific_credentials(AllUsers=True, MaxItems=2)
    rest = root.iam.list_service_specific_credentials(AllUsers=True, MaxItems=2, Marker=page["Marker"])
    assert page["IsTruncated"] and not rest["IsTruncated"] and len(rest["ServiceSpecificCredentials"]) == 1
    with refused("InvalidInput", "Cannot list credentials for all users if a username is given"):
        root.iam.list_service_specific_credentials(AllUsers=True, UserName=alice)
    assert len(root.iam.list_service_specific_credentials(AllUsers=False, UserName=alice)["ServiceSpecificCredentials"]) == 1


@pytest.mark.parametrize("service, prefix", [
    ("bedrock", "ABSK"), ("logs", "ACWL"), ("cloudwatch", "APIAACWM"), ("aws-external-anthropic", "AEAA")])
def test_an_api_key_has_its_name_inside(root, alice, service, prefix):
    made = root.iam.create_service_specific_credential(UserName=alice, ServiceName=f"{service}.amazonaws.com")
    made = made["ServiceSpecificCredential"]
    assert made["ServiceCredentialSecret"].startswith(prefix) and "ExpirationDate" not in made
    name, _, secret = base64.b64decode(made["ServiceCredentialSecret"].removeprefix(prefix)).decode().partition(":")
    assert name == made["ServiceCredentialAlias"] == "alice-at-123456789012" and len(secret) == 60


def test_names_of_services_are_read_without_case(root, people):
    only = {"StringEquals": {"iam:ServiceSpecificCredentialServiceName": "codecommit.amazonaws.com"},
            "NumericLessThanEquals": {"iam:ServiceSpecificCredentialAgeDays": "2"}}
    bob = people.user("bob", allow("iam:CreateServiceSpecificCredential", Condition=only))
    made = bob.iam.create_service_specific_credential(
        UserName="bob", ServiceName="CodeCommit.amazonaws.com", CredentialAgeDays=1)["ServiceSpecificCredential"]
    assert made["ServiceName"] == "codecommit.amazonaws.com"
    # A password may end by itself too.
    assert made["ExpirationDate"] - made["CreateDate"] == datetime.timedelta(days=1)
    for given in [{"ServiceName": "codecommit.amazonaws.com"}, {"ServiceName": "Cassandra.amazonaws.com", "CredentialAgeDays": 1}]:
        with refused("AccessDenied"):
            bob.iam.create_service_specific_credential(UserName="bob", **given)
    with refused("ValidationError", "ServiceName must match [a-zA-Z0-9.-]*"):
        root.iam.list_service_specific_credentials(UserName="bob", ServiceName="code commit")


def test_a_credential_is_its_owners(root, alice):
    service = "codecommit.amazonaws.com"
    made = root.iam.create_service_specific_credential(UserName=alice, ServiceName=service)["ServiceSpecificCredential"]
    root.iam.update_user(UserName=alice, NewUserName="anna")
    # Who is called so next gets another name, and nothing of what was made for the first.
    root.iam.create_user(UserName=alice)
    second = root.iam.create_service_specific_credential(UserName=alice, ServiceName=service)["ServiceSpecificCredential"]
    assert second["ServiceUserName"] == "alice+1-at-123456789012"
    one = {"ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    for call in [root.iam.reset_service_specific_credential, root.iam.delete_service_specific_credential]:
        with refused("ValidationError", f"User alice does not have a service specific credential with id {made['ServiceSpecificCredentialId']}"):
            call(UserName=alice, **one)
    with refused("NoSuchEntity", "No such credential ACCA"):
        root.iam.reset_service_specific_credential(UserName=alice, ServiceSpecificCredentialId="ACCA" + "A" * 17)
    again = root.iam.reset_service_specific_credential(UserName="anna", **one)["ServiceSpecificCredential"]
    assert (again["UserName"], again["ServiceUserName"]) == ("anna", "alice-at-123456789012")


def test_a_service_that_has_none_is_refused(root, alice):
    with refused("NoSuchEntity", "is supported for Service Specific Credentials"):
        root.iam.create_service_specific_credential(UserName=alice, ServiceName=UNSUPPORTED)
    with refused("NoSuchEntity", "is supported for Service Specific Credentials"):
        root.iam.list_service_specific_credentials(UserName=alice, ServiceName=UNSUPPORTED)
