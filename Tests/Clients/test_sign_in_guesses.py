"""Defends passwords against guessing, and their owners against being kept out by those who guess."""

from console import GOOD, Browser, is_asked_for_a_code
from server import ROOT_EMAIL, ROOT_PASSWORD


def hold(server):
    """The first wait is one second: the clock goes back, so that a slow machine does not outrun it."""
    server.advance(seconds=-60)


def test_guesses_wait_longer_each_time_and_never_for_good(server, root, alice):
    def guess(user="alice", password="Wrong one 1"):
        return Browser(server).sign_in(user, password)

    for user in ["alice", "nobody"]:
        for _ in range(5):
            assert is_asked_for_a_code(guess(user))
        hold(server)
        locked = guess(user, GOOD)
        assert (locked.status, locked.json["code"]) == (429, "TooManyAttempts") and 1 < int(locked.header("Retry-After")) <= 61
        server.advance(seconds=61)
        assert is_asked_for_a_code(guess(user))
        hold(server)
        assert 2 < int(guess(user).header("Retry-After")) <= 62
    for _ in range(9):
        server.advance(minutes=15)
        assert is_asked_for_a_code(guess())
    assert 800 < int(guess().header("Retry-After")) <= 900
    assert [guess().status for _ in range(5)] == [429] * 5
    server.advance(seconds=901)
    assert guess(password=GOOD).json["status"] == "SIGNED_IN"


def test_the_owner_is_not_kept_out_by_guesses_from_elsewhere(server, alice):
    home = Browser(server, address="127.0.0.2")
    assert home.sign_in("alice", GOOD).json["status"] == "SIGNED_IN"
    for _ in range(5):
        Browser(server, address="127.0.0.3").sign_in("alice", "Wrong one 1")
    hold(server)
    assert Browser(server, address="127.0.0.3").sign_in("alice", GOOD).status == 429
    assert Browser(server, address="127.0.0.4").sign_in("alice", GOOD).status == 429
    assert home.sign_in("alice", GOOD).json["status"] == "SIGNED_IN"


def test_where_somebody_was_long_ago_is_forgotten(server, alice):
    home = Browser(server, address="127.0.0.2")
    assert home.sign_in("alice", GOOD).json["status"] == "SIGNED_IN"
    for days, status in [(179, 200), (181, 429)]:
        server.advance(days=days)
        # What is old goes whoever signs in.
        assert Browser(server, address="127.0.0.5").sign_in_as_root(ROOT_EMAIL, ROOT_PASSWORD).json["status"] == "SIGNED_IN"
        for _ in range(5):
            Browser(server, address="127.0.0.3").sign_in("alice", "Wrong one 1")
        hold(server)
        assert home.sign_in("alice", GOOD).status == status


def test_one_address_does_not_try_a_password_on_everybody(server, alice):
    for number in range(20):
        assert is_asked_for_a_code(Browser(server, address="127.0.0.9").sign_in(f"user{number}", GOOD))
    hold(server)
    assert Browser(server, address="127.0.0.9").sign_in("alice", GOOD).status == 429
    assert Browser(server, address="127.0.0.8").sign_in("alice", GOOD).json["status"] == "SIGNED_IN"
