"""Defends session tags, source identity and chains of roles, as boto3 and the AWS CLI use them."""

import pytest

from audit import records
from callers import Clients
from errors import refused
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, ROOT_KEYS, Keys, Server

ALL = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
DEPARTMENT = [{"Key": "Department", "Value": "Engineering"}]


def trusting(*actions, account=ACCOUNT, **more):
    return policy({"Effect": "Allow", "Principal": {"AWS": account}, "Action": list(actions or ALL), **more})


def roles(people, *names):
    return [people.role(name, trusting(), allow(["sts:*", "iam:List*"])) for name in names]


def test_tags_make_attribute_based_access(root, people):
    alice = people.user("alice", allow(ALL))
    [role] = roles(people, "r")
    same = {"StringEquals": {"iam:ResourceTag/Department": "${aws:PrincipalTag/Department}"}}
    root.iam.put_role_policy(RoleName="r", PolicyName="given", PolicyDocument=allow("iam:GetUser", **{"Condition": same}))
    root.iam.create_user(UserName="ours", Tags=DEPARTMENT)
    root.iam.create_user(UserName="theirs", Tags=[{"Key": "Department", "Value": "Marketing"}])
    session = people.session(alice, role, Tags=DEPARTMENT)
    session.iam.get_user(UserName="ours")
    with refused("AccessDenied"):
        session.iam.get_user(UserName="theirs")
    with refused("AccessDenied"):
        people.session(alice, role).iam.get_user(UserName="ours")


def test_a_trust_policy_says_which_tags(people):
    alice = people.user("alice", allow(ALL))
    limits = {"StringEquals": {"aws:RequestTag/Department": ["Engineering"]},
              "ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["Department"], "aws:TagKeys": ["Department", "Team"]}}
    role = people.role("r", policy(
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:TagSession", "Condition": limits}))
    people.session(alice, role)
    people.session(alice, role, Tags=DEPARTMENT, TransitiveTagKeys=["Department"])
    wrong = [{"Tags": [{"Key": "Department", "Value": "Marketing"}]}, {"Tags": [{"Key": "Other", "Value": "1"}]},
             {"Tags": DEPARTMENT + [{"Key": "Team", "Value": "a"}], "TransitiveTagKeys": ["Team"]}]
    for members in wrong:
        with refused("AccessDenied", "is not authorized to perform: sts:TagSession on resource: " + role):
            alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", **members)


def test_the_command_line_chains(people, aws):
    alice = people.user("alice", allow(ALL))
    roles(people, "first", "second")
    first = aws.of(alice.keys)(
        "sts", "assume-role", "--role-arn", arn("role", "first"), "--role-session-name", "one", "--tags",
        "Key=Star,Value=1", "Key=Heart,Value=1", "--transitive-tag-keys", "Star", "--source-identity", "alice")
    assert first["SourceIdentity"] == "alice" and first["PackedPolicySize"] >= 1
    second = aws.of(Keys.of(first))("sts", "assume-role", "--role-arn", arn("role", "second"), "--role-session-name", "two")
    assert second["SourceIdentity"] == "alice"
    done = aws.of(Keys.of(first)).run(
        "sts", "assume-role", "--role-arn", arn("role", "second"), "--role-session-name", "two", "--duration-seconds", "3601")
    assert "(ValidationError)" in done.stderr and "1 hour session limit for roles assumed by role chaining" not in done.stderr
    done = aws.of(Keys.of(first)).run(
        "sts", "assume-role", "--role-arn", arn("role", "second"), "--role-session-name", "two", "--tags", "Key=star,Value=2")
    assert "(InvalidParameterValue)" in done.stderr


def test_the_record_of_a_chain_tells_what_was_inherited(root, people):
    alice = people.user("alice", allow(ALL))
    first, second = roles(people, "first", "second")
    session = people.session(alice, first, Tags=DEPARTMENT, TransitiveTagKeys=["Department"], SourceIdentity="alice")
    session.sts.assume_role(RoleArn=second, RoleSessionName="two", Tags=[{"Key": "Team", "Value": "a"}])
    newest, oldest = records(root, "AssumeRole")
    asked = newest["requestParameters"]
    assert asked["incomingTransitiveTags"] == {"Department": "Engineering"}
    assert (asked["tags"], asked["sourceIdentity"]) == ([{"key": "Team", "value": "a"}], "alice")
    assert newest["userIdentity"]["sessionContext"]["sourceIdentity"] == "alice"
    assert "incomingTransitiveTags" not in oldest["requestParameters"]
    assert oldest["requestParameters"]["transitiveTagKeys"] == ["Department"]


def test_both_accounts_have_a_record_of_a_visit(root, other, people):
    other.iam.create_role(RoleName="shared", AssumeRolePolicyDocument=trusting(account=ACCOUNT))
    alice = people.user("alice", allow(ALL))
    people.session(alice, arn("role", "shared", OTHER_ACCOUNT))
    [own], [copy] = records(root, "AssumeRole"), records(other, "AssumeRole")
    assert own["sharedEventID"] == copy["sharedEventID"] and own["eventID"] != copy["eventID"]
    assert own["userIdentity"]["userName"] == "alice"
    user_id = root.iam.get_user(UserName="alice")["User"]["UserId"]
    assert copy["userIdentity"] == {"type": "AWSAccount", "principalId": user_id, "accountId": ACCOUNT}
    assert (own["recipientAccountId"], copy["recipientAccountId"]) == (ACCOUNT, OTHER_ACCOUNT)
    assert own["responseElements"] == copy["responseElements"]


def test_sessions_are_revoked_by_time(root, people, server):
    alice = people.user("alice", allow(ALL))
    [role] = roles(people, "r")
    old = people.session(alice, role)
    old.iam.list_users()
    server.advance(minutes=1)
    now = server.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"]
    revoke = policy(statement("Deny", "*", Condition={"DateLessThan": {"aws:TokenIssueTime": now}}))
    root.iam.put_role_policy(RoleName="r", PolicyName="AWSRevokeOlderSessions", PolicyDocument=revoke)
    with refused("AccessDenied", "with an explicit deny in an identity-based policy"):
        old.iam.list_users()
    people.session(alice, role).iam.list_users()


def test_sessions_survive_a_restart_and_keep_what_they_carry(tmp_path):
    """Tokens are good on the next start of the same folder, and nowhere else."""
    folder = tmp_path / "data"
    first = Server(folder)
    root = Clients(first, ROOT_KEYS)
    root.iam.create_role(RoleName="r", AssumeRolePolicyDocument=trusting())
    root.iam.create_user(UserName="alice")
    root.iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=allow(ALL))
    who = {"StringEquals": {"aws:PrincipalTag/Department": "Engineering", "aws:SourceIdentity": "alice"}}
    root.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allow("iam:ListUsers", Condition=who))
    alice = Clients(first, Keys.of(root.iam.create_access_key(UserName="alice")))
    keys = Keys.of(alice.sts.assume_role(
        RoleArn=arn("role", "r"), RoleSessionName="visit", Tags=DEPARTMENT, SourceIdentity="alice"))
    Clients(first, keys).iam.list_users()
    first.stop()
    second = Server(folder)
    Clients(second, keys).iam.list_users()
    assert second.stop() == 0
    stranger = Server(tmp_path / "other")
    with refused("InvalidClientTokenId"):
        Clients(stranger, keys).sts.get_caller_identity()
    assert stranger.stop() == 0


def test_a_token_is_of_its_account(people, other):
    other.iam.create_role(RoleName="shared", AssumeRolePolicyDocument=trusting(account=ACCOUNT))
    alice = people.user("alice", allow(ALL))
    [role] = roles(people, "r")
    own, foreign = people.session(alice, role), people.session(alice, arn("role", "shared", OTHER_ACCOUNT))
    for key, token in [(own, foreign), (foreign, own)]:
        with refused("InvalidClientTokenId"):
            Clients(alice._server, Keys(key.keys.id, key.keys.secret, token.keys.token)).sts.get_caller_identity()


@pytest.mark.parametrize("members", [
    {"Tags": DEPARTMENT * 2}, {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]},
    {"Tags": [{"Key": "aws:x", "Value": "1"}]}, {"TransitiveTagKeys": ["a"]},
])
def test_tags_that_do_not_fit_each_other_are_refused(people, members):
    alice = people.user("alice", allow(ALL))
    [role] = roles(people, "r")
    with refused("InvalidParameterValue"):
        alice.sts.assume_role(RoleArn=role, RoleSessionName="visit", **members)
