"""Codes of a virtual device at the server's time."""

import authenticator


def code(scene, seed):
    """The code of now."""
    return authenticator.code(seed, authenticator.now(scene.server))


def pair(scene, seed):
    """Two codes in a row, the second of now; they are not the same by chance."""
    first, second = authenticator.pair(seed, scene.server, -1).values()
    if first != second:
        return first, second
    scene.server.advance(minutes=5)
    return pair(scene, seed)


def next_code(scene, seed):
    """A code that was not used yet: the clock is moved on by a step or two."""
    scene.server.advance(seconds=60)
    return code(scene, seed)


def wrong_code(scene, seed):
    return authenticator.wrong(seed, scene.server)
