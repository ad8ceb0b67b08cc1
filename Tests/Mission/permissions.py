"""M71 to M86: policies and their decisions."""

import json

from botocore.auth import S3SigV4Auth
from identity import ADMIN, user_arn
from rows import row
from scene import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Keys, allow, policy, refused, send, signed, statement


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


def told_of_policies(scene):
    """What the coverage table says: the kinds of resource policies, by service."""
    table = scene.gatehouse("coverage").stdout.split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert rows[0] == ["service", "operations", "not implemented", "resource policies"], rows[0]
    return {service: kinds for service, _, _, kinds in rows[1:] if kinds != "–"}


def kept(action, resource=None):
    """A resource policy that takes nothing from anybody, with a name to find it by."""
    return policy(statement("Allow", action, *([resource] if resource else []), Sid="Kept", Principal={"AWS": ACCOUNT}))


def control(scene, method, path, body=""):
    """A call of S3 Control by hand: its clients put the account into the host, which no resolver here knows."""
    headers = {"x-amz-account-id": ACCOUNT}
    headers = signed(scene.server, ROOT_KEYS, body.encode(), "s3", method=method, target=path, headers=headers, signer=S3SigV4Auth)
    answer = send(scene.server, method, path, body.encode(), headers)
    assert answer.status == 200, answer.text
    return answer.text


@row(85, "which services have resource policies is told; those keep one, and the others refuse it")
def _(scene):
    assert told_of_policies(scene) == {
        "IAM": "role trust policies", "S3": "bucket policies", "S3 Control": "access point policies", "KMS": "key policies",
        "Secrets Manager": "policies of secrets"}
    s3, kms, secrets = scene.root.s3, scene.root.kms, scene.root.secretsmanager
    scene.people.role("r")
    scene.iam.update_assume_role_policy(RoleName="r", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Kept", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]}))
    assert scene.iam.get_role(RoleName="r")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Sid"] == "Kept"
    scene.bucket("shared")
    s3.put_bucket_policy(Bucket="shared", Policy=kept("s3:*", "arn:aws:s3:::shared"))
    assert "Kept" in s3.get_bucket_policy(Bucket="shared")["Policy"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=kept("kms:*"))
    assert "Kept" in kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    secrets.create_secret(Name="s", SecretString="x")
    secrets.put_resource_policy(SecretId="s", ResourcePolicy=kept("secretsmanager:*"))
    assert "Kept" in secrets.get_resource_policy(SecretId="s")["ResourcePolicy"]
    door, space = "/v20180820/accesspoint/door", 'xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"'
    control(scene, "PUT", door, f"<CreateAccessPointRequest {space}><Bucket>shared</Bucket></CreateAccessPointRequest>")
    text = kept("s3:*", f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door")
    control(scene, "PUT", door + "/policy", f"<PutAccessPointPolicyRequest {space}><Policy>{text}</Policy></PutAccessPointPolicyRequest>")
    assert "Kept" in control(scene, "GET", door + "/policy")
    scene.root.ssm.put_parameter(Name="p", Value="x", Type="String")
    with refused("UnknownOperationException"):
        scene.root.ssm.put_resource_policy(ResourceArn=f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/p", Policy=kept("ssm:*"))
    with refused("UnknownOperationException"):
        scene.root.cloudtrail.put_resource_policy(
            ResourceArn=f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:channel/c", ResourcePolicy=kept("cloudtrail:*"))


@row(86, "the flow of a decision can be looked at")
def _(scene):
    alice = scene.people.user("alice", policy(statement("Allow", "sts:AssumeRole"), statement("Deny", "iam:ListUsers")))
    with refused("AccessDenied"):
        alice.iam.list_users()
    event = scene.events("ListUsers")[0]["eventID"]
    done = scene.gatehouse("why", event, "--endpoint", scene.server.url)
    assert done.returncode == 3 and "Denied: by identity-based policy" in done.stdout, done.stdout
