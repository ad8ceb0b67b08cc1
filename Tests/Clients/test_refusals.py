"""Defends that what is not served or not honoured is refused, and only after the caller is known."""

import re

import pytest

from errors import refused
from server import ROOT_KEYS, Keys
from signed import FORM, call, query, send

NOBODY = Keys("AKIANOBODYNOBODYNOBO", "z" * 40)


def code(answer):
    found = re.search(rb"<Code>(.*?)</Code>|\"__type\": ?\"(?:.*#)?(.*?)\"", answer.body)
    return (found[1] or found[2]).decode() if found else None


@pytest.mark.parametrize("action", ["CreateDelegationRequest", "GetHumanReadableSummary", "NoSuchAction", ""])
def test_an_action_that_is_not_served_is_refused_after_authentication(server, action):
    answer = call(server, ROOT_KEYS, query(action))
    assert answer.status in (400, 501) and code(answer) in ("InvalidAction", "NotImplemented", "MissingAction")
    assert code(call(server, NOBODY, query(action))) == "InvalidClientTokenId"
    assert send(server, body=query(action), headers=FORM).status == 403


def test_boto3_learns_it_too(root):
    for code_, refuse in [("InvalidAction", lambda: root.iam.list_delegation_requests()),
                          ("InvalidAction", lambda: root.iam.get_human_readable_summary(EntityArn="arn:aws:iam::123456789012:role/r"))]:
        with refused(code_):
            refuse()


@pytest.mark.parametrize("version", ["2010-05-09", "2099-01-01", ""])
def test_another_version_is_refused(server, version):
    assert call(server, ROOT_KEYS, query("ListUsers", version)).status == 400


@pytest.mark.parametrize("members", [{"Extra": "1"}, {"PathPrefix.x": "/"}, {"userName": "a"}, {"Marker.1": "x"}])
def test_an_unknown_parameter_is_refused(server, members):
    answer = call(server, ROOT_KEYS, query("ListUsers", **members))
    # What this server does not know might mean something to AWS: it is not dropped, and not done.
    assert answer.status in (400, 501), answer.text
    assert b"<Users>" not in answer.body


def test_a_parameter_given_twice_is_refused(server):
    answer = call(server, ROOT_KEYS, query("CreateUser", UserName="a") + b"&UserName=b")
    assert answer.status == 400, answer.text


def test_a_list_is_read_strictly(server, root):
    root.iam.create_user(UserName="alice")
    good = {"UserName": "alice", "Tags.member.1.Key": "a", "Tags.member.1.Value": "b"}
    assert call(server, ROOT_KEYS, query("TagUser", **good)).status == 200
    for wrong in ({"Tags.member.2.Key": "c"}, {"Tags.member.x.Key": "c"}, {"Tags.member.0.Key": "c"}, {"Tags": "c"},
                  {"Tags.member.99999999999999999999.Key": "c"}, {"Tags.member.1.Value.x": "c"}):
        answer = call(server, ROOT_KEYS, query("TagUser", **good | wrong))
        assert answer.status == 400, (wrong, answer.text)
    assert len(root.iam.list_user_tags(UserName="alice")["Tags"]) == 1


def test_a_service_that_is_not_served_is_refused(server):
    answer = call(server, ROOT_KEYS, query("DescribeInstances", "2016-11-15"), service="ec2")
    assert answer.status in (400, 501) and b"ec2" in answer.body.lower()
    target = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    answer = call(server, ROOT_KEYS, b"{}", service="dynamodb", headers=target)
    assert answer.status in (400, 501), answer.text


def test_members_that_are_not_honoured_are_refused_not_dropped(server):
    json_form = {"Content-Type": "application/x-amz-json-1.1",
                 "X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"}
    for body, status in [(b"{}", 200), (b'{"Extra":1}', 501), (b'{"MaxResults":"five"}', 400), (b'{"MaxResults":1.5}', 400),
                         (b"[]", 400), (b"", 200), (b'{"MaxResults":1,"MaxResults":2}', 400), (b"{" * 5000, 400),
                         (b'{"EventCategory":"other"}', 400), (b'{"LookupAttributes":[null]}', 400)]:
        answer = call(server, ROOT_KEYS, body, service="cloudtrail", headers=json_form)
        assert answer.status == status, (body[:60], answer.status, answer.text[:300])
    wrong_target = json_form | {"X-Amz-Target": "CloudTrail_20131101.DescribeTrails"}
    assert call(server, ROOT_KEYS, b"{}", service="cloudtrail", headers=wrong_target).status in (400, 501)
