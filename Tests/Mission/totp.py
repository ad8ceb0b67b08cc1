"""Codes of a virtual device at the server's time, by oathtool."""

import datetime
import subprocess


def code(scene, seed, steps=0):
    """The code that many steps of 30 seconds from the server's time."""
    now = scene.server.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"]
    when = datetime.datetime.fromisoformat(now.replace("Z", "+00:00")) + datetime.timedelta(seconds=30 * steps)
    done = subprocess.run(
        ["oathtool", "--totp", "-b", seed, "-N", when.strftime("%Y-%m-%d %H:%M:%S UTC")], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def pair(scene, seed):
    """Two codes in a row, the second of now."""
    return code(scene, seed, -1), code(scene, seed)


def next_code(scene, seed):
    """A code that was not used yet: the clock is moved on by a step or two."""
    scene.server.advance(seconds=60)
    return code(scene, seed)
