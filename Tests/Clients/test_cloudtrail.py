"""Defends the audit: one event for each call, findable in every way AWS offers, and no secret in any of them."""

import datetime
import json

import pytest

from audit import events, records, request_id
from callers import Clients
from errors import refused
from people import allow, arn
from server import ACCOUNT, ROOT_KEYS, Keys

WRITES = [
    ("create_user", {"UserName": "bob"}, "CreateUser"), ("create_group", {"GroupName": "team"}, "CreateGroup"),
    ("add_user_to_group", {"UserName": "bob", "GroupName": "team"}, "AddUserToGroup"),
    ("remove_user_from_group", {"UserName": "bob", "GroupName": "team"}, "RemoveUserFromGroup"),
    ("delete_group", {"GroupName": "team"}, "DeleteGroup"), ("list_users", {}, "ListUsers"),
    ("get_user", {"UserName": "bob"}, "GetUser"), ("delete_user", {"UserName": "bob"}, "DeleteUser"),
]


def test_each_call_is_one_event_in_the_order_of_the_calls(root):
    ids = [request_id(getattr(root.iam, verb)(**words)) for verb, words, _ in WRITES]
    found = list(reversed(records(root)))
    assert [record["requestID"] for record in found] == ids
    assert [record["eventName"] for record in found] == [name for _, _, name in WRITES]
    assert [record["readOnly"] for record in found] == [name[:3] in ("Get", "Lis") for _, _, name in WRITES]


def test_a_record_says_who_did_what_and_from_where(root, people):
    alice = people.user("alice", allow("iam:CreateUser"))
    answer = alice.iam.create_user(UserName="bob", Path="/x/")
    event = events(root, "CreateUser")[0]
    record = json.loads(event["CloudTrailEvent"])
    user_id = root.iam.get_user(UserName="alice")["User"]["UserId"]
    assert record["userIdentity"] == {
        "type": "IAMUser", "principalId": user_id, "arn": arn("user", "alice"), "accountId": ACCOUNT,
        "accessKeyId": alice.keys.id, "userName": "alice"}
    assert record["requestParameters"] == {"userName": "bob", "path": "/x/"}
    assert record["responseElements"]["user"]["arn"] == arn("user", "x/bob")
    assert (record["eventSource"], record["awsRegion"], record["sourceIPAddress"]) == ("iam.amazonaws.com", "us-east-1", "127.0.0.1")
    assert record["userAgent"].startswith("Botocore/") and record["eventType"] == "AwsApiCall"
    assert record["requestID"] == request_id(answer) and record["eventID"] == event["EventId"]
    assert (record["managementEvent"], record["eventCategory"], record["recipientAccountId"]) == (True, "Management", ACCOUNT)
    assert record["readOnly"] is False and "errorCode" not in record
    assert (event["EventName"], event["ReadOnly"], event["Username"]) == ("CreateUser", "false", "alice")
    assert (event["AccessKeyId"], event["EventSource"]) == (alice.keys.id, "iam.amazonaws.com")
    assert {"ResourceType": "AWS::IAM::User", "ResourceName": "bob"} in event["Resources"]


def test_a_session_and_root_are_told_apart(root, people):
    alice = people.user("alice", allow("sts:AssumeRole"))
    session = people.session(alice, people.role("r", document=allow("iam:ListUsers")))
    session.iam.list_users()
    root.iam.list_users()
    of_root, of_session = (record["userIdentity"] for record in records(root, "ListUsers"))
    assert of_root == {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT,
                       "accessKeyId": ROOT_KEYS.id}
    assert of_session["type"] == "AssumedRole" and of_session["arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/visit"
    assert of_session["sessionContext"]["sessionIssuer"] == {
        "type": "Role", "principalId": of_session["principalId"].split(":")[0], "arn": arn("role", "r"), "accountId": ACCOUNT,
        "userName": "r"}


def test_refused_calls_are_recorded_with_their_error(root, people):
    alice = people.user("alice")
    for code, call in [
        ("AccessDenied", lambda: alice.iam.create_user(UserName="bob")),
        ("NoSuchEntity", lambda: root.iam.get_user(UserName="nobody")),
        ("EntityAlreadyExists", lambda: root.iam.create_user(UserName="alice")),
        ("ValidationError", lambda: root.iam.create_user(UserName="a b")),
    ]:
        with refused(code) as caught:
            call()
        record = records(root)[0]
        assert record["requestID"] == caught.value.response["ResponseMetadata"]["RequestId"]
        assert record["errorCode"].removesuffix("Exception") == code and record["errorMessage"]
        assert record["responseElements"] is None


ATTRIBUTES = {
    "EventId": lambda event: event["EventId"], "EventName": lambda event: "CreateUser", "ReadOnly": lambda event: "false",
    "Username": lambda event: "alice", "ResourceType": lambda event: "AWS::IAM::User", "ResourceName": lambda event: "bob",
    "EventSource": lambda event: "iam.amazonaws.com", "AccessKeyId": lambda event: event["AccessKeyId"],
}


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_events_are_found_by_each_attribute(root, people, attribute):
    alice = people.user("alice", allow("iam:CreateUser"))
    alice.iam.create_user(UserName="bob")
    root.sts.get_caller_identity()
    wanted = events(root, "CreateUser")[0]
    value = ATTRIBUTES[attribute](wanted)
    look = lambda text: events(root, LookupAttributes=[{"AttributeKey": attribute, "AttributeValue": text}])
    found = look(value)
    assert wanted in found
    assert "GetCallerIdentity" not in [event["EventName"] for event in found]
    assert wanted not in look("true" if attribute == "ReadOnly" else "other")


def test_wrong_questions_are_refused(root):
    look = root.cloudtrail.lookup_events
    one = {"AttributeKey": "EventName", "AttributeValue": "CreateUser"}
    now = datetime.datetime.now(datetime.UTC)
    for code, words in [
        ("InvalidLookupAttributesException", {"LookupAttributes": [one, one]}),
        ("InvalidLookupAttributesException", {"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "perhaps"}]}),
        ("InvalidTimeRangeException", {"StartTime": now, "EndTime": now - datetime.timedelta(hours=1)}),
        ("InvalidNextTokenException", {"NextToken": "nonsense"}), ("InvalidMaxResultsException", {"MaxResults": 51}),
        ("InvalidMaxResultsException", {"MaxResults": 0}),
    ]:
        with refused(code, status=400):
            look(**words)


def test_pages_hold_everything_once_while_more_is_written(root):
    for number in range(7):
        root.iam.create_group(GroupName=f"g{number}")
    seen, token = [], {}
    while True:
        page = root.cloudtrail.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateGroup"}], MaxResults=3, **token)
        assert len(page["Events"]) <= 3
        seen += [event["Resources"][0]["ResourceName"] for event in page["Events"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
        root.iam.create_group(GroupName=f"late{len(seen)}")
    assert seen == [f"g{number}" for number in reversed(range(7))]
    with refused("InvalidNextTokenException"):
        root.cloudtrail.lookup_events(**token)


def test_events_are_kept_for_ninety_days(server, root):
    root.iam.create_user(UserName="alice")
    server.advance(days=89)
    root.iam.create_user(UserName="bob")
    assert len(events(root, "CreateUser")) == 2
    server.advance(days=2)
    assert [event["Resources"][0]["ResourceName"] for event in events(root, "CreateUser")] == ["bob"]
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    assert len(events(root, "CreateUser", StartTime=long_ago)) == 1


def test_a_span_of_time_is_honoured(server, root):
    start = datetime.datetime.now(datetime.UTC)
    for number in range(3):
        root.iam.create_group(GroupName=f"g{number}")
        server.advance(hours=1)
    hour = datetime.timedelta(hours=1)
    found = events(root, "CreateGroup", StartTime=start + hour / 2, EndTime=start + hour * 1.5)
    assert [event["Resources"][0]["ResourceName"] for event in found] == ["g1"]


def test_a_lookup_is_an_event_itself(root):
    root.cloudtrail.lookup_events()
    [event] = events(root, "LookupEvents")[-1:]
    assert event["EventSource"] == "cloudtrail.amazonaws.com" and event["ReadOnly"] == "true"


def test_who_may_not_look_sees_nothing(people):
    alice = people.user("alice", allow("iam:*"))
    with refused("AccessDeniedException", "is not authorized to perform: cloudtrail:LookupEvents", status=400):
        alice.cloudtrail.lookup_events()


def test_events_of_a_region_are_seen_there(root):
    root.at("eu-west-1").cloudtrail.lookup_events()
    assert [event["EventName"] for event in events(root.at("eu-west-1"))][-1:] == ["LookupEvents"]
    assert "LookupEvents" not in [event["EventName"] for event in root.cloudtrail.lookup_events()["Events"]]


def test_no_secret_is_in_any_record_or_log(server, root, people):
    alice = people.user("alice", allow(["sts:AssumeRole", "iam:CreateAccessKey"]))
    second = Keys.of(alice.iam.create_access_key())
    session = people.session(alice, people.role("r", document=allow("iam:ListUsers")))
    session.iam.list_users()
    with refused("SignatureDoesNotMatch"):
        Clients(server, Keys(alice.keys.id, second.secret)).iam.list_users()
    told = "".join(event["CloudTrailEvent"] for event in events(root)) + server.log_path.read_text()
    for secret in (ROOT_KEYS.secret, alice.keys.secret, second.secret, session.keys.secret):
        assert secret not in told and json.dumps(secret)[1:-1].replace("/", "\\/") not in told
    # AWS shows the token in AssumeRole's own record, where it is of no use without the secret; nowhere else.
    holders = {record["eventName"] for record in records(root) if session.keys.token in json.dumps(record)}
    assert holders <= {"AssumeRole"} and session.keys.token not in server.log_path.read_text()
