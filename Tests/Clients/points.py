"""Clients of access points, whose names stand before that of the server."""

import socket

from callers import Clients


def by_hand(host, *rest, real=socket.getaddrinfo, **more):
    """Names before an address or `localhost` lead to this machine, as a resolver with a wildcard would have it."""
    is_ours = str(host).endswith((".localhost", ".127.0.0.1"))
    return real("127.0.0.1" if is_ours else host, *rest, **more)


class Local(Clients):
    """Clients that know the server as `localhost`."""

    def __init__(self, server, keys, region="us-east-1"):
        super().__init__(server, keys, region, f"http://localhost:{server.port}")
