"""M44 to M70: who may do what, and how they prove who they are."""

import totp
from devices import PASSWORD, device
from rows import later, row
from scene import ACCOUNT, Keys, allow, policy, refused, statement

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def user_arn(name):
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


@row(44, "a user without a policy may not list buckets")
def _(scene):
    alice = scene.people.user("alice")
    scene.aws_refused("AccessDenied", "s3", "ls", keys=alice.keys)


later(45, "every entity is in one inventory of resources", "Config")
later(46, "who may terminate instances", "EC2; the decision is simulated in M48")


@row(47, "principals: root, user, session, federated user, service and nobody are told apart")
def _(scene):
    alice = scene.people.user("alice", allow("sts:*"))
    role = scene.people.role("worker")
    session = scene.people.session(alice, role, "shift")
    federated = scene.clients(Keys.of(alice.sts.get_federation_token(Name="guest")))
    arns = [caller.sts.get_caller_identity()["Arn"] for caller in (scene.root, alice, session, federated)]
    assert arns == [
        f"arn:aws:iam::{ACCOUNT}:root", user_arn("alice"), f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/shift",
        f"arn:aws:sts::{ACCOUNT}:federated-user/guest"], arns


@row(48, "one policy, two resources, two answers")
def _(scene):
    scene.people.user("alice", allow("s3:GetObject", "arn:aws:s3:::reports/*"))
    found = scene.aws(
        "iam", "simulate-principal-policy", "--policy-source-arn", user_arn("alice"), "--action-names", "s3:GetObject",
        "--resource-arns", "arn:aws:s3:::reports/a", "arn:aws:s3:::private/a")["EvaluationResults"]
    assert [one["EvalResourceDecision"] for one in found[0]["ResourceSpecificResults"]] == ["allowed", "implicitDeny"]


@row(49, "a condition decides: over plain HTTP denied, over TLS allowed")
def _(scene):
    alice = scene.people.user("alice", policy(
        statement("Allow", "iam:ListUsers"),
        statement("Deny", "*", Condition={"Bool": {"aws:SecureTransport": "false"}})))
    with refused("AccessDenied"):
        alice.iam.list_users()
    context = [{"ContextKeyName": "aws:SecureTransport", "ContextKeyType": "boolean", "ContextKeyValues": ["true"]}]
    assert scene.verdict(user_arn("alice"), "iam:ListUsers", ContextEntries=context) == "allowed"


later(50, "IAM costs nothing", "Cost Explorer")


@row(51, "a user is a person or application that authenticates")
def _(scene):
    made = scene.aws("iam", "create-user", "--user-name", "alice")["User"]
    assert made["Arn"] == user_arn("alice") and made["UserId"].startswith("AIDA")


@row(52, "a group's rights are its users' at once")
def _(scene):
    alice = scene.people.user("alice")
    scene.iam.create_group(GroupName="readers")
    scene.iam.put_group_policy(GroupName="readers", PolicyName="p", PolicyDocument=allow("iam:ListUsers"))
    with refused("AccessDenied"):
        alice.iam.list_users()
    scene.aws("iam", "add-user-to-group", "--group-name", "readers", "--user-name", "alice")
    assert alice.iam.list_users()["Users"]


@row(53, "policies have versions, one of them the default")
def _(scene):
    arn = scene.aws("iam", "create-policy", "--policy-name", "p", "--policy-document", allow("s3:ListAllMyBuckets"))["Policy"]["Arn"]
    scene.aws("iam", "create-policy-version", "--policy-arn", arn, "--policy-document", allow("iam:ListUsers"), "--set-as-default")
    assert scene.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"


@row(54, "a role is a set of permissions to take on")
def _(scene):
    alice = scene.people.user("alice", allow("sts:AssumeRole"))
    role = scene.people.role("lister", document=allow("iam:ListUsers"))
    answer = scene.aws("sts", "assume-role", "--role-arn", role, "--role-session-name", "shift", keys=alice.keys)
    assert scene.clients(Keys.of(answer)).iam.list_users()["Users"]


@row(55, "access types are chosen apart: who has keys has no password by that")
def _(scene):
    scene.people.user("alice")
    scene.aws_refused("NoSuchEntity", "iam", "get-login-profile", "--user-name", "alice")
    scene.iam.create_user(UserName="bob")
    scene.iam.create_login_profile(UserName="bob", Password="a-Long-enough-passw0rd")
    assert scene.iam.list_access_keys(UserName="bob")["AccessKeyMetadata"] == []


@row(56, "programmatic access: key and secret are checked")
def _(scene):
    alice = scene.people.user("alice")
    with refused("SignatureDoesNotMatch"):
        scene.clients(Keys(alice.keys.id, "x" * 40)).iam.list_users()
    with refused("InvalidClientTokenId"):
        scene.clients(Keys("AKIANOSUCHKEYNOSUCHK", "x" * 40)).iam.list_users()


@row(57, "the AWS CLI and SDKs work unmodified")
def _(scene):
    assert scene.aws("sts", "get-caller-identity")["Account"] == ACCOUNT
    assert scene.root.sts.get_caller_identity()["Account"] == ACCOUNT


@row(64, "authorization is apart from authentication; the denial is on record")
def _(scene):
    alice = scene.people.user("alice")
    with refused("AccessDenied"):
        alice.iam.list_users()
    record = scene.events("ListUsers")[0]
    assert record["errorCode"] == "AccessDenied" and record["userIdentity"]["userName"] == "alice"


@row(65, "attaching a policy changes the next call")
def _(scene):
    alice = scene.people.user("alice")
    with refused("AccessDenied"):
        alice.iam.list_users()
    scene.aws("iam", "attach-user-policy", "--user-name", "alice", "--policy-arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert alice.iam.list_users()["Users"]


@row(66, "permissions name resources and operations")
def _(scene):
    found = scene.aws("iam", "simulate-custom-policy", "--policy-input-list", allow("s3:GetObject", "arn:aws:s3:::b/*"),
                      "--action-names", "s3:GetObject", "s3:PutObject", "--resource-arns", "arn:aws:s3:::b/k")
    assert [one["EvalDecision"] for one in found["EvaluationResults"]] == ["allowed", "implicitDeny"]


@row(67, "everything is denied until allowed")
def _(scene):
    scene.iam.create_user(UserName="alice")
    assert scene.verdict(user_arn("alice"), "s3:GetObject", "arn:aws:s3:::b/k") == "implicitDeny"


@row(68, "an explicit deny is never allowed")
def _(scene):
    alice = scene.people.user("alice", policy(statement("Allow", "*"), statement("Deny", "iam:ListUsers")))
    assert scene.verdict(user_arn("alice"), "iam:ListUsers") == "explicitDeny"
    with refused("AccessDenied"):
        alice.iam.list_users()


@row(69, "least privilege: what was used is known, and a policy is made of it")
def _(scene):
    alice = scene.people.user("alice", allow("iam:*"))
    alice.iam.list_users()
    job = scene.iam.generate_service_last_accessed_details(Arn=user_arn("alice"))["JobId"]
    found = {one["ServiceNamespace"]: one for one in
             scene.iam.get_service_last_accessed_details(JobId=job)["ServicesLastAccessed"]}
    assert "LastAuthenticated" in found["iam"], found


@row(70, "IAM is global: made in one Region, seen in another")
def _(scene):
    scene.aws("iam", "create-user", "--user-name", "alice", "--region", "eu-west-1")
    assert scene.aws("iam", "get-user", "--user-name", "alice", "--region", "us-east-1")["User"]["UserName"] == "alice"


@row(58, "sign-in by account id, user name and password")
def _(scene):
    scene.person("ada")
    assert scene.browser().sign_in("ada", PASSWORD, account=ACCOUNT).json["status"] == "SIGNED_IN"
    assert scene.browser().sign_in("ada", "Another one 2", account=ACCOUNT).json["status"] != "SIGNED_IN"


@row(59, "an alias stands for the account")
def _(scene):
    scene.aws("iam", "create-account-alias", "--account-alias", "acme")
    scene.person("ada")
    assert scene.browser().sign_in("ada", PASSWORD, account="acme").json["account"] == ACCOUNT


@row(60, "the code is asked for where a device is enabled")
def _(scene):
    scene.person("ada"), scene.person("bob")
    device(scene, "adas", "ada")
    assert scene.browser().sign_in("ada", PASSWORD).json["status"] == "MFA_REQUIRED"
    assert scene.browser().sign_in("bob", PASSWORD).json["status"] == "SIGNED_IN"


later(61, "a check tells whether root has a second factor", "Trusted Advisor; gatehouse secure tells it, M124 sets it up")


@row(62, "a right password with a wrong code opens nothing; a code is good once")
def _(scene):
    scene.person("ada")
    _, seed = device(scene, "adas", "ada")
    browser = scene.browser()
    challenge = browser.sign_in("ada", PASSWORD).json["challenge"]
    assert browser.post("second-factor", challenge=challenge, mfaCode=totp.wrong_code(scene, seed)).status == 401
    code = totp.next_code(scene, seed)
    assert browser.post("second-factor", challenge=challenge, mfaCode=code).json["status"] == "SIGNED_IN"
    again = scene.browser()
    challenge = again.sign_in("ada", PASSWORD).json["challenge"]
    assert again.post("second-factor", challenge=challenge, mfaCode=code).status == 401


@row(63, "the code comes on a second screen, which tells nothing of the password")
def _(scene):
    scene.person("ada")
    device(scene, "adas", "ada")
    answers = [scene.browser().sign_in("ada", word) for word in (PASSWORD, "Another one 2")]
    assert [answer.json["status"] for answer in answers] == ["MFA_REQUIRED"] * 2
    assert answers[0].json.keys() == answers[1].json.keys() and answers[0].status == answers[1].status
