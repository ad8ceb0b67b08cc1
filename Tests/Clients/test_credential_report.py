"""Defends the credential report: its columns as AWS documents them, who is in it, and when there is a new one."""

import csv
import datetime
import io
import pathlib
import re

from errors import refused
from people import allow, arn

COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated")
CERTIFICATE = (pathlib.Path(__file__).parent / "certificates" / "lone.pem").read_text()


def generate(root):
    """Asks until the report is there, as the AWS CLI's users do."""
    answers = []
    while not answers or answers[-1]["State"] != "COMPLETE":
        answers.append(root.iam.generate_credential_report())
    return [answer["State"] for answer in answers]


def rows(root):
    answer = root.iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    text = answer["Content"].decode()
    assert text.splitlines()[0] == COLUMNS
    return {row["user"]: row for row in csv.DictReader(io.StringIO(text))}


def seconds(time):
    return datetime.datetime.fromisoformat(time)


def test_a_report_is_made_when_it_is_asked_for(root):
    with refused("ReportNotPresent", status=410):
        root.iam.get_credential_report()
    started = root.iam.generate_credential_report()
    assert started["State"] == "STARTED" and "Starting" in started["Description"]
    assert set(generate(root)) <= {"INPROGRESS", "COMPLETE"}
    assert list(rows(root)) == ["<root_account>"]


def test_each_user_has_a_line(root, people):
    alice = people.user("alice", allow("s3:ListAllMyBuckets"), Path="/staff/")
    second = root.iam.create_access_key(UserName="alice")["AccessKey"]
    root.iam.update_access_key(UserName="alice", AccessKeyId=second["AccessKeyId"], Status="Inactive")
    root.iam.upload_signing_certificate(UserName="alice", CertificateBody=CERTIFICATE)
    root.iam.create_user(UserName="bob")
    root.iam.create_user(UserName="comma,bob")
    alice.at("eu-central-1").s3.list_buckets()
    generate(root)
    found = rows(root)
    assert list(found) == ["<root_account>", "alice", "bob", "comma,bob"]
    line = found["alice"]
    assert line["arn"] == arn("user", "staff/alice") and line["mfa_active"] == line["password_enabled"] == "false"
    assert line["access_key_1_active"] == "true" and line["access_key_2_active"] == "false"
    assert line["access_key_1_last_used_region"] == "eu-central-1" and line["access_key_1_last_used_service"] == "s3"
    assert abs(seconds(line["access_key_1_last_used_date"]) - seconds(line["user_creation_time"])).total_seconds() < 60
    assert line["access_key_2_last_used_date"] == line["access_key_2_last_used_region"] == "N/A"
    assert seconds(line["access_key_2_last_rotated"]) == second["CreateDate"]
    assert line["cert_1_active"] == "true" and line["cert_2_active"] == "false" and line["cert_2_last_rotated"] == "N/A"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["cert_1_last_rotated"])
    assert found["bob"]["access_key_1_active"] == "false" and found["bob"]["access_key_1_last_rotated"] == "N/A"
    assert found["bob"]["password_last_used"] == found["bob"]["password_last_changed"] == "N/A"
    assert found["comma,bob"]["arn"] == arn("user", "comma,bob")


def test_passwords_are_told(root):
    root.iam.update_account_password_policy(MinimumPasswordLength=8, MaxPasswordAge=30)
    root.iam.create_user(UserName="alice")
    root.iam.create_login_profile(UserName="alice", Password="Correct horse 7 battery")
    generate(root)
    line = rows(root)["alice"]
    assert line["password_enabled"] == "true" and line["password_last_used"] == "no_information"
    changed = seconds(line["password_last_changed"])
    assert seconds(line["password_next_rotation"]) - changed == datetime.timedelta(days=30)


def test_a_second_factor_is_told(root, people):
    root.iam.create_user(UserName="bob")
    generate(root)
    assert rows(root)["bob"]["mfa_active"] == rows(root)["<root_account>"]["mfa_active"] == "false"


def test_the_root_user_stands_first(root):
    root.iam.list_users()
    generate(root)
    line = rows(root)["<root_account>"]
    assert line["arn"] == "arn:aws:iam::123456789012:root"
    assert (line["password_enabled"], line["password_last_used"]) == ("true", "no_information")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["password_last_changed"])
    assert line["password_next_rotation"] == "not_supported"
    assert line["access_key_1_active"] == "true" and line["access_key_1_last_used_service"] == "iam"


def test_one_report_is_good_for_four_hours(server, root):
    generate(root)
    first = root.iam.get_credential_report()
    root.iam.create_user(UserName="alice")
    server.advance(hours=3, minutes=59)
    assert root.iam.generate_credential_report()["State"] == "COMPLETE"
    assert root.iam.get_credential_report()["GeneratedTime"] == first["GeneratedTime"] and "alice" not in rows(root)
    server.advance(minutes=2)
    with refused("ReportExpired", status=410):
        root.iam.get_credential_report()
    assert root.iam.generate_credential_report()["State"] == "STARTED"
    generate(root)
    assert "alice" in rows(root)
    assert root.iam.get_credential_report()["GeneratedTime"] - first["GeneratedTime"] > datetime.timedelta(hours=4)


def test_a_report_tells_of_its_account_only(root, other):
    root.iam.create_user(UserName="alice")
    generate(root)
    with refused("ReportNotPresent"):
        other.iam.get_credential_report()
    generate(other)
    assert list(rows(other)) == ["<root_account>"]


def test_many_users_make_many_pages(root):
    names = [f"user{number:04}" for number in range(40)]
    for name in names:
        root.iam.create_user(UserName=name)
    generate(root)
    assert list(rows(root)) == ["<root_account>", *names]


def test_whoever_may_not_is_refused(people):
    with refused("AccessDenied", "iam:GenerateCredentialReport"):
        people.user("alice").iam.generate_credential_report()


def test_the_command_line_reads_it(aws):
    while aws("iam", "generate-credential-report")["State"] != "COMPLETE":
        pass
    assert aws("iam", "get-credential-report")["ReportFormat"] == "text/csv"
