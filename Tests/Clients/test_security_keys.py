"""FIDO security keys: registered by a signed-in user, listed beside other devices, and a second factor themselves (M128)."""

import base64

import pytest
from audit import records
from authenticator import Authenticator
from callers import Clients
from console import GOOD, is_asked_for_a_code
from console import Browser as Page
from errors import refused
from people import allow, policy, statement
from security_key import ATTESTED, PRESENT, Browser, SecurityKey, base64url
from server import ACCOUNT, Keys


@pytest.fixture
def ann(server, people):
    clients = people.user("ann", allow("*"))
    clients.browser = Browser(server, clients.keys)
    return clients


def proved(server, ann, key):
    """The browser of a session that proved the key, and its clients."""
    keys = keys_of(ann.browser.session(key)[1])
    return Browser(server, keys), Clients(server, keys)


def keys_of(answer):
    shape = answer["Credentials"]
    return Keys(shape["AccessKeyId"], shape["SecretAccessKey"], shape["SessionToken"])


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_a_key_is_registered_and_proves(server, root, people, ann, algorithm):
    key = SecurityKey(algorithm)
    serial = ann.browser.register(key)
    assert serial.startswith(f"arn:aws:iam::{ACCOUNT}:u2f/user/ann/yubi-")
    (device,) = root.iam.list_mfa_devices(UserName="ann")["MFADevices"]
    assert device["SerialNumber"] == serial
    told = ann.iam.get_mfa_device(SerialNumber=serial)
    assert (told["UserName"], told["SerialNumber"], told["EnableDate"]) == ("ann", serial, device["EnableDate"])
    people.may("ann", policy(
        statement("Allow", "*"),
        statement("Deny", "iam:CreateGroup", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})))
    with refused("AccessDenied"):
        ann.iam.create_group(GroupName="band")
    status, answer = ann.browser.session(key)
    assert status == 200, answer
    Clients(server, keys_of(answer)).iam.create_group(GroupName="band")
    (record,) = records(root, "CreateGroup")[:1]
    assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"


def test_whoever_attests_nothing_is_taken_too(ann):
    key = SecurityKey()
    client = ann.browser.client_data("create", ann.browser.begin())
    status, answer = ann.browser.call("register", keyName="k", clientData=client, attestation=key.attest(client, format="none"))
    assert status == 200, answer
    assert ann.browser.session(key)[0] == 200


def refuses(browser, key, client, **more):
    status, answer = browser.call("register", keyName="k", clientData=client, attestation=key.attest(client, **more))
    assert (status, answer["__type"]) == (403, "InvalidAuthenticationCode"), answer


def test_registrations_that_are_refused(server, people, ann):
    browser, key = ann.browser, SecurityKey()
    good = browser.client_data("create", browser.begin())
    refuses(browser, key, good, host="evil.example")
    refuses(browser, key, good, flags=ATTESTED)
    refuses(browser, key, good, forged=True)
    refuses(browser, key, good, format="fido-u2f")
    refuses(browser, key, browser.client_data("get", browser.begin()))
    refuses(browser, key, browser.client_data("create", bytes(56)))
    *start, last = browser.begin()
    refuses(browser, key, browser.client_data("create", bytes([*start, last ^ 1])))
    refuses(browser, key, browser.client_data("create", browser.begin(), crossOrigin=True))
    for origin in ("http://evil.example", "https://evil.example", "http://127.0.0.1", "null", "http://localhost.evil.example"):
        refuses(browser, key, browser.client_data("create", browser.begin(), origin=origin))
    # A challenge of somebody else, one for another purpose, and an old one.
    ben = people.user("ben", allow("*"))
    refuses(browser, key, browser.client_data("create", Browser(server, ben.keys).begin()))
    old = browser.client_data("create", browser.begin())
    server.advance(minutes=5)
    refuses(browser, key, old)
    # A second key is for whoever proves the first.
    early = browser.client_data("create", browser.begin())
    serial = browser.register(key)
    status, answer = browser.call("register/begin")
    assert status == 403 and "authenticated with an MFA device" in answer["message"]
    status, answer = browser.call("register", keyName="k", clientData=early, attestation=SecurityKey().attest(early))
    assert status == 403 and "authenticated with an MFA device" in answer["message"]
    browser, clients = proved(server, ann, key)
    refuses(browser, key, browser.client_data("create", ann.browser.challenge()))
    # One key, one owner; one challenge, one key.
    client = browser.client_data("create", browser.begin())
    status, answer = browser.call("register", keyName="k", clientData=client, attestation=key.attest(client))
    assert (status, answer["__type"]) == (409, "EntityAlreadyExists")
    client = browser.client_data("create", browser.begin())
    second = SecurityKey()
    assert browser.call("register", keyName="k", clientData=client, attestation=second.attest(client))[0] == 200
    refuses(browser, SecurityKey(), client)
    assert len(ann.iam.list_mfa_devices()["MFADevices"]) == 2
    clients.iam.deactivate_mfa_device(SerialNumber=serial)
    with refused("NoSuchEntity"):
        ann.iam.get_mfa_device(SerialNumber=serial)
    browser.register(key, "again")


def test_answers_that_are_refused(server, people, ann):
    browser, key = ann.browser, SecurityKey()
    assert browser.call("session/begin")[0] == 403
    registering = browser.begin()
    browser.register(key)

    def denied(status_and_answer):
        status, answer = status_and_answer
        assert status == 403 and answer["__type"].startswith("AccessDenied"), answer
        assert "the security key's answer is not valid" in answer["message"]

    denied(browser.session(key, host="evil.example"))
    denied(browser.session(key, flags=AT_NONE))
    denied(browser.session(key, browser.client_data("create", browser.challenge())))
    denied(browser.session(key, browser.client_data("get", registering)))
    denied(browser.session(key, browser.client_data("get", browser.challenge(), origin="https://evil.example")))
    other = SecurityKey()
    other.id = key.id
    denied(browser.session(other))
    # Used once.
    client = browser.client_data("get", browser.challenge())
    assert browser.session(key, client)[0] == 200
    denied(browser.session(key, client))
    # A copy of the key counts from where it was copied.
    key.counter -= 2
    denied(browser.session(key))
    # Another user's key is nobody's.
    ben = people.user("ben", allow("*"))
    bens = SecurityKey()
    Browser(server, ben.keys).register(bens)
    denied(browser.session(bens))
    old = browser.client_data("get", browser.challenge())
    server.advance(minutes=5)
    denied(browser.session(key, old))


AT_NONE = PRESENT & ATTESTED


def test_keys_that_do_not_count(ann):
    key = SecurityKey()
    key.counter = -1
    ann.browser.register(key)
    for _ in range(2):
        key.counter = -1
        assert ann.browser.session(key)[0] == 200


def test_a_key_is_the_second_step_of_a_sign_in(server, root, ann):
    root.iam.create_login_profile(UserName="ann", Password=GOOD)
    key = SecurityKey()
    serial = ann.browser.register(key)

    def second(browser, first, key_challenge=None):
        challenge = key_challenge or first.json["keyChallenge"]
        client = ann.browser.client_data("get", base64.urlsafe_b64decode(challenge + "=" * (-len(challenge) % 4)))
        data, signature = key.answer(client)
        return browser.post(
            "second-factor", challenge=first.json["challenge"], credential=base64url(key.id), clientData=base64url(client),
            authenticatorData=base64url(data), signature=base64url(signature))

    page = Page(server)
    first = page.sign_in("ann", GOOD)
    assert is_asked_for_a_code(first)
    signed_in = second(page, first)
    assert signed_in.status == 200 and signed_in.json["status"] == "SIGNED_IN" and signed_in.json["mfa"] is True
    (record,) = records(root, "ConsoleLogin")
    assert record["responseElements"] == {"ConsoleLogin": "Success"}
    assert (record["additionalEventData"]["MFAUsed"], record["additionalEventData"]["MFAIdentifier"]) == ("Yes", serial)
    # The same challenge again, a wrong password, and somebody who is not there: all look alike.
    again = page.sign_in("ann", GOOD)
    assert second(Page(server), again, first.json["keyChallenge"]).status == 401
    for user in ("ann", "nobody"):
        wrong = Page(server, address=f"127.0.0.{len(user)}").sign_in(user, "Not the password 1")
        assert is_asked_for_a_code(wrong) and set(wrong.json) == set(first.json)
        assert {name: len(wrong.json[name]) for name in wrong.json} == {name: len(first.json[name]) for name in first.json}
        assert second(Page(server), wrong).status == 401


def test_who_may_register(server, root, people):
    people.user("ben")
    ann = people.user("ann", policy(
        statement("Allow", "iam:EnableMFADevice", "arn:aws:iam::*:user/${aws:username}"),
        statement("Deny", "iam:EnableMFADevice", Condition={"StringEquals": {"iam:RegisterSecurityKey": "Activate"}})))
    browser = Browser(server, ann.keys)
    status, answer = browser.call("register/begin", userName="ben")
    assert status == 403 and "iam:EnableMFADevice on resource: user ben" in answer["message"]
    client = browser.client_data("create", browser.begin())
    status, answer = browser.call("register", keyName="k", clientData=client, attestation=SecurityKey().attest(client))
    assert status == 403 and "explicit deny" in answer["message"]
    assert records(root, "EnableMFADevice")[0]["errorCode"] == "AccessDenied"
    people.may("ann", allow("iam:EnableMFADevice"))
    serial = browser.register(SecurityKey())
    record = records(root, "EnableMFADevice")[0]
    assert record["requestParameters"] == {"keyName": "yubi"}
    assert record["responseElements"] == {"serialNumber": serial}
    assert record["eventSource"] == "iam.amazonaws.com"


def test_root_has_a_key(server, root):
    key = SecurityKey()
    browser = Browser(server, root.keys)
    serial = browser.register(key)
    assert serial.startswith(f"arn:aws:iam::{ACCOUNT}:u2f/root-account/yubi-")
    assert root.iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1
    session = Clients(server, keys_of(browser.session(key)[1]))
    assert session.sts.get_caller_identity()["Arn"].endswith(":root")
    root.iam.deactivate_mfa_device(UserName="root", SerialNumber=serial)


def test_eight_of_all_kinds(server, root, ann):
    first = SecurityKey()
    ann.browser.register(first, "first")
    browser, _ = proved(server, ann, first)
    for number in range(3):
        browser.register(SecurityKey(), f"key{number}")
    for number in range(4):
        Authenticator(server, root.iam, f"app{number}").enable("ann")
    client = browser.client_data("create", browser.begin())
    status, answer = browser.call("register", keyName="k", clientData=client, attestation=SecurityKey().attest(client))
    assert (status, answer["__type"]) == (409, "LimitExceeded")


def test_a_key_shows_no_codes(server, root, ann):
    serial = ann.browser.register(SecurityKey())
    with refused("AccessDenied", "unable to validate MFA code"):
        ann.sts.get_session_token(SerialNumber=serial, TokenCode="123456")
    with refused("InvalidAuthenticationCode"):
        ann.iam.resync_mfa_device(
            UserName="ann", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="123457")
    app = Authenticator(server, root.iam, "app").enable("ann")
    with refused("ValidationError", "FIDO security key"):
        ann.iam.get_mfa_device(SerialNumber=app.serial)


def test_what_is_no_call(server, ann):
    assert ann.browser.call("forget")[0] == 404
    status, answer = ann.browser.call("register", keyName="k")
    assert status == 400 and "clientData" in answer["message"]
    assert ann.browser.call("register/begin", nickname="x")[0] == 501
    unsigned = Browser(server, Keys("AKIANOBODYNOBODYNOBO", "z" * 40))
    assert unsigned.call("register/begin")[0] in (400, 403)
