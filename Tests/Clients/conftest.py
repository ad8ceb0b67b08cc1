"""Fixtures of the client tests: one server for all of a worker, at its first state before each test."""

import os
import pathlib

import pytest

from callers import Clients, CommandLine
from console import GOOD, Browser
from people import People
from server import OTHER_ROOT_KEYS, ROOT_KEYS, Server

# Whoever runs the tests may have keys of the real cloud in the shell: the commands of ours would sign with them.
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    with open(tmp_path_factory.mktemp("server") / "log", "w") as log:
        server = Server(log=log)
        server.log_path = pathlib.Path(log.name)
        yield server
        assert server.stop() == 0


@pytest.fixture
def server(running):
    running.reset()
    return running


@pytest.fixture
def noon(server):
    """For tests of one day: first of the fixtures, so that none of what happens is of the day before."""
    server.until_noon()


@pytest.fixture
def root(server):
    """The root user of the account 123456789012."""
    return Clients(server, ROOT_KEYS)


@pytest.fixture
def other(server):
    """The root user of the account 210987654321."""
    return Clients(server, OTHER_ROOT_KEYS)


@pytest.fixture
def people(server, root):
    return People(server, root)


@pytest.fixture
def aws(server, tmp_path):
    """The AWS CLI of the root user; `aws.of(keys)` is somebody else's."""
    line = CommandLine(server, tmp_path)
    line.of = lambda keys: CommandLine(server, tmp_path, keys)
    return line


@pytest.fixture
def browser(server):
    return Browser(server)


@pytest.fixture
def alice(root):
    """A user with a password."""
    root.iam.create_user(UserName="alice", Path="/staff/")
    root.iam.create_login_profile(UserName="alice", Password=GOOD)
    return "alice"
