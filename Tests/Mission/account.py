"""M110 to M152: securing a new account."""

import csv
import io

import totp
from devices import PASSWORD, device
from identity import ADMIN, user_arn
from rows import ROWS, later, row
from scene import ACCOUNT, ROOT_EMAIL, ROOT_KEYS, ROOT_PASSWORD, TOKEN, Keys, allow, policy, refused, statement
from security_key import Browser, SecurityKey


def report(scene):
    """The credential report, by user."""
    while scene.iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    content = scene.iam.get_credential_report()["Content"].decode()
    return {line["user"]: line for line in csv.DictReader(io.StringIO(content))}


later(110, "root use raises an alarm", "GuardDuty; the record itself says Root")
@row(111, "root signs in with its e-mail address and password; no user does")
def _(scene):
    assert scene.browser().sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD).json["arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    scene.person("ada")
    assert scene.browser().sign_in_as_root("ada", PASSWORD).json["status"] != "SIGNED_IN"


@row(112, "root's password is root's to change: an administrator may not")
def _(scene):
    scene.person("ada")
    scene.iam.attach_user_policy(UserName="ada", PolicyArn=ADMIN)
    better = "Another one of root's 2"
    for sign_in, status in (
            (lambda browser: browser.sign_in("ada", PASSWORD), 403),
            (lambda browser: browser.sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD), 200)):
        browser = scene.browser()
        sign_in(browser)
        assert browser.post("root/password", password=ROOT_PASSWORD, newPassword=better).status == status
    assert scene.browser().sign_in_as_root(ROOT_EMAIL, better).json["status"] == "SIGNED_IN"


later(113, "changing the support plan is root's", "the account page")


@row(114, "root restores an administrator who lost all rights")
def _(scene):
    ada = scene.people.user("ada")
    scene.iam.attach_user_policy(UserName="ada", PolicyArn=ADMIN)
    ada.iam.put_user_policy(UserName="ada", PolicyName="oops", PolicyDocument=policy(statement("Deny", "*")))
    with refused("AccessDenied"):
        ada.iam.delete_user_policy(UserName="ada", PolicyName="oops")
    scene.iam.delete_user_policy(UserName="ada", PolicyName="oops")
    assert ada.iam.list_users()["Users"]


later(115, "contacts and allowed Regions", "the Account API")


@row(116, "root is left alone early: the report tells its last use, the checklist when that was")
def _(scene):
    scene.browser().sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD)
    assert report(scene)["<root_account>"]["password_last_used"].startswith("20")
    assert scene.checklist()["root-use"]["detail"].startswith("last used 0 days ago")


@row(117, "root has unrestricted access")
def _(scene):
    scene.iam.create_user(UserName="ada")
    scene.bucket("anything")
    scene.root.s3.put_bucket_policy(Bucket="anything", Policy=policy(
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::anything", "arn:aws:s3:::anything/*"]}))
    # A policy that shuts everybody out is root's to take away.
    scene.root.s3.delete_bucket_policy(Bucket="anything")
    scene.root.s3.list_objects_v2(Bucket="anything")


@row(118, "root makes a user with a password and, if needed, keys told once")
def _(scene):
    scene.aws("iam", "create-user", "--user-name", "ada")
    scene.aws("iam", "create-login-profile", "--user-name", "ada", "--password", "a-Long-enough-passw0rd")
    key = scene.aws("iam", "create-access-key", "--user-name", "ada")["AccessKey"]
    assert len(key["SecretAccessKey"]) == 40
    assert "SecretAccessKey" not in str(scene.iam.list_access_keys(UserName="ada")["AccessKeyMetadata"])


@row(119, "a group of administrators, and the user in it")
def _(scene):
    ada = scene.people.user("ada")
    scene.aws("iam", "create-group", "--group-name", "admins")
    scene.aws("iam", "attach-group-policy", "--group-name", "admins", "--policy-arn", ADMIN)
    scene.aws("iam", "add-user-to-group", "--group-name", "admins", "--user-name", "ada")
    ada.iam.create_user(UserName="bob")


@row(120, "root's access keys can be disabled and deleted, and are refused then")
def _(scene):
    ada = scene.people.user("ada")
    scene.iam.attach_user_policy(UserName="ada", PolicyArn=ADMIN)
    key = scene.iam.create_access_key()["AccessKey"]
    more = scene.clients(Keys(key["AccessKeyId"], key["SecretAccessKey"]))
    assert more.sts.get_caller_identity()["Arn"].endswith(":root")
    scene.iam.update_access_key(AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with refused("InvalidClientTokenId"):
        more.sts.get_caller_identity()
    scene.iam.delete_access_key(AccessKeyId=key["AccessKeyId"])
    scene.iam.delete_access_key(AccessKeyId=ROOT_KEYS.id)
    with refused("InvalidClientTokenId"):
        scene.root.make("iam").list_users()
    assert ada.iam.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"] == 0


@row(121, "the password policy is enforced")
def _(scene):
    scene.aws("iam", "update-account-password-policy", "--minimum-password-length", "14", "--require-symbols")
    scene.iam.create_user(UserName="ada")
    scene.aws_refused("PasswordPolicyViolation", "iam", "create-login-profile", "--user-name", "ada", "--password", "short-1!")
    scene.aws("iam", "create-login-profile", "--user-name", "ada", "--password", "Long enough, with symbols 1!")


@row(122, "the new user signs in")
def _(scene):
    scene.person("ada")
    assert scene.browser().sign_in("ada", PASSWORD).json["arn"] == user_arn("ada")
    record = scene.events("ConsoleLogin")[0]
    assert record["responseElements"] == {"ConsoleLogin": "Success"} and record["additionalEventData"]["MFAUsed"] == "No"


later(123, "a recovery sheet of root's credentials", "the web console")


@row(124, "root has a second factor")
def _(scene):
    device(scene, "root-account-mfa-device")
    assert scene.aws("iam", "get-account-summary")["SummaryMap"]["AccountMFAEnabled"] == 1


@row(125, "every user has a second factor: the report tells who has not")
def _(scene):
    for name in ("ada", "bob"):
        scene.iam.create_user(UserName=name)
    device(scene, "adas", "ada")
    found = report(scene)
    assert (found["ada"]["mfa_active"], found["bob"]["mfa_active"]) == ("true", "false")


@row(126, "a second factor guards the API: denied with plain keys, allowed with a session that has one")
def _(scene):
    ada = scene.people.user("ada", policy(
        statement("Allow", "*"),
        statement("Deny", "iam:DeleteUser", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})))
    serial, seed = device(scene, "adas", "ada")
    scene.iam.create_user(UserName="bob")
    with refused("AccessDenied"):
        ada.iam.delete_user(UserName="bob")
    plain = scene.clients(Keys.of(ada.sts.get_session_token()))
    with refused("InvalidClientTokenId", "AccessDenied"):
        plain.iam.delete_user(UserName="bob")
    code = totp.next_code(scene, seed)
    session = scene.clients(Keys.of(ada.sts.get_session_token(SerialNumber=serial, TokenCode=code)))
    session.iam.delete_user(UserName="bob")
    with refused("AccessDenied"):
        ada.sts.get_session_token(SerialNumber=serial, TokenCode=code)


@row(127, "a virtual device: seed and picture; two codes enable it")
def _(scene):
    scene.iam.create_user(UserName="ada")
    made = scene.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    assert made["QRCodePNG"].startswith(b"\x89PNG")
    seed = made["Base32StringSeed"].decode()
    first, second = totp.pair(scene, seed)
    with refused("InvalidAuthenticationCode"):
        scene.iam.enable_mfa_device(UserName="ada", SerialNumber=made["SerialNumber"], AuthenticationCode1=second, AuthenticationCode2=first)
    scene.iam.enable_mfa_device(UserName="ada", SerialNumber=made["SerialNumber"], AuthenticationCode1=first, AuthenticationCode2=second)
    assert len(scene.iam.list_mfa_devices(UserName="ada")["MFADevices"]) == 1


@row(128, "a security key: registered at a page, and a second factor")
def _(scene):
    ada = scene.people.user("ada", policy(
        statement("Allow", "*"),
        statement("Deny", "iam:DeleteUser", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})))
    key, page = SecurityKey(), Browser(scene.server, ada.keys)
    serial = page.register(key)
    assert [device["SerialNumber"] for device in ada.iam.list_mfa_devices()["MFADevices"]] == [serial]
    scene.iam.create_user(UserName="bob")
    with refused("AccessDenied"):
        ada.iam.delete_user(UserName="bob")
    status, answer = page.session(key)
    assert status == 200
    scene.clients(Keys.of(answer)).iam.delete_user(UserName="bob")


@row(129, "a hardware token: the operator has its seed, the user enables it by its number")
def _(scene):
    scene.iam.create_user(UserName="ada")
    first, second = totp.pair(scene, TOKEN[1])
    scene.aws("iam", "enable-mfa-device", "--user-name", "ada", "--serial-number", TOKEN[0],
              "--authentication-code1", first, "--authentication-code2", second)
    (device,) = scene.iam.list_mfa_devices(UserName="ada")["MFADevices"]
    assert device["SerialNumber"] == TOKEN[0]


@row(130, "CloudTrail tells what a user did")
def _(scene):
    scene.people.user("alice", allow("iam:ListUsers")).iam.list_users()
    found = scene.aws("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=Username,AttributeValue=alice")["Events"]
    assert [one["EventName"] for one in found] == ["ListUsers"]


@row(131, "every call is recorded")
def _(scene):
    calls = [(scene.iam.list_users, "ListUsers"), (scene.iam.get_account_summary, "GetAccountSummary"),
             (scene.root.sts.get_caller_identity, "GetCallerIdentity"), (scene.root.s3.list_buckets, "ListBuckets")]
    for call, name in calls:
        call()
        assert scene.events(name), name


@row(132, "the event history is there without a trail")
def _(scene):
    scene.iam.list_users()
    assert scene.events("ListUsers")


later(133, "the history keeps 90 days", "the CloudTrail issue")
later(134, "the history in the console", "the web console")


@row(135, "the history is searched by user, event, resource, key, source and time")
def _(scene):
    alice = scene.people.user("alice", allow("iam:*"))
    alice.iam.create_group(GroupName="crew")
    look = scene.root.cloudtrail.lookup_events
    for key, value in (("EventName", "CreateGroup"), ("Username", "alice"), ("ResourceName", "crew"), ("AccessKeyId", alice.keys.id),
                       ("EventSource", "iam.amazonaws.com"), ("ReadOnly", "false")):
        found = look(LookupAttributes=[{"AttributeKey": key, "AttributeValue": value}])["Events"]
        assert "CreateGroup" in [one["EventName"] for one in found], key


for number, says in {136: "longer keeping needs a trail", 138: "a trail is made in the console", 139: "a trail of all Regions",
                     140: "the log bucket is the administrators'", 152: "a trail watches"}.items():
    later(number, says, "trails")
later(137, "alerts on chosen events", "CloudWatch alarms and EventBridge")
for number, says in {141: "a billing report", 142: "use and estimated cost", 143: "delivered to a bucket", 144: "once a day at least",
                     145: "by the hour or by the day"}.items():
    later(number, says, "cost and usage reports")


@row(146, "logins are secured with a second factor: the report follows")
def _(scene):
    ROWS[125].check(scene)


@row(147, "root's keys are deleted: the summary follows")
def _(scene):
    ROWS[120].check(scene)


@row(148, "individual users with little rights: their last use is known")
def _(scene):
    ROWS[69].check(scene)


@row(149, "rights come by groups: users with policies of their own are told")
def _(scene):
    scene.people.user("ada", allow("s3:*"))
    assert scene.checklist()["individual-users"]["detail"] == "with policies of their own: ada"


@row(150, "a strong password policy")
def _(scene):
    ROWS[121].check(scene)


later(151, "one key from many networks is told", "GuardDuty; roles in place of shared keys are M95")
