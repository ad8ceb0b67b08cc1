"""Durable CreateUser against the bare store's group commit."""

from statistics import median

from .load import Load
from .processes import rate, release

CONNECTIONS = 64
# All runs together stay within the account's quota of 100,000 users.
ROUNDS, SECONDS = 3, 2


def measure(workshop, house, scale, figures):
    pairs = []
    for turn in range(ROUNDS):
        ceiling = rate(release("bench-store"), workshop.folder / "store", CONNECTIONS, SECONDS)
        # More requests than can be answered in the time: no change is faster than the bare store's.
        count = int(ceiling * SECONDS * 1.2) + 1000
        signer = house.signer("iam")
        load = Load.list(workshop, (user(house, signer, f"change-{turn}-{number}") for number in range(count)))
        pairs.append((ceiling, load.run(house.url, CONNECTIONS, SECONDS)))
    figures["bare store transactions/s"] = [round(ceiling) for ceiling, _ in pairs]
    figures["CreateUser requests/s"] = [round(done.rate) for _, done in pairs]
    figures["CreateUser p99 ms"] = [round(done.p99 * 1000, 1) for _, done in pairs]
    return {"CreateUser-of-store": median(done.rate / ceiling for ceiling, done in pairs)}


def user(house, signer, name):
    return signer.raw("POST", "/", house.form("iam", "CreateUser", UserName=name))
