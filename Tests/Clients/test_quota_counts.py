"""Defends the counts that quotas are held by: they are what lies in the tables, whatever came and went."""

import contextlib
import sqlite3

from callers import Clients
from server import ROOT_KEYS, Server

COUNTS = {
    "kms_key_count": ("keys", "SELECT account, region, count(*) FROM kms_key WHERE manager = 'CUSTOMER' GROUP BY account, region"),
    "secret_count": ("secrets", "SELECT account, region, count(*) FROM secret GROUP BY account, region"),
    "ssm_parameter_count": ("parameters", "SELECT account, region, tier, count(*) FROM ssm_parameter GROUP BY account, region, tier"),
}


def counted(folder):
    with contextlib.closing(sqlite3.connect(folder / "gatehouse.db")) as database:
        for table, (column, rows) in COUNTS.items():
            keys = rows.split("GROUP BY ")[1]
            there = sorted(database.execute(f"SELECT {keys}, {column} FROM {table} WHERE {column} <> 0"))
            assert there == sorted(database.execute(rows)), table
            yield sum(row[-1] for row in there)


def test_counts_follow_what_comes_and_goes(tmp_path):
    server = Server(tmp_path / "data")
    root = Clients(server, ROOT_KEYS)
    keys = [root.kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"] for _ in range(3)]
    root.kms.replicate_key(KeyId=keys[0], ReplicaRegion="eu-west-1")
    root.kms.schedule_key_deletion(KeyId=keys[1], PendingWindowInDays=7)
    for number in range(4):
        root.secretsmanager.create_secret(Name=f"s{number}", SecretString="x")
        root.ssm.put_parameter(Name=f"p{number}", Value="x", Type="String")
    root.secretsmanager.delete_secret(SecretId="s0", ForceDeleteWithoutRecovery=True)
    root.ssm.delete_parameter(Name="p0")
    root.ssm.put_parameter(Name="p1", Value="y", Type="String", Tier="Advanced", Overwrite=True)
    root.secretsmanager.create_secret(Name="s0", SecretString="again")
    root.kms.create_key()
    assert server.stop() == 0
    assert list(counted(server.folder)) == [5, 4, 3]
