"""Defends: `gatehouse import` gives an account the rights that the export tells of, never more, and says what it left."""

import csv
import json
import os
import resource
import signal
import socketserver
import stat
import subprocess
import threading
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from callers import Clients
from patience import PATIENCE
from people import allow, policy, statement, trust
from server import ACCOUNT, ROOT_KEYS, Keys, binary

REAL = "444455556666"


@pytest.fixture
def imports(server, tmp_path):
    """Runs `gatehouse import` against the server as root, on files with these contents."""

    def run(*contents, options=(), keys=ROOT_KEYS, status=0, room=None, endpoint=None):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        files = []
        for number, content in enumerate(contents):
            path = tmp_path / f"export-{number}"
            path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
            files.append(str(path))
        done = subprocess.run(
            [binary(), "import", *files, "--endpoint", endpoint or server.url, *options], capture_output=True, text=True, timeout=PATIENCE,
            preexec_fn=limit if room else None,
            env={"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret})
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def arn(kind, name, account=REAL):
    return f"arn:aws:iam::{account}:{kind}/{name}"


def dump(**lists):
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": False} | lists


def managed(name, *documents, default=1, path="/"):
    return {
        "PolicyName": name, "Arn": arn("policy", path[1:] + name), "Path": path, "DefaultVersionId": f"v{default}",
        "PolicyVersionList": [
            {"Document": json.loads(document), "VersionId": f"v{number}", "IsDefaultVersion": number == default}
            for number, document in reversed(list(enumerate(documents, 1)))],
    }


def user(name, path="/", **more):
    return {"Path": path, "UserName": name, "UserId": "AIDA" + name.upper(), "Arn": arn("user", path[1:] + name), "GroupList": [],
            "UserPolicyList": [], "AttachedManagedPolicies": [], "Tags": []} | more


def role(name, trusting, path="/", **more):
    return {"Path": path, "RoleName": name, "RoleId": "AROA" + name.upper(), "Arn": arn("role", path[1:] + name),
            "AssumeRolePolicyDocument": json.loads(trusting), "InstanceProfileList": [], "RolePolicyList": [],
            "AttachedManagedPolicies": [], "Tags": []} | more


def attached(*names):
    return [{"PolicyName": name, "PolicyArn": arn("policy", name)} for name in names]


def inline(name, document):
    return [{"PolicyName": name, "PolicyDocument": json.loads(document)}]


ACCOUNT_DUMP = dump(
    Policies=[managed("look", allow("iam:GetUser"), allow("iam:ListUsers", f"arn:aws:iam::{REAL}:*"), default=2),
              managed("wall", allow("iam:List*"), path="/walls/")],
    GroupDetailList=[{"Path": "/", "GroupName": "readers", "GroupId": "AGPA1", "Arn": arn("group", "readers"),
                      "GroupPolicyList": inline("extra", allow("iam:ListRoles")), "AttachedManagedPolicies": attached("look")}],
    UserDetailList=[
        user("ada", "/staff/", GroupList=["readers"], Tags=[{"Key": "team", "Value": "red"}],
             PermissionsBoundary={"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy", "walls/wall")},
             UserPolicyList=inline("own", allow(["iam:GetRole", "iam:ListGroups"])))],
    RoleDetailList=[
        role("second", trust(arn("role", "first"))), role("first", trust(arn("user", "staff/ada")),
             RolePolicyList=inline("work", allow("sts:AssumeRole", arn("role", "second"))))])


def test_an_account_has_the_same_rights_afterwards(imports, root, server):
    said = imports(ACCOUNT_DUMP)
    assert "6 made, 0 were there, 0 not done" in said
    assert f"account {REAL} became {ACCOUNT}" in said
    ada = root.iam.get_user(UserName="ada")["User"]
    assert ada["Arn"] == arn("user", "staff/ada", ACCOUNT)
    assert ada["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn("policy", "walls/wall", ACCOUNT)
    assert ada["Tags"] == [{"Key": "team", "Value": "red"}]
    look = root.iam.get_policy(PolicyArn=arn("policy", "look", ACCOUNT))["Policy"]
    assert (look["DefaultVersionId"], look["AttachmentCount"]) == ("v2", 1)
    document = root.iam.get_policy_version(PolicyArn=look["Arn"], VersionId="v2")["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Resource"] == f"arn:aws:iam::{ACCOUNT}:*"
    mine = Clients(server, Keys.of(root.iam.create_access_key(UserName="ada")))
    assert mine.iam.list_users()["Users"]
    assert "Groups" in mine.iam.list_groups()
    # Allowed by her own policy, and cut by the boundary.
    with pytest.raises(ClientError, match="no permissions boundary"):
        mine.iam.get_role(RoleName="first")
    first = root.iam.get_role(RoleName="first")["Role"]["AssumeRolePolicyDocument"]
    assert first["Statement"][0]["Principal"] == {"AWS": arn("user", "staff/ada", ACCOUNT)}


def test_a_second_run_changes_nothing(imports, root):
    imports(ACCOUNT_DUMP)
    before = root.iam.list_policy_versions(PolicyArn=arn("policy", "look", ACCOUNT))["Versions"]
    said = imports(ACCOUNT_DUMP)
    assert "0 made, 6 were there, 0 not done" in said
    assert root.iam.list_policy_versions(PolicyArn=arn("policy", "look", ACCOUNT))["Versions"] == before


def test_what_was_there_gets_its_boundary_before_its_rights(imports, root):
    root.iam.create_user(UserName="ada", Path="/staff/")
    imports(ACCOUNT_DUMP)
    assert root.iam.get_user(UserName="ada")["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("/wall")


def test_nothing_follows_on_a_refused_step(imports, root):
    """Without its boundary, a user would have more rights than there were."""
    broken = dump(UserDetailList=[user(
        "eve", PermissionsBoundary={"PermissionsBoundaryArn": arn("policy", "gone")},
        UserPolicyList=inline("all", allow("*")))])
    said = imports(broken, status=3)
    assert "GetPolicy was refused" in said and "user eve: PutUserPermissionsBoundary was left" in said
    assert root.iam.list_user_policies(UserName="eve")["PolicyNames"] == []


def test_a_role_that_trusts_nobody_known_is_told(imports, root):
    said = imports(dump(RoleDetailList=[role("lost", trust(arn("user", "nobody")), RolePolicyList=inline("all", allow("*")))]), status=3)
    assert "role lost: CreateRole was refused" in said and said.count("not done:") == 1
    assert root.iam.list_roles()["Roles"] == []


REFUSED = {
    "starred": policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}),
    "wide": policy({"Effect": "Allow", "Principal": {"AWS": REAL}, "Action": "sts:*"})}
WHAT_TO_CHANGE = {"starred": '{"AWS": "*"}', "wide": "In place of sts:* name the actions"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_trust_policy_that_no_role_can_be_given_any_more_is_told(imports, root, name):
    """Older accounts have them: nothing of the role is made, the rest is, and it is said what to change."""
    profile = {"InstanceProfileName": "machines", "Path": "/", "Roles": []}
    export = dump(RoleDetailList=[
        role(name, REFUSED[name], RolePolicyList=inline("all", allow("*")), InstanceProfileList=[profile]),
        role("friend", trust(arn("role", name))), role("sound", trust(REAL))])
    said = imports(export, options=["--dry-run"])
    assert f"would be refused: role {name}: AssumeRole" in said and WHAT_TO_CHANGE[name] in said and root.iam.list_roles()["Roles"] == []
    said = imports(export, status=3)
    [told] = [line for line in said.splitlines() if f"role {name}: CreateRole was refused" in line]
    assert "Change the role's trust policy and import again" in told and WHAT_TO_CHANGE[name] in told
    assert f"instance profile machines: CreateInstanceProfile was left, since role {name} is not complete" in said
    assert "role friend: CreateRole was refused: Invalid principal" in said and "1 made, 0 were there, 3 not done" in said
    assert [made["RoleName"] for made in root.iam.list_roles()["Roles"]] == ["sound"]
    assert root.iam.list_instance_profiles()["InstanceProfiles"] == []
    for entry in export["RoleDetailList"]:
        entry["AssumeRolePolicyDocument"] = json.loads(trust(REAL))
    assert "3 made, 1 were there, 0 not done" in imports(export)


def test_account_ids_stay_where_asked(imports, root):
    imports(dump(Policies=[managed("look", allow("iam:ListUsers", f"arn:aws:iam::{REAL}:*"))]), options=["--keep-account-ids"])
    found = root.iam.get_policy_version(PolicyArn=arn("policy", "look", ACCOUNT), VersionId="v1")["PolicyVersion"]["Document"]
    assert REAL in found["Statement"][0]["Resource"]


def test_a_longer_number_is_no_account(imports, root):
    imports(dump(UserDetailList=[user("ada", UserPolicyList=inline("own", allow("s3:GetObject", f"arn:aws:s3:::logs-9{REAL}/{REAL}/*")))]))
    found = root.iam.get_user_policy(UserName="ada", PolicyName="own")["PolicyDocument"]
    assert found["Statement"][0]["Resource"] == f"arn:aws:s3:::logs-9{REAL}/{ACCOUNT}/*"


def test_a_dry_run_makes_nothing(imports, root):
    said = imports(ACCOUNT_DUMP, options=["--dry-run"])
    assert "CreateRole  role first" in said and "nothing was done" in said
    assert root.iam.list_users()["Users"] == []


def test_pages_add_up_and_a_missing_one_is_asked_for(imports, root):
    first = dump(UserDetailList=[user("ada")]) | {"IsTruncated": True, "Marker": "m"}
    assert "not the last page" in imports(first, status=1)
    assert "2 made" in imports(first, dump(UserDetailList=[user("bob")]))


def test_the_importer_needs_the_rights(imports, people):
    ada = people.user("importer", allow(["sts:GetCallerIdentity", "iam:CreateUser"], "*"))
    said = imports(dump(UserDetailList=[user("bob", UserPolicyList=inline("all", allow("*")))]), keys=ada.keys, status=3)
    assert "PutUserPolicy was refused" in said and "AccessDenied" in said


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"PK\x03\x04rubbish", b'{"UserDetailList":'])
def test_other_files_are_refused(imports, root, content):
    assert "export-0" in imports(content, status=1)
    assert root.iam.list_users()["Users"] == []


def minio(path, **files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"iam-assets/{name}.json", json.dumps(content))
    return path.read_bytes()


def service(key, parent, **more):
    return {"parent": parent, "accessKey": key, "secretKey": "kept-there-1234", "groups": None, "claims": {"accessKey": key, "parent": parent},
            "sessionPolicy": None, "status": "on", "name": "", "description": "", "expiration": "1970-01-01T00:00:00Z"} | more


def mapping(*policies):
    return {"version": 1, "policy": ",".join(policies), "updatedAt": "2026-01-01T00:00:00Z"}


@pytest.fixture
def archive(tmp_path):
    read = json.loads(policy(statement("Allow", ["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::reports/*"])))
    console = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["admin:*"]}, {"Effect": "Allow", "Action": ["kms:*"]},
        {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}]}
    return minio(
        tmp_path / "iam.zip", policies={"reports": read, "consoleAdmin": console, "diagnostics": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["admin:ServerInfo"], "Resource": ["arn:aws:s3:::*"]}]}},
        users={"ada": {"secretKey": "adas-secret-there", "status": "enabled"}, "bob": {"secretKey": "bobs-secret-there", "status": "disabled"}},
        groups={"staff": {"version": 1, "status": "enabled", "members": ["ada"], "updatedAt": "2026-01-01T00:00:00Z"},
                "former": {"version": 1, "status": "disabled", "members": ["bob"], "updatedAt": "2026-01-01T00:00:00Z"}},
        svcaccts={"APPKEY1234567890": service("APPKEY1234567890", "ada", name="app", sessionPolicy=json.loads(
                      policy(statement("Allow", "s3:GetObject", ["arn:aws:s3:::reports/public/*"])))),
                  "OLDKEY": service("OLDKEY", "ada", expiration="2020-01-01T00:00:00Z"),
                  "STRAY": service("STRAY", "nobody")},
        user_mappings={"ada": mapping("reports", "diagnostics")}, group_mappings={"staff": mapping("consoleAdmin"), "former": mapping("reports")},
        stsuser_mappings={"uid=eve,dc=example": mapping("reports")})


def test_minio_users_have_the_same_rights(imports, archive, root, server, tmp_path):
    keys = tmp_path / "keys.csv"
    said = imports(archive, options=["--keys", str(keys)])
    assert "0 not done" in said and "3 access keys" in said
    for note in ["policy consoleAdmin: 2 statements", "policy diagnostics: 1 statements about MinIO's own administration are left out, which",
                 "group former is disabled there", "service account OLDKEY is left out: it expired",
                 "service account STRAY is left out", "1 policy mappings of users of an outside directory"]:
        assert note in said, said
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    rows = {row["Former access key"]: row for row in csv.DictReader(keys.open())}
    assert {name: row["Status"] for name, row in rows.items()} == {"ada": "Active", "bob": "Inactive", "APPKEY1234567890": "Active"}
    assert "there" not in keys.read_text()

    root.s3.create_bucket(Bucket="reports")
    for key in ("public/1", "secret/1"):
        root.s3.put_object(Bucket="reports", Key=key, Body=b"x")
    row = rows["APPKEY1234567890"]
    app = Clients(server, Keys(row["Access key ID"], row["Secret access key"]))
    assert app.s3.get_object(Bucket="reports", Key="public/1")["Body"].read() == b"x"
    # Its parent may do all of these; the policy of its own allows neither.
    for call in (lambda: app.s3.get_object(Bucket="reports", Key="secret/1"), lambda: app.s3.put_object(Bucket="reports", Key="public/2")):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
    assert root.iam.get_user(UserName="APPKEY1234567890")["User"]["Path"] == "/service-accounts/ada/"
    assert root.iam.list_attached_group_policies(GroupName="former")["AttachedPolicies"] == []
    bob = rows["bob"]
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        Clients(server, Keys(bob["Access key ID"], bob["Secret access key"])).sts.get_caller_identity()


def test_minio_secrets_are_nowhere(imports, archive, server, root):
    imports(archive)
    assert root.iam.list_access_keys(UserName="ada")["AccessKeyMetadata"] == []
    assert "secret-there" not in open(server.log_path).read()


def test_keys_never_overwrite_a_file(imports, archive, root, tmp_path):
    keys = tmp_path / "keys.csv"
    keys.write_text("mine")
    assert "is there already" in imports(archive, options=["--keys", str(keys)], status=1)
    assert keys.read_text() == "mine" and root.iam.list_users()["Users"] == []


@pytest.mark.parametrize("kind", ["no folder", "no right"])
def test_keys_are_made_only_where_they_can_be_kept(imports, archive, root, tmp_path, kind):
    place = tmp_path / "nodir"
    if kind == "no right":
        place.write_text("no folder but a file")
    assert "cannot write" in imports(archive, options=["--keys", str(place / "keys.csv")], status=1)
    assert root.iam.list_users()["Users"] == []


def test_a_key_that_cannot_be_kept_is_taken_back(imports, archive, root, tmp_path):
    """Where there is no room: each key is written as it is made, and one that cannot be is deleted, and told."""
    keys = tmp_path / "keys.csv"
    said = imports(archive, options=["--keys", str(keys)], status=3, room=200)
    assert "the rest was left: cannot write" in said and "1 access keys" in said
    assert [row["User name"] for row in csv.DictReader(keys.open())] == ["ada"]
    counts = [len(root.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]) for name in ("ada", "bob", "APPKEY1234567890")]
    assert counts == [1, 0, 0]


class Breaking(socketserver.StreamRequestHandler):
    """Hands requests on, and breaks the connection in place of the answer that tells a new key."""

    def handle(self):
        lines = list(iter(self.rfile.readline, b"\r\n"))
        fields = dict(line.decode().rstrip().split(": ", 1) for line in lines[1:])
        body = self.rfile.read(int(fields["content-length"]))
        # With the host that was signed.
        request = urllib.request.Request(self.server.beyond, body, fields, method="POST")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        if b"Action=CreateAccessKey&" not in body:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text) + text)


def test_a_key_whose_answer_is_lost_is_told(imports, archive, server, root, tmp_path):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Breaking) as between:
        between.beyond = server.url
        threading.Thread(target=between.serve_forever, daemon=True).start()
        said = imports(archive, options=["--keys", str(tmp_path / "keys.csv")], status=3,
                       endpoint=f"http://127.0.0.1:{between.server_address[1]}")
        between.shutdown()
    assert "user ada may have a new access key that nobody has: aws iam list-access-keys --user-name ada" in said
    assert "the rest was left" in said and len(root.iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]) == 1


def test_keys_are_made_for_those_alone_that_the_import_made(imports, archive, root, tmp_path):
    """Who was there may have any rights: a key to them is not what MinIO's user had."""
    root.iam.create_user(UserName="ada")
    root.iam.attach_user_policy(UserName="ada", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    keys = tmp_path / "keys.csv"
    said = imports(archive, options=["--keys", str(keys)])
    assert "was there: user ada: no key made" in said and "2 access keys" in said
    assert root.iam.list_access_keys(UserName="ada")["AccessKeyMetadata"] == []
    assert [row["User name"] for row in csv.DictReader(keys.open())] == ["bob", "APPKEY1234567890"]
    assert "no key made" not in imports(archive)


def test_an_archive_of_something_else_is_refused(imports, tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("readme.txt", "hello")
    assert "none of mc admin cluster iam export" in imports(path.read_bytes(), status=1)


def test_help_and_mistakes(imports):
    assert "Usage: gatehouse import FILE" in imports(options=["--help"])
    assert "import needs a file" in imports(status=2)


def test_a_service_account_of_a_disabled_user_has_no_active_key(imports, tmp_path):
    export = minio(
        tmp_path / "iam.zip", policies={}, users={"bob": {"secretKey": "s", "status": "disabled"}}, groups={},
        svcaccts={"APP": service("APP", "bob")}, user_mappings={}, group_mappings={}, stsuser_mappings={})
    keys = tmp_path / "keys.csv"
    imports(export, options=["--keys", str(keys)])
    assert {row["Former access key"]: row["Status"] for row in csv.DictReader(keys.open())} == {"bob": "Inactive", "APP": "Inactive"}


def test_names_that_differ_in_case_alone_are_refused(imports, root):
    assert "differ in case alone" in imports(dump(UserDetailList=[user("alice"), user("Alice")]), status=1)
    assert root.iam.list_users()["Users"] == []


def test_nothing_is_given_to_members_of_a_group_that_lost_its_deny(imports, root):
    broken = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "nothing"}]}
    said = imports(dump(
        GroupDetailList=[{"Path": "/", "GroupName": "limited", "GroupId": "AGPA1", "Arn": arn("group", "limited"), "GroupPolicyList": [
            {"PolicyName": "a", "PolicyDocument": json.loads(allow("s3:*"))}, {"PolicyName": "b", "PolicyDocument": broken}],
            "AttachedManagedPolicies": []}],
        UserDetailList=[user("ada", GroupList=["limited"], UserPolicyList=inline("all", allow("*")))]), status=3)
    assert "user ada: AddUserToGroup was left, since group limited is not complete" in said
    assert root.iam.list_group_policies(GroupName="limited")["PolicyNames"] == []
    assert root.iam.list_user_policies(UserName="ada")["PolicyNames"] == []
