"""Defends the simulation operations: the results and errors AWS gives, and the same verdict as the door's own."""

import json
import random

import pytest
from botocore.exceptions import ClientError

from errors import refused
from people import allow, arn, policy, statement
from server import ACCOUNT, OTHER_ACCOUNT

OBJECT = "arn:aws:s3:::sample/a"


def custom(root, *documents, actions=("s3:GetObject",), **more):
    answer = root.iam.simulate_custom_policy(PolicyInputList=list(documents), ActionNames=list(actions), **more)
    return answer["EvaluationResults"]


def verdicts(results):
    return [result["EvalDecision"] for result in results]


def test_results_name_the_statement_and_its_place(root):
    [everything] = custom(root, allow("s3:GetObject"))
    assert everything["EvalResourceName"] == "*" and everything["EvalDecision"] == "allowed"
    [matched] = everything["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PolicyInputList.1" and matched["SourcePolicyType"] == "IAM Policy"
    text = allow("s3:GetObject")
    assert matched["StartPosition"] == {"Line": 1, "Column": text.index("[") + 2}
    assert matched["EndPosition"] == {"Line": 1, "Column": text.rindex("}]") + 2}
    assert everything["MissingContextValues"] == [] and "ResourceSpecificResults" not in everything
    assert "EvalDecisionDetails" not in everything and "OrganizationsDecisionDetail" not in everything

    [one] = custom(root, allow("s3:GetObject"), ResourceArns=[OBJECT])
    assert one["EvalResourceName"] == OBJECT and one["EvalDecisionDetails"] == {}
    assert one["ResourceSpecificResults"][0]["EvalResourceDecision"] == "allowed"

    [two] = custom(root, allow("s3:GetObject", OBJECT), ResourceArns=[OBJECT, "arn:aws:s3:::sample/b"])
    assert two["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${KeyName}" and two["EvalDecision"] == "implicitDeny"
    assert [part["EvalResourceDecision"] for part in two["ResourceSpecificResults"]] == ["allowed", "implicitDeny"]


def test_no_policies_deny_and_denies_stand_alone(root):
    assert verdicts(custom(root)) == ["implicitDeny"]
    both = policy(statement("Allow", "*"), statement("Deny", "s3:Get*"))
    [result] = custom(root, both)
    assert result["EvalDecision"] == "explicitDeny" and len(result["MatchedStatements"]) == 1
    assert verdicts(custom(root, allow("S3:getobject"), actions=["s3:GetObject", "made:Up", "s3:*"])) == [
        "allowed", "implicitDeny", "implicitDeny"]


def test_a_policy_with_mixed_case_and_not_resource(root):
    table, bucket = f"arn:aws:dynamodb:us-west-2:{ACCOUNT}:table/books", "arn:aws:s3:::notes"
    own = [table, bucket, bucket + "/*"]
    deck = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["DynamoDB:*", "s3:*"], "Resource": own},
        {"Effect": "Deny", "Action": ["dynamodb:*", "s3:*"], "NotResource": own}]})
    ask = lambda action, resource: verdicts(custom(root, deck, actions=[action], ResourceArns=[resource]))[0]
    assert ask("dynamodb:GetItem", table) == "allowed" and ask("s3:GetObject", bucket + "/k") == "allowed"
    assert ask("s3:GetObject", "arn:aws:s3:::other/k") == "explicitDeny"
    assert ask("ec2:RunInstances", f"arn:aws:ec2:us-west-2:{ACCOUNT}:instance/*") == "implicitDeny"


def test_missing_context_values(root):
    document = allow("s3:GetObject", Condition={"StringEquals": {"aws:PrincipalTag/team": "red", "stack:key": "yes"}})
    [result] = custom(root, document)
    assert result["EvalDecision"] == "implicitDeny"
    assert result["MissingContextValues"] == ["aws:PrincipalTag/team", "stack:key"]
    entries = [{"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
               for key, value in [("AWS:principaltag/Team", "red"), ("stack:key", "yes")]]
    assert verdicts(custom(root, document, ContextEntries=entries)) == ["allowed"]
    [result] = custom(root, document, ContextEntries=entries[:1])
    assert result["MissingContextValues"] == ["stack:key"]


@pytest.mark.parametrize("kind, operator, value, operand, wrong", [
    ("string", "StringEquals", "a", "a", "b"), ("numeric", "NumericLessThan", "5", "6", "7"),
    ("boolean", "Bool", "TRUE", "true", "false"), ("ip", "IpAddress", "10.0.0.1", "10.0.0.0/8", "11.0.0.1"),
    ("binary", "BinaryEquals", "YQ==", "YQ==", "Yg=="),
    ("date", "DateLessThan", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z", "2022-01-01T00:00:00Z")])
def test_context_types(root, kind, operator, value, operand, wrong):
    def ask(operator, kind, *values):
        document = allow("s3:GetObject", Condition={operator: {"stack:key": operand}})
        entry = {"ContextKeyName": "stack:key", "ContextKeyType": kind, "ContextKeyValues": list(values)}
        return verdicts(custom(root, document, ContextEntries=[entry]))[0]

    assert ask(operator, kind, value) == "allowed" and ask(operator, kind, wrong) == "implicitDeny"
    assert ask("ForAnyValue:" + operator, kind + "List", wrong, value) == "allowed"
    assert ask("ForAllValues:" + operator, kind + "List", wrong, value) == "implicitDeny"
    assert ask(operator, kind + "List", value) == "implicitDeny"  # a list is multivalued, whatever its length


@pytest.mark.parametrize("message, words", [
    ("The action is invalid since it is missing names", {"ActionNames": ["GetObject"]}),
    ("ResourceNames are not in a valid ARN format: bucket.", {"ResourceArns": ["bucket"]}),
    ("Policy input list item 2 has invalid content", {"PolicyInputList": [allow("*"), "{"]}),
    ("cannot exceed 1 items", {"PermissionsBoundaryPolicyInputList": [allow("*"), allow("*")]}),
    ("Invalid caller - Caller must be an IAM user", {"CallerArn": arn("role", "r")}),
    ("Invalid caller - Caller must be an IAM user", {"CallerArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"}),
    ("Caller cannot be null", {"ResourcePolicy": allow("s3:*", Principal="*"), "ResourceArns": [OBJECT]}),
    ("* does not clearly define", {"ResourcePolicy": allow("s3:*", Principal="*"), "CallerArn": arn("user", "u")}),
    ("is not a valid Resource Owner", {"ResourceOwner": "somebody"}),
    ("Resource policy has invalid content", {
        "ResourcePolicy": allow("s3:*"), "CallerArn": arn("user", "u"), "ResourceArns": [OBJECT]}),
    ("Action does not support resource handling options: s3:GetObject", {"ResourceHandlingOption": "EC2-VPC-EBS"}),
    ("Unknown option", {"ResourceHandlingOption": "EC2-Moon", "ActionNames": ["ec2:RunInstances"]}),
    ("requires resources of type: image, security-group, network-interface", {
        "ResourceHandlingOption": "EC2-VPC-InstanceStore", "ActionNames": ["ec2:RunInstances"],
        "ResourceArns": [f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/*"]}),
    ("Invalid marker for pagination.", {"Marker": "nonsense"}),
    ("has invalid type null", {"ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyValues": ["a"]}]}),
    ("ContextKeyName cannot be null or empty.", {"ContextEntries": [{"ContextKeyType": "string", "ContextKeyValues": ["a"]}]}),
    ("cannot be null or empty", {"ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "string"}]}),
    ("Duplicate context key: STACK:key.", {"ContextEntries": [
        {"ContextKeyName": name, "ContextKeyType": "string", "ContextKeyValues": ["a"]} for name in ("stack:key", "STACK:key")]}),
    ("expected a single value, but received 2.", {
        "ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "string", "ContextKeyValues": ["a", "b"]}]}),
    ("expected numeric format.", {
        "ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "numeric", "ContextKeyValues": ["0x10"]}]}),
    ("expected DateTime format.", {
        "ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "dateList", "ContextKeyValues": ["tomorrow"]}]}),
    ("expected IP address.", {
        "ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "ip", "ContextKeyValues": ["999.0.0.1"]}]}),
    ("expected base-64", {
        "ContextEntries": [{"ContextKeyName": "stack:key", "ContextKeyType": "binary", "ContextKeyValues": ["!base64"]}]}),
])
def test_input_that_cannot_be_simulated(root, message, words):
    words = {"PolicyInputList": [allow("*")], "ActionNames": ["s3:GetObject"], **words}
    with refused("InvalidInput", message):
        root.iam.simulate_custom_policy(**words)


def test_resource_policies_and_two_accounts(root):
    caller = arn("user", "alice")
    bucket = lambda principal: policy(
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sample/*"})
    more = {"CallerArn": caller, "ResourceArns": [OBJECT], "ResourcePolicy": bucket(caller)}
    [own] = custom(root, **more)
    assert own["EvalDecision"] == "allowed" and own["EvalDecisionDetails"] == {}
    assert own["MatchedStatements"][0]["SourcePolicyType"] == "Resource Policy"
    more["ResourceOwner"] = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
    [foreign] = custom(root, **more)
    assert foreign["EvalDecision"] == "implicitDeny"
    assert foreign["EvalDecisionDetails"] == {"Resource Policy": "allowed", "IAM Policy": "implicitDeny"}
    assert foreign["ResourceSpecificResults"][0]["EvalDecisionDetails"] == foreign["EvalDecisionDetails"]
    [both] = custom(root, allow("s3:*"), **more)
    assert both["EvalDecision"] == "allowed" and len(both["MatchedStatements"]) == 2


def test_pages_count_actions(root):
    words = {"PolicyInputList": [allow("*")], "ActionNames": [f"s3:Action{number}" for number in range(7)],
             "ResourceArns": [OBJECT, OBJECT + "b"], "MaxItems": 3}
    seen, marker = [], {}
    for size in (3, 3, 1):
        answer = root.iam.simulate_custom_policy(**words, **marker)
        assert len(answer["EvaluationResults"]) == size
        assert all(len(result["ResourceSpecificResults"]) == 2 for result in answer["EvaluationResults"])
        seen += [result["EvalActionName"] for result in answer["EvaluationResults"]]
        marker = {"Marker": answer["Marker"]} if answer["IsTruncated"] else {}
    assert seen == words["ActionNames"] and not marker


def test_a_user_with_groups_and_boundary(root, people, aws):
    people.user("alice", allow("s3:GetObject"))
    root.iam.create_group(GroupName="staff")
    root.iam.put_group_policy(GroupName="staff", PolicyName="writing", PolicyDocument=allow("s3:PutObject"))
    root.iam.add_user_to_group(GroupName="staff", UserName="alice")
    managed = root.iam.create_policy(PolicyName="deleting", PolicyDocument=allow("s3:DeleteObject"))["Policy"]["Arn"]
    root.iam.attach_user_policy(UserName="alice", PolicyArn=managed)
    words = {"PolicySourceArn": arn("user", "alice"), "ActionNames": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]}
    results = root.iam.simulate_principal_policy(**words)["EvaluationResults"]
    assert verdicts(results) == ["allowed"] * 3
    assert [result["MatchedStatements"][0]["SourcePolicyId"] for result in results] == [
        "user_alice_given", "group_staff_writing", "deleting"]

    reading = root.iam.create_policy(PolicyName="reading", PolicyDocument=allow("s3:Get*"))["Policy"]["Arn"]
    root.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=reading)
    results = root.iam.simulate_principal_policy(**words)["EvaluationResults"]
    assert verdicts(results) == ["allowed", "implicitDeny", "implicitDeny"]
    within = lambda result: result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
    assert list(map(within, results)) == [True, False, False]
    other = root.iam.simulate_principal_policy(**words, PermissionsBoundaryPolicyInputList=[allow("s3:Put*")])
    assert verdicts(other["EvaluationResults"]) == ["implicitDeny", "allowed", "implicitDeny"]
    more = root.iam.simulate_principal_policy(**words, PolicyInputList=[policy(statement("Deny", "s3:GetObject"))])
    assert verdicts(more["EvaluationResults"])[0] == "explicitDeny"

    shown = aws("iam", "simulate-principal-policy", "--policy-source-arn", arn("user", "alice"), "--action-names", "s3:GetObject")
    assert shown["EvaluationResults"][0]["EvalDecision"] == "allowed"
    shown = aws("iam", "simulate-custom-policy", "--policy-input-list", allow("s3:*"), "--action-names", "s3:GetObject",
                "s3:PutObject", "--max-items", "1")
    assert len(shown["EvaluationResults"]) == 1 and shown["NextToken"]


def test_groups_roles_and_those_who_are_not_there(root, people):
    role = people.role("reader", document=allow("s3:Get*"))
    ask = lambda source: verdicts(root.iam.simulate_principal_policy(
        PolicySourceArn=source, ActionNames=["s3:GetObject"])["EvaluationResults"])
    assert ask(role) == ["allowed"]
    root.iam.create_group(GroupName="staff")
    assert ask(arn("group", "staff")) == ["implicitDeny"]
    for kind in ("user", "group", "role"):
        with refused("NoSuchEntity", f"The {kind} with name nobody cannot be found."):
            ask(arn(kind, "nobody"))
    for wrong in (f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/s", f"arn:aws:iam::{ACCOUNT}:root", arn("policy", "p")):
        with refused("InvalidInput", f"Invalid Entity Arn: {wrong} does not clearly define entity type and name."):
            ask(wrong)


def test_context_keys(root, people):
    document = policy(statement("Allow", "s3:*", "arn:aws:s3:::home/${aws:username}", Condition={
        "StringEquals": {"aws:PrincipalTag/team": "${aws:RequestTag/team, 'x'}", "AWS:UserName": "a"}}))
    keys = root.iam.get_context_keys_for_custom_policy(PolicyInputList=[document])["ContextKeyNames"]
    assert sorted(keys) == ["aws:PrincipalTag/team", "aws:RequestTag/team", "aws:username"]
    people.user("alice", document)
    more = allow("*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    keys = root.iam.get_context_keys_for_principal_policy(PolicySourceArn=arn("user", "alice"), PolicyInputList=[more])
    assert sorted(keys["ContextKeyNames"]) == [
        "aws:PrincipalTag/team", "aws:RequestTag/team", "aws:SecureTransport", "aws:username"]
    with refused("InvalidInput", "Policy input list item 1 has invalid content"):
        root.iam.get_context_keys_for_custom_policy(PolicyInputList=["{}"])


def test_simulating_needs_leave_of_its_own(root, people):
    alice = people.user("alice", allow("iam:SimulatePrincipalPolicy", arn("user", "alice")))
    people.user("bob")
    words = {"ActionNames": ["s3:GetObject"]}
    alice.iam.simulate_principal_policy(PolicySourceArn=arn("user", "alice"), **words)
    for call in (
        lambda: alice.iam.simulate_principal_policy(PolicySourceArn=arn("user", "bob"), **words),
        lambda: alice.iam.simulate_principal_policy(PolicySourceArn=arn("user", "nobody"), **words),
        lambda: alice.iam.simulate_principal_policy(PolicySourceArn=arn("user", "x", OTHER_ACCOUNT), **words),
        lambda: alice.iam.simulate_custom_policy(PolicyInputList=[allow("*")], **words),
        lambda: alice.iam.get_context_keys_for_custom_policy(PolicyInputList=[allow("*")]),
        lambda: alice.iam.get_context_keys_for_principal_policy(PolicySourceArn=arn("user", "alice")),
    ):
        with refused("AccessDenied"):
            call()


def test_the_same_verdict_as_the_door(root, people):
    """Random principals: what the simulation says is what the real call meets."""
    dice = random.Random(20261125)
    calls = {
        "iam:GetUser": lambda who, name: who.iam.get_user(UserName=name),
        "iam:ListUserPolicies": lambda who, name: who.iam.list_user_policies(UserName=name),
        "iam:ListUserTags": lambda who, name: who.iam.list_user_tags(UserName=name),
        "iam:ListAccessKeys": lambda who, name: who.iam.list_access_keys(UserName=name),
    }
    patterns = ["iam:*", "IAM:get*", "iam:List*", "iam:ListUser?ags", "iam:ListUserPolicies", "*", "s3:*"]
    resources = ["*", arn("user", "*"), arn("user", "red-*"), arn("user", "red-one"), arn("user", "${aws:username}"),
                 arn("user", "${aws:PrincipalTag/target}")]
    conditions = [{}, {}, {}, {"StringEquals": {"aws:username": "caller0"}}, {"StringLike": {"aws:PrincipalTag/team": "r*"}},
                  {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}, {"Null": {"aws:PrincipalTag/none": "true"}},
                  {"ArnLike": {"aws:PrincipalArn": arn("user", "caller*")}}]

    def document():
        statements = [statement(dice.choice(["Allow", "Allow", "Deny"]), dice.choice(patterns), dice.choice(resources),
                                Condition=dice.choice(conditions)) for _ in range(dice.randint(1, 3))]
        return policy(*statements)

    for name in ("red-one", "blue-two"):
        people.user(name)
    root.iam.create_group(GroupName="group")
    root.iam.put_group_policy(GroupName="group", PolicyName="p", PolicyDocument=allow("iam:ListAccessKeys"))
    bounds = root.iam.create_policy(PolicyName="bounds", PolicyDocument=allow("iam:List*"))["Policy"]["Arn"]
    outcomes = []
    for number in range(24):
        name = f"caller{number}"
        tags = [{"Key": "team", "Value": dice.choice(["red", "blue"])}, {"Key": "target", "Value": "red-one"}]
        who = people.user(name, document(), Tags=tags)
        if number % 3 == 0:
            root.iam.add_user_to_group(GroupName="group", UserName=name)
        if number % 4 == 0:
            root.iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=bounds)
        targets = ["red-one", "blue-two", name]
        results = root.iam.simulate_principal_policy(
            PolicySourceArn=arn("user", name), ActionNames=list(calls), ResourceArns=[arn("user", t) for t in targets])
        for result in results["EvaluationResults"]:
            for target, part in zip(targets, result["ResourceSpecificResults"]):
                try:
                    calls[result["EvalActionName"]](who, target)
                    real = True
                except ClientError as error:
                    assert error.response["Error"]["Code"] == "AccessDenied"
                    real = False
                simulated = part["EvalResourceDecision"] == "allowed"
                assert simulated == real, (name, result["EvalActionName"], target)
                outcomes.append(real)
    assert len(outcomes) == 288 and 40 < sum(outcomes) < 250
