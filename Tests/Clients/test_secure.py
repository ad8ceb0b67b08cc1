"""Defends `gatehouse secure`: what an account needs to be secured, item by item, each mended by the command it names."""

import json
import os
import subprocess

from callers import Clients
from patience import PATIENCE
from people import allow
from server import ACCOUNT, ROOT_KEYS, Server, binary
from signed import call

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
IDS = ["individual-users", "administrators-group", "root-access-keys", "root-mfa", "root-use", "user-mfa", "password-policy", "trail",
       "billing-report"]


def status(server, keys):
    answer = call(server, keys, b"", service="gatehouse", method="GET", target="/_gatehouse/security-status", headers={})
    return answer.status, json.loads(answer.text)


def items(server, keys):
    code, told = status(server, keys)
    assert code == 200, told
    assert [item["id"] for item in told["items"]] == IDS
    assert told["passed"] + told["failed"] + told["later"] == len(IDS)
    return {item["id"]: item for item in told["items"]}


def test_a_new_account_has_much_to_mend(server, root):
    root.iam.list_users()
    found = items(server, ROOT_KEYS)
    assert [found[name]["state"] for name in IDS] == [
        "failed", "failed", "failed", "failed", "failed", "passed", "failed", "later", "later"]
    assert ROOT_KEYS.id in found["root-access-keys"]["mend"]
    assert found["root-use"]["detail"].startswith("last used 0 days ago")
    assert all("mend" in item for item in found.values() if item["state"] == "failed")
    assert all("mend" not in item for item in found.values() if item["state"] != "failed")
    assert found["trail"]["detail"] == "later: trails are not served yet"


def test_groups_and_users_are_looked_at(server, root, people):
    alice = people.user("alice", allow("*"))
    found = items(server, ROOT_KEYS)
    assert found["individual-users"]["detail"] == "with policies of their own: alice"
    assert found["user-mfa"]["detail"] == "without one: alice" and found["administrators-group"]["state"] == "failed"
    root.iam.create_group(GroupName="Administrators")
    root.iam.attach_group_policy(GroupName="Administrators", PolicyArn=ADMINISTRATOR)
    assert items(server, ROOT_KEYS)["administrators-group"]["state"] == "failed", "nobody is in it"
    root.iam.add_user_to_group(GroupName="Administrators", UserName="alice")
    root.iam.delete_user_policy(UserName="alice", PolicyName="given")
    found = items(server, alice.keys)
    assert found["administrators-group"]["detail"] == "the group Administrators"
    assert found["individual-users"]["state"] == "passed"


def test_root_that_rests_is_root_that_rests(server, root, people):
    keys = people.user("alice", allow("gatehouse:GetSecurityStatus")).keys
    server.advance(days=89)
    assert items(server, keys)["root-use"]["state"] == "failed"
    server.advance(days=1)
    # To look with root's own keys does not count.
    assert items(server, ROOT_KEYS)["root-use"]["state"] == "passed"
    assert items(server, keys)["root-use"]["state"] == "passed"
    root.iam.list_users()
    assert items(server, keys)["root-use"]["state"] == "failed"


def test_a_password_policy_is_asked_for(server, root):
    root.iam.update_account_password_policy(MinimumPasswordLength=7)
    assert items(server, ROOT_KEYS)["password-policy"]["detail"].startswith("at least 7 characters")
    kinds = {name: True for name in ("RequireUppercaseCharacters", "RequireLowercaseCharacters", "RequireNumbers", "RequireSymbols")}
    root.iam.update_account_password_policy(MinimumPasswordLength=7, **kinds)
    assert items(server, ROOT_KEYS)["password-policy"]["state"] == "failed"
    root.iam.update_account_password_policy(MinimumPasswordLength=8, **kinds)
    assert items(server, ROOT_KEYS)["password-policy"]["state"] == "passed"


def test_a_policy_that_asks_for_less_than_none_does_is_not_enough(server, root):
    """Without one, passwords are of three kinds of characters; with a policy, of those that it names."""
    root.iam.update_account_password_policy(MinimumPasswordLength=14)
    found = items(server, ROOT_KEYS)["password-policy"]
    assert found["state"] == "failed"
    assert found["detail"] == "at least 14 characters, which may lack uppercase letters, lowercase letters, numbers, symbols"
    root.iam.update_account_password_policy(
        MinimumPasswordLength=14, RequireUppercaseCharacters=True, RequireLowercaseCharacters=True, RequireNumbers=True)
    assert items(server, ROOT_KEYS)["password-policy"]["detail"] == "at least 14 characters, which may lack symbols"


def test_the_mending_locks_nobody_out(server, root):
    """Carried out from top to bottom, what is told leaves an administrator with keys before root's are gone."""
    delete = f"aws iam delete-access-key --access-key-id {ROOT_KEYS.id}"
    found = items(server, ROOT_KEYS)
    assert found["root-access-keys"]["mend"].startswith("not before a user in a group of administrators has keys or a password")
    assert found["root-access-keys"]["mend"].endswith(delete)
    assert "create-access-key" in found["administrators-group"]["mend"]
    root.iam.create_user(UserName="alice")
    root.iam.create_group(GroupName="Administrators")
    root.iam.attach_group_policy(GroupName="Administrators", PolicyArn=ADMINISTRATOR)
    root.iam.add_user_to_group(GroupName="Administrators", UserName="alice")
    assert items(server, ROOT_KEYS)["root-access-keys"]["mend"] != delete
    made = root.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    assert items(server, ROOT_KEYS)["root-access-keys"]["mend"] == delete
    root.iam.update_access_key(UserName="alice", AccessKeyId=made, Status="Inactive")
    assert items(server, ROOT_KEYS)["root-access-keys"]["mend"] != delete
    root.iam.create_login_profile(UserName="alice", Password="Correct horse 7")
    assert items(server, ROOT_KEYS)["root-access-keys"]["mend"] == delete


def test_only_who_may_sees_it(server, people):
    code, told = status(server, people.user("alice").keys)
    assert code == 403 and "gatehouse:GetSecurityStatus" in told["message"]


def secure(folder, *words, **environment):
    clean = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([binary(), "secure", "--data", str(folder), *words], env=clean, capture_output=True, text=True, timeout=PATIENCE)


def test_the_command_asks_a_server_and_reads_a_folder(tmp_path):
    server = Server(folder=tmp_path / "data")
    try:
        Clients(server, ROOT_KEYS).iam.create_user(UserName="alice")
        keys = {"AWS_ACCESS_KEY_ID": ROOT_KEYS.id, "AWS_SECRET_ACCESS_KEY": ROOT_KEYS.secret}
        asked = secure(tmp_path / "data", **keys)
        assert asked.returncode == 3, asked.stderr
        assert "failed  the root user has no access keys: 1 there" in asked.stdout
        assert f"aws iam delete-access-key --access-key-id {ROOT_KEYS.id}" in asked.stdout
        assert asked.stdout.splitlines()[-1] == "1 of 9 passed, 6 to mend, 2 later"
        told = json.loads(secure(tmp_path / "data", "--json", **keys).stdout)
        assert told["account"] == ACCOUNT and [item["id"] for item in told["items"]] == IDS
    finally:
        assert server.stop() == 0
    read = secure(tmp_path / "data", "--account", ACCOUNT)
    assert read.returncode == 3, read.stderr
    assert read.stdout.splitlines()[1:] == asked.stdout.splitlines()[1:]
    several = secure(tmp_path / "data")
    assert several.returncode == 1 and ACCOUNT in several.stderr


def test_the_command_line_is_checked(tmp_path):
    assert secure(tmp_path / "nothing").returncode == 1
    assert secure(tmp_path, "--nonsense").returncode == 2
    assert "Exit status" in secure(tmp_path, "--help").stdout
