"""What authorization takes of a signed GetUser in the running server, in instructions counted by valgrind."""

import re
import subprocess
import time

from . import rules
from .load import Load
from .processes import Failed, release
from .servers import House

# The whole of authorization: finding the caller's policies, the context, the decision.
DECIDER = "$s4Door7DeciderC6decide"
# The call from its head to its answer: without the edge, the kernel, and the thread that writes the journal.
CALL = "$s4Door5FrontC5begin"
# Left out of the call: valgrind has none of the processor's instructions for SHA, so they count far too much.
HASHING = ["gh_digest", "gh_hmac"]
CONNECTIONS = 16


def measure(workshop, figures):
    """The caller has the typical principal's policies besides the one that allows. The first calls, which compile
    policies, are not counted."""
    counts = workshop.folder / "callgrind.out"
    # Without what debuggers read, which this valgrind cannot.
    plain = workshop.folder / "gatehouse"
    subprocess.run(["strip", "--strip-debug", "-o", plain, release("gatehouse")], check=True)
    house = House(workshop, "share", ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", plain])
    for number, text in enumerate(rules.typical()[0]):
        answer = house.call("iam", "CreatePolicy", PolicyName=f"team-{number}", PolicyDocument=text)[1].decode()
        arn = re.search("<Arn>(.*?)</Arn>", answer).group(1)
        house.call("iam", "AttachUserPolicy", UserName="bench", PolicyArn=arn)
    body = house.form("iam", "GetUser", UserName="bench")
    load = Load.fixed(workshop, "POST", "/", house.signer("iam").headers("POST", "/", body), body)
    load.run(house.url, CONNECTIONS, 2)
    _control(house, "--zero")
    requests = load.run(house.url, CONNECTIONS, 5).requests
    _control(house, "--dump")
    house.process.stop()
    count = _read(workshop.folder)
    call = count(CALL) - sum(map(count, HASHING))
    figures["instructions of GetUser without hashing, of its authorization"] = [
        call // requests, count(DECIDER) // requests]
    return {"policy-share-of-GetUser": count(DECIDER) / call}


def _control(house, what):
    subprocess.run(["callgrind_control", what, str(house.process.id)], check=True, capture_output=True)


def _read(folder):
    """The instructions of the dump within a function, by what its symbol begins with: what it calls included."""
    dump = next(folder.glob("callgrind.out.*"), None)
    if dump is None:
        raise Failed("valgrind left no counts")
    text = subprocess.run(
        ["callgrind_annotate", "--inclusive=yes", "--threshold=100", dump], capture_output=True, text=True).stdout

    def count(symbol):
        found = re.search(r"^\s*([\d,]+) [^:\n]*:" + re.escape(symbol), text, re.M)
        if not found:
            raise Failed(f"the counts do not name {symbol}")
        return int(found.group(1).replace(",", ""))

    return count
