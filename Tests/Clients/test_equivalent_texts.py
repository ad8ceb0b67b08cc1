"""Defends: texts that Unicode calls equivalent are other texts: no Deny is passed by spelling a name another way."""

from errors import refused
from people import policy, statement, trust
from server import ACCOUNT

# The sign of the kelvin: its lower case is k, and it is canonically the letter K.
KELVIN = "\u212a"


def test_a_denied_role_cannot_be_assumed_by_an_equivalent_arn(people):
    role = people.role("KeyAdmin", trust(f"arn:aws:iam::{ACCOUNT}:root"))
    eve = people.user("eve", policy(statement("Allow", "sts:AssumeRole"), statement("Deny", "sts:AssumeRole", role)))
    for spelt in (role, role.replace("K", KELVIN), role.replace("KeyAdmin", "keyadmin")):
        with refused("AccessDenied"):
            eve.sts.assume_role(RoleArn=spelt, RoleSessionName="visit")
