"""Defends that a denied call is explained, by its message, by `gatehouse why` and by the encoded message, from the policies
as they were; each layer that is served, with the real clients."""

import json
import os
import subprocess

import pytest
from botocore.exceptions import ClientError

from callers import Clients, CommandLine
from errors import refused
from patience import PATIENCE
from people import People, allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT, OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server, binary

ALLOWED, DENIED, UNDECIDED, NO_EVENT = 0, 3, 4, 5
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}


def why(server, id, *words, keys=ROOT_KEYS):
    """Runs `gatehouse why` against a running server with somebody's keys; its status and what it printed."""
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret}
    if keys.token:
        environment["AWS_SESSION_TOKEN"] = keys.token
    return run(["why", id, "--endpoint", server.url, *words], environment)


def run(words, environment=None):
    done = subprocess.run([binary(), *words], env=environment or {"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr


def denied(call, **arguments):
    """The request id and the message of a call that must be denied."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    assert answer["Error"]["Code"] in ("AccessDenied", "AccessDeniedException"), answer
    return answer["ResponseMetadata"]["RequestId"], answer["Error"]["Message"]


def explained(server, id, *wanted, keys=ROOT_KEYS):
    """The explanation of a denial, which must hold all those texts."""
    status, text = why(server, id, keys=keys)
    assert status == DENIED, text
    for one in wanted:
        assert one in text, f"{one!r} is not in:\n{text}"
    return text


def test_an_identity_policy_that_denies(server, people):
    alice = people.user("alice", policy(
        statement("Allow", "*"), statement("Deny", "iam:List*", Sid="NoLists", Condition={"StringLike": {"aws:UserAgent": "Boto*"}})))
    id, message = denied(alice.iam.list_users)
    assert message.endswith("with an explicit deny in an identity-based policy")
    explained(server, id, 'Denied: by identity-based policy "given", statement 2 "NoLists", line 1 column ',
              "condition  aws:UserAgent is \"Boto", "wanted Boto* (StringLike): holds", "Allow, matches",
              "the Deny must go, or not match")


def test_a_missing_allow(server, people):
    alice = people.user("alice")
    id, message = denied(alice.iam.list_users)
    assert message.endswith("because no identity-based policy allows the iam:ListUsers action")
    explained(server, id, "Denied: no identity-based policy allows the iam:ListUsers action",
              '{"Effect":"Allow","Action":"iam:ListUsers","Resource":"arn:aws:iam::123456789012:user/"}')


def test_a_condition_that_fails(server, people):
    alice = people.user("alice", allow("iam:*", Condition=OFFICE))
    id, _ = denied(alice.iam.list_users)
    explained(server, id, 'only a condition fails in identity-based policy "given", statement 1, line 1 column ',
              "aws:SourceIp is 127.0.0.1, wanted 203.0.113.0/24 (IpAddress)")


def test_only_the_resource_differs(server, people):
    alice = people.user("alice", allow("iam:GetUser", arn("user", "bob")))
    id, _ = denied(alice.iam.get_user, UserName="alice")
    explained(server, id, "only the resource differs", f"it covers {arn('user', 'bob')}, not {arn('user', 'alice')}")


def test_a_boundary(server, root, people):
    limit = root.iam.create_policy(PolicyName="limit", PolicyDocument=policy(
        statement("Allow", "*"), statement("Deny", "iam:ListRoles", Sid="Never")))["Policy"]["Arn"]
    alice = people.user("alice", allow("iam:*"), PermissionsBoundary=limit)
    id, message = denied(alice.iam.list_roles)
    assert message.endswith(f"with an explicit deny in a permissions boundary: {limit}")
    explained(server, id, 'Denied: by permissions boundary "limit", statement 2 "Never"', limit)
    narrow = root.iam.create_policy(PolicyName="narrow", PolicyDocument=allow("s3:*"))["Policy"]["Arn"]
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=narrow)
    id, message = denied(alice.iam.list_users)
    assert message.endswith("because no permissions boundary allows the iam:ListUsers action")
    explained(server, id, "no permissions boundary allows it; this statement would:")


def test_a_session_policy(server, root, people):
    alice = people.user("alice", allow("sts:AssumeRole"))
    role = people.role("helper", document=allow("iam:*"))
    managed = root.iam.create_policy(PolicyName="managed", PolicyDocument=policy(statement("Deny", "iam:GetRole")))["Policy"]["Arn"]
    session = people.session(alice, role, Policy=allow("iam:List*", Condition=OFFICE), PolicyArns=[{"arn": managed}])
    id, message = denied(session.iam.list_users)
    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/helper/visit is not")
    assert message.endswith("because no session policy allows the iam:ListUsers action")
    explained(server, id, "only a condition fails in session policy, statement 1", "aws:SourceIp is 127.0.0.1")
    id, message = denied(session.iam.get_role, RoleName="helper")
    assert message.endswith(f"with an explicit deny in a session policy: {managed}")
    explained(server, id, f'Denied: by session policy "managed", statement 1, line 1 column 41 of {managed}')


def test_a_bucket_policy(server, root, people):
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    alice = people.user("alice", allow("s3:*"))
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Deny", "s3:GetObject", "arn:aws:s3:::box/*", Sid="Locked", Principal="*", Condition={
            "StringNotEquals": {"aws:username": "bob"}})))
    id, message = denied(alice.s3.get_object, Bucket="box", Key="k")
    assert message.endswith("with an explicit deny in a resource-based policy")
    explained(server, id, 'Denied: by resource-based policy, statement 1 "Locked"',
              "aws:username is alice, wanted none of bob (StringNotEquals): holds")


def test_a_role_trust_policy(server, root, people):
    alice = people.user("alice", allow("sts:AssumeRole"))
    role = people.role("guarded", trusting=policy(
        {"Sid": "Secret", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole",
         "Condition": {"StringEquals": {"sts:ExternalId": "sesame"}}}))
    call = {"RoleArn": role, "RoleSessionName": "visit"}
    id, message = denied(alice.sts.assume_role, **call)
    assert message.endswith("because no role trust policy allows the sts:AssumeRole action")
    explained(server, id, 'only a condition fails in role trust policy, statement 1 "Secret"',
              "sts:ExternalId is absent, wanted sesame (StringEquals)")
    root.iam.update_assume_role_policy(RoleName="guarded", PolicyDocument=policy(
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}))
    id, message = denied(alice.sts.assume_role, **call)
    assert message.endswith("with an explicit deny in the role trust policy")
    explained(server, id, "Denied: by role trust policy, statement 1")


def test_what_was_allowed_and_what_never_was_asked(server, root, people):
    alice = people.user("alice", allow("iam:GetUser", Sid="Look"))
    answer = alice.iam.get_user(UserName="alice")
    status, text = why(server, answer["ResponseMetadata"]["RequestId"])
    assert status == ALLOWED and 'Allowed: by identity-based policy "given", statement 1 "Look"' in text
    status, text = why(server, root.iam.get_user(UserName="alice")["ResponseMetadata"]["RequestId"])
    assert status == ALLOWED and "Allowed: the root user of an account needs no policy" in text
    status, text = why(server, alice.sts.get_caller_identity()["ResponseMetadata"]["RequestId"])
    assert status == ALLOWED and "a good signature is enough" in text
    with refused("NoSuchEntity") as caught:
        alice.iam.get_user(UserName="nobody")
    status, text = why(server, caught.value.response["ResponseMetadata"]["RequestId"])
    assert status == ALLOWED and "The policies let it pass. The call failed for another reason: NoSuchEntity" in text
    with refused("ValidationError") as caught:
        alice.iam.get_user(UserName="?")
    status, text = why(server, caught.value.response["ResponseMetadata"]["RequestId"])
    assert status == UNDECIDED and "The policies were not asked. The call failed for another reason: ValidationError" in text
    status, text = why(server, "00000000-0000-0000-0000-000000000000")
    assert status == NO_EVENT and "there is no event" in text


def test_json_has_it_all(server, people):
    alice = people.user("alice", allow("iam:*", Condition=OFFICE))
    id, _ = denied(alice.iam.list_users)
    status, text = why(server, id, "--json")
    told = json.loads(text)
    assert status == DENIED and told["outcome"] == "denied" and told["event"]["requestId"] == id
    (question,) = told["questions"]
    assert (question["recordedDecision"], question["recordedLayer"]) == ("implicitDeny", "identity")
    explanation = question["explanation"]
    assert (explanation["decision"], explanation["layer"], explanation["action"]) == ("implicitDeny", "identity", "iam:ListUsers")
    (missing,) = explanation["missing"]
    assert missing["kind"] == "condition" and missing["policyName"] == "given" and missing["statementIndex"] == 0
    assert missing["conditions"] == [{
        "operator": "IpAddress", "key": "aws:SourceIp", "requestValue": "127.0.0.1", "operands": ["203.0.113.0/24"], "holds": False}]
    # By the id of the event as well.
    assert json.loads(why(server, told["event"]["eventId"], "--json")[1]) == told


def test_several_objects_at_once(server, root, people):
    root.s3.create_bucket(Bucket="box")
    alice = people.user("alice", allow("s3:DeleteObject", "arn:aws:s3:::box/open/*"))
    answer = alice.s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "open/1"}, {"Key": "closed/2"}]})
    assert [error["Key"] for error in answer["Errors"]] == ["closed/2"]
    status, text = why(server, answer["ResponseMetadata"]["RequestId"])
    assert status == DENIED and "Question 1 of 2" in text and "Question 2 of 2" in text
    assert "not arn:aws:s3:::box/closed/2" in text


def test_who_may_ask(server, root, other, people):
    alice = people.user("alice", allow("gatehouse:ExplainEvent", "*"))
    bob = people.user("bob")
    id, _ = denied(bob.iam.list_users)
    explained(server, id, "Denied: no identity-based policy", keys=alice.keys)
    status, text = why(server, id, keys=bob.keys)
    assert status == 1 and "not authorized to perform: gatehouse:ExplainEvent" in text
    # Another account has no such event.
    status, text = why(server, id, keys=OTHER_ROOT_KEYS)
    assert status == NO_EVENT and f"of account {OTHER_ACCOUNT}" in text


def test_another_accounts_bucket_policy_is_not_shown(server, root, other, people):
    other.s3.create_bucket(Bucket="theirs")
    other.s3.put_bucket_policy(Bucket="theirs", Policy=policy(
        statement("Deny", "s3:ListBucket", "arn:aws:s3:::theirs", Sid="Theirs", Principal="*")))
    alice = people.user("alice", allow("s3:*"))
    id, message = denied(alice.s3.list_objects_v2, Bucket="theirs")
    assert message.endswith("on resource: arn:aws:s3:::theirs")
    text = explained(server, id, "Denied: by a statement of a resource-based policy of the resource's account")
    assert "Theirs" not in text and "Theirs" not in why(server, id, "--json")[1]
    decoded = root.sts.decode_authorization_message(EncodedMessage=why(server, id, "--encoded")[1].strip())
    assert "Theirs" not in decoded["DecodedMessage"]


def test_policies_as_they_were(tmp_path):
    """Beside a running server and without one, after everything has changed, and after a kill."""
    server = Server(tmp_path / "data")
    keys = {"PATH": os.environ["PATH"], "GATEHOUSE_ROOT_ACCESS_KEY_ID": ROOT_KEYS.id, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
    root = Clients(server, ROOT_KEYS)
    people = People(server, root)
    alice = people.user("alice", policy(statement("Allow", "*"), statement("Deny", "s3:GetObject", Sid="First")))
    root.s3.create_bucket(Bucket="box")
    root.s3.put_object(Bucket="box", Key="k", Body=b"text")
    root.s3.put_bucket_policy(Bucket="box", Policy=policy(
        statement("Deny", "s3:DeleteObject", "arn:aws:s3:::box/*", Sid="Second", Principal="*")))
    first, _ = denied(alice.s3.get_object, Bucket="box", Key="k")
    second, _ = denied(alice.s3.delete_object, Bucket="box", Key="k")
    read = alice.iam.list_users()["ResponseMetadata"]["RequestId"]
    root.s3.delete_bucket_policy(Bucket="box")
    root.s3.delete_object(Bucket="box", Key="k")
    root.s3.delete_bucket(Bucket="box")
    root.iam.delete_user_policy(UserName="alice", PolicyName="given")
    root.iam.delete_access_key(UserName="alice", AccessKeyId=alice.keys.id)
    root.iam.delete_user(UserName="alice")
    last = root.iam.list_users()["ResponseMetadata"]["RequestId"]

    def look(environment):
        for id, status, wanted in [
            (first, DENIED, 'Denied: by identity-based policy "given", statement 2 "First"'),
            (second, DENIED, 'Denied: by resource-based policy, statement 1 "Second"'),
            (read, ALLOWED, 'Allowed: by identity-based policy "given", statement 1'), (last, ALLOWED, "the root user"),
        ]:
            found, text = run(["why", id, "--data", str(tmp_path / "data")], environment)
            assert found == status and wanted in text, text
            assert "otherwise" not in text

    look(keys)
    status, text = run(["why", first, "--data", str(tmp_path / "data")])
    assert status == 1 and "no keys to ask the server" in text and "AWS_ACCESS_KEY_ID" in text
    server.kill()
    look(None)
    server = Server(tmp_path / "data")
    look(keys)
    assert server.stop() == 0


def test_the_encoded_message_is_decoded(server, aws, people):
    alice = people.user("alice", policy(statement("Allow", "*"), statement("Deny", "iam:List*", Sid="NoLists")))
    id, _ = denied(alice.iam.list_users)
    status, message = why(server, id, "--encoded")
    message = message.strip()
    assert status == DENIED and len(message) <= 10240 and "=" not in message
    words = ("sts", "decode-authorization-message", "--encoded-message")
    decoded = json.loads(aws(*words, message)["DecodedMessage"])
    alice_id = people.root.iam.get_user(UserName="alice")["User"]["UserId"]
    assert decoded == {
        "allowed": False, "explicitDeny": True,
        "matchedStatements": {"items": [{
            "statementId": "NoLists", "effect": "DENY", "principals": {"items": [{"value": alice_id}]},
            "principalGroups": {"items": []}, "actions": {"items": [{"value": "iam:List*"}]},
            "resources": {"items": [{"value": "*"}]}, "conditions": {"items": []}}]},
        "failures": {"items": []},
        "context": {
            "principal": {"id": alice_id, "name": "alice", "arn": arn("user", "alice")}, "action": "iam:ListUsers",
            "resource": f"arn:aws:iam::{ACCOUNT}:user/", "conditions": {"items": []}}}
    # Somebody else's account cannot read it, nor can who may not, and what was changed is no message.
    done = aws.of(OTHER_ROOT_KEYS).run(*words, message)
    assert "(InvalidAuthorizationMessageException)" in done.stderr
    done = aws.run(*words, message[:-1] + ("A" if message[-1] != "A" else "B"))
    assert "(InvalidAuthorizationMessageException)" in done.stderr
    bob = people.user("bob")
    done = aws.of(bob.keys).run(*words, message)
    assert "(AccessDenied)" in done.stderr and "sts:DecodeAuthorizationMessage" in done.stderr
    with refused("ValidationError"):
        people.root.sts.decode_authorization_message(EncodedMessage="A" * 10241)


def test_an_implicit_denial_decoded(server, root, people):
    alice = people.user("alice", allow("iam:*", Condition=OFFICE))
    id, _ = denied(alice.iam.list_users)
    decoded = json.loads(root.sts.decode_authorization_message(EncodedMessage=why(server, id, "--encoded")[1].strip())["DecodedMessage"])
    assert decoded["explicitDeny"] is False and decoded["matchedStatements"] == {"items": []}
    assert decoded["context"]["conditions"] == {"items": [{"key": "aws:SourceIp", "values": {"items": [{"value": "127.0.0.1"}]}}]}
