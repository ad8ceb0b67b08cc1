"""Defends: what root does to its own keys holds, also where the settings of a later start still name them."""

import pytest

from callers import Clients
from errors import refused
from people import allow
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Keys, Server


@pytest.fixture
def starts(tmp_path):
    """Starts a server on the same folder again and again; the one before is stopped."""
    servers = []

    def start():
        if servers:
            servers.pop().stop()
        servers.append(Server(tmp_path / "data"))
        return servers[0]

    yield start
    servers.pop().stop()


def administrator(server):
    root = Clients(server, ROOT_KEYS)
    root.iam.create_user(UserName="ada")
    root.iam.put_user_policy(UserName="ada", PolicyName="all", PolicyDocument=allow("*"))
    return Keys.of(root.iam.create_access_key(UserName="ada"))


def test_a_deleted_key_stays_away(starts):
    server = starts()
    keys = administrator(server)
    Clients(server, ROOT_KEYS).iam.delete_access_key(AccessKeyId=ROOT_KEYS.id)
    again = starts()
    with refused("InvalidClientTokenId"):
        Clients(again, ROOT_KEYS).sts.get_caller_identity()
    assert Clients(again, keys).iam.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"] == 0
    # The other account's keys are as they were.
    assert Clients(again, OTHER_ROOT_KEYS).sts.get_caller_identity()


def test_an_inactive_key_stays_inactive(starts):
    server = starts()
    administrator(server)
    Clients(server, ROOT_KEYS).iam.update_access_key(AccessKeyId=ROOT_KEYS.id, Status="Inactive")
    with refused("InvalidClientTokenId"):
        Clients(starts(), ROOT_KEYS).sts.get_caller_identity()


def test_an_active_key_works_after_every_start(starts):
    for _ in range(3):
        assert Clients(starts(), ROOT_KEYS).sts.get_caller_identity()["Arn"].endswith(":root")
