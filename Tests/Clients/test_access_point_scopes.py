"""Defends what only directory buckets and Outposts have, which are not here: scopes of access points, regional buckets."""

from audit import records
from errors import refused
from people import allow
from server import ACCOUNT
from test_access_points import Local, door, here, names  # noqa: F401 (fixtures)


def test_only_points_of_directory_buckets_have_a_scope(server, here, door, people):
    """There are none of those; who may not ask hears only that, and clients sign for them by a name of their own."""
    alice = people.user("alice")
    scope = {"Prefixes": ["a/"], "Permissions": ["GetObject"]}

    def calls(control, name):
        point = {"AccountId": ACCOUNT, "Name": name}
        return {
            "GetAccessPointScope": lambda: control.get_access_point_scope(**point),
            "PutAccessPointScope": lambda: control.put_access_point_scope(**point, Scope=scope),
            "DeleteAccessPointScope": lambda: control.delete_access_point_scope(**point),
        }

    theirs = Local(server, alice.keys).s3control
    for name in ("door", "absent"):
        for action, call in calls(theirs, name).items():
            with refused("AccessDenied", f"s3express:{action} on resource: arn:aws:s3express:us-east-1:{ACCOUNT}:accesspoint/{name}", status=403):
                call()
    people.may("alice", allow("s3express:*", f"arn:aws:s3express:us-east-1:{ACCOUNT}:accesspoint/*"))
    for call in calls(theirs, "door").values():
        with refused("InvalidRequest", "Only access points of directory buckets have a scope", status=400):
            call()
    for call in calls(theirs, "absent").values():
        with refused("NoSuchAccessPoint", status=404):
            call()
    assert {(record["eventSource"], record["errorCode"]) for record in records(here, "GetAccessPointScope")} == {
        ("s3.amazonaws.com", code) for code in ("AccessDenied", "InvalidRequest", "NoSuchAccessPoint")}
    sent = {"prefixes": ["a/"], "permissions": ["GetObject"]}
    puts = records(here, "PutAccessPointScope")
    assert {record["errorCode"] for record in puts} == {"AccessDenied", "InvalidRequest", "NoSuchAccessPoint"}
    assert all(record["requestParameters"]["scope"] == sent for record in puts)
    with refused("InvalidRequest", "Only access points of directory buckets"):
        here.s3control.create_access_point(AccountId=ACCOUNT, Name="narrow", Bucket="box", Scope=scope)
    [record] = [record for record in records(here, "CreateAccessPoint") if "errorCode" in record]
    assert record["requestParameters"]["scope"] == sent


def test_an_account_has_no_outposts(here, people, server):
    """And so none of their buckets; whoever names an Outpost is refused."""
    theirs = Local(server, people.user("alice").keys).s3control
    with refused("AccessDenied", "s3-outposts:ListRegionalBuckets"):
        theirs.list_regional_buckets(AccountId=ACCOUNT)
    people.may("alice", allow("s3-outposts:ListRegionalBuckets"))
    assert theirs.list_regional_buckets(AccountId=ACCOUNT).get("RegionalBucketList", []) == []
