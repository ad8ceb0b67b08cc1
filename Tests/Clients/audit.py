"""Reading the CloudTrail of a test server."""

import json


def events(clients, name=None, **more):
    """The events of one name, or all, newest first."""
    if name:
        more["LookupAttributes"] = [{"AttributeKey": "EventName", "AttributeValue": name}]
    pages = clients.cloudtrail.get_paginator("lookup_events").paginate(**more)
    return [event for page in pages for event in page["Events"]]


def records(clients, name=None, **more):
    """The CloudTrail records themselves, newest first."""
    return [json.loads(event["CloudTrailEvent"]) for event in events(clients, name, **more)]


def request_id(answer):
    return answer["ResponseMetadata"]["RequestId"]
