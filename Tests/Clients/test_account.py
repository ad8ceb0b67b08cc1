"""Defends what is told about the account itself: its alias and its summary."""

import pytest

from errors import refused
from people import allow


def test_an_account_has_one_alias(root, other):
    assert root.iam.list_account_aliases()["AccountAliases"] == []
    root.iam.create_account_alias(AccountAlias="our-house")
    assert root.iam.list_account_aliases()["AccountAliases"] == ["our-house"]
    with refused("EntityAlreadyExists"):
        other.iam.create_account_alias(AccountAlias="our-house")
    root.iam.create_account_alias(AccountAlias="new-house")
    assert root.iam.list_account_aliases()["AccountAliases"] == ["new-house"]
    with refused("NoSuchEntity"):
        root.iam.delete_account_alias(AccountAlias="our-house")
    root.iam.delete_account_alias(AccountAlias="new-house")
    assert root.iam.list_account_aliases()["AccountAliases"] == []


@pytest.mark.parametrize("alias", ["123456789012", "999999999999", "1234-5678-9012", "1-2-3-4-5-6-7-8-9-0-1-2"])
def test_an_alias_is_no_id_of_an_account(root, alias):
    """At sign-in it would be taken for one."""
    with refused("ValidationError", "id of an account"):
        root.iam.create_account_alias(AccountAlias=alias)
    assert root.iam.list_account_aliases()["AccountAliases"] == []
    for other in ["12345678901", "1234567890123", "12345678901a"]:
        root.iam.create_account_alias(AccountAlias=other)


def test_the_summary_counts(root):
    root.iam.create_user(UserName="alice")
    root.iam.create_group(GroupName="team")
    root.iam.create_policy(PolicyName="p", PolicyDocument=allow("s3:*"))
    summary = root.iam.get_account_summary()["SummaryMap"]
    assert (summary["Users"], summary["Groups"], summary["Roles"], summary["Policies"]) == (1, 1, 0, 1)
    assert summary["AccessKeysPerUserQuota"] == 2 and summary["AccountAccessKeysPresent"] == 1
    assert (summary["ServerCertificatesQuota"], summary["InstanceProfilesQuota"]) == (20, 1000)
