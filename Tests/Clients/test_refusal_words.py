"""Defends: IAM refuses in AWS's words, which programs look for."""

import pytest

from errors import refused
from people import allow, arn, trust
from server import ACCOUNT

ABSENT, PROFILE = arn("policy", "absent"), {"InstanceProfileName": "ip", "RoleName": "bare"}
TRUST = trust(f"arn:aws:iam::{ACCOUNT}:root")
UNATTACHABLE = f"Policy {ABSENT} does not exist or is not attachable."
AWS_MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NOT_AN_ARN = "a-name-that-is-not-an-arn"
KEY, DEVICE = {"UserName": "alice", "SSHPublicKeyId": "APKAXXXXXXXXXXXXXXXXX"}, arn("mfa", "absent")
NO_TAGS = "Tags not supported for policies in this domain"
SERVICE = "No such service lambda.amazonaws.com is supported for Service Specific Credentials"

CASES = [
    ("attach_user_policy", {"UserName": "alice", "PolicyArn": ABSENT}, "NoSuchEntity", UNATTACHABLE),
    ("attach_role_policy", {"RoleName": "bare", "PolicyArn": ABSENT}, "NoSuchEntity", UNATTACHABLE),
    ("attach_role_policy", {"RoleName": "bare", "PolicyArn": NOT_AN_ARN}, "ValidationError", f"ARN {NOT_AN_ARN} is not valid."),
    ("detach_role_policy", {"RoleName": "bare", "PolicyArn": ABSENT}, "NoSuchEntity", f"Policy {ABSENT} was not found."),
    ("create_user", {"UserName": "x", "PermissionsBoundary": ABSENT}, "NoSuchEntity",
     f"Scope ARN: {ABSENT} does not exist or is not attachable."),
    ("put_role_permissions_boundary", {"RoleName": "bare", "PermissionsBoundary": arn("role", "bare")}, "InvalidInput",
     f"ARN {arn('role', 'bare')} is not valid."),
    ("get_policy", {"PolicyArn": ABSENT}, "NoSuchEntity", f"Policy {ABSENT} was not found."),
    ("list_policy_tags", {"PolicyArn": ABSENT}, "NoSuchEntity", UNATTACHABLE),
    ("get_policy_version", {"PolicyArn": ABSENT, "VersionId": "v1"}, "NoSuchEntity",
     f"Policy {ABSENT} version v1 does not exist or is not attachable."),
    ("set_default_policy_version", {"PolicyArn": ABSENT, "VersionId": "v1"}, "NoSuchEntity",
     f"Policy {ABSENT} version v1 does not exist or is not attachable."),
    ("delete_policy", {"PolicyArn": AWS_MANAGED}, "AccessDenied", "Cannot delete policies outside your own account."),
    ("delete_policy_version", {"PolicyArn": AWS_MANAGED, "VersionId": "v1"}, "AccessDenied",
     "Cannot delete policy versions for policies outside your own account."),
    ("set_default_policy_version", {"PolicyArn": AWS_MANAGED, "VersionId": "v1"}, "AccessDenied",
     "Cannot update policies outside your own account."),
    ("delete_policy", {"PolicyArn": AWS_MANAGED + "OfNobody"}, "AccessDenied", "Cannot delete policies outside your own account."),
    ("create_policy_version", {"PolicyArn": AWS_MANAGED, "PolicyDocument": allow("s3:*")}, "AccessDenied",
     "Cannot create versions for policies outside your own account."),
    ("tag_policy", {"PolicyArn": AWS_MANAGED, "Tags": [{"Key": "a", "Value": "1"}]}, "InvalidInput", NO_TAGS),
    ("untag_policy", {"PolicyArn": AWS_MANAGED, "TagKeys": ["a"]}, "InvalidInput", NO_TAGS),
    ("delete_account_password_policy", {}, "NoSuchEntity", "The account policy with name PasswordPolicy cannot be found."),
    ("remove_role_from_instance_profile", PROFILE, "NoSuchEntity", "Role bare in Instance Profile ip cannot be found."),
    ("deactivate_mfa_device", {"UserName": "alice", "SerialNumber": DEVICE}, "NoSuchEntity",
     f"MFA Device with serial number {DEVICE} does not exist."),
    ("delete_virtual_mfa_device", {"SerialNumber": DEVICE}, "NoSuchEntity",
     f"MFA Device with serial number {DEVICE} does not exist."),
    ("get_ssh_public_key", KEY | {"Encoding": "SSH"}, "NoSuchEntity", f"The Public Key with id {KEY['SSHPublicKeyId']} cannot be found."),
    ("create_service_specific_credential", {"UserName": "alice", "ServiceName": "lambda.amazonaws.com"}, "NoSuchEntity", SERVICE),
    ("list_service_specific_credentials", {"UserName": "alice", "ServiceName": "lambda.amazonaws.com"}, "NoSuchEntity", SERVICE),
    ("delete_service_specific_credential", {"UserName": "alice", "ServiceSpecificCredentialId": "A" * 20}, "NoSuchEntity",
     f"No such credential {'A' * 20} exists"),
    ("create_role", {"RoleName": "x", "AssumeRolePolicyDocument": trust("*", Action="sts:*")}, "MalformedPolicyDocument",
     "AssumeRole policy may only specify STS AssumeRole actions."),
    ("update_assume_role_policy", {"RoleName": "bare", "PolicyDocument": trust("*", Action=["sts:TagSession", "sts:*"])},
     "MalformedPolicyDocument", "AssumeRole policy may only specify STS AssumeRole actions."),
    ("create_role", {"RoleName": "x", "AssumeRolePolicyDocument": trust("*", Principal="*")}, "MalformedPolicyDocument",
     'AssumeRolepolicy contained an invalid principal: "STAR":"*".'),
    ("update_assume_role_policy", {"RoleName": "bare", "PolicyDocument": trust("*", Principal="*", Effect="Deny")},
     "MalformedPolicyDocument", 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'),
    ("list_users", {"Marker": "100"}, "ValidationError", "Invalid Marker."),
    ("create_role", {"RoleName": "x", "AssumeRolePolicyDocument": "not JSON"}, "MalformedPolicyDocument",
     "This policy contains invalid Json"),
    ("update_assume_role_policy", {"RoleName": "bare", "PolicyDocument": "{"}, "MalformedPolicyDocument",
     "This policy contains invalid Json"),
    ("remove_user_from_group", {"GroupName": "absent", "UserName": "nobody"}, "NoSuchEntity",
     "The user with name nobody cannot be found."),
    ("create_login_profile", {"UserName": "alice", "Password": "lowercase7"}, "PasswordPolicyViolation",
     "Password should meet 1 more of the following requirements: Password should have at least one uppercase letter, "
     "Password should have at least one symbol"),
    ("create_user", {"UserName": "x", "Path": "no-slashes"}, "ValidationError",
     "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or "
     "/ characters."),
    ("create_user", {"UserName": "a b"}, "ValidationError",
     "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"),
    ("list_policies", {"PathPrefix": "foo"}, "ValidationError",
     "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric "
     "characters and/or / characters."),
    ("update_access_key", {"AccessKeyId": "A" * 20, "Status": "Expired"}, "InvalidInput",
     "Operation does not support status Expired"),
    ("update_access_key", {"AccessKeyId": "A" * 20, "Status": "Asleep"}, "ValidationError",
     "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"),
]


@pytest.mark.parametrize("name, members, code, message", CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_a_refusal_has_awss_words(root, name, members, code, message):
    root.iam.create_user(UserName="alice")
    root.iam.create_role(RoleName="bare", AssumeRolePolicyDocument=TRUST)
    root.iam.create_instance_profile(InstanceProfileName="ip")
    with refused(code) as caught:
        getattr(root.iam, name)(**members)
    assert caught.value.response["Error"]["Message"] == message


@pytest.mark.parametrize("role", ["arn::b:::something/test-role", "arn:a::::something/test-role", "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:"])
def test_what_is_no_arn_of_a_role_is_called_invalid(people, role):
    alice = people.user("alice", allow("sts:AssumeRole"))
    with refused("ValidationError", f"{role} is invalid"):
        alice.sts.assume_role(RoleArn=role, RoleSessionName="session")
