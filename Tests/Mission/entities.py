"""M87 to M109: groups and roles."""

from identity import ADMIN, user_arn
from instances import Instance, profile
from rows import ROWS, row
from scene import ACCOUNT, EC2_TRUST, OTHER_ACCOUNT, ROOT_KEYS, Keys, allow, refused, trust


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


@row(99, "a machine takes on a role: keys from a metadata service")
def _(scene):
    application(scene)
    with Instance(scene.server, ROOT_KEYS, "--profile", "app") as instance:
        assert instance.get("meta-data/iam/security-credentials/") == "app"
        assert "AccessKeyId" in instance.get("meta-data/iam/security-credentials/app")


def application(scene):
    """A bucket, a role that may read it, and a profile with the role."""
    scene.bucket("books", one=b"once upon a time")
    profile(scene.root, document=allow("s3:GetObject", "arn:aws:s3:::books/*"))


@row(101, "an application on an instance needs a bucket")
def _(scene):
    application(scene)
    with Instance(scene.server, ROOT_KEYS, "--profile", "app") as instance:
        assert instance.client("s3").get_object(Bucket="books", Key="one")["Body"].read() == b"once upon a time"


@row(102, "a policy for the bucket")
def _(scene):
    made = scene.aws("iam", "create-policy", "--policy-name", "books", "--policy-document", allow("s3:GetObject", "arn:aws:s3:::books/*"))
    assert made["Policy"]["AttachmentCount"] == 0


@row(103, "the policy attached to a role, the role in a profile")
def _(scene):
    arn = scene.iam.create_policy(PolicyName="books", PolicyDocument=allow("s3:GetObject"))["Policy"]["Arn"]
    scene.people.role("app", EC2_TRUST)
    scene.aws("iam", "attach-role-policy", "--role-name", "app", "--policy-arn", arn)
    scene.aws("iam", "create-instance-profile", "--instance-profile-name", "app")
    scene.aws("iam", "add-role-to-instance-profile", "--instance-profile-name", "app", "--role-name", "app")
    assert len(scene.aws("iam", "list-instance-profiles-for-role", "--role-name", "app")["InstanceProfiles"]) == 1


@row(104, "the instance takes on the role, and no more than the role")
def _(scene):
    application(scene)
    with Instance(scene.server, ROOT_KEYS, "--profile", "app") as instance:
        instance.client("s3").get_object(Bucket="books", Key="one")
        with refused("AccessDenied"):
            instance.client("iam").list_users()


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
    ROWS[73].check(scene)


@row(107, "a user authenticates a person, an application or a service")
def _(scene):
    assert scene.people.user("alice").sts.get_caller_identity()["Arn"] == user_arn("alice")


@row(108, "a group is a simple way to share policies")
def _(scene):
    ROWS[88].check(scene)


@row(109, "a role delegates for a time")
def _(scene):
    ROWS[97].check(scene)
