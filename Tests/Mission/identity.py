"""M44 to M109: identity and access management."""

import json

from rows import later, row
from scene import ACCOUNT, EC2_TRUST, OTHER_ACCOUNT, Keys, allow, policy, refused, statement, trust

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


@row(71, "policies are validated")
def _(scene):
    found = scene.aws("accessanalyzer", "validate-policy", "--policy-type", "IDENTITY_POLICY", "--policy-document",
                      allow("s3:GetObjekt"))["findings"]
    assert [one["issueCode"] for one in found] == ["INVALID_ACTION"]


@row(72, "within the account one side is enough; across accounts both must allow")
def _(scene):
    scene.bucket("shared", k=b"x")
    alice = scene.people.user("alice")
    scene.other.iam.create_user(UserName="eve")
    eve = scene.clients(Keys.of(scene.other.iam.create_access_key(UserName="eve")))
    principals = [user_arn("alice"), f"arn:aws:iam::{OTHER_ACCOUNT}:user/eve"]
    scene.root.s3.put_bucket_policy(Bucket="shared", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}]}))
    alice.s3.get_object(Bucket="shared", Key="k")
    with refused("AccessDenied"):
        eve.s3.get_object(Bucket="shared", Key="k")
    scene.other.iam.put_user_policy(UserName="eve", PolicyName="p", PolicyDocument=allow("s3:GetObject", "arn:aws:s3:::shared/*"))
    eve.s3.get_object(Bucket="shared", Key="k")


@row(73, "a policy attaches to users, groups and roles")
def _(scene):
    arn = scene.iam.create_policy(PolicyName="p", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    scene.iam.create_user(UserName="u"), scene.iam.create_group(GroupName="g"), scene.people.role("r")
    scene.iam.attach_user_policy(UserName="u", PolicyArn=arn)
    scene.iam.attach_group_policy(GroupName="g", PolicyArn=arn)
    scene.iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    found = scene.aws("iam", "list-entities-for-policy", "--policy-arn", arn)
    assert [len(found[kind]) for kind in ("PolicyUsers", "PolicyGroups", "PolicyRoles")] == [1, 1, 1]


@row(74, "statements allow and deny, by action or by all but some")
def _(scene):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]})
    scene.people.user("alice", document)
    assert [scene.verdict(user_arn("alice"), action) for action in ("s3:ListAllMyBuckets", "iam:ListUsers", "s3:DeleteBucket")] == [
        "allowed", "implicitDeny", "explicitDeny"]


@row(75, "one policy on many entities")
def _(scene):
    arn = scene.iam.create_policy(PolicyName="p", PolicyDocument=allow("iam:ListUsers"))["Policy"]["Arn"]
    for name in ("a", "b", "c"):
        scene.iam.create_user(UserName=name)
        scene.iam.attach_user_policy(UserName=name, PolicyArn=arn)
    assert scene.aws("iam", "get-policy", "--policy-arn", arn)["Policy"]["AttachmentCount"] == 3


@row(76, "many policies on one entity: their effect is the union")
def _(scene):
    alice = scene.people.user("alice")
    for name, action in (("users", "iam:ListUsers"), ("roles", "iam:ListRoles")):
        arn = scene.iam.create_policy(PolicyName=name, PolicyDocument=allow(action))["Policy"]["Arn"]
        scene.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    assert len(scene.aws("iam", "list-attached-user-policies", "--user-name", "alice")["AttachedPolicies"]) == 2
    alice.iam.list_users(), alice.iam.list_roles()


@row(77, "policies attach to resources: buckets and roles")
def _(scene):
    scene.bucket("shared")
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}]})
    scene.aws("s3api", "put-bucket-policy", "--bucket", "shared", "--policy", document)
    assert "s3:GetObject" in scene.aws("s3api", "get-bucket-policy", "--bucket", "shared")["Policy"]


# The deck's example in our own writing: mixed-case prefixes, and a deny of all but the named resources.
EXAMPLE = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["DynamoDB:*", "s3:*"], "Resource": [
        f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders", "arn:aws:s3:::orders", "arn:aws:s3:::orders/*"]},
    {"Effect": "Deny", "Action": ["dynamodb:*", "s3:*"], "NotResource": [
        f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders", "arn:aws:s3:::orders", "arn:aws:s3:::orders/*"]}]})


@row(78, "the example policy loads, mixed-case prefix and NotResource included")
def _(scene):
    scene.aws("iam", "create-policy", "--policy-name", "example", "--policy-document", EXAMPLE)
    found = scene.root.accessanalyzer.validate_policy(policyDocument=EXAMPLE, policyType="IDENTITY_POLICY")["findings"]
    assert not [one for one in found if one["findingType"] == "ERROR"], found


@row(79, "it allows the one table and the named bucket")
def _(scene):
    scene.people.user("alice", EXAMPLE)
    assert scene.verdict(user_arn("alice"), "dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders") == "allowed"
    assert scene.verdict(user_arn("alice"), "s3:GetObject", "arn:aws:s3:::orders/1") == "allowed"


@row(80, "it denies other buckets explicitly and the rest implicitly")
def _(scene):
    scene.people.user("alice", EXAMPLE)
    assert scene.verdict(user_arn("alice"), "s3:GetObject", "arn:aws:s3:::other/1") == "explicitDeny"
    assert scene.verdict(user_arn("alice"), "ec2:RunInstances") == "implicitDeny"


@row(81, "its deny holds against an administrator's allow")
def _(scene):
    scene.people.user("alice", EXAMPLE)
    scene.iam.attach_user_policy(UserName="alice", PolicyArn=ADMIN)
    assert scene.verdict(user_arn("alice"), "s3:GetObject", "arn:aws:s3:::other/1") == "explicitDeny"


@row(82, "a document with a principal attaches to no identity")
def _(scene):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]})
    scene.aws_refused("MalformedPolicyDocument", "iam", "create-policy", "--policy-name", "p", "--policy-document", document)


@row(83, "a resource policy says who: another account's user reads after it")
def _(scene):
    scene.bucket("shared", k=b"x")
    scene.other.iam.create_user(UserName="eve")
    scene.other.iam.put_user_policy(UserName="eve", PolicyName="p", PolicyDocument=allow("s3:GetObject"))
    keys = Keys.of(scene.other.iam.create_access_key(UserName="eve"))
    with refused("AccessDenied"):
        scene.clients(keys).s3.get_object(Bucket="shared", Key="k")
    scene.root.s3.put_bucket_policy(Bucket="shared", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}]}))
    assert scene.clients(keys).s3.get_object(Bucket="shared", Key="k")["Body"].read() == b"x"


@row(84, "resource policies are inline: no list of policies shows them")
def _(scene):
    scene.bucket("shared")
    scene.root.s3.put_bucket_policy(Bucket="shared", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Shown", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}]}))
    assert scene.iam.list_policies(Scope="Local")["Policies"] == []


later(85, "which services have resource policies is told", "a coverage page; Documentation/Coverage.md lists what is honoured")


@row(86, "the flow of a decision can be looked at")
def _(scene):
    alice = scene.people.user("alice", policy(statement("Allow", "sts:AssumeRole"), statement("Deny", "iam:ListUsers")))
    with refused("AccessDenied"):
        alice.iam.list_users()
    event = scene.events("ListUsers")[0]["eventID"]
    done = scene.gatehouse("why", event, "--endpoint", scene.server.url)
    assert done.returncode == 3 and "Denied: by identity-based policy" in done.stdout, done.stdout


@row(87, "a group is a collection of users")
def _(scene):
    scene.iam.create_group(GroupName="g")
    for name in ("a", "b"):
        scene.iam.create_user(UserName=name)
        scene.iam.add_user_to_group(GroupName="g", UserName=name)
    assert [one["UserName"] for one in scene.aws("iam", "get-group", "--group-name", "g")["Users"]] == ["a", "b"]


@row(88, "two users, one attachment: both may")
def _(scene):
    users = [scene.people.user(name) for name in ("a", "b")]
    scene.iam.create_group(GroupName="g")
    for name in ("a", "b"):
        scene.iam.add_user_to_group(GroupName="g", UserName=name)
    scene.iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    for user in users:
        assert user.iam.list_users()["Users"]


@row(89, "a group's policies are listed")
def _(scene):
    scene.iam.create_group(GroupName="g")
    scene.iam.attach_group_policy(GroupName="g", PolicyArn=ADMIN)
    assert scene.aws("iam", "list-attached-group-policies", "--group-name", "g")["AttachedPolicies"][0]["PolicyArn"] == ADMIN


@row(90, "a user can be in several groups")
def _(scene):
    scene.iam.create_user(UserName="u")
    for name in ("g", "h"):
        scene.iam.create_group(GroupName=name)
        scene.iam.add_user_to_group(GroupName=name, UserName="u")
    assert len(scene.aws("iam", "list-groups-for-user", "--user-name", "u")["Groups"]) == 2


@row(91, "there is no default group")
def _(scene):
    scene.iam.create_user(UserName="u")
    assert scene.aws("iam", "list-groups-for-user", "--user-name", "u")["Groups"] == []


@row(92, "groups are not nested")
def _(scene):
    for name in ("g", "h"):
        scene.iam.create_group(GroupName=name)
    scene.aws_refused("NoSuchEntity", "iam", "add-user-to-group", "--group-name", "g", "--user-name", "h")


@row(93, "a role is an identity with permissions")
def _(scene):
    scene.people.role("worker")
    assert scene.aws("iam", "get-role", "--role-name", "worker")["Role"]["RoleId"].startswith("AROA")


@row(94, "policies attach to a role as to a user")
def _(scene):
    scene.people.role("worker")
    scene.aws("iam", "attach-role-policy", "--role-name", "worker", "--policy-arn", ADMIN)
    assert len(scene.aws("iam", "list-attached-role-policies", "--role-name", "worker")["AttachedPolicies"]) == 1


@row(95, "a role is not tied to one person: two sessions, two names")
def _(scene):
    role = scene.people.role("worker")
    arns = set()
    for name in ("ada", "bob"):
        caller = scene.people.user(name, allow("sts:AssumeRole"))
        arns.add(scene.people.session(caller, role, name).sts.get_caller_identity()["Arn"])
    assert len(arns) == 2


@row(96, "a role is assumed by whom its trust policy names, and nobody else")
def _(scene):
    ada, eve = (scene.people.user(name, allow("sts:AssumeRole")) for name in ("ada", "eve"))
    role = scene.people.role("worker", trust(user_arn("ada")))
    scene.people.session(ada, role)
    with refused("AccessDenied"):
        scene.people.session(eve, role)
    machine = scene.people.role("machine", EC2_TRUST)
    with refused("AccessDenied"):
        scene.people.session(ada, machine)


@row(97, "temporary credentials end")
def _(scene):
    ada = scene.people.user("ada", allow("sts:AssumeRole"))
    role = scene.people.role("worker", document=allow("iam:ListUsers"))
    answer = ada.sts.assume_role(RoleArn=role, RoleSessionName="shift", DurationSeconds=900)
    session = scene.clients(Keys.of(answer))
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA") and session.iam.list_users()["Users"]
    with refused("ValidationError"):
        ada.sts.assume_role(RoleArn=role, RoleSessionName="shift", DurationSeconds=899)
    scene.server.advance(seconds=901)
    with refused("ExpiredToken"):
        session.iam.list_users()


@row(98, "a user of the same account takes on a role")
def _(scene):
    ada = scene.people.user("ada", allow("sts:AssumeRole"))
    scene.aws("sts", "assume-role", "--role-arn", scene.people.role("worker"), "--role-session-name", "shift", keys=ada.keys)


@row(100, "a user of another account takes on a role, with the external id")
def _(scene):
    scene.other.iam.create_user(UserName="eve")
    scene.other.iam.put_user_policy(UserName="eve", PolicyName="p", PolicyDocument=allow("sts:AssumeRole"))
    eve = scene.clients(Keys.of(scene.other.iam.create_access_key(UserName="eve")))
    role = scene.people.role("partner", trust(
        f"arn:aws:iam::{OTHER_ACCOUNT}:root", Condition={"StringEquals": {"sts:ExternalId": "agreed"}}))
    with refused("AccessDenied"):
        eve.sts.assume_role(RoleArn=role, RoleSessionName="shift")
    assert eve.sts.assume_role(RoleArn=role, RoleSessionName="shift", ExternalId="agreed")["Credentials"]


@row(105, "policies are JSON; what is none is refused with the reason")
def _(scene):
    scene.aws_refused("MalformedPolicyDocument", "iam", "create-policy", "--policy-name", "p", "--policy-document", '{"Version":')


@row(106, "a policy attaches to any identity")
def _(scene):
    from rows import ROWS
    ROWS[73].check(scene)


@row(107, "a user authenticates a person, an application or a service")
def _(scene):
    assert scene.people.user("alice").sts.get_caller_identity()["Arn"] == user_arn("alice")


@row(108, "a group is a simple way to share policies")
def _(scene):
    from rows import ROWS
    ROWS[88].check(scene)


@row(109, "a role delegates for a time")
def _(scene):
    from rows import ROWS
    ROWS[97].check(scene)


@row(59, "an alias stands for the account")
def _(scene):
    scene.aws("iam", "create-account-alias", "--account-alias", "acme")
    assert scene.aws("iam", "list-account-aliases")["AccountAliases"] == ["acme"]
