"""Users and roles to test with, and what they may do."""

import json

from callers import Clients
from server import ACCOUNT, Keys


def allow(action, resource="*", **more):
    """A policy of one statement that allows."""
    return policy(statement("Allow", action, resource, **more))


def statement(effect, action, resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, **more):
    """A trust policy for one principal, or for the whole account."""
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **more})


def arn(kind, name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:{kind}/{name}"


class People:
    """Makes users and roles by the root user's hand."""

    def __init__(self, server, root):
        self.server, self.root = server, root

    def user(self, name, document=None, **more):
        """A user with an access key, and with an inline policy if one is given."""
        self.root.iam.create_user(UserName=name, **more)
        if document:
            self.may(name, document)
        return Clients(self.server, Keys.of(self.root.iam.create_access_key(UserName=name)))

    def may(self, name, document):
        self.root.iam.put_user_policy(UserName=name, PolicyName="given", PolicyDocument=document)

    def role(self, name, trusting=None, document=None, **more):
        """A role; its ARN. Anybody of the account may be allowed to assume it, unless said otherwise."""
        trusting = trusting or trust(f"arn:aws:iam::{ACCOUNT}:root")
        self.root.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting, **more)
        if document:
            self.root.iam.put_role_policy(RoleName=name, PolicyName="given", PolicyDocument=document)
        return arn("role", name)

    def session(self, caller, role_arn, name="visit", **more):
        """The clients of a session of that role, begun by `caller`."""
        return Clients(self.server, Keys.of(caller.sts.assume_role(RoleArn=role_arn, RoleSessionName=name, **more)))
