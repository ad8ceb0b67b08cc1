"""The commands as people run them, and what `gatehouse doctor` finds."""

import os
import re
import subprocess

from patience import PATIENCE
from server import Keys, binary


def shell(keys, **more):
    found = {"AWS_ACCESS_KEY_ID": keys.id, "AWS_SECRET_ACCESS_KEY": keys.secret} if keys else {}
    if keys and keys.token:
        found["AWS_SESSION_TOKEN"] = keys.token
    return found | more


def run(*words, keys=None, cwd=None, **environment):
    """A command as in a shell with nothing but these variables; its status and what it printed."""
    done = subprocess.run(
        [os.path.abspath(binary()), *map(str, words)], env={"PATH": os.environ["PATH"], **shell(keys), **environment}, cwd=cwd,
        capture_output=True, text=True, timeout=PATIENCE)
    return done.returncode, done.stdout + done.stderr


def root_of(folder):
    """The keys that a server made at its first start."""
    text = (folder / "root-credentials").read_text()
    return Keys(*(re.search(rf"^{name} = (.*)$", text, re.M)[1] for name in ["aws_access_key_id", "aws_secret_access_key"]))


def is_sound(status, told):
    """Whether doctor found nothing to mend, apart from what a machine cannot: not each lets memory be locked."""
    lines = [line for line in told.splitlines() if line.startswith("MEND")]
    return status == (1 if lines else 0) and all("keys: it cannot be locked" in line for line in lines)
