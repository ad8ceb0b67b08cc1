"""Keys of KMS to test with."""

import json

from server import ACCOUNT


def key(clients, spec="SYMMETRIC_DEFAULT", usage=None, **more):
    """A fresh key; its ARN."""
    if usage:
        more["KeyUsage"] = usage
    return clients.kms.create_key(KeySpec=spec, **more)["KeyMetadata"]["Arn"]


def key_id(arn):
    return arn.rsplit("/", 1)[1]


def key_policy(*statements, account=ACCOUNT):
    """A policy that leaves the key to its account's root user, and what is said besides."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [own, *statements]})


def strict_policy(*statements):
    """A policy that names the root user alone as the keeper of the key: IAM policies open nothing."""
    keeper = {
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root"}}}
    return json.dumps({"Version": "2012-10-17", "Statement": [keeper, *statements]})


def allow(principal, *actions, **condition):
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions), "Resource": "*"}
    return statement | ({"Condition": condition} if condition else {})
