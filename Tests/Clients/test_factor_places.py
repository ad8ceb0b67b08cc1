"""Defends the owner of a second factor against being kept out by whoever guesses its codes, on another way or from elsewhere."""

import contextlib
import http.client

import pytest

from authenticator import Authenticator
from console import GOOD, Browser
from patience import PATIENCE
from server import Keys
from signed import Answer, query, signed

HOME, WORK, CAFE, ELSEWHERE = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"


@pytest.fixture
def phone(server, root, alice):
    return Authenticator(server, root.iam, "phone").enable("alice")


@pytest.fixture
def keys(root, alice):
    return Keys.of(root.iam.create_access_key(UserName="alice"))


def call(server, keys, phone, code, address):
    """Whether the code is good with a call from there; the answer's text where it is not."""
    body = query("GetSessionToken", "2011-06-15", SerialNumber=phone.serial, TokenCode=code)
    link = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE, source_address=(address, 0))
    with contextlib.closing(link):
        link.request("POST", "/", body, signed(server, keys, body, "sts"))
        answer = Answer(link.getresponse())
    return True if answer.status == 200 else answer.text


def signs_in(server, code, address):
    return Browser(server, address=address).sign_in("alice", GOOD, mfaCode=code).json.get("status") == "SIGNED_IN"


def guess_by_calls(server, keys, phone, address=ELSEWHERE):
    for _ in range(5):
        assert "invalid MFA" in call(server, keys, phone, phone.wrong(), address)
    assert "too many wrong codes" in call(server, keys, phone, phone.code(), address)


def guess_at_the_console(server, phone, address=ELSEWHERE):
    browser = Browser(server, address=address)
    challenge = browser.sign_in("alice", GOOD).json["challenge"]
    for _ in range(6):
        assert browser.post("second-factor", challenge=challenge, mfaCode=phone.wrong()).status == 401


def test_an_access_key_locks_no_console(server, keys, phone):
    guess_by_calls(server, keys, phone)
    assert signs_in(server, phone.code(), HOME)
    # What was proved at the console opened nothing for whoever guesses.
    assert "too many" in call(server, keys, phone, phone.code(1), ELSEWHERE)
    assert "too many" in call(server, keys, phone, phone.code(1), CAFE)
    # But where the owner is known, calls have a lock of their own.
    assert call(server, keys, phone, phone.code(1), HOME) is True


def test_a_password_locks_no_calls(server, keys, phone):
    guess_at_the_console(server, phone)
    assert not signs_in(server, phone.code(), ELSEWHERE)
    assert call(server, keys, phone, phone.code(), HOME) is True


def test_guesses_from_elsewhere_lock_no_address_of_the_owners(server, keys, phone):
    assert signs_in(server, phone.code(), HOME)
    guess_at_the_console(server, phone)
    server.advance(seconds=30)
    assert not signs_in(server, phone.code(), CAFE) and signs_in(server, phone.code(), HOME)
    server.advance(minutes=10)
    assert call(server, keys, phone, phone.code(), WORK) is True
    guess_by_calls(server, keys, phone)
    server.advance(seconds=30)
    assert call(server, keys, phone, phone.code(), HOME) is True
    assert call(server, keys, phone, phone.code(1), WORK) is True
    assert "too many" in call(server, keys, phone, phone.code(2), CAFE)


def test_an_address_of_the_owners_is_no_place_to_guess(server, keys, phone):
    assert call(server, keys, phone, phone.code(), HOME) is True
    guess_by_calls(server, keys, phone, HOME)
    # Nor are there more guesses for coming and going: the lock grows at each place for itself.
    for seconds in (60, 120, 240):
        server.advance(seconds=seconds)
        assert "invalid MFA" in call(server, keys, phone, phone.wrong(), HOME)
        assert "too many" in call(server, keys, phone, phone.code(), HOME)
    assert call(server, keys, phone, phone.code(), CAFE) is True


def test_guessers_have_no_more_places_for_moving(server, keys, phone):
    for number in range(5):
        assert "invalid MFA" in call(server, keys, phone, phone.wrong(), f"127.0.0.{10 + number}")
    assert "too many" in call(server, keys, phone, phone.code(), "127.0.0.99")


def test_where_the_owner_was_is_forgotten_in_time_and_with_the_device(server, root, keys, phone):
    assert call(server, keys, phone, phone.code(), HOME) is True
    server.advance(days=181)
    # What is old goes with the next code that is proved.
    assert call(server, keys, phone, phone.code(), WORK) is True
    guess_by_calls(server, keys, phone)
    server.advance(seconds=30)
    assert "too many" in call(server, keys, phone, phone.code(), HOME)
    assert call(server, keys, phone, phone.code(), WORK) is True
    root.iam.deactivate_mfa_device(UserName="alice", SerialNumber=phone.serial)
    server.advance(minutes=5)
    phone.enable("alice")
    guess_by_calls(server, keys, phone)
    assert "too many" in call(server, keys, phone, phone.code(1), WORK)


@pytest.mark.parametrize("way", ["calls", "console"])
def test_two_codes_in_a_row_open_both_ways(server, root, keys, phone, way):
    guess_by_calls(server, keys, phone)
    guess_at_the_console(server, phone)
    root.iam.resync_mfa_device(UserName="alice", SerialNumber=phone.serial, **phone.pair(0))
    code = phone.code(2)
    assert call(server, keys, phone, code, ELSEWHERE) is True if way == "calls" else signs_in(server, code, ELSEWHERE)
