"""Defends the first promise: a denied call is denied, an allowed one goes through, and both are on record."""

from audit import records
from errors import refused
from people import allow, arn
from server import Keys


def test_denied_then_allowed_and_all_of_it_recorded(root, people):
    alice = people.user("alice")
    with refused("AccessDenied", f"User: {arn('user', 'alice')} is not authorized to perform: iam:GetUser on resource: "
                 "user alice because no identity-based policy allows the iam:GetUser action"):
        alice.iam.get_user(UserName="alice")
    people.may("alice", allow("iam:GetUser", arn("user", "alice")))
    assert alice.iam.get_user(UserName="alice")["User"]["Arn"] == arn("user", "alice")

    story = [(record["eventName"], record.get("errorCode")) for record in reversed(records(root))]
    assert story == [
        ("CreateUser", None), ("CreateAccessKey", None), ("GetUser", "AccessDenied"), ("PutUserPolicy", None),
        ("GetUser", None),
    ]


def test_the_same_with_the_command_line(aws):
    user = aws("iam", "create-user", "--user-name", "alice")["User"]
    assert user["Arn"] == arn("user", "alice") and user["UserId"].startswith("AIDA") and user["Path"] == "/"
    alice = aws.of(Keys.of(aws("iam", "create-access-key", "--user-name", "alice")))
    denied = alice.run("iam", "list-users")
    # The CLI ends with 255 (version 1) or 254 (version 2) when the service refuses.
    assert denied.returncode in (254, 255)
    assert "An error occurred (AccessDenied) when calling the ListUsers operation" in denied.stderr
    aws("iam", "put-user-policy", "--user-name", "alice", "--policy-name", "look", "--policy-document", allow("iam:ListUsers"))
    assert [user["UserName"] for user in alice("iam", "list-users")["Users"]] == ["alice"]
    found = aws("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventName,AttributeValue=ListUsers")
    assert [event["Username"] for event in found["Events"]] == ["alice", "alice"]
