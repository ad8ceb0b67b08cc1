"""An authenticator app that is not ours: `oathtool`, on the server's clock."""

import datetime
import subprocess
from time import sleep

from patience import PATIENCE


class Authenticator:
    """A virtual device of AWS's kind: made at once, enabled when told to."""

    def __init__(self, server, iam, name, **more):
        self.server, self.iam = server, iam
        device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **more)["VirtualMFADevice"]
        self.serial, self.picture = device["SerialNumber"], device["QRCodePNG"]
        self.seed = device["Base32StringSeed"].decode()

    def code(self, steps=0):
        """The code that is shown now, or some steps of 30 seconds later. It is no code of the steps before: of two that are the
        same by chance the second would be taken for the first."""
        *before, wanted = codes(self.seed, now(self.server), steps - 5, 6)
        if wanted not in before or self.server.folder:
            return wanted
        self.server.advance(minutes=5)
        return self.code(steps)

    def code_unlike(self, other):
        """The code that is shown now, at a time at which another device shows no such code."""
        while (shown := self.code()) in near(other.seed, self.server):
            self.server.advance(minutes=5)
        return shown

    def wrong(self):
        return wrong(self.seed, self.server)

    def pair(self, steps):
        return pair(self.seed, self.server, steps)

    def enable(self, user):
        """By the codes of the last minute, so that the present one is still good."""
        self.iam.enable_mfa_device(UserName=user, SerialNumber=self.serial, **self.pair(-2))
        return self

    def factor(self, steps=0):
        """What a call of STS brings."""
        return {"SerialNumber": self.serial, "TokenCode": self.code(steps)}


def now(server):
    """The server's time; the machine's, where it has no test controls."""
    if server.folder:
        return datetime.datetime.now(datetime.UTC)
    return datetime.datetime.fromisoformat(server.post("/_gatehouse/clock", {"advanceSeconds": 0})["now"])


def within_a_step(server):
    """The server's time, at least five seconds before a step of 30 seconds ends."""
    time = now(server)
    left = 30 - time.timestamp() % 30
    if left > 5:
        return time
    if server.folder:
        sleep(left)
    else:
        server.advance(seconds=int(left) + 1)
    return now(server)


def pair(seed, server, steps):
    """Two codes that follow one another: of one look at the clock, and not of the end of a step, which would be over when the
    server reads them."""
    time = within_a_step(server)
    return {"AuthenticationCode1": code(seed, time, steps), "AuthenticationCode2": code(seed, time, steps + 1)}


def wrong(seed, server):
    """A code of later, which is none of now."""
    good = near(seed, server)
    return next(late for late in codes(seed, now(server), 40, 20) if late not in good)


def near(seed, server):
    """The codes of the minutes around now."""
    return codes(seed, now(server), -10, 21)


def code(seed, time, steps=0):
    return codes(seed, time, steps, 1)[0]


def codes(seed, time, steps, count):
    """The codes of so many steps that follow one another, from some steps after a time."""
    time = time + datetime.timedelta(seconds=30 * steps)
    words = ["oathtool", "--totp", "--base32", seed, "--now", time.strftime("%Y-%m-%d %H:%M:%S UTC"), "--window", str(count - 1)]
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout.split()
